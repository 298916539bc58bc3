//! An archive that is read: verified as a whole first, then handed on entry by entry. Everything here blocks.
//!
//! Nothing is unpacked by its path: what is not in the manifest is an error.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::manifest::{Entry, FORMAT, Manifest, PATH};
use super::pack::Hashing;
use super::{Body, Failure, IN_MEMORY};

/// Bytes that a manifest may have: those of two million objects.
const LARGEST_MANIFEST: u64 = 1 << 29;

/// An archive that was verified.
#[derive(Debug)]
pub struct Unpack {
    path: PathBuf,
    manifest: Manifest,
}

impl Unpack {
    /// Reads an archive to its end and holds each entry against the manifest.
    ///
    /// # Errors
    /// When it can't be read, is no archive of ours or of a newer format, breaks off, or an entry is damaged, missing or too
    /// much.
    pub fn verified(path: &Path) -> Result<Self, Failure> {
        let wrong = |problem: String| Failure::NoBackup {
            path: path.to_owned(),
            problem,
        };
        let mut found: HashMap<String, (u64, String)> = HashMap::new();
        let mut manifest = None;
        each(path, |name, entry| {
            if name == PATH {
                let mut text = Vec::new();
                entry.take(LARGEST_MANIFEST).read_to_end(&mut text)?;
                manifest = Some(text);
                return Ok(());
            }
            let mut reader = Hashing {
                inner: entry,
                hash: Sha256::new(),
            };
            let bytes = io::copy(&mut reader, &mut io::sink())?;
            found.insert(name.to_owned(), (bytes, hex::encode(reader.hash.finalize())));
            Ok(())
        })?;
        let manifest = manifest.ok_or_else(|| wrong(format!("there is no {PATH} in it")))?;
        let undecodable = |source| Failure::Undecodable {
            entry: PATH.to_owned(),
            source,
        };
        // The format first: a newer one may have what this version can't read.
        let told: serde_json::Value = serde_json::from_slice(&manifest).map_err(undecodable)?;
        let format = told.get("format").and_then(serde_json::Value::as_u64);
        if format != Some(u64::from(FORMAT)) {
            let format = format.map_or_else(|| "none".to_owned(), |format| format.to_string());
            return Err(wrong(format!(
                "its format is {format}, this version reads {FORMAT}"
            )));
        }
        let manifest: Manifest = serde_json::from_value(told).map_err(undecodable)?;
        for Entry {
            path, bytes, sha256, ..
        } in &manifest.entries
        {
            match found.remove(path) {
                Some((size, hash)) if size == *bytes && hash == *sha256 => {}
                Some((_, hash)) => {
                    let problem = format!("{path} is damaged: its SHA-256 is {hash}, expected {sha256}");
                    return Err(wrong(problem));
                }
                None => return Err(wrong(format!("{path} is missing"))),
            }
        }
        if let Some(path) = found.keys().min() {
            return Err(wrong(format!("{path} is not in its manifest")));
        }
        Ok(Self {
            path: path.to_owned(),
            manifest,
        })
    }

    /// What it holds.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Hands on each entry in the order of the archive, until `take` wants no more.
    ///
    /// # Errors
    /// When the archive can't be read any more.
    pub fn each(&self, mut take: impl FnMut(Entry, Body) -> bool) -> Result<(), Failure> {
        let entries = self.manifest.entries.iter();
        let known: HashMap<&str, &Entry> = entries.map(|entry| (entry.path.as_str(), entry)).collect();
        let mut open = true;
        each(&self.path, |name, reader| {
            let Some(entry) = known.get(name).filter(|_| open) else {
                return Ok(());
            };
            let body = if entry.bytes <= IN_MEMORY {
                let mut bytes = Vec::new();
                reader.take(IN_MEMORY).read_to_end(&mut bytes)?;
                Body::Bytes(bytes.into())
            } else {
                let mut file = tempfile::tempfile()?;
                io::copy(reader, &mut file)?;
                Body::File(file)
            };
            open = take((*entry).clone(), body);
            Ok(())
        })
    }
}

