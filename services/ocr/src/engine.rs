//! Pixels in, lines out: PP-OCR models find the lines, tell which way up they are, and read them.
//!
//! Detection: Liao et al., Real-time Scene Text Detection with Differentiable Binarization, AAAI 2020. Recognition: CTC over
//! columns of pixels. Both through the library `oar-ocr`, which also cuts lines out of the page, so that one that is askew
//! becomes straight.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use image::RgbImage;
use models::Runtime;
use oar_ocr::core::OCRError;
use oar_ocr::core::config::OrtSessionConfig;
use oar_ocr::core::traits::{AdapterBuilder, ImageTaskInput, ModelAdapter, OrtConfigurable};
use oar_ocr::domain::adapters::{
    TextDetectionAdapter, TextDetectionAdapterBuilder, TextRecognitionAdapter, TextRecognitionAdapterBuilder,
};
use oar_ocr::domain::tasks::{TextDetectionConfig, TextRecognitionConfig};
use oar_ocr::processors::LimitType;

use crate::direction::Directions;
use crate::error::{EngineError, StartError};
use crate::letters::half_width;
use crate::quad::Quad;
use crate::strips::{self, Strip};
use crate::turn::Turn;

/// What reads, and which version of what we make of it.
pub const ENGINE: &str = "PP-OCRv6 small, 1";

/// The longer side of what is searched for lines, in pixels; they are read in full resolution. Letters of 9 points on A4 are
/// some 13 pixels high then.
const SEARCHED_SIDE: u32 = 1280;
/// Lines that are read at once. More of them only take more memory on a processor.
const BATCH: usize = 6;
/// What is read with less confidence is no text, or none that anybody can use.
const LEAST_CONFIDENCE: f32 = 0.5;
/// Below this another way to hold the line is tried.
const DOUBTFUL: f32 = 0.75;
/// Lines that stand for their page when it is asked which way up it is: the longest ones.
const SAMPLE: usize = 8;
/// How sure the model of directions must be before a single line is turned.
const SURE: f32 = 0.9;

/// The models, loaded.
pub struct Engine {
    detector: TextDetectionAdapter,
    directions: Directions,
    recognizer: TextRecognitionAdapter,
}

/// What was read of an image.
#[derive(Debug)]
pub struct Reading {
    /// Width and height of the image as it was sent, in pixels.
    pub size: (u32, u32),
    pub(crate) turn: Turn,
    /// The lines, in no order.
    pub lines: Vec<Line>,
}

/// A line of text.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its words.
    pub text: String,
    /// How sure the model is of it, 0 to 1.
    pub confidence: f32,
    /// Where it stands in the image as it was read, turned.
    pub quad: Quad,
}

