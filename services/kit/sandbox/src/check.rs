//! What this machine gives.

use std::path::Path;

use crate::error::SandboxError;
use crate::host::pool::{Pool, PoolSettings};
use crate::kind::ECHO;
use crate::layers::Layers;
use crate::limits::Limits;
use crate::mode::Mode;

/// The layers that a worker gets here, whether they are enough or not: [`Layers::missing`] tells.
///
/// # Errors
/// When no worker can be started at all.
pub fn check(executable: &Path, uid: u32) -> Result<Layers, SandboxError> {
    let pool = Pool::start(PoolSettings {
        executable: executable.to_owned(),
        mode: Mode::InsecureNoSandbox,
        idle: 0,
        uid,
        ..PoolSettings::new(&ECHO, Limits::plan())
    })?;
    Ok(pool.layers().clone())
}
