//! What a worker may use, per kind of work.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

const MIB: u64 = 1 << 20;

/// The most that one job may use. Each breach is an error of its own, see [`SandboxError`](crate::SandboxError).
///
/// The functions give the documented defaults; [`Limits::with`] changes single ones from configuration.
///
/// | kind | wall | CPU | memory | result | bulk |
/// |---|---|---|---|---|---|
/// | [`parse`](Limits::parse) | 60 s | 50 s | 1,024 MB | 16 MB of profiles | upload limit × 4 |
/// | [`decode`](Limits::decode) | 30 s | 25 s | 1,024 MB | 1 MB | 512 MB of pixels |
/// | [`plan`](Limits::plan), [`sql`](Limits::sql) | 15 s | 10 s | 768 MB | 8 MB, 10,000 rows | none |
/// | [`python`](Limits::python) | 30 s | 20 s | 1,024 MB | 8 MB, 10,000 rows | none |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// From the hand-over of the job to the end of the worker.
    pub wall: Duration,
    /// CPU time of all threads, in whole seconds; the kernel counts it.
    pub cpu: Duration,
    /// Bytes of private writable memory; the kernel refuses more, and the pool looks at it each 10 ms.
    pub memory: u64,
    /// Threads that exist at one time.
    pub threads: u64,
    /// Open descriptors, the five of the protocol and the inputs among them.
    pub descriptors: u64,
    /// Bytes of the request.
    pub request: u64,
    /// Bytes of the result.
    pub result: u64,
    /// Rows of the result. The worker is told it, and the service that reads the result holds it to that.
    pub rows: u64,
    /// Bytes of all parts of the bulk output together.
    pub bulk: u64,
    /// Bytes that are kept of the ends of standard output and standard error together.
    pub logs: u64,
}

impl Limits {
    /// Plans over tables.
    #[must_use]
    pub const fn plan() -> Self {
        Self {
            wall: Duration::from_secs(15),
            cpu: Duration::from_secs(10),
            memory: 768 * MIB,
            threads: 64,
            descriptors: 32,
            request: MIB,
            result: 8 * MIB,
            rows: 10_000,
            bulk: 0,
            logs: 64 << 10,
        }
    }

    /// SQL over tables.
    #[must_use]
    pub const fn sql() -> Self {
        Self::plan()
    }

    /// Uploads of up to `upload` bytes, parsed.
    #[must_use]
    pub const fn parse(upload: u64) -> Self {
        Self {
            wall: Duration::from_secs(60),
            cpu: Duration::from_secs(50),
            memory: 1024 * MIB,
            result: 16 * MIB,
            bulk: upload.saturating_mul(4),
            ..Self::plan()
        }
    }

    /// Images, decoded to pixels.
    #[must_use]
    pub const fn decode() -> Self {
        Self {
            wall: Duration::from_secs(30),
            cpu: Duration::from_secs(25),
            memory: 1024 * MIB,
            result: MIB,
            bulk: 512 * MIB,
            ..Self::plan()
        }
    }

    /// Generated Python: the imports alone take seconds on a busy machine.
    #[must_use]
    pub const fn python() -> Self {
        Self {
            wall: Duration::from_secs(30),
            cpu: Duration::from_secs(20),
            memory: 1024 * MIB,
            ..Self::plan()
        }
    }

    /// These limits with some of them changed, as in `wall=20s,memory=1GB,rows=5000`.
    ///
    /// Durations are `ms`, `s` or `m`; sizes are bytes, `KB`, `MB` or `GB` (powers of 1,024); the rest are counts.
    ///
    /// # Errors
    /// A name that is no limit, or a value that is none.
    pub fn with(mut self, changes: &str) -> Result<Self, LimitError> {
        for change in changes
            .split(',')
            .map(str::trim)
            .filter(|change| !change.is_empty())
        {
            let (name, value) = change
                .split_once('=')
                .ok_or_else(|| LimitError(change.to_owned()))?;
            self.set(name.trim(), value.trim())
                .ok_or_else(|| LimitError(change.to_owned()))?;
        }
        Ok(self)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "wall" => self.wall = duration(value)?,
            "cpu" => self.cpu = duration(value)?,
            "memory" => self.memory = size(value)?,
            "threads" => self.threads = value.parse().ok()?,
            "descriptors" => self.descriptors = value.parse().ok()?,
            "request" => self.request = size(value)?,
            "result" => self.result = size(value)?,
            "rows" => self.rows = value.parse().ok()?,
            "bulk" => self.bulk = size(value)?,
            "logs" => self.logs = size(value)?,
            _ => return None,
        }
        Some(())
    }

    /// Whole seconds of CPU time, at least one: the kernel knows no less.
    pub(crate) fn cpu_seconds(&self) -> u64 {
        let rounded_up = self.cpu.as_secs() + u64::from(self.cpu.subsec_nanos() > 0);
        rounded_up.max(1)
    }
}

/// A change of limits that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no limit: write name=value, such as wall=20s, memory=1GB or rows=5000")]
pub struct LimitError(String);

fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}

/// Bytes, as people write them: a whole number, alone or with `KB`, `MB` or `GB` (powers of 1024) behind it; `None` for anything
/// else.
#[must_use]
pub fn size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit {
        "" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => return None,
    };
    u64::from_str(number).ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read() {
        let limits = Limits::plan().with("wall=250ms, memory=1GB,rows=5").unwrap();
        assert_eq!(limits.wall, Duration::from_millis(250));
        assert_eq!(limits.memory, 1 << 30);
        assert_eq!(limits.rows, 5);
        assert_eq!(limits.cpu, Limits::plan().cpu);
        assert_eq!(Limits::plan().with("").unwrap(), Limits::plan());
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for change in [
            "wall=15",
            "walls=15s",
            "memory=1TB",
            "memory=-1",
            "rows",
            "result=99999999999GB",
        ] {
            assert!(Limits::plan().with(change).is_err(), "{change}");
        }
    }

    #[test]
    fn cpu_is_rounded_up_to_seconds() {
        assert_eq!(Limits::plan().with("cpu=1ms").unwrap().cpu_seconds(), 1);
        assert_eq!(Limits::plan().with("cpu=2001ms").unwrap().cpu_seconds(), 3);
        assert_eq!(Limits::plan().cpu_seconds(), 10);
    }
}
