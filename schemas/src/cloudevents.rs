//! The envelope: CloudEvents 1.0 attributes in binary mode, as headers of the bus.
//!
//! Source: CloudEvents specification 1.0.2 and its NATS protocol binding.

/// Header of the specification's version; its value is [`SPEC_VERSION_VALUE`].
pub const SPEC_VERSION: &str = "ce-specversion";
/// The only version that is written and accepted.
pub const SPEC_VERSION_VALUE: &str = "1.0";
/// Header of the message's id: equal to the `Nats-Msg-Id`.
pub const ID: &str = "ce-id";
/// Header of the service that wrote the message, for instance `/contrail/ingest`.
pub const SOURCE: &str = "ce-source";
/// Header of the message's type, [`crate::Message::TYPE`].
pub const TYPE: &str = "ce-type";
/// Header of the moment of writing, RFC 3339 in UTC.
pub const TIME: &str = "ce-time";
/// Header of what the message is about: the tenant.
pub const SUBJECT: &str = "ce-subject";
/// Header of the body's media type.
pub const CONTENT_TYPE: &str = "content-type";
/// The only media type that is written.
pub const JSON: &str = "application/json";
/// Header of the W3C trace context.
pub const TRACE_PARENT: &str = "traceparent";

/// The attributes of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// Unique together with `source`.
    pub id: String,
    /// URI reference of the writer.
    pub source: String,
    /// [`crate::Message::TYPE`].
    pub r#type: String,
    /// RFC 3339 in UTC.
    pub time: String,
    /// The tenant.
    pub subject: String,
}

impl Attributes {
    /// Header names and values, in the order of the specification.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 7] {
        [
            (SPEC_VERSION, SPEC_VERSION_VALUE),
            (ID, &self.id),
            (SOURCE, &self.source),
            (TYPE, &self.r#type),
            (TIME, &self.time),
            (SUBJECT, &self.subject),
            (CONTENT_TYPE, JSON),
        ]
    }
}
