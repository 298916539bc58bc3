//! compose.yaml: against the Compose Specification's own JSON Schema, and what every container must have.

use serde_json::{Value, json};

use super::{artifact, list, objections, plant, text, yaml};
use crate::tidy::{none, read, root};

fn schema() -> Value {
    serde_json::from_str(&read(&artifact("compose-schema"))).unwrap()
}

fn compose() -> Value {
    yaml("compose.yaml")
}

#[test]
fn it_is_valid() {
    none("compose.yaml", objections(&schema(), &compose()));
}

#[test]
fn planted_mistakes_are_caught() {
    let (schema, compose) = (schema(), compose());
    let check = |pointer: &str, value: Value, expect: &str| {
        let mut document = compose.clone();
        plant(&mut document, pointer, value);
        let errors = objections(&schema, &document);
        assert!(
            errors.iter().any(|error| error.contains(expect)),
            "{pointer}: {errors:?}"
        );
    };
    check("/services/ocr/read_onyl", json!(true), "read_onyl");
    check(
        "/services/ocr/depends_on",
        json!({ "provision": { "condition": "service_done" } }),
        "service_done",
    );
    check("/services/ocr/tmpfs", json!(7), "7");
    check("/services/nats/healthcheck/retry", json!(3), "retry");
    check("/services/nats/healthcheck/retries", json!([]), "[]");
    check("/services/gateway/ports", json!("8080"), "8080");
    check("/services/gateway/secrets", json!([{ "src": "api-keys" }]), "src");
    check(
        "/services/gateway/deploy/resources/limits/mem",
        json!("1g"),
        "mem",
    );
    check("/services/vllm-coder/profiles", json!("gpu"), "gpu");
    check("/networks/bus/internal", json!([]), "[]");
    check("/volume", json!({}), "volume");
}

#[test]
fn every_container_is_locked_down() {
    let compose = compose();
    let mut missing = Vec::new();
    for (name, service) in compose["services"].as_object().unwrap() {
        let mut must = |holds: bool, what: &str| {
            if !holds {
                missing.push(format!("{name}: {what}"));
            }
        };
        let model = name.starts_with("vllm-");
        must(model || service["read_only"] == true, "a root that is read only");
        must(service["cap_drop"] == json!(["ALL"]), "no capabilities");
        must(
            service["security_opt"] == json!(["no-new-privileges:true"]),
            "no new privileges",
        );
        must(service.get("privileged").is_none(), "no privileges");
        let limits = &service["deploy"]["resources"]["limits"];
        must(model || limits.get("memory").is_some(), "a limit of memory");
        must(limits.get("pids").is_some(), "a limit of processes");
        let image = text(&service["image"]);
        let tag = image
            .rsplit('/')
            .next()
            .unwrap()
            .split_once(':')
            .map(|(_, tag)| tag);
        must(
            image.starts_with("contrail/") || tag.is_some_and(|tag| tag != "latest"),
            "an image of a fixed version",
        );
        for port in list(&service["ports"]) {
            must(text(port).starts_with("127.0.0.1:"), "ports of loopback alone");
        }
        for volume in list(&service["volumes"]) {
            must(volume["type"] == "volume", "volumes, no folders of the machine");
        }
    }
    none("locked-down containers", missing);
}

#[test]
fn what_it_refers_to_is_there() {
    let compose = compose();
    let mut missing = Vec::new();
    for (name, service) in compose["services"].as_object().unwrap() {
        let mut must = |section: &str, key: &str| {
            if compose[section].get(key).is_none() {
                missing.push(format!("{name}: no {key} in {section}"));
            }
        };
        for network in list(&service["networks"]) {
            must("networks", text(network));
        }
        for volume in list(&service["volumes"]) {
            must("volumes", text(&volume["source"]));
        }
        for config in list(&service["configs"]) {
            must("configs", text(&config["source"]));
        }
        for secret in list(&service["secrets"]) {
            must("secrets", text(secret));
        }
        for (other, _) in service["depends_on"].as_object().into_iter().flatten() {
            must("services", other);
        }
        for (other, condition) in service["depends_on"].as_object().into_iter().flatten() {
            let other = &compose["services"][other];
            if condition["condition"] == "service_healthy" && other["healthcheck"].get("test").is_none() {
                missing.push(format!("{name} waits for the health of what tells none"));
            }
            if other.get("profiles").is_some()
                && other["profiles"] != service["profiles"]
                && condition["required"] != false
            {
                missing.push(format!("{name} needs what only a profile starts"));
            }
        }
    }
    for (name, config) in compose["configs"].as_object().unwrap() {
        // `${NAME:-file}` is the file unless it is set.
        let file = text(&config["file"]);
        let file = file.rsplit(":-").next().unwrap().trim_end_matches('}');
        if !root().join(file).exists() {
            missing.push(format!("config {name}: there is no {file}"));
        }
    }
    none("references of compose.yaml", missing);
}

#[test]
fn the_executor_shares_networks_with_what_it_needs_alone() {
    let compose = compose();
    let of_executor: Vec<_> = list(&compose["services"]["codegen-executor"]["networks"]).collect();
    assert_eq!(of_executor, ["bus", "telemetry", "models"]);
    for network in of_executor {
        let internal = &compose["networks"][text(network)]["internal"];
        assert!(
            *internal == true || *internal == "${MODELS_INSIDE:-true}",
            "{network} leads out"
        );
    }
    for (name, service) in compose["services"].as_object().unwrap() {
        let on_index = list(&service["networks"]).any(|network| network == "index");
        assert_eq!(
            on_index,
            ["embed", "qdrant", "retrieve"].contains(&name.as_str()),
            "{name}"
        );
    }
}

#[test]
fn environments_set_what_compose_reads() {
    let text = read(&root().join("compose.yaml"));
    for file in ["cluster", "gpu"] {
        for line in read(&root().join(format!("compose/{file}.env"))).lines() {
            let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
                continue;
            };
            match name {
                "COMPOSE_PROFILES" => assert!(text.contains(&format!("profiles: [{value}]")), "{line}"),
                _ => assert!(
                    text.contains(&format!("${{{name}:-")),
                    "{file}.env sets {name} for nothing"
                ),
            }
            if let Some(path) = value.strip_prefix("./") {
                assert!(root().join(path).exists(), "{line}");
            }
        }
    }
}
