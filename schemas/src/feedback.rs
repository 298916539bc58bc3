//! What people say of answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::AnswerId;

/// What was said of an answer last. Kept in the bucket `answers_<tenant>` as `feedback.<answer>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Feedback {
    /// The answer.
    pub answer: AnswerId,
    /// Its question.
    pub question: String,
    /// Whether it is right.
    pub verdict: Verdict,
    /// What is wrong with it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The answer that it puts right: the same was asked with other words in the place of some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<AnswerId>,
    /// RFC 3339 in UTC.
    pub at: String,
}

/// Right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Right.
    Right,
    /// Wrong.
    Wrong,
}
