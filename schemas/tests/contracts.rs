//! The committed documents are the contract: schemas, AsyncAPI and examples stay equal to the types.
//!
//! After a wanted change run `cargo run -p schemas --example generate` and read the difference.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use schemas::catalog::{Entry, entries};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The examples of an entry whose names begin with `prefix`; at least one.
fn examples(entry: &Entry, prefix: &str) -> Vec<(PathBuf, String)> {
    let folder = folder("examples").join(entry.name);
    let mut found: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
        .map(|path| (path.clone(), read(&path)))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{} has no example {prefix}*.json", entry.name);
    found
}

#[test]
fn schemas_are_as_committed() {
    for entry in entries() {
        let path = folder("json").join(format!("{}.v1.json", entry.name));
        let committed: serde_json::Value = serde_json::from_str(&read(&path)).unwrap();
        assert_eq!(
            committed,
            entry.json_schema(),
            "{} differs from the type",
            path.display()
        );
    }
}

#[test]
fn no_schema_is_left_of_a_type_that_is_gone() {
    let expected: BTreeSet<_> = entries()
        .iter()
        .map(|entry| format!("{}.v1.json", entry.name))
        .collect();
    let found: BTreeSet<_> = fs::read_dir(folder("json"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn asyncapi_is_as_committed() {
    let committed: serde_json::Value = serde_saphyr::from_str(&read(&folder("asyncapi.yaml"))).unwrap();
    assert_eq!(committed, schemas::asyncapi::document());
}

#[test]
fn valid_examples_satisfy_the_schema_and_decode() {
    for entry in entries() {
        let validator = jsonschema::draft202012::new(&entry.json_schema()).unwrap();
        for (path, text) in examples(&entry, "valid") {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            if let Err(error) = validator.validate(&value) {
                panic!("{}: {error} at {}", path.display(), error.instance_path());
            }
            let again =
                (entry.round_trip)(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let again: serde_json::Value = serde_json::from_str(&again).unwrap();
            assert_eq!(again, value, "{} loses something on the way", path.display());
        }
    }
}

#[test]
fn invalid_examples_break_the_schema_and_do_not_decode() {
    for entry in entries() {
        let validator = jsonschema::draft202012::new(&entry.json_schema()).unwrap();
        for (path, text) in examples(&entry, "invalid") {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(
                !validator.is_valid(&value),
                "{} satisfies the schema",
                path.display()
            );
            assert!((entry.round_trip)(&text).is_err(), "{} decodes", path.display());
        }
    }
}

/// Files `old-<version>*.json` are what released versions wrote. They are never edited or removed.
#[test]
fn old_examples_still_decode() {
    for entry in entries() {
        for (path, text) in examples(&entry, "old-") {
            assert!(
                (entry.round_trip)(&text).is_ok(),
                "{} no longer decodes",
                path.display()
            );
        }
    }
}

#[test]
fn unknown_fields_are_ignored() {
    for entry in entries() {
        for (path, text) in examples(&entry, "valid") {
            let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
            value
                .as_object_mut()
                .unwrap()
                .insert("of_a_later_version".to_owned(), true.into());
            assert!(
                (entry.round_trip)(&value.to_string()).is_ok(),
                "{}",
                path.display()
            );
        }
    }
}
