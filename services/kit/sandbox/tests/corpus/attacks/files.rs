//! Files of others, and files without end.

#![expect(unsafe_code, reason = "descriptors are tried by number")]

use std::ffi::{CString, OsStr};
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;

use sandbox::{JobIo, SandboxError};

use super::EPERM;
use crate::call::{Outcome, answer, call, io, path, say};
use crate::case::{Case, Expect, Target};

const HERE: usize = libc::AT_FDCWD as usize;

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("files", name, attack, expect);
    let violates = |name, attack, number| Case::new("files", name, attack, Expect::Violates(number));
    vec![
        new("shadow", |_, _| io(File::open("/etc/shadow")), EPERM),
        new("passwd", |_, _| io(File::open("/etc/passwd")), EPERM),
        new("ssh-keys", |_, _| io(fs::read_dir("/root/.ssh")), EPERM),
        new(
            "own-environment",
            |_, _| io(File::open("/proc/self/environ")),
            EPERM,
        ),
        new(
            "own-memory",
            |_, _| io(File::options().write(true).open("/proc/self/mem")),
            EPERM,
        ),
        new("own-executable", |_, _| io(File::open("/proc/self/exe")), EPERM),
        new(
            "memory-of-parent",
            |_, target| io(File::open(format!("/proc/{}/mem", target.parent))),
            EPERM,
        ),
        new(
            "environment-of-parent",
            |_, target| io(File::open(format!("/proc/{}/environ", target.parent))),
            EPERM,
        ),
        new(
            "up-and-away",
            |_, _| io(File::open("../../../../../../etc/passwd")),
            EPERM,
        ),
        new("list-root", |_, _| io(fs::read_dir("/")), EPERM),
        new(
            "world-writable-folder",
            |_, target| io(fs::write(target.folder.join("file"), "spoilt")),
            EPERM,
        ),
        new("status-of-path", |_, _| io(fs::metadata("/etc/passwd")), EPERM),
        new("status-by-fstatat", fstatat, EPERM),
        new(
            "exists",
            |_, _| answer(call(libc::SYS_faccessat, [HERE, path(c"/etc/passwd"), 0])),
            EPERM,
        ),
        new("read-link", |_, _| io(fs::read_link("/proc/self/cwd")), EPERM),
        new(
            "symbolic-link",
            |_, target| io(std::os::unix::fs::symlink("/etc", target.folder.join("link"))),
            EPERM,
        ),
        new(
            "hard-link",
            |_, target| {
                io(fs::hard_link(
                    target.folder.join("file"),
                    target.folder.join("hard"),
                ))
            },
            EPERM,
        ),
        new("fifo", fifo, EPERM),
        new("sparse-tebibyte", sparse, EPERM),
        new("inode-bomb", inode_bomb, EPERM),
        new("deep-folders", deep_folders, EPERM),
        new("name-not-utf8", name_not_utf8, EPERM),
        new(
            "remove",
            |_, target| io(fs::remove_file(target.folder.join("file"))),
            EPERM,
        ),
        new(
            "rename",
            |_, target| {
                io(fs::rename(
                    target.folder.join("file"),
                    target.folder.join("other"),
                ))
            },
            EPERM,
        ),
        new("change-mode", change_mode, EPERM),
        new("truncate", |_, target| io(truncate(target)), EPERM),
        new("inherited-descriptor", inherited, Expect::Says(&["none"])),
        new("write-to-input", write_to_input, Expect::Says(&["EBADF"])),
        new("reopen-input-for-writing", reopen, EPERM),
        new("other-folder-of-input", through_input, EPERM),
        new(
            "core-dump",
            |_, _| std::process::abort(),
            Expect::Error(|error| {
                matches!(
                    error,
                    SandboxError::Killed {
                        signal: libc::SIGABRT
                    }
                )
            }),
        ),
        new(
            "change-folder",
            |_, _| answer(call(libc::SYS_chdir, [path(c"/etc")])),
            EPERM,
        ),
        new("watch", |_, _| answer(call(libc::SYS_inotify_init1, [0])), EPERM),
        violates(
            "change-root",
            |_, _| answer(call(libc::SYS_chroot, [path(c"/")])),
            libc::SYS_chroot,
        ),
        violates(
            "by-handle",
            |_, _| answer(call(libc::SYS_open_by_handle_at, [HERE, 0, 0])),
            libc::SYS_open_by_handle_at,
        ),
    ]
}

