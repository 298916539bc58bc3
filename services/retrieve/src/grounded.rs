//! Sentences of a language model that each cite passages, checked.
//!
//! A sentence stays when it cites passages that were shown, and each figure and code of it stands in one of those. Others are
//! sent back once, with the reason, and then cut.

use std::collections::HashSet;
use std::sync::LazyLock;

use index::text;
use models::{Chat, Message, Request, Shape, fence, json};
use regex::Regex;
use schemas::citation::Citation;
use schemas::model::ModelPart;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// The task.
const TASK: &str = include_str!("../prompts/grounded.md");
/// Sentences that are taken.
const SENTENCES: usize = 6;
/// Characters of a passage that are shown.
const SHOWN: usize = 1_500;

/// What a language model said, as far as the passages bear it out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grounded {
    /// The sentences, each with its citations in brackets.
    pub text: String,
    /// The numbers of the citations, in order.
    pub cited: Vec<u32>,
    /// Sentences that were cut.
    pub cut: usize,
    /// Whether the model has read the passages and says that none of them answers.
    pub finds_nothing: bool,
    /// What the trail tells of the model.
    pub part: ModelPart,
}

/// Has a model answer a question from passages. Its text is empty where nothing holds, the model gives nothing, or finds
/// nothing that answers.
pub async fn write(chat: &Chat, id: &str, question: &str, passages: &[Citation]) -> Grounded {
    let fence = fence::name(id);
    let shown: Vec<_> = passages
        .iter()
        .map(|passage| {
            let text: String = passage.text.chars().take(SHOWN).collect();
            serde_json::json!({ "number": passage.number, "under": passage.context, "text": text })
        })
        .collect();
    let mut request = Request {
        messages: vec![
            Message::system(TASK.replace("{fence}", &fence)),
            Message::user(format!(
                "The passages:\n{}\nQuestion: {question}",
                fence::fenced(&fence, &shown.into())
            )),
        ],
        shape: shape(),
        temperature: 0.0,
        seed: None,
        nonce: fence,
    };
    let mut part = ModelPart {
        name: chat.model().to_owned(),
        ..ModelPart::default()
    };
    let mut last = Checked::default();
    for _ in 0..2 {
        let completion = match chat.complete(&request).await {
            Ok(completion) => completion,
            Err(error) => {
                tracing::warn!(%error, "the language model gave no answer; the best passage is quoted");
                break;
            }
        };
        part.requests += 1;
        part.name = completion.model;
        let tokens = completion.tokens.unwrap_or_default();
        part.prompt_tokens += tokens.prompt;
        part.completion_tokens += tokens.completion;
        last = check(&completion.text, passages);
        if last.refused.is_empty() {
            break;
        }
        let refused = serde_json::json!(last.refused);
        request.messages.push(Message::assistant(completion.text));
        request.messages.push(Message::user(format!(
            "These sentences cite no passage, or say figures or codes that do not stand in the passages they cite: {refused}\nReply again with all sentences, mended or left out."
        )));
    }
    Grounded {
        text: last.text,
        cited: last.cited,
        cut: last.refused.len(),
        // What is left out on the second try was not borne out: that does not tell whether a passage answers.
        finds_nothing: last.finds_nothing && part.requests == 1,
        part,
    }
}

fn shape() -> Shape {
    Shape::Json {
        name: "grounded",
        schema: serde_json::json!({
            "type": "object",
            "properties": {
                "sentences": {
                    "type": "array",
                    "maxItems": SENTENCES,
                    "items": {
                        "type": "object",
                        "properties": {
                            "text": { "type": "string" },
                            "cites": { "type": "array", "items": { "type": "integer" } },
                        },
                        "required": ["text", "cites"],
                    },
                },
            },
            "required": ["sentences"],
        }),
    }
}

#[derive(Debug, Deserialize)]
struct Sentence {
    text: String,
    #[serde(default)]
    cites: Vec<u32>,
}

/// A reply held against the passages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// The sentences that hold, each with its citations in brackets.
    pub text: String,
    /// The numbers of the citations, in order.
    pub cited: Vec<u32>,
    /// The sentences that don't, as written.
    pub refused: Vec<String>,
    /// Whether there is a list of sentences, and none in it: that is how a model says that no passage answers.
    pub finds_nothing: bool,
}

