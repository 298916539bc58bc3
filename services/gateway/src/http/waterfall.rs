//! `GET /api/answers/{id}/trace`: where the time of an answer went, or the page of the tracing backend that tells.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use chrono::{DateTime, SecondsFormat, Utc};
use opentelemetry::Value;
use schemas::TenantId;
use serde::Serialize;
use telemetry::kept::{self, KeptSpan, KeptTrace};

use super::App;
use super::answers::load;
use super::problem::Problem;
use super::tenant::Tenant;
use crate::config::TRACE_ID;

/// Attributes that are members of their own, or of no use to people.
const LEFT_OUT: &[&str] = &["messaging.destination.name", "service", "tenant"];
/// Who did what no service claims: the command line, in the process of all services.
const NOBODY: &str = "contrail";

/// The trace of an answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Trace {
    /// 32 hexadecimal digits.
    trace_id: String,
    /// Its page in the tracing backend, where the server knows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Its spans, where this server keeps them.
    #[serde(skip_serializing_if = "Option::is_none")]
    waterfall: Option<Waterfall>,
}

/// The finished spans of a trace.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Waterfall {
    /// When the first span began, RFC 3339 in UTC.
    started_at: String,
    /// Microseconds from there to the end of the last one.
    duration_us: u64,
    /// Whether all has ended that is known to have begun; ask again where it has not.
    complete: bool,
    /// Spans that were too many to be kept.
    dropped: usize,
    /// What is part of something comes right after it, what began earlier comes first.
    spans: Vec<Span>,
}

/// One piece of work.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Span {
    /// 16 hexadecimal digits.
    id: String,
    /// The span that it is part of, where that one is among these.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// How many spans it is inside of.
    depth: usize,
    /// The service that did it.
    service: String,
    /// What was done.
    name: String,
    /// `client`, `server`, `producer`, `consumer` or `internal`.
    kind: &'static str,
    /// Microseconds after the first span's beginning.
    start_us: u64,
    /// Microseconds that it took.
    duration_us: u64,
    /// Whether it failed.
    failed: bool,
    /// How it was done: numbers, truths and short texts.
    #[schema(value_type = Object)]
    attributes: BTreeMap<&'static str, serde_json::Value>,
}

/// `GET /api/answers/{id}/trace`: the spans of the answer, or a link to the tracing backend.
#[utoipa::path(get, path = "/api/answers/{id}/trace", tag = "answers", params(
    ("id" = String, Path, description = "The answer."),
), responses(
    (status = 200, description = "Its spans where this server keeps them, and a link to the tracing backend where one is set.",
        body = Trace),
    (status = 404, description = "There is no such answer, or neither its spans nor a link."),
))]
pub async fn show(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Trace>, Problem> {
    let Path(id) = id?;
    let trace_id = load(&app, &tenant, id).await?.trace_id;
    let waterfall = kept::trace(&trace_id).and_then(|trace| waterfall(&trace, &tenant));
    let link = app.trace_url.as_ref().map(|url| url.replace(TRACE_ID, &trace_id));
    match (&waterfall, &link) {
        (None, None) if kept::is_keeping() => Err(Problem::NoTrace(
            "the spans of this answer are not kept any more: only those of the newest are, and none over a restart",
        )),
        (None, None) => Err(Problem::NoTrace(
            "services that are processes of their own keep no spans; CONTRAIL_TRACE_URL can name the tracing backend to \
             look them up in",
        )),
        _ => Ok(Json(Trace {
            trace_id,
            link,
            waterfall,
        })),
    }
}

/// The spans in the order in which they are shown; none where nothing is left for the tenant.
fn waterfall(trace: &KeptTrace, tenant: &TenantId) -> Option<Waterfall> {
    let spans = own(&trace.spans, tenant);
    let first = spans.iter().map(|seen| seen.span.started).min()?;
    let ends = spans.iter().map(|seen| seen.span.started + seen.span.took);
    let known: HashSet<&str> = trace.spans.iter().map(|span| span.id.as_str()).collect();
    let is_open = |seen: &Seen<'_>| {
        let parent = seen.span.parent.as_deref();
        !seen.span.parent_is_remote && parent.is_some_and(|parent| !known.contains(parent))
    };
    Some(Waterfall {
        started_at: DateTime::<Utc>::from(first).to_rfc3339_opts(SecondsFormat::Micros, true),
        duration_us: ends.max().map_or(0, |end| since(first, end)),
        // A span ends after those within it: one whose own was not kept yet shows that there is more to come.
        complete: trace.dropped > 0 || !spans.iter().any(is_open),
        dropped: trace.dropped,
        spans: spans.into_iter().map(|seen| seen.told(first)).collect(),
    })
}

