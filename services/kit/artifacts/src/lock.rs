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
    /// Whether it is fetched only when it is asked for by its name.
    #[serde(default)]
    pub optional: bool,
    /// The files for each kind of machine.
    #[serde(rename = "platform")]
    pub platforms: Vec<Platform>,
}

/// An artifact for one kind of machine: a few pinned files, or a tree.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Operating system and processor as Rust names them, for instance `linux-x86_64`; or `any`.
    pub target: String,
    /// The files; the first one is what [`crate::Cache::ensure`] returns the path of.
    #[serde(default, rename = "file")]
    pub files: Vec<PinnedFile>,
    /// Where they come from, best first.
    #[serde(default, rename = "source")]
    pub sources: Vec<Source>,
    /// A whole folder instead.
    pub tree: Option<Tree>,
}

/// A folder of more files than anybody wants to list, out of several packages, each pinned as a whole.
///
/// Everybody may read it, also a worker that is nobody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// The path in the folder that [`crate::Cache::ensure`] returns; `.` is the folder itself.
    pub main: String,
    /// About how many bytes it takes on the disk.
    pub size: u64,
    /// A command that completes it, where the first word is a program in it and `{tree}` is the folder.
    #[serde(default)]
    pub finish: Vec<String>,
    /// A file that is put together from pieces in several packages, since indexes take no large ones.
    #[serde(default)]
    pub joined: Option<Joined>,
    /// The packages, all of which are needed.
    #[serde(rename = "part")]
    pub parts: Vec<Source>,
}

/// A file of several pieces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joined {
    /// Its path in the tree.
    pub path: String,
    /// The pieces, in order; each is removed once it is in.
    pub pieces: Vec<String>,
    /// Its identity.
    pub sha256: Sha256,
}

/// What is taken of a package, and where it goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    /// A file or a folder in the package; nothing: all of it.
    pub from: String,
    /// Where it is put in the tree; nothing: at its top.
    pub to: String,
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
    #[serde(default)]
    pub paths: Vec<String>,
    /// Of a part of a tree: what is taken; the first that fits a path decides.
    #[serde(default)]
    pub take: Vec<Take>,
    /// Of a part of a tree: what is left out, by a piece of its path.
    #[serde(default)]
    pub without: Vec<String>,
}

