//! Who is told how far a fetch is.

use std::fmt::Debug;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{SourceError, chain};

/// Something that happens while an artifact is fetched.
#[derive(Debug)]
pub enum Step<'a> {
    /// Another thread or process is fetching the same; this one waits.
    Waiting,
    /// A source is asked.
    Fetching {
        /// The source.
        from: &'a str,
        /// The archive's length in bytes.
        size: u64,
    },
    /// So many bytes of the archive are here.
    Received(u64),
    /// The archive is here and right, and is unpacked.
    Unpacking,
    /// The source did not have it; the next one is asked.
    Failed {
        /// The source.
        from: &'a str,
        /// What was wrong with it.
        error: &'a SourceError,
    },
    /// It is in its place, or is given up: the last step.
    Ended(Option<&'a Path>),
}

/// Hears of the steps.
pub trait Reporter: Debug + Send + Sync {
    /// Something happened with an artifact, given as name and version.
    fn report(&self, artifact: &str, step: &Step<'_>);
}

/// Says nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn report(&self, _artifact: &str, _step: &Step<'_>) {}
}

/// Standard error: a progress bar on a terminal, plain lines elsewhere.
#[derive(Debug, Default)]
pub struct Console(Mutex<Option<ProgressBar>>);

impl Reporter for Console {
    fn report(&self, artifact: &str, step: &Step<'_>) {
        if io::stderr().is_terminal() {
            self.draw(artifact, step);
        } else if let Some(line) = line(artifact, step) {
            // Nothing is lost but a word to the user when standard error is closed.
            let _ = writeln!(io::stderr().lock(), "{line}");
        }
    }
}

impl Console {
    fn draw(&self, artifact: &str, step: &Step<'_>) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match step {
            Step::Received(bytes) => {
                if let Some(bar) = current.as_ref() {
                    bar.set_position(*bytes);
                }
            }
            Step::Failed { .. } => {
                if let (Some(bar), Some(line)) = (current.as_ref(), line(artifact, step)) {
                    bar.println(line);
                }
            }
            Step::Ended(_) => {
                if let Some(bar) = current.take() {
                    bar.finish_and_clear();
                }
            }
            Step::Fetching { size, .. } => {
                let template = "{msg} [{bar:30}] {bytes}/{total_bytes}";
                let bar = ProgressBar::new(*size);
                bar.set_style(
                    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
                );
                bar.set_message(format!("fetching {artifact}"));
                if let Some(last) = current.replace(bar) {
                    last.finish_and_clear();
                }
            }
            Step::Waiting | Step::Unpacking => {
                let spinner = ProgressBar::new_spinner();
                spinner.set_message(line(artifact, step).unwrap_or_default());
                spinner.enable_steady_tick(Duration::from_millis(100));
                if let Some(last) = current.replace(spinner) {
                    last.finish_and_clear();
                }
            }
        }
    }
}

/// A step worth a line of its own.
fn line(artifact: &str, step: &Step<'_>) -> Option<String> {
    match step {
        Step::Waiting => Some(format!("waiting for another process that fetches {artifact}")),
        Step::Fetching { from, size } => Some(format!(
            "fetching {artifact} from {from} ({:.1} MB)",
            *size as f64 / 1e6
        )),
        Step::Unpacking => Some(format!("unpacking {artifact}")),
        Step::Failed { from, error } => Some(format!("{from}: {}", chain(*error))),
        Step::Ended(Some(path)) => Some(format!("{artifact} is in {}", path.display())),
        Step::Received(_) | Step::Ended(None) => None,
    }
}
