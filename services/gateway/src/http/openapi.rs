//! The native interface as an OpenAPI 3.1 document: paths from the handlers, messages from `schemas`.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{detect, feedback, glossary, parts, search, settings, uploads, waterfall};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Contrail",
        description = "Answers over spreadsheets, documents and images, each with a trail that a person can check. Errors are \
                       problem details (RFC 9457); questions and uploads are jobs, whose progress comes as server-sent events.",
    ),
    paths(
        super::files::upload,
        super::files::replace,
        super::files::list,
        super::files::show,
        super::files::delete,
        uploads::offer,
        uploads::begin,
        uploads::show,
        uploads::append,
        uploads::end,
        super::ask::ask,
        super::answers::show,
        super::progress::follow,
        parts::part,
        parts::citation,
        waterfall::show,
        feedback::say,
        glossary::list,
        glossary::set,
        glossary::remove,
        search::search,
        detect::detect,
        settings::show,
    ),
    components(schemas(detect::Detect, feedback::Said, settings::Settings, waterfall::Trace))
)]
struct Paths;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let mut document = serde_json::to_value(Paths::openapi()).unwrap_or_default();
    if let Some(document) = document.as_object_mut() {
        document.insert("security".to_owned(), json!([{ "key": [] }, {}]));
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        let key = json!({ "type": "http", "scheme": "bearer", "description": "An API key; wanted where the server has keys." });
        components.insert("securitySchemes".to_owned(), json!({ "key": key }));
        let schemas = components.entry("schemas").or_insert_with(|| json!({}));
        if let Some(schemas) = schemas.as_object_mut() {
            schemas.extend(messages());
        }
    }
    document
}

/// `GET /api/openapi.json`.
pub async fn show() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// The messages that paths refer to, with everything that they refer to themselves. OpenAPI 3.1 takes JSON Schema as it is.
fn messages() -> serde_json::Map<String, Value> {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    fn add<T: JsonSchema>(generator: &mut schemars::SchemaGenerator) {
        generator.subschema_for::<T>();
    }
    add::<schemas::Answer>(&mut generator);
    add::<schemas::jobs::AskJob>(&mut generator);
    add::<schemas::Judgement>(&mut generator);
    add::<schemas::Progress>(&mut generator);
    add::<schemas::file::FileRecord>(&mut generator);
    add::<schemas::table::TableProfile>(&mut generator);
    add::<schemas::calls::SearchCall>(&mut generator);
    add::<schemas::calls::SearchHits>(&mut generator);
    add::<schemas::Glossary>(&mut generator);
    generator.take_definitions(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => {
                    for (name, value) in members {
                        match value {
                            Value::String(target) if name == "$ref" => found.push(target.clone()),
                            _ => references(value, found),
                        }
                    }
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20, "{found:?}");
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
        for path in [
            "/api/ask",
            "/api/files",
            "/api/uploads",
            "/api/uploads/{id}",
            "/api/answers/{id}",
            "/api/answers/{id}/trace",
            "/api/progress/{id}",
            "/api/detect",
        ] {
            assert!(document["paths"][path].is_object(), "{path}");
        }
    }
}
