//! Questions that the planner abstains from, with `scripted-llm` in the place of a language model.

use codegen_executor::answer::model::Model;
use codegen_executor::answer::{self, Asked};
use codegen_executor::config::Effort;
use codegen_executor::engines::Engines;
use codegen_executor::planner::Understanding;
use codegen_executor::tables::Table;
use models::ModelsConfig;
use schemas::answer::{Answer, AnswerStatus, ConfidenceLabel, Tier};
use schemas::value::Value;
use schemas::{AnswerId, Language};
use scripted_llm::{ScriptedLlm, Turn};
use serde_json::{Value as Json, json};

use super::in_process::InProcess;
use super::shop::{FILE, LIMIT, frame, shop_profile, table_of};

/// Not in the lexicon of the rules.
pub const QUESTION: &str = "Kindly blarfle the stems, wumple by flower";

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

pub fn shop() -> Vec<Table> {
    vec![table_of(frame(), shop_profile())]
}

pub fn plan(plan: &Json) -> Turn {
    Turn::json(&json!({ "decision": "plan", "meaning": "m", "readings": [{ "plan": plan }] }))
}

pub fn sql(sql: &str) -> Turn {
    Turn::json(&json!({ "decision": "sql", "meaning": "m", "sql": sql }))
}

fn sum_of_stems() -> Json {
    json!({ "table": 1, "measures": [{ "name": "s", "function": "sum", "column": "stems" }] })
}

/// What came of a question, and what the endpoint was asked.
pub struct Played {
    pub answer: Answer,
    pub prompts: Vec<String>,
    pub left: usize,
}

pub async fn play_over(question: &str, tables: &[Table], turns: Vec<Turn>) -> Played {
    play_with(question, tables, turns, &InProcess::new(LIMIT)).await
}

pub async fn play_with(question: &str, tables: &[Table], turns: Vec<Turn>, engines: &impl Engines) -> Played {
    let asked = asked(question, Language::of(question));
    play_all(asked, tables, turns, engines, Effort::default()).await
}

pub async fn play_as(asked: Asked, tables: &[Table], turns: Vec<Turn>) -> Played {
    play_all(asked, tables, turns, &InProcess::new(LIMIT), Effort::default()).await
}

pub async fn play_all(
    asked: Asked,
    tables: &[Table],
    turns: Vec<Turn>,
    engines: &impl Engines,
    effort: Effort,
) -> Played {
    let scripted = ScriptedLlm::start(turns).await;
    let config = ModelsConfig {
        base_url: vec![scripted.base_url()],
        model: vec!["scripted".to_owned()],
        retries: 0,
        idle_seconds: 10,
        ..ModelsConfig::default()
    };
    let model = Model::open(&config, effort).unwrap().unwrap();
    let understanding = answer::understand(&asked, tables);
    assert!(
        matches!(understanding, Understanding::Abstained { .. }),
        "the rules understand {}",
        asked.question
    );
    let answer = model
        .answer(&asked, understanding, tables, engines)
        .await
        .unwrap();
    Played {
        answer,
        prompts: scripted.asked().iter().map(scripted_llm::Asked::text).collect(),
        left: scripted.left(),
    }
}

async fn play(turns: Vec<Turn>) -> Played {
    play_over(QUESTION, &shop(), turns).await
}

