//! What makes a type a message.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ids::TenantId;
use crate::jobs::IngestJob;

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

    /// What `ingest` is told when this is a job and it is given up; nothing where no file waits for it.
    #[must_use]
    fn given_up(&self, reason: &str) -> Option<IngestJob> {
        let _ = reason;
        None
    }
}

/// Declares the subject of a message; its type is the subject behind `contrail.`. What follows is said of this message alone.
macro_rules! message {
    ($name:ty, $subject:literal $(, $($more:tt)*)?) => {
        impl $crate::message::Message for $name {
            const TYPE: &'static str = concat!("contrail.", $subject);
            const SUBJECT: &'static str = $subject;
            $($($more)*)?
        }
    };
}
pub(crate) use message;
