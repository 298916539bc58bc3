//! The one job of a worker.

use std::any::Any;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::arm::{self, Armed};
use super::{RESULT, WorkerError};
use crate::bulk::BulkWriter;
use crate::frame::{self, Nonce, SHORT, Tag};
use crate::kind::JobIo;
use crate::lockdown;
use crate::message::Assignment;

const DONE: i32 = 0;
/// The exit code of a worker whose answer nobody takes.
const UNHEARD: i32 = 71;

/// Waits for the job, does it and answers. What is returned is the exit code.
pub(super) fn serve(armed: Armed) -> i32 {
    let Armed {
        serve,
        hello,
        result,
        bulk,
    } = armed;
    let Ok((assignment, request, inputs)) = job(hello.nonce, hello.limits.request) else {
        // The pool is closing: there was no job.
        return DONE;
    };
    lockdown::report_violations(assignment.nonce, RESULT);
    let mut io = JobIo {
        request,
        inputs,
        bulk: BulkWriter::new(bulk),
        limits: hello.limits,
        traceparent: assignment.traceparent,
        trees: hello.trees,
        nonce: assignment.nonce,
        result,
    };
    let done = catch_unwind(AssertUnwindSafe(|| serve(&mut io)));
    let (tag, body) = match done {
        Ok(Ok(body)) => (Tag::Result, body),
        Ok(Err(words)) => (Tag::Failed, short(&words)),
        Err(panic) => (Tag::Panicked, short(message(panic.as_ref()))),
    };
    if tag == Tag::Result && io.bulk.finish().is_err() {
        return UNHEARD;
    }
    // Threads of the job may still run: a violation of theirs must not land in the middle of this frame.
    lockdown::report_no_more();
    match frame::write(&mut io.result, assignment.nonce, tag, &body) {
        Ok(()) => DONE,
        Err(_) => UNHEARD,
    }
}

/// The inputs of a job, each of them until it is taken.
type Inputs = Vec<Option<File>>;

/// The job, its request and its inputs.
fn job(nonce: Nonce, most: u64) -> Result<(Assignment, Vec<u8>, Inputs), WorkerError> {
    let (tag, length, inputs) = arm::receive(nonce)?;
    if tag != Tag::Job || u64::from(length) > SHORT {
        return Err(WorkerError::Unexpected);
    }
    let mut body = vec![0; length as usize];
    arm::read_exact(&mut body)?;
    let assignment: Assignment = serde_json::from_slice(&body)?;
    if assignment.inputs as usize != inputs.len() || assignment.request > most {
        return Err(WorkerError::Unexpected);
    }
    let length = usize::try_from(assignment.request).map_err(|_| WorkerError::Unexpected)?;
    let mut request = vec![0; length];
    arm::read_exact(&mut request)?;
    let inputs = inputs.into_iter().map(|input| Some(File::from(input))).collect();
    Ok((assignment, request, inputs))
}

/// The words of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}

/// The beginning of a text, as much as fits into a frame.
fn short(words: &str) -> Vec<u8> {
    let most = usize::try_from(SHORT).unwrap_or(usize::MAX).min(words.len());
    let end = (0..=most)
        .rev()
        .find(|end| words.is_char_boundary(*end))
        .unwrap_or(0);
    words.as_bytes().get(..end).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_between_characters() {
        let words = "值".repeat(10_000);
        let cut = short(&words);
        assert!(cut.len() as u64 <= SHORT && cut.len() as u64 > SHORT - 3);
        assert!(words.starts_with(std::str::from_utf8(&cut).unwrap()));
        assert_eq!(short("值"), "值".as_bytes());
    }
}
