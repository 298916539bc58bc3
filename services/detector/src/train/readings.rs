//! What a language model expected in labelled texts: read once, kept in a file of JSON lines, used by every fit.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};

use schemas::Language;
use serde::{Deserialize, Serialize};

use crate::hashing::mix;
use crate::likelihood::{Distribution, Expectation, LikelihoodError, identity};
use crate::model::length;
use crate::text::{Kind, normalize, sort};

use super::data::{DataError, Record};
use super::source::Source;

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
    /// A file for one model has what another one read.
    #[error("{path} has what {other} read, and not {wanted} alone: keep a file for each", path = .path.display())]
    Mixed {
        /// The file.
        path: PathBuf,
        /// What was found in it.
        other: String,
        /// What it was to have.
        wanted: String,
    },
}

/// What language models expected in texts: those of this process, each in its language, or one behind an endpoint.
#[derive(Debug, Default)]
pub struct Readings {
    by: Option<[String; 2]>,
    texts: HashMap<u64, Vec<Expectation>>,
}

impl Readings {
    /// The language model that read the texts of a language: its name, then which weights of it.
    #[must_use]
    pub fn reader(&self, language: Language) -> [String; 2] {
        self.by
            .clone()
            .unwrap_or_else(|| identity(language).map(str::to_owned))
    }

    /// What it expected in a text; none where it has not read it.
    #[must_use]
    pub fn of(&self, language: Language, text: &str) -> Option<&[Expectation]> {
        let expected = self.texts.get(&name(&self.reader(language), text));
        expected.map(Vec::as_slice)
    }
}

/// A line of the file. Texts are named by a hash: no text is kept.
#[derive(Serialize, Deserialize)]
struct Line {
    text: u64,
    /// The model behind an endpoint that read it; none of one in this process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<[String; 2]>,
    read: Vec<Token>,
}

/// Where a token begins, its log-probability and, where they are told, rank, entropy and variance.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Token {
    Whole(usize, f32, u32, f32, f32),
    Alone(usize, f32),
}

/// A number that stands for a text and the model that reads it.
fn name(reader: &[String; 2], text: &str) -> u64 {
    let [model, version] = reader;
    let bytes = model.bytes().chain(version.bytes()).chain(text.bytes());
    bytes.fold(0, |hash, byte| mix(hash ^ u64::from(byte)))
}

/// What a file has; nothing where there is none.
///
/// # Errors
/// [`ReadingsError::File`], [`ReadingsError::Line`], [`ReadingsError::Mixed`].
pub fn load(path: &Path) -> Result<Readings, ReadingsError> {
    let failed = |source| ReadingsError::File {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Readings::default()),
        Err(error) => return Err(failed(error)),
    };
    let mut readings = Readings::default();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line: Line =
            serde_json::from_str(&line.map_err(failed)?).map_err(|source| ReadingsError::Line {
                path: path.to_owned(),
                line: number + 1,
                source,
            })?;
        if number == 0 {
            readings.by = line.by;
        } else if readings.by != line.by {
            return Err(mixed(path, line.by.as_ref(), readings.by.as_ref()));
        }
        let read = line.read.into_iter().map(Token::expectation);
        readings.texts.insert(line.text, read.collect());
    }
    Ok(readings)
}

fn mixed(path: &Path, other: Option<&[String; 2]>, wanted: Option<&[String; 2]>) -> ReadingsError {
    let name = |by: Option<&[String; 2]>| by.map_or("models of this process".to_owned(), |by| by.join(" "));
    ReadingsError::Mixed {
        path: path.to_owned(),
        other: name(other),
        wanted: name(wanted),
    }
}

