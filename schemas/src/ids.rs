//! Newtype identifiers. All are text on the wire and are checked when decoded.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// An identifier that breaks its own rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId {
    /// Which kind of identifier was expected, for instance `tenant id`.
    pub kind: &'static str,
    /// The text that was given, at most 80 characters of it.
    pub given: String,
    /// What the identifier must look like.
    pub expected: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a {}: expected {}",
            self.given, self.kind, self.expected
        )
    }
}

impl std::error::Error for InvalidId {}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $expected:literal, $pattern:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and wraps it.
            ///
            /// # Errors
            /// [`InvalidId`] when the text breaks the rule of this kind of identifier.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) {
                    Ok(Self(text))
                } else {
                    Err(InvalidId { kind: $kind, given: text.chars().take(80).collect(), expected: $expected })
                }
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $expected })
            }
        }
    };
}

id!(
    /// Who owns the data: a token of every subject, a bucket prefix and a filter of every index query.
    TenantId,
    "tenant id",
    "1 to 32 lower-case letters, digits and hyphens, starting with a letter or digit; not the reserved word `unknown`",
    "^[a-z0-9][a-z0-9-]{0,31}$",
    |text| {
        let name = text.as_bytes();
        (1..=32).contains(&name.len())
            && !name.starts_with(b"-")
            && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
            && text != TenantId::UNKNOWN
    }
);

impl TenantId {
    /// The token in `dead.<service>.v1.unknown` of a message whose own tenant token is not a tenant id.
    pub const UNKNOWN: &'static str = "unknown";

    /// The tenant that exists without being created.
    #[must_use]
    pub fn local() -> Self {
        Self("local".to_owned())
    }
}

id!(
    /// One logical file of a tenant: UUIDv7, given once per tenant and name, and kept when the bytes change.
    FileId,
    "file id",
    "a lower-case hyphenated UUID",
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    is_uuid
);

id!(
    /// One command: UUIDv7 from the submitter, and the `Nats-Msg-Id`. Outputs derive theirs from it.
    JobId,
    "job id",
    "a lower-case hyphenated UUID",
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    is_uuid
);

id!(
    /// One answer: the id of the `job.ask` that asked for it.
    AnswerId,
    "answer id",
    "a lower-case hyphenated UUID",
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    is_uuid
);

impl From<JobId> for AnswerId {
    fn from(job: JobId) -> Self {
        Self(job.0)
    }
}

impl From<AnswerId> for JobId {
    fn from(answer: AnswerId) -> Self {
        Self(answer.0)
    }
}

id!(
    /// The bytes of a file, a table or a profile: the lower-case SHA-256 of them in hexadecimal.
    ContentId,
    "content id",
    "a SHA-256 in 64 lower-case hexadecimal digits",
    "^[0-9a-f]{64}$",
    |text| text.len() == 64 && text.bytes().all(is_lower_hex)
);

id!(
    /// A chain of questions that refer to one another.
    ConversationId,
    "conversation id",
    "1 to 64 letters, digits, hyphens and underscores",
    "^[A-Za-z0-9_-]{1,64}$",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
);

fn is_lower_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => is_lower_hex(byte),
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check<T: FromStr<Err = InvalidId>>(text: &str, valid: bool) {
        assert_eq!(text.parse::<T>().is_ok(), valid, "{text:?}");
    }

    #[test]
    fn tenants_are_tokens_of_subjects() {
        check::<TenantId>("local", true);
        check::<TenantId>("t2-airport", true);
        for bad in [
            "",
            "-a",
            "A",
            "a.b",
            "a b",
            "a*",
            ">",
            "机场",
            "unknown",
            &"a".repeat(33),
        ] {
            check::<TenantId>(bad, false);
        }
    }

    #[test]
    fn uuids_are_lower_case_and_hyphenated() {
        check::<JobId>("0199f1d2-7c3a-7def-8123-456789abcdef", true);
        check::<JobId>("0199F1D2-7C3A-7DEF-8123-456789ABCDEF", false);
        check::<JobId>("0199f1d27c3a7def8123456789abcdef", false);
    }

    #[test]
    fn decoding_checks_and_names_the_rule() {
        let error = serde_json::from_str::<TenantId>("\"A.B\"")
            .unwrap_err()
            .to_string();
        assert!(error.contains("tenant id") && error.contains("A.B"), "{error}");
    }

    proptest! {
        #[test]
        fn what_decodes_encodes_to_itself(text in "[a-z0-9][a-z0-9-]{0,31}") {
            prop_assume!(text != TenantId::UNKNOWN);
            let id: TenantId = serde_json::from_value(text.clone().into()).unwrap();
            prop_assert_eq!(serde_json::to_value(&id).unwrap(), serde_json::Value::from(text));
        }

        #[test]
        fn no_tenant_smuggles_a_subject_token(text in ".*") {
            if let Ok(id) = TenantId::new(text) {
                prop_assert!(!id.as_str().contains(['.', '*', '>', ' ', '_', '/']));
            }
        }
    }
}
