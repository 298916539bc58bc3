//! `contrail tenants`: whose data there can be.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use schemas::TenantId;

use crate::config::GlobalConfig;
use crate::output;
use crate::session::{Needs, Session};

const EXAMPLES: &str = "\
Examples:
  contrail tenants list
  contrail tenants create airport-north
  contrail ask --tenant airport-north \"How many flights?\"

The tenant `local` exists from the start.";

const CREATE_EXAMPLE: &str = "Example:\n  contrail tenants create airport-north";
const LIST_EXAMPLE: &str = "Example:\n  contrail tenants list";

/// See [`super::Command::Tenants`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Tenants {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists them, one a line.
    #[command(after_help = LIST_EXAMPLE)]
    List,
    /// Makes one; it may be there already.
    #[command(after_help = CREATE_EXAMPLE)]
    Create {
        /// Lower-case letters, digits and hyphens.
        #[arg(value_name = "TENANT")]
        name: TenantId,
    },
}

impl Tenants {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        // The tenant that always exists: the one to be made does not yet.
        let global = GlobalConfig {
            tenant: TenantId::local(),
            ..global.clone()
        };
        let session = Session::open(&global, Needs::Server).await?;
        let bus = session.client.bus();
        match &self.action {
            Action::List => {
                for tenant in bus.tenants().await? {
                    output::line(tenant.as_str())?;
                }
            }
            Action::Create { name } => {
                let config = global.bus().unwrap_or_else(|| bus::BusConfig::at(""));
                bus.create_tenant(name, &config.topology()).await?;
                output::line(&format!("{name} is ready"))?;
            }
        }
        session.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}
