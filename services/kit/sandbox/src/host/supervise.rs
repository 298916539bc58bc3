//! One job, watched from its hand-over to the end of its worker.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{SendFlags, Shutdown, send, shutdown};

use super::logs::{Logs, Tail};
use super::outcome::{Failure, Reply, Usage};
use super::pool::Job;
use super::process::Process;
use super::spawner::Successor;
use super::verdict::{Said, judge};
use crate::bulk::{BulkReader, Sink};
use crate::error::{Clock, Output, SandboxError};
use crate::frame::{Decoder, Nonce, Tag, header};
use crate::limits::Limits;
use crate::message::Assignment;
use crate::passing;

/// How often memory and threads are looked at.
const TICK: Duration = Duration::from_millis(10);
/// What may be printed at all; only the end of it is kept.
const PRINTED: u64 = 64 << 20;
/// Reads from one pipe in one turn, so that no pipe keeps the others or the clock waiting.
const READS: usize = 4;
const BUFFER: usize = 64 << 10;

/// Sends the job to a worker that is ready. The nonce is that of the answer.
pub(super) fn hand_over(worker: &Process, job: &Job) -> Result<Nonce, SandboxError> {
    let nonce = Nonce::random().map_err(SandboxError::system("draw a random number"))?;
    let assignment = Assignment {
        nonce,
        request: job.request.len() as u64,
        inputs: u32::try_from(job.inputs.len()).unwrap_or(u32::MAX),
        traceparent: job.traceparent.clone(),
    };
    let body = serde_json::to_vec(&assignment).map_err(|error| SandboxError::System {
        action: "write a job",
        source: error.into(),
    })?;
    let length = u32::try_from(body.len()).map_err(|_| SandboxError::Job("its description is too long"))?;
    let message = [header(worker.nonce, Tag::Job, length).as_slice(), &body].concat();
    let inputs: Vec<BorrowedFd<'_>> = job.inputs.iter().map(AsFd::as_fd).collect();
    let socket = worker
        .requests
        .as_ref()
        .ok_or(SandboxError::Job("the worker had a job before"))?;
    passing::send(socket, &message, &inputs).map_err(SandboxError::system("hand a job to a worker"))?;
    Ok(nonce)
}

/// Follows the job to the end of the worker, and buries it.
pub(super) fn follow(
    worker: Process,
    nonce: Nonce,
    request: Vec<u8>,
    limits: &Limits,
    sink: &mut dyn Sink,
    mut successor: Successor<'_>,
) -> Result<Reply, Failure> {
    let started = Instant::now();
    let mut watch = Watch::new(worker, nonce, request, limits, sink);
    let watched = watch.until_end(started, &mut successor);
    if watched.is_err() {
        watch.worker.kill();
    }
    let exit = watch.worker.bury();
    if watched.is_ok() {
        watch.drain();
    }
    let Watch {
        said,
        bulk,
        stdout,
        stderr,
        ..
    } = watch;
    let logs = Logs {
        stdout: stdout.tail.into_bytes(),
        stderr: stderr.tail.into_bytes(),
    };
    let usage = Usage {
        wall: started.elapsed(),
        cpu: exit.as_ref().map(|exit| exit.cpu).unwrap_or_default(),
        peak: exit.as_ref().map(|exit| exit.peak).unwrap_or_default(),
    };
    let judged = watched
        .and(exit)
        .and_then(|exit| judge(said, exit, limits, &logs.stderr))
        .and_then(|result| Ok((result, bulk.finish()?)));
    match judged {
        Ok((result, parts)) => Ok(Reply {
            result,
            parts,
            logs,
            usage,
        }),
        Err(error) => Err(Failure { error, logs, usage }),
    }
}

struct Printed {
    tail: Tail,
    open: bool,
}

struct Watch<'a> {
    worker: Process,
    limits: &'a Limits,
    sink: &'a mut dyn Sink,
    request: Vec<u8>,
    sent: usize,
    decoder: Decoder,
    said: Said,
    result_open: bool,
    bulk: BulkReader,
    bulk_open: bool,
    stdout: Printed,
    stderr: Printed,
    buffer: Vec<u8>,
}

impl<'a> Watch<'a> {
    fn new(
        worker: Process,
        nonce: Nonce,
        request: Vec<u8>,
        limits: &'a Limits,
        sink: &'a mut dyn Sink,
    ) -> Self {
        let half = usize::try_from(limits.logs / 2).unwrap_or(usize::MAX);
        let printed = || Printed {
            tail: Tail::new(half),
            open: true,
        };
        Self {
            worker,
            limits,
            sink,
            request,
            sent: 0,
            decoder: Decoder::new(nonce, limits.result),
            said: Said::default(),
            result_open: true,
            bulk: BulkReader::new(limits.bulk),
            bulk_open: true,
            stdout: printed(),
            stderr: printed(),
            buffer: vec![0; BUFFER],
        }
    }

