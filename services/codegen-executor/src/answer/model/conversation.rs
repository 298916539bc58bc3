//! A conversation, and what it takes.

use models::{ChatError, Message, Request, Tokens};
use schemas::model::{Attempt, ModelPart};

use super::Model;
use super::attempt::Failed;
use super::prompt::fenced;

/// How much chance takes part where several programs are asked for.
const VARIED: f32 = 0.7;
/// The same where a fault is to be mended.
const MENDING: f32 = 0.3;
/// Characters of an error that go back to the model.
const ERROR: usize = 600;

/// A conversation about one question.
pub(super) struct Conversation<'a> {
    model: &'a Model,
    fence: String,
    first: Request,
    messages: Vec<Message>,
    /// What the trail tells of it.
    pub part: ModelPart,
}

/// What a model said, and what that took.
pub(super) struct Said {
    pub text: String,
    model: String,
    tokens: Option<Tokens>,
}

impl<'a> Conversation<'a> {
    pub fn new(model: &'a Model, fence: String, first: Request) -> Self {
        Self {
            part: ModelPart {
                name: model.chat.model().to_owned(),
                ..ModelPart::default()
            },
            messages: first.messages.clone(),
            model,
            fence,
            first,
        }
    }

    /// The model's reply to everything so far.
    pub async fn next(&mut self) -> Result<String, ChatError> {
        let mut request = Request {
            messages: self.messages.clone(),
            ..self.first.clone()
        };
        if self.messages.len() > self.first.messages.len() {
            // Without chance, small models write the same fault again.
            request.temperature = request.temperature.max(MENDING);
        }
        let said = self.model.chat.complete(&request).await?;
        let said = Said {
            text: said.text,
            model: said.model,
            tokens: said.tokens,
        };
        let text = self.count(said);
        self.messages.push(Message::assistant(text.clone()));
        Ok(text)
    }

    /// Another reply to the question alone, as if nothing had been said yet. To be counted.
    pub async fn sample(&self, number: u32) -> Result<Said, ChatError> {
        let request = Request {
            temperature: VARIED,
            seed: Some(number.into()),
            ..self.first.clone()
        };
        let said = self.model.chat.complete(&request).await?;
        Ok(Said {
            text: said.text,
            model: said.model,
            tokens: said.tokens,
        })
    }

    /// A reply to something else, outside of this conversation.
    pub async fn aside(&mut self, request: &Request) -> Result<String, ChatError> {
        let said = self.model.chat.complete(request).await?;
        Ok(self.count(Said {
            text: said.text,
            model: said.model,
            tokens: said.tokens,
        }))
    }

    /// Counts what was said.
    pub fn count(&mut self, said: Said) -> String {
        self.part.requests += 1;
        self.part.name = said.model;
        let tokens = said.tokens.unwrap_or_default();
        self.part.prompt_tokens += tokens.prompt;
        self.part.completion_tokens += tokens.completion;
        said.text
    }

    /// Notes what came of a program.
    pub fn note(&mut self, attempt: Attempt) {
        self.part.attempts.push(attempt);
    }

    /// Tells the model why its last reply gave nothing. Engines quote what stands in tables: that is data, too.
    pub fn complain(&mut self, failed: &Failed) {
        let error: String = failed.error.chars().take(ERROR).collect();
        let error = fenced(&self.fence, &error.into());
        self.messages.push(Message::user(format!(
            "That did not work. The error:\n{error}\nReply again with one JSON object, with the error mended; the question stays the same."
        )));
        self.note(failed.attempt());
    }
}
