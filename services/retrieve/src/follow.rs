//! A question that goes on from earlier ones, on its own.
//!
//! "那T3呢?" after "T2有母婴室吗?" means "T3有母婴室吗?". A search looks for words, so that it is enough to put the earlier
//! question's words beside those of the later one, less those codes that it puts others in the place of.

use std::sync::LazyLock;

use index::text;
use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

/// A question on its own, and the earlier one whose words it took over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standalone {
    /// What to search for.
    pub query: String,
    /// What it goes on from, as searched for then; none: it stands alone.
    pub after: Option<String>,
}

/// Puts a question into words that stand alone. `history`: earlier questions, oldest first.
#[must_use]
pub fn standalone(question: &str, history: &[String]) -> Standalone {
    let earlier = history.iter().fold(None, |before: Option<String>, earlier| {
        Some(match before {
            Some(before) if goes_on(earlier) => merged(&before, earlier),
            _ => earlier.clone(),
        })
    });
    match earlier {
        Some(earlier) if goes_on(question) => Standalone {
            query: merged(&earlier, question),
            after: Some(earlier),
        },
        _ => Standalone {
            query: question.to_owned(),
            after: None,
        },
    }
}

/// Beginnings and words of questions that lean on what was said before.
static LEANING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\s*(?:那|那么|还有|另外|然后|换成|and\b|what about\b|how about\b|then\b|also\b|or\b)",
        r"|它|它们|那里|那儿|那边|该(?:处|地|航班|柜台)|这个|那个|刚才|上面",
        r"|\b(?:it|its|they|them|their|there|that one|this one|those|the same)\b",
    ))
    .ok()
});

/// Words of a question that is too short to stand alone.
const FEW: usize = 3;
/// Chinese characters of a question that is too short to stand alone and ends in 呢.
const SHORT: usize = 12;

fn goes_on(question: &str) -> bool {
    let leans = LEANING.as_ref().is_some_and(|leaning| leaning.is_match(question));
    let bare = question.trim_end_matches(['?', '？', '。', '.', ' ']);
    let asks_back = bare.ends_with('呢') && bare.chars().count() <= SHORT;
    let few = bare.is_ascii() && bare.unicode_words().count() <= FEW;
    leans || asks_back || few
}

/// What looks like a code.
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:terminal|gate|counter|room|zone|flight|航站楼|登机口|柜台)?\s*[A-Z]{0,3}[- ]?[0-9]+[A-Z]?(?:号(?:航站楼|登机口|柜台)?)?").ok()
});

/// The earlier question's words, less codes of kinds that the later one names anew, then the later one's.
fn merged(earlier: &str, later: &str) -> String {
    let named: Vec<String> = text::codes(later).iter().map(|code| kind(code)).collect();
    let kept = match &*CODE {
        Some(code) if !named.is_empty() => code
            .replace_all(earlier, |found: &regex::Captures<'_>| {
                let whole = found.get(0).map_or("", |found| found.as_str());
                let replaced = text::codes(whole).iter().any(|code| named.contains(&kind(code)));
                if replaced {
                    " ".to_owned()
                } else {
                    whole.to_owned()
                }
            })
            .into_owned(),
        _ => earlier.to_owned(),
    };
    format!("{} {}", kept.trim(), later.trim())
}

/// A code's letters and how many digits it has: `T2` and `T3` are of one kind, as are `CA1234` and `MU5101`.
fn kind(code: &str) -> String {
    let letters = code.chars().take_while(char::is_ascii_alphabetic).count();
    let digits = code.chars().filter(char::is_ascii_digit).count();
    // One letter is a name of its kind: a terminal is no gate. Two are an airline's.
    let name = if letters == 1 { code.chars().next() } else { None };
    format!("{letters}{name:?}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(history: &[&str], question: &str, expect: &str) {
        let history: Vec<String> = history.iter().map(|text| (*text).to_owned()).collect();
        let got = standalone(question, &history);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&got.query), expect);
        assert_eq!(got.after.is_some(), got.query != question);
    }

    #[test]
    fn a_question_that_leans_on_the_one_before_takes_its_words_over() {
        check(&[], "那T3呢？", "那T3呢？");
        check(&["T2有母婴室吗？"], "那T3呢？", "有母婴室吗？ 那T3呢？");
        check(
            &["When does the last metro leave?"],
            "and the first one?",
            "When does the last metro leave? and the first one?",
        );
        check(
            &["Where is flight CA1234 checked in?"],
            "What about MU5101?",
            "Where is checked in? What about MU5101?",
        );
    }

    #[test]
    fn a_question_of_its_own_does_not() {
        check(
            &["T2有母婴室吗？"],
            "最后一班地铁几点开？",
            "最后一班地铁几点开？",
        );
        check(
            &["When does the last metro leave?"],
            "Which counters does Sichuan Airlines use?",
            "Which counters does Sichuan Airlines use?",
        );
    }

    #[test]
    fn it_goes_on_from_what_the_one_before_meant() {
        check(
            &["T2有母婴室吗？", "那T3呢？"],
            "它在几楼？",
            "有母婴室吗？ 那T3呢？ 它在几楼？",
        );
    }
}
