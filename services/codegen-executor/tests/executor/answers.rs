//! Understood questions and their answers.

use codegen_executor::answer::{self, Asked};
use codegen_executor::confidence;
use codegen_executor::engines::{Breach, Silence};
use codegen_executor::planner::{Understanding, Understood};
use codegen_executor::tables::{Table, Unavailable};
use futures::executor::block_on;
use schemas::answer::{Answer, AnswerStatus, ChartKind, ConfidenceLabel};
use schemas::file::{Rejection, RejectionCode};
use schemas::plan::{Aggregate, Comparison, Plan};
use schemas::table::{Decision, SetAsideRow, TableProfile};
use schemas::trail::{Chip, ChipRole, Span};
use schemas::value::Value;
use schemas::{AnswerId, Language};
use serde_json::json;

use super::in_process::InProcess;
use super::shop::{
    FILE, LIMIT, frame, is, key, measure, plan, profile, rows_counted, shop_profile, table_of,
};

pub fn asked(question: &str, language: Language) -> Asked {
    Asked {
        id: AnswerId::new(FILE).unwrap(),
        conversation: None,
        question: question.to_owned(),
        history: Vec::new(),
        language,
        today: "2024-05-06".parse().unwrap(),
        trace_id: "4bf92f3577b34da6a3ce929d0e0e4736".to_owned(),
        glossary: std::sync::Arc::default(),
        before: None,
    }
}

pub fn shop(change: impl FnOnce(&mut TableProfile)) -> Table {
    let mut profile = shop_profile();
    change(&mut profile);
    table_of(frame(), profile)
}

pub fn understood(plan: Plan) -> Understood {
    let span = Span {
        start: 0,
        end: 5,
        text: "stems".to_owned(),
    };
    let chip = Chip {
        span,
        role: ChipRole::Column,
        meaning: "column stems".to_owned(),
    };
    Understood {
        plan,
        chips: vec![chip],
        assumptions: Vec::new(),
    }
}

fn conclude(understanding: Understanding, table: Table) -> Answer {
    conclude_by(&InProcess::new(LIMIT), understanding, table)
}

fn conclude_by(engines: &InProcess, understanding: Understanding, table: Table) -> Answer {
    let asked = asked("how many stems", Language::En);
    block_on(answer::conclude(&asked, understanding, &[table], engines)).unwrap()
}

fn one(plan: Plan, table: Table) -> Answer {
    conclude(Understanding::Understood(understood(plan).into()), table)
}

pub fn sum_of_stems() -> Plan {
    Plan {
        measures: vec![measure(Aggregate::Sum, "stems")],
        ..plan()
    }
}

#[test]
fn an_answer_has_its_whole_trail() {
    let plan = Plan {
        filter: Some(is("flower", Comparison::Ne, "iris")),
        ..sum_of_stems()
    };
    let answer = one(plan.clone(), shop(|_| {}));
    assert_eq!(answer.status, AnswerStatus::Answered);
    assert_eq!(answer.rows, [[Value::Int(27)]]);
    assert_eq!(answer.text, "Sum of stems where flower is not \"iris\": 27");
    assert_eq!(
        answer.confidence,
        confidence::of(&plan, Language::En, ConfidenceLabel::Verified)
    );
    assert!(answer.confidence.precision.is_some() && answer.confidence.n >= 20);
    let trail = &answer.trail;
    assert_eq!(trail.plan.as_ref(), Some(&plan));
    assert_eq!(trail.sources.len(), 1);
    assert_eq!(trail.chips.len(), 1);
    assert!(
        trail
            .code
            .as_ref()
            .is_some_and(|code| code.text.contains("pl.col(\"stems\").sum()"))
    );
    let steps: Vec<_> = trail
        .ledger
        .iter()
        .map(|step| (step.rows_in, step.rows_out, step.excluded_cells.len()))
        .collect();
    assert_eq!(steps, [(7, 7, 0), (7, 4, 0), (4, 1, 1)]);
    assert_eq!(trail.ledger[2].excluded_cells, ["orders!C5"]);
    assert!(trail.checks.iter().all(|check| check.passed));
    assert!(
        trail
            .assumptions
            .iter()
            .any(|assumption| assumption.text.starts_with("1 cells of stems"))
    );
    let again: Answer = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    assert_eq!(again, answer);
}

