//! One query by the two engines alone, at the same time, which our answers are measured against: no plan, no ledger, no checks, no
//! sandbox. It is about the orders of `contrail bench tables`: what each category comes to in March 2024.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use polars::prelude::{LazyFrame, PlRefPath, ScanArgsParquet, col, lit};

const COLUMNS: [&str; 3] = ["day", "category", "amount"];
const SQL: &str = "SELECT category, SUM(amount) FROM orders \
                   WHERE day >= DATE '2024-03-01' AND day < DATE '2024-04-01' GROUP BY category";

/// What each category comes to.
pub type Sums = BTreeMap<String, f64>;

/// Has both read a Parquet with `day`, `category` and `amount`, and waits for both.
///
/// # Errors
/// When one of them fails, or they have not as many groups.
pub async fn both(path: &Path) -> anyhow::Result<Sums> {
    let (first, second) = (path.to_owned(), path.to_owned());
    let (sums, groups) = tokio::join!(
        tokio::task::spawn_blocking(move || by_polars(&first)),
        tokio::spawn(by_datafusion(second)),
    );
    let (sums, groups) = (
        sums.context("Polars broke off")??,
        groups.context("DataFusion broke off")??,
    );
    ensure!(
        sums.len() == groups,
        "Polars has {} groups and DataFusion {groups}",
        sums.len()
    );
    Ok(sums)
}

fn by_polars(path: &Path) -> anyhow::Result<Sums> {
    let path = PlRefPath::new(path.to_str().context("the path is no text")?);
    let first = |month| NaiveDate::from_ymd_opt(2024, month, 1).context("there is no such day");
    let (from, to) = (lit(first(3)?), lit(first(4)?));
    let frame = LazyFrame::scan_parquet(path, ScanArgsParquet::default())?
        .filter(col("day").gt_eq(from).and(col("day").lt(to)))
        .group_by([col("category")])
        .agg([col("amount").sum()])
        .collect()?;
    let (names, sums) = (frame.column("category")?.str()?, frame.column("amount")?.f64()?);
    let sums = names
        .iter()
        .zip(sums.iter())
        .filter_map(|(name, sum)| Some((name?.to_owned(), sum?)));
    Ok(sums.collect())
}

/// How many groups there are.
async fn by_datafusion(path: PathBuf) -> anyhow::Result<usize> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    let reader = builder.with_projection(mask).build()?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let schema = batches.first().context("the table is empty")?.schema();
    let context = SessionContext::new();
    context.register_table("orders", Arc::new(MemTable::try_new(schema, vec![batches])?))?;
    let found = context.sql(SQL).await?.collect().await?;
    Ok(found.iter().map(|batch| batch.num_rows()).sum())
}
