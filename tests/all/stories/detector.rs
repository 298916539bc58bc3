//! A producer on the bus has texts judged: one in the job, one in a file, and a batch.

use bus::ids::new_job_id;
use futures::StreamExt;
use schemas::Language;
use schemas::dead::DeadCause;
use schemas::events::{Judged, TextJudged};
use schemas::jobs::{DetectorInput, DetectorJob};
use schemas::judgement::{Unjudged, Verdict};
use schemas::progress::ProgressState;
use serde_json::{Value, json};

use contrail::client::Client;
use contrail::progress::Reporter;

use crate::harness::{PATIENCE, Platform, local, soon};

const ENGLISH: &str = "My brother and I missed the last bus, so we walked home along the canal. It took two hours. He kept talking \
    about the film, and I mostly thought about my feet. Nobody was out except a man with a very old dog, who said good evening as \
    if it was the middle of the day.";

#[tokio::test(flavor = "multi_thread")]
async fn texts_files_and_batches_are_judged() {
    let platform = Platform::start().await;
    let (bus, tenant) = (platform.bus().await, local());
    let mut judged = bus.events::<TextJudged>(&tenant).await.unwrap();
    let files = bus.files(&tenant).await.unwrap();

    let text = DetectorInput::Text {
        text: ENGLISH.to_owned(),
    };
    let job = new_job_id();
    let asked = DetectorJob {
        input: text,
        prior: Some(0.1),
    };
    bus.publish(&tenant, &job, &asked).await.unwrap();
    // Said twice: done once.
    bus.publish(&tenant, &job, &asked).await.unwrap();
    let fact = soon("text-judged", judged.next()).await.unwrap().message;
    assert_eq!(fact.job, job);
    let Judged::Text { judgement } = fact.result else {
        panic!("{:?}", fact.result);
    };
    assert_eq!(
        (judgement.language, judgement.sentences.len()),
        (Some(Language::En), 4)
    );
    assert!(judgement.probability.is_some() && (judgement.prior - 0.1).abs() < 1e-9);

    let content = files.put("今天天气很好。".into()).await.unwrap();
    let job = new_job_id();
    let input = DetectorInput::File {
        content,
        name: "short.txt".to_owned(),
    };
    bus.publish(&tenant, &job, &DetectorJob { input, prior: None })
        .await
        .unwrap();
    let fact = soon("text-judged", judged.next()).await.unwrap().message;
    assert_eq!(fact.job, job);
    let Judged::Text { judgement } = fact.result else {
        panic!("{:?}", fact.result);
    };
    assert_eq!(judgement.unjudged, Some(Unjudged::TooShort));

    let mut lines = String::new();
    for number in 0..300 {
        lines.push_str(&format!(
            "{}\n",
            json!({ "id": number, "text": format!("{number}. {ENGLISH}") })
        ));
    }
    lines.push_str("\nno JSON\n");
    let content = files.put(lines.into()).await.unwrap();
    let job = new_job_id();
    let input = DetectorInput::Batch { content };
    bus.publish(&tenant, &job, &DetectorJob { input, prior: None })
        .await
        .unwrap();
    let fact = soon("text-judged", judged.next()).await.unwrap().message;
    assert_eq!(fact.job, job);
    let Judged::Batch {
        results,
        texts,
        errors,
        verdicts,
    } = fact.result
    else {
        panic!("{:?}", fact.result);
    };
    assert_eq!((texts, errors, verdicts.values().sum::<u64>()), (300, 1, 300));
    assert!(!verdicts.contains_key(&Verdict::TooShort), "{verdicts:?}");
    let results = files.get(results.as_str(), 64 << 20).await.unwrap();
    let results: Vec<Value> = results
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(results.len(), 301);
    assert_eq!((&results[7]["line"], &results[7]["id"]), (&json!(8), &json!(7)));
    assert_eq!(results[7]["judgement"]["language"], "en");
    assert!(results[300]["error"].is_string() && results[300]["line"] == 302);

    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_given_up_with_its_reason() {
    let platform = Platform::start().await;
    let (bus, tenant) = (platform.bus().await, local());
    let content = bus
        .files(&tenant)
        .await
        .unwrap()
        .put("%PDF-1.7".into())
        .await
        .unwrap();
    let input = DetectorInput::File {
        content,
        name: "essay.pdf".to_owned(),
    };
    let job = new_job_id();
    bus.publish(&tenant, &job, &DetectorJob { input, prior: None })
        .await
        .unwrap();
    let mut reports = bus.follow(&tenant, &job).await.unwrap();
    let mut last = None;
    while let Some(report) = soon("the report of the failure", reports.next()).await {
        last = Some(report.state);
    }
    assert!(matches!(last, Some(ProgressState::Failed { .. })), "{last:?}");
    let letters = bus.dead_letters(Some("detector"), 10).await.unwrap();
    let [kept] = letters.as_slice() else {
        panic!("{letters:?}")
    };
    assert_eq!(kept.letter.cause, DeadCause::Rejected);
    assert_eq!(kept.letter.pointer.as_deref(), Some("/input/name"));
    assert!(kept.letter.reason.contains("essay.pdf"), "{}", kept.letter.reason);
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_running_text_of_a_document_is_judged_and_forgotten_with_it() {
    let platform = Platform::with_documents().await;
    let (bus, tenant) = (platform.bus().await, local());
    let client = Client::new(bus.clone(), tenant.clone()).await.unwrap();
    let page = "<h1>Buses</h1><p>My brother and I missed the last bus, so we walked home along the canal. It took two hours. He kept \
        talking about the film, and I mostly thought about my feet.</p><table><tr><th>line</th><th>last</th></tr><tr><td>K1</td>\
        <td>22:40</td></tr></table><p>Nobody was out except a man with a very old dog, who said good evening as if it was the \
        middle of the day.</p>";
    let submitted = client.submit_bytes("walk.html", page.as_bytes()).await.unwrap();
    let mut judged = bus.events::<TextJudged>(&tenant).await.unwrap();
    // Not waited for: the detector does.
    let input = DetectorInput::Document {
        file: submitted.file.clone(),
    };
    let job = new_job_id();
    bus.publish(&tenant, &job, &DetectorJob { input, prior: None })
        .await
        .unwrap();
    let fact = soon("text-judged", judged.next()).await.unwrap().message;
    assert_eq!((&fact.job, fact.file.as_ref()), (&job, Some(&submitted.file)));
    let Judged::Text { judgement } = fact.result else {
        panic!("{:?}", fact.result);
    };
    let record = client
        .settle(&submitted, PATIENCE, &mut Reporter::silent())
        .await
        .unwrap();
    let text = client.prose(&record).await.unwrap();
    assert!(
        !text.contains("22:40") && text.ends_with("middle of the day."),
        "{text}"
    );
    // Sentences are those of that text, rows of tables are none.
    let last = judgement.sentences.last().unwrap();
    assert_eq!(usize::try_from(last.end).unwrap(), text.len());
    assert!(judgement.probability.is_some());

    let mut task = Reporter::silent();
    client.remove("walk.html", PATIENCE, &mut task).await.unwrap();
    let left = bus.traces_of(submitted.file.as_str()).await.unwrap();
    assert!(
        !left.iter().any(|place| place.contains("text-judged")),
        "{left:?}"
    );
    platform.stop().await;
}
