//! What can go wrong with the index.

use std::io;
use std::path::PathBuf;

use crate::space::Space;

/// Why an operation on the index failed.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Neither a server nor a folder is given.
    #[error("there is no place for the index: set QDRANT_URL, or give a folder")]
    NoPlace,
    /// The server's address is none.
    #[error("QDRANT_URL {url:?} is no address")]
    Address {
        /// What it says.
        url: String,
        /// What is wrong with it.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The file with the server's key can't be read.
    #[error("can't read the key of Qdrant from {path}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The server can't be reached, or did not answer in time.
    #[error("Qdrant at {url} can't be reached to {action}")]
    Unreachable {
        /// Its address.
        url: String,
        /// What was to be done.
        action: &'static str,
        /// What the client said.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The server does not accept the key, or wants one.
    #[error("Qdrant at {url} refuses the key to {action}: set QDRANT_API_KEY_FILE")]
    Unauthorized {
        /// Its address.
        url: String,
        /// What was to be done.
        action: &'static str,
        /// What the client said.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The server is overloaded or fails.
    #[error("Qdrant could not {action}")]
    Busy {
        /// What was to be done.
        action: &'static str,
        /// What the client said.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The server does not do what it is asked for.
    #[error("Qdrant refused to {action}")]
    Refused {
        /// What was to be done.
        action: &'static str,
        /// What the client said.
        #[source]
        source: Box<qdrant_client::QdrantError>,
    },
    /// The embedded engine failed.
    #[error("the embedded index could not {action}")]
    Engine {
        /// What was to be done.
        action: &'static str,
        /// What the engine said.
        #[source]
        source: Box<qdrant_edge::OperationError>,
    },
    /// Another process has the embedded index.
    #[error("another process is at work on the index in {folder}: stop it, or set QDRANT_URL for both")]
    Locked {
        /// Where it is.
        folder: PathBuf,
    },
    /// The folder of the embedded index can't be used.
    #[error("can't {action} {path}")]
    Folder {
        /// What was to be done.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The embedded engine broke off, for instance on a full disk.
    #[error("the embedded index broke off")]
    Broken(#[source] tokio::task::JoinError),
    /// A vector is not as long as those of its space.
    #[error("a vector has {got} dimensions, and those of {space} are of another length")]
    Dimension {
        /// The space.
        space: Space,
        /// How long the vector is.
        got: usize,
    },
    /// A vector holds what is no number.
    #[error("a vector for {space} holds infinity or what is no number")]
    NotFinite {
        /// The space.
        space: Space,
    },
    /// The filter's moment is none.
    #[error("{text:?} is no moment of RFC 3339")]
    Moment {
        /// What it says.
        text: String,
        /// What is wrong with it.
        #[source]
        source: chrono::ParseError,
    },
    /// What is stored with a passage can't be read.
    #[error("the passage {id} in {space} can't be read")]
    Stored {
        /// The space.
        space: Space,
        /// The point.
        id: uuid::Uuid,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

impl IndexError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Busy { .. }
            | Self::Broken(_)
            | Self::Locked { .. }
            | Self::Folder { .. } => true,
            Self::Engine { source, .. } => {
                use qdrant_edge::OperationError as E;
                match source.as_ref() {
                    E::ServiceError { .. }
                    | E::OutOfMemory { .. }
                    | E::Cancelled { .. }
                    | E::Timeout { .. } => true,
                    E::WrongVectorDimension { .. }
                    | E::VectorNameNotExists { .. }
                    | E::PointIdError { .. }
                    | E::TypeError { .. }
                    | E::TypeInferenceError { .. }
                    | E::InconsistentStorage { .. }
                    | E::ValidationError { .. }
                    | E::WrongSparse
                    | E::WrongMulti
                    | E::MissingRangeIndexForOrderBy { .. }
                    | E::MissingMapIndexForFacet { .. }
                    | E::VariableTypeError { .. }
                    | E::NonFiniteNumber { .. } => false,
                }
            }
            Self::NoPlace
            | Self::Address { .. }
            | Self::Key { .. }
            | Self::Unauthorized { .. }
            | Self::Refused { .. }
            | Self::Dimension { .. }
            | Self::NotFinite { .. }
            | Self::Moment { .. }
            | Self::Stored { .. } => false,
        }
    }
}
