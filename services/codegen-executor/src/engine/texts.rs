//! The different texts of a table, which a planner looks for in questions.

use polars::prelude::*;
use schemas::table::{ColumnType, TableProfile};

/// How many texts are given at most, over all columns.
pub const MOST: usize = 50_000;
/// Bytes of all of them, as JSON.
pub const BYTES: usize = 6 << 20;
/// Longer ones are prose: nobody writes them out in a question.
pub const LONGEST: usize = 256;

/// The text columns, each with its different values in the order of the table, up to the limits.
///
/// # Errors
/// When a text column of the profile is not in the frame.
pub fn distinct(frame: &DataFrame, profile: &TableProfile) -> PolarsResult<Vec<(String, Vec<String>)>> {
    let mut columns = Vec::new();
    let (mut count, mut bytes) = (0, 0);
    for column in profile
        .columns
        .iter()
        .filter(|column| column.kind == ColumnType::Text)
    {
        let values = frame
            .column(&column.name)?
            .as_materialized_series()
            .unique_stable()?;
        let mut texts = Vec::new();
        for text in values.str()?.iter().flatten() {
            if text.len() > 4 * LONGEST || text.chars().count() > LONGEST {
                continue;
            }
            count += 1;
            bytes += super::cells::text_size(text);
            if count > MOST || bytes > BYTES {
                break;
            }
            texts.push(text.to_owned());
        }
        columns.push((column.name.clone(), texts));
    }
    Ok(columns)
}