#[test]
fn decisions_that_matter_are_told() {
    let decision = |about: &str| Decision {
        about: about.to_owned(),
        chosen: "x".to_owned(),
        because: "y".to_owned(),
    };
    let table = shop(|profile| {
        profile.decisions = vec![
            decision("encoding"),
            decision("type of stems"),
            decision("type of price"),
        ];
    });
    let answer = one(sum_of_stems(), table);
    let about: Vec<&str> = answer
        .trail
        .assumptions
        .iter()
        .map(|assumption| assumption.about.as_str())
        .collect();
    assert_eq!(about, ["encoding", "type of stems", "unparsed"]);
}

#[test]
fn a_file_that_was_read_without_a_sandbox_is_told_whatever_its_columns_are_called() {
    let mut frame = frame();
    frame.rename("note", "box".into()).unwrap();
    let mut profile = profile(&frame);
    profile.decisions = vec![Decision {
        about: Decision::SANDBOX.to_owned(),
        chosen: "insecure-no-sandbox".to_owned(),
        because: "the operator has allowed it".to_owned(),
    }];
    let table = table_of(frame, profile);
    let answer = one(sum_of_stems(), table);
    let stamp = &answer.trail.assumptions[0];
    assert!(
        stamp.about == "sandbox" && stamp.text.contains("insecure-no-sandbox"),
        "{stamp:?}"
    );
}

#[test]
fn a_printed_total_is_compared() {
    let printed = |total: Value| {
        shop(|profile| {
            let mut cells = vec![Value::Null; profile.columns.len()];
            cells[2] = total;
            profile.set_aside = vec![SetAsideRow {
                place: "orders!A9".to_owned(),
                cells,
            }];
        })
    };
    for (total, passed) in [
        (Value::Int(42), true),
        (Value::Int(43), false),
        (Value::Float(42.004), true),
    ] {
        let answer = one(sum_of_stems(), printed(total.clone()));
        let check = answer
            .trail
            .checks
            .iter()
            .find(|check| check.name == "printed total")
            .unwrap();
        assert_eq!(check.passed, passed, "{total:?} {}", check.detail);
        assert!(check.detail.contains("orders!A9"), "{}", check.detail);
        // The sheet may be wrong, so the answer is given all the same.
        assert_eq!(answer.status, AnswerStatus::Answered);
    }
    let filtered = Plan {
        filter: Some(is("stems", Comparison::Gt, 5)),
        ..sum_of_stems()
    };
    let answer = one(filtered, printed(Value::Int(42)));
    assert!(
        answer
            .trail
            .checks
            .iter()
            .all(|check| check.name != "printed total")
    );
}

#[test]
fn readings_that_agree_are_one_answer() {
    let readings = vec![
        understood(sum_of_stems()),
        understood(Plan {
            filter: Some(is("stems", Comparison::Gt, 0)),
            ..sum_of_stems()
        }),
    ];
    let answer = conclude(Understanding::Ambiguous { readings }, shop(|_| {}));
    assert_eq!(answer.status, AnswerStatus::Answered);
    assert_eq!(answer.confidence.label, ConfidenceLabel::Consistent);
    assert_eq!(answer.trail.readings.len(), 1);
}

#[test]
fn figures_are_rounded_last_of_all() {
    let of = |decimals| {
        one(
            Plan {
                measures: vec![measure(Aggregate::Mean, "price")],
                decimals,
                ..plan()
            },
            shop(|_| {}),
        )
    };
    let (whole, rounded) = (of(None), of(Some(1)));
    assert_eq!(whole.rows, [[Value::Float(7.0 / 3.0)]]);
    assert_eq!(rounded.rows, [[Value::Float(2.3)]], "{}", rounded.text);
    assert!(rounded.text.contains(": 2.3元"), "{}", rounded.text);
    assert!(
        rounded.trail.sentence.contains("round to 1 decimal"),
        "{}",
        rounded.trail.sentence
    );
    // However many they are, what is said has all of them.
    let many = of(Some(7));
    assert!(many.text.contains(": 2.3333333元"), "{}", many.text);
    // The engines are held against each other before that.
    assert_eq!(rounded.confidence.label, ConfidenceLabel::Verified);
}

