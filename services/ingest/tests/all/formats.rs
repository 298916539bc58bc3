//! Kinds of files besides CSV and XLSX.

use std::io::{Cursor, Write};

use ingest::Limits;
use polars::prelude::{Column, DataFrame, DataType, NamedFrom, ParquetWriter, Series, TimeUnit};
use schemas::Value;
use schemas::file::RejectionCode::{self, Corrupt, Empty, NoRows, TooLarge, WrongExtension};
use schemas::table::ColumnType::{Bool, Date, Datetime, Float, Int, Text};

use crate::{decision, kind, profile, read, values};

fn rejected(name: &str, bytes: &[u8], code: RejectionCode, place: Option<&str>, words: &[&str]) {
    let rejected = read(name, bytes).unwrap_err();
    assert_eq!(
        (rejected.code, rejected.place.as_deref()),
        (code, place),
        "{}",
        rejected.message
    );
    for word in words {
        assert!(
            rejected.message.contains(word),
            "{word:?} is not in {:?}",
            rejected.message
        );
    }
    assert!(rejected.message.contains("expected"), "{}", rejected.message);
}

#[test]
fn json_lines() {
    let text = "{\"id\":\"007\",\"n\":1,\"buyer\":{\"city\":\"上海\",\"vip\":true},\"tags\":[\"a\",1]}\n\n\
                {\"n\":2.5,\"day\":\"2024-03-05\",\"id\":\"008\",\"buyer\":{\"city\":null}}\n";
    for name in ["a.jsonl", "a.ndjson"] {
        let table = &read(name, text.as_bytes()).unwrap()[0];
        let names: Vec<&str> = table
            .profile
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(names, ["id", "n", "buyer.city", "buyer.vip", "tags", "day"]);
        assert_eq!(values(table, "n"), ["1.0", "2.5"]);
        assert_eq!(values(table, "buyer.city"), ["上海", ""]);
        assert_eq!(values(table, "tags"), ["[\"a\",1]", ""]);
        assert_eq!(
            (kind(table, "id"), kind(table, "buyer.vip"), kind(table, "day")),
            (Text, Bool, Date)
        );
        assert_eq!(decision(table, "lists").0, "kept as JSON text");
        assert_eq!(table.profile.name, "a");
    }
}

#[test]
fn json() {
    let text = "\u{feff}[{\"a\": 1, \"2024\": 5}, {\"a\": 9007199254740993, \"b\": \"x\"}]";
    let table = &read("a.json", text.as_bytes()).unwrap()[0];
    assert_eq!(values(table, "a"), ["1", "9007199254740993"]);
    assert_eq!((kind(table, "a"), kind(table, "2024")), (Text, Int));
    // A member that is no value is missing, and an object without any is no row.
    let table = &read("a.json", b"[{\"a\":1},{},{\"a\":3}]").unwrap()[0];
    assert_eq!(table.profile.rows, 2);
}

#[test]
fn broken_json_is_named_with_its_line() {
    rejected(
        "a.jsonl",
        b"{\"a\":1}\n{\"a\":\n",
        Corrupt,
        Some("line 2"),
        &["line 2", "EOF"],
    );
    rejected(
        "a.jsonl",
        b"{\"a\":1}\n[1]\n",
        Corrupt,
        Some("line 2"),
        &["an object"],
    );
    rejected(
        "a.jsonl",
        b"{\"a\":1} {\"a\":2}\n",
        Corrupt,
        Some("line 1"),
        &["trailing"],
    );
    rejected(
        "a.json",
        b"{\"a\":1}\n{\"a\":2}\n",
        Corrupt,
        Some("line 1"),
        &["one object a line (.jsonl)"],
    );
    rejected(
        "a.json",
        b"[{\"a\":1},\n{\"a\" 2}]",
        Corrupt,
        Some("line 2"),
        &["line 2"],
    );
    rejected("a.json", b"[]", Empty, None, &["blank"]);
    rejected(
        "a.json",
        b"a,b\n1,2\n",
        Corrupt,
        Some("line 1"),
        &["list of objects"],
    );
    rejected("a.csv", b"[{\"a\":1}]", WrongExtension, None, &["holds JSON"]);
    let deep = "{\"a\":".repeat(5_000) + "1" + &"}".repeat(5_000);
    rejected(
        "a.jsonl",
        deep.as_bytes(),
        Corrupt,
        Some("line 1"),
        &["recursion"],
    );
    let wide: String = (0..3_000).map(|n| format!("{{\"c{n}\":1}}\n")).collect();
    rejected("a.jsonl", wide.as_bytes(), TooLarge, None, &["columns"]);
}

fn parquet(columns: Vec<Column>) -> Vec<u8> {
    let rows = columns.first().map_or(0, Column::len);
    let mut frame = DataFrame::new(rows, columns).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}

