//! A package index on the disk, a cache, and somebody who listens.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use artifacts::report::{Reporter, Step};
use artifacts::source::Tools;
use artifacts::{Cache, Lock, Sha256};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The pinned program.
pub const PROGRAM: &[u8] = b"#!/bin/sh\necho hello\n";

/// Where the program is in each wheel.
pub const INSIDE: &str = "tool/bin/program";

pub struct Stage {
    folder: TempDir,
    pub steps: Arc<Steps>,
}

/// A wheel, and what the lock file says about it.
pub struct Wheel {
    pub package: &'static str,
    pub sha256: String,
    pub inside: &'static str,
}

impl Stage {
    pub fn set() -> Self {
        let stage = Self {
            folder: tempfile::tempdir().unwrap(),
            steps: Arc::default(),
        };
        fs::create_dir(stage.index()).unwrap();
        stage
    }

    pub fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    pub fn cache_folder(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// Puts a wheel with one program into the index.
    pub fn wheel(&self, package: &'static str, program: &[u8]) -> Wheel {
        let info = format!("{package}-1.0.dist-info");
        let metadata = format!("Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n");
        let mut archive = ZipWriter::new(File::create(self.wheel_path(package)).unwrap());
        for (name, bytes) in [
            (INSIDE.to_owned(), program),
            (format!("{info}/METADATA"), metadata.as_bytes()),
            (
                format!("{info}/WHEEL"),
                b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            ),
            (format!("{info}/RECORD"), b""),
        ] {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap();
        let sha256 = Sha256::of(&fs::read(self.wheel_path(package)).unwrap()).to_string();
        Wheel {
            package,
            sha256,
            inside: INSIDE,
        }
    }

    /// Moves a wheel from the index to where the cache keeps what it has downloaded: so a test needs no pip, which is slow.
    pub fn keep(&self, wheel: &Wheel) {
        let archives = self.cache_folder().join(".archives/tool");
        fs::create_dir_all(&archives).unwrap();
        fs::rename(self.wheel_path(wheel.package), archives.join(&wheel.sha256)).unwrap();
    }

    pub fn wheel_path(&self, package: &str) -> PathBuf {
        self.index().join(format!("{package}-1.0-py3-none-any.whl"))
    }

    /// A cache that expects the program from these wheels, in this order.
    pub fn cache(&self, wheels: &[&Wheel]) -> Cache {
        self.cache_for("any", wheels)
    }

    pub fn cache_for(&self, target: &str, wheels: &[&Wheel]) -> Cache {
        let lock = Lock::parse(&self.lock(target, wheels)).unwrap();
        Cache::with_lock(&self.cache_folder(), lock).with_reporter(self.steps.clone())
    }

    pub fn lock(&self, target: &str, wheels: &[&Wheel]) -> String {
        let (sha256, size, index) = (Sha256::of(PROGRAM), PROGRAM.len(), self.index());
        let mut text = format!(
            r#"
            [[artifact]]
            name = "tool"
            version = "1.0"
            licence = "MIT"
            purpose = "tests"
            instead = "set TOOL_URL"
            [[artifact.platform]]
            target = "{target}"
            [[artifact.platform.file]]
            path = "program"
            sha256 = "{sha256}"
            size = {size}
            executable = true
            "#
        );
        for Wheel {
            package,
            sha256,
            inside,
        } in wheels
        {
            text += &format!(
                r#"
                [[artifact.platform.source]]
                kind = "pip"
                package = "{package}"
                version = "1.0"
                arguments = ["--no-index", "--find-links", "{}"]
                archive = "{package}-1.0-py3-none-any.whl"
                sha256 = "{sha256}"
                size = 1000
                paths = ["{inside}"]
                "#,
                index.display()
            );
        }
        text
    }
}

/// Tools that no machine has.
pub fn no_tools() -> Tools {
    Tools {
        pip: vec![vec!["no-such-pip".into()]],
        npm: vec![vec!["no-such-npm".into()]],
        apt: vec![vec!["no-such-apt".into()]],
    }
}

/// All files and folders below a folder, as text.
pub fn below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        found.push(entry.path().display().to_string());
        found.extend(below(&entry.path()));
    }
    found
}

/// Keeps what it hears.
#[derive(Debug, Default)]
pub struct Steps(Mutex<Vec<String>>);

impl Steps {
    /// How many steps begin with a word.
    pub fn count(&self, word: &str) -> usize {
        self.0
            .lock()
            .unwrap()
            .iter()
            .filter(|step| step.starts_with(word))
            .count()
    }
}

impl Reporter for Steps {
    fn report(&self, _artifact: &str, step: &Step<'_>) {
        self.0.lock().unwrap().push(format!("{step:?}"));
    }
}
