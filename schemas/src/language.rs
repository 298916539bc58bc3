//! The languages that questions come in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language that Contrail understands and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Language {
    /// Chinese as soon as the text has one Han character, else English.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}');
        if text.chars().any(han) { Self::Zh } else { Self::En }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_han_character_makes_it_chinese() {
        assert_eq!(Language::of("T2的销售额"), Language::Zh);
        assert_eq!(Language::of("sales of T2"), Language::En);
    }
}
