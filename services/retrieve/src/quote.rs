//! The sentence or row of a passage that answers.

use std::collections::HashSet;

use index::text;
use schemas::document::{Passage, PassageKind};
use unicode_segmentation::UnicodeSegmentation;

/// Characters of a passage that is quoted whole.
const WHOLE: usize = 160;
/// Characters of a sentence that is too short to be understood without the next one.
const SHORT: usize = 14;

/// The sentences of a passage, each with the byte at which it begins; a row is one, whole.
pub fn sentences(passage: &Passage) -> impl Iterator<Item = (usize, &str)> {
    let is_row = match passage.kind {
        PassageKind::Row | PassageKind::SheetRow => true,
        PassageKind::Text | PassageKind::Recognized => false,
    };
    let whole = is_row.then_some((0, passage.text.as_str()));
    let parts = (!is_row).then(|| passage.text.split_sentence_bound_indices());
    whole.into_iter().chain(parts.into_iter().flatten())
}

/// The part of a passage that has most of a question's words: a row or a short passage whole, of running text the best sentence, with
/// the one behind it where it is very short. It stands in the passage word for word. `nearness`: of each of [`sentences`], how near it
/// is to the question; that decides between those with as many words. Empty: the first of them is the best one.
#[must_use]
pub fn best<'a>(passage: &'a Passage, words: &[String], nearness: &[f32]) -> &'a str {
    let whole = passage.text.as_str();
    let sentences: Vec<(usize, &str)> = sentences(passage).collect();
    if sentences.len() == 1 || whole.trim().chars().count() <= WHOLE {
        return whole.trim();
    }
    let wanted: HashSet<&String> = words.iter().collect();
    let overlap = |sentence: &str| {
        let found: HashSet<String> = text::terms(sentence).into_iter().collect();
        wanted.iter().filter(|word| found.contains(**word)).count()
    };
    // The first of the best: what is said first is seldom the exception.
    let best = sentences
        .iter()
        .enumerate()
        .map(|(at, (start, sentence))| {
            let near = nearness.get(at).copied().unwrap_or_default();
            (overlap(sentence), near, at, *start, sentence.len())
        })
        .max_by(|left, right| {
            let by_words = left.0.cmp(&right.0).then(left.1.total_cmp(&right.1));
            by_words.then(right.2.cmp(&left.2))
        });
    let Some((_, _, at, start, length)) = best else {
        return whole.trim();
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
        assert_eq!(best(&passage(kind, words), &text::terms(question), &[]), expect);
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
    fn nearness_decides_where_words_do_not() {
        let rest = "The walkway is open every day.\n".repeat(6);
        let text = format!("{rest}Trains run until 23:10.\n{rest}");
        let passage = passage(PassageKind::Text, &text);
        let nearness: Vec<f32> = sentences(&passage)
            .map(|(_, sentence)| if sentence.contains("23:10") { 0.8 } else { 0.1 })
            .collect();
        assert_eq!(
            best(&passage, &text::terms("末班地铁几点？"), &nearness),
            "Trains run until 23:10."
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
