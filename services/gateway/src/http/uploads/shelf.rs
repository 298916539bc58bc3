//! Uploads in parts as they lie on the disk, for each tenant in a folder of its own: `<id>.part` has the bytes that came so far,
//! `<id>.json` what the upload is to become. The length of the one is the offset, so that nothing can be counted that is not
//! there. An upload that was finished keeps its `<id>.json` alone.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use schemas::{FileId, JobId, TenantId};
use serde::{Deserialize, Serialize};
use tempfile::{NamedTempFile, TempDir};

use crate::http::problem::Problem;
use crate::http::spool::PREFIX;

/// How much may lie there.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Unfinished uploads of a tenant.
    pub each_tenant: usize,
    /// Bytes that the unfinished uploads of all tenants shall have in the end.
    pub bytes: u64,
    /// How long an upload is kept after its last byte, finished or not.
    pub keep: Duration,
}

/// An upload that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The logical name of the file.
    pub name: String,
    /// Its bytes.
    pub length: u64,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
    /// The file that it became; `None` until it is whole and in the queue.
    pub file: Option<FileId>,
}

/// The folder of all uploads in parts.
pub struct Shelf {
    folder: PathBuf,
    /// Where whole uploads come in, if that is a folder of ours.
    spool: Option<PathBuf>,
    limits: Limits,
    /// Two that begin at once must not both take the last place.
    beginning: Mutex<()>,
    /// Goes with this process, where no folder was given.
    _own: Option<TempDir>,
}

