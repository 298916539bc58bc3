//! From what was seen of a worker to what is told: the host's own observations first, then the kernel's, and what the worker
//! itself has said last.

use super::process::{End, Exit};
use crate::calls::Call;
use crate::error::{Clock, ProtocolError, SandboxError};
use crate::frame::{Frame, Tag};
use crate::limits::Limits;
use crate::lockdown::VIOLATION;

/// What a worker has said on the result pipe, once it has ended.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Its first frame.
    pub(super) frame: Option<Frame>,
    /// More follows it.
    pub(super) trailing: bool,
    /// A frame has begun that is not whole.
    pub(super) truncated: bool,
    /// What it left behind when it ended can't be read.
    pub(super) broken: Option<SandboxError>,
}

/// The result's bytes, if the worker ended well and said so, and nothing else.
pub(super) fn judge(said: Said, exit: Exit, limits: &Limits, stderr: &[u8]) -> Result<Vec<u8>, SandboxError> {
    let violation = matches!(
        &said.frame,
        Some(Frame {
            tag: Tag::Violation,
            ..
        })
    );
    match exit.how {
        End::Code(VIOLATION) if violation => {
            return Err(SandboxError::PolicyViolation {
                call: said.frame.and_then(|frame| call(&frame.body)),
            });
        }
        End::Code(VIOLATION) | End::Signal(libc::SIGSYS) => {
            return Err(SandboxError::PolicyViolation { call: None });
        }
        End::Signal(libc::SIGXCPU) => return Err(out_of_cpu(limits)),
        // Who ignores the first signal gets this one from the kernel.
        End::Signal(libc::SIGKILL) if exit.cpu.as_secs() >= limits.cpu_seconds() => {
            return Err(out_of_cpu(limits));
        }
        End::Signal(libc::SIGABRT) if failed_allocation(stderr) => {
            return Err(SandboxError::OutOfMemory { limit: limits.memory });
        }
        End::Signal(signal) => return Err(SandboxError::Killed { signal }),
        // Even with a result on its way: who crashes after it has not shown that it is whole.
        End::Code(code) if code != 0 => return Err(SandboxError::Exited { code }),
        End::Code(_) => {}
    }
    if let Some(error) = said.broken {
        return Err(error);
    }
    if said.truncated {
        return Err(ProtocolError::Truncated.into());
    }
    if said.trailing {
        return Err(ProtocolError::Trailing.into());
    }
    let frame = said.frame.ok_or(ProtocolError::Missing)?;
    let words = |body: Vec<u8>| String::from_utf8_lossy(&body).into_owned();
    match frame.tag {
        Tag::Result => Ok(frame.body),
        Tag::Failed => Err(SandboxError::Failed {
            message: words(frame.body),
        }),
        Tag::Panicked => Err(SandboxError::Panicked {
            message: words(frame.body),
        }),
        Tag::Ready | Tag::Violation | Tag::Broken | Tag::Hello | Tag::Job => {
            Err(ProtocolError::Unexpected(frame.tag as u8).into())
        }
    }
}

fn out_of_cpu(limits: &Limits) -> SandboxError {
    SandboxError::TimedOut {
        clock: Clock::Cpu,
        limit: limits.cpu,
    }
}

fn call(body: &[u8]) -> Option<Call> {
    body.try_into()
        .ok()
        .map(|number| Call::new(i64::from_le_bytes(number)))
}

/// Whether the standard library's last words are of memory that it was not given. A worker can print that too: then it is
/// told that it used too much memory, which harms nobody.
fn failed_allocation(stderr: &[u8]) -> bool {
    let end = String::from_utf8_lossy(stderr);
    // Advice about backtraces may follow.
    end.lines()
        .rev()
        .take(LAST_WORDS)
        .any(|line| line.starts_with("memory allocation of ") && line.ends_with(" bytes failed"))
}

const LAST_WORDS: usize = 5;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn exit(how: End, cpu: u64) -> Exit {
        Exit {
            how,
            cpu: Duration::from_secs(cpu),
            peak: 0,
        }
    }

    fn said(tag: Tag) -> Said {
        let body = b"body".to_vec();
        Said {
            frame: Some(Frame { tag, body }),
            ..Said::default()
        }
    }

    fn judged(said: Said, how: End, cpu: u64, stderr: &str) -> Result<Vec<u8>, SandboxError> {
        judge(said, exit(how, cpu), &Limits::plan(), stderr.as_bytes())
    }

    #[test]
    fn a_result_counts_only_from_a_worker_that_ended_well() {
        assert_eq!(judged(said(Tag::Result), End::Code(0), 0, "").unwrap(), b"body");
        let crashed = judged(said(Tag::Result), End::Signal(libc::SIGSEGV), 0, "").unwrap_err();
        assert!(matches!(
            crashed,
            SandboxError::Killed {
                signal: libc::SIGSEGV
            }
        ));
        let ended = judged(said(Tag::Result), End::Code(3), 0, "").unwrap_err();
        assert!(matches!(ended, SandboxError::Exited { code: 3 }));
    }

    #[test]
    fn the_kernel_s_clock_is_recognized() {
        let cpu = |error| {
            matches!(
                error,
                SandboxError::TimedOut {
                    clock: Clock::Cpu,
                    ..
                }
            )
        };
        assert!(cpu(
            judged(Said::default(), End::Signal(libc::SIGXCPU), 10, "").unwrap_err()
        ));
        assert!(cpu(
            judged(Said::default(), End::Signal(libc::SIGKILL), 11, "").unwrap_err()
        ));
        assert!(!cpu(
            judged(Said::default(), End::Signal(libc::SIGKILL), 9, "").unwrap_err()
        ));
    }

    #[test]
    fn a_failed_allocation_is_told_by_its_last_words() {
        let memory = |stderr| {
            let error = judged(Said::default(), End::Signal(libc::SIGABRT), 0, stderr).unwrap_err();
            matches!(error, SandboxError::OutOfMemory { .. })
        };
        assert!(memory(
            "memory allocation of 1048576 bytes failed\nnote: run with RUST_BACKTRACE=1\n\n"
        ));
        assert!(!memory("assertion failed\n"));
        assert!(!memory("memory allocation of 1 bytes failed\n1\n2\n3\n4\n5\n"));
    }

    #[test]
    fn a_violation_needs_its_exit_code() {
        let frame = || Said {
            frame: Some(Frame {
                tag: Tag::Violation,
                body: libc::SYS_bpf.to_le_bytes().to_vec(),
            }),
            ..Said::default()
        };
        let honest = judged(frame(), End::Code(VIOLATION), 0, "").unwrap_err();
        assert!(
            matches!(honest, SandboxError::PolicyViolation { call: Some(call) } if call.name() == Some("bpf"))
        );
        let made_up = judged(frame(), End::Code(0), 0, "").unwrap_err();
        assert!(matches!(
            made_up,
            SandboxError::Protocol(ProtocolError::Unexpected(5))
        ));
        let silent = judged(Said::default(), End::Signal(libc::SIGSYS), 0, "").unwrap_err();
        assert!(matches!(silent, SandboxError::PolicyViolation { call: None }));
    }
}
