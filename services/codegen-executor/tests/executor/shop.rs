//! An invented table: a flower shop's orders.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use codegen_executor::engine::cells;
use codegen_executor::engine::{self, Outcome, PlanError, ResultLimit, texts};
use codegen_executor::tables::{Table, TableData};
use polars::prelude::*;
use sandbox::Input;
use schemas::plan::{
    Aggregate, Bucket, Comparison, Condition, GroupKey, Limit, Measure, Order, Plan, TableRef,
};
use schemas::table::{ColumnProfile, ColumnType, Frequency, TableProfile, UnparsedCell};
use schemas::trail::Source;
use schemas::value::Value;
use schemas::{ContentId, FileId};

pub const FILE: &str = "0199f1d2-7c3a-7def-8123-4567890abcde";
pub const LIMIT: ResultLimit = ResultLimit {
    rows: 10_000,
    bytes: 8 << 20,
};

/// order, flower, stems, price, day, packed_at, gift, note.
pub fn frame() -> DataFrame {
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
    let days: Vec<Option<NaiveDate>> = vec![
        Some(day("2023-12-31")),
        Some(day("2024-01-01")),
        Some(day("2024-02-29")),
        Some(day("2024-03-31")),
        None,
        Some(day("2024-04-01")),
        Some(day("2024-12-30")),
    ];
    let moments: Vec<Option<NaiveDateTime>> = days
        .iter()
        .map(|day| day.and_then(|day| day.and_hms_opt(18, 30, 0)))
        .collect();
    let moments = Column::new("packed_at".into(), moments)
        .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
        .unwrap();
    DataFrame::new_infer_height(vec![
        Column::new("order".into(), ["007", "012", "013", "101", "102", "103", "110"]),
        Column::new(
            "flower".into(),
            [
                Some("Rose"),
                Some("tulip"),
                Some("ＲＯＳＥ"),
                Some("Iris"),
                None,
                Some("Tulip "),
                Some("Iris"),
            ],
        ),
        Column::new(
            "stems".into(),
            [Some(10i64), Some(5), Some(7), None, Some(3), Some(5), Some(12)],
        ),
        Column::new(
            "price".into(),
            [
                Some(2.5f64),
                Some(1.25),
                None,
                Some(4.0),
                Some(1.0),
                Some(1.25),
                Some(4.0),
            ],
        ),
        Column::new("day".into(), days),
        moments,
        Column::new(
            "gift".into(),
            [
                Some(true),
                Some(false),
                None,
                Some(true),
                Some(false),
                Some(false),
                Some(true),
            ],
        ),
        Column::new(
            "note".into(),
            [
                Some("a.b*"),
                None,
                Some("A.B"),
                Some("axb"),
                Some("50%"),
                Some(" "),
                Some("x"),
            ],
        ),
    ])
    .unwrap()
}

/// What ingest would say of a frame.
pub fn profile(frame: &DataFrame) -> TableProfile {
    let columns = frame.columns().iter().map(column).collect();
    TableProfile {
        name: "orders".to_owned(),
        rows: frame.height() as u64,
        columns,
        decisions: Vec::new(),
        set_aside: Vec::new(),
    }
}

fn column(column: &Column) -> ColumnProfile {
    let series = column.as_materialized_series();
    let sorted: Vec<Value> = cells::values(
        &series
            .drop_nulls()
            .sort(SortOptions::default())
            .unwrap()
            .into_column(),
    );
    let kind = match column.dtype() {
        DataType::Boolean => ColumnType::Bool,
        DataType::Int64 => ColumnType::Int,
        DataType::Float64 => ColumnType::Float,
        DataType::Date => ColumnType::Date,
        DataType::Datetime(..) => ColumnType::Datetime,
        _ => ColumnType::Text,
    };
    let mut frequent: Vec<Frequency> = Vec::new();
    for value in cells::values(column) {
        match frequent.iter_mut().find(|frequency| frequency.value == value) {
            Some(frequency) => frequency.count += 1,
            None if value != Value::Null => frequent.push(Frequency { value, count: 1 }),
            None => {}
        }
    }
    frequent.sort_by_key(|frequency| std::cmp::Reverse(frequency.count));
    ColumnProfile {
        name: column.name().to_string(),
        kind,
        unit: None,
        nulls: column.null_count() as u64,
        distinct: frequent.len() as u64,
        min: sorted.first().cloned().unwrap_or(Value::Null),
        max: sorted.last().cloned().unwrap_or(Value::Null),
        frequent,
        unparsed: Vec::new(),
        unparsed_count: 0,
    }
}

