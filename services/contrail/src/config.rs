//! What every command takes, and everything that comes from the environment.

use std::path::PathBuf;

use artifacts::ArtifactsConfig;
use bus::BusConfig;
use clap::{Args, CommandFactory, FromArgMatches};
use codegen_executor::config::{Effort, ExecutorConfig, Limits, PythonConfig};
use detector::config::DetectorConfig;
use embed::EmbedConfig;
use gateway::GatewayConfig;
use index::IndexConfig;
use ingest::IngestConfig;
use models::{EmbeddingConfig, ModelsConfig, OnnxConfig};
use ocr::OcrConfig;
use retrieve::RetrieveConfig;
use sandbox::SandboxConfig;
use schemas::TenantId;
use telemetry::TelemetryConfig;

use crate::cli::Cli;

/// Options of every command; they may stand before or behind its name.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalConfig {
    /// Whose files and answers.
    #[arg(long, env = "CONTRAIL_TENANT", default_value = "local")]
    pub tenant: TenantId,

    /// Folder of the embedded server's data; by default the user's data folder.
    #[arg(long, env = "CONTRAIL_DATA", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// A NATS server elsewhere (several: comma-separated); by default a private one is started.
    #[arg(long, env = "NATS_URL", value_name = "URL")]
    pub nats_url: Option<String>,

    /// File with NATS credentials, for --nats-url.
    #[arg(long, env = "NATS_CREDS", value_name = "FILE")]
    pub nats_creds: Option<PathBuf>,

    /// File with the seed of an NKEY, for --nats-url; `{service}` in its path is the name of the service that connects.
    #[arg(long, env = "NATS_NKEY_FILE", value_name = "FILE")]
    pub nats_nkey: Option<PathBuf>,

    /// Prefix of the subjects that the server's answers come to, for --nats-url: `_INBOX_` and the user's name.
    #[arg(long, env = "NATS_INBOX", value_name = "PREFIX")]
    pub nats_inbox: Option<String>,

    /// File with certificates of authorities to trust, for --nats-url.
    #[arg(long, env = "NATS_CA_FILE", value_name = "FILE")]
    pub nats_ca: Option<PathBuf>,

    /// File with our own certificate, for a --nats-url that wants to see one.
    #[arg(long, env = "NATS_CERT_FILE", value_name = "FILE", requires = "nats_cert_key")]
    pub nats_cert: Option<PathBuf>,

    /// File with the key of our certificate.
    #[arg(long, env = "NATS_CERT_KEY_FILE", value_name = "FILE", requires = "nats_cert")]
    pub nats_cert_key: Option<PathBuf>,

    /// Copies of each stream and bucket, for --nats-url: 1 on a single node, 3 in a cluster.
    #[arg(long, env = "NATS_REPLICAS", value_name = "N", default_value_t = 1)]
    pub nats_replicas: usize,

    /// How workers are locked in.
    #[command(flatten)]
    pub sandbox: SandboxConfig,

    /// Third-party programs.
    #[command(flatten)]
    pub artifacts: ArtifactsConfig,

    /// Logs and traces.
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
}

impl GlobalConfig {
    /// The server elsewhere, if one is named.
    #[must_use]
    pub fn bus(&self) -> Option<BusConfig> {
        let mut config = BusConfig::at(self.nats_url.clone().filter(|url| !url.is_empty())?);
        config.credentials.clone_from(&self.nats_creds);
        config.nkey.clone_from(&self.nats_nkey);
        config.inbox.clone_from(&self.nats_inbox);
        config.authorities.clone_from(&self.nats_ca);
        config.certificate.clone_from(&self.nats_cert);
        config.certificate_key.clone_from(&self.nats_cert_key);
        config.replicas = self.nats_replicas;
        Some(config)
    }
}

/// Where API keys are kept, for commands that make and revoke them.
#[derive(Debug, Clone, Args)]
pub struct KeysConfig {
    /// File of API keys, as the gateway's option of this name; by default that of the data folder, which `contrail up` uses.
    #[arg(long, env = "CONTRAIL_API_KEYS_FILE", value_name = "FILE")]
    pub api_keys_file: Option<PathBuf>,
}