#[test]
fn parquet_keeps_its_types() {
    let day = Series::new("day".into(), [Some(19_787i32), None])
        .cast(&DataType::Date)
        .unwrap();
    let moment = Series::new("at".into(), [1_709_632_800_000i64, 0])
        .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
        .unwrap();
    let bytes = parquet(vec![
        Series::new("code".into(), ["007", "1001"]).into(),
        Series::new("n".into(), [Some(1i32), None]).into(),
        Series::new("x (kg)".into(), [1.5f64, f64::NAN]).into(),
        Series::new("yes".into(), [true, false]).into(),
        Series::new("big".into(), [u64::MAX, 1]).into(),
        Series::new(
            "list".into(),
            [Series::new("".into(), [1i64, 2]), Series::new("".into(), [3i64])],
        )
        .into(),
        day.into(),
        moment.into(),
    ]);
    let table = &read("a.parquet", &bytes).unwrap()[0];
    let kinds: Vec<_> = table.profile.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Text, Int, Float, Bool, Text, Text, Date, Datetime]);
    assert_eq!(values(table, "code"), ["007", "1001"]);
    assert_eq!(values(table, "n"), ["1", ""]);
    assert_eq!(values(table, "x (kg)"), ["1.5", ""]);
    assert_eq!(profile(table, "x (kg)").unit.as_deref(), Some("kg"));
    assert_eq!(values(table, "big")[0], "18446744073709551615");
    assert_eq!(values(table, "day"), ["2024-03-05", ""]);
    assert_eq!(profile(table, "at").min, Value::from("1970-01-01T00:00:00"));
    assert!(decision(table, "type of list").1.contains("kept as text"));
}

