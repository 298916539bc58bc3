//! The index of passages: dense and sparse vectors and exact codes, in a Qdrant server or embedded, behind one interface.
//!
//! | module | what is in it |
//! |---|---|
//! | [`index`] | [`Index`] and [`TenantIndex`]: open, write, search, remove |
//! | [`space`] | [`Space`]: the passages that one model has turned into vectors |
//! | [`point`], [`query`] | what goes in and what comes out |
//! | [`text`] | what a text is found by: its terms, and the exact codes in it |
//! | [`sparse`] | BM25 as sparse vectors |
//! | [`fusion`] | how the legs of a search are put together |
//! | [`engine`] | qdrant-client and qdrant-edge; nothing outside it names them |
//! | [`config`], [`error`] | where the index is, and what can go wrong |
//!
//! A search has three legs: by meaning, by words, by exact codes. Both engines run them separately, and the same code fuses them.
//! An index is built from stored documents alone, and can be built anew from them; nothing is kept here only.

pub mod config;
mod engine;
pub mod error;
mod fusion;
pub mod index;
pub mod point;
pub mod query;
pub mod space;
pub mod sparse;
pub mod text;

pub use config::IndexConfig;
pub use error::IndexError;
pub use index::{Index, TenantIndex};
pub use point::Point;
pub use query::{Found, Query};
pub use space::Space;