    /// Until the worker has ended by itself; an error is the reason to end it.
    fn until_end(&mut self, started: Instant, successor: &mut Successor<'_>) -> Result<(), SandboxError> {
        let mut looked = started;
        loop {
            let left = self.limits.wall.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(SandboxError::TimedOut {
                    clock: Clock::Wall,
                    limit: self.limits.wall,
                });
            }
            self.wait(left.min(TICK))?;
            self.send_request()?;
            self.read()?;
            if self.worker.try_bury()?.is_some() {
                return Ok(());
            }
            if looked.elapsed() >= TICK {
                looked = Instant::now();
                self.look()?;
                successor.order();
            }
        }
    }

    /// Until something happens, or the time is up.
    fn wait(&self, time: Duration) -> Result<(), SandboxError> {
        let mut wanted = Vec::with_capacity(6);
        let pipes: [(&OwnedFd, bool); 4] = [
            (&self.worker.result, self.result_open),
            (&self.worker.bulk, self.bulk_open),
            (&self.worker.stdout, self.stdout.open),
            (&self.worker.stderr, self.stderr.open),
        ];
        for (pipe, _) in pipes.iter().filter(|(_, open)| *open) {
            wanted.push(PollFd::new(*pipe, PollFlags::IN));
        }
        if let Some(socket) = &self.worker.requests {
            wanted.push(PollFd::new(socket, PollFlags::OUT));
        }
        if let Some(handle) = self.worker.handle() {
            wanted.push(PollFd::from_borrowed_fd(handle, PollFlags::IN));
        }
        let time = Timespec::try_from(time).ok();
        match poll(&mut wanted, time.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(errno) => Err(SandboxError::system("wait for a worker")(errno)),
        }
    }

    /// Sends what the socket takes of the request.
    fn send_request(&mut self) -> Result<(), SandboxError> {
        let Some(socket) = &self.worker.requests else {
            return Ok(());
        };
        while let Some(rest) = self.request.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match send(socket, rest, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
                Ok(count) => self.sent += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(()),
                // It has ended, and how it has will be seen.
                Err(Errno::PIPE | Errno::CONNRESET) => break,
                Err(errno) => return Err(SandboxError::system("send a request to a worker")(errno)),
            }
        }
        // Nothing follows: who reads on sees the end, and nobody needs the socket any more.
        let _ = shutdown(socket, Shutdown::Write);
        self.worker.requests = None;
        Ok(())
    }

    /// Reads what the pipes hold, within a turn; false when there was nothing.
    fn read(&mut self) -> Result<bool, SandboxError> {
        let mut any = false;
        for _ in 0..READS {
            let piece = read(&self.worker.result, &mut self.result_open, &mut self.buffer)?;
            if piece.is_empty() {
                break;
            }
            any = true;
            self.decoder.push(piece);
            while let Some(frame) = self.decoder.next()? {
                if self.said.frame.is_some() {
                    self.said.trailing = true;
                } else {
                    self.said.frame = Some(frame);
                }
            }
            if self.said.frame.is_some() && !self.decoder.is_empty() {
                self.said.trailing = true;
            }
        }
        for _ in 0..READS {
            let piece = read(&self.worker.bulk, &mut self.bulk_open, &mut self.buffer)?;
            if piece.is_empty() {
                break;
            }
            any = true;
            self.bulk.push(piece, self.sink)?;
        }
        for (pipe, printed) in [
            (&self.worker.stdout, &mut self.stdout),
            (&self.worker.stderr, &mut self.stderr),
        ] {
            for _ in 0..READS {
                let piece = read(pipe, &mut printed.open, &mut self.buffer)?;
                if piece.is_empty() {
                    break;
                }
                any = true;
                printed.tail.push(piece);
            }
            if printed.tail.total > PRINTED {
                return Err(SandboxError::OutputTooLarge {
                    output: Output::Logs,
                    limit: PRINTED,
                });
            }
        }
        Ok(any)
    }

    /// Reads what a worker has left in the pipes when it ended. Nobody writes any more, so that a turn without a piece is
    /// the end.
    fn drain(&mut self) {
        loop {
            match self.read() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.said.broken = Some(error);
                    break;
                }
            }
        }
        self.said.truncated = !self.said.trailing && !self.decoder.is_empty();
    }

    /// Looks at memory and threads.
    fn look(&self) -> Result<(), SandboxError> {
        if self
            .worker
            .private_memory()
            .is_some_and(|used| used > self.limits.memory)
        {
            return Err(SandboxError::OutOfMemory {
                limit: self.limits.memory,
            });
        }
        if self
            .worker
            .threads()
            .is_some_and(|threads| threads > self.limits.threads)
        {
            return Err(SandboxError::TooManyThreads {
                limit: self.limits.threads,
            });
        }
        Ok(())
    }
}

/// Reads once, without waiting; what is read is empty when there is nothing, or nothing any more.
fn read<'b>(pipe: &OwnedFd, open: &mut bool, buffer: &'b mut [u8]) -> Result<&'b [u8], SandboxError> {
    if !*open {
        return Ok(&[]);
    }
    match rustix::io::read(pipe, &mut *buffer) {
        Ok(count) => {
            *open = count > 0;
            Ok(buffer.get(..count).unwrap_or_default())
        }
        Err(Errno::AGAIN | Errno::INTR) => Ok(&[]),
        Err(errno) => Err(SandboxError::system("read from a worker")(errno)),
    }
}
