//! One job on its way through the loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bus::inject::Point;
use bus::publish::{MAX_BODY, ORIGIN, PublishError};
use bus::{Bus, BusConfig, Outputs};
use schemas::Message;
use schemas::cloudevents::{CONTENT_TYPE, ID, JSON, SOURCE, SPEC_VERSION, SUBJECT, TIME, TRACE_PARENT, TYPE};
use schemas::events::AnswerReady;
use schemas::jobs::AskJob;
use tokio::sync::{Notify, mpsc};

use crate::harness::{Cause, Mishap, World, answer_to, heartbeats, local, next, question_of, subject, until};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn a_job_becomes_a_fact_in_its_envelope() {
    let world = World::new().await;
    let mut answers = world.answers().await;
    let service = world
        .serve(|job, call| async move {
            assert_eq!(
                (job.question.as_str(), call.attempt, call.last_attempt),
                ("how many?", 1, false)
            );
            assert_eq!(
                (call.id.clone(), call.tenant, call.order),
                (call.origin, local(), 1)
            );
            Ok(Outputs::none().with(&answer_to(&call.id)))
        })
        .await;
    let id = world.ask("how many?").await;

    let answer = next(&mut answers).await;
    assert_eq!(answer.message, answer_to(&id));
    assert_eq!(answer.id, bus::ids::output_id(&id, AnswerReady::TYPE, 0).as_str());
    assert_eq!(answer.tenant, local());
    world.holds("JOBS_ASK", 0).await;

    let events = async_nats::jetstream::new(world.raw.clone())
        .get_stream("EVENTS")
        .await
        .unwrap();
    let stored = events.get_raw_message(answer.sequence).await.unwrap();
    let header = |name: &str| {
        stored
            .headers
            .get(name)
            .map(|value| value.as_str().to_owned())
            .unwrap_or_default()
    };
    for (name, value) in [
        (SPEC_VERSION, "1.0"),
        (ID, answer.id.as_str()),
        ("Nats-Msg-Id", answer.id.as_str()),
        (SOURCE, "/contrail/gateway"),
        (TYPE, AnswerReady::TYPE),
        (SUBJECT, "local"),
        (CONTENT_TYPE, JSON),
        (ORIGIN, id.as_str()),
    ] {
        assert_eq!(header(name), value, "{name}");
    }
    assert!(header(TIME).ends_with('Z'), "{}", header(TIME));
    service.stop().await.unwrap();
}

#[tokio::test]
async fn the_same_id_twice_is_one_job() {
    let world = World::new().await;
    let id = bus::ids::new_job_id();
    for question in ["once", "twice"] {
        world
            .bus
            .publish(&local(), &id, &question_of(question))
            .await
            .unwrap();
    }
    assert_eq!(world.messages("JOBS_ASK").await, 1);
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let question = question_of(&"x".repeat(MAX_BODY));
    let error = world
        .bus
        .publish(&local(), &bus::ids::new_job_id(), &question)
        .await
        .unwrap_err();
    assert!(
        matches!(error, PublishError::TooLarge { limit: MAX_BODY, .. }),
        "{error:?}"
    );
    assert!(world.bus.is_connected());
    assert_eq!(world.messages("JOBS_ASK").await, 0);
}

