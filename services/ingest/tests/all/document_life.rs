//! The life of a document: read, recognized, cut, embedded, active, replaced, gone; with jobs in any order.

use image::ImageFormat;
use schemas::document::{Document, PassageKind};
use schemas::events::{FileIndexed, FileReceived, FileRejected, TableReady};
use schemas::file::{FileState, RejectionCode};
use schemas::jobs::{EmbedJob, EmbedPassages, IngestJob, OcrJob, SetTable, VersionGivenUp};
use schemas::overrides::{ColumnOverride, TableOverride};
use schemas::progress::ProgressState;

use crate::stages::{Stages, embed_job, embedded, image, kept};
use crate::world::{Sent, content_of};

const ONE: &[u8] = b"# Gates\n\nGate A12 is open.\n\n| Gate | Floor |\n|---|---|\n| A12 | 2 |\n| A13 | 3 |\n";
const TWO: &[u8] = b"# Gates\n\nGate A12 is closed.\n";
const RECEIVED: &str = "contrail.event.file-received.v1";
const EMBED: &str = "contrail.job.embed.v1";

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_active_when_it_can_be_found() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let sent = world.add(1, "gates.md", ONE).await;
    let outputs = world.deliver(&sent).await;
    assert_eq!(outputs.kinds(), [RECEIVED, EMBED]);
    // It is not over yet for whoever sent it.
    assert!(outputs.endings().is_empty());
    let job = embed_job(&outputs);
    assert_eq!(
        (&job.version.job, job.version.order, job.version.name.as_str()),
        (&sent.id, 1, "gates.md")
    );
    let record = world.record("gates.md").await;
    assert_eq!((record.state, record.active), (FileState::Received, None));
    assert!(!record.pending.unwrap().searchable);

    let done = embedded(2, &job);
    let outputs = world.deliver(&done).await;
    let ready: TableReady = outputs.messages().remove(0);
    let indexed: FileIndexed = outputs.messages().remove(0);
    assert_eq!(
        (&ready.job, &indexed.job, indexed.tables),
        (&sent.id, &sent.id, 1)
    );
    assert_eq!(kept(&outputs), [Some(job.document.clone())]);
    assert_eq!(outputs.endings(), [(done.id.clone(), ProgressState::Finished)]);
    let record = world.record("gates.md").await;
    assert_eq!((record.state, record.pending), (FileState::Indexed, None));
    let active = record.active.unwrap();
    assert!(active.searchable);
    assert_eq!(active.document.unwrap().document, job.document);

    // All of it again.
    let again = world.deliver_again(&sent).await;
    assert_eq!((again.kinds(), embed_job(&again)), (vec![RECEIVED, EMBED], job));
    let again = world.deliver_again(&done).await;
    assert_eq!(again.kinds(), outputs.kinds());
    assert_eq!(again.messages::<FileIndexed>(), outputs.messages::<FileIndexed>());
    assert_eq!(world.remove_released().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_recognized_between() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let sent = world.add(1, "sign.png", &image(40, 20, ImageFormat::Png)).await;
    let outputs = world.deliver(&sent).await;
    let wanted: OcrJob = outputs.messages().remove(0);
    assert_eq!(outputs.messages::<FileReceived>().len(), 1);
    // Nothing is lost meanwhile.
    assert_eq!(world.remove_released().await, 0);
    let again = world.deliver_again(&sent).await;
    assert_eq!(again.messages::<OcrJob>(), std::slice::from_ref(&wanted));

    let recognized = stages.recognized(2, &wanted, &[Ok("登机口 A12")]).await;
    let outputs = world.deliver(&recognized).await;
    let job = embed_job(&outputs);
    assert_eq!(job.version, wanted.version);
    let document: Document = stages.json(&job.document).await;
    let passage = &document.passages[0];
    assert_eq!(
        (passage.kind, passage.context.as_str()),
        (PassageKind::Recognized, "sign › 第1页")
    );
    assert_eq!(embed_job(&world.deliver_again(&recognized).await), job);
    world.deliver(&embedded(3, &job)).await;
    assert_eq!(world.state("sign.png").await, FileState::Indexed);
    assert_eq!(
        embed_job(&world.deliver_again(&recognized).await).document,
        job.document
    );

    // The same bytes again are neither read nor recognized again.
    let again = embed_job(
        &world
            .deliver(&world.add(4, "sign.png", &image(40, 20, ImageFormat::Png)).await)
            .await,
    );
    assert_eq!((&again.document, again.version.order), (&job.document, 4));
    // And under another name they are headed by that.
    let other = embed_job(
        &world
            .deliver(&world.add(5, "door.png", &image(40, 20, ImageFormat::Png)).await)
            .await,
    );
    let renamed: Document = stages.json(&other.document).await;
    assert_eq!(renamed.passages[0].context, "door › 第1页");

    // When all files are gone, so is everything that was made from them.
    for (order, name) in [(6, "sign.png"), (7, "door.png")] {
        let file = world.file(name).await;
        let outputs = world.deliver(&world.delete(order, &file)).await;
        assert_eq!(kept(&outputs), [None]);
    }
    assert_eq!(world.remove_released().await, 1);
    let IngestJob::Recognized(pages) = &recognized.job else {
        unreachable!()
    };
    for object in [
        &pages.extract,
        &pages.recognition,
        &job.document,
        &other.document,
        &wanted.pages[0].image,
    ] {
        assert!(!world.has(object).await, "{object}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_without_words_is_rejected() {
    let stages = Stages::new().await;
    let wanted = stages.wanted("blank.png", &image(40, 20, ImageFormat::Png)).await;
    let recognized = stages.recognized(2, &wanted, &[Ok("")]).await;
    let outputs = stages.world.deliver(&recognized).await;
    let rejected: FileRejected = outputs.messages().remove(0);
    assert_eq!(
        (rejected.job, rejected.rejection.code),
        (wanted.version.job.clone(), RejectionCode::Empty)
    );
    assert!(
        rejected.rejection.message.contains("without words"),
        "{}",
        rejected.rejection.message
    );
    assert!(outputs.messages::<FileReceived>().is_empty());
    assert!(matches!(outputs.endings(), [(_, ProgressState::Failed { .. })]));
    let record = stages.world.record("blank.png").await;
    assert_eq!((record.state, record.pending), (FileState::Rejected, None));
    let again = stages.world.deliver_again(&recognized).await;
    assert_eq!(again.kinds(), outputs.kinds());
    assert_eq!(stages.world.remove_released().await, 1);
    assert!(stages.world.contents().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_former_version_answers_until_the_new_one_is_found() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let (first, _) = add(&stages, 1, ONE).await;
    world.deliver(&embedded(2, &first)).await;
    let (second, sent) = add(&stages, 3, TWO).await;
    let record = world.record("gates.md").await;
    assert_eq!(record.active.unwrap().document.unwrap().document, first.document);
    assert_eq!(world.remove_released().await, 0);

    let outputs = world.deliver(&embedded(4, &second)).await;
    assert_eq!(kept(&outputs), [Some(second.document.clone())]);
    let record = world.record("gates.md").await;
    assert_eq!(record.active.unwrap().content, content_of(&sent));
    assert_eq!(world.remove_released().await, 1);
    assert!(!world.has(&first.document).await && world.has(&second.document).await);
}

/// Adds a version of one file.
async fn add(stages: &Stages, order: u64, bytes: &[u8]) -> (EmbedPassages, Sent) {
    let sent = stages.world.add(order, "gates.md", bytes).await;
    let job = embed_job(&stages.world.deliver(&sent).await);
    (job, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_found_too_late_changes_nothing() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let (first, sent) = add(&stages, 1, ONE).await;
    let (second, _) = add(&stages, 2, TWO).await;
    // A newer one is under way: its passages must stay, and it will take the others away.
    let outputs = world.deliver(&embedded(3, &first)).await;
    assert!(outputs.kinds().is_empty());
    assert_eq!(world.state("gates.md").await, FileState::Received);
    let outputs = world.deliver(&embedded(4, &second)).await;
    assert_eq!(kept(&outputs), [Some(second.document.clone())]);
    // Once that is there, the late ones go.
    let outputs = world.deliver(&embedded(5, &first)).await;
    assert_eq!(outputs.kinds(), [EMBED]);
    assert_eq!(kept(&outputs), [Some(second.document.clone())]);
    assert_eq!(world.remove_released().await, 1);
    assert!(!world.has(&content_of(&sent)).await);

    let file = world.file("gates.md").await;
    let (third, _) = add(&stages, 6, ONE).await;
    world.deliver(&world.delete(7, &file)).await;
    let outputs = world.deliver(&embedded(8, &third)).await;
    assert_eq!(
        (kept(&outputs), world.state("gates.md").await),
        (vec![None], FileState::Deleted)
    );
    assert_eq!(world.remove_released().await, 2);
    assert!(world.contents().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recognized_too_late_leaves_nothing() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let wanted = stages.wanted("sign.png", &image(40, 20, ImageFormat::Png)).await;
    let recognized = stages.recognized(3, &wanted, &[Ok("Gate A12")]).await;
    let file = world.file("sign.png").await;
    world.deliver(&world.delete(2, &file)).await;
    let outputs = world.deliver(&recognized).await;
    assert!(outputs.kinds().is_empty());
    let IngestJob::Recognized(pages) = &recognized.job else {
        unreachable!()
    };
    assert_eq!(world.remove_released().await, 1);
    assert!(!world.has(&pages.recognition).await && !world.has(&pages.extract).await);

    // Also when everything else is gone already.
    let recognized = stages.recognized(4, &wanted, &[Ok("Gate A13")]).await;
    world.deliver(&recognized).await;
    let IngestJob::Recognized(pages) = &recognized.job else {
        unreachable!()
    };
    assert!(!world.has(&pages.recognition).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_version_keeps_the_former_and_its_passages() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let (first, _) = add(&stages, 1, ONE).await;
    world.deliver(&embedded(2, &first)).await;
    let outputs = world
        .deliver(&world.add(3, "gates.md", b"\xff\xff\xff").await)
        .await;
    assert_eq!(
        outputs.messages::<FileRejected>()[0].rejection.code,
        RejectionCode::UnknownEncoding
    );
    assert_eq!(kept(&outputs), [Some(first.document.clone())]);
    let record = world.record("gates.md").await;
    assert_eq!(record.state, FileState::Rejected);
    assert!(record.active.unwrap().searchable);
    assert!(world.has(&first.document).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_given_up_goes_on_when_its_step_is_done_after_all() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let (first, _) = add(&stages, 1, ONE).await;
    world.deliver(&embedded(2, &first)).await;
    let (second, sent) = add(&stages, 3, TWO).await;
    let outputs = world.deliver(&given_up(4, &second)).await;
    let rejected: FileRejected = outputs.messages().remove(0);
    assert_eq!(
        (&rejected.job, rejected.rejection.code),
        (&sent.id, RejectionCode::GivenUp)
    );
    assert_eq!(rejected.rejection.message, "embed gave it up: the disk is full");
    assert!(matches!(outputs.endings(), [(_, ProgressState::Failed { .. })]));
    let again = world.deliver_again(&given_up(4, &second)).await;
    assert_eq!(again.kinds(), outputs.kinds());
    // The former version answers, and nothing of the new one is lost.
    let record = world.record("gates.md").await;
    assert!(record.is_open() && record.state == FileState::Rejected);
    assert_eq!(record.active.unwrap().document.unwrap().document, first.document);
    assert_eq!(world.remove_released().await, 0);
    assert!(world.deliver_again(&sent).await.kinds().is_empty());

    world.deliver(&embedded(5, &second)).await;
    let record = world.record("gates.md").await;
    assert_eq!((record.state, record.rejection), (FileState::Indexed, None));
    assert_eq!(record.active.unwrap().document.unwrap().document, second.document);
    // It is known to be done by now.
    assert!(world.deliver(&given_up(6, &second)).await.kinds().is_empty());
    assert_eq!(world.state("gates.md").await, FileState::Indexed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_takes_the_place_of_one_that_was_given_up() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let (first, _) = add(&stages, 1, ONE).await;
    world.deliver(&given_up(2, &first)).await;
    let (second, _) = add(&stages, 3, TWO).await;
    world.deliver(&embedded(4, &second)).await;
    assert_eq!(world.state("gates.md").await, FileState::Indexed);
    assert_eq!(world.remove_released().await, 1);
    assert!(!world.has(&first.document).await && world.has(&second.document).await);
}

/// What is told of a step of embed that was given up.
fn given_up(order: u64, job: &EmbedPassages) -> Sent {
    Sent {
        id: bus::ids::new_job_id(),
        order,
        job: IngestJob::GivenUp(VersionGivenUp {
            version: job.version.clone(),
            service: "embed".to_owned(),
            reason: "the disk is full".to_owned(),
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_documents_are_set_like_others() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let (first, _) = add(&stages, 1, ONE).await;
    world.deliver(&embedded(2, &first)).await;
    let set = Sent {
        id: bus::ids::new_job_id(),
        order: 3,
        job: IngestJob::Set(SetTable {
            file: world.file("gates.md").await,
            table: TableOverride {
                table: 0,
                columns: vec![ColumnOverride {
                    column: "Floor".to_owned(),
                    rename: Some("Level".to_owned()),
                    ..ColumnOverride::default()
                }],
                ..TableOverride::default()
            },
            reset: false,
        }),
    };
    let job = embed_job(&world.deliver(&set).await);
    let outputs = world.deliver(&embedded(4, &job)).await;
    let table = outputs.messages::<TableReady>().remove(0).table;
    let profile: serde_json::Value = stages.json(&table.profile).await;
    assert_eq!(profile["columns"][1]["name"], "Level", "{profile}");
    assert_eq!(world.record("gates.md").await.active.unwrap().overrides.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_sheets_follow_the_file() {
    let stages = Stages::new().await;
    let world = &stages.world;
    let csv = "航班,登机口,金额\nCA1234,A12,\"1,200\"\nMU5101,B3,90\n".as_bytes();
    let sent = world.add(1, "航班表.csv", csv).await;
    let outputs = world.deliver(&sent).await;
    let indexed: FileIndexed = outputs.messages().remove(0);
    assert_eq!((indexed.tables, indexed.passages), (1, 2));
    assert_eq!(outputs.endings(), [(sent.id.clone(), ProgressState::Finished)]);
    let active = world.record("航班表.csv").await.active.unwrap();
    assert!(!active.searchable);
    let job = embed_job(&outputs);
    let document: Document = stages.json(&job.document).await;
    let first = &document.passages[0];
    assert_eq!(
        (first.text.as_str(), first.context.as_str(), first.kind),
        (
            "航班: CA1234; 登机口: A12; 金额: 1,200",
            "航班表 › 第1行",
            PassageKind::SheetRow
        )
    );
    assert_eq!(
        (first.place.table.as_deref(), first.place.row),
        (Some("航班表"), Some(1))
    );

    let outputs = world.deliver(&embedded(2, &job)).await;
    assert_eq!(outputs.kinds(), [EMBED]);
    assert_eq!(kept(&outputs), [Some(job.document.clone())]);
    assert!(world.record("航班表.csv").await.active.unwrap().searchable);

    // Under another name they are headed by that.
    let outputs = world.deliver(&world.add(3, "other.csv", csv).await).await;
    let other: Document = stages.json(&embed_job(&outputs).document).await;
    assert_eq!(other.passages[0].context, "other › 第1行");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_sheets_can_be_left_out() {
    let stages = Stages::with(ingest::Limits {
        row_passages: 0,
        ..ingest::Limits::default()
    })
    .await;
    let outputs = stages
        .world
        .deliver(&stages.world.add(1, "a.csv", b"n\n1\n").await)
        .await;
    let adds = outputs
        .messages::<EmbedJob>()
        .into_iter()
        .filter(|job| matches!(job, EmbedJob::Add(_)));
    assert_eq!(adds.count(), 0);
    assert_eq!(stages.world.record("a.csv").await.active.unwrap().document, None);
}
