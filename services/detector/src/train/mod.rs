//! Fitting: from labelled texts to weights, calibrations, and how good they are.

pub mod calibrate;
pub mod corpus;
pub mod data;
pub mod fit;
pub mod folds;
pub mod groups;
pub mod informed;
pub mod logistic;
pub mod readings;
pub mod source;
pub mod stack;
pub mod trials;

pub use data::{DataError, Record, records};
pub use fit::{FitError, Settings, fit};
pub use readings::Readings;
pub use source::Source;
