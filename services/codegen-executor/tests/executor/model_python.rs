//! Scripts that a language model writes, with `scripted-llm` in its place and a real Python.

use codegen_executor::Workers;
use codegen_executor::engines::Locked;
use schemas::answer::{AnswerStatus, ConfidenceLabel, Tier};
use schemas::value::Value;
use scripted_llm::Turn;
use serde_json::{Value as Json, json};

use super::model::{Played, QUESTION, errors, play_over, play_with, shop, sql};
use super::python::tree;
use super::shop::LIMIT;
use super::workers::sandbox;

/// The kind of correlation that no query can say; the more stems, the higher the price.
const RANKS: &str = "from scipy import stats\n\
    rows = t1.dropna(subset=['stems', 'price'])\n\
    rho, p = stats.spearmanr(rows['stems'], rows['price'])\n\
    result = {'rho': round(float(rho), 3), 'related': 'yes' if p < 0.05 else 'no'}";

fn script(python: &str) -> Turn {
    reply(python, json!({}))
}

/// A reply with a script, and with what else it has.
fn reply(python: &str, rest: Json) -> Turn {
    let mut reply = json!({ "decision": "python", "meaning": "m", "python": python });
    reply
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    Turn::json(&reply)
}

async fn play(turns: Vec<Turn>) -> Played {
    let workers = Workers::start(&sandbox()).await.unwrap();
    let workers = workers
        .with_python(&sandbox(), Some(&tree().await))
        .await
        .unwrap();
    let engines = Locked {
        workers: &workers,
        limit: LIMIT,
    };
    play_with(QUESTION, &shop(), turns, &engines).await
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_are_offered_where_they_can_run_and_most_of_them_must_agree() {
    let played = play(vec![
        script(RANKS),
        script(RANKS),
        script("result = t1['stems'].sum()"),
    ])
    .await;
    let answer = played.answer;
    assert_eq!(
        (answer.status, answer.tier),
        (AnswerStatus::Answered, Tier::Python),
        "{}",
        answer.text
    );
    assert_eq!(answer.columns, ["rho", "related"]);
    assert_eq!(answer.rows, [[Value::Float(1.0), Value::from("yes")]]);
    assert_eq!(answer.confidence.label, ConfidenceLabel::Consistent);
    assert!(played.prompts[0].contains("# Python"));
    let trail = answer.trail;
    assert_eq!(
        trail.code.as_ref().map(|code| code.language.as_str()),
        Some("python")
    );
    assert!(
        trail.assumptions[0].text.contains("scripted wrote the script"),
        "{:?}",
        trail.assumptions
    );
    let votes = trail.model.unwrap().votes.unwrap();
    assert_eq!((votes.samples, votes.agreeing, played.left), (3, 2, 0));
    // The trail tells what was read.
    assert_eq!((trail.sources.len(), trail.ledger.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_gives_the_same_checks_a_script_and_one_that_differs_sends_it_back() {
    let check = |value: &str| json!({ "sql": format!("SELECT {value}(\"stems\") AS total FROM t1") });
    let sums = "result = {'total': int(t1['stems'].sum())}";
    let played = play(vec![reply(sums, check("avg")), reply(sums, check("sum"))]).await;
    let answer = &played.answer;
    assert_eq!(
        (answer.tier, answer.rows.as_slice()),
        (Tier::Python, [vec![Value::Int(42)]].as_slice())
    );
    assert_eq!(answer.confidence.label, ConfidenceLabel::Verified);
    assert!(
        errors(answer)[0].contains("different results: [[42]] and [[7.0]]"),
        "{:?}",
        errors(answer)
    );
    assert!(played.prompts[1].contains("different results"));
    assert!(answer.trail.checks[0].detail.contains("SQL"));
    assert!(answer.trail.sql.as_ref().unwrap().text.contains("sum("));
    assert_eq!(played.left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_that_a_question_prescribes_is_filled_with_the_result() {
    let form = |form: &str| json!({ "form": form, "sql": "SELECT avg(\"price\") AS mean FROM t1" });
    let mean = "result = {'mean': float(t1['price'].mean())}";
    let played = play(vec![
        reply(mean, form("@mean[2.33]")),
        reply(mean, form("@mean[{mean:.2f}]")),
    ])
    .await;
    assert_eq!(played.answer.text, "@mean[2.33]");
    assert!(errors(&played.answer)[0].contains("figure 2 of its own"));
    let plan = json!({ "decision": "plan", "meaning": "m", "form": "@n[{n}]",
        "readings": [{ "plan": { "table": 1, "measures": [{ "name": "n", "function": "count" }] } }] });
    assert_eq!(play(vec![Turn::json(&plan)]).await.answer.text, "@n[7]");
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_agree_that_give_what_was_asked_for_in_the_same_words() {
    let votes = |played: &Played| {
        let votes = played.answer.trail.model.as_ref().unwrap().votes.unwrap();
        (votes.agreeing, votes.samples)
    };
    // One rounds by itself, one leaves that to the form, and one gives more than is asked for.
    let form = |form: &str| json!({ "form": form });
    let played = play(vec![
        reply(
            "result = {'mean': float(t1['price'].mean())}",
            form("@mean[{mean:.2f}]"),
        ),
        reply(
            "result = {'mean': round(float(t1['price'].mean()), 2)}",
            form("@mean[{mean:.2f}]"),
        ),
        reply(
            "result = {'m': float(t1['price'].mean()), 'n': len(t1)}",
            form("@mean[{m:.2f}]"),
        ),
    ])
    .await;
    assert_eq!(
        (played.answer.text.as_str(), votes(&played)),
        ("@mean[2.33]", (3, 3))
    );

    // Names tell which value is which, wherever it stands.
    let played = play(vec![
        script("result = {'low': int(t1['stems'].min()), 'high': int(t1['stems'].max())}"),
        script("result = {'high': int(t1['stems'].max()), 'low': int(t1['stems'].min())}"),
        script("result = {'low': int(t1['stems'].max()), 'high': int(t1['stems'].min())}"),
    ])
    .await;
    assert_eq!(votes(&played), (2, 3), "{}", played.answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_scripts_go_back_with_the_line_and_end_in_a_right_answer() {
    let right = || {
        reply(
            "result = int(t1['stems'].sum())",
            json!({ "sql": "SELECT sum(\"stems\") FROM t1" }),
        )
    };
    for (wrong, expected) in [
        ("result = t1['stem'].sum()", "line 1: KeyError"),
        ("x = len(t1)\nresult = (", "line 2: SyntaxError"),
        (
            "import statsmodels\nresult = len(t1)",
            "line 1: ModuleNotFoundError",
        ),
        ("x = len(t1)", "has not assigned `result`"),
        ("result = 42", "uses none of the tables"),
        ("result = open('/etc/passwd').read() + str(t1)", "line 1: "),
        (
            "import subprocess\nsubprocess.run(['id'])\nresult = len(t1)",
            "line 2: ",
        ),
        (
            "import socket\nsocket.create_connection(('127.0.0.1', 4222))\nresult = len(df)",
            "line 2: ",
        ),
        ("result = t9.sum()", "uses none of the tables"),
    ] {
        let Played { answer, left, .. } = play(vec![script(wrong), right()]).await;
        assert_eq!(answer.rows, [[Value::Int(42)]], "{wrong}: {}", answer.text);
        let errors = errors(&answer);
        assert!(
            errors.len() == 1 && errors[0].contains(expected),
            "{wrong}: {errors:?}"
        );
        assert_eq!(left, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_python_no_script_is_offered_and_none_is_run() {
    let sums = || sql("SELECT sum(\"stems\") AS total FROM t1");
    let Played { answer, prompts, .. } = play_over(
        QUESTION,
        &shop(),
        vec![script("result = t1['stems'].sum()"), sums(), sums(), sums()],
    )
    .await;
    assert_eq!(
        (answer.tier, answer.rows.as_slice()),
        (Tier::Sql, [vec![Value::Int(42)]].as_slice())
    );
    assert!(!prompts[0].to_lowercase().contains("python"), "{}", prompts[0]);
    assert!(errors(&answer)[0].contains("no scripts run here"));
}
