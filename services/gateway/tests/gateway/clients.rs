//! What others have written, against the gateway: the official clients, and a browser that uses the page.
//!
//! They need what `tests/browser/setup` installs into the folder that CONTRAIL_BROWSER_TESTS names; without it these tests say
//! so and end. What is missing in the folder fails them.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use gateway::GatewayConfig;
use schemas::TenantId;
use serde_json::json;
use tokio::process::Command;

use crate::harness::{Gateway, send, soon, telemetry};
use crate::scripted::Cast;
use crate::scripted_transcription::ScriptedTranscription;

/// Longer than a browser takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

fn installed() -> Option<PathBuf> {
    let folder = std::env::var_os("CONTRAIL_BROWSER_TESTS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("not run: CONTRAIL_BROWSER_TESTS names no folder; see tests/browser/setup");
    }
    folder
}

/// Runs a script of `tests/browser` against a gateway whose services play their parts.
async fn run(program: &str, script: &str, more: &[String]) {
    let Some(folder) = installed() else { return };
    let _telemetry = telemetry(true);
    let endpoint = ScriptedTranscription::saying("各地区的销售额？").await;
    let gateway = Gateway::with(GatewayConfig {
        transcription: endpoint.config(),
        ..GatewayConfig::default()
    })
    .await;
    let _cast = Cast::on(&gateway).await;
    // Calls have nobody to answer them until the services are there.
    soon(async {
        for (path, body) in [
            ("/v1/embeddings", json!({ "model": "m", "input": "a" })),
            ("/api/search", json!({ "query": "a", "limit": 1 })),
        ] {
            while send(gateway.request(reqwest::Method::POST, path).json(&body))
                .await
                .0
                != 200
            {}
        }
    })
    .await;
    let local = TenantId::local();
    gateway.seed(&local, schemas::file::FileState::Indexed).await;
    let program = match program {
        "python" => folder.join("python/bin/python"),
        other => PathBuf::from(other),
    };
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser");
    let mut command = Command::new(program);
    command
        .arg(scripts.join(script))
        .arg(format!("http://{}", gateway.address))
        .args(more)
        .env("CONTRAIL_BROWSER_TESTS", &folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .expect("it ends")
        .unwrap();
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{script}:\n{}", told.concat());
}

#[tokio::test]
async fn the_official_python_client_works_unchanged() {
    run("python", "openai_client.py", &[]).await;
}

#[tokio::test]
async fn the_official_node_client_works_unchanged() {
    run("node", "openai_client.mjs", &[]).await;
}

#[tokio::test]
async fn the_official_client_of_the_model_context_protocol_works_unchanged() {
    run("python", "mcp_client.py", &[]).await;
}

#[tokio::test]
async fn the_official_client_of_the_tus_protocol_works_unchanged() {
    run("node", "tus_client.mjs", &[]).await;
}

#[tokio::test]
async fn the_page_works_in_a_browser() {
    let shots = std::env::var("CONTRAIL_SCREENSHOTS").unwrap_or_else(|_| {
        let folder = std::env::temp_dir().join("contrail-screenshots");
        folder.to_string_lossy().into_owned()
    });
    run("node", "page.mjs", &[shots]).await;
}
