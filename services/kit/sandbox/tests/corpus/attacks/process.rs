//! Other processes: to be made, to be harmed, to be outlived.

#![expect(unsafe_code, reason = "children that must not exist end at once")]

use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use sandbox::{JobIo, SandboxError};

use super::EPERM;
use crate::call::{Outcome, answer, call, io, path, say};
use crate::case::{Case, Expect, Target};

const SIGKILL: usize = libc::SIGKILL.cast_unsigned() as usize;

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("process", name, attack, expect);
    let violates = |name, attack, number| Case::new("process", name, attack, Expect::Violates(number));
    vec![
        #[cfg(target_arch = "x86_64")]
        new("fork", |_, _| answer(child(libc::SYS_fork, [0; 5])), EPERM),
        #[cfg(target_arch = "x86_64")]
        new("vfork", |_, _| answer(child(libc::SYS_vfork, [0; 5])), EPERM),
        new(
            "clone",
            |_, _| answer(child(libc::SYS_clone, [libc::SIGCHLD as usize, 0, 0, 0, 0])),
            EPERM,
        ),
        new("clone-with-shared-memory", clone_vm, EPERM),
        new("clone-into-namespace", clone_namespace, EPERM),
        new("clone3", clone3, Expect::Says(&["ENOSYS"])),
        new("fork-bomb", fork_bomb, EPERM),
        new("double-fork-with-setsid", double_fork, EPERM),
        new(
            "thread-bomb",
            thread_bomb,
            Expect::Error(|error| {
                matches!(
                    error,
                    // Where there is a user namespace the kernel refuses the thread, and the standard library panics.
                    SandboxError::TooManyThreads { .. } | SandboxError::Panicked { .. }
                )
            }),
        ),
        new(
            "shell",
            |_, _| io(Command::new("/bin/sh").arg("-c").arg("true").spawn()),
            EPERM,
        ),
        new("exec-itself", exec_itself, EPERM),
        new("execveat", execveat, EPERM),
        new(
            "kill-parent",
            |_, target| answer(call(libc::SYS_kill, [target.parent, SIGKILL])),
            EPERM,
        ),
        new(
            "kill-everybody",
            |_, _| answer(call(libc::SYS_kill, [usize::MAX, SIGKILL])),
            EPERM,
        ),
        new(
            "kill-group",
            |_, _| answer(call(libc::SYS_kill, [0, SIGKILL])),
            EPERM,
        ),
        new(
            "kill-init",
            |_, _| answer(call(libc::SYS_kill, [1, SIGKILL])),
            EPERM,
        ),
        new(
            "tkill-parent",
            |_, target| answer(call(libc::SYS_tkill, [target.parent, SIGKILL])),
            EPERM,
        ),
        new(
            "tgkill-parent",
            |_, target| answer(call(libc::SYS_tgkill, [target.parent, target.parent, SIGKILL])),
            EPERM,
        ),
        new("signal-storm", signal_storm, EPERM),
        new(
            "kill-itself",
            |_, _| {
                let own = std::process::id() as usize;
                answer(call(
                    libc::SYS_kill,
                    [own, libc::SIGTERM.cast_unsigned() as usize],
                ))
            },
            Expect::Error(|error| {
                matches!(
                    error,
                    SandboxError::Killed {
                        signal: libc::SIGTERM
                    }
                )
            }),
        ),
        violates(
            "ptrace-parent",
            |_, target| {
                answer(call(
                    libc::SYS_ptrace,
                    [libc::PTRACE_ATTACH as usize, target.parent, 0, 0],
                ))
            },
            libc::SYS_ptrace,
        ),
        violates("read-memory-of-parent", read_parent, libc::SYS_process_vm_readv),
        violates(
            "write-memory-of-parent",
            write_parent,
            libc::SYS_process_vm_writev,
        ),
        violates(
            "pidfd-of-parent",
            |_, target| answer(call(libc::SYS_pidfd_open, [target.parent, 0])),
            libc::SYS_pidfd_open,
        ),
        violates(
            "pidfd-getfd",
            |_, _| answer(call(libc::SYS_pidfd_getfd, [0, 0, 0])),
            libc::SYS_pidfd_getfd,
        ),
        violates(
            "pidfd-send-signal",
            |_, _| answer(call(libc::SYS_pidfd_send_signal, [0, SIGKILL, 0, 0])),
            libc::SYS_pidfd_send_signal,
        ),
        violates(
            "kcmp",
            |_, target| answer(call(libc::SYS_kcmp, [target.parent, target.parent, 0, 0, 1])),
            libc::SYS_kcmp,
        ),
        new(
            "limits-of-parent",
            |_, target| answer(limit(target.parent)),
            EPERM,
        ),
        new("raise-own-limits", |_, _| answer(limit(0)), EPERM),
        new(
            "outlive-parent",
            |_, _| {
                answer(call(
                    libc::SYS_prctl,
                    [libc::PR_SET_PDEATHSIG.cast_unsigned() as usize, 0],
                ))
            },
            EPERM,
        ),
        new(
            "dumpable-again",
            |_, _| {
                answer(call(
                    libc::SYS_prctl,
                    [libc::PR_SET_DUMPABLE.cast_unsigned() as usize, 1],
                ))
            },
            EPERM,
        ),
        new("own-session", |_, _| answer(call(libc::SYS_setsid, [])), EPERM),
        new("own-group", |_, _| answer(call(libc::SYS_setpgid, [0, 0])), EPERM),
        new(
            "priority-of-parent",
            |_, target| answer(call(libc::SYS_setpriority, [0, target.parent, 19])),
            EPERM,
        ),
        new(
            "affinity-of-parent",
            |_, target| {
                let set = [1u64; 16];
                answer(call(
                    libc::SYS_sched_setaffinity,
                    [target.parent, 128, set.as_ptr() as usize],
                ))
            },
            EPERM,
        ),
        new("handler-of-violations", handler, EPERM),
        new(
            "timer",
            |_, _| answer(call(libc::SYS_timer_create, [1, 0, 0])),
            EPERM,
        ),
        new(
            "alarm",
            |_, _| answer(call(libc::SYS_setitimer, [0, 0, 0])),
            EPERM,
        ),
    ]
}

