//! Becomes a Python that runs a script over tables.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use sandbox::{JobIo, Program};
use schemas::value::Value;
use serde::{Deserialize, Serialize};

use crate::engine::ResultLimit;

/// What runs the script in the worker's place.
const RUNNER: &str = include_str!("python.py");

/// The interpreter in its folder.
pub(crate) const INTERPRETER: &str = "bin/python3.11";
/// The loader in that folder: the one of the machine can't be read by a worker.
pub(crate) const LOADER: &str = if cfg!(target_arch = "aarch64") {
    "lib/ld-linux-aarch64.so.1"
} else {
    "lib/ld-linux-x86-64.so.2"
};

/// Threads of the libraries: more than a worker may have would end it on a large machine, and the same number everywhere
/// gives the same sums everywhere.
const THREADS: [(&str, &str); 3] = [
    ("POLARS_MAX_THREADS", "4"),
    ("OPENBLAS_NUM_THREADS", "2"),
    ("OMP_NUM_THREADS", "2"),
];

/// The library that a script's tables are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frames {
    /// `polars.DataFrame`.
    #[default]
    Polars,
    /// `pandas.DataFrame`.
    Pandas,
}

/// What is asked for: the first input of the job; the tables are those that follow.
#[derive(Debug, Serialize)]
pub(crate) struct Request<'a> {
    /// The script.
    pub script: &'a str,
    /// Names of the tables.
    pub tables: Vec<&'a str>,
    /// What the tables are handed over as.
    pub frames: Frames,
    /// How large the result may be.
    pub limit: ResultLimit,
}

/// What is answered.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// What the script has made.
    Rows(Made),
    /// Why it has made nothing.
    Raised(Complaint),
}

/// A table that a script has made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Made {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    pub rows_in_all: u64,
}

/// What a script did wrong, in its own words: they may hold what stands in the tables.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Complaint {
    /// The class of the exception; `NoResult` where the script has made nothing that is a result.
    pub kind: String,
    /// Its message.
    pub message: String,
    /// The line of the script, from 1.
    pub line: Option<u32>,
}

/// What becomes of a worker that may read this folder.
fn program(tree: &Path) -> Program {
    let mut program = interpreter(tree);
    program.arguments.extend(["-c".into(), RUNNER.into()]);
    program
}

/// The interpreter of such a folder, before it is told what to run.
pub(crate) fn interpreter(tree: &Path) -> Program {
    let library = tree.join("lib");
    let arguments: [OsString; 8] = [
        "--inhibit-cache".into(),
        "--library-path".into(),
        library.into(),
        tree.join(INTERPRETER).into(),
        // Nothing but the folder's own modules: neither the user's, nor those of the working folder; and nothing is written.
        "-S".into(),
        "-s".into(),
        "-P".into(),
        "-B".into(),
    ];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut environment: Vec<_> = THREADS.into_iter().map(own).collect();
    environment.extend([
        ("PYTHONHOME".to_owned(), tree.to_string_lossy().into_owned()),
        ("PYTHONUTF8".to_owned(), "1".to_owned()),
        // Time zones are those of a package; the machine's can't be read.
        ("PYTHONTZPATH".to_owned(), String::new()),
        // Where libraries look for compilers, there are none.
        ("PATH".to_owned(), tree.join("bin").to_string_lossy().into_owned()),
        // The same script gives the same answer.
        ("PYTHONHASHSEED".to_owned(), "0".to_owned()),
    ]);
    Program {
        path: tree.join(LOADER),
        arguments: arguments.into(),
        environment,
    }
}

pub(super) fn serve(io: &mut JobIo) -> Result<Vec<u8>, String> {
    let tree: PathBuf = io.trees().first().ok_or("there is no Python to become")?.clone();
    match io.become_program(&program(&tree))? {}
}
