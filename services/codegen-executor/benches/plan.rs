//! What the ledger, the checks and the types cost: plans through the engine against the bare Polars expression on the
//! same Parquet, turn by turn in one run.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table and may panic"
)]

use std::time::{Duration, Instant};

use codegen_executor::engine::ResultLimit;
use codegen_executor::tables::shared::SharedFile;
use codegen_executor::worker;
use polars::prelude::*;
use schemas::plan::{Aggregate, Comparison, Condition, GroupKey, Limit, Measure, Order, Plan, TableRef};
use schemas::table::{ColumnProfile, ColumnType, TableProfile};
use schemas::value::Value;

const ROWS: usize = 1_000_000;
const RUNS: usize = 31;
const LIMIT: ResultLimit = ResultLimit {
    rows: 10_000,
    bytes: 8 << 20,
};

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    let mut frame = generate();
    ParquetWriter::new(std::fs::File::create(&path).unwrap())
        .finish(&mut frame)
        .unwrap();
    let scan = || {
        let path = PlRefPath::new(path.to_str().unwrap());
        LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap()
    };
    let profile = profile();

    println!("{ROWS} rows, median of {RUNS} runs each, turn by turn; the goal is 1.3 × bare + 10 ms");
    println!(
        "{:<28} {:>10} {:>10} {:>7} {:>10}  goal",
        "plan", "bare ms", "engine ms", "ratio", "limit ms"
    );
    let top = Plan {
        select: vec!["id".to_owned(), "amount".to_owned()],
        order: vec![Order {
            by: "amount".to_owned(),
            descending: true,
        }],
        limit: Some(Limit {
            rows: 10,
            ties: true,
            skip: 0,
        }),
        ..plan()
    };
    compare("filter + group + sum", &grouped(), &path, &profile, || {
        scan()
            .filter(
                col("region")
                    .eq(lit("region 3"))
                    .and(col("quantity").gt(lit(20i64))),
            )
            .group_by([col("product")])
            .agg([col("amount").sum()])
            .collect()
            .unwrap()
    });
    compare("top 10", &top, &path, &profile, || {
        let options = SortMultipleOptions::new()
            .with_order_descending(true)
            .with_nulls_last(true);
        scan()
            .select([col("id"), col("amount")])
            .sort(["amount"], options)
            .limit(10)
            .collect()
            .unwrap()
    });
}

fn compare(
    name: &str,
    plan: &Plan,
    path: &std::path::Path,
    profile: &TableProfile,
    bare: impl Fn() -> DataFrame,
) {
    let through = || {
        let table = SharedFile::new(std::fs::File::open(path).unwrap()).unwrap();
        worker::plan::run(plan, profile, table, None, LIMIT).unwrap()
    };
    assert_eq!(
        through().rows.len(),
        bare().height(),
        "{name}: both give as many rows"
    );
    let (mut bare_times, mut engine_times) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        bare_times.push(timed(&bare));
        engine_times.push(timed(through));
    }
    let (bare, engine) = (median(bare_times), median(engine_times));
    let limit = bare * 1.3 + 10.0;
    let verdict = if engine <= limit { "met" } else { "missed" };
    println!(
        "{name:<28} {bare:>10.2} {engine:>10.2} {:>7.2} {limit:>10.2}  {verdict}",
        engine / bare
    );
}

fn timed<T>(work: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    let result = work();
    let time = start.elapsed();
    drop(result);
    time
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times
        .get(times.len() / 2)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn grouped() -> Plan {
    let compare = |column: &str, comparison, value| Condition::Compare {
        column: column.to_owned(),
        comparison,
        value,
    };
    Plan {
        filter: Some(Condition::And {
            all: vec![
                compare("region", Comparison::Eq, Value::from("region 3")),
                compare("quantity", Comparison::Gt, Value::from(20)),
            ],
        }),
        group: vec![GroupKey {
            column: "product".to_owned(),
            bucket: None,
        }],
        measures: vec![Measure {
            name: "sum".to_owned(),
            function: Aggregate::Sum,
            column: Some("amount".to_owned()),
            filter: None,
        }],
        ..plan()
    }
}

fn plan() -> Plan {
    let file = schemas::FileId::new("0199f1d2-7c3a-7def-8123-4567890abcde").unwrap();
    Plan {
        table: TableRef { file, index: 0 },
        join: None,
        filter: None,
        group: Vec::new(),
        measures: Vec::new(),
        select: Vec::new(),
        distinct: false,
        having: None,
        order: Vec::new(),
        limit: None,
        hidden: Vec::new(),
        decimals: None,
        derived: Vec::new(),
        computed: Vec::new(),
    }
}

/// The same rows each time: a linear congruential generator (Knuth's MMIX constants).
fn generate() -> DataFrame {
    let mut state = 42u64;
    let mut next = |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let (mut regions, mut products, mut quantities, mut amounts) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROWS {
        regions.push(format!("region {}", next(8)));
        products.push(format!("product {}", next(200)));
        quantities.push(i64::try_from(next(100)).unwrap_or(0));
        amounts.push((next(50) > 0).then(|| f64::from(u32::try_from(next(1_000_000)).unwrap_or(0)) / 100.0));
    }
    let ids: Vec<String> = (0..ROWS).map(|id| format!("A{id:07}")).collect();
    DataFrame::new_infer_height(vec![
        Column::new("id".into(), ids),
        Column::new("region".into(), regions),
        Column::new("product".into(), products),
        Column::new("quantity".into(), quantities),
        Column::new("amount".into(), amounts),
    ])
    .unwrap()
}

fn profile() -> TableProfile {
    let column = |name: &str, kind| ColumnProfile {
        name: name.to_owned(),
        kind,
        unit: None,
        nulls: 0,
        distinct: 0,
        min: Value::Null,
        max: Value::Null,
        frequent: Vec::new(),
        unparsed: Vec::new(),
        unparsed_count: 0,
    };
    TableProfile {
        name: "table".to_owned(),
        rows: ROWS as u64,
        columns: vec![
            column("id", ColumnType::Text),
            column("region", ColumnType::Text),
            column("product", ColumnType::Text),
            column("quantity", ColumnType::Int),
            column("amount", ColumnType::Float),
        ],
        decisions: Vec::new(),
        set_aside: Vec::new(),
    }
}
