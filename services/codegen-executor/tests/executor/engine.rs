//! Plans and the rows that they give.

use codegen_executor::checks::Finding;
use codegen_executor::engine::{self, PlanError, ResultLimit};
use polars::prelude::{Column, DataFrame};
use schemas::plan::{Aggregate, Bucket, Comparison, Condition, Plan};
use schemas::trail::LedgerStepKind;
use schemas::value::Value;
use serde_json::{Value as Json, json};

use super::shop::{
    LIMIT, ascending, behind, descending, first, is, key, measure, plan, profile, rows_counted, run,
    shop_profile, span,
};

/// The result of a plan as JSON, after its own checks.
fn rows(plan: &Plan) -> Json {
    let outcome = run(plan).unwrap();
    for finding in &outcome.findings {
        assert!(finding.held(), "{finding:?}");
    }
    serde_json::to_value(outcome.rows).unwrap()
}

#[test]
fn measures_leave_out_what_is_missing() {
    for (measured, expected) in [
        (rows_counted(), json!(7)),
        (measure(Aggregate::Count, "stems"), json!(6)),
        (measure(Aggregate::CountDistinct, "stems"), json!(5)),
        (measure(Aggregate::CountDistinct, "flower"), json!(5)),
        (measure(Aggregate::Sum, "stems"), json!(42)),
        (measure(Aggregate::Sum, "price"), json!(14.0)),
        (measure(Aggregate::Mean, "stems"), json!(7.0)),
        (measure(Aggregate::Median, "stems"), json!(6.0)),
        (measure(Aggregate::Min, "price"), json!(1.0)),
        (measure(Aggregate::Max, "day"), json!("2024-12-30")),
        (measure(Aggregate::Min, "packed_at"), json!("2023-12-31T18:30:00")),
    ] {
        let plan = Plan {
            measures: vec![measured.clone()],
            ..plan()
        };
        assert_eq!(rows(&plan), json!([[expected]]), "{measured:?}");
    }
}

#[test]
fn of_nothing_there_is_no_sum() {
    let plan = Plan {
        filter: Some(is("stems", Comparison::Gt, 100)),
        measures: vec![
            rows_counted(),
            measure(Aggregate::Count, "price"),
            measure(Aggregate::CountDistinct, "price"),
            measure(Aggregate::Sum, "price"),
            measure(Aggregate::Mean, "price"),
            measure(Aggregate::Min, "price"),
            measure(Aggregate::Median, "price"),
        ],
        ..plan()
    };
    assert_eq!(rows(&plan), json!([[0, 0, 0, null, null, null, null]]));
    let grouped = Plan {
        group: vec![key("flower")],
        ..plan
    };
    assert_eq!(rows(&grouped), json!([]));
}

#[test]
fn groups_come_in_the_order_of_the_table() {
    let plan = Plan {
        group: vec![key("flower")],
        measures: vec![
            rows_counted(),
            measure(Aggregate::Sum, "stems"),
            measure(Aggregate::Sum, "price"),
        ],
        ..plan()
    };
    let expected = json!([
        ["Rose", 1, 10, 2.5],
        ["tulip", 1, 5, 1.25],
        ["ＲＯＳＥ", 1, 7, null],
        ["Iris", 2, 12, 8.0],
        [null, 1, 3, 1.0],
        ["Tulip ", 1, 5, 1.25],
    ]);
    assert_eq!(rows(&plan), expected);
    let keys_alone = Plan {
        group: vec![key("gift")],
        ..super::shop::plan()
    };
    assert_eq!(rows(&keys_alone), json!([[true], [false], [null]]));
}

#[test]
fn spans_of_time_are_shown_as_text() {
    for (bucket, expected) in [
        (Bucket::Year, json!([["2023", 1], ["2024", 5], [null, 1]])),
        (
            Bucket::Quarter,
            json!([
                ["2023-Q4", 1],
                ["2024-Q1", 3],
                ["2024-Q2", 1],
                ["2024-Q4", 1],
                [null, 1]
            ]),
        ),
        (
            Bucket::Month,
            json!([
                ["2023-12", 1],
                ["2024-01", 1],
                ["2024-02", 1],
                ["2024-03", 1],
                ["2024-04", 1],
                ["2024-12", 1],
                [null, 1]
            ]),
        ),
        // The week of 2024-12-30 is the first of 2025; that of 2023-12-31 the last of 2023.
        (
            Bucket::Week,
            json!([
                ["2023-W52", 1],
                ["2024-W01", 1],
                ["2024-W09", 1],
                ["2024-W13", 1],
                ["2024-W14", 1],
                ["2025-W01", 1],
                [null, 1]
            ]),
        ),
        (
            Bucket::Day,
            json!([
                ["2023-12-31", 1],
                ["2024-01-01", 1],
                ["2024-02-29", 1],
                ["2024-03-31", 1],
                ["2024-04-01", 1],
                ["2024-12-30", 1],
                [null, 1]
            ]),
        ),
    ] {
        for column in ["day", "packed_at"] {
            let plan = Plan {
                group: vec![span(column, bucket)],
                measures: vec![rows_counted()],
                order: vec![ascending(column)],
                ..plan()
            };
            assert_eq!(rows(&plan), expected, "{column} {bucket:?}");
        }
    }
}

