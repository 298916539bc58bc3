//! Two tables of which one points into the other, read as one.

use std::sync::Arc;

use codegen_executor::answer::{self, understand};
use codegen_executor::engine::PlanError;
use codegen_executor::engines::{Engines, RunError};
use codegen_executor::tables::{Relation, Table, TableData};
use futures::executor::block_on;
use polars::prelude::*;
use schemas::Language;
use schemas::answer::{Answer, AnswerStatus, ConfidenceLabel};
use schemas::plan::{Aggregate, Join, JoinedColumn, Plan, TableRef};
use schemas::trail::LedgerStepKind;
use schemas::value::Value;
use serde_json::{Value as Json, json};

use super::answers::asked;
use super::in_process::InProcess;
use super::shop::{LIMIT, key, measure, plan, profile, reference, table_of};

/// Another file than that of [`reference`].
const OTHER: &str = "0199f1d2-7c3a-7def-8123-4567890abcdf";

fn table(name: &str, place: usize, frame: DataFrame) -> Table {
    let mut profile = profile(&frame);
    profile.name = name.to_owned();
    let mut table = table_of(frame, profile);
    if place > 0 {
        table.reference.file = schemas::FileId::new(OTHER).unwrap();
        table.source.file = table.reference.file.clone();
    }
    table.source.name = format!("{name}.csv");
    table
}

/// Twelve orders of four customers: one points at a customer who is not there, one at none.
fn orders() -> Table {
    let customers = [1, 1, 2, 2, 3, 3, 3, 4, 1, 2, 3]
        .map(Some)
        .into_iter()
        .chain([None]);
    let amounts: Vec<f64> = (1..=12).map(|place| f64::from(place) * 10.0).collect();
    let frame = DataFrame::new_infer_height(vec![
        Column::new("order_id".into(), (501i64..=512).collect::<Vec<_>>()),
        Column::new("customer_id".into(), customers.collect::<Vec<Option<i64>>>()),
        Column::new("amount".into(), amounts),
        Column::new(
            "channel".into(),
            [
                "web", "shop", "web", "web", "shop", "web", "web", "shop", "web", "shop", "web", "web",
            ],
        ),
    ]);
    table("orders", 0, frame.unwrap())
}

fn customers(ids: [i64; 4]) -> Table {
    let frame = DataFrame::new_infer_height(vec![
        Column::new("id".into(), ids),
        Column::new("name".into(), ["Ana Reyes", "Bo Lindt", "Cai Wen", "Dora Falk"]),
        Column::new("region".into(), ["north", "south", "north", "south"]),
        Column::new("credit".into(), [100i64, 200, 300, 400]),
    ]);
    table("customers", 1, frame.unwrap())
}

/// 订单: 每一单属于一位客户。
fn chinese() -> Vec<Table> {
    let orders = DataFrame::new_infer_height(vec![
        Column::new("订单号".into(), ["D01", "D02", "D03", "D04", "D05", "D06"]),
        Column::new("客户编号".into(), ["K1", "k1 ", "K2", "K3", "K3", "K2"]),
        Column::new("金额".into(), [10i64, 20, 30, 40, 50, 60]),
    ]);
    let customers = DataFrame::new_infer_height(vec![
        Column::new("编号".into(), ["K1", "K2", "K3"]),
        Column::new("姓名".into(), ["丁一", "周舟", "方圆"]),
        Column::new("地区".into(), ["华东", "华南", "华东"]),
    ]);
    vec![
        table("订单", 0, orders.unwrap()),
        table("客户", 1, customers.unwrap()),
    ]
}

fn ask(question: &str, tables: &[Table]) -> Answer {
    let asked = asked(question, Language::of(question));
    let understanding = understand(&asked, tables);
    block_on(answer::conclude(
        &asked,
        understanding,
        tables,
        &InProcess::new(LIMIT),
    ))
    .unwrap()
}

fn rows(answer: &Answer) -> Json {
    assert_eq!(
        answer.status,
        AnswerStatus::Answered,
        "{}: {}",
        answer.question,
        answer.text
    );
    serde_json::to_value(&answer.rows).unwrap()
}

