//! A folder of questions over tables, with their right answers.
//!
//! `questions.jsonl` holds a [`Question`] a line; the tables are the files of `csv/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use schemas::{Date, Value};
use serde::Deserialize;

/// Why a folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file or folder can't be read.
    #[error("can't read {path}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line is no question.
    #[error("{path}, line {line}: not a question")]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A line names a table that is not there.
    #[error("{path}, line {line}: there is no table {table}")]
    NoTable {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// The table's file name.
        table: String,
    },
    /// There is nothing to ask.
    #[error("{path} has no questions")]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// A question in two languages, and its right answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Question {
    /// Its name in predictions.
    pub id: String,
    /// The file name of the table that it is about.
    pub table: String,
    /// The question in Chinese.
    pub zh: String,
    /// The question in English.
    pub en: String,
    /// The rows of the right answer.
    pub rows: Vec<Vec<Value>>,
    /// Other rows that are as right.
    #[serde(default)]
    pub accept: Vec<Vec<Vec<Value>>>,
    /// Whether their order counts.
    #[serde(default)]
    pub ordered: bool,
    /// Whether it can be answered at all.
    #[serde(default)]
    pub expect: Expect,
    /// What relative dates count from.
    #[serde(default)]
    pub today: Option<Date>,
}

/// What is right to do with a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// Answer it.
    #[default]
    Answer,
    /// Refuse it, or ask back.
    Refuse,
}

/// The file of questions where no other is named.
pub const QUESTIONS: &str = "questions.jsonl";

/// Questions and tables.
#[derive(Debug)]
pub struct Dataset {
    /// In the order of the file.
    pub questions: Vec<Question>,
    /// Paths of the tables, by name.
    pub tables: Vec<PathBuf>,
}

impl Dataset {
    /// Reads a folder: of the questions in `file` the first `limit`, and all tables.
    ///
    /// # Errors
    /// [`DatasetError`] naming the file, and the line where it is about one.
    pub fn read(folder: &Path, file: &str, limit: Option<usize>) -> Result<Self, DatasetError> {
        let tables = tables(&folder.join("csv"))?;
        let names: BTreeSet<&str> = tables
            .iter()
            .filter_map(|path| path.file_name().and_then(|name| name.to_str()))
            .collect();

        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).map_err(|source| DatasetError::Unreadable {
            path: path.clone(),
            source,
        })?;
        let mut questions = Vec::new();
        let lines = (1..)
            .zip(text.lines())
            .filter(|(_, text)| !text.trim().is_empty());
        for (line, text) in lines.take(limit.unwrap_or(usize::MAX)) {
            let question: Question = serde_json::from_str(text).map_err(|source| DatasetError::Line {
                path: path.clone(),
                line,
                source,
            })?;
            if !names.contains(question.table.as_str()) {
                return Err(DatasetError::NoTable {
                    path,
                    line,
                    table: question.table,
                });
            }
            questions.push(question);
        }
        if questions.is_empty() {
            Err(DatasetError::Empty { path })
        } else {
            Ok(Self { questions, tables })
        }
    }
}

fn tables(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let unreadable = |source| DatasetError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_table = |extension: &std::ffi::OsStr| {
            ["csv", "tsv", "xlsx"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        };
        if path.extension().is_some_and(is_table) {
            tables.push(path);
        }
    }
    tables.sort();
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(questions: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("csv")).unwrap();
        std::fs::write(folder.path().join("csv/gates.csv"), "gate\nA1\n").unwrap();
        std::fs::write(folder.path().join("questions.jsonl"), questions).unwrap();
        folder
    }

    const GOOD: &str =
        r#"{"id":"1","table":"gates.csv","zh":"几个","en":"how many","sql":"…","rows":[[1,null,"a",0.5]]}"#;

    #[test]
    fn questions_and_tables_are_read() {
        let folder = folder(&format!("{GOOD}\n\n{GOOD}\n"));
        let data = Dataset::read(folder.path(), QUESTIONS, None).unwrap();
        assert_eq!((data.questions.len(), data.tables.len()), (2, 1));
        let question = &data.questions[0];
        assert!(!question.ordered);
        assert_eq!(
            question.rows[0],
            [Value::Int(1), Value::Null, "a".into(), Value::Float(0.5)]
        );
        assert_eq!(
            Dataset::read(folder.path(), QUESTIONS, Some(1))
                .unwrap()
                .questions
                .len(),
            1
        );
    }

    fn check(questions: &str, expect: &str) {
        let folder = folder(questions);
        let error = Dataset::read(folder.path(), QUESTIONS, None)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expect), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        check(
            &format!("{GOOD}\n{{\"id\":"),
            "questions.jsonl, line 2: not a question",
        );
        check(
            &GOOD.replace("gates.csv", "../gates.csv"),
            "line 1: there is no table ../gates.csv",
        );
        check("\n", "has no questions");
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = Dataset::read(Path::new("/nowhere/at/all"), QUESTIONS, None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nowhere/at/all"), "{error}");
    }
}
