//! The messages as an AsyncAPI 3 document, from the same types as everything else.
//!
//! Source: AsyncAPI specification 3.0.0.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::catalog::{Entry, Place, entries};
use crate::cloudevents;

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();

    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for entry in entries() {
        let Place::Subject { address, kind } = entry.place else {
            continue;
        };
        let payload = (entry.reference)(&mut generator).to_value();
        let description = description(&entry);
        messages.insert(
            entry.name.to_owned(),
            json!({
                "name": kind,
                "title": kind,
                "summary": description,
                "contentType": cloudevents::JSON,
                "headers": { "$ref": "#/components/schemas/Headers" },
                "payload": payload,
            }),
        );
        channels.insert(entry.name.to_owned(), channel(&entry, address));
        let action = if entry.name.starts_with("job.") {
            "receive"
        } else {
            "send"
        };
        operations.insert(
            format!("{action}.{}", entry.name),
            json!({
                "action": action,
                "channel": { "$ref": format!("#/channels/{}", entry.name) },
                "summary": description,
                "messages": [{ "$ref": format!("#/channels/{0}/messages/{0}", entry.name) }],
            }),
        );
    }

    let mut schemas = generator.take_definitions(true);
    schemas.insert("Headers".to_owned(), headers());
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Contrail",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Commands go in on `job.>`, facts come out on `event.>`, failures land on `dead.>`.",
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "defaultContentType": cloudevents::JSON,
        "servers": { "bus": { "host": "127.0.0.1:4222", "protocol": "nats", "description": "NATS with JetStream" } },
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": schemas },
    })
}

fn description(entry: &Entry) -> Value {
    entry
        .json_schema()
        .get("description")
        .cloned()
        .unwrap_or(Value::Null)
}

fn channel(entry: &Entry, address: &str) -> Value {
    let parameters: Map<String, Value> = address
        .split('.')
        .filter_map(|token| token.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let text = match name {
                "tenant" => "Whose message it is: 1 to 32 lower-case letters, digits and hyphens.",
                "service" => "The service that gave the job up.",
                _ => "The id of the job that began the chain.",
            };
            (name.to_owned(), json!({ "description": text }))
        })
        .collect();
    json!({
        "address": address,
        "messages": { entry.name: { "$ref": format!("#/components/messages/{}", entry.name) } },
        "parameters": parameters,
    })
}

fn headers() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "description": "CloudEvents 1.0 attributes in binary mode, and the W3C trace context.",
        "required": [cloudevents::SPEC_VERSION, cloudevents::ID, cloudevents::SOURCE, cloudevents::TYPE],
        "properties": {
            cloudevents::SPEC_VERSION: { "type": "string", "const": cloudevents::SPEC_VERSION_VALUE },
            cloudevents::ID: text("Unique; equal to `Nats-Msg-Id`."),
            cloudevents::SOURCE: text("The writer, for instance `/contrail/ingest`."),
            cloudevents::TYPE: text("The message's type, for instance `contrail.job.ingest.v1`."),
            cloudevents::TIME: text("RFC 3339 in UTC."),
            cloudevents::SUBJECT: text("The tenant."),
            cloudevents::TRACE_PARENT: text("W3C trace context."),
        },
    })
}
