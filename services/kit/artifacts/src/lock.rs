//! What is pinned: `artifacts.toml`, compiled in.

use std::path::{Component, Path};

use serde::Deserialize;

use crate::digest::Sha256;

/// All pinned artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The artifacts, in the order of the file.
    #[serde(default, rename = "artifact")]
    pub artifacts: Vec<Artifact>,
}

/// One or more files that belong together, of one version.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// What it is called: lower-case letters, digits and hyphens.
    pub name: String,
    /// The version of what is in it.
    pub version: String,
    /// SPDX expression.
    pub licence: String,
    /// What it is for, in a few words.
    pub purpose: String,
    /// What to do where it can't be had, as an imperative: which setting to use instead.
    pub instead: String,
    /// The files for each kind of machine.
    #[serde(rename = "platform")]
    pub platforms: Vec<Platform>,
}

/// An artifact's files for one kind of machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Operating system and processor as Rust names them, for instance `linux-x86_64`; or `any`.
    pub target: String,
    /// The files; the first one is what [`crate::Cache::ensure`] returns the path of.
    #[serde(rename = "file")]
    pub files: Vec<PinnedFile>,
    /// Where they come from, best first.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// A file by its content.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedFile {
    /// Its path in the artifact's folder.
    pub path: String,
    /// Its identity.
    pub sha256: Sha256,
    /// Its length in bytes; nothing longer is unpacked.
    pub size: u64,
    /// Whether it is a program.
    #[serde(default)]
    pub executable: bool,
}

/// A package that holds an artifact's files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The kind of index that has it.
    pub kind: Kind,
    /// Its name there.
    pub package: String,
    /// Its version there.
    pub version: String,
    /// pip: the wheel's platform tag; none: that of this machine.
    pub platform: Option<String>,
    /// pip: the wheel's Python version, for instance `3.12`; none: that of this machine.
    pub python: Option<String>,
    /// pip: the wheel's ABI tag, for instance `cp312`; none: that of this machine.
    pub abi: Option<String>,
    /// Further arguments of the tool.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// The archive's file name.
    pub archive: String,
    /// The archive's digest: what is not this is not even opened.
    pub sha256: Sha256,
    /// The archive's length in bytes.
    pub size: u64,
    /// Where each of the files is in the archive, in their order.
    pub paths: Vec<String>,
}

/// A kind of package index, and the tool that fetches from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Wheels, by pip.
    Pip,
    /// Tarballs, by npm.
    Npm,
}

/// Why a lock file is none.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// It does not parse.
    #[error("it does not parse")]
    Syntax(#[from] toml::de::Error),
    /// What it says makes no sense.
    #[error("artifact {name:?}: {problem}")]
    Artifact {
        /// The artifact.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Lock {
    /// The one that comes with Contrail.
    ///
    /// # Errors
    /// Never, as a test makes sure.
    pub fn bundled() -> Result<Self, LockError> {
        Self::parse(include_str!("../artifacts.toml"))
    }

    /// Reads TOML in the format of `artifacts.toml`.
    ///
    /// # Errors
    /// [`LockError`] when it does not parse, or a name in it could lead out of the cache or be taken for an option.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let lock: Self = toml::from_str(text)?;
        for (index, artifact) in lock.artifacts.iter().enumerate() {
            let twice = lock
                .artifacts
                .iter()
                .take(index)
                .any(|other| other.name == artifact.name);
            let problem = if twice {
                Some("it is there twice")
            } else {
                artifact.problem()
            };
            if let Some(problem) = problem {
                return Err(LockError::Artifact {
                    name: artifact.name.clone(),
                    problem,
                });
            }
        }
        Ok(lock)
    }
}

