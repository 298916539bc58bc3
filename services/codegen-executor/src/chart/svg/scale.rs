//! Values as pixels, with ticks at round numbers.

use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;
use schemas::value::Value;

use super::super::figure::Figure;
use super::{SMALL, text};
use crate::words::number;

/// An axis of values.
pub struct Scale {
    range: RangedCoordf64,
    ends: (f64, f64),
    pixels: (i32, i32),
}

impl Scale {
    /// From the lowest to the highest value, which lie at two places.
    pub fn new((low, high): (f64, f64), pixels: (i32, i32)) -> Self {
        let (low, high) = if high > low {
            (low, high)
        } else {
            (low, low + low.abs().max(1.0))
        };
        Self {
            range: (low..high).into(),
            ends: (low, high),
            pixels,
        }
    }

    /// The same, ended at round numbers.
    pub fn rounded(ends: (f64, f64), pixels: (i32, i32), ticks: usize) -> Self {
        let scale = Self::new(ends, pixels);
        let points = scale.range.key_points(ticks);
        let (low, high) = scale.ends;
        let step = match points.as_slice() {
            [first, second, ..] => second - first,
            _ => return scale,
        };
        Self::new(((low / step).floor() * step, (high / step).ceil() * step), pixels)
    }

    /// Where a value lies.
    pub fn at(&self, value: f64) -> i32 {
        self.range.map(&value, self.pixels)
    }

    /// Where the bars begin.
    pub fn zero(&self) -> i32 {
        self.at(0.0_f64.clamp(self.ends.0, self.ends.1))
    }

    /// At most so many round values, as the figure shows numbers.
    pub fn ticks(&self, figure: &Figure, most: usize) -> Vec<(i32, String)> {
        let (low, high) = self.ends;
        let points = self.range.key_points(most).into_iter();
        points
            .filter(|value| (low..=high).contains(value))
            .map(|value| {
                // What is left of zero after adding steps of a tenth.
                let value = if value.abs() < (high - low) * 1e-9 {
                    0.0
                } else {
                    value
                };
                (self.at(value), shown(figure, value))
            })
            .collect()
    }

    /// The width of the widest tick.
    pub fn widest(&self, figure: &Figure, most: usize) -> i32 {
        let ticks = self.ticks(figure, most);
        let widths = ticks.iter().map(|(_, label)| text::width(label, SMALL));
        widths.max().unwrap_or(0)
    }
}

fn shown(figure: &Figure, value: f64) -> String {
    let value = Value::finite(value);
    if figure.separators {
        number::grouped(&value)
    } else {
        number::plain(&value)
    }
}
