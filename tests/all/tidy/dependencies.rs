//! Who may depend on whom.

use std::collections::BTreeMap;

use super::{files, name, none, read};

/// Crate name → (its folder, its normal dependencies).
pub(crate) fn crates() -> BTreeMap<String, (String, Vec<String>)> {
    let mut crates = BTreeMap::new();
    for folder in ["schemas", "services", "tests"] {
        for path in files(folder, &["toml"])
            .into_iter()
            .filter(|path| path.ends_with("Cargo.toml"))
        {
            let manifest: toml::Table = read(&path).parse().unwrap();
            let package = manifest["package"]["name"].as_str().unwrap().to_owned();
            let dependencies = manifest
                .get("dependencies")
                .and_then(|table| table.as_table())
                .map(|table| table.keys().cloned().collect())
                .unwrap_or_default();
            let folder = name(path.parent().unwrap());
            crates.insert(package, (folder, dependencies));
        }
    }
    crates
}

/// The services: folders of `services` that are neither libraries of the kit nor the binary that holds them all.
pub(crate) fn services() -> Vec<String> {
    crates()
        .into_iter()
        .filter(|(_, (folder, _))| {
            folder.starts_with("services/")
                && !folder.starts_with("services/kit/")
                && folder != "services/contrail"
        })
        .map(|(package, _)| package)
        .collect()
}

#[test]
fn folder_and_crate_have_one_name() {
    let different = crates()
        .into_iter()
        .filter(|(package, (folder, _))| folder.rsplit('/').next() != Some(package))
        .map(|(package, (folder, _))| format!("{package} is in {folder}"))
        .collect();
    none("folder name = crate name", different);
}

#[test]
fn services_do_not_depend_on_each_other() {
    let services = services();
    assert!(services.contains(&"ingest".to_owned()), "found {services:?}");
    let crates = crates();
    let mut violations = Vec::new();
    for service in &services {
        for dependency in &crates[service].1 {
            if services.contains(dependency) || dependency == "contrail" {
                violations.push(format!("{service} depends on {dependency}"));
            }
        }
    }
    none("services share schemas and the kit, nothing else", violations);
}

#[test]
fn the_kit_does_not_depend_on_services() {
    let services = services();
    let mut violations = Vec::new();
    for (package, (folder, dependencies)) in crates() {
        if folder.starts_with("services/kit/") || package == "schemas" {
            violations.extend(
                dependencies
                    .iter()
                    .filter(|dependency| services.contains(dependency) || *dependency == "contrail")
                    .map(|dependency| format!("{package} depends on {dependency}")),
            );
        }
    }
    none("the kit knows no service", violations);
}

#[test]
fn schemas_know_serde_and_schemars_only() {
    assert_eq!(crates()["schemas"].1, ["schemars", "serde", "serde_json"]);
}

#[test]
fn each_infrastructure_crate_is_named_in_one_place() {
    const OWNERS: &[(&str, &[&str])] = &[
        // The example for producers knows nothing of the workspace.
        ("async-nats", &["bus", "tests"]),
        ("qdrant-client", &["index"]),
        ("qdrant-edge", &["index"]),
        ("opentelemetry-otlp", &["telemetry"]),
        ("opentelemetry-prometheus", &["telemetry"]),
        ("calamine", &["ingest"]),
        ("datafusion", &["codegen-executor"]),
        ("parquet", &["codegen-executor"]),
        // Charts of answers; curves of benches.
        ("plotters", &["codegen-executor", "contrail"]),
        ("axum", &["gateway", "scripted-llm"]),
    ];
    let crates = crates();
    let mut violations = Vec::new();
    for (dependency, owners) in OWNERS {
        // The workspace-hack names features of what others use; it has no code.
        let named = crates.iter().filter(|(package, _)| *package != "workspace-hack");
        for (package, (_, dependencies)) in named {
            if dependencies.iter().any(|d| d == dependency) && !owners.contains(&package.as_str()) {
                violations.push(format!("{package} names {dependency}, which is for {owners:?}"));
            }
        }
    }
    none("one owner for each", violations);
}

#[test]
fn versions_stand_in_one_place() {
    let mut violations = Vec::new();
    for (package, (folder, _)) in crates() {
        if package == "workspace-hack" {
            continue; // its whole purpose is to name versions and features
        }
        let manifest: toml::Table = read(&super::root().join(&folder).join("Cargo.toml"))
            .parse()
            .unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(section).and_then(|table| table.as_table()) else {
                continue;
            };
            for (dependency, value) in table {
                if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    violations.push(format!("{package}: {dependency}"));
                }
            }
        }
    }
    none("dependencies are inherited from the workspace", violations);
}

#[test]
fn lints_are_inherited() {
    let mut violations = Vec::new();
    for (package, (folder, _)) in crates() {
        let manifest: toml::Table = read(&super::root().join(&folder).join("Cargo.toml"))
            .parse()
            .unwrap();
        let inherited = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool);
        if inherited != Some(true) {
            violations.push(package);
        }
    }
    none("[lints] workspace = true", violations);
}