/// A span in its place.
struct Seen<'a> {
    span: &'a KeptSpan,
    service: &'a str,
    parent: Option<&'a str>,
    depth: usize,
}

/// What is yet to be looked at, below a span of this service and tenant.
struct Below<'a> {
    span: &'a KeptSpan,
    service: &'a str,
    tenant: Option<&'a str>,
    parent: Option<&'a str>,
    depth: usize,
}

/// The spans of a tenant, depth first. A client chooses the trace of its request, so that several tenants may share one.
fn own<'a>(spans: &'a [KeptSpan], tenant: &TenantId) -> Vec<Seen<'a>> {
    let ids: HashSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    let mut within: HashMap<Option<&str>, Vec<&KeptSpan>> = HashMap::new();
    for span in spans {
        let parent = span.parent.as_deref().filter(|parent| ids.contains(parent));
        within.entry(parent).or_default().push(span);
    }
    for siblings in within.values_mut() {
        // The last one is looked at first.
        siblings.sort_by_key(|span| std::cmp::Reverse(span.started));
    }
    let mut open: Vec<Below<'_>> = Vec::new();
    let roots = within.remove(&None).unwrap_or_default();
    open.extend(roots.into_iter().map(|span| Below {
        span,
        service: NOBODY,
        tenant: None,
        parent: None,
        depth: 0,
    }));
    let mut seen = Vec::with_capacity(spans.len());
    while let Some(below) = open.pop() {
        let span = below.span;
        let service = span.text("service").unwrap_or(below.service);
        let owner = owner(span).or(below.tenant);
        let is_own = owner.is_none_or(|owner| owner == tenant.as_str());
        let (parent, depth) = if is_own {
            (Some(span.id.as_str()), below.depth + 1)
        } else {
            (below.parent, below.depth)
        };
        let parts = within.remove(&Some(span.id.as_str())).unwrap_or_default();
        open.extend(parts.into_iter().map(|span| Below {
            span,
            service,
            tenant: owner,
            parent,
            depth,
        }));
        if is_own {
            seen.push(Seen {
                span,
                service,
                parent: below.parent,
                depth: below.depth,
            });
        }
    }
    seen
}

/// Whose work it was, where the span itself says: by its request, or by the subject of its message, which the tenant ends.
fn owner(span: &KeptSpan) -> Option<&str> {
    let of_message = || {
        let template = span.text("messaging.destination.template")?;
        let subject = span.text("messaging.destination.name")?;
        subject.strip_prefix(template)?.strip_prefix('.')
    };
    span.text("tenant").or_else(of_message)
}

impl Seen<'_> {
    fn told(self, first: SystemTime) -> Span {
        let told = |(name, value): &(&'static str, Value)| {
            let value: serde_json::Value = match value {
                Value::Bool(truth) => (*truth).into(),
                Value::I64(number) => (*number).into(),
                Value::F64(number) => (*number).into(),
                // The recorder of spans writes unsigned numbers as text.
                value => match value.as_str().parse::<u64>() {
                    Ok(number) => number.into(),
                    Err(_) => value.as_str().into_owned().into(),
                },
            };
            (*name, value)
        };
        let attributes = self.span.attributes.iter();
        Span {
            id: self.span.id.clone(),
            parent: self.parent.map(str::to_owned),
            depth: self.depth,
            service: self.service.to_owned(),
            name: self.span.name.clone(),
            kind: self.span.kind,
            start_us: since(first, self.span.started),
            duration_us: micros(self.span.took),
            failed: self.span.failed,
            attributes: attributes
                .filter(|(name, _)| !LEFT_OUT.contains(name))
                .map(told)
                .collect(),
        }
    }
}

