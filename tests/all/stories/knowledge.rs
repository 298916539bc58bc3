//! Documents in, questions asked, citations checked, documents forgotten.

use contrail::client::Client;
use contrail::progress::Reporter;
use schemas::answer::{AnswerKind, AnswerStatus, Tier};
use schemas::calls::{SearchCall, SearchFilter};
use schemas::document::PassageKind;
use schemas::file::FileRecord;
use schemas::jobs::AskJob;
use schemas::{Answer, Language};

use crate::harness::{PATIENCE, Platform, local};

const HANDBOOK: &str = "\
# 旅客手册

## T2航站楼

母婴室位于T2航站楼B12登机口旁，全天开放。值机柜台C01至C12供丝路湖航空使用。

## 交通

末班地铁23:10从T2站发车，首班地铁06:05。

| 线路 | 首班 | 末班 |
|---|---|---|
| K1机场巴士 | 05:30 | 22:40 |
| K2机场巴士 | 06:00 | 23:20 |
";

const NOTICE: &str = "\
Stand closure

Stand 418 is closed from 3 to 9 November for resurfacing. Regulation ZX-49 applies to tow bars.
Regulation ZX-4819 applies to cargo dollies.
";

async fn add(client: &Client, name: &str, bytes: &'static str) {
    let submitted = client.submit_bytes(name, bytes.as_bytes()).await.unwrap();
    client
        .settle(&submitted, PATIENCE, &mut Reporter::silent())
        .await
        .unwrap();
}

async fn ask(client: &Client, question: &str, history: &[&str]) -> Answer {
    let job = AskJob {
        history: history.iter().map(|text| (*text).to_owned()).collect(),
        ..AskJob::about(question)
    };
    client.ask(&job, PATIENCE, &mut Reporter::silent()).await.unwrap()
}

fn search(query: &str) -> SearchCall {
    SearchCall {
        query: query.to_owned(),
        limit: 10,
        only: SearchFilter::default(),
        closely: false,
    }
}

#[tokio::test]
async fn documents_are_read_found_quoted_replaced_and_forgotten() {
    let platform = Platform::with_documents().await;
    let client = Client::new(platform.bus().await, local()).await.unwrap();
    add(&client, "handbook.md", HANDBOOK).await;
    add(&client, "notices/stands.txt", NOTICE).await;
    add(&client, "sales.csv", "terminal,amount\nT1,10\nT2,32\n").await;

    // By meaning and words, with its place.
    let answer = ask(&client, "T2 几号登机口有母婴室？", &[]).await;
    assert_eq!(
        (answer.status, answer.kind, answer.tier),
        (AnswerStatus::Answered, AnswerKind::Knowledge, Tier::Quote),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("B12"), "{}", answer.text);
    let best = &answer.citations[0];
    assert_eq!(best.name, "handbook.md");
    assert!(
        best.place.sections.contains(&"T2航站楼".to_owned()),
        "{:?}",
        best.place
    );
    assert!(best.text.contains(&best.quote));
    let trail = answer.trail.search.as_ref().unwrap();
    assert!(trail.codes.contains(&"t2".to_owned()), "{:?}", trail.codes);
    assert!(answer.trail.checks.iter().all(|check| check.passed));

    // A row of a table in a document, with its header.
    let row = ask(&client, "K2机场巴士的末班车是几点？", &[]).await;
    assert!(row.text.contains("23:20"), "{}", row.text);

    // By exact code: one that only begins like another is no answer.
    let code = ask(&client, "What does regulation ZX-49 apply to?", &[]).await;
    assert!(code.text.contains("tow bars"), "{}", code.text);
    let none = ask(&client, "What does regulation ZX-48 apply to?", &[]).await;
    assert_eq!(none.status, AnswerStatus::Refused, "{}", none.text);
    assert!(
        none.text.contains("ZX-48") || none.text.contains("ZX48"),
        "{}",
        none.text
    );

    // What tables answer is computed, though documents are there.
    let sum = ask(&client, "What is the total amount?", &[]).await;
    assert_eq!(sum.kind, AnswerKind::Table, "{}", sum.text);

    // What nothing says is refused, in the language of the question, with what is nearest.
    let refused = ask(&client, "Who won the football final in 1998?", &[]).await;
    assert_eq!(
        (refused.status, refused.language),
        (AnswerStatus::Refused, Language::En)
    );

    // The same search for whoever only wants passages; rows of sheets are found by their words.
    let hits = client.search(&search("末班地铁"), PATIENCE).await.unwrap().hits;
    assert!(hits[0].passage.text.contains("23:10"), "{:?}", hits[0]);

    // A new version replaces the old one.
    add(
        &client,
        "handbook.md",
        "# 旅客手册\n\n母婴室已搬到T2航站楼A03登机口旁。\n",
    )
    .await;
    let moved = ask(&client, "T2 几号登机口有母婴室？", &[]).await;
    assert!(
        moved.text.contains("A03") && !moved.text.contains("B12"),
        "{}",
        moved.text
    );

    // Nothing of a file that was deleted is found.
    client
        .remove("notices/stands.txt", PATIENCE, &mut Reporter::silent())
        .await
        .unwrap();
    let gone = client
        .search(&search("ZX-49 tow bars"), PATIENCE)
        .await
        .unwrap()
        .hits;
    assert!(
        gone.iter().all(|hit| hit.name != "notices/stands.txt"),
        "{gone:?}"
    );
    platform.stop().await;
}

#[tokio::test]
async fn rows_of_sheets_are_found_by_their_codes() {
    let platform = Platform::with_documents().await;
    let client = Client::new(platform.bus().await, local()).await.unwrap();
    add(
        &client,
        "schedule.csv",
        "flight,terminal,gate\nSL1234,T2,B12\nSL1235,T1,A03\n",
    )
    .await;
    // They follow the file, which could be asked about before.
    let file = client.file("schedule.csv").await.unwrap().file;
    let records = client.bus().file_records(client.tenant()).await.unwrap();
    let searchable = |record: Option<&FileRecord>| {
        record.is_some_and(|record| record.active.as_ref().is_some_and(|version| version.searchable))
    };
    let waited = records.wait(file.as_str(), PATIENCE, searchable).await.unwrap();
    assert!(waited.is_some(), "the rows are not searchable");
    let call = SearchCall {
        only: SearchFilter {
            kinds: vec![PassageKind::SheetRow],
            ..SearchFilter::default()
        },
        ..search("SL-1234")
    };
    let found = client.search(&call, PATIENCE).await.unwrap().hits;
    assert!(found[0].passage.text.contains("B12"), "{found:?}");
    assert_eq!(found[0].passage.place.row, Some(1));
    platform.stop().await;
}
