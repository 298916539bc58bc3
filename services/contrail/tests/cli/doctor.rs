//! What is wrong is found, and how to mend it is said.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use bus::server::NatsServer;
use serde_json::Value;

use super::qdrant::QdrantServer;
use super::sandbox::in_a_strict_place;
use super::{Place, Up, document, exited, text};

/// Checks a document's checks of one name: their states, and that what fails says how to mend it.
#[track_caller]
fn states<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    let checks = document["checks"].as_array().unwrap().iter();
    let of_name = checks.filter(|check| check["name"] == name);
    of_name
        .map(|check| {
            let state = check["state"].as_str().unwrap();
            assert_eq!(check["mend"].is_string(), state != "ok", "{check}");
            state
        })
        .collect()
}

/// What was found, and how to mend it, in one text.
#[track_caller]
fn told(document: &Value, name: &str) -> String {
    let checks = document["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name);
    check
        .unwrap_or_else(|| panic!("no {name} in {document}"))
        .to_string()
}

fn doctor(place: &Place, more: &[&str]) -> Output {
    place.run(&[&["doctor", "--json"][..], more].concat())
}

async fn program() -> PathBuf {
    let fetched =
        tokio::task::spawn_blocking(|| artifacts::Cache::new(cache().as_deref()).ensure("nats-server"));
    fetched.await.unwrap().unwrap()
}

/// The folder of artifacts that the commands of these tests use too.
fn cache() -> Option<PathBuf> {
    std::env::var_os("CONTRAIL_CACHE").map(PathBuf::from)
}

/// A nats-server without JetStream; killed at the end.
struct Plain {
    process: Child,
    url: String,
}

impl Plain {
    fn start(program: &Path, folder: &Path) -> Self {
        let process = Command::new(program)
            .args(["-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", text(folder)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut plain = Self {
            process,
            url: String::new(),
        };
        let end = Instant::now() + Duration::from_secs(20);
        while plain.url.is_empty() {
            let ports = std::fs::read_dir(folder).unwrap().flatten().find_map(|entry| {
                let ports: Value = serde_json::from_slice(&std::fs::read(entry.path()).ok()?).ok()?;
                Some(ports.pointer("/nats/0")?.as_str()?.to_owned())
            });
            plain.url = ports.unwrap_or_default();
            assert!(Instant::now() < end, "nats-server tells no port");
            std::thread::sleep(Duration::from_millis(10));
        }
        plain
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_sound_machine_is_well() {
    let place = Place::new();
    exited(&place.run(&["artifacts", "fetch", "nats-server"]), 0);
    let looked = doctor(&place, &[]);
    exited(&looked, 0);
    let found = document(&looked);
    for name in ["sandbox", "data folder", "nats", "jetstream", "provisioned"] {
        assert_eq!(states(&found, name), ["ok"], "{name}: {found}");
    }
    assert!(told(&found, "nats").contains("version 2."), "{found}");
    for absent in [
        "qdrant",
        "language model",
        "embeddings",
        "ranking",
        "detector's model",
    ] {
        assert!(
            states(&found, absent).is_empty(),
            "{absent} is not configured: {found}"
        );
    }
    let shown = place.run(&["doctor"]);
    exited(&shown, 0);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("how to mend it") && shown.contains("provisioned"),
        "{shown}"
    );

    // The server of whoever runs on the data folder is the one to look at.
    let up = Up::start(&place);
    let found = document(&doctor(&place, &[]));
    assert_eq!(states(&found, "provisioned"), ["ok"], "{found}");
    let status = document(&place.run(&["status", "--json"]));
    assert_eq!(status["server"]["http_url"], up.http.as_str());
    let url = status["server"]["nats_url"].as_str().unwrap();
    assert!(told(&found, "nats").contains(url), "{found}");
}

#[tokio::test]
async fn a_server_elsewhere_that_lacks_something_is_told() {
    let place = Place::new();
    let store = tempfile::tempdir().unwrap();
    let program = program().await;
    let server = NatsServer::start(&program, store.path()).await.unwrap();
    let at = ["--nats-url", server.url()];

    let looked = doctor(&place, &at);
    exited(&looked, 1);
    let found = document(&looked);
    assert_eq!(
        (&found["state"], states(&found, "nats")),
        (&"fail".into(), vec!["ok"])
    );
    assert_eq!(states(&found, "provisioned"), ["fail"]);
    let missing = told(&found, "provisioned");
    for part in [
        "JOBS_INGEST",
        "KV_files",
        "OBJ_answers_local",
        "contrail provision",
    ] {
        assert!(missing.contains(part), "{part}: {missing}");
    }
    exited(&place.run(&["provision", "--nats-url", server.url()]), 0);
    let found = document(&doctor(&place, &at));
    assert_eq!(states(&found, "provisioned"), ["ok"], "{found}");
    server.stop().await;

    let folder = tempfile::tempdir().unwrap();
    let plain = Plain::start(&program, folder.path());
    let looked = doctor(&place, &["--nats-url", &plain.url]);
    exited(&looked, 1);
    let found = document(&looked);
    assert_eq!(
        (states(&found, "nats"), states(&found, "jetstream")),
        (vec!["ok"], vec!["fail"])
    );
    assert!(
        states(&found, "provisioned").is_empty(),
        "there is nothing to provision: {found}"
    );
    assert!(told(&found, "jetstream").contains("store_dir"), "{found}");

    let gone = plain.url.clone();
    drop(plain);
    let looked = doctor(&place, &["--nats-url", &gone]);
    exited(&looked, 1);
    let found = document(&looked);
    assert_eq!(states(&found, "nats"), ["fail"]);
    assert!(told(&found, "nats").contains("NATS_URL"), "{found}");
}

#[test]
fn endpoints_that_are_away_are_told_with_their_settings() {
    let place = Place::new();
    // Nobody listens on the port of tcpmux.
    let nobody = "http://127.0.0.1:1/v1";
    let looked = doctor(
        &place,
        &[
            "--qdrant-url",
            "http://127.0.0.1:1",
            "--llm-base-url",
            nobody,
            "--llm-model",
            "m",
            "--embed-base-url",
            nobody,
            "--embed-model",
            "m",
            "--rerank-base-url",
            nobody,
            "--rerank-model",
            "m",
            "--detector-base-url",
            nobody,
            "--detector-model",
            "m",
        ],
    );
    exited(&looked, 1);
    let found = document(&looked);
    for (name, setting, state) in [
        ("qdrant", "QDRANT_URL", "fail"),
        ("language model", "LLM_BASE_URL", "fail"),
        ("embeddings", "EMBED_BASE_URL", "fail"),
        // Answers come without it.
        ("ranking", "RERANK_BASE_URL", "warn"),
        ("detector's model", "DETECTOR_BASE_URL", "warn"),
    ] {
        assert_eq!(states(&found, name), [state], "{found}");
        assert!(told(&found, name).contains(setting), "{found}");
    }
}

#[tokio::test]
async fn a_qdrant_server_is_asked_by_its_key() {
    let place = Place::new();
    exited(&place.run(&["artifacts", "fetch", "nats-server"]), 0);
    let folder = tempfile::tempdir().unwrap();
    let server = QdrantServer::start(folder.path(), Some("right")).await;
    let key = place.write("qdrant-key", "right\n");
    let looked = doctor(
        &place,
        &["--qdrant-url", &server.url, "--qdrant-api-key-file", text(&key)],
    );
    exited(&looked, 0);
    let found = document(&looked);
    assert_eq!(states(&found, "qdrant"), ["ok"], "{found}");
    assert!(told(&found, "qdrant").contains("version 1."), "{found}");

    let refused = doctor(&place, &["--qdrant-url", &server.url]);
    exited(&refused, 1);
    let found = document(&refused);
    assert_eq!(states(&found, "qdrant"), ["fail"]);
    assert!(told(&found, "qdrant").contains("QDRANT_API_KEY_FILE"), "{found}");

    // It was there a moment ago.
    let gone = server.url.clone();
    drop(server);
    let looked = doctor(
        &place,
        &["--qdrant-url", &gone, "--qdrant-api-key-file", text(&key)],
    );
    exited(&looked, 1);
    let found = document(&looked);
    assert_eq!(states(&found, "qdrant"), ["fail"]);
    assert!(told(&found, "qdrant").contains(&gone), "{found}");
}

#[test]
fn what_is_damaged_or_in_the_way_is_told() {
    let place = Place::new();
    exited(&place.run(&["artifacts", "fetch", "nats-server"]), 0);
    let path = place.run(&["artifacts", "path", "nats-server"]);
    let path = PathBuf::from(String::from_utf8(path.stdout).unwrap().trim());
    let version = path.parent().unwrap().file_name().unwrap();
    let damaged = format!("cache/nats-server/{}/nats-server", version.to_str().unwrap());
    place.write(&damaged, "cut short");
    let looked = place
        .command(&["doctor", "--json"])
        .env("CONTRAIL_CACHE", place.folder.path().join("cache"))
        .output()
        .unwrap();
    exited(&looked, 1);
    let found = document(&looked);
    assert_eq!(
        states(&found, "artifacts"),
        ["fail", "warn"],
        "one is damaged, others are away: {found}"
    );
    assert!(
        told(&found, "artifacts").contains("contrail artifacts fetch nats-server"),
        "{found}"
    );

    let file = place.write("file", "");
    let looked = place
        .command(&["doctor", "--json"])
        .env("CONTRAIL_DATA", &file)
        .output()
        .unwrap();
    exited(&looked, 1);
    let found = document(&looked);
    assert_eq!(
        (states(&found, "data folder"), states(&found, "nats")),
        (vec!["fail"], vec!["fail"])
    );

    let looked = in_a_strict_place(&place.command(&["doctor", "--json"]));
    exited(&looked, 1);
    let found = document(&looked);
    assert_eq!(states(&found, "sandbox"), ["fail"]);
    assert!(
        told(&found, "sandbox").contains("SANDBOX_UNAVAILABLE: landlock=ENOSYS"),
        "{found}"
    );
}