fn since(first: SystemTime, moment: SystemTime) -> u64 {
    micros(moment.duration_since(first).unwrap_or_default())
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A span of some milliseconds: its id, the one it is in, when it began and ended, and what it says of itself.
    fn span(
        id: &str,
        parent: Option<&str>,
        (from, to): (u64, u64),
        attributes: &[(&'static str, &'static str)],
    ) -> KeptSpan {
        KeptSpan {
            id: id.to_owned(),
            parent: parent.map(str::to_owned),
            parent_is_remote: false,
            name: format!("does {id}"),
            kind: "internal",
            started: SystemTime::UNIX_EPOCH + Duration::from_millis(1_000 + from),
            took: Duration::from_millis(to - from),
            failed: false,
            attributes: attributes
                .iter()
                .map(|(name, value)| (*name, Value::from(*value)))
                .collect(),
        }
    }

    fn to(tenant: &'static str) -> [(&'static str, &'static str); 2] {
        let subject = match tenant {
            "red" => "job.ask.v1.red",
            _ => "job.ask.v1.blue",
        };
        [
            ("messaging.destination.template", "job.ask.v1"),
            ("messaging.destination.name", subject),
        ]
    }

    fn shown(spans: Vec<KeptSpan>, tenant: &str) -> Option<Waterfall> {
        let trace = KeptTrace { spans, dropped: 0 };
        waterfall(&trace, &TenantId::new(tenant).unwrap())
    }

    #[test]
    fn parts_come_after_their_whole_in_the_order_of_their_beginnings() {
        let gateway = [("service", "gateway")];
        let spans = vec![
            span("c", Some("a"), (20, 30), &[("attempt", "1")]),
            span("b", Some("a"), (5, 15), &[]),
            span("d", Some("c"), (22, 60), &[("service", "ingest")]),
            span("a", None, (0, 40), &gateway),
        ];
        let shown = shown(spans, "red").unwrap();
        let told: Vec<_> = shown
            .spans
            .iter()
            .map(|span| {
                (
                    span.id.as_str(),
                    span.depth,
                    span.service.as_str(),
                    span.start_us,
                    span.duration_us,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("a", 0, "gateway", 0, 40_000),
                ("b", 1, "gateway", 5_000, 10_000),
                ("c", 1, "gateway", 20_000, 10_000),
                ("d", 2, "ingest", 22_000, 38_000),
            ]
        );
        assert_eq!((shown.duration_us, shown.complete), (60_000, true));
        assert_eq!(shown.started_at, "1970-01-01T00:00:01.000000Z");
        assert!(shown.spans[0].attributes.is_empty() && shown.spans[2].attributes["attempt"] == 1);
    }

    #[test]
    fn a_trace_is_complete_when_the_wholes_of_all_parts_have_ended() {
        let mut spans = vec![span("b", Some("a"), (5, 15), &[])];
        assert!(!shown(spans.clone(), "red").unwrap().complete);
        spans[0].parent_is_remote = true;
        assert!(
            shown(spans.clone(), "red").unwrap().complete,
            "a client's span never comes"
        );
        spans[0].parent_is_remote = false;
        spans.push(span("a", None, (0, 20), &[]));
        assert!(shown(spans, "red").unwrap().complete);
    }

    #[test]
    fn of_a_shared_trace_each_tenant_sees_its_own() {
        let spans = vec![
            span("a", None, (0, 90), &[("tenant", "red")]),
            span("b", Some("a"), (10, 80), &to("red")),
            span("c", Some("b"), (20, 30), &[]),
            span("d", Some("b"), (40, 70), &[("tenant", "blue")]),
            span("e", Some("d"), (50, 60), &to("blue")),
            span("f", Some("e"), (52, 58), &[]),
        ];
        let ids = |tenant: &str| -> Vec<(String, usize)> {
            let shown = shown(spans.clone(), tenant);
            let spans = shown.map(|shown| shown.spans).unwrap_or_default();
            spans.into_iter().map(|span| (span.id, span.depth)).collect()
        };
        let named = |list: &[(&str, usize)]| -> Vec<(String, usize)> {
            list.iter()
                .map(|(id, depth)| ((*id).to_owned(), *depth))
                .collect()
        };
        assert_eq!(ids("red"), named(&[("a", 0), ("b", 1), ("c", 2)]));
        assert_eq!(ids("blue"), named(&[("d", 0), ("e", 1), ("f", 2)]));
        assert_eq!(ids("green"), []);
    }
}
