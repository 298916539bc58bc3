//! Parses the command line, runs the command, and tells how it ended by the exit code.

use std::process::ExitCode;

use clap::FromArgMatches;
use codegen_executor::worker;
use contrail::cli::{self, Cli};
use contrail::{config, output, shutdown};

fn main() -> ExitCode {
    sandbox::enter_if_worker(&[
        ingest::WORKER,
        ocr::WORKER,
        worker::PLAN,
        worker::SQL,
        worker::PYTHON,
    ]);
    let matches = config::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::note(&output::printable(&format!("error: {error:#}")));
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let signalled = shutdown::signalled()?;
    let telemetry = telemetry::init(cli.command.service(), &cli.telemetry())?;
    let ended = cli::run(&cli, signalled).await;
    telemetry.shutdown().await;
    ended
}
