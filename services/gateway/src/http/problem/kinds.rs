//! The kinds of problems: each has a code for programs, a title, and a status.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

use super::Problem;

/// One kind of problem.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Kind {
    pub code: &'static str,
    pub title: &'static str,
    #[serde(skip)]
    pub status: StatusCode,
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
    UNKNOWN_UPLOAD = NOT_FOUND, "unknown_upload", "Unknown upload";
    WRONG_OFFSET = CONFLICT, "wrong_offset", "Another number of bytes";
    UPLOAD_TAKEN = CONFLICT, "upload_taken", "Taken over by a newer request";
    TOO_MANY_UPLOADS = TOO_MANY_REQUESTS, "too_many_uploads", "Too many unfinished uploads";
    OTHER_TUS = PRECONDITION_FAILED, "other_tus", "Another version of the protocol";
    NOT_OFFSET_STREAM = UNSUPPORTED_MEDIA_TYPE, "not_offset_stream", "Bytes of an upload wanted";
    INVALID_HEADER = BAD_REQUEST, "invalid_header", "Not a header that can be read";
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
    INVALID_GLOSSARY = BAD_REQUEST, "invalid_glossary", "Not a glossary that makes sense";
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

impl Problem {
    /// The kind that it is of.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Empty => EMPTY,
            Self::TooLarge { .. } => TOO_LARGE,
            Self::Form => FORM,
            Self::InvalidName(_) => INVALID_NAME,
            Self::UploadBroken(_) => UPLOAD_BROKEN,
            Self::UploadStalled { .. } => UPLOAD_STALLED,
            Self::Busy => BUSY,
            Self::UnknownUpload(_) => UNKNOWN_UPLOAD,
            Self::WrongOffset { .. } => WRONG_OFFSET,
            Self::UploadTaken => UPLOAD_TAKEN,
            Self::TooManyUploads { .. } => TOO_MANY_UPLOADS,
            Self::OtherTus => OTHER_TUS,
            Self::NotOffsetStream => NOT_OFFSET_STREAM,
            Self::InvalidHeader(..) => INVALID_HEADER,
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
            Self::InvalidGlossary(_) => INVALID_GLOSSARY,
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

#[cfg(test)]
mod tests {
    use http::Uri;

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
}
