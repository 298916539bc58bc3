//! How far things have come: bars on a terminal, plain lines on standard error otherwise.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::output;

/// Where progress is shown.
#[derive(Debug, Clone)]
pub enum Reporter {
    /// As bars, one below the other.
    Bars(MultiProgress),
    /// As lines.
    Lines,
}

impl Reporter {
    /// Bars where standard error is a terminal, else lines.
    #[must_use]
    pub fn new() -> Self {
        if std::io::stderr().is_terminal() {
            Self::Bars(MultiProgress::new())
        } else {
            Self::Lines
        }
    }

    /// Shows something that takes a while; it is gone from the terminal once it is dropped.
    #[must_use]
    pub fn task(&self, label: &str) -> Task {
        let label = output::printable(label);
        match self {
            Self::Bars(bars) => {
                let bar = bars.add(ProgressBar::new_spinner());
                bar.set_prefix(label);
                bar.enable_steady_tick(Duration::from_millis(120));
                Task { show: Show::Bar(bar) }
            }
            Self::Lines => Task {
                show: Show::Lines { label, shown: None },
            },
        }
    }

    /// Shows nothing: for one of many that a task of its own tells of.
    #[must_use]
    pub fn silent() -> Task {
        Task { show: Show::Nothing }
    }

    /// Says something without disturbing the bars.
    pub fn note(&self, text: &str) {
        match self {
            Self::Bars(bars) => bars.suspend(|| output::note(text)),
            Self::Lines => output::note(text),
        }
    }
}

impl Default for Reporter {
    fn default() -> Self {
        Self::new()
    }
}

/// Something that takes a while.
#[derive(Debug)]
pub struct Task {
    show: Show,
}

#[derive(Debug)]
enum Show {
    Bar(ProgressBar),
    Lines {
        label: String,
        /// The stage and the tenth of it that the last line told of.
        shown: Option<(String, u64)>,
    },
    Nothing,
}

impl Task {
    /// Shows how far it has come; `total` 0: unknown.
    pub fn update(&mut self, stage: &str, done: u64, total: u64) {
        let stage = output::printable(stage);
        match &mut self.show {
            Show::Bar(bar) => {
                let template = if total > 0 {
                    "{spinner} {prefix} [{bar:24}] {pos}/{len} {msg}"
                } else {
                    "{spinner} {prefix} {msg}"
                };
                // The template is one of ours, and a bar without style is still a bar.
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style.progress_chars("=> "));
                }
                bar.set_length(total);
                bar.set_position(done);
                bar.set_message(stage);
            }
            Show::Lines { label, shown } => {
                // A log of a long run has ten lines a stage, not a thousand.
                let tenth = (done * 10).checked_div(total).unwrap_or(0);
                let now = Some((stage, tenth));
                if *shown != now {
                    let stage = now.as_ref().map_or("", |(stage, _)| stage);
                    let count = if total > 0 {
                        format!(" ({done}/{total})")
                    } else {
                        String::new()
                    };
                    output::note(&format!("{label}: {stage}{count}"));
                    *shown = now;
                }
            }
            Show::Nothing => {}
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Show::Bar(bar) = &self.show {
            bar.finish_and_clear();
        }
    }
}
