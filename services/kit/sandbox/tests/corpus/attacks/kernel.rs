//! The kernel's own corners.

use crate::call::{Outcome, answer, call, path};
use crate::case::{Case, Expect, Target};
use sandbox::{JobIo, SandboxError};

use super::EPERM;

/// Calls that end the worker, whatever their arguments.
macro_rules! forbidden {
    ($($name:literal $call:ident),* $(,)?) => {
        vec![$(Case::new(
            "kernel",
            $name,
            |_, _| answer(call(libc::$call, [0; 6])),
            Expect::Violates(libc::$call),
        )),*]
    };
}

pub fn cases() -> Vec<Case> {
    let mut cases = forbidden![
        "io-uring-setup" SYS_io_uring_setup,
        "io-uring-enter" SYS_io_uring_enter,
        "asynchronous-io" SYS_io_setup,
        "userfaultfd" SYS_userfaultfd,
        "bpf" SYS_bpf,
        "keyctl" SYS_keyctl,
        "add-key" SYS_add_key,
        "request-key" SYS_request_key,
        "mount" SYS_mount,
        "umount" SYS_umount2,
        "open-tree" SYS_open_tree,
        "move-mount" SYS_move_mount,
        "fsopen" SYS_fsopen,
        "pivot-root" SYS_pivot_root,
        "unshare" SYS_unshare,
        "setns" SYS_setns,
        "setuid" SYS_setuid,
        "setgid" SYS_setgid,
        "setresuid" SYS_setresuid,
        "setgroups" SYS_setgroups,
        "capset" SYS_capset,
        "perf" SYS_perf_event_open,
        "personality" SYS_personality,
        "another-filter" SYS_seccomp,
        "another-landlock" SYS_landlock_create_ruleset,
        "module" SYS_finit_module,
        "kexec" SYS_kexec_load,
        "reboot" SYS_reboot,
        "swap" SYS_swapon,
        "accounting" SYS_acct,
        "clock" SYS_clock_settime,
        "host-name" SYS_sethostname,
        "kernel-log" SYS_syslog,
        "quota" SYS_quotactl,
        "file-handle" SYS_name_to_handle_at,
        "move-pages" SYS_move_pages,
        "remap-file-pages" SYS_remap_file_pages,
        "protection-keys" SYS_pkey_mprotect,
        "advise-others" SYS_process_madvise,
        "memory-policy" SYS_mbind,
        "hang-up" SYS_vhangup,
    ];
    let new = |name, attack, expect| Case::new("kernel", name, attack, expect);
    cases.extend([
        new(
            "unknown-call",
            |_, _| answer(call(100_000, [0; 6])),
            Expect::Violates(100_000),
        ),
        new("terminal-injection", terminal, EPERM),
        new(
            "speculation",
            |_, _| answer(call(libc::SYS_prctl, [52, 0, 0])),
            EPERM,
        ),
        new(
            "fanotify",
            |_, _| answer(call(libc::SYS_fanotify_init, [0; 2])),
            EPERM,
        ),
        new(
            "splice",
            |_, _| answer(call(libc::SYS_splice, [0; 6])),
            Expect::Says(&["ENOSYS"]),
        ),
    ]);
    #[cfg(target_arch = "x86_64")]
    cases.extend(x86::cases());
    cases
}

/// Types a command into the terminal of whoever started the service.
fn terminal(_: &mut JobIo, _: &Target) -> Outcome {
    const TIOCSTI: usize = 0x5412;
    answer(call(libc::SYS_ioctl, [1, TIOCSTI, path(c"x")]))
}

/// Other ways into the same kernel, with other numbers for the same calls.
#[cfg(target_arch = "x86_64")]
mod x86 {
    #![expect(unsafe_code, reason = "the entrance for 32-bit programs has no wrapper")]

    use super::{Case, Expect, JobIo, Outcome, SandboxError, Target, answer, call};
    use crate::call::say;

    pub fn cases() -> Vec<Case> {
        let new = |name, attack, expect| Case::new("kernel", name, attack, expect);
        vec![
            new(
                "modify-ldt",
                |_, _| answer(call(libc::SYS_modify_ldt, [0; 3])),
                Expect::Violates(libc::SYS_modify_ldt),
            ),
            new(
                "x32-open",
                |_, _| answer(call(X32 | libc::SYS_open, [0; 3])),
                Expect::Violates(X32 | libc::SYS_open),
            ),
            new(
                "i386-getpid",
                i386,
                // The trap of the other architecture has no number of ours; a kernel without it has no such entrance.
                Expect::Error(|error| {
                    matches!(
                        error,
                        SandboxError::PolicyViolation { call: None }
                            | SandboxError::Killed {
                                signal: libc::SIGSEGV
                            }
                    )
                }),
            ),
            new(
                "port-permissions",
                |_, _| answer(call(libc::SYS_iopl, [3])),
                Expect::Violates(libc::SYS_iopl),
            ),
        ]
    }

    const X32: i64 = 0x4000_0000;

    fn i386(_: &mut JobIo, _: &Target) -> Outcome {
        let mut result: i64 = 20;
        // SAFETY: getpid of 32-bit programs takes nothing and writes nothing but its result.
        unsafe { std::arch::asm!("int 0x80", inout("rax") result, options(nostack)) };
        say(format!("allowed: {result}"))
    }
}
