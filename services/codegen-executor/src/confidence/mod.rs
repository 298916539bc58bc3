//! How often answers of this shape were right, as the project's own evaluation measured it.
//!
//! | module | what is in it |
//! |---|---|
//! | [`shape`] | plans as shapes of questions |
//! | [`measured`] | shapes with their counts, as a file that the evaluation writes |

pub mod measured;
pub mod shape;

use std::sync::LazyLock;

use schemas::Language;
use schemas::answer::{Confidence, ConfidenceLabel};
use schemas::plan::Plan;

pub use measured::{Count, Measured};

/// Written by `contrail eval tables --write-confidence`.
const DATA: &str = include_str!("../../data/confidence.toml");

/// A file that can't be read measures nothing; a test reads it.
static MEASURED: LazyLock<Measured> = LazyLock::new(|| Measured::parse(DATA).unwrap_or_default());

/// How far to trust the answer that a plan gave.
#[must_use]
pub fn of(plan: &Plan, language: Language, label: ConfidenceLabel) -> Confidence {
    MEASURED.confidence(plan, language, label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_is_read() {
        assert_eq!(Measured::parse(DATA).unwrap(), *MEASURED);
    }
}