impl Shelf {
    /// Uses the folder that whole uploads come in by, too, in which uploads of an earlier process may lie; by default one that goes
    /// with this process.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn open(spool: Option<&Path>, limits: Limits) -> io::Result<Self> {
        let own = spool.is_none().then(TempDir::new).transpose()?;
        let folder = match (spool, &own) {
            (Some(spool), _) => spool.join("uploads"),
            (None, Some(own)) => own.path().to_owned(),
            (None, None) => return Err(io::ErrorKind::NotFound.into()),
        };
        make_folder(&folder)?;
        Ok(Self {
            folder,
            spool: spool.map(Path::to_owned),
            limits,
            beginning: Mutex::default(),
            _own: own,
        })
    }

    /// Begins an upload. The same one again is no other.
    ///
    /// # Errors
    /// [`Problem::TooManyUploads`], [`Problem::Busy`]; [`Problem::InvalidHeader`] when the id is that of another upload;
    /// [`Problem::Spool`].
    pub fn begin(&self, tenant: &TenantId, id: &JobId, begun: &Begun) -> Result<(), Problem> {
        let _one = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        match self.find(tenant, id) {
            Ok(known) if (&known.name, known.length) == (&begun.name, begun.length) => return Ok(()),
            Ok(_) => {
                return Err(Problem::InvalidHeader(
                    "Idempotency-Key",
                    "is that of another upload",
                ));
            }
            Err(Problem::UnknownUpload(_)) => {}
            Err(error) => return Err(error),
        }
        let (uploads, bytes) = self.unfinished(tenant).map_err(Problem::Spool)?;
        if uploads >= self.limits.each_tenant {
            return Err(Problem::TooManyUploads {
                limit: self.limits.each_tenant,
            });
        }
        if bytes.saturating_add(begun.length) > self.limits.bytes {
            return Err(Problem::Busy);
        }
        self.make(tenant, id, begun).map_err(Problem::Spool)
    }

    /// An upload that was begun, finished or not.
    ///
    /// # Errors
    /// [`Problem::UnknownUpload`]; or when it can't be read.
    pub fn find(&self, tenant: &TenantId, id: &JobId) -> Result<Begun, Problem> {
        match fs::read(self.at(tenant, id, "json")) {
            Ok(json) => serde_json::from_slice(&json).map_err(|error| Problem::Internal(error.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Problem::UnknownUpload(id.clone())),
            Err(error) => Err(Problem::Spool(error)),
        }
    }

    /// The file with the bytes that came so far.
    pub fn part(&self, tenant: &TenantId, id: &JobId) -> PathBuf {
        self.at(tenant, id, "part")
    }

    /// How many bytes came so far, and until when the upload is kept.
    ///
    /// # Errors
    /// [`Problem::UnknownUpload`]; or when that can't be read.
    pub fn standing(
        &self,
        tenant: &TenantId,
        id: &JobId,
        begun: &Begun,
    ) -> Result<(u64, SystemTime), Problem> {
        let kind = if begun.file.is_some() { "json" } else { "part" };
        let found = fs::metadata(self.at(tenant, id, kind));
        let found = found.and_then(|found| Ok((found.len(), found.modified()?)));
        match found {
            Ok((length, changed)) => {
                let offset = if begun.file.is_some() {
                    begun.length
                } else {
                    length
                };
                Ok((offset, changed + self.limits.keep))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Problem::UnknownUpload(id.clone())),
            Err(error) => Err(Problem::Spool(error)),
        }
    }

    /// Keeps what a finished upload became, and lets go of its bytes.
    ///
    /// # Errors
    /// When that can't be written.
    pub fn finish(&self, tenant: &TenantId, id: &JobId, begun: &Begun) -> io::Result<()> {
        self.write(tenant, id, begun)?;
        remove(&self.part(tenant, id))
    }

    /// Forgets an upload.
    ///
    /// # Errors
    /// When it can't be removed.
    pub fn remove(&self, tenant: &TenantId, id: &JobId) -> io::Result<()> {
        remove(&self.at(tenant, id, "json"))?;
        remove(&self.part(tenant, id))
    }

    /// Removes whatever had its last change too long ago, also what killed processes left of whole uploads; returns how many
    /// uploads that were.
    ///
    /// # Errors
    /// When the folder can't be read or something in it can't be removed.
    pub fn sweep(&self, now: SystemTime) -> io::Result<usize> {
        let mut swept = 0;
        for tenant in fs::read_dir(&self.folder)? {
            let mut uploads: HashMap<PathBuf, (SystemTime, Vec<PathBuf>)> = HashMap::new();
            for entry in fs::read_dir(tenant?.path())? {
                let path = entry?.path();
                let Some(changed) = changed(&path)? else { continue };
                let (last, files) = uploads
                    .entry(path.with_extension(""))
                    .or_insert_with(|| (changed, Vec::new()));
                *last = changed.max(*last);
                files.push(path);
            }
            for (last, files) in uploads.into_values() {
                if last + self.limits.keep <= now {
                    files.iter().try_for_each(|path| remove(path))?;
                    swept += 1;
                }
            }
        }
        let Some(spool) = &self.spool else {
            return Ok(swept);
        };
        for entry in fs::read_dir(spool)? {
            let entry = entry?;
            let is_upload = entry.file_name().to_string_lossy().starts_with(PREFIX);
            if is_upload && changed(&entry.path())?.is_some_and(|last| last + self.limits.keep <= now) {
                remove(&entry.path())?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    fn at(&self, tenant: &TenantId, id: &JobId, kind: &str) -> PathBuf {
        self.folder.join(tenant.as_str()).join(format!("{id}.{kind}"))
    }

    fn make(&self, tenant: &TenantId, id: &JobId, begun: &Begun) -> io::Result<()> {
        make_folder(&self.folder.join(tenant.as_str()))?;
        let mut options = OpenOptions::new();
        // What was left here without the other file is of an upload that was never begun.
        options.write(true).create(true).truncate(true).mode(0o600);
        options.open(self.part(tenant, id))?;
        self.write(tenant, id, begun)
    }

    /// Renamed into place, so that nobody reads half of it.
    fn write(&self, tenant: &TenantId, id: &JobId, begun: &Begun) -> io::Result<()> {
        let mut draft = NamedTempFile::new_in(self.folder.join(tenant.as_str()))?;
        serde_json::to_writer(&mut draft, begun)?;
        draft.persist(self.at(tenant, id, "json"))?;
        Ok(())
    }

    /// The unfinished uploads of a tenant, and the bytes that those of all tenants shall have in the end.
    fn unfinished(&self, tenant: &TenantId) -> io::Result<(usize, u64)> {
        let (mut own, mut bytes) = (0, 0_u64);
        for folder in fs::read_dir(&self.folder)? {
            let folder = folder?;
            for entry in fs::read_dir(folder.path())? {
                let path = entry?.path();
                if path.extension().is_none_or(|kind| kind != "part") {
                    continue;
                }
                own += usize::from(folder.file_name() == tenant.as_str());
                let begun = fs::read(path.with_extension("json")).ok();
                let begun: Option<Begun> = begun.and_then(|json| serde_json::from_slice(&json).ok());
                bytes = bytes.saturating_add(begun.map_or(0, |begun| begun.length));
            }
        }
        Ok((own, bytes))
    }
}

/// When a file had its last change; `None` where it is gone.
fn changed(path: &Path) -> io::Result<Option<SystemTime>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        metadata => metadata?.modified().map(Some),
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        each_tenant: 2,
        bytes: 100,
        keep: Duration::from_secs(3600),
    };

    fn begun(length: u64) -> Begun {
        Begun {
            name: "a.csv".to_owned(),
            length,
            metadata: "filename YS5jc3Y=".to_owned(),
            file: None,
        }
    }

    fn code(result: Result<(), Problem>) -> &'static str {
        result.err().map_or("", |problem| problem.kind().code)
    }

    #[test]
    fn places_are_few_and_a_finished_upload_has_none() {
        let shelf = Shelf::open(None, LIMITS).unwrap();
        let (red, blue) = (TenantId::new("red").unwrap(), TenantId::new("blue").unwrap());
        let ids: Vec<JobId> = (0..4).map(|_| bus::ids::new_job_id()).collect();
        let begin = |tenant: &TenantId, id: &JobId, length| code(shelf.begin(tenant, id, &begun(length)));
        assert_eq!(begin(&red, &ids[0], 40), "");
        assert_eq!(begin(&red, &ids[0], 40), "", "the same one again");
        assert_eq!(begin(&red, &ids[0], 41), "invalid_header");
        assert_eq!(begin(&red, &ids[1], 40), "");
        assert_eq!(begin(&red, &ids[2], 1), "too_many_uploads");
        assert_eq!(begin(&blue, &ids[2], 30), "busy");
        assert_eq!(begin(&blue, &ids[2], 20), "");

        let mut whole = begun(40);
        whole.file = Some(bus::ids::new_file_id());
        shelf.finish(&red, &ids[0], &whole).unwrap();
        assert_eq!(shelf.find(&red, &ids[0]).unwrap(), whole);
        assert_eq!(shelf.standing(&red, &ids[0], &whole).unwrap().0, 40);
        assert!(!shelf.part(&red, &ids[0]).exists());
        assert_eq!(begin(&red, &ids[3], 1), "");
    }

    #[test]
    fn each_tenant_has_its_own() {
        let shelf = Shelf::open(None, LIMITS).unwrap();
        let id = bus::ids::new_job_id();
        let other = TenantId::new("red").unwrap();
        shelf.begin(&TenantId::local(), &id, &begun(1)).unwrap();
        let found = shelf.find(&other, &id);
        assert!(matches!(found, Err(Problem::UnknownUpload(_))), "{found:?}");
        shelf.remove(&other, &id).unwrap();
        assert!(shelf.find(&TenantId::local(), &id).is_ok());
    }

    #[test]
    fn what_nobody_goes_on_with_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let (local, id) = (TenantId::local(), bus::ids::new_job_id());
        let shelf = Shelf::open(Some(folder.path()), LIMITS).unwrap();
        shelf.begin(&local, &id, &begun(9)).unwrap();
        fs::write(shelf.part(&local, &id), "1234").unwrap();
        drop(shelf);

        // Another process goes on where this one was.
        let shelf = Shelf::open(Some(folder.path()), LIMITS).unwrap();
        let known = shelf.find(&local, &id).unwrap();
        let (offset, expires) = shelf.standing(&local, &id, &known).unwrap();
        assert_eq!((known, offset), (begun(9), 4));
        let (left, foreign) = (folder.path().join("contrail-upload-x"), folder.path().join("y"));
        fs::write(&left, "of a whole upload").unwrap();
        fs::write(&foreign, "of somebody else").unwrap();
        assert_eq!(shelf.sweep(expires - Duration::from_secs(1)).unwrap(), 0);
        assert_eq!(shelf.sweep(expires + Duration::from_secs(60)).unwrap(), 2);
        assert!(!left.exists() && foreign.exists());
        assert!(matches!(shelf.find(&local, &id), Err(Problem::UnknownUpload(_))));
        assert!(!shelf.part(&local, &id).exists());
    }
}
