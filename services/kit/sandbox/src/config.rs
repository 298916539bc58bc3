//! The settings of the sandbox, the same for every service that has one.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;

use crate::host::pool::{PoolSettings, THIS_EXECUTABLE};
use crate::kind::Kind;
use crate::limits::{LimitError, Limits};
use crate::mode::Mode;

/// Settings of every service that runs workers.
#[derive(Debug, Clone, clap::Args)]
pub struct SandboxConfig {
    /// Run untrusted files and generated code even where this machine can't lock them in. What comes of it says so.
    #[arg(
        long = "insecure-no-sandbox",
        env = "CONTRAIL_INSECURE_NO_SANDBOX",
        value_parser = BoolishValueParser::new()
    )]
    pub insecure_no_sandbox: bool,

    /// Refuse --insecure-no-sandbox.
    #[arg(long = "production", env = "CONTRAIL_PRODUCTION", value_parser = BoolishValueParser::new())]
    pub production: bool,

    /// Workers of each kind that wait for a job.
    #[arg(
        long = "sandbox-workers",
        env = "CONTRAIL_SANDBOX_WORKERS",
        value_name = "N",
        default_value_t = 2
    )]
    pub workers: usize,

    /// User that a worker becomes where the service runs as root.
    #[arg(
        long = "sandbox-uid",
        env = "CONTRAIL_SANDBOX_UID",
        value_name = "UID",
        default_value_t = 65_534
    )]
    pub uid: u32,

    /// Changes of the limits of a kind, as in `parse:wall=90s,memory=2GB`, several separated by semicolons.
    #[arg(
        long = "sandbox-limits",
        env = "CONTRAIL_SANDBOX_LIMITS",
        value_name = "CHANGES",
        value_delimiter = ';'
    )]
    pub limits: Vec<String>,

    /// What is started as a worker: an executable that registers the kinds. Only tests need another than the running one,
    /// since their `main` is not ours; so it can't be set from outside.
    #[arg(skip = this_executable())]
    pub executable: PathBuf,
}

fn this_executable() -> PathBuf {
    PathBuf::from(THIS_EXECUTABLE)
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            insecure_no_sandbox: false,
            production: false,
            workers: 2,
            uid: 65_534,
            limits: Vec::new(),
            executable: this_executable(),
        }
    }
}

/// Settings that contradict each other, or can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Production without a sandbox.
    #[error("--insecure-no-sandbox is refused in production")]
    Production,
    /// A change of limits.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl SandboxConfig {
    /// The mode that is asked for.
    ///
    /// # Errors
    /// Production is never without a sandbox.
    pub const fn mode(&self) -> Result<Mode, ConfigError> {
        match (self.insecure_no_sandbox, self.production) {
            (false, _) => Ok(Mode::Enforced),
            (true, false) => Ok(Mode::InsecureNoSandbox),
            (true, true) => Err(ConfigError::Production),
        }
    }

    /// The settings of a pool of this kind, with its default limits changed as configured.
    ///
    /// # Errors
    /// As [`SandboxConfig::mode`], and when a change of the kind's limits can't be read.
    pub fn pool(&self, kind: &Kind, defaults: Limits) -> Result<PoolSettings, ConfigError> {
        let mut limits = defaults;
        for change in &self.limits {
            if let Some(change) = change
                .trim()
                .strip_prefix(kind.name)
                .and_then(|rest| rest.strip_prefix(':'))
            {
                limits = limits.with(change)?;
            }
        }
        Ok(PoolSettings {
            executable: self.executable.clone(),
            mode: self.mode()?,
            idle: self.workers,
            uid: self.uid,
            ..PoolSettings::new(kind, limits)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::kind::ECHO;

    #[test]
    fn production_is_never_without_a_sandbox() {
        let config = |insecure_no_sandbox, production| SandboxConfig {
            insecure_no_sandbox,
            production,
            ..SandboxConfig::default()
        };
        assert!(matches!(config(true, true).mode(), Err(ConfigError::Production)));
        assert_eq!(
            config(true, false).mode().unwrap().stamp(),
            Some("insecure-no-sandbox")
        );
        assert_eq!(config(false, true).mode().unwrap().stamp(), None);
    }

    #[test]
    fn limits_are_changed_for_their_kind_alone() {
        let config = SandboxConfig {
            limits: vec!["sandbox-echo:wall=3s".to_owned(), "plan:wall=4s".to_owned()],
            ..SandboxConfig::default()
        };
        let settings = config.pool(&ECHO, Limits::plan()).unwrap();
        assert_eq!(settings.limits.wall, Duration::from_secs(3));
        let wrong = SandboxConfig {
            limits: vec!["sandbox-echo:wall=3".to_owned()],
            ..SandboxConfig::default()
        };
        assert!(wrong.pool(&ECHO, Limits::plan()).is_err());
    }
}
