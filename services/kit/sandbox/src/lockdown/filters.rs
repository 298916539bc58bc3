//! Builds the seccomp filters.
//!
//! A filter of the compiler has one answer, so there are three of them, and the kernel takes the strictest: the first lets
//! the listed calls through and traps all others; the second answers `EPERM`, the third `ENOSYS`. What the second and the
//! third answer, the first has to let through.

use std::collections::{BTreeMap, BTreeSet};

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

use super::verdicts::{ABSENT, ALLOWED, REFUSED, REFUSED_WITH_TREES, WITH_TREES};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;
type Built<T> = Result<T, BackendError>;

/// The three programs, the one with the trap last: once it is on, no further filter can be installed.
pub(super) fn programs(pid: u32, trees: bool) -> Built<[BpfProgram; 3]> {
    let refused = refused(pid, trees)?;
    let absent: Rules = ABSENT.iter().map(|call| (*call, Vec::new())).collect();
    let mut allowed = allowed_with_conditions()?;
    let known: BTreeSet<i64> = refused.keys().chain(absent.keys()).copied().collect();
    for call in known
        .into_iter()
        .chain(ALLOWED.iter().copied())
        .chain(extra(trees))
    {
        allowed.insert(call, Vec::new());
    }
    let (eperm, enosys) = (libc::EPERM.unsigned_abs(), libc::ENOSYS.unsigned_abs());
    Ok([
        program(absent, SeccompAction::Allow, SeccompAction::Errno(enosys))?,
        program(refused, SeccompAction::Allow, SeccompAction::Errno(eperm))?,
        program(allowed, SeccompAction::Trap, SeccompAction::Allow)?,
    ])
}

fn program(rules: Rules, otherwise: SeccompAction, matched: SeccompAction) -> Built<BpfProgram> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, otherwise, matched, arch)?.try_into()
}

fn extra(trees: bool) -> impl Iterator<Item = i64> {
    WITH_TREES.iter().copied().filter(move |_| trees)
}

/// Calls whose every other use is a violation.
fn allowed_with_conditions() -> Built<Rules> {
    // MSG_OOB and its like have been a way into the kernel from a sandbox before.
    let (no_flags, cloexec) = (!0u32, libc::MSG_CMSG_CLOEXEC.cast_unsigned());
    let quiet = (libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT).cast_unsigned();
    Ok(Rules::from([
        // The job and its inputs come on descriptor 0, and nothing else comes that way.
        (
            libc::SYS_recvmsg,
            vec![rule([equal(0, 0)?, only_bits(2, cloexec)?])?],
        ),
        // A runtime wakes itself through a pair of sockets.
        (libc::SYS_sendto, vec![rule([only_bits(3, quiet)?, null(4)?])?]),
        (
            libc::SYS_recvfrom,
            vec![rule([masked(3, no_flags & !quiet, 0)?])?],
        ),
    ]))
}