#[test]
fn one_column_may_be_two_keys() {
    let plan = Plan {
        filter: Some(is("day", Comparison::Ge, "2024-03-01")),
        group: vec![span("day", Bucket::Year), span("day", Bucket::Month)],
        measures: vec![rows_counted()],
        order: vec![descending("day (month)")],
        limit: first(1, false),
        ..plan()
    };
    let outcome = run(&plan).unwrap();
    assert_eq!(outcome.columns, ["day", "day (month)", "rows"]);
    assert_eq!(rows(&plan), json!([["2024", "2024-12", 1]]));
}

#[test]
fn limits_keep_ties_only_where_asked() {
    let by = |order: Vec<schemas::plan::Order>, limit| Plan {
        select: vec!["order".to_owned()],
        order,
        limit,
        ..plan()
    };
    for (plan, expected) in [
        // Missing values last, either way; ties in the order of the table.
        (by(vec![descending("price")], None), "101 110 007 012 103 102 013"),
        (by(vec![ascending("price")], None), "102 012 103 007 101 110 013"),
        (by(vec![descending("price")], first(1, false)), "101"),
        (by(vec![descending("price")], first(1, true)), "101 110"),
        (by(vec![ascending("price")], first(2, true)), "102 012 103"),
        (by(vec![ascending("price")], first(2, false)), "102 012"),
        (
            by(vec![ascending("price")], first(9, true)),
            "102 012 103 007 101 110 013",
        ),
        (
            by(vec![descending("price")], first(6, false)),
            "101 110 007 012 103 102",
        ),
        (
            by(vec![descending("price"), descending("stems")], first(1, true)),
            "110",
        ),
        (
            by(vec![descending("price"), descending("day")], first(2, true)),
            "110 101",
        ),
        (by(vec![ascending("flower")], first(3, true)), "101 110 007"),
        (by(vec![], first(2, true)), "007 012"),
        (by(vec![descending("day")], first(1, false)), "110"),
        (by(vec![descending("price")], behind(1, 1)), "007"),
        (by(vec![ascending("price")], behind(1, 2)), "012 103 007"),
        (by(vec![ascending("price")], behind(9, 1)), ""),
    ] {
        let orders: Vec<Vec<&str>> = expected.split_whitespace().map(|order| vec![order]).collect();
        assert_eq!(rows(&plan), json!(orders), "{:?} {:?}", plan.order, plan.limit);
    }
}

#[test]
fn equal_rows_count_once_where_asked() {
    let plan = Plan {
        select: vec!["price".to_owned()],
        distinct: true,
        order: vec![ascending("stems")],
        ..plan()
    };
    // Ordered by the first row of each: 1.0 (3 stems), 1.25 (5), missing (7), 2.5 (10), 4.0 (missing).
    assert_eq!(rows(&plan), json!([[1.0], [1.25], [null], [2.5], [4.0]]));
}

#[test]
fn having_and_hidden_measures() {
    let plan = Plan {
        group: vec![key("gift")],
        measures: vec![measure(Aggregate::Sum, "stems"), rows_counted()],
        having: Some(is("rows", Comparison::Gt, 1)),
        order: vec![descending("rows"), descending("sum stems")],
        hidden: vec!["rows".to_owned()],
        ..plan()
    };
    let outcome = run(&plan).unwrap();
    assert_eq!(outcome.columns, ["gift", "sum stems"]);
    assert_eq!(rows(&plan), json!([[true, 22], [false, 13]]));
    let counts: Vec<(LedgerStepKind, u64, u64)> = outcome
        .steps
        .iter()
        .map(|step| (step.kind, step.rows_in, step.rows_out))
        .collect();
    assert_eq!(
        counts,
        [
            (LedgerStepKind::Read, 7, 7),
            (LedgerStepKind::Aggregate, 7, 3),
            (LedgerStepKind::Having, 3, 2),
        ]
    );
}

