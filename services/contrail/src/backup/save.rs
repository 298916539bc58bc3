//! From a server into an archive.
//!
//! The server goes on working meanwhile. Objects come first, since nothing that is there refers to what comes later; then the
//! records are read; then the objects that came in between follow. Contents never change, so that what the records refer to is
//! in the archive.

use std::collections::{BTreeSet, HashSet};

use bus::backup::{OBJECTS, RECORDS, RawLetter, RawRecord};
use bus::objects::Listed;
use bus::{Bus, Objects, ObjectsError};
use schemas::TenantId;
use schemas::dead::{DeadLetter, DeadPayload};
use schemas::file::{FileRecord, FileVersion};

use super::manifest::{Letter, Line, Manifest, What};
use super::pack::Pack;
use super::{Body, Failure, IN_MEMORY};
use crate::progress::Task;

/// What was saved.
#[derive(Debug)]
pub struct Saved {
    /// What the archive holds.
    pub manifest: Manifest,
    /// Files that questions can be asked about, or that are being read.
    pub files: usize,
    /// Objects that records refer to and that are not there: `<tenant>/<name>`.
    pub missing: Vec<String>,
}

/// Saves what tenants have, and tells `task` how far it is.
///
/// # Errors
/// When the server does not answer, or the archive can't be written; there is no archive then.
pub async fn save(
    bus: &Bus,
    tenants: &[TenantId],
    mut pack: Pack,
    task: &mut Task,
) -> Result<Saved, Failure> {
    let (mut files, mut order, mut missing) = (0, 0, BTreeSet::new());
    for tenant in tenants {
        let mut saving = Saving {
            bus,
            tenant,
            saved: HashSet::new(),
        };
        pack = saving.objects(pack, task).await?;
        let mut records = Vec::new();
        for bucket in RECORDS {
            records.push((bucket, bus.raw_records(bucket, tenant).await?));
        }
        let letters = bus.raw_letters(tenant).await?;
        pack = saving.objects(pack, task).await?;
        pack = saving.payloads(pack, &letters).await?;
        pack = saving.letters(pack, letters).await?;
        for (bucket, records) in records {
            if bucket == "files" {
                let decoded = records.iter().map(|record| serde_json::from_slice(&record.value));
                for record in decoded.filter_map(|record: Result<FileRecord, _>| record.ok()) {
                    order = order.max(record.order);
                    files += usize::from(record.active.is_some() || record.pending.is_some());
                    let lost = referred(&record)
                        .into_iter()
                        .filter(|name| !saving.has("files", name));
                    missing.extend(lost.map(|name| format!("{tenant}/{name}")));
                }
            }
            pack = saving.records(pack, bucket, records).await?;
        }
    }
    let tenants = tenants.to_vec();
    let manifest = tokio::task::spawn_blocking(move || pack.finish(tenants, order)).await??;
    Ok(Saved {
        manifest,
        files,
        missing: missing.into_iter().collect(),
    })
}

/// What is saved of one tenant.
struct Saving<'a> {
    bus: &'a Bus,
    tenant: &'a TenantId,
    /// Objects that are in the archive: (their store, their name).
    saved: HashSet<(&'static str, String)>,
}

