//! What is computed from measures: shares, ratios, growth, running totals.

use codegen_executor::engine::PlanError;
use schemas::plan::{Aggregate, Bucket, Comparison, Derived, Formula, Measure, Plan, Since};
use schemas::value::Value;
use serde_json::{Value as Json, json};

use super::shop::{descending, first, is, key, measure, plan, rows_counted, run, span};

fn rows(plan: &Plan) -> Json {
    serde_json::to_value(run(plan).unwrap().rows).unwrap()
}

fn derived(formula: Formula, percent: bool) -> Derived {
    Derived {
        name: "derived".to_owned(),
        formula,
        percent,
    }
}

fn gifts() -> Measure {
    Measure {
        name: "gifts".to_owned(),
        filter: Some(is("gift", Comparison::Eq, Value::Bool(true))),
        ..rows_counted()
    }
}

#[test]
fn a_measure_may_count_some_rows_alone() {
    let plan = Plan {
        measures: vec![
            rows_counted(),
            gifts(),
            Measure {
                name: "gift stems".to_owned(),
                filter: Some(is("gift", Comparison::Eq, Value::Bool(true))),
                ..measure(Aggregate::Sum, "stems")
            },
            Measure {
                name: "dear".to_owned(),
                filter: Some(is("price", Comparison::Gt, 1000)),
                ..measure(Aggregate::Sum, "stems")
            },
        ],
        ..plan()
    };
    let all = rows(&plan);
    let counted = |filter| {
        let filtered = Plan {
            filter: Some(filter),
            measures: vec![rows_counted(), measure(Aggregate::Sum, "stems")],
            ..super::shop::plan()
        };
        rows(&filtered)
    };
    let gifts = counted(is("gift", Comparison::Eq, Value::Bool(true)));
    assert_eq!(all, json!([[7, gifts[0][0], gifts[0][1], null]]));
    let grouped = rows(&Plan {
        group: vec![key("gift")],
        ..plan
    });
    assert_eq!(grouped[0][2], gifts[0][0]);
    assert_eq!(grouped[1][2], json!(0));
}

#[test]
fn shares_add_up_to_the_whole() {
    let plan = Plan {
        group: vec![key("flower")],
        measures: vec![measure(Aggregate::Sum, "stems")],
        derived: vec![derived(
            Formula::Share {
                of: "sum stems".to_owned(),
            },
            true,
        )],
        order: vec![descending("derived")],
        limit: first(2, false),
        ..plan()
    };
    // 12 and 10 of 42 stems.
    let result = run(&plan).unwrap();
    assert_eq!(result.columns, ["flower", "sum stems", "derived"]);
    let shares: Vec<f64> = result.rows.iter().filter_map(|row| row[2].as_f64()).collect();
    assert_eq!(shares.len(), 2);
    for (share, stems) in shares.iter().zip([12.0, 10.0]) {
        assert!((share - stems / 42.0 * 100.0).abs() < 1e-9, "{share}");
    }
}

#[test]
fn ratios_and_differences_of_measures() {
    let of = |formula| Plan {
        measures: vec![gifts(), rows_counted(), measure(Aggregate::Sum, "price")],
        derived: vec![derived(formula, false)],
        hidden: vec!["gifts".to_owned(), "rows".to_owned(), "sum price".to_owned()],
        ..plan()
    };
    let named = |of: &str| of.to_owned();
    for (formula, expected) in [
        (
            Formula::Difference {
                of: named("rows"),
                less: named("gifts"),
            },
            json!([[4]]),
        ),
        (
            Formula::Distance {
                of: named("gifts"),
                from: named("rows"),
            },
            json!([[4]]),
        ),
        (
            Formula::Ratio {
                numerator: named("sum price"),
                denominator: named("rows"),
            },
            json!([[2.0]]),
        ),
        (
            Formula::Growth {
                from: named("rows"),
                to: named("sum price"),
            },
            json!([[1.0]]),
        ),
    ] {
        assert_eq!(rows(&of(formula.clone())), expected, "{formula:?}");
    }
    let nothing = Plan {
        filter: Some(is("stems", Comparison::Gt, 100)),
        ..of(Formula::Ratio {
            numerator: named("gifts"),
            denominator: named("rows"),
        })
    };
    assert_eq!(rows(&nothing), json!([[null]]));
}

#[test]
fn periods_are_compared_in_order_of_time() {
    let over = |bucket, formula| Plan {
        group: vec![span("day", bucket)],
        measures: vec![rows_counted()],
        derived: vec![derived(formula, false)],
        ..plan()
    };
    let of = || "rows".to_owned();
    assert_eq!(
        rows(&over(Bucket::Quarter, Formula::Running { of: of() })),
        json!([
            ["2023-Q4", 1, 1],
            ["2024-Q1", 3, 4],
            ["2024-Q2", 1, 5],
            ["2024-Q4", 1, 6],
            [null, 1, 7]
        ])
    );
    let since = |since| Formula::Change { of: of(), since };
    // There is no third quarter of 2024 to compare the fourth with.
    assert_eq!(
        rows(&over(Bucket::Quarter, since(Since::Before))),
        json!([
            ["2023-Q4", 1, null],
            ["2024-Q1", 3, 2.0],
            ["2024-Q2", 1, -2.0 / 3.0],
            ["2024-Q4", 1, null],
            [null, 1, null]
        ])
    );
    assert_eq!(
        rows(&over(Bucket::Quarter, since(Since::YearBefore)))[3],
        json!(["2024-Q4", 1, 0.0])
    );
    let ungrouped = Plan {
        group: vec![key("flower")],
        ..over(Bucket::Quarter, since(Since::Before))
    };
    assert!(matches!(run(&ungrouped), Err(PlanError::NoSpan)));
}

#[test]
fn what_is_derived_names_measures_that_hold_numbers() {
    for (of, measured) in [
        ("nothing", rows_counted()),
        ("max day", measure(Aggregate::Max, "day")),
    ] {
        let plan = Plan {
            group: vec![key("flower")],
            measures: vec![measured],
            derived: vec![derived(Formula::Share { of: of.to_owned() }, true)],
            ..plan()
        };
        assert!(run(&plan).unwrap_err().is_misfit(), "{of}");
    }
}
