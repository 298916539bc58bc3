//! What a language model had to do with an answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::trail::Code;
use crate::value::Value;

/// What a language model was asked, and what came of it. None of its words are in the answer but those that
/// [`ModelPart::facts`] back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelPart {
    /// The model, as its endpoint names it.
    pub name: String,
    /// How often it was asked.
    pub requests: u32,
    /// Tokens that it was sent, as its endpoint counts them; 0 where it does not.
    pub prompt_tokens: u64,
    /// Tokens that it replied with, counted likewise.
    pub completion_tokens: u64,
    /// What it gave, in order: the programs that ran, and those that did not with the reason that was sent back.
    pub attempts: Vec<Attempt>,
    /// How many of its programs gave the same result, where several were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// What its words in the answer's text may say: each figure there is one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

/// One thing that a model gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// The program, its language `plan` or `sql`; none where the reply had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Code>,
    /// Why it gave no result; none: it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How many programs gave the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Votes {
    /// Programs that gave a result.
    pub samples: u32,
    /// Those of them that gave the answer's.
    pub agreeing: u32,
}

/// A computed value that words may cite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// Its name, for instance `F3`.
    pub id: String,
    /// The column of the answer.
    pub column: String,
    /// The row of the answer, from 0.
    pub row: u32,
    /// The value.
    pub value: Value,
    /// As the words give it.
    pub text: String,
}
