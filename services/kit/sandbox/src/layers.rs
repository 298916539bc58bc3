//! The layers around a worker, and which of them are required.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One layer of the sandbox, in the order in which they are put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Nothing but the protocol's own descriptors is open.
    Descriptors,
    /// The environment holds what the pool has put there, and nothing else.
    Environment,
    /// Not uid 0.
    Identity,
    /// The worker dies with the thread that started it.
    DeathSignal,
    /// A user namespace of its own, which the other namespaces need.
    UserNamespace,
    /// An empty file system as its root.
    MountNamespace,
    /// No network device.
    NetworkNamespace,
    /// No shared System V objects or message queues.
    IpcNamespace,
    /// A host name of its own.
    UtsNamespace,
    /// Resource limits.
    ResourceLimits,
    /// No capabilities, and none to be had.
    Capabilities,
    /// No rights from set-user-id programs.
    NoNewPrivileges,
    /// Not to be traced, and no core dump.
    Undumpable,
    /// No file, no TCP port, no abstract socket, no signal to others.
    Landlock,
    /// System calls by an allow-list.
    Seccomp,
    /// Opening a file, making a socket and starting a process were tried, and failed.
    SelfTest,
}

impl Layer {
    /// Its name in tables and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Descriptors => "descriptors",
            Self::Environment => "environment",
            Self::Identity => "identity",
            Self::DeathSignal => "death signal",
            Self::UserNamespace => "user namespace",
            Self::MountNamespace => "mount namespace",
            Self::NetworkNamespace => "network namespace",
            Self::IpcNamespace => "ipc namespace",
            Self::UtsNamespace => "uts namespace",
            Self::ResourceLimits => "resource limits",
            Self::Capabilities => "capabilities",
            Self::NoNewPrivileges => "no new privileges",
            Self::Undumpable => "undumpable",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
            Self::SelfTest => "self-test",
        }
    }

    /// Whether a worker may not do without it.
    #[must_use]
    pub const fn need(self) -> Need {
        match self {
            Self::NoNewPrivileges | Self::Seccomp | Self::SelfTest => Need::Required,
            Self::Landlock | Self::MountNamespace => Need::OneOf,
            _ => Need::BestEffort,
        }
    }
}

/// How much a layer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing runs without it.
    Required,
    /// Landlock or the mount namespace: either keeps the files away.
    OneOf,
    /// Put on where the machine allows it.
    BestEffort,
}

/// Whether a layer is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is, and this much of it.
    On(String),
    /// It is not, for this reason, mostly the name of an error number.
    Off(String),
}

/// All layers of one worker, as it reported them before it took a job.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Layers(Vec<(Layer, State)>);

impl Layers {
    pub(crate) fn on(&mut self, layer: Layer, detail: impl Into<String>) {
        self.0.push((layer, State::On(detail.into())));
    }

    pub(crate) fn off(&mut self, layer: Layer, reason: impl Into<String>) {
        self.0.push((layer, State::Off(reason.into())));
    }

    /// The layers in the order in which they were put on.
    pub fn iter(&self) -> impl Iterator<Item = (Layer, &State)> {
        self.0.iter().map(|(layer, state)| (*layer, state))
    }

    /// The state of one layer; a layer that was not reported is off.
    #[must_use]
    pub fn state(&self, layer: Layer) -> Option<&State> {
        self.iter()
            .find(|(each, _)| *each == layer)
            .map(|(_, state)| state)
    }

    /// Whether a layer is on.
    #[must_use]
    pub fn has(&self, layer: Layer) -> bool {
        matches!(self.state(layer), Some(State::On(_)))
    }

    /// What is missing of the required set, as `landlock=ENOSYS userns=EPERM`; nothing when it is complete.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        let mut missing = Vec::new();
        for (layer, name) in [
            (Layer::NoNewPrivileges, "no_new_privs"),
            (Layer::Seccomp, "seccomp"),
            (Layer::SelfTest, "self-test"),
        ] {
            if !self.has(layer) {
                missing.push(format!("{name}={}", self.reason(layer)));
            }
        }
        if !self.has(Layer::Landlock) && !self.has(Layer::MountNamespace) {
            missing.push(format!("landlock={}", self.reason(Layer::Landlock)));
            missing.push(if self.has(Layer::UserNamespace) {
                format!("mountns={}", self.reason(Layer::MountNamespace))
            } else {
                format!("userns={}", self.reason(Layer::UserNamespace))
            });
        }
        (!missing.is_empty()).then(|| Missing(missing.join(" ")))
    }

    fn reason(&self, layer: Layer) -> &str {
        match self.state(layer) {
            Some(State::Off(reason)) => reason,
            Some(State::On(_)) | None => "unknown",
        }
    }
}

/// The required layers that a machine doesn't give, with the reason of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing(String);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(off: &[(Layer, &str)]) -> Layers {
        let mut layers = Layers::default();
        for layer in [
            Layer::UserNamespace,
            Layer::MountNamespace,
            Layer::NoNewPrivileges,
            Layer::Landlock,
            Layer::Seccomp,
            Layer::SelfTest,
        ] {
            match off.iter().find(|(each, _)| *each == layer) {
                Some((_, reason)) => layers.off(layer, *reason),
                None => layers.on(layer, ""),
            }
        }
        layers
    }

    #[test]
    fn landlock_or_a_mount_namespace_is_enough() {
        assert_eq!(layers(&[]).missing(), None);
        assert_eq!(layers(&[(Layer::Landlock, "ENOSYS")]).missing(), None);
        assert_eq!(layers(&[(Layer::MountNamespace, "EPERM")]).missing(), None);
    }

    #[test]
    fn what_is_missing_is_named_with_its_reason() {
        let without = |off: &[(Layer, &str)]| layers(off).missing().unwrap().to_string();
        assert_eq!(
            without(&[
                (Layer::Landlock, "ENOSYS"),
                (Layer::UserNamespace, "EPERM"),
                (Layer::MountNamespace, "EPERM")
            ]),
            "landlock=ENOSYS userns=EPERM"
        );
        assert_eq!(
            without(&[(Layer::Landlock, "ENOSYS"), (Layer::MountNamespace, "EACCES")]),
            "landlock=ENOSYS mountns=EACCES"
        );
        assert_eq!(without(&[(Layer::Seccomp, "EINVAL")]), "seccomp=EINVAL");
        assert_eq!(
            Layers::default().missing().unwrap().to_string(),
            "no_new_privs=unknown seccomp=unknown self-test=unknown landlock=unknown userns=unknown"
        );
    }
}
