//! Words about a result, whose figures are all of it.
//!
//! Each cell of the result is a fact with an id. The model writes sentences that cite facts by their ids; a sentence that
//! cites what is not there, or has a figure of its own, is sent back once and then cut.

use std::sync::LazyLock;

use models::{Message, Request, Shape, json};
use regex::Regex;
use schemas::answer::Answer;
use schemas::model::Fact;
use schemas::value::Value;

use super::super::Asked;
use super::conversation::Conversation;
use super::prompt::{fence, fenced, value};
use crate::words;
use crate::words::asked::Said;
use crate::words::number;

/// The task.
const PROSE: &str = include_str!("../../../prompts/prose.md");
/// Facts that a model is shown.
const FACTS: usize = 200;
/// Sentences that are taken.
const SENTENCES: usize = 8;
/// Characters of a sentence.
const SENTENCE: usize = 400;

/// Words of the model for an answer, and how many of its sentences were cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    /// The sentences, facts in place of their ids.
    pub text: String,
    /// The facts that they cite.
    pub facts: Vec<Fact>,
    /// The sentences that have figures of their own, as written.
    pub refused: Vec<String>,
}

/// Adds words to an answer. Where the model gives none that hold, the answer stays as it is, and says what was cut.
pub(super) async fn add(answer: &mut Answer, asked: &Asked, talk: &mut Conversation<'_>) {
    let facts = facts(answer);
    if facts.is_empty() {
        return;
    }
    let mut request = request(asked, &facts);
    let mut kept: Option<Locked> = None;
    for _ in 0..2 {
        let text = match talk.aside(&request).await {
            Ok(text) => text,
            Err(error) => {
                tracing::warn!(answer = %asked.id, %error, "the language model gave no words");
                break;
            }
        };
        let locked = lock(&text, &facts);
        let done = locked.refused.is_empty() && !locked.text.is_empty();
        request.messages.push(Message::assistant(text));
        request.messages.push(Message::user(complaint(&locked)));
        kept = Some(locked);
        if done {
            break;
        }
    }
    let Some(locked) = kept else {
        return;
    };
    let cut = locked.refused.len();
    let note = (cut > 0).then(|| Said::Cut { sentences: cut }.tell(asked.language));
    for part in std::iter::once(locked.text)
        .chain(note)
        .filter(|part| !part.is_empty())
    {
        answer.text.push_str("\n\n");
        answer.text.push_str(&part);
    }
    talk.part.facts = locked.facts;
}

/// The facts of an answer: its cells, row by row.
#[must_use]
pub fn facts(answer: &Answer) -> Vec<Fact> {
    let phrases = words::phrases(answer.language);
    let cells = (0..).zip(&answer.rows).flat_map(|(row, cells)| {
        let named = answer.columns.iter().zip(cells);
        named.map(move |(column, value)| (row, column, value))
    });
    (1..)
        .zip(cells.take(FACTS))
        .map(|(number, (row, column, value)): (usize, _)| Fact {
            id: format!("F{number}"),
            column: column.clone(),
            row,
            text: match value {
                Value::Float(_) => number::grouped(value),
                Value::Int(_) | Value::Text(_) => number::plain(value),
                Value::Null => phrases.nothing(),
                Value::Bool(truth) => phrases.truth(*truth),
            },
            value: value.clone(),
        })
        .collect()
}

fn request(asked: &Asked, facts: &[Fact]) -> Request {
    let fence = fence(asked);
    let shown: Vec<_> = facts
        .iter()
        .map(|fact| {
            serde_json::json!({ "id": fact.id, "row": fact.row + 1, "column": fact.column, "value": value(&fact.value) })
        })
        .collect();
    let told = format!(
        "The result:\n{}\nQuestion: {}",
        fenced(&fence, &shown.into()),
        asked.question
    );
    Request {
        messages: vec![
            Message::system(PROSE.replace("{fence}", &fence)),
            Message::user(told),
        ],
        shape: Shape::Json {
            name: "words",
            schema: serde_json::json!({
                "type": "object",
                "properties": {
                    "sentences": { "type": "array", "items": { "type": "string" }, "maxItems": SENTENCES },
                },
                "required": ["sentences"],
            }),
        },
        temperature: 0.0,
        seed: None,
        nonce: fence,
    }
}

fn complaint(locked: &Locked) -> String {
    if locked.refused.is_empty() {
        return "There are no sentences in that. Reply again with {\"sentences\": [\"…\"]}.".to_owned();
    }
    let refused = serde_json::json!(locked.refused);
    format!(
        "These sentences have figures that are not cited by the id of a fact, or cite ids that are not there: {refused}\nReply again with all sentences, every figure as an id in braces."
    )
}

/// Holds a reply against the facts.
#[must_use]
pub fn lock(reply: &str, facts: &[Fact]) -> Locked {
    let json = json::read(reply).unwrap_or_default();
    let sentences = json.get("sentences").and_then(serde_json::Value::as_array);
    let sentences = sentences
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str);
    let mut locked = Locked {
        text: String::new(),
        facts: Vec::new(),
        refused: Vec::new(),
    };
    for sentence in sentences.take(SENTENCES) {
        let sentence: String = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        match resolved(&sentence, facts) {
            Some((text, cited)) if sentence.chars().count() <= SENTENCE => {
                if !locked.text.is_empty() && text.starts_with(|first: char| first.is_ascii()) {
                    locked.text.push(' ');
                }
                locked.text.push_str(&text);
                for fact in cited {
                    if !locked.facts.contains(fact) {
                        locked.facts.push(fact.clone());
                    }
                }
            }
            _ => locked.refused.push(sentence),
        }
    }
    locked
}

