//! What words mean to a tenant: other names of columns, names of values, definitions of metrics.
//!
//! | module | what is in it |
//! |---|---|
//! | [`formula`] | the definition of a metric, read |
//! | [`check`] | what makes no sense in a glossary |

pub mod check;
pub mod formula;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Entries that a glossary may have.
pub const MAX_ENTRIES: usize = 500;
/// Characters of a term, and of what it stands for.
pub const MAX_TEXT: usize = 200;
/// Bytes that all of it may have: it is one record.
pub const MAX_BYTES: usize = 512 << 10;
/// Characters of a note.
pub const MAX_NOTE: usize = 500;

/// The glossary of a tenant. Kept in the bucket `glossary` as `<tenant>.entries`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Glossary {
    /// The entries, by term.
    #[schemars(length(max = 500))]
    pub entries: Vec<Entry>,
}

/// What one word or phrase means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The word or phrase, as it stands in questions; upper and lower case and width don't matter.
    #[schemars(length(min = 1, max = 200))]
    pub term: String,
    /// What it means.
    #[serde(flatten)]
    pub meaning: Meaning,
    /// What people should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub note: Option<String>,
}

/// What a term means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Meaning {
    /// It is another name of a column.
    Alias {
        /// The column, or another alias.
        #[schemars(length(min = 1, max = 200))]
        of: String,
    },
    /// It is another name of a value.
    Value {
        /// The value as it stands in the tables.
        #[schemars(length(min = 1, max = 200))]
        of: String,
        /// The column that holds it; none: any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1, max = 200))]
        column: Option<String>,
    },
    /// It is computed.
    Metric {
        /// How, from columns, aliases and other metrics, with `+ - * /` and brackets; a name with such signs in it stands in
        /// double quotes.
        #[schemars(length(min = 1, max = 200))]
        formula: String,
    },
}

impl Glossary {
    /// The entry of a term.
    #[must_use]
    pub fn get(&self, term: &str) -> Option<&Entry> {
        let folded = folded(term);
        self.entries
            .iter()
            .find(|entry| self::folded(&entry.term) == folded)
    }

    /// The same with an entry set, in the place of another one of that term.
    #[must_use]
    pub fn with(mut self, entry: Entry) -> Self {
        self = self.without(&entry.term);
        self.entries.push(entry);
        self.entries.sort_by(|left, right| left.term.cmp(&right.term));
        self
    }

    /// The same without the entry of a term.
    #[must_use]
    pub fn without(mut self, term: &str) -> Self {
        let folded = folded(term);
        self.entries.retain(|entry| self::folded(&entry.term) != folded);
        self
    }
}

impl Entry {
    /// What it stands for, as people write it.
    #[must_use]
    pub fn target(&self) -> &str {
        match &self.meaning {
            Meaning::Alias { of } | Meaning::Value { of, .. } => of,
            Meaning::Metric { formula } => formula,
        }
    }

    /// The whole entry in one line: `客单价 = 销售额 / 订单数`, `营收 → 销售额`.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.meaning {
            Meaning::Alias { of } | Meaning::Value { of, column: None } => format!("{} → {of}", self.term),
            Meaning::Value {
                of,
                column: Some(column),
            } => format!("{} → {column} = {of}", self.term),
            Meaning::Metric { formula } => format!("{} = {formula}", self.term),
        }
    }
}

/// A term as terms are compared: without blanks around it, in small letters, full-width letters and digits as narrow ones.
#[must_use]
pub fn folded(term: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    };
    term.trim()
        .chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alias(term: &str, of: &str) -> Entry {
        Entry {
            term: term.to_owned(),
            meaning: Meaning::Alias { of: of.to_owned() },
            note: None,
        }
    }

    #[test]
    fn a_term_is_there_once_however_it_is_written() {
        let glossary = Glossary::default()
            .with(alias("GMV", "sales"))
            .with(alias("ａｂ", "b"))
            .with(alias(" gmv ", "revenue"));
        assert_eq!(glossary.entries.len(), 2);
        assert_eq!(glossary.get("ＧＭＶ").unwrap().target(), "revenue");
        assert!(glossary.without("Gmv").get("gmv").is_none());
    }

    #[test]
    fn an_entry_is_flat_json() {
        let entry = alias("营收", "销售额");
        let json = r#"{"term":"营收","kind":"alias","of":"销售额"}"#;
        assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        assert_eq!(serde_json::from_str::<Entry>(json).unwrap(), entry);
        assert_eq!(entry.line(), "营收 → 销售额");
    }
}
