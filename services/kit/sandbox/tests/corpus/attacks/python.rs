//! Attacks in the language that generated code has, from an interpreter that has taken the worker's place.

use std::path::PathBuf;

use sandbox::{Clock, JobIo, Output, Program, ProtocolError, SandboxError};

use crate::call::Outcome;
use crate::case::{Case, Expect, Target};

/// What each attack begins with: an attempt is told by the name of its error number.
const BEFORE: &str = "
import ctypes, errno, os, sys
parent, folder, mark, tree = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
sys.path.append(tree + '/lib/python3.11/site-packages')
libc = ctypes.CDLL(None, use_errno=True)

def attempt(work):
    try:
        done = work()
    except OSError as error:
        number = getattr(getattr(error, 'reason', error), 'errno', None)
        return errno.errorcode.get(number, repr(error))
    except BaseException as error:
        return type(error).__name__
    return errno.errorcode.get(ctypes.get_errno(), 'failed') if done == -1 else 'allowed'

answer = 'nothing'
";

/// What it ends with: the frame of its answer.
const AFTER: &str = "
body = answer.encode()
os.write(3, bytes.fromhex(os.environ['SANDBOX_FRAME']) + len(body).to_bytes(4, 'little') + body)
os._exit(0)
";

/// Becomes the interpreter with this program.
fn run(io: &mut JobIo, target: &Target, code: &str) -> Outcome {
    let tree: PathBuf = io.trees().first().ok_or("there is no tree")?.clone();
    let arguments = [
        "--inhibit-cache".into(),
        "--library-path".into(),
        tree.join("lib").into(),
        tree.join("bin/python3.11").into(),
        "-S".into(),
        "-s".into(),
        "-P".into(),
        "-B".into(),
        "-c".into(),
        format!("{BEFORE}{code}{AFTER}").into(),
        target.parent.to_string().into(),
        target.folder.clone().into(),
        target.mark.clone().into(),
        tree.clone().into(),
    ];
    let variables = [
        ("PYTHONHOME", tree.to_string_lossy().into_owned()),
        ("PYTHONUTF8", "1".to_owned()),
        ("PYTHONTZPATH", String::new()),
        ("PATH", tree.join("bin").to_string_lossy().into_owned()),
        ("OPENBLAS_NUM_THREADS", "2".to_owned()),
        ("OMP_NUM_THREADS", "2".to_owned()),
        ("POLARS_MAX_THREADS", "2".to_owned()),
    ];
    match io.become_program(&Program {
        path: tree.join("lib/ld-linux-x86-64.so.2"),
        arguments: arguments.into(),
        environment: variables.map(|(name, value)| (name.to_owned(), value)).into(),
    })? {}
}

/// Landlock says that it is denied; in a file system of its own, it isn't there.
const AWAY: Expect = Expect::Says(&["EACCES", "ENOENT"]);
const EPERM: Expect = Expect::Says(&["EPERM"]);
/// What the C library answers for a shell that it can't start.
const UNSTARTED: Expect = Expect::Says(&["-1", "32512"]);
/// The number of the call is gone with the handler that told it.
const VIOLATION: Expect =
    Expect::Error(|error| matches!(error, SandboxError::PolicyViolation { call: None }));
const OUT_OF_TIME: Expect = Expect::Error(|error| {
    matches!(
        error,
        SandboxError::TimedOut {
            clock: Clock::Cpu,
            ..
        }
    )
});

macro_rules! python {
    ($($name:literal $expect:expr => $code:literal),* $(,)?) => {
        vec![$(Case::new("python", $name, |io, target| run(io, target, $code), $expect).with_python()),*]
    };
}

pub fn cases() -> Vec<Case> {
    let mut cases = files();
    cases.extend(processes());
    cases.extend(network());
    cases.extend(exhaustion());
    cases.extend(protocol());
    cases
}

