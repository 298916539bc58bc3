//! Plans that don't fit their table.

use codegen_executor::engine::columns_read;
use schemas::plan::{Aggregate, Bucket, Comparison, Condition, Measure, Place, Plan};
use schemas::value::Value;

use super::shop::{descending, first, is, key, measure, plan, rows_counted, run, shop_profile, span};

fn check(plan: &Plan, expected: &str) {
    let error = run(plan).unwrap_err();
    assert!(
        error.to_string().contains(expected),
        "{error} does not say {expected:?}"
    );
    assert!(error.is_misfit(), "{error}");
}

#[test]
fn plans_that_make_no_sense_are_refused_by_name() {
    let filtered = |condition| Plan {
        filter: Some(condition),
        ..plan()
    };
    let measured = |measure| Plan {
        measures: vec![measure],
        ..plan()
    };
    let compare = |left: &str, right: &str| Condition::CompareColumns {
        left: left.to_owned(),
        comparison: Comparison::Eq,
        right: right.to_owned(),
    };
    for (plan, expected) in [
        (
            filtered(is("colour", Comparison::Eq, "red")),
            "no column \"colour\"",
        ),
        (
            Plan {
                select: vec!["colour".to_owned()],
                ..plan()
            },
            "no column \"colour\"",
        ),
        (
            Plan {
                group: vec![key("colour")],
                ..plan()
            },
            "no column \"colour\"",
        ),
        (
            measured(measure(Aggregate::Sum, "flower")),
            "Sum makes no sense over \"flower\"",
        ),
        (
            measured(measure(Aggregate::Mean, "day")),
            "Mean makes no sense over \"day\"",
        ),
        (
            measured(measure(Aggregate::Max, "order")),
            "Max makes no sense over \"order\"",
        ),
        (
            measured(Measure {
                name: "x".to_owned(),
                function: Aggregate::Sum,
                column: None,
                filter: None,
            }),
            "Sum needs a column",
        ),
        (filtered(is("order", Comparison::Gt, "100")), "can't be compared"),
        (
            filtered(is("stems", Comparison::Eq, "ten")),
            "\"ten\" is nothing that \"stems\" could hold",
        ),
        (
            filtered(is("stems", Comparison::Eq, Value::Null)),
            "null is nothing",
        ),
        (
            filtered(is("order", Comparison::Eq, 7)),
            "7 is nothing that \"order\" could hold",
        ),
        (
            filtered(is("day", Comparison::Eq, "2024-02-30")),
            "is nothing that \"day\" could hold",
        ),
        (
            filtered(is("day", Comparison::Eq, "2024-02-28T10:00")),
            "is nothing that \"day\" could hold",
        ),
        (filtered(compare("stems", "flower")), "\"flower\" holds Text"),
        (
            filtered(Condition::Contains {
                column: "stems".to_owned(),
                text: "1".to_owned(),
                place: Place::Anywhere,
            }),
            "\"stems\" holds Int",
        ),
        (filtered(Condition::And { all: Vec::new() }), "no parts"),
        (
            filtered(Condition::TimeRange {
                column: "day".to_owned(),
                from: None,
                until: None,
            }),
            "no parts",
        ),
        (
            filtered(Condition::TimeRange {
                column: "price".to_owned(),
                from: None,
                until: None,
            }),
            "\"price\" holds Float",
        ),
        (
            Plan {
                group: vec![span("flower", Bucket::Month)],
                ..plan()
            },
            "no calendar spans",
        ),
        (
            Plan {
                measures: vec![rows_counted()],
                order: vec![descending("stems")],
                ..plan()
            },
            "can't be ordered by \"stems\"",
        ),
        (
            Plan {
                measures: vec![rows_counted(), rows_counted()],
                ..plan()
            },
            "\"rows\" stands for two",
        ),
        (
            Plan {
                select: vec!["day".to_owned(), "day".to_owned()],
                ..plan()
            },
            "\"day\" stands for two",
        ),
        (
            Plan {
                limit: first(0, false),
                ..plan()
            },
            "empty result",
        ),
        (
            Plan {
                measures: vec![rows_counted()],
                hidden: vec!["rows".to_owned()],
                ..plan()
            },
            "empty result",
        ),
        (
            Plan {
                group: vec![key("flower")],
                measures: vec![rows_counted()],
                having: Some(is("stems", Comparison::Gt, 1)),
                ..plan()
            },
            "no column \"stems\"",
        ),
    ] {
        check(&plan, expected);
    }
}

#[test]
fn a_plan_reads_the_columns_that_it_names() {
    let read = |plan: &Plan| columns_read(plan, &shop_profile()).unwrap();
    let plan = Plan {
        filter: Some(is("gift", Comparison::Eq, Value::Bool(true))),
        group: vec![key("flower")],
        measures: vec![measure(Aggregate::Sum, "price")],
        ..plan()
    };
    assert_eq!(read(&plan), ["flower", "price", "gift"]);
    let count = Plan {
        measures: vec![rows_counted()],
        ..super::shop::plan()
    };
    assert_eq!(read(&count), ["order"]);
}
