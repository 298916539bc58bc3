//! Jobs that are given up.

use bus::Outputs;
use bus::dead_letters::DeadLettersError;
use bus::publish::MAX_BODY;
use futures::StreamExt;
use schemas::cloudevents::{ID, TRACE_PARENT, TYPE};
use schemas::dead::{DeadCause, DeadPayload};
use schemas::jobs::{IngestJob, OcrJob, PageImage, Version, VersionGivenUp};
use schemas::progress::ProgressState;
use schemas::{ContentId, FileId, JobId, Message, TenantId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::harness::{Cause, Mishap, World, answer_to, local, next, subject};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn a_job_that_fails_each_time_is_given_up_with_its_reason() {
    let world = World::new().await;
    let service = world.serve(|_, _| async { Err(Mishap::Later(Cause)) }).await;
    let id = world.ask("ever?").await;
    let kept = world.dead_letter().await;
    assert_eq!(kept.subject, "dead.gateway.v1.local");
    let letter = kept.letter;
    assert_eq!((letter.cause, letter.deliveries), (DeadCause::Exhausted, 3));
    assert_eq!(letter.reason, "the index is down: connection refused");
    assert_eq!(
        (letter.stream.as_str(), letter.sequence, letter.service.as_str()),
        ("JOBS_ASK", 1, "gateway")
    );
    assert_eq!(letter.subject, subject());
    assert_eq!(letter.headers.get("Nats-Msg-Id"), Some(&vec![id.to_string()]));
    assert!(matches!(letter.payload, DeadPayload::Text(text) if text.contains("ever?")));
    world.holds("JOBS_ASK", 0).await;
    failed_with(&world, &id, "the index is down").await;
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_rejected_job_is_terminated_with_reason_and_pointer() {
    let world = World::new().await;
    let mut acks = world.acks().await;
    let service = world
        .serve(|_, _| async {
            Err(Mishap::Never {
                pointer: Some("/files/3".to_owned()),
            })
        })
        .await;
    let id = world.ask("never?").await;
    let letter = world.dead_letter().await.letter;
    assert_eq!((letter.cause, letter.deliveries), (DeadCause::Rejected, 1));
    assert_eq!(
        (letter.reason.as_str(), letter.pointer.as_deref()),
        ("no such column", Some("/files/3"))
    );
    assert_eq!(next(&mut acks).await.payload, "+TERM no such column");
    world.holds("JOBS_ASK", 0).await;
    failed_with(&world, &id, "no such column").await;
    service.stop().await.unwrap();
}

/// Subject, headers and body; then words of the reason, the pointer and the tenant of the letter.
type Case<'a> = (
    &'a str,
    &'a [(&'a str, &'a str)],
    &'a [u8],
    &'a str,
    Option<&'a str>,
    &'a str,
);

#[tokio::test]
async fn what_can_not_be_a_job_is_rejected_and_the_service_lives_on() {
    let world = World::new().await;
    let mut answers = world.answers().await;
    let service = world
        .serve(|_, call| async move { Ok(Outputs::none().with(&answer_to(&call.id))) })
        .await;
    let good: &[u8] = br#"{"question": "how many?"}"#;
    let job = |tenant: &str| format!("job.ask.v1.{tenant}");
    let cases: [Case<'_>; 9] = [
        (
            &job("local"),
            &[],
            b"{",
            "can't decode contrail.job.ask.v1",
            None,
            "local",
        ),
        (&job("local"), &[], b"", "EOF", None, "local"),
        (
            &job("local"),
            &[],
            br#"{"question": "a", "files": ["b"]}"#,
            "file id",
            Some("/files/0"),
            "local",
        ),
        (
            &job("local"),
            &[],
            br#"{"question": "a"} b"#,
            "trailing characters",
            None,
            "local",
        ),
        (&job("local"), &[], b"\xff\xfe", "can't decode", None, "local"),
        (
            &job("local"),
            &[(TYPE, "contrail.job.ingest.v1")],
            good,
            "contrail.job.ingest.v1",
            None,
            "local",
        ),
        (&job("Lo_cal"), &[], good, "tenant id", None, TenantId::UNKNOWN),
        (
            &job("nowhere"),
            &[],
            good,
            "there is no tenant nowhere",
            None,
            "nowhere",
        ),
        ("job.ask.v2.local", &[], good, "is not job.ask.v1", None, "local"),
    ];
    for (subject, headers, body, reason, pointer, tenant) in cases {
        world.put_raw(subject, headers, body).await;
        let kept = world.dead_letter().await;
        assert_eq!(kept.subject, format!("dead.gateway.v1.{tenant}"));
        assert_eq!(
            (kept.letter.cause, kept.letter.deliveries),
            (DeadCause::Rejected, 1)
        );
        assert!(
            kept.letter.reason.contains(reason),
            "{reason:?} is not in {:?}",
            kept.letter.reason
        );
        assert_eq!(kept.letter.pointer.as_deref(), pointer, "{}", kept.letter.reason);
        world.holds("JOBS_ASK", 0).await;
        let dead = async_nats::jetstream::new(world.raw.clone())
            .get_stream("DEAD")
            .await
            .unwrap();
        dead.purge().await.unwrap();
    }
    let id = world.ask("and now?").await;
    assert_eq!(next(&mut answers).await.message, answer_to(&id));
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_panic_is_a_failure_like_others() {
    let world = World::new().await;
    let mut answers = world.answers().await;
    let service = world
        .serve(|job, call| async move {
            assert!(job.question != "panic?", "row 7 has no cells");
            Ok(Outputs::none().with(&answer_to(&call.id)))
        })
        .await;
    world.ask("panic?").await;
    let letter = world.dead_letter().await.letter;
    assert_eq!((letter.cause, letter.deliveries), (DeadCause::Exhausted, 3));
    assert_eq!(letter.reason, "the handler panicked: row 7 has no cells");
    let id = world.ask("calm?").await;
    assert_eq!(next(&mut answers).await.message, answer_to(&id));
    service.stop().await.unwrap();
}

#[tokio::test]
async fn those_who_follow_the_chain_hear_of_its_end() {
    struct Reports;

    impl bus::Handler<schemas::jobs::AskJob> for Reports {
        type Error = Mishap;

        async fn handle(
            &self,
            job: schemas::jobs::AskJob,
            delivery: &bus::Delivery,
        ) -> Result<Outputs, Mishap> {
            if job.question == "first" {
                return Ok(Outputs::none().with(&crate::harness::question_of("second")));
            }
            let other: JobId = "0199f1d2-7c3a-7def-8123-456789abcdef".parse().unwrap();
            delivery.report(&other, "looking", 1, 2).await;
            Err(Mishap::Never { pointer: None })
        }
    }

    let world = World::new().await;
    let service = world.serve_with(world.topology.delivery.clone(), Reports).await;
    let first = world.ask("first").await;
    let second = bus::ids::output_id(&first, schemas::jobs::AskJob::TYPE, 0);
    world.dead_letter().await;
    let other: JobId = "0199f1d2-7c3a-7def-8123-456789abcdef".parse().unwrap();
    for id in [first, second, other] {
        failed_with(&world, &id, "no such column").await;
    }
    service.stop().await.unwrap();
}

#[tokio::test]
async fn ingest_hears_of_a_version_that_can_not_go_on() {
    struct Blind;

    impl bus::Handler<OcrJob> for Blind {
        type Error = Mishap;

        async fn handle(&self, _: OcrJob, _: &bus::Delivery) -> Result<Outputs, Mishap> {
            Err(Mishap::Never { pointer: None })
        }
    }

    let world = World::new().await;
    let bus = bus::Bus::connect(&bus::BusConfig::at(world.server.url()), "ocr")
        .await
        .unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn({
        let (bus, stop, settings) = (bus.clone(), stop.clone(), world.topology.delivery.clone());
        async move { bus.serve(Blind, &settings, stop).await }
    });
    let version = Version {
        file: FileId::new("0199f1d2-7c3a-7def-8123-0000000000aa").unwrap(),
        name: "sign.png".to_owned(),
        content: ContentId::new("a".repeat(64)).unwrap(),
        order: 7,
        job: bus::ids::new_job_id(),
    };
    let job = OcrJob {
        version: version.clone(),
        extract: version.content.clone(),
        pages: vec![PageImage {
            page: 1,
            image: version.content.clone(),
        }],
    };
    let id = bus::ids::new_job_id();
    world.bus.publish(&local(), &id, &job).await.unwrap();
    world.dead_letter().await;
    world.holds("JOBS_INGEST", 1).await;
    let stream = async_nats::jetstream::new(world.raw.clone())
        .get_stream("JOBS_INGEST")
        .await
        .unwrap();
    let told = stream.get_raw_message(1).await.unwrap();
    assert_eq!(told.subject.as_str(), IngestJob::subject(&local()));
    let origin = told.headers.get(bus::publish::ORIGIN).unwrap();
    assert_eq!(origin.as_str(), id.as_str());
    let told: IngestJob = serde_json::from_slice(&told.payload).unwrap();
    let expected = VersionGivenUp {
        version,
        service: "ocr".to_owned(),
        reason: "no such column".to_owned(),
    };
    assert_eq!(told, IngestJob::GivenUp(expected));
    stop.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_redriven_job_has_a_new_id_and_its_old_headers() {
    let world = World::new().await;
    let (sender, mut seen) = mpsc::unbounded_channel();
    let service = world
        .serve(move |job, call| {
            sender.send(call.clone()).unwrap();
            async move {
                match call.order {
                    1 => Err(Mishap::Never { pointer: None }),
                    _ => Ok(Outputs::none().with(&answer_to(&call.id)).with(&job)),
                }
            }
        })
        .await;
    let old = "0199f1d2-7c3a-7def-8123-456789abcdef";
    let headers = [
        ("Nats-Msg-Id", old),
        (ID, old),
        (TRACE_PARENT, PARENT),
        ("x-colour", "红"),
    ];
    world
        .put_raw(&subject(), &headers, r#"{"question": "值机柜台?"}"#.as_bytes())
        .await;
    assert_eq!(seen.recv().await.unwrap().id.as_str(), old);
    let kept = world.dead_letter().await;
    assert_eq!(kept.letter.headers.get("x-colour"), Some(&vec!["红".to_owned()]));
    assert_eq!(world.bus.dead_letters(Some("ingest"), 10).await.unwrap().len(), 0);
    assert_eq!(
        world.bus.dead_letters(Some("gateway"), 10).await.unwrap().len(),
        1
    );

    let id = world.bus.redrive(kept.sequence).await.unwrap();
    let call = seen.recv().await.unwrap();
    assert_eq!((&call.id, call.attempt), (&id, 1));
    assert_ne!(id.as_str(), old);
    assert_eq!(call.trace_id, "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(world.messages("DEAD").await, 0);
    for error in [
        world.bus.redrive(kept.sequence).await.unwrap_err(),
        world.bus.dead_letter(99).await.unwrap_err(),
    ] {
        assert!(matches!(error, DeadLettersError::Missing { .. }), "{error:?}");
    }
    service.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_too_large_for_a_letter_lies_in_a_bucket() {
    let world = World::new().await;
    let (sender, mut seen) = mpsc::unbounded_channel();
    let service = world
        .serve(move |job, call| {
            if call.order > 1 {
                sender.send(job.question.len()).unwrap();
            }
            async move {
                if call.order == 1 {
                    Err(Mishap::Never { pointer: None })
                } else {
                    Ok(Outputs::none())
                }
            }
        })
        .await;
    // Under the limit of a message, over it with what a letter adds.
    let size = MAX_BODY - 100;
    world.ask(&"x".repeat(size)).await;
    let kept = world.dead_letter().await;
    assert!(
        matches!(kept.letter.payload, DeadPayload::Object(_)),
        "{:?}",
        kept.letter.reason
    );
    world.bus.redrive(kept.sequence).await.unwrap();
    assert_eq!(seen.recv().await, Some(size));
    service.stop().await.unwrap();
}

/// Waits until the job is reported as failed.
async fn failed_with(world: &World, id: &JobId, words: &str) {
    let mut reports = world.bus.follow(&local(), id).await.unwrap();
    let mut last = None;
    while let Some(report) = reports.next().await {
        last = Some(report.state);
    }
    assert!(
        matches!(&last, Some(ProgressState::Failed { reason }) if reason.contains(words)),
        "{last:?}"
    );
}
