//! Dashboards and alerts name only metrics and labels that exist: ours as the code makes them, those of others as their
//! makers list them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{list, text, yaml};
use crate::tidy::{files, none, read, root};

/// Metrics of prometheus-nats-exporter 0.17 with `-jsz=all` that we use; its file `collector/jsz.go` names them.
const OF_NATS: &[&str] = &[
    "jetstream_consumer_num_ack_pending",
    "jetstream_consumer_num_pending",
    "jetstream_consumer_num_redelivered",
    "jetstream_consumer_num_waiting",
    "jetstream_server_max_storage",
    "jetstream_server_total_message_bytes",
    "jetstream_stream_total_bytes",
    "jetstream_stream_total_messages",
];
/// Their labels.
const LABELS_OF_NATS: &[&str] = &[
    "consumer_name",
    "is_consumer_leader",
    "server_name",
    "stream_name",
];
/// Constants of opentelemetry-semantic-conventions that our code names instruments and attributes by.
const CONVENTIONS: &[(&str, &str)] = &[
    ("HTTP_SERVER_REQUEST_DURATION", "http.server.request.duration"),
    ("HTTP_REQUEST_METHOD", "http.request.method"),
    ("HTTP_RESPONSE_STATUS_CODE", "http.response.status_code"),
    ("HTTP_ROUTE", "http.route"),
];

/// The metrics of our code, as Prometheus has them, and the labels of all.
fn ours() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut metrics, mut labels) = (BTreeSet::new(), BTreeSet::from(["le".to_owned()]));
    let code = files("services", &["rs"]).into_iter().filter(|path| {
        let path = path.to_string_lossy();
        path.contains("/src/")
    });
    for path in code {
        let source = read(&path);
        for (kind, suffixes) in [
            ("_histogram(", ["_bucket", "_sum", "_count"].as_slice()),
            ("_counter(", ["_total"].as_slice()),
            ("_gauge(", [""].as_slice()),
        ] {
            for (at, _) in source.match_indices(kind) {
                let rest = &source[at + kind.len()..];
                let Some(name) = named(rest) else { continue };
                let built = &rest[..rest.find(".build()").unwrap_or(rest.len())];
                let unit = built
                    .split("with_unit(\"")
                    .nth(1)
                    .and_then(|unit| unit.split('"').next());
                let unit = match unit {
                    Some("s") => "_seconds",
                    Some("By") => "_bytes",
                    // A number of things, as `{job}`, is written without its unit.
                    Some(unit) if unit.starts_with('{') => "",
                    None => "",
                    Some(unit) => panic!("{}: unit {unit} is new to this test", path.display()),
                };
                let name = name.replace('.', "_");
                metrics.extend(suffixes.iter().map(|suffix| format!("{name}{unit}{suffix}")));
            }
        }
        for (at, call) in source.match_indices("KeyValue::new(") {
            if let Some(label) = named(&source[at + call.len()..]) {
                labels.insert(label.replace('.', "_"));
            }
        }
    }
    (metrics, labels)
}

/// The name that a first argument gives: a text, or a constant of the conventions.
fn named(arguments: &str) -> Option<String> {
    let arguments = arguments.trim_start();
    if let Some(quoted) = arguments.strip_prefix('"') {
        return quoted.split('"').next().map(str::to_owned);
    }
    let path = arguments.split([',', ')']).next()?.rsplit("::").next()?;
    let known = CONVENTIONS.iter().find(|(constant, _)| *constant == path.trim());
    known.map(|(_, name)| (*name).to_owned())
}

/// The metrics and labels that a query names.
fn asked(query: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut metrics, mut labels) = (BTreeSet::new(), BTreeSet::new());
    let mut rest = query;
    let mut grouping = false;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            if ["by", "without", "on", "ignoring"].contains(&word) {
                grouping = true;
            } else if grouping {
                labels.insert(word.to_owned());
            } else if !["and", "or", "unless", "bool"].contains(&word) && !rest.trim_start().starts_with(['(', '='])
                // `sum by (…)`: a function all the same.
                && !rest.trim_start().starts_with("by ")
            {
                metrics.insert(word.to_owned());
            }
            continue;
        }
        match first {
            '{' => {
                let end = rest.find('}').unwrap_or(rest.len());
                for matcher in rest[1..end].split(',') {
                    let name = matcher.trim().split(['=', '!']).next().unwrap_or_default();
                    labels.insert(name.to_owned());
                }
                rest = &rest[end..];
            }
            '[' => rest = &rest[rest.find(']').unwrap_or(rest.len())..],
            ')' => grouping = false,
            c if c.is_ascii_digit() => {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
                rest = &rest[end.unwrap_or(rest.len())..];
                continue;
            }
            _ => {}
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    (metrics, labels)
}

