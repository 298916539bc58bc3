//! The tables of a worker on their way into the object store: bytes that pass through and are never looked at.
//!
//! The worker is followed by a thread that can't wait for the network, so that the bytes of each part go through a short
//! queue. Nothing is named before the worker has ended well.

use std::io;
use std::time::{Duration, Instant};

use bus::{Objects, ObjectsError, Unnamed};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use tokio::sync::mpsc;
use tokio_util::io::StreamReader;

/// Pieces of a part that wait for the store, each of 64 KB at most.
const QUEUED: usize = 32;

/// A part on its way: its number and its bytes, piece by piece. It ends with its sender.
type Arriving = (u32, mpsc::Receiver<Bytes>);

/// A part that is stored and has no name yet.
pub(crate) struct Part {
    /// Its place among the parts of its job.
    pub number: u32,
    pub bytes: Unnamed,
}

/// The two ends of a way for the parts of one job.
pub(crate) fn way() -> (Sink, Arrival) {
    let (parts, arriving) = mpsc::unbounded_channel();
    (
        Sink {
            parts,
            current: None,
            waited: Duration::ZERO,
        },
        Arrival { arriving },
    )
}

/// Where the pool puts the bytes.
pub(crate) struct Sink {
    parts: mpsc::UnboundedSender<Arriving>,
    current: Option<(u32, mpsc::Sender<Bytes>)>,
    waited: Duration,
}

impl Sink {
    /// How long the worker has been kept waiting by the store.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }
}

impl sandbox::Sink for Sink {
    fn write(&mut self, part: u32, bytes: &[u8]) -> io::Result<()> {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let pieces = match self.current.take() {
            Some((current, pieces)) if current == part => pieces,
            _ => {
                let (pieces, arriving) = mpsc::channel(QUEUED);
                self.parts.send((part, arriving)).map_err(|_| gone())?;
                pieces
            }
        };
        let began = Instant::now();
        let sent = pieces.blocking_send(Bytes::copy_from_slice(bytes));
        self.waited += began.elapsed();
        self.current = Some((part, pieces));
        sent.map_err(|_| gone())
    }
}

/// Where they are stored from.
pub(crate) struct Arrival {
    arriving: mpsc::UnboundedReceiver<Arriving>,
}

impl Arrival {
    /// Stores parts until the other end is gone. The caller names or discards them.
    ///
    /// # Errors
    /// The first part that can't be stored; all before it are removed, and the other end can't go on.
    pub(crate) async fn store(mut self, objects: &Objects) -> Result<Vec<Part>, ObjectsError> {
        let mut stored = Vec::new();
        while let Some((number, mut pieces)) = self.arriving.recv().await {
            let bytes = stream::poll_fn(|context| pieces.poll_recv(context)).map(Ok::<_, io::Error>);
            match objects
                .put_unnamed("a table", &mut StreamReader::new(bytes))
                .await
            {
                Ok(bytes) => stored.push(Part { number, bytes }),
                Err(error) => {
                    discard(objects, stored).await;
                    return Err(error);
                }
            }
        }
        Ok(stored)
    }
}

/// Removes what was stored.
pub(crate) async fn discard(objects: &Objects, parts: impl IntoIterator<Item = Part>) {
    for part in parts {
        objects.discard(part.bytes).await;
    }
}
