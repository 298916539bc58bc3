//! Log lines, each with the trace that it belongs to.

use std::fmt;

use opentelemetry::trace::{TraceContextExt, TraceId};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Full, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// The subscriber's own format with the trace id, where there is one: in front of the members of JSON, at the end of a line
/// for people.
pub struct Traced<F>(pub Format<F>);

impl<S, N> FormatEvent<S, N> for Traced<Json>
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
        match (line.strip_prefix('{'), trace()) {
            (Some(rest), Some(trace)) => write!(writer, "{{\"trace_id\":\"{trace}\",{rest}"),
            _ => writer.write_str(&line),
        }
    }
}

impl<S, N> FormatEvent<S, N> for Traced<Full>
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
        // What is written into a text can't know by itself whether a terminal will show its colours.
        let format = self.0.clone().with_ansi(writer.has_ansi_escapes());
        format.format_event(context, Writer::new(&mut line), event)?;
        match (line.strip_suffix('\n'), trace()) {
            (Some(line), Some(trace)) => writeln!(writer, "{line} trace_id={trace}"),
            _ => writer.write_str(&line),
        }
    }
}

/// The trace that is under way.
fn trace() -> Option<TraceId> {
    let trace = opentelemetry::Context::current().span().span_context().trace_id();
    (trace != TraceId::INVALID).then_some(trace)
}
