//! How many requests a key may make.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A bucket for each key that fills at an even rate and holds the requests of one minute.
#[derive(Default)]
pub struct Rates {
    buckets: Mutex<HashMap<[u8; 32], Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Rates {
    /// Whether one more request of a key is within its rate of `limit` requests a minute, 0 for as many as come. Only keys that
    /// exist are asked about, so that there are no more buckets than there were keys.
    ///
    /// # Errors
    /// How long until it is.
    pub fn admit(&self, key: [u8; 32], limit: u32, now: Instant) -> Result<(), Duration> {
        if limit == 0 {
            return Ok(());
        }
        let full = f64::from(limit);
        let a_second = full / 60.0;
        let mut buckets = self
            .buckets
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert(Bucket { left: full, at: now });
        let gained = now.saturating_duration_since(bucket.at).as_secs_f64() * a_second;
        bucket.left = (bucket.left + gained).min(full);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - bucket.left) / a_second))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let rates = Rates::default();
        let start = Instant::now();
        let admit = |key: u8, limit: u32, after: u64| {
            rates.admit([key; 32], limit, start + Duration::from_secs(after))
        };
        assert!((0..60).all(|_| admit(1, 60, 0).is_ok()));
        assert_eq!(admit(1, 60, 0), Err(Duration::from_secs(1)));
        assert!(admit(2, 60, 0).is_ok(), "another key has a bucket of its own");
        assert!(admit(1, 60, 1).is_ok() && admit(1, 60, 1).is_err());
        assert!(admit(1, 0, 1).is_ok());
        assert!(admit(3, 1, 0).is_ok());
        assert_eq!(admit(3, 1, 15), Err(Duration::from_secs(45)));
    }
}