impl Artifact {
    fn problem(&self) -> Option<&'static str> {
        let sources = || self.platforms.iter().flat_map(|platform| &platform.sources);
        if !plain(&self.name) || !plain(&self.version) {
            Some("a name or version is not letters, digits and .-_+")
        } else if self
            .platforms
            .iter()
            .any(|p| p.files.is_empty() || p.sources.is_empty())
        {
            Some("a platform has no file or no source")
        } else if self
            .platforms
            .iter()
            .flat_map(|p| &p.files)
            .any(|file| !inside(&file.path))
        {
            Some("a file's path leads out of the folder")
        } else if sources().any(|source| !plain(&source.version) || !plain(&source.archive)) {
            Some("a source's version or archive is not letters, digits and .-_+")
        } else if sources().any(|source| source.package.starts_with('-') || source.package.is_empty()) {
            Some("a package's name would be taken for an option")
        } else if self
            .platforms
            .iter()
            .any(|p| p.sources.iter().any(|s| s.paths.len() != p.files.len()))
        {
            Some("a source has not one path for each file")
        } else {
            None
        }
    }

    /// The files for this machine.
    #[must_use]
    pub fn platform(&self) -> Option<&Platform> {
        let here = target();
        self.platforms
            .iter()
            .find(|platform| platform.target == here || platform.target == "any")
    }
}

impl Platform {
    /// What tells these files from those of another pin of the same version: the one file's digest, or that of the list
    /// of all, as `sha256sum` writes it.
    #[must_use]
    pub fn identity(&self) -> Sha256 {
        match self.files.as_slice() {
            [file] => file.sha256,
            files => {
                let list: String = files
                    .iter()
                    .map(|file| format!("{}  {}\n", file.sha256, file.path))
                    .collect();
                Sha256::of(list.as_bytes())
            }
        }
    }
}

/// This machine, as [`Platform::target`] names it.
#[must_use]
pub fn target() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// Whether a text is one plain component of a path and no option.
fn plain(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c))
}

/// Whether a path stays in its folder.
fn inside(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_lock_is_valid_and_has_nats_server_for_common_machines() {
        let lock = Lock::bundled().unwrap();
        let nats = lock
            .artifacts
            .iter()
            .find(|artifact| artifact.name == "nats-server")
            .unwrap();
        let targets: Vec<_> = nats
            .platforms
            .iter()
            .map(|platform| platform.target.as_str())
            .collect();
        assert_eq!(
            targets,
            ["linux-x86_64", "linux-aarch64", "macos-aarch64", "macos-x86_64"]
        );
        for platform in &nats.platforms {
            assert_eq!(platform.identity(), platform.files[0].sha256);
            assert!(platform.files[0].executable);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let good = r#"
            [[artifact]]
            name = "tool"
            version = "1.0"
            licence = "MIT"
            purpose = "tests"
            instead = "do without"
            [[artifact.platform]]
            target = "any"
            [[artifact.platform.file]]
            path = "bin/tool"
            sha256 = "HASH"
            size = 1
            [[artifact.platform.source]]
            kind = "npm"
            package = "@scope/tool"
            version = "1.0"
            archive = "scope-tool-1.0.tgz"
            sha256 = "HASH"
            size = 1
            paths = ["package/bin/tool"]
        "#
        .replace("HASH", &Sha256::of(b"x").to_string());
        assert!(Lock::parse(&good).is_ok());

        let check = |from: &str, to: &str, expect: &str| {
            assert!(good.contains(from), "{from}");
            let error = Lock::parse(&good.replacen(from, to, 1)).unwrap_err();
            let text = match &error {
                LockError::Syntax(source) => source.to_string(),
                LockError::Artifact { .. } => error.to_string(),
            };
            assert!(text.contains(expect), "{from} -> {to}: {text}");
        };
        check(r#"name = "tool""#, r#"name = "../tool""#, "letters, digits");
        check(r#"name = "tool""#, r#"name = """#, "letters, digits");
        check(r#"path = "bin/tool""#, r#"path = "../tool""#, "leads out");
        check(r#"path = "bin/tool""#, r#"path = "/bin/tool""#, "leads out");
        check(r#"package = "@scope/tool""#, r#"package = "--help""#, "an option");
        check(r#"archive = "scope"#, r#"archive = "a/scope"#, "archive");
        check(r#"["package/bin/tool"]"#, "[]", "one path for each file");
        check(r#"kind = "npm""#, r#"kind = "curl""#, "unknown variant");
        check("size = 1", "length = 1", "unknown field");
        check(r#"sha256 = ""#, r#"sha256 = "x"#, "64 hexadecimal digits");
        let twice = format!("{good}{good}");
        assert!(Lock::parse(&twice).unwrap_err().to_string().contains("twice"));
    }
}
