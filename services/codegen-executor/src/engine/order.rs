//! Order, limit and ties.

use polars::prelude::*;
use schemas::plan::Limit;

/// Sorts a frame by some of its columns, (name, descending): missing values last, ties in the order they came.
/// Then keeps the first rows, with those that tie with the last of them where that is wanted.
///
/// # Errors
/// When the frame has no such column.
pub fn cut(frame: DataFrame, keys: &[(String, bool)], limit: Option<Limit>) -> PolarsResult<DataFrame> {
    if let Some(limit) = limit.filter(|limit| limit.skip > 0 && !keys.is_empty()) {
        return behind(&sort(&frame, keys)?, keys, limit);
    }
    let wanted = limit.map(|limit| limit.rows as usize);
    let sorted = match (keys.first(), wanted) {
        (None, _) => frame,
        (Some(first), Some(wanted)) if wanted < frame.height() => {
            let candidates = candidates(frame, first, wanted)?;
            sort(&candidates, keys)?
        }
        (Some(_), _) => sort(&frame, keys)?,
    };
    let Some(wanted) = wanted.filter(|wanted| *wanted < sorted.height()) else {
        return Ok(sorted);
    };
    let ties = limit.is_some_and(|limit| limit.ties) && !keys.is_empty();
    let kept = if ties {
        with_ties(&sorted, keys, wanted)?
    } else {
        wanted
    };
    Ok(sorted.head(Some(kept)))
}

fn sort(frame: &DataFrame, keys: &[(String, bool)]) -> PolarsResult<DataFrame> {
    let options = SortMultipleOptions::new()
        .with_order_descending_multi(keys.iter().map(|(_, descending)| *descending))
        .with_nulls_last_multi(keys.iter().map(|_| true))
        .with_maintain_order(true);
    frame.sort(keys.iter().map(|(name, _)| name.as_str()), options)
}

/// Drops the rows that the first key alone puts behind the wanted ones, so that few are left to sort.
fn candidates(
    frame: DataFrame,
    (name, descending): &(String, bool),
    wanted: usize,
) -> PolarsResult<DataFrame> {
    let key = frame.column(name)?.clone();
    let options = SortMultipleOptions::new()
        .with_order_descending(*descending)
        .with_nulls_last(true);
    let first = DataFrame::new(key.len(), vec![key.clone()])?
        .lazy()
        .sort([name.as_str()], options)
        .limit(IdxSize::try_from(wanted).unwrap_or(IdxSize::MAX))
        .collect()?;
    let last = first.column(name)?.slice(-1, 1);
    if last.is_empty() || last.null_count() > 0 {
        return Ok(frame);
    }
    let mask = if *descending {
        key.gt_eq(&last)?
    } else {
        key.lt_eq(&last)?
    };
    frame.filter(&mask)
}

/// How many rows of a sorted frame to keep so that none ties with the last.
fn with_ties(sorted: &DataFrame, keys: &[(String, bool)], wanted: usize) -> PolarsResult<usize> {
    let columns = keys
        .iter()
        .map(|(name, _)| Ok(sorted.column(name)?.as_materialized_series().clone()))
        .collect::<PolarsResult<Vec<_>>>()?;
    let mut kept = wanted;
    'rows: while kept < sorted.height() {
        for column in &columns {
            if column.get(kept)? != column.get(wanted - 1)? {
                break 'rows;
            }
        }
        kept += 1;
    }
    Ok(kept)
}

/// The rows of a sorted frame with the values that come behind those that are passed over.
fn behind(sorted: &DataFrame, keys: &[(String, bool)], limit: Limit) -> PolarsResult<DataFrame> {
    let mut start = 0;
    for _ in 0..limit.skip {
        if start < sorted.height() {
            start = with_ties(sorted, keys, start + 1)?;
        }
    }
    let mut end = start;
    for _ in 0..limit.rows {
        if end < sorted.height() {
            end = with_ties(sorted, keys, end + 1)?;
        }
    }
    let first = i64::try_from(start).unwrap_or(i64::MAX);
    Ok(sorted.slice(first, end - start))
}
