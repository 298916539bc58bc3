//! Errors as RFC 9457 problem details, with a `code` for programs.

use std::error::Error;

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use bus::calls::CallFailure;
use bus::objects::ObjectsError;
use bus::progress::ProgressError;
use bus::provision::ProvisionError;
use bus::publish::PublishError;
use bus::records::RecordsError;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode, Uri};
use models::ChatError;
use problem_details::ProblemDetails;
use schemas::{FileId, InvalidId, JobId, TenantId};
use serde::Serialize;

use crate::router::InvalidQuestion;

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
    TooManyRequests { limit: u64 },
    #[error("the link is none of this server, or its key is gone")]
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

/// One kind of problem.
#[derive(Debug, Clone, Copy, Serialize)]
struct Kind {
    code: &'static str,
    title: &'static str,
    #[serde(skip)]
    status: StatusCode,
}

const fn kind(status: StatusCode, code: &'static str, title: &'static str) -> Kind {
    Kind { code, title, status }
}

macro_rules! kinds {
    ($($name:ident = $status:ident, $code:literal, $title:literal;)*) => {
        $(const $name: Kind = kind(StatusCode::$status, $code, $title);)*
        /// All kinds, for the page that explains them.
        const KINDS: &[Kind] = &[$($name),*];
    };
}

kinds! {
    EMPTY = BAD_REQUEST, "empty", "Empty upload";
    TOO_LARGE = PAYLOAD_TOO_LARGE, "too_large", "Too many bytes";
    FORM = UNSUPPORTED_MEDIA_TYPE, "form_upload", "A form instead of a file";
    INVALID_NAME = BAD_REQUEST, "invalid_name", "Not a file name";
    UPLOAD_BROKEN = BAD_REQUEST, "upload_broken", "Incomplete upload";
    UPLOAD_STALLED = REQUEST_TIMEOUT, "upload_stalled", "Stalled upload";
    BUSY = SERVICE_UNAVAILABLE, "busy", "Too many uploads at once";
    INVALID_TENANT = BAD_REQUEST, "invalid_tenant", "Not a tenant";
    UNKNOWN_TENANT = NOT_FOUND, "unknown_tenant", "Unknown tenant";
    FOREIGN_TENANT = FORBIDDEN, "foreign_tenant", "Another tenant's key";
    UNAUTHORIZED = UNAUTHORIZED, "unauthorized", "API key wanted";
    FOREIGN_ORIGIN = FORBIDDEN, "foreign_origin", "Foreign web site";
    INVALID_ID = BAD_REQUEST, "invalid_id", "Not an identifier";
    INVALID_IDEMPOTENCY_KEY = BAD_REQUEST, "invalid_idempotency_key", "Not an idempotency key";
    INVALID_QUESTION = BAD_REQUEST, "invalid_question", "Not a question";
    INVALID_JSON = BAD_REQUEST, "invalid_json", "Not the JSON expected";
    INVALID_QUERY = BAD_REQUEST, "invalid_query", "Not the query expected";
    NOT_JSON = UNSUPPORTED_MEDIA_TYPE, "not_json", "JSON wanted";
    BODY_BROKEN = BAD_REQUEST, "body_broken", "Incomplete body";
    UNKNOWN_ROUTE = NOT_FOUND, "unknown_route", "Unknown path";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed";
    UNKNOWN_FILE = NOT_FOUND, "unknown_file", "Unknown file";
    UNKNOWN_ANSWER = NOT_FOUND, "unknown_answer", "Unknown answer";
    UNKNOWN_JOB = NOT_FOUND, "unknown_job", "Unknown job";
    UNKNOWN_MODEL = NOT_FOUND, "unknown_model", "Unknown model";
    UNSUPPORTED_MESSAGE = BAD_REQUEST, "unsupported_message", "Not a message that can be read";
    NO_FILE_PART = BAD_REQUEST, "no_file_part", "No file in the form";
    NO_PART = NOT_FOUND, "no_such_part", "Not part of it";
    NO_TRACE = NOT_FOUND, "no_trace", "No trace";
    NOT_READ = CONFLICT, "not_read", "Not read yet";
    CALL_REFUSED = BAD_REQUEST, "call_refused", "Refused by the service";
    NO_SERVICE = SERVICE_UNAVAILABLE, "no_service", "Service unavailable";
    NO_TRANSCRIPTION = NOT_FOUND, "no_transcription", "No transcription";
    TRANSCRIPTION_FAILED = BAD_GATEWAY, "transcription_failed", "Transcription failed";
    TOO_MANY_REQUESTS = TOO_MANY_REQUESTS, "too_many_requests", "Too many requests";
    INVALID_LINK = FORBIDDEN, "invalid_link", "Not a valid link";
    JOB_FAILED = INTERNAL_SERVER_ERROR, "job_failed", "The job failed";
    TIMEOUT = SERVICE_UNAVAILABLE, "timeout", "Out of time";
    BUS = SERVICE_UNAVAILABLE, "bus_unavailable", "Message bus unavailable";
    QUEUE_FULL = SERVICE_UNAVAILABLE, "queue_full", "Queue full";
    STORE_FULL = INSUFFICIENT_STORAGE, "store_full", "Store full";
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "Internal error";
    NOT_READY = SERVICE_UNAVAILABLE, "not_ready", "Not ready";
    SPOOL = INSUFFICIENT_STORAGE, "no_room", "No room";
}

/// The members that RFC 9457 leaves to the application.
#[derive(Debug, Default, Serialize)]
struct Members {
    code: &'static str,
    /// Bytes, or seconds, allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
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

