//! `contrail rm`: files out.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tracing::Instrument;

use crate::config::GlobalConfig;
use crate::output;
use crate::progress::Reporter;
use crate::session::{Needs, Session};

/// How long forgetting one file may take.
const LIMIT: Duration = Duration::from_secs(120);

const EXAMPLES: &str = "\
Examples:
  contrail rm sales.xlsx
  contrail rm 0199f1d2-7c3a-7def-8123-0000000000aa

Adding a file of the same name later works.";

/// See [`super::Command::Rm`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Rm {
    /// Names or ids of files, as `contrail status` shows them.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

impl Rm {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let mut session = Session::open(global, Needs::Services).await?;
        let client = session.client.clone();
        let reporter = Reporter::new();
        let work = async {
            for name in &self.files {
                let removed = client.remove(name, LIMIT, &mut reporter.task(name)).await?;
                output::line(&output::printable(&format!("{removed}: forgotten")))?;
            }
            Ok(())
        };
        let removed = session
            .during(work.instrument(tracing::info_span!("contrail rm")))
            .await;
        let closed = session.close().await;
        removed?;
        closed?;
        Ok(ExitCode::SUCCESS)
    }
}
