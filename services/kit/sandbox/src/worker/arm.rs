//! From the first instruction to being ready for a job.

#![expect(unsafe_code, reason = "descriptors are put at the numbers of the protocol")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

use rustix::io::Errno;

use super::{BULK, RESULT, WorkerError};
use crate::frame::{self, HEADER, Nonce, SHORT, Tag};
use crate::kind::Kind;
use crate::layers::{Layer, Layers};
use crate::lockdown;
use crate::message::Hello;
use crate::mode::Mode;
use crate::passing;

/// The exit code of a worker that could not begin.
pub(super) const BROKEN: i32 = 70;

/// Descriptors from here on are closed: below are the standard streams, the result and the bulk pipe.
const FIRST_FREE: u32 = 5;

/// A worker that is ready.
pub(super) struct Armed {
    pub(super) serve: fn(&mut crate::kind::JobIo) -> Result<Vec<u8>, String>,
    pub(super) hello: Hello,
    pub(super) result: File,
    pub(super) bulk: File,
}

/// Gets to know the host, locks down and says so.
pub(super) fn arm(kind: Option<&Kind>, name: &OsStr) -> Result<Armed, WorkerError> {
    let (hello, pipes) = greet()?;
    let [result, bulk] = <[OwnedFd; 2]>::try_from(pipes).map_err(|_| WorkerError::Unexpected)?;
    let (mut result, bulk) = place(result, bulk).map_err(WorkerError::system("arrange the descriptors"))?;
    match prepare(kind, name, &hello) {
        Ok((kind, layers)) => {
            let report = serde_json::to_vec(&layers)?;
            frame::write(&mut result, hello.nonce, Tag::Ready, &report).map_err(|source| {
                WorkerError::System {
                    action: "report the layers",
                    source,
                }
            })?;
            if hello.mode == Mode::Enforced && layers.missing().is_some() {
                // The host refuses it too; but no job shall get here by mistake.
                exit(BROKEN);
            }
            Ok(Armed {
                serve: kind.serve,
                hello,
                result,
                bulk,
            })
        }
        Err(error) => {
            let words = error.words();
            let _ = frame::write(&mut result, hello.nonce, Tag::Broken, words.as_bytes());
            Err(error)
        }
    }
}

fn prepare<'k>(
    kind: Option<&'k Kind>,
    name: &OsStr,
    hello: &Hello,
) -> Result<(&'k Kind, Layers), WorkerError> {
    let kind = kind.ok_or_else(|| WorkerError::Unknown(name.to_string_lossy().into_owned()))?;
    let mut layers = Layers::default();
    let closed = close_others();
    match closed {
        Ok(()) => layers.on(Layer::Descriptors, format!("{FIRST_FREE} of the protocol")),
        Err(errno) => layers.off(Layer::Descriptors, lockdown::errno_name(errno)),
    }
    let variables = fs::read("/proc/self/environ").unwrap_or_default();
    let variables = variables.iter().filter(|byte| **byte == 0).count();
    layers.on(Layer::Environment, format!("{variables} variables"));
    (kind.preload)().map_err(WorkerError::Preload)?;
    if let Some(threads) = threads().filter(|threads| *threads != 1) {
        return Err(WorkerError::Threads(threads));
    }
    lockdown::handle_violations().map_err(WorkerError::system("handle violations"))?;
    lockdown::report_violations(hello.nonce, RESULT);
    lockdown::lock_down(hello, &mut layers);
    Ok((kind, layers))
}

/// The first message, on descriptor 0, with the two pipes.
fn greet() -> Result<(Hello, Vec<OwnedFd>), WorkerError> {
    let (tag, length, pipes) = receive(Nonce::ZERO)?;
    if tag != Tag::Hello || u64::from(length) > SHORT {
        return Err(WorkerError::Unexpected);
    }
    let mut body = vec![0; length as usize];
    read_exact(&mut body)?;
    Ok((serde_json::from_slice(&body)?, pipes))
}

/// The header of a message of the host, and what came with it.
pub(super) fn receive(nonce: Nonce) -> Result<(Tag, u32, Vec<OwnedFd>), WorkerError> {
    let mut header = [0; HEADER];
    let descriptors = passing::receive(rustix::stdio::stdin(), &mut header)
        .map_err(WorkerError::system("hear the host"))?;
    let (tag, length) = frame::parse(&header, nonce).map_err(|_| WorkerError::Unexpected)?;
    Ok((tag, length, descriptors))
}

/// Bytes that follow a header.
pub(super) fn read_exact(mut buffer: &mut [u8]) -> Result<(), WorkerError> {
    while !buffer.is_empty() {
        match rustix::io::read(rustix::stdio::stdin(), &mut *buffer) {
            Ok(0) => return Err(WorkerError::Unexpected),
            Ok(count) => buffer = buffer.get_mut(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(WorkerError::system("hear the host")(errno)),
        }
    }
    Ok(())
}

/// Puts the pipes at their numbers, whatever was there.
fn place(result: OwnedFd, bulk: OwnedFd) -> Result<(File, File), Errno> {
    // Above both first: they may have come under these very numbers, crosswise.
    let above = |pipe: OwnedFd| rustix::io::fcntl_dupfd_cloexec(&pipe, FIRST_FREE.cast_signed());
    let (result, bulk) = (above(result)?, above(bulk)?);
    Ok((at(&result, RESULT)?, at(&bulk, BULK)?))
}

fn at(pipe: &OwnedFd, number: i32) -> Result<File, Errno> {
    // SAFETY: nothing in this process owns the numbers of the protocol: it has just begun, and what was inherited under
    // them is nobody's. dup3 closes that and sets the number anew.
    let done = unsafe { libc::dup3(pipe.as_raw_fd(), number, libc::O_CLOEXEC) };
    if done < 0 {
        return Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::BADF));
    }
    // SAFETY: the number has just been opened, and the file is its only owner.
    Ok(unsafe { File::from_raw_fd(number) })
}

/// Closes all that was inherited by accident.
fn close_others() -> Result<(), Errno> {
    // SAFETY: nothing in this process owns a descriptor of these numbers: the pipes have been put in place and the
    // copies that came in the message are dropped.
    let done = unsafe { libc::syscall(libc::SYS_close_range, FIRST_FREE, u32::MAX, 0) };
    if done == 0 {
        return Ok(());
    }
    let open: Vec<i32> = fs::read_dir("/proc/self/fd")
        .map_err(|_| Errno::NOSYS)?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for number in open
        .into_iter()
        .filter(|number| *number >= FIRST_FREE.cast_signed())
    {
        // SAFETY: as above; the descriptor of the listing itself is closed already and is refused, which is as good.
        unsafe { libc::close(number) };
    }
    Ok(())
}

/// How many threads there are, where the machine tells.
fn threads() -> Option<u64> {
    // One link for each thread, and two for the folder itself.
    fs::metadata("/proc/self/task").ok()?.nlink().checked_sub(2)
}

/// Ends the process without running what libraries have registered for its end: it may hang, and nothing is to be saved.
pub(super) fn exit(code: i32) -> ! {
    // SAFETY: always safe; no destructor of this process guards anything outside of it.
    unsafe { libc::_exit(code) }
}
