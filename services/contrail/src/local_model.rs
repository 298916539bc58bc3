//! A language model on this machine, for whoever has no endpoint: llama.cpp's server as a supervised child.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use artifacts::ArtifactsConfig;
use bus::server::guarded;
use codegen_executor::config::{Effort, Prompt};
use gateway::keys::file::new_key;
use models::ModelsConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::output;

/// The artifact that is the model.
const MODEL: &str = "local-model";
/// The artifact that serves it.
const SERVER: &str = "llama-server";
/// What the endpoint is asked for; it has one model.
const NAME: &str = "qwen2.5-coder-1.5b-instruct";
/// Its log, in the data folder.
const LOG: &str = "llama-server.log";
/// Tokens of a prompt with its reply: tables of many columns take some thousands.
const CONTEXT: u32 = 16_384;
/// How long it may take to load, from a slow disk.
const LOAD: Duration = Duration::from_secs(180);
/// How long it may take to end.
const END: Duration = Duration::from_secs(10);
/// How often we look whether it is ready.
const LOOK: Duration = Duration::from_millis(100);
/// Waits before it is started again: the first, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// Seconds that a reply may take, where nobody says otherwise: the prompt alone takes minutes on a busy machine.
const PATIENCE: u64 = 1_800;
/// More threads than these gain nothing with a model so small.
const MOST_THREADS: usize = 8;

/// A model that is served until this is stopped or dropped.
pub struct LocalModel {
    address: SocketAddr,
    key: String,
    stop: CancellationToken,
    supervisor: JoinHandle<()>,
}

/// How the server is run.
#[derive(Debug, Clone)]
struct Command {
    server: PathBuf,
    model: PathBuf,
    log: PathBuf,
    address: SocketAddr,
    /// Without it other users of this machine, and pages in a browser on it, could ask the model, too.
    key: String,
}

/// A running server.
struct Running {
    child: Child,
    /// Its end ends the server. Apart from the child, since waiting for that would close it.
    input: Option<ChildStdin>,
}

impl LocalModel {
    /// Fetches model and server, if they are not there, starts it on a free port of loopback, and waits until it is loaded.
    /// Its log goes to `folder`.
    ///
    /// # Errors
    /// When something can't be fetched, or the server does not start.
    pub async fn start(artifacts: &ArtifactsConfig, folder: &Path) -> anyhow::Result<Self> {
        let server = fetched(artifacts, SERVER).await?;
        let model = fetched(artifacts, MODEL).await?;
        // The system chooses; nobody is likely to take it in the next moment, and the server says so if somebody does.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let address = free
            .and_then(|listener| listener.local_addr())
            .context("no port is free")?;
        let key = new_key().context("there is no randomness for a key")?;
        let command = Command {
            server,
            model,
            log: folder.join(LOG),
            address,
            key: key.clone(),
        };
        output::note(&format!(
            "loading the local language model ({} threads)",
            threads()
        ));
        let running = command.launch().await?;
        let stop = CancellationToken::new();
        let supervisor = tokio::spawn(supervise(command, running, stop.clone()));
        Ok(Self {
            address,
            key,
            stop,
            supervisor,
        })
    }

    /// Has this model asked, in few words. It takes one question after the other, and its time.
    pub fn set(&self, config: &mut ModelsConfig, effort: &mut Effort) {
        effort.prompt = Prompt::Short;
        let usual = ModelsConfig::default();
        config.base_url = vec![format!("http://{}/v1", self.address)];
        config.model = vec![NAME.to_owned()];
        config.api_key = Some(self.key.clone().into());
        config.api_key_file = None;
        config.concurrency = 1;
        if config.timeout_seconds == usual.timeout_seconds {
            config.timeout_seconds = PATIENCE;
        }
        if config.idle_seconds == usual.idle_seconds {
            config.idle_seconds = PATIENCE;
        }
    }

    /// Ends it and waits until it is gone.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.supervisor.await {
            tracing::warn!(%error, "the local model's supervisor failed");
        }
    }
}

/// Threads that compute. Those of llama.cpp wait for each other by spinning: where one has no processor of its own, all of
/// them wait for it, and two on two busy processors are many times slower than one alone. So one processor is left to the
/// services, and those that others use at this moment to them.
fn threads() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    // Linux tells how many processes run or wait, on average over a minute; elsewhere nobody is assumed to.
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load
        .split_whitespace()
        .next()
        .and_then(|load| load.parse::<f64>().ok());
    threads_for(processors, load.unwrap_or(0.0))
}

fn threads_for(processors: usize, load: f64) -> usize {
    let busy = std::iter::successors(Some(0_usize), |count| Some(count + 1))
        .take(processors)
        .filter(|count| load > *count as f64 + 0.5)
        .count();
    let free = processors.saturating_sub(busy.max(1));
    free.clamp(1, MOST_THREADS)
}

async fn fetched(artifacts: &ArtifactsConfig, name: &'static str) -> anyhow::Result<PathBuf> {
    let cache = artifacts.open();
    tokio::task::spawn_blocking(move || cache.ensure(name))
        .await
        .with_context(|| format!("fetching {name} was broken off"))?
        .with_context(|| format!("{name} is needed for --local-model"))
}

