//! Tries what must fail, once everything is on.

#![expect(unsafe_code, reason = "system calls are made as an attacker would make them")]

use rustix::process::{Signal, parent_process_death_signal};

use crate::layers::{Layer, Layers};

/// Opening a file, making a socket and starting a process must fail, and the process must be without rights.
pub(super) fn run(has_trees: bool, layers: &mut Layers) {
    let mut wrong = Vec::new();
    // With trees, the root may be listed where it holds nothing else; what the kernel tells of itself may not be read.
    let path = if has_trees { c"/proc/version" } else { c"/" };
    // SAFETY: openat reads the path, which is a valid string, and touches no other memory.
    let opened = unsafe {
        libc::syscall(
            libc::SYS_openat,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::O_RDONLY | libc::O_CLOEXEC,
        )
    };
    if opened >= 0 {
        wrong.push("a file can be opened");
    }
    // SAFETY: socket takes numbers only.
    let socket = unsafe { libc::syscall(libc::SYS_socket, libc::AF_INET, libc::SOCK_STREAM, 0) };
    if socket >= 0 {
        wrong.push("a socket can be made");
    }
    // SAFETY: without CLONE_VM this is fork: the child has its own copy of memory, and does nothing but end.
    let child = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) };
    if child == 0 {
        // SAFETY: ends the child, in which nothing has happened since its birth.
        unsafe { libc::_exit(0) };
    }
    if child > 0 {
        wrong.push("a process can be started");
    }
    if !rustix::thread::no_new_privs().unwrap_or(false) {
        wrong.push("privileges can be gained");
    }
    if layers.has(Layer::DeathSignal) && parent_process_death_signal() != Ok(Some(Signal::KILL)) {
        wrong.push("it outlives its parent");
    }
    if wrong.is_empty() {
        layers.on(Layer::SelfTest, "file, socket and process refused");
    } else {
        layers.off(Layer::SelfTest, wrong.join(", "));
    }
}
