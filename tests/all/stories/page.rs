//! A person with a browser: files are given to the page, questions asked, citations opened.
//!
//! It needs what `tests/browser/setup` installs into the folder that CONTRAIL_BROWSER_TESTS names; without it this says so and ends.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use telemetry::TelemetryConfig;
use tokio::process::Command;

use crate::harness::{Platform, fixture};

/// Longer than a browser, models and a handbook take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(900);

#[tokio::test(flavor = "multi_thread")]
async fn the_page_answers_over_tables_documents_and_texts() {
    let Some(folder) = std::env::var_os("CONTRAIL_BROWSER_TESTS") else {
        eprintln!("not run: CONTRAIL_BROWSER_TESTS names no folder; see tests/browser/setup");
        return;
    };
    let config = TelemetryConfig {
        log_filter: "warn".to_owned(),
        keep_spans: true,
        ..TelemetryConfig::default()
    };
    let telemetry = telemetry::init("contrail", &config).unwrap();
    let platform = Platform::with_documents().await;
    let shots = std::env::var_os("CONTRAIL_SCREENSHOTS")
        .map_or_else(|| std::env::temp_dir().join("contrail-screenshots"), Into::into);
    let mut command = Command::new("node");
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/whole.mjs"))
        .arg(&platform.http)
        .arg(shots)
        .arg(fixture("knowledge/corpus"))
        .env("CONTRAIL_BROWSER_TESTS", folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .expect("it ends")
        .unwrap();
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{}", told.concat());
    platform.stop().await;
    telemetry.shutdown().await;
}
