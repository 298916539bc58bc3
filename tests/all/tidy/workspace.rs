//! What every crate and every message must have.

use super::{read, root};

#[test]
fn every_crate_is_a_member() {
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().unwrap();
    let mut members: Vec<_> = manifest["workspace"]["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m.as_str().unwrap().to_owned())
        .collect();
    members.sort();
    let mut folders: Vec<_> = ["schemas", "services", "tests"]
        .iter()
        .flat_map(|folder| super::files(folder, &["toml"]))
        .filter(|path| path.ends_with("Cargo.toml"))
        .map(|path| super::name(path.parent().unwrap()))
        .collect();
    folders.sort();
    assert_eq!(members, folders);
}

#[test]
fn every_queue_has_a_job_and_every_job_a_queue() {
    let mut jobs: Vec<_> = schemas::catalog::entries()
        .iter()
        .filter_map(|entry| entry.name.strip_prefix("job."))
        .map(str::to_owned)
        .collect();
    jobs.sort();
    let mut queues: Vec<_> = bus::provision::QUEUES
        .iter()
        .map(|(token, _)| (*token).to_owned())
        .collect();
    queues.sort();
    assert_eq!(jobs, queues);
}

#[test]
fn the_embedded_engine_is_told_in_the_version_that_is_pinned() {
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().unwrap();
    let pinned = manifest["workspace"]["dependencies"]["qdrant-edge"]
        .as_str()
        .unwrap();
    let pinned = pinned.trim_start_matches('=');
    let source = read(&root().join("services/kit/index/src/index.rs"));
    assert!(
        source.contains(&format!("EDGE_VERSION: &str = \"{pinned}\"")),
        "EDGE_VERSION of kit/index is not {pinned}"
    );
}

#[test]
fn readme_and_gate_run_the_same_tests() {
    const COMMAND: &str = "cargo nextest run --workspace";
    for file in ["README.md", ".ci/run"] {
        let text = read(&root().join(file));
        assert!(
            text.lines().any(|line| line.trim() == COMMAND),
            "{file} does not run `{COMMAND}`"
        );
    }
}

#[test]
fn architecture_names_every_crate() {
    let text = read(&root().join("ARCHITECTURE.md"));
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().unwrap();
    for member in manifest["workspace"]["members"].as_array().unwrap() {
        let member = member.as_str().unwrap();
        assert!(
            text.contains(&format!("`{member}`")),
            "ARCHITECTURE.md does not mention `{member}`"
        );
    }
}
