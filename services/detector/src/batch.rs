//! A batch: JSON lines in, JSON lines out, a few at a time, so that memory does not grow with the batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use bus::{Delivery, Objects};
use schemas::events::Judged;
use schemas::judgement::Verdict;
use schemas::{ContentId, Judgement};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

use crate::error::DetectorError;
use crate::judge::{Detector, MAX_BYTES, Options};

/// One line of a batch.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<serde_json::Value>,
    text: String,
}

/// One line of the results.
#[derive(Debug, Serialize)]
pub struct ResultLine {
    /// Which line of the batch, from 1.
    line: u64,
    /// What the line calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judgement: Option<Judgement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What came of a batch so far.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Lines with a judgement.
    pub texts: u64,
    /// Lines that can't be read.
    pub errors: u64,
    /// Verdicts at one false alarm in a hundred.
    pub verdicts: BTreeMap<Verdict, u64>,
}

/// Judges one line; `number` from 1. None of a blank one. A line that can't be read has a result that says so.
fn line(
    detector: &Detector,
    options: Options,
    number: u64,
    text: &str,
    tally: &mut Tally,
) -> Option<ResultLine> {
    if text.trim().is_empty() {
        return None;
    }
    let (id, outcome) = match serde_json::from_str::<Line>(text) {
        Ok(Line { id, text }) => (id, Ok(detector.judge(&text, options))),
        Err(error) => (None, Err(error.to_string())),
    };
    match &outcome {
        Ok(judgement) => {
            tally.texts += 1;
            *tally.verdicts.entry(judgement.verdicts.at_1_percent).or_default() += 1;
        }
        Err(_) => tally.errors += 1,
    }
    let (judgement, error) = match outcome {
        Ok(judgement) => (Some(judgement), None),
        Err(error) => (None, Some(error)),
    };
    Some(ResultLine {
        line: number,
        id,
        judgement,
        error,
    })
}

impl Tally {
    /// Counts what came of other lines too.
    fn add(&mut self, other: Self) {
        self.texts += other.texts;
        self.errors += other.errors;
        for (verdict, count) in other.verdicts {
            *self.verdicts.entry(verdict).or_default() += count;
        }
    }
}

