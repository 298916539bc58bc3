//! The machines on which the sandbox has to hold, made out of this one.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::geteuid;
use sandbox::{Layer, Layers, State};
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
    apply_filter,
};

const NOBODY: u32 = 65_534;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// As root, without a container. Where the tests don't run as root: as root of a user namespace.
    Root,
    /// As an ordinary user: 65534 where the tests run as root, otherwise whoever runs them.
    Nobody,
    /// As in a container of the usual runtime: no user namespaces.
    NoUserNamespaces,
    /// As under gVisor, or on an old kernel: no Landlock.
    NoLandlock,
    /// Neither, so that nothing may run.
    Neither,
    /// No seccomp.
    NoSeccomp,
}

impl Environment {
    /// Those in which every case runs.
    pub const ALL: [Self; 4] = [Self::Root, Self::Nobody, Self::NoUserNamespaces, Self::NoLandlock];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Nobody => "nobody",
            Self::NoUserNamespaces => "no-user-namespaces",
            Self::NoLandlock => "no-landlock",
            Self::Neither => "neither",
            Self::NoSeccomp => "no-seccomp",
        }
    }

    pub fn named(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .chain([Self::Neither, Self::NoSeccomp])
            .find(|each| each.name() == name)
            .unwrap_or_else(|| panic!("no environment is called {name}"))
    }

    /// Who runs the case.
    pub fn become_user(self, command: &mut Command) {
        if self == Self::Nobody && geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
    }

    /// Makes this process, which has one thread, and all that it starts live in the environment.
    pub fn enter(self) {
        let userns: &[(i64, Option<u32>)] = &[
            (libc::SYS_unshare, Some(libc::CLONE_NEWUSER.cast_unsigned())),
            (libc::SYS_clone, Some(libc::CLONE_NEWUSER.cast_unsigned())),
        ];
        let landlock: &[(i64, Option<u32>)] = &[
            (libc::SYS_landlock_create_ruleset, None),
            (libc::SYS_landlock_add_rule, None),
            (libc::SYS_landlock_restrict_self, None),
        ];
        match self {
            Self::Root => assert!(geteuid().is_root() || become_root(), "can't be root here"),
            Self::Nobody => assert!(!geteuid().is_root()),
            Self::NoUserNamespaces => deny(userns, libc::EPERM),
            Self::NoLandlock => deny(landlock, libc::ENOSYS),
            Self::Neither => {
                deny(userns, libc::EPERM);
                deny(landlock, libc::ENOSYS);
            }
            Self::NoSeccomp => deny(&[(libc::SYS_seccomp, None)], libc::EINVAL),
        }
    }

    /// The layers are those of this environment, or the trial would not show what it says.
    pub fn prove(self, layers: &Layers) {
        let off = |layer: Layer, reason: &str| {
            assert_eq!(
                layers.state(layer),
                Some(&State::Off(reason.to_owned())),
                "{layers:?}"
            );
        };
        match self {
            Self::Root => assert!(layers.has(Layer::Landlock), "{layers:?}"),
            Self::Nobody => {
                let uid = geteuid();
                let expected = State::On(format!("uid {uid} as started"));
                assert_eq!(layers.state(Layer::Identity), Some(&expected));
                assert!(layers.has(Layer::Landlock), "{layers:?}");
            }
            Self::NoUserNamespaces => {
                off(Layer::UserNamespace, "EPERM");
                assert!(layers.has(Layer::Landlock), "{layers:?}");
            }
            Self::NoLandlock => {
                off(Layer::Landlock, "ENOSYS");
                assert!(layers.has(Layer::MountNamespace), "{layers:?}");
            }
            Self::Neither | Self::NoSeccomp => unreachable!("nothing runs here"),
        }
        for layer in [
            Layer::Descriptors,
            Layer::DeathSignal,
            Layer::ResourceLimits,
            Layer::Capabilities,
            Layer::NoNewPrivileges,
            Layer::Undumpable,
            Layer::Seccomp,
            Layer::SelfTest,
        ] {
            assert!(layers.has(layer), "{layer:?}: {layers:?}");
        }
    }
}

/// Root of a user namespace of its own.
fn become_root() -> bool {
    let (uid, gid) = (geteuid(), rustix::process::getegid());
    crate::call::call(libc::SYS_unshare, [libc::CLONE_NEWUSER.cast_unsigned() as usize]).is_ok()
        && std::fs::write("/proc/self/setgroups", "deny").is_ok()
        && std::fs::write("/proc/self/gid_map", format!("0 {gid} 1")).is_ok()
        && std::fs::write("/proc/self/uid_map", format!("0 {uid} 1")).is_ok()
}

/// Answers these calls with an error, those with a flag only when it is set.
fn deny(calls: &[(i64, Option<u32>)], error: i32) {
    let rules: BTreeMap<i64, Vec<SeccompRule>> = calls
        .iter()
        .map(|(number, flag)| {
            let rules = flag.map(|flag| {
                let operator = SeccompCmpOp::MaskedEq(flag.into());
                let condition =
                    SeccompCondition::new(0, SeccompCmpArgLen::Dword, operator, flag.into()).unwrap();
                SeccompRule::new(vec![condition]).unwrap()
            });
            (*number, rules.into_iter().collect())
        })
        .collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let error = SeccompAction::Errno(error.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, error, arch).unwrap();
    let program: seccompiler::BpfProgram = filter.try_into().unwrap();
    apply_filter(&program).unwrap();
}
