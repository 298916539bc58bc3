//! What was asked and what that took, counted.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// Tokens of one reply, as the endpoint counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Of what was asked.
    pub prompt: u64,
    /// Of the reply.
    pub completion: u64,
}

impl std::ops::AddAssign for Tokens {
    fn add_assign(&mut self, other: Self) {
        self.prompt += other.prompt;
        self.completion += other.completion;
    }
}

/// What a process has asked so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests that went out, repeated ones too.
    pub requests: u64,
    /// Replies that came back whole.
    pub replies: u64,
    /// Replies whose tokens the endpoint did not tell.
    pub uncounted: u64,
    /// The tokens of the others.
    pub tokens: Tokens,
}

/// The same while it is counted.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    requests: AtomicU64,
    replies: AtomicU64,
    uncounted: AtomicU64,
    prompt: AtomicU64,
    completion: AtomicU64,
}

impl Counter {
    pub(crate) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn reply(&self, tokens: Option<Tokens>) {
        self.replies.fetch_add(1, Ordering::Relaxed);
        match tokens {
            Some(tokens) => {
                self.prompt.fetch_add(tokens.prompt, Ordering::Relaxed);
                self.completion.fetch_add(tokens.completion, Ordering::Relaxed);
            }
            None => {
                self.uncounted.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn so_far(&self) -> Usage {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Usage {
            requests: of(&self.requests),
            replies: of(&self.replies),
            uncounted: of(&self.uncounted),
            tokens: Tokens {
                prompt: of(&self.prompt),
                completion: of(&self.completion),
            },
        }
    }
}