/// Goes through the entries of an archive.
fn each(path: &Path, mut take: impl FnMut(&str, &mut dyn Read) -> io::Result<()>) -> Result<(), Failure> {
    let file = File::open(path).map_err(|source| Failure::File {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    let walked = (|| {
        for entry in archive.entries()? {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            take(&name, &mut entry)?;
        }
        // Behind the end of the `tar` comes the checksum of the `gzip`.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map(drop)
    })();
    walked.map_err(|error: io::Error| Failure::NoBackup {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use schemas::TenantId;

    use super::super::manifest::What;
    use super::super::pack::Pack;
    use super::*;

    fn object(name: &str) -> What {
        What::Object {
            tenant: TenantId::local(),
            store: "files".to_owned(),
            name: name.to_owned(),
            files: BTreeSet::new(),
        }
    }

    fn packed(folder: &Path) -> PathBuf {
        let path = folder.join("a.tar.gz");
        let pack = Pack::create(&path).unwrap();
        let pack = pack
            .add(object("../../etc/passwd"), Body::Bytes("one".into()))
            .unwrap();
        let mut file = tempfile::tempfile().unwrap();
        io::copy(&mut io::repeat(7).take(IN_MEMORY + 1), &mut file).unwrap();
        let pack = pack.add(object("large"), Body::File(file)).unwrap();
        pack.finish(vec![TenantId::local()], 12).unwrap();
        path
    }

    #[test]
    fn what_was_packed_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = packed(folder.path());
        let unpack = Unpack::verified(&path).unwrap();
        assert_eq!(
            (unpack.manifest().order, unpack.manifest().contents().objects),
            (12, 2)
        );
        let mut got = Vec::new();
        unpack
            .each(|entry, body| {
                got.push((entry.what, body.size().unwrap()));
                true
            })
            .unwrap();
        assert_eq!(
            got,
            [(object("../../etc/passwd"), 3), (object("large"), IN_MEMORY + 1)]
        );
        // Nothing but the archive lies in the folder, and nobody else can read it.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let again = Pack::create(&path).err().unwrap();
        assert!(again.to_string().contains("a.tar.gz"), "{again}");
    }

    #[test]
    fn what_is_damaged_or_cut_off_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = packed(folder.path());
        let whole = std::fs::read(&path).unwrap();
        for (what, bytes) in [
            ("cut off", whole[..whole.len() / 2].to_vec()),
            ("without its checksum", whole[..whole.len() - 4].to_vec()),
            ("something else", b"gate,terminal\n".to_vec()),
            ("nothing", Vec::new()),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let refused = Unpack::verified(&path);
            assert!(
                matches!(refused, Err(Failure::NoBackup { .. })),
                "{what}: {refused:?}"
            );
        }
    }

    #[test]
    fn what_the_manifest_does_not_say_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let check = |change: &dyn Fn(&mut Manifest), words: &str| {
            let manifest = Unpack::verified(&packed(folder.path())).unwrap();
            let mut changed = manifest.manifest().clone();
            change(&mut changed);
            let path = folder.path().join("b.tar.gz");
            let encoder =
                flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
            let mut builder = tar::Builder::new(encoder);
            let mut add = |name: &str, bytes: &[u8]| {
                let mut header = tar::Header::new_gnu();
                header.set_size(bytes.len() as u64);
                builder.append_data(&mut header, name, bytes).unwrap();
            };
            let first = &manifest.manifest().entries[0];
            add(&first.path, b"one");
            add(PATH, &serde_json::to_vec(&changed).unwrap());
            builder.into_inner().unwrap().finish().unwrap();
            let refused = Unpack::verified(&path).unwrap_err().to_string();
            assert!(refused.contains(words), "{refused}");
            std::fs::remove_file(folder.path().join("a.tar.gz")).unwrap();
        };
        check(&|_| {}, "00000001 is missing");
        check(&|manifest| manifest.entries.clear(), "is not in its manifest");
        check(
            &|manifest| manifest.entries[0].sha256 = "0".repeat(64),
            "is damaged",
        );
        check(&|manifest| manifest.format = 2, "format is 2");
    }
}
