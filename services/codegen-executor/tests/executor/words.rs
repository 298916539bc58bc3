//! Plans, results and refusals in words.

use codegen_executor::code;
use codegen_executor::engine::{self, PlanError};
use codegen_executor::tables::Unavailable;
use codegen_executor::words::{phrases, result};
use schemas::Language;
use schemas::plan::{Aggregate, Bucket, Comparison, Condition, Limit, Measure, Order, Place, Plan};
use schemas::value::Value;

use super::shop::{
    LIMIT, ascending, descending, first, frame, is, key, measure, plan, rows_counted, run, shop_profile, span,
};

fn plans() -> Vec<Plan> {
    let range = |from: &str, until: &str| Condition::TimeRange {
        column: "day".to_owned(),
        from: Some(from.parse().unwrap()),
        until: Some(until.parse().unwrap()),
    };
    vec![
        Plan {
            measures: vec![rows_counted()],
            ..plan()
        },
        Plan {
            filter: Some(Condition::And {
                all: vec![
                    is("flower", Comparison::Eq, "rose"),
                    range("2024-01-01", "2025-01-01"),
                ],
            }),
            measures: vec![measure(Aggregate::Sum, "price")],
            ..plan()
        },
        Plan {
            filter: Some(range("2024-01-01", "2024-04-01")),
            group: vec![span("day", Bucket::Month), key("flower")],
            measures: vec![measure(Aggregate::Mean, "price"), rows_counted()],
            ..plan()
        },
        Plan {
            filter: Some(Condition::Not {
                condition: Box::new(Condition::Or {
                    any: vec![
                        Condition::Missing {
                            column: "stems".to_owned(),
                        },
                        Condition::Contains {
                            column: "note".to_owned(),
                            text: "x".to_owned(),
                            place: Place::Anywhere,
                        },
                    ],
                }),
            }),
            group: vec![key("flower")],
            measures: vec![measure(Aggregate::Sum, "stems")],
            having: Some(is("sum stems", Comparison::Ge, 5)),
            order: vec![descending("sum stems")],
            limit: first(2, true),
            ..plan()
        },
        Plan {
            filter: Some(Condition::CompareAggregate {
                column: "price".to_owned(),
                comparison: Comparison::Gt,
                function: Aggregate::Mean,
            }),
            select: vec!["order".to_owned(), "flower".to_owned(), "price".to_owned()],
            order: vec![ascending("price")],
            ..plan()
        },
        Plan {
            select: vec!["flower".to_owned()],
            distinct: true,
            ..plan()
        },
        Plan {
            filter: Some(Condition::And {
                all: vec![
                    is("flower", Comparison::Eq, "lily"),
                    range("2025-05-01", "2025-06-01"),
                ],
            }),
            measures: vec![measure(Aggregate::Sum, "stems")],
            ..plan()
        },
        Plan {
            measures: vec![measure(Aggregate::Min, "price"), measure(Aggregate::Max, "day")],
            ..plan()
        },
    ]
}

fn told(language: Language) -> String {
    let phrases = phrases(language);
    let mut text = String::new();
    for plan in plans() {
        let outcome = run(&plan).unwrap();
        text.push_str(&format!("# {}\n", phrases.sentence(&plan, "orders")));
        text.push_str(&result::tell(phrases, &plan, &outcome, &shop_profile()));
        for step in &outcome.steps {
            text.push_str(&format!(
                "\n  [{} -> {}] {}",
                step.rows_in,
                step.rows_out,
                phrases.step(step, &plan)
            ));
        }
        for finding in &outcome.findings {
            text.push_str(&format!("\n  {}: {}", finding.name(), phrases.finding(finding)));
        }
        text.push_str("\n\n");
    }
    text
}

#[test]
fn in_chinese() {
    insta::assert_snapshot!(told(Language::Zh));
}

#[test]
fn in_english() {
    insta::assert_snapshot!(told(Language::En));
}

#[test]
fn the_program_is_readable() {
    let programs: Vec<String> = plans()
        .iter()
        .map(|plan| code::of(plan, &shop_profile(), &["orders"]).text)
        .collect();
    insta::assert_snapshot!(programs.join("\n\n"));
}

