//! What the headers, the subject and the place of a delivery tell, and the decoding of its body.

use async_nats::jetstream::Message as Delivered;
use schemas::cloudevents::{ID, SPEC_VERSION, TRACE_PARENT, TYPE};
use schemas::{JobId, Message, TenantId};
use serde_path_to_error::{Path, Segment};

use crate::headers::{MESSAGE_ID, ORIGIN, TRACE_STATE, get};
use crate::ids::{parse_job_id, place_id};

/// Why a job can't be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub reason: String,
    pub pointer: Option<String>,
}

impl From<String> for Rejection {
    fn from(reason: String) -> Self {
        Self {
            reason,
            pointer: None,
        }
    }
}

/// A delivery without its body.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub stream: String,
    pub sequence: u64,
    pub attempt: u64,
    pub id: JobId,
    pub origin: JobId,
    pub traceparent: Option<String>,
    pub tracestate: Option<String>,
}

impl Envelope {
    /// Reads what can be read; `None` for a message that no consumer delivered.
    pub(crate) fn read(message: &Delivered) -> Option<Self> {
        let info = message.info().ok()?;
        let (stream, sequence, attempt) = (info.stream.to_owned(), info.stream_sequence, info.delivered);
        let header = |name: &str| get(message.headers.as_ref(), name);
        let attempt = u64::try_from(attempt).unwrap_or(1);
        // Plain clients of the bus may set one of the two, or neither.
        let id = header(MESSAGE_ID)
            .and_then(parse_job_id)
            .or_else(|| header(ID).and_then(parse_job_id));
        let id = id.unwrap_or_else(|| place_id(&stream, sequence));
        Some(Self {
            origin: header(ORIGIN)
                .and_then(parse_job_id)
                .unwrap_or_else(|| id.clone()),
            traceparent: header(TRACE_PARENT).map(str::to_owned),
            tracestate: header(TRACE_STATE).map(str::to_owned),
            stream,
            sequence,
            attempt,
            id,
        })
    }

    /// The trace id of the sender, where there is one.
    pub(crate) fn sender_trace(&self) -> Option<String> {
        let trace = self.traceparent.as_deref()?.split('-').nth(1)?;
        (trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| trace.to_owned())
    }
}

/// The tenant of `job.<queue>.v1.<tenant>`.
pub(crate) fn tenant_of(subject: &str) -> Option<TenantId> {
    subject.splitn(4, '.').nth(3)?.parse().ok()
}

/// The tenant and the job of a delivery.
pub(crate) fn decode<J: Message>(message: &Delivered) -> Result<(TenantId, J), Rejection> {
    let token = message
        .subject
        .strip_prefix(J::SUBJECT)
        .and_then(|rest| rest.strip_prefix('.'));
    let token = token.ok_or_else(|| format!("{} is not {}.<tenant>", message.subject, J::SUBJECT))?;
    let tenant = token.parse::<TenantId>().map_err(|error| error.to_string())?;

    // Without these headers the subject tells what it is; with other ones, the sender meant something else.
    let header = |name: &str| get(message.headers.as_ref(), name);
    if let Some(kind) = header(TYPE).filter(|kind| *kind != J::TYPE) {
        return Err(format!("{TYPE} is {kind:?}, expected {:?}", J::TYPE).into());
    }
    if let Some(version) = header(SPEC_VERSION).filter(|version| !version.starts_with("1.")) {
        return Err(format!("{SPEC_VERSION} is {version:?}, expected \"1.0\"").into());
    }

    let mut reader = serde_json::Deserializer::from_slice(&message.payload);
    let job = serde_path_to_error::deserialize(&mut reader).map_err(|error| Rejection {
        pointer: Some(pointer(error.path())).filter(|pointer| !pointer.is_empty()),
        reason: format!("can't decode {}: {}", J::TYPE, error.inner()),
    })?;
    reader
        .end()
        .map_err(|error| format!("can't decode {}: {error}", J::TYPE))?;
    Ok((tenant, job))
}

/// RFC 6901, as far as serde knows the way.
pub(crate) fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            // A variant is no step in the document, and behind the unknown everything is.
            Segment::Enum { .. } => {}
            Segment::Unknown => break,
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_tenant_is_the_rest_of_the_subject() {
        for (subject, tenant) in [
            ("job.ask.v1.local", Some("local")),
            ("job.ask.v1.LOCAL", None),
            ("job.ask.v1.local.more", None),
            ("job.ask.v1", None),
            ("job.ask.v1.unknown", None),
        ] {
            assert_eq!(
                tenant_of(subject).as_ref().map(TenantId::as_str),
                tenant,
                "{subject}"
            );
        }
    }

    #[test]
    fn pointers_lead_to_the_offending_value() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only its shape matters")]
        struct Job {
            files: Vec<BTreeMap<String, u8>>,
        }
        for (json, expect) in [
            (r#"{"files": [{}, {"a/b~c": "x"}]}"#, "/files/1/a~1b~0c"),
            (r#"{"files": 3}"#, "/files"),
            (r"[]", ""),
        ] {
            let mut reader = serde_json::Deserializer::from_str(json);
            let error = serde_path_to_error::deserialize::<_, Job>(&mut reader).unwrap_err();
            assert_eq!(pointer(error.path()), expect, "{json}");
        }
    }

    proptest! {
        #[test]
        fn a_subject_of_a_tenant_gives_it_back(token in "[a-z0-9][a-z0-9-]{0,31}") {
            if let Ok(tenant) = TenantId::new(token) {
                prop_assert_eq!(tenant_of(&format!("job.ask.v1.{tenant}")), Some(tenant));
            }
        }
    }
}
