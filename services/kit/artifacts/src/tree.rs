//! Whole folders out of several packages: unpacked, completed, listed, compared with their list.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::digest::Sha256;
use crate::error::SourceError;
use crate::lock::{Joined, Kind, Source, Tree, inside};
use crate::unpack::{Debian, broken, gzipped, open};

/// The list of what is in a tree, written when it is complete.
const LIST: &str = ".contents";
/// How much is kept of what a command says.
const LAST_WORDS: usize = 400;

/// Unpacks what is taken of one package into a folder.
pub(crate) fn add(archive: &Path, source: &Source, folder: &Path) -> Result<(), SourceError> {
    match source.kind {
        Kind::Pip => wheel(archive, source, folder),
        Kind::Npm => tarball(&mut gzipped(archive)?, source, folder),
        Kind::Apt => {
            let mut package = Debian::open(archive, source)?;
            tarball(&mut package, source, folder)?;
            package.finish(source)
        }
    }
}

fn wheel(archive: &Path, source: &Source, folder: &Path) -> Result<(), SourceError> {
    let mut zip = zip::ZipArchive::new(open(archive)?).map_err(|error| broken(source, error))?;
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(|error| broken(source, error))?;
        let path = entry.name().map_err(|error| broken(source, error))?.into_owned();
        let Some(to) = place(source, &path).filter(|_| entry.is_file()) else {
            continue;
        };
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o100 != 0);
        write(&mut entry, &folder.join(to), executable)?;
    }
    Ok(())
}

fn tarball(from: &mut dyn Read, source: &Source, folder: &Path) -> Result<(), SourceError> {
    let failed = |error| broken(source, error);
    let mut tar = tar::Archive::new(from);
    for entry in tar.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(to) = place(source, &path).map(|to| folder.join(to)) else {
            continue;
        };
        let kind = entry.header().entry_type();
        if kind.is_symlink() {
            let target = entry
                .link_name()
                .map_err(failed)?
                .unwrap_or_default()
                .into_owned();
            // Another name of a file beside it; what leads elsewhere would lead out of the tree.
            if target.components().count() == 1 && target.to_str().is_some_and(inside) {
                make_parent(&to)?;
                symlink(&target, &to).map_err(file("link", &to))?;
            }
        } else if kind.is_file() {
            let executable = entry.header().mode().map_err(failed)? & 0o100 != 0;
            write(&mut entry, &to, executable)?;
        }
    }
    Ok(())
}

/// Where a path of a package goes in the tree; none: it is not taken.
fn place(source: &Source, path: &str) -> Option<String> {
    let path = path.strip_prefix("./").unwrap_or(path);
    if !inside(path) || source.without.iter().any(|piece| path.contains(piece.as_str())) {
        return None;
    }
    source.take.iter().find_map(|take| {
        let rest = match path.strip_prefix(take.from.as_str())? {
            rest if take.from.is_empty() => rest,
            "" => "",
            rest => rest.strip_prefix('/')?,
        };
        Some(match (take.to.as_str(), rest) {
            (to, "") => to.to_owned(),
            ("", rest) => rest.to_owned(),
            (to, rest) => format!("{to}/{rest}"),
        })
        .filter(|to| inside(to))
    })
}

fn write(from: &mut dyn Read, to: &Path, executable: bool) -> Result<(), SourceError> {
    make_parent(to)?;
    let mut written = File::create(to).map_err(file("write", to))?;
    io::copy(from, &mut written).map_err(file("write", to))?;
    let mode = if executable { 0o755 } else { 0o644 };
    written
        .set_permissions(Permissions::from_mode(mode))
        .map_err(file("set the mode of", to))
}

fn make_parent(path: &Path) -> Result<(), SourceError> {
    path.parent().map_or(Ok(()), |parent| {
        fs::create_dir_all(parent).map_err(file("make", parent))
    })
}

/// Puts pieces together, checks the whole, and removes them.
fn join(joined: &Joined, folder: &Path) -> Result<(), SourceError> {
    let whole = folder.join(&joined.path);
    make_parent(&whole)?;
    let mut written = File::create(&whole).map_err(file("write", &whole))?;
    for piece in &joined.pieces {
        let path = folder.join(piece);
        let mut read = File::open(&path).map_err(file("read", &path))?;
        io::copy(&mut read, &mut written).map_err(file("write", &whole))?;
        // Not all at the end: for a moment each byte would be there twice.
        fs::remove_file(&path).map_err(file("remove", &path))?;
    }
    written.sync_all().map_err(file("write", &whole))?;
    let got = Sha256::of_file(&whole).map_err(file("read", &whole))?;
    if got != joined.sha256 {
        return Err(SourceError::WrongHash {
            what: joined.path.clone(),
            expected: joined.sha256,
            got,
        });
    }
    Ok(())
}

