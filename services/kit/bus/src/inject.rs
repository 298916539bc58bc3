//! Makes the next handles, publishes or acks fail, for tests.

use std::sync::atomic::{AtomicU32, Ordering};

/// Where a fault is injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The handler is not called: the delivery counts as one that may work later.
    Handle,
    /// An output does not reach the server.
    Publish,
    /// An output is stored, but its ack does not reach us.
    PublishAck,
    /// The ack of a job does not reach the server: all its effects are there, and it comes again.
    Ack,
}

/// Faults that wait to happen. Nothing is injected unless it was asked for.
#[derive(Debug, Default)]
pub struct Faults {
    handle: AtomicU32,
    publish: AtomicU32,
    publish_ack: AtomicU32,
    ack: AtomicU32,
}

/// The error of an injected fault.
#[derive(Debug, thiserror::Error)]
#[error("injected fault at {0:?}")]
pub struct Injected(pub Point);

impl Faults {
    /// Makes the next `times` passes of a point fail.
    pub fn fail_next(&self, point: Point, times: u32) {
        self.counter(point).store(times, Ordering::SeqCst);
    }

    /// How many faults of a point have not happened yet.
    #[must_use]
    pub fn left(&self, point: Point) -> u32 {
        self.counter(point).load(Ordering::SeqCst)
    }

    /// Passes a point.
    pub(crate) fn pass(&self, point: Point) -> Result<(), Injected> {
        let counter = self.counter(point);
        // Read first: a write would make all workers wait for one another on the way that production takes.
        if counter.load(Ordering::Relaxed) == 0 {
            return Ok(());
        }
        match counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => Err(Injected(point)),
            Err(_) => Ok(()),
        }
    }

    fn counter(&self, point: Point) -> &AtomicU32 {
        match point {
            Point::Handle => &self.handle,
            Point::Publish => &self.publish,
            Point::PublishAck => &self.publish_ack,
            Point::Ack => &self.ack,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_fail_as_were_asked_for_and_only_there() {
        let faults = Faults::default();
        assert!(faults.pass(Point::Ack).is_ok());
        faults.fail_next(Point::Ack, 2);
        assert!(faults.pass(Point::Handle).is_ok());
        assert!(faults.pass(Point::Ack).is_err());
        assert!(faults.pass(Point::Ack).is_err());
        assert!(faults.pass(Point::Ack).is_ok());
        assert_eq!(faults.left(Point::Ack), 0);
    }
}
