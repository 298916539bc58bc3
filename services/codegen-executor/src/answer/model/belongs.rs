//! Whether a question that the rules don't understand is about the tables or about the documents beside them.

use models::{Message, Request, Shape, json};
use schemas::answer::Answer;
use schemas::model::ModelPart;
use schemas::trail::Assumption;
use serde_json::json as document;

use super::super::Asked;
use super::conversation::Conversation;
use super::{Model, prompt};
use crate::tables::Table;
use crate::words::asked::Said;

/// The task.
const BELONGS: &str = include_str!("../../../prompts/belongs.md");

/// What the model says of where an answer stands.
#[derive(Debug)]
pub struct Belongs {
    /// In the tables, rather than in documents.
    pub to_tables: bool,
    part: ModelPart,
}

impl Belongs {
    /// Tells in an answer that the model was asked first where it stands, and what that took.
    pub fn tell(self, answer: &mut Answer, asked: &Asked) {
        let told = Said::BelongsToTables(&self.part.name).tell(asked.language);
        answer.trail.assumptions.push(Assumption {
            about: "routing".to_owned(),
            text: told,
        });
        match &mut answer.trail.model {
            None => answer.trail.model = Some(self.part),
            Some(part) => {
                part.requests += self.part.requests;
                part.prompt_tokens += self.part.prompt_tokens;
                part.completion_tokens += self.part.completion_tokens;
            }
        }
    }
}

impl Model {
    /// Asks where the answer stands. Where the model can't say, in the documents: they are looked through at no cost, and the
    /// tables can be asked after them.
    pub async fn where_it_belongs(&self, asked: &Asked, tables: &[Table]) -> Belongs {
        let mut talk = Conversation::new(self, prompt::fence(asked), request(asked, tables));
        let said = match talk.next().await {
            Ok(text) => stands_in(&text),
            Err(error) => {
                tracing::warn!(answer = %asked.id, %error, "the language model can't be asked where an answer stands");
                None
            }
        };
        Belongs {
            to_tables: said.as_deref() == Some("tables"),
            part: talk.part,
        }
    }
}

fn request(asked: &Asked, tables: &[Table]) -> Request {
    let fence = prompt::fence(asked);
    Request {
        messages: vec![
            Message::system(BELONGS.replace("{fence}", &fence)),
            Message::user(prompt::told(asked, tables)),
        ],
        shape: Shape::Json {
            name: "belongs",
            schema: document!({
                "type": "object",
                "properties": { "stands_in": { "type": "string", "enum": ["tables", "documents"] } },
                "required": ["stands_in"],
            }),
        },
        temperature: 0.0,
        seed: None,
        nonce: fence,
    }
}

fn stands_in(text: &str) -> Option<String> {
    let reply = json::read(text).ok()?;
    reply.get("stands_in")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_reply_says_nothing() {
        let read = |text: &str| stands_in(text);
        assert_eq!(read(r#"{"stands_in": "tables"}"#).as_deref(), Some("tables"));
        assert_eq!(
            read("```json\n{\"stands_in\":\"documents\"}\n```").as_deref(),
            Some("documents")
        );
        assert_eq!(read("the tables"), None);
        assert_eq!(read(r#"{"stands_in": 1}"#), None);
    }
}
