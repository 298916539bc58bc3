//! Answers that are none.
//!
//! A worker that has been taken over knows all that the honest part of it knows. To have the nonce too, the attacks put a
//! pipe of their own in place of the result pipe, let the honest part begin its answer, and read it there.

#![expect(unsafe_code, reason = "the descriptors of the protocol are misused by number")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::process::abort;
use std::thread;
use std::time::Duration;

use sandbox::{Clock, JobIo, Output, ProtocolError, SandboxError};

use crate::call::{Outcome, answer, call, say};
use crate::case::{Case, Expect, Target};

const RESULT: i32 = 3;
const BULK: i32 = 4;
/// Nonce, kind, length.
const HEADER: usize = 21;
const IS_RESULT: u8 = 2;

macro_rules! error {
    ($pattern:pat) => {
        Expect::Error(|error| matches!(error, $pattern))
    };
}

macro_rules! protocol {
    ($pattern:pat) => {
        error!(SandboxError::Protocol($pattern))
    };
}

const RESULT_TOO_LARGE: Expect = error!(SandboxError::OutputTooLarge {
    output: Output::Result,
    ..
});
const BULK_TOO_LARGE: Expect = error!(SandboxError::OutputTooLarge {
    output: Output::Bulk,
    ..
});

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("protocol", name, attack, expect);
    vec![
        new(
            "stdout-flood",
            stdout_flood,
            Expect::Reply(|reply| {
                reply.result == b"done"
                    && reply.logs.stdout.len() == 32 << 10
                    && reply.logs.stdout.ends_with(b"end")
            }),
        ),
        new(
            "stderr-flood",
            stderr_flood,
            Expect::Reply(|reply| {
                reply.result == b"done"
                    && reply.logs.stderr.len() == 32 << 10
                    && reply.logs.stderr.ends_with(b"end")
            }),
        ),
        new(
            "endless-flood",
            endless_flood,
            error!(SandboxError::OutputTooLarge {
                output: Output::Logs,
                ..
            }),
        )
        .within("cpu=20s"),
        new(
            "garbage",
            |_, _| raw(&[0x5a; 100]),
            protocol!(ProtocolError::Forged),
        ),
        new("forged-without-nonce", forged, protocol!(ProtocolError::Forged)),
        new(
            "answer-before-crash",
            answer_before_crash,
            error!(SandboxError::Killed {
                signal: libc::SIGABRT
            }),
        ),
        new(
            "answer-before-exit-code",
            answer_before_exit,
            error!(SandboxError::Exited { code: 3 }),
        ),
        new("two-answers", two_answers, protocol!(ProtocolError::Trailing)),
        new(
            "answer-and-a-byte",
            answer_and_a_byte,
            protocol!(ProtocolError::Trailing),
        ),
        new("four-gibibytes-announced", four_gib, RESULT_TOO_LARGE),
        new("cut-off", cut_off, protocol!(ProtocolError::Truncated)),
        new(
            "header-cut-off",
            header_cut_off,
            protocol!(ProtocolError::Truncated),
        ),
        new(
            "unknown-frame",
            |_, _| with_nonce(|frame| send(frame, 99, b"")),
            protocol!(ProtocolError::Unexpected(99)),
        ),
        new(
            "layers-again",
            |_, _| with_nonce(|frame| send(frame, 1, b"[]")),
            protocol!(ProtocolError::Unexpected(1)),
        ),
        new(
            "frame-of-the-host",
            |_, _| with_nonce(|frame| send(frame, 17, b"{}")),
            protocol!(ProtocolError::Unexpected(17)),
        ),
        new(
            "made-up-violation",
            |_, _| with_nonce(|frame| send(frame, 5, &[0; 8])),
            protocol!(ProtocolError::Unexpected(5)),
        ),
        new("no-answer", |_, _| exit(0), protocol!(ProtocolError::Missing)),
        new(
            "closes-and-leaves",
            closes_and_leaves,
            protocol!(ProtocolError::Missing),
        ),
        new(
            "slow-drip",
            slow_drip,
            error!(SandboxError::TimedOut {
                clock: Clock::Wall,
                ..
            }),
        )
        .within("wall=500ms"),
        new("result-too-large", |_, _| Ok(vec![0; 2000]), RESULT_TOO_LARGE).within("result=1KB"),
        new(
            "result-of-the-largest-size",
            |_, _| Ok(vec![7; 1024]),
            Expect::Reply(|reply| reply.result == [7; 1024]),
        )
        .within("result=1KB"),
        new("bulk-not-wanted", bulk_flood, BULK_TOO_LARGE).within("bulk=0"),
        new("bulk-flood", bulk_flood, BULK_TOO_LARGE),
        new(
            "bulk-four-gibibytes-announced",
            |_, _| raw_bulk(&u32::MAX.to_le_bytes()),
            BULK_TOO_LARGE,
        ),
        new(
            "bulk-cut-off",
            |_, _| raw_bulk(&[100, 0, 0, 0, 1]),
            protocol!(ProtocolError::BulkTruncated),
        ),
        new(
            "bulk-of-empty-parts",
            |_, _| raw_bulk(&[0; 4 * 5000]),
            protocol!(ProtocolError::TooManyParts(_)),
        ),
        new(
            "panic",
            |_, _| panic!("boom"),
            Expect::Error(|error| matches!(error, SandboxError::Panicked { message } if message == "boom")),
        ),
        new(
            "panic-with-many-words",
            |_, _| panic!("{}", "x".repeat(1 << 20)),
            Expect::Error(
                |error| matches!(error, SandboxError::Panicked { message } if message.len() == 16 << 10),
            ),
        ),
        new(
            "failure-with-many-words",
            |_, _| Err("值".repeat(1 << 20)),
            Expect::Error(
                |error| matches!(error, SandboxError::Failed { message } if message.len() <= 16 << 10),
            ),
        ),
        new(
            "violation-while-answering",
            violation_while_answering,
            error!(SandboxError::PolicyViolation { .. }),
        ),
    ]
}

