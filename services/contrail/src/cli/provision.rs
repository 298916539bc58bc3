//! `contrail provision`: streams, consumers and buckets, and who may do what with them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use bus::permissions::{Keys, Tls, server_configuration};
use clap::Args;
use schemas::TenantId;

use crate::config::GlobalConfig;
use crate::{embedded, output};

const EXAMPLES: &str = "\
Examples:
  contrail provision --nats-url nats://127.0.0.1:4222
  NATS_URL=nats://nats.example:4222 NATS_REPLICAS=3 contrail provision
  contrail provision --print-nats-config --nats-keys keys --users-of airport-north > users.conf

It can be run again: what is there is updated, and what can't be updated is named. With --print-nats-config no server is
asked for anything: keys are made for users that have none, and nats-server's configuration of all users is printed,
which holds their public keys alone. Each user connects with `NATS_NKEY_FILE=<folder>/<user>/seed`; for those that are
no service, `NATS_INBOX=_INBOX_<user>` belongs to it.";

/// See [`super::Command::Provision`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Provision {
    /// Prints the part of nats-server's configuration that gives every service, and the producers of each tenant, a user
    /// with what it needs and no more.
    #[arg(long, requires = "nats_keys")]
    print_nats_config: bool,

    /// Folder of the users' keys: `<user>/seed`, which is secret, and `<user>/public`. What is missing is made.
    #[arg(long, value_name = "FOLDER")]
    nats_keys: Option<PathBuf>,

    /// File to write the configuration to, instead of printing it.
    #[arg(long, value_name = "FILE", requires = "print_nats_config")]
    nats_config: Option<PathBuf>,

    /// Tenants whose buckets the users may reach, comma-separated, besides `local`.
    #[arg(
        long,
        value_name = "TENANTS",
        value_delimiter = ',',
        requires = "print_nats_config"
    )]
    users_of: Vec<TenantId>,

    /// Folder with `tls.crt`, `tls.key` and `ca.crt`, as the server sees it: clients must use TLS then.
    #[arg(long, value_name = "FOLDER", requires = "print_nats_config")]
    nats_tls: Option<PathBuf>,

    /// Clients must show a certificate of the same authority too: `NATS_CERT_FILE` and `NATS_CERT_KEY_FILE`.
    #[arg(long, requires = "nats_tls")]
    nats_tls_verify: bool,
}

impl Provision {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        if let (true, Some(keys)) = (self.print_nats_config, &self.nats_keys) {
            return self.print(&Keys::in_folder(keys));
        }
        let config = global
            .bus()
            .context("name the server with --nats-url or NATS_URL")?;
        embedded::provision(&config).await?;
        output::line(&format!("{} is ready", config.url))?;
        Ok(ExitCode::SUCCESS)
    }

    fn print(&self, keys: &Keys) -> anyhow::Result<ExitCode> {
        let tls = self.nats_tls.clone().map(|folder| Tls {
            folder,
            verify: self.nats_tls_verify,
        });
        let mut tenants = self.users_of.clone();
        tenants.push(TenantId::local());
        tenants.sort();
        tenants.dedup();
        let text = server_configuration(keys, &tenants, tls.as_ref())?;
        match &self.nats_config {
            Some(path) => write(path, &text).with_context(|| format!("can't write {}", path.display()))?,
            None => output::line(text.trim_end())?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Replaces a file at once, so that a server never reads half of it.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let next = path.with_extension("next");
    std::fs::write(&next, text)?;
    std::fs::rename(next, path)
}