    fn kind(&self) -> Kind {
        match self {
            Self::Empty => EMPTY,
            Self::TooLarge { .. } => TOO_LARGE,
            Self::Form => FORM,
            Self::InvalidName(_) => INVALID_NAME,
            Self::UploadBroken(_) => UPLOAD_BROKEN,
            Self::UploadStalled { .. } => UPLOAD_STALLED,
            Self::Busy => BUSY,
            Self::InvalidTenant(_) => INVALID_TENANT,
            Self::UnknownTenant(_) => UNKNOWN_TENANT,
            Self::ForeignTenant => FOREIGN_TENANT,
            Self::Unauthorized => UNAUTHORIZED,
            Self::ForeignOrigin => FOREIGN_ORIGIN,
            Self::InvalidId(_) => INVALID_ID,
            Self::InvalidIdempotencyKey => INVALID_IDEMPOTENCY_KEY,
            Self::InvalidQuestion(_) => INVALID_QUESTION,
            Self::InvalidJson(_) => INVALID_JSON,
            Self::InvalidQuery(_) | Self::InvalidWait { .. } => INVALID_QUERY,
            Self::NotJson => NOT_JSON,
            Self::BodyBroken(_) => BODY_BROKEN,
            Self::UnknownRoute => UNKNOWN_ROUTE,
            Self::MethodNotAllowed => METHOD_NOT_ALLOWED,
            Self::UnknownFile(_) => UNKNOWN_FILE,
            Self::UnknownAnswer(_) => UNKNOWN_ANSWER,
            Self::UnknownJob(_) => UNKNOWN_JOB,
            Self::UnknownModel(_) => UNKNOWN_MODEL,
            Self::UnsupportedMessage { .. } => UNSUPPORTED_MESSAGE,
            Self::NoFilePart => NO_FILE_PART,
            Self::NoPart(_) => NO_PART,
            Self::NoTrace(_) => NO_TRACE,
            Self::NotRead => NOT_READ,
            Self::CallRefused { .. } => CALL_REFUSED,
            Self::NoService(_) => NO_SERVICE,
            Self::NoTranscription => NO_TRANSCRIPTION,
            Self::TranscriptionFailed(_) => TRANSCRIPTION_FAILED,
            Self::TooManyRequests { .. } => TOO_MANY_REQUESTS,
            Self::InvalidLink => INVALID_LINK,
            Self::JobFailed { .. } => JOB_FAILED,
            Self::Timeout => TIMEOUT,
            Self::Bus(_) => BUS,
            Self::QueueFull(_) => QUEUE_FULL,
            Self::StoreFull(_) => STORE_FULL,
            Self::Internal(_) => INTERNAL,
            Self::NotReady => NOT_READY,
            Self::Spool(_) => SPOOL,
        }
    }

    fn members(&self, code: &'static str) -> Members {
        let members = Members {
            code,
            ..Members::default()
        };
        match self {
            Self::TooLarge { limit } | Self::InvalidWait { limit } | Self::TooManyRequests { limit } => {
                Members {
                    limit: Some(*limit),
                    ..members
                }
            }
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
        match status {
            StatusCode::UNAUTHORIZED => {
                response
                    .headers_mut()
                    .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

/// `GET /problems/{code}`: what a problem's `type` leads to.
pub async fn explain(code: Result<Path<String>, PathRejection>) -> Result<Response, Problem> {
    let Path(code) = code?;
    let kind = KINDS
        .iter()
        .find(|kind| kind.code == code)
        .ok_or(Problem::UnknownRoute)?;
    Ok(
        Json(serde_json::json!({ "code": kind.code, "title": kind.title, "status": kind.status.as_u16() }))
            .into_response(),
    )
}

/// The message of a JSON error without its `at line 1 column 2`, which is told beside it.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ")
        .map(|(message, _)| message.to_owned())
        .unwrap_or(text)
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::UnknownRoute
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::InvalidJson(error)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::InvalidQuery(rejection.body_text())
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Full { .. } => Self::QueueFull(error),
            PublishError::TooLarge { .. } | PublishError::Encode { .. } => Self::Internal(error.into()),
            PublishError::NoStream { .. } | PublishError::NoAck { .. } | PublishError::Follow { .. } => {
                Self::Bus(error.into())
            }
        }
    }
}

impl From<ObjectsError> for Problem {
    fn from(error: ObjectsError) -> Self {
        match error {
            ObjectsError::Full { .. } => Self::StoreFull(error),
            ObjectsError::Missing { .. }
            | ObjectsError::TooLarge { .. }
            | ObjectsError::Damaged { .. }
            | ObjectsError::Local { .. }
            | ObjectsError::Changed { .. } => Self::Internal(error.into()),
            ObjectsError::NoBucket { .. } | ObjectsError::Unreachable { .. } => Self::Bus(error.into()),
        }
    }
}

impl From<CallFailure> for Problem {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Refused(refused) if !refused.temporary => Self::CallRefused {
                message: refused.message,
                pointer: refused.pointer,
            },
            CallFailure::Refused(_) | CallFailure::NoService { .. } | CallFailure::NoReply { .. } => {
                Self::NoService(failure)
            }
            CallFailure::Unsendable { .. } => Self::CallRefused {
                message: "more text than one call may have; send less at once".to_owned(),
                pointer: None,
            },
            CallFailure::Unreadable { .. } => Self::Internal(failure.into()),
        }
    }
}

macro_rules! from_bus {
    ($($error:ty),*) => {
        $(impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                Self::Bus(error.into())
            }
        })*
    };
}

from_bus!(ProgressError, ProvisionError, RecordsError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_lead_to_their_explanation() {
        for (index, kind) in KINDS.iter().enumerate() {
            assert!(
                KINDS[..index].iter().all(|other| other.code != kind.code),
                "{}",
                kind.code
            );
            assert!(format!("/problems/{}", kind.code).parse::<Uri>().is_ok());
        }
    }

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