/// Judges lines behind `before` others, as many of them at once as language models read. A blank line has no result.
#[must_use]
pub fn lines(
    detector: &Detector,
    options: Options,
    before: u64,
    texts: &[String],
    tally: &mut Tally,
) -> Vec<ResultLine> {
    let judged = |before: u64, texts: &[String]| {
        let mut tally = Tally::default();
        let numbered = (before + 1..).zip(texts);
        let results = numbered.filter_map(|(number, text)| line(detector, options, number, text, &mut tally));
        (results.collect::<Vec<_>>(), tally)
    };
    let size = texts.len().div_ceil(detector.readers().at_once()).max(1);
    let parts = if size >= texts.len() {
        vec![judged(before, texts)]
    } else {
        std::thread::scope(|scope| {
            let parts = (before..).step_by(size).zip(texts.chunks(size));
            let threads: Vec<_> = parts
                .map(|(before, texts)| scope.spawn(move || judged(before, texts)))
                .collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined
                .map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
    let mut results = Vec::new();
    for (some, of_these) in parts {
        results.extend(some);
        tally.add(of_these);
    }
    results
}

/// How a batch is judged.
pub struct Batch<'a> {
    /// The judge.
    pub detector: &'a Arc<Detector>,
    /// With what it judges.
    pub options: Options,
    /// Bytes that a batch may have.
    pub limit: u64,
}

/// Bytes between the store and the judge.
const PIPE: usize = 256 << 10;
/// Lines, and bytes of them, that are judged in one go.
const AT_ONCE: (usize, usize) = (64, 1 << 20);

impl Batch<'_> {
    /// Judges the object `content`, stores the results beside it, and says how many lines are done on the way.
    ///
    /// # Errors
    /// When the lines can't be fetched or the results can't be stored.
    pub async fn judge(
        &self,
        files: &Objects,
        content: &ContentId,
        delivery: &Delivery,
    ) -> Result<Judged, DetectorError> {
        let (mut from_store, lines) = tokio::io::duplex(PIPE);
        let (results, mut to_store) = tokio::io::duplex(PIPE);
        let fetching = async move {
            let fetched = files
                .get_into(content.as_str(), &mut from_store, self.limit)
                .await;
            // The end of the lines is told by closing.
            let closed = from_store.shutdown().await;
            fetched?;
            closed.map_err(DetectorError::Pipe)
        };
        let storing = files.put_unnamed("the results of a batch", &mut to_store);
        // Results are named after everything went well alone: those of a batch that broke off are of no use.
        let (fetched, judged, stored) = tokio::join!(fetching, self.pass(lines, results, delivery), storing);
        let unnamed = stored?;
        let tally = match fetched.and(judged) {
            Ok(tally) => tally,
            Err(error) => {
                files.discard(unnamed).await;
                return Err(error);
            }
        };
        Ok(Judged::Batch {
            results: files.keep(unnamed).await?,
            texts: tally.texts,
            errors: tally.errors,
            verdicts: tally.verdicts,
        })
    }

    async fn pass(
        &self,
        lines: DuplexStream,
        mut results: DuplexStream,
        delivery: &Delivery,
    ) -> Result<Tally, DetectorError> {
        let mut lines = BufReader::new(lines);
        let (mut tally, mut number) = (Tally::default(), 0u64);
        let mut ended = false;
        while !ended {
            let (mut texts, mut bytes) = (Vec::new(), 0);
            while texts.len() < AT_ONCE.0 && bytes < AT_ONCE.1 {
                let mut text = Vec::new();
                let read = read_line(&mut lines, &mut text)
                    .await
                    .map_err(DetectorError::Pipe)?;
                if read == 0 {
                    ended = true;
                    break;
                }
                bytes += read;
                texts.push(String::from_utf8_lossy(&text).into_owned());
            }
            let (detector, options) = (Arc::clone(self.detector), self.options);
            let before = number;
            number += texts.len() as u64;
            let judging = tokio::task::spawn_blocking(move || {
                let mut out = Vec::new();
                for result in self::lines(&detector, options, before, &texts, &mut tally) {
                    serde_json::to_writer(&mut out, &result).map_err(DetectorError::Encode)?;
                    out.push(b'\n');
                }
                Ok::<_, DetectorError>((out, tally))
            });
            let out;
            (out, tally) = judging.await??;
            results.write_all(&out).await.map_err(DetectorError::Pipe)?;
            delivery.report(&delivery.origin, "judging", number, 0).await;
        }
        results.shutdown().await.map_err(DetectorError::Pipe)?;
        Ok(tally)
    }
}

/// Reads a line and returns how many bytes it has; what is beyond twice the largest text is left out, so that a line without
/// an end does not fill the memory (its JSON is broken then, and the result says so).
async fn read_line(lines: &mut BufReader<DuplexStream>, text: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut read = 0;
    loop {
        let available = lines.fill_buf().await?;
        if available.is_empty() {
            return Ok(read);
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(available.len(), |end| end + 1);
        if text.len() < 2 * MAX_BYTES {
            text.extend_from_slice(available.get(..taken).unwrap_or_default());
        }
        lines.consume(taken);
        read += taken;
        if end.is_some() {
            return Ok(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use models::ScorerConfig;
    use scripted_llm::{ScriptedLlm, Turn};

    use super::*;
    use crate::likelihood::{Endpoint, Readers};

    #[tokio::test(flavor = "multi_thread")]
    async fn lines_that_are_judged_at_once_stay_in_order() {
        let scripted = ScriptedLlm::always(Turn::Echo(2.0)).await;
        let config = ScorerConfig {
            base_url: Some(scripted.base_url()),
            model: Some("large".to_owned()),
            ..ScorerConfig::default()
        };
        let mut model = Detector::built_in().unwrap().model().clone();
        let english = model.languages.get_mut("en").unwrap();
        let endpoint = Endpoint::configured(&config).unwrap().unwrap();
        english.informed.as_mut().unwrap().reader = endpoint.identity();
        let readers = Readers::default().with_endpoint(Some(endpoint));
        let detector = Detector::new(model).with_readers(readers).unwrap();
        let texts: Vec<String> = (0..30)
            .map(|number| {
                let text = format!("{number} days it rained, and nobody went out. ").repeat(8);
                serde_json::json!({ "id": number, "text": text }).to_string()
            })
            .chain(["no JSON".to_owned()])
            .collect();
        let judging = move || {
            let mut tally = Tally::default();
            let results = lines(&detector, Options::default(), 100, &texts, &mut tally);
            (results, tally)
        };
        let (results, tally) = tokio::task::spawn_blocking(judging).await.unwrap();
        assert_eq!((tally.texts, tally.errors), (30, 1));
        assert_eq!(tally.verdicts.values().sum::<u64>(), 30);
        assert_eq!(results.len(), 31);
        for (number, result) in (0..).zip(&results) {
            assert_eq!(result.line, 101 + number);
            let judgement = result.judgement.as_ref();
            assert!(
                number == 30 || judgement.unwrap().models[1].id == "large",
                "{result:?}"
            );
        }
        assert_eq!(scripted.asked().len(), 30);
    }
}
