//! Images, compose and Kubernetes: held against the schemas of those who read them, and against the code.
//!
//! | module | what is in it |
//! |---|---|
//! | [`agreement`] | code, compose and Kubernetes name the same services, queues, ports, settings and users |
//! | [`compose`] | the Compose Specification's schema, and what every container must have |
//! | [`containerfile`] | the stages of the Containerfile |
//! | [`hardening`] | what every pod must have |
//! | [`keda`] | what scales finds the queues of the real server |
//! | [`kubernetes`] | the overlays, rendered by kubectl, against strict schemas |
//! | [`metrics`] | dashboards and alerts name metrics that exist |
//! | [`nats`] | the configurations of NATS, read by nats-server itself |
//! | [`network`] | who can reach whom |

mod agreement;
mod compose;
mod containerfile;
mod hardening;
mod keda;
mod kubernetes;
mod metrics;
mod nats;
mod network;

use std::path::{Path, PathBuf};

use artifacts::{Cache, Lock};
use serde_json::Value;

use crate::tidy::{read, root};

/// A pinned artifact of these tests, fetched once.
fn artifact(name: &str) -> PathBuf {
    let lock = Lock::parse(include_str!("artifacts.toml")).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("artifacts");
    Cache::with_lock(&folder, lock)
        .ensure(name)
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A YAML file of the project.
fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(&root().join(path))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a schema has against a document; nothing: it is fine.
fn objections(schema: &Value, document: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(schema).unwrap();
    validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The elements of a list; none of something that is not there.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The text of something that must be one.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Puts a value in the place that a JSON pointer names; its last part may be new.
fn plant(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("no {pointer}"));
    match parent {
        Value::Array(elements) => elements[key.parse::<usize>().unwrap()] = value,
        Value::Object(members) => {
            members.insert(key.to_owned(), value);
        }
        other => panic!("{pointer} leads into {other}"),
    }
}
