//! The words that the planner knows, from the data files in `lexicon/`.

mod files;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::role::Role;
use super::stem::stem;
use files::load;

/// An idea that has words in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Concept(u32);

/// What a word or phrase may stand for.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The parts that it may play.
    pub roles: Vec<Role>,
    /// The ideas that it may name.
    pub concepts: Vec<Concept>,
    /// The ideas that it speaks of as a verb: "sold" of sales.
    pub verbs: Vec<Concept>,
    /// Carries no meaning at the start of a question.
    pub first: bool,
    /// Tells what rows do anyway: "rode" of trips.
    pub activity: bool,
    /// Carries no meaning unless a table knows one of these ideas.
    pub unless: Vec<Concept>,
    /// Known only as written, in capitals: `US` is a country and `us` is not.
    pub capitals: bool,
}

/// All words.
#[derive(Debug, Default)]
pub struct Lexicon {
    entries: HashMap<String, Entry>,
    heads: HashMap<String, Concept>,
    abbreviations: HashMap<String, Concept>,
    traits: HashMap<&'static str, HashSet<Concept>>,
    unit_sizes: HashMap<String, usize>,
    measuring_units: HashSet<String>,
    additive_endings: Vec<String>,
    not_additive_endings: Vec<String>,
    following_first: Vec<String>,
    following_last: Vec<String>,
    following: Vec<String>,
    table_words: HashSet<String>,
    decisive: HashSet<String>,
    rows_of: Vec<RowsOf>,
    stand_in: HashMap<Concept, Vec<(Concept, bool)>>,
    coded: HashMap<Concept, HashMap<String, Concept>>,
    bound: HashMap<String, Vec<Concept>>,
    things: HashMap<Concept, Thing>,
    /// Characters of the longest Chinese word, words of the longest English phrase.
    longest: (usize, usize),
}

/// What a name or a number belongs to: the receipt of a receipt number.
#[derive(Debug, Clone)]
pub struct Thing {
    /// The thing.
    pub concept: Concept,
    /// Its head word.
    pub head: String,
    /// Whether it is named and not numbered.
    pub named: bool,
}

/// What rows may be called.
#[derive(Debug, Clone)]
pub struct RowsOf {
    /// Whether that are people.
    pub people: bool,
    /// What they are.
    pub concept: Concept,
    /// Its head word.
    pub head: String,
    /// What a table is about whose rows may be called so.
    matters: Vec<Concept>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| load().unwrap_or_default());

/// The lexicon; read once. A test shows that the files are well-formed.
#[must_use]
pub fn lexicon() -> &'static Lexicon {
    &LEXICON
}

/// Where a phrase has to stand to say that a question goes on from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Following {
    /// At its beginning.
    First,
    /// At its end, where nothing else asks.
    Last,
    /// Anywhere.
    Anywhere,
}

impl Lexicon {
    /// The entry of a folded word or phrase, as it stands or with its English words stemmed.
    #[must_use]
    pub fn get(&self, folded: &str) -> Option<&Entry> {
        self.entries.get(folded)
    }

    /// Looks a phrase up as it stands and by its stems; what the plain form says comes first.
    #[must_use]
    pub fn find(&self, folded: &str, stemmed: &str, capitals: bool) -> Option<Entry> {
        let usable = |entry: &&Entry| !entry.capitals || capitals;
        let plain = self.entries.get(folded).filter(usable);
        let by_stem = if folded == stemmed {
            None
        } else {
            self.entries.get(stemmed).filter(usable)
        };
        match (plain, by_stem) {
            (None, None) => None,
            (Some(entry), None) => Some(entry.clone()),
            // A role word is known in the very form that is listed, but any form names an idea.
            (None, Some(entry)) => Some(Entry {
                roles: Vec::new(),
                ..entry.clone()
            }),
            (Some(plain), Some(by_stem)) => {
                let mut both = plain.clone();
                both.first |= by_stem.first;
                for concept in &by_stem.concepts {
                    if !both.concepts.contains(concept) {
                        both.concepts.push(*concept);
                    }
                }
                Some(both)
            }
        }
    }

    /// The concept with this head word.
    #[must_use]
    pub fn concept(&self, head: &str) -> Option<Concept> {
        self.heads.get(head).copied()
    }

    /// What is named or numbered by a concept.
    #[must_use]
    pub fn thing(&self, concept: Concept) -> Option<&Thing> {
        self.things.get(&concept)
    }