/// A system call that returns twice when it is allowed; the second time, in a child, it does not return.
fn child(number: i64, arguments: [usize; 5]) -> Result<usize, Errno> {
    match call(number, arguments) {
        Ok(0) => {
            // Long enough to be seen as a survivor.
            thread::sleep(Duration::from_secs(20));
            // SAFETY: ends the child.
            unsafe { libc::_exit(0) }
        }
        other => other,
    }
}

fn clone_vm(_: &mut JobIo, _: &Target) -> Outcome {
    let flags = (libc::CLONE_VFORK | libc::SIGCHLD).cast_unsigned() as usize;
    answer(child(libc::SYS_clone, [flags, 0, 0, 0, 0]))
}

fn clone_namespace(_: &mut JobIo, _: &Target) -> Outcome {
    let flags = (libc::CLONE_NEWUSER | libc::SIGCHLD).cast_unsigned() as usize;
    answer(child(libc::SYS_clone, [flags, 0, 0, 0, 0]))
}

fn clone3(_: &mut JobIo, _: &Target) -> Outcome {
    let arguments = [0u64; 11];
    answer(child(
        libc::SYS_clone3,
        [arguments.as_ptr() as usize, 64, 0, 0, 0],
    ))
}

fn fork_bomb(_: &mut JobIo, _: &Target) -> Outcome {
    for _ in 0..1000 {
        child(
            libc::SYS_clone,
            [libc::SIGCHLD.cast_unsigned() as usize, 0, 0, 0, 0],
        )
        .ok();
    }
    answer(child(
        libc::SYS_clone,
        [libc::SIGCHLD.cast_unsigned() as usize, 0, 0, 0, 0],
    ))
}

/// What process groups miss: a grandchild in a session of its own.
fn double_fork(_: &mut JobIo, _: &Target) -> Outcome {
    let fork = || {
        call(
            libc::SYS_clone,
            [libc::SIGCHLD.cast_unsigned() as usize, 0, 0, 0, 0],
        )
    };
    match fork() {
        Ok(0) => {
            call(libc::SYS_setsid, []).ok();
            fork().ok();
            thread::sleep(Duration::from_secs(20));
            // SAFETY: ends the child, or the grandchild.
            unsafe { libc::_exit(0) }
        }
        other => answer(other),
    }
}

fn thread_bomb(_: &mut JobIo, _: &Target) -> Outcome {
    loop {
        thread::Builder::new()
            .stack_size(16 << 10)
            .spawn(|| thread::sleep(Duration::from_secs(60)))
            .unwrap();
    }
}

fn exec_itself(_: &mut JobIo, _: &Target) -> Outcome {
    let arguments = [0usize; 1];
    let empty = arguments.as_ptr() as usize;
    answer(call(libc::SYS_execve, [path(c"/proc/self/exe"), empty, empty]))
}

fn execveat(_: &mut JobIo, _: &Target) -> Outcome {
    let arguments = [0usize; 1];
    let empty = arguments.as_ptr() as usize;
    let flag = libc::AT_EMPTY_PATH.cast_unsigned() as usize;
    answer(call(libc::SYS_execveat, [3, path(c""), empty, empty, flag]))
}

fn signal_storm(_: &mut JobIo, target: &Target) -> Outcome {
    let information = [0u64; 16];
    let mut last = Err(Errno::IO);
    for signal in 34..64 {
        for _ in 0..100 {
            last = call(
                libc::SYS_rt_sigqueueinfo,
                [target.parent, signal, information.as_ptr() as usize],
            );
        }
    }
    answer(last)
}

fn read_parent(_: &mut JobIo, target: &Target) -> Outcome {
    let vector = [0usize; 2];
    let address = vector.as_ptr() as usize;
    answer(call(
        libc::SYS_process_vm_readv,
        [target.parent, address, 1, address, 1, 0],
    ))
}

fn write_parent(_: &mut JobIo, target: &Target) -> Outcome {
    let vector = [0usize; 2];
    let address = vector.as_ptr() as usize;
    answer(call(
        libc::SYS_process_vm_writev,
        [target.parent, address, 1, address, 1, 0],
    ))
}

fn limit(process: usize) -> Result<usize, Errno> {
    let unlimited = [u64::MAX; 2];
    let resource = libc::RLIMIT_NOFILE as usize;
    call(
        libc::SYS_prlimit64,
        [process, resource, unlimited.as_ptr() as usize, 0],
    )
}

/// Whoever replaces the handler could hide what was tried.
fn handler(_: &mut JobIo, _: &Target) -> Outcome {
    // SAFETY: no handler is installed: the signal would be ignored.
    let before = unsafe { libc::signal(libc::SIGSYS, libc::SIG_IGN) };
    if before == libc::SIG_ERR {
        io::<()>(Err(std::io::Error::last_os_error()))
    } else {
        say("allowed")
    }
}
