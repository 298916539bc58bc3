//! The corpus: what hostile files and hostile code try.

mod cpu;
mod files;
mod kernel;
mod memory;
mod network;
mod process;
mod protocol;
mod python;
mod trees;

use crate::case::{Case, Expect};

pub fn all() -> impl Iterator<Item = Case> {
    cpu::cases()
        .into_iter()
        .chain(memory::cases())
        .chain(process::cases())
        .chain(files::cases())
        .chain(trees::cases())
        .chain(network::cases())
        .chain(kernel::cases())
        .chain(protocol::cases())
        .chain(python::cases())
}

/// Refused by the filter of system calls; Landlock would say `EACCES`.
const EPERM: Expect = Expect::Says(&["EPERM"]);
