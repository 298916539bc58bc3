//! How many requests a key may make.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

/// A bucket for each key that fills at an even rate and holds the requests of one minute.
pub struct Rates {
    /// Requests a minute; 0: as many as come.
    limit: u32,
    buckets: Mutex<HashMap<[u8; 32], Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Rates {
    pub fn new(limit: u32) -> Self {
        Self {
            limit,
            buckets: Mutex::default(),
        }
    }

    /// Requests a minute.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Whether one more request of a key is within its rate. Only keys that exist are asked about, so that their number is
    /// that of the key file.
    pub fn admit(&self, key: [u8; 32], now: Instant) -> bool {
        if self.limit == 0 {
            return true;
        }
        let full = f64::from(self.limit);
        let mut buckets = self
            .buckets
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert(Bucket { left: full, at: now });
        let gained = now.saturating_duration_since(bucket.at).as_secs_f64() * full / 60.0;
        bucket.left = (bucket.left + gained).min(full);
        bucket.at = now;
        let admitted = bucket.left >= 1.0;
        if admitted {
            bucket.left -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let rates = Rates::new(60);
        let start = Instant::now();
        let admitted = |key: u8, after: u64| rates.admit([key; 32], start + Duration::from_secs(after));
        assert!((0..60).all(|_| admitted(1, 0)));
        assert!(!admitted(1, 0));
        assert!(admitted(2, 0), "another key has a bucket of its own");
        assert!(admitted(1, 1) && !admitted(1, 1));
        assert!(Rates::new(0).admit([0; 32], start));
    }
}
