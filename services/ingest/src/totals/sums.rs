//! Whether the numbers of a row are the sums or means of rows above it.

use crate::cell;
use crate::grid::{Cell, Grid};

/// Columns that are compared, at most.
const COLUMNS: usize = 64;
/// Cells that are added up in one sheet, at most: a sheet in which every row claims to be a total is not worth more.
const CELLS: usize = 20_000_000;

/// Checks rows of one grid, from top to bottom.
pub(super) struct Sums<'a> {
    grid: &'a Grid,
    cells_left: usize,
}

impl<'a> Sums<'a> {
    pub(super) fn new(grid: &'a Grid) -> Self {
        Self {
            grid,
            cells_left: CELLS,
        }
    }

    /// Whether most numbers of a row are sums: of the rows since the last total, of all rows above, or of the totals.
    pub(super) fn bear_out(&mut self, row: usize, data: &[usize], totals: &[usize]) -> bool {
        let since = rows_since(data, totals);
        [since, data, totals].into_iter().any(|rows| {
            rows.len() >= 2 && self.most(row, rows, |sum, _| sum)
                || rows.len() == 1 && !totals.is_empty() && self.most(row, rows, |sum, _| sum)
        })
    }

    /// The same for means of the rows.
    pub(super) fn average(&mut self, row: usize, data: &[usize], totals: &[usize]) -> bool {
        let since = rows_since(data, totals);
        #[expect(clippy::cast_precision_loss, reason = "no sheet has 2⁵² rows")]
        let mean = |sum: f64, count: usize| sum / count as f64;
        [since, data]
            .into_iter()
            .any(|rows| rows.len() >= 2 && self.most(row, rows, mean))
    }

    fn most(&mut self, row: usize, rows: &[usize], expect: impl Fn(f64, usize) -> f64) -> bool {
        let (mut right, mut wrong) = (0, 0);
        let Some(left) = self.cells_left.checked_sub(rows.len() * self.grid.width()) else {
            return false;
        };
        self.cells_left = left;
        for (column, cell) in self.grid.row(row).enumerate() {
            let Some((printed, decimals)) = number(cell) else {
                continue;
            };
            let (mut sum, mut count) = (0.0, 0usize);
            for row in rows {
                if let Some((number, _)) = number(self.grid.cell(*row, column)) {
                    sum += number;
                    count += 1;
                }
            }
            if count == 0 {
                continue;
            }
            let expected = expect(sum, count);
            // Printed figures are rounded, and so are those that they sum up.
            let slack = 0.5 * 10f64.powi(-decimals) + expected.abs() * 1e-6;
            if (printed - expected).abs() <= slack {
                right += 1
            } else {
                wrong += 1
            }
            if right + wrong >= COLUMNS {
                break;
            }
        }
        right > 0 && right >= wrong
    }
}

/// The rows of data behind the last total.
fn rows_since<'a>(data: &'a [usize], totals: &[usize]) -> &'a [usize] {
    let last = totals.last().map_or(0, |last| last + 1);
    let start = data.partition_point(|row| *row < last);
    data.get(start..).unwrap_or_default()
}

/// A number and the digits behind its point.
fn number(cell: Cell<'_>) -> Option<(f64, i32)> {
    let number = cell::number(cell)?.value.as_f64();
    let decimals = match cell {
        Cell::Text(text) => text
            .split_once('.')
            .map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count()),
        _ if number.fract() == 0.0 => 0,
        _ => 6,
    };
    Some((number, i32::try_from(decimals).unwrap_or(0)))
}
