//! What a scraper sees of work that was done: numbers, and no word of what they are about.

use std::time::Duration;

use contrail::client::Client;
use contrail::progress::Reporter;
use schemas::answer::AnswerStatus;
use schemas::jobs::AskJob;

use crate::harness::{PATIENCE, Platform, local, soon};

/// Stands in names, headers, cells, texts and questions.
const MARKER: &str = "zanzibar";
const TABLE: &str = "gate,zanzibar\nA1,120\nzanzibar2,80\n";
const DOCUMENT: &str =
    "# Handbook of zanzibar\n\nLost property of zanzibar is kept in room B114 for 90 days.\n";

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_of_work_and_not_of_content() {
    let platform = Platform::with_documents().await;
    let client = Client::new(platform.bus().await, local()).await.unwrap();
    for (name, text) in [("zanzibar.csv", TABLE), ("zanzibar.md", DOCUMENT)] {
        let submitted = client.submit_bytes(name, text.as_bytes()).await.unwrap();
        client
            .settle(&submitted, PATIENCE, &mut Reporter::silent())
            .await
            .unwrap();
    }
    let question = AskJob::about("total zanzibar");
    let answer = client.ask(&question, PATIENCE, &mut Reporter::silent()).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, AnswerStatus::Answered, "{}", answer.text);

    // What is looked at now and then is there after the next look.
    let text = soon("the metrics", async {
        loop {
            let text = scraped(&platform).await;
            if has(&text, "contrail_index_passages", &[]) && has(&text, "contrail_queue_waiting", &[]) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
    .await;
    for (metric, labels) in [
        ("contrail_queue_waiting", &[r#"stream="JOBS_INGEST""#][..]),
        ("contrail_queue_running", &[r#"stream="JOBS_EMBED""#]),
        ("contrail_queue_oldest_age_seconds", &[r#"stream="JOBS_ASK""#]),
        (
            "contrail_sandbox_duration_seconds_count",
            &[r#"kind="parse""#, r#"outcome="done""#],
        ),
        (
            "contrail_sandbox_duration_seconds_count",
            &[r#"kind="plan""#, r#"outcome="done""#],
        ),
        (
            "gen_ai_client_token_usage_sum",
            &[
                r#"gen_ai_operation_name="embeddings""#,
                r#"gen_ai_token_type="input""#,
            ],
        ),
        (
            "messaging_process_duration_seconds_count",
            &[r#"service="ingest""#, r#"outcome="done""#],
        ),
    ] {
        assert!(
            has(&text, metric, labels),
            "no {metric} with {labels:?} in {text}"
        );
    }
    assert!(!text.to_lowercase().contains(MARKER), "{text}");
    platform.stop().await;
}

async fn scraped(platform: &Platform) -> String {
    let response = reqwest::get(format!("{}/metrics", platform.http)).await.unwrap();
    response.text().await.unwrap()
}

/// Whether there is a value of a metric with these labels.
fn has(text: &str, metric: &str, labels: &[&str]) -> bool {
    text.lines().any(|line| {
        let named = line
            .strip_prefix(metric)
            .is_some_and(|rest| rest.starts_with('{'));
        named && labels.iter().all(|label| line.contains(label))
    })
}
