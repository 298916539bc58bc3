//! Columns of numbers that are truth values.

use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::headers;
use super::Column;

impl Column<'_> {
    /// Whether its whole numbers are 0 and 1 alone.
    #[must_use]
    pub fn is_flag(&self) -> bool {
        let (min, max) = (&self.profile.min, &self.profile.max);
        self.kind() == ColumnType::Int && (min, max) == (&Value::Int(0), &Value::Int(1))
    }

    /// Whether its header says of such numbers that they are truth values.
    #[must_use]
    pub fn holds_truths(&self) -> bool {
        self.is_flag() && headers::says_truth(self.name())
    }
}
