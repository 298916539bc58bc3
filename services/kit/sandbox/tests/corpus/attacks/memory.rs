//! Memory without end, and the ways around the limit of it.

#![expect(unsafe_code, reason = "memory is mapped and touched by hand")]

use std::hint::black_box;

use libc::{
    MAP_ANONYMOUS, MAP_GROWSDOWN, MAP_HUGETLB, MAP_NORESERVE, MAP_PRIVATE, MAP_SHARED, MAP_SHARED_VALIDATE,
    PROT_EXEC, PROT_NONE, PROT_READ, PROT_WRITE,
};
use rustix::io::Errno;
use sandbox::{JobIo, SandboxError};

use super::EPERM;
use crate::call::{Outcome, answer, call, path, say};
use crate::case::{Case, Expect, Target};

const MIB: usize = 1 << 20;
const OUT: Expect = Expect::Error(|error| matches!(error, SandboxError::OutOfMemory { .. }));
const ENOMEM: Expect = Expect::Says(&["ENOMEM"]);

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("memory", name, attack, expect);
    vec![
        new("heap-growth", heap_growth, OUT),
        new("one-huge-allocation", huge_allocation, OUT),
        new("many-threads-allocate", many_threads, OUT),
        new(
            "private-mapping",
            |_, _| answer(map(1 << 30, RW, MAP_PRIVATE | MAP_ANONYMOUS)),
            ENOMEM,
        ),
        new("reserve-then-make-writable", reserve, ENOMEM),
        new("remap-larger", remap, ENOMEM),
        new("break-moved", moved_break, Expect::Says(&["refused"])),
        new("private-file-mapping", file_mapping, ENOMEM),
        new(
            "shared-anonymous",
            |_, _| answer(map(1 << 30, RW, MAP_SHARED | MAP_ANONYMOUS)),
            EPERM,
        ),
        new(
            "shared-validate-anonymous",
            |_, _| answer(map(MIB, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS)),
            EPERM,
        ),
        new(
            "grows-down",
            |_, _| answer(map(MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN)),
            EPERM,
        ),
        new(
            "huge-pages",
            |_, _| answer(map(2 * MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB)),
            EPERM,
        ),
        new(
            "executable-mapping",
            |_, _| answer(map(MIB, RW | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS)),
            EPERM,
        ),
        new("made-executable", made_executable, EPERM),
        new(
            "memfd",
            |_, _| answer(call(libc::SYS_memfd_create, [path(c"x"), 0])),
            EPERM,
        ),
        new(
            "memfd-secret",
            |_, _| answer(call(libc::SYS_memfd_secret, [0])),
            EPERM,
        ),
        new("dev-shm", dev_shm, EPERM),
        new(
            "system-v-shared",
            |_, _| answer(call(libc::SYS_shmget, [0, MIB, 0o1600])),
            EPERM,
        ),
        new(
            "system-v-semaphores",
            |_, _| answer(call(libc::SYS_semget, [0, 100, 0o1600])),
            EPERM,
        ),
        new(
            "system-v-messages",
            |_, _| answer(call(libc::SYS_msgget, [0, 0o1600])),
            EPERM,
        ),
        new(
            "posix-messages",
            |_, _| answer(call(libc::SYS_mq_open, [path(c"x"), 0o102, 0o600, 0])),
            EPERM,
        ),
        new("locked", |_, _| answer(call(libc::SYS_mlockall, [3])), EPERM),
        new("page-tables", page_tables, ENOMEM),
        new(
            "deep-recursion",
            deep_recursion,
            Expect::Error(|error| matches!(error, SandboxError::Killed { .. })),
        ),
        new("pipes-without-end", pipes, Expect::Says(&["EMFILE"])),
    ]
}

const RW: i32 = PROT_READ | PROT_WRITE;

fn map(length: usize, protection: i32, flags: i32) -> Result<usize, Errno> {
    let (protection, flags) = (
        protection.cast_unsigned() as usize,
        flags.cast_unsigned() as usize,
    );
    call(libc::SYS_mmap, [0, length, protection, flags, usize::MAX, 0])
}

fn heap_growth(_: &mut JobIo, _: &Target) -> Outcome {
    let mut all = Vec::new();
    loop {
        all.push(black_box(vec![1u8; MIB]));
    }
}

