//! What holds for every input.

use proptest::collection::vec;
use proptest::prelude::*;
use schemas::table::ColumnType;

use crate::{kind, read, table, values};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_the_reader(bytes in vec(any::<u8>(), 0..400), name in "[a-z]{0,4}\\.(csv|tsv|xlsx)") {
        let _ = read(&name, &bytes);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "([a-z0-9\"',;|\\t\\n年月日/%()合计.-]|-|\\PC){0,300}") {
        let _ = read("a.csv", text.as_bytes());
    }

    #[test]
    fn no_workbook_head_breaks_the_reader(bytes in vec(any::<u8>(), 0..300)) {
        let _ = read("a.xlsx", &[b"PK\x03\x04", bytes.as_slice()].concat());
    }

    #[test]
    fn numbers_are_read_exactly_and_never_as_days(numbers in vec(-999_999_999_999_999i64..=999_999_999_999_999, 1..40)) {
        let lines: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let table = table(&format!("n\n{}\n", lines.join("\n")));
        prop_assume!(kind(&table, "n") != ColumnType::Text);
        prop_assert_eq!(kind(&table, "n"), ColumnType::Int);
        prop_assert_eq!(values(&table, "n"), lines);
    }

    #[test]
    fn floats_are_read_exactly(numbers in vec(-1e12f64..1e12, 1..40)) {
        let lines: Vec<String> = numbers.iter().map(f64::to_string).collect();
        let table = table(&format!("n,row\n{}\n", lines.iter().map(|line| format!("{line},r")).collect::<Vec<_>>().join("\n")));
        let frame = crate::frame(&table);
        let read: Vec<f64> = frame.column("n").unwrap().cast(&polars::prelude::DataType::Float64).unwrap()
            .f64().unwrap().iter().flatten().collect();
        prop_assert_eq!(read, numbers);
    }

    #[test]
    fn texts_keep_their_letters_and_order(texts in vec("[A-Za-z店茶]{1,3} ?[a-z\"，,;\n]{0,6}[a-z]", 1..30)) {
        let quoted: Vec<String> = texts.iter().map(|text| format!("\"x{}\"", text.replace('"', "\"\""))).collect();
        let expect: Vec<String> = texts.iter().map(|text| format!("x{text}")).collect();
        let table = table(&format!("t,u\n{}\n", quoted.iter().map(|text| format!("{text},v")).collect::<Vec<_>>().join("\n")));
        prop_assert_eq!(values(&table, "t"), expect);
    }
}
