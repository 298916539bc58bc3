//! Moves jobs whose process died on their last delivery to the dead letters.
//!
//! In a work queue such a job stays for ever: nobody gets it, nothing removes it. All that the server says about it is
//! one advisory with its place, which the stream ADVISORIES keeps until it is dealt with here.

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::{Message as Delivered, stream::Stream};
use schemas::Message;
use schemas::dead::DeadCause;
use serde::Deserialize;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::ack;
use crate::bury::{Burial, consequence};
use crate::connection::Bus;
use crate::fault::{Source, no_such_message, reason};
use crate::headers::{MESSAGE_ID, ORIGIN};
use crate::ids::{parse_job_id, place_id};
use crate::pull::Pull;
use crate::topology::{ADVISORIES, sweeper_of};

/// What a dead letter says of such a job.
const REASON: &str = "its process died, or was stopped, on its last delivery";
/// How long an advisory waits that could not be dealt with.
const PAUSE: Duration = Duration::from_secs(5);
/// Codes of the server's errors for a message that is not there.
const GONE: [u64; 2] = [10037, 10043];

/// The advisory of type `io.nats.jetstream.advisory.v1.max_deliver`, as far as we need it.
#[derive(Debug, Deserialize)]
struct Advisory {
    stream: String,
    stream_seq: u64,
    deliveries: u64,
}

impl Bus {
    /// Moves the lost jobs of type `J`, which are in one queue (`ask`, for instance), to the dead letters until `shutdown`.
    /// [`Bus::serve`] starts it for its own queue.
    pub async fn sweep<J: Message>(&self, queue: &str, shutdown: CancellationToken) {
        let mut pause = Duration::from_millis(100);
        let mut source = loop {
            let opened = async {
                let consumer: PullConsumer = self
                    .jetstream()
                    .get_consumer_from_stream(sweeper_of(queue), ADVISORIES)
                    .await?;
                Pull::new(self, consumer).await
            };
            match opened.await {
                Ok(source) => break source,
                Err(error) => tracing::warn!(queue, error, "can't watch for lost jobs; trying again"),
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSE),
            }
        };
        loop {
            source.ask(1, 0).await;
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                next = source.next() => match next {
                    Ok(Some(advisory)) => self.deal_with::<J>(&advisory).await,
                    Ok(None) => {}
                    Err(broken) => {
                        tracing::debug!(queue, reason = %broken, "starting the sweeper again");
                        tokio::select! {
                            biased;
                            () = shutdown.cancelled() => break,
                            () = source.restart() => {}
                        }
                    }
                }
            }
        }
        for message in source.close().await {
            ack::give_back(&message, None).await;
        }
    }

    async fn deal_with<J: Message>(&self, message: &Delivered) {
        let result = match serde_json::from_slice::<Advisory>(&message.payload) {
            Ok(advisory) => self.move_lost::<J>(&advisory).await,
            Err(error) => {
                tracing::warn!(
                    error = reason(&error),
                    "an advisory can't be read and is left out"
                );
                Ok(())
            }
        };
        match result {
            Ok(()) => {
                if let Err(error) = ack::done(self, message).await {
                    tracing::debug!(error, "the ack of an advisory was lost");
                }
            }
            Err(error) => {
                tracing::warn!(error, "a lost job can't be moved yet; trying again");
                ack::give_back(message, Some(PAUSE)).await;
            }
        }
    }

    async fn move_lost<J: Message>(&self, advisory: &Advisory) -> Result<(), Source> {
        let stream: Stream<()> = self.jetstream().get_stream_no_info(&advisory.stream).await?;
        let lost = match stream.get_raw_message(advisory.stream_seq).await {
            Ok(lost) => lost,
            // It was dealt with before, or acked late after all.
            Err(error) if no_such_message(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let header = |name: &str| parse_job_id(lost.headers.get(name)?.as_str());
        let id = header(MESSAGE_ID).or_else(|| header(schemas::cloudevents::ID));
        let id = id.unwrap_or_else(|| place_id(&advisory.stream, advisory.stream_seq));
        let origin = header(ORIGIN).unwrap_or_else(|| id.clone());
        let trace = lost.headers.get(schemas::cloudevents::TRACE_PARENT);
        let trace = trace.and_then(|parent| parent.as_str().split('-').nth(1).map(str::to_owned));

        self.bury(Burial {
            cause: DeadCause::Lost,
            reason: REASON.to_owned(),
            pointer: None,
            subject: lost.subject.to_string(),
            stream: advisory.stream.clone(),
            sequence: advisory.stream_seq,
            deliveries: advisory.deliveries,
            headers: lost.headers,
            consequence: consequence::<J>(&lost.payload, REASON),
            payload: lost.payload,
            trace_id: trace,
            origin: origin.clone(),
            followed: vec![id, origin],
        })
        .await;
        self.metrics().swept();
        match stream.delete_message(advisory.stream_seq).await {
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                async_nats::jetstream::stream::DeleteMessageErrorKind::JetStream(error)
                    if GONE.contains(&error.error_code().0) =>
                {
                    Ok(())
                }
                _ => Err(error.into()),
            },
        }
    }
}
