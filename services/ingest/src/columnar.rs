//! Parquet: the file says the types of its columns itself, so that nothing is guessed.

use std::borrow::Cow;
use std::io::Cursor;

use chrono::DateTime;
use std::sync::Arc;

use polars::prelude::{
    AnyValue, ArrowDataType, Column as Series, DataType, FileMetadata, ParquetReader, PolarsError, SerReader,
    TimeUnit,
};
use schemas::file::RejectionCode;
use schemas::table::Decision;

use crate::limits::{Limits, too_large};
use crate::rejected::Rejected;
use crate::typing::{Column, Values};

/// A table as it was read.
pub struct Table {
    /// Its columns, in order.
    pub columns: Vec<Column<'static>>,
    /// How many rows it has.
    pub rows: usize,
    /// What was decided.
    pub decisions: Vec<Decision>,
}

/// Reads a Parquet file.
///
/// # Errors
/// [`Rejected`] when it is damaged or too large, or has neither rows nor columns.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Rejected> {
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let metadata = reader.get_metadata().map_err(|error| damaged(&error))?;
    let rows = metadata.num_rows;
    let unpacked: u64 = metadata
        .row_groups
        .iter()
        .map(|group| u64::try_from(group.total_byte_size()).unwrap_or(u64::MAX))
        .fold(0, u64::saturating_add);
    let columns = metadata.schema().fields().len();
    let most = |what: &str, found: usize, most: usize| match found > most {
        true => Err(too_large("the file", what, found as u64, most as u64)),
        false => Ok(()),
    };
    most("rows", rows, limits.rows)?;
    most("columns", columns, limits.columns)?;
    most("cells", rows.saturating_mul(columns), limits.cells)?;
    if unpacked > limits.unpacked_bytes {
        return Err(too_large(
            "the unpacked file",
            "bytes",
            unpacked,
            limits.unpacked_bytes,
        ));
    }
    if rows == 0 || columns == 0 {
        let what = if rows == 0 { "rows" } else { "columns" };
        return Err(Rejected::new(
            RejectionCode::NoRows,
            format!("the file has no {what}; expected at least one"),
        ));
    }
    // Dictionaries, which a file's writer may have used, are texts without what it says of them.
    let mut plain = FileMetadata::clone(metadata);
    plain.key_value_metadata = None;
    reader.set_metadata(Arc::new(plain));
    let schema = reader.schema().map_err(|error| damaged(&error))?;
    let (mut chosen, mut decisions) = (Vec::new(), Vec::new());
    for (place, (name, field)) in schema.iter().enumerate() {
        if is_known(&field.dtype) {
            chosen.push(place);
        } else {
            decisions.push(Decision {
                about: format!("type of {name}"),
                chosen: "left out".into(),
                because: format!("its type ({:?}) can't be read yet", field.dtype),
            });
        }
    }
    if chosen.is_empty() {
        return Err(Rejected::new(
            RejectionCode::NoRows,
            format!(
                "none of the {columns} columns has a type that can be read; expected numbers, texts, days or truth values"
            ),
        ));
    }
    let frame = reader
        .with_projection(Some(chosen))
        .finish()
        .map_err(|error| damaged(&error))?;
    decisions.push(Decision {
        about: "types".into(),
        chosen: "as the file says".into(),
        because: "a Parquet file names the types of its columns".into(),
    });
    let mut columns = Vec::with_capacity(frame.width());
    for series in frame.columns() {
        let column = column(series)?;
        decisions.extend(column.decisions.iter().cloned());
        columns.push(column);
    }
    Ok(Table {
        columns,
        rows: frame.height(),
        decisions,
    })
}

fn is_known(kind: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    match kind {
        A::Boolean
        | A::Int32
        | A::Int64
        | A::UInt32
        | A::UInt64
        | A::Float32
        | A::Float64
        | A::Date32
        | A::Timestamp(..)
        | A::Utf8
        | A::LargeUtf8
        | A::Utf8View
        | A::Binary
        | A::LargeBinary
        | A::BinaryView => true,
        A::List(inner) | A::LargeList(inner) => is_known(&inner.dtype),
        _ => false,
    }
}

