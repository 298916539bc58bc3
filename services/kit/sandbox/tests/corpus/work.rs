//! Honest work, which the sandbox must not hinder.

#![expect(unsafe_code, reason = "a file is mapped as libraries do it")]

use std::collections::HashMap;
use std::io::{Read, Seek, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant, SystemTime};

use rayon::prelude::*;
use sandbox::{JobIo, SandboxError};
use tokio::runtime::Builder;

use crate::call::{Outcome, say};
use crate::case::{Case, Expect, INPUTS, TRACEPARENT, Target};

const DONE: Expect = Expect::Says(&["done"]);

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("work", name, attack, expect);
    vec![
        new("inputs", inputs, DONE),
        new("map-an-input", map_an_input, DONE),
        new(
            "bulk",
            bulk,
            Expect::Reply(|reply| reply.parts == [300_000, 0, 5] && reply.result == b"done"),
        ),
        new("context-and-limits", context, DONE),
        new(
            "large-answer",
            |_, _| Ok(vec![9; 8 << 20]),
            Expect::Reply(|reply| reply.result.len() == 8 << 20),
        ),
        new(
            "words-for-the-person",
            |_, _| Err("第3行".to_owned()),
            Expect::Error(|error| matches!(error, SandboxError::Failed { message } if message == "第3行")),
        ),
        new(
            "prints",
            prints,
            Expect::Reply(|reply| reply.logs.stdout_text() == "out\n" && reply.logs.stderr_text() == "err\n"),
        ),
        new(
            "usage",
            usage,
            Expect::Reply(|reply| {
                reply.usage.cpu >= Duration::from_millis(100) && reply.usage.peak >= 32 << 20
            }),
        ),
        new("rayon", rayon, DONE),
        new("threads-of-std", threads, DONE),
        new(
            "tokio-of-one-thread",
            |_, _| runtime(Builder::new_current_thread()),
            DONE,
        ),
        new(
            "tokio-of-many-threads",
            |_, _| runtime(Builder::new_multi_thread()),
            DONE,
        ),
        new("clocks-and-chance", clocks, DONE),
        new("what-is-not-there", not_there, DONE),
        new("memory-within-the-limit", memory, DONE),
    ]
}

fn inputs(io: &mut JobIo, _: &Target) -> Outcome {
    assert_eq!(io.inputs(), INPUTS.len());
    for (index, expected) in INPUTS.iter().enumerate() {
        let mut file = io.take_input(index).ok_or("no input")?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        assert_eq!(bytes, *expected);
        if index < 2 {
            // The length of a file and its end, as readers of Parquet need them.
            assert_eq!(file.metadata().unwrap().len(), expected.len() as u64);
            file.seek(std::io::SeekFrom::End(-2)).unwrap();
            bytes.clear();
            file.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, expected[expected.len() - 2..]);
        }
        assert!(io.take_input(index).is_none());
    }
    say("done")
}

fn map_an_input(io: &mut JobIo, _: &Target) -> Outcome {
    let file = io.take_input(0).ok_or("no input")?;
    // SAFETY: the input is sealed, so that nobody changes it or cuts it off under the mapping.
    let bytes = unsafe {
        let address = libc::mmap(
            std::ptr::null_mut(),
            5,
            libc::PROT_READ,
            libc::MAP_SHARED,
            file.as_raw_fd(),
            0,
        );
        assert_ne!(address, libc::MAP_FAILED);
        std::slice::from_raw_parts(address.cast::<u8>(), 5)
    };
    assert_eq!(bytes, INPUTS[0]);
    say("done")
}

fn bulk(io: &mut JobIo, _: &Target) -> Outcome {
    let bulk = io.bulk();
    for _ in 0..300 {
        bulk.write_all(&[7; 1000]).map_err(|error| error.to_string())?;
    }
    bulk.end_part().map_err(|error| error.to_string())?;
    bulk.end_part().map_err(|error| error.to_string())?;
    bulk.write_all(b"last.").map_err(|error| error.to_string())?;
    say("done")
}

fn context(io: &mut JobIo, _: &Target) -> Outcome {
    assert_eq!(io.traceparent(), Some(TRACEPARENT));
    assert_eq!(io.limits().rows, 10_000);
    say("done")
}

fn prints(_: &mut JobIo, _: &Target) -> Outcome {
    println!("out");
    eprintln!("err");
    say("done")
}