#[test]
fn a_question_that_needs_two_tables_is_answered_from_both() {
    let tables = [orders(), customers([1, 2, 3, 4])];
    for (question, expected) in [
        (
            "total amount by region",
            json!([["north", 410.0], ["south", 250.0], [null, 120.0]]),
        ),
        (
            "What is the average amount of orders from the south?",
            json!([[62.5]]),
        ),
        ("How many orders are from the north?", json!([[7]])),
        (
            "number of orders by customer name",
            json!([
                ["Ana Reyes", 3],
                ["Bo Lindt", 3],
                ["Cai Wen", 4],
                ["Dora Falk", 1],
                [null, 1]
            ]),
        ),
    ] {
        let answer = ask(question, &tables);
        assert_eq!(rows(&answer), expected, "{question}");
        assert_eq!(answer.confidence.label, ConfidenceLabel::Verified, "{question}");
    }
    let tables = chinese();
    for (question, expected) in [
        ("各地区的订单金额", json!([["华东", 120], ["华南", 90]])),
        ("华东客户的订单有多少个？", json!([[4]])),
        ("每个地区有多少个订单？", json!([["华东", 4], ["华南", 2]])),
    ] {
        assert_eq!(rows(&ask(question, &tables)), expected, "{question}");
    }
}

#[test]
fn the_trail_tells_the_key_and_what_became_of_the_rows() {
    let answer = ask("total amount by region", &[orders(), customers([1, 2, 3, 9])]);
    assert_eq!(answer.status, AnswerStatus::Answered, "{}", answer.text);
    let trail = &answer.trail;
    assert_eq!(trail.sources.len(), 2);
    assert!(
        trail.sentence.starts_with("orders joined with customers: "),
        "{}",
        trail.sentence
    );
    let steps: Vec<_> = trail
        .ledger
        .iter()
        .map(|step| (step.step, step.rows_in, step.rows_out))
        .collect();
    assert_eq!(
        steps,
        [
            (LedgerStepKind::Read, 12, 12),
            (LedgerStepKind::Join, 12, 12),
            (LedgerStepKind::Aggregate, 12, 3)
        ]
    );
    assert_eq!(
        trail.ledger[1].description,
        "each given its row of the other table by customer_id = id"
    );
    let check = trail
        .checks
        .iter()
        .find(|check| check.name == "rows joined")
        .unwrap();
    assert!(check.passed);
    assert_eq!(
        check.detail,
        "12 rows before: 10 matched, 1 not, 1 with an empty key; 12 rows after"
    );
    let code = &trail.code.as_ref().unwrap().text;
    assert!(
        code.contains("customers.parquet") && code.contains("validate=\"m:1\""),
        "{code}"
    );
    let join = trail.plan.as_ref().and_then(|plan| plan.join.as_ref()).unwrap();
    assert_eq!(
        (join.column.as_str(), join.key.as_str(), join.columns.len()),
        ("customer_id", "id", 1)
    );
}

/// One table is enough, or both are not enough.
#[test]
fn tables_are_joined_only_where_one_alone_does_not_explain_the_question() {
    let tables = [orders(), customers([1, 2, 3, 4])];
    for question in [
        "total amount by channel",
        "How many customers are from the north?",
    ] {
        let answer = ask(question, &tables);
        assert!(answer.trail.plan.unwrap().join.is_none(), "{question}");
    }
    for question in [
        // Each customer's credit would count once for each order.
        "total credit by channel",
        "total amount by supplier",
        // Nothing of the orders tells who has none.
        "Which customers have no orders?",
    ] {
        let answer = ask(question, &tables);
        assert_ne!(
            answer.status,
            AnswerStatus::Answered,
            "{question}: {}",
            answer.text
        );
    }
}

#[test]
fn rows_are_neither_doubled_nor_lost() {
    // A customer who is there twice: nothing points at one row then.
    let twice = [orders(), customers([1, 2, 2, 4])];
    let answer = ask("total amount by region", &twice);
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert!(answer.text.contains("more than once"), "{}", answer.text);
    // Of eleven orders with a customer only seven are found.
    let answer = ask("total amount by region", &[orders(), customers([1, 2, 11, 12])]);
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert!(answer.text.contains("only 6 are found"), "{}", answer.text);
}

