//! The ingest service: files in, typed tables and their profiles out.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | what can be set from outside |
//! | [`handler`] | the flow of one job, step by step repeatable |
//! | `reading` | from stored bytes to stored tables |
//! | `contents` | who holds which bytes, and when they go |
//! | [`error`] | why a job fails, and what that means for it |
//! | [`read`] | bytes in, typed tables out: one pure function |
//! | [`kind`] | a name's promise and the bytes' truth |
//! | [`text`], [`delimited`] | encodings; CSV and TSV |
//! | [`workbook`] | XLSX |
//! | [`grid`] | a sheet as written: raw cells with addresses |
//! | [`header`], [`totals`] | which rows are names, data, totals, notes |
//! | [`cell`], [`number`], [`moment`], [`unit`] | what one cell may be |
//! | [`typing`], `census` | what a column is |
//! | `table`, `frame`, `profile` | Parquet, and what is known of it |
//! | [`limits`], [`rejected`] | how much a file may hold; what is wrong with it |

mod census;
mod contents;
mod frame;
mod profile;
mod reading;
mod table;

pub mod cell;
pub mod config;
pub mod delimited;
pub mod error;
pub mod grid;
pub mod handler;
pub mod header;
pub mod kind;
pub mod limits;
pub mod moment;
pub mod number;
pub mod read;
pub mod rejected;
pub mod text;
pub mod totals;
pub mod typing;
pub mod unit;
pub mod workbook;

use std::time::Duration;

use bus::Bus;
use schemas::TenantId;
use schemas::jobs::IngestJob;
use tokio_util::sync::CancellationToken;

pub use config::IngestConfig;
pub use limits::Limits;
pub use read::{ReadTable, Stage, read};
pub use rejected::Rejected;

use crate::contents::Contents;
use crate::error::IngestError;
use crate::handler::Ingest;

/// Serves ingest jobs until `shutdown`, and removes what no file holds any longer.
///
/// # Errors
/// When the queue is not there.
pub async fn run(bus: Bus, config: &IngestConfig, shutdown: CancellationToken) -> anyhow::Result<()> {
    let handler = Ingest::new(bus.clone(), config.limits());
    let delivery = config.delivery();
    let removing = shutdown.child_token();
    let remover = tokio::spawn(remove_regularly(
        bus.clone(),
        config.keep_released(),
        removing.clone(),
    ));
    let served = bus.serve::<IngestJob, _>(handler, &delivery, shutdown).await;
    removing.cancel();
    // It ends by itself, at once or after the content at hand.
    remover.await?;
    Ok(served?)
}

/// Between two looks for what may be removed.
const LOOK: Duration = Duration::from_secs(60);

async fn remove_regularly(bus: Bus, keep: Duration, stop: CancellationToken) {
    let pause = keep.clamp(Duration::from_secs(1), LOOK);
    while stop
        .run_until_cancelled(tokio::time::sleep(pause))
        .await
        .is_some()
    {
        let tenants = match bus.tenants().await {
            Ok(tenants) => tenants,
            Err(error) => {
                tracing::warn!(%error, "can't list tenants; released files stay for now");
                continue;
            }
        };
        for tenant in tenants {
            if let Err(error) = remove_released(&bus, &tenant, keep).await {
                tracing::warn!(%tenant, %error, "can't remove released files; trying again later");
            }
        }
    }
}

/// Removes the bytes and tables of a tenant that no file has held for at least `keep`; how many contents that were.
///
/// # Errors
/// When the bus does not answer.
pub async fn remove_released(bus: &Bus, tenant: &TenantId, keep: Duration) -> Result<usize, IngestError> {
    Contents::open(bus, tenant).await?.remove_unheld(keep).await
}