fn files() -> Vec<Case> {
    python![
        "shadow" AWAY => "answer = attempt(lambda: open('/etc/shadow').read())",
        "ssh-keys" AWAY => "answer = attempt(lambda: os.listdir('/root/.ssh'))",
        "own-environment" AWAY => "answer = attempt(lambda: open('/proc/self/environ').read())",
        "memory-of-parent" AWAY => "answer = attempt(lambda: open(f'/proc/{parent}/mem', 'rb'))",
        "up-and-away" AWAY => "answer = attempt(lambda: open(tree + '/../../../../../../etc/passwd'))",
        "list-root" Expect::Says(&["EACCES", "allowed"]) => "
answer = attempt(lambda: os.listdir('/'))
if answer == 'allowed' and len(os.listdir('/')) > 1:
    answer = 'more than the tree: ' + ' '.join(os.listdir('/'))",
        "library-outside" Expect::Says(&["refused"]) => "
try:
    ctypes.CDLL('/lib/x86_64-linux-gnu/libc.so.6')
    answer = 'allowed'
except OSError as error:
    answer = 'refused' if 'cannot open' in str(error) else str(error)",
        "write-into-tree" Expect::Says(&["EACCES", "EPERM", "EROFS"]) => "answer = attempt(lambda: open(tree + '/lib/python3.11/os.py', 'a'))",
        "write-elsewhere" Expect::Says(&["EACCES", "ENOENT", "EROFS"]) => "answer = attempt(lambda: open(folder + '/new', 'w'))",
        "temporary-file" Expect::Says(&["ENOENT", "EACCES"]) => "
import tempfile
answer = attempt(tempfile.NamedTemporaryFile)",
        "shared-memory" Expect::Says(&["EACCES", "ENOENT", "EROFS"]) => "
from multiprocessing import shared_memory
answer = attempt(lambda: shared_memory.SharedMemory(create=True, size=1 << 20))",
        "memory-file" EPERM => "answer = attempt(lambda: os.memfd_create('x'))",
    ]
}

fn processes() -> Vec<Case> {
    python![
        "fork" EPERM => "answer = attempt(os.fork)",
        "shell" EPERM => "
import subprocess
answer = attempt(lambda: subprocess.run(['/bin/sh', '-c', 'true']))",
        "system" UNSTARTED => "answer = str(os.system('true'))",
        "pickled-system" UNSTARTED => "
import pickle
class Payload:
    def __reduce__(self):
        return os.system, ('true',)
answer = str(pickle.loads(pickle.dumps(Payload())))",
        "system-through-subclasses" UNSTARTED => "
wrap = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]
answer = str(wrap.__init__.__globals__['system']('true'))",
        "exec-outside" AWAY => "answer = attempt(lambda: os.execv('/bin/true', ['true']))",
        "exec-within-stays-locked-in" AWAY => "
if 'again' not in os.environ:
    os.environ['again'] = 'yes'
    command = [tree + '/lib/ld-linux-x86-64.so.2', '--library-path', tree + '/lib', tree + '/bin/python3.11']
    os.execv(command[0], command + ['-S', '-s', '-P', '-B', '-c', sys.orig_argv[sys.orig_argv.index('-c') + 1]] + sys.argv[1:])
answer = attempt(lambda: open('/etc/passwd'))",
        "kill-parent" EPERM => "answer = attempt(lambda: os.kill(parent, 9))",
        "kill-everybody" EPERM => "answer = attempt(lambda: os.kill(-1, 9))",
        "traced-again" EPERM => "answer = attempt(lambda: libc.prctl(4, 1, 0, 0, 0))",
        "untraced" Expect::Says(&["allowed"]) => "answer = attempt(lambda: libc.prctl(4, 0, 0, 0, 0))",
        "outlive-parent" EPERM => "answer = attempt(lambda: libc.prctl(1, 0, 0, 0, 0))",
        "own-session" EPERM => "answer = attempt(os.setsid)",
        "raise-limits" EPERM => "
import resource
answer = attempt(lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE, (99, 99)))",
        "trace-parent" VIOLATION => "libc.ptrace(16, parent, 0, 0)",
        "io-uring" VIOLATION => "libc.syscall(425, 8, 0)",
        "user-namespace" VIOLATION => "libc.unshare(0x10000000)",
        "mount" VIOLATION => "libc.mount(b'x', b'/tmp', b'tmpfs', 0, None)",
    ]
}

fn network() -> Vec<Case> {
    python![
        "socket" EPERM => "
import socket
answer = attempt(socket.socket)",
        "metadata-service" EPERM => "
import urllib.request
answer = attempt(lambda: urllib.request.urlopen('http://169.254.169.254/', timeout=1))",
        "dns" Expect::Says(&["refused"]) => "
import socket
try:
    answer = str(socket.getaddrinfo('example.com', 80))
except OSError:
    answer = 'refused'",
        "pandas-reads-http" EPERM => "
import pandas
answer = attempt(lambda: pandas.read_csv('http://169.254.169.254/x.csv'))",
        "polars-reads-s3" Expect::Says(&["refused"]) => "
import polars
try:
    polars.scan_parquet('s3://bucket/x.parquet', storage_options={'aws_region': 'x', 'max_retries': 0,
        'aws_endpoint_url': 'http://127.0.0.1:9', 'aws_access_key_id': 'x', 'aws_secret_access_key': 'x'}).collect()
    answer = 'allowed'
except BaseException:
    answer = 'refused'",
    ]
    .into_iter()
    .map(|case| case.within(LARGE))
    .collect()
}

