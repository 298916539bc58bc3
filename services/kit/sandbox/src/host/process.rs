//! One worker process, from its start to its end.

#![expect(
    unsafe_code,
    reason = "wait4 tells what a process has used, and has no safe wrapper"
)]

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;
use rustix::net::{AddressFamily, Shutdown, SocketFlags, SocketType, shutdown, socketpair};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, PidfdFlags, Signal};

use crate::error::SandboxError;
use crate::frame::{Nonce, Tag, header};
use crate::layers::Layers;
use crate::message::Hello;
use crate::passing;
use crate::worker::COMMAND;

/// A worker that has been started. It is killed and buried when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    pid: Pid,
    /// None on kernels without it; the process is then watched by its number, which can't be reused before it is buried.
    handle: Option<OwnedFd>,
    buried: Option<Exit>,
    memory: Option<File>,
    tasks: PathBuf,
    pub(crate) nonce: Nonce,
    /// None until it has reported them.
    pub(crate) layers: Option<Layers>,
    /// None once the request has been sent.
    pub(crate) requests: Option<OwnedFd>,
    pub(crate) result: OwnedFd,
    pub(crate) bulk: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// How a worker ended, and what the kernel says that it used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit {
    pub(crate) how: End,
    pub(crate) cpu: Duration,
    /// Bytes of memory at most, its program's pages among them.
    pub(crate) peak: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Code(i32),
    Signal(i32),
}

impl Process {
    /// Starts a worker. It dies with the calling thread.
    pub(crate) fn start(
        executable: &Path,
        kind: &str,
        environment: &[(String, String)],
        hello: &Hello,
    ) -> Result<Self, SandboxError> {
        let (ours, theirs) = pipes().map_err(SandboxError::system("make the pipes of a worker"))?;
        let mut command = Command::new(executable);
        command
            .arg0(COMMAND)
            .arg(kind)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir("/")
            // What a terminal sends to its foreground, such as Ctrl-C, is for the service, which lets its jobs finish.
            .process_group(0)
            .stdin(Stdio::from(theirs.requests))
            .stdout(Stdio::from(theirs.stdout))
            .stderr(Stdio::from(theirs.stderr));
        let child = command.spawn().map_err(|source| SandboxError::System {
            action: "start its own executable again",
            source,
        })?;
        let raw = child.id();
        let pid = Pid::from_raw(raw.cast_signed()).ok_or(SandboxError::Job("the process has no number"))?;
        let process = Self {
            pid,
            handle: rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok(),
            buried: None,
            memory: File::open(format!("/proc/{raw}/statm")).ok(),
            tasks: PathBuf::from(format!("/proc/{raw}/task")),
            nonce: hello.nonce,
            layers: None,
            requests: Some(ours.requests),
            result: ours.result,
            bulk: ours.bulk,
            stdout: ours.stdout,
            stderr: ours.stderr,
        };
        // From here on, dropping the process ends it.
        let body = serde_json::to_vec(hello).map_err(|error| SandboxError::System {
            action: "write the first message to a worker",
            source: error.into(),
        })?;
        let length = u32::try_from(body.len()).map_err(|_| SandboxError::Job("the settings are too long"))?;
        let message = [header(Nonce::ZERO, Tag::Hello, length).as_slice(), &body].concat();
        let pipes = [theirs.result.as_fd(), theirs.bulk.as_fd()];
        match process.requests.as_ref() {
            Some(socket) => passing::send(socket, &message, &pipes)
                .map_err(SandboxError::system("send the first message to a worker"))?,
            None => return Err(SandboxError::Job("the worker has no socket")),
        }
        Ok(process)
    }

