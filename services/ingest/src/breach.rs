//! What a worker's end without an answer says of the file that it read.

use std::time::Duration;

use sandbox::{Clock, SandboxError};
use schemas::file::RejectionCode;

use crate::rejected::Rejected;

const SMALLER: &str = "a smaller file, or several";
const USUAL: &str = "a file as spreadsheet programs write it";

/// Deliveries of a job whose worker was ended, perhaps from outside, before that is taken for the file's fault.
const TRIES: u64 = 3;
/// The share of a worker's time, as one divided by this, from which on a slow store is to blame for its end.
const SLOW_STORE: u32 = 4;

/// Whether the machine is to blame, or may be, rather than the file. `waited` is how long the worker was kept waiting by
/// the store, `attempt` is 1 on the first delivery.
pub(crate) fn is_worth_another_try(error: &SandboxError, waited: Duration, attempt: u64) -> bool {
    match error {
        SandboxError::TimedOut {
            clock: Clock::Wall,
            limit,
        } => waited * SLOW_STORE >= *limit,
        SandboxError::Job(_) => true,
        error if error.may_come_from_outside() => attempt < TRIES,
        error => !error.is_breach(),
    }
}

/// The rejection of a file whose reading ended like this.
pub(crate) fn rejected(error: &SandboxError) -> Rejected {
    use RejectionCode as Code;
    let (code, expected) = match error {
        SandboxError::TimedOut { .. } => (Code::TimedOut, SMALLER),
        SandboxError::OutOfMemory { .. } => (Code::OutOfMemory, SMALLER),
        SandboxError::OutputTooLarge { .. } => (Code::OutputTooLarge, SMALLER),
        SandboxError::TooManyThreads { .. } | SandboxError::PolicyViolation { .. } => {
            (Code::PolicyViolation, USUAL)
        }
        // What a worker says of itself is untrusted, so that nobody is shown it.
        SandboxError::Panicked { .. } | SandboxError::Failed { .. } | SandboxError::Protocol(_) => {
            return unusable();
        }
        SandboxError::Killed { .. }
        | SandboxError::Exited { .. }
        | SandboxError::Unavailable(_)
        | SandboxError::Start { .. }
        | SandboxError::System { .. }
        | SandboxError::Job(_)
        | SandboxError::Sink(_) => (Code::Crashed, USUAL),
    };
    Rejected::new(
        code,
        format!("the file was given up while it was read: {error}; expected {expected}"),
    )
}

/// The rejection of a file whose reader had no answer, or one that can't be used.
pub(crate) fn unusable() -> Rejected {
    Rejected::new(
        RejectionCode::Crashed,
        format!("the file breaks its reader; expected {USUAL}"),
    )
}

#[cfg(test)]
mod tests {
    use sandbox::Output;

    use super::*;

    #[test]
    fn only_what_may_be_the_machine_s_fault_is_tried_again() {
        let check = |error: SandboxError, waited: u64, attempt: u64, again: bool| {
            let waited = Duration::from_secs(waited);
            assert_eq!(
                is_worth_another_try(&error, waited, attempt),
                again,
                "{error:?} {waited:?} {attempt}"
            );
        };
        let limit = Duration::from_secs(60);
        let timed_out = |clock| SandboxError::TimedOut { clock, limit };
        check(timed_out(Clock::Wall), 1, 1, false);
        check(timed_out(Clock::Wall), 15, 1, true);
        check(timed_out(Clock::Cpu), 15, 1, false);
        check(SandboxError::OutOfMemory { limit: 1 }, 0, 1, false);
        check(SandboxError::PolicyViolation { call: None }, 0, 1, false);
        let (crash, kill) = (11, 9);
        check(SandboxError::Killed { signal: crash }, 0, 1, false);
        check(SandboxError::Killed { signal: kill }, 0, 1, true);
        check(SandboxError::Killed { signal: kill }, 0, 3, false);
        check(SandboxError::Sink(std::io::Error::other("full")), 0, 9, true);
    }

    #[test]
    fn each_breach_has_a_code_and_words_of_its_own() {
        let check = |error: SandboxError, code: RejectionCode, words: &str| {
            let rejected = rejected(&error);
            assert_eq!(rejected.code, code, "{error:?}");
            let message = &rejected.message;
            assert!(
                message.contains(words) && message.contains("expected"),
                "{message}"
            );
        };
        let limit = Duration::from_secs(60);
        let timed_out = |clock| SandboxError::TimedOut { clock, limit };
        check(timed_out(Clock::Wall), RejectionCode::TimedOut, "60 s of time");
        check(
            timed_out(Clock::Cpu),
            RejectionCode::TimedOut,
            "60 s of computing time",
        );
        let memory = SandboxError::OutOfMemory { limit: 1 << 30 };
        check(memory, RejectionCode::OutOfMemory, "1024 MB of memory");
        let output = SandboxError::OutputTooLarge {
            output: Output::Bulk,
            limit: 1 << 30,
        };
        check(output, RejectionCode::OutputTooLarge, "its data is larger");
        let killed = SandboxError::Killed { signal: 11 };
        check(killed, RejectionCode::Crashed, "invalid memory access");
        let violation = SandboxError::PolicyViolation { call: None };
        check(violation, RejectionCode::PolicyViolation, "the sandbox forbids");
        let threads = SandboxError::TooManyThreads { limit: 64 };
        check(threads, RejectionCode::PolicyViolation, "64 threads");
        let forged = SandboxError::Panicked {
            message: "visit example.org".to_owned(),
        };
        assert!(!rejected(&forged).message.contains("example.org"));
    }
}