/// Every query of the dashboards and alerts, with where it is.
fn queries() -> Vec<(String, String)> {
    const DASHBOARD: &str = "k8s/components/monitoring/dashboards/contrail.json";
    let dashboard: Value = serde_json::from_str(&read(&root().join(DASHBOARD))).unwrap();
    let panels = list(&dashboard["panels"]).flat_map(|panel| {
        list(&panel["targets"]).map(move |target| (text(&panel["title"]), text(&target["expr"])))
    });
    let alerts = yaml("compose/alerts.yaml");
    let rules = list(&alerts["groups"]).flat_map(|group| list(&group["rules"]));
    let rules = rules.map(|rule| (text(&rule["alert"]), text(&rule["expr"])));
    let all = panels.chain(rules);
    all.map(|(place, query)| (place.to_owned(), query.to_owned()))
        .collect()
}

#[test]
fn queries_are_taken_apart() {
    let check = |query: &str, metrics: &[&str], labels: &[&str]| {
        let words = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>();
        let (found_metrics, found_labels) = asked(query);
        assert_eq!(words(found_metrics), metrics, "{query}");
        assert_eq!(words(found_labels), labels, "{query}");
    };
    check("up", &["up"], &[]);
    check(
        r#"sum by (a, b) (rate(x_total{c="d", e!~"f"}[5m])) > 0.5"#,
        &["x_total"],
        &["a", "b", "c", "e"],
    );
    check(
        "sum(a) / sum(b) and sum by (c) (d) == 0",
        &["a", "b", "d"],
        &["c"],
    );
    check(
        "histogram_quantile(0.95, sum by (le) (rate(x_bucket[15m])))",
        &["x_bucket"],
        &["le"],
    );
}

#[test]
fn code_has_the_metrics_that_this_test_reads() {
    let (metrics, labels) = ours();
    for metric in [
        "contrail_jobs_deliveries_total",
        "contrail_queue_waiting",
        "contrail_queue_oldest_age_seconds",
        "contrail_sandbox_duration_seconds_count",
        "contrail_index_passages",
        "gen_ai_client_token_usage_sum",
        "http_server_request_duration_seconds_bucket",
        "messaging_process_duration_seconds_count",
    ] {
        assert!(metrics.contains(metric), "{metric} is not among {metrics:?}");
    }
    for label in [
        "outcome",
        "messaging_destination_template",
        "http_route",
        "stream",
        "gen_ai_token_type",
    ] {
        assert!(labels.contains(label), "{label} is not among {labels:?}");
    }
}

#[test]
fn dashboards_and_alerts_name_only_what_exists() {
    let (metrics, labels) = ours();
    let mut unknown = Vec::new();
    let queries = queries();
    assert!(queries.len() > 15);
    for (place, query) in &queries {
        let (asked_metrics, asked_labels) = asked(query);
        assert!(!asked_metrics.is_empty(), "{place} asks for nothing");
        for metric in asked_metrics {
            if !metrics.contains(&metric) && !OF_NATS.contains(&metric.as_str()) {
                unknown.push(format!("{place}: no metric {metric}"));
            }
        }
        for label in asked_labels {
            if !labels.contains(&label) && !LABELS_OF_NATS.contains(&label.as_str()) {
                unknown.push(format!("{place}: no label {label}"));
            }
        }
    }
    none("metrics that exist", unknown);
}

#[test]
fn outcomes_that_are_asked_for_exist() {
    let sources = [
        "services/kit/bus/src/metrics.rs",
        "services/kit/sandbox/src/error.rs",
    ];
    let source = sources.map(|path| read(&root().join(path))).concat();
    for (place, query) in queries() {
        for matcher in query.split("outcome=").skip(1) {
            let values = matcher.split('"').nth(1).unwrap();
            for outcome in values.split('|') {
                assert!(
                    source.contains(&format!("\"{outcome}\"")),
                    "{place}: no outcome {outcome}"
                );
            }
        }
    }
}

#[test]
fn both_places_have_the_same_alerts() {
    let kubernetes = yaml("k8s/components/monitoring/alerts.yaml");
    assert_eq!(
        kubernetes["spec"]["groups"],
        yaml("compose/alerts.yaml")["groups"]
    );
}
