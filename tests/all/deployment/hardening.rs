//! What every pod must have, whatever it runs: the restricted security context, limits, probes, an account without a token, a
//! disruption budget, and references that lead somewhere.

use serde_json::{Value, json};

use super::kubernetes::{OVERLAYS, object, rendered};
use super::{list, plant, text};
use crate::tidy::none;

/// What operators make themselves, as k8s/README.md tells them.
const MADE_BY_OPERATORS: &[&str] = &[
    "contrail-api-keys",
    "contrail-detector",
    "contrail-llm",
    "contrail-transcription",
    "nats-tls",
    "nats-users",
    "qdrant",
];

/// Objects that have pods, with their pods.
fn workloads(objects: &[Value]) -> impl Iterator<Item = (String, &Value, &Value)> {
    objects
        .iter()
        .filter(|object| object["spec"].get("template").is_some())
        .map(|object| {
            let name = format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]));
            (name, object, &object["spec"]["template"])
        })
}

/// What is missing of what every pod must have.
fn lacking(objects: &[Value]) -> Vec<String> {
    let mut missing = Vec::new();
    for (name, workload, pod) in workloads(objects) {
        let mut must = |holds: bool, what: &str| {
            if !holds {
                missing.push(format!("{name}: {what}"));
            }
        };
        let spec = &pod["spec"];
        let context = &spec["securityContext"];
        must(context["runAsNonRoot"] == true, "runAsNonRoot");
        must(
            context["runAsUser"].as_u64().is_some_and(|uid| uid > 0),
            "a user id",
        );
        must(
            context["seccompProfile"]["type"] == "RuntimeDefault",
            "a seccomp profile",
        );
        must(spec["automountServiceAccountToken"] == false, "no token");
        must(
            spec.get("hostNetwork").is_none() && spec.get("hostPID").is_none(),
            "nothing of the host",
        );
        must(
            list(&spec["volumes"]).all(|volume| volume.get("hostPath").is_none()),
            "no path of the host",
        );
        let account = text(&spec["serviceAccountName"]);
        must(
            objects.iter().any(|object| {
                object["kind"] == "ServiceAccount"
                    && object["metadata"]["name"] == account
                    && object["automountServiceAccountToken"] == false
            }),
            "a ServiceAccount of its own without a token",
        );
        for container in list(&spec["containers"]) {
            let context = &container["securityContext"];
            must(
                context["allowPrivilegeEscalation"] == false,
                "no privilege escalation",
            );
            must(
                context["readOnlyRootFilesystem"] == true,
                "a root that is read only",
            );
            must(
                context["capabilities"]["drop"] == json!(["ALL"]),
                "no capabilities",
            );
            let resources = &container["resources"];
            for amount in ["memory", "ephemeral-storage"] {
                must(resources["limits"].get(amount).is_some(), "limits");
            }
            must(resources["requests"].get("memory").is_some(), "requests");
            let image = text(&container["image"]);
            let ours = image.starts_with("contrail/");
            let tag = image
                .rsplit('/')
                .next()
                .unwrap()
                .split_once(':')
                .map(|(_, tag)| tag);
            must(
                ours || tag.is_some_and(|tag| tag != "latest"),
                "an image of a fixed version",
            );
            if workload["kind"] != "Job" {
                must(container.get("readinessProbe").is_some(), "a readiness probe");
            }
        }
        if workload["kind"] != "Job" {
            let labels = &pod["metadata"]["labels"];
            must(
                objects.iter().any(|object| {
                    object["kind"] == "PodDisruptionBudget"
                        && object["spec"]["maxUnavailable"] == 1
                        && selects(&object["spec"]["selector"], labels)
                }),
                "a PodDisruptionBudget that lets nodes be drained",
            );
        }
        let component = &pod["metadata"]["labels"]["app.kubernetes.io/component"];
        if component == "service" || component == "bus" {
            must(
                list(&spec["topologySpreadConstraints"]).count() > 0,
                "topology spread",
            );
        }
    }
    missing
}