    /// Readable once the worker has ended.
    pub(crate) fn handle(&self) -> Option<BorrowedFd<'_>> {
        self.handle.as_ref().map(AsFd::as_fd)
    }

    /// The number of the process, for people.
    pub(crate) fn number(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Ends it; it may take a moment to be gone.
    pub(crate) fn kill(&self) {
        if self.buried.is_some() {
            return;
        }
        // It may have ended by itself, and is not buried, so that the number is still its own.
        let _ = match &self.handle {
            Some(handle) => rustix::process::pidfd_send_signal(handle, Signal::KILL),
            None => rustix::process::kill_process(self.pid, Signal::KILL),
        };
    }

    /// How it ended, if it has.
    pub(crate) fn try_bury(&mut self) -> Result<Option<Exit>, SandboxError> {
        self.wait(libc::WNOHANG)
    }

    /// Waits for its end, which the caller has brought about or seen.
    pub(crate) fn bury(&mut self) -> Result<Exit, SandboxError> {
        loop {
            if let Some(exit) = self.wait(0)? {
                return Ok(exit);
            }
        }
    }

    fn wait(&mut self, options: i32) -> Result<Option<Exit>, SandboxError> {
        if self.buried.is_some() {
            return Ok(self.buried);
        }
        let mut status = 0;
        // SAFETY: an all-zero rusage is a valid one.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: both pointers are to valid memory of their types.
        let waited = unsafe { libc::wait4(self.number(), &raw mut status, options, &raw mut usage) };
        match waited {
            0 => Ok(None),
            -1 => match Errno::from_io_error(&io::Error::last_os_error()) {
                Some(Errno::INTR) => Ok(None),
                errno => Err(SandboxError::system("wait for a worker")(
                    errno.unwrap_or(Errno::CHILD),
                )),
            },
            _ => {
                self.buried = Some(Exit {
                    how: if libc::WIFSIGNALED(status) {
                        End::Signal(libc::WTERMSIG(status))
                    } else {
                        End::Code(libc::WEXITSTATUS(status))
                    },
                    cpu: time(usage.ru_utime) + time(usage.ru_stime),
                    peak: u64::try_from(usage.ru_maxrss).unwrap_or(0) << 10,
                });
                Ok(self.buried)
            }
        }
    }

    /// Bytes of memory of its own that it uses now, where the kernel tells.
    pub(crate) fn private_memory(&self) -> Option<u64> {
        let mut text = [0; 128];
        let count = self.memory.as_ref()?.read_at(&mut text, 0).ok()?;
        let text = std::str::from_utf8(text.get(..count)?).ok()?;
        let mut numbers = text.split(' ').map(|number| number.parse::<u64>().ok());
        let [_size, resident, shared] = [numbers.next()??, numbers.next()??, numbers.next()??];
        Some(resident.saturating_sub(shared) * rustix::param::page_size() as u64)
    }

    /// How many threads it has now, where the kernel tells.
    pub(crate) fn threads(&self) -> Option<u64> {
        // One link for each thread, and two for the folder itself: cheaper than any text about the process.
        fs::metadata(&self.tasks).ok()?.nlink().checked_sub(2)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.buried.is_none() {
            self.kill();
            let _ = self.bury();
        }
    }
}

fn time(value: libc::timeval) -> Duration {
    Duration::from_secs(value.tv_sec.unsigned_abs()) + Duration::from_micros(value.tv_usec.unsigned_abs())
}

/// One side of all connections.
struct Ends {
    requests: OwnedFd,
    result: OwnedFd,
    bulk: OwnedFd,
    stdout: OwnedFd,
    stderr: OwnedFd,
}

/// The host's side, which never blocks, and the worker's side.
fn pipes() -> Result<(Ends, Ends), Errno> {
    let (our_requests, their_requests) = socketpair(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    // The socket goes one way: what a worker writes to it is lost, and is no way to fill our memory.
    shutdown(&our_requests, Shutdown::Read)?;
    let (our_result, their_result) = pipe()?;
    let (our_bulk, their_bulk) = pipe()?;
    let (our_stdout, their_stdout) = pipe()?;
    let (our_stderr, their_stderr) = pipe()?;
    // Fewer turns for bulk output; where it is refused, the usual size does.
    let _ = rustix::pipe::fcntl_setpipe_size(&our_bulk, 256 << 10);
    Ok((
        Ends {
            requests: our_requests,
            result: our_result,
            bulk: our_bulk,
            stdout: our_stdout,
            stderr: our_stderr,
        },
        Ends {
            requests: their_requests,
            result: their_result,
            bulk: their_bulk,
            stdout: their_stdout,
            stderr: their_stderr,
        },
    ))
}

fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    fcntl_setfl(&read, OFlags::RDONLY | OFlags::NONBLOCK)?;
    Ok((read, write))
}
