//! What a worker gives, tables and images of pages, on its way into the object store: bytes that pass through and are never looked at.
//!
//! The worker is followed by a thread that can't wait for the network, so that the bytes of each part go through a short
//! queue. Nothing is named before the worker has ended well.

use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use bus::{Delivery, Objects, ObjectsError, Unnamed};
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
    /// Stores parts until the other end is gone, and tells of each page. The caller names or discards them.
    ///
    /// # Errors
    /// The first part that can't be stored; all before it are removed, and the other end can't go on.
    pub(crate) async fn store(
        mut self,
        objects: &Objects,
        pages: Option<Pages<'_>>,
    ) -> Result<Vec<Part>, ObjectsError> {
        let mut stored = Vec::new();
        while let Some((number, mut pieces)) = self.arriving.recv().await {
            let bytes = stream::poll_fn(|context| pieces.poll_recv(context)).map(Ok::<_, io::Error>);
            match objects
                .put_unnamed("a part of a file", &mut StreamReader::new(bytes))
                .await
            {
                Ok(bytes) => {
                    if let Some(pages) = &pages {
                        pages.tell(number).await;
                    }
                    stored.push(Part { number, bytes });
                }
                Err(error) => {
                    discard(objects, stored).await;
                    return Err(error);
                }
            }
        }
        Ok(stored)
    }
}

/// Pages of a document whose images are the first parts.
pub(crate) struct Pages<'a> {
    pub delivery: &'a Delivery,
    /// Those that come, from 0.
    pub pages: Range<u32>,
    /// How many there are in all; 0: that is not known yet.
    pub total: u32,
}

impl Pages<'_> {
    /// Tells how far reading has come.
    async fn tell(&self, part: u32) {
        let number = self.pages.start.saturating_add(part).saturating_add(1);
        if number > self.pages.end {
            return;
        }
        let stage = if self.total > 0 {
            format!("reading page {number} of {}", self.total)
        } else {
            format!("reading page {number}")
        };
        let (done, total) = (u64::from(number), u64::from(self.total));
        self.delivery
            .report(&self.delivery.origin, &stage, done, total)
            .await;
    }
}

/// Removes what was stored.
pub(crate) async fn discard(objects: &Objects, parts: impl IntoIterator<Item = Part>) {
    for part in parts {
        objects.discard(part.bytes).await;
    }
}