/// A sentence with facts in place of their ids; none where an id is not there or a figure is none of them.
fn resolved<'a>(sentence: &str, facts: &'a [Fact]) -> Option<(String, Vec<&'a Fact>)> {
    let (mut text, mut own, mut cited) = (String::new(), String::new(), Vec::new());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let (id, behind) = after.split_once('}')?;
        let fact = facts.iter().find(|fact| fact.id == id.trim())?;
        text.push_str(before);
        text.push_str(&fact.text);
        own.push_str(before);
        // A fact between two words keeps them apart: "百{F1}分" is no numeral.
        own.push('\u{0}');
        cited.push(fact);
        rest = behind;
    }
    text.push_str(rest);
    own.push_str(rest);
    (!has_figure(&own)).then_some((text, cited))
}

/// Numerals in words. "One" and 一 are articles more often than figures, and stand for nothing by themselves.
static NUMERALS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twent(?:y|ies)|thirt(?:y|ies)",
        r"|fort(?:y|ies)|fift(?:y|ies)|sixt(?:y|ies)|sevent(?:y|ies)|eight(?:y|ies)|ninet(?:y|ies)|hundreds?|thousands?",
        r"|[mb]illions?|dozens?|half|halves|halved|thirds?|quarters?|twice|thrice|doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)",
        r"|percent|per cent|\w+fold)\b",
        r"|[零〇二两三四五六七八九十百千万亿半]+(?:个|倍|成|分|次|年|月|日|天|名|位|家|件|台|元|块|%|点|以上|多|余|左右|种|类|项|条|架|人)",
        r"|[零〇一二两三四五六七八九十]*[十百千万亿][零〇一二两三四五六七八九十百千万亿]+|百分之|分之|一半|一倍|一成|翻倍|翻番|翻了",
    ))
    .ok()
});

fn has_figure(text: &str) -> bool {
    // Digits of any script, and numbers in circles, as fractions or raised.
    if text.contains(|character: char| character.is_numeric() && !is_numeral_word(character)) {
        return true;
    }
    match &*NUMERALS {
        Some(numerals) => numerals.is_match(text),
        // Without the rule nothing is let through.
        None => true,
    }
}

/// Chinese numerals are numeric to Unicode, and words to people.
fn is_numeral_word(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Vec<Fact> {
        let fact = |id: &str, value: Value, text: &str| Fact {
            id: id.to_owned(),
            column: "销售额".to_owned(),
            row: 0,
            value,
            text: text.to_owned(),
        };
        vec![
            fact("F1", Value::from("T2"), "T2"),
            fact("F2", Value::Float(5120.5), "5,120.5"),
        ]
    }

    fn locked(sentences: &[&str]) -> Locked {
        lock(
            &serde_json::json!({ "sentences": sentences }).to_string(),
            &facts(),
        )
    }

    #[test]
    fn figures_come_from_facts_alone() {
        for good in [
            "{F1} 的销售额最高，为 {F2}。",
            "{F1} leads with { F2 }, and is first by far.",
            "One of them stands out: {F1}.",
            "一些航站楼的销售额较低，{F1} 万无一失。",
        ] {
            let locked = locked(&[good]);
            assert!(locked.refused.is_empty(), "{good}");
            assert!(
                locked.text.contains("T2") && !locked.text.contains('{'),
                "{}",
                locked.text
            );
        }
        for bad in [
            "T2 leads.",
            "{F1} leads with 5,120.5.",
            "{F1} leads with ５１２０.",
            "{F1} has twice as much as the others.",
            "{F1} is up by ten percent.",
            "{F1} 的销售额增长了三成。",
            "{F1} 占百分之八十。",
            "{F1} 的销售额翻倍。",
            "{F1} 卖了五千二百元。",
            "{F1} sold ½ of it.",
            "{F9} leads.",
            "{F1 leads.",
            "{F1} leads, see {F2",
            "①{F1}",
        ] {
            let locked = locked(&[bad]);
            assert_eq!(locked.refused, [bad], "{bad}");
            assert!(locked.text.is_empty() && locked.facts.is_empty());
        }
    }

    #[test]
    fn good_sentences_stay_when_bad_ones_go() {
        let locked = locked(&["{F1} leads.", "It sold 42.", "It sold {F2}."]);
        assert_eq!(locked.text, "T2 leads. It sold 5,120.5.");
        assert_eq!(locked.refused, ["It sold 42."]);
        assert_eq!(locked.facts, facts());
    }

    #[test]
    fn what_is_no_reply_has_no_words() {
        for reply in ["", "T2 leads with 42.", "{\"sentences\": 42}", "[]"] {
            let locked = lock(reply, &facts());
            assert!(locked.text.is_empty() && locked.refused.is_empty(), "{reply}");
        }
    }
}