impl Engine {
    /// Loads `det.onnx`, `cls.onnx` and `rec.onnx` of a folder. Blocks for about a second.
    ///
    /// # Errors
    /// Where one of them is missing or is no model, or the last one does not say what its characters are.
    pub fn load(folder: &Path, runtime: Runtime) -> Result<Self, StartError> {
        let [detection, direction, recognition] =
            ["det.onnx", "cls.onnx", "rec.onnx"].map(|name| folder.join(name));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source: OCRError| EngineError::Model {
                path,
                source: Box::new(source),
            }
        };
        let detector = TextDetectionAdapterBuilder::new()
            .with_config(TextDetectionConfig {
                // Those that were published for these models.
                score_threshold: 0.2,
                box_threshold: 0.45,
                unclip_ratio: 1.4,
                max_candidates: 3000,
                limit_side_len: Some(SEARCHED_SIDE),
                limit_type: Some(LimitType::Max),
                max_side_len: Some(SEARCHED_SIDE),
            })
            .with_ort_config(session(runtime))
            .build(detection.clone())
            .map_err(failed(&detection))?;
        let recognizer = TextRecognitionAdapterBuilder::new()
            .character_dict(characters(&recognition, runtime)?)
            .with_config(TextRecognitionConfig { score_threshold: 0.0 })
            .with_ort_config(session(runtime))
            .build(recognition.clone())
            .map_err(failed(&recognition))?;
        Ok(Self {
            detector,
            directions: Directions::load(&direction, runtime)?,
            recognizer,
        })
    }

    /// Reads an image. Blocks for some seconds.
    ///
    /// # Errors
    /// Where a model fails.
    pub fn read(&self, image: RgbImage) -> Result<Reading, EngineError> {
        Ok(self.read_turned(image)?.0)
    }

    /// As [`Self::read`], and gives the image back as it was read, turned.
    pub(crate) fn read_turned(&self, image: RgbImage) -> Result<(Reading, Arc<RgbImage>), EngineError> {
        let size = image.dimensions();
        let mut image = Arc::new(image);
        let mut quads = self.detect(&image)?;
        let mut turn = self.way_up(&image, &quads)?;
        if turn != Turn::None {
            image = turned(image, turn);
            quads = self.detect(&image)?;
        }
        let mut lines = self.lines(&image, &quads)?;
        if turn == Turn::None && is_doubtful(&lines) && self.reads_better_upside_down(&image, &quads)? {
            turn = Turn::Half;
            image = turned(image, turn);
            quads = self.detect(&image)?;
            lines = self.lines(&image, &quads)?;
        }
        Ok((Reading { size, turn, lines }, image))
    }

    /// Whether the models work at all.
    ///
    /// # Errors
    /// Where they do not.
    pub fn check(&self) -> Result<(), EngineError> {
        let blank = Arc::new(RgbImage::from_pixel(192, 48, image::Rgb([255; 3])));
        self.detect(&blank)?;
        self.directions.upside_down([&*blank].into_iter())?;
        self.recognize(&[blank])?;
        Ok(())
    }

    fn detect(&self, image: &Arc<RgbImage>) -> Result<Vec<Quad>, EngineError> {
        let input = ImageTaskInput::from_arc_images(vec![Arc::clone(image)]);
        let found = self.detector.execute(input, None).map_err(run("find lines"))?;
        let found = found.detections.into_iter().flatten();
        Ok(found.filter_map(|found| Quad::of(&found.bbox)).collect())
    }

    /// How the page must be turned: by what most of its lines do, and by how well they can be read then.
    fn way_up(&self, image: &RgbImage, quads: &[Quad]) -> Result<Turn, EngineError> {
        let length = |standing: bool| -> f32 {
            let such = quads.iter().filter(|quad| strips::is_standing(quad) == standing);
            such.map(|quad| quad.width().max(quad.height())).sum()
        };
        let standing = length(true) > length(false);
        let strips = sample(image, quads, standing);
        if strips.is_empty() {
            return Ok(Turn::None);
        }
        let upside_down = self.directions.upside_down(strips.iter().map(|strip| &**strip))?;
        if !standing && mean(upside_down.into_iter()) < 0.5 {
            return Ok(Turn::None);
        }
        // Strips of lines that stand have been laid down to the left.
        let turn = if standing { Turn::ThreeQuarters } else { Turn::None };
        let (as_it_is, upside_down) = self.both_ways(&strips)?;
        let best = as_it_is.max(upside_down);
        Ok(
            if standing && (best < DOUBTFUL || best <= self.upright(image, quads)?) {
                // Letters that stand upright, one below the other.
                Turn::None
            } else if upside_down > as_it_is {
                turn.upside_down()
            } else {
                turn
            },
        )
    }

    /// How sure the reader is of lines that stand, if they are letters one below the other.
    fn upright(&self, image: &RgbImage, quads: &[Quad]) -> Result<f32, EngineError> {
        let longest = longest(quads, true);
        let strips = longest.iter().enumerate();
        let strips: Vec<Strip> = strips
            .flat_map(|(line, quad)| strips::upright(image, line, quad))
            .collect();
        let images: Vec<_> = strips.iter().map(|strip| Arc::clone(&strip.image)).collect();
        let mut best = vec![0.0_f32; longest.len()];
        for (strip, (_, confidence)) in strips.iter().zip(self.recognize(&images)?) {
            if let Some(best) = best.get_mut(strip.line) {
                *best = best.max(confidence + strip.preference);
            }
        }
        Ok(mean(best.into_iter()))
    }

    fn reads_better_upside_down(&self, image: &RgbImage, quads: &[Quad]) -> Result<bool, EngineError> {
        let (as_it_is, upside_down) = self.both_ways(&sample(image, quads, false))?;
        Ok(upside_down > as_it_is)
    }

    /// How sure the reader is of strips as they are, and upside down.
    fn both_ways(&self, strips: &[Arc<RgbImage>]) -> Result<(f32, f32), EngineError> {
        let confidence = |read: Vec<(String, f32)>| mean(read.iter().map(|(_, confidence)| *confidence));
        let flipped: Vec<_> = strips.iter().map(strips::flipped).collect();
        Ok((
            confidence(self.recognize(strips)?),
            confidence(self.recognize(&flipped)?),
        ))
    }

    /// Reads what was found, each as well as it can be read.
    fn lines(&self, image: &RgbImage, quads: &[Quad]) -> Result<Vec<Line>, EngineError> {
        let mut strips: Vec<Strip> = quads
            .iter()
            .enumerate()
            .flat_map(|(line, quad)| strips::cut(image, line, quad))
            .collect();
        let mut best = self.best(quads, &strips)?;
        // Among lines that can be read well, one may stand on its head all the same.
        strips.retain(|strip| {
            let read = best.get(strip.line).and_then(Option::as_ref);
            read.is_none_or(|line| line.confidence < DOUBTFUL)
        });
        let upside_down = self
            .directions
            .upside_down(strips.iter().map(|strip| &*strip.image))?;
        let flipped: Vec<Strip> = strips
            .iter()
            .zip(upside_down)
            .filter(|(_, likely)| *likely >= SURE)
            .map(|(strip, _)| strip.flipped())
            .collect();
        for (line, flipped) in best.iter_mut().zip(self.best(quads, &flipped)?) {
            let confidence = |line: &Option<Line>| line.as_ref().map_or(0.0, |line| line.confidence);
            if confidence(&flipped) > confidence(line) {
                *line = flipped;
            }
        }
        let best = best.into_iter().flatten();
        Ok(best.filter(|line| line.confidence >= LEAST_CONFIDENCE).collect())
    }

    /// For each line what the best of its strips says.
    fn best(&self, quads: &[Quad], strips: &[Strip]) -> Result<Vec<Option<Line>>, EngineError> {
        let images: Vec<_> = strips.iter().map(|strip| Arc::clone(&strip.image)).collect();
        let mut best: Vec<(f32, Option<Line>)> = quads.iter().map(|_| (f32::MIN, None)).collect();
        for (strip, (text, confidence)) in strips.iter().zip(self.recognize(&images)?) {
            let text = half_width(&text);
            let rank = confidence + strip.preference;
            if let Some((ranked, line)) = best.get_mut(strip.line)
                && let Some(&quad) = quads.get(strip.line)
                && rank > *ranked
                && !text.is_empty()
            {
                *ranked = rank;
                *line = Some(Line {
                    text,
                    confidence: confidence.clamp(0.0, 1.0),
                    quad,
                });
            }
        }
        Ok(best.into_iter().map(|(_, line)| line).collect())
    }

    /// What strips say, in their order, and how sure that is. Those of about the same length are read at once.
    fn recognize(&self, strips: &[Arc<RgbImage>]) -> Result<Vec<(String, f32)>, EngineError> {
        let length = |index: usize| {
            let strip = strips.get(index);
            strip.map_or(0.0, |strip| strip.width() as f32 / strip.height().max(1) as f32)
        };
        let mut order: Vec<usize> = (0..strips.len()).collect();
        order.sort_by(|a, b| length(*a).total_cmp(&length(*b)));
        let mut read = vec![(String::new(), 0.0); strips.len()];
        for batch in order.chunks(BATCH) {
            let images = batch.iter().filter_map(|index| strips.get(*index)).cloned();
            let input = ImageTaskInput::from_arc_images(images.collect());
            let said = self.recognizer.execute(input, None).map_err(run("read lines"))?;
            for (index, said) in batch.iter().zip(said.texts.into_iter().zip(said.scores)) {
                if let Some(read) = read.get_mut(*index) {
                    *read = said;
                }
            }
        }
        Ok(read)
    }
}

