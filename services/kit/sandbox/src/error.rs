//! What can go wrong, told so that the person who asked understands it.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::calls::Call;
use crate::layers::Missing;

/// Why there is no result. The first three are troubles of the machine, the next one of the caller; all others are what
/// the job, or what it was made to read, has done.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The machine doesn't give the required layers.
    #[error("SANDBOX_UNAVAILABLE: {0}")]
    Unavailable(Missing),
    /// No worker came up.
    #[error("the sandbox can't start a worker for {kind}: {reason}")]
    Start {
        /// The kind of worker.
        kind: String,
        /// What it said, or how it ended.
        reason: String,
    },
    /// A call to the operating system failed.
    #[error("the sandbox can't {action}")]
    System {
        /// What was tried, as a verb.
        action: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The job can't be handed over as it is.
    #[error("the sandbox refuses the job: {0}")]
    Job(&'static str),
    /// Time is up.
    #[error("it took longer than the {} of {clock} it may take", Seconds(*.limit))]
    TimedOut {
        /// Which time.
        clock: Clock,
        /// The limit.
        limit: Duration,
    },
    /// Memory is used up.
    #[error("it needs more than the {} of memory it may use", Size(*.limit))]
    OutOfMemory {
        /// The limit in bytes.
        limit: u64,
    },
    /// Too many threads.
    #[error("it started more than the {limit} threads it may have")]
    TooManyThreads {
        /// The limit.
        limit: u64,
    },
    /// One of its outputs is too large.
    #[error("its {output} is larger than the {} it may have", Size(*.limit))]
    OutputTooLarge {
        /// Which output.
        output: Output,
        /// The limit in bytes.
        limit: u64,
    },
    /// It did what the sandbox forbids.
    #[error("it tried what the sandbox forbids{}", hint(*.call))]
    PolicyViolation {
        /// The system call, as the worker itself reported it: a hint, not evidence.
        call: Option<Call>,
    },
    /// It was ended by a signal that neither the pool nor a limit has sent.
    #[error("it crashed ({})", signal_name(*.signal))]
    Killed {
        /// The signal's number.
        signal: i32,
    },
    /// It ended with an exit code instead of a result.
    #[error("it ended without a result (exit code {code})")]
    Exited {
        /// The code.
        code: i32,
    },
    /// It panicked.
    #[error("it failed unexpectedly: {message}")]
    Panicked {
        /// The panic's message, from inside: untrusted.
        message: String,
    },
    /// It said itself that it can't do the job.
    #[error("{message}")]
    Failed {
        /// Its words, from inside: untrusted.
        message: String,
    },
    /// What it sent is no answer.
    #[error("its answer can't be used")]
    Protocol(#[from] ProtocolError),
    /// The receiver of the bulk output failed.
    #[error("its output can't be stored")]
    Sink(#[source] io::Error),
}

/// How an answer breaks the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// A frame with another nonce than that of the job.
    #[error("a frame does not carry the job's nonce")]
    Forged,
    /// A frame that a worker may not send, or not now.
    #[error("a frame of kind {0} is not expected here")]
    Unexpected(u8),
    /// A frame whose body can't be read.
    #[error("a frame of kind {0} can't be read")]
    Malformed(u8),
    /// The worker ended in the middle of a frame.
    #[error("the last frame is cut off")]
    Truncated,
    /// Something follows the answer.
    #[error("something follows the answer")]
    Trailing,
    /// The worker ended well, without an answer.
    #[error("there is no answer")]
    Missing,
    /// The bulk output ends in the middle of a part.
    #[error("the bulk output is cut off")]
    BulkTruncated,
    /// More parts of bulk output than a worker may have.
    #[error("there are more than {0} parts of bulk output")]
    TooManyParts(u32),
}

/// One of the two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The clock on the wall.
    Wall,
    /// CPU time of all threads.
    Cpu,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wall => "time",
            Self::Cpu => "computing time",
        })
    }
}

/// One of a worker's outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The result.
    Result,
    /// The bulk output.
    Bulk,
    /// Standard output and standard error. Their ends are kept and what goes before is dropped, up to a point.
    Logs,
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Result => "result",
            Self::Bulk => "data",
            Self::Logs => "log",
        })
    }
}

