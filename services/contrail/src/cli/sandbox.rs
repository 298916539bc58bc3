//! `contrail sandbox`: what this machine gives to lock workers in.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use sandbox::{Layers, Need, SandboxError, State};
use serde_json::{Value, json};

use crate::config::GlobalConfig;
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail sandbox check
  contrail sandbox check --json | jq .missing

Uploaded files are read in processes that are locked in by these layers.";

const CHECK_EXAMPLES: &str = "\
Examples:
  contrail sandbox check
  contrail sandbox check --json | jq .missing

Exit code 1, with SANDBOX_UNAVAILABLE and the reasons, where a required layer is missing: services
refuse to start there. Of landlock and the mount namespace one is enough.";

/// See [`super::Command::Sandbox`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Sandbox {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Starts a worker and shows which layers it got.
    #[command(after_help = CHECK_EXAMPLES)]
    Check {
        /// Prints one JSON document.
        #[arg(long)]
        json: bool,
    },
}

impl Sandbox {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let Action::Check { json } = self.action;
        let layers = layers(global).await?;
        if json {
            output::json(&document(&layers))?;
        } else {
            output::line(&table(&layers))?;
        }
        match layers.missing() {
            Some(missing) => Err(SandboxError::Unavailable(missing).into()),
            None => Ok(ExitCode::SUCCESS),
        }
    }
}

/// The layers that a worker gets here.
pub(super) async fn layers(global: &GlobalConfig) -> anyhow::Result<Layers> {
    let config = global.sandbox.clone();
    tokio::task::spawn_blocking(move || sandbox::check(&config.executable, config.uid))
        .await
        .context("it was broken off")?
        .map_err(Into::into)
}

fn document(layers: &Layers) -> Value {
    let missing = layers.missing().map(|missing| missing.to_string());
    let layers: Vec<Value> = layers
        .iter()
        .map(|(layer, state)| {
            let (given, detail) = described(state);
            json!({ "layer": layer, "given": given, "need": word(layer.need()), "detail": detail })
        })
        .collect();
    json!({ "available": missing.is_none(), "missing": missing, "layers": layers })
}

fn table(layers: &Layers) -> String {
    let rows = layers.iter().map(|(layer, state)| {
        let (given, detail) = described(state);
        let given = if given { "given" } else { "missing" };
        let need = word(layer.need()).replace('_', " ");
        vec![layer.name().to_owned(), given.to_owned(), need, detail.to_owned()]
    });
    render::text_table(&["layer", "here", "need", "detail"], rows).to_string()
}

fn described(state: &State) -> (bool, &str) {
    match state {
        State::On(detail) => (true, detail),
        State::Off(reason) => (false, reason),
    }
}

fn word(need: Need) -> &'static str {
    match need {
        Need::Required => "required",
        Need::OneOf => "one_of_two",
        Need::BestEffort => "bonus",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report as workers write it.
    fn layers(landlock: Value) -> Layers {
        let report = json!([
            ["user_namespace", { "off": "EPERM" }],
            ["mount_namespace", { "off": "EPERM" }],
            ["no_new_privileges", { "on": "" }],
            ["landlock", landlock],
            ["seccomp", { "on": "2 filters" }],
            ["self_test", { "on": "3 refusals" }],
        ]);
        serde_json::from_value(report).unwrap()
    }

    #[test]
    fn what_is_missing_is_told_with_its_reason() {
        let missing = document(&layers(json!({ "off": "ENOSYS" })));
        assert_eq!(missing["available"], false);
        assert_eq!(missing["missing"], "landlock=ENOSYS userns=EPERM");
        let enough = document(&layers(json!({ "on": "ABI 7" })));
        assert_eq!(
            (&enough["available"], &enough["missing"]),
            (&json!(true), &Value::Null)
        );
        let landlock = json!({ "layer": "landlock", "given": true, "need": "one_of_two", "detail": "ABI 7" });
        assert_eq!(enough["layers"][3], landlock);
    }

    #[test]
    fn a_line_tells_layer_state_and_need() {
        let table = table(&layers(json!({ "off": "ENOSYS" })));
        let line = |name: &str| table.lines().find(|line| line.contains(name)).unwrap().to_owned();
        for part in ["missing", "one of two", "ENOSYS"] {
            assert!(line("landlock").contains(part), "{table}");
        }
        for part in ["given", "required", "2 filters"] {
            assert!(line("seccomp").contains(part), "{table}");
        }
        assert!(line("user namespace").contains("bonus"), "{table}");
    }
}
