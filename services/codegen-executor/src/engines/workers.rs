//! The pools of locked-down processes, and what they may use.

use std::path::PathBuf;
use std::sync::Arc;

use sandbox::{Failure, Job, Kind, Limits, NoBulk, Pool, Reply, SandboxConfig, SandboxError};
use tokio::sync::Semaphore;
use tracing::Instrument;

use super::{Breach, Python};
use crate::engine::ResultLimit;
use crate::error::{ExecutorError, StartError};
use crate::worker::{PLAN, SQL, within_limits};

/// Workers that are tried for one piece of work.
const TRIES: usize = 2;
/// Bytes of a request: a plan, and what the engine needs of a profile.
const REQUEST: u64 = 4 << 20;
/// What Polars may know of its surroundings: more threads than a worker may have would end it on a large machine, and
/// the same number everywhere gives the same sums everywhere.
const ENVIRONMENT: [(&str, &str); 1] = [("POLARS_MAX_THREADS", "4")];

/// Workers for both engines, and for scripts if they are wanted.
pub struct Workers {
    pub(super) plan: Lane,
    pub(super) sql: Lane,
    pub(super) python: Option<Python>,
}

impl Workers {
    /// Starts the pools.
    ///
    /// # Errors
    /// Where the machine doesn't give the layers of a sandbox: the service must not start then.
    pub async fn start(sandbox: &SandboxConfig) -> Result<Self, StartError> {
        let (plan, sql) = tokio::try_join!(
            Lane::start(sandbox, &PLAN, Limits::plan()),
            Lane::start(sandbox, &SQL, Limits::sql()),
        )?;
        let workers = Self {
            plan,
            sql,
            python: None,
        };
        if workers.stamp().is_some() {
            tracing::warn!(
                "plans run without a sandbox where this machine gives none: --insecure-no-sandbox"
            );
        }
        Ok(workers)
    }

    /// What has to stand in every trail; nothing when all is well.
    #[must_use]
    pub fn stamp(&self) -> Option<&'static str> {
        self.plan.pool.mode().stamp().or(self.sql.pool.mode().stamp())
    }
}

/// Workers of one kind, of which so many are at work at once: the memory of all of them has to be there.
pub(super) struct Lane {
    kind: &'static str,
    pool: Arc<Pool>,
    turns: Semaphore,
}

impl Lane {
    async fn start(sandbox: &SandboxConfig, kind: &Kind, limits: Limits) -> Result<Self, StartError> {
        Self::start_with(sandbox, kind, limits, Vec::new()).await
    }

    /// For workers that may read these folders.
    pub(super) async fn start_with(
        sandbox: &SandboxConfig,
        kind: &Kind,
        limits: Limits,
        trees: Vec<PathBuf>,
    ) -> Result<Self, StartError> {
        let limits = Limits {
            request: REQUEST,
            ..limits
        };
        let mut settings = sandbox.pool(kind, limits)?;
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        settings.trees = trees;
        settings.environment = ENVIRONMENT.into_iter().map(own).collect();
        let at_once = settings.idle.max(1);
        let pool = tokio::task::spawn_blocking(|| Pool::start(settings)).await??;
        Ok(Self {
            kind: kind.name,
            pool: Arc::new(pool),
            turns: Semaphore::new(at_once),
        })
    }

    /// Has one piece of work done, by another worker if the first one crashes. The inner error is about the work, the
    /// outer one about the machine.
    pub(super) async fn run(
        &self,
        job: impl Fn() -> Result<Job, SandboxError> + Send,
    ) -> Result<Result<Vec<u8>, Breach>, ExecutorError> {
        let done = self.run_printing(job).await?;
        Ok(done.map(|(answer, _)| answer))
    }

    /// As [`Lane::run`], with the end of what the worker printed.
    pub(super) async fn run_printing(
        &self,
        job: impl Fn() -> Result<Job, SandboxError> + Send,
    ) -> Result<Result<(Vec<u8>, String), Breach>, ExecutorError> {
        let _turn = self.turns.acquire().await;
        let mut tries = 1;
        loop {
            let breach = match self.once(job()?).await? {
                Ok(reply) => return Ok(Ok((reply.result, reply.logs.stdout_text()))),
                Err(failure) => Breach::of(&failure.error).ok_or(failure.error)?,
            };
            // What a worker printed and said may be of a table, and is no payload for logs.
            tracing::warn!(kind = self.kind, %breach, tries, "a worker gave no answer");
            if tries >= TRIES || !breach.is_worth_another_try() {
                return Ok(Err(breach));
            }
            tries += 1;
        }
    }

    /// What is asked for, within what its workers may give.
    pub(super) fn within(&self, limit: ResultLimit) -> ResultLimit {
        within_limits(limit, self.pool.limits())
    }

    /// What is said of work that needs more memory than there is, when it says so itself.
    pub(super) fn out_of_memory(&self) -> Breach {
        Breach::OutOfMemory {
            megabytes: self.pool.limits().memory >> 20,
        }
    }

    async fn once(&self, job: Job) -> Result<Result<Reply, Failure>, ExecutorError> {
        let span = sandbox::span(self.kind);
        let pool = Arc::clone(&self.pool);
        let job = Job {
            traceparent: telemetry::propagation::traceparent(&span),
            ..job
        };
        let work = tokio::task::spawn_blocking(move || pool.run(job, &mut NoBulk));
        let ended = work.instrument(span.clone()).await?;
        sandbox::record(&span, &ended);
        Ok(ended)
    }
}
