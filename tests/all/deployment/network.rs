//! Who can reach whom, as the NetworkPolicies of the rendered overlays have it. A connection needs both ends: the one that
//! opens it must be let out, and the one that takes it must let it in.

use std::collections::BTreeSet;

use serde_json::Value;

use super::hardening::selects;
use super::kubernetes::rendered;
use super::{list, text};

/// The pods of an overlay: their name and labels.
fn pods(objects: &[Value]) -> Vec<(&str, &Value)> {
    objects
        .iter()
        .filter(|object| object["spec"].get("template").is_some())
        .map(|object| {
            let name = text(&object["metadata"]["name"]);
            (name, &object["spec"]["template"]["metadata"]["labels"])
        })
        .collect()
}

/// Whether the policies let a pod speak to (`Egress`) or be spoken to by (`Ingress`) another on a port.
fn lets(objects: &[Value], direction: &str, pod: &Value, other: &Value, port: u64) -> bool {
    let (rules, peers) = match direction {
        "Egress" => ("egress", "to"),
        _ => ("ingress", "from"),
    };
    let policies: Vec<_> = objects
        .iter()
        .filter(|object| {
            object["kind"] == "NetworkPolicy"
                && selects(&object["spec"]["podSelector"], pod)
                && list(&object["spec"]["policyTypes"]).any(|kind| kind == direction)
        })
        .collect();
    assert!(!policies.is_empty(), "nothing is denied by default: {pod}");
    policies
        .iter()
        .flat_map(|policy| list(&policy["spec"][rules]))
        .any(|rule| {
            assert!(rule.get(peers).is_some(), "a rule for everybody: {rule}");
            list(&rule[peers])
                .any(|peer| peer.get("namespaceSelector").is_none() && selects(&peer["podSelector"], other))
                && list(&rule["ports"]).any(|allowed| allowed["port"] == port)
        })
}

/// All connections between pods, as `from → to:port`.
fn connections(objects: &[Value]) -> BTreeSet<String> {
    let pods = pods(objects);
    let mut found = BTreeSet::new();
    for (from, out) in &pods {
        for (to, into) in &pods {
            // Only ports that a policy names can be open at all.
            for port in NAMED.iter().copied() {
                // Both are worked out, so that a pod without a policy of either kind is noticed.
                let ends = [
                    lets(objects, "Egress", out, into, port),
                    lets(objects, "Ingress", into, out, port),
                ];
                if ends == [true, true] {
                    found.insert(format!("{from} → {to}:{port}"));
                }
            }
        }
    }
    found
}

/// The ports that policies name.
const NAMED: &[u64] = &[53, 4222, 4317, 6222, 6333, 6334, 7777, 8000, 8080, 8222, 8889];

#[test]
fn policies_name_no_port_that_the_tests_do_not_look_at() {
    for object in rendered("tests/all/deployment/everything") {
        for rules in ["ingress", "egress"] {
            for rule in list(&object["spec"][rules]) {
                for port in list(&rule["ports"]) {
                    assert!(NAMED.contains(&port["port"].as_u64().unwrap()), "{port}");
                }
            }
        }
    }
}

#[test]
fn without_components_nothing_but_this_is_reachable() {
    let services = crate::tidy::dependencies::services();
    let mut expected: BTreeSet<String> = services
        .iter()
        .map(|service| format!("{service} → nats:4222"))
        .collect();
    expected.insert("provision → nats:4222".to_owned());
    expected.insert("nats → nats:6222".to_owned());
    let crates = crate::tidy::dependencies::crates();
    for service in services {
        // The index is for those whose code has it.
        if crates[&service].1.iter().any(|dependency| dependency == "index") {
            expected.insert(format!("{service} → qdrant:6334"));
        }
    }
    assert_eq!(connections(&rendered("k8s/overlays/dev")), expected);
}

#[test]
fn the_executor_reaches_nats_alone_and_with_monitoring_the_collector() {
    let of_executor = |overlay: &str| -> Vec<String> {
        let all = connections(&rendered(overlay));
        all.into_iter()
            .filter(|connection| connection.contains("codegen-executor"))
            .collect()
    };
    assert_eq!(of_executor("k8s/overlays/dev"), ["codegen-executor → nats:4222"]);
    assert_eq!(
        of_executor("k8s/overlays/prod"),
        [
            "codegen-executor → collector:4317",
            "codegen-executor → nats:4222"
        ]
    );
}

#[test]
fn a_policy_for_everybody_or_none_is_noticed() {
    let mut objects = rendered("k8s/overlays/dev");
    objects.retain(|object| object["metadata"]["name"] != "default-deny");
    let open = std::panic::catch_unwind(|| connections(&objects));
    assert!(
        open.is_err(),
        "pods without a default-deny policy were taken for closed"
    );
}
