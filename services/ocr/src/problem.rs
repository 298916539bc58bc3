//! Why an image can't be read.

use sandbox::SandboxError;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;

/// What is wrong with an image. Its words become the problem of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// No bytes.
    #[error("the image is empty: it has no bytes")]
    Empty,
    /// Neither of the formats that are read.
    #[error("the file is no image that can be read; expected PNG, JPEG, WebP, TIFF or BMP")]
    UnknownFormat,
    /// A width or height of zero.
    #[error("the image has no pixels: it is {width} × {height}")]
    NoPixels {
        /// As its header says.
        width: u32,
        /// As its header says.
        height: u32,
    },
    /// Larger than anything that would be read sensibly, and perhaps made to fill the memory.
    #[error("the image has too many pixels: it is {width} × {height}; expected at most {most} million", most = *.most / 1_000_000)]
    TooManyPixels {
        /// As its header says.
        width: u32,
        /// As its header says.
        height: u32,
        /// The limit.
        most: u64,
    },
    /// More bytes than are fetched.
    #[error("the image is too large: it has {size} bytes; expected at most {most}")]
    TooManyBytes {
        /// As stored.
        size: u64,
        /// The limit.
        most: u64,
    },
    /// It begins like an image and isn't one, or ends before its end.
    #[error("the image is damaged or cut off")]
    Damaged,
    /// The object is gone.
    #[error("the image is missing: there is no object of that name")]
    Missing,
    /// Its bytes are not those that were stored.
    #[error("the stored image is not the one that was uploaded")]
    Changed,
    /// Decoding took too long.
    #[error("the image takes too long to decode")]
    TimedOut,
    /// Decoding took too much memory.
    #[error("the image takes too much memory to decode")]
    OutOfMemory,
    /// Its decoder ended without an answer, or with one that can't be true.
    #[error("the image breaks its decoder")]
    Broken,
    /// The models fail on it, and on it alone.
    #[error("the models fail on the image")]
    Unreadable,
}

impl Problem {
    /// Whether a worker may say this of an image: the rest is for its host to find. What a worker says of numbers must fit.
    pub(crate) fn may_be_told(&self, limits: &Limits) -> bool {
        match self {
            Self::Empty | Self::UnknownFormat | Self::Damaged | Self::OutOfMemory => true,
            Self::NoPixels { width, height } => *width == 0 || *height == 0,
            Self::TooManyPixels { most, .. } => *most == limits.pixels,
            Self::TooManyBytes { .. }
            | Self::Missing
            | Self::Changed
            | Self::TimedOut
            | Self::Broken
            | Self::Unreadable => false,
        }
    }

    /// What a worker's end without an answer says of its image.
    pub(crate) fn of(end: &SandboxError) -> Self {
        match end {
            SandboxError::TimedOut { .. } => Self::TimedOut,
            SandboxError::OutOfMemory { .. } => Self::OutOfMemory,
            SandboxError::OutputTooLarge { .. }
            | SandboxError::TooManyThreads { .. }
            | SandboxError::PolicyViolation { .. }
            | SandboxError::Panicked { .. }
            | SandboxError::Failed { .. }
            | SandboxError::Protocol(_)
            | SandboxError::Killed { .. }
            | SandboxError::Exited { .. }
            | SandboxError::Unavailable(_)
            | SandboxError::Start { .. }
            | SandboxError::System { .. }
            | SandboxError::Job(_)
            | SandboxError::Sink(_) => Self::Broken,
        }
    }
}