fn by_region(table: TableRef) -> Plan {
    Plan {
        join: Some(Join {
            table,
            column: "customer_id".to_owned(),
            key: "id".to_owned(),
            columns: vec![JoinedColumn {
                column: "region".to_owned(),
                name: "region".to_owned(),
            }],
        }),
        group: vec![key("region")],
        measures: vec![measure(Aggregate::Sum, "amount")],
        ..plan()
    }
}

/// Whatever a profile says of a key, the engine looks at its values.
#[test]
fn a_plan_that_would_double_rows_does_not_run() {
    let mut twice = customers([1, 2, 2, 4]);
    let claimed = customers([1, 2, 3, 4]).data.profile.clone();
    twice.data = Arc::new(TableData::new(
        twice.data.parquet().unwrap(),
        0,
        claimed,
        Vec::new(),
    ));
    let tables = [orders(), twice];
    let plan = by_region(tables[1].reference.clone());
    let relation = Relation::of(&plan, &tables).unwrap();
    let ran = block_on(InProcess::new(LIMIT).run(&plan, &relation)).unwrap();
    assert!(
        matches!(&ran.first, Err(RunError::Plan(PlanError::KeyRepeats { key })) if key == "id"),
        "{:?}",
        ran.first
    );
    // And the other engine, which does double them, is not believed alone.
    assert_eq!(
        ran.second
            .unwrap()
            .rows
            .iter()
            .filter_map(|row| row[1].as_f64())
            .sum::<f64>(),
        950.0
    );
}

#[test]
fn tables_that_do_not_fit_are_not_joined() {
    let tables = [orders(), customers([1, 2, 3, 4])];
    let there = tables[1].reference.clone();
    for (change, expected) in [("name", "can't point at"), ("nothing", "there is no column")] {
        let mut plan = by_region(there.clone());
        plan.join.as_mut().unwrap().key = change.to_owned();
        let error = Relation::of(&plan, &tables).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let mut taken = by_region(there);
    taken.join.as_mut().unwrap().columns[0].name = "amount".to_owned();
    assert!(matches!(
        Relation::of(&taken, &tables),
        Err(PlanError::NameTaken { .. })
    ));
    let gone = by_region(reference());
    assert!(Relation::of(&gone, &tables[1..]).is_err());
}

#[test]
fn what_each_order_points_at_is_listed_with_it() {
    let tables = [orders(), customers([1, 2, 3, 4])];
    let answer = ask(
        "List the order id and region of orders with an amount over 100",
        &tables,
    );
    assert_eq!(rows(&answer), json!([[511, "north"], [512, null]]));
    assert_eq!(answer.rows[1][1], Value::Null);
}

/// What the rows of the second table are called stands for the column that names them.
#[test]
fn the_other_tables_rows_are_called_what_they_are() {
    let albums = DataFrame::new_infer_height(vec![
        Column::new("album_id".into(), [1i64, 2, 3, 4, 5, 6, 7]),
        Column::new(
            "title".into(),
            ["Amber", "Lantern", "Harbor", "Static", "Bloom", "Mirror", "Orbit"],
        ),
        Column::new("artist_id".into(), [1i64, 1, 1, 1, 2, 2, 3]),
        Column::new("copies_sold".into(), [10i64, 20, 30, 40, 50, 60, 70]),
    ]);
    let artists = DataFrame::new_infer_height(vec![
        Column::new("artist_id".into(), [1i64, 2, 3]),
        Column::new("artist_name".into(), ["Mara Lind", "Night Ferry", "Ottoline"]),
        Column::new("country".into(), ["Sweden", "USA", "France"]),
    ]);
    let mut tables = [
        table("albums", 0, albums.unwrap()),
        table("artists", 0, artists.unwrap()),
    ];
    // Two sheets of one file.
    tables[1].reference.index = 1;
    for (question, expected) in [
        (
            "How many albums does each artist have?",
            json!([["Mara Lind", 4], ["Night Ferry", 2], ["Ottoline", 1]]),
        ),
        (
            "每位艺人有多少张专辑？",
            json!([["Mara Lind", 4], ["Night Ferry", 2], ["Ottoline", 1]]),
        ),
        ("Which artist has the most albums?", json!([["Mara Lind", 4]])),
    ] {
        assert_eq!(rows(&ask(question, &tables)), expected, "{question}");
    }
}
