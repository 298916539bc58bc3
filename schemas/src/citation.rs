//! Where an answer stands in the documents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calls::LegRanks;
use crate::document::Place;
use crate::ids::{ContentId, FileId};

/// A passage that an answer rests on, or, in a refusal, one that is near.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Citation {
    /// As the text names it, in brackets: `[1]`.
    pub number: u32,
    /// The file.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// The bytes that it was read from.
    pub content: ContentId,
    /// The passage's place among those of its document, from 0.
    pub passage: u32,
    /// What it stands under, for instance `Passenger handbook › Terminal 2 › page 7`.
    pub context: String,
    /// Where it stands.
    pub place: Place,
    /// The words that are cited: the whole passage, or the sentence of it that answers.
    pub quote: String,
    /// The whole passage.
    pub text: String,
    /// The page as a PNG, in the bucket `files_<tenant>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ContentId>,
    /// How it was found.
    pub ranks: LegRanks,
    /// How well it fits, comparable within one answer alone.
    pub score: f32,
}
