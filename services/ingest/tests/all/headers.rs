//! Headers of several rows.

use rust_xlsxwriter::{Format, Workbook};

use crate::{decision, profile, read, table, values};

fn names(table: &ingest::ReadTable) -> Vec<&str> {
    table
        .profile
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

#[test]
fn groups_stand_before_names_that_occur_twice() {
    let read = table("地区,2023年,,2024年,\n,收入,成本,收入,成本\n华东,1,2,3,4\n华南,5,6,7,8\n");
    assert_eq!(
        names(&read),
        ["地区", "2023年 收入", "2023年 成本", "2024年 收入", "2024年 成本"]
    );
    assert_eq!(values(&read, "2024年 收入"), ["3", "7"]);
    assert_eq!(decision(&read, "header_rows").0, "line 1 to line 2");
    let read = table("Region,Sales,,Returns,\nName,Q1,Q2,Q1,Q2\nEast,1,2,3,4\nWest,5,6,7,8\n");
    assert_eq!(
        names(&read),
        ["Name", "Sales Q1", "Sales Q2", "Returns Q1", "Returns Q2"]
    );
}

#[test]
fn names_that_differ_need_no_group() {
    let read = table("报表,,,\n基本,,数值,\n店铺,地区,金额,数量\n甲,北,1.5,2\n乙,南,2.5,3\n");
    assert_eq!(names(&read), ["店铺", "地区", "金额", "数量"]);
}

fn merged(build: impl FnOnce(&mut rust_xlsxwriter::Worksheet, &Format)) -> ingest::ReadTable {
    let mut workbook = Workbook::new();
    build(workbook.add_worksheet().set_name("表").unwrap(), &Format::new());
    read("a.xlsx", &workbook.save_to_buffer().unwrap())
        .unwrap()
        .remove(0)
}

#[test]
fn merged_headers() {
    let table = merged(|sheet, format| {
        sheet.merge_range(0, 0, 0, 4, "2024 年", format).unwrap();
        sheet.merge_range(1, 0, 2, 0, "地区", format).unwrap();
        sheet.merge_range(1, 1, 1, 2, "上半年（万元）", format).unwrap();
        sheet.merge_range(1, 3, 1, 4, "下半年（万元）", format).unwrap();
        for (column, name) in [(1, "收入"), (2, "成本"), (3, "收入"), (4, "成本")] {
            sheet.write(2, column, name).unwrap();
        }
        for row in 3..6u32 {
            sheet.write(row, 0, format!("区{row}")).unwrap();
            for column in 1..5u16 {
                sheet.write(row, column, row * u32::from(column)).unwrap();
            }
        }
    });
    assert_eq!(
        names(&table),
        [
            "地区",
            "上半年（万元） 收入",
            "上半年（万元） 成本",
            "下半年（万元） 收入",
            "下半年（万元） 成本"
        ]
    );
    assert_eq!(
        profile(&table, "上半年（万元） 收入").unit.as_deref(),
        Some("万元")
    );
    assert_eq!(table.profile.rows, 3);
}

#[test]
fn cells_merged_over_rows_hold_for_each_of_them() {
    let table = merged(|sheet, format| {
        for (column, name) in (0..).zip(["地区", "店铺", "金额"]) {
            sheet.write(0, column, name).unwrap();
        }
        sheet.merge_range(1, 0, 3, 0, "华东", format).unwrap();
        for row in 1..5u32 {
            sheet.write(row, 1, format!("店{row}")).unwrap();
            sheet.write(row, 2, row).unwrap();
        }
        sheet.write(4, 0, "华南").unwrap();
    });
    assert_eq!(values(&table, "地区"), ["华东", "华东", "华东", "华南"]);
    assert_eq!(
        decision(&table, "merged_cells").0,
        "2 cells filled with the text that is shown over them"
    );
}

#[test]
fn what_is_hidden_is_read_and_told() {
    let table = merged(|sheet, _| {
        sheet.write(0, 0, "a").unwrap().write(0, 1, "n").unwrap();
        for row in 1..5u32 {
            sheet
                .write(row, 0, format!("r{row}"))
                .unwrap()
                .write(row, 1, row)
                .unwrap();
        }
        sheet.set_row_hidden(2).unwrap();
        sheet.set_row_hidden(3).unwrap();
        sheet.set_column_hidden(1).unwrap();
    });
    assert_eq!(table.profile.rows, 4);
    assert_eq!(
        decision(&table, "hidden_rows").0,
        "2 read like the others, the first is row 3"
    );
    assert_eq!(
        decision(&table, "hidden_columns").0,
        "1 read like the others, the first is column B"
    );
}

#[test]
fn sheets_of_notes_are_skipped() {
    let mut workbook = Workbook::new();
    let notes = workbook.add_worksheet().set_name("说明").unwrap();
    for (row, text) in ["填表说明", "总价以万元计,保留一位小数", "每周五更新状态"]
        .iter()
        .enumerate()
    {
        notes.write(row as u32, 0, *text).unwrap();
    }
    let sheet = workbook.add_worksheet().set_name("数据").unwrap();
    sheet.write(0, 0, "a").unwrap().write(1, 0, 5).unwrap();
    let cities = workbook.add_worksheet().set_name("城市").unwrap();
    for (row, text) in ["城市", "北京", "上海"].iter().enumerate() {
        cities.write(row as u32, 0, *text).unwrap();
    }
    let tables = read("a.xlsx", &workbook.save_to_buffer().unwrap()).unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.profile.name.as_str()).collect();
    assert_eq!(names, ["数据", "城市"]);
    assert_eq!(
        decision(&tables[0], "skipped_sheet"),
        ("说明", "it holds notes in words, no table")
    );
}

#[test]
fn a_header_on_each_page_is_no_data() {
    let table = table("店铺,金额\n甲,1\n乙,2\n店铺,金额\n丙,3\n");
    assert_eq!(values(&table, "金额"), ["1", "2", "3"]);
    assert_eq!(
        decision(&table, "repeated_header"),
        ("1 rows left out", "they repeat the header, the first at line 4")
    );
}