impl Saving<'_> {
    fn has(&self, store: &'static str, name: &str) -> bool {
        self.saved.contains(&(store, name.to_owned()))
    }

    /// Adds the objects that are not in the archive yet.
    async fn objects(&mut self, mut pack: Pack, task: &mut Task) -> Result<Pack, Failure> {
        for store in OBJECTS {
            let objects = match store {
                "answers" => self.bus.answers(self.tenant).await?,
                _ => self.bus.files(self.tenant).await?,
            };
            let mut listed = objects.list().await?;
            listed.retain(|object| !self.has(store, &object.name));
            let total = listed.len() as u64;
            for (done, object) in (1u64..).zip(listed) {
                let Listed {
                    name, size, files, ..
                } = object;
                if let Some(body) = fetched(&objects, &name, size).await? {
                    let what = What::Object {
                        tenant: self.tenant.clone(),
                        store: store.to_owned(),
                        name: name.clone(),
                        files,
                    };
                    pack = add(pack, what, body).await?;
                    self.saved.insert((store, name));
                }
                task.update(&format!("saving {store} of {}", self.tenant), done, total);
            }
        }
        Ok(pack)
    }

    /// Adds what was too large for the dead letters.
    async fn payloads(&self, mut pack: Pack, letters: &[RawLetter]) -> Result<Pack, Failure> {
        let mut names = BTreeSet::new();
        for letter in letters {
            let decoded: Result<DeadLetter, _> = serde_json::from_slice(&letter.body);
            if let Ok(DeadLetter {
                payload: DeadPayload::Object(name),
                ..
            }) = decoded
            {
                names.insert(name);
            }
        }
        if names.is_empty() {
            return Ok(pack);
        }
        let objects = self.bus.dead_payloads().await?;
        for name in names {
            let size = objects.size(&name).await?.unwrap_or_default();
            if let Some(body) = fetched(&objects, &name, size).await? {
                pack = add(pack, What::DeadPayload { name }, body).await?;
            }
        }
        Ok(pack)
    }

    async fn letters(&self, pack: Pack, letters: Vec<RawLetter>) -> Result<Pack, Failure> {
        let lines = letters.into_iter().map(|letter| {
            Ok(Letter {
                body: serde_json::from_slice(&letter.body)?,
                subject: letter.subject,
                headers: letter.headers,
            })
        });
        let what = What::DeadLetters {
            tenant: self.tenant.clone(),
        };
        let body = lines_of("the dead letters", lines)?;
        add(pack, what, body).await
    }

    async fn records(&self, pack: Pack, bucket: &str, records: Vec<RawRecord>) -> Result<Pack, Failure> {
        let lines = records.into_iter().map(|record| {
            Ok(Line {
                value: serde_json::from_slice(&record.value)?,
                key: record.key,
            })
        });
        let what = What::Records {
            tenant: self.tenant.clone(),
            bucket: bucket.to_owned(),
        };
        let body = lines_of(bucket, lines)?;
        add(pack, what, body).await
    }
}

async fn add(pack: Pack, what: What, body: Body) -> Result<Pack, Failure> {
    tokio::task::spawn_blocking(move || pack.add(what, body)).await?
}

/// The bytes of an object; none: it was removed since it was listed.
async fn fetched(objects: &Objects, name: &str, size: u64) -> Result<Option<Body>, Failure> {
    let got = if size <= IN_MEMORY {
        objects.get(name, u64::MAX).await.map(Body::Bytes)
    } else {
        let temporary = |source| Failure::File {
            action: "write",
            path: std::env::temp_dir(),
            source,
        };
        let file = tempfile::tempfile().map_err(temporary)?;
        let mut writer = tokio::fs::File::from_std(file.try_clone().map_err(temporary)?);
        let got = objects.get_into(name, &mut writer, u64::MAX).await;
        got.map(|_| Body::File(file))
    };
    match got {
        Ok(body) => Ok(Some(body)),
        Err(ObjectsError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// JSON lines.
fn lines_of<T: serde::Serialize>(
    entry: &str,
    lines: impl Iterator<Item = Result<T, serde_json::Error>>,
) -> Result<Body, Failure> {
    let mut text = Vec::new();
    for line in lines {
        let written = line.and_then(|line| serde_json::to_writer(&mut text, &line));
        written.map_err(|source| Failure::Undecodable {
            entry: entry.to_owned(),
            source,
        })?;
        text.push(b'\n');
    }
    Ok(Body::Bytes(text.into()))
}

/// The objects that the versions of a file consist of.
fn referred(record: &FileRecord) -> BTreeSet<String> {
    let of_version = |version: &FileVersion| {
        let tables = version
            .tables
            .iter()
            .flat_map(|table| [&table.parquet, &table.profile]);
        let document = version.document.iter();
        let document = document.flat_map(|stored| std::iter::once(&stored.document).chain(&stored.parts));
        let all = std::iter::once(&version.content).chain(tables).chain(document);
        all.map(ToString::to_string).collect::<Vec<_>>()
    };
    let versions = record.active.iter().chain(&record.pending);
    versions.flat_map(of_version).collect()
}
