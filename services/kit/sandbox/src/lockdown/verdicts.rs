//! The system calls that a worker may make, and how the others are answered.
//!
//! | table | answer |
//! |---|---|
//! | [`ALLOWED`] and those with conditions in `filters` | the call is made |
//! | [`REFUSED`], [`REFUSED_WITH_TREES`] | `EPERM`: what honest libraries try and can do without |
//! | [`ABSENT`] | `ENOSYS`: where they have another way |
//! | all others | the worker ends, as a violation of the policy |
//!
//! Honest here are: the Rust standard library, glibc and its allocator, jemalloc, rayon, tokio (both runtimes), Polars,
//! DataFusion, and CPython where there is a tree for it.

use libc as c;

/// Calls that reach nothing but the worker's own memory, threads, descriptors and clocks.
pub(super) const ALLOWED: &[i64] = &[
    // Its descriptors.
    c::SYS_read,
    c::SYS_readv,
    c::SYS_pread64,
    c::SYS_preadv,
    c::SYS_write,
    c::SYS_writev,
    c::SYS_close,
    c::SYS_close_range,
    c::SYS_fstat,
    c::SYS_lseek,
    c::SYS_dup,
    c::SYS_dup3,
    c::SYS_pipe2,
    c::SYS_eventfd2,
    c::SYS_epoll_create1,
    c::SYS_epoll_ctl,
    c::SYS_epoll_pwait,
    c::SYS_ppoll,
    c::SYS_pselect6,
    // Its memory.
    c::SYS_brk,
    c::SYS_munmap,
    c::SYS_mremap,
    c::SYS_madvise,
    c::SYS_mincore,
    // Its threads.
    c::SYS_futex,
    c::SYS_set_robust_list,
    c::SYS_get_robust_list,
    c::SYS_set_tid_address,
    c::SYS_rseq,
    c::SYS_sched_yield,
    c::SYS_sched_getaffinity,
    c::SYS_getcpu,
    c::SYS_exit,
    c::SYS_exit_group,
    // Its signals.
    c::SYS_rt_sigprocmask,
    c::SYS_rt_sigreturn,
    c::SYS_rt_sigpending,
    c::SYS_rt_sigtimedwait,
    c::SYS_rt_sigsuspend,
    c::SYS_sigaltstack,
    c::SYS_restart_syscall,
    // Clocks, chance, and what it is.
    c::SYS_clock_gettime,
    c::SYS_clock_getres,
    c::SYS_clock_nanosleep,
    c::SYS_nanosleep,
    c::SYS_gettimeofday,
    c::SYS_getrandom,
    c::SYS_getpid,
    c::SYS_gettid,
    c::SYS_getppid,
    c::SYS_getuid,
    c::SYS_geteuid,
    c::SYS_getgid,
    c::SYS_getegid,
    c::SYS_getrusage,
    c::SYS_times,
    c::SYS_sysinfo,
    #[cfg(target_arch = "x86_64")]
    c::SYS_dup2,
    #[cfg(target_arch = "x86_64")]
    c::SYS_pipe,
    #[cfg(target_arch = "x86_64")]
    c::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    c::SYS_select,
    #[cfg(target_arch = "x86_64")]
    c::SYS_epoll_wait,
    #[cfg(target_arch = "x86_64")]
    c::SYS_time,
];

/// Allowed on top where there are trees: Landlock or the mount namespace decides which files, and seccomp can't see paths.
pub(super) const WITH_TREES: &[i64] = &[
    c::SYS_openat,
    c::SYS_newfstatat,
    c::SYS_readlinkat,
    c::SYS_faccessat,
    c::SYS_faccessat2,
    c::SYS_getdents64,
    c::SYS_getcwd,
    c::SYS_chdir,
    c::SYS_execve,
    c::SYS_uname,
    #[cfg(target_arch = "x86_64")]
    c::SYS_open,
    #[cfg(target_arch = "x86_64")]
    c::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    c::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    c::SYS_access,
    #[cfg(target_arch = "x86_64")]
    c::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    c::SYS_arch_prctl,
];

