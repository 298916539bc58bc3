//! Where nothing may run, nothing runs, and says why.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, WaitOptions};
use sandbox::{Job, Layer, Mode, NoBulk, Pool, PoolSettings, SandboxError};

use crate::case;
use crate::environment::Environment;

pub const TRIALS: &[(Environment, &str)] = &[
    (Environment::Neither, "refused"),
    (Environment::Neither, "insecure-by-explicit-wish"),
    (Environment::Neither, "checked"),
    (Environment::NoSeccomp, "refused-without-seccomp"),
    (Environment::Root, "checked-and-complete"),
    (Environment::Root, "preload-failed"),
    (Environment::Root, "threads-too-early"),
    (Environment::Root, "kind-unknown"),
    (Environment::Root, "executable-missing"),
    (Environment::Root, "job-refused"),
    (Environment::Root, "waiting-worker-killed"),
    (Environment::Root, "sink-failed"),
    (Environment::Root, "many-at-once"),
    (Environment::Root, "host-killed"),
    (Environment::Nobody, "host-killed"),
];

pub fn named(name: &str) -> Option<fn()> {
    Some(match name {
        "refused" => refused,
        "insecure-by-explicit-wish" => insecure,
        "checked" => checked,
        "refused-without-seccomp" => without_seccomp,
        "checked-and-complete" => complete,
        "preload-failed" => || {
            start_fails(
                "broken",
                "its libraries can't be loaded: libmissing.so: no such file",
            )
        },
        "threads-too-early" => || {
            start_fails(
                "threaded",
                "there are 2 threads already: enter_if_worker has to be the first statement of main",
            );
        },
        "kind-unknown" => || {
            start_fails(
                "nothing",
                "no worker is called \"nothing\" in this executable: register it with enter_if_worker",
            );
        },
        "executable-missing" => executable_missing,
        "job-refused" => job_refused,
        "waiting-worker-killed" => waiting_worker_killed,
        "sink-failed" => sink_failed,
        "many-at-once" => many_at_once,
        "host-killed" => host_killed,
        "host-that-waits" => host_that_waits,
        _ => return None,
    })
}

fn echo(pool: &Pool) {
    let job = Job {
        request: b"hello".to_vec(),
        ..Job::default()
    };
    let reply = pool
        .run(job, &mut NoBulk)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(reply.result, b"hello");
}

fn no_children() {
    assert!(matches!(
        rustix::process::wait(WaitOptions::NOHANG),
        Err(Errno::CHILD)
    ));
}

fn refused() {
    let error = Pool::start(case::settings("")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "SANDBOX_UNAVAILABLE: landlock=ENOSYS userns=EPERM"
    );
    assert!(!error.is_breach());
    no_children();
}

fn insecure() {
    let pool = Pool::start(PoolSettings {
        mode: Mode::InsecureNoSandbox,
        ..case::settings("")
    })
    .unwrap();
    assert_eq!(pool.mode().stamp(), Some("insecure-no-sandbox"));
    assert!(pool.layers().has(Layer::Seccomp), "what there is, is on");
    echo(&pool);
}

fn checked() {
    let layers = sandbox::check(&PathBuf::from("/proc/self/exe"), 65_534).unwrap();
    assert_eq!(
        layers.missing().unwrap().to_string(),
        "landlock=ENOSYS userns=EPERM"
    );
    no_children();
}

fn without_seccomp() {
    let error = Pool::start(case::settings("")).unwrap_err();
    assert!(
        error.to_string().starts_with(
            "SANDBOX_UNAVAILABLE: seccomp=EINVAL self-test=a socket can be made, a process can be started"
        ),
        "{error}"
    );
}

fn complete() {
    let layers = sandbox::check(&PathBuf::from("/proc/self/exe"), 65_534).unwrap();
    assert_eq!(layers.missing(), None);
    assert_eq!(layers.iter().count(), 16, "{layers:?}");
}

