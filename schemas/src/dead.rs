//! Failures: `dead.<service>.v1.<tenant>`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A job that was given up, whole, so that it can be looked at and sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeadLetter {
    /// The service that gave it up.
    pub service: String,
    /// Why.
    pub cause: DeadCause,
    /// The error and its sources, in words.
    pub reason: String,
    /// RFC 6901 pointer to the offending value in the job, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The subject that the job came on.
    pub subject: String,
    /// The stream that held it.
    pub stream: String,
    /// Its sequence in that stream.
    pub sequence: u64,
    /// How often it was delivered.
    pub deliveries: u64,
    /// Its headers: each name with its values.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Its body.
    pub payload: DeadPayload,
    /// The W3C trace id of the last attempt, 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// When it was given up, RFC 3339 in UTC.
    pub at: String,
}

impl DeadLetter {
    /// CloudEvents type of every dead letter.
    pub const TYPE: &'static str = "contrail.dead.v1";

    /// The subject of a dead letter; `tenant` may be [`crate::TenantId::UNKNOWN`].
    #[must_use]
    pub fn subject(service: &str, tenant: &str) -> String {
        format!("dead.{service}.v1.{tenant}")
    }
}

/// Why a job was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadCause {
    /// The job can't be right: undecodable, forbidden, too large.
    Rejected,
    /// It failed on each delivery that it had.
    Exhausted,
    /// The process died on its last delivery.
    Lost,
}

/// The body of a dead job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadPayload {
    /// UTF-8.
    Text(String),
    /// Anything else, in Base64 (RFC 4648 section 4).
    Base64(String),
    /// Too large for a message: the name of an object in the bucket `dead`.
    Object(String),
}