/// The one form of this call that is answered is the one without a path.
fn fstatat(_: &mut JobIo, _: &Target) -> Outcome {
    let buffer = [0u64; 32];
    let flag = libc::AT_EMPTY_PATH.cast_unsigned() as usize;
    answer(call(
        libc::SYS_newfstatat,
        [HERE, path(c"/etc/passwd"), buffer.as_ptr() as usize, flag],
    ))
}

fn c_path(target: &Target, name: &str) -> CString {
    CString::new(target.folder.join(name).as_os_str().as_bytes()).unwrap()
}

fn fifo(_: &mut JobIo, target: &Target) -> Outcome {
    let name = c_path(target, "fifo");
    answer(call(
        libc::SYS_mknodat,
        [HERE, path(&name), libc::S_IFIFO as usize | 0o600, 0],
    ))
}

fn sparse(io_: &mut JobIo, _: &Target) -> Outcome {
    let file = io_.take_input(0).ok_or("no input")?;
    io(file.set_len(1 << 40))
}

fn inode_bomb(_: &mut JobIo, target: &Target) -> Outcome {
    let mut last = Ok(());
    for number in 0..1000 {
        last = fs::write(target.folder.join(number.to_string()), "");
        fs::write(format!("/tmp/{}-{number}", target.mark), "").ok();
    }
    io(last)
}

fn deep_folders(_: &mut JobIo, target: &Target) -> Outcome {
    io(fs::create_dir_all(target.folder.join("a/".repeat(1000))))
}

fn name_not_utf8(_: &mut JobIo, target: &Target) -> Outcome {
    io(File::create(target.folder.join(OsStr::from_bytes(b"\xff\xfe\n"))))
}

fn change_mode(_: &mut JobIo, target: &Target) -> Outcome {
    let name = c_path(target, "file");
    answer(call(libc::SYS_fchmodat, [HERE, path(&name), 0o777]))
}

fn truncate(target: &Target) -> std::io::Result<()> {
    let name = c_path(target, "file");
    call(libc::SYS_truncate, [path(&name), 0])
        .map_err(Into::into)
        .map(drop)
}

/// Whatever the service had open: nothing but the protocol's five descriptors and the three inputs is there.
fn inherited(io: &mut JobIo, _: &Target) -> Outcome {
    let inputs: Vec<i32> = (0..io.inputs())
        .filter_map(|index| io.take_input(index))
        .map(std::os::fd::IntoRawFd::into_raw_fd)
        .collect();
    let found: Vec<String> = (5..1024)
        .filter(|number| !inputs.contains(number))
        // SAFETY: asks for the flags of a number, whether it is open or not.
        .filter(|number| unsafe { libc::fcntl(*number, libc::F_GETFD) } >= 0)
        .map(|number| number.to_string())
        .collect();
    say(if found.is_empty() {
        "none".to_owned()
    } else {
        found.join(" ")
    })
}

fn write_to_input(io_: &mut JobIo, _: &Target) -> Outcome {
    // The second input is a file that was opened for reading.
    let mut file = io_.take_input(1).ok_or("no input")?;
    io(file.write_all(b"spoilt"))
}

fn reopen(io_: &mut JobIo, _: &Target) -> Outcome {
    let file = io_.take_input(1).ok_or("no input")?;
    let name = format!("/proc/self/fd/{}", file.as_raw_fd());
    io(File::options().write(true).open(name))
}

fn through_input(io_: &mut JobIo, _: &Target) -> Outcome {
    let file = io_.take_input(1).ok_or("no input")?;
    let descriptor = file.as_raw_fd().cast_unsigned() as usize;
    answer(call(libc::SYS_openat, [descriptor, path(c"../etc/passwd"), 0]))
}
