//! A grid taken as a whole: made of parts that were read at the same time, and searched.

use aho_corasick::AhoCorasick;

use super::{Grid, Row, Stored};
use crate::limits::Limits;

impl Grid {
    /// Adds the rows of another grid of the same file, which come behind; none when that is more than the limits allow.
    pub(crate) fn append(&mut self, other: Self, limits: &Limits) -> Option<()> {
        let (texts, cells) = (self.text.len(), self.cells.len());
        let text_end = u32::try_from(texts + other.text.len()).ok()?;
        if self.rows.len() + other.rows.len() > limits.rows || cells + other.cells.len() > limits.cells {
            return None;
        }
        // Places in lists of one's own would mean others here.
        if !other.units.is_empty() || !other.errors.is_empty() {
            return None;
        }
        let behind = text_end - u32::try_from(other.text.len()).ok()?;
        self.text.push_str(&other.text);
        self.cells
            .extend(other.cells.into_iter().map(|stored| match stored {
                Stored::Text { start, length } => Stored::Text {
                    start: start + behind,
                    length,
                },
                stored => stored,
            }));
        let rows = other.rows.into_iter().map(|Row { number, end }| Row {
            number,
            end: end + cells,
        });
        self.rows.extend(rows);
        self.width = self.width.max(other.width);
        self.filled.resize(self.width, 0);
        for (filled, more) in self.filled.iter_mut().zip(&other.filled) {
            *filled += more;
        }
        self.trimmed += other.trimmed;
        Some(())
    }

    /// The rows in whose texts something is found.
    pub(crate) fn rows_with(&self, finder: &AhoCorasick) -> Vec<usize> {
        let mut found = finder.find_iter(&self.text).map(|found| found.start()).peekable();
        let mut rows = Vec::new();
        for row in 0..self.len() {
            let texts = self
                .stored_row(row)
                .iter()
                .rev()
                .filter_map(|stored| match stored {
                    Stored::Text { start, length } => Some(*start as usize + *length as usize),
                    _ => None,
                });
            // Texts lie in the order of their rows.
            let end = texts.max().unwrap_or(0);
            if found.next_if(|at| *at < end).is_some() {
                rows.push(row);
                while found.next_if(|at| *at < end).is_some() {}
            }
        }
        rows
    }
}
