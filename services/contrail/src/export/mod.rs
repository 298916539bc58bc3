//! Questions with the programs that answer them, as a data set that a language model can be tuned on.
//!
//! | module | what is in it |
//! |---|---|
//! | [`pairs`] | which questions are taken, and why others are not |
//! | [`llama_factory`] | the files, in the formats of LLaMA-Factory |

pub mod llama_factory;
pub mod pairs;

/// A question as a model is asked it, and the reply that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The task.
    pub system: String,
    /// The tables and the question.
    pub prompt: String,
    /// The right reply.
    pub reply: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a pair comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A person has confirmed the answer.
    Confirmed,
    /// A person has corrected another answer by it.
    Corrected,
    /// Two engines gave the same result for its plan.
    Verified,
}

/// What was taken and what was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs by a person's word.
    pub confirmed: usize,
    /// Pairs of questions whose answer a person has corrected.
    pub corrected: usize,
    /// Pairs by two engines.
    pub verified: usize,
    /// Answers that were looked at.
    pub answers: usize,
    /// Answers that are refusals, or not from tables, or that one engine alone has computed.
    pub unverified: usize,
    /// Answers that a person called wrong.
    pub wrong: usize,
    /// Questions whose files have other bytes since.
    pub outdated: usize,
    /// Questions that are there already, with the same tables and the same reply.
    pub repeated: usize,
    /// Questions that are there already, with another reply: the confirmed one, else the newest one, is kept.
    pub contradicted: usize,
    /// Pairs that are longer than a model is tuned on.
    pub long: usize,
    /// Answers that can't be read.
    pub damaged: usize,
}
