//! Jobs that were given up: listed, shown, sent again.

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::stream::Stream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use schemas::cloudevents::ID;
use schemas::dead::{DeadLetter, DeadPayload};

use crate::connection::Bus;
use crate::fault::{Source, no_such_message};
use crate::headers::{MESSAGE_ID, set};
use crate::ids::{output_id, parse_job_id, place_id};
use crate::objects::ObjectsError;
use crate::publish::PublishError;
use crate::scan;
use crate::topology::{DEAD, DEAD_BUCKET};

/// The largest payload that is read back.
const PAYLOAD: u64 = 8 << 20;

/// A dead letter and its place in the stream DEAD.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its sequence in DEAD: the number that people use.
    pub sequence: u64,
    /// The subject it lies on, `dead.<service>.v1.<tenant>`.
    pub subject: String,
    /// The letter.
    pub letter: DeadLetter,
}

/// Why dead letters can't be read or sent again.
#[derive(Debug, thiserror::Error)]
pub enum DeadLettersError {
    /// There is none of that number.
    #[error("there is no dead letter {sequence}")]
    Missing {
        /// The number.
        sequence: u64,
    },
    /// What lies there is no dead letter.
    #[error("can't decode dead letter {sequence}")]
    Undecodable {
        /// Its number.
        sequence: u64,
        /// What is wrong with it.
        #[source]
        source: Source,
    },
    /// Its payload is not in its bucket any more, or damaged.
    #[error("can't get the payload of dead letter {sequence}")]
    Payload {
        /// Its number.
        sequence: u64,
        /// What is wrong with it.
        #[source]
        source: ObjectsError,
    },
    /// The job could not be put on its queue; the letter is kept.
    #[error("can't send the job of dead letter {sequence} again")]
    Unsent {
        /// Its number.
        sequence: u64,
        /// What happened.
        #[source]
        source: PublishError,
    },
    /// The server did not answer.
    #[error("can't read or change the stream of dead letters")]
    Unreadable(#[source] Source),
}

impl Bus {
    /// The dead letters, oldest first, at most `limit`; of one service, or of all.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn dead_letters(
        &self,
        service: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Kept>, DeadLettersError> {
        let filter = service.map_or_else(|| "dead.>".to_owned(), |service| format!("dead.{service}.>"));
        let messages = scan::all(self, DEAD, &filter, DeliverPolicy::All, limit)
            .await
            .map_err(DeadLettersError::Unreadable)?;
        let decode = |message: scan::Found| match serde_json::from_slice(&message.payload) {
            Ok(letter) => Some(Kept {
                sequence: message.sequence,
                subject: message.subject,
                letter,
            }),
            Err(error) => {
                tracing::warn!(sequence = message.sequence, %error, "what lies in DEAD is no dead letter");
                None
            }
        };
        Ok(messages.into_iter().filter_map(decode).collect())
    }

    /// One dead letter.
    ///
    /// # Errors
    /// When there is none of that sequence or the server does not answer.
    pub async fn dead_letter(&self, sequence: u64) -> Result<Kept, DeadLettersError> {
        let found = match self.dead_stream().await?.get_raw_message(sequence).await {
            Ok(found) => found,
            Err(error) if no_such_message(&error) => return Err(DeadLettersError::Missing { sequence }),
            Err(error) => return Err(DeadLettersError::Unreadable(error.into())),
        };
        let letter =
            serde_json::from_slice(&found.payload).map_err(|source| DeadLettersError::Undecodable {
                sequence,
                source: source.into(),
            })?;
        Ok(Kept {
            sequence,
            subject: found.subject.to_string(),
            letter,
        })
    }

    /// Sends the job again under a new id, awaits its ack, then removes the letter. Returns the new id.
    ///
    /// The id derives from the letter, so that two people at once send the job once.
    ///
    /// # Errors
    /// See [`Bus::dead_letter`].
    pub async fn redrive(&self, sequence: u64) -> Result<schemas::JobId, DeadLettersError> {
        let Kept { letter, .. } = self.dead_letter(sequence).await?;
        let body = self.payload(sequence, &letter.payload).await?;

        let old = letter.headers.get(MESSAGE_ID).or_else(|| letter.headers.get(ID));
        let old = old.and_then(|values| parse_job_id(values.first()?));
        let old = old.unwrap_or_else(|| place_id(&letter.stream, letter.sequence));
        let id = output_id(&old, &letter.at, usize::try_from(sequence).unwrap_or(usize::MAX));

        let mut headers = HeaderMap::new();
        for (name, values) in &letter.headers {
            // What the server wrote, or what asked it for something back then, does not belong to the new message.
            if name.starts_with("Nats-") {
                continue;
            }
            for value in values {
                set(&mut headers, name, value);
            }
        }
        set(&mut headers, ID, id.as_str());
        set(&mut headers, MESSAGE_ID, id.as_str());

        self.put(letter.subject.clone(), headers, body)
            .await
            .map_err(|source| DeadLettersError::Unsent { sequence, source })?;
        if let Err(error) = self.dead_stream().await?.delete_message(sequence).await {
            return Err(DeadLettersError::Unreadable(error.into()));
        }
        Ok(id)
    }

    async fn payload(&self, sequence: u64, payload: &DeadPayload) -> Result<Bytes, DeadLettersError> {
        match payload {
            DeadPayload::Text(text) => Ok(Bytes::from(text.clone())),
            DeadPayload::Base64(text) => {
                STANDARD
                    .decode(text)
                    .map(Bytes::from)
                    .map_err(|source| DeadLettersError::Undecodable {
                        sequence,
                        source: source.into(),
                    })
            }
            DeadPayload::Object(name) => {
                let get = async {
                    self.objects(DEAD_BUCKET.to_owned())
                        .await?
                        .get(name, PAYLOAD)
                        .await
                };
                get.await
                    .map_err(|source| DeadLettersError::Payload { sequence, source })
            }
        }
    }

    async fn dead_stream(&self) -> Result<Stream<()>, DeadLettersError> {
        self.jetstream()
            .get_stream_no_info(DEAD)
            .await
            .map_err(|error| DeadLettersError::Unreadable(error.into()))
    }
}
