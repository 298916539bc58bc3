//! What is asked: messages, and the shape that the reply shall have.

use serde::{Deserialize, Serialize};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Whoever runs the model.
    System,
    /// Whoever asks.
    User,
    /// The model.
    Assistant,
}

/// What one side says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which side.
    pub role: Role,
    /// What.
    pub content: String,
    /// Images that belong to it, as data URLs such as `data:image/png;base64,…`, for models that can see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
}

impl Message {
    /// What whoever runs the model says.
    #[must_use]
    pub fn system(content: impl Into<String>) -> Self {
        Self::new(Role::System, content)
    }

    /// What whoever asks says.
    #[must_use]
    pub fn user(content: impl Into<String>) -> Self {
        Self::new(Role::User, content)
    }

    /// What the model has said.
    #[must_use]
    pub fn assistant(content: impl Into<String>) -> Self {
        Self::new(Role::Assistant, content)
    }

    fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
            images: Vec::new(),
        }
    }

    /// The same, with one more image.
    #[must_use]
    pub fn with_image(mut self, data_url: impl Into<String>) -> Self {
        self.images.push(data_url.into());
        self
    }
}

/// The shape that a reply shall have. An endpoint that can't see to it is not asked to: read replies with
/// [`crate::json::read`] all the same.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Any text.
    Text,
    /// JSON of a schema (draft 2020-12).
    Json {
        /// A name: letters, digits, underscores.
        name: &'static str,
        /// The schema.
        schema: serde_json::Value,
    },
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The conversation so far, in order.
    pub messages: Vec<Message>,
    /// The shape of the reply.
    pub shape: Shape,
    /// How much chance takes part, 0 to 2; 0: as little as can be.
    pub temperature: f32,
    /// What chance begins with, where the endpoint knows seeds.
    pub seed: Option<u64>,
    /// A text in the messages that is other each time, so that recorded replies are looked for without it; may be empty.
    pub nonce: String,
}
