//! Panics as log lines, so that they are found where everything else is.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic;

/// Replaces the hook of the process. What happens after the hook (unwinding, aborting) stays as it is.
pub fn route_to_tracing() {
    panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("a value that is no text");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        // Empty unless RUST_BACKTRACE asks for it.
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
        tracing::error!(
            place,
            backtrace,
            thread = thread.name().unwrap_or("unnamed"),
            "panicked: {text}"
        );
    }));
}
