//! From a question in Chinese or English to a typed plan, or to the reason why not. No model takes part.

mod values;

use schemas::plan::{Plan, TableRef};
use schemas::table::TableProfile;
use schemas::trail::{Assumption, Chip, Span};
use schemas::{Date, Language};

pub use values::ValueIndex;

/// A question with everything that its meaning hangs on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// As asked.
    pub text: &'a str,
    /// The language of the answer.
    pub language: Language,
    /// What "today" means.
    pub today: Date,
}

/// A table as the planner sees it.
#[derive(Debug, Clone, Copy)]
pub struct TableView<'a> {
    /// Which table it is.
    pub reference: &'a TableRef,
    /// The logical name of its file.
    pub file_name: &'a str,
    /// Its columns.
    pub profile: &'a TableProfile,
    /// Its text values.
    pub values: &'a ValueIndex,
}

/// What the planner made of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Understanding {
    /// One reading.
    Understood(Understood),
    /// Several plausible readings; the caller computes all and answers if they agree.
    Ambiguous {
        /// At least two.
        readings: Vec<Understood>,
    },
    /// It abstains.
    Abstained {
        /// Why, in the language of the answer, naming the words.
        reason: String,
        /// Content words that nothing explains.
        unexplained: Vec<Span>,
        /// What was understood so far.
        chips: Vec<Chip>,
    },
}

/// One reading of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// The computation.
    pub plan: Plan,
    /// What each word was taken to mean.
    pub chips: Vec<Chip>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
}

/// Understands a question over some tables, or abstains rather than guesses.
#[must_use]
pub fn understand(question: &Question<'_>, _tables: &[TableView<'_>]) -> Understanding {
    let reason = match question.language {
        Language::Zh => "我没有读懂这个问题。".to_owned(),
        Language::En => "I did not understand this question.".to_owned(),
    };
    Understanding::Abstained { reason, unexplained: Vec::new(), chips: Vec::new() }
}
