//! The files of a folder, and how they change.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders within folders that are gone into. Deeper ones are most likely a loop of mounts.
const DEPTH: usize = 32;

/// A file as the folder lists it: what is other when it has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it is.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// When it was last written, where the system tells.
    pub written: Option<SystemTime>,
}

/// The files below a folder by their logical names: the paths from there, parts separated by `/`. Hidden files and folders,
/// links, and names that are no Unicode are left out.
///
/// # Errors
/// When a folder can't be read.
pub fn list(folder: &Path) -> io::Result<BTreeMap<String, Listed>> {
    let mut found = BTreeMap::new();
    walk(folder, "", DEPTH, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, depth: usize, found: &mut BTreeMap<String, Listed>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if name.starts_with('.') || name.starts_with('~') {
            continue;
        }
        let logical = format!("{prefix}{name}");
        // Not followed: a link may lead out of the folder, or round in circles.
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            walk(&entry.path(), &format!("{logical}/"), depth - 1, found)?;
        } else if kind.is_file() {
            let metadata = entry.metadata()?;
            let listed = Listed {
                path: entry.path(),
                size: metadata.len(),
                written: metadata.modified().ok(),
            };
            found.insert(logical, listed);
        }
    }
    Ok(())
}

/// What is other in a folder than it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Names of files that are new or were written.
    pub written: Vec<String>,
    /// Names of files that are gone.
    pub gone: Vec<String>,
}

/// Compares two listings.
#[must_use]
pub fn changes(before: &BTreeMap<String, Listed>, after: &BTreeMap<String, Listed>) -> Changes {
    let written = after
        .iter()
        .filter(|(name, listed)| before.get(*name) != Some(listed));
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    Changes {
        written: written.map(|(name, _)| name.clone()).collect(),
        gone: gone.cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_paths_and_hidden_ones_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("通知/2024")).unwrap();
        std::fs::create_dir_all(root.join(".git")).unwrap();
        for name in [
            "a.pdf",
            "通知/2024/b.docx",
            ".hidden.pdf",
            ".git/c.txt",
            "~lock.docx",
        ] {
            std::fs::write(root.join(name), name).unwrap();
        }
        std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
        let first = list(root).unwrap();
        assert_eq!(first.keys().collect::<Vec<_>>(), ["a.pdf", "通知/2024/b.docx"]);
        assert_eq!(changes(&first, &first), Changes::default());

        std::fs::write(root.join("a.pdf"), "longer than before").unwrap();
        std::fs::remove_file(root.join("通知/2024/b.docx")).unwrap();
        std::fs::write(root.join("new.md"), "").unwrap();
        let second = list(root).unwrap();
        assert_eq!(
            changes(&first, &second),
            Changes {
                written: vec!["a.pdf".to_owned(), "new.md".to_owned()],
                gone: vec!["通知/2024/b.docx".to_owned()],
            }
        );
    }
}
