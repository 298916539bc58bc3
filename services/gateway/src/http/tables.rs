//! What was found in the tables of a file.

use schemas::file::FileRecord;
use schemas::table::TableProfile;
use schemas::{FileId, TenantId};
use serde::Serialize;

use super::App;
use super::problem::Problem;

/// Bytes that a profile may have.
const MAX_PROFILE: u64 = 64 << 20;

/// The tables of the active version, in the order of the file; none before the first success.
#[derive(Debug, Serialize)]
pub struct Tables {
    file: FileId,
    tables: Vec<TableProfile>,
}

/// Reads the profiles.
///
/// # Errors
/// When the bus fails, or a profile is damaged.
pub async fn read(app: &App, tenant: &TenantId, record: FileRecord) -> Result<Tables, Problem> {
    let objects = app.bus.files(tenant).await?;
    let mut tables = Vec::new();
    for table in record.active.iter().flat_map(|version| &version.tables) {
        let bytes = objects.get(table.profile.as_str(), MAX_PROFILE).await?;
        let profile = serde_json::from_slice(&bytes).map_err(|error| Problem::Internal(error.into()))?;
        tables.push(profile);
    }
    Ok(Tables {
        file: record.file,
        tables,
    })
}
