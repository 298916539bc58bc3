//! Which words of a column of text mean that there is nothing.
//!
//! Some spellings are words, names or codes too: `NA` is a country, 无 an answer. The other cells of the column decide.

use std::collections::BTreeMap;

use schemas::table::Decision;

use crate::cell;
use crate::grid::{Cell, Grid};

/// The spellings that are missing values in one column.
#[derive(Debug, Default)]
pub(super) struct Absent {
    counts: BTreeMap<&'static str, u64>,
}

impl Absent {
    /// Looks at all cells of a column.
    pub(super) fn in_column(grid: &Grid, column: usize, rows: &[usize]) -> Self {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let (mut others, mut codes) = (0u64, 0u64);
        let mut first: Option<&str> = None;
        let mut several = false;
        for row in rows {
            match grid.cell(*row, column) {
                missing if cell::is_missing(missing) => {}
                Cell::Text(text) if cell::may_be_missing(text) => *counts.entry(text).or_default() += 1,
                Cell::Text(text) => {
                    others += 1;
                    codes += u64::from(is_short_code(text));
                    several |= first.is_some_and(|known| known != text);
                    first.get_or_insert(text);
                }
                _ => {
                    others += 1;
                    several = true;
                }
            }
        }
        let all_codes = codes == others;
        let absent = |text: &str, count: u64| match text {
            // Namibia, North America.
            "NA" | "na" => !all_codes,
            // One of two answers, or the usual one.
            "无" | "無" | "空" | "缺" => several && count <= others,
            _ => true,
        };
        let counts = counts
            .into_iter()
            .filter(|(text, count)| others > 0 && absent(text, *count))
            .filter_map(|(text, count)| Some((cell::spelling(text)?, count)))
            .collect();
        Self { counts }
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        !self.counts.is_empty() && self.counts.contains_key(text)
    }

    /// What was decided, if anything.
    pub(super) fn decision(&self, column: &str) -> Option<Decision> {
        let words: Vec<&str> = self.counts.keys().copied().collect();
        let cells: u64 = self.counts.values().sum();
        (cells > 0).then(|| Decision {
            about: format!("missing in {column}"),
            chosen: words.join(", "),
            because: format!("{cells} cells say that there is nothing: they count as missing"),
        })
    }
}

fn is_short_code(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}
