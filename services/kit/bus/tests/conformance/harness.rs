//! A server, a submitter, and services that do what a test says.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::stream::State;
use bus::delivery::{Delivery, DeliverySettings, Handler, Outputs, ServeError};
use bus::provision::Topology;
use bus::server::NatsServer;
use bus::{Bus, BusConfig, Fault, Faulty};
use futures::{Stream, StreamExt};
use schemas::answer::{AnswerKind, AnswerStatus};
use schemas::events::AnswerReady;
use schemas::jobs::AskJob;
use schemas::{JobId, Message, TenantId};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long anything may take that is waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A server of one test, and a client of it that is no service.
pub struct World {
    pub server: NatsServer,
    pub bus: Bus,
    /// Sees what the wire carries.
    pub raw: async_nats::Client,
    pub topology: Topology,
    pub folder: tempfile::TempDir,
}

/// A service that runs until told to stop.
pub struct Service {
    pub bus: Bus,
    pub shutdown: CancellationToken,
    pub task: JoinHandle<Result<(), ServeError>>,
}

impl World {
    /// With short times: what waits for an `ack_wait` waits 400 ms.
    pub async fn new() -> Self {
        let delivery = DeliverySettings {
            concurrency: 4,
            ack_wait: Duration::from_millis(400),
            max_deliver: 3,
            backoff: vec![Duration::from_millis(20)],
            drain: Duration::from_secs(5),
        };
        Self::with(Topology {
            delivery,
            ..Topology::default()
        })
        .await
    }

    pub async fn with(topology: Topology) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = NatsServer::start(&binary().await, folder.path()).await.unwrap();
        let bus = Bus::connect(&BusConfig::at(server.url()), "submitter")
            .await
            .unwrap();
        bus.provision(&topology).await.unwrap();
        let raw = async_nats::connect(server.url()).await.unwrap();
        Self {
            server,
            bus,
            raw,
            topology,
            folder,
        }
    }

    /// Serves `job.ask.v1` with what a test does for each job.
    pub async fn serve<F, Fut>(&self, handle: F) -> Service
    where
        F: Fn(AskJob, Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Outputs, Mishap>> + Send + 'static,
    {
        self.serve_with(self.topology.delivery.clone(), Does(handle))
            .await
    }

    pub async fn serve_with<H: Handler<AskJob>>(&self, settings: DeliverySettings, handler: H) -> Service {
        let bus = Bus::connect(&BusConfig::at(self.server.url()), "gateway")
            .await
            .unwrap();
        let shutdown = CancellationToken::new();
        let task = tokio::spawn({
            let (bus, shutdown) = (bus.clone(), shutdown.clone());
            async move { bus.serve(handler, &settings, shutdown).await }
        });
        Service { bus, shutdown, task }
    }

    /// Submits a question; its id.
    pub async fn ask(&self, question: &str) -> JobId {
        let id = bus::ids::new_job_id();
        self.bus
            .publish(&local(), &id, &question_of(question))
            .await
            .unwrap();
        id
    }

    /// Puts any bytes on the queue of questions, as a plain client of the bus would.
    pub async fn put_raw(&self, subject: &str, headers: &[(&str, &str)], body: &[u8]) -> u64 {
        let mut map = async_nats::HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, *value);
        }
        let jetstream = async_nats::jetstream::new(self.raw.clone());
        let ack = jetstream
            .publish_with_headers(subject.to_owned(), map, body.to_vec().into())
            .await
            .unwrap();
        ack.await.unwrap().sequence
    }

    /// The answers from now on.
    pub async fn answers(&self) -> impl Stream<Item = bus::publish::Received<AnswerReady>> + Unpin + use<> {
        self.bus.events::<AnswerReady>(&local()).await.unwrap()
    }

    /// The only dead letter, once it is there.
    pub async fn dead_letter(&self) -> bus::dead_letters::Kept {
        until("a dead letter", || async {
            self.bus.dead_letters(None, 10).await.unwrap().pop()
        })
        .await
    }

    /// Waits until a stream holds that many messages.
    pub async fn holds(&self, stream: &str, count: u64) {
        until(&format!("{count} messages in {stream}"), || async {
            (self.messages(stream).await == count).then_some(())
        })
        .await;
    }

    pub async fn messages(&self, stream: &str) -> u64 {
        self.state(stream).await.messages
    }

    pub async fn consumers(&self, stream: &str) -> usize {
        self.state(stream).await.consumer_count
    }

    async fn state(&self, stream: &str) -> State {
        let jetstream = async_nats::jetstream::new(self.raw.clone());
        let stream = jetstream.get_stream(stream).await.unwrap();
        stream.cached_info().state.clone()
    }

    /// What is said to the server about jobs.
    pub async fn acks(&self) -> async_nats::Subscriber {
        self.requests("$JS.ACK.>").await
    }

    /// What is said to the server on a subject.
    pub async fn requests(&self, subject: &'static str) -> async_nats::Subscriber {
        let requests = self.raw.subscribe(subject).await.unwrap();
        self.raw.flush().await.unwrap();
        requests
    }
}

