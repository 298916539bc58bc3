//! From bytes that somebody sent to characters that statistics can be made of.

pub mod kind;
pub mod normalize;
pub mod sentences;
pub mod tokens;

pub use kind::{Kind, Sorted, sort};
pub use normalize::{Normalized, normalize};