/// Has up to `limit` texts of each language read that `source` reads, those that the file has not yet, and adds them to it one by one: what was broken off goes on.
/// Which ones hangs on the texts alone; all sources, domains and both kinds come by turns, so that few texts tell of all.
/// `progress` hears how many of how many are read.
///
/// # Errors
/// [`ReadingsError`].
pub fn read(
    records: impl Iterator<Item = Result<Record, DataError>>,
    source: &Source<'_>,
    path: &Path,
    limit: usize,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), ReadingsError> {
    let known = load(path)?;
    if !known.texts.is_empty() && known.by != source.by() {
        return Err(mixed(path, known.by.as_ref(), source.by().as_ref()));
    }
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
        let name = name(&source.identity(language), &text);
        cells.entry(cell).or_default().push((name, text));
    }
    let of = |cells, language| {
        let taken = if source.reads(language) { limit } else { 0 };
        by_turns(cells, taken)
            .into_iter()
            .map(move |named| (language, named))
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
        .filter(|(_, (name, _))| !known.texts.contains_key(name))
        .collect();
    let mut done = total - unread.len() as u64;
    progress(done, total);
    let unread = Mutex::new(unread.into_iter());
    let (lines, written) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..source.at_once() {
            let (unread, lines) = (&unread, lines.clone());
            scope.spawn(move || {
                let next = || unread.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some((language, (name, text))) = next() {
                    let read = source.read(language, &text);
                    let is_failed = read.is_err();
                    let line = read.map(|read| Line::new(name, source.by(), &read));
                    if lines.send(line).is_err() || is_failed {
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
    fn new(text: u64, by: Option<[String; 2]>, read: &[Expectation]) -> Self {
        Self {
            text,
            by,
            read: read.iter().map(Token::of).collect(),
        }
    }
}

impl Token {
    fn of(one: &Expectation) -> Self {
        let short = |number: f32| (number * 1e3).round() / 1e3;
        let log = short(one.log_probability);
        match one.distribution {
            None => Self::Alone(one.start, log),
            Some(all) => Self::Whole(one.start, log, all.rank, short(all.entropy), short(all.variance)),
        }
    }

    fn expectation(self) -> Expectation {
        let (start, log_probability, distribution) = match self {
            Self::Alone(start, log) => (start, log, None),
            Self::Whole(start, log, rank, entropy, variance) => {
                let all = Distribution {
                    rank,
                    entropy,
                    variance,
                };
                (start, log, Some(all))
            }
        };
        Expectation {
            start,
            log_probability,
            distribution,
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
        assert!(load(&path).unwrap().texts.is_empty());
        let whole = Expectation {
            start: 3,
            log_probability: -1.5,
            distribution: Some(Distribution {
                rank: 2,
                entropy: 2.25,
                variance: 4.0,
            }),
        };
        let alone = Expectation {
            distribution: None,
            ..whole
        };
        let endpoint = || ["large", "endpoint"].map(str::to_owned);
        let check = |by: Option<[String; 2]>, read: Expectation| {
            let reader = by
                .clone()
                .unwrap_or_else(|| identity(Language::En).map(str::to_owned));
            let line = Line::new(name(&reader, "a text"), by, &[read]);
            let line = serde_json::to_string(&line).unwrap() + "\n";
            std::fs::write(&path, &line).unwrap();
            let readings = load(&path).unwrap();
            assert_eq!(readings.of(Language::En, "a text"), Some([read].as_slice()));
            assert_eq!(readings.reader(Language::En), reader);
            assert_eq!(readings.of(Language::En, "another"), None);
            line
        };
        let local = check(None, whole);
        let remote = check(Some(endpoint()), alone);
        // Lines of before, which told no reader, are still read.
        assert!(
            !local.contains("by") && remote.contains("large"),
            "{local}{remote}"
        );
        std::fs::write(&path, local + &remote).unwrap();
        let error = load(&path).unwrap_err().to_string();
        assert!(
            error.contains("large") && error.contains("a file for each"),
            "{error}"
        );
        std::fs::write(&path, "{}\n").unwrap();
        assert!(load(&path).unwrap_err().to_string().contains("line 1"));
    }
}
