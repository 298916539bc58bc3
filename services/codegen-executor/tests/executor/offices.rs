//! Questions over registers as offices keep them: headers that begin with verbs, people who do things, units and scales.

use schemas::Glossary;
use schemas::table::ColumnType;
use schemas::value::Value;

use super::planning::{Invented, told, understand};

/// 渡口检修: repairs of ferries; each row is one.
fn repairs() -> Invented {
    use ColumnType::{Bool, Date, Float, Int, Text};
    Invented::new(
        "渡口检修.csv",
        60,
        vec![
            ("检修单号", Text, None, 60, "000107".into(), "000982".into()),
            ("出发码头", Text, None, 3, "北码头".into(), "西码头".into()),
            ("到达码头", Text, None, 3, "北码头".into(), "西码头".into()),
            (
                "查验日期",
                Date,
                None,
                50,
                "2023-01-09".into(),
                "2024-06-30".into(),
            ),
            ("经手人", Text, None, 4, "丁一".into(), "周舟".into()),
            (
                "乘客运送量(万人次)",
                Float,
                Some("万人次"),
                58,
                Value::Float(0.4),
                Value::Float(38.2),
            ),
            ("工期", Int, Some("天"), 20, Value::Int(1), Value::Int(40)),
            (
                "是否夜间施工",
                Bool,
                None,
                2,
                Value::Bool(false),
                Value::Bool(true),
            ),
        ],
        &[
            ("出发码头", &["北码头", "南码头", "西码头"]),
            ("到达码头", &["北码头", "南码头", "西码头"]),
            ("经手人", &["丁一", "李木", "王川", "周舟"]),
        ],
    )
}

/// Races of boats; each row is one.
fn races() -> Invented {
    use ColumnType::{Bool, Int, Text};
    Invented::new(
        "boat_races.csv",
        40,
        vec![
            (
                "race_name",
                Text,
                None,
                40,
                "Amber Cup".into(),
                "Zephyr Cup".into(),
            ),
            ("winner_age", Int, None, 30, Value::Int(19), Value::Int(61)),
            ("loser_age", Int, None, 30, Value::Int(18), Value::Int(64)),
            (
                "is_sheltered",
                Bool,
                None,
                2,
                Value::Bool(false),
                Value::Bool(true),
            ),
            ("founded_year", Int, None, 30, Value::Int(1890), Value::Int(2015)),
            ("river", Text, None, 4, "Elbe".into(), "Rhine".into()),
        ],
        &[("river", &["Elbe", "Loire", "Rhine", "Thames"])],
    )
}

#[track_caller]
fn check(table: &Invented, question: &str, expected: &str) {
    let understood = understand(table, &[], &Glossary::default(), question);
    assert_eq!(told(table, question, understood), expected, "{question}");
}

#[track_caller]
fn check_abstains(table: &Invented, question: &str) {
    let understood = understand(table, &[], &Glossary::default(), question);
    let told = told(table, question, understood);
    assert!(told.starts_with("abstains"), "{question}: {told}");
}

#[test]
fn a_header_begins_with_what_is_done() {
    check(
        &repairs(),
        "2024年查验的检修单有多少张？",
        "渡口检修：查验日期在2024年，计算行数",
    );
    check(
        &repairs(),
        "夜间施工的有几张检修单？",
        "渡口检修：是否夜间施工为是，计算行数",
    );
}

#[test]
fn who_asks_for_the_only_people() {
    check(
        &repairs(),
        "到达码头是南码头的有哪些人？",
        "渡口检修：到达码头为“南码头”，列出不同的经手人",
    );
}

#[test]
fn an_amount_in_ten_thousands_is_no_number_of_rows() {
    check_abstains(&repairs(), "2024年一共有多少万？");
}

#[test]
fn one_of_two_columns() {
    check(
        &repairs(),
        "出发码头或到达码头是北码头的检修单有几张？",
        "渡口检修：出发码头为“北码头”或到达码头为“北码头”，计算行数",
    );
}

#[test]
fn a_function_stands_within_a_name() {
    check(
        &races(),
        "胜者的平均年龄是多少？",
        "boat_races：计算winner_age的平均值",
    );
    check(
        &races(),
        "What is the winner's average age?",
        "boat_races: compute the average winner_age",
    );
}

#[test]
fn texts_have_no_size_to_be_ordered_by() {
    check_abstains(
        &races(),
        "List the names of the races from the largest to the smallest.",
    );
}

#[test]
fn what_a_header_states() {
    check(
        &races(),
        "How many sheltered races are on the Elbe?",
        "boat_races: compute the number of rows where is_sheltered is yes and river is \"Elbe\"",
    );
}

#[test]
fn a_unit_that_nothing_has_says_when() {
    check_abstains(&races(), "How many races on the Elbe are held at night?");
}
