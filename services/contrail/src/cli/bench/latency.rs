//! How long things take: the same thing done two ways, in turns.

use std::time::Duration;

use serde::Serialize;

/// Times of one way.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds one more.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The figures; none of no times.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = |percent| rank(sorted.len(), percent).and_then(|rank| sorted.get(rank));
        Some(Figures {
            p50_ms: milliseconds(*at(50)?),
            p99_ms: milliseconds(*at(99)?),
        })
    }
}

/// The place of a percentile among so many, by the nearest rank.
fn rank(count: usize, percent: usize) -> Option<usize> {
    (count * percent).div_ceil(100).checked_sub(1)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Half of all took at most so long, and all but a hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// Milliseconds.
    pub p50_ms: f64,
    /// Milliseconds.
    pub p99_ms: f64,
}

/// The same question both ways.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// What was asked.
    pub question: String,
    /// How often each way.
    pub pairs: usize,
    /// Through HTTP.
    pub http: Figures,
    /// On the bus.
    pub bus: Figures,
    /// p50 through HTTP less p50 on the bus, in milliseconds.
    pub added_p50_ms: f64,
    /// p50 through HTTP as a multiple of p50 on the bus.
    pub ratio_p50: f64,
}

impl Compared {
    /// Of times of both ways; none where one of them has none.
    #[must_use]
    pub fn new(question: &str, http: &Times, bus: &Times) -> Option<Self> {
        let pairs = http.count().min(bus.count());
        let (http, bus) = (http.figures()?, bus.figures()?);
        Some(Self {
            question: question.to_owned(),
            pairs,
            http,
            bus,
            added_p50_ms: http.p50_ms - bus.p50_ms,
            ratio_p50: http.p50_ms / bus.p50_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(milliseconds: impl IntoIterator<Item = u64>) -> Times {
        Times(milliseconds.into_iter().map(Duration::from_millis).collect())
    }

    #[test]
    fn percentiles_are_times_that_were_taken() {
        let figures = |times: &Times| times.figures().map(|figures| (figures.p50_ms, figures.p99_ms));
        assert_eq!(figures(&times([])), None);
        assert_eq!(figures(&times([7])), Some((7.0, 7.0)));
        assert_eq!(figures(&times([9, 1, 5, 3])), Some((3.0, 9.0)));
        assert_eq!(figures(&times((1..=200).rev())), Some((100.0, 198.0)));
    }

    #[test]
    fn what_http_adds_is_told_as_time_and_as_ratio() {
        let compared = Compared::new("?", &times([12, 13, 11]), &times([10, 8, 30])).unwrap();
        assert_eq!(
            (compared.pairs, compared.added_p50_ms, compared.ratio_p50),
            (3, 2.0, 1.2)
        );
        assert!(Compared::new("?", &times([1]), &times([])).is_none());
    }
}
