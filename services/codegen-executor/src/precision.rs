//! Computed floats by the digits that they can be trusted for.
//!
//! The last digits of a sum hang on the order in which it is added up. Two groups of the same sum shall tie, a value shall
//! not be above the mean of a column that holds nothing else, and what 0.1, 0.2 and -0.3 leave of each other is nothing. So
//! whatever compares or orders computed floats looks at twelve digits, and at none of what is small against the numbers
//! that it was computed from. What is shown keeps all of them.

use schemas::table::ColumnProfile;
use schemas::value::Value;

/// Of about sixteen that a float has; adding up a million numbers costs the last three or four.
const DIGITS: i32 = 12;
/// Powers of ten that a float can hold with room to spare.
const POWERS: i32 = 300;

/// What is left of numbers that should leave nothing, as a share of the largest of them.
const LEFT: f64 = 1e-13;

/// Below which size a number that was computed from a column is none.
#[must_use]
pub fn noise(column: &ColumnProfile) -> f64 {
    [&column.min, &column.max]
        .into_iter()
        .filter_map(Value::as_f64)
        .map(|number| LEFT * number.abs())
        .fold(0.0, f64::max)
}

/// A number by its first twelve digits; zero where it is not above the noise.
#[must_use]
pub fn significant(number: f64, noise: f64) -> f64 {
    if number.abs() <= noise {
        return 0.0;
    }
    if !number.is_finite() {
        return number;
    }
    #[expect(clippy::cast_possible_truncation, reason = "exponents of floats are small")]
    let exponent = number.abs().log10().floor() as i32;
    let places = DIGITS - 1 - exponent;
    if places.abs() > POWERS {
        return number;
    }
    let scale = 10f64.powi(places.abs());
    if places >= 0 {
        (number * scale).round() / scale
    } else {
        (number / scale).round() * scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_in_another_order_are_the_same() {
        for (left, right) in [
            (0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1),
            (9.999_999_999_999_999, 10.0),
            (-0.1 - 0.2, -0.3),
            (1e300 / 3.0 * 3.0, 1e300),
        ] {
            assert_eq!(
                significant(left, 0.0).to_bits(),
                significant(right, 0.0).to_bits(),
                "{left} {right}"
            );
        }
        assert!(significant(1.000_000_000_01, 0.0) > 1.0);
        assert!(significant(1e-320, 0.0) > 0.0);
        for nothing in [0.0, -0.0, 0.1 + 0.2 - 0.3] {
            assert_eq!(significant(nothing, 0.3 * LEFT).to_bits(), 0);
        }
    }
}
