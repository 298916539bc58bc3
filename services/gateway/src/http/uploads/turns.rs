//! One request at a time goes on with an upload: the newest. One whose client is gone, which the server may notice late or
//! never, makes way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use schemas::{JobId, TenantId};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, watch};

/// The uploads that somebody goes on with.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<(TenantId, JobId), Arc<Turn>>>);

#[derive(Default)]
struct Turn {
    /// How many requests have come.
    comers: watch::Sender<u64>,
    one: Arc<AsyncMutex<()>>,
}

/// An upload in the hands of one request.
pub struct Held {
    number: u64,
    comers: watch::Receiver<u64>,
    _turn: Arc<Turn>,
    _one: OwnedMutexGuard<()>,
}

impl Turns {
    /// Takes an upload, as soon as the request that has it has made way.
    pub async fn take(&self, tenant: &TenantId, id: &JobId) -> Held {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            let place = (tenant.clone(), id.clone());
            Arc::clone(turns.entry(place).or_default())
        };
        let mut number = 0;
        turn.comers.send_modify(|last| {
            *last += 1;
            number = *last;
        });
        let one = Arc::clone(&turn.one).lock_owned().await;
        Held {
            number,
            comers: turn.comers.subscribe(),
            _turn: turn,
            _one: one,
        }
    }
}

impl Held {
    /// Waits until a newer request wants the upload.
    pub async fn wanted(&mut self) {
        let number = self.number;
        // No error comes: the sender is in the turn that is held here.
        let _ = self.comers.wait_for(|last| *last > number).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_request_has_it() {
        let (turns, local) = (Arc::new(Turns::default()), TenantId::local());
        let id = bus::ids::new_job_id();
        let mut first = turns.take(&local, &id).await;
        // Nobody waits for another upload.
        drop(turns.take(&local, &bus::ids::new_job_id()).await);
        let comer = || {
            let (turns, local, id) = (Arc::clone(&turns), local.clone(), id.clone());
            tokio::spawn(async move { turns.take(&local, &id).await })
        };
        let second = comer();
        first.wanted().await;
        let third = comer();
        drop(first);
        let mut second = second.await.unwrap();
        second.wanted().await;
        drop(second);
        drop(third.await.unwrap());
        let turns = turns.0.lock().unwrap();
        assert!(turns.values().all(|turn| Arc::strong_count(turn) == 1));
    }
}
