//! What people say of answers, and the questions whose right answers they have confirmed. Both lie beside the answers, and go
//! with the files that those rest on.

use std::collections::BTreeSet;

use schemas::answer::{AnswerKind, AnswerStatus};
use schemas::feedback::{Feedback, Verdict};
use schemas::golden::{Correction, Golden};
use schemas::{Answer, AnswerId, FileId, TenantId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::connection::Bus;
use crate::objects::{Objects, ObjectsError};
use crate::records::RecordsError;

/// In front of the id of a confirmed question, in the names of objects.
const GOLDEN: &str = "golden.";
/// In front of the id of an answer.
const FEEDBACK: &str = "feedback.";
/// Bytes of what is said of an answer.
const MAX_FEEDBACK: u64 = 64 << 10;
/// Bytes of a confirmed question with its answer.
const MAX_GOLDEN: u64 = 256 << 20;
/// Bytes of a confirmed question's id.
const ID: usize = 8;

/// Why what people say can't be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum GoldensError {
    /// The answer is none that could be computed again.
    #[error("answer {answer} can't be confirmed: {why}")]
    Unconfirmable {
        /// The answer.
        answer: AnswerId,
        /// Why not.
        why: &'static str,
    },
    /// A file that it rests on was deleted meanwhile.
    #[error("a file that answer {0} rests on was deleted")]
    Deleted(AnswerId),
    /// What lies there is none of ours.
    #[error("{name} can't be decoded or encoded")]
    Undecodable {
        /// The object.
        name: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The object store failed.
    #[error("the object store failed")]
    Objects(#[from] ObjectsError),
    /// The records of files can't be read.
    #[error("the key-value store failed")]
    Records(#[from] RecordsError),
}

/// What a tenant's people say.
pub struct Goldens {
    bus: Bus,
    tenant: TenantId,
    answers: Objects,
}

impl Bus {
    /// What a tenant's people say of its answers.
    ///
    /// # Errors
    /// See [`Bus::answers`].
    pub async fn goldens(&self, tenant: &TenantId) -> Result<Goldens, ObjectsError> {
        Ok(Goldens {
            bus: self.clone(),
            tenant: tenant.clone(),
            answers: self.answers(tenant).await?,
        })
    }
}

impl Goldens {
    /// What was said of an answer last.
    ///
    /// # Errors
    /// When the server does not answer or what is there can't be decoded.
    pub async fn said(&self, answer: &AnswerId) -> Result<Option<Feedback>, GoldensError> {
        self.read(&format!("{FEEDBACK}{answer}"), MAX_FEEDBACK).await
    }

    /// Keeps what is said of an answer, and what follows from it: a right one that can be computed again is confirmed, and
    /// confirms the question of the wrong one that it corrects; what a wrong one had confirmed is forgotten.
    ///
    /// # Errors
    /// When the server does not answer, or a file of the answer was deleted meanwhile.
    pub async fn say(
        &self,
        answer: &Answer,
        feedback: &Feedback,
        corrected: Option<&Answer>,
    ) -> Result<Vec<Golden>, GoldensError> {
        let before = self.said(&answer.id).await?;
        self.keep(&format!("{FEEDBACK}{}", answer.id), feedback, &answer.files())
            .await?;
        match feedback.verdict {
            Verdict::Right if confirmable(answer).is_ok() => self.confirm(answer, corrected).await,
            Verdict::Right => Ok(Vec::new()),
            Verdict::Wrong => {
                let corrects = before.and_then(|before| before.corrects);
                self.revoke(answer, corrects.as_ref()).await?;
                Ok(Vec::new())
            }
        }
    }

    /// Confirms an answer: its question becomes a golden one, and the question of the answer that it corrects, if that was
    /// called wrong.
    ///
    /// # Errors
    /// [`GoldensError::Unconfirmable`], [`GoldensError::Deleted`]; or when the server does not answer.
    pub async fn confirm(
        &self,
        answer: &Answer,
        corrected: Option<&Answer>,
    ) -> Result<Vec<Golden>, GoldensError> {
        confirmable(answer).map_err(|why| GoldensError::Unconfirmable {
            answer: answer.id.clone(),
            why,
        })?;
        let mut goldens = vec![golden(answer, answer, None)];
        let mut files = answer.files();
        if let Some(wrong) = corrected.filter(|wrong| wrong.id != answer.id) {
            let said = self.said(&wrong.id).await?;
            if let Some(said) = said.filter(|said| said.verdict == Verdict::Wrong) {
                // The words of the question may be of what those files hold.
                files.extend(wrong.files());
                goldens.push(golden(wrong, answer, said.note));
            }
        }
        for golden in &goldens {
            self.keep(&name(&golden.id), golden, &files).await?;
        }
        if self.bus.is_any_deleted(&self.tenant, &files).await? {
            // The deletion may have been through already.
            for golden in &goldens {
                self.answers.delete(&name(&golden.id)).await?;
            }
            return Err(GoldensError::Deleted(answer.id.clone()));
        }
        Ok(goldens)
    }

    /// The confirmed questions, by id.
    ///
    /// # Errors
    /// When the server does not answer, or one can't be decoded.
    pub async fn list(&self) -> Result<Vec<Golden>, GoldensError> {
        let mut goldens = Vec::new();
        for object in self.answers.list().await? {
            if object.name.starts_with(GOLDEN) {
                // It may be forgotten meanwhile.
                goldens.extend(self.read(&object.name, MAX_GOLDEN).await?);
            }
        }
        Ok(goldens)
    }

    /// A confirmed question.
    ///
    /// # Errors
    /// See [`Goldens::list`].
    pub async fn get(&self, id: &str) -> Result<Option<Golden>, GoldensError> {
        self.read(&name(id), MAX_GOLDEN).await
    }

    /// Forgets a confirmed question; whether it was there.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn remove(&self, id: &str) -> Result<bool, GoldensError> {
        let name = name(id);
        let was_there = self.answers.size(&name).await?.is_some();
        self.answers.delete(&name).await?;
        Ok(was_there)
    }

    /// Forgets what an answer had confirmed.
    async fn revoke(&self, answer: &Answer, corrects: Option<&AnswerId>) -> Result<(), GoldensError> {
        let mut ids = vec![id_of(answer, answer)];
        if let Some(corrects) = corrects {
            let wrong: Option<Answer> = self.read(corrects.as_str(), MAX_GOLDEN).await?;
            ids.extend(wrong.map(|wrong| id_of(&wrong, answer)));
        }
        for id in ids {
            // Another answer may have confirmed the same question since.
            if self
                .get(&id)
                .await?
                .is_some_and(|golden| golden.answer == answer.id)
            {
                self.answers.delete(&name(&id)).await?;
            }
        }
        Ok(())
    }

    async fn read<T: DeserializeOwned>(&self, name: &str, limit: u64) -> Result<Option<T>, GoldensError> {
        match self.answers.get(name, limit).await {
            Ok(json) => match serde_json::from_slice(&json) {
                Ok(value) => Ok(Some(value)),
                Err(source) => Err(GoldensError::Undecodable {
                    name: name.to_owned(),
                    source,
                }),
            },
            Err(ObjectsError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn keep<T: Serialize>(
        &self,
        name: &str,
        value: &T,
        files: &BTreeSet<FileId>,
    ) -> Result<(), GoldensError> {
        let json = serde_json::to_vec(value).map_err(|source| GoldensError::Undecodable {
            name: name.to_owned(),
            source,
        })?;
        Ok(self.answers.put_resting_on(files, name, &mut &json[..]).await?)
    }
}

/// Why an answer can't be confirmed.
fn confirmable(answer: &Answer) -> Result<(), &'static str> {
    if answer.kind != AnswerKind::Table {
        Err("it was not computed from tables")
    } else if answer.status != AnswerStatus::Answered {
        Err("it is a refusal or a question back")
    } else if answer.trail.sources.is_empty() {
        Err("it does not tell which tables it rests on")
    } else {
        Ok(())
    }
}

/// The object of a confirmed question.
fn name(id: &str) -> String {
    format!("{GOLDEN}{id}")
}

/// The question of one answer, with what another one gives.
fn golden(asked: &Answer, right: &Answer, note: Option<String>) -> Golden {
    let context = asked.trail.context.clone();
    let program = right.trail.plan.is_none().then(|| right.trail.code.clone());
    Golden {
        id: id_of(asked, right),
        question: asked.question.clone(),
        today: context.as_ref().map(|context| context.today),
        history: context.map(|context| context.history).unwrap_or_default(),
        language: asked.language,
        sources: right.trail.sources.clone(),
        columns: right.columns.clone(),
        rows: right.rows.clone(),
        plan: right.trail.plan.clone(),
        code: program.flatten(),
        tier: right.tier,
        label: right.confidence.label,
        answer: right.id.clone(),
        corrects: (asked.id != right.id).then(|| Correction {
            answer: asked.id.clone(),
            asked_instead: right.question.clone(),
            note,
        }),
        at: crate::publish::now(),
    }
}

/// The question of one answer over the tables of another one.
fn id_of(asked: &Answer, right: &Answer) -> String {
    let history = asked
        .trail
        .context
        .as_ref()
        .map_or(&[][..], |context| &context.history);
    let files: BTreeSet<&str> = right
        .trail
        .sources
        .iter()
        .map(|source| source.file.as_str())
        .collect();
    let texts = std::iter::once(asked.question.trim())
        .chain(history.iter().map(String::as_str))
        .chain(files);
    let mut hash = Sha256::new();
    for text in texts {
        // With its length, so that two texts are never taken for one.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize()
        .iter()
        .take(ID)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
