//! A pool of workers of one kind: armed in advance, each for a single job.

use std::path::PathBuf;

use super::metrics::Metrics;
use super::outcome::{Failure, Reply};
use super::process::Process;
use super::spawner::{Recipe, Spawner, Successor};
use super::{report, supervise};
use crate::bulk::Sink;
use crate::error::SandboxError;
use crate::frame::Nonce;
use crate::input::Input;
use crate::kind::Kind;
use crate::layers::Layers;
use crate::limits::Limits;
use crate::message::Hello;
use crate::mode::Mode;
use crate::passing;

/// Workers that are tried for one job.
const TRIES: usize = 3;
/// A W3C traceparent has 55 characters; later versions may have more.
const LONGEST_CONTEXT: usize = 128;

/// The running executable, also when its file has been replaced.
pub(crate) const THIS_EXECUTABLE: &str = "/proc/self/exe";

/// How a pool starts its workers.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// The kind of worker.
    pub kind: &'static str,
    /// What is started: an executable that registers the kind.
    pub executable: PathBuf,
    /// What a worker may use.
    pub limits: Limits,
    /// Whether required layers may be missing.
    pub mode: Mode,
    /// Workers that wait for a job.
    pub idle: usize,
    /// What a worker becomes where the service runs as root.
    pub uid: u32,
    /// The environment of the workers, such as the number of threads of their libraries. Nothing else is handed on.
    pub environment: Vec<(String, String)>,
    /// Folders that a worker may read, and execute programs from: none but for interpreters.
    pub trees: Vec<PathBuf>,
}

impl PoolSettings {
    /// For workers of this kind out of the running executable.
    #[must_use]
    pub fn new(kind: &Kind, limits: Limits) -> Self {
        Self {
            kind: kind.name,
            executable: PathBuf::from(THIS_EXECUTABLE),
            limits,
            mode: Mode::Enforced,
            idle: 2,
            uid: 65_534,
            environment: Vec::new(),
            trees: Vec::new(),
        }
    }
}

/// One job.
#[derive(Debug, Default)]
pub struct Job {
    /// What is asked for.
    pub request: Vec<u8>,
    /// What it is to read.
    pub inputs: Vec<Input>,
    /// The W3C trace context of whoever asks.
    pub traceparent: Option<String>,
}

/// Runs jobs, each in a worker of its own.
#[derive(Debug)]
pub struct Pool {
    kind: &'static str,
    limits: Limits,
    mode: Mode,
    idle: usize,
    layers: Layers,
    spawner: Spawner,
    metrics: Metrics,
}

impl Pool {
    /// Starts the first workers, and looks at the layers of one of them.
    ///
    /// # Errors
    /// [`SandboxError::Unavailable`] when the machine doesn't give the required layers, and those of starting a worker.
    pub fn start(settings: PoolSettings) -> Result<Self, SandboxError> {
        let PoolSettings {
            kind,
            executable,
            limits,
            mode,
            idle,
            uid,
            environment,
            trees,
        } = settings;
        let spawner = Spawner::start(Recipe {
            kind,
            executable,
            environment,
            hello: Hello {
                nonce: Nonce::ZERO,
                parent: std::process::id(),
                uid,
                mode,
                limits: limits.clone(),
                trees,
            },
        })?;
        let mut pool = Self {
            kind,
            limits,
            mode,
            idle,
            layers: Layers::default(),
            spawner,
            metrics: Metrics::new(kind),
        };
        let first = pool.ready(pool.spawner.fresh()?)?;
        pool.layers = first.layers.clone().unwrap_or_default();
        if idle > 0 {
            pool.spawner.give_back(first);
        }
        for _ in 1..idle {
            pool.spawner.order();
        }
        Ok(pool)
    }

    /// The layers of its workers.
    #[must_use]
    pub const fn layers(&self) -> &Layers {
        &self.layers
    }

    /// Whether required layers may be missing; [`Mode::stamp`] belongs on what comes out.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// What its workers may use.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The numbers of the processes that wait for a job.
    #[must_use]
    pub fn waiting(&self) -> Vec<i32> {
        self.spawner.waiting()
    }

    /// Runs a job and blocks until its worker is gone: asynchronous callers use `spawn_blocking`. Bulk output goes to the
    /// sink while the job runs; it counts only when the job ends well.
    ///
    /// # Errors
    /// Each breach of a limit or of the policy, and each failure, is an error of its own, with what the worker printed.
    pub fn run(&self, job: Job, sink: &mut dyn Sink) -> Result<Reply, Failure> {
        let ended = self.run_once(job, sink);
        self.metrics.ended(&ended);
        ended
    }

    fn run_once(&self, job: Job, sink: &mut dyn Sink) -> Result<Reply, Failure> {
        check(&job, &self.limits)?;
        let (worker, nonce) = self.hand_over(&job)?;
        let successor = Successor::of(&self.spawner, self.idle);
        let Job { request, inputs, .. } = job;
        // The worker has its own; whoever fills a pipe must see that the worker has gone.
        drop(inputs);
        supervise::follow(worker, nonce, request, &self.limits, sink, successor)
    }

    /// Gives the job to a worker. One that has waited may have been ended by the system, so that the next one gets it.
    fn hand_over(&self, job: &Job) -> Result<(Process, Nonce), SandboxError> {
        let mut tries = 1;
        loop {
            let handed = self
                .spawner
                .take()
                .and_then(|worker| self.ready(worker))
                .and_then(|worker| supervise::hand_over(&worker, job).map(|nonce| (worker, nonce)));
            match handed {
                Err(error @ (SandboxError::Start { .. } | SandboxError::System { .. })) if tries < TRIES => {
                    tracing::warn!(kind = self.kind, %error, "the next worker instead");
                    tries += 1;
                }
                handed => return handed,
            }
        }
    }

    /// Waits for the report of a worker and looks at it.
    fn ready(&self, mut process: Process) -> Result<Process, SandboxError> {
        let missing = report::layers(&mut process, self.kind)?.missing();
        match (self.mode, missing) {
            (Mode::Enforced, Some(missing)) => Err(SandboxError::Unavailable(missing)),
            (Mode::Enforced, None) | (Mode::InsecureNoSandbox, _) => Ok(process),
        }
    }
}

/// What can be said of a job before it is handed over.
fn check(job: &Job, limits: &Limits) -> Result<(), SandboxError> {
    if job.request.len() as u64 > limits.request {
        return Err(SandboxError::Job("its request is too large"));
    }
    if job.inputs.len() > passing::MOST {
        return Err(SandboxError::Job("it has too many inputs"));
    }
    if job
        .traceparent
        .as_ref()
        .is_some_and(|context| context.len() > LONGEST_CONTEXT || !context.is_ascii())
    {
        return Err(SandboxError::Job("its trace context is none"));
    }
    Ok(())
}
