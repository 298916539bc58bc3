//! Several tables on one sheet, and what looks like it and is one.

use ingest::ReadTable;
use rust_xlsxwriter::Workbook;

use crate::{decision, read, values};

/// What is read of a CSV: of each table its name, its columns and the number of its rows.
fn check(text: &str, expect: &[(&str, &[&str], u64)]) -> Vec<ReadTable> {
    let tables = read("test.csv", text.as_bytes()).unwrap_or_else(|rejected| panic!("{rejected} {text}"));
    let found: Vec<(&str, Vec<&str>, u64)> = tables
        .iter()
        .map(|table| {
            let columns = table
                .profile
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            (table.profile.name.as_str(), columns, table.profile.rows)
        })
        .collect();
    let expect: Vec<(&str, Vec<&str>, u64)> = expect
        .iter()
        .map(|(name, columns, rows)| (*name, columns.to_vec(), *rows))
        .collect();
    assert_eq!(found, expect, "{text}");
    tables
}

#[test]
fn a_table_below_another_is_one_of_its_own() {
    let tables = check(
        "分公司,季度,收入\n华东,2023Q1,7\n华南,2023Q1,8\n,,\n分公司负责人,,\n分公司,负责人,入职年份\n华东,罗晓东,2013\n华南,邓丽,2010\n",
        &[
            ("test", &["分公司", "季度", "收入"], 2),
            ("分公司负责人", &["分公司", "负责人", "入职年份"], 2),
        ],
    );
    assert_eq!(values(&tables[0], "收入"), ["7", "8"]);
    assert_eq!(values(&tables[1], "负责人"), ["罗晓东", "邓丽"]);
    assert_eq!(decision(&tables[1], "tables").0, "table 2 of 2");
    // Without a title, and with a note to the first one.
    check(
        "a,n\nx,1\ny,2\n注：不含税\n\n\nc,d,e\np,q,5\nr,s,6\n",
        &[("test", &["a", "n"], 2), ("table 2", &["c", "d", "e"], 2)],
    );
    // A title and no blank row.
    check(
        "a,n\nx,1\ny,2\nSecond table,\nc,m\np,5\nr,6\n",
        &[("test", &["a", "n"], 2), ("Second table", &["c", "m"], 2)],
    );
    // Words only, below numbers.
    check(
        "a,n\nx,1\ny,2\n\n事项,经办\n核对,小周\n补录,小何\n",
        &[("test", &["a", "n"], 2), ("table 2", &["事项", "经办"], 2)],
    );
    // Three of them, with totals.
    check(
        "a,n\nx,1\ny,2\n合计,3\n\nB\na,n\nz,4\nw,5\n合计,9\n\nC\na,n\nu,7\nv,8\n",
        &[
            ("test", &["a", "n"], 2),
            ("B", &["a", "n"], 2),
            ("C", &["a", "n"], 2),
        ],
    );
}

#[test]
fn blank_rows_part_no_data() {
    check("a,n\nx,1\n\ny,2\n\n\nz,3\n", &[("test", &["a", "n"], 3)]);
    check("a,b\nx,y\n\np,q\n\nr,s\n", &[("test", &["a", "b"], 3)]);
    // Rows with the name of a group before them are data, if odd.
    check(
        "地区,店铺,金额\n华东,甲,1\n\n华南,乙,2\n,丙,3\n",
        &[("test", &["地区", "店铺", "金额"], 3)],
    );
    // A row of words among numbers is no header when numbers do not follow.
    check("a,n\nx,1\n\ny,N/A\nz,3\n", &[("test", &["a", "n"], 3)]);
}

#[test]
fn tables_side_by_side_are_parted() {
    let side = "店铺,金额,,地区,人数\n甲,1,,北,10\n乙,2,,南,20\n丙,3,,,\n";
    let tables = check(
        side,
        &[("test", &["店铺", "金额"], 3), ("table 2", &["地区", "人数"], 2)],
    );
    assert_eq!(values(&tables[1], "人数"), ["10", "20"]);
    check(
        "一店,,,二店,\n日,金额,,日,金额\n1,5,,1,6\n2,7,,2,8\n",
        &[("test", &["日", "金额"], 2), ("二店", &["日", "金额"], 2)],
    );
    // One table with a blank column in it.
    check(
        "a,b,,c,d\n1,2,,3,4\n5,6,,7,8\n",
        &[("test", &["a", "b", "c", "d"], 2)],
    );
}

#[test]
fn addresses_stay_those_of_the_sheet() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("业绩").unwrap();
    for (row, cells) in [["a", "n"], ["x", "1"], ["y", "2"]].iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    for (row, cells) in [
        ["人员", ""],
        ["姓名", "年龄"],
        ["甲", "30"],
        ["乙", "?x"],
        ["合计", "60"],
    ]
    .iter()
    .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(5 + row as u32, 3 + column as u16, *cell).unwrap();
        }
    }
    let tables = read("a.xlsx", &workbook.save_to_buffer().unwrap()).unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.profile.name.as_str()).collect();
    assert_eq!(names, ["业绩", "人员"]);
    assert_eq!(tables[1].profile.set_aside[0].place, "业绩!D10");
}
