//! Work without end.

#![expect(unsafe_code, reason = "signals are ignored and blocked")]

use std::hint::black_box;
use std::io::Write;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use sandbox::{Clock, JobIo, SandboxError};

use crate::call::Outcome;
use crate::case::{Case, Expect, Target};

const CPU: Expect = Expect::Error(|error| {
    matches!(
        error,
        SandboxError::TimedOut {
            clock: Clock::Cpu,
            ..
        }
    )
});
const WALL: Expect = Expect::Error(|error| {
    matches!(
        error,
        SandboxError::TimedOut {
            clock: Clock::Wall,
            ..
        }
    )
});

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("cpu", name, attack, expect);
    vec![
        new("infinite-loop", infinite_loop, CPU),
        new("ignored-sigxcpu", ignored, CPU),
        new("blocked-signals", blocked, CPU),
        new("all-threads-spin", all_threads, CPU),
        new("sleep", sleep, WALL).within("wall=300ms"),
        new("deadlock", deadlock, WALL).within("wall=300ms"),
        new("reads-what-never-comes", reads_forever, WALL).within("wall=300ms"),
    ]
}

fn spin() -> ! {
    let mut number = 0u64;
    loop {
        number = black_box(number.wrapping_mul(3).wrapping_add(1));
    }
}

fn infinite_loop(_: &mut JobIo, _: &Target) -> Outcome {
    spin()
}

fn ignored(_: &mut JobIo, _: &Target) -> Outcome {
    // SAFETY: ignoring a signal runs no code.
    unsafe { libc::signal(libc::SIGXCPU, libc::SIG_IGN) };
    spin()
}

fn blocked(_: &mut JobIo, _: &Target) -> Outcome {
    // SAFETY: the set is valid, and made full before it is used.
    unsafe {
        let mut all = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut());
    }
    spin()
}

fn all_threads(_: &mut JobIo, _: &Target) -> Outcome {
    for _ in 0..4 {
        thread::spawn(|| spin());
    }
    spin()
}

fn sleep(_: &mut JobIo, _: &Target) -> Outcome {
    thread::sleep(Duration::from_secs(3600));
    Ok(Vec::new())
}

fn deadlock(io: &mut JobIo, _: &Target) -> Outcome {
    // Tells that it has begun.
    io.bulk().write_all(b"begun").unwrap();
    io.bulk().flush().unwrap();
    let lock = Mutex::new(());
    let never = Condvar::new();
    let mut guard = lock.lock().unwrap();
    loop {
        guard = never.wait(guard).unwrap();
    }
}

fn reads_forever(_: &mut JobIo, _: &Target) -> Outcome {
    let mut ends = [0; 2];
    // SAFETY: pipe fills the array.
    unsafe { libc::pipe(ends.as_mut_ptr()) };
    let mut byte = [0; 1];
    // SAFETY: the buffer is as long as is said.
    unsafe { libc::read(ends[0], byte.as_mut_ptr().cast(), 1) };
    Ok(Vec::new())
}