    /// What a short form in a header stands for.
    #[must_use]
    pub fn abbreviation(&self, short: &str) -> Option<Concept> {
        self.abbreviations.get(short).copied()
    }

    /// Whether a concept is of a kind, for instance `additive`.
    #[must_use]
    pub fn is(&self, kind: &str, concept: Concept) -> bool {
        self.traits
            .get(kind)
            .is_some_and(|concepts| concepts.contains(&concept))
    }

    /// Whether some of the concepts are of a kind.
    #[must_use]
    pub fn any_is(&self, kind: &str, concepts: &[Concept]) -> bool {
        concepts.iter().any(|concept| self.is(kind, *concept))
    }

    /// Which size of its kind a unit is.
    #[must_use]
    pub fn unit_size(&self, unit: &str) -> Option<usize> {
        self.unit_sizes.get(unit).copied()
    }

    /// Whether a word is a unit that something is measured in, and not one that things are counted in.
    #[must_use]
    pub fn is_measuring_unit(&self, word: &str) -> bool {
        self.measuring_units.contains(word)
    }

    /// Whether a Chinese header ends like one of what can be summed.
    #[must_use]
    pub fn ends_additive(&self, header: &str) -> bool {
        let ends = |endings: &[String]| endings.iter().any(|ending| header.ends_with(ending.as_str()));
        ends(&self.additive_endings) && !ends(&self.not_additive_endings)
    }

    /// Phrases that say that a question goes on from another one, by where they stand in it.
    #[must_use]
    pub fn following(&self, place: Following) -> &[String] {
        match place {
            Following::First => &self.following_first,
            Following::Last => &self.following_last,
            Following::Anywhere => &self.following,
        }
    }

    /// Whether a word in the name of a file says nothing of its rows.
    #[must_use]
    pub fn is_table_word(&self, word: &str) -> bool {
        self.table_words.contains(word)
    }

    /// Whether a word in a header changes what the column holds.
    #[must_use]
    pub fn is_decisive(&self, word: &str) -> bool {
        self.decisive.contains(word)
    }

    /// What rows about a matter may be called: patients of a ward, readings of a meter.
    pub fn rows_of(&self, matter: Concept) -> impl Iterator<Item = &RowsOf> {
        self.rows_of
            .iter()
            .filter(move |rows| rows.matters.contains(&matter))
    }

    /// Concepts that may stand in for another one; true: in the opposite direction.
    #[must_use]
    pub fn stand_ins(&self, concept: Concept) -> &[(Concept, bool)] {
        self.stand_in.get(&concept).map_or(&[], Vec::as_slice)
    }

    /// What a short code means in a column of some concepts.
    #[must_use]
    pub fn coded(&self, column: &[Concept], code: &str) -> Option<Concept> {
        column
            .iter()
            .find_map(|concept| self.coded.get(concept)?.get(code).copied())
    }

    /// What a single Chinese character stands for at the end of a compound: 高 of 塔高.
    #[must_use]
    pub fn bound(&self, character: &str) -> &[Concept] {
        self.bound.get(character).map_or(&[], Vec::as_slice)
    }

    /// Characters of the longest Chinese word and words of the longest English phrase.
    #[must_use]
    pub fn longest(&self) -> (usize, usize) {
        self.longest
    }
}

/// A phrase with each English word stemmed.
#[must_use]
pub fn stem_phrase(folded: &str) -> String {
    folded.split(' ').map(stem).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::files::Sections;
    use super::*;

    #[test]
    fn the_files_are_well_formed_and_every_key_names_a_role() {
        let lexicon = load().unwrap();
        for words in [
            include_str!("../../lexicon/words_en.toml"),
            include_str!("../../lexicon/words_zh.toml"),
        ] {
            let sections: Sections = toml::from_str(words).unwrap();
            for (section, keys) in &sections {
                for key in keys.keys() {
                    assert!(lexicon.role(section, key).is_some(), "{section}.{key}");
                }
            }
        }
        assert!(lexicon.heads.len() > 600);
    }

    #[test]
    fn languages_meet_in_a_concept() {
        let concepts = |word: &str| {
            lexicon()
                .get(word)
                .map(|entry| entry.concepts.clone())
                .unwrap_or_default()
        };
        for (zh, en) in [
            ("年龄", "age"),
            ("法国", "french"),
            ("销售额", "revenue"),
            ("航站楼", "terminal"),
        ] {
            assert!(
                concepts(zh).iter().any(|concept| concepts(en).contains(concept)),
                "{zh} {en}"
            );
        }
    }
}