#[test]
fn parquet_that_can_not_be_read() {
    let bytes = parquet(vec![Series::new("n".into(), [1i64, 2, 3]).into()]);
    rejected(
        "a.parquet",
        &bytes[..bytes.len() - 9],
        Corrupt,
        None,
        &["Parquet"],
    );
    rejected("a.csv", &bytes, WrongExtension, None, &["a Parquet file"]);
    rejected("a.parquet", b"a,b\n1,2\n", WrongExtension, None, &["holds text"]);
    let none = parquet(vec![Series::new("n".into(), Vec::<i64>::new()).into()]);
    rejected("a.parquet", &none, NoRows, None, &["no rows"]);
    let limits = Limits {
        rows: 2,
        ..Limits::default()
    };
    let rejected = ingest::read(&bytes, "a.parquet", "", &limits, &mut |_| {}).unwrap_err();
    assert_eq!(rejected.code, TooLarge);
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn workbooks_of_before_2007() {
    let tables = read("shops.xls", &fixture("shops.xls")).unwrap();
    let [shops, drafts] = &tables[..] else {
        panic!("{} tables", tables.len())
    };
    assert_eq!((shops.profile.name.as_str(), shops.profile.rows), ("店铺", 3));
    assert_eq!(values(shops, "编号"), ["0012", "0013", "0014"]);
    assert_eq!(values(shops, "区域"), ["华东", "华东", "华南"]);
    assert_eq!(profile(shops, "面积（平方米）").unit.as_deref(), Some("m²"));
    assert_eq!(
        values(shops, "开业日期"),
        ["2016-05-01", "2018-11-03", "2020-01-15"]
    );
    assert_eq!(values(shops, "营业"), ["true", "false", "true"]);
    assert_eq!(decision(shops, "header_row").0, "row 2");
    assert_eq!(decision(drafts, "hidden_sheet").0, "read like the others");
    rejected(
        "a.xls",
        &fixture("shops.xls")[..2_000],
        Corrupt,
        None,
        &["damaged"],
    );
    rejected(
        "a.xlsx",
        &fixture("shops.xls"),
        WrongExtension,
        None,
        &["old Office file"],
    );
}

#[test]
fn a_cell_in_the_last_corner_of_an_old_workbook_is_only_one() {
    let limits = Limits {
        columns: 256,
        ..Limits::default()
    };
    let rejected = ingest::read(&fixture("corner.xls"), "a.xls", "", &limits, &mut |_| {}).unwrap_err();
    // The column of the corner has no name: that is all that is wrong with it.
    assert_eq!(rejected.place.as_deref(), Some("S!IV1"), "{}", rejected.message);
}

/// An OpenDocument spreadsheet with these sheets.
fn ods(sheets: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let packed = zip::write::SimpleFileOptions::default();
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" \
         xmlns:style=\"s\"><office:automatic-styles><style:style style:name=\"ta2\"><style:table-properties \
         table:display=\"false\"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{sheets}\
         </office:spreadsheet></office:body></office:document-content>"
    );
    archive.start_file("mimetype", stored).unwrap();
    archive
        .write_all(b"application/vnd.oasis.opendocument.spreadsheet")
        .unwrap();
    archive.start_file("content.xml", packed).unwrap();
    archive.write_all(content.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

const SHEET: &str = "<table:table table:name=\"销售\"><table:table-column table:number-columns-repeated=\"2\"/>\
<table:table-column table:visibility=\"collapse\"/>\
<table:table-row><table:table-cell office:value-type=\"string\"><text:p>地区 &amp; 店</text:p></table:table-cell>\
<table:table-cell office:value-type=\"string\"><text:p>金额</text:p><office:annotation><text:p>谁写的</text:p></office:annotation></table:table-cell>\
<table:table-cell office:value-type=\"string\"><text:p>日期</text:p></table:table-cell>\
<table:table-cell office:value-type=\"string\"><text:p>占比</text:p></table:table-cell></table:table-row>\
<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-rows-spanned=\"2\" office:value-type=\"string\"><text:p>华东<text:s text:c=\"2\"/>甲</text:p></table:table-cell>\
<table:table-cell office:value-type=\"float\" office:value=\"1234.5\"><text:p>1,234.50</text:p></table:table-cell>\
<table:table-cell office:value-type=\"date\" office:date-value=\"2024-03-05\"><text:p>03/05/24</text:p></table:table-cell>\
<table:table-cell office:value-type=\"percentage\" office:value=\"0.07\"><text:p>7%</text:p></table:table-cell></table:table-row>\
<table:table-row table:visibility=\"collapse\"><table:table-cell office:value-type=\"string\"><text:p>华南</text:p></table:table-cell>\
<table:table-cell office:value-type=\"float\" office:value=\"2\"/><table:table-cell/><table:table-cell table:number-columns-repeated=\"16381\"/></table:table-row>\
<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>";

#[test]
fn open_document() {
    let hidden = SHEET.replace(
        "table:name=\"销售\"",
        "table:name=\"藏\" table:style-name=\"ta2\"",
    );
    let tables = read("a.ods", &ods(&format!("{SHEET}{hidden}"))).unwrap();
    let [sales, other] = &tables[..] else {
        panic!("{} tables", tables.len())
    };
    assert_eq!((sales.profile.name.as_str(), sales.profile.rows), ("销售", 3));
    assert_eq!(values(sales, "地区 & 店"), ["华东  甲", "华东  甲", "华南"]);
    assert_eq!(values(sales, "金额"), ["1234.5", "1234.5", "2.0"]);
    assert_eq!(values(sales, "日期"), ["2024-03-05", "2024-03-05", ""]);
    assert_eq!(values(sales, "占比"), ["7", "7", ""]);
    assert_eq!(
        decision(sales, "hidden_rows").0,
        "1 read like the others, the first is row 4"
    );
    assert_eq!(
        decision(sales, "hidden_columns").0,
        "1 read like the others, the first is column C"
    );
    assert_eq!(decision(other, "hidden_sheet").0, "read like the others");
}

#[test]
fn hostile_open_document() {
    let cell = |attributes: &str| {
        format!("<table:table-cell {attributes} office:value-type=\"float\" office:value=\"1\"/>")
    };
    let row =
        |attributes: &str, cells: &str| format!("<table:table-row {attributes}>{cells}</table:table-row>");
    let sheet = |rows: &str| ods(&format!("<table:table table:name=\"S\">{rows}</table:table>"));
    let wide = sheet(&row("", &cell("table:number-columns-repeated=\"4000000000\"")));
    rejected("a.ods", &wide, TooLarge, Some("S!BXY1"), &["columns"]);
    let far = sheet(&row(
        "",
        &format!(
            "<table:table-cell table:number-columns-repeated=\"4000000000\"/>{}",
            cell("")
        ),
    ));
    rejected("a.ods", &far, TooLarge, Some("S!BXY1"), &["columns"]);
    let tall = sheet(&row(
        "table:number-rows-repeated=\"4000000000\"",
        &cell("table:number-columns-repeated=\"60\""),
    ));
    let limits = Limits {
        cells: 60_000,
        ..Limits::default()
    };
    let rejection = ingest::read(&tall, "a.ods", "", &limits, &mut |_| {}).unwrap_err();
    assert_eq!(
        (rejection.code, rejection.place.as_deref()),
        (TooLarge, Some("S!A1001"))
    );
    rejected(
        "a.ods",
        &ods("<table:table table:name=\"S\"><table:table-row>"),
        Corrupt,
        None,
        &["damaged"],
    );
    let text = read("a.ods", &ods(SHEET)).unwrap();
    assert_eq!(text.len(), 1);
    rejected(
        "a.xlsx",
        &ods(SHEET),
        WrongExtension,
        None,
        &["an OpenDocument spreadsheet (.ods)"],
    );
}
