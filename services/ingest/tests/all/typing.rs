//! One column at a time: its cells, its type, its values.

use schemas::table::ColumnType::{self, Bool, Date, Datetime, Float, Int, Text};

use crate::{decision, kind, profile, table, values};

/// A column named `header` with these cells, one a line.
fn check_under(header: &str, cells: &[&str], expect: ColumnType, shown: &[&str]) {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    // A second column keeps rows whose cell is blank.
    let mut text = format!("{},row\n", quoted(header));
    for (row, cell) in cells.iter().enumerate() {
        text.push_str(&format!("{},r{row}\n", quoted(cell)));
    }
    let table = table(&text);
    assert_eq!(
        kind(&table, header),
        expect,
        "{cells:?}: {:?}",
        decision(&table, &format!("type of {header}"))
    );
    if !shown.is_empty() {
        assert_eq!(values(&table, header), shown, "{cells:?}");
    }
}

fn check(cells: &[&str], expect: ColumnType, shown: &[&str]) {
    check_under("x", cells, expect, shown);
}

#[test]
fn numbers() {
    check(&["1", "-2", "3"], Int, &["1", "-2", "3"]);
    check(&["1", "2.5"], Float, &["1.0", "2.5"]);
    check(&["1,234", "12"], Int, &["1234", "12"]);
    check(&["1,234.5", "(12)"], Float, &["1234.5", "-12.0"]);
    check(&["3.0", "4.0"], Float, &["3.0", "4.0"]);
    check(&["1.2万", "9800", "3亿"], Int, &["12000", "9800", "300000000"]);
    check(&["123456789012345"], Int, &["123456789012345"]);
    check(&["1", "", "3"], Int, &["1", "", "3"]);
    check(&["1", "-", "N/A", "无", "3"], Int, &["1", "", "", "", "3"]);
    check(&["0", "1", "1"], Int, &["0", "1", "1"]);
}

#[test]
fn numbers_are_never_days() {
    check(&["1001", "2024", "1999"], Int, &["1001", "2024", "1999"]);
    check(&["20240305", "20240306"], Int, &["20240305", "20240306"]);
    check(&["45000", "45001"], Int, &["45000", "45001"]);
    check_under("天数", &["45000", "45001"], Int, &["45000", "45001"]);
    check_under("date", &["450", "451"], Int, &["450", "451"]);
    check_under("date", &["20240305", "20249999"], Int, &["20240305", "20249999"]);
    check_under("year", &["2023", "2024"], Int, &["2023", "2024"]);
    check_under(
        "update",
        &["20240305", "20240306"],
        Int,
        &["20240305", "20240306"],
    );
}

#[test]
fn eight_digits_are_days_where_the_header_says_so() {
    check_under(
        "date",
        &["20240305", "20240229"],
        Date,
        &["2024-03-05", "2024-02-29"],
    );
    check_under("Order Date", &["20240305", ""], Date, &["2024-03-05", ""]);
    check_under(
        "开业日期",
        &["20240305", "20231231"],
        Date,
        &["2024-03-05", "2023-12-31"],
    );
}

#[test]
fn identifiers_stay_text() {
    check(&["0012", "0015"], Text, &["0012", "0015"]);
    check(&["12", "015"], Text, &["12", "015"]);
    check(&["110101199003071234"], Text, &["110101199003071234"]);
    check(&["+8613912345678", "+8613912345679"], Text, &[]);
    check_under("手机", &["13912345678"], Text, &["13912345678"]);
    check_under("Phone", &["5551234"], Text, &["5551234"]);
    check(
        &[
            "13912345678",
            "13912345679",
            "15812345678",
            "18912345678",
            "17712345678",
        ],
        Text,
        &[],
    );
    check(&["T1", "T2"], Text, &["T1", "T2"]);
    check(&["CA1234", "12E3"], Text, &["CA1234", "12E3"]);
    check(&["10:30", "11:45"], Text, &["10:30", "11:45"]);
    check_under("批次编号", &["2024-03", "2024-04"], Text, &["2024-03", "2024-04"]);
}

#[test]
fn days_and_moments() {
    check(
        &["2024-03-05", "2024/3/6", "2024年3月7日"],
        Date,
        &["2024-03-05", "2024-03-06", "2024-03-07"],
    );
    check(
        &["March 5, 2024", "6 March 2024"],
        Date,
        &["2024-03-05", "2024-03-06"],
    );
    check(
        &["14 April 1205", "3 May 1212"],
        Date,
        &["1205-04-14", "1212-05-03"],
    );
    check(
        &["2024-03-05 10:00:00", "2024-03-06"],
        Datetime,
        &["2024-03-05 10:00:00", "2024-03-06 00:00:00"],
    );
    check(&["31/12/2024", "01/02/2024"], Date, &["2024-12-31", "2024-02-01"]);
    check(&["12/31/2024", "01/02/2024"], Date, &["2024-12-31", "2024-01-02"]);
    check(&["2024-03-05T10:00:00Z", "2024-03-05T10:00:00+08:00"], Text, &[]);
    check(&["31/12/2024", "12/31/2024"], Text, &["31/12/2024", "12/31/2024"]);
}

