//! A private nats-server as a child process.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::Deserialize;
use tokio::fs;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::fault::Source;

/// How long the server may take to be ready, and to be gone.
const LIMIT: Duration = Duration::from_secs(10);
/// How often we look whether it is.
const LOOK: Duration = Duration::from_millis(10);
/// Its log, under the store.
const LOG: &str = "nats-server.log";
/// Its users, under the store; without this file everybody may do everything.
const USERS: &str = "users.conf";
/// Lines of the log that an error shows.
const LINES: usize = 12;

/// Runs a command until it ends or our end of the guard's standard input is closed, as the system does when we are
/// killed. A plain child would outlive a killed parent, and what else would end it (`PR_SET_PDEATHSIG`) needs unsafe code.
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(cat <&3 >/dev/null; kill "$server" 2>/dev/null) &
watcher=$!
exec 3<&-
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
"#;

/// The command of a program that ends with us, also when we are killed. Its standard input is to be a pipe, whose end ends it.
#[must_use]
pub fn guarded(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", GUARD, "guard"]).arg(program);
    command
}

/// A running nats-server that ends with its owner, also when the owner is killed.
#[derive(Debug)]
pub struct NatsServer {
    guard: Child,
    binary: PathBuf,
    store: PathBuf,
    port: u16,
    url: String,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Its folder can't be written.
    #[error("can't prepare {path}")]
    Store {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The binary, or the shell that guards it, can't be run.
    #[error("can't run {binary}")]
    Run {
        /// The binary.
        binary: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It ended at once.
    #[error("nats-server ended with {status}; the end of its log:\n{log}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// The last lines of its log.
        log: String,
    },
    /// It is not ready in time.
    #[error("nats-server was not ready within {} seconds; the end of its log:\n{log}", LIMIT.as_secs())]
    NotReady {
        /// The last lines of its log.
        log: String,
    },
    /// It could not be killed.
    #[error("can't kill nats-server")]
    Kill(#[source] Source),
}

/// What the server writes once it listens.
#[derive(Deserialize)]
struct Ports {
    nats: Vec<String>,
}

impl NatsServer {
    /// Starts `binary` on a free port of loopback with JetStream under `store`, and waits until it is ready.
    ///
    /// # Errors
    /// When the binary can't be run, or says why it won't, or is not ready within ten seconds.
    pub async fn start(binary: &Path, store: &Path) -> Result<Self, ServerError> {
        // -1: the system chooses.
        Self::launch(binary, store, "-1").await
    }

    /// Starts it with users, as [`crate::permissions::server_configuration`] writes them: nobody else may connect.
    ///
    /// # Errors
    /// See [`NatsServer::start`]; also when the users can't be written.
    pub async fn start_with_users(binary: &Path, store: &Path, users: &str) -> Result<Self, ServerError> {
        let path = store.join(USERS);
        fs::write(&path, users)
            .await
            .map_err(|source| ServerError::Store { path, source })?;
        Self::start(binary, store).await
    }

    /// Where clients connect, `nats://127.0.0.1:<port>`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process id of the server itself.
    ///
    /// # Errors
    /// When its file can't be read.
    pub async fn pid(&self) -> Result<u32, ServerError> {
        let path = self.store.join("nats-server.pid");
        let text = fs::read_to_string(&path).await;
        let pid = text.and_then(|text| text.trim().parse().map_err(io::Error::other));
        pid.map_err(|source| ServerError::Store { path, source })
    }

    /// Ends the server and waits until it is gone.
    pub async fn stop(mut self) {
        // The guard sees the end of its input and ends the server, which writes out what it holds.
        drop(self.guard.stdin.take());
        if tokio::time::timeout(LIMIT, self.guard.wait()).await.is_err() {
            tracing::warn!("nats-server did not end in time and is killed");
            if let Err(error) = self.kill().await {
                tracing::warn!(%error, "nats-server can't be killed");
            }
        }
    }

    /// Kills the server as a crash would, and waits until it is gone: for tests of what survives that.
    ///
    /// # Errors
    /// When its process can't be found or killed.
    pub async fn kill(&mut self) -> Result<(), ServerError> {
        let pid = self.pid().await?;
        let status = Command::new("kill")
            .args(["-9", &pid.to_string()])
            .stderr(Stdio::null())
            .status()
            .await;
        status.map_err(|error| ServerError::Kill(error.into()))?;
        let gone = tokio::time::timeout(LIMIT, self.guard.wait()).await;
        gone.map_err(|elapsed| ServerError::Kill(elapsed.into()))?
            .map_err(|error| ServerError::Kill(error.into()))?;
        Ok(())
    }

    /// Starts a killed server again, on the same port and store.
    ///
    /// # Errors
    /// See [`NatsServer::start`].
    pub async fn restart(&mut self) -> Result<(), ServerError> {
        *self = Self::launch(&self.binary, &self.store, &self.port.to_string()).await?;
        Ok(())
    }

    async fn launch(binary: &Path, store: &Path, port: &str) -> Result<Self, ServerError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ServerError::Store { path, source }
        };
        let ports = store.join("ports");
        // What an earlier run left would be taken for this one's.
        match fs::remove_dir_all(&ports).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&ports)(error)),
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(&ports).await.map_err(failed(&ports))?;
        let config = store.join("nats-server.conf");
        fs::write(&config, configuration(store, port))
            .await
            .map_err(failed(&config))?;
        let log_path = store.join(LOG);
        let log = exclusive(&log_path).await.map_err(failed(&log_path))?;
        let errors = log.try_clone().map_err(failed(&log_path))?;

        let run = |source| ServerError::Run {
            binary: binary.to_owned(),
            source,
        };
        let mut guard = guarded(binary)
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(errors)
            // A Ctrl-C in the terminal is for us: the server is needed until we have drained.
            .process_group(0)
            .spawn()
            .map_err(run)?;

        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(status) = guard.try_wait().map_err(run)? {
                return Err(ServerError::Ended {
                    status,
                    log: tail(&log_path).await,
                });
            }
            if let Some(port) = listening(&ports).await {
                let (binary, store) = (binary.to_owned(), store.to_owned());
                return Ok(Self {
                    guard,
                    binary,
                    store,
                    port,
                    url: format!("nats://127.0.0.1:{port}"),
                });
            }
            if Instant::now() >= deadline {
                // Dropping the guard closes its input.
                return Err(ServerError::NotReady {
                    log: tail(&log_path).await,
                });
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Opens the log anew once no earlier server is at work on this store: two of them would spoil it. Server and guard
/// inherit the lock on the log, so that it ends when the last of them is gone, also where their owner was killed.
async fn exclusive(path: &Path) -> io::Result<File> {
    let log = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    let deadline = Instant::now() + LIMIT;
    loop {
        match log.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => tokio::time::sleep(LOOK).await,
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("another nats-server is at work on this store"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    log.set_len(0)?;
    Ok(log)
}

/// Loopback only, no HTTP. `sync_interval` is quoted: without quotes its unit would be lost.
fn configuration(store: &Path, port: &str) -> String {
    let quoted = |path: PathBuf| serde_json::Value::from(path.display().to_string()).to_string();
    // The server takes the path from the folder of its configuration.
    let users = if store.join(USERS).exists() {
        format!("include \"{USERS}\"\n")
    } else {
        String::new()
    };
    format!(
        "# Written at each start.\n\
         host: \"127.0.0.1\"\n\
         port: {port}\n\
         max_payload: 1MB\n\
         pid_file: {pid}\n\
         ports_file_dir: {ports}\n\
         jetstream {{\n\
         \x20 store_dir: {jetstream}\n\
         \x20 # Streams set limits of their own; together they may promise more than the disk has.\n\
         \x20 max_file_store: 4TB\n\
         \x20 sync_interval: \"10s\"\n\
         }}\n\
         {users}",
        pid = quoted(store.join("nats-server.pid")),
        ports = quoted(store.join("ports")),
        jetstream = quoted(store.join("jetstream")),
    )
}

/// The port, once the server has written it.
async fn listening(folder: &Path) -> Option<u16> {
    let mut files = fs::read_dir(folder).await.ok()?;
    while let Some(file) = files.next_entry().await.ok()? {
        let text = fs::read_to_string(file.path()).await.ok()?;
        // Half a file does not decode, and is read again.
        let ports: Option<Ports> = serde_json::from_str(&text).ok();
        let port = ports.and_then(|ports| ports.nats.first()?.rsplit(':').next()?.parse().ok());
        if port.is_some() {
            return port;
        }
    }
    None
}

/// The last lines of the log.
async fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).await.unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(LINES)..)
        .unwrap_or_default()
        .join("\n")
}