fn exit(code: i32) -> Outcome {
    // SAFETY: ends the process.
    unsafe { libc::_exit(code) }
}

fn at(number: i32) -> File {
    // SAFETY: not sound, as the descriptor has an owner; an attacker doesn't ask.
    unsafe { File::from_raw_fd(number) }
}

fn raw(bytes: &[u8]) -> Outcome {
    at(RESULT).write_all(bytes).unwrap();
    exit(0)
}

/// The bytes on the bulk pipe, and then an honest answer.
fn raw_bulk(bytes: &[u8]) -> Outcome {
    let mut bulk = std::mem::ManuallyDrop::new(at(BULK));
    bulk.write_all(bytes).unwrap();
    say("done")
}

fn frame(nonce: &[u8], kind: u8, length: u32) -> Vec<u8> {
    [nonce, &[kind], &length.to_le_bytes()].concat()
}

/// The nonce, and where the host reads.
struct Stolen {
    nonce: Vec<u8>,
    result: File,
}

fn send(stolen: &mut Stolen, kind: u8, body: &[u8]) {
    let mut bytes = frame(&stolen.nonce, kind, u32::try_from(body.len()).unwrap());
    bytes.extend_from_slice(body);
    stolen.result.write_all(&bytes).unwrap();
}

/// Lets the honest part answer into a pipe, takes its nonce and goes on with it; then ends the process well.
fn with_nonce(then: fn(&mut Stolen)) -> Outcome {
    let mut ends = [0i32; 2];
    // SAFETY: pipe fills the array; the numbers are then swapped under the honest part.
    let result = unsafe {
        libc::pipe(ends.as_mut_ptr());
        let result = libc::dup(RESULT);
        libc::dup2(ends[1], RESULT);
        at(result)
    };
    let [read, _] = ends;
    thread::spawn(move || {
        let mut header = [0; HEADER];
        // It stays open to the end, or the honest part would notice that nobody reads.
        let mut pipe = at(read);
        pipe.read_exact(&mut header).unwrap();
        let (nonce, _) = header.split_at(16);
        then(&mut Stolen {
            nonce: nonce.to_vec(),
            result,
        });
        exit(0)
    });
    // More than the pipe takes, so that the honest part waits in the middle of its answer.
    Ok(vec![0; 1 << 20])
}

