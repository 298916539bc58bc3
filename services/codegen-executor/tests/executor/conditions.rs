//! Conditions and the rows that they keep.

use schemas::plan::{Aggregate, Comparison, Condition, Place, Plan};
use schemas::value::Value;

use super::shop::{is, plan, run};

/// The orders that a condition keeps.
fn kept(condition: Condition) -> Vec<String> {
    let plan = Plan {
        filter: Some(condition),
        select: vec!["order".to_owned()],
        ..plan()
    };
    let rows = run(&plan).unwrap().rows;
    rows.into_iter()
        .map(|mut row| match row.pop() {
            Some(Value::Text(order)) => order,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn conditions_keep_the_rows_that_they_name() {
    let column = |name: &str| name.to_owned();
    let range = |name: &str, from: Option<&str>, until: Option<&str>| Condition::TimeRange {
        column: name.to_owned(),
        from: from.map(|date| date.parse().unwrap()),
        until: until.map(|date| date.parse().unwrap()),
    };
    let contains = |text: &str, place| Condition::Contains {
        column: column("note"),
        text: text.to_owned(),
        place,
    };
    let not = |condition| Condition::Not {
        condition: Box::new(condition),
    };
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    for (condition, expected) in [
        // Text: case, width and blanks don't count, and what is missing is neither equal nor different.
        (is("flower", Eq, "rose"), "007 013"),
        (is("flower", Eq, " ＴＵＬＩＰ"), "012 103"),
        (is("flower", Ne, "rose"), "012 101 103 110"),
        (not(is("flower", Eq, "rose")), "012 101 103 110"),
        (is("flower", Eq, "lily"), ""),
        // Numbers against whole and broken ones.
        (is("stems", Ge, 7), "007 013 110"),
        (is("stems", Gt, Value::Float(4.5)), "007 012 013 103 110"),
        (is("stems", Lt, Value::Float(5.5)), "012 102 103"),
        (is("stems", Le, Value::Float(5.0)), "012 102 103"),
        (is("stems", Eq, Value::Float(5.5)), ""),
        (is("stems", Ne, Value::Float(5.5)), "007 012 013 102 103 110"),
        (is("stems", Lt, Value::Float(1e300)), "007 012 013 102 103 110"),
        (is("price", Eq, 4), "101 110"),
        (
            Condition::Between {
                column: column("stems"),
                low: 5.into(),
                high: 10.into(),
            },
            "007 012 013 103",
        ),
        (
            Condition::In {
                column: column("stems"),
                values: vec![3.into(), 12.into()],
            },
            "102 110",
        ),
        (
            Condition::In {
                column: column("flower"),
                values: vec!["IRIS".into(), "rose".into()],
            },
            "007 013 101 110",
        ),
        // Truth.
        (is("gift", Eq, Value::Bool(true)), "007 101 110"),
        (is("gift", Ne, Value::Bool(true)), "012 102 103"),
        // Time is half-open; a day against moments is the whole day.
        (
            range("day", Some("2024-01-01"), Some("2024-04-01")),
            "012 013 101",
        ),
        (
            range("packed_at", Some("2024-01-01"), Some("2024-04-01")),
            "012 013 101",
        ),
        (range("day", Some("2024-04-01"), None), "103 110"),
        (range("day", None, Some("2024-01-01")), "007"),
        (is("day", Eq, "2024-02-29"), "013"),
        (is("packed_at", Eq, "2024-02-29"), "013"),
        (is("packed_at", Ne, "2024-02-29"), "007 012 101 103 110"),
        (is("packed_at", Le, "2024-01-01"), "007 012"),
        (is("packed_at", Lt, "2024-01-01"), "007"),
        (is("packed_at", Gt, "2024-04-01"), "110"),
        (is("packed_at", Ge, "2024-04-01"), "103 110"),
        (is("packed_at", Gt, "2024-04-01T18:29"), "103 110"),
        (is("packed_at", Gt, "2024-04-01T18:30:00"), "110"),
        // Parts of texts are literal.
        (contains("a.b", Place::Anywhere), "007 013"),
        (contains("%", Place::End), "102"),
        (contains("A", Place::Start), "007 013 101"),
        // Missing, columns, aggregates.
        (
            Condition::Missing {
                column: column("flower"),
            },
            "102",
        ),
        (
            not(Condition::Missing {
                column: column("flower"),
            }),
            "007 012 013 101 103 110",
        ),
        (
            Condition::CompareColumns {
                left: column("stems"),
                comparison: Gt,
                right: column("price"),
            },
            "007 012 102 103 110",
        ),
        (
            Condition::CompareColumns {
                left: column("packed_at"),
                comparison: Gt,
                right: column("day"),
            },
            "007 012 013 101 103 110",
        ),
        (
            Condition::CompareColumns {
                left: column("flower"),
                comparison: Ne,
                right: column("note"),
            },
            "007 013 101 103 110",
        ),
        (
            Condition::CompareAggregate {
                column: column("stems"),
                comparison: Gt,
                function: Aggregate::Mean,
            },
            "007 110",
        ),
        (
            Condition::CompareAggregate {
                column: column("day"),
                comparison: Eq,
                function: Aggregate::Max,
            },
            "110",
        ),
        // Joined.
        (
            Condition::Or {
                any: vec![is("stems", Gt, 100), is("flower", Eq, "iris")],
            },
            "101 110",
        ),
        (
            Condition::And {
                all: vec![is("stems", Ge, 5), not(is("flower", Eq, "rose"))],
            },
            "012 103 110",
        ),
        // The average is that of all rows, whatever else is asked.
        (
            Condition::And {
                all: vec![
                    is("flower", Eq, "iris"),
                    Condition::CompareAggregate {
                        column: column("stems"),
                        comparison: Gt,
                        function: Aggregate::Mean,
                    },
                ],
            },
            "110",
        ),
    ] {
        let orders: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(kept(condition.clone()), orders, "{condition:?}");
    }
}