#[test]
fn an_unknown_order_of_day_and_month_is_an_assumption() {
    let table = table("d\n03/04/2024\n05/06/2024\n");
    assert_eq!(values(&table, "d"), ["2024-03-04", "2024-05-06"]);
    let (chosen, because) = decision(&table, "date order of d");
    assert_eq!(chosen, "month first");
    assert!(because.contains("assumption"), "{because}");
}

#[test]
fn truth_values() {
    check(&["true", "FALSE"], Bool, &["true", "false"]);
    check(&["yes", "no", ""], Bool, &["true", "false", ""]);
    check(&["是", "否"], Bool, &["true", "false"]);
    check(&["Y", "N"], Bool, &["true", "false"]);
    check(&["T", "F"], Bool, &["true", "false"]);
    check(&["F", "F"], Text, &["F", "F"]);
    check(&["F", "M"], Text, &["F", "M"]);
    check(&["yes", "N"], Text, &["yes", "N"]);
    check(&["yes", "maybe"], Text, &["yes", "maybe"]);
    check(&["有", "无", "有"], Bool, &["true", "false", "true"]);
    check(&["√", "×", ""], Bool, &["true", "false", ""]);
    check(&["有", "有"], Text, &["有", "有"]);
}

#[test]
fn missing_words_among_text_may_be_words() {
    check(&["NA", "SA", "EU"], Text, &["NA", "SA", "EU"]);
    check(&["N/A", "SA", "-", "null", ""], Text, &["", "SA", "", "", ""]);
    check(&["A", "无", "B", "C", "/"], Text, &["A", "", "B", "C", ""]);
    check(&["暂无", "篮球", "书法", "空"], Text, &["", "篮球", "书法", ""]);
    check(&["Shanghai", "NA", "Rome"], Text, &["Shanghai", "", "Rome"]);
    // The usual answer, a category of its own, and a word in a name.
    check(&["无", "无", "青霉素", "无"], Text, &["无", "无", "青霉素", "无"]);
    check(&["未知", "男", "女"], Text, &["未知", "男", "女"]);
    check(&["无印良品", "名创优品"], Text, &["无印良品", "名创优品"]);
    let table = table("x,row\nA,1\n无,2\nB,3\n无,4\nC,5\n");
    assert_eq!(decision(&table, "missing in x").0, "无");
    assert!(decision(&table, "missing in x").1.starts_with("2 cells"));
}

#[test]
fn units_are_kept_apart_from_numbers() {
    let check = |header: &str, cells: &str, expect: ColumnType, unit: Option<&str>| {
        let table = table(&format!("{header}\n{cells}\n"));
        assert_eq!(
            (kind(&table, header), profile(&table, header).unit.as_deref()),
            (expect, unit),
            "{header} {cells}"
        );
    };
    check("x", "12%\n7.5%\n0", Float, Some("%"));
    check("x", "12%\n13%", Int, Some("%"));
    check("x", "¥12\n¥13.5", Float, Some("¥"));
    check("x", "12 kg\n13", Int, Some("kg"));
    check("金额（万元）", "12\n13", Int, Some("万元"));
    check("Price (USD)", "12.5\n13", Float, Some("$"));
    check("Name (kg)", "a\nb", Text, None);
    // Adding these up would be wrong.
    check("x", "$12\n€13", Text, None);
    check("x", "12%\n0.13", Text, None);
    assert_eq!(values(&table("x\n12%\n7.5%\n"), "x"), ["12.0", "7.5"]);
}

#[test]
fn a_few_stray_cells_do_not_spoil_a_long_column() {
    let rows: Vec<String> = (1..=39).map(|number| number.to_string()).collect();
    let stray = table(&format!("n\n{}\nabout 40\n", rows.join("\n")));
    let found = profile(&stray, "n");
    assert_eq!((found.kind, found.nulls, found.unparsed_count), (Int, 1, 1));
    assert_eq!(
        (found.unparsed[0].cell.as_str(), found.unparsed[0].text.as_str()),
        ("line 41, column 1", "about 40")
    );

    // Three of forty are too many, and one of ten too.
    let three = format!("n\n{}\na\nb\nc\n", rows.join("\n"));
    assert_eq!(kind(&table(&three), "n"), Text);
    assert_eq!(kind(&table("n\n1\n2\n3\n4\n5\n6\n7\n8\n9\nx\n"), "n"), Text);
}

#[test]
fn the_reason_is_told() {
    let table = table("店铺编号,销售额,备注\n001,5,a\n002,6.5,b\n");
    assert!(
        decision(&table, "type of 店铺编号")
            .1
            .contains("begins with zero")
    );
    assert_eq!(
        decision(&table, "type of 销售额"),
        ("float", "2 of 2 values are numbers")
    );
    assert_eq!(decision(&table, "type of 备注").0, "text");
}

