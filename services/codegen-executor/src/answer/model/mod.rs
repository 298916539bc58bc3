//! What a language model is asked where the planner abstains, and what is made of its replies.
//!
//! | module | what is in it |
//! |---|---|
//! | [`prompt`] | what it is told: the task, and the tables as fenced data |
//! | [`known`] | what it is told besides: the glossary, and what was asked before |
//! | [`belongs`] | whether a question is about the tables or about documents beside them |
//! | [`reply`] | what it replies: plans, a query, a script, or that it can't be done |
//! | `grounding` | whether a plan's columns and constants are those of the table and the question |
//! | `stated` | what a written query has that the question does not say |
//! | `conversation` | a conversation, and what it takes |
//! | `attempt` | a reply that is run |
//! | `written` | a written query or script with its result, and the answer that it makes |
//! | `form` | the form that a question prescribes for its answer, filled with the result |
//! | `vote` | several programs, by what they give |
//! | `routing` | all of it together: plan, else query, else script, with repairs |
//! | [`prose`] | words about a result, whose figures are all of it |
//!
//! Nothing that a model says is trusted: plans, queries and scripts run in the sandbox over the tables of the question and
//! nothing else, what they give is told in the project's own words, and figures in the model's words must be facts.

mod attempt;
pub mod belongs;
mod conversation;
mod form;
mod grounding;
pub mod known;
pub mod prompt;
pub mod prose;
pub mod reply;
mod routing;
mod stated;
mod vote;
mod written;

use models::{Chat, ConfigError, ModelsConfig};

use crate::config::Effort;

/// A language model that is asked where the planner abstains.
#[derive(Debug)]
pub struct Model {
    chat: Chat,
    effort: Effort,
}

impl Model {
    /// Sets it up without asking anything; none where no endpoint is configured.
    ///
    /// # Errors
    /// When the settings contradict each other.
    pub fn open(config: &ModelsConfig, effort: Effort) -> Result<Option<Self>, ConfigError> {
        Ok(Chat::open(config)?.map(|chat| Self { chat, effort }))
    }
}
