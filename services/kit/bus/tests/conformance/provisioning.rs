//! Streams, buckets and consumers.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer};
use async_nats::jetstream::stream::{Config, RetentionPolicy, StorageType};
use bus::fault::reason;
use bus::provision::{ProvisionError, Topology};
use schemas::TenantId;

use crate::harness::World;

#[tokio::test]
async fn twice_is_as_good_as_once() {
    let world = World::new().await;
    let names = |world: &World| {
        let jetstream = async_nats::jetstream::new(world.raw.clone());
        async move {
            use futures::TryStreamExt;
            let mut names: Vec<String> = jetstream.stream_names().try_collect().await.unwrap();
            names.sort();
            names
        }
    };
    let before = names(&world).await;
    world.ask("is still there?").await;
    world.bus.provision(&world.topology).await.unwrap();
    assert_eq!(names(&world).await, before);
    assert_eq!(world.messages("JOBS_ASK").await, 1);
    assert_eq!(
        before,
        [
            "ADVISORIES",
            "DEAD",
            "EVENTS",
            "JOBS_ASK",
            "JOBS_CODEGEN_EXECUTOR",
            "JOBS_DETECTOR",
            "JOBS_EMBED",
            "JOBS_INGEST",
            "JOBS_OCR",
            "JOBS_RETRIEVE",
            "KV_contents",
            "KV_files",
            "KV_glossary",
            "KV_names",
            "KV_progress",
            "KV_settings",
            "OBJ_answers_local",
            "OBJ_dead",
            "OBJ_files_local",
        ]
    );
}

#[tokio::test]
async fn a_changed_setting_is_updated() {
    let world = World::new().await;
    let mut topology = Topology {
        jobs_max_bytes: 7 << 20,
        ..world.topology.clone()
    };
    topology.delivery.ack_wait = Duration::from_secs(77);
    topology.delivery.max_deliver = 9;
    world.bus.provision(&topology).await.unwrap();

    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let stream = jetstream.get_stream("JOBS_INGEST").await.unwrap();
    assert_eq!(stream.cached_info().config.max_bytes, 7 << 20);
    let consumer: PullConsumer = stream.get_consumer("ingest").await.unwrap();
    assert_eq!(consumer.cached_info().config.ack_wait, Duration::from_secs(77));
    assert_eq!(consumer.cached_info().config.max_deliver, 9);
}

#[tokio::test]
async fn what_can_not_be_changed_is_named() {
    let world = World::new().await;
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let check = async |config: Config, words: [&str; 4]| {
        jetstream.delete_stream(&config.name).await.unwrap();
        jetstream.create_stream(config).await.unwrap();
        let error = world.bus.provision(&world.topology).await.unwrap_err();
        assert!(matches!(error, ProvisionError::Incompatible { .. }), "{error:?}");
        let text = reason(&error);
        for word in words {
            assert!(text.contains(word), "{word:?} is not in {text:?}");
        }
    };
    let base = |name: &str, subject: &str| Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        ..Default::default()
    };
    let memory = Config {
        storage: StorageType::Memory,
        ..base("EVENTS", "event.>")
    };
    check(memory, ["EVENTS", "storage", "memory", "file"]).await;
    jetstream.delete_stream("EVENTS").await.unwrap();
    let limits = Config {
        retention: RetentionPolicy::Limits,
        ..base("JOBS_ASK", "job.ask.>")
    };
    check(limits, ["JOBS_ASK", "retention", "limits", "workqueue"]).await;
}

#[tokio::test]
async fn a_consumer_of_another_kind_is_named() {
    let world = World::new().await;
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let stream = jetstream.get_stream("ADVISORIES").await.unwrap();
    stream.delete_consumer("sweep-ask").await.unwrap();
    let push = async_nats::jetstream::consumer::push::Config {
        durable_name: Some("sweep-ask".to_owned()),
        deliver_subject: "somewhere".to_owned(),
        filter_subject: "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.JOBS_ASK.gateway".to_owned(),
        ack_policy: AckPolicy::Explicit,
        ..Default::default()
    };
    stream.create_consumer(push).await.unwrap();
    let error = world
        .bus
        .provision(&world.topology)
        .await
        .unwrap_err()
        .to_string();
    for word in ["sweep-ask", "ADVISORIES", "kind", "push", "pull"] {
        assert!(error.contains(word), "{word:?} is not in {error:?}");
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_told_with_its_words() {
    let world = World::new().await;
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    jetstream.delete_stream("EVENTS").await.unwrap();
    let subjects = vec!["event.>".to_owned()];
    jetstream
        .create_stream(Config {
            name: "OTHERS".to_owned(),
            subjects,
            ..Default::default()
        })
        .await
        .unwrap();
    let error = reason(&world.bus.provision(&world.topology).await.unwrap_err());
    assert!(error.contains("EVENTS") && error.contains("overlap"), "{error}");
}

#[tokio::test]
async fn tenants_come_into_being_by_their_buckets() {
    let world = World::new().await;
    let airport: TenantId = "airport-t2".parse().unwrap();
    assert!(!world.bus.has_tenant(&airport).await.unwrap());
    for _ in 0..2 {
        world.bus.create_tenant(&airport, &world.topology).await.unwrap();
    }
    assert!(world.bus.has_tenant(&airport).await.unwrap());
    assert_eq!(world.bus.tenants().await.unwrap(), [airport, TenantId::local()]);
}

#[tokio::test]
async fn no_stream_no_service() {
    let world = World::new().await;
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    jetstream.delete_stream("JOBS_ASK").await.unwrap();
    let service = world.serve(|_, _| async { Ok(bus::Outputs::none()) }).await;
    let error = service.ended().await.unwrap_err();
    assert!(
        matches!(
            error,
            bus::delivery::ServeError::Bind {
                service: "gateway",
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn no_server_is_said_with_its_address_and_without_its_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let config = bus::BusConfig::at(format!("nats://me:secret@{address}"));
    let error = bus::Bus::connect(&config, "gateway").await.unwrap_err();
    let text = reason(&error);
    assert!(
        text.contains(&address.to_string()) && !text.contains("secret"),
        "{text}"
    );
}

#[tokio::test]
async fn missing_credentials_are_named() {
    let config = bus::BusConfig {
        credentials: Some("/no/such/file.creds".into()),
        ..bus::BusConfig::at("nats://127.0.0.1:1")
    };
    let text = reason(&bus::Bus::connect(&config, "gateway").await.unwrap_err());
    assert!(text.contains("/no/such/file.creds"), "{text}");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let world = World::new().await;
    assert_eq!(world.bus.missing(&world.topology).await.unwrap(), [""; 0]);
    assert!(world.bus.server().is_new_enough(), "{:?}", world.bus.server());
    assert!(world.bus.store_used().await.unwrap().streams > 10);

    let jetstream = async_nats::jetstream::new(world.raw.clone());
    jetstream.delete_stream("KV_names").await.unwrap();
    jetstream.delete_stream("JOBS_OCR").await.unwrap();
    let stream = jetstream.get_stream("JOBS_ASK").await.unwrap();
    stream.delete_consumer("gateway").await.unwrap();
    let expected = [
        "stream JOBS_OCR",
        "stream KV_names",
        "consumer gateway of stream JOBS_ASK",
    ];
    assert_eq!(world.bus.missing(&world.topology).await.unwrap(), expected);
}
