//! What a query can reach: its tables, and the functions that plans are made of, or those that a written query may use.
//! No files, no network, no disk, no clock, no chance.

use std::sync::Arc;

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::common::cast::as_float64_array;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionStateBuilder, SessionStateDefaults};
use datafusion::functions::{core, datetime, regex, string, unicode};
use datafusion::functions_aggregate::{
    average, correlation, count, covariance, first_last, median, min_max, percentile_cont, regr, stddev,
    string_agg, sum, variance,
};
use datafusion::functions_window::{cume_dist, lead_lag, nth_value, ntile, rank, row_number};
use datafusion::logical_expr::{AggregateUDF, ColumnarValue, ScalarUDF, Volatility, WindowUDF, create_udf};
use datafusion::prelude::{SessionConfig, SessionContext};
use serde::{Deserialize, Serialize};

use super::source::Source;
use super::{arithmetic, fold};
use crate::precision;

/// The function that leaves of a computed float the digits that it can be trusted for.
pub(super) const SIGNIFICANT: &str = "significant";

/// Where a query comes from, and therefore which functions it may call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A plan, rendered.
    #[default]
    Plan,
    /// Somebody wrote it: whole numbers are divided as numbers, and names are looked up as written.
    Written,
}

/// A session of its own for one query, which may use so many bytes for what it keeps while it computes.
///
/// # Errors
/// When the engine can't be set up.
pub fn open(memory: usize, origin: Origin) -> Result<SessionContext> {
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
    // Headers keep their case, whoever forgets the quotation marks.
    config.options_mut().sql_parser.enable_ident_normalization = origin == Origin::Plan;
    let (mut scalars, mut aggregates, mut windows) = of_plans();
    if origin == Origin::Written {
        scalars.extend(arithmetic::functions());
        scalars.extend(more_scalars());
        aggregates.extend(more_aggregates());
        windows.extend(more_windows());
    }
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(scalars)
        .with_aggregate_functions(aggregates)
        .with_window_functions(windows)
        .build();
    Ok(SessionContext::new_with_state(state))
}

/// Makes a table known under all of its names.
///
/// # Errors
/// When two tables have one name.
pub fn register(session: &SessionContext, source: &Source, table: Arc<MemTable>) -> Result<()> {
    let usual = session.copied_config().options().catalog.default_schema.clone();
    session.register_table(TableReference::bare(source.table.as_str()), table.clone())?;
    for alias in &source.aliases {
        session.register_table(TableReference::bare(alias.as_str()), table.clone())?;
        let Some((schema, name)) = alias.rsplit_once('.') else {
            continue;
        };
        // What is in the schema that need not be named has its name without it, which may be another table's.
        if schema == usual {
            continue;
        }
        for catalog in session.catalog_names() {
            let catalog = session.catalog(&catalog);
            let known = catalog
                .as_ref()
                .is_some_and(|catalog| catalog.schema(schema).is_some());
            if let (Some(catalog), false) = (catalog, known) {
                catalog.register_schema(schema, Arc::new(MemorySchemaProvider::new()))?;
            }
        }
        session.register_table(TableReference::partial(schema, name), table.clone())?;
    }
    Ok(())
}

type Functions = (Vec<Arc<ScalarUDF>>, Vec<Arc<AggregateUDF>>, Vec<Arc<WindowUDF>>);

/// What plans are made of.
fn of_plans() -> Functions {
    let scalars = vec![
        datetime::date_part(),
        datetime::to_char(),
        string::contains(),
        string::ends_with(),
        string::starts_with(),
        Arc::new(fold::function()),
        Arc::new(significant()),
    ];
    let aggregates = vec![
        average::avg_udaf(),
        count::count_udaf(),
        median::median_udaf(),
        min_max::max_udaf(),
        min_max::min_udaf(),
        sum::sum_udaf(),
    ];
    let windows = vec![
        rank::dense_rank_udwf(),
        rank::rank_udwf(),
        row_number::row_number_udwf(),
    ];
    (scalars, aggregates, windows)
}

/// What else a written query may call, beside arithmetic: texts and days. Nothing that makes long texts out of short ones
/// (`repeat`, `lpad`), tells the time, plays dice or knows of files.
fn more_scalars() -> Vec<Arc<ScalarUDF>> {
    vec![
        core::coalesce(),
        core::greatest(),
        core::least(),
        core::nullif(),
        datetime::date_bin(),
        datetime::date_trunc(),
        datetime::make_date(),
        datetime::to_date(),
        regex::regexp_like(),
        regex::regexp_replace(),
        string::btrim(),
        string::concat(),
        string::lower(),
        string::ltrim(),
        string::replace(),
        string::rtrim(),
        string::split_part(),
        string::upper(),
        unicode::character_length(),
        unicode::left(),
        unicode::right(),
        unicode::strpos(),
        unicode::substr(),
    ]
}

fn more_aggregates() -> Vec<Arc<AggregateUDF>> {
    vec![
        correlation::corr_udaf(),
        covariance::covar_pop_udaf(),
        covariance::covar_samp_udaf(),
        first_last::first_value_udaf(),
        first_last::last_value_udaf(),
        percentile_cont::percentile_cont_udaf(),
        regr::regr_intercept_udaf(),
        regr::regr_r2_udaf(),
        regr::regr_slope_udaf(),
        stddev::stddev_pop_udaf(),
        stddev::stddev_udaf(),
        string_agg::string_agg_udaf(),
        variance::var_pop_udaf(),
        variance::var_samp_udaf(),
    ]
}

fn more_windows() -> Vec<Arc<WindowUDF>> {
    vec![
        cume_dist::cume_dist_udwf(),
        lead_lag::lag_udwf(),
        lead_lag::lead_udwf(),
        nth_value::first_value_udwf(),
        nth_value::last_value_udwf(),
        ntile::ntile_udwf(),
        rank::percent_rank_udwf(),
    ]
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
