//! What a worker says when it is ready.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::process::{End, Process};
use crate::error::{ProtocolError, SandboxError};
use crate::frame::{Decoder, Frame, Tag};
use crate::layers::Layers;

/// How long a worker may take to get ready, the loading of its shared libraries included.
const START: Duration = Duration::from_secs(30);

/// The layers of the worker. Blocks until it is ready, which one that has waited is already.
pub(super) fn layers<'p>(process: &'p mut Process, kind: &str) -> Result<&'p Layers, SandboxError> {
    if process.layers.is_none() {
        let failed = |reason: String| SandboxError::Start {
            kind: kind.to_owned(),
            reason,
        };
        let frame = match frame(process) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Err(failed(end(process)?)),
            Err(error) => return Err(failed(error.to_string())),
        };
        match frame.tag {
            Tag::Ready => {
                let layers = serde_json::from_slice(&frame.body)
                    .map_err(|_| ProtocolError::Malformed(Tag::Ready as u8))?;
                process.layers = Some(layers);
            }
            Tag::Broken => return Err(failed(String::from_utf8_lossy(&frame.body).into_owned())),
            tag => return Err(failed(ProtocolError::Unexpected(tag as u8).to_string())),
        }
    }
    process
        .layers
        .as_ref()
        .ok_or(SandboxError::Protocol(ProtocolError::Missing))
}

/// The first frame; none when the worker ends before it.
fn frame(process: &Process) -> Result<Option<Frame>, SandboxError> {
    let mut decoder = Decoder::new(process.nonce, 0);
    let deadline = Instant::now() + START;
    let mut buffer = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(SandboxError::TimedOut {
                clock: crate::error::Clock::Wall,
                limit: START,
            });
        }
        let timeout = Timespec::try_from(left).ok();
        let mut wanted = [PollFd::from_borrowed_fd(process.result.as_fd(), PollFlags::IN)];
        match poll(&mut wanted, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(SandboxError::system("wait for a worker")(errno)),
        }
        match rustix::io::read(&process.result, &mut buffer) {
            Ok(0) => return Ok(None),
            Ok(count) => decoder.push(buffer.get(..count).unwrap_or_default()),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(errno) => return Err(SandboxError::system("read from a worker")(errno)),
        }
        if let Some(frame) = decoder.next()? {
            return Ok(Some(frame));
        }
    }
}

/// How a worker ended that has said nothing, in words.
fn end(process: &mut Process) -> Result<String, SandboxError> {
    process.kill();
    Ok(match process.bury()?.how {
        End::Code(code) => format!("it ended with exit code {code}"),
        End::Signal(signal) => format!("it was ended by signal {signal}"),
    })
}
