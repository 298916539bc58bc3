//! Jobs that were given up: written, listed, sent again.

use schemas::dead::DeadLetter;

use crate::connection::Bus;

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
pub enum DeadLettersError {}

impl Bus {
    /// The dead letters, oldest first, at most `limit`; of one service, or of all.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn dead_letters(&self, service: Option<&str>, limit: usize) -> Result<Vec<Kept>, DeadLettersError> {
        todo!()
    }

    /// One dead letter.
    ///
    /// # Errors
    /// When there is none of that sequence or the server does not answer.
    pub async fn dead_letter(&self, sequence: u64) -> Result<Kept, DeadLettersError> {
        todo!()
    }

    /// Sends the job again under a new id, awaits its ack, then removes the letter. Returns the new id.
    ///
    /// # Errors
    /// See [`Bus::dead_letter`].
    pub async fn redrive(&self, sequence: u64) -> Result<schemas::JobId, DeadLettersError> {
        todo!()
    }
}
