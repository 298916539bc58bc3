//! A folder in the layout of BEIR: `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

/// What may be found.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Text {
    /// Its name in the file of judgements.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its title; may be empty.
    #[serde(default)]
    pub title: String,
    /// Its words.
    pub text: String,
}

/// What is asked, with what fits it.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its words.
    pub text: String,
    /// How well texts fit, by their names: only those that do.
    pub relevant: BTreeMap<String, u32>,
}

/// Texts, and questions that are judged.
#[derive(Debug)]
pub struct Beir {
    /// All texts, in the order of the file.
    pub corpus: Vec<Text>,
    /// Questions with at least one text that fits, in the order of the file.
    pub questions: Vec<Question>,
}

impl Beir {
    /// Reads a folder: all texts, and the first `limit` questions.
    ///
    /// # Errors
    /// When a file is not there or a line is not what it should be; with the line.
    pub fn read(folder: &Path, limit: Option<usize>) -> anyhow::Result<Self> {
        let corpus: Vec<Text> = lines(&folder.join("corpus.jsonl"), |line| {
            Ok(serde_json::from_str(line)?)
        })?;
        let asked: Vec<Text> = lines(&folder.join("queries.jsonl"), |line| {
            Ok(serde_json::from_str(line)?)
        })?;
        let mut judged = judgements(&folder.join("qrels").join("test.tsv"))?;
        let questions = asked.into_iter().filter_map(|asked| {
            Some(Question {
                relevant: judged.remove(&asked.id)?,
                text: asked.text,
            })
        });
        let questions: Vec<Question> = questions.take(limit.unwrap_or(usize::MAX)).collect();
        if corpus.is_empty() || questions.is_empty() {
            bail!("{} has no texts, or no question that is judged", folder.display());
        }
        Ok(Self { corpus, questions })
    }
}

/// By question, the texts that fit it.
fn judgements(path: &Path) -> anyhow::Result<BTreeMap<String, BTreeMap<String, u32>>> {
    let mut judged: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
    let rows = lines(path, |line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [question, text, score] = fields[..] else {
            bail!("expected a question, a text and a score, separated by tabs");
        };
        // The first line names the columns.
        let score = if score == "score" {
            0
        } else {
            score.trim().parse::<i64>()?
        };
        Ok((
            question.to_owned(),
            text.to_owned(),
            u32::try_from(score).unwrap_or(0),
        ))
    })?;
    for (question, text, score) in rows {
        if score > 0 {
            judged.entry(question).or_default().insert(text, score);
        }
    }
    Ok(judged)
}

fn lines<T>(path: &Path, read: impl Fn(&str) -> anyhow::Result<T>) -> anyhow::Result<Vec<T>> {
    let file = File::open(path).with_context(|| format!("can't read {}", path.display()))?;
    let mut all = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let place = || format!("{}, line {number}", path.display());
        let line = line.with_context(place)?;
        if !line.trim().is_empty() {
            all.push(read(&line).with_context(place)?);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(qrels: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::create_dir(folder.path().join("qrels")).unwrap();
        write(
            "corpus.jsonl",
            "{\"_id\":\"d1\",\"title\":\"Gates\",\"text\":\"A12\"}\n\n{\"_id\":\"d2\",\"text\":\"T2\"}\n",
        );
        write(
            "queries.jsonl",
            "{\"_id\":\"q1\",\"text\":\"where\"}\n{\"_id\":\"q2\",\"text\":\"when\"}\n",
        );
        write("qrels/test.tsv", qrels);
        folder
    }

    #[test]
    fn questions_come_with_what_fits_them() {
        let folder = folder("query-id\tcorpus-id\tscore\nq2\td1\t2\nq2\td2\t0\n");
        let data = Beir::read(folder.path(), None).unwrap();
        assert_eq!(data.corpus.len(), 2);
        let [question] = &data.questions[..] else {
            panic!("{data:?}")
        };
        assert_eq!(question.text, "when");
        assert_eq!(question.relevant, BTreeMap::from([("d1".to_owned(), 2)]));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let check = |qrels: &str, expected: &str| {
            let error = Beir::read(folder(qrels).path(), None).unwrap_err();
            assert!(format!("{error:#}").contains(expected), "{error:#}");
        };
        check("q1 d1 1\n", "test.tsv, line 1: expected a question");
        check("q1\td1\tmuch\n", "test.tsv, line 1");
        check("q1\td1\t0\n", "no question that is judged");
    }
}
