//! Seccomp: system calls by an allow-list.

use seccompiler::{BackendError, Error, apply_filter};

use super::errno;
use super::filters::programs;
use crate::layers::{Layer, Layers};

/// Installs the filters; the handler of violations has to be there already.
pub(super) fn filter(trees: bool, layers: &mut Layers) {
    match install(trees) {
        Ok(()) => layers.on(
            Layer::Seccomp,
            if trees {
                "allow-list, reading files"
            } else {
                "allow-list"
            },
        ),
        Err(Error::Prctl(error) | Error::Seccomp(error)) => layers.off(Layer::Seccomp, errno::of(&error)),
        Err(error) => layers.off(Layer::Seccomp, error.to_string()),
    }
}

fn install(trees: bool) -> Result<(), Error> {
    let programs =
        programs(std::process::id(), trees).map_err(|error: BackendError| Error::Backend(error))?;
    programs.iter().try_for_each(|program| apply_filter(program))
}
