//! What a collector, a scraper and an operator see. Each test sets up its own process (cargo-nextest runs each in one).

#![expect(clippy::unwrap_used, reason = "a test that can't set its stage has failed")]

use std::process::Command;
use std::time::Duration;

use fake_opentelemetry_collector::FakeCollectorServer;
use telemetry::{InitError, LogFormat, TelemetryConfig, TracesSampler, kept, propagation};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tracing::{Instrument, info_span};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const LINKED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn config(endpoint: Option<String>) -> TelemetryConfig {
    TelemetryConfig {
        log_format: LogFormat::Human,
        log_filter: "warn".to_owned(),
        otlp_endpoint: endpoint,
        ..TelemetryConfig::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_reach_the_collector_under_one_trace() {
    let mut collector = FakeCollectorServer::start().await.unwrap();
    let telemetry = telemetry::init("ingest", &config(Some(collector.endpoint()))).unwrap();

    let receiver = info_span!(target: "bus", "receive");
    propagation::set_parent(&receiver, Some(PARENT), None);
    propagation::add_link(&receiver, LINKED);
    assert_eq!(propagation::trace_id(&receiver), TRACE);
    let headers = async { propagation::headers_of(&tracing::Span::current()) }
        .instrument(receiver.clone())
        .await;
    drop(receiver);
    let (name, traceparent) = &headers[0];
    assert_eq!(*name, "traceparent");
    let sender = info_span!(target: "gateway", "next");
    propagation::set_parent(&sender, Some(traceparent), None);
    drop(sender);
    drop(info_span!(target: "some_library", "noise"));

    telemetry.shutdown().await;
    let spans = collector.exported_spans(2, Duration::from_secs(10)).await;
    let span = |name: &str| {
        spans
            .iter()
            .find(|span| span.name == name)
            .unwrap_or_else(|| panic!("{spans:?}"))
    };
    assert_eq!(
        spans.len(),
        2,
        "a library's spans are not ours to send: {spans:?}"
    );
    assert_eq!(
        (span("receive").trace_id.as_str(), span("next").trace_id.as_str()),
        (TRACE, TRACE)
    );
    assert_eq!(span("receive").parent_span_id, "00f067aa0ba902b7");
    assert_eq!(span("next").parent_span_id, span("receive").span_id);
    assert_eq!(span("receive").links.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_sampled_is_sent() {
    let mut collector = FakeCollectorServer::start().await.unwrap();
    let config = TelemetryConfig {
        traces_sampler: TracesSampler::ParentBasedAlwaysOff,
        ..config(Some(collector.endpoint()))
    };
    let telemetry = telemetry::init("ingest", &config).unwrap();

    let begun_here = info_span!(target: "bus", "begun here");
    let headers = propagation::headers_of(&begun_here);
    let traceparent = propagation::traceparent(&begun_here).unwrap();
    assert_eq!(headers[0].1, traceparent);
    // Its id is told all the same, and that nobody else needs to send more of it.
    assert!(traceparent.ends_with("-00"), "{traceparent}");
    let trace = propagation::trace_id(&begun_here);
    assert!(
        trace != "0".repeat(32) && traceparent.contains(&trace),
        "{traceparent}"
    );
    let next = info_span!(target: "gateway", "of a trace that is not sent");
    propagation::set_parent(&next, Some(&traceparent), None);
    assert_eq!(propagation::trace_id(&next), trace);
    let chosen = info_span!(target: "gateway", "of a trace that is sent");
    propagation::set_parent(&chosen, Some(PARENT), None);
    drop((begun_here, next, chosen));

    telemetry.shutdown().await;
    let spans = collector.exported_spans(1, Duration::from_secs(10)).await;
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["of a trace that is sent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_there_is_a_trace_id_all_the_same() {
    let telemetry = telemetry::init("gateway", &config(None)).unwrap();
    let first = propagation::trace_id(&info_span!(target: "gateway", "one"));
    let second = propagation::trace_id(&info_span!(target: "gateway", "two"));
    assert_eq!(first.len(), 32);
    assert_ne!(first, "0".repeat(32));
    assert_ne!(first, second);
    telemetry.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_spans_are_kept_where_that_is_wanted() {
    let config = TelemetryConfig {
        keep_spans: true,
        ..config(None)
    };
    let telemetry = telemetry::init("contrail", &config).unwrap();
    assert!(kept::is_keeping());
    let outer = info_span!(target: "bus", "process", service = "ingest", file = "salaries.xlsx", otel.status_code = "ERROR");
    propagation::set_parent(&outer, Some(PARENT), None);
    outer.in_scope(|| drop(info_span!(target: "ingest", "read", attempt = 2)));
    let open = kept::trace(TRACE).unwrap();
    assert_eq!(
        open.spans.len(),
        1,
        "a span that has not ended is not there yet: {open:?}"
    );
    drop(outer);
    let trace = kept::trace(TRACE).unwrap();
    let [inner, outer] = trace.spans.as_slice() else {
        panic!("{trace:?}");
    };
    assert_eq!(
        (
            inner.name.as_str(),
            inner.parent.as_deref(),
            inner.parent_is_remote
        ),
        ("read", Some(outer.id.as_str()), false)
    );
    assert_eq!(
        (outer.parent.as_deref(), outer.parent_is_remote, outer.failed),
        (Some("00f067aa0ba902b7"), true, true)
    );
    assert_eq!(outer.text("service"), Some("ingest"));
    assert_eq!(outer.text("file"), None, "what work is about is not kept");
    assert!(outer.started <= inner.started && outer.took >= inner.took);
    assert!(kept::trace("0af7651916cd43dd8448eb211c80319c").is_none());
    telemetry.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_are_not_kept_unless_that_is_wanted() {
    let telemetry = telemetry::init("ingest", &config(None)).unwrap();
    let span = info_span!(target: "ingest", "read");
    let id = propagation::trace_id(&span);
    drop(span);
    assert!(!kept::is_keeping() && kept::trace(&id).is_none());
    telemetry.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_parent_leaves_a_root() {
    let telemetry = telemetry::init("gateway", &config(None)).unwrap();
    for bad in [
        None,
        Some(""),
        Some("garbage"),
        Some("00-00000000000000000000000000000000-0000000000000000-01"),
    ] {
        let span = info_span!(target: "gateway", "root");
        propagation::set_parent(&span, bad, None);
        assert_ne!(propagation::trace_id(&span), "0".repeat(32), "{bad:?}");
    }
    telemetry.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_can_be_scraped() {
    let telemetry = telemetry::init("ingest", &config(None)).unwrap();
    let meter = opentelemetry::global::meter("test");
    meter.u64_counter("jobs.done").build().add(3, &[]);
    let text = telemetry::metrics::render();
    let named = |line: &str| line.starts_with("target_info") && line.contains("service_name=\"ingest\"");
    assert!(text.lines().any(named), "{text}");
    assert!(
        text.lines()
            .any(|line| line.starts_with("jobs_done_total") && line.ends_with(" 3")),
        "{text}"
    );
    telemetry.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_reach_the_collector() {
    let mut collector = FakeCollectorServer::start().await.unwrap();
    let telemetry = telemetry::init("ingest", &config(Some(collector.endpoint()))).unwrap();
    let meter = opentelemetry::global::meter("test");
    meter.u64_counter("jobs.done").build().add(3, &[]);
    telemetry.shutdown().await;
    let scopes = collector.exported_metrics(1, Duration::from_secs(10)).await;
    let names: Vec<_> = scopes
        .iter()
        .flat_map(|scope| &scope.metrics)
        .map(|metric| metric.name.as_str())
        .collect();
    assert_eq!(names, ["jobs.done"]);
}

/// The collector of the other tests does not tell the resource; this one takes the bytes and never answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_hangs_is_told_the_service_and_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let telemetry = telemetry::init("codegen-executor", &config(Some(endpoint))).unwrap();
    drop(info_span!(target: "codegen_executor", "work"));

    let collector = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        let holds =
            |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        while !(holds(&bytes, "service.name") && holds(&bytes, "codegen-executor")) {
            assert_ne!(
                connection.read_buf(&mut bytes).await.unwrap(),
                0,
                "closed before the service was told"
            );
        }
        connection
    });
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, telemetry.shutdown()).await.unwrap();
    tokio::time::timeout(limit, collector).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_settings_are_named() {
    for endpoint in ["not a url", "collector:4317", "https://collector:4317"] {
        let error = telemetry::init("ingest", &config(Some(endpoint.to_owned()))).unwrap_err();
        assert!(
            matches!(error, InitError::Endpoint { .. }) && error.to_string().contains(endpoint),
            "{error}"
        );
    }
    let filter = TelemetryConfig {
        log_filter: "bus=loud=er".to_owned(),
        ..config(None)
    };
    let filter = telemetry::init("ingest", &filter).unwrap_err();
    assert!(
        matches!(filter, InitError::Filter { .. }) && filter.to_string().contains("bus=loud=er"),
        "{filter}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_does_not_hold_the_process_up() {
    let collector = FakeCollectorServer::start().await.unwrap();
    let endpoint = collector.endpoint();
    collector.abort();
    let telemetry = telemetry::init("ingest", &config(Some(endpoint))).unwrap();
    drop(info_span!(target: "ingest", "lost"));
    tokio::time::timeout(Duration::from_secs(15), telemetry.shutdown())
        .await
        .unwrap();
}

#[test]
fn without_a_runtime_nothing_can_be_sent() {
    let error = telemetry::init("ingest", &config(Some("http://127.0.0.1:4317".to_owned()))).unwrap_err();
    assert!(matches!(error, InitError::Runtime(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_is_enough() {
    let telemetry = telemetry::init("ingest", &config(None)).unwrap();
    assert!(matches!(
        telemetry::init("ingest", &config(None)),
        Err(InitError::Again(_))
    ));
    telemetry.shutdown().await;
}

#[test]
fn a_collector_that_is_gone_is_told_once() {
    let text = stderr_of("sends_to_nobody");
    for signal in ["traces", "metrics"] {
        assert_eq!(
            text.matches(&format!(
                "WARN telemetry::outage: the collector takes no {signal}"
            ))
            .count(),
            1,
            "{text}"
        );
    }
    assert!(!text.contains("ERROR"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `a_collector_that_is_gone_is_told_once` in a process of its own"]
async fn sends_to_nobody() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let telemetry = telemetry::init("ingest", &config(Some(format!("http://{free}")))).unwrap();
    let meter = opentelemetry::global::meter("test");
    meter.u64_counter("jobs.done").build().add(3, &[]);
    // More than one batch.
    for _ in 0..1000 {
        drop(info_span!(target: "ingest", "lost"));
    }
    telemetry.shutdown().await;
}

/// Runs one of the tests below in a process of its own and returns what it wrote to standard error.
fn stderr_of(test: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_panic_is_a_log_line() {
    let text = stderr_of("panics_under_json");
    let line = text
        .lines()
        .find(|line| line.contains("panicked"))
        .unwrap_or_else(|| panic!("{text}"));
    assert!(
        line.starts_with('{') && line.contains("the disk is on fire") && line.contains("telemetry.rs"),
        "{line}"
    );
    assert!(line.contains("\"level\":\"ERROR\""), "{line}");
    let trace = propagation_of(line);
    assert_ne!(trace, "0".repeat(32));
}

/// The trace id of a JSON line.
fn propagation_of(line: &str) -> String {
    let (_, rest) = line
        .split_once("\"trace_id\":\"")
        .unwrap_or_else(|| panic!("{line}"));
    rest.chars().take(32).collect()
}

#[tokio::test]
#[ignore = "run by `a_panic_is_a_log_line` in a process of its own"]
async fn panics_under_json() {
    let config = TelemetryConfig {
        log_format: LogFormat::Json,
        ..config(None)
    };
    let _telemetry = telemetry::init("ingest", &config).unwrap();
    info_span!(target: "ingest", "work").in_scope(|| panic!("the disk is on fire"));
}

#[test]
fn a_line_for_people_has_its_trace_at_the_end() {
    let text = stderr_of("warns_twice");
    let line = |words: &str| {
        let found = text.lines().find(|line| line.contains(words));
        found.unwrap_or_else(|| panic!("{text}"))
    };
    let (_, trace) = line("in a span")
        .rsplit_once(" trace_id=")
        .unwrap_or_else(|| panic!("{text}"));
    assert_eq!(trace, TRACE);
    assert!(line("in a span").contains("files=3"), "{text}");
    assert!(!line("in no span").contains("trace_id"), "{text}");
    assert!(!text.contains('\u{1b}'), "colours are for terminals: {text}");
}

#[tokio::test]
#[ignore = "run by `a_line_for_people_has_its_trace_at_the_end` in a process of its own"]
async fn warns_twice() {
    let _telemetry = telemetry::init("ingest", &config(None)).unwrap();
    let span = info_span!(target: "ingest", "work");
    propagation::set_parent(&span, Some(PARENT), None);
    span.in_scope(|| tracing::warn!(files = 3, "in a span"));
    tracing::warn!("in no span");
}
