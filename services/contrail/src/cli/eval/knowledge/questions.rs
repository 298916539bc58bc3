//! Questions with the places where their answers stand.

use std::path::Path;

use anyhow::Context;
use schemas::Language;
use schemas::citation::Citation;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

#[derive(Debug, Clone, Deserialize)]
pub struct Question {
    pub id: String,
    pub language: Language,
    pub question: String,
    pub kind: String,
    #[serde(default)]
    pub file: Option<String>,
    #[serde(default)]
    pub page: Option<u32>,
    #[serde(default)]
    pub answer: OneOrMany,
    #[serde(default)]
    pub accept: Vec<Stand>,
    #[serde(default)]
    pub set: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// A place where an answer stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Stand {
    pub file: String,
    #[serde(default)]
    pub page: Option<u32>,
    /// What must stand there; none: the question's own answer.
    #[serde(default)]
    pub answer: Option<OneOrMany>,
}

impl Stand {
    pub fn is_of(&self, citation: &Citation) -> bool {
        self.is_at(&citation.name, citation.place.page)
    }

    pub fn is_at(&self, name: &str, page: Option<u32>) -> bool {
        self.file == name && (self.page.is_none() || self.page == page)
    }
}

impl Question {
    pub fn stands(&self) -> Vec<Stand> {
        let first = self.file.iter().map(|file| Stand {
            file: file.clone(),
            page: self.page,
            answer: None,
        });
        first.chain(self.accept.iter().cloned()).collect()
    }

    /// Whether a passage that is cited says all that the answer is, at one of its places.
    pub fn is_said_by(&self, citation: &Citation, stands: &[Stand]) -> bool {
        self.is_in(
            &citation.text,
            stands.iter().filter(|stand| stand.is_of(citation)),
        )
    }

    /// Whether a text says all that the answer is, at one of these places.
    pub fn is_in<'a>(&self, text: &str, mut stands: impl Iterator<Item = &'a Stand>) -> bool {
        let text = folded(text);
        stands.any(|stand| {
            let wanted = stand.answer.as_ref().unwrap_or(&self.answer);
            wanted.texts().iter().all(|wanted| text.contains(&folded(wanted)))
        })
    }
}

/// The questions of a file, a JSON document a line; of one set, or all.
pub fn read(path: &Path, set: Option<&str>) -> anyhow::Result<Vec<Question>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    let lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty());
    let questions = lines.map(|(number, line)| {
        serde_json::from_str::<Question>(line).with_context(|| format!("{} line {number}", path.display()))
    });
    let mut questions = questions.collect::<anyhow::Result<Vec<_>>>()?;
    questions.retain(|question| set.is_none() || question.set.as_deref() == set);
    anyhow::ensure!(
        !questions.is_empty(),
        "there is no question in {}",
        path.display()
    );
    Ok(questions)
}

/// A text without blanks, case, width and kinds of dashes, so that how a page is set makes no difference.
fn folded(text: &str) -> String {
    let bare: String = text.split_whitespace().collect();
    bare.nfkc()
        .collect::<String>()
        .to_lowercase()
        .replace(['–', '—', '−'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_case_make_no_difference() {
        assert_eq!(folded("Gate B12\n open, 6–9"), folded("gate Ｂ12 OPEN, 6-9"));
    }

    #[test]
    fn questions_say_where_the_answer_stands() {
        let line = r#"{"id":"1","language":"zh","question":"母婴室在哪？","kind":"table","file":"a.pdf","page":3,
            "answer":["B12","T2"],"accept":[{"file":"b.docx"}],"set":"dev"}"#;
        let question: Question = serde_json::from_str(line).unwrap();
        let stands = question.stands();
        assert_eq!((stands.len(), stands[0].page, stands[1].page), (2, Some(3), None));
        assert_eq!(question.answer.texts(), ["B12", "T2"]);
    }
}
