//! Puts the layers on, in the order in which each can still be put on.
//!
//! Everything here binds the calling thread only, so that it has to run before a second thread exists; the worker makes
//! sure of that. A layer that the machine refuses is noted with the reason and the next one is tried: what is required
//! is decided over the whole list, see [`Layers::missing`].

mod capabilities;
mod errno;
mod filters;
mod identity;
mod landlock;
mod limits;
mod namespaces;
mod seccomp;
mod self_test;
mod trap;
mod verdicts;

use crate::layers::Layers;
use crate::message::Hello;

pub(crate) use errno::name as errno_name;
pub(crate) use trap::{VIOLATION, handle_violations, report_no_more, report_violations};

/// Locks the calling process down, but for the descriptors and the environment, which are its caller's.
pub(crate) fn lock_down(hello: &Hello, layers: &mut Layers) {
    identity::drop_root(hello.uid, layers);
    identity::die_with_parent(hello.parent, layers);
    namespaces::isolate(&hello.trees, layers);
    limits::apply(&hello.limits, layers);
    capabilities::drop_all(layers);
    identity::no_new_privileges(layers);
    identity::undumpable(layers);
    landlock::restrict(&hello.trees, layers);
    seccomp::filter(!hello.trees.is_empty(), layers);
    self_test::run(!hello.trees.is_empty(), layers);
}