/// As `lpad('x', 2000000000)` in SQL.
fn huge_allocation(_: &mut JobIo, _: &Target) -> Outcome {
    say(black_box(vec![b' '; 2_000_000_000]).len().to_string())
}

fn many_threads(_: &mut JobIo, target: &Target) -> Outcome {
    for _ in 0..8 {
        std::thread::spawn(|| {
            let mut all = Vec::new();
            loop {
                all.push(black_box(vec![1u8; 64 << 10]));
            }
        });
    }
    heap_growth_in(target)
}

fn heap_growth_in(_: &Target) -> Outcome {
    let mut all = Vec::new();
    loop {
        all.push(black_box(vec![1u8; MIB]));
    }
}

/// Memory that can't be written to is not counted: only when it becomes writable.
fn reserve(_: &mut JobIo, _: &Target) -> Outcome {
    let length = 1 << 30;
    match map(length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE) {
        Ok(address) => answer(call(
            libc::SYS_mprotect,
            [address, length, RW.cast_unsigned() as usize],
        )),
        Err(errno) => Err(format!("not even reserved: {errno}")),
    }
}

fn remap(_: &mut JobIo, _: &Target) -> Outcome {
    match map(MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS) {
        Ok(address) => answer(call(
            libc::SYS_mremap,
            [
                address,
                MIB,
                1 << 30,
                libc::MREMAP_MAYMOVE.cast_unsigned() as usize,
            ],
        )),
        Err(errno) => Err(format!("not even mapped: {errno}")),
    }
}

fn moved_break(_: &mut JobIo, _: &Target) -> Outcome {
    let now = call(libc::SYS_brk, [0]).map_err(|errno| errno.to_string())?;
    let wanted = now + (1 << 30);
    let got = call(libc::SYS_brk, [wanted]).map_err(|errno| errno.to_string())?;
    say(if got < wanted { "refused" } else { "allowed" })
}

/// Copies of a file's pages are memory too.
fn file_mapping(io: &mut JobIo, _: &Target) -> Outcome {
    let file = io.take_input(0).ok_or("no input")?;
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file).cast_unsigned() as usize;
    let (protection, flags) = (RW.cast_unsigned() as usize, MAP_PRIVATE.cast_unsigned() as usize);
    answer(call(
        libc::SYS_mmap,
        [0, 1 << 30, protection, flags, descriptor, 0],
    ))
}

fn made_executable(_: &mut JobIo, _: &Target) -> Outcome {
    let address = map(MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS).map_err(|errno| errno.to_string())?;
    let executable = (PROT_READ | PROT_EXEC).cast_unsigned() as usize;
    answer(call(libc::SYS_mprotect, [address, MIB, executable]))
}

fn dev_shm(_: &mut JobIo, target: &Target) -> Outcome {
    crate::call::io(std::fs::write(format!("/dev/shm/{}", target.mark), "x"))
}

/// Pages that are only read are no memory, but their tables are: 4 KB for each 2 MB. What may be mapped is read through.
fn page_tables(_: &mut JobIo, _: &Target) -> Outcome {
    let length = 16 << 30;
    for _ in 0..64 {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        let address = match map(length, PROT_READ, flags) {
            Ok(address) => address,
            Err(errno) => return answer(Err(errno)),
        };
        for offset in (0..length).step_by(2 * MIB) {
            // SAFETY: the address is within the mapping, which can be read.
            black_box(unsafe { std::ptr::read_volatile((address + offset) as *const u8) });
        }
    }
    say("allowed")
}

/// As a chain of thousands of UNIONs in a recursive parser.
fn deep_recursion(_: &mut JobIo, _: &Target) -> Outcome {
    #[expect(unconditional_recursion, reason = "it is the attack")]
    fn deeper(depth: u64) -> u64 {
        let page = black_box([depth; 512]);
        page[7] + deeper(depth + 1)
    }
    say(deeper(0).to_string())
}

/// The kernel's own memory for pipes is bounded by the number of descriptors.
fn pipes(_: &mut JobIo, _: &Target) -> Outcome {
    loop {
        let mut ends = [0i32; 2];
        if let Err(errno) = call(libc::SYS_pipe2, [ends.as_mut_ptr() as usize, 0]) {
            return answer(Err(errno));
        }
    }
}
