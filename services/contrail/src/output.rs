//! What goes to standard output and standard error.

use std::io::{self, Write};

/// Writes a line to standard output. A reader that went away is no error: there is nobody left to tell.
///
/// # Errors
/// When the output can't be written, for instance to a full disk.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes a value as one JSON document to standard output.
///
/// # Errors
/// See [`line`].
pub fn json<T: serde::Serialize>(value: &T) -> io::Result<()> {
    line(&serde_json::to_string(value)?)
}

/// Writes a line for the person at the terminal to standard error, where what is wrong with the output can't be told.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Text that may come from a file, fit for a terminal: without control characters, which could move the cursor or
/// change its colours, and without marks that reverse the reading order. Line breaks and tabs stay.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
                '\u{fffd}'
            }
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_can_not_steer_the_terminal() {
        for (text, shown) in [
            ("航站楼 T2\n", "航站楼 T2\n"),
            ("\u{1b}[31mred", "\u{fffd}[31mred"),
            ("a\u{202e}b", "a\u{fffd}b"),
            ("bell\u{7}\r", "bell\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}
