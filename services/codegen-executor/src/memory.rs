//! The last answer of a conversation: what the next question may go on from. Kept in the bucket `answers_<tenant>` as
//! `conversation.<id>`, and goes with each of the files that it rests on.

use bus::{Bus, ObjectsError};
use schemas::answer::{Answer, AnswerStatus};
use schemas::trail::Code;
use schemas::{ConversationId, TenantId};
use serde::{Deserialize, Serialize};

/// Bytes of what is remembered.
const MAX_BYTES: u64 = 256 << 10;

/// A question and the program that answered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// As asked.
    pub question: String,
    /// The program: its language is `plan`, `sql` or another one that was written.
    pub program: Code,
}

impl Remembered {
    /// What is remembered of an answer; none: it has no program.
    #[must_use]
    pub fn of(answer: &Answer) -> Option<Self> {
        let trail = &answer.trail;
        let program = match &trail.plan {
            Some(plan) => Code {
                language: "plan".to_owned(),
                text: serde_json::to_string(plan).ok()?,
            },
            None => trail.code.clone()?,
        };
        let remembered = Self {
            question: answer.question.clone(),
            program,
        };
        (answer.status == AnswerStatus::Answered).then_some(remembered)
    }
}

fn object(conversation: &ConversationId) -> String {
    format!("conversation.{conversation}")
}

/// Remembers an answer of a conversation.
///
/// # Errors
/// When the server does not answer or the bucket is full.
pub async fn remember(
    bus: &Bus,
    tenant: &TenantId,
    conversation: &ConversationId,
    answer: &Answer,
) -> Result<(), ObjectsError> {
    let Some(json) = Remembered::of(answer).and_then(|remembered| serde_json::to_vec(&remembered).ok())
    else {
        return Ok(());
    };
    let answers = bus.answers(tenant).await?;
    let name = object(conversation);
    answers
        .put_resting_on(&answer.files(), &name, &mut &json[..])
        .await
}

/// What the last question of a conversation was answered by; none where that is another question than `last`.
///
/// # Errors
/// When the server does not answer.
pub async fn recall(
    bus: &Bus,
    tenant: &TenantId,
    conversation: &ConversationId,
    last: &str,
) -> Result<Option<Remembered>, ObjectsError> {
    let answers = bus.answers(tenant).await?;
    match answers.get(&object(conversation), MAX_BYTES).await {
        Ok(json) => {
            let remembered: Option<Remembered> = serde_json::from_slice(&json).ok();
            Ok(remembered.filter(|remembered| remembered.question == last))
        }
        Err(ObjectsError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Forgets what was remembered of a conversation.
///
/// # Errors
/// When the server does not answer.
pub async fn forget(bus: &Bus, tenant: &TenantId, conversation: &ConversationId) -> Result<(), ObjectsError> {
    bus.answers(tenant).await?.delete(&object(conversation)).await
}