/// What the libraries need.
const LARGE: &str = "memory=1GB,cpu=20s,wall=1m,threads=64";

fn exhaustion() -> Vec<Case> {
    let out_of_memory = Expect::Says(&["MemoryError"]);
    python![
        "infinite-loop" OUT_OF_TIME => "while True: pass",
        "regular-expression" OUT_OF_TIME => "
import re
re.match('(a+)+$', 'a' * 64 + 'b')",
        "ignored-signals" OUT_OF_TIME => "
import signal
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while True: pass",
        "large-allocation" out_of_memory => "answer = attempt(lambda: bytearray(4 << 30))",
        "growth" out_of_memory => "
def grow():
    kept = []
    while True:
        kept.append(bytearray(1 << 20))
answer = attempt(grow)",
        "shared-mapping" EPERM => "
import mmap
answer = attempt(lambda: mmap.mmap(-1, 1 << 30))",
        // Where there is a user namespace the kernel refuses the thread, before the pool sees too many.
        "thread-bomb" Expect::Error(|error| matches!(
            error, SandboxError::TooManyThreads { .. } | SandboxError::Exited { code: 9 }
        )) => "
import threading, time
threading.stack_size(32 << 10)
while True:
    try:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        os._exit(9)",
    ]
}

fn protocol() -> Vec<Case> {
    let work = Case::new(
        "python",
        "libraries-work",
        |io, target| run(io, target, LIBRARIES),
        Expect::Says(&["done"]),
    )
    .with_python()
    .within(LARGE);
    let mut cases = python![
        "forged-frame" Expect::Error(|error| matches!(error, SandboxError::Protocol(ProtocolError::Forged))) => "
os.write(3, b'x' * 100)
os._exit(0)",
        "answer-before-crash" Expect::Error(|error| matches!(error, SandboxError::Killed { signal: libc::SIGSEGV })) => "
os.write(3, bytes.fromhex(os.environ['SANDBOX_FRAME']) + (2).to_bytes(4, 'little') + b'ok')
ctypes.string_at(0)",
        "no-answer" Expect::Error(|error| matches!(error, SandboxError::Protocol(ProtocolError::Missing))) => "os._exit(0)",
        "exit-code" Expect::Error(|error| matches!(error, SandboxError::Exited { code: 3 })) => "os._exit(3)",
        "four-gibibytes-announced" Expect::Error(|error| matches!(error, SandboxError::OutputTooLarge { output: Output::Result, .. })) => "
os.write(3, bytes.fromhex(os.environ['SANDBOX_FRAME']) + b'\\xff' * 4)
import time
time.sleep(60)",
        "write-to-input" Expect::Says(&["EBADF", "EPERM"]) => "
number = int(os.environ['SANDBOX_INPUTS'].split()[1])
answer = attempt(lambda: os.write(number, b'spoilt'))",
        "other-descriptors" Expect::Says(&["none"]) => "
known = {0, 1, 2, 3, *map(int, os.environ['SANDBOX_INPUTS'].split())}
found = [str(n) for n in range(32) if n not in known and libc.fcntl(n, 1, 0) >= 0]
answer = ' '.join(found) or 'none'",
    ];
    cases.push(work);
    cases
}

/// Honest work, which the sandbox must not hinder.
const LIBRARIES: &str = "
import datetime, decimal, json, re, statistics, io
import numpy, pandas, polars, scipy.stats, scipy.optimize
from sklearn.linear_model import LinearRegression
from sklearn.cluster import KMeans
frame = polars.DataFrame({'a': list(range(1000)), 'g': ['x', 'y'] * 500})
sums = frame.group_by('g').agg(polars.col('a').sum()).sort('g')
assert sums['a'].to_list() == [249500, 250000]
buffer = io.BytesIO()
frame.write_parquet(buffer)
assert polars.read_parquet(io.BytesIO(buffer.getvalue())).equals(frame)
other = pandas.DataFrame({'a': frame['a'].to_numpy(), 'g': frame['g'].to_list()})
assert other.groupby('g').a.sum().to_list() == [249500, 250000]
assert abs(numpy.linalg.det(numpy.eye(50)) - 1) < 1e-9
assert scipy.stats.linregress([1, 2, 3], [2, 4, 6]).slope == 2
assert LinearRegression().fit([[1], [2]], [1, 2]).predict([[3]]).round(6) == 3
assert KMeans(2, n_init=1, random_state=0).fit([[0], [0], [9], [9]]).inertia_ == 0
assert pandas.Timestamp('2024-01-01', tz='Asia/Shanghai').utcoffset().seconds == 8 * 3600
answer = 'done'
";
