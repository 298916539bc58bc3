//! The ingest service: files in; typed tables, their profiles, and passages out.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | what can be set from outside |
//! | [`handler`] | the flow of one job, step by step repeatable |
//! | `addition`, `course`, `deletion` | a file on its way in; the steps of one version of it; on its way out |
//! | `continuation`, `making` | a document goes on: pages were recognized, passages are cut, they can be found |
//! | `reading`, `assembly` | from stored bytes to stored tables and documents, through workers |
//! | [`worker`] | the worker: reads one file in a process that can do nothing else |
//! | `parts` | what a worker gives on its way into the object store |
//! | `answer`, `breach` | what a worker says, held against what is known; what its end says of the file |
//! | `changes` | what people decide instead of the reader |
//! | `contents` | who holds which bytes, and when they go |
//! | [`retention`] | what was kept long enough goes |
//! | [`error`] | why a job fails, and what that means for it |
//! | [`read`] | bytes in, typed tables out: one pure function |
//! | [`document`] | bytes in, blocks and pages out: PDF, DOCX, PPTX, HTML, Markdown, text, e-mails, pictures |
//! | [`passages`] | what the search finds: text by its headings, rows of tables |
//! | [`kind`] | a name's promise and the bytes' truth |
//! | [`text`], [`delimited`], `fields` | encodings; CSV and TSV; records and their quotes |
//! | [`workbook`] | XLSX, XLS, ODS |
//! | `objects`, `columnar` | JSON and JSON lines; Parquet |
//! | `address` | where a cell is |
//! | [`grid`] | a sheet as written: raw cells with addresses |
//! | [`blocks`] | the tables of one sheet |
//! | [`header`], [`totals`] | which rows are names, data, totals, notes |
//! | [`cell`], [`number`], [`moment`], [`period`], [`unit`] | what one cell may be |
//! | `notes` | sheets of words, which are no tables |
//! | [`typing`], `census`, `columns` | what a column is; all columns at the same time |
//! | `table`, `frame`, `profile` | Parquet, and what is known of it |
//! | [`bare`] | what the libraries alone do with the same bytes, to be measured against |
//! | [`limits`], [`rejected`] | how much a file may hold; what is wrong with it |

mod addition;
mod address;
mod answer;
mod assembly;
mod breach;
mod census;
mod changes;
mod columnar;
mod columns;
mod contents;
mod continuation;
mod course;
mod deletion;
mod fields;
mod frame;
mod making;
mod notes;
mod objects;
mod parts;
mod profile;
mod reading;
mod table;

pub mod bare;
pub mod blocks;
pub mod cell;
pub mod config;
pub mod delimited;
pub mod document;
pub mod error;
pub mod grid;
pub mod handler;
pub mod header;
pub mod kind;
pub mod limits;
pub mod moment;
pub mod number;
pub mod passages;
pub mod period;
pub mod read;
pub mod rejected;
pub mod retention;
pub mod text;
pub mod totals;
pub mod typing;
pub mod unit;
pub mod workbook;
pub mod worker;

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use sandbox::{Pool, SandboxConfig};
use schemas::TenantId;
use schemas::jobs::IngestJob;
use tokio_util::sync::CancellationToken;

pub use config::IngestConfig;
pub use limits::Limits;
pub use read::{ReadTable, Stage, read, read_with};
pub use rejected::Rejected;
pub use worker::WORKER;

use crate::contents::Contents;
use crate::error::{IngestError, StartError};
use crate::handler::Ingest;

/// What polars may know of its surroundings: more threads than a worker may have would end it on a large machine, and the
/// same number everywhere gives the same files everywhere.
const ENVIRONMENT: [(&str, &str); 1] = [("POLARS_MAX_THREADS", "4")];

/// Starts the workers that read files.
///
/// # Errors
/// Where the machine doesn't give the layers of a sandbox: the service must not start then.
pub async fn start_workers(config: &IngestConfig, sandbox: &SandboxConfig) -> Result<Pool, StartError> {
    let mut settings = sandbox.pool(&WORKER, sandbox::Limits::parse(config.max_bytes))?;
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    settings.environment = ENVIRONMENT.into_iter().map(own).collect();
    settings.environment.extend(library(config));
    let pool = tokio::task::spawn_blocking(|| Pool::start(settings)).await??;
    if pool.mode().stamp().is_some() {
        tracing::warn!(
            "files are read without a sandbox where this machine gives none: --insecure-no-sandbox"
        );
    }
    Ok(pool)
}

/// The name of the library for PDF documents, for workers, which load it before they are locked in.
fn library(config: &IngestConfig) -> Option<(String, String)> {
    let path = config.pdfium.as_deref()?;
    // A worker may begin in another folder.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let Some(path) = path.to_str() else {
        tracing::warn!("the path of libpdfium is no UTF-8: PDF documents are refused");
        return None;
    };
    Some((config::PDFIUM.to_owned(), path.to_owned()))
}

/// Serves ingest jobs until `shutdown`, and removes what no file holds any longer.
///
/// # Errors
/// When the queue is not there.
pub async fn run(
    bus: Bus,
    config: &IngestConfig,
    workers: Pool,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let handler = Ingest::new(bus.clone(), config.limits(), Arc::new(workers));
    let delivery = config.delivery();
    let removing = shutdown.child_token();
    let remover = tokio::spawn(remove_regularly(
        bus.clone(),
        config.keep_released(),
        removing.clone(),
    ));
    let expiring = tokio::spawn(retention::regularly(bus.clone(), removing.clone()));
    let served = bus.serve::<IngestJob, _>(handler, &delivery, shutdown).await;
    removing.cancel();
    // It ends by itself, at once or after the content at hand.
    remover.await?;
    expiring.await?;
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
