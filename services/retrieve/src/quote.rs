//! The sentence or row of a passage that answers.

use std::collections::HashSet;

use index::text;
use schemas::document::{Passage, PassageKind};
use unicode_segmentation::UnicodeSegmentation;

/// Characters of a passage that is quoted whole.
const WHOLE: usize = 160;
/// Characters of a sentence that is too short to be understood without the next one.
const SHORT: usize = 14;

/// The part of a passage that has most of a question's words: a row whole, of running text the best sentence, with the one
/// behind it where it is very short. It stands in the passage word for word.
#[must_use]
pub fn best<'a>(passage: &'a Passage, words: &[String]) -> &'a str {
    let whole = passage.text.trim();
    let is_row = match passage.kind {
        PassageKind::Row | PassageKind::SheetRow => true,
        PassageKind::Text | PassageKind::Recognized => false,
    };
    if is_row || whole.chars().count() <= WHOLE {
        return whole;
    }
    let wanted: HashSet<&String> = words.iter().collect();
    let sentences: Vec<(usize, &str)> = whole.split_sentence_bound_indices().collect();
    let overlap = |sentence: &str| {
        let found: HashSet<String> = text::terms(sentence).into_iter().collect();
        wanted.iter().filter(|word| found.contains(**word)).count()
    };
    // The first of the best: what is said first is seldom the exception.
    let best = sentences
        .iter()
        .enumerate()
        .map(|(at, (start, sentence))| (overlap(sentence), at, *start, sentence.len()))
        .max_by(|left, right| left.0.cmp(&right.0).then(right.1.cmp(&left.1)));
    let Some((_, at, start, length)) = best else {
        return whole;
    };
    let mut end = start + length;
    let is_short = whole
        .get(start..end)
        .is_some_and(|sentence| sentence.trim().chars().count() < SHORT);
    if let Some((next, sentence)) = sentences.get(at + 1).filter(|_| is_short) {
        end = next + sentence.len();
    }
    whole.get(start..end).unwrap_or(whole).trim()
}

#[cfg(test)]
mod tests {
    use schemas::document::Place;

    use super::*;

    fn passage(kind: PassageKind, words: &str) -> Passage {
        Passage {
            index: 0,
            text: words.to_owned(),
            context: String::new(),
            place: Place::default(),
            kind,
            language: None,
            duplicate_of: None,
        }
    }

    fn check(kind: PassageKind, words: &str, question: &str, expect: &str) {
        assert_eq!(best(&passage(kind, words), &text::terms(question)), expect);
    }

    #[test]
    fn of_running_text_it_is_the_sentence_with_the_words() {
        let zh = "航站楼连廊每日开放。".repeat(20);
        let text = format!("{zh}母婴室位于T2航站楼B12登机口旁，全天开放。{zh}");
        check(
            PassageKind::Text,
            &text,
            "T2 几号登机口有母婴室",
            "母婴室位于T2航站楼B12登机口旁，全天开放。",
        );
        let en = "The walkway is open every day. ".repeat(10);
        let text = format!("{en}The last metro leaves at 23:10. {en}");
        check(
            PassageKind::Text,
            &text,
            "When does the last metro leave?",
            "The last metro leaves at 23:10.",
        );
    }

    #[test]
    fn rows_and_short_passages_stay_whole() {
        let row = format!(
            "Airline: Sichuan Airlines; Counters: C01–C12; Note: {}",
            "x".repeat(300)
        );
        check(PassageKind::Row, &row, "Which counters?", &row);
        check(
            PassageKind::Text,
            "Closed. See gate B.",
            "gate",
            "Closed. See gate B.",
        );
    }
}
