//! `contrail doctor`: what is wrong here, and how to mend it.
//!
//! | module | what it looks at |
//! |---|---|
//! | [`finding`] | nothing: what is found, and how that is shown |
//! | [`bus`] | NATS: reached, JetStream, provisioned; the data folder that it may be in |
//! | [`endpoints`] | Qdrant, the language model, the models of embeddings, of ranking and of the detector |
//! | [`machine`] | the sandbox, the third-party programs, the folders and the room on their disks |

mod bus;
mod endpoints;
mod finding;
mod machine;

use std::process::ExitCode;

use clap::Args;
use index::IndexConfig;
use models::{EmbeddingConfig, ModelsConfig, RerankConfig, ScorerConfig};

use crate::config::GlobalConfig;
use crate::output;
use finding::State;

const EXAMPLES: &str = "\
Examples:
  contrail doctor
  contrail doctor --json | jq '.checks[] | select(.state != \"ok\")'
  contrail doctor --nats-url nats://nats.example:4222 --qdrant-url http://qdrant.example:6334

It looks at what the same settings would use, and changes nothing but this: without --nats-url it
starts the private server of the data folder, if nobody has, and ends it again. The language model is
asked for the capital of France, the model of embeddings for one vector. Exit code 1 where something
fails; what is merely not as good as it could be is a warning.";

/// See [`super::Command::Doctor`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {
    /// Where passages are.
    #[command(flatten)]
    index: IndexConfig,
    /// The language model.
    #[command(flatten)]
    models: ModelsConfig,
    /// The model of embeddings.
    #[command(flatten)]
    embedding: EmbeddingConfig,
    /// The model that ranks.
    #[command(flatten)]
    rerank: RerankConfig,
    /// The model that reads texts for the detector.
    #[command(flatten)]
    scorer: ScorerConfig,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        // What hangs on nothing else comes first: it may explain what follows.
        let mut findings = machine::sandbox(global).await;
        findings.extend(machine::artifacts(global).await);
        findings.extend(machine::folders(global, &self.index));
        findings.extend(bus::look(global, &self.index).await);
        findings.extend(endpoints::qdrant(&self.index).await);
        findings.extend(endpoints::language_model(&self.models).await);
        findings.extend(endpoints::embedding(&self.embedding).await);
        findings.extend(endpoints::ranking(&self.rerank).await);
        findings.extend(endpoints::likelihoods(&self.scorer).await);

        let worst = findings.iter().map(|finding| finding.state).max();
        let worst = worst.unwrap_or(State::Ok);
        if self.json {
            output::json(&finding::document(&findings, worst))?;
        } else {
            output::line(&finding::table(&findings))?;
            output::line(finding::verdict(worst))?;
        }
        Ok(match worst {
            State::Ok | State::Warn => ExitCode::SUCCESS,
            State::Fail => ExitCode::FAILURE,
        })
    }
}
