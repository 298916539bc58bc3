//! What makes a type a message.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ids::TenantId;

/// A type with a place on the bus.
pub trait Message: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// CloudEvents `type`, for instance `contrail.job.ingest.v1`.
    const TYPE: &'static str;

    /// The subject without its tenant, for instance `job.ingest.v1`.
    const SUBJECT: &'static str;

    /// The subject for one tenant, for instance `job.ingest.v1.local`.
    #[must_use]
    fn subject(tenant: &TenantId) -> String {
        format!("{}.{tenant}", Self::SUBJECT)
    }
}

/// Declares the subject of a message; its type is the subject behind `contrail.`.
macro_rules! message {
    ($name:ty, $subject:literal) => {
        impl $crate::message::Message for $name {
            const TYPE: &'static str = concat!("contrail.", $subject);
            const SUBJECT: &'static str = $subject;
        }
    };
}
pub(crate) use message;
