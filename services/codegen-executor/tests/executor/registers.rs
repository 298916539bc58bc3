//! Questions over registers whose names and headers are English: words that only exclusion explains, all that is named has
//! its part, and superlatives within groups.

use schemas::Glossary;
use schemas::value::Value;

use super::planning::{Invented, told, understand};

/// Masters of kilns; each row is one.
fn kiln_masters() -> Invented {
    use schemas::table::ColumnType::{Bool, Float, Int, Text};
    Invented::new(
        "kiln_masters.csv",
        40,
        vec![
            ("Master_ID", Int, None, 40, Value::Int(1), Value::Int(40)),
            ("Title", Text, None, 40, "Amber".into(), "Zinnia".into()),
            ("HQ_City", Text, None, 5, "Delft".into(), "Vienna".into()),
            ("Founded", Int, None, 38, Value::Int(1901), Value::Int(2011)),
            (
                "Kiln_Height_m",
                Float,
                None,
                40,
                Value::Float(1.2),
                Value::Float(9.8),
            ),
            (
                "Ave_Price",
                Float,
                None,
                40,
                Value::Float(4.0),
                Value::Float(90.0),
            ),
            ("Glazed", Bool, None, 2, Value::Bool(false), Value::Bool(true)),
        ],
        &[("HQ_City", &["Delft", "Vienna", "Lyon"])],
    )
}

#[track_caller]
fn check(question: &str, expected: &str) {
    let table = kiln_masters();
    let understood = understand(&table, &[], &Glossary::default(), question);
    assert_eq!(told(&table, question, understood), expected, "{question}");
}

#[track_caller]
fn check_abstains(question: &str) {
    let table = kiln_masters();
    let understood = understand(&table, &[], &Glossary::default(), question);
    let told = told(&table, question, understood);
    assert!(told.starts_with("abstains"), "{question}: {told}");
}

#[test]
fn a_word_that_nothing_explains_names_the_rows() {
    check("有多少名窑匠？", "kiln_masters：计算行数");
    check("列出所有窑匠的名称。", "kiln_masters：列出Title");
    check("Delft有几名窑匠？", "kiln_masters：HQ_City为“Delft”，计算行数");
}

#[test]
fn what_a_known_word_names_is_no_row() {
    check_abstains("有多少名厨师？");
    check_abstains("每名窑匠有多少学徒？");
    check_abstains("窑匠的出勤率是多少？");
    check_abstains("谁的窑砖最多？");
}

#[test]
fn each_group_has_its_own_largest() {
    check(
        "What is the height of the tallest kiln in each city?",
        "kiln_masters: compute the largest Kiln_Height_m; by HQ_City",
    );
    check_abstains("For each city, which master has the highest price?");
}

#[test]
fn two_superlatives_say_which_end_comes_first() {
    check(
        "List the titles by price, from the highest to the lowest.",
        "kiln_masters: list Title; ordered by Ave_Price, largest first",
    );
    check(
        "List the titles from the oldest to the newest.",
        "kiln_masters: list Title; ordered by Founded, smallest first",
    );
}

#[test]
fn all_that_is_named_has_its_part() {
    check(
        "What are the number of masters and the average price for each city?",
        "kiln_masters: compute the number of rows, the average Ave_Price; by HQ_City",
    );
}

#[test]
fn the_average_of_all_beside_another_condition() {
    check(
        "Which masters in Delft are more expensive than the average price of all masters?",
        "kiln_masters: list Title where HQ_City is \"Delft\" and Ave_Price is more than the average Ave_Price of the whole table",
    );
    check_abstains("Which masters in Delft are more expensive than the average?");
}
