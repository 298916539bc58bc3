//! What a person does with Contrail, over the bus: files in, questions in, answers out.

pub mod answers;
pub mod documents;
pub mod search;
pub mod tables;

use std::path::{Path, PathBuf};
use std::time::Duration;

use bus::Bus;
use bus::dead_letters::DeadLettersError;
use bus::ids::new_job_id;
use bus::progress::ProgressError;
use bus::provision::ProvisionError;
use bus::publish::PublishError;
use bus::{CallFailure, ObjectsError, RecordsError};
use bytes::Bytes;
use futures::StreamExt;
use schemas::file::{FileRecord, FileState, Rejection};
use schemas::jobs::{AddFile, DeleteFile, IngestJob};
use schemas::progress::{Progress, ProgressState};
use schemas::{AnswerId, ContentId, FileId, JobId, TenantId};
use tokio::time::timeout;

use crate::output;
use crate::progress::Task;

/// Bytes that an answer may have.
const ANSWER_LIMIT: u64 = 256 * 1024 * 1024;

/// Why something did not work.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The tenant has no buckets.
    #[error("there is no tenant {tenant}: make it with `contrail tenants create {tenant}`")]
    NoTenant {
        /// The tenant.
        tenant: TenantId,
    },
    /// Not even the tenant that always exists has buckets.
    #[error("the server has no streams and buckets of ours: make them with `contrail provision`")]
    NotProvisioned,
    /// A path that names no file.
    #[error("{path} is not a file that can be read")]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A path without a name that can be a logical one.
    #[error("{path} has no name that can be written as Unicode")]
    Unnamed {
        /// The path as given.
        path: PathBuf,
    },
    /// Two paths that would become one file.
    #[error("two files are called {name}: the file name is what a file is known by")]
    SameName {
        /// The file name.
        name: String,
    },
    /// A file can't be read as a table.
    #[error("{}", rejected(name, rejection))]
    Rejected {
        /// Its logical name.
        name: String,
        /// What is wrong, and where.
        rejection: Rejection,
    },
    /// There is no such file.
    #[error("there is no file {name}: `contrail status` lists them")]
    NoFile {
        /// The name or id as given.
        name: String,
    },
    /// There is no such table in a file, or several and none was chosen.
    #[error("{}", output::printable(&tables::no_table(file, table.as_deref(), tables)))]
    NoTable {
        /// The file's logical name.
        file: String,
        /// What was asked for.
        table: Option<String>,
        /// Those that are there.
        tables: Vec<String>,
    },
    /// What lies in the bucket is no profile.
    #[error("the profile of {table} can't be decoded")]
    BrokenProfile {
        /// The table's name.
        table: String,
        /// Where it goes wrong.
        #[source]
        source: serde_json::Error,
    },
    /// Nothing of the file was read as a document.
    #[error("{name} has no text that could be judged")]
    NoDocument {
        /// The file's logical name.
        name: String,
    },
    /// What lies in the bucket is no document.
    #[error("the text of {name} can't be decoded")]
    BrokenDocument {
        /// The file's logical name.
        name: String,
        /// Where it goes wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A service gave the job up.
    #[error("{what} failed: {reason}")]
    Failed {
        /// What was to be done.
        what: String,
        /// Why not, in the words of the service.
        reason: String,
    },
    /// Nobody finished the job in time.
    #[error("{what} took longer than {limit:?}: is the service running? (`contrail status`)")]
    Late {
        /// What was to be done.
        what: String,
        /// The time that it had.
        limit: Duration,
    },
    /// There is no such answer.
    #[error("there is no answer {id}: it never was, or went with a file")]
    NoAnswer {
        /// The answer's id.
        id: AnswerId,
    },
    /// What lies in the bucket is no answer.
    #[error("answer {id} can't be decoded")]
    Undecodable {
        /// The answer's id.
        id: AnswerId,
        /// Where it goes wrong.
        #[source]
        source: serde_json::Error,
    },
    /// An object can't be put or got.
    #[error("the object store failed")]
    Objects(#[from] ObjectsError),
    /// A record can't be read.
    #[error("the key-value store failed")]
    Records(#[from] RecordsError),
    /// A job can't be published.
    #[error("the job can't be published")]
    Publish(#[from] PublishError),
    /// Progress can't be followed.
    #[error("progress can't be followed")]
    Progress(#[from] ProgressError),
    /// Tenants can't be listed or made.
    #[error("the bus can't be provisioned")]
    Provision(#[from] ProvisionError),
    /// Passages can't be searched.
    #[error("the search failed")]
    Search(#[source] CallFailure),
    /// Dead letters can't be read or sent again.
    #[error("the dead letters can't be used")]
    DeadLetters(#[from] DeadLettersError),
}

fn rejected(name: &str, rejection: &Rejection) -> String {
    output::printable(&format!("{name} was rejected: {}", reason(rejection)))
}

/// What is wrong with a file, and where, in one line.
#[must_use]
pub fn reason(rejection: &Rejection) -> String {
    let place = rejection
        .place
        .as_deref()
        .map(|place| format!(" at {place}"))
        .unwrap_or_default();
    output::printable(&format!(
        "{}{place}: {}",
        crate::render::word(&rejection.code),
        rejection.message
    ))
}

/// A tenant's view of the bus.
#[derive(Clone)]
pub struct Client {
    bus: Bus,
    tenant: TenantId,
}

/// A file that is on its way in.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The job that brings it.
    pub job: JobId,
    /// Its id.
    pub file: FileId,
    /// Its logical name.
    pub name: String,
    /// Its bytes.
    pub content: ContentId,
}

impl Client {
    /// A client of one tenant.
    ///
    /// # Errors
    /// [`ClientError::NoTenant`], [`ClientError::NotProvisioned`].
    pub async fn new(bus: Bus, tenant: TenantId) -> Result<Self, ClientError> {
        if bus.has_tenant(&tenant).await? {
            Ok(Self { bus, tenant })
        } else if tenant == TenantId::local() {
            Err(ClientError::NotProvisioned)
        } else {
            Err(ClientError::NoTenant { tenant })
        }
    }

    /// The bus under it.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Whose view it is.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Submits a local file under its file name.
    ///
    /// # Errors
    /// [`ClientError::Unreadable`]; else when the bus fails.
    pub async fn submit(&self, path: &Path) -> Result<Submitted, ClientError> {
        let name = logical_name(path)?;
        self.submit_as(name, path).await
    }

    /// Submits a local file under a logical name.
    ///
    /// # Errors
    /// See [`Client::submit`].
    pub async fn submit_as(&self, name: String, path: &Path) -> Result<Submitted, ClientError> {
        let unreadable = |source| ClientError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let metadata = tokio::fs::metadata(path).await.map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(unreadable(std::io::Error::other("it is a folder or a device")));
        }
        let content = self.bus.files(&self.tenant).await?.put_file(path).await?;
        self.submit_content(name, content).await
    }

    /// Submits bytes under a logical name.
    ///
    /// # Errors
    /// When the bus fails.
    pub async fn submit_bytes(&self, name: &str, bytes: impl Into<Bytes>) -> Result<Submitted, ClientError> {
        let content = self.bus.files(&self.tenant).await?.put(bytes.into()).await?;
        self.submit_content(name.to_owned(), content).await
    }

    async fn submit_content(&self, name: String, content: ContentId) -> Result<Submitted, ClientError> {
        let file = self.bus.name_file(&self.tenant, &name).await?;
        let job = new_job_id();
        let add = IngestJob::Add(AddFile {
            name: name.clone(),
            content: content.clone(),
        });
        self.bus.publish(&self.tenant, &job, &add).await?;
        Ok(Submitted {
            job,
            file,
            name,
            content,
        })
    }

    /// Waits until a submitted file can be asked about.
    ///
    /// # Errors
    /// [`ClientError::Rejected`] with reason and place, [`ClientError::Late`]; else when the bus fails.
    pub async fn settle(
        &self,
        submitted: &Submitted,
        limit: Duration,
        task: &mut Task,
    ) -> Result<FileRecord, ClientError> {
        let what = || format!("reading {}", submitted.name);
        let failure = self.follow(&submitted.job, what, limit, task).await?;
        let records = self.bus.file_records(&self.tenant).await?;
        let record = records
            .get(submitted.file.as_str())
            .await?
            .map(|record| record.value);
        match (record, failure) {
            (Some(record), None) if record.state == FileState::Indexed => Ok(record),
            // Of another job: a newer version under the same name took over.
            (Some(record), _) if record.job != submitted.job && record.state == FileState::Indexed => {
                Ok(record)
            }
            (
                Some(FileRecord {
                    rejection: Some(rejection),
                    ..
                }),
                _,
            ) => Err(ClientError::Rejected {
                name: submitted.name.clone(),
                rejection,
            }),
            (_, Some(reason)) => Err(ClientError::Failed { what: what(), reason }),
            (_, None) => Err(ClientError::Failed {
                what: what(),
                reason: "it was deleted, or replaced, in the meantime".to_owned(),
            }),
        }
    }

    /// The same for a change of how it is read: where the job was given up, the file is as it was.
    async fn settle_change(
        &self,
        submitted: &Submitted,
        limit: Duration,
        task: &mut Task,
    ) -> Result<FileRecord, ClientError> {
        let what = || format!("reading {}", submitted.name);
        match self.follow(&submitted.job, what, limit, task).await? {
            None => self.file(submitted.file.as_str()).await,
            Some(reason) => Err(ClientError::Failed { what: what(), reason }),
        }
    }

    /// Forgets a file, named by its logical name or its id. Returns its logical name.
    ///
    /// # Errors
    /// [`ClientError::NoFile`], [`ClientError::Late`]; else when the bus fails.
    pub async fn remove(&self, name: &str, limit: Duration, task: &mut Task) -> Result<String, ClientError> {
        let record = self.file(name).await?;
        let job = new_job_id();
        self.bus
            .publish(
                &self.tenant,
                &job,
                &IngestJob::Delete(DeleteFile {
                    file: record.file,
                    expired: None,
                }),
            )
            .await?;
        let what = || format!("deleting {}", record.name);
        match self.follow(&job, what, limit, task).await? {
            None => Ok(record.name),
            Some(reason) => Err(ClientError::Failed { what: what(), reason }),
        }
    }

    /// All files that are not deleted, by name.
    ///
    /// # Errors
    /// When the bus fails.
    pub async fn files(&self) -> Result<Vec<FileRecord>, ClientError> {
        let records = self.bus.file_records(&self.tenant).await?.list().await?;
        let mut files: Vec<FileRecord> = records
            .into_iter()
            .map(|(_, record)| record)
            .filter(|record| record.state != FileState::Deleted)
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// Follows a job to its end; returns why it failed, if it did.
    async fn follow(
        &self,
        job: &JobId,
        what: impl Fn() -> String,
        limit: Duration,
        task: &mut Task,
    ) -> Result<Option<String>, ClientError> {
        let mut reports = self.bus.follow(&self.tenant, job).await?;
        let end = async {
            while let Some(Progress {
                stage,
                done,
                total,
                state,
                ..
            }) = reports.next().await
            {
                match state {
                    ProgressState::Running => task.update(&stage, done, total),
                    ProgressState::Finished => return Ok(None),
                    ProgressState::Failed { reason } => return Ok(Some(reason)),
                }
            }
            Ok(Some("the connection to the server was lost".to_owned()))
        };
        timeout(limit, end)
            .await
            .unwrap_or_else(|_| Err(ClientError::Late { what: what(), limit }))
    }
}

/// What a local file is known by: its file name.
///
/// # Errors
/// [`ClientError::Unnamed`].
pub fn logical_name(path: &Path) -> Result<String, ClientError> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| ClientError::Unnamed {
        path: path.to_owned(),
    })
}

/// Refuses names that would become one file.
///
/// # Errors
/// [`ClientError::SameName`].
pub fn distinct_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), ClientError> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(ClientError::SameName {
                name: name.to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use schemas::file::RejectionCode;

    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        assert_eq!(logical_name(Path::new("data/销售.xlsx")).unwrap(), "销售.xlsx");
        assert!(matches!(
            logical_name(Path::new("..")),
            Err(ClientError::Unnamed { .. })
        ));
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        assert!(distinct_names(["x.csv", "b/x.csv"]).is_ok());
        let error = distinct_names(["x.csv", "y.csv", "x.csv"]).unwrap_err();
        assert!(error.to_string().contains("x.csv"), "{error}");
    }

    #[test]
    fn a_rejection_says_what_and_where() {
        let rejection = Rejection {
            code: RejectionCode::DuplicateHeader,
            message: "two columns are called 金额".to_owned(),
            place: Some("销售!C1".to_owned()),
        };
        let error = ClientError::Rejected {
            name: "s.xlsx".to_owned(),
            rejection,
        };
        assert_eq!(
            error.to_string(),
            "s.xlsx was rejected: duplicate_header at 销售!C1: two columns are called 金额"
        );
    }
}
