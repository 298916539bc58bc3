//! What words mean to a tenant: one record, changed as a whole, since its entries name each other.

use schemas::glossary::check::GlossaryError;
use schemas::{Glossary, TenantId};

use crate::connection::Bus;
use crate::records::RecordsError;

/// The bucket.
const BUCKET: &str = "glossary";
/// The key of a tenant's only record in it.
const KEY: &str = "entries";

/// Why a glossary can't be changed.
#[derive(Debug, thiserror::Error)]
pub enum GlossaryChangeError {
    /// It would make no sense.
    #[error(transparent)]
    Invalid(GlossaryError),
    /// The record can't be read or written.
    #[error("the key-value store failed")]
    Records(#[from] RecordsError),
}

impl Bus {
    /// The glossary of a tenant; an empty one where there is none.
    ///
    /// # Errors
    /// When the bucket is missing, the server does not answer, or the record can't be decoded.
    pub async fn glossary(&self, tenant: &TenantId) -> Result<Glossary, RecordsError> {
        let records = self.records::<Glossary>(BUCKET, tenant).await?;
        let record = records.get(KEY).await?;
        Ok(record.map(|record| record.value).unwrap_or_default())
    }

    /// Changes the glossary of a tenant; returns what it is then. `change` may be called several times, where others change it
    /// meanwhile.
    ///
    /// # Errors
    /// [`GlossaryChangeError::Invalid`] where it would make no sense: it stays as it is then. Else see [`Bus::glossary`].
    pub async fn change_glossary<F>(
        &self,
        tenant: &TenantId,
        mut change: F,
    ) -> Result<Glossary, GlossaryChangeError>
    where
        F: FnMut(Glossary) -> Glossary + Send,
    {
        let records = self.records::<Glossary>(BUCKET, tenant).await?;
        let mut invalid = None;
        let changed = records
            .update(KEY, |known| {
                let wanted = change(known.cloned().unwrap_or_default());
                invalid = wanted.check().err();
                invalid.is_none().then_some(wanted)
            })
            .await?;
        match invalid {
            Some(error) => Err(GlossaryChangeError::Invalid(error)),
            None => Ok(changed.unwrap_or_default()),
        }
    }
}
