//! The real Qdrant server, for these tests and, by its path, for those of other crates.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server, killed when it is dropped.
pub struct QdrantServer {
    child: Child,
    /// Where it speaks gRPC.
    pub url: String,
}

impl QdrantServer {
    pub async fn start(folder: &Path, key: Option<&str>) -> Self {
        let cache = std::env::var_os("CONTRAIL_CACHE").map(PathBuf::from);
        let fetched = tokio::task::spawn_blocking(move || {
            artifacts::Cache::new(cache.as_deref()).ensure("qdrant-server")
        });
        let binary = fetched.await.unwrap().unwrap();
        // Whoever takes a port between our look and the server's makes it end: then it gets others.
        for _ in 0..5 {
            let (http, grpc) = (free_port(), free_port());
            let mut command = Command::new(&binary);
            command
                .current_dir(folder)
                .env_clear()
                .env("QDRANT__SERVICE__HOST", "127.0.0.1")
                .env("QDRANT__SERVICE__HTTP_PORT", http.to_string())
                .env("QDRANT__SERVICE__GRPC_PORT", grpc.to_string())
                .env("QDRANT__TELEMETRY_DISABLED", "true")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if let Some(key) = key {
                command.env("QDRANT__SERVICE__API_KEY", key);
            }
            let mut server = Self {
                child: command.spawn().unwrap(),
                url: format!("http://127.0.0.1:{grpc}"),
            };
            if server.is_ready(grpc).await {
                return server;
            }
        }
        panic!("no Qdrant server started");
    }

    /// Whether it listens before it ends.
    async fn is_ready(&mut self, port: u16) -> bool {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

impl Drop for QdrantServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on, and that no other test is given meanwhile: tests run as processes side by side, and a port that
/// the system gives is free again until the server has taken it. Below the ports that the system gives.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    (0..1_000)
        .map(|_| NEXT.fetch_add(1, Ordering::Relaxed))
        .map(|next| 10_000 + ((std::process::id() * 16 + next) % 22_000) as u16)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}
