//! The models: ways to have a question answered.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use schemas::answer::AnswerKind;
use serde::Serialize;

use crate::http::problem::Problem;
use crate::http::tenant::Tenant;

/// A way to have a question answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Whichever service can answer.
    Auto,
    /// By the tables alone.
    Tables,
    /// By the documents alone.
    Knowledge,
    /// No question: the text is judged.
    Detector,
}

/// When the models came into being, seconds since 1970: clients want a number, and sort by it.
const CREATED: u64 = 1_735_689_600;

const ALL: [(Model, &str, &str); 4] = [
    (Model::Auto, "contrail-auto", "Contrail"),
    (Model::Tables, "contrail-tables", "Contrail: tables"),
    (Model::Knowledge, "contrail-knowledge", "Contrail: documents"),
    (Model::Detector, "contrail-detector", "Contrail: detector"),
];

impl Model {
    /// The model of a name.
    ///
    /// # Errors
    /// [`Problem::UnknownModel`].
    pub fn named(name: &str) -> Result<Self, Problem> {
        let known = ALL.iter().find(|(_, known, _)| *known == name);
        known
            .map(|(model, _, _)| *model)
            .ok_or_else(|| Problem::UnknownModel(name.chars().take(100).collect()))
    }

    /// The kind of answer that it is restricted to.
    pub fn only(self) -> Option<AnswerKind> {
        match self {
            Self::Auto => None,
            Self::Tables => Some(AnswerKind::Table),
            Self::Knowledge => Some(AnswerKind::Knowledge),
            Self::Detector => Some(AnswerKind::Detection),
        }
    }
}

/// A model, as clients list it.
#[derive(Debug, Serialize)]
pub struct Listed {
    id: &'static str,
    object: &'static str,
    created: u64,
    owned_by: &'static str,
    /// What Open WebUI shows instead of the id.
    name: &'static str,
}

/// All models.
#[derive(Debug, Serialize)]
pub struct List {
    object: &'static str,
    data: Vec<Listed>,
}

fn listed() -> impl Iterator<Item = Listed> {
    ALL.iter().map(|(_, id, name)| Listed {
        id,
        object: "model",
        created: CREATED,
        owned_by: "contrail",
        name,
    })
}

/// `GET /v1/models`. Wants a key where there are keys, since front ends check a key by it.
pub async fn list(Tenant(_): Tenant) -> Json<List> {
    Json(List {
        object: "list",
        data: listed().collect(),
    })
}

/// `GET /v1/models/{model}`.
pub async fn show(
    Tenant(_): Tenant,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<Listed>, Problem> {
    let Path(name) = name?;
    let found = listed().find(|listed| listed.id == name);
    found.map(Json).ok_or(Problem::UnknownModel(name))
}
