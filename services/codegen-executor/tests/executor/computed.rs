//! What is computed row by row, by both engines.

use codegen_executor::answer::agreement;
use codegen_executor::code;
use codegen_executor::engine::PlanError;
use codegen_executor::engines::Engines;
use codegen_executor::tables::Relation;
use futures::executor::block_on;
use schemas::plan::{Aggregate, Comparison, ComputedColumn, Plan, RowFormula};
use serde_json::{Value as Json, json};

use super::in_process::InProcess;
use super::shop::{LIMIT, descending, first, frame, is, key, measure, plan, run, shop_profile, table_of};

fn computed(name: &str, formula: RowFormula) -> ComputedColumn {
    ComputedColumn {
        name: name.to_owned(),
        formula,
    }
}

fn worth() -> ComputedColumn {
    computed(
        "worth",
        RowFormula::Product {
            left: "stems".to_owned(),
            right: "price".to_owned(),
        },
    )
}

/// The rows of a plan, which both engines must give.
fn rows(plan: &Plan) -> Json {
    let table = table_of(frame(), shop_profile());
    let relation = Relation::of(plan, std::slice::from_ref(&table)).unwrap();
    let ran = block_on(InProcess::new(LIMIT).run(plan, &relation)).unwrap();
    let (first, second) = (ran.first.unwrap(), ran.second.unwrap());
    let profile = codegen_executor::engine::computed::extended(plan, &table.data.profile).unwrap();
    assert!(
        agreement::agree(plan, &profile, &first, &second),
        "{first:?} {second:?}"
    );
    serde_json::to_value(first.rows).unwrap()
}

fn listed(formula: RowFormula) -> Json {
    rows(&Plan {
        computed: vec![computed("it", formula)],
        select: vec!["it".to_owned()],
        ..plan()
    })
}

#[test]
fn each_row_is_given_what_is_computed_from_it() {
    let pair = ("stems".to_owned(), "price".to_owned());
    let (left, right) = pair.clone();
    assert_eq!(
        listed(RowFormula::Product { left, right }),
        json!([[25.0], [6.25], [null], [null], [3.0], [6.25], [48.0]])
    );
    let (of, less) = pair.clone();
    assert_eq!(
        listed(RowFormula::Difference { of, less }),
        json!([[7.5], [3.75], [null], [null], [2.0], [3.75], [8.0]])
    );
    let of = vec!["stems".to_owned(), "stems".to_owned()];
    assert_eq!(
        listed(RowFormula::Sum { of }),
        json!([[20], [10], [14], [null], [6], [10], [24]])
    );
    let (numerator, denominator) = pair;
    assert_eq!(
        listed(RowFormula::Ratio {
            numerator,
            denominator
        }),
        json!([[4.0], [4.0], [null], [null], [3.0], [4.0], [3.0]])
    );
}

#[test]
fn days_lie_between_times() {
    let days = |from: &str, until: &str| RowFormula::Days {
        from: from.to_owned(),
        until: until.to_owned(),
    };
    assert_eq!(
        listed(days("day", "day")),
        json!([[0], [0], [0], [0], [null], [0], [0]])
    );
    assert_eq!(
        listed(days("packed_at", "packed_at")),
        json!([[0.0], [0.0], [0.0], [0.0], [null], [0.0], [0.0]])
    );
    let mixed = Plan {
        computed: vec![computed("it", days("day", "packed_at"))],
        select: vec!["it".to_owned()],
        ..plan()
    };
    assert!(matches!(run(&mixed), Err(PlanError::WrongOperand { .. })));
}

#[test]
fn what_is_computed_keeps_rows_and_is_summed() {
    let less = |name: &str| RowFormula::Difference {
        of: name.to_owned(),
        less: name.to_owned(),
    };
    let plan = Plan {
        computed: vec![computed("nothing", less("stems"))],
        filter: Some(is("nothing", Comparison::Eq, 0)),
        measures: vec![measure(Aggregate::Sum, "nothing")],
        ..plan()
    };
    assert_eq!(rows(&plan), json!([[0]]));
}

#[test]
fn all_of_a_plan_sees_what_is_computed() {
    let plan = Plan {
        computed: vec![worth()],
        filter: Some(is("worth", Comparison::Gt, 3)),
        group: vec![key("flower")],
        measures: vec![measure(Aggregate::Sum, "worth")],
        order: vec![descending("sum worth")],
        limit: first(2, true),
        ..plan()
    };
    assert_eq!(rows(&plan), json!([["Iris", 48.0], ["Rose", 25.0]]));
    insta::assert_snapshot!(code::of(&plan, &shop_profile(), &["orders"]).text);
    insta::assert_snapshot!(
        codegen_executor::sql::render(&plan, &shop_profile(), &["orders"])
            .unwrap()
            .text
    );
}

#[test]
fn what_can_not_be_computed_is_refused() {
    let of = |left: &str, right: &str| RowFormula::Product {
        left: left.to_owned(),
        right: right.to_owned(),
    };
    let tried = |name: &str, formula| {
        let plan = Plan {
            computed: vec![computed(name, formula)],
            select: vec![name.to_owned()],
            ..plan()
        };
        run(&plan).unwrap_err()
    };
    assert!(matches!(
        tried("it", of("stems", "flower")),
        PlanError::WrongOperand { column, .. } if column == "flower"
    ));
    assert!(matches!(
        tried("it", of("stems", "weight")),
        PlanError::UnknownColumn { column } if column == "weight"
    ));
    assert!(matches!(
        tried("price", of("stems", "price")),
        PlanError::NameTaken { name } if name == "price"
    ));
    let alone = RowFormula::Sum {
        of: vec!["stems".to_owned()],
    };
    assert!(matches!(tried("it", alone), PlanError::NoOperands { .. }));
}