fn stdout_flood(_: &mut JobIo, _: &Target) -> Outcome {
    let mut stdout = std::io::stdout();
    stdout.write_all(&vec![b'x'; 4 << 20]).unwrap();
    stdout.write_all(b"\nend").unwrap();
    stdout.flush().unwrap();
    say("done")
}

fn stderr_flood(_: &mut JobIo, _: &Target) -> Outcome {
    let mut stderr = std::io::stderr();
    stderr.write_all(&vec![b'x'; 4 << 20]).unwrap();
    stderr.write_all(b"end").unwrap();
    say("done")
}

fn endless_flood(_: &mut JobIo, _: &Target) -> Outcome {
    let piece = vec![b'x'; 64 << 10];
    loop {
        std::io::stderr().write_all(&piece).unwrap();
    }
}

fn forged(_: &mut JobIo, _: &Target) -> Outcome {
    raw(&frame(&[0; 16], IS_RESULT, 0))
}

fn answer_before_crash(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        send(stolen, IS_RESULT, b"all is well");
        abort()
    })
}

fn answer_before_exit(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        send(stolen, IS_RESULT, b"all is well");
        exit(3).unwrap();
    })
}

fn two_answers(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        send(stolen, IS_RESULT, b"one");
        send(stolen, IS_RESULT, b"two");
    })
}

fn answer_and_a_byte(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        send(stolen, IS_RESULT, b"one");
        stolen.result.write_all(b"x").unwrap();
    })
}

fn four_gib(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        let header = frame(&stolen.nonce, IS_RESULT, u32::MAX);
        stolen.result.write_all(&header).unwrap();
        thread::sleep(Duration::from_secs(60));
    })
}

fn cut_off(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        let mut bytes = frame(&stolen.nonce, IS_RESULT, 100);
        bytes.extend_from_slice(b"not a hundred");
        stolen.result.write_all(&bytes).unwrap();
    })
}

fn header_cut_off(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        let header = frame(&stolen.nonce, IS_RESULT, 100);
        stolen.result.write_all(&header[..HEADER - 1]).unwrap();
    })
}

fn closes_and_leaves(_: &mut JobIo, _: &Target) -> Outcome {
    for number in 0..5 {
        answer(call(libc::SYS_close, [number]))?;
    }
    exit(0)
}

fn slow_drip(_: &mut JobIo, _: &Target) -> Outcome {
    with_nonce(|stolen| {
        let header = frame(&stolen.nonce, IS_RESULT, 1000);
        stolen.result.write_all(&header).unwrap();
        loop {
            stolen.result.write_all(b"x").unwrap();
            thread::sleep(Duration::from_millis(20));
        }
    })
}

fn bulk_flood(io: &mut JobIo, _: &Target) -> Outcome {
    loop {
        io.bulk()
            .write_all(&[7; 64 << 10])
            .map_err(|error| error.to_string())?;
    }
}

/// While the answer is written, another thread does what is forbidden: its report must not pass for a part of the answer.
fn violation_while_answering(_: &mut JobIo, _: &Target) -> Outcome {
    let mut ends = [0i32; 2];
    // SAFETY: as in `with_nonce`: the honest part waits in the middle of its answer.
    unsafe {
        libc::pipe(ends.as_mut_ptr());
        libc::dup2(ends[1], RESULT);
    }
    let pipe = at(ends[0]);
    thread::spawn(move || {
        let mut header = [0; HEADER];
        (&pipe).read_exact(&mut header).unwrap();
        assert!(pipe.as_raw_fd() > 0);
        answer(call(libc::SYS_bpf, [0; 6]))
    });
    Ok(vec![0; 1 << 20])
}