/// Completes what has been unpacked: joins what came in pieces, runs the tree's own command, lets everybody read it, and
/// lists it.
pub(crate) fn finish(tree: &Tree, folder: &Path) -> Result<(), SourceError> {
    if let Some(joined) = &tree.joined {
        join(joined, folder)?;
    }
    let whole = folder.to_string_lossy();
    if let Some((program, arguments)) = tree.finish.split_first() {
        let output = Command::new(folder.join(program))
            .args(
                arguments
                    .iter()
                    .map(|word| OsString::from(word.replace("{tree}", &whole))),
            )
            .env_clear()
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .map_err(file("run", &folder.join(program)))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            return Err(SourceError::Unfinished {
                program: program.clone(),
                status: output.status,
                output: said
                    .chars()
                    .rev()
                    .take(LAST_WORDS)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect(),
            });
        }
    }
    open_to_all(folder).map_err(file("set the mode of", folder))?;
    let list = listed(folder).map_err(file("read", folder))?;
    let path = folder.join(LIST);
    fs::write(&path, list).map_err(file("write", &path))?;
    // Not each of thousands of files: a power failure in this very moment may damage some, and `verify` finds them.
    File::open(&path)
        .and_then(|list| list.sync_all())
        .map_err(file("write", &path))
}

/// Folders that everybody may enter and files that everybody may read, whatever mask the user has.
fn open_to_all(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            open_to_all(&entry.path())?;
        } else if kind.is_file() {
            let mode = entry.metadata()?.permissions().mode();
            fs::set_permissions(entry.path(), Permissions::from_mode(mode & 0o777 | 0o444))?;
        }
    }
    Ok(())
}

/// Whether a tree was completed here.
pub(crate) fn is_complete(tree: &Tree, folder: &Path) -> bool {
    folder.join(LIST).is_file() && folder.join(&tree.main).exists()
}

/// The first file that is not as it was listed; none: all is as it was.
pub(crate) fn difference(folder: &Path) -> io::Result<Option<PathBuf>> {
    let (then, now) = (fs::read_to_string(folder.join(LIST))?, listed(folder)?);
    let path = |line: &str| line.split_once("  ").map(|(_, path)| folder.join(path));
    let mut lines = (then.lines(), now.lines());
    loop {
        match (lines.0.next(), lines.1.next()) {
            (None, None) => return Ok(None),
            (Some(then), Some(now)) if then == now => {}
            // Whichever comes first in the order of paths is missing, new or other.
            (Some(then), Some(now)) => return Ok(path(then).min(path(now))),
            (Some(line), None) | (None, Some(line)) => return Ok(path(line)),
        }
    }
}

/// All files as `sha256sum` writes them, and links with their targets, by path.
fn listed(folder: &Path) -> io::Result<String> {
    let mut paths = Vec::new();
    gather(folder, &mut paths)?;
    paths.sort();
    let mut list = String::new();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).display();
        let what = if path.is_symlink() {
            format!("link:{}", fs::read_link(&path)?.display())
        } else {
            Sha256::of_file(&path)?.to_string()
        };
        let _ = writeln!(list, "{what}  {name}");
    }
    Ok(list)
}