/// A kind of package index, and the tool that fetches from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Wheels, by pip.
    Pip,
    /// Tarballs, by npm.
    Npm,
    /// Debian's packages, by apt-get; unpacked by dpkg-deb.
    Apt,
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
        let trees = || {
            self.platforms
                .iter()
                .filter_map(|platform| platform.tree.as_ref())
        };
        let parts = || trees().flat_map(|tree| &tree.parts);
        let listed = || self.platforms.iter().flat_map(|platform| &platform.sources);
        let sources = || listed().chain(parts());
        if !plain(&self.name) || !plain(&self.version) {
            Some("a name or version is not letters, digits and .-_+")
        } else if self
            .platforms
            .iter()
            .any(|p| p.tree.is_none() && (p.files.is_empty() || p.sources.is_empty()))
        {
            Some("a platform has no file or no source")
        } else if self
            .platforms
            .iter()
            .any(|p| p.tree.is_some() && (!p.files.is_empty() || !p.sources.is_empty()))
        {
            Some("a platform is a tree and has files too")
        } else if trees().any(|tree| !(tree.main == "." || inside(&tree.main)))
            || trees().any(|tree| tree.finish.first().is_some_and(|program| !inside(program)))
            || parts()
                .flat_map(|part| &part.take)
                .any(|take| !(take.to.is_empty() || inside(&take.to)))
            || trees().filter_map(|tree| tree.joined.as_ref()).any(|joined| {
                !joined
                    .pieces
                    .iter()
                    .chain([&joined.path])
                    .all(|path| inside(path))
            })
        {
            Some("a path of a tree leads out of the folder")
        } else if trees().any(|tree| tree.parts.is_empty()) || parts().any(|part| part.take.is_empty()) {
            Some("a tree has no part, or a part of which nothing is taken")
        } else if self
            .platforms
            .iter()
            .flat_map(|p| &p.files)
            .any(|file| !inside(&file.path))
        {
            Some("a file's path leads out of the folder")
        } else if sources()
            .any(|source| !plain(&source.version.replace([':', '~'], "")) || !plain(&source.archive))
        {
            Some("a source's version or archive is not letters, digits and .-_+")
        } else if sources().any(|source| source.package.starts_with('-') || source.package.is_empty()) {
            Some("a package's name would be taken for an option")
        } else if self
            .platforms
            .iter()
            .any(|p| p.sources.iter().any(|s| s.paths.len() != p.files.len()))
            || parts().any(|part| !part.paths.is_empty())
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
    /// of all, as `sha256sum` writes it; of a tree, that of its packages.
    #[must_use]
    pub fn identity(&self) -> Sha256 {
        let of_list = |list: String| Sha256::of(list.as_bytes());
        match (&self.tree, self.files.as_slice()) {
            // Whichever packages bring it.
            (
                Some(Tree {
                    joined: Some(joined), ..
                }),
                _,
            ) => joined.sha256,
            (Some(tree), _) => of_list(
                tree.parts
                    .iter()
                    .map(|part| format!("{}  {}\n", part.sha256, part.archive))
                    .collect(),
            ),
            (None, [file]) => file.sha256,
            (None, files) => of_list(
                files
                    .iter()
                    .map(|file| format!("{}  {}\n", file.sha256, file.path))
                    .collect(),
            ),
        }
    }

    /// Bytes on the disk.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.tree {
            Some(tree) => tree.size,
            None => self.files.iter().map(|file| file.size).sum(),
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
pub(crate) fn inside(path: &str) -> bool {
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
    fn the_bundled_python_is_one_tree_that_is_fetched_only_by_its_name() {
        let lock = Lock::bundled().unwrap();
        let python = lock
            .artifacts
            .iter()
            .find(|artifact| artifact.name == "python")
            .unwrap();
        assert!(python.optional);
        let tree = python.platforms[0].tree.as_ref().unwrap();
        assert_eq!(tree.main, ".");
        let archives: u64 = tree.parts.iter().map(|part| part.size).sum();
        assert!((100 << 20..150 << 20).contains(&archives), "{archives}");
        for package in ["numpy", "pandas", "polars", "scikit-learn", "scipy"] {
            let wheel = tree.parts.iter().find(|part| part.package == package).unwrap();
            assert_eq!(wheel.python.as_deref(), Some("3.11"), "{package}");
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
        let tree = good
            .split("[[artifact.platform.file]]")
            .next()
            .unwrap_or_default()
            .to_owned()
            + r#"
            [artifact.platform.tree]
            main = "."
            size = 1
            finish = ["bin/tool"]
            [[artifact.platform.tree.part]]
            kind = "apt"
            package = "tool"
            version = "1:1.0~rc1"
            archive = "tool_1.0_amd64.deb"
            sha256 = "HASH"
            size = 1
            take = [{ from = "usr/bin", to = "bin" }]
        "#;
        let tree = tree.replace("HASH", &Sha256::of(b"x").to_string());
        assert!(Lock::parse(&tree).is_ok());
        for (from, to, expect) in [
            (r#"main = ".""#, r#"main = "..""#, "leads out"),
            (r#"to = "bin""#, r#"to = "../bin""#, "leads out"),
            (r#"["bin/tool"]"#, r#"["/bin/sh"]"#, "leads out"),
            (r#"{ from = "usr/bin", to = "bin" }"#, "", "nothing is taken"),
            ("1:1.0~rc1", "1.0 --help", "letters, digits"),
        ] {
            let error = Lock::parse(&tree.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(expect), "{to}: {error}");
        }
        let twice = format!("{good}{good}");
        assert!(Lock::parse(&twice).unwrap_err().to_string().contains("twice"));
    }
}
