//! Headers by name, without parsing and copying the same few names for every message.

use async_nats::HeaderMap;
use async_nats::header::{HeaderName, HeaderValue};
use schemas::cloudevents;

/// Header by which the server knows a message that it has already.
pub(crate) const MESSAGE_ID: &str = "Nats-Msg-Id";
/// Header of the job that began the chain a message belongs to; missing on that job itself. A CloudEvents
/// extension attribute: the loop hands it on, so that the submitter hears when a later job of the chain is given up.
pub const ORIGIN: &str = "ce-origin";
/// Header of the rest of the W3C trace context.
pub(crate) const TRACE_STATE: &str = "tracestate";

const fn known(name: &'static str) -> (&'static str, HeaderName) {
    (name, HeaderName::from_static(name))
}

static KNOWN: [(&str, HeaderName); 11] = [
    known(MESSAGE_ID),
    known(ORIGIN),
    known(TRACE_STATE),
    known(cloudevents::SPEC_VERSION),
    known(cloudevents::ID),
    known(cloudevents::SOURCE),
    known(cloudevents::TYPE),
    known(cloudevents::TIME),
    known(cloudevents::SUBJECT),
    known(cloudevents::CONTENT_TYPE),
    known(cloudevents::TRACE_PARENT),
];

fn name_of(name: &str) -> Option<HeaderName> {
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    known.map(|(_, name)| name.clone()).or_else(|| name.parse().ok())
}

/// The value of a header.
pub(crate) fn get<'a>(headers: Option<&'a HeaderMap>, name: &str) -> Option<&'a str> {
    Some(headers?.get(name_of(name)?)?.as_str())
}

/// Sets a header; what no header can hold (it would break the protocol) is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Some(name), Ok(value)) = (name_of(name), value.parse::<HeaderValue>()) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_other_names_are_what_the_server_reads() {
        let mut headers = HeaderMap::new();
        for name in KNOWN.iter().map(|(name, _)| *name).chain(["x-other"]) {
            set(&mut headers, name, "value");
            assert_eq!(get(Some(&headers), name), Some("value"), "{name}");
            // As the library itself knows it, when it reads a message.
            assert_eq!(
                headers.get(name).map(HeaderValue::as_str),
                Some("value"),
                "{name}"
            );
        }
        assert_eq!(get(Some(&headers), "missing"), None);
        assert_eq!(get(None, "ce-id"), None);
    }

    #[test]
    fn nothing_that_breaks_the_protocol_gets_in() {
        let mut headers = HeaderMap::new();
        set(&mut headers, "ce-id", "a\r\nb: c");
        set(&mut headers, "a b", "c");
        assert!(headers.is_empty());
    }
}
