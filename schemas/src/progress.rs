//! How far a job has come.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{JobId, TenantId};

/// Sent on `progress.<tenant>.<id>` and kept in the key-value bucket `progress` for late joiners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// The job that the submitter knows: the one that began the chain.
    pub id: JobId,
    /// The service at work.
    pub service: String,
    /// What it is doing, in the present participle, for instance `reading sheet 2 of 3`.
    pub stage: String,
    /// Steps done in this stage.
    pub done: u64,
    /// Steps of this stage; 0: unknown.
    pub total: u64,
    /// Whether there is more to come.
    pub state: ProgressState,
    /// RFC 3339 in UTC.
    pub at: String,
}

impl Progress {
    /// CloudEvents type of every progress message.
    pub const TYPE: &'static str = "contrail.progress.v1";

    /// Where the progress of one job is sent.
    #[must_use]
    pub fn subject(tenant: &TenantId, id: &JobId) -> String {
        format!("progress.{tenant}.{id}")
    }
}

/// Whether there is more to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ProgressState {
    /// Work goes on.
    Running,
    /// The result is there.
    Finished,
    /// There will be no result.
    Failed {
        /// Why, in words.
        reason: String,
    },
}