#[test]
fn readings_that_differ_are_asked_about_with_their_numbers() {
    let readings = vec![
        understood(sum_of_stems()),
        understood(Plan {
            measures: vec![rows_counted()],
            ..plan()
        }),
    ];
    let answer = conclude(Understanding::Ambiguous { readings }, shop(|_| {}));
    assert_eq!(answer.status, AnswerStatus::NeedsClarification);
    assert_eq!(answer.confidence.label, ConfidenceLabel::None);
    assert!(answer.rows.is_empty() && answer.trail.plan.is_none());
    let results: Vec<_> = answer
        .trail
        .readings
        .iter()
        .map(|reading| reading.rows.clone())
        .collect();
    assert_eq!(serde_json::to_value(results).unwrap(), json!([[[42]], [[7]]]));
    assert!(
        answer.text.contains("42") && answer.text.contains('7'),
        "{}",
        answer.text
    );
}

#[test]
fn a_reading_that_makes_no_sense_is_not_meant() {
    let readings = vec![
        understood(Plan {
            measures: vec![measure(Aggregate::Sum, "flower")],
            ..plan()
        }),
        understood(sum_of_stems()),
    ];
    let answer = conclude(
        Understanding::Ambiguous {
            readings: readings.clone(),
        },
        shop(|_| {}),
    );
    assert_eq!(
        (answer.status, answer.rows),
        (AnswerStatus::Answered, vec![vec![Value::Int(42)]])
    );
    let nonsense = vec![readings[0].clone(), readings[0].clone()];
    let answer = conclude(Understanding::Ambiguous { readings: nonsense }, shop(|_| {}));
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert!(answer.text.contains("flower"), "{}", answer.text);
}

#[test]
fn refusals_name_the_words() {
    let span = Span {
        start: 9,
        end: 15,
        text: "petals".to_owned(),
    };
    let understanding = Understanding::Abstained {
        reason: "There is a word that I don't know.".to_owned(),
        unexplained: vec![span.clone()],
        chips: Vec::new(),
    };
    let answer = conclude(understanding, shop(|_| {}));
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert_eq!(answer.trail.unexplained, [span]);
    assert_eq!(
        answer.text,
        "There is a word that I don't know.\nWords not understood: \"petals\""
    );

    let answer = one(
        Plan {
            measures: vec![measure(Aggregate::Sum, "flower")],
            ..plan()
        },
        shop(|_| {}),
    );
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert!(answer.text.contains("sum of flower"), "{}", answer.text);
    assert!(answer.columns.is_empty() && answer.trail.plan.is_some());

    let gone = Unavailable::Deleted {
        name: "shop.csv".to_owned(),
    };
    let answer = answer::unavailable(&asked("有多少", Language::Zh), &gone);
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (AnswerStatus::Refused, "文件“shop.csv”已被删除。")
    );
}

#[test]
fn an_older_version_says_so() {
    let mut table = shop(|_| {});
    table.newer_rejected = Some(Rejection {
        code: RejectionCode::Corrupt,
        message: "it breaks off".to_owned(),
        place: Some("line 3".to_owned()),
    });
    let answer = one(
        Plan {
            group: vec![key("gift")],
            measures: vec![rows_counted()],
            ..plan()
        },
        table,
    );
    assert_eq!(answer.status, AnswerStatus::Answered);
    let version = answer
        .trail
        .assumptions
        .iter()
        .find(|assumption| assumption.about == "version")
        .unwrap();
    assert!(
        version.text.contains("it breaks off (line 3)"),
        "{}",
        version.text
    );
}