/// Settings of the services, for commands that run them.
#[derive(Debug, Clone, Args)]
pub struct ServicesConfig {
    /// The reader of files.
    #[command(flatten)]
    pub ingest: IngestConfig,
    /// The answerer of questions over tables.
    #[command(flatten)]
    pub executor: ExecutorArgs,
    /// The judge of texts.
    #[command(flatten)]
    pub detector: DetectorConfig,
    /// The reader of images.
    #[command(flatten)]
    pub ocr: OcrConfig,
    /// What makes passages findable.
    #[command(flatten)]
    pub embed: EmbedConfig,
    /// The models of that.
    #[command(flatten)]
    pub embedding: EmbeddingConfig,
    /// What runs models in this process.
    #[command(flatten)]
    pub onnx: OnnxConfig,
    /// Where passages are kept.
    #[command(flatten)]
    pub index: IndexConfig,
    /// The answerer of questions over documents.
    #[command(flatten)]
    pub retrieve: RetrieveConfig,
    /// The router and HTTP.
    #[command(flatten)]
    pub gateway: GatewayConfig,
}

/// Settings of the answerer of questions over tables; where its server is, every command says.
#[derive(Debug, Clone, Args)]
pub struct ExecutorArgs {
    /// What a question may take.
    #[command(flatten)]
    pub limits: Limits,

    /// The language model that is asked where the rules abstain.
    #[command(flatten)]
    pub models: ModelsConfig,

    /// How much is asked of it.
    #[command(flatten)]
    pub effort: Effort,

    /// Scripts.
    #[command(flatten)]
    pub python: PythonConfig,

    /// Questions answered at once.
    #[arg(
        long,
        env = "CONTRAIL_EXECUTOR_CONCURRENCY",
        value_name = "N",
        default_value_t = 2
    )]
    pub executor_concurrency: usize,
}

impl ExecutorArgs {
    /// The service's own settings, for a server.
    #[must_use]
    pub fn on(&self, bus: &BusConfig) -> ExecutorConfig {
        ExecutorConfig {
            limits: self.limits,
            models: self.models.clone(),
            effort: self.effort,
            python: self.python.clone(),
            concurrency: self.executor_concurrency.max(1),
            ..ExecutorConfig::at(bus.clone())
        }
    }
}

impl ServicesConfig {
    /// The settings of commands that run services by the way: those of the environment.
    ///
    /// # Errors
    /// When a variable holds no valid value.
    pub fn from_environment() -> Result<Self, clap::Error> {
        let command = Self::augment_args(clap::Command::new("contrail"));
        Self::from_arg_matches(&command.try_get_matches_from(["contrail"])?)
    }
}

/// The command line: every option of [`GlobalConfig`] is taken by every command.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command().mut_args(|argument| argument.global(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[&str]) -> Result<Cli, clap::Error> {
        command()
            .try_get_matches_from(line)
            .and_then(|matches| Cli::from_arg_matches(&matches))
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example_of_itself() {
        fn check(command: &clap::Command, path: &str) {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(help.starts_with("Example"), "{path} has no example");
            assert!(help.contains(path), "no example of {path} in {help}");
            for inner in command.get_subcommands() {
                check(inner, &format!("{path} {}", inner.get_name()));
            }
        }
        check(&command(), "contrail");
    }

    #[test]
    fn options_of_every_command_stand_anywhere() {
        for line in [
            ["contrail", "--tenant", "red", "--log", "debug", "status"],
            ["contrail", "status", "--tenant", "red", "--log", "debug"],
            ["contrail", "--tenant", "red", "status", "--log", "debug"],
        ] {
            let cli = parse(&line).unwrap();
            assert_eq!(cli.global.tenant.as_str(), "red");
            assert_eq!(cli.global.telemetry.log_filter, "debug");
        }
    }

    #[test]
    fn a_tenant_is_checked() {
        let error = parse(&["contrail", "status", "--tenant", "A.B"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("lower-case letters"), "{error}");
    }

    #[test]
    fn without_an_address_there_is_no_server_elsewhere() {
        let mut global = parse(&["contrail", "status", "--nats-url", "", "--nats-replicas", "3"])
            .unwrap()
            .global;
        assert!(global.bus().is_none());
        global.nats_url = Some("nats://bus:4222".to_owned());
        let bus = global.bus().unwrap();
        assert_eq!((bus.url.as_str(), bus.replicas), ("nats://bus:4222", 3));
    }
}
