//! Calls: what is asked and answered at once, on `call.<service>.v1.<tenant>`. Nothing is kept of them; what must not be lost
//! is a job.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::{Passage, PassageKind};
use crate::ids::{ContentId, FileId};
use crate::message::message;

/// Asks for vectors of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmbedCall {
    /// The texts, at most 256.
    #[schemars(length(min = 1, max = 256))]
    pub texts: Vec<String>,
    /// What they are: models write questions and passages differently.
    pub purpose: EmbedPurpose,
}
message!(EmbedCall, "call.embed.v1");

/// What a text is that is turned into a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmbedPurpose {
    /// A question that looks for passages.
    Query,
    /// A passage that may be found.
    Passage,
    /// A sentence that is held against a question. Of its vector there is that part alone which tells what is near in whatever
    /// language: see [`Embedded::across`].
    Sentence,
}

/// The vectors of an [`EmbedCall`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Embedded {
    /// The model, with its version.
    pub model: String,
    /// A vector for each text, of length 1, all of the same dimension.
    pub vectors: Vec<Vec<f32>>,
    /// How many numbers at the end of each vector tell what is near in whatever language and words, and are to be compared for
    /// themselves, as are those before them; both parts of all vectors have the same length. 0: a vector is compared as a whole.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub across: u32,
    /// Tokens that the model has read.
    pub tokens: u64,
}
message!(Embedded, "reply.embed.v1");

/// Asks for the passages that fit a question best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SearchCall {
    /// The question, or some words.
    #[schemars(length(min = 1, max = 4000))]
    pub query: String,
    /// How many passages, 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub limit: u32,
    /// Which passages may be returned.
    #[serde(default)]
    pub only: SearchFilter,
    /// Whether the passages are weighed as answers weigh them, and ordered by that: slower, and the right ones come earlier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closely: bool,
}
message!(SearchCall, "call.retrieve.v1");

/// Which passages may be returned; what is empty restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SearchFilter {
    /// Those of these files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileId>,
    /// Those of these kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<PassageKind>,
    /// Those of files that were last brought in at or after this moment, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// The passages of a [`SearchCall`], the best first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SearchHits {
    /// The passages.
    pub hits: Vec<Hit>,
    /// Codes of the question, such as flight numbers, gates and terminals, in their normal form.
    pub codes: Vec<String>,
    /// What was searched, and how.
    pub engine: String,
}
message!(SearchHits, "reply.retrieve.v1");

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hit {
    /// Its file.
    pub file: FileId,
    /// The file's logical name.
    pub name: String,
    /// The bytes that it was read from.
    pub content: ContentId,
    /// The passage.
    pub passage: Passage,
    /// How well it fits, by the rule that all legs were put together with. Higher is better; comparable within one call alone.
    pub score: f32,
    /// Its place in each leg that found it.
    pub ranks: LegRanks,
}

/// The place, from 1, that each leg of the search gave a passage; none: that leg has not found it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LegRanks {
    /// By meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dense: Option<u32>,
    /// By meaning in whatever language, where there is a model for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<u32>,
    /// By words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sparse: Option<u32>,
    /// By exact codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<u32>,
    /// After ranking again with a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reranked: Option<u32>,
    /// Cosine of its vector and the question's, -1 to 1; none where the two have nothing to compare, being in different languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f32>,
    /// The same in whatever language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across_similarity: Option<f32>,
    /// The same for the nearest one of its sentences; none where they were not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence_similarity: Option<f32>,
}

/// Why a call was not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallError {
    /// What was wrong and what was expected, for people.
    pub message: String,
    /// RFC 6901 pointer to the offending value of the call, where one is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Whether the same call may succeed later.
    pub temporary: bool,
}
message!(CallError, "reply.error.v1");

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