#[test]
fn spans_of_time_are_their_first_day() {
    let months = ["2024-03-01", "2024-04-01"];
    for cells in [
        ["2024年3月", "2024年4月"],
        ["2024-03", "2024-04"],
        ["2024/3", "2024/4"],
        ["Mar 2024", "April 2024"],
    ] {
        check(&cells, Date, &months);
    }
    check_under("月份", &["202403", "202404"], Date, &months);
    check_under("x", &["202403", "202404"], Int, &["202403", "202404"]);
    check(
        &["2024Q1", "2024-Q2", ""],
        Date,
        &["2024-01-01", "2024-04-01", ""],
    );
    check(
        &["2024年第3季度", "2024年四季度"],
        Date,
        &["2024-07-01", "2024-10-01"],
    );
    check(&["2024W05", "2024-W06"], Date, &["2024-01-29", "2024-02-05"]);
    // Of two lengths, or without a year: words.
    check(&["2024Q1", "2024-03"], Text, &["2024Q1", "2024-03"]);
    check(&["Q1", "Q2"], Text, &["Q1", "Q2"]);
    check(&["3月", "4月"], Text, &["3月", "4月"]);
    let table = table("季度\n2024Q1\n2024Q2\n");
    assert!(
        decision(&table, "type of 季度").1.contains("quarter"),
        "{:?}",
        decision(&table, "type of 季度")
    );
}

#[test]
fn dates_that_the_header_or_the_title_completes() {
    check_under("日期", &["45000", "45001"], Date, &["2023-03-15", "2023-03-16"]);
    check_under(
        "日期（民国）",
        &["113/3/5", "112/12/31"],
        Date,
        &["2024-03-05", "2023-12-31"],
    );
    check(
        &["民国113年3月5日", "民国112年12月31日"],
        Date,
        &["2024-03-05", "2023-12-31"],
    );
    check(&["113/3/5", "112/12/31"], Text, &[]);
    let titled = table("2024年销售,,\n日期,店铺,金额\n3月5日,甲,5\n12月31日,乙,6\n");
    assert_eq!(values(&titled, "日期"), ["2024-03-05", "2024-12-31"]);
    assert!(decision(&titled, "type of 日期").1.contains("2024"));
    let years = table("年份,日期,店铺\n2023,3月5日,甲\n2024,2月29日,乙\n");
    assert_eq!(values(&years, "日期"), ["2023-03-05", "2024-02-29"]);
    let bare = table("日期,店铺\n3月5日,甲\n12月31日,乙\n");
    assert_eq!(kind(&bare, "日期"), Text);
    assert!(decision(&bare, "type of 日期").1.contains("without a year"));
}

#[test]
fn times_of_day_in_two_languages() {
    let expect = ["2024-03-05 15:05:00", "2024-03-05 09:30:00"];
    check(&["2024/3/5 3:05 PM", "2024/3/5 9:30 AM"], Datetime, &expect);
    check(
        &["2024年3月5日 下午3:05", "2024年3月5日 上午9:30"],
        Datetime,
        &expect,
    );
}

#[test]
fn numbers_as_people_write_them() {
    check(&["1000万公斤", "2亿公斤"], Int, &["10000000", "200000000"]);
    check(&["￥1,234.50", "￥12"], Float, &["1234.5", "12.0"]);
    check(&["(1,234)", "12"], Int, &["-1234", "12"]);
    check(&["1.2e3", "5"], Float, &["1200.0", "5.0"]);
    check(&["１２３", "４"], Int, &["123", "4"]);
    check(&["3千", "1.5百万"], Int, &["3000", "1500000"]);
    check(&["3千克", "5千克"], Int, &["3", "5"]);
    check(&["5‰", "7‰"], Int, &["5", "7"]);
    check(&["12\u{a0}", " 13 "], Int, &["12", "13"]);
    check(&["3.5/5", "4/5"], Text, &["3.5/5", "4/5"]);
    let table = table("x\n1.2万\n3亿\n");
    assert!(decision(&table, "multiples of x").1.contains("万"));
}

#[test]
fn commas_before_fractions_where_the_column_says_so() {
    check(&["1.234,50", "12,00", "3"], Float, &["1234.5", "12.0", "3.0"]);
    check(&["1 234,50", "12,25"], Float, &["1234.5", "12.25"]);
    check(&["€ 1.234,50", "€ 7,00"], Float, &[]);
    // A comma in groups of three stays one.
    check(&["1,234", "12,345"], Int, &["1234", "12345"]);
    check(&["1,2", "3,4"], Text, &["1,2", "3,4"]);
    check(&["1.234,50", "1,234.50"], Text, &[]);
}

#[test]
fn long_columns_of_text_are_settled_early() {
    let rows: String = (0..12_000)
        .map(|row| format!("{},{}\n", ["SO-1", "无", "N/A", "7"][row % 4], row))
        .collect();
    let table = table(&format!("code,n\n{rows}"));
    assert_eq!((kind(&table, "code"), kind(&table, "n")), (Text, Int));
    assert_eq!(
        decision(&table, "type of code").1,
        "more than one in 20 values is neither a number nor a day"
    );
    assert_eq!(
        (profile(&table, "code").nulls, profile(&table, "code").distinct),
        (6_000, 2)
    );
}