fn gather(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), paths)?;
        } else if entry.file_name() != LIST {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn file<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> SourceError + use<'a> {
    move |source| SourceError::File {
        action,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::Take;

    fn source(take: &[(&str, &str)], without: &[&str]) -> Source {
        let owned = |text: &&str| (*text).to_owned();
        Source {
            kind: Kind::Apt,
            package: "python".to_owned(),
            version: "1.0".to_owned(),
            platform: None,
            python: None,
            abi: None,
            arguments: Vec::new(),
            archive: "python.deb".to_owned(),
            sha256: Sha256::of(b""),
            size: 1,
            paths: Vec::new(),
            take: take
                .iter()
                .map(|(from, to)| Take {
                    from: owned(from),
                    to: owned(to),
                })
                .collect(),
            without: without.iter().map(owned).collect(),
        }
    }

    #[test]
    fn paths_go_where_they_are_taken_to() {
        let source = source(
            &[
                ("usr/bin/python3.11", "bin/python"),
                ("usr/lib", "lib"),
                ("top", ""),
            ],
            &["/tests/"],
        );
        let check = |path: &str, to: Option<&str>| assert_eq!(place(&source, path).as_deref(), to, "{path}");
        check("./usr/bin/python3.11", Some("bin/python"));
        check("./usr/bin/python3.111", None);
        check("usr/lib/python3.11/os.py", Some("lib/python3.11/os.py"));
        check("usr/library/os.py", None);
        check("usr/lib/x/tests/y.py", None);
        check("usr/lib/../../etc/passwd", None);
        check("/usr/lib/os.py", None);
        check("top/file", Some("file"));
        check("top", None);
        check("usr/share/doc", None);
    }

    #[test]
    fn a_list_tells_what_is_other_missing_or_new() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("lib")).unwrap();
        fs::write(at("lib/a.so.1"), "a").unwrap();
        fs::write(at("lib/b"), "b").unwrap();
        symlink("a.so.1", at("lib/a.so")).unwrap();
        let tree = Tree {
            main: "lib/b".to_owned(),
            size: 0,
            finish: Vec::new(),
            joined: None,
            parts: Vec::new(),
        };
        assert!(!is_complete(&tree, folder.path()));
        finish(&tree, folder.path()).unwrap();
        assert!(is_complete(&tree, folder.path()));
        let difference = || difference(folder.path()).unwrap();
        assert_eq!(difference(), None);

        fs::write(at("lib/new"), "").unwrap();
        assert_eq!(difference(), Some(at("lib/new")));
        fs::remove_file(at("lib/new")).unwrap();
        fs::write(at("lib/a.so.1"), "other").unwrap();
        assert_eq!(difference(), Some(at("lib/a.so.1")));
        fs::remove_file(at("lib/a.so.1")).unwrap();
        assert_eq!(difference(), Some(at("lib/a.so.1")));
        fs::write(at("lib/a.so.1"), "a").unwrap();
        fs::remove_file(at("lib/a.so")).unwrap();
        symlink("b", at("lib/a.so")).unwrap();
        assert_eq!(difference(), Some(at("lib/a.so")));
    }

    #[test]
    fn pieces_become_one_file_that_is_as_pinned() {
        let folder = tempfile::tempdir().unwrap();
        let tree = |sha256| Tree {
            main: "whole.bin".to_owned(),
            size: 0,
            finish: Vec::new(),
            joined: Some(Joined {
                path: "whole.bin".to_owned(),
                pieces: vec!["pieces/b".to_owned(), "pieces/a".to_owned()],
                sha256,
            }),
            parts: Vec::new(),
        };
        let write = || {
            fs::create_dir_all(folder.path().join("pieces")).unwrap();
            fs::write(folder.path().join("pieces/a"), "second").unwrap();
            fs::write(folder.path().join("pieces/b"), "first ").unwrap();
        };
        write();
        let error = finish(&tree(Sha256::of(b"other")), folder.path()).unwrap_err();
        assert!(matches!(error, SourceError::WrongHash { .. }), "{error}");
        assert!(!is_complete(&tree(Sha256::of(b"other")), folder.path()));
        write();
        let tree = tree(Sha256::of(b"first second"));
        finish(&tree, folder.path()).unwrap();
        assert!(is_complete(&tree, folder.path()));
        assert_eq!(
            fs::read(folder.path().join("whole.bin")).unwrap(),
            b"first second"
        );
        assert_eq!(fs::read_dir(folder.path().join("pieces")).unwrap().count(), 0);
    }

    #[test]
    fn a_command_that_fails_is_told_with_its_words() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, "#!/bin/sh\necho \"no room in $1\"\nexit 3\n").unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        let tree = Tree {
            main: "program".to_owned(),
            size: 0,
            finish: vec!["program".to_owned(), "{tree}/lib".to_owned()],
            joined: None,
            parts: Vec::new(),
        };
        let error = finish(&tree, folder.path()).unwrap_err().to_string();
        let expected = format!("no room in {}/lib", folder.path().display());
        assert!(error.contains("program") && error.contains(&expected), "{error}");
        assert!(!is_complete(&tree, folder.path()));
    }
}
