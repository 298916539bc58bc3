//! Places for an index, and passages to put there.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use index::{Found, Index, IndexConfig, Point, Query, Space, TenantIndex};
use schemas::document::{Passage, PassageKind, Place as Where};
use schemas::{ContentId, FileId, TenantId};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the index of one test is.
pub struct Place {
    server: Option<QdrantServer>,
    // Last, since the server writes there until it is gone.
    folder: tempfile::TempDir,
}

impl Place {
    pub fn embedded() -> Self {
        Self {
            server: None,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub async fn server() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = QdrantServer::start(folder.path(), None).await;
        Self {
            server: Some(server),
            folder,
        }
    }

    pub async fn open(&self) -> Index {
        let config = IndexConfig {
            url: self.server.as_ref().map(|server| server.url.clone()),
            ..IndexConfig::default()
        };
        Index::open(&config, Some(&self.folder())).await.unwrap()
    }

    /// Ends what is there and opens it again. The server is killed, as a crash would.
    pub async fn open_again(&mut self, index: Index) -> Index {
        drop(index);
        if let Some(server) = self.server.take() {
            drop(server);
            self.server = Some(QdrantServer::start(self.folder.path(), None).await);
        }
        self.open().await
    }

    /// The folder of the embedded engine.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("index")
    }
}

/// A running server, killed when it is dropped.
pub struct QdrantServer {
    child: Child,
    pub url: String,
}

impl QdrantServer {
    pub async fn start(folder: &Path, key: Option<&str>) -> Self {
        let binary = tokio::task::spawn_blocking(|| artifacts::Cache::new(None).ensure("qdrant-server"))
            .await
            .unwrap()
            .unwrap();
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

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

pub fn space() -> Space {
    Space {
        model: "test/model".to_owned(),
        dimension: 4,
    }
}

pub fn local(index: &Index) -> TenantIndex {
    index.tenant(&TenantId::local())
}

pub fn file(number: u8) -> FileId {
    format!("00000000-0000-7000-8000-0000000000{number:02x}")
        .parse()
        .unwrap()
}

pub fn content(number: u8) -> ContentId {
    format!("{number:064x}").parse().unwrap()
}

/// A passage of file 1, document 1.
pub fn point(index: u32, text: &str) -> Point {
    Point {
        file: file(1),
        name: "handbook.pdf".to_owned(),
        content: content(100),
        document: content(1),
        passage: Passage {
            index,
            text: text.to_owned(),
            context: String::new(),
            place: Where::default(),
            kind: PassageKind::Text,
            language: None,
            duplicate_of: None,
        },
        received: 1_700_000_000,
        dense: None,
    }
}

/// The same with a vector.
pub fn dense(index: u32, text: &str, dense: [f32; 4]) -> Point {
    Point {
        dense: Some(dense.to_vec()),
        ..point(index, text)
    }
}

/// By words and codes alone.
pub fn words(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        limit: 10,
        depth: 100,
        ..Query::default()
    }
}

/// By words, codes and meaning.
pub fn hybrid(text: &str, dense: [f32; 4]) -> Query {
    Query {
        dense: Some(dense.to_vec()),
        ..words(text)
    }
}

/// The passages that are found, by their numbers.
pub async fn numbers(index: &TenantIndex, query: &Query) -> Vec<u32> {
    numbered(&index.search(&space(), query).await.unwrap())
}

pub fn numbered(found: &[Found]) -> Vec<u32> {
    found.iter().map(|found| found.passage.index).collect()
}
