//! Places for an index, and passages to put there.

use std::path::PathBuf;

use index::{Found, Index, IndexConfig, Point, Query, Space, TenantIndex};
use schemas::document::{Passage, PassageKind, Place as Where};
use schemas::{ContentId, FileId, TenantId};

pub use super::qdrant::QdrantServer;

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
