//! The sample files of the project. The numbers were counted by other means.

use polars::prelude::ChunkAgg;
use schemas::Value;
use schemas::table::ColumnType::{self, Bool, Date, Datetime, Float, Int, Text};

use crate::{decision, frame, profile, read};

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

fn check(table: &ingest::ReadTable, name: &str, rows: u64, columns: &[(&str, ColumnType, Option<&str>)]) {
    assert_eq!((table.profile.name.as_str(), table.profile.rows), (name, rows));
    let found: Vec<_> = table
        .profile
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.kind, column.unit.as_deref()))
        .collect();
    assert_eq!(found, columns);
    assert!(
        table
            .profile
            .columns
            .iter()
            .all(|column| column.unparsed_count == 0),
        "{name}"
    );
}

#[test]
fn the_airport_s_workbook() {
    let tables = read("airport-retail.xlsx", &fixture("airport-retail.xlsx")).unwrap();
    assert_eq!(tables.len(), 3);
    let [sales, shops, passengers] = &tables[..] else {
        unreachable!()
    };
    check(
        sales,
        "销售明细",
        286,
        &[
            ("日期", Date, None),
            ("航站楼", Text, None),
            ("店铺编号", Text, None),
            ("店铺", Text, None),
            ("品类", Text, None),
            ("销售额（元）", Float, Some("元")),
            ("客流量", Int, None),
            ("会员占比", Float, Some("%")),
        ],
    );
    let amounts = frame(sales);
    let sum: f64 = amounts
        .column("销售额（元）")
        .unwrap()
        .f64()
        .unwrap()
        .sum()
        .unwrap();
    assert!((sum - 7_181_259.71).abs() < 1e-6, "{sum}");
    assert_eq!(
        amounts.column("客流量").unwrap().i64().unwrap().sum(),
        Some(770_731)
    );
    assert_eq!(profile(sales, "客流量").nulls, 7);
    // The sheet's own total is kept for checking, not counted.
    assert_eq!(sales.profile.set_aside.len(), 1);
    assert_eq!(sales.profile.set_aside[0].place, "销售明细!A289");
    assert_eq!(sales.profile.set_aside[0].cells[5], Value::Float(7_181_259.71));
    assert_eq!(decision(sales, "header_row").0, "row 2");
    assert_eq!(decision(sales, "skipped_sheet").0, "备用");

    check(
        shops,
        "店铺",
        12,
        &[
            ("店铺编号", Text, None),
            ("店铺名称", Text, None),
            ("航站楼", Text, None),
            ("品类", Text, None),
            ("面积（平方米）", Float, Some("m²")),
            ("开业日期", Date, None),
            ("24小时营业", Bool, None),
        ],
    );
    assert_eq!(profile(shops, "店铺编号").min, "0012".into());
    assert_eq!(profile(shops, "开业日期").min, "2016-05-01".into());

    check(
        passengers,
        "旅客吞吐",
        36,
        &[
            ("月份", Date, None),
            ("航站楼", Text, None),
            ("出发旅客（人次）", Int, Some("人次")),
            ("到达旅客（人次）", Int, Some("人次")),
            ("航班架次", Int, None),
        ],
    );
    assert_eq!(
        frame(passengers)
            .column("出发旅客（人次）")
            .unwrap()
            .i64()
            .unwrap()
            .sum(),
        Some(16_435_837)
    );
}

#[test]
fn the_flights() {
    let tables = read("flights.csv", &fixture("flights.csv")).unwrap();
    let [flights] = &tables[..] else { unreachable!() };
    check(
        flights,
        "flights",
        186,
        &[
            ("Flight", Text, None),
            ("Airline", Text, None),
            ("Terminal", Text, None),
            ("Gate", Text, None),
            ("Destination", Text, None),
            ("Scheduled", Datetime, None),
            ("Passengers", Int, None),
            ("Delay (minutes)", Int, Some("min")),
            ("Status", Text, None),
        ],
    );
    assert_eq!(profile(flights, "Passengers").nulls, 7);
    assert_eq!(profile(flights, "Delay (minutes)").max, Value::Int(153));
    assert!(
        profile(flights, "Airline")
            .frequent
            .iter()
            .any(|airline| airline.value == "Harbour Air, Ltd.".into())
    );
}
