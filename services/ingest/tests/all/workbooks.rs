//! Workbooks as Excel writes them.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use schemas::table::ColumnType::{Bool, Date, Datetime, Float, Int, Text};

use crate::{decision, kind, profile, read, values};

fn sheet(build: impl FnOnce(&mut Worksheet)) -> ingest::ReadTable {
    let mut workbook = Workbook::new();
    build(workbook.add_worksheet().set_name("表").unwrap());
    read("a.xlsx", &workbook.save_to_buffer().unwrap())
        .unwrap()
        .remove(0)
}

#[test]
fn native_types() {
    let table = sheet(|sheet| {
        let day = Format::new().set_num_format("yyyy-mm-dd");
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        let time = Format::new().set_num_format("hh:mm");
        for (column, name) in (0..).zip(["日期", "时刻", "时间", "数", "价", "真", "文"]) {
            sheet.write(0, column, name).unwrap();
        }
        for row in 1..=3u8 {
            let date = ExcelDateTime::from_ymd(2024, 2, 27 + row)
                .unwrap_or(ExcelDateTime::from_ymd(2024, 3, 1).unwrap());
            let line = u32::from(row);
            sheet.write_with_format(line, 0, &date, &day).unwrap();
            sheet
                .write_with_format(line, 1, date.and_hms(10, 30, 0).unwrap(), &moment)
                .unwrap();
            sheet
                .write_with_format(line, 2, ExcelDateTime::from_hms(9, 5, 0).unwrap(), &time)
                .unwrap();
            sheet.write(line, 3, line).unwrap();
            sheet.write(line, 4, 1.5 * f64::from(row)).unwrap();
            sheet.write(line, 5, row % 2 == 0).unwrap();
            sheet.write(line, 6, "文").unwrap();
        }
    });
    let kinds: Vec<_> = table.profile.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Date, Datetime, Text, Int, Float, Bool, Text]);
    assert_eq!(values(&table, "日期"), ["2024-02-28", "2024-02-29", "2024-03-01"]);
    assert_eq!(values(&table, "时刻")[0], "2024-02-28 10:30:00");
    assert_eq!(values(&table, "时间")[0], "09:05:00");
}

#[test]
fn formats_show_units_and_zeros() {
    let table = sheet(|sheet| {
        let percent = Format::new().set_num_format("0.0%");
        let yuan = Format::new().set_num_format("\"¥\"#,##0.00");
        let zeros = Format::new().set_num_format("00000");
        for (column, name) in (0..).zip(["占比", "金额", "编号"]) {
            sheet.write(0, column, name).unwrap();
        }
        for row in 1..=2u32 {
            sheet
                .write_with_format(row, 0, 0.07 * f64::from(row), &percent)
                .unwrap();
            sheet.write_with_format(row, 1, 1234.5, &yuan).unwrap();
            sheet.write_with_format(row, 2, 40 + row, &zeros).unwrap();
        }
    });
    assert_eq!(values(&table, "占比"), ["7", "14"]);
    assert_eq!(profile(&table, "占比").unit.as_deref(), Some("%"));
    assert!(decision(&table, "unit of 占比").1.contains("as shown"));
    assert_eq!(profile(&table, "金额").unit.as_deref(), Some("¥"));
    assert_eq!(values(&table, "编号"), ["00041", "00042"]);
}

#[test]
fn text_and_native_cells_mix() {
    let table = sheet(|sheet| {
        for (column, name) in (0..).zip(["金额", "日期", "码"]) {
            sheet.write(0, column, name).unwrap();
        }
        let day = Format::new().set_num_format("yyyy/m/d");
        sheet.write(1, 0, "1,234.50").unwrap();
        sheet.write(2, 0, 10).unwrap();
        sheet
            .write_with_format(1, 1, ExcelDateTime::from_ymd(2024, 3, 5).unwrap(), &day)
            .unwrap();
        sheet.write(2, 1, "2024年3月6日").unwrap();
        sheet.write(1, 2, 1001).unwrap();
        sheet.write(2, 2, "A12").unwrap();
    });
    assert_eq!(values(&table, "金额"), ["1234.5", "10.0"]);
    assert_eq!(
        (kind(&table, "日期"), values(&table, "日期")),
        (Date, vec!["2024-03-05".into(), "2024-03-06".into()])
    );
    assert_eq!(
        (kind(&table, "码"), values(&table, "码")),
        (Text, vec!["1001".into(), "A12".into()])
    );
}

#[test]
fn formulas_give_their_results_and_errors_are_listed() {
    let table = sheet(|sheet| {
        sheet.write(0, 0, "n").unwrap();
        sheet.write(1, 0, Formula::new("=1+1").set_result("2")).unwrap();
        sheet
            .write(2, 0, Formula::new("=1/0").set_result("#DIV/0!"))
            .unwrap();
        sheet.write(3, 0, 5).unwrap();
    });
    let n = profile(&table, "n");
    assert_eq!(
        (n.kind, values(&table, "n")),
        (Int, vec!["2".into(), String::new(), "5".into()])
    );
    assert_eq!(
        (
            n.unparsed_count,
            n.unparsed[0].cell.as_str(),
            n.unparsed[0].text.as_str()
        ),
        (1, "表!A3", "#DIV/0!")
    );
}

#[test]
fn every_sheet_is_a_table_and_blank_ones_are_skipped() {
    let mut workbook = Workbook::new();
    for (name, rows) in [("一", 2u32), ("空", 0), ("只有表头", 1), ("二", 3)] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for row in 0..rows {
            if row == 0 {
                sheet.write(0, 1, "列").unwrap()
            } else {
                sheet.write(row, 1, row).unwrap()
            };
        }
    }
    let mut stages = Vec::new();
    let bytes = workbook.save_to_buffer().unwrap();
    let tables = ingest::read(&bytes, "a.xlsx", "", &ingest::Limits::default(), &mut |stage| {
        stages.push(stage.name)
    })
    .unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.profile.name.as_str()).collect();
    assert_eq!(names, ["一", "二"]);
    assert_eq!(values(&tables[1], "列"), ["1", "2"]);
    let skipped: Vec<&str> = tables[0]
        .profile
        .decisions
        .iter()
        .filter(|decision| decision.about == "skipped_sheet")
        .map(|decision| decision.chosen.as_str())
        .collect();
    assert_eq!(skipped, ["空", "只有表头"]);
    assert!(stages.contains(&"reading sheet 2 of 4".to_owned()), "{stages:?}");
}

#[test]
fn a_cell_in_the_last_row_costs_one_row() {
    let table = sheet(|sheet| {
        sheet.write(0, 0, "n").unwrap();
        sheet.write(1_048_575, 0, 7).unwrap();
    });
    assert_eq!((table.profile.rows, values(&table, "n")), (1, vec!["7".into()]));
}

#[test]
fn numbers_are_days_only_where_the_header_says_dates() {
    let table = sheet(|sheet| {
        sheet.write(0, 0, "日期").unwrap().write(0, 1, "金额").unwrap();
        for row in 1..=30u32 {
            sheet
                .write(row, 0, 45_000 + row)
                .unwrap()
                .write(row, 1, 45_000 + row)
                .unwrap();
        }
    });
    assert_eq!((kind(&table, "日期"), kind(&table, "金额")), (Date, Int));
    assert_eq!(profile(&table, "日期").min, "2023-03-16".into());
}