/// Holds a reply against the passages.
#[must_use]
pub fn check(reply: &str, passages: &[Citation]) -> Checked {
    let json = json::read(reply).unwrap_or_default();
    let sentences = json.get("sentences").and_then(serde_json::Value::as_array);
    let mut checked = Checked {
        finds_nothing: sentences.is_some_and(Vec::is_empty),
        ..Checked::default()
    };
    for sentence in sentences.into_iter().flatten().take(SENTENCES) {
        let Ok(sentence) = serde_json::from_value::<Sentence>(sentence.clone()) else {
            checked.refused.push(sentence.to_string());
            continue;
        };
        let said = sentence.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !holds(&said, &sentence.cites, passages) {
            checked.refused.push(said);
            continue;
        }
        if !checked.text.is_empty() && said.starts_with(|first: char| first.is_ascii()) {
            checked.text.push(' ');
        }
        checked.text.push_str(&said);
        for number in &sentence.cites {
            checked.text.push_str(&format!("[{number}]"));
            if !checked.cited.contains(number) {
                checked.cited.push(*number);
            }
        }
    }
    checked
}

/// Whether a sentence cites passages that are there and hold its figures and codes.
fn holds(said: &str, cites: &[u32], passages: &[Citation]) -> bool {
    let cited: Vec<&Citation> = cites
        .iter()
        .filter_map(|number| passages.iter().find(|passage| passage.number == *number))
        .collect();
    if said.is_empty() || cited.is_empty() || cited.len() != cites.len() {
        return false;
    }
    let source: String = cited
        .iter()
        .map(|passage| format!("{}\n{}\n", passage.context, passage.text))
        .collect();
    let has: HashSet<String> = figures(&source);
    let codes: HashSet<String> = text::codes(&source).into_iter().collect();
    figures(said).is_subset(&has) && text::codes(said).iter().all(|code| codes.contains(code))
}

/// Digits that belong together: `23:10`, `1,234.50`, `0755-1234567`.
static FIGURE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9]+(?:[.,:/-][0-9]+)*").ok());

/// The figures of a text, in one spelling.
fn figures(text: &str) -> HashSet<String> {
    let folded: String = text.nfkc().collect();
    FIGURE
        .iter()
        .flat_map(|figure| figure.find_iter(&folded))
        .map(|found| found.as_str().replace(',', ""))
        .collect()
}

#[cfg(test)]
mod tests {
    use schemas::calls::LegRanks;
    use schemas::document::Place;
    use schemas::{ContentId, FileId};

    use super::*;

    fn passages() -> Vec<Citation> {
        let passage = |number: u32, text: &str| Citation {
            number,
            file: FileId::new("0199f1d2-7c3a-7def-8123-456789abcdef").unwrap(),
            name: "handbook.pdf".to_owned(),
            content: ContentId::new("a".repeat(64)).unwrap(),
            passage: number,
            context: "Handbook › Metro".to_owned(),
            place: Place::default(),
            quote: text.to_owned(),
            text: text.to_owned(),
            image: None,
            ranks: LegRanks::default(),
            score: 1.0,
        };
        vec![
            passage(
                1,
                "The last metro leaves T2 at 23:10; a ticket costs 1,250 points.",
            ),
            passage(2, "末班地铁 23:40 从T3发车。"),
        ]
    }

    fn checked(sentences: &serde_json::Value) -> Checked {
        check(
            &serde_json::json!({ "sentences": sentences }).to_string(),
            &passages(),
        )
    }

    #[test]
    fn a_sentence_stays_when_what_it_cites_has_its_figures_and_codes() {
        let got = checked(&serde_json::json!([
            { "text": "The last metro from T2 leaves at 23:10.", "cites": [1] },
            { "text": "A ticket costs 1250 points.", "cites": [1] },
            { "text": "T3的末班地铁是２３：４０。", "cites": [2] },
        ]));
        assert_eq!(
            got.text,
            "The last metro from T2 leaves at 23:10.[1] A ticket costs 1250 points.[1] T3的末班地铁是２３：４０。[2]"
        );
        assert_eq!((got.cited, got.refused.len()), (vec![1, 2], 0));
    }

    #[test]
    fn a_sentence_goes_that_cites_nothing_or_says_more() {
        for (text, cites) in [
            ("The last metro leaves at 23:10.", vec![]),
            ("The last metro leaves at 23:10.", vec![2]),
            ("The last metro leaves at 23:15.", vec![1]),
            ("The last metro leaves T1 at 23:10.", vec![1]),
            ("The last metro leaves at 23:10.", vec![1, 9]),
            ("", vec![1]),
        ] {
            let got = checked(&serde_json::json!([{ "text": text, "cites": cites }]));
            assert_eq!(
                (got.text.as_str(), got.refused.len()),
                ("", 1),
                "{text} {cites:?}"
            );
        }
    }

    #[test]
    fn a_reply_that_is_none_gives_nothing() {
        assert_eq!(check("I can't help with that.", &passages()), Checked::default());
        assert_eq!(check(r#"{"answer": []}"#, &passages()), Checked::default());
    }

    #[test]
    fn an_empty_list_says_that_no_passage_answers() {
        let got = check(r#"{"sentences": []}"#, &passages());
        assert!(got.finds_nothing && got.text.is_empty() && got.refused.is_empty());
    }
}
