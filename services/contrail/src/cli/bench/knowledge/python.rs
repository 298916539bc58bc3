//! A Python with the packages that are compared with, in a temporary folder.

use std::process::Output;

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::process::Command;

/// Bytes of what a program says that are told.
const SAID: usize = 300;

/// Python, or none where nothing shall be compared.
pub(super) struct Python {
    wanted: bool,
}

impl Python {
    pub const fn new(wanted: bool) -> Self {
        Self { wanted }
    }

    /// Runs a program with arguments and gives what it prints. `packages` are fetched by pip, as the machine has set it up.
    ///
    /// # Errors
    /// Why there is nothing to compare with, in words.
    pub async fn run(
        &self,
        packages: &[&str],
        program: &str,
        arguments: &[String],
    ) -> anyhow::Result<String> {
        if !self.wanted {
            bail!("not wanted");
        }
        let folder = TempDir::new().context("can't make a temporary folder")?;
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
        ]);
        pip.arg(folder.path()).args(packages);
        done(pip.output().await.context("there is no python3")?, "pip")?;
        let script = folder.path().join("compared_with.py");
        tokio::fs::write(&script, program).await?;
        let mut python = Command::new("python3");
        python
            .arg(&script)
            .args(arguments)
            .env("PYTHONPATH", folder.path());
        done(
            python.output().await.context("there is no python3")?,
            "the program",
        )
    }
}

/// What it printed, if it ended well.
fn done(output: Output, what: &str) -> anyhow::Result<String> {
    if output.status.success() {
        return String::from_utf8(output.stdout).context("what it prints is no text");
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let last: String = last.chars().take(SAID).collect();
    bail!("{what} failed ({}): {last}", output.status)
}
