//! The worker's half: the executable, started again.

mod arm;
pub(crate) mod program;
mod serve;

use std::io;

use rustix::io::Errno;

use crate::kind::{ECHO, Kind};

/// The first word of a worker's command line; the second is its kind.
pub(crate) const COMMAND: &str = "sandbox-worker";

/// The result pipe.
pub(crate) const RESULT: i32 = 3;
/// The bulk pipe.
pub(crate) const BULK: i32 = 4;

/// Must be the first statement of every `main` whose service has a pool: when the process was started as a worker, it does
/// that one job and ends; otherwise nothing happens.
///
/// No thread may exist yet, so that `main` can't be an asynchronous function.
pub fn enter_if_worker(kinds: &[Kind]) {
    let mut arguments = std::env::args_os();
    if arguments.next().is_none_or(|command| command != COMMAND) {
        return;
    }
    let name = arguments.next().unwrap_or_default();
    let kind = kinds.iter().chain([&ECHO]).find(|kind| name == kind.name);
    arm::exit(match arm::arm(kind, &name) {
        Ok(armed) => serve::serve(armed),
        // Nothing can be reported where the host is gone or has not been understood; it sees the exit code.
        Err(_) => arm::BROKEN,
    })
}

/// Why a worker can't begin.
#[derive(Debug, thiserror::Error)]
enum WorkerError {
    #[error("no worker is called {0:?} in this executable: register it with enter_if_worker")]
    Unknown(String),
    #[error("there are {0} threads already: enter_if_worker has to be the first statement of main")]
    Threads(u64),
    #[error("its libraries can't be loaded: {0}")]
    Preload(String),
    #[error("the host sent what can't be read")]
    Message(#[from] serde_json::Error),
    #[error("the host sent what is not expected")]
    Unexpected,
    #[error("can't {action}")]
    System {
        action: &'static str,
        #[source]
        source: io::Error,
    },
}

impl WorkerError {
    fn system(action: &'static str) -> impl FnOnce(Errno) -> Self {
        move |errno| Self::System {
            action,
            source: errno.into(),
        }
    }

    /// The error and its causes in one line.
    fn words(&self) -> String {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words = format!("{words}: {error}");
            cause = error.source();
        }
        words
    }
}
