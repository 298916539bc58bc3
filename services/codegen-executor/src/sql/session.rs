//! What a query can reach: its tables, and the functions that plans are made of. No files, no network, no disk.

use std::sync::Arc;

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_float64_array;
use datafusion::error::Result;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionStateBuilder, SessionStateDefaults};
use datafusion::functions::{datetime, string};
use datafusion::functions_aggregate::{average, count, median, min_max, sum};
use datafusion::functions_window::{rank, row_number};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::{SessionConfig, SessionContext};

use super::fold;
use crate::precision;

/// The function that leaves of a computed float the digits that it can be trusted for.
pub(super) const SIGNIFICANT: &str = "significant";

/// A session of its own for one query, which may use so many bytes for what it keeps while it computes.
///
/// # Errors
/// When the engine can't be set up.
pub fn open(memory: usize) -> Result<SessionContext> {
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(memory)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    // One partition: the same order of additions each time, and no tasks that wait for others.
    let mut config = SessionConfig::new()
        .with_target_partitions(1)
        .with_information_schema(false);
    config.options_mut().execution.enable_recursive_ctes = false;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(vec![
            datetime::date_part(),
            datetime::to_char(),
            string::contains(),
            string::ends_with(),
            string::starts_with(),
            Arc::new(fold::function()),
            Arc::new(significant()),
        ])
        .with_aggregate_functions(vec![
            average::avg_udaf(),
            count::count_udaf(),
            median::median_udaf(),
            min_max::max_udaf(),
            min_max::min_udaf(),
            sum::sum_udaf(),
        ])
        .with_window_functions(vec![rank::rank_udwf(), row_number::row_number_udwf()])
        .build();
    Ok(SessionContext::new_with_state(state))
}

fn significant() -> ScalarUDF {
    create_udf(
        SIGNIFICANT,
        vec![DataType::Float64, DataType::Float64],
        DataType::Float64,
        Volatility::Immutable,
        Arc::new(round),
    )
}

fn round(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let mut numbers = Float64Array::from(Vec::<f64>::new());
    if let [computed, noise] = arrays.as_slice() {
        let pairs = as_float64_array(computed)?.iter().zip(as_float64_array(noise)?);
        numbers = pairs
            .map(|(number, noise)| Some(precision::significant(number?, noise?)))
            .collect();
    }
    Ok(ColumnarValue::Array(Arc::new(numbers)))
}