/// Whether a label selector selects these labels.
pub fn selects(selector: &Value, labels: &Value) -> bool {
    let matched = selector["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .all(|(key, value)| labels.get(key) == Some(value));
    matched
        && list(&selector["matchExpressions"]).all(|expression| {
            assert_eq!(
                expression["operator"], "In",
                "another operator than the tests know"
            );
            let label = labels.get(text(&expression["key"]));
            list(&expression["values"]).any(|value| Some(value) == label)
        })
}

#[test]
fn every_pod_is_restricted() {
    for overlay in OVERLAYS {
        none(overlay, lacking(&rendered(overlay)));
    }
}

#[test]
fn a_pod_that_is_not_restricted_is_noticed() {
    let objects = rendered("k8s/overlays/prod");
    const CONTAINER: &str = "/spec/template/spec/containers/0";
    let check = |kind: &str, name: &str, pointer: &str, value: Value, expect: &str| {
        let mut objects = objects.clone();
        let object = objects
            .iter_mut()
            .find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
        plant(object.unwrap(), pointer, value);
        assert_eq!(lacking(&objects), [format!("{kind} {name}: {expect}")]);
    };
    let context = format!("{CONTAINER}/securityContext");
    check(
        "Deployment",
        "ocr",
        &format!("{context}/readOnlyRootFilesystem"),
        json!(false),
        "a root that is read only",
    );
    check(
        "Deployment",
        "ocr",
        &format!("{context}/capabilities"),
        json!({}),
        "no capabilities",
    );
    check(
        "Deployment",
        "ocr",
        &format!("{CONTAINER}/image"),
        json!("ocr:latest"),
        "an image of a fixed version",
    );
    check(
        "StatefulSet",
        "qdrant",
        "/spec/template/spec/securityContext/runAsUser",
        json!(0),
        "a user id",
    );
    check(
        "StatefulSet",
        "qdrant",
        "/spec/template/spec/hostNetwork",
        json!(true),
        "nothing of the host",
    );
    let mut objects = objects.clone();
    objects.retain(|object| object["kind"] != "PodDisruptionBudget" || object["metadata"]["name"] != "ocr");
    assert_eq!(
        lacking(&objects),
        ["Deployment ocr: a PodDisruptionBudget that lets nodes be drained"]
    );
}

#[test]
fn references_lead_somewhere() {
    let mut violations = Vec::new();
    for overlay in OVERLAYS {
        let objects = rendered(overlay);
        let known = |kind: &str, name: &str| {
            let here = objects
                .iter()
                .any(|object| object["kind"] == kind && object["metadata"]["name"] == name);
            let user = kind == "Secret"
                && name
                    .strip_prefix("nats-")
                    .is_some_and(|user| user == "provision" || bus::permissions::services().contains(&user));
            here || user || MADE_BY_OPERATORS.contains(&name)
        };
        for (workload, _, pod) in workloads(&objects) {
            let mut check = |kind: &str, name: &Value| {
                if let Some(name) = name.as_str().filter(|name| !known(kind, name)) {
                    violations.push(format!("{overlay}: {workload} needs {kind} {name}"));
                }
            };
            for container in list(&pod["spec"]["containers"]) {
                for from in list(&container["envFrom"]) {
                    check("ConfigMap", &from["configMapRef"]["name"]);
                    check("Secret", &from["secretRef"]["name"]);
                }
                for variable in list(&container["env"]) {
                    check("Secret", &variable["valueFrom"]["secretKeyRef"]["name"]);
                }
                let mounted: Vec<_> = list(&container["volumeMounts"])
                    .map(|mount| &mount["name"])
                    .collect();
                let volumes = list(&pod["spec"]["volumes"]).map(|volume| &volume["name"]);
                let unused = volumes.filter(|name| !mounted.contains(name)).count();
                assert!(
                    unused == 0 || list(&pod["spec"]["containers"]).count() > 1,
                    "{workload} does not mount all of its volumes"
                );
            }
            for volume in list(&pod["spec"]["volumes"]) {
                check("ConfigMap", &volume["configMap"]["name"]);
                check("Secret", &volume["secret"]["secretName"]);
            }
        }
    }
    none("references to objects that are there", violations);
}

#[test]
fn production_is_a_cluster_and_dev_is_not() {
    let (dev, prod) = (rendered("k8s/overlays/dev"), rendered("k8s/overlays/prod"));
    for (objects, nodes) in [(&dev, 1), (&prod, 3)] {
        assert_eq!(object(objects, "StatefulSet", "nats")["spec"]["replicas"], nodes);
        let settings = settings(objects);
        assert_eq!(settings["NATS_REPLICAS"], nodes.to_string());
        assert_eq!(text(&settings["NATS_URL"]).split(',').count(), nodes);
    }
    assert_eq!(settings(&prod)["CONTRAIL_PRODUCTION"], "true");
    let storage = "/spec/volumeClaimTemplates/0/spec/resources/requests/storage";
    for name in ["nats", "qdrant"] {
        let size = object(&prod, "StatefulSet", name).pointer(storage);
        assert_eq!(size, Some(&json!("100Gi")), "{name}");
    }
}

/// What the services share of settings.
pub fn settings(objects: &[Value]) -> &Value {
    let shared = objects
        .iter()
        .find(|object| object["kind"] == "ConfigMap" && object["data"].get("NATS_URL").is_some());
    &shared.unwrap()["data"]
}
