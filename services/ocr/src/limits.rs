//! How large an image may be.

use serde::{Deserialize, Serialize};

/// The most that is read of one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes as stored.
    pub bytes: u64,
    /// Pixels when it is decoded; each takes three bytes.
    pub pixels: u64,
}

impl Default for Limits {
    /// A page of A3 in 400 dots per inch has 31 million pixels.
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            pixels: 64_000_000,
        }
    }
}

impl Limits {
    /// Bytes of the pixels of the largest image.
    #[must_use]
    pub const fn pixel_bytes(&self) -> u64 {
        self.pixels.saturating_mul(3)
    }
}
