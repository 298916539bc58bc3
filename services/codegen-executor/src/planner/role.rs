//! The parts that words of the lexicon play in a question.

use schemas::plan::{Aggregate, Bucket, Comparison};

use super::lexicon::Concept;

/// A part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A function, before what it is over.
    Aggregate(Aggregate),
    /// A function, behind what it is over.
    AggregateAfter(Aggregate),
    /// A superlative.
    Extreme {
        /// The largest.
        descending: bool,
    },
    /// A superlative of a column, or of how many there are.
    Most {
        /// The most.
        descending: bool,
    },
    /// A superlative that says of what.
    ExtremeOf {
        /// Of what.
        concept: Concept,
        /// The largest.
        descending: bool,
    },
    /// The most, or least, frequent.
    Modal {
        /// The most frequent.
        descending: bool,
    },
    /// A comparison, before its number.
    Compare(Comparison),
    /// A comparison with what stands before it: "比 … 高".
    More(Comparison),
    /// A comparison that says of what, alone: "heavier", 贵.
    DegreeOf {
        /// Of what.
        concept: Concept,
        /// More of it.
        descending: bool,
    },
    /// Which place: "second".
    Nth(u32),
    /// A comparison, behind its number.
    CompareAfter(Comparison),
    /// A comparison that says of what.
    CompareOf(Concept, Comparison),
    /// A unit behind a number.
    Unit(Unit),
    /// A calendar span.
    Bucket(Bucket),
    /// A calendar span that says that it is grouped by.
    BucketEach(Bucket),
    /// Carries no meaning.
    Filler,
    /// Any other word that shapes a question.
    Word(&'static str),
}

/// What a number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whatever the column holds.
    Plain,
    /// Money.
    Money,
    /// One of several sizes of the same kind: kilograms, tonnes.
    Sized(usize),
    /// Days, months: as many are no things to show.
    Time,
    /// Something that only one concept is measured in.
    Of(Concept),
}

/// Keys of the section `word` in the word files; each is also the name that rules know it by.
const WORDS: [&str; 95] = [
    "count",
    "how_much",
    "quantity",
    "distinct",
    "each",
    "by",
    "sort",
    "ascending",
    "descending",
    "highest_first",
    "lowest_first",
    "alphabetical",
    "reverse_alphabetical",
    "oldest_first",
    "youngest_first",
    "latest_first",
    "earliest_first",
    "top",
    "bottom",
    "between",
    "to",
    "middle",
    "and",
    "or",
    "not",
    "except",
    "except_after",
    "is",
    "of",
    "de",
    "with",
    "in",
    "from",
    "from_after",
    "toward",
    "toward_after",
    "contains",
    "starts",
    "ends",
    "before",
    "after",
    "since",
    "until",
    "list",
    "which",
    "who",
    "all",
    "row",
    "person",
    "missing",
    "present",
    "without",
    "respectively",
    "altogether",
    "both",
    "cumulative",
    "scale",
    "count_people",
    "nor",
    "class_after",
    "id_word",
    "ordinal",
    "reckoned",
    "highest",
    "lowest",
    "percent",
    "share",
    "occupy",
    "growth",
    "growth_rate",
    "than",
    "year_before",
    "period_before",
    "divided",
    "ratio",
    "difference",
    "amount_word",
    "price_word",
    "and_its",
    "same",
    "combined",
    "quantity_of",
    "first",
    "last",
    "kind_word",
    "each_kind",
    "name_word",
    "id_alone",
    "minus",
    "plus",
    "multiplied",
    "days",
    "round",
    "decimals",
    "whole_number",
];

impl Role {
    /// The role of a key of the section `word`.
    #[must_use]
    pub fn named(key: &str) -> Option<Self> {
        WORDS
            .iter()
            .find(|word| **word == key)
            .map(|word| Self::Word(word))
    }

    /// Whether rules may name a role so.
    #[cfg(test)]
    pub fn is_name(name: &str) -> bool {
        const OTHERS: [&str; 16] = [
            "degree_of",
            "nth",
            "more",
            "most",
            "bucket_each",
            "aggregate",
            "aggregate_after",
            "extreme",
            "extreme_of",
            "modal",
            "compare",
            "compare_after",
            "compare_of",
            "unit",
            "bucket",
            "filler",
        ];
        WORDS.contains(&name) || OTHERS.contains(&name)
    }

    /// The name that rules know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aggregate(_) => "aggregate",
            Self::AggregateAfter(_) => "aggregate_after",
            Self::Extreme { .. } => "extreme",
            Self::Most { .. } => "most",
            Self::ExtremeOf { .. } => "extreme_of",
            Self::Modal { .. } => "modal",
            Self::Compare(_) => "compare",
            Self::CompareAfter(_) => "compare_after",
            Self::More(_) => "more",
            Self::DegreeOf { .. } => "degree_of",
            Self::Nth(_) => "nth",
            Self::CompareOf(..) => "compare_of",
            Self::Unit(_) => "unit",
            Self::Bucket(_) => "bucket",
            Self::BucketEach(_) => "bucket_each",
            Self::Filler => "filler",
            Self::Word(word) => word,
        }
    }
}
