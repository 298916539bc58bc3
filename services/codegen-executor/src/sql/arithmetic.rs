//! Functions of numbers for written queries.
//!
//! DataFusion has them too, behind a feature that brings thirty more and minutes of building. All of them are of floats;
//! what is not a finite number becomes missing, as everywhere.

use std::sync::Arc;

use datafusion::arrow::array::Float64Array;
use datafusion::arrow::datatypes::DataType::Float64;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::expr_fn::SimpleScalarUDF;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionImplementation, ScalarUDF, Signature, TypeSignature, Volatility, create_udf,
};

/// Decimals that can be asked for.
const DECIMALS: f64 = 15.0;

type Unary = (&'static str, fn(f64) -> f64);

const UNARY: [Unary; 11] = [
    ("abs", f64::abs),
    ("cbrt", f64::cbrt),
    ("ceil", f64::ceil),
    ("exp", f64::exp),
    ("floor", f64::floor),
    ("ln", f64::ln),
    ("log10", f64::log10),
    ("log2", f64::log2),
    ("sign", |number| if number == 0.0 { 0.0 } else { number.signum() }),
    ("sqrt", f64::sqrt),
    ("trunc", f64::trunc),
];

/// The functions for a session.
pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    let unary = UNARY.into_iter().map(|(name, function)| {
        let apply = implementation(move |number, _| function(number));
        create_udf(name, vec![Float64], Float64, Volatility::Immutable, apply)
    });
    let power = implementation(|base, exponent| base.powf(exponent.unwrap_or(1.0)));
    let power = create_udf(
        "power",
        vec![Float64, Float64],
        Float64,
        Volatility::Immutable,
        power,
    );
    let one_or_two = vec![
        TypeSignature::Exact(vec![Float64]),
        TypeSignature::Exact(vec![Float64, Float64]),
    ];
    let round = SimpleScalarUDF::new_with_signature(
        "round",
        Signature::one_of(one_or_two, Volatility::Immutable),
        Float64,
        implementation(|number, decimals| round(number, decimals.unwrap_or(0.0))),
    );
    unary
        .chain([power, ScalarUDF::from(round)])
        .map(Arc::new)
        .collect()
}

/// A number by so many decimals, halves away from zero.
fn round(number: f64, decimals: f64) -> f64 {
    let scale = 10_f64.powf(decimals.trunc().clamp(-DECIMALS, DECIMALS));
    let scaled = number * scale;
    if scaled.is_finite() {
        scaled.round() / scale
    } else {
        number
    }
}

/// A function of one number, or of two, row by row; of a missing number it is missing.
fn implementation(
    function: impl Fn(f64, Option<f64>) -> f64 + Send + Sync + 'static,
) -> ScalarFunctionImplementation {
    Arc::new(move |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let finite = |number: f64| number.is_finite().then_some(number);
        let numbers: Float64Array = match arrays.as_slice() {
            [first, second] => {
                let pairs = as_float64_array(first)?.iter().zip(as_float64_array(second)?);
                pairs
                    .map(|(first, second)| finite(function(first?, Some(second?))))
                    .collect()
            }
            [first] => as_float64_array(first)?
                .iter()
                .map(|number| finite(function(number?, None)))
                .collect(),
            _ => Float64Array::from(Vec::<f64>::new()),
        };
        Ok(ColumnarValue::Array(Arc::new(numbers)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_decimals() {
        for (number, decimals, expected) in [
            (2.5, 0.0, 3.0),
            (-2.5, 0.0, -3.0),
            (1.2345, 2.0, 1.23),
            (1250.0, -2.0, 1300.0),
            (1e300, 15.0, 1e300),
        ] {
            assert_eq!(round(number, decimals), expected, "{number} {decimals}");
        }
    }
}
