//! One cell.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A cell of an answer or a constant of a plan: a JSON scalar. Days and moments are ISO 8601 text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A missing value.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number; what is not finite is [`Value::Null`].
    Float(f64),
    /// Text, or a day or moment in ISO 8601.
    Text(String),
}

impl Value {
    /// A float, or null where it is not finite: JSON has no NaN.
    #[must_use]
    pub fn finite(number: f64) -> Self {
        if number.is_finite() {
            Self::Float(number)
        } else {
            Self::Null
        }
    }

    /// The number in this cell, if it holds one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a comparison of magnitudes")]
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Null | Self::Bool(_) | Self::Text(_) => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
