//! The text values of a table, by their folded form, so that words of a question find them.

/// Which columns hold a text value.
#[derive(Debug, Clone, Default)]
pub struct ValueIndex {}

impl ValueIndex {
    /// Indexes the distinct values of text columns: (column name, its distinct values in order of appearance).
    #[must_use]
    pub fn new(_columns: Vec<(String, Vec<String>)>) -> Self {
        Self {}
    }
}