impl Command {
    /// Starts it and waits until its model is loaded.
    async fn launch(&self) -> anyhow::Result<Running> {
        let log = std::fs::File::create(&self.log)
            .with_context(|| format!("can't write {}", self.log.display()))?;
        let threads = threads().to_string();
        let mut child = guarded(&self.server)
            .arg("--model")
            .arg(&self.model)
            .args([
                "--host",
                &self.address.ip().to_string(),
                "--port",
                &self.address.port().to_string(),
            ])
            .args([
                "--alias",
                NAME,
                "--ctx-size",
                &CONTEXT.to_string(),
                // Two questions at once, each with its own memory of what it was told, out of one pool.
                "--parallel",
                "2",
                "--kv-unified",
            ])
            .args(["--threads", &threads, "--threads-batch", &threads, "--poll", "0"])
            .args(["--no-webui", "--offline"])
            .stdin(Stdio::piped())
            .stdout(log.try_clone().context("the log can't be shared")?)
            .stderr(log)
            // What its threads wait for each other with sleeps instead of spinning.
            .env("OMP_WAIT_POLICY", "passive")
            // Arguments are for everybody to see, the environment is not.
            .env("LLAMA_API_KEY", &self.key)
            // A Ctrl-C in the terminal is for us: questions that are under way end first.
            .process_group(0)
            .spawn()
            .with_context(|| format!("can't run {}", self.server.display()))?;
        let deadline = Instant::now() + LOAD;
        loop {
            if let Some(status) = child.try_wait().context("the local model can't be waited for")? {
                anyhow::bail!("the local model ended with {status}; see {}", self.log.display());
            }
            if is_ready(self.address).await {
                let input = child.stdin.take();
                return Ok(Running { child, input });
            }
            if Instant::now() >= deadline {
                // Dropping it closes the guard's input, which ends it.
                anyhow::bail!(
                    "the local model was not loaded within {} s; see {}",
                    LOAD.as_secs(),
                    self.log.display()
                );
            }
            sleep(LOOK).await;
        }
    }
}

/// Starts it again whenever it ends by itself, until it is told to.
async fn supervise(command: Command, mut running: Running, stop: CancellationToken) {
    let (mut pause, longest) = PAUSE;
    loop {
        let began = Instant::now();
        let status = tokio::select! {
            status = running.child.wait() => status,
            () = stop.cancelled() => break,
        };
        match status {
            Ok(status) => tracing::warn!(%status, "the local model ended and is started again"),
            Err(error) => tracing::warn!(%error, "the local model can't be waited for and is started again"),
        }
        if began.elapsed() > longest {
            pause = PAUSE.0;
        }
        running = loop {
            tokio::select! {
                () = sleep(pause) => {}
                () = stop.cancelled() => return,
            }
            pause = (pause * 2).min(longest);
            let launched = tokio::select! {
                launched = command.launch() => launched,
                () = stop.cancelled() => return,
            };
            match launched {
                Ok(running) => break running,
                Err(error) => tracing::warn!(error = format!("{error:#}"), "the local model does not start"),
            }
        };
    }
    // The guard sees the end of its input and ends the server.
    drop(running.input.take());
    if timeout(END, running.child.wait()).await.is_err() {
        tracing::warn!("the local model did not end in time");
    }
}

/// Whether the server says that it can be asked.
async fn is_ready(address: SocketAddr) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream
            .write_all(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
            .await?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await?;
        std::io::Result::Ok(head)
    };
    matches!(timeout(LOOK * 10, asked).await, Ok(Ok(head)) if head.ends_with(b" 200"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_leave_room_for_others() {
        for (processors, load, expect) in [
            (1, 0.0, 1),
            (2, 0.0, 1),
            (2, 9.0, 1),
            (4, 0.2, 3),
            (8, 0.0, 7),
            (8, 5.2, 3),
            (64, 3.0, 8),
        ] {
            assert_eq!(threads_for(processors, load), expect, "{processors} {load}");
        }
    }

    #[tokio::test]
    async fn it_is_ready_once_it_says_so() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers = tokio::spawn(async move {
            for status in ["503 Service Unavailable", "200 OK"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 256];
                let _ = stream.read(&mut request).await.unwrap();
                let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(reply.as_bytes()).await.unwrap();
            }
        });
        assert!(!is_ready(address).await);
        assert!(is_ready(address).await);
        answers.await.unwrap();
        assert!(!is_ready(address).await);
    }

    /// Says on every connection that it can be asked.
    async fn healthy() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 256]).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            }
        });
        address
    }

    fn runs(pid: &str) -> bool {
        let asked = std::process::Command::new("kill")
            .args(["-0", pid])
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    }

    /// Waits until a condition holds.
    async fn until(what: &str, holds: impl Fn() -> bool) {
        let waited = async {
            while !holds() {
                sleep(LOOK / 5).await;
            }
        };
        timeout(LOAD, waited)
            .await
            .unwrap_or_else(|_| panic!("{what} did not come"));
    }

    #[tokio::test]
    async fn it_is_started_again_when_it_ends_and_ends_with_us() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let server = folder.path().join("server");
        let pids = folder.path().join("pids");
        let script = format!("#!/bin/sh\necho $$ >> {}\nexec sleep 600\n", pids.display());
        std::fs::write(&server, script).unwrap();
        std::fs::set_permissions(&server, std::fs::Permissions::from_mode(0o755)).unwrap();
        let command = Command {
            server,
            model: folder.path().join("model"),
            log: folder.path().join(LOG),
            address: healthy().await,
            key: "key".to_owned(),
        };
        let started = || -> Vec<String> {
            let text = std::fs::read_to_string(&pids).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        };
        let running = command.launch().await.unwrap();
        let stop = CancellationToken::new();
        let supervisor = tokio::spawn(supervise(command, running, stop.clone()));
        until("its start", || started().len() == 1).await;
        let first = started().remove(0);
        // It is there to be killed: being waited for does not end it.
        let killed = std::process::Command::new("kill").arg(&first).status().unwrap();
        assert!(killed.success());
        until("its second start", || started().len() == 2).await;
        let second = started().remove(1);
        assert!(runs(&second) && !runs(&first));
        stop.cancel();
        supervisor.await.unwrap();
        until("its end", || !runs(&second)).await;
        assert_eq!(started(), [first, second]);
    }
}
