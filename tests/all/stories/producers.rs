//! The examples for producers in `schemas/examples/producers`, with the clients that others have written, against the running pipeline:
//! as the users that `contrail provision --print-nats-config` makes, which may do what they need and no more.
//!
//! Those in Python and JavaScript need what `tests/browser/setup` installs into the folder that CONTRAIL_BROWSER_TESTS names; without
//! it they say so and end.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::harness::guarded::Guarded;
use crate::harness::{Platform, fixture, local, soon};

fn example(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/examples/producers");
    folder.join(name)
}

const NOT_RUN: &str = "not run: CONTRAIL_BROWSER_TESTS names no folder; see tests/browser/setup";

fn installed() -> Option<PathBuf> {
    std::env::var_os("CONTRAIL_BROWSER_TESTS").map(PathBuf::from)
}

/// Runs an example; it tells progress, a file, the right answer and the reason of a dead letter.
async fn check(mut command: Command, url: &str, user: &[&Path]) {
    command
        .arg(url)
        .arg(fixture("flights.csv"))
        .arg("How many flights were cancelled?")
        .args(user)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = soon("the example", command.output()).await.unwrap();
    let [told, wrong] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{told}\n{wrong}");
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |member: &str| lines.iter().find(|line| line.get(member).is_some()).unwrap();
    assert_eq!(of("progress")["state"], "running", "{told}");
    assert_eq!(of("indexed")["tables"], 1, "{told}");
    // Counted in the file: 7 of the flights are cancelled.
    let cancelled = std::fs::read_to_string(fixture("flights.csv"))
        .unwrap()
        .matches(",Cancelled")
        .count();
    assert_eq!(of("answer")["rows"], json!([[cancelled]]), "{told}");
    assert_eq!(of("dead")["at"], "/name", "{told}");
}

/// Runs an example as the user of a tenant's programs, who is refused nothing.
async fn check_guarded(command: Command) {
    let guarded = Guarded::start(&[local()]).await;
    let seed = guarded.producer_seed();
    check(command, guarded.url(), &[Path::new(local().as_str()), &seed]).await;
    let refusals = guarded.refusals();
    guarded.stop().await;
    assert_eq!(refusals, [""; 0], "the example does what its user may not");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_rust_where_nobody_is_a_user() {
    let platform = Platform::start().await;
    let command = Command::new(env!("CARGO_BIN_EXE_producer"));
    check(command, &platform.server.url, &[]).await;
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_rust() {
    check_guarded(Command::new(env!("CARGO_BIN_EXE_producer"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_python() {
    let Some(folder) = installed() else {
        eprintln!("{NOT_RUN}");
        return;
    };
    let mut command = Command::new(folder.join("python/bin/python"));
    command.arg(example("producer.py"));
    check_guarded(command).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_javascript() {
    let Some(folder) = installed() else {
        eprintln!("{NOT_RUN}");
        return;
    };
    // Node looks for packages beside the script.
    let script = folder.join("producer.mjs");
    std::fs::copy(example("producer.mjs"), &script).unwrap();
    let mut command = Command::new("node");
    command.arg(script);
    check_guarded(command).await;
}
