//! `contrail llm`: the language model that is asked where the rules abstain.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use models::probe::{Found, Shapes};
use models::{Chat, ModelsConfig};
use serde_json::{Value, json};

use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail llm check --llm-base-url http://127.0.0.1:8000/v1 --llm-model qwen3-coder-30b
  LLM_BASE_URL=http://127.0.0.1:8000/v1 LLM_MODEL=qwen3-coder-30b contrail llm check";

const CHECK_EXAMPLES: &str = "\
Examples:
  contrail llm check --llm-base-url http://127.0.0.1:8000/v1 --llm-model qwen3-coder-30b
  contrail llm check --json | jq '.[].error'

Asks each endpoint for the capital of France. Exit code 1 where one does not reply.";

/// See [`super::Command::Llm`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Llm {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Asks each endpoint a small thing and shows what it offers.
    #[command(after_help = CHECK_EXAMPLES)]
    Check {
        /// Where the endpoints are.
        #[command(flatten)]
        models: Box<ModelsConfig>,
        /// Prints one JSON document: a list of endpoints.
        #[arg(long)]
        json: bool,
    },
}

impl Llm {
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let Action::Check { models, json } = &self.action;
        let chat = Chat::open(models)?.context("name an endpoint with --llm-base-url or LLM_BASE_URL")?;
        let found = chat.probe().await;
        if *json {
            let list: Vec<Value> = found.iter().map(document).collect();
            output::json(&list)?;
        } else {
            let header = [
                "endpoint",
                "model",
                "reply",
                "shapes",
                "kept",
                "streams",
                "counts tokens",
            ];
            output::line(&render::text_table(&header, found.iter().map(row)).to_string())?;
        }
        let all = found.iter().all(|found| found.offer.is_ok());
        Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

const fn shapes(shapes: Shapes) -> &'static str {
    match shapes {
        Shapes::Schema => "json_schema",
        Shapes::Json => "json_object",
        Shapes::None => "none",
    }
}

fn document(found: &Found) -> Value {
    match &found.offer {
        Ok(offer) => json!({
            "endpoint": found.endpoint, "model": found.model, "seconds": offer.took.as_secs_f64(),
            "shapes": shapes(offer.shapes), "kept": offer.kept, "streams": offer.streams,
            "counts_tokens": offer.counts,
        }),
        Err(error) => json!({ "endpoint": found.endpoint, "model": found.model, "error": error }),
    }
}

fn row(found: &Found) -> Vec<String> {
    let names = [found.endpoint.clone(), found.model.clone()];
    let sign = |holds: bool| if holds { "yes" } else { "no" }.to_owned();
    let rest = match &found.offer {
        Ok(offer) => [
            format!("{:.1} s", offer.took.as_secs_f64()),
            shapes(offer.shapes).to_owned(),
            sign(offer.kept),
            sign(offer.streams),
            sign(offer.counts),
        ],
        Err(error) => [
            error.clone(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ],
    };
    names.into_iter().chain(rest).collect()
}