impl SandboxError {
    /// Whether the job itself is to blame, so that trying it again would end the same way.
    #[must_use]
    pub const fn is_breach(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Start { .. } | Self::System { .. } | Self::Sink(_) => false,
            Self::Job(_)
            | Self::TimedOut { .. }
            | Self::OutOfMemory { .. }
            | Self::TooManyThreads { .. }
            | Self::OutputTooLarge { .. }
            | Self::PolicyViolation { .. }
            | Self::Killed { .. }
            | Self::Exited { .. }
            | Self::Panicked { .. }
            | Self::Failed { .. }
            | Self::Protocol(_) => true,
        }
    }

    /// How the job ended, in one word for metrics and traces: never what the worker said.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Unavailable(_) | Self::Start { .. } | Self::System { .. } => "not_started",
            Self::Job(_) => "refused",
            Self::TimedOut { .. } => "timed_out",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::TooManyThreads { .. } => "too_many_threads",
            Self::OutputTooLarge { .. } => "output_too_large",
            Self::PolicyViolation { .. } => "policy_violation",
            Self::Killed { .. } | Self::Exited { .. } | Self::Panicked { .. } => "crashed",
            Self::Failed { .. } => "failed",
            Self::Protocol(_) => "unusable",
            Self::Sink(_) => "not_stored",
        }
    }

    /// Whether the worker may have been ended by something else than its job: by an operator, by whoever stops the
    /// service, or by a system that is short of memory. Trying again a few times is worth it; endlessly it is not.
    #[must_use]
    pub const fn may_come_from_outside(&self) -> bool {
        matches!(
            self,
            Self::Killed {
                signal: libc::SIGKILL | libc::SIGTERM | libc::SIGINT | libc::SIGHUP | libc::SIGQUIT
            }
        )
    }

    pub(crate) fn system(action: &'static str) -> impl FnOnce(rustix::io::Errno) -> Self {
        move |errno| Self::System {
            action,
            source: errno.into(),
        }
    }
}

fn hint(call: Option<Call>) -> String {
    call.map(|call| format!(" ({call})")).unwrap_or_default()
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        libc::SIGSEGV => "an invalid memory access",
        libc::SIGBUS => "an invalid memory access: its input may have been cut off",
        libc::SIGABRT => "it gave up",
        libc::SIGILL => "an invalid instruction",
        libc::SIGFPE => "an invalid computation",
        libc::SIGKILL => "ended by the system, most likely because memory ran out",
        _ => return format!("signal {signal}"),
    };
    format!("{name}, signal {signal}")
}

/// A duration in words.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_nanos() == 0 {
            write!(f, "{} s", self.0.as_secs())
        } else {
            write!(f, "{} ms", self.0.as_millis())
        }
    }
}

/// A size in words.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes < 1 << 10 => write!(f, "{bytes} bytes"),
            bytes if bytes < 1 << 20 => write!(f, "{} KB", bytes >> 10),
            bytes => write!(f, "{} MB", bytes >> 20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_the_job_s_own_and_a_kill_may_not_be() {
        let killed = |signal| SandboxError::Killed { signal };
        for signal in [libc::SIGSEGV, libc::SIGABRT, libc::SIGBUS, libc::SIGILL] {
            assert!(!killed(signal).may_come_from_outside());
        }
        for signal in [libc::SIGKILL, libc::SIGTERM, libc::SIGINT] {
            assert!(killed(signal).may_come_from_outside());
        }
        assert!(!SandboxError::OutOfMemory { limit: 1 }.may_come_from_outside());
    }

    #[test]
    fn each_breach_is_told_in_words() {
        let check = |error: SandboxError, words: &str| assert_eq!(error.to_string(), words);
        let limit = Duration::from_secs(15);
        check(
            SandboxError::TimedOut {
                clock: Clock::Wall,
                limit,
            },
            "it took longer than the 15 s of time it may take",
        );
        check(
            SandboxError::TimedOut {
                clock: Clock::Cpu,
                limit: Duration::from_millis(1500),
            },
            "it took longer than the 1500 ms of computing time it may take",
        );
        check(
            SandboxError::OutOfMemory { limit: 768 << 20 },
            "it needs more than the 768 MB of memory it may use",
        );
        check(
            SandboxError::OutputTooLarge {
                output: Output::Bulk,
                limit: 64 << 10,
            },
            "its data is larger than the 64 KB it may have",
        );
        check(
            SandboxError::PolicyViolation {
                call: Some(Call::new(libc::SYS_ptrace)),
            },
            &format!(
                "it tried what the sandbox forbids (ptrace, system call {})",
                libc::SYS_ptrace
            ),
        );
        check(
            SandboxError::PolicyViolation { call: None },
            "it tried what the sandbox forbids",
        );
        check(
            SandboxError::Killed {
                signal: libc::SIGSEGV,
            },
            "it crashed (an invalid memory access, signal 11)",
        );
    }
}