pub fn errors(answer: &Answer) -> Vec<&str> {
    let part = answer.trail.model.as_ref().unwrap();
    let errors = part
        .attempts
        .iter()
        .filter_map(|attempt| attempt.error.as_deref());
    errors.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_the_model_is_run_by_both_engines() {
    let Played {
        answer,
        prompts,
        left,
    } = play(vec![plan(&sum_of_stems())]).await;
    assert_eq!(
        (answer.status, answer.tier),
        (AnswerStatus::Answered, Tier::Model)
    );
    assert_eq!(answer.rows, [[Value::Int(42)]]);
    assert_eq!(answer.confidence.label, ConfidenceLabel::Verified);
    // What was measured of the rules says nothing of a model.
    assert_eq!((answer.confidence.precision, answer.confidence.n), (None, 0));
    let trail = &answer.trail;
    assert_eq!(trail.assumptions[0].about, "model");
    assert!(trail.assumptions[0].text.contains("scripted"));
    assert!(trail.plan.is_some() && trail.code.is_some() && trail.sql.is_some());
    let part = trail.model.as_ref().unwrap();
    assert_eq!(
        (part.requests, part.prompt_tokens, part.completion_tokens),
        (1, 11, 5)
    );
    assert_eq!(part.attempts.len(), 1);
    assert_eq!((prompts.len(), left), (1, 0));
    for expected in [
        QUESTION,
        "Today is 2024-05-06",
        "\"flower\"",
        "\"Iris\"",
        "shop.csv",
        "\"unit\":\"元\"",
    ] {
        assert!(
            prompts[0].contains(expected),
            "{expected} is not in {}",
            prompts[0]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_can_do_no_model_is_asked_for() {
    let scripted = ScriptedLlm::start([]).await;
    let asked = asked("What is the sum of stems?", Language::En);
    let understanding = answer::understand(&asked, &shop());
    assert!(matches!(understanding, Understanding::Understood(_)));
    assert!(scripted.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_plans_go_back_with_their_errors() {
    for (wrong, expected) in [
        (
            json!({ "table": 1, "measures": [{ "name": "s", "function": "sum", "column": "petals" }] }),
            "petals",
        ),
        (
            json!({ "table": 1, "measures": [{ "name": "s", "function": "sum", "column": "flower" }] }),
            "flower",
        ),
        (
            json!({ "table": 1, "measures": [{ "name": "s", "function": "total", "column": "stems" }] }),
            "total",
        ),
        (json!({ "table": 7, "select": ["stems"] }), "from 1 to 1"),
        (
            json!({ "table": 1, "select": ["stems"], "where": "1 = 1" }),
            "plans know no where",
        ),
        (
            json!({ "table": 1, "select": ["stems"], "filter": { "op": "compare", "column": "flower", "comparison": "eq", "value": "Orchid" } }),
            "has no value \"Orchid\"",
        ),
        (
            json!({ "table": 1, "select": ["stems"], "order": [{ "by": "petals" }] }),
            "can't be ordered by \"petals\"",
        ),
        (
            json!({ "table": 1, "select": ["stems"], "filter": { "op": "sleep", "seconds": 1 } }),
            "sleep",
        ),
    ] {
        let Played { answer, prompts, .. } = play(vec![plan(&wrong), plan(&sum_of_stems())]).await;
        assert_eq!(answer.rows, [[Value::Int(42)]], "{wrong}");
        let errors = errors(&answer);
        assert!(errors.len() == 1 && errors[0].contains(expected), "{errors:?}");
        assert!(prompts[1].contains("That did not work"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_queries_go_back_with_their_errors() {
    for (wrong, expected) in [
        ("SELECT petals FROM t1", "petals"),
        ("SELEKT 1 FROM t1", "SELEKT"),
        ("SELECT stems FROM t1; DROP TABLE t1", "one query"),
        ("DROP TABLE t1", "only queries"),
        ("COPY t1 TO '/tmp/stolen.csv'", "only queries"),
        ("SELECT * FROM '/etc/passwd' CROSS JOIN t1", "passwd"),
        ("SELECT 42", "this one states it"),
        (
            "SELECT max(price) FROM t1 WHERE flower = 'rose tree'",
            "missing values alone",
        ),
        ("SELECT sum(flower) FROM t1", "sum"),
        ("SELECT CAST(flower AS BIGINT) FROM t1", "Rose"),
        ("SELECT stems FROM t9 -- t1", "t9"),
        ("SELECT repeat(flower, 2000000000) FROM t1", "repeat"),
    ] {
        let right = || sql("SELECT sum(\"stems\") AS total FROM t1");
        let Played { answer, .. } = play(vec![sql(wrong), right(), right(), right()]).await;
        assert_eq!(answer.rows, [[Value::Int(42)]], "{wrong}: {}", answer.text);
        assert_eq!(
            (answer.tier, answer.confidence.label),
            (Tier::Sql, ConfidenceLabel::Consistent)
        );
        let errors = errors(&answer);
        assert!(
            errors.len() == 1 && errors[0].contains(expected),
            "{wrong}: {errors:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_are_none_end_in_a_clear_refusal() {
    let useless = [
        Turn::Say("I am sorry, I can't do that.".to_owned()),
        Turn::Say("{\"decision\": \"plan\", \"readings\": [{\"plan\": {\"table\": 1".to_owned()),
        Turn::json(&json!({ "decision": "tool", "name": "os.system", "arguments": "rm -rf /" })),
        Turn::json(&json!({ "answer": 42 })),
    ];
    let Played {
        answer,
        prompts,
        left,
    } = play(useless.to_vec()).await;
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert!(
        answer.rows.is_empty() && !answer.text.contains("42"),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("asked 4 times"), "{}", answer.text);
    // The rules' own reason stays: it names the words.
    assert!(!answer.trail.unexplained.is_empty());
    assert_eq!((prompts.len(), left, errors(&answer).len()), (4, 0, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn untidy_replies_are_read() {
    let untidy = format!(
        "<think>They want {{stems}}.</think>Sure!\n```json\n{{'decision': 'plan', 'readings': [{{'plan': {}}},],}}\n```",
        json!({ "table": "T1", "group": ["flower"], "measures": [{ "function": "sum", "column": "stems" }], "limit": 1, "distinct": false })
    );
    let Played { answer, .. } = play(vec![Turn::Say(untidy)]).await;
    assert_eq!(
        answer.rows,
        [[Value::from("Rose"), Value::Int(10)]],
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_leaves_the_refusal_of_the_rules() {
    for turn in [
        Turn::Status(500, None),
        Turn::Status(401, None),
        Turn::Break("{\"decision\"".to_owned()),
        Turn::Stop("{\"decision\": \"plan\"".to_owned()),
        Turn::Garbage,
    ] {
        let Played { answer, .. } = play(vec![turn.clone()]).await;
        assert_eq!(
            (answer.status, answer.tier),
            (AnswerStatus::Refused, Tier::Rules),
            "{turn:?}"
        );
        assert!(answer.text.contains("can't be reached"), "{}", answer.text);
        assert!(answer.trail.model.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_tables_do_not_hold_is_refused() {
    let Played { answer, .. } = play(vec![Turn::json(
        &json!({ "decision": "impossible", "meaning": "42!" }),
    )])
    .await;
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert!(answer.text.contains("finds nothing in the tables") && !answer.text.contains("42"));
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_that_differ_are_asked_back_and_those_that_agree_are_not() {
    let readings = |second: Json| {
        let plans = [sum_of_stems(), second].map(|plan| json!({ "plan": plan }));
        Turn::json(&json!({ "decision": "plan", "meaning": "m", "readings": plans }))
    };
    let other = json!({ "table": 1, "measures": [{ "name": "m", "function": "mean", "column": "stems" }] });
    let Played { answer, .. } = play(vec![readings(other)]).await;
    assert_eq!(
        (answer.status, answer.tier),
        (AnswerStatus::NeedsClarification, Tier::Model)
    );
    assert_eq!(answer.trail.readings.len(), 2);
    assert!(
        answer.text.contains("42") && answer.text.contains('7'),
        "{}",
        answer.text
    );

    let same = json!({ "table": 1, "measures": [{ "name": "all", "function": "sum", "column": "stems" }] });
    let Played { answer, .. } = play(vec![readings(same)]).await;
    assert_eq!(answer.status, AnswerStatus::Answered);
    assert_eq!(answer.confidence.label, ConfidenceLabel::Consistent);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_vote_by_what_they_give() {
    let total = || sql("SELECT sum(\"stems\") AS total FROM t1");
    let otherwise =
        || sql("SELECT sum(s) AS n FROM (SELECT \"flower\", sum(stems) AS s FROM t1 GROUP BY \"flower\")");
    let mean = || sql("SELECT avg(stems) FROM t1");
    let count = || sql("SELECT min(stems) FROM t1");
    let broken = || sql("SELECT petals FROM t1");
    let votes = |answer: &Answer| {
        let votes = answer.trail.model.as_ref().unwrap().votes.unwrap();
        (votes.agreeing, votes.samples)
    };

    let Played { answer, left, .. } = play(vec![total(), otherwise(), mean()]).await;
    assert_eq!((answer.rows.clone(), left), (vec![vec![Value::Int(42)]], 0));
    assert_eq!(
        (answer.tier, answer.confidence.label),
        (Tier::Sql, ConfidenceLabel::Consistent)
    );
    assert_eq!(votes(&answer), (2, 3));
    assert!(answer.trail.plan.is_none() && answer.trail.code.as_ref().unwrap().language == "sql");
    assert!(answer.trail.checks[0].passed && answer.trail.sources.len() == 1);

    // A plan among them is checked by another engine.
    let Played { answer, .. } = play(vec![total(), plan(&sum_of_stems()), mean()]).await;
    assert_eq!(
        (answer.tier, answer.confidence.label),
        (Tier::Model, ConfidenceLabel::Verified)
    );
    assert_eq!(votes(&answer), (2, 3));

    let Played { answer, .. } = play(vec![total(), count(), mean()]).await;
    assert_eq!(
        (answer.status, answer.rows.len()),
        (AnswerStatus::NeedsClarification, 0)
    );
    assert!(
        answer.text.contains("42") && answer.text.contains("min(stems)"),
        "{}",
        answer.text
    );

    let Played { answer, .. } = play(vec![total(), broken(), broken()]).await;
    assert_eq!(
        (answer.status, answer.confidence.label),
        (AnswerStatus::Answered, ConfidenceLabel::Unverified)
    );
    assert_eq!(votes(&answer), (1, 1));
    assert!(!answer.trail.checks[0].passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_numbers_are_divided_as_numbers() {
    let query = || sql("SELECT sum(stems) / count(*) AS mean, max(stems) / (count(*) + 1) AS part FROM t1");
    let Played { answer, .. } = play(vec![query(), query(), query()]).await;
    assert_eq!(answer.rows, [[Value::Float(6.0), Value::Float(1.5)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_tables_are_joined_by_a_query() {
    let mut prices = table_of(
        polars::prelude::DataFrame::new_infer_height(vec![
            polars::prelude::Column::new("Kind".into(), ["rose", "iris"]),
            polars::prelude::Column::new("Pot price".into(), [3i64, 4]),
        ])
        .unwrap(),
        super::shop::profile(
            &polars::prelude::DataFrame::new_infer_height(vec![
                polars::prelude::Column::new("Kind".into(), ["rose", "iris"]),
                polars::prelude::Column::new("Pot price".into(), [3i64, 4]),
            ])
            .unwrap(),
        ),
    );
    prices.reference.index = 1;
    let tables = vec![table_of(frame(), shop_profile()), prices];
    let query = || {
        sql(
            "SELECT sum(a.stems * b.\"Pot price\") AS cost FROM t1 a JOIN t2 b ON fold(a.flower) = fold(b.\"Kind\")",
        )
    };
    let played = play_over(QUESTION, &tables, vec![query(), query(), query()]).await;
    assert_eq!(played.answer.rows, [[Value::Int(17 * 3 + 12 * 4)]]);
    assert_eq!(played.answer.trail.sources.len(), 2);
    assert!(played.prompts[0].contains("Pot price"));
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_beyond_plans_are_computed() {
    let query = || {
        sql("SELECT corr(stems, price) AS r, stddev(stems) AS sd, percentile_cont(stems, 0.5) AS p FROM t1")
    };
    let Played { answer, .. } = play(vec![query(), query(), query()]).await;
    let numbers: Vec<f64> = answer.rows[0]
        .iter()
        .map(|value| value.as_f64().unwrap())
        .collect();
    // Computed by hand over the shop's orders: pairs (10, 2.5), (5, 1.25), (3, 1), (5, 1.25), (12, 4).
    assert!((numbers[0] - 0.962_094).abs() < 1e-5, "{numbers:?}");
    assert!((numbers[1] - 3.405_877).abs() < 1e-5, "{numbers:?}");
    assert!((numbers[2] - 6.0).abs() < 1e-9, "{numbers:?}");
}

fn words(wanted: &[&str]) -> Vec<Turn> {
    let program = json!({ "decision": "plan", "meaning": "m", "words": true, "readings": [{ "plan": sum_of_stems() }] });
    let mut turns = vec![Turn::json(&program)];
    turns.extend(
        wanted
            .iter()
            .map(|sentence| Turn::json(&json!({ "sentences": ["The shop sold {F1} stems.", sentence] }))),
    );
    turns
}

#[tokio::test(flavor = "multi_thread")]
async fn words_cite_computed_facts_alone() {
    let Played { answer, left, .. } = play(words(&["That is all."])).await;
    assert!(
        answer.text.ends_with("The shop sold 42 stems. That is all."),
        "{}",
        answer.text
    );
    let part = answer.trail.model.unwrap();
    assert_eq!(
        (part.facts.len(), part.facts[0].value.clone(), left),
        (1, Value::Int(42), 0)
    );

    // A figure of its own is sent back once …
    let Played { answer, prompts, .. } = play(words(&["That is 57 too few.", "That is all."])).await;
    assert!(
        answer.text.ends_with("That is all.") && !answer.text.contains("57"),
        "{}",
        answer.text
    );
    assert!(prompts[2].contains("not cited"));

    // … and then cut.
    let Played { answer, .. } = play(words(&[
        "That is 57 too few.",
        "That is twice as many as before.",
    ]))
    .await;
    assert!(answer.text.contains("The shop sold 42 stems."), "{}", answer.text);
    assert!(
        !answer.text.contains("57") && !answer.text.contains("twice"),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("One sentence was cut"), "{}", answer.text);

    // Without words the answer is what it is.
    let Played { answer, .. } = play(words(&[])).await;
    assert_eq!(
        (answer.status, answer.rows),
        (AnswerStatus::Answered, vec![vec![Value::Int(42)]])
    );
}
