//! Bytes that are stored before it is known whether they shall stay, and under which name: that of their content can be
//! told only when the last of them has come.

use tokio::io::AsyncRead;

use crate::chunks::{self, Written};
use crate::objects::{Objects, ObjectsError};
use schemas::ContentId;

/// Bytes in a bucket that nothing refers to. [`Objects::keep`] or [`Objects::discard`] it; what is merely dropped stays
/// until orphans are collected.
#[must_use = "it is named by `keep` or removed by `discard`"]
pub struct Unnamed(Written);

impl Unnamed {
    /// The id of its content.
    #[must_use]
    pub fn content(&self) -> ContentId {
        self.0.content()
    }

    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.size()
    }
}

impl Objects {
    /// Stores what a reader gives, for the time being without a name. `from` is what it is called in errors.
    ///
    /// # Errors
    /// See [`Objects::put_from`].
    pub async fn put_unnamed<R>(&self, from: &str, reader: &mut R) -> Result<Unnamed, ObjectsError>
    where
        R: AsyncRead + Unpin + Send,
    {
        chunks::write(self, from, reader).await.map(Unnamed)
    }

    /// Names bytes by their content. Where the same ones have that name already, those stay and these go.
    ///
    /// # Errors
    /// See [`Objects::put`].
    pub async fn keep(&self, unnamed: Unnamed) -> Result<ContentId, ObjectsError> {
        let content = unnamed.content();
        match self.size(content.as_str()).await {
            Ok(size) if size == Some(unnamed.size()) => unnamed.0.forget(self).await,
            Ok(_) => unnamed.0.name(self, content.as_str()).await?,
            Err(error) => {
                unnamed.0.forget(self).await;
                return Err(error);
            }
        }
        Ok(content)
    }

    /// Removes bytes that shall not stay.
    pub async fn discard(&self, unnamed: Unnamed) {
        unnamed.0.forget(self).await;
    }
}
