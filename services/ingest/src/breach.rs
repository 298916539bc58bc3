//! What a worker's end without an answer says of the file that it read.

use sandbox::SandboxError;
use schemas::file::RejectionCode;

use crate::rejected::Rejected;

const SMALLER: &str = "a smaller file, or several";
const USUAL: &str = "a file as spreadsheet programs write it";

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
    use std::time::Duration;

    use sandbox::{Clock, Output};

    use super::*;

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
