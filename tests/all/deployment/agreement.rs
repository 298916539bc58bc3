//! Code, compose and Kubernetes name the same services, queues, settings, ports and users.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::hardening::settings;
use super::kubernetes::{object, rendered};
use super::{list, text, yaml};
use crate::tidy::dependencies::{crates, services};
use crate::tidy::{files, none, read, root};

/// The environment variables that a crate and what it is built from read: those of clap in their `config.rs`.
fn variables(package: &str) -> BTreeSet<String> {
    let crates = crates();
    let (mut open, mut seen) = (vec![package.to_owned()], BTreeSet::new());
    let mut found = BTreeSet::new();
    while let Some(package) = open.pop() {
        let Some((folder, dependencies)) = crates.get(&package).filter(|_| seen.insert(package.clone()))
        else {
            continue;
        };
        open.extend(dependencies.iter().cloned());
        for path in files(folder, &["rs"])
            .into_iter()
            .filter(|path| path.ends_with("config.rs"))
        {
            let source = read(&path);
            // As `env = "NAME"`, or by a constant.
            for before in ["env = \"", ": &str = \""] {
                let named = source
                    .split(before)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next());
                found.extend(named.map(str::to_owned));
            }
        }
    }
    found
}

/// The crate of what runs in a container.
fn package(name: &str) -> &str {
    match name {
        "provision" | "nats-users" => "contrail",
        service => service,
    }
}

fn with_provisioner() -> Vec<String> {
    let mut names = services();
    names.push("provision".to_owned());
    names
}

/// The variables that the rendered overlay sets for a container: those that all share, and its own.
fn set_in_kubernetes(objects: &[Value], name: &str) -> (BTreeSet<String>, BTreeMap<String, String>) {
    let kind = if name == "provision" { "Job" } else { "Deployment" };
    let container = &object(objects, kind, name)["spec"]["template"]["spec"]["containers"][0];
    let own = list(&container["env"]).map(|variable| {
        let value = variable["value"].as_str().unwrap_or_default();
        (text(&variable["name"]).to_owned(), value.to_owned())
    });
    let shared = settings(objects).as_object().unwrap().keys().cloned().collect();
    (shared, own.collect())
}

#[test]
fn every_setting_of_kubernetes_is_one_of_the_code() {
    let objects = rendered("tests/all/deployment/everything");
    let mut unknown = Vec::new();
    let mut anybodys = BTreeSet::new();
    for name in with_provisioner() {
        let known = variables(package(&name));
        let (_, own) = set_in_kubernetes(&objects, &name);
        let missing = own.keys().filter(|variable| !known.contains(*variable));
        unknown.extend(missing.map(|variable| format!("{name} reads no {variable}")));
        anybodys.extend(known);
    }
    // What all share, somebody must read.
    let (shared, _) = set_in_kubernetes(&objects, "provision");
    unknown.extend(
        shared
            .difference(&anybodys)
            .map(|variable| format!("nobody reads {variable}")),
    );
    none("settings of k8s", unknown);
}

#[test]
fn every_setting_of_compose_is_one_of_the_code() {
    let compose = yaml("compose.yaml");
    let mut unknown = Vec::new();
    for name in with_provisioner() {
        let known = variables(package(&name));
        let set = compose["services"][&name]["environment"].as_object();
        for variable in set.unwrap_or_else(|| panic!("{name} has no environment")).keys() {
            if !known.contains(variable) {
                unknown.push(format!("{name} reads no {variable}"));
            }
        }
    }
    none("settings of compose.yaml", unknown);
}

#[test]
fn every_setting_of_the_images_is_one_of_the_code() {
    let text = read(&root().join("Containerfile"));
    let known: BTreeSet<String> = with_provisioner()
        .iter()
        .flat_map(|name| variables(package(name)))
        .collect();
    let set = text
        .lines()
        .filter_map(|line| line.strip_prefix("ENV ")?.split('=').next());
    none(
        "settings of the Containerfile",
        set.filter(|name| !known.contains(*name))
            .map(str::to_owned)
            .collect(),
    );
}

