//! What an error means for the delivery of its job.

use std::error::Error;
use std::time::Duration;

use async_nats::jetstream::context::{
    CreateStreamError, CreateStreamErrorKind, GetStreamError, GetStreamErrorKind,
};
use async_nats::jetstream::stream::{RawMessageError, RawMessageErrorKind};

/// What becomes of a job whose handling failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It may work later: NAK with the given delay, or with the back-off of the consumer; dead-lettered on the last delivery.
    Retry {
        /// How long to wait at least.
        after: Option<Duration>,
    },
    /// It can never work: dead-lettered with its reason, then terminated.
    Reject {
        /// RFC 6901 pointer to the offending value of the job.
        pointer: Option<String>,
    },
    /// This process can't work: the job is left unacked for another one, and the service drains and exits.
    Fatal,
}

/// An error that knows what it means for its job. Match without a default arm, so that a new variant is decided upon.
pub trait Faulty: Error + Send + Sync + 'static {
    /// What becomes of the job.
    fn fault(&self) -> Fault;
}

/// An error of any kind, as a source of ours.
pub(crate) type Source = Box<dyn Error + Send + Sync>;

/// An error and its sources in words, each source once: some libraries repeat a source in their own text.
#[must_use]
pub fn reason(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let words = error.to_string();
        if !words.is_empty() && !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = error.source();
    }
    text
}

/// The code of the JetStream error that lies behind an error, wherever async-nats keeps it.
pub(crate) fn jetstream_code(error: &(dyn Error + 'static)) -> Option<u64> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<async_nats::jetstream::Error>() {
            return Some(error.error_code().0);
        }
        if let Some(GetStreamErrorKind::JetStream(error)) =
            error.downcast_ref::<GetStreamError>().map(GetStreamError::kind)
        {
            return Some(error.error_code().0);
        }
        if let Some(CreateStreamErrorKind::JetStream(error)) = error
            .downcast_ref::<CreateStreamError>()
            .map(CreateStreamError::kind)
        {
            return Some(error.error_code().0);
        }
        if let Some(RawMessageErrorKind::JetStream(error)) =
            error.downcast_ref::<RawMessageError>().map(RawMessageError::kind)
        {
            return Some(error.error_code().0);
        }
        next = error.source();
    }
    None
}

/// Whether an error says that the stream has no such message.
pub(crate) fn no_such_message(error: &RawMessageError) -> bool {
    match error.kind() {
        RawMessageErrorKind::NoMessageFound => true,
        RawMessageErrorKind::JetStream(error) => [10037, 10043].contains(&error.error_code().0),
        RawMessageErrorKind::InvalidSubject | RawMessageErrorKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("can't read sheet 2")]
    struct Outer(#[source] Middle);

    #[derive(Debug, thiserror::Error)]
    #[error("broken archive: unexpected end")]
    struct Middle(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("unexpected end")]
    struct Inner;

    #[test]
    fn each_source_is_told_once() {
        assert_eq!(
            reason(&Outer(Middle(Inner))),
            "can't read sheet 2: broken archive: unexpected end"
        );
    }
}