fn usage(_: &mut JobIo, _: &Target) -> Outcome {
    let memory = vec![1u8; 32 << 20];
    let mut sum = 0u64;
    loop {
        sum = sum.wrapping_add(u64::from(std::hint::black_box(&memory)[(sum % 1000) as usize]));
        // SAFETY: an all-zero timespec is valid, and is filled.
        let used = unsafe {
            let mut used = std::mem::zeroed();
            libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut used);
            used
        };
        if used.tv_nsec > 150_000_000 {
            return say("done");
        }
    }
}

fn rayon(_: &mut JobIo, _: &Target) -> Outcome {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(8)
        .thread_name(|index| format!("rayon-{index}"))
        .build()
        .map_err(|error| error.to_string())?;
    pool.install(|| {
        let mut numbers: Vec<u64> = (0..400_000)
            .map(|n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .collect();
        numbers.par_sort_unstable();
        assert!(numbers.par_windows(2).all(|pair| pair[0] <= pair[1]));
        let words: HashMap<u64, usize> = numbers.par_iter().map(|n| (n % 1000, 1)).collect();
        assert_eq!(words.len(), 1000);
    });
    // The pool of the whole process, with as many threads as there are processors.
    assert_eq!((0..1000u64).into_par_iter().sum::<u64>(), 499_500);
    say("done")
}

fn threads(_: &mut JobIo, _: &Target) -> Outcome {
    assert!(std::thread::available_parallelism().is_ok());
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for index in 0..16 {
            let sender = sender.clone();
            std::thread::Builder::new()
                .name(format!("worker-{index}"))
                .spawn_scoped(scope, move || sender.send(vec![index; 100_000]).unwrap())
                .unwrap();
        }
    });
    drop(sender);
    assert_eq!(receiver.iter().map(|part| part.len()).sum::<usize>(), 1_600_000);
    say("done")
}

/// All of it is on, signals too: DataFusion needs no more than timers and channels, but services build theirs this way.
fn runtime(mut builder: Builder) -> Outcome {
    let runtime = builder.enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(4);
        for index in 0..8u64 {
            let sender = sender.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                sender.send(index).await.unwrap();
            });
        }
        drop(sender);
        let mut sum = tokio::task::spawn_blocking(|| 100).await.unwrap();
        while let Some(index) = receiver.recv().await {
            sum += index;
        }
        assert_eq!(sum, 128);
        assert!(
            tokio::time::timeout(Duration::from_millis(5), std::future::pending::<()>())
                .await
                .is_err()
        );
    });
    say("done")
}

fn clocks(_: &mut JobIo, _: &Target) -> Outcome {
    let before = Instant::now();
    std::thread::sleep(Duration::from_millis(2));
    assert!(before.elapsed() >= Duration::from_millis(2));
    assert!(SystemTime::now() > SystemTime::UNIX_EPOCH);
    // Seeded by the kernel.
    let numbers: HashMap<u64, u64> = (0..100).map(|n| (n, n)).collect();
    assert_eq!(numbers.len(), 100);
    let (mut one, mut other) = UnixStream::pair().map_err(|error| error.to_string())?;
    one.set_nonblocking(true).unwrap();
    one.write_all(b"x").unwrap();
    let mut byte = [0];
    other.read_exact(&mut byte).unwrap();
    say("done")
}

/// What libraries look for and can do without: an error, and no end.
fn not_there(_: &mut JobIo, _: &Target) -> Outcome {
    assert!(std::fs::read("/proc/self/cgroup").is_err());
    assert!(std::fs::read("/proc/meminfo").is_err());
    assert!(std::fs::read("/etc/localtime").is_err());
    assert!(std::fs::metadata("/sys/fs/cgroup/cpu.max").is_err());
    assert!(std::env::current_dir().is_err());
    assert!(std::env::current_exe().is_err());
    assert!(std::env::var_os("HOME").is_none() && std::env::var_os("PATH").is_none());
    assert!(!std::io::IsTerminal::is_terminal(&std::io::stdout()));
    assert!(std::env::temp_dir().read_dir().is_err());
    say("done")
}

/// Most of what there is, twice, given back in between.
fn memory(_: &mut JobIo, _: &Target) -> Outcome {
    for _ in 0..2 {
        let most: Vec<Vec<u8>> = (0..90).map(|_| vec![1u8; 1 << 20]).collect();
        assert_eq!(std::hint::black_box(&most).len(), 90);
    }
    say("done")
}
