//! Messages in their CloudEvents envelope, with awaited acks.

use futures::Stream;
use schemas::{JobId, Message, TenantId};

use crate::connection::Bus;

/// Why a message is not on the bus.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {}

/// A message as it was read from a stream.
#[derive(Debug, Clone)]
pub struct Received<M> {
    /// `ce-id`.
    pub id: String,
    /// The tenant of the subject.
    pub tenant: TenantId,
    /// Its place in the stream.
    pub sequence: u64,
    /// The message.
    pub message: M,
}

impl Bus {
    /// Puts a message on the bus under the current span's trace and awaits its ack. The same id twice is kept once.
    ///
    /// # Errors
    /// [`PublishError`] when the message is too large, the queue is full or the server does not answer.
    pub async fn publish<M: Message>(&self, tenant: &TenantId, id: &JobId, message: &M) -> Result<(), PublishError> {
        todo!()
    }

    /// Follows the facts of type `M` of one tenant that come from now on. The subscription stands when this returns.
    ///
    /// # Errors
    /// When the stream is missing or the server does not answer.
    pub async fn events<M: Message>(
        &self,
        tenant: &TenantId,
    ) -> Result<impl Stream<Item = Received<M>> + Send + Unpin + use<M>, PublishError> {
        todo!();
        #[allow(unreachable_code)]
        Ok(futures::stream::empty())
    }
}