#[test]
fn refusals_name_what_they_are_about() {
    let name = || "shop.csv".to_owned();
    let file = super::shop::reference().file;
    let column = || "花 名".to_owned();
    let kind = schemas::table::ColumnType::Text;
    for language in [Language::Zh, Language::En] {
        let phrases = phrases(language);
        for (text, part) in [
            (
                phrases.unavailable(&Unavailable::Unknown { file: file.clone() }),
                file.as_str(),
            ),
            (
                phrases.unavailable(&Unavailable::Deleted { name: name() }),
                "shop.csv",
            ),
            (
                phrases.unavailable(&Unavailable::Rejected {
                    name: name(),
                    reason: "line 3".to_owned(),
                }),
                "line 3",
            ),
            (
                phrases.unavailable(&Unavailable::StillReading { name: name() }),
                "shop.csv",
            ),
            (
                phrases.unavailable(&Unavailable::NoTables { name: name() }),
                "shop.csv",
            ),
            (
                phrases.unavailable(&Unavailable::TooLarge {
                    name: name(),
                    table: "t".to_owned(),
                    bytes: 7777,
                    limit: 1,
                }),
                "7777",
            ),
            (
                phrases.plan_error(&PlanError::UnknownColumn { column: column() }),
                "花 名",
            ),
            (
                phrases.plan_error(&PlanError::WrongFunction {
                    function: Aggregate::Sum,
                    column: column(),
                    kind,
                }),
                "花 名",
            ),
            (
                phrases.plan_error(&PlanError::WrongConstant {
                    column: column(),
                    kind,
                    value: "7".to_owned(),
                }),
                "7",
            ),
            (
                phrases.plan_error(&PlanError::Overflow { measure: column() }),
                "花 名",
            ),
            (
                phrases.not_understood(&["foo".to_owned(), "bar".to_owned()]),
                "bar",
            ),
        ] {
            assert!(text.contains(part), "{text} does not name {part}");
        }
    }
}

#[test]
fn identifiers_and_years_have_no_separators() {
    use polars::prelude::{Column, DataFrame};
    let frame = DataFrame::new_infer_height(vec![
        Column::new("number".into(), [1_000_001i64, 1_000_002]),
        Column::new("year".into(), [2023i64, 2024]),
        Column::new("revenue".into(), [1234.5f64, 2_000_000.0]),
    ])
    .unwrap();
    let profile = super::shop::profile(&frame);
    let tell = |plan: Plan| {
        let outcome = engine::execute(&plan, &frame, &profile, LIMIT).unwrap();
        result::tell(phrases(Language::En), &plan, &outcome, &profile)
    };
    let of = |function, column| Plan {
        measures: vec![measure(function, column)],
        ..plan()
    };
    assert_eq!(tell(of(Aggregate::Max, "year")), "Largest year: 2024");
    assert_eq!(tell(of(Aggregate::Sum, "revenue")), "Sum of revenue: 2,001,234.5");
    let listed = tell(Plan {
        limit: Some(Limit {
            rows: 1,
            ties: false,
            skip: 0,
        }),
        ..plan()
    });
    assert_eq!(listed, "1 row:\n- number: 1000001, year: 2023, revenue: 1,234.5");
    let grouped = Plan {
        group: vec![key("number")],
        measures: vec![measure(Aggregate::Sum, "revenue")],
        order: vec![Order {
            by: "sum revenue".to_owned(),
            descending: true,
        }],
        ..plan()
    };
    assert_eq!(tell(grouped), "2 rows:\n- 1000002: 2,000,000\n- 1000001: 1,234.5");
}

#[test]
fn a_missing_result_is_no_zero() {
    let measure = Measure {
        name: "m".to_owned(),
        function: Aggregate::Sum,
        column: Some("price".to_owned()),
        filter: None,
    };
    let plan = Plan {
        filter: Some(is("price", Comparison::Gt, Value::Float(99.0))),
        measures: vec![measure],
        ..plan()
    };
    let outcome = engine::execute(&plan, &frame(), &shop_profile(), LIMIT).unwrap();
    let text = result::tell(phrases(Language::En), &plan, &outcome, &shop_profile());
    assert_eq!(
        text,
        "Sum of price where price is more than 99: (missing)\nNo rows match (price is more than 99).\n\
         price ranges from 1 to 4"
    );
}
