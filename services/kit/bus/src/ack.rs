//! What is said to the server about one delivery.

use std::time::Duration;

use async_nats::client::Request;
use async_nats::jetstream::{AckKind, Message};
use bytes::Bytes;

use crate::connection::{ANSWER_LIMIT, Bus};
use crate::fault::Source;

/// A delivery whose answer has no address.
#[derive(Debug, thiserror::Error)]
#[error("the message has no reply subject")]
struct NoReply;

/// The longest reason that an advisory carries.
const REASON: usize = 200;

/// Says that the job is done, and waits until the server has noted it.
///
/// Over the connection's own inbox: `Message::double_ack` makes a subscription for each ack.
pub(crate) async fn done(bus: &Bus, message: &Message) -> Result<(), Source> {
    answer(bus, message, Bytes::from_static(b"+ACK")).await
}

/// Says that the job is not to be delivered again, and why, and waits until the server has noted it.
///
/// `AckKind::Term` has no room for a reason.
pub(crate) async fn terminate(bus: &Bus, message: &Message, reason: &str) -> Result<(), Source> {
    let line: String = reason
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(REASON)
        .collect();
    answer(bus, message, format!("+TERM {line}").into()).await
}

async fn answer(bus: &Bus, message: &Message, payload: Bytes) -> Result<(), Source> {
    let reply = message.reply.clone().ok_or(NoReply)?;
    bus.client()
        .send_request(reply, Request::new().payload(payload).timeout(Some(ANSWER_LIMIT)))
        .await?;
    Ok(())
}

/// Gives a job back, to be delivered again at once or after a delay. If this is lost, `ack_wait` does the same.
pub(crate) async fn give_back(message: &Message, after: Option<Duration>) {
    if let Err(error) = message.ack_with(AckKind::Nak(after)).await {
        tracing::debug!(error, "a NAK was not sent");
    }
}
