//! A chat request, and the question in it.

use schemas::FileId;
use serde::Deserialize;

use crate::http::problem::Problem;
use crate::router::{MAX_HISTORY, MAX_QUESTION};

use super::attached::Attached;

/// What of a chat request is read; sampling parameters and tools mean nothing to a program that computes its answer.
#[derive(Debug, Deserialize)]
pub struct ChatRequest {
    /// Which model.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// Whether the answer is wanted as it comes.
    #[serde(default)]
    pub stream: Option<bool>,
    /// What a stream says besides.
    #[serde(default)]
    pub stream_options: Option<StreamOptions>,
}

/// What a stream says besides.
#[derive(Debug, Default, Deserialize)]
pub struct StreamOptions {
    /// Whether it ends with a chunk of usage.
    #[serde(default)]
    pub include_usage: Option<bool>,
}

/// A message.
#[derive(Debug, Deserialize)]
pub struct Message {
    role: String,
    #[serde(default)]
    content: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    image_url: Option<ImageUrl>,
    #[serde(default)]
    file: Option<FilePart>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ImageUrl {
    Bare(String),
    Detailed { url: String },
}

#[derive(Debug, Deserialize)]
struct FilePart {
    #[serde(default)]
    file_id: Option<String>,
    #[serde(default)]
    filename: Option<String>,
    #[serde(default)]
    file_data: Option<String>,
}

/// The question that a conversation ends with.
#[derive(Debug, Default)]
pub struct Turn {
    /// Its words.
    pub question: String,
    /// The words of earlier questions, oldest first.
    pub history: Vec<String>,
    /// What is attached to any of them, in order, each once.
    pub attached: Vec<Attached>,
}

/// The last message of the user with what came before it. Answers and instructions of the front end are left out: an answer
/// is computed from files alone.
///
/// # Errors
/// [`Problem::UnsupportedMessage`] where there is no question, or a part of a kind that can't be read.
pub fn turn(messages: Vec<Message>) -> Result<Turn, Problem> {
    let mut turn = Turn::default();
    let mut questions = Vec::new();
    let count = messages.len();
    for (at, message) in messages.into_iter().enumerate() {
        let is_user = message.role == "user";
        let mut words = Vec::new();
        let parts = match message.content {
            None => Vec::new(),
            Some(Content::Text(text)) => {
                words.push(text);
                Vec::new()
            }
            Some(Content::Parts(parts)) => parts,
        };
        // What the assistant or the system says is not read, so that nothing in it can be wrong.
        for part in parts.into_iter().filter(|_| is_user) {
            match read(part).map_err(|why| Problem::UnsupportedMessage { at, why })? {
                Piece::Words(text) => words.push(text),
                Piece::Attached(attached) if turn.attached.contains(&attached) => {}
                Piece::Attached(attached) => turn.attached.push(attached),
            }
        }
        if is_user {
            questions.push(words.join("\n"));
        }
    }
    turn.question = questions.pop().ok_or(Problem::UnsupportedMessage {
        at: count.saturating_sub(1),
        why: "there is no message of the role `user`",
    })?;
    // An earlier text that could be no question (a whole pasted document) explains none either.
    questions.retain(|text| !text.trim().is_empty() && text.chars().count() <= MAX_QUESTION);
    let first = questions.len().saturating_sub(MAX_HISTORY);
    turn.history = questions.split_off(first);
    Ok(turn)
}

enum Piece {
    Words(String),
    Attached(Attached),
}

fn read(part: Part) -> Result<Piece, &'static str> {
    let kind = part.kind.clone();
    match (kind.as_str(), part) {
        ("text" | "input_text", Part { text: Some(text), .. }) => Ok(Piece::Words(text)),
        (
            "image_url",
            Part {
                image_url: Some(url), ..
            },
        ) => {
            let (ImageUrl::Bare(url) | ImageUrl::Detailed { url }) = url;
            Attached::data(&url, None).map(Piece::Attached)
        }
        ("file", Part { file: Some(file), .. }) => match file {
            FilePart {
                file_id: Some(id), ..
            } => FileId::new(id)
                .map(|id| Piece::Attached(Attached::Known(id)))
                .map_err(|_| "`file_id` is none that `POST /v1/files` gives"),
            FilePart {
                file_data: Some(data),
                filename,
                ..
            } => Attached::data(&data, filename.as_deref()).map(Piece::Attached),
            FilePart { .. } => Err("a part `file` has neither `file_id` nor `file_data`"),
        },
        ("text" | "input_text" | "image_url" | "file", _) => Err("a part lacks what its type promises"),
        ("input_audio", _) => Err("sound can't be read; send the words"),
        _ => Err("a part is neither text, nor an image, nor a file"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read_turn(messages: Value) -> Result<Turn, Problem> {
        turn(serde_json::from_value(messages).unwrap())
    }

    fn user(content: &Value) -> Value {
        json!({ "role": "user", "content": content })
    }

    #[test]
    fn the_last_words_of_the_user_are_the_question_and_earlier_ones_its_history() {
        let read = read_turn(json!([
            { "role": "system", "content": "You are a pirate." },
            user(&json!("3月的销售额？")),
            { "role": "assistant", "content": "42", "tool_calls": null },
            user(&json!(" ")),
            user(&json!("问".repeat(4001))),
            user(&json!([{ "type": "text", "text": "那4月" }, { "type": "text", "text": "呢？" }])),
            { "role": "assistant", "content": [{ "type": "refusal", "refusal": "no" }] },
        ]))
        .unwrap();
        assert_eq!(
            (read.question.as_str(), read.history),
            ("那4月\n呢？", vec!["3月的销售额？".to_owned()])
        );
        let many: Vec<Value> = (0..30).map(|n| user(&json!(format!("q{n}")))).collect();
        let read = read_turn(json!(many)).unwrap();
        assert_eq!((read.history.len(), read.history[0].as_str()), (20, "q9"));
    }

    #[test]
    fn images_and_files_are_attached_once() {
        let id = "0199f1d2-7c3a-7def-8123-456789abcdef";
        let image =
            json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,iVBORw0KGgo=" } });
        let read = read_turn(json!([
            user(&json!([image])),
            user(&json!([image, { "type": "file", "file": { "file_id": id } }, { "type": "text", "text": "?" }])),
        ]))
        .unwrap();
        assert_eq!(read.attached.len(), 2);
        assert_eq!(read.attached[1], Attached::Known(FileId::new(id).unwrap()));
    }

    #[test]
    fn what_can_not_be_read_is_named_by_its_message() {
        let check = |messages: Value, words: &str| {
            let problem = read_turn(messages).unwrap_err().to_string();
            assert!(problem.contains(words), "{problem}");
        };
        check(json!([]), "no message of the role");
        check(
            json!([{ "role": "system", "content": "x" }]),
            "no message of the role",
        );
        let part = |part: Value| json!([user(&json!("a")), user(&json!([part]))]);
        check(part(json!({ "type": "input_audio" })), "message 1: sound");
        check(part(json!({ "type": "video" })), "neither text");
        check(part(json!({ "type": "text" })), "lacks");
        check(
            part(json!({ "type": "file", "file": { "file_id": "a.csv" } })),
            "file_id",
        );
        let far = json!({ "type": "image_url", "image_url": "https://example.org/a.png" });
        check(part(far), "data: URL");
    }
}
