//! The columns of one table, each typed, described and kept; those of a large table at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::{Column as Series, PolarsResult};
use schemas::overrides::ColumnOverride;
use schemas::table::{ColumnProfile, Decision};

use crate::frame;
use crate::grid::Grid;
use crate::header::Heading;
use crate::profile;
use crate::typing::{self, Column};

/// Cells from which on the columns are read at the same time.
const MANY: usize = 200_000;
/// Threads that read one table, at most.
const THREADS: usize = 4;

/// A column as it is kept, and what is known of it.
pub struct Kept {
    /// Its values.
    pub series: PolarsResult<Series>,
    /// What was found in it.
    pub profile: ColumnProfile,
    /// What was decided about it.
    pub decisions: Vec<Decision>,
}

impl From<Column<'_>> for Kept {
    fn from(column: Column<'_>) -> Self {
        Self {
            series: frame::to_series(&column),
            profile: profile::column(&column),
            decisions: column.decisions,
        }
    }
}

/// Threads that read one table.
pub(crate) fn threads() -> usize {
    let processors = std::thread::available_parallelism();
    processors.map_or(1, usize::from).min(THREADS)
}

/// Reads the rows of all columns, in the order of the headings. `year` is the one that the table's title says.
pub fn read(
    grid: &Grid,
    headings: &[Heading],
    rows: &[usize],
    year: Option<i32>,
    overrides: &[Option<ColumnOverride>],
) -> Vec<Kept> {
    let columns: Vec<(&Heading, Option<&ColumnOverride>)> = headings
        .iter()
        .zip(overrides.iter().map(Option::as_ref))
        .collect();
    let years = headings
        .iter()
        .find(|heading| {
            matches!(
                heading.name.to_lowercase().as_str(),
                "年" | "年份" | "年度" | "year"
            )
        })
        .map(|heading| heading.column);
    let read = |(heading, overrides): &(&Heading, Option<&ColumnOverride>)| {
        let context = typing::Context {
            year,
            years,
            overrides: *overrides,
        };
        Kept::from(typing::read(grid, heading, rows, &context))
    };
    let threads = threads();
    if threads < 2 || headings.len() < 2 || rows.len() * headings.len() < MANY {
        return columns.iter().map(read).collect();
    }
    // Some columns take much longer than others: each thread takes the next one when it has time.
    let next = AtomicUsize::new(0);
    let take = || {
        std::iter::from_fn(|| {
            let place = next.fetch_add(1, Ordering::Relaxed);
            Some((place, read(columns.get(place)?)))
        })
        .collect::<Vec<_>>()
    };
    let mut kept: Vec<Option<Kept>> = columns.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        for (place, column) in threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .flatten()
        {
            if let Some(kept) = kept.get_mut(place) {
                *kept = Some(column);
            }
        }
    });
    // What a thread had that could not end well is made up for here, where the same end is seen.
    let again = |(kept, column): (Option<Kept>, _)| kept.unwrap_or_else(|| read(column));
    kept.into_iter().zip(&columns).map(again).collect()
}