#[tokio::test]
async fn a_plain_client_needs_no_headers() {
    let world = World::new().await;
    let (sender, mut seen) = mpsc::unbounded_channel();
    let service = world
        .serve(move |_, call| {
            sender.send(call).unwrap();
            async { Ok(Outputs::none()) }
        })
        .await;
    let body = br#"{"question": "how many?", "colour": "unknown fields are ignored"}"#;
    let id = "0199f1d2-7c3a-7def-8123-456789abcdef";
    let upper = id.to_uppercase();
    world.put_raw(&subject(), &[("Nats-Msg-Id", &upper)], body).await;
    assert_eq!(seen.recv().await.unwrap().id.as_str(), id);
    let other = id.replace("0199", "0200");
    world
        .put_raw(&subject(), &[(ID, &other), (TRACE_PARENT, PARENT)], body)
        .await;
    let call = seen.recv().await.unwrap();
    assert_eq!(
        (call.id.as_str(), call.trace_id.as_str()),
        (other.as_str(), "0af7651916cd43dd8448eb211c80319c")
    );
    world.put_raw(&subject(), &[("Nats-Msg-Id", "job 7")], body).await;
    let anonymous = seen.recv().await.unwrap();
    assert_eq!(anonymous.order, 3);
    world.put_raw(&subject(), &[], body).await;
    assert_ne!(seen.recv().await.unwrap().id, anonymous.id);
    world.holds("JOBS_ASK", 0).await;
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_failed_job_comes_again_until_it_works() {
    let world = World::new().await;
    let mut acks = world.acks().await;
    let mut answers = world.answers().await;
    let service = world
        .serve(|_, call| async move {
            match call.attempt {
                1 | 2 => Err(Mishap::Later(Cause)),
                _ => {
                    assert!(call.last_attempt);
                    Ok(Outputs::none().with(&answer_to(&call.id)))
                }
            }
        })
        .await;
    world.ask("in a while?").await;
    next(&mut answers).await;
    // The delay is the consumer's back-off, and the server is told.
    let nak = loop {
        let said = next(&mut acks).await.payload;
        if said.starts_with(b"-NAK") {
            break said;
        }
    };
    assert_eq!(
        nak,
        format!("-NAK {{\"delay\":{}}}", Duration::from_millis(20).as_nanos())
    );
    world.holds("JOBS_ASK", 0).await;
    assert_eq!(world.messages("DEAD").await, 0);
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_heartbeat_holds_a_long_job() {
    let world = World::new().await;
    let mut acks = world.acks().await;
    let (release, calls) = (Arc::new(Notify::new()), Arc::new(AtomicU64::new(0)));
    let service = world
        .serve({
            let (release, calls) = (Arc::clone(&release), Arc::clone(&calls));
            move |_, _| {
                calls.fetch_add(1, Ordering::SeqCst);
                let release = Arc::clone(&release);
                async move {
                    release.notified().await;
                    Ok(Outputs::none())
                }
            }
        })
        .await;
    world.ask("slowly?").await;
    // Three of them make an ack_wait.
    heartbeats(&mut acks, 9).await;
    release.notify_one();
    world.holds("JOBS_ASK", 0).await;
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_job_of_a_crashed_process_goes_to_another() {
    let world = World::new().await;
    let (sender, mut started) = mpsc::unbounded_channel();
    let first = world
        .serve(move |_, _| {
            sender.send(()).unwrap();
            std::future::pending()
        })
        .await;
    let mut answers = world.answers().await;
    let id = world.ask("anybody?").await;
    started.recv().await.unwrap();
    first.crash().await;
    let second = world
        .serve(|_, call| async move {
            assert_eq!(call.attempt, 2);
            Ok(Outputs::none().with(&answer_to(&call.id)))
        })
        .await;
    assert_eq!(next(&mut answers).await.message, answer_to(&id));
    world.holds("JOBS_ASK", 0).await;
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_repeated_job_repeats_nothing() {
    let world = World::new().await;
    let (sender, mut handled) = mpsc::unbounded_channel();
    let service = world
        .serve(move |_, call| {
            sender.send(call.attempt).unwrap();
            async move {
                Ok(Outputs::none()
                    .with(&answer_to(&call.id))
                    .with(&answer_to(&call.id)))
            }
        })
        .await;
    service.bus.faults().fail_next(Point::Ack, 1);
    world.ask("again?").await;
    assert_eq!((handled.recv().await, handled.recv().await), (Some(1), Some(2)));
    world.holds("JOBS_ASK", 0).await;
    // Two outputs of one kind, each kept once.
    assert_eq!(world.messages("EVENTS").await, 2);
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_lost_ack_of_an_output_does_not_fail_the_job() {
    let world = World::new().await;
    let service = world
        .serve(|_, call| async move {
            assert_eq!(call.attempt, 1);
            Ok(Outputs::none().with(&answer_to(&call.id)))
        })
        .await;
    service.bus.faults().fail_next(Point::Publish, 2);
    service.bus.faults().fail_next(Point::PublishAck, 2);
    world.ask("still?").await;
    world.holds("JOBS_ASK", 0).await;
    assert_eq!(
        (world.messages("EVENTS").await, world.messages("DEAD").await),
        (1, 0)
    );
    assert_eq!(
        service.bus.faults().left(Point::Publish) + service.bus.faults().left(Point::PublishAck),
        0
    );
    service.stop().await.unwrap();
}

#[tokio::test]
async fn no_more_jobs_at_once_than_there_are_places() {
    let world = World::new().await;
    let (running, most, release) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicU64::new(0)),
        Arc::new(Notify::new()),
    );
    for index in 0..12 {
        world.ask(&format!("number {index}?")).await;
    }
    let mut acks = world.acks().await;
    let service = world
        .serve({
            let (running, most, release) = (Arc::clone(&running), Arc::clone(&most), Arc::clone(&release));
            move |_, _| {
                let (running, most, release) =
                    (Arc::clone(&running), Arc::clone(&most), Arc::clone(&release));
                async move {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    release.notified().await;
                    running.fetch_sub(1, Ordering::SeqCst);
                    Ok(Outputs::none())
                }
            }
        })
        .await;
    heartbeats(&mut acks, 8).await;
    // What waits, waits at the server, where another process can get it.
    let jobs = async_nats::jetstream::new(world.raw.clone())
        .get_stream("JOBS_ASK")
        .await
        .unwrap();
    assert_eq!(jobs.consumer_info("gateway").await.unwrap().num_ack_pending, 4);
    until("an empty queue", || async {
        release.notify_waiters();
        (world.messages("JOBS_ASK").await == 0).then_some(())
    })
    .await;
    assert_eq!(most.load(Ordering::SeqCst), 4);
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_chain_keeps_its_origin() {
    let world = World::new().await;
    let (sender, mut seen) = mpsc::unbounded_channel();
    let service = world
        .serve(move |job, call| {
            sender.send((call.id.clone(), call.origin)).unwrap();
            async move {
                Ok(match job.question.as_str() {
                    "first" => Outputs::none().with(&question_of("second")),
                    _ => Outputs::none(),
                })
            }
        })
        .await;
    let first = world.ask("first").await;
    assert_eq!(seen.recv().await.unwrap(), (first.clone(), first.clone()));
    let second = bus::ids::output_id(&first, AskJob::TYPE, 0);
    assert_eq!(seen.recv().await.unwrap(), (second, first));
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_consumer_that_went_away_is_taken_up_again() {
    let world = World::new().await;
    let mut answers = world.answers().await;
    let service = world
        .serve(|_, call| async move { Ok(Outputs::none().with(&answer_to(&call.id))) })
        .await;
    let id = world.ask("before?").await;
    assert_eq!(next(&mut answers).await.message, answer_to(&id));
    world.holds("JOBS_ASK", 0).await;
    let jobs = async_nats::jetstream::new(world.raw.clone())
        .get_stream("JOBS_ASK")
        .await
        .unwrap();
    jobs.delete_consumer("gateway").await.unwrap();
    world.bus.provision(&world.topology).await.unwrap();
    let id = world.ask("after?").await;
    assert_eq!(next(&mut answers).await.message, answer_to(&id));
    service.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_may_crash_under_a_service() {
    let mut world = World::new().await;
    let mut answers = world.answers().await;
    let service = world
        .serve(|_, call| async move { Ok(Outputs::none().with(&answer_to(&call.id))) })
        .await;
    let before = world.ask("before?").await;
    assert_eq!(next(&mut answers).await.message, answer_to(&before));
    world.holds("JOBS_ASK", 0).await;

    world.server.kill().await.unwrap();
    until("a lost connection", || async {
        (!service.bus.is_connected()).then_some(())
    })
    .await;
    world.server.restart().await.unwrap();
    // A new connection: the submitter's may still be on its way.
    world.bus = Bus::connect(&BusConfig::at(world.server.url()), "submitter")
        .await
        .unwrap();
    let after = world.ask("after?").await;
    assert_eq!(next(&mut answers).await.message, answer_to(&after));
    world.holds("JOBS_ASK", 0).await;
    service.stop().await.unwrap();
}

#[tokio::test]
async fn events_are_followed_past_what_can_not_be_decoded() {
    let world = World::new().await;
    let mut answers = world.answers().await;
    let subject = AnswerReady::subject(&local());
    world.put_raw(&subject, &[], b"no answer").await;
    let id = bus::ids::new_job_id();
    world.bus.publish(&local(), &id, &answer_to(&id)).await.unwrap();
    let answer = next(&mut answers).await;
    assert_eq!((answer.message, answer.sequence), (answer_to(&id), 2));
}