#[test]
fn what_scales_looks_at_the_queues_of_the_code() {
    let objects = rendered("k8s/overlays/prod");
    let triggers = objects
        .iter()
        .filter(|object| object["kind"] == "ScaledObject")
        .map(|scaled| {
            assert_eq!(
                scaled["metadata"]["name"],
                scaled["spec"]["scaleTargetRef"]["name"]
            );
            let metadata = &scaled["spec"]["triggers"][0]["metadata"];
            assert_eq!(scaled["spec"]["scaleTargetRef"]["name"], metadata["consumer"]);
            (
                text(&metadata["stream"]).to_owned(),
                text(&metadata["consumer"]).to_owned(),
            )
        });
    let triggers: BTreeSet<_> = triggers.collect();
    let queues = bus::provision::QUEUES.iter().map(|(queue, consumer)| {
        let stream = format!("JOBS_{}", queue.to_uppercase().replace('-', "_"));
        (stream, (*consumer).to_owned())
    });
    assert_eq!(triggers, queues.collect());
}

#[test]
fn every_service_has_a_user_and_its_own_key_alone() {
    let users: Vec<String> = bus::permissions::services()
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        users,
        services(),
        "a service without a user, or a user without a service"
    );
    let objects = rendered("k8s/overlays/prod");
    let compose = yaml("compose.yaml");
    for name in with_provisioner() {
        let kind = if name == "provision" { "Job" } else { "Deployment" };
        let volumes = &object(&objects, kind, &name)["spec"]["template"]["spec"]["volumes"];
        let secrets: Vec<_> = list(volumes)
            .filter_map(|volume| volume["secret"]["secretName"].as_str())
            .filter(|secret| secret.starts_with("nats-"))
            .collect();
        assert_eq!(secrets, [format!("nats-{name}")], "{name} in k8s");

        let volumes = list(&compose["services"][&name]["volumes"]);
        let keys: Vec<_> = volumes
            .filter(|volume| volume["source"] == "nats-keys")
            .map(|volume| &volume["volume"]["subpath"])
            .collect();
        assert_eq!(keys, [&Value::from(name.as_str())], "{name} in compose");
        let seed = &compose["services"][&name]["environment"]["NATS_NKEY_FILE"];
        assert_eq!(seed, "/run/nats/seed", "{name}");
    }
    // What is no service answers to an inbox of its own, which must be told.
    let inbox = format!("_INBOX_{}", bus::permissions::PROVISIONER);
    assert_eq!(set_in_kubernetes(&objects, "provision").1["NATS_INBOX"], inbox);
    assert_eq!(
        compose["services"]["provision"]["environment"]["NATS_INBOX"],
        *inbox
    );
}

#[test]
fn ports_agree() {
    let objects = rendered("k8s/overlays/prod");
    let port = |address: &str| -> u64 { address.rsplit(':').next().unwrap().parse().unwrap() };
    let container_port = |kind: &str, name: &str, port: &str| -> u64 {
        let containers = list(&object(&objects, kind, name)["spec"]["template"]["spec"]["containers"]);
        let mut ports = containers.flat_map(|container| list(&container["ports"]));
        let found = ports.find(|found| found["name"] == port);
        found.unwrap_or_else(|| panic!("{name} has no port {port}"))["containerPort"]
            .as_u64()
            .unwrap()
    };
    for service in services() {
        let (_, own) = set_in_kubernetes(&objects, &service);
        match service.as_str() {
            "gateway" => {
                let listens = port(&own["CONTRAIL_LISTEN"]);
                assert_eq!(container_port("Deployment", "gateway", "http"), listens);
                let compose = &yaml("compose.yaml")["services"]["gateway"];
                assert_eq!(port(text(&compose["environment"]["CONTRAIL_LISTEN"])), listens);
                assert_eq!(port(text(&compose["ports"][0])), listens);
            }
            service => {
                let listens = port(&own["CONTRAIL_READY_LISTEN"]);
                assert_eq!(
                    container_port("Deployment", service, "ready"),
                    listens,
                    "{service}"
                );
            }
        }
    }
    let settings = settings(&objects);
    for url in text(&settings["NATS_URL"]).split(',') {
        assert_eq!(port(url), container_port("StatefulSet", "nats", "client"));
    }
    let (index, collector) = (&settings["QDRANT_URL"], &settings["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    assert_eq!(port(text(index)), container_port("StatefulSet", "qdrant", "grpc"));
    assert_eq!(
        port(text(collector)),
        container_port("Deployment", "collector", "otlp")
    );
    for file in [
        "k8s/base/nats.conf",
        "k8s/overlays/prod/nats.conf",
        "compose/nats.conf",
        "compose/nats-cluster.conf",
    ] {
        let text = read(&root().join(file));
        assert!(
            text.contains("\nport: 4222\n") && text.contains("\nhttp_port: 8222\n"),
            "{file}"
        );
        assert!(
            text.contains("sync_interval: \""),
            "{file}: quoted, or it is a number of seconds"
        );
    }
}
