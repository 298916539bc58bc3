//! What KEDA sees of the real server: its `nats-jetstream` scaler asks the monitoring endpoint, and the triggers of ours have to name what
//! is found there.

use bus::ids::new_job_id;
use bus::permissions::{Keys, OPERATOR, PROVISIONER, server_configuration};
use bus::server::NatsServer;
use bus::{Bus, BusConfig};
use schemas::TenantId;
use schemas::jobs::{AddFile, IngestJob};
use serde_json::Value;

use super::kubernetes::{object, rendered};
use super::{list, text};
use crate::harness::local;
use crate::harness::qdrant::free_port;

/// The lag of a trigger, computed from the server's answer as KEDA 2.18 does (`pkg/scalers/nats_jetstream_scaler.go`): the account's
/// stream, its consumer, and of that what is waiting and what is under way.
fn lag(answer: &Value, trigger: &Value) -> u64 {
    let account = list(&answer["account_details"]).find(|account| account["name"] == trigger["account"]);
    let account = account.unwrap_or_else(|| panic!("no account {} in {answer}", trigger["account"]));
    let stream = list(&account["stream_detail"]).find(|stream| stream["name"] == trigger["stream"]);
    let stream = stream.unwrap_or_else(|| panic!("no stream {}", trigger["stream"]));
    let consumer = list(&stream["consumer_detail"]).find(|consumer| consumer["name"] == trigger["consumer"]);
    let consumer = consumer.unwrap_or_else(|| panic!("no consumer {}", trigger["consumer"]));
    let count = |name: &str| consumer[name].as_u64().unwrap();
    count("num_pending") + count("num_ack_pending")
}

async fn connect(server: &NatsServer, keys: &Keys, user: &str) -> Bus {
    let config = BusConfig {
        inbox: Some(format!("_INBOX_{user}")),
        ..BusConfig::with_key(server.url(), keys.seed_file(user))
    };
    Bus::connect(&config, "contrail").await.unwrap()
}

#[tokio::test]
async fn triggers_find_the_queues_of_a_server_with_our_users() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::in_folder(&folder.path().join("keys"));
    let users = server_configuration(&keys, &[local()], None).unwrap();
    let cache = artifacts::ArtifactsConfig::default().open();
    let binary = tokio::task::spawn_blocking(move || cache.ensure("nats-server"));
    let binary = binary.await.unwrap().unwrap();
    let port = free_port();
    let settings = format!("{users}http: \"127.0.0.1:{port}\"\n");
    let server = NatsServer::start_with_users(&binary, folder.path(), &settings)
        .await
        .unwrap();
    let bus = connect(&server, &keys, PROVISIONER).await;
    bus.provision(&BusConfig::at("").topology()).await.unwrap();
    bus.close().await;

    let bus = connect(&server, &keys, OPERATOR).await;
    for number in 0..3 {
        let add = IngestJob::Add(AddFile {
            name: format!("{number}.csv"),
            content: "0".repeat(64).parse().unwrap(),
        });
        bus.publish(&TenantId::local(), &new_job_id(), &add)
            .await
            .unwrap();
    }

    let objects = rendered("k8s/overlays/prod");
    let scaled: Vec<&Value> = objects
        .iter()
        .filter(|object| object["kind"] == "ScaledObject")
        .collect();
    assert_eq!(scaled.len(), bus::provision::QUEUES.len());
    for scaled in scaled {
        let trigger = &scaled["spec"]["triggers"][0];
        assert_eq!(trigger["type"], "nats-jetstream");
        let trigger = &trigger["metadata"];
        let account = text(&trigger["account"]);
        let url = format!("http://127.0.0.1:{port}/jsz?acc={account}&consumers=true&config=true");
        let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let waiting = u64::from(trigger["stream"] == "JOBS_INGEST") * 3;
        assert_eq!(lag(&answer, trigger), waiting, "{}", trigger["stream"]);

        // Numbers as text, and the first job wakes a service up.
        let number = |name: &str| text(&trigger[name]).parse::<u64>().unwrap();
        assert!(number("lagThreshold") > 0);
        assert_eq!(number("activationLagThreshold"), 0);
        // No monitoring endpoint has TLS: see nats.conf.
        assert_eq!(trigger["useHttps"], "false");
        endpoint_is_the_headless_service(&objects, text(&trigger["natsServerMonitoringEndpoint"]));
        let least = scaled["spec"]["fallback"]["replicas"].as_u64().unwrap();
        let most = scaled["spec"]["maxReplicaCount"].as_u64().unwrap();
        assert!((1..=most).contains(&least));
    }
    bus.close().await;
    server.stop().await;
}

/// KEDA puts the name of the node that leads a consumer in front of the endpoint: that is a name of the headless service alone.
fn endpoint_is_the_headless_service(objects: &[Value], endpoint: &str) {
    let (host, port) = endpoint.split_once(':').unwrap();
    let mut parts = host.split('.');
    let (name, namespace) = (parts.next().unwrap(), parts.next().unwrap());
    let service = object(objects, "Service", name);
    assert_eq!(service["metadata"]["namespace"], namespace);
    assert_eq!(service["spec"]["clusterIP"], "None", "{name} is not headless");
    let ports: Vec<u64> = list(&service["spec"]["ports"])
        .filter_map(|port| port["port"].as_u64())
        .collect();
    assert!(ports.contains(&port.parse().unwrap()), "{ports:?} lack {port}");
    let nodes = object(objects, "StatefulSet", "nats");
    assert_eq!(nodes["spec"]["serviceName"], name);
}
