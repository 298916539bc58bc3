//! A worker whose place another program takes, such as an interpreter.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use rustix::io::FdFlags;

use super::RESULT;
use crate::frame::{Tag, header};
use crate::kind::JobIo;

/// A program in one of the folders that workers of its pool may read, see
/// [`PoolSettings::trees`](crate::PoolSettings::trees).
#[derive(Debug, Clone)]
pub struct Program {
    /// Its path.
    pub path: PathBuf,
    /// What follows its name.
    pub arguments: Vec<OsString>,
    /// Its whole environment, but for the two variables of [`JobIo::become_program`].
    pub environment: Vec<(String, String)>,
}

impl Program {
    /// The variable with the first bytes of an answer, in hexadecimal digits. The length follows them (four bytes,
    /// little-endian), and then the result itself.
    pub const FRAME: &str = "SANDBOX_FRAME";
    /// The variable with the numbers of the inputs that the worker has not taken, in their order, with spaces between them.
    pub const INPUTS: &str = "SANDBOX_INPUTS";
    /// The descriptor that the answer goes to.
    pub const ANSWER: i32 = RESULT;
}

impl JobIo {
    /// Becomes another program, which answers in the worker's stead and ends with exit code 0; within the same limits, and
    /// locked in by the same layers. What it breaks them with is not told by a number: the handler that reports it goes with
    /// this program.
    ///
    /// # Errors
    /// Words for the person who asked, when the program can't be started; otherwise it does not return.
    pub fn become_program(&mut self, program: &Program) -> Result<Infallible, String> {
        let failed = |error: io::Error| format!("can't become {}: {error}", program.path.display());
        let mut frame = String::new();
        let [beginning @ .., _, _, _, _] = header(self.nonce, Tag::Result, 0);
        for byte in beginning {
            let _ = write!(frame, "{byte:02x}");
        }
        let mut numbers = Vec::new();
        for input in self.inputs.iter().flatten() {
            keep(input.as_fd()).map_err(failed)?;
            numbers.push(std::os::fd::AsRawFd::as_raw_fd(input).to_string());
        }
        keep(self.result.as_fd()).map_err(failed)?;
        let error = Command::new(&program.path)
            .args(&program.arguments)
            .env_clear()
            .envs(program.environment.iter().map(|(name, value)| (name, value)))
            .env(Program::FRAME, frame)
            .env(Program::INPUTS, numbers.join(" "))
            .exec();
        Err(failed(error))
    }
}

/// Lets a descriptor stay open in the program.
fn keep(descriptor: BorrowedFd<'_>) -> io::Result<()> {
    Ok(rustix::io::fcntl_setfd(descriptor, FdFlags::empty())?)
}