/// Calls that are answered with `EPERM`, always or on these conditions.
fn refused(pid: u32, trees: bool) -> Built<Rules> {
    let allowed: BTreeSet<i64> = extra(trees).collect();
    let of_trees = REFUSED_WITH_TREES.iter().filter(|_| trees);
    let mut rules: Rules = REFUSED
        .iter()
        .chain(of_trees)
        .filter(|call| !allowed.contains(call))
        .map(|call| (*call, Vec::new()))
        .collect();
    let shared_anonymous = bits(libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    let mut mmap = vec![
        // Neither is counted by RLIMIT_DATA.
        rule([masked(3, shared_anonymous, shared_anonymous)?])?,
        rule([has_bits(3, libc::MAP_GROWSDOWN)?])?,
        rule([has_bits(3, libc::MAP_HUGETLB)?])?,
    ];
    let mut mprotect = Vec::new();
    if !trees {
        // Nothing is loaded any more, so that nothing new need be executed.
        mmap.push(rule([has_bits(2, libc::PROT_EXEC)?])?);
        mprotect.push(rule([has_bits(2, libc::PROT_EXEC)?])?);
    }
    rules.insert(libc::SYS_mmap, mmap);
    if mprotect.is_empty() {
        mprotect.push(rule([has_bits(2, libc::PROT_GROWSDOWN)?])?);
    }
    rules.insert(libc::SYS_mprotect, mprotect);
    let values: [(i64, u8, &[u32]); 3] = [
        (libc::SYS_fcntl, 1, FCNTL),
        (libc::SYS_ioctl, 1, IOCTL),
        (libc::SYS_socketpair, 0, SOCKETPAIR),
    ];
    for (call, argument, values) in values {
        rules.insert(call, vec![none_of(argument, values)?]);
    }
    let mut prctl = vec![none_of(0, if trees { PRCTL_WITH_TREES } else { PRCTL })?];
    if trees {
        // A new program may be traced again, until it says that it may not.
        prctl.push(rule([
            equal(0, libc::PR_SET_DUMPABLE.cast_unsigned())?,
            not_null(1)?,
        ])?);
    }
    rules.insert(libc::SYS_prctl, prctl);
    rules.extend([
        // Threads, but no processes.
        (
            libc::SYS_clone,
            vec![rule([masked(0, bits(libc::CLONE_THREAD), 0)?])?],
        ),
        // Abort goes to oneself.
        (libc::SYS_tgkill, vec![none_of(0, &[pid])?]),
        (libc::SYS_kill, vec![none_of(0, &[pid])?]),
        // Limits may be read, one's own.
        (
            libc::SYS_prlimit64,
            vec![none_of(0, &[0, pid])?, rule([not_null(2)?])?],
        ),
        // The handler of violations stays.
        (
            libc::SYS_rt_sigaction,
            vec![rule([equal(0, libc::SIGSYS.cast_unsigned())?])?],
        ),
    ]);
    Ok(rules)
}

const FCNTL: &[u32] = &[
    libc::F_DUPFD.cast_unsigned(),
    libc::F_DUPFD_CLOEXEC.cast_unsigned(),
    libc::F_GETFD.cast_unsigned(),
    libc::F_SETFD.cast_unsigned(),
    libc::F_GETFL.cast_unsigned(),
    libc::F_SETFL.cast_unsigned(),
];

#[expect(clippy::cast_possible_truncation, reason = "request codes have 32 bits")]
const IOCTL: &[u32] = &[
    libc::FIONBIO as u32,
    libc::FIOCLEX as u32,
    libc::FIONCLEX as u32,
    libc::FIONREAD as u32,
];

const PRCTL: &[u32] = &[
    libc::PR_SET_NAME.cast_unsigned(),
    libc::PR_GET_NAME.cast_unsigned(),
    libc::PR_GET_DUMPABLE.cast_unsigned(),
    libc::PR_GET_PDEATHSIG.cast_unsigned(),
    libc::PR_GET_NO_NEW_PRIVS.cast_unsigned(),
    // Set already, and there is no way back: the compiler's own installation of the next filter sets it again.
    libc::PR_SET_NO_NEW_PRIVS.cast_unsigned(),
];

const PRCTL_WITH_TREES: &[u32] = &{
    let mut options = [libc::PR_SET_DUMPABLE.cast_unsigned(); PRCTL.len() + 1];
    let (_, rest) = options.split_at_mut(1);
    rest.copy_from_slice(PRCTL);
    options
};

const SOCKETPAIR: &[u32] = &[libc::AF_UNIX.cast_unsigned()];

const fn bits(flags: i32) -> u32 {
    flags.cast_unsigned()
}

fn rule<const N: usize>(conditions: [SeccompCondition; N]) -> Built<SeccompRule> {
    SeccompRule::new(conditions.into())
}

fn condition(argument: u8, operator: SeccompCmpOp, value: u32) -> Built<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, u64::from(value))
}

fn equal(argument: u8, value: u32) -> Built<SeccompCondition> {
    condition(argument, SeccompCmpOp::Eq, value)
}

fn masked(argument: u8, mask: u32, value: u32) -> Built<SeccompCondition> {
    condition(argument, SeccompCmpOp::MaskedEq(u64::from(mask)), value)
}

fn has_bits(argument: u8, flags: i32) -> Built<SeccompCondition> {
    masked(argument, bits(flags), bits(flags))
}

fn only_bits(argument: u8, flags: u32) -> Built<SeccompCondition> {
    masked(argument, !flags, 0)
}

fn null(argument: u8) -> Built<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)
}

fn not_null(argument: u8) -> Built<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)
}

/// Matches when the argument is none of the values.
fn none_of(argument: u8, values: &[u32]) -> Built<SeccompRule> {
    let conditions: Built<Vec<_>> = values
        .iter()
        .map(|value| condition(argument, SeccompCmpOp::Ne, *value))
        .collect();
    SeccompRule::new(conditions?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_do_not_contradict_each_other() {
        let allowed: BTreeSet<_> = ALLOWED.iter().collect();
        let refused: BTreeSet<_> = REFUSED.iter().collect();
        let absent: BTreeSet<_> = ABSENT.iter().collect();
        assert_eq!(allowed.len(), ALLOWED.len());
        assert_eq!(refused.len(), REFUSED.len());
        assert!(allowed.is_disjoint(&refused));
        assert!(allowed.is_disjoint(&absent));
        assert!(refused.is_disjoint(&absent));
    }

    #[test]
    fn filters_compile_with_and_without_trees() {
        for trees in [false, true] {
            for program in programs(1, trees).unwrap() {
                assert!(!program.is_empty());
            }
        }
    }

    #[test]
    fn trees_allow_opening_and_nothing_else_of_the_refused() {
        let (without, with) = (refused(1, false).unwrap(), refused(1, true).unwrap());
        assert!(without.contains_key(&libc::SYS_openat) && !with.contains_key(&libc::SYS_openat));
        assert!(with.contains_key(&libc::SYS_socket) && with.contains_key(&libc::SYS_unlinkat));
    }
}
