//! Which way up a line is, by a model that knows two ways: as it is read, and on its head.

use std::path::Path;
use std::sync::Mutex;

use image::{RgbImage, imageops};
use models::{OnnxError, Runtime};
use ort::session::Session;
use ort::value::Tensor;

use crate::error::EngineError;

/// What the model looks at, in pixels.
const HEIGHT: u32 = 48;
/// See [`HEIGHT`].
const WIDTH: u32 = 192;

/// The model of directions (PP-OCR text direction, 0 or 180 degrees).
pub(crate) struct Directions {
    session: Mutex<Session>,
}

impl Directions {
    pub(crate) fn load(model: &Path, runtime: Runtime) -> Result<Self, OnnxError> {
        Ok(Self {
            session: Mutex::new(runtime.session(model)?),
        })
    }

    /// For each line, cut out and lying straight, how likely it is that it stands on its head.
    pub(crate) fn upside_down<'a>(
        &self,
        lines: impl ExactSizeIterator<Item = &'a RgbImage>,
    ) -> Result<Vec<f32>, EngineError> {
        let count = lines.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        let input: Vec<f32> = lines.flat_map(planes).collect();
        let shape = [count, 3, HEIGHT as usize, WIDTH as usize];
        let input = Tensor::from_array((shape, input)).map_err(EngineError::Direction)?;
        let mut session = self.session.lock().map_err(|_| EngineError::Poisoned)?;
        let outputs = session.run(ort::inputs![input]).map_err(EngineError::Direction)?;
        let output = outputs.values().next();
        let output = output.ok_or_else(|| EngineError::Direction(ort::Error::new("it has no output")))?;
        let (_, likely) = output
            .try_extract_tensor::<f32>()
            .map_err(EngineError::Direction)?;
        // Two numbers for each line, which add up to one.
        Ok(likely
            .chunks_exact(2)
            .map(|pair| pair.last().copied().unwrap_or_default())
            .collect())
    }
}

/// A line as the model wants it: 48 pixels high, as wide as it becomes then but not wider than 192, gray to the right of it;
/// blue, green, red, each from -1 to 1.
fn planes(line: &RgbImage) -> Vec<f32> {
    let (width, height) = line.dimensions();
    let wanted = (u64::from(width) * u64::from(HEIGHT)).div_ceil(u64::from(height.max(1)));
    let wanted = u32::try_from(wanted).unwrap_or(WIDTH).clamp(1, WIDTH);
    let scaled = imageops::resize(line, wanted, HEIGHT, imageops::FilterType::Triangle);
    let mut planes = vec![0.0; 3 * (HEIGHT * WIDTH) as usize];
    for (plane, channel) in planes.chunks_exact_mut((HEIGHT * WIDTH) as usize).zip([2, 1, 0]) {
        let rows = plane.chunks_exact_mut(WIDTH as usize);
        for (row, pixels) in rows.zip(scaled.as_raw().chunks_exact(3 * wanted as usize)) {
            let values = pixels.iter().skip(channel).step_by(3);
            for (to, &value) in row.iter_mut().zip(values) {
                *to = f32::from(value) / 127.5 - 1.0;
            }
        }
    }
    planes
}