#[test]
fn the_ledger_counts_each_condition() {
    let plan = Plan {
        filter: Some(Condition::And {
            all: vec![
                is("flower", Comparison::Ne, "rose"),
                is("stems", Comparison::Ge, 5),
            ],
        }),
        select: vec!["order".to_owned()],
        limit: first(2, false),
        ..plan()
    };
    let outcome = run(&plan).unwrap();
    let counts: Vec<(u64, u64)> = outcome
        .steps
        .iter()
        .map(|step| (step.rows_in, step.rows_out))
        .collect();
    assert_eq!(counts, [(7, 7), (7, 4), (4, 3), (3, 2)]);
    let second = &outcome.steps[2].sample;
    assert_eq!(second.columns, ["order", "flower", "stems"]);
    assert_eq!(
        serde_json::to_value(&second.rows).unwrap(),
        json!([["012", "tulip", 5], ["103", "Tulip ", 5], ["110", "Iris", 12]])
    );
    assert_eq!(outcome.steps[2].columns, ["stems"]);
}

#[test]
fn a_result_is_cut_to_its_limit_and_says_so() {
    let all = plan();
    let cut = |rows, bytes| {
        let outcome = engine::execute(
            &all,
            &super::shop::frame(),
            &shop_profile(),
            ResultLimit { rows, bytes },
        );
        let outcome = outcome.unwrap();
        (outcome.rows.len(), outcome.rows_in_all)
    };
    assert_eq!(cut(3, 8 << 20), (3, 7));
    assert_eq!(cut(100, 8 << 20), (7, 7));
    let (few, all_rows) = cut(100, 200);
    assert!((1..7).contains(&few) && all_rows == 7, "{few}");
}

#[test]
fn sums_of_whole_numbers_are_exact_or_refused() {
    let big = i64::MAX / 2;
    for (numbers, expected) in [
        (vec![big, big, 1], Ok(i64::MAX)),
        (vec![big, big, big], Err(())),
        (vec![i64::MIN, i64::MAX, 1], Ok(0)),
        (vec![i64::MIN, -1], Err(())),
        (vec![9_007_199_254_740_993, 1], Ok(9_007_199_254_740_994)),
    ] {
        let group = vec!["g"; numbers.len()];
        let frame = DataFrame::new_infer_height(vec![
            Column::new("n".into(), numbers.clone()),
            Column::new("g".into(), group),
        ])
        .unwrap();
        for group in [Vec::new(), vec![key("g")]] {
            let plan = Plan {
                group,
                measures: vec![measure(Aggregate::Sum, "n")],
                ..plan()
            };
            let result = engine::execute(&plan, &frame, &profile(&frame), LIMIT);
            match (result, expected) {
                (Ok(outcome), Ok(sum)) => {
                    assert_eq!(outcome.rows[0].last(), Some(&Value::Int(sum)), "{numbers:?}");
                    assert!(
                        outcome.findings.iter().all(Finding::held),
                        "{:?}",
                        outcome.findings
                    );
                }
                (Err(PlanError::Overflow { measure }), Err(())) => assert_eq!(measure, "sum n"),
                (result, _) => panic!("{numbers:?}: {result:?}"),
            }
        }
    }
}

#[test]
fn headers_are_no_patterns() {
    let frame = DataFrame::new_infer_height(vec![
        Column::new("*".into(), [1i64, 2]),
        Column::new("^.*$".into(), [10i64, 20]),
        Column::new("rows".into(), ["a", "a"]),
        Column::new("m0".into(), ["b", "c"]),
    ])
    .unwrap();
    let plan = Plan {
        filter: Some(is("*", Comparison::Ge, 1)),
        group: vec![key("rows")],
        measures: vec![
            measure(Aggregate::Sum, "^.*$"),
            measure(Aggregate::CountDistinct, "m0"),
        ],
        ..plan()
    };
    let outcome = engine::execute(&plan, &frame, &profile(&frame), LIMIT).unwrap();
    assert_eq!(serde_json::to_value(outcome.rows).unwrap(), json!([["a", 30, 2]]));
}

#[test]
fn an_empty_table_has_no_rows_and_no_sum() {
    let frame = super::shop::frame().head(Some(0));
    let run = |plan: Plan| {
        let outcome = engine::execute(&plan, &frame, &profile(&frame), LIMIT).unwrap();
        serde_json::to_value(outcome.rows).unwrap()
    };
    assert_eq!(run(plan()), json!([]));
    let sum = Plan {
        measures: vec![measure(Aggregate::Sum, "stems"), rows_counted()],
        ..plan()
    };
    assert_eq!(run(sum), json!([[null, 0]]));
    let listed = Plan {
        order: vec![descending("price")],
        limit: first(3, true),
        ..plan()
    };
    assert_eq!(run(listed), json!([]));
}
