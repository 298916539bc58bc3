//! Who the worker is, and with whom it dies.

use rustix::process::{DumpableBehavior, Signal, getegid, geteuid, getppid};
use rustix::thread::{Gid, Uid};

use super::errno;
use crate::layers::{Layer, Layers};

/// Becomes `uid` when it is root, and gives up all groups.
pub(super) fn drop_root(uid: u32, layers: &mut Layers) {
    if !geteuid().is_root() {
        layers.on(Layer::Identity, format!("uid {} as started", geteuid()));
        return;
    }
    // The groups go first: without root they can't be given up any more. A user namespace may forbid that and still
    // allow the rest, so that a refusal here decides nothing.
    let groups = rustix::thread::set_thread_groups(&[]);
    let gid = Gid::from_raw(uid);
    let uid = Uid::from_raw(uid);
    let dropped = rustix::thread::set_thread_res_gid(gid, gid, gid)
        .and_then(|()| rustix::thread::set_thread_res_uid(uid, uid, uid))
        .and(groups);
    match dropped {
        Ok(()) => layers.on(Layer::Identity, format!("uid {}, gid {}", geteuid(), getegid())),
        Err(error) => layers.off(Layer::Identity, errno::name(error)),
    }
}

/// Dies when the thread that started it ends. After the change of identity, which would undo it.
pub(super) fn die_with_parent(parent: u32, layers: &mut Layers) {
    let set = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    match set {
        // A parent that went before the signal was set leaves an orphan that nobody would end.
        Ok(()) if getppid().is_some_and(|pid| pid.as_raw_nonzero().get().cast_unsigned() == parent) => {
            layers.on(Layer::DeathSignal, "SIGKILL");
        }
        Ok(()) => layers.off(Layer::DeathSignal, "the parent has gone"),
        Err(error) => layers.off(Layer::DeathSignal, errno::name(error)),
    }
}

/// No program gives it rights that it doesn't have.
pub(super) fn no_new_privileges(layers: &mut Layers) {
    match rustix::thread::set_no_new_privs(true) {
        Ok(()) => layers.on(Layer::NoNewPrivileges, ""),
        Err(error) => layers.off(Layer::NoNewPrivileges, errno::name(error)),
    }
}

/// Others of the same user can't trace it or read its memory, and it leaves no core.
pub(super) fn undumpable(layers: &mut Layers) {
    match rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        Ok(()) => layers.on(Layer::Undumpable, ""),
        Err(error) => layers.off(Layer::Undumpable, errno::name(error)),
    }
}
