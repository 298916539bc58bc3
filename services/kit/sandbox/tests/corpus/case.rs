//! One case: what is tried, within which limits, and how it has to end.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::WaitOptions;
use sandbox::{Failure, Input, Job, JobIo, Kind, Limits, Pool, PoolSettings, Reply, SandboxError};

use crate::call::Outcome;
use crate::environment::Environment;

/// What the worker is told of its target.
pub struct Target {
    pub case: String,
    /// The process that must not be harmed.
    pub parent: usize,
    /// A folder that everybody may write to, but for the sandbox.
    pub folder: PathBuf,
    /// A name that nothing else has.
    pub mark: String,
}

pub type Attack = fn(&mut JobIo, &Target) -> Outcome;

/// How a case has to end.
#[derive(Clone, Copy)]
pub enum Expect {
    /// With one of these results.
    Says(&'static [&'static str]),
    /// As a violation of the policy by this call.
    Violates(i64),
    /// With an error of which this is true.
    Error(fn(&SandboxError) -> bool),
    /// With a result of which this is true.
    Reply(fn(&Reply) -> bool),
}

/// What a case may read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tree {
    None,
    /// The folder of the case, which everybody but the sandbox may write to.
    Folder,
    /// A Python, whose path is told by whoever starts the case.
    Python,
}

pub struct Case {
    pub group: &'static str,
    pub name: &'static str,
    pub attack: Attack,
    /// Changes of the limits.
    pub limits: &'static str,
    /// The folder that it may read.
    pub tree: Tree,
    pub expect: Expect,
}

const WORKER: Kind = Kind {
    name: "corpus",
    preload: sandbox::no_preload,
    serve,
};

const BROKEN: Kind = Kind {
    name: "broken",
    preload: || Err("libmissing.so: no such file".to_owned()),
    serve,
};

/// Starts a thread too early, which the layers would not bind.
const THREADED: Kind = Kind {
    name: "threaded",
    preload: || {
        std::thread::spawn(|| std::thread::sleep(std::time::Duration::from_secs(60)));
        Ok(())
    },
    serve,
};

pub const KINDS: &[Kind] = &[WORKER, BROKEN, THREADED];

