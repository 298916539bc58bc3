//! The language model from the command line: what an endpoint offers, what was recorded and is played again.

use schemas::Value;
use scripted_llm::{ScriptedLlm, Turn};
use serde_json::json;

use super::{GATES, Place, document, exited, stderr, text};

/// Not in the lexicon of the rules.
const QUESTION: &str = "kindly blarfle the passengers";

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_looked_at() {
    let place = Place::new();
    let scripted = ScriptedLlm::start([Turn::json(&json!({ "city": "Paris" }))]).await;
    let url = scripted.base_url();
    let check = |url: &str| {
        let arguments = [
            "llm",
            "check",
            "--json",
            "--llm-model",
            "m",
            "--llm-retries",
            "0",
            "--llm-base-url",
            url,
        ];
        place.run(&arguments)
    };
    let found = tokio::task::block_in_place(|| check(&url));
    exited(&found, 0);
    let found = document(&found);
    assert_eq!(
        (&found[0]["model"], &found[0]["shapes"]),
        (&json!("m"), &json!("json_schema")),
        "{found}"
    );
    drop(scripted);
    let gone = tokio::task::block_in_place(|| check(&url));
    exited(&gone, 1);
    assert!(document(&gone)[0]["error"].is_string());
    let nobody = tokio::task::block_in_place(|| place.run(&["llm", "check"]));
    exited(&nobody, 1);
    assert!(
        stderr(&nobody).contains("name an endpoint"),
        "{}",
        stderr(&nobody)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_answers_without_the_model() {
    let place = Place::new();
    let gates = place.write("gates.csv", GATES);
    let tape = place.data().with_file_name("tape.jsonl");
    let plan =
        json!({ "table": 1, "measures": [{ "name": "s", "function": "sum", "column": "passengers" }] });
    let scripted = ScriptedLlm::start([Turn::json(
        &json!({ "decision": "plan", "meaning": "m", "readings": [{ "plan": plan }] }),
    )])
    .await;
    let ask = |set: &[(&str, &str)]| {
        let mut command = place.command(&["ask", "--json", "--file", text(&gates), QUESTION]);
        for (name, value) in set {
            command.env(name, value);
        }
        tokio::task::block_in_place(|| command.output().unwrap())
    };
    let recorded = ask(&[
        ("LLM_BASE_URL", &scripted.base_url()),
        ("LLM_MODEL", "scripted"),
        ("LLM_API_KEY", "a-secret"),
        ("LLM_RECORD", text(&tape)),
    ]);
    exited(&recorded, 0);
    let recorded = document(&recorded);
    assert_eq!(
        (&recorded["tier"], &recorded["rows"]),
        (&json!("model"), &json!([[525]]))
    );
    let asked = scripted.asked();
    assert_eq!(asked.len(), 1);
    drop(scripted);
    let kept = std::fs::read_to_string(&tape).unwrap();
    assert!(!kept.contains("a-secret") && kept.lines().count() == 1, "{kept}");

    let played = ask(&[("LLM_REPLAY", text(&tape))]);
    exited(&played, 0);
    let played = document(&played);
    assert_eq!(played["rows"], recorded["rows"]);
    let sum: Vec<Value> = serde_json::from_value(played["rows"][0].clone()).unwrap();
    assert_eq!(sum, [Value::Int(525)]);
}

#[test]
fn a_local_model_is_for_who_has_no_endpoint() {
    let place = Place::new();
    let up = [
        "up",
        "--listen",
        "127.0.0.1:0",
        "--local-model",
        "--llm-base-url",
        "http://127.0.0.1:1/v1",
    ];
    let refused = place.run(&up);
    exited(&refused, 1);
    assert!(
        stderr(&refused).contains("LLM_BASE_URL names one"),
        "{}",
        stderr(&refused)
    );
}
