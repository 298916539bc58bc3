//! From an archive into a server.
//!
//! Files know the number of the newest job that they have seen, and take one with a smaller number for a late one; so the
//! server's numbers go on behind those of the archive. The index is built again: for each file a job goes to embed, as if its
//! passages had just been cut. What was under way when the archive was made is read again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

use bus::Bus;
use bus::backup::{RECORDS, RawLetter, RawRecord};
use bus::ids::new_job_id;
use bus::provision::Topology;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::{AddFile, EmbedJob, EmbedPassages, IngestJob, RemovePassages, Version};
use schemas::{ContentId, FileId, TenantId};
use tokio::sync::mpsc;

use super::manifest::{Entry, Letter, Line, What};
use super::unpack::Unpack;
use super::{Body, Failure};
use crate::progress::Task;

/// What was restored.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Files that questions can be asked about, or that are read again.
    pub files: usize,
    /// Objects.
    pub objects: usize,
    /// Dead letters.
    pub letters: usize,
    /// Files whose passages are on their way into the index.
    pub indexing: usize,
    /// Files that are read again.
    pub reading: usize,
    /// Names of files that have to be added again: what they were was not known yet.
    pub lost: Vec<String>,
}

/// Restores what an archive holds, and tells `task` how far it is. Tenants that do not exist are made. With `force`, what
/// they have goes first.
///
/// # Errors
/// [`Failure::Occupied`] before anything is changed; else when the server does not answer, and then some may be there: the
/// same again with `force` makes it whole.
pub async fn load(
    bus: &Bus,
    topology: &Topology,
    archive: Unpack,
    force: bool,
    task: &mut Task,
) -> Result<Loaded, Failure> {
    let (order, tenants) = (archive.manifest().order, archive.manifest().tenants.clone());
    let mut former: Vec<(TenantId, FileId)> = Vec::new();
    for tenant in &tenants {
        if !bus.has_tenant(tenant).await? {
            bus.create_tenant(tenant, topology).await?;
            continue;
        }
        let holdings = bus.holdings(tenant).await?;
        if !force && !holdings.is_empty() {
            return Err(Failure::Occupied {
                tenant: tenant.clone(),
                files: holdings.files,
                objects: holdings.objects,
            });
        }
        let files = bus.raw_records("files", tenant).await?.into_iter();
        let files = files.filter_map(|record| FileId::new(record.key).ok());
        former.extend(files.map(|file| (tenant.clone(), file)));
    }
    // Before anything goes: where jobs are in the way, everything stays as it is.
    bus.raise_order(order).await?;
    if force {
        for tenant in &tenants {
            bus.clear_tenant(tenant).await?;
        }
    }

    let mut loading = Loading {
        bus,
        loaded: Loaded::default(),
        files: BTreeMap::new(),
        holders: BTreeMap::new(),
    };
    let total = archive.manifest().entries.len() as u64;
    let (sender, mut entries) = mpsc::channel::<(Entry, Body)>(2);
    let reading = tokio::task::spawn_blocking(move || {
        archive.each(|entry, body| sender.blocking_send((entry, body)).is_ok())
    });
    let mut done = 0;
    while let Some((entry, body)) = entries.recv().await {
        loading.put(entry, body).await?;
        done += 1;
        task.update("restoring", done, total);
    }
    reading.await??;
    loading.rebuild(former).await?;
    Ok(loading.loaded)
}

/// What is restored so far.
struct Loading<'a> {
    bus: &'a Bus,
    loaded: Loaded,
    files: BTreeMap<(TenantId, FileId), FileRecord>,
    /// Files and the contents that they hold.
    holders: BTreeMap<(TenantId, FileId), String>,
}

