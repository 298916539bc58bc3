//! What a language model expected in labelled texts: read once, kept in a file of JSON lines, used by every fit.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::available_parallelism;

use schemas::Language;
use serde::{Deserialize, Serialize};

use crate::hashing::mix;
use crate::likelihood::{Expectation, LikelihoodError, Readers, identity};
use crate::model::length;
use crate::text::{Kind, normalize, sort};

use super::data::{DataError, Record};

/// Why texts can't be read by a language model, or what it read can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadingsError {
    /// The labelled texts can't be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The model failed.
    #[error("the language model can't read a text")]
    Model(#[from] LikelihoodError),
    /// The file can't be read or written.
    #[error("can't read or write {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line is nothing that was written here.
    #[error("{path}, line {line}: not what a language model read")]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// What the model expected in texts, by what [`name`] makes of them.
pub type Readings = HashMap<u64, Vec<Expectation>>;

/// A line of the file. Texts are named by a hash: no text is kept.
#[derive(Serialize, Deserialize)]
struct Line {
    text: u64,
    read: Vec<(usize, f32, u32, f32, f32)>,
}

/// A number that stands for a text and the model that reads it.
#[must_use]
pub fn name(language: Language, text: &str) -> u64 {
    let [model, version] = identity(language);
    let bytes = model.bytes().chain(version.bytes()).chain(text.bytes());
    bytes.fold(0, |hash, byte| mix(hash ^ u64::from(byte)))
}

/// What a file has; nothing where there is none.
///
/// # Errors
/// [`ReadingsError::File`], [`ReadingsError::Line`].
pub fn load(path: &Path) -> Result<Readings, ReadingsError> {
    let failed = |source| ReadingsError::File {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Readings::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut readings = Readings::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line: Line =
            serde_json::from_str(&line.map_err(failed)?).map_err(|source| ReadingsError::Line {
                path: path.to_owned(),
                line: number + 1,
                source,
            })?;
        let read = line.read.into_iter();
        let read = read.map(|(start, log_probability, rank, entropy, variance)| Expectation {
            start,
            log_probability,
            rank,
            entropy,
            variance,
        });
        readings.insert(line.text, read.collect());
    }
    Ok(readings)
}

/// Reads up to `limit` texts of each language that has a reader, those that the file has not yet, and adds them to it one by one: what was broken off goes on.
/// Which ones hangs on the texts alone; all sources, domains and both kinds come by turns, so that few texts tell of all.
/// `progress` hears how many of how many are read.
///
/// # Errors
/// [`ReadingsError`].
pub fn read(
    records: impl Iterator<Item = Result<Record, DataError>>,
    readers: &Readers,
    path: &Path,
    limit: usize,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), ReadingsError> {
    let known = load(path)?;
    let (mut chinese, mut english) = (Cells::new(), Cells::new());
    for record in records {
        let record = record?;
        let Some((language, text)) = prose(&record) else {
            continue;
        };
        let cells = match language {
            Language::Zh => &mut chinese,
            Language::En => &mut english,
        };
        let cell = (record.source, record.domain, record.label);
        cells.entry(cell).or_default().push((name(language, &text), text));
    }
    let of = |cells, language| {
        let reader = readers.of(language);
        let taken = if reader.is_some() { limit } else { 0 };
        by_turns(cells, taken)
            .into_iter()
            .map(move |named| (reader, named))
    };
    let turns: Vec<_> = of(chinese, Language::Zh)
        .chain(of(english, Language::En))
        .collect();
    let total = turns.len() as u64;
    let failed = |source| ReadingsError::File {
        path: path.to_owned(),
        source,
    };
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(failed)?;
    let unread: Vec<_> = turns
        .into_iter()
        .filter(|(_, (name, _))| !known.contains_key(name))
        .collect();
    let mut done = total - unread.len() as u64;
    progress(done, total);
    let unread = Mutex::new(unread.into_iter());
    let (lines, written) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..available_parallelism().map_or(1, usize::from) {
            let (unread, lines) = (&unread, lines.clone());
            scope.spawn(move || {
                let next = || unread.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some((reader, (name, text))) = next() {
                    let Some(reader) = reader else { continue };
                    let read = reader.read(&text);
                    let is_failed = read.is_err();
                    if lines.send(read.map(|read| Line::new(name, &read))).is_err() || is_failed {
                        break;
                    }
                }
            });
        }
        drop(lines);
        for line in written {
            let mut line = serde_json::to_vec(&line?).map_err(|error| failed(error.into()))?;
            line.push(b'\n');
            file.write_all(&line).map_err(failed)?;
            done += 1;
            progress(done, total);
        }
        Ok(())
    })
}

impl Line {
    fn new(text: u64, read: &[Expectation]) -> Self {
        let short = |number: f32| (number * 1e3).round() / 1e3;
        let read = read.iter().map(|one| {
            let (log, entropy) = (short(one.log_probability), short(one.entropy));
            (one.start, log, one.rank, entropy, short(one.variance))
        });
        Self {
            text,
            read: read.collect(),
        }
    }
}

/// Texts with their names, by source, domain and who wrote them.
type Cells = BTreeMap<(String, String, u8), Vec<(u64, String)>>;

/// So many texts, one of each cell by turns, in an order that hangs on their names alone.
fn by_turns(cells: Cells, limit: usize) -> Vec<(u64, String)> {
    let mut turns: Vec<(usize, u64, String)> = Vec::new();
    for mut texts in cells.into_values() {
        texts.sort_unstable();
        texts.dedup();
        let numbered = texts.into_iter().enumerate();
        turns.extend(numbered.map(|(turn, (name, text))| (turn, name, text)));
    }
    turns.sort_unstable();
    let taken = turns.into_iter().take(limit);
    taken.map(|(_, name, text)| (name, text)).collect()
}

/// The text as a model reads it, with its language, if it is prose that is long enough.
fn prose(record: &Record) -> Option<(Language, String)> {
    let text = normalize(&record.text);
    let sorted = sort(&record.text, &text);
    let language = sorted.language.filter(|_| matches!(sorted.kind, Kind::Prose))?;
    length::bucket(language, sorted.units)?;
    Some((language, text.chars.iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_by_turns_whatever_their_size() {
        let cell = |source: &str, texts: u64| {
            let key = (source.to_owned(), String::new(), 0);
            (
                key,
                (0..texts)
                    .map(|at| (mix(at), format!("{source}{at}")))
                    .collect::<Vec<_>>(),
            )
        };
        let cells = || Cells::from([cell("large", 1_000), cell("small", 10)]);
        let taken = by_turns(cells(), 16);
        assert_eq!(
            taken.iter().filter(|(_, text)| text.starts_with("small")).count(),
            8
        );
        assert_eq!(taken, by_turns(cells(), 1_000)[..16]);
    }

    #[test]
    fn what_was_read_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("readings.jsonl");
        assert!(load(&path).unwrap().is_empty());
        let read = Expectation {
            start: 3,
            log_probability: -1.5,
            rank: 2,
            entropy: 2.25,
            variance: 4.0,
        };
        let line = Line::new(name(Language::En, "a text"), &[read]);
        std::fs::write(&path, serde_json::to_string(&line).unwrap() + "\n").unwrap();
        let readings = load(&path).unwrap();
        assert_eq!(readings[&name(Language::En, "a text")], [read]);
        assert!(!readings.contains_key(&name(Language::Zh, "a text")));
        std::fs::write(&path, "{}\n").unwrap();
        assert!(load(&path).unwrap_err().to_string().contains("line 1"));
    }
}