/// The shop's profile: prices are in yuan, and the stems of one order could not be read.
pub fn shop_profile() -> TableProfile {
    let mut profile = profile(&frame());
    for column in &mut profile.columns {
        if column.name == "price" {
            column.unit = Some("元".to_owned());
        }
        if column.name == "stems" {
            column.unparsed = vec![UnparsedCell {
                cell: "orders!C5".to_owned(),
                text: "a few".to_owned(),
            }];
            column.unparsed_count = 1;
        }
    }
    profile
}

pub fn table_of(frame: DataFrame, profile: TableProfile) -> Table {
    let content = ContentId::new("ab".repeat(32)).unwrap();
    let texts = texts::distinct(&frame, &profile).unwrap();
    let parquet = parquet(&frame);
    let input = Input::bytes(&parquet).unwrap();
    Table {
        reference: reference(),
        source: Source {
            file: FileId::new(FILE).unwrap(),
            name: "shop.csv".to_owned(),
            table: profile.name.clone(),
            content,
        },
        newer_rejected: None,
        data: Arc::new(TableData::new(input, parquet.len(), profile, texts)),
    }
}

/// A frame as ingest stores it.
pub fn parquet(frame: &DataFrame) -> Vec<u8> {
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet)
        .finish(&mut frame.clone())
        .unwrap();
    parquet
}

pub fn reference() -> TableRef {
    TableRef {
        file: FileId::new(FILE).unwrap(),
        index: 0,
    }
}

/// A plan that lists everything.
pub fn plan() -> Plan {
    Plan {
        table: reference(),
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

/// The shop's rows under a plan.
pub fn run(plan: &Plan) -> Result<Outcome, PlanError> {
    engine::execute(plan, &frame(), &shop_profile(), LIMIT)
}

pub fn measure(function: Aggregate, column: &str) -> Measure {
    let name = format!("{function:?} {column}").to_lowercase();
    Measure {
        name,
        function,
        column: Some(column.to_owned()),
        filter: None,
    }
}

pub fn rows_counted() -> Measure {
    Measure {
        name: "rows".to_owned(),
        function: Aggregate::Count,
        column: None,
        filter: None,
    }
}

pub fn key(column: &str) -> GroupKey {
    GroupKey {
        column: column.to_owned(),
        bucket: None,
    }
}

pub fn span(column: &str, bucket: Bucket) -> GroupKey {
    GroupKey {
        column: column.to_owned(),
        bucket: Some(bucket),
    }
}

pub fn descending(by: &str) -> Order {
    Order {
        by: by.to_owned(),
        descending: true,
    }
}

pub fn ascending(by: &str) -> Order {
    Order {
        by: by.to_owned(),
        descending: false,
    }
}

pub fn first(rows: u32, ties: bool) -> Option<Limit> {
    Some(Limit { rows, ties, skip: 0 })
}

/// So many values behind those that are passed over.
pub fn behind(skip: u32, rows: u32) -> Option<Limit> {
    Some(Limit {
        rows,
        ties: true,
        skip,
    })
}

pub fn is(column: &str, comparison: Comparison, value: impl Into<Value>) -> Condition {
    Condition::Compare {
        column: column.to_owned(),
        comparison,
        value: value.into(),
    }
}