#[test]
fn what_does_not_fit_an_answer_is_counted() {
    let limit = codegen_executor::engine::ResultLimit {
        rows: 2,
        bytes: 1 << 20,
    };
    let understanding = Understanding::Understood(understood(plan()).into());
    let answer = conclude_by(&InProcess::new(limit), understanding, shop(|_| {}));
    assert_eq!(answer.rows.len(), 2);
    assert!(answer.text.starts_with("7 rows; the first 2:"), "{}", answer.text);
    assert!(
        answer
            .trail
            .assumptions
            .iter()
            .any(|assumption| assumption.about == "limit")
    );
}

fn sum_by(engines: &InProcess) -> Answer {
    let understanding = Understanding::Understood(understood(sum_of_stems()).into());
    conclude_by(engines, understanding, shop(|_| {}))
}

fn second_engine(answer: &Answer) -> (bool, &str) {
    let mut checks = answer.trail.checks.iter();
    let check = checks.find(|check| check.name == "second engine").unwrap();
    (check.passed, &check.detail)
}

#[test]
fn two_engines_that_agree_verify() {
    let answer = sum_by(&InProcess::new(LIMIT));
    assert_eq!(answer.confidence.label, ConfidenceLabel::Verified);
    assert_eq!(
        second_engine(&answer),
        (true, "DataFusion gives the same row by SQL")
    );
    let sql = answer.trail.sql.unwrap();
    assert_eq!(sql.language, "sql");
    assert!(sql.text.contains("FROM \"orders\""), "{}", sql.text);
}

#[test]
fn two_engines_that_differ_give_no_answer_and_both_results() {
    let engines = InProcess {
        second: |result| {
            let mut rows = result?;
            rows.rows[0][0] = Value::Int(41);
            Ok(rows)
        },
        ..InProcess::new(LIMIT)
    };
    let answer = sum_by(&engines);
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert_eq!(answer.confidence.label, ConfidenceLabel::None);
    assert!(answer.rows.is_empty());
    assert!(
        answer.text.contains("Polars: Sum of stems: 42")
            && answer.text.contains("DataFusion: Sum of stems: 41"),
        "{}",
        answer.text
    );
    assert!(!second_engine(&answer).0);
    let results: Vec<_> = answer
        .trail
        .readings
        .iter()
        .map(|reading| &reading.rows)
        .collect();
    assert_eq!(serde_json::to_value(results).unwrap(), json!([[[42]], [[41]]]));

    let readings = vec![understood(sum_of_stems()), understood(plan())];
    let answer = conclude_by(&engines, Understanding::Ambiguous { readings }, shop(|_| {}));
    assert_eq!(answer.status, AnswerStatus::Refused);
}

#[test]
fn a_second_engine_that_is_silent_verifies_nothing_and_says_so() {
    let engines = InProcess {
        second: |_| Err(Silence::Breach(Breach::OutOfMemory { megabytes: 768 })),
        ..InProcess::new(LIMIT)
    };
    let answer = sum_by(&engines);
    assert_eq!(
        (answer.status, answer.confidence.label),
        (AnswerStatus::Answered, ConfidenceLabel::Unverified)
    );
    let (passed, detail) = second_engine(&answer);
    assert!(!passed && detail.contains("768 MB"), "{detail}");
}

#[test]
fn what_ran_without_a_sandbox_says_so() {
    let engines = InProcess {
        stamp: Some("insecure-no-sandbox"),
        ..InProcess::new(LIMIT)
    };
    let answer = sum_by(&engines);
    let mut assumptions = answer.trail.assumptions.iter();
    let stamp = assumptions
        .find(|assumption| assumption.about == "sandbox")
        .unwrap();
    assert!(stamp.text.contains("insecure-no-sandbox"), "{}", stamp.text);
}

#[test]
fn an_answer_has_a_chart_where_its_result_compares() {
    let plan = Plan {
        group: vec![key("flower")],
        ..sum_of_stems()
    };
    let grouped = one(plan, shop(|_| {}));
    let chart = grouped.chart.unwrap();
    assert_eq!(chart.kind, ChartKind::Bars);
    assert!(chart.svg.contains(&grouped.trail.sentence));
    assert_eq!(one(sum_of_stems(), shop(|_| {})).chart, None);
}
