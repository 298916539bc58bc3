//! Labelled texts: a JSON document a line, packed or not, read one after the other.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

/// Why a file of labelled texts can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It can't be read.
    #[error("can't read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line is no labelled text.
    #[error("{path}, line {line}: not a labelled text")]
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

/// One labelled text.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    /// Its name.
    #[serde(default)]
    pub id: String,
    /// The text.
    pub text: String,
    /// 0: by a person, 1: by a machine.
    pub label: u8,
    /// Where it was collected.
    #[serde(default)]
    pub source: String,
    /// What it is about, or what kind of text it is; `?` in it: not known.
    #[serde(default)]
    pub domain: String,
    /// What wrote it.
    #[serde(default)]
    pub generator: String,
    /// Its language, `zh` or `en`; empty: by its characters.
    #[serde(default)]
    pub lang: String,
    /// What was done to it to hide what wrote it.
    #[serde(default)]
    pub attack: String,
    /// Texts on the same matter have the same one within their source.
    #[serde(default)]
    pub pair: String,
}

/// The labelled texts of a file, one after the other; `.gz` is unpacked on the way. With each, the share of the file that
/// has been read is not known, but the bytes of it are: `on_read` is told them.
///
/// # Errors
/// [`DataError::Unreadable`]; later what is wrong with a line.
pub fn records(
    path: &Path,
    mut on_read: impl FnMut(u64, u64),
) -> Result<impl Iterator<Item = Result<Record, DataError>>, DataError> {
    let unreadable = {
        let path = path.to_owned();
        move |source| DataError::Unreadable {
            path: path.clone(),
            source,
        }
    };
    let file = File::open(path).map_err(&unreadable)?;
    let total = file.metadata().map_err(&unreadable)?.len();
    let counted = Counting {
        inner: file,
        read: std::rc::Rc::default(),
    };
    let read = std::rc::Rc::clone(&counted.read);
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn Read> = if packed {
        Box::new(MultiGzDecoder::new(BufReader::new(counted)))
    } else {
        Box::new(counted)
    };
    let path = path.to_owned();
    let lines = BufReader::with_capacity(1 << 16, reader).lines().enumerate();
    Ok(lines.filter_map(move |(number, line)| {
        on_read(read.get(), total);
        let line = match line {
            Ok(line) if line.trim().is_empty() => return None,
            Ok(line) => line,
            Err(source) => return Some(Err(unreadable(source))),
        };
        Some(serde_json::from_str(&line).map_err(|source| DataError::Line {
            path: path.clone(),
            line: number + 1,
            source,
        }))
    }))
}

/// Counts what is read.
struct Counting {
    inner: File,
    read: std::rc::Rc<std::cell::Cell<u64>>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.read.set(self.read.get() + length as u64);
        Ok(length)
    }
}