impl Service {
    /// Stops it and gives back how it ended.
    pub async fn stop(self) -> Result<(), ServeError> {
        self.shutdown.cancel();
        self.ended().await
    }

    pub async fn ended(self) -> Result<(), ServeError> {
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .expect("the service does not end")
            .unwrap()
    }

    /// Ends it as a crash would.
    pub async fn crash(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// The server's binary, out of the artifacts.
pub async fn binary() -> PathBuf {
    tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("nats-server"))
        .await
        .unwrap()
        .unwrap()
}

pub fn local() -> TenantId {
    TenantId::local()
}

pub fn question_of(question: &str) -> AskJob {
    AskJob::about(question)
}

/// The answer to a job, as an event.
pub fn answer_to(id: &JobId) -> AnswerReady {
    AnswerReady {
        answer: id.clone().into(),
        conversation: None,
        kind: AnswerKind::Table,
        status: AnswerStatus::Answered,
    }
}

/// What a test's handler may know of a delivery.
#[derive(Debug, Clone)]
pub struct Call {
    pub id: JobId,
    pub origin: JobId,
    pub tenant: TenantId,
    pub order: u64,
    pub attempt: u64,
    pub last_attempt: bool,
    pub trace_id: String,
}

/// A handler out of a closure.
pub struct Does<F>(pub F);

impl<F, Fut> Handler<AskJob> for Does<F>
where
    F: Fn(AskJob, Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Outputs, Mishap>> + Send + 'static,
{
    type Error = Mishap;

    async fn handle(&self, job: AskJob, delivery: &Delivery) -> Result<Outputs, Mishap> {
        let call = Call {
            id: delivery.id.clone(),
            origin: delivery.origin.clone(),
            tenant: delivery.tenant.clone(),
            order: delivery.order,
            attempt: delivery.attempt,
            last_attempt: delivery.last_attempt,
            trace_id: delivery.trace_id.clone(),
        };
        (self.0)(job, call).await
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Mishap {
    #[error("the index is down")]
    Later(#[source] Cause),
    #[error("no such column")]
    Never { pointer: Option<String> },
    #[error("the model is gone")]
    Broken,
}

#[derive(Debug, thiserror::Error)]
#[error("connection refused")]
pub struct Cause;

impl Faulty for Mishap {
    fn fault(&self) -> Fault {
        match self {
            Self::Later(_) => Fault::Retry { after: None },
            Self::Never { pointer } => Fault::Reject {
                pointer: pointer.clone(),
            },
            Self::Broken => Fault::Fatal,
        }
    }
}

/// Looks again and again until there is something to see.
pub async fn until<T, F, Fut>(what: &str, mut look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .unwrap_or_else(|_| panic!("no {what} in time"))
}

/// The next item, which must come.
pub async fn next<S: Stream + Unpin>(stream: &mut S) -> S::Item {
    tokio::time::timeout(PATIENCE, stream.next())
        .await
        .expect("nothing came")
        .expect("the stream ended")
}

/// Waits for as many heartbeats of jobs.
pub async fn heartbeats(acks: &mut async_nats::Subscriber, count: usize) {
    let mut seen = 0;
    while seen < count {
        if next(acks).await.payload.starts_with(b"+WPI") {
            seen += 1;
        }
    }
}

/// The subject of questions, for raw messages.
pub fn subject() -> String {
    AskJob::subject(&local())
}
