//! Capabilities: none, and none to be had.

use rustix::io::Errno;
use rustix::thread::{CapabilitySet, CapabilitySets};

use super::errno;
use crate::layers::{Layer, Layers};

/// Empties the bounding, the ambient and the process's own sets.
pub(super) fn drop_all(layers: &mut Layers) {
    match clear() {
        Ok(()) => layers.on(Layer::Capabilities, "none"),
        Err(error) => layers.off(Layer::Capabilities, errno::name(error)),
    }
}

fn clear() -> Result<(), Errno> {
    for capability in CapabilitySet::all().iter() {
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            // Without CAP_SETPCAP the bounding set stays, and means nothing without set-user-id programs; a capability
            // that this kernel doesn't know is no capability.
            Ok(()) | Err(Errno::PERM | Errno::INVAL) => {}
            Err(error) => return Err(error),
        }
    }
    match rustix::thread::clear_ambient_capability_set() {
        Ok(()) | Err(Errno::INVAL) => {}
        Err(error) => return Err(error),
    }
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    rustix::thread::set_capabilities(None, none)?;
    if rustix::thread::capabilities(None)? == none {
        Ok(())
    } else {
        Err(Errno::PERM)
    }
}
