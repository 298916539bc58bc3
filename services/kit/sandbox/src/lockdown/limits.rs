//! Resource limits, the kernel's own.

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, setrlimit};

use super::errno;
use crate::layers::{Layer, Layers};
use crate::limits::Limits;

const STACK: u64 = 8 << 20;
const PENDING_SIGNALS: u64 = 256;
/// Addresses, whether there is memory behind them or not. A limit near that of memory hangs allocators, which reserve far
/// more than they use; this many need 128 MB of page tables.
const ADDRESSES: u64 = 64 << 30;

/// Sets them all, soft and hard alike.
///
/// Memory is limited by `RLIMIT_DATA`, which counts private writable memory. The ways around it (shared anonymous memory,
/// stacks that grow down, memfd) are closed by seccomp; that of page tables, which nothing counts, by [`ADDRESSES`].
pub(super) fn apply(limits: &Limits, layers: &mut Layers) {
    match set(limits, layers.has(Layer::UserNamespace)) {
        Ok(()) => layers.on(
            Layer::ResourceLimits,
            format!(
                "{} s CPU, {} MB, {} descriptors",
                limits.cpu_seconds(),
                limits.memory >> 20,
                limits.descriptors
            ),
        ),
        Err(error) => layers.off(Layer::ResourceLimits, errno::name(error)),
    }
}

fn set(limits: &Limits, own_users: bool) -> Result<(), Errno> {
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, limits.descriptors),
        (Resource::Data, limits.memory),
        (Resource::As, ADDRESSES),
        (Resource::Stack, STACK),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Sigpending, PENDING_SIGNALS),
        (Resource::Nice, 0),
        (Resource::Rtprio, 0),
    ] {
        lower(resource, most, most)?;
    }
    // The first signal can be caught or ignored, the second, a second later, can not.
    lower(Resource::Cpu, limits.cpu_seconds(), limits.cpu_seconds() + 1)?;
    if own_users {
        // Counted per user and namespace: outside a namespace of its own the worker would be refused threads because of
        // the service's or of other workers'. There the pool counts.
        lower(Resource::Nproc, limits.threads, limits.threads)?;
    }
    Ok(())
}

/// A limit that is lower already stays.
fn lower(resource: Resource, soft: u64, hard: u64) -> Result<(), Errno> {
    let maximum = rustix::process::getrlimit(resource).maximum;
    let within = |most: u64| Some(maximum.map_or(most, |maximum| maximum.min(most)));
    setrlimit(
        resource,
        Rlimit {
            current: within(soft),
            maximum: within(hard),
        },
    )
}