/// `EPERM`. `newfstatat` is missing on purpose: it ends in the handler of violations, which answers it for descriptors.
pub(super) const REFUSED: &[i64] = &[
    // Files.
    c::SYS_openat,
    c::SYS_openat2,
    c::SYS_readlinkat,
    c::SYS_faccessat,
    c::SYS_faccessat2,
    c::SYS_getdents64,
    c::SYS_getcwd,
    c::SYS_chdir,
    c::SYS_fchdir,
    c::SYS_mkdirat,
    c::SYS_mknodat,
    c::SYS_unlinkat,
    c::SYS_renameat2,
    c::SYS_linkat,
    c::SYS_symlinkat,
    c::SYS_fchmod,
    c::SYS_fchmodat,
    c::SYS_fchown,
    c::SYS_fchownat,
    c::SYS_truncate,
    c::SYS_ftruncate,
    c::SYS_fallocate,
    c::SYS_utimensat,
    c::SYS_umask,
    c::SYS_statfs,
    c::SYS_fstatfs,
    c::SYS_fsync,
    c::SYS_fdatasync,
    c::SYS_sync,
    c::SYS_flock,
    c::SYS_fadvise64,
    c::SYS_pwrite64,
    c::SYS_pwritev,
    c::SYS_setxattr,
    c::SYS_fsetxattr,
    c::SYS_getxattr,
    c::SYS_fgetxattr,
    c::SYS_inotify_init1,
    c::SYS_fanotify_init,
    // The network.
    c::SYS_socket,
    c::SYS_connect,
    c::SYS_bind,
    c::SYS_listen,
    c::SYS_accept,
    c::SYS_accept4,
    c::SYS_getsockname,
    c::SYS_getpeername,
    c::SYS_getsockopt,
    c::SYS_setsockopt,
    c::SYS_shutdown,
    // Other processes.
    c::SYS_execve,
    c::SYS_execveat,
    c::SYS_wait4,
    c::SYS_waitid,
    c::SYS_tkill,
    c::SYS_rt_sigqueueinfo,
    c::SYS_rt_tgsigqueueinfo,
    c::SYS_setsid,
    c::SYS_getsid,
    c::SYS_setpgid,
    c::SYS_getpgid,
    c::SYS_setpriority,
    c::SYS_getpriority,
    c::SYS_sched_setaffinity,
    c::SYS_sched_setscheduler,
    c::SYS_sched_getscheduler,
    c::SYS_sched_setparam,
    c::SYS_sched_getparam,
    c::SYS_sched_setattr,
    c::SYS_sched_getattr,
    c::SYS_capget,
    // Memory that RLIMIT_DATA doesn't count, or that outlives a process.
    c::SYS_memfd_create,
    c::SYS_memfd_secret,
    c::SYS_shmget,
    c::SYS_shmat,
    c::SYS_semget,
    c::SYS_msgget,
    c::SYS_mq_open,
    c::SYS_mlock,
    c::SYS_mlock2,
    c::SYS_mlockall,
    // Timers and other sources of events.
    c::SYS_setitimer,
    c::SYS_getitimer,
    c::SYS_timer_create,
    c::SYS_timerfd_create,
    c::SYS_signalfd4,
    c::SYS_uname,
    #[cfg(target_arch = "x86_64")]
    c::SYS_open,
    #[cfg(target_arch = "x86_64")]
    c::SYS_creat,
    #[cfg(target_arch = "x86_64")]
    c::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    c::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    c::SYS_access,
    #[cfg(target_arch = "x86_64")]
    c::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    c::SYS_getdents,
    #[cfg(target_arch = "x86_64")]
    c::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    c::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    c::SYS_mknod,
    #[cfg(target_arch = "x86_64")]
    c::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    c::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    c::SYS_renameat,
    #[cfg(target_arch = "x86_64")]
    c::SYS_link,
    #[cfg(target_arch = "x86_64")]
    c::SYS_symlink,
    #[cfg(target_arch = "x86_64")]
    c::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    c::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    c::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    c::SYS_vfork,
    #[cfg(target_arch = "x86_64")]
    c::SYS_getpgrp,
    #[cfg(target_arch = "x86_64")]
    c::SYS_alarm,
    #[cfg(target_arch = "x86_64")]
    c::SYS_inotify_init,
    #[cfg(target_arch = "x86_64")]
    c::SYS_arch_prctl,
];

/// `EPERM` on top where there are trees: what libraries of interpreters try and can do without. A worker without a tree has
/// no such library in it.
pub(super) const REFUSED_WITH_TREES: &[i64] = &[
    c::SYS_mbind,
    c::SYS_get_mempolicy,
    c::SYS_set_mempolicy,
    c::SYS_getgroups,
];

/// `ENOSYS`: the caller falls back to a call that can be looked into, or copies by itself.
pub(super) const ABSENT: &[i64] = &[
    // Its flags are in memory, where a filter can't read them; clone has them in a register.
    c::SYS_clone3,
    // The standard library then uses fstat.
    c::SYS_statx,
    c::SYS_membarrier,
    c::SYS_copy_file_range,
    c::SYS_sendfile,
    c::SYS_splice,
    c::SYS_tee,
    c::SYS_vmsplice,
    c::SYS_epoll_pwait2,
    c::SYS_futex_waitv,
    c::SYS_preadv2,
    c::SYS_pwritev2,
];
