//! With a folder that may be read, where paths are up to Landlock or the mount namespace and not to the filter of calls.

use std::fs::{self, File};
use std::process::Command;

use sandbox::{JobIo, SandboxError};

use crate::call::{Outcome, answer, call, io, path, say};
use crate::case::{Case, Expect, Target};

/// Landlock says that it is denied; in a file system of its own, it isn't there.
const AWAY: Expect = Expect::Says(&["EACCES", "ENOENT"]);
/// Landlock, the filter of calls, or a file system that is read only.
const UNWRITABLE: Expect = Expect::Says(&["EACCES", "EPERM", "EROFS"]);

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("trees", name, attack, expect).with_tree();
    vec![
        new("read-within", read_within, Expect::Says(&["content"])),
        new(
            "list-within",
            |_, target| io(fs::read_dir(&target.folder)),
            Expect::Says(&["allowed"]),
        ),
        new("passwd", |_, _| io(File::open("/etc/passwd")), AWAY),
        new("shadow", |_, _| io(File::open("/etc/shadow")), AWAY),
        new(
            "up-and-away",
            |_, target| io(File::open(target.folder.join("../../etc/passwd"))),
            AWAY,
        ),
        new(
            "own-environment",
            |_, _| io(File::open("/proc/self/environ")),
            AWAY,
        ),
        new(
            "memory-of-parent",
            |_, target| io(File::open(format!("/proc/{}/mem", target.parent))),
            AWAY,
        ),
        new(
            "device",
            |_, _| io(File::options().write(true).open("/dev/null")),
            AWAY,
        ),
        new("own-executable", |_, _| io(File::open("/proc/self/exe")), AWAY),
        new(
            "overwrite",
            |_, target| io(fs::write(target.folder.join("file"), "spoilt")),
            UNWRITABLE,
        ),
        new(
            "create",
            |_, target| io(File::create(target.folder.join("new"))),
            UNWRITABLE,
        ),
        new(
            "create-elsewhere",
            |_, target| io(File::create(format!("/tmp/{}", target.mark))),
            Expect::Says(&["EACCES", "ENOENT", "EROFS"]),
        ),
        new(
            "remove",
            |_, target| io(fs::remove_file(target.folder.join("file"))),
            UNWRITABLE,
        ),
        new(
            "shell",
            |_, _| io(Command::new("/bin/sh").spawn()),
            Expect::Says(&["EPERM"]),
        ),
        new("exec-outside", exec_outside, AWAY),
        new("exec-itself", exec_itself, AWAY),
        new(
            "fork",
            |_, _| {
                answer(call(
                    libc::SYS_clone,
                    [libc::SIGCHLD.cast_unsigned() as usize, 0, 0, 0, 0],
                ))
            },
            Expect::Says(&["EPERM"]),
        ),
        new(
            "socket",
            |_, _| answer(call(libc::SYS_socket, [2, 1, 0])),
            Expect::Says(&["EPERM"]),
        ),
        new(
            "mount",
            |_, _| answer(call(libc::SYS_mount, [0; 5])),
            Expect::Error(|error| matches!(error, SandboxError::PolicyViolation { call: Some(_) })),
        ),
    ]
}

fn read_within(_: &mut JobIo, target: &Target) -> Outcome {
    match fs::read(target.folder.join("file")) {
        Ok(bytes) => Ok(bytes),
        Err(error) => io::<()>(Err(error)),
    }
}

fn exec(program: &std::ffi::CStr) -> Outcome {
    let arguments = [0usize; 1];
    let empty = arguments.as_ptr() as usize;
    match call(libc::SYS_execve, [path(program), empty, empty]) {
        Ok(_) => say("allowed"),
        Err(errno) => answer(Err(errno)),
    }
}

fn exec_outside(_: &mut JobIo, _: &Target) -> Outcome {
    exec(c"/bin/true")
}

fn exec_itself(_: &mut JobIo, _: &Target) -> Outcome {
    exec(c"/proc/self/exe")
}
