//! How a worker ended that gave no answer, as much of it as an asker can use.

use sandbox::SandboxError;

/// Why a worker gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// It took too long.
    #[error("it took longer than {seconds} s")]
    TimedOut {
        /// The limit.
        seconds: u64,
    },
    /// It needed too much memory.
    #[error("it needed more than {megabytes} MB of memory")]
    OutOfMemory {
        /// The limit.
        megabytes: u64,
    },
    /// Its answer was too large.
    #[error("its answer was larger than {megabytes} MB")]
    TooLarge {
        /// The limit.
        megabytes: u64,
    },
    /// It tried what the sandbox forbids.
    #[error("it tried what the sandbox forbids")]
    Forbidden,
    /// It crashed, each time that it was tried, or its answer made no sense.
    #[error("it broke off without a usable answer")]
    Crashed,
    /// It said itself that it can't do it: the table is damaged, or the engine failed.
    #[error("the table can't be read, or the engine failed")]
    Failed,
}

impl Breach {
    /// What the end of a worker says of its job; none: the machine is to blame.
    #[must_use]
    pub fn of(error: &SandboxError) -> Option<Self> {
        const MEGABYTE: u64 = 1 << 20;
        Some(match error {
            SandboxError::Unavailable(_)
            | SandboxError::Start { .. }
            | SandboxError::System { .. }
            | SandboxError::Sink(_) => return None,
            SandboxError::TimedOut { limit, .. } => Self::TimedOut {
                seconds: limit.as_secs(),
            },
            SandboxError::OutOfMemory { limit } => Self::OutOfMemory {
                megabytes: limit / MEGABYTE,
            },
            SandboxError::OutputTooLarge { limit, .. } => Self::TooLarge {
                megabytes: limit.div_ceil(MEGABYTE),
            },
            SandboxError::PolicyViolation { .. } | SandboxError::TooManyThreads { .. } => Self::Forbidden,
            SandboxError::Job(_) | SandboxError::Failed { .. } => Self::Failed,
            SandboxError::Killed { .. }
            | SandboxError::Exited { .. }
            | SandboxError::Panicked { .. }
            | SandboxError::Protocol(_) => Self::Crashed,
        })
    }

    /// Whether another worker may fare better: this one may have been ended from outside.
    #[must_use]
    pub const fn is_worth_another_try(self) -> bool {
        matches!(self, Self::Crashed)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sandbox::{Clock, Output, ProtocolError};

    use super::*;

    #[test]
    fn the_machine_is_told_from_the_job() {
        let check = |error: SandboxError, expected: Option<Breach>| {
            assert_eq!(Breach::of(&error), expected, "{error:?}");
        };
        let limit = Duration::from_secs(15);
        let timed_out = |clock| SandboxError::TimedOut { clock, limit };
        check(timed_out(Clock::Wall), Some(Breach::TimedOut { seconds: 15 }));
        check(timed_out(Clock::Cpu), Some(Breach::TimedOut { seconds: 15 }));
        let limit = 768 << 20;
        check(
            SandboxError::OutOfMemory { limit },
            Some(Breach::OutOfMemory { megabytes: 768 }),
        );
        let output = Output::Result;
        let large = SandboxError::OutputTooLarge { output, limit };
        check(large, Some(Breach::TooLarge { megabytes: 768 }));
        check(
            SandboxError::PolicyViolation { call: None },
            Some(Breach::Forbidden),
        );
        check(SandboxError::Killed { signal: 11 }, Some(Breach::Crashed));
        check(
            SandboxError::Protocol(ProtocolError::Forged),
            Some(Breach::Crashed),
        );
        check(SandboxError::Sink(std::io::Error::other("full")), None);
        let start = SandboxError::Start {
            kind: "plan".to_owned(),
            reason: "gone".to_owned(),
        };
        check(start, None);
    }
}
