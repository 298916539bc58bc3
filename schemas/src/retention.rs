//! How long a tenant's data is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a tenant's data is kept: bucket `settings`, key `<tenant>.retention`. Without a number, or without a record: until
/// somebody deletes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Retention {
    /// Days that a file is kept after its newest version came or a person changed how it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub files_days: Option<u32>,
    /// Days that answers and judgements are kept after they were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub answers_days: Option<u32>,
}

impl Retention {
    /// Whether everything is kept until somebody deletes it.
    #[must_use]
    pub fn is_for_ever(&self) -> bool {
        *self == Self::default()
    }
}
