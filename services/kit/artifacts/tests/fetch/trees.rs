//! Whole folders out of several packages.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use artifacts::{ArtifactError, Cache, Lock, Sha256};

use crate::stage::{PROGRAM, Stage, Wheel, no_tools};

fn lock(stage: &Stage, wheels: &[&Wheel], main: &str) -> Lock {
    let mut text = format!(
        r#"
        [[artifact]]
        name = "tool"
        version = "1.0"
        licence = "MIT"
        purpose = "tests"
        instead = "set TOOL_FOLDER"
        optional = true
        [[artifact.platform]]
        target = "any"
        [artifact.platform.tree]
        main = "{main}"
        size = 100
        "#
    );
    for wheel in wheels {
        text += &format!(
            r#"
            [[artifact.platform.tree.part]]
            kind = "pip"
            package = "{0}"
            version = "1.0"
            arguments = ["--no-index", "--find-links", "{1}"]
            archive = "{0}-1.0-py3-none-any.whl"
            sha256 = "{2}"
            size = 1000
            take = [{{ from = "tool/bin/program", to = "bin/{0}" }}, {{ from = "{0}-1.0.dist-info", to = "info/{0}" }}]
            without = ["RECORD"]
            "#,
            wheel.package,
            stage.index().display(),
            wheel.sha256,
        );
    }
    Lock::parse(&text).unwrap()
}

fn cache(stage: &Stage, lock: Lock) -> Cache {
    Cache::with_lock(&stage.cache_folder(), lock).with_reporter(stage.steps.clone())
}

#[test]
fn a_tree_has_what_is_taken_of_each_package_and_nothing_else() {
    let stage = Stage::set();
    let wheels = [stage.wheel("one", PROGRAM), stage.wheel("two", b"two")];
    let cache = cache(&stage, lock(&stage, &[&wheels[0], &wheels[1]], "."));
    let listed = &cache.list().unwrap()[0];
    assert_eq!(
        (listed.size, listed.fetched, listed.optional),
        (Some(100), false, true)
    );

    let folder = cache.ensure("tool").unwrap();
    assert!(folder.is_dir() && cache.list().unwrap()[0].fetched);
    assert_eq!(fs::read(folder.join("bin/one")).unwrap(), PROGRAM);
    assert_eq!(fs::read(folder.join("bin/two")).unwrap(), b"two");
    assert!(folder.join("info/one/METADATA").is_file() && !folder.join("info/one/RECORD").exists());
    assert!(!folder.join("tool").exists());
    for (path, mode) in [("", 0o755), ("bin", 0o755), ("bin/one", 0o644)] {
        let found = fs::metadata(folder.join(path)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }

    // What is there needs neither index nor pip; what has changed is noticed, and fetched again.
    assert_eq!(cache.verify("tool").unwrap(), folder);
    let alone = cache.clone().with_tools(no_tools());
    assert_eq!(alone.fetch("tool").unwrap(), folder);
    fs::write(folder.join("bin/two"), "owt").unwrap();
    match cache.verify("tool") {
        Err(ArtifactError::Changed { path, .. }) => assert_eq!(path, folder.join("bin/two")),
        other => panic!("{other:?}"),
    }
    assert_eq!(cache.fetch("tool").unwrap(), folder);
    assert_eq!(fs::read(folder.join("bin/two")).unwrap(), b"two");
}

#[test]
fn a_tree_that_lacks_a_package_is_none() {
    let stage = Stage::set();
    let (one, two) = (stage.wheel("one", PROGRAM), stage.wheel("two", b"two"));
    let other = Wheel {
        sha256: Sha256::of(b"another wheel").to_string(),
        ..two
    };
    let cache = cache(&stage, lock(&stage, &[&one, &other], "bin/one"));
    let text = cache.ensure("tool").unwrap_err().to_string();
    for part in ["refused: two-1.0-py3-none-any.whl", "set TOOL_FOLDER"] {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
    assert!(matches!(
        cache.path("tool"),
        Err(ArtifactError::NotFetched { .. })
    ));

    // What was fetched is kept for the next try.
    let cache = self::cache(&stage, lock(&stage, &[&one], "bin/one")).with_tools(no_tools());
    assert!(cache.ensure("tool").unwrap().ends_with("bin/one"));
}
