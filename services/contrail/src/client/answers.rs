//! Questions, and their answers.

use std::time::Duration;

use bus::ObjectsError;
use bus::ids::new_job_id;
use schemas::jobs::AskJob;
use schemas::{Answer, AnswerId};

use super::{ANSWER_LIMIT, Client, ClientError};
use crate::progress::Task;

impl Client {
    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// [`ClientError::Failed`] when a service gave up, [`ClientError::Late`]; else when the bus fails.
    pub async fn ask(
        &self,
        question: &AskJob,
        limit: Duration,
        task: &mut Task,
    ) -> Result<Answer, ClientError> {
        let job = new_job_id();
        self.bus.publish(&self.tenant, &job, question).await?;
        let what = || "answering".to_owned();
        if let Some(reason) = self.follow(&job, what, limit, task).await? {
            return Err(ClientError::Failed { what: what(), reason });
        }
        self.answer(&AnswerId::from(job)).await
    }

    /// An answer that is there.
    ///
    /// # Errors
    /// [`ClientError::NoAnswer`]; else when the bus fails.
    pub async fn answer(&self, id: &AnswerId) -> Result<Answer, ClientError> {
        let answers = self.bus.answers(&self.tenant).await?;
        let bytes = match answers.get(id.as_str(), ANSWER_LIMIT).await {
            Err(ObjectsError::Missing { .. }) => return Err(ClientError::NoAnswer { id: id.clone() }),
            got => got?,
        };
        serde_json::from_slice(&bytes).map_err(|source| ClientError::Undecodable {
            id: id.clone(),
            source,
        })
    }
}