/// What a job reads first, second and third.
pub const INPUTS: [&[u8]; 3] = [b"first", b"second", b"third"];
pub const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn serve(io: &mut JobIo) -> Outcome {
    let words: Vec<&[u8]> = io.request().split(|byte| *byte == 0).collect();
    let [case, parent, folder, mark] = words.as_slice() else {
        return Ok(io.request().to_vec());
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let target = Target {
        case: text(case),
        parent: text(parent).parse().unwrap(),
        folder: PathBuf::from(OsStr::from_bytes(folder)),
        mark: text(mark),
    };
    let case = crate::cases()
        .find(|case| format!("{}::{}", case.group, case.name) == target.case)
        .ok_or("no such case")?;
    (case.attack)(io, &target)
}

/// The settings of a pool of the corpus's workers.
pub fn settings(limits: &str) -> PoolSettings {
    let base = Limits::plan()
        .with("wall=20s,cpu=1s,memory=128MB,bulk=1MB,threads=48")
        .unwrap();
    PoolSettings {
        idle: 1,
        ..PoolSettings::new(&WORKER, base.with(limits).unwrap())
    }
}

pub fn named(kind: &'static str) -> PoolSettings {
    PoolSettings { kind, ..settings("") }
}

impl Case {
    /// Within the usual limits, and without a folder.
    pub const fn new(group: &'static str, name: &'static str, attack: Attack, expect: Expect) -> Self {
        Self {
            group,
            name,
            attack,
            limits: "",
            tree: Tree::None,
            expect,
        }
    }

    pub const fn within(self, limits: &'static str) -> Self {
        Self { limits, ..self }
    }

    pub const fn with_tree(self) -> Self {
        Self {
            tree: Tree::Folder,
            ..self
        }
    }

    pub const fn with_python(self) -> Self {
        Self {
            tree: Tree::Python,
            ..self
        }
    }

    pub fn run(&self, environment: Environment, python: Option<&Path>) {
        // Whatever a worker leaves behind becomes a child of this process, and is seen below.
        rustix::process::set_child_subreaper(Some(rustix::process::getpid())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        fs::write(folder.path().join("file"), "content").unwrap();
        fs::set_permissions(folder.path().join("file"), fs::Permissions::from_mode(0o666)).unwrap();
        let mark = format!("sandbox-corpus-{}", std::process::id());
        // A descriptor that a careless library would leave open across the start of a worker.
        let leaked = fs::File::open("/etc/passwd").unwrap();
        rustix::io::fcntl_setfd(&leaked, rustix::io::FdFlags::empty()).unwrap();
        assert!(leaked.as_raw_fd() > 2);

        let mut settings = settings(self.limits);
        settings.trees = match self.tree {
            Tree::None => Vec::new(),
            Tree::Folder => vec![folder.path().canonicalize().unwrap()],
            Tree::Python => vec![python.unwrap().canonicalize().unwrap()],
        };
        let pool = Pool::start(settings).unwrap_or_else(|error| panic!("{error}"));
        environment.prove(pool.layers());

        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut sink = |part: u32, bytes: &[u8]| {
            parts.resize_with((part as usize + 1).max(parts.len()), Vec::new);
            parts[part as usize].extend_from_slice(bytes);
            Ok(())
        };
        let outcome = pool.run(self.job(&mark, folder.path()), &mut sink);
        self.judge(&outcome);
        if let Ok(reply) = &outcome {
            let lengths: Vec<u64> = parts.iter().map(|part| part.len() as u64).collect();
            assert_eq!(
                reply.parts, lengths,
                "the parts that were announced are those that came"
            );
        }

        // The next job works.
        let next = Job {
            request: b"next".to_vec(),
            ..Job::default()
        };
        let reply = pool
            .run(next, &mut sandbox::NoBulk)
            .unwrap_or_else(|error| panic!("the next job: {error}"));
        assert_eq!(reply.result, b"next");

        // Nothing survives.
        drop(pool);
        let survivors = rustix::process::wait(WaitOptions::NOHANG);
        assert!(
            matches!(survivors, Err(Errno::CHILD)),
            "there are survivors: {survivors:?}"
        );

        // Nothing is left.
        assert_eq!(listing(folder.path()), [PathBuf::from("file")]);
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"content");
        for place in ["/", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "."] {
            let left: Vec<_> = listing(Path::new(place))
                .into_iter()
                .filter(|name| {
                    name.to_string_lossy().contains(&mark) || name.to_string_lossy().starts_with("core")
                })
                .collect();
            assert!(left.is_empty(), "{left:?} in {place}");
        }
        let mut rest = String::new();
        (&leaked).read_to_string(&mut rest).unwrap();
        assert!(
            !rest.is_empty(),
            "the descriptor that leaked has been read by the worker"
        );
    }

    fn job(&self, mark: &str, folder: &Path) -> Job {
        let name = format!("{}::{}", self.group, self.name);
        let parent = std::process::id().to_string();
        let request = [
            name.as_bytes(),
            parent.as_bytes(),
            folder.as_os_str().as_bytes(),
            mark.as_bytes(),
        ]
        .join(&0);
        let [first, second, third] = INPUTS;
        let file = folder.join("second");
        fs::write(&file, second).unwrap();
        let opened = Input::open(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let (piped, mut end) = Input::pipe().unwrap();
        std::io::Write::write_all(&mut end, third).unwrap();
        drop(end);
        Job {
            request,
            inputs: vec![Input::bytes(first).unwrap(), opened, piped],
            traceparent: Some(TRACEPARENT.to_owned()),
        }
    }

    fn judge(&self, outcome: &Result<Reply, Failure>) {
        let fits = match (self.expect, outcome) {
            (Expect::Says(results), Ok(reply)) => {
                results.iter().any(|result| result.as_bytes() == reply.result)
            }
            (Expect::Violates(number), Err(failure)) => matches!(
                failure.error,
                SandboxError::PolicyViolation { call: Some(call) } if call.number() == number
            ),
            (Expect::Error(fits), Err(failure)) => fits(&failure.error),
            (Expect::Reply(fits), Ok(reply)) => fits(reply),
            _ => false,
        };
        if fits {
            return;
        }
        match outcome {
            Ok(reply) => panic!(
                "it ended with {:?}\n{}",
                String::from_utf8_lossy(&reply.result),
                reply.logs.stderr_text()
            ),
            Err(failure) => panic!(
                "it ended with: {failure} ({:?})\n{}",
                failure.error,
                failure.logs.stderr_text()
            ),
        }
    }
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())))
        .collect()
}
