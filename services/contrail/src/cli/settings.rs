//! `contrail settings`: every setting on one page.

use std::process::ExitCode;

use clap::Args;

use crate::{output, settings};

const EXAMPLES: &str = "\
Examples:
  contrail settings | less
  contrail settings | grep SANDBOX";

/// See [`super::Command::Settings`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Settings {}

impl Settings {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        output::line(settings::reference().trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}
