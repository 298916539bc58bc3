//! The commands, one file each.

pub(crate) mod add;
mod artifacts;
mod ask;
mod backup;
mod bench;
mod chart;
mod dead;
mod demo;
mod detect;
mod detector;
mod doctor;
mod eval;
mod export;
mod glossary;
mod goldens;
mod keys;
mod llm;
mod provision;
mod restore;
mod retention;
mod rm;
mod run;
mod sandbox;
mod search;
mod settings;
mod status;
mod tables;
mod tenants;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use telemetry::TelemetryConfig;
use tokio_util::sync::CancellationToken;

use crate::config::GlobalConfig;
use crate::shutdown::INTERRUPTED;

const EXAMPLES: &str = "\
Examples:
  contrail demo
  contrail ask --file sales.xlsx \"Total revenue by terminal in 2024\"
  contrail up --listen 127.0.0.1:8080
  contrail add sales.xlsx handbook.pdf
  contrail ask \"T2航站楼3月销售额最高的3个品类\"";

/// Answers questions in Chinese and English over your own tables, documents and images; every answer leaves a trail that
/// you can check.
#[derive(Debug, Parser)]
#[command(name = "contrail", version, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalConfig,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs everything in this process and serves HTTP until it is told to stop.
    Up(Box<up::Up>),
    /// Shows what it can do on sample files, with answers that are known.
    Demo(demo::Demo),
    /// Asks a question and prints the answer with its trail.
    Ask(ask::Ask),
    /// Finds passages of documents.
    Search(search::Search),
    /// Adds files, so that questions can be asked about them.
    Add(add::Add),
    /// Forgets files.
    Rm(rm::Rm),
    /// Shows how the tables of a file were read, and changes it.
    Tables(tables::Tables),
    /// Keeps what words mean here: other names of columns and values, definitions of metrics.
    Glossary(glossary::GlossaryCommand),
    /// Keeps questions whose right answers people have confirmed, and asks them again.
    Goldens(goldens::Goldens),
    /// Writes what was answered, for models to be tuned on.
    Export(export::Export),
    /// Shows the services, their queues and versions, the files and what went wrong.
    Status(status::Status),
    /// Looks at jobs that were given up, and sends them again.
    Dead(dead::Dead),
    /// Writes what a tenant has into one file.
    Backup(backup::Backup),
    /// Brings back what `contrail backup` wrote.
    Restore(restore::Restore),
    /// Looks for what is wrong here, and says how to mend it.
    Doctor(Box<doctor::Doctor>),
    /// Runs one service alone, against a NATS server.
    Run(run::Run),
    /// Makes the streams, consumers and buckets on a NATS server.
    Provision(provision::Provision),
    /// Makes and lists tenants.
    Tenants(tenants::Tenants),
    /// Shows and sets how long a tenant's files and answers are kept.
    Retention(retention::Retention),
    /// Makes, lists and revokes keys of the HTTP API.
    Keys(keys::Keys),
    /// Tells whether this machine can lock in what reads uploaded files.
    Sandbox(sandbox::Sandbox),
    /// Tells how likely it is that texts were written by a machine, and how sure that is.
    Detect(detect::Detect),
    /// Fits the detector's weights, and tells what is known of them.
    Detector(detector::DetectorCommand),
    /// Looks at the language model that is asked where the rules abstain.
    Llm(llm::Llm),
    /// Prints every setting that has an environment variable, as one page.
    Settings(settings::Settings),
    /// Fetches and checks the third-party programs that Contrail uses.
    Artifacts(artifacts::Artifacts),
    /// Measures answers and judgements against known ones.
    Eval(eval::Eval),
    /// Measures what parts cost on this machine.
    Bench(bench::Bench),
}

impl Cli {
    /// Settings of telemetry: who serves the page has every service in this process, and thus whole traces to show.
    #[must_use]
    pub fn telemetry(&self) -> TelemetryConfig {
        TelemetryConfig {
            keep_spans: matches!(self.command, Command::Up(_) | Command::Demo(_)),
            ..self.global.telemetry.clone()
        }
    }
}

impl Command {
    /// The service name in logs and traces.
    #[must_use]
    pub fn service(&self) -> &'static str {
        match self {
            Self::Run(run) => run.service(),
            _ => "contrail",
        }
    }
}

/// Runs the command. `signalled` asks it to end early: what serves then ends well, anything else is broken off.
///
/// # Errors
/// What the command could not do.
pub async fn run(cli: &Cli, signalled: CancellationToken) -> anyhow::Result<ExitCode> {
    let Cli { global, command } = cli;
    let stop = &signalled;
    match command {
        Command::Up(up) => up.run(global, signalled).await,
        Command::Demo(demo) => demo.run(global, signalled).await,
        Command::Run(run) => run.run(global, signalled).await,
        Command::Ask(ask) => or_interrupted(ask.run(global), stop).await,
        Command::Search(search) => or_interrupted(search.run(global), stop).await,
        Command::Add(add) => or_interrupted(add.run(global), stop).await,
        Command::Rm(rm) => or_interrupted(rm.run(global), stop).await,
        Command::Tables(tables) => or_interrupted(tables.run(global), stop).await,
        Command::Glossary(glossary) => or_interrupted(glossary.run(global), stop).await,
        Command::Goldens(goldens) => or_interrupted(goldens.run(global), stop).await,
        Command::Export(export) => or_interrupted(export.run(global), stop).await,
        Command::Status(status) => or_interrupted(status.run(global), stop).await,
        Command::Dead(dead) => or_interrupted(dead.run(global), stop).await,
        Command::Backup(backup) => or_interrupted(backup.run(global), stop).await,
        Command::Restore(restore) => or_interrupted(restore.run(global), stop).await,
        Command::Doctor(doctor) => or_interrupted(doctor.run(global), stop).await,
        Command::Provision(provision) => or_interrupted(provision.run(global), stop).await,
        Command::Tenants(tenants) => or_interrupted(tenants.run(global), stop).await,
        Command::Retention(retention) => or_interrupted(retention.run(global), stop).await,
        Command::Keys(keys) => keys.run(global),
        Command::Settings(settings) => settings.run(),
        Command::Sandbox(sandbox) => or_interrupted(sandbox.run(global), stop).await,
        Command::Detect(detect) => or_interrupted(detect.run(global), stop).await,
        Command::Detector(detector) => or_interrupted(detector.run(global), stop).await,
        Command::Llm(llm) => or_interrupted(llm.run(), stop).await,
        Command::Artifacts(artifacts) => or_interrupted(artifacts.run(global), stop).await,
        Command::Eval(eval) => or_interrupted(eval.run(global), stop).await,
        Command::Bench(bench) => or_interrupted(bench.run(global), stop).await,
    }
}

/// Does the work unless a signal comes first: then it is dropped, and with it whatever it started.
async fn or_interrupted(
    work: impl Future<Output = anyhow::Result<ExitCode>>,
    signalled: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    tokio::select! {
        ended = work => ended,
        () = signalled.cancelled() => Ok(ExitCode::from(INTERRUPTED)),
    }
}
