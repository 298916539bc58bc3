//! What counts as the same table.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn rows(table: Json) -> Vec<Vec<Value>> {
    serde_json::from_value(table).unwrap()
}

fn check(gold: Json, given: Json, ordered: bool, correct: bool) {
    let answer = rows(given.clone());
    let columns = answer.first().map_or(0, Vec::len);
    assert_eq!(
        is_correct(&rows(gold.clone()), columns, &answer, ordered),
        correct,
        "{gold} against {given}"
    );
}

#[test]
fn cells() {
    for (gold, given, same) in [
        (json!(5), json!(5), true),
        (json!(5), json!(5.000_000_1), true),
        (json!(5), json!(5.001), false),
        (json!(1_000_000), json!(1_000_000.5), true),
        (json!(0), json!(0.0), true),
        (json!(0), json!(1e-12), true),
        (json!(0), json!(0.001), false),
        (json!(-3), json!(3), false),
        (json!("5"), json!(5), true),
        (json!(5), json!(" 5.0 "), true),
        (json!("5"), json!("5.0"), false),
        (json!("0012"), json!("12"), false),
        (json!("1e3"), json!(1000), true),
        (json!("nan"), json!(0), false),
        (json!("inf"), json!("inf"), true),
        (json!("T2"), json!("  T2\t"), true),
        (json!("T2"), json!("t2"), false),
        (json!("航站楼"), json!("航站楼"), true),
        (json!(null), json!(null), true),
        (json!(null), json!(0), false),
        (json!(null), json!(""), false),
        (json!(true), json!(true), true),
        (json!(true), json!(1), false),
    ] {
        check(json!([[gold]]), json!([[given]]), false, same);
        check(json!([[given]]), json!([[gold]]), true, same);
    }
}

#[test]
fn shapes() {
    // No rows at all.
    check(json!([]), json!([]), false, true);
    check(json!([]), json!([[1]]), false, false);
    check(json!([[1]]), json!([]), false, false);
    // More or fewer rows.
    check(json!([[1], [2]]), json!([[1], [2], [2]]), false, false);
    check(json!([[1], [2], [2]]), json!([[1], [2]]), false, false);
    // One column more may be there, on either side; two may not, and none may be missing.
    check(json!([["a"], ["b"]]), json!([["a", 1], ["b", 2]]), false, true);
    check(json!([["a"], ["b"]]), json!([[1, "a"], [2, "b"]]), false, true);
    check(
        json!([["a"], ["b"]]),
        json!([[1, "a", 0], [2, "b", 0]]),
        false,
        false,
    );
    check(json!([["a", 1], ["b", 2]]), json!([["a"], ["b"]]), false, false);
}

#[test]
fn columns_may_come_in_another_order() {
    check(
        json!([["a", 1], ["b", 2]]),
        json!([[1, "a"], [2, "b"]]),
        false,
        true,
    );
    check(
        json!([["a", 1], ["b", 2]]),
        json!([[1, "b"], [2, "a"]]),
        false,
        false,
    );
    // Each column fits twice, but only one assignment gives the rows.
    check(
        json!([[1, 2], [2, 1], [3, 3]]),
        json!([[3, 3], [1, 2], [2, 1]]),
        false,
        true,
    );
    check(
        json!([[1, 2], [2, 3], [3, 1]]),
        json!([[2, 1], [3, 2], [1, 3]]),
        false,
        true,
    );
    // Every column fits everywhere, and still the rows differ.
    check(json!([[1, 1], [2, 2]]), json!([[1, 2], [2, 1]]), false, false);
    // One answer column can't stand for two of the gold.
    check(
        json!([["a", "a"], ["b", "b"]]),
        json!([["a", 1], ["b", 2]]),
        false,
        false,
    );
}

#[test]
fn rows_may_come_in_another_order_unless_asked_for() {
    check(
        json!([["a", 1], ["b", 2]]),
        json!([["b", 2], ["a", 1]]),
        false,
        true,
    );
    check(
        json!([["a", 1], ["b", 2]]),
        json!([["b", 2], ["a", 1]]),
        true,
        false,
    );
    check(
        json!([["a", 1], ["b", 2]]),
        json!([[1, "a"], [2, "b"]]),
        true,
        true,
    );
}

