//! Whole text files: header, rows, totals, encodings.

use encoding_rs::GB18030;
use schemas::Value;
use schemas::table::ColumnType;

use crate::{decision, frame, kind, profile, read, table, values};

#[test]
fn rows_stay_in_order_and_quotes_hold_lines() {
    let table = table("name,note\nb,\"line 1\nline 2\"\na,\"x, y\"\nc,\"say \"\"hi\"\"\"\n");
    assert_eq!(values(&table, "name"), ["b", "a", "c"]);
    assert_eq!(values(&table, "note"), ["line 1\nline 2", "x, y", "say \"hi\""]);
    assert_eq!(table.profile.rows, 3);
    assert_eq!(frame(&table).get_column_names(), ["name", "note"]);
}

#[test]
fn totals_are_set_aside_and_not_counted() {
    let table = table("店铺,金额\n甲,\"1,000\"\n乙,500.5\n合计,\"1,500.5\"\n注：不含税\n");
    assert_eq!(values(&table, "金额"), ["1000.0", "500.5"]);
    assert_eq!(table.profile.rows, 2);
    let aside = &table.profile.set_aside[0];
    assert_eq!(aside.place, "line 4, column 1");
    assert_eq!(aside.cells, ["合计".into(), Value::Float(1500.5)]);
    assert_eq!(decision(&table, "note").0, "line 5 left out");
}

#[test]
fn titles_above_the_header_are_told() {
    let table = table("2024 年度销售\n单位：元\n日期,店铺,金额\n2024-01-01,甲,5\n2024-01-02,乙,6\n");
    assert_eq!(values(&table, "金额"), ["5", "6"]);
    let (chosen, because) = decision(&table, "header_row");
    assert_eq!(chosen, "line 3");
    assert!(because.contains("2024 年度销售 / 单位：元"), "{because}");
}

#[test]
fn every_encoding_gives_the_same_table() {
    let text = "航站楼,旅客\nT1,10\nT2,20\n";
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let encodings = [
        (text.as_bytes().to_vec(), "UTF-8"),
        (format!("\u{feff}{text}").into_bytes(), "UTF-8"),
        (GB18030.encode(text).0.into_owned(), "GB18030"),
        (utf16, "UTF-16LE"),
    ];
    let plain = &read("a.csv", text.as_bytes()).unwrap()[0];
    for (bytes, encoding) in encodings {
        let tables = read("a.csv", &bytes).unwrap();
        assert_eq!(tables[0].parquet, plain.parquet, "{encoding}");
        assert_eq!(decision(&tables[0], "encoding").0, encoding);
    }
}

#[test]
fn tabs_and_semicolons() {
    let tsv = read("a.tsv", b"a\tb\n1\t2,5\n").unwrap();
    assert_eq!(values(&tsv[0], "b"), ["2,5"]);
    let semicolons = read("a.csv", b"a;b\n1;x\n2;y\n").unwrap();
    assert_eq!(values(&semicolons[0], "a"), ["1", "2"]);
    assert_eq!(decision(&semicolons[0], "delimiter").0, "semicolon");
}

#[test]
fn blank_rows_and_columns_are_left_out() {
    let table = table("a,,b,\n1,,2,\n,,,\n3,,4,\n");
    assert_eq!(frame(&table).get_column_names(), ["a", "b"]);
    assert_eq!(values(&table, "b"), ["2", "4"]);
    assert_eq!(decision(&table, "blank_columns").0, "1 left out");
}

#[test]
fn a_named_column_without_values_stays() {
    let table = table("a,b\n1,\n2,\n");
    assert_eq!(
        (kind(&table, "b"), profile(&table, "b").nulls),
        (ColumnType::Text, 2)
    );
    assert_eq!(profile(&table, "b").min, Value::Null);
}

#[test]
fn the_profile_tells_ranges_and_frequent_values() {
    let table = table("city,day,n\nRome,2024-01-02,3\nOslo,2024-01-01,1\nRome,,2\n");
    let city = profile(&table, "city");
    assert_eq!(
        (city.distinct, city.nulls, &city.min, &city.max),
        (2, 0, &"Oslo".into(), &"Rome".into())
    );
    assert_eq!(
        (&city.frequent[0].value, city.frequent[0].count),
        (&"Rome".into(), 2)
    );
    let day = profile(&table, "day");
    assert_eq!(
        (&day.min, &day.max, day.nulls),
        (&"2024-01-01".into(), &"2024-01-02".into(), 1)
    );
    assert_eq!(profile(&table, "n").max, Value::Int(3));
}

#[test]
fn the_table_is_called_by_the_file_and_names_its_source() {
    let table = &read("retail/sales.2024.csv", b"a\n1\n").unwrap()[0];
    assert_eq!(table.profile.name, "sales.2024");
    assert_eq!(decision(table, "source").0, "test");
}

#[test]
fn reading_twice_gives_the_same_bytes() {
    let text: String = (0..5000).fold("a,b,c\n".to_owned(), |text, n| {
        text + &format!("{n},x{},{}\n", n % 7, n as f64 / 8.0)
    });
    assert_eq!(table(&text), table(&text));
}

#[test]
fn progress_is_told() {
    let text: String = (0..250_000).fold("a,b\n".to_owned(), |text, _| text + "1,2\n");
    let mut stages = Vec::new();
    ingest::read(
        text.as_bytes(),
        "a.csv",
        "",
        &ingest::Limits::default(),
        &mut |stage| stages.push(stage),
    )
    .unwrap();
    let rows: Vec<u64> = stages
        .iter()
        .filter(|stage| stage.name == "reading rows")
        .map(|stage| stage.done)
        .collect();
    assert_eq!(rows.len(), 3);
    assert!(
        rows.is_sorted() && stages.iter().all(|stage| stage.done <= stage.total),
        "{stages:?}"
    );
}
