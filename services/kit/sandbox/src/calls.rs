//! System calls by number and name.

use std::fmt;

/// A system call, as a hint for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call(i64);

impl Call {
    /// The call of this number on this machine.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Its name, where it is one of those that the sandbox meets.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        NAMES
            .iter()
            .find(|(number, _)| *number == self.0)
            .map(|(_, name)| *name)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name}, system call {}", self.0),
            None => write!(f, "system call {}", self.0),
        }
    }
}

macro_rules! named {
    ($($call:ident $name:literal),* $(,)?) => {
        &[$((libc::$call, $name)),*]
    };
}

/// Calls that no filter lets through unasked; a name is a hint, so that the list need not be complete.
const NAMES: &[(i64, &str)] = named![
    SYS_accept4 "accept4", SYS_acct "acct", SYS_add_key "add_key", SYS_adjtimex "adjtimex", SYS_bind "bind",
    SYS_bpf "bpf", SYS_capset "capset", SYS_chroot "chroot", SYS_clock_settime "clock_settime", SYS_clone "clone",
    SYS_clone3 "clone3", SYS_connect "connect", SYS_delete_module "delete_module", SYS_execve "execve",
    SYS_execveat "execveat", SYS_fallocate "fallocate", SYS_fanotify_init "fanotify_init", SYS_fchdir "fchdir",
    SYS_fchmod "fchmod", SYS_fchown "fchown", SYS_finit_module "finit_module", SYS_flock "flock",
    SYS_fsetxattr "fsetxattr", SYS_fsopen "fsopen", SYS_fsync "fsync", SYS_ftruncate "ftruncate",
    SYS_get_mempolicy "get_mempolicy", SYS_getdents64 "getdents64", SYS_getpeername "getpeername",
    SYS_getsockname "getsockname", SYS_getsockopt "getsockopt", SYS_init_module "init_module",
    SYS_inotify_init1 "inotify_init1", SYS_io_setup "io_setup", SYS_io_uring_enter "io_uring_enter",
    SYS_io_uring_register "io_uring_register", SYS_io_uring_setup "io_uring_setup",
    SYS_kcmp "kcmp", SYS_kexec_load "kexec_load", SYS_keyctl "keyctl", SYS_kill "kill",
    SYS_landlock_create_ruleset "landlock_create_ruleset", SYS_listen "listen", SYS_lookup_dcookie "lookup_dcookie",
    SYS_mbind "mbind", SYS_memfd_create "memfd_create", SYS_memfd_secret "memfd_secret",
    SYS_migrate_pages "migrate_pages", SYS_mlock "mlock", SYS_mlockall "mlockall", SYS_mount "mount",
    SYS_mount_setattr "mount_setattr", SYS_move_mount "move_mount", SYS_move_pages "move_pages",
    SYS_mq_open "mq_open", SYS_msgget "msgget", SYS_name_to_handle_at "name_to_handle_at",
    SYS_newfstatat "newfstatat", SYS_open_by_handle_at "open_by_handle_at", SYS_open_tree "open_tree",
    SYS_openat "openat", SYS_openat2 "openat2", SYS_perf_event_open "perf_event_open",
    SYS_personality "personality", SYS_pidfd_getfd "pidfd_getfd", SYS_pidfd_open "pidfd_open",
    SYS_pidfd_send_signal "pidfd_send_signal", SYS_pivot_root "pivot_root", SYS_pkey_mprotect "pkey_mprotect",
    SYS_prctl "prctl", SYS_prlimit64 "prlimit64", SYS_process_madvise "process_madvise",
    SYS_process_vm_readv "process_vm_readv", SYS_process_vm_writev "process_vm_writev", SYS_ptrace "ptrace",
    SYS_quotactl "quotactl", SYS_reboot "reboot", SYS_recvmmsg "recvmmsg", SYS_recvmsg "recvmsg",
    SYS_remap_file_pages "remap_file_pages", SYS_request_key "request_key", SYS_seccomp "seccomp",
    SYS_semget "semget", SYS_sendmmsg "sendmmsg", SYS_sendmsg "sendmsg", SYS_sendto "sendto",
    SYS_set_mempolicy "set_mempolicy", SYS_setdomainname "setdomainname", SYS_setgid "setgid",
    SYS_setgroups "setgroups", SYS_sethostname "sethostname", SYS_setitimer "setitimer", SYS_setns "setns",
    SYS_setpgid "setpgid", SYS_setpriority "setpriority", SYS_setregid "setregid", SYS_setresgid "setresgid",
    SYS_setresuid "setresuid", SYS_setreuid "setreuid", SYS_setrlimit "setrlimit", SYS_setsid "setsid",
    SYS_setsockopt "setsockopt", SYS_settimeofday "settimeofday", SYS_setuid "setuid", SYS_shmget "shmget",
    SYS_shutdown "shutdown", SYS_signalfd4 "signalfd4", SYS_socket "socket", SYS_swapon "swapon",
    SYS_sync "sync", SYS_syslog "syslog", SYS_timer_create "timer_create", SYS_timerfd_create "timerfd_create",
    SYS_tkill "tkill", SYS_umount2 "umount2", SYS_uname "uname", SYS_unshare "unshare",
    SYS_userfaultfd "userfaultfd", SYS_vhangup "vhangup", SYS_wait4 "wait4", SYS_waitid "waitid",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_its_name_as_a_hint() {
        assert_eq!(Call::new(libc::SYS_bpf).name(), Some("bpf"));
        assert_eq!(Call::new(100_000).to_string(), "system call 100000");
    }
}
