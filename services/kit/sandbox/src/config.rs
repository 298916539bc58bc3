//! The settings of the sandbox, the same for every service that has one.

use crate::host::pool::PoolSettings;
use crate::kind::Kind;
use crate::limits::{LimitError, Limits};
use crate::mode::Mode;

/// Settings of every service that runs workers.
#[derive(Debug, Clone, clap::Args)]
pub struct SandboxConfig {
    /// Run untrusted files and generated code even where this machine can't lock them in. Every answer says so.
    #[arg(long = "insecure-no-sandbox", env = "INSECURE_NO_SANDBOX")]
    pub insecure_no_sandbox: bool,

    /// Workers of each kind that wait for a job.
    #[arg(long = "sandbox-workers", env = "SANDBOX_WORKERS", default_value_t = 2)]
    pub workers: usize,

    /// User that a worker becomes where the service runs as root.
    #[arg(long = "sandbox-uid", env = "SANDBOX_UID", default_value_t = 65_534)]
    pub uid: u32,

    /// Changes of the limits of a kind, as in `plan:wall=20s,memory=1GB`, several separated by semicolons.
    #[arg(long = "sandbox-limits", env = "SANDBOX_LIMITS", value_delimiter = ';')]
    pub limits: Vec<String>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            insecure_no_sandbox: false,
            workers: 2,
            uid: 65_534,
            limits: Vec::new(),
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
    pub const fn mode(&self, production: bool) -> Result<Mode, ConfigError> {
        match (self.insecure_no_sandbox, production) {
            (false, _) => Ok(Mode::Enforced),
            (true, false) => Ok(Mode::InsecureNoSandbox),
            (true, true) => Err(ConfigError::Production),
        }
    }

    /// The settings of a pool of this kind, with its default limits changed as configured.
    ///
    /// # Errors
    /// As [`SandboxConfig::mode`], and when a change of the kind's limits can't be read.
    pub fn pool(&self, kind: &Kind, defaults: Limits, production: bool) -> Result<PoolSettings, ConfigError> {
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
            mode: self.mode(production)?,
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
        let insecure = SandboxConfig {
            insecure_no_sandbox: true,
            ..SandboxConfig::default()
        };
        assert!(matches!(insecure.mode(true), Err(ConfigError::Production)));
        assert_eq!(insecure.mode(false).unwrap().stamp(), Some("insecure-no-sandbox"));
        assert_eq!(SandboxConfig::default().mode(true).unwrap().stamp(), None);
    }

    #[test]
    fn limits_are_changed_for_their_kind_alone() {
        let config = SandboxConfig {
            limits: vec!["sandbox-echo:wall=3s".to_owned(), "plan:wall=4s".to_owned()],
            ..SandboxConfig::default()
        };
        let settings = config.pool(&ECHO, Limits::plan(), true).unwrap();
        assert_eq!(settings.limits.wall, Duration::from_secs(3));
        let wrong = SandboxConfig {
            limits: vec!["sandbox-echo:wall=3".to_owned()],
            ..SandboxConfig::default()
        };
        assert!(wrong.pool(&ECHO, Limits::plan(), true).is_err());
    }
}
