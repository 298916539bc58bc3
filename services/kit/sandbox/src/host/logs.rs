//! What a worker printed: untrusted, and only its end.

use std::collections::VecDeque;

/// The ends of standard output and standard error. They come from inside the sandbox: show them to operators, escaped, and
/// take nothing from them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logs {
    /// The end of standard output.
    pub stdout: Box<[u8]>,
    /// The end of standard error.
    pub stderr: Box<[u8]>,
}

impl Logs {
    /// Standard error as text without control characters but for line ends, so that a terminal obeys nothing of it.
    #[must_use]
    pub fn stderr_text(&self) -> String {
        escape(&self.stderr)
    }

    /// Standard output as such text.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        escape(&self.stdout)
    }
}

fn escape(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// Keeps the end of a stream.
#[derive(Debug)]
pub(crate) struct Tail {
    most: usize,
    bytes: VecDeque<u8>,
    /// All bytes that came.
    pub(crate) total: u64,
}

impl Tail {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            bytes: VecDeque::new(),
            total: 0,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let (_, kept) = bytes.split_at(bytes.len().saturating_sub(self.most));
        let surplus = (self.bytes.len() + kept.len()).saturating_sub(self.most);
        self.bytes.drain(..surplus.min(self.bytes.len()));
        self.bytes.extend(kept);
    }

    pub(crate) fn into_bytes(self) -> Box<[u8]> {
        Vec::from(self.bytes).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        for cut in 1..12 {
            let mut tail = Tail::new(5);
            for piece in b"0123456789".chunks(cut) {
                tail.push(piece);
            }
            assert_eq!(tail.total, 10);
            assert_eq!(&*tail.into_bytes(), b"56789", "cut into {cut}");
        }
    }

    #[test]
    fn terminals_obey_nothing() {
        let logs = Logs {
            stdout: Box::default(),
            stderr: Box::from(*b"a\x1b[2Jb\nc\xff"),
        };
        assert_eq!(logs.stderr_text(), "a\u{fffd}[2Jb\nc\u{fffd}");
    }
}
