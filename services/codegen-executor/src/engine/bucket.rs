//! Calendar spans as group keys: numbers while grouping, so that rows are told apart and ordered fast; text in the end.

use polars::prelude::*;
use schemas::plan::Bucket;
use schemas::value::Value;

/// The span of each value of a column of days or moments, as a number that grows with time; a day as itself.
pub fn code(values: Expr, bucket: Bucket) -> Expr {
    let whole = |part: Expr| part.cast(DataType::Int32);
    match bucket {
        Bucket::Year => whole(values.dt().year()),
        Bucket::Quarter => whole(values.clone().dt().year()) * lit(4) + whole(values.dt().quarter()) - lit(1),
        Bucket::Month => whole(values.clone().dt().year()) * lit(12) + whole(values.dt().month()) - lit(1),
        Bucket::Week => whole(values.clone().dt().iso_year()) * lit(100) + whole(values.dt().week()),
        Bucket::Day => values.cast(DataType::Date),
    }
}

/// A span as it is shown.
#[must_use]
pub fn shown(code: Value, bucket: Bucket) -> Value {
    let Value::Int(number) = code else { return code };
    Value::Text(match bucket {
        Bucket::Year | Bucket::Day => format!("{number:04}"),
        Bucket::Quarter => format!("{:04}-Q{}", number.div_euclid(4), number.rem_euclid(4) + 1),
        Bucket::Month => format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
        Bucket::Week => format!("{:04}-W{:02}", number.div_euclid(100), number.rem_euclid(100)),
    })
}
