//! What a person has confirmed: a question with its right answer, asked again by `contrail goldens run`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{ConfidenceLabel, Tier};
use crate::date::Date;
use crate::ids::AnswerId;
use crate::language::Language;
use crate::plan::Plan;
use crate::trail::{Code, Source};
use crate::value::Value;

/// A question over tables whose right answer is known. Kept in the bucket `answers_<tenant>` as `golden.<id>`, and goes with
/// each of the files that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Golden {
    /// Its name: 16 hexadecimal digits that hang on the question, those before it and the files, so that confirming it again
    /// replaces it.
    #[schemars(pattern(r"^[0-9a-f]{16}$"))]
    pub id: String,
    /// The question as asked.
    #[schemars(length(min = 1, max = 4000))]
    pub question: String,
    /// Earlier questions of the conversation, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// The language of the answer.
    pub language: Language,
    /// What "today" meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<Date>,
    /// The tables that hold the answer, with the bytes that they were read from.
    pub sources: Vec<Source>,
    /// Names of the columns of the right answer.
    pub columns: Vec<String>,
    /// The right answer.
    pub rows: Vec<Vec<Value>>,
    /// The computation that gave it, where a plan says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The program that gave it, where no plan says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Who had understood the question.
    pub tier: Tier,
    /// How the answer had been checked before a person looked at it.
    pub label: ConfidenceLabel,
    /// The answer that was confirmed.
    pub answer: AnswerId,
    /// What that answer was put right of; none: it answered this very question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Correction>,
    /// When it was confirmed: RFC 3339 in UTC.
    pub at: String,
}

/// An answer that was wrong, and the question that was asked in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Correction {
    /// The wrong answer.
    pub answer: AnswerId,
    /// The question that the right one answered, with other words in the place of some.
    pub asked_instead: String,
    /// What was wrong, in the words of whoever said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