/// How the models of the library run: on as many threads as the runtime says, which sleep between runs.
fn session(runtime: Runtime) -> OrtSessionConfig {
    let spinning = ("session.intra_op.allow_spinning".to_owned(), "0".to_owned());
    OrtSessionConfig {
        session_config_entries: Some(HashMap::from([spinning])),
        ..OrtSessionConfig::new()
            .with_intra_threads(runtime.threads())
            .with_inter_threads(1)
    }
}

/// The characters that the model knows, in its order.
fn characters(model: &Path, runtime: Runtime) -> Result<Vec<String>, StartError> {
    let session = runtime.session(model)?;
    let listed = session
        .metadata()
        .ok()
        .and_then(|metadata| metadata.custom("character"));
    let characters: Vec<String> = listed
        .map(|list| list.lines().map(str::to_owned).collect())
        .unwrap_or_default();
    if characters.is_empty() {
        let path = model.to_owned();
        return Err(EngineError::NoCharacters { path }.into());
    }
    Ok(characters)
}

fn run(action: &'static str) -> impl FnOnce(OCRError) -> EngineError {
    move |source| EngineError::Run {
        action,
        source: Box::new(source),
    }
}

fn turned(image: Arc<RgbImage>, turn: Turn) -> Arc<RgbImage> {
    Arc::new(turn.apply(Arc::unwrap_or_clone(image)))
}

/// The longest lines, laid down.
fn sample(image: &RgbImage, quads: &[Quad], standing: bool) -> Vec<Arc<RgbImage>> {
    let longest = longest(quads, standing).into_iter();
    longest
        .filter_map(|quad| strips::laid_down(image, quad))
        .collect()
}

/// The longest ones of those that stand, or of those that lie.
fn longest(quads: &[Quad], standing: bool) -> Vec<&Quad> {
    let length = |quad: &Quad| quad.width().max(quad.height());
    let such = quads.iter().filter(|quad| strips::is_standing(quad) == standing);
    let mut longest: Vec<&Quad> = such.collect();
    longest.sort_by(|a, b| length(b).total_cmp(&length(a)));
    longest.truncate(SAMPLE);
    longest
}

/// Whether a page can hardly be read.
fn is_doubtful(lines: &[Line]) -> bool {
    mean(lines.iter().map(|line| line.confidence)) < DOUBTFUL
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len().max(1) as f32;
    values.sum::<f32>() / count
}