impl Loading<'_> {
    /// Puts one entry where it was.
    async fn put(&mut self, Entry { path, what, .. }: Entry, body: Body) -> Result<(), Failure> {
        let undecodable = |source| Failure::Undecodable {
            entry: path.clone(),
            source,
        };
        match what {
            What::Object {
                tenant,
                store,
                name,
                files,
            } => {
                let objects = match store.as_str() {
                    "answers" => self.bus.answers(&tenant).await?,
                    _ => self.bus.files(&tenant).await?,
                };
                put_object(&objects, (&name, &files), body, &path).await?;
                self.loaded.objects += 1;
            }
            What::DeadPayload { name } => {
                let payloads = self.bus.dead_payloads().await?;
                put_object(&payloads, (&name, &BTreeSet::new()), body, &path).await?;
            }
            What::Records { tenant, bucket } => {
                // The name of a bucket is part of subjects: only those that a backup holds.
                let Some(bucket) = RECORDS.into_iter().find(|known| *known == bucket) else {
                    tracing::warn!(
                        bucket,
                        "records of a bucket that this version does not know are left out"
                    );
                    return Ok(());
                };
                for line in lines(body, &path)? {
                    let Line { key, value } = serde_json::from_str(&line).map_err(undecodable)?;
                    self.note(&tenant, bucket, &key, &value);
                    let value = serde_json::to_vec(&value).map_err(undecodable)?.into();
                    self.bus
                        .put_raw_record(bucket, &tenant, RawRecord { key, value })
                        .await?;
                }
            }
            What::DeadLetters { .. } => {
                for line in lines(body, &path)? {
                    let Letter {
                        subject,
                        headers,
                        body,
                    } = serde_json::from_str(&line).map_err(undecodable)?;
                    let body = serde_json::to_vec(&body).map_err(undecodable)?.into();
                    self.bus
                        .put_raw_letter(RawLetter {
                            subject,
                            headers,
                            body,
                        })
                        .await?;
                    self.loaded.letters += 1;
                }
            }
        }
        Ok(())
    }

    /// Remembers what has to be known of files behind all records.
    fn note(&mut self, tenant: &TenantId, bucket: &str, key: &str, value: &serde_json::Value) {
        match bucket {
            "files" => {
                if let Ok(record) = serde_json::from_value::<FileRecord>(value.clone()) {
                    self.files.insert((tenant.clone(), record.file.clone()), record);
                }
            }
            "contents" => {
                let files = value.get("files").and_then(serde_json::Value::as_array);
                let ids = files.into_iter().flatten().filter_map(serde_json::Value::as_str);
                for file in ids.filter_map(|id| FileId::new(id).ok()) {
                    self.holders.insert((tenant.clone(), file), key.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Sends the jobs that make everything findable again.
    async fn rebuild(&mut self, former: Vec<(TenantId, FileId)>) -> Result<(), Failure> {
        for (tenant, file) in former {
            // What there was of it in the index would be of nobody; what is there again is embedded below.
            if !self.files.contains_key(&(tenant.clone(), file.clone())) {
                let remove = EmbedJob::Remove(RemovePassages { file, keep: None });
                self.bus.publish(&tenant, &new_job_id(), &remove).await?;
            }
        }
        for ((tenant, file), record) in std::mem::take(&mut self.files) {
            let job = new_job_id();
            if record.state == FileState::Received {
                let known = record.pending.as_ref().map(|version| version.content.clone());
                let held = self.holders.get(&(tenant.clone(), file.clone()));
                let held = held.and_then(|content| ContentId::new(content.clone()).ok());
                match known.or(held) {
                    Some(content) => {
                        let name = record.name.clone();
                        let add = IngestJob::Add(AddFile { name, content });
                        self.bus.publish(&tenant, &job, &add).await?;
                        self.loaded.files += 1;
                        self.loaded.reading += 1;
                    }
                    None => self.loaded.lost.push(format!("{tenant}/{}", record.name)),
                }
            }
            let Some(active) = &record.active else { continue };
            if record.state != FileState::Received {
                self.loaded.files += 1;
            }
            if let Some(document) = &active.document {
                let version = Version {
                    file,
                    name: record.name.clone(),
                    content: active.content.clone(),
                    order: record.order,
                    job: record.job.clone(),
                };
                let add = EmbedJob::Add(EmbedPassages {
                    version,
                    document: document.document.clone(),
                });
                self.bus.publish(&tenant, &new_job_id(), &add).await?;
                self.loaded.indexing += 1;
            }
        }
        Ok(())
    }
}

async fn put_object(
    objects: &bus::Objects,
    (name, files): (&str, &BTreeSet<FileId>),
    body: Body,
    path: &str,
) -> Result<(), Failure> {
    match body {
        Body::Bytes(bytes) => objects.put_resting_on(files, name, &mut &bytes[..]).await?,
        Body::File(file) => {
            let unreadable = |source| Failure::File {
                action: "read",
                path: path.into(),
                source,
            };
            let mut file = tokio::fs::File::from_std(file);
            tokio::io::AsyncSeekExt::rewind(&mut file)
                .await
                .map_err(unreadable)?;
            objects.put_resting_on(files, name, &mut file).await?;
        }
    }
    Ok(())
}

/// The lines of a list. It was verified before, and is text of this program.
fn lines(body: Body, path: &str) -> Result<Vec<String>, Failure> {
    let unreadable = |source| Failure::File {
        action: "read",
        path: path.into(),
        source,
    };
    let reader = BufReader::new(body.reader().map_err(unreadable)?);
    reader.lines().collect::<Result<_, _>>().map_err(unreadable)
}
