//! This machine: what locks workers in, the third-party programs, the folders and the room on their disks.

use std::path::{Path, PathBuf};

use artifacts::{ArtifactError, Cache, Listed};
use bus::fault::reason;
use index::IndexConfig;

use super::finding::{Finding, size};
use crate::cli::sandbox::layers;
use crate::config::GlobalConfig;
use crate::data_folder::DataFolder;

/// Bytes below which nothing works for long: a queue alone may hold more.
const TOO_LITTLE: u64 = 256 << 20;
/// Bytes below which it will soon be tight.
const LITTLE: u64 = 2 << 30;

/// Whether workers can be locked in.
pub(super) async fn sandbox(global: &GlobalConfig) -> Vec<Finding> {
    const NAME: &str = "sandbox";
    const MEND: &str = "Linux with seccomp, and Landlock (5.13 or later) or user namespaces; a container needs the default \
                        seccomp profile of its runtime. `contrail sandbox check` shows each layer";
    let mode = match global.sandbox.mode() {
        Ok(mode) => mode,
        Err(error) => return vec![Finding::fail(NAME, reason(&error), "take one of the two away")],
    };
    let missing = match layers(global).await {
        Ok(layers) => layers.missing(),
        Err(error) => return vec![Finding::fail(NAME, format!("{error:#}"), MEND)],
    };
    vec![match (missing, mode.stamp()) {
        (None, None) => Finding::ok(NAME, "every required layer is given"),
        (None, Some(_)) => Finding::warn(
            NAME,
            "--insecure-no-sandbox is set where every required layer is given",
            "unset CONTRAIL_INSECURE_NO_SANDBOX",
        ),
        (Some(missing), Some(_)) => Finding::warn(
            NAME,
            format!("workers are not locked in, as --insecure-no-sandbox allows: {missing}"),
            MEND,
        ),
        (Some(missing), None) => Finding::fail(NAME, format!("SANDBOX_UNAVAILABLE: {missing}"), MEND),
    }]
}

/// Whether the third-party programs are there and as pinned.
pub(super) async fn artifacts(global: &GlobalConfig) -> Vec<Finding> {
    const NAME: &str = "artifacts";
    let cache = global.artifacts.open();
    let looked = tokio::task::spawn_blocking(move || {
        let listed = cache.list().map_err(|error| reason(&error))?;
        Ok(examined(listed, &cache))
    });
    let looked: Result<Vec<Finding>, String> = match looked.await {
        Ok(looked) => looked,
        Err(error) => Err(error.to_string()),
    };
    looked.unwrap_or_else(|found| {
        let mend = "name a folder that can be written with --artifacts-cache or CONTRAIL_CACHE";
        vec![Finding::fail(NAME, found, mend)]
    })
}

fn examined(listed: Vec<Listed>, cache: &Cache) -> Vec<Finding> {
    const NAME: &str = "artifacts";
    let (mut findings, mut sound, mut absent) = (Vec::new(), 0, Vec::new());
    // What is not pinned for this kind of machine has to be set otherwise; who needs it says so.
    for Listed { name, optional, .. } in listed.into_iter().filter(|listed| listed.size.is_some()) {
        match cache.verify(&name) {
            Ok(_) => sound += 1,
            Err(ArtifactError::NotFetched { .. }) if optional => {}
            Err(ArtifactError::NotFetched { .. }) => absent.push(name),
            Err(error) => findings.push(Finding::fail(
                NAME,
                reason(&error),
                format!("`contrail artifacts fetch {name}` fetches it again"),
            )),
        }
    }
    if absent.is_empty() {
        findings.push(Finding::ok(NAME, format!("{sound} as pinned")));
    } else {
        findings.push(Finding::warn(
            NAME,
            format!("{sound} as pinned; not fetched yet: {}", absent.join(", ")),
            "`contrail artifacts fetch` does it now; else the first command that needs them does",
        ));
    }
    findings
}

/// Whether the folders that these settings use can be written, and how much room there is.
pub(super) fn folders(global: &GlobalConfig, index: &IndexConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Both elsewhere: nothing is kept in it.
    if global.bus().is_none() || !super::endpoints::is_set(&index.url) {
        const NAME: &str = "data folder";
        const SETTING: &str = "--data-dir or CONTRAIL_DATA";
        findings.push(match DataFolder::open(global.data_dir.as_deref()) {
            Ok(data) => folder(NAME, data.path(), SETTING),
            Err(error) => Finding::fail(NAME, reason(&error), format!("name another with {SETTING}")),
        });
    }
    if let Some(cache) = global.artifacts.open().folder() {
        findings.push(folder(
            "cache folder",
            &existing(cache),
            "--artifacts-cache or CONTRAIL_CACHE",
        ));
    }
    findings.push(folder("temporary folder", &std::env::temp_dir(), "TMPDIR"));
    findings
}

fn folder(name: &str, path: &Path, setting: &str) -> Finding {
    let shown = path.display();
    // A file without a name, where the system has that: nothing is left behind.
    if let Err(error) = tempfile::tempfile_in(path) {
        let mend = format!("make it writable for this user, or name another with {setting}");
        return Finding::fail(name, format!("{shown} can't be written: {error}"), mend);
    }
    match fs4::available_space(path) {
        Ok(room) if room < TOO_LITTLE => Finding::fail(
            name,
            format!("{shown} has {} left", size(room)),
            format!("make room, or name another with {setting}"),
        ),
        Ok(room) if room < LITTLE => Finding::warn(
            name,
            format!("{shown} has {} left", size(room)),
            format!("make room, or name another with {setting}"),
        ),
        Ok(room) => Finding::ok(name, format!("{shown} has {} left", size(room))),
        Err(error) => Finding::warn(
            name,
            format!("{shown} does not tell how much room it has: {error}"),
            format!("see to it that there is {} or more", size(LITTLE)),
        ),
    }
}

/// The folder, or the nearest one above it that is there already: it is made when it is needed.
fn existing(path: &Path) -> PathBuf {
    path.ancestors()
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("/"))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn a_folder_that_is_none_fails_with_its_setting() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let found = folder("data folder", file.path(), "CONTRAIL_DATA");
        assert_eq!(found.state, State::Fail);
        assert!(found.found.contains(file.path().to_str().unwrap()), "{found:?}");
        assert!(found.mend.unwrap().contains("CONTRAIL_DATA"));
    }

    #[test]
    fn a_folder_that_will_be_made_is_looked_at_where_it_will_be() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(existing(&place.path().join("a/b")), place.path());
    }
}
