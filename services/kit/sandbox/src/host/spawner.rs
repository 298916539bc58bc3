//! The one thread that starts workers.
//!
//! A worker dies with the *thread* that started it: that is how the kernel counts parents here. So a thread that lives as
//! long as the pool starts them all, and not whichever of the service's threads happens to need one.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::process::Process;
use crate::error::SandboxError;
use crate::frame::Nonce;
use crate::message::Hello;

/// How workers are started.
#[derive(Debug)]
pub(crate) struct Recipe {
    pub(crate) kind: &'static str,
    pub(crate) executable: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) hello: Hello,
}

impl Recipe {
    fn start(&mut self) -> Result<Process, SandboxError> {
        self.hello.nonce = Nonce::random().map_err(SandboxError::system("draw a random number"))?;
        Process::start(&self.executable, self.kind, &self.environment, &self.hello)
    }
}

type Idle = Arc<Mutex<VecDeque<Process>>>;

#[derive(Debug)]
enum Order {
    /// One more that waits.
    Idle,
    /// One for somebody who waits.
    Now(Sender<Result<Process, SandboxError>>),
}

/// The thread, its orders, and the workers that wait for a job.
#[derive(Debug)]
pub(crate) struct Spawner {
    idle: Idle,
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Spawner {
    pub(crate) fn start(recipe: Recipe) -> Result<Self, SandboxError> {
        let idle = Idle::default();
        let (orders, receiver) = channel();
        let theirs = Arc::clone(&idle);
        let thread = thread::Builder::new()
            .name("sandbox-spawner".to_owned())
            .spawn(move || work(recipe, &receiver, &theirs))
            .map_err(|source| SandboxError::System {
                action: "start the thread that starts workers",
                source,
            })?;
        Ok(Self {
            idle,
            orders: Some(orders),
            thread: Some(thread),
        })
    }

    /// Orders one more worker that waits.
    pub(crate) fn order(&self) {
        if let Some(orders) = &self.orders {
            // Where the thread has gone, the next one who needs a worker is told.
            let _ = orders.send(Order::Idle);
        }
    }

    /// The worker that has waited longest, or a new one.
    pub(crate) fn take(&self) -> Result<Process, SandboxError> {
        // A statement of its own: the thread that starts workers needs the lock too, and must not be waited for with it.
        let waiting = self.lock().pop_front();
        waiting.map_or_else(|| self.fresh(), Ok)
    }

    /// A worker that was started just now.
    pub(crate) fn fresh(&self) -> Result<Process, SandboxError> {
        let (sender, receiver) = channel();
        let gone = SandboxError::Job("the pool is closing");
        match &self.orders {
            Some(orders) if orders.send(Order::Now(sender)).is_ok() => receiver.recv().unwrap_or(Err(gone)),
            Some(_) | None => Err(gone),
        }
    }

    /// Puts back a worker that was looked at.
    pub(crate) fn give_back(&self, process: Process) {
        self.lock().push_back(process);
    }

    /// The numbers of the processes that wait.
    pub(crate) fn waiting(&self) -> Vec<i32> {
        self.lock().iter().map(Process::number).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Process>> {
        // A queue of processes is whole whatever its last user was doing.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Orders the successor of a worker that has got a job, once: when the job turns out to be a long one, or at its end. A
/// short one has the processors for itself meanwhile.
#[derive(Debug)]
pub(crate) struct Successor<'a>(Option<&'a Spawner>);

impl<'a> Successor<'a> {
    /// None is ordered where no worker shall wait.
    pub(crate) fn of(spawner: &'a Spawner, idle: usize) -> Self {
        Self((idle > 0).then_some(spawner))
    }

    pub(crate) fn order(&mut self) {
        if let Some(spawner) = self.0.take() {
            spawner.order();
        }
    }
}

impl Drop for Successor<'_> {
    fn drop(&mut self) {
        self.order();
    }
}

impl Drop for Spawner {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.lock().clear();
    }
}

fn work(mut recipe: Recipe, orders: &Receiver<Order>, idle: &Idle) {
    while let Ok(order) = orders.recv() {
        match order {
            Order::Idle => match recipe.start() {
                Ok(process) => idle
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push_back(process),
                Err(error) => tracing::warn!(kind = recipe.kind, %error, "no worker in advance"),
            },
            Order::Now(to) => {
                // Nobody there any more: the process ends as it is dropped.
                let _ = to.send(recipe.start());
            }
        }
    }
}