fn start_fails(kind: &'static str, words: &str) {
    match Pool::start(case::named(kind)) {
        Err(SandboxError::Start { reason, .. }) => assert_eq!(reason, words),
        other => panic!("{other:?}"),
    }
    no_children();
}

fn executable_missing() {
    let error = Pool::start(PoolSettings {
        executable: "/nowhere".into(),
        ..case::settings("")
    })
    .unwrap_err();
    assert!(matches!(error, SandboxError::System { .. }), "{error}");
}

fn job_refused() {
    let pool = Pool::start(case::settings("request=4")).unwrap();
    let refused = |job: Job| match pool.run(job, &mut NoBulk).unwrap_err().error {
        SandboxError::Job(reason) => reason,
        other => panic!("{other}"),
    };
    let job = Job {
        request: b"12345".to_vec(),
        ..Job::default()
    };
    assert_eq!(refused(job), "its request is too large");
    let inputs = (0..17).map(|_| sandbox::Input::bytes(b"").unwrap()).collect();
    let job = Job {
        inputs,
        ..Job::default()
    };
    assert_eq!(refused(job), "it has too many inputs");
    let job = Job {
        traceparent: Some("é".to_owned()),
        ..Job::default()
    };
    assert_eq!(refused(job), "its trace context is none");
}

/// The system may end a worker that waits; the job goes to the next.
fn waiting_worker_killed() {
    let pool = Pool::start(case::settings("")).unwrap();
    let [waiting] = pool.waiting()[..] else {
        panic!("one waits");
    };
    let pid = rustix::process::Pid::from_raw(waiting).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let ended = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
    rustix::process::waitid(rustix::process::WaitId::Pid(pid), ended).unwrap();
    echo(&pool);
    drop(pool);
    no_children();
}

fn sink_failed() {
    let pool = Pool::start(case::settings("")).unwrap();
    let job = Job {
        request: ["work::bulk", "1", "/", "x"].join("\0").into_bytes(),
        ..Job::default()
    };
    let mut full = |_: u32, _: &[u8]| Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
    let failure = pool.run(job, &mut full).unwrap_err();
    assert!(matches!(failure.error, SandboxError::Sink(_)), "{failure}");
    assert!(!failure.error.is_breach());
    echo(&pool);
}

/// More jobs than workers that wait, from several threads.
fn many_at_once() {
    let pool = Pool::start(case::settings("")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                echo(&pool);
                echo(&pool);
            });
        }
    });
    drop(pool);
    no_children();
}

/// Gives its worker a job without end and prints the worker's number once it is at it.
fn host_that_waits() {
    let pool = Pool::start(case::settings("")).unwrap();
    let worker = pool.waiting()[0];
    let job = Job {
        request: ["cpu::deadlock", "1", "/", "x"].join("\0").into_bytes(),
        ..Job::default()
    };
    let mut begun = |_: u32, _: &[u8]| {
        println!("{worker}");
        Ok(())
    };
    let _ = pool.run(job, &mut begun);
}

/// Workers do not outlive their host, however it ends.
fn host_killed() {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).unwrap();
    let environment = if rustix::process::geteuid().is_root() {
        "root"
    } else {
        "nobody"
    };
    let mut host = Command::new("/proc/self/exe")
        .args([crate::INSIDE, environment, "host-that-waits"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(host.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let worker = rustix::process::Pid::from_raw(line.trim().parse().unwrap()).unwrap();
    let handle = rustix::process::pidfd_open(worker, PidfdFlags::empty()).unwrap();
    host.kill().unwrap();
    host.wait().unwrap();
    let patience = Timespec::try_from(Duration::from_secs(10)).unwrap();
    let ended = poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&patience)).unwrap();
    assert_eq!(ended, 1, "the worker outlives its host");
    // The orphan has become a child of this process.
    let (_, status) = rustix::process::waitpid(Some(worker), WaitOptions::empty())
        .unwrap()
        .unwrap();
    assert_eq!(status.terminating_signal(), Some(libc::SIGKILL));
}