fn damaged(error: &PolarsError) -> Rejected {
    Rejected::new(
        RejectionCode::Corrupt,
        format!(
            "the Parquet file is damaged, broken off or of an unknown kind ({error}); expected a whole one"
        ),
    )
}

fn column(series: &Series) -> Result<Column<'static>, Rejected> {
    let name = series.name().to_string();
    let place = format!("column {name:?}");
    let cast = |to: &DataType| series.cast(to).map_err(|error| damaged(&error).at(place.clone()));
    let mut because = format!("the file says {}", series.dtype());
    let values = match series.dtype() {
        DataType::Boolean => {
            let values = series.bool().map_err(|error| damaged(&error))?;
            Values::Bool(values.iter().collect())
        }
        DataType::Int32 | DataType::Int64 | DataType::UInt32 => Values::Int(ints(&cast(&DataType::Int64)?)?),
        DataType::UInt64 => {
            let values = ints(&cast(&DataType::Int64)?)?;
            if values.iter().filter(|value| value.is_none()).count() > series.null_count() {
                because = format!("{because}, and some are too large for a number: they are kept as written");
                texts(series)
            } else {
                Values::Int(values)
            }
        }
        DataType::Float32 | DataType::Float64 => {
            let wide = cast(&DataType::Float64)?;
            let floats = wide.f64().map_err(|error| damaged(&error))?;
            let (mut values, mut lost) = (Vec::with_capacity(floats.len()), 0u64);
            for value in floats.iter() {
                let finite = value.filter(|value| value.is_finite());
                lost += u64::from(finite.is_none() && value.is_some());
                values.push(finite);
            }
            if lost > 0 {
                because = format!("{because}; {lost} values are not finite and count as missing");
            }
            Values::Float(values)
        }
        DataType::Date => {
            let days = cast(&DataType::Int32)?;
            let days = days.i32().map_err(|error| damaged(&error))?;
            let read = |days: i32| Some(DateTime::from_timestamp(i64::from(days) * 86_400, 0)?.date_naive());
            Values::Date(days.iter().map(|day| day.and_then(read)).collect())
        }
        DataType::Datetime(_, zone) => {
            if let Some(zone) = zone {
                because = format!("{because}; kept in UTC, not in {zone}");
            }
            let millis = cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?
                .cast(&DataType::Int64)
                .map_err(|error| damaged(&error))?;
            let read = |millis: i64| Some(DateTime::from_timestamp_millis(millis)?.naive_utc());
            Values::Datetime(
                ints(&millis)?
                    .into_iter()
                    .map(|value| value.and_then(read))
                    .collect(),
            )
        }
        DataType::String => texts(series),
        other => {
            because = format!("the file says {other}, which has no type of its own here: it is kept as text");
            texts(series)
        }
    };
    Ok(Column {
        decisions: vec![Decision {
            about: format!("type of {name}"),
            chosen: crate::typing::name_of(values.kind()).into(),
            because,
        }],
        unit: crate::unit::in_header(&name).filter(|_| values.kind().is_number()),
        name,
        values,
        unparsed: Vec::new(),
        unparsed_count: 0,
    })
}

fn ints(series: &Series) -> Result<Vec<Option<i64>>, Rejected> {
    let values = series.i64().map_err(|error| damaged(&error))?;
    Ok(values.iter().collect())
}

fn texts(series: &Series) -> Values<'static> {
    let text = |row: usize| match series.get(row).ok()? {
        AnyValue::Null => None,
        AnyValue::Binary(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        value => Some(value.get_str().map_or_else(|| value.to_string(), str::to_owned)),
    };
    let missing = |text: &String| !text.trim().is_empty();
    Values::Text(
        (0..series.len())
            .map(|row| text(row).filter(missing).map(Cow::Owned))
            .collect(),
    )
}
