//! Every service is in compose and in k8s, under its own name.

use serde_json::Value;

use super::dependencies::services;
use super::{none, read, root};

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(&root().join(path))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_service_is_in_compose() {
    let compose = yaml("compose.yaml");
    let missing = services()
        .into_iter()
        .filter(|service| {
            compose["services"][service]["build"]["target"] != **service
                || compose["services"][service]["read_only"] != true
        })
        .collect();
    none("a locked-down container of its own in compose.yaml", missing);
}

#[test]
fn every_service_is_an_image() {
    let text = read(&root().join("Containerfile"));
    let missing = services()
        .into_iter()
        .filter(|service| {
            !text.contains(&format!(" AS {service}\n"))
                || !text.contains(&format!("/usr/local/bin/{service}\"]"))
        })
        .collect();
    none("a target in the Containerfile", missing);
}

#[test]
fn every_service_is_a_deployment() {
    let kustomization = yaml("k8s/base/kustomization.yaml");
    let resources = kustomization["resources"].as_array().unwrap();
    let mut missing = Vec::new();
    for service in services() {
        let file = format!("{service}.yaml");
        if !resources.iter().any(|resource| *resource == *file) {
            missing.push(format!("{file} is not in the kustomization"));
            continue;
        }
        let text = read(&root().join("k8s/base").join(&file));
        let deployment: Value = serde_saphyr::from_str(text.split("\n---\n").next().unwrap()).unwrap();
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        if deployment["kind"] != "Deployment"
            || deployment["metadata"]["name"] != *service
            || container["image"] != format!("contrail/{service}")
            || container["securityContext"]["readOnlyRootFilesystem"] != true
            || container["securityContext"]["allowPrivilegeEscalation"] != false
        {
            missing.push(format!("{file} is not the restricted Deployment of {service}"));
        }
    }
    none("a restricted Deployment in k8s/base", missing);
}