#[test]
fn rows_are_counted() {
    check(
        json!([["a"], ["a"], ["b"]]),
        json!([["a"], ["b"], ["a"]]),
        false,
        true,
    );
    check(
        json!([["a"], ["a"], ["b"]]),
        json!([["a"], ["b"], ["b"]]),
        false,
        false,
    );
}

#[test]
fn rounding_does_not_break_the_pairing() {
    // 1.0 and 1.0000001 are equal, but sort the second column in opposite ways.
    check(
        json!([[1.0, 2], [1.000_000_1, 1]]),
        json!([[1.0, 1], [1.000_000_1, 2]]),
        false,
        true,
    );
}

#[test]
fn many_equal_columns_end_soon() {
    let wide: Vec<i64> = vec![7; 24];
    check(json!([wide, wide]), json!([wide, wide]), false, true);
    let mut other = wide.clone();
    other[23] = 8;
    check(json!([wide, other]), json!([wide, wide]), false, false);
    // Every column of the one fits every column of the other, and no rows do.
    let (ones, turned): (Vec<i64>, Vec<i64>) = (0..24).map(|n| (n % 2, (n + n / 12) % 2)).unzip();
    let flipped = |row: &[i64]| row.iter().map(|n| 1 - n).collect::<Vec<_>>();
    check(
        json!([ones, flipped(&ones), wide]),
        json!([turned, flipped(&turned), wide]),
        false,
        true,
    );
    check(
        json!([ones, flipped(&ones)]),
        json!([vec![0; 24], vec![1; 24]]),
        false,
        false,
    );
}

#[test]
fn ragged_rows_are_wrong() {
    assert!(!is_correct(
        &rows(json!([[1], [2]])),
        1,
        &rows(json!([[1], [2, 3]])),
        false
    ));
}

fn tables() -> impl Strategy<Value = Vec<Vec<Value>>> {
    let cell = prop_oneof![
        Just(Value::Null),
        (0_i64..4).prop_map(Value::Int),
        (0_i64..4).prop_map(|n| Value::Float(n as f64 / 3.0)),
        "[ab]{0,2}".prop_map(Value::Text),
    ];
    (1_usize..5)
        .prop_flat_map(move |width| prop::collection::vec(prop::collection::vec(cell.clone(), width), 1..12))
}

fn permuted(table: &[Vec<Value>], columns: &[usize]) -> Vec<Vec<Value>> {
    table
        .iter()
        .map(|row| columns.iter().map(|&column| row[column].clone()).collect())
        .collect()
}

proptest! {
    #[test]
    fn permuting_rows_and_columns_keeps_it_correct(
        (table, rows, columns) in tables().prop_flat_map(|table| {
            let columns: Vec<usize> = (0..table[0].len()).collect();
            (Just(table.clone()), Just(table).prop_shuffle(), Just(columns).prop_shuffle())
        })
    ) {
        let given = permuted(&rows, &columns);
        prop_assert!(is_correct(&table, columns.len(), &given, false));
        let given = permuted(&table, &columns);
        prop_assert!(is_correct(&table, columns.len(), &given, true));
    }

    #[test]
    fn one_changed_cell_makes_it_wrong(
        (table, row, column) in tables().prop_flat_map(|table| {
            let (height, width) = (table.len(), table[0].len());
            (Just(table), 0..height, 0..width)
        })
    ) {
        let mut given = table.clone();
        given[row][column] = Value::Text("elsewhere".to_owned());
        prop_assert!(!is_correct(&table, given[0].len(), &given, false));
    }

    #[test]
    fn an_extra_column_anywhere_is_allowed(table in tables(), place in 0_usize..5) {
        let given: Vec<Vec<Value>> = table.iter().enumerate().map(|(number, row)| {
            let mut row = row.clone();
            row.insert(place.min(row.len()), Value::Text(format!("extra {number}")));
            row
        }).collect();
        prop_assert!(is_correct(&table, given[0].len(), &given, true));
    }
}
