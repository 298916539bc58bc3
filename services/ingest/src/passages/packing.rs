//! Paragraphs of one section as texts of passages, within a budget.

use schemas::document::Area;

use super::BUDGET;
use super::tokens::{estimate, pieces, sentences};

/// Tokens of a sentence that is repeated at the beginning of the next passage of a long paragraph.
const OVERLAP: usize = BUDGET / 4;
/// Characters of a paragraph that may be a question which what follows answers.
const QUESTION: usize = 160;
/// Areas of one passage.
const AREAS: usize = 64;

/// A paragraph, and where it stands.
pub(super) type Paragraph = (String, Option<Area>);

/// Whether a paragraph is nothing but a question.
///
/// In a list of questions with their answers each is about something else, and a passage of several would come near whatever is asked.
fn is_question(paragraph: &str) -> bool {
    let paragraph = paragraph.trim_end();
    paragraph.ends_with(['?', '？']) && paragraph.chars().count() <= QUESTION
}

/// Paragraphs as texts within the budget, each with its areas; a question begins a text of its own.
pub(super) fn packed(paragraphs: &[Paragraph]) -> Vec<(String, Vec<Area>)> {
    let mut texts = Vec::new();
    let mut current = Current::default();
    for (text, area) in paragraphs {
        let tokens = estimate(text);
        if current.tokens + tokens > BUDGET || (is_question(text) && !current.is_question) {
            current.flush(&mut texts);
        }
        if tokens <= BUDGET {
            current.is_question = is_question(text);
            current.add(text, "\n", *area);
            continue;
        }
        // A long paragraph: sentence by sentence, the last one of a passage again at the beginning of the next.
        let mut last: Option<&str> = None;
        for sentence in sentences(text)
            .into_iter()
            .flat_map(|sentence| pieces(sentence, BUDGET))
        {
            if current.tokens + estimate(sentence) > BUDGET {
                current.flush(&mut texts);
                let again = last.filter(|last| {
                    let again = estimate(last);
                    again <= OVERLAP && again + estimate(sentence) <= BUDGET
                });
                if let Some(again) = again {
                    current.add(again, "", *area);
                }
            }
            current.add(sentence, "", *area);
            last = Some(sentence);
        }
        current.flush(&mut texts);
    }
    current.flush(&mut texts);
    texts
}

#[derive(Default)]
struct Current {
    text: String,
    tokens: usize,
    areas: Vec<Area>,
    /// Its last paragraph is a question.
    is_question: bool,
}

impl Current {
    fn add(&mut self, text: &str, between: &str, area: Option<Area>) {
        if !self.text.is_empty() {
            self.text.push_str(between);
        }
        self.text.push_str(text);
        self.tokens += estimate(text);
        let area = area.filter(|area| self.areas.last() != Some(area) && self.areas.len() < AREAS);
        self.areas.extend(area);
    }

    fn flush(&mut self, texts: &mut Vec<(String, Vec<Area>)>) {
        let Self { text, areas, .. } = std::mem::take(self);
        let text = text.trim();
        if !text.is_empty() {
            texts.push((text.to_owned(), areas));
        }
    }
}
