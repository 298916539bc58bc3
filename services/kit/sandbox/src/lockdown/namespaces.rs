//! Namespaces, where the machine lets an ordinary user have them.

#![expect(unsafe_code, reason = "leaving a namespace has no safe wrapper")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use rustix::process::{DumpableBehavior, getegid, geteuid};
use rustix::thread::UnshareFlags;

use super::errno;
use crate::layers::{Layer, Layers};

const OTHERS: [(Layer, UnshareFlags); 3] = [
    (Layer::NetworkNamespace, UnshareFlags::NEWNET),
    (Layer::IpcNamespace, UnshareFlags::NEWIPC),
    (Layer::UtsNamespace, UnshareFlags::NEWUTS),
];

/// Moves into a user namespace, and from there into the others.
pub(super) fn isolate(trees: &[PathBuf], layers: &mut Layers) {
    match enter_user_namespace() {
        Ok(()) => layers.on(Layer::UserNamespace, "one user"),
        Err(error) => {
            let reason = errno::of(&error);
            layers.off(Layer::UserNamespace, reason);
            layers.off(Layer::MountNamespace, "no user namespace");
            for (layer, _) in OTHERS {
                layers.off(layer, "no user namespace");
            }
            return;
        }
    }
    match leave(UnshareFlags::NEWNS)
        .map_err(io::Error::from)
        .and_then(|()| change_root(trees))
    {
        Ok(()) => layers.on(
            Layer::MountNamespace,
            format!("empty but for {} trees", trees.len()),
        ),
        Err(error) => {
            let reason = errno::of(&error);
            layers.off(Layer::MountNamespace, reason);
        }
    }
    for (layer, flag) in OTHERS {
        match leave(flag) {
            Ok(()) => layers.on(layer, ""),
            Err(error) => layers.off(layer, errno::name(error)),
        }
    }
}

fn leave(namespace: UnshareFlags) -> Result<(), Errno> {
    // SAFETY: what is asked of callers concerns UnshareFlags::FILES alone, which none of ours holds.
    unsafe { rustix::thread::unshare_unsafe(namespace) }
}

fn enter_user_namespace() -> io::Result<()> {
    let (uid, gid) = (geteuid(), getegid());
    // A change of identity has handed /proc/self to root; the maps below are written by ourselves.
    rustix::process::set_dumpable_behavior(DumpableBehavior::Dumpable)?;
    leave(UnshareFlags::NEWUSER)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"))?;
    fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"))
}

/// Makes an empty file system the root, with nothing in it but the trees, and lets go of the old one.
fn change_root(trees: &[PathBuf]) -> io::Result<()> {
    // Nothing of what follows may reach the namespace that we came from.
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    let root = mount_empty(trees)?;
    for tree in trees {
        bind(tree, root)?;
    }
    std::env::set_current_dir(root)?;
    // The new root over the old one, so that the old one needs no folder in the new; then the old one, on top, goes.
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", UnmountFlags::DETACH)?;
    std::env::set_current_dir("/")?;
    rustix::mount::mount_remount("/", sealed() | MountFlags::BIND | MountFlags::RDONLY, c"")?;
    Ok(())
}

fn sealed() -> MountFlags {
    MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC
}

/// Mounts an empty file system over a folder that every machine has, and that hides no tree; nobody else sees it.
fn mount_empty(trees: &[PathBuf]) -> io::Result<&'static Path> {
    let mut last = Errno::NOENT;
    let hides = |place: &Path| trees.iter().any(|tree| tree.starts_with(place));
    for place in ["/tmp", "/var", "/dev", "/sys"].map(Path::new) {
        if hides(place) {
            continue;
        }
        match rustix::mount::mount("sandbox", place, "tmpfs", sealed(), c"mode=0555,size=64k") {
            Ok(()) => return Ok(place),
            Err(error) => last = error,
        }
    }
    Err(last.into())
}

fn bind(tree: &Path, root: &Path) -> io::Result<()> {
    let inside = root.join(tree.strip_prefix("/").unwrap_or(tree));
    fs::create_dir_all(&inside)?;
    rustix::mount::mount_bind_recursive(tree, &inside)?;
    // Flags that the tree's own mount has may not be taken off in a user namespace: keep them.
    let kept = MountFlags::from_bits_truncate(
        u32::try_from(rustix::fs::statvfs(tree)?.f_flag.bits()).unwrap_or_default(),
    ) & sealed();
    let flags = kept | MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    rustix::mount::mount_remount(&inside, flags, c"")?;
    Ok(())
}
