//! Errors as RFC 9457 problem details, with a `code` for programs.
//!
//! | module | what is in it |
//! |---|---|
//! | [`kinds`] | the kinds of problems: code, title, status |
//! | [`from`] | what goes wrong elsewhere, as a problem |

mod from;
mod kinds;

use std::error::Error;
use std::time::Duration;

use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bus::calls::CallFailure;
use bus::objects::ObjectsError;
use bus::publish::PublishError;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode, Uri};
use models::ChatError;
use problem_details::ProblemDetails;
use schemas::glossary::check::GlossaryError;
use schemas::{FileId, InvalidId, JobId, TenantId};
use serde::Serialize;

use crate::router::InvalidQuestion;

use kinds::Kind;
pub use kinds::explain;

/// Seconds after which what is full or busy may have room again.
const RETRY_SECONDS: u64 = 5;

/// Everything that can be wrong with a request. Its text is the `detail` that the client reads, so what is not the
/// client's concern stays in the source, which is logged.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("the upload has no bytes")]
    Empty,
    #[error("more than the {limit} bytes allowed")]
    TooLarge { limit: u64 },
    #[error("send the raw bytes of the file as the body, not a form")]
    Form,
    #[error("the file name {0}")]
    InvalidName(&'static str),
    #[error("the upload broke off")]
    UploadBroken(#[source] Box<dyn Error + Send + Sync>),
    #[error("the upload paused for longer than {seconds} s")]
    UploadStalled { seconds: u64 },
    #[error("as many uploads as allowed are under way")]
    Busy,
    #[error("there is no upload {0}: it never was, or nobody went on with it in time")]
    UnknownUpload(JobId),
    #[error("the upload has {offset} bytes: go on there")]
    WrongOffset { offset: u64 },
    #[error("a newer request goes on with this upload")]
    UploadTaken,
    #[error("the tenant has {limit} unfinished uploads, as many as allowed: finish or delete some")]
    TooManyUploads { limit: usize },
    #[error("send `Tus-Resumable: 1.0.0`: no other version of the protocol is spoken here")]
    OtherTus,
    #[error("send the bytes as `Content-Type: application/offset+octet-stream`")]
    NotOffsetStream,
    #[error("the header {0} {1}")]
    InvalidHeader(&'static str, &'static str),
    #[error("{0}")]
    InvalidTenant(InvalidId),
    #[error("there is no tenant {0}")]
    UnknownTenant(TenantId),
    #[error("the key belongs to another tenant than the header X-Contrail-Tenant names")]
    ForeignTenant,
    #[error("give an API key of this server as `Authorization: Bearer KEY`")]
    Unauthorized,
    #[error("requests of other web sites are refused")]
    ForeignOrigin,
    #[error("{0}")]
    InvalidId(InvalidId),
    #[error("the header Idempotency-Key is not a UUID")]
    InvalidIdempotencyKey,
    #[error("{0}")]
    InvalidQuestion(InvalidQuestion),
    #[error("line {}, column {}: {}", .0.line(), .0.column(), without_place(.0))]
    InvalidJson(serde_json::Error),
    #[error("{0}")]
    InvalidQuery(String),
    #[error("wait at most {limit} s")]
    InvalidWait { limit: u64 },
    #[error("send JSON, as `Content-Type: application/json`")]
    NotJson,
    #[error("the body broke off")]
    BodyBroken(#[source] BytesRejection),
    #[error("nothing is served at this path")]
    UnknownRoute,
    #[error("this path does not take this method")]
    MethodNotAllowed,
    #[error("there is no file {0}")]
    UnknownFile(FileId),
    #[error("there is no answer {0}")]
    UnknownAnswer(JobId),
    #[error("nothing is known of a job {0}")]
    UnknownJob(JobId),
    #[error("there is no model {0}; `GET /v1/models` lists those that there are")]
    UnknownModel(String),
    #[error("message {at}: {why}")]
    UnsupportedMessage { at: usize, why: &'static str },
    #[error("the form has no part `file` with a file name")]
    NoFilePart,
    #[error("there is no {0}")]
    NoPart(&'static str),
    #[error("{0}")]
    InvalidGlossary(GlossaryError),
    #[error("{0}")]
    NoTrace(&'static str),
    #[error("the file is still being read; ask again later")]
    NotRead,
    #[error("{message}")]
    CallRefused {
        message: String,
        pointer: Option<String>,
    },
    #[error("the service that does this does not answer; try again later")]
    NoService(#[source] CallFailure),
    #[error(
        "speech is not transcribed here: the administrator has set no endpoint for it (TRANSCRIBE_BASE_URL)"
    )]
    NoTranscription,
    #[error("the transcription endpoint gave no text; try again later")]
    TranscriptionFailed(#[source] ChatError),
    #[error("more than {limit} requests a minute with this key")]
    TooManyRequests { limit: u64, wait: Duration },
    #[error("the link is none of this server, or not valid any more")]
    InvalidLink,
    #[error("there will be no answer: {reason}")]
    JobFailed { reason: String },
    #[error("the request took too long")]
    Timeout,
    #[error("the queue is full; try again later")]
    QueueFull(#[source] PublishError),
    #[error("the files of this tenant have no room for more; delete some")]
    StoreFull(#[source] ObjectsError),
    #[error("this went wrong on the server's side; its log says more under the trace id in `x-trace-id`")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
    #[error("the message bus can't be reached; try again later")]
    Bus(#[source] Box<dyn Error + Send + Sync>),
    #[error("there is no connection to the message bus, or the server is about to stop")]
    NotReady,
    #[error("there is no room to take the upload in")]
    Spool(#[source] std::io::Error),
}

/// What a response tells of its problem, for who tells it in another form.
#[derive(Debug, Clone)]
pub struct Told {
    pub code: &'static str,
    pub detail: String,
    /// RFC 6901 pointer into the body.
    pub pointer: Option<String>,
    /// Whether the question or what comes with it is longer than what can be read.
    pub is_long: bool,
}

/// The members that RFC 9457 leaves to the application.
#[derive(Debug, Default, Serialize)]
struct Members {
    code: &'static str,
    /// Bytes, seconds, requests or uploads allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    /// Bytes that are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    /// RFC 6901 pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Of the body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// Of the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

impl Problem {
    /// Why a body can't be read that may have `limit` bytes.
    pub fn of_body(rejection: BytesRejection, limit: usize) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge {
                limit: u64::try_from(limit).unwrap_or(u64::MAX),
            },
            _ => Self::BodyBroken(rejection),
        }
    }

    /// Seconds after which it is worth trying again, for what passes by itself.
    fn retry_after(&self, status: StatusCode) -> Option<u64> {
        match (self, status) {
            // Rounded up: a moment too early would be refused again.
            (Self::TooManyRequests { wait, .. }, _) => u64::try_from(wait.as_millis().div_ceil(1000)).ok(),
            (_, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => Some(RETRY_SECONDS),
            _ => None,
        }
    }

    fn members(&self, code: &'static str) -> Members {
        let members = Members {
            code,
            ..Members::default()
        };
        match self {
            Self::TooLarge { limit } | Self::InvalidWait { limit } | Self::TooManyRequests { limit, .. } => {
                Members {
                    limit: Some(*limit),
                    ..members
                }
            }
            Self::TooManyUploads { limit } => Members {
                limit: u64::try_from(*limit).ok(),
                ..members
            },
            Self::WrongOffset { offset } => Members {
                offset: Some(*offset),
                ..members
            },
            Self::InvalidQuestion(invalid) => Members {
                pointer: Some(invalid.pointer().to_owned()),
                ..members
            },
            Self::CallRefused { pointer, .. } => Members {
                pointer: pointer.clone(),
                ..members
            },
            Self::UnsupportedMessage { at, .. } => Members {
                pointer: Some(format!("/messages/{at}")),
                ..members
            },
            Self::InvalidJson(error) => Members {
                line: Some(error.line()),
                column: Some(error.column()),
                ..members
            },
            _ => members,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Kind { code, title, status } = self.kind();
        if status.is_server_error() {
            tracing::warn!(code, error = %bus::fault::reason(&self), "a request failed");
        }
        let retry_after = self.retry_after(status);
        let members = self.members(code);
        let told = Told {
            code,
            detail: self.to_string(),
            pointer: members.pointer.clone(),
            is_long: matches!(
                &self,
                Self::InvalidQuestion(InvalidQuestion::TooLong(_) | InvalidQuestion::LongEarlier { .. })
            ),
        };
        let mut details = ProblemDetails::new()
            .with_status(status)
            .with_title(title)
            .with_detail(told.detail.clone())
            .with_extensions(members);
        // A path: it is resolved against the server's own address, where the kind is explained.
        if let Ok(kind) = format!("/problems/{code}").parse::<Uri>() {
            details = details.with_type(kind);
        }
        let mut response = details.into_response();
        response.extensions_mut().insert(told);
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The message of a JSON error without its `at line 1 column 2`, which is told beside it.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ")
        .map(|(message, _)| message.to_owned())
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_json_is_told_by_line_and_column_once() {
        let error = serde_json::from_str::<Vec<u8>>("[1,\n 2,").unwrap_err();
        assert_eq!(
            Problem::InvalidJson(error).to_string(),
            "line 2, column 3: EOF while parsing a value"
        );
    }

    #[test]
    fn sources_are_not_told() {
        let problem = Problem::Spool(std::io::Error::other("disk sda"));
        assert!(!problem.to_string().contains("sda"));
    }
}
