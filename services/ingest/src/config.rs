//! What can be set from outside.

use std::path::PathBuf;
use std::time::Duration;

use bus::{BusConfig, DeliverySettings};
use clap::ArgAction;
use clap::builder::BoolishValueParser;
use sandbox::SandboxConfig;
use telemetry::TelemetryConfig;

use crate::limits::Limits;

/// Reads spreadsheets and documents from the bus into typed tables and passages.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "ingest", version)]
pub struct Config {
    #[command(flatten)]
    /// Where the bus is.
    pub bus: BusConfig,

    #[command(flatten)]
    /// How it is observed.
    pub telemetry: TelemetryConfig,

    #[command(flatten)]
    /// How its workers are locked in.
    pub sandbox: SandboxConfig,

    #[command(flatten)]
    /// How much it takes on.
    pub ingest: IngestConfig,
}

/// Names the library for PDF documents, for the service and, again, for each of its workers.
pub(crate) const PDFIUM: &str = "CONTRAIL_PDFIUM";

/// The library that the service has named for this worker, which has nothing else to go by before it is locked in.
pub(crate) fn pdfium_of_worker() -> Option<PathBuf> {
    std::env::var_os(PDFIUM).map(PathBuf::from)
}

/// Limits of the service.
#[derive(Debug, Clone, clap::Args)]
pub struct IngestConfig {
    /// Bytes that one file may have.
    #[arg(long = "ingest-max-bytes", env = "CONTRAIL_INGEST_MAX_BYTES", default_value_t = Limits::default().bytes)]
    pub max_bytes: u64,

    /// Bytes that a zipped workbook may unpack to.
    #[arg(long = "ingest-max-unpacked-bytes", env = "CONTRAIL_INGEST_MAX_UNPACKED_BYTES", default_value_t = Limits::default().unpacked_bytes)]
    pub max_unpacked_bytes: u64,

    /// Rows that one table may have.
    #[arg(long = "ingest-max-rows", env = "CONTRAIL_INGEST_MAX_ROWS", default_value_t = Limits::default().rows)]
    pub max_rows: usize,

    /// Columns that one table may have.
    #[arg(long = "ingest-max-columns", env = "CONTRAIL_INGEST_MAX_COLUMNS", default_value_t = Limits::default().columns)]
    pub max_columns: usize,

    /// Cells that one table may have.
    #[arg(long = "ingest-max-cells", env = "CONTRAIL_INGEST_MAX_CELLS", default_value_t = Limits::default().cells)]
    pub max_cells: usize,

    /// Pages of one document that are read.
    #[arg(long = "ingest-max-pages", env = "CONTRAIL_INGEST_MAX_PAGES", default_value_t = Limits::default().pages)]
    pub max_pages: u32,

    /// Pixels that a picture may have.
    #[arg(long = "ingest-max-pixels", env = "CONTRAIL_INGEST_MAX_PIXELS", default_value_t = Limits::default().pixels)]
    pub max_pixels: u64,

    /// Whether the rows of tables can be found by search, besides being computed with.
    #[arg(
        long = "ingest-row-passages",
        env = "CONTRAIL_INGEST_ROW_PASSAGES",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::Set,
        default_value_t = true
    )]
    pub row_passages: bool,

    /// Path of libpdfium, as `contrail artifacts fetch pdfium` gets it; none: no PDF documents.
    #[arg(long = "pdfium", env = PDFIUM, value_name = "FILE")]
    pub pdfium: Option<PathBuf>,

    /// Files read at once.
    #[arg(
        long = "ingest-concurrency",
        env = "CONTRAIL_INGEST_CONCURRENCY",
        default_value_t = 2
    )]
    pub concurrency: usize,

    /// Seconds that the bytes of a deleted file stay, for an upload of the same bytes that is still on its way.
    #[arg(
        long = "ingest-keep-released",
        env = "CONTRAIL_INGEST_KEEP_RELEASED",
        default_value_t = 600
    )]
    pub keep_released_seconds: u64,
}

impl Default for IngestConfig {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            max_bytes: limits.bytes,
            max_unpacked_bytes: limits.unpacked_bytes,
            max_rows: limits.rows,
            max_columns: limits.columns,
            max_cells: limits.cells,
            max_pages: limits.pages,
            max_pixels: limits.pixels,
            row_passages: true,
            pdfium: None,
            concurrency: 2,
            keep_released_seconds: 600,
        }
    }
}

impl IngestConfig {
    /// How much one file may hold.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            bytes: self.max_bytes,
            unpacked_bytes: self.max_unpacked_bytes,
            rows: self.max_rows,
            columns: self.max_columns,
            cells: self.max_cells,
            row_passages: if self.row_passages { usual.row_passages } else { 0 },
            pages: self.max_pages,
            pixels: self.max_pixels,
            ..usual
        }
    }

    /// How jobs are delivered.
    #[must_use]
    pub fn delivery(&self) -> DeliverySettings {
        DeliverySettings {
            concurrency: self.concurrency.max(1),
            ..DeliverySettings::default()
        }
    }

    /// How long released bytes stay.
    #[must_use]
    pub fn keep_released(&self) -> Duration {
        Duration::from_secs(self.keep_released_seconds)
    }
}
