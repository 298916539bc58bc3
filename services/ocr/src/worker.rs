//! The worker: decodes one image in a process of its own that can do nothing else.
//!
//! The request and the answer are JSON; the image comes as a descriptor, and its pixels go out as bulk output: rows from
//! the top, three bytes for each pixel.

use std::io::{Read, Write};

use sandbox::JobIo;
use serde::{Deserialize, Serialize};

use crate::decode::decode;
use crate::limits::Limits;
use crate::problem::Problem;

/// Every `main` that runs this service registers it with [`sandbox::enter_if_worker`].
pub const WORKER: sandbox::Kind = sandbox::Kind {
    name: "decode",
    preload: sandbox::no_preload,
    serve,
};

/// What came of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// The pixels are in the bulk output.
    Pixels {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The image can't be decoded.
    Refused(Problem),
}

fn serve(io: &mut JobIo) -> Result<Vec<u8>, String> {
    let limits: Limits = serde_json::from_slice(io.request())
        .map_err(|error| format!("the request can't be read: {error}"))?;
    let mut file = io.take_input(0).ok_or("there is no image to decode")?;
    let mut bytes = Vec::new();
    // Without growing, which would take up to twice as much memory.
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    bytes.reserve_exact(usize::try_from(size).unwrap_or_default());
    file.read_to_end(&mut bytes)
        .map_err(|error| format!("the image can't be read: {error}"))?;
    let answer = match decode(&bytes, &limits) {
        Ok(image) => {
            let (width, height) = image.dimensions();
            io.bulk()
                .write_all(image.as_raw())
                .and_then(|()| io.bulk().end_part())
                .map_err(|error| format!("nobody takes the pixels: {error}"))?;
            Answer::Pixels { width, height }
        }
        Err(problem) => Answer::Refused(problem),
    };
    serde_json::to_vec(&answer).map_err(|error| format!("the answer can't be written: {error}"))
}
