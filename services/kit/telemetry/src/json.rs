//! Log lines as JSON objects, each with the trace that it belongs to.

use std::fmt;

use opentelemetry::trace::{TraceContextExt, TraceId};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// The subscriber's own JSON with `trace_id` in front, where a span is recorded.
pub struct Traced(pub Format<Json>);

impl<S, N> FormatEvent<S, N> for Traced
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        let trace = opentelemetry::Context::current().span().span_context().trace_id();
        match line.strip_prefix('{') {
            Some(rest) if trace != TraceId::INVALID => write!(writer, "{{\"trace_id\":\"{trace}\",{rest}"),
            _ => writer.write_str(&line),
        }
    }
}
