//! The lexicon out of its data files.

use std::collections::BTreeMap;

use schemas::plan::{Aggregate, Bucket, Comparison};
use serde::Deserialize;

use super::super::fold::{fold, is_han};
use super::super::role::{Role, Unit};
use super::{Concept, Entry, Lexicon, RowsOf, Thing, stem_phrase};

pub(super) type Sections = BTreeMap<String, BTreeMap<String, Vec<String>>>;

#[derive(Debug, Default, Deserialize)]
struct Nouns {
    nouns: BTreeMap<String, Vec<String>>,
    abbreviations: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
struct Traits {
    additive: Vec<String>,
    monetary: Vec<String>,
    spent: Vec<String>,
    earned: Vec<String>,
    headcount: Vec<String>,
    additive_endings: Vec<String>,
    not_additive_endings: Vec<String>,
    following_first: Vec<String>,
    following_last: Vec<String>,
    following: Vec<String>,
    naming: Vec<String>,
    identifier: Vec<String>,
    generic: Vec<String>,
    person: Vec<String>,
    personal: Vec<String>,
    measured: Vec<String>,
    origin: Vec<String>,
    destination: Vec<String>,
    table_words: Vec<String>,
    decisive: Vec<String>,
    people_of: BTreeMap<String, Vec<String>>,
    rows_of: BTreeMap<String, Vec<String>>,
    stand_in: BTreeMap<String, Vec<String>>,
    coded: BTreeMap<String, BTreeMap<String, String>>,
    bound: BTreeMap<String, Vec<String>>,
    unit_sizes: Vec<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
struct Verbs {
    neutral: BTreeMap<String, Vec<String>>,
    neutral_first: BTreeMap<String, Vec<String>>,
    neutral_unless: Vec<Unless>,
    activities: BTreeMap<String, Vec<String>>,
    verbs: BTreeMap<String, Vec<String>>,
    restricting: BTreeMap<String, Vec<String>>,
    measure_words: BTreeMap<String, Vec<String>>,
    units: BTreeMap<String, Vec<String>>,
    which_words: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
struct CommonVerbs {
    verbs: BTreeMap<String, Vec<String>>,
    activities: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
struct Unless {
    words: Vec<String>,
    heads: Vec<String>,
}

pub(super) fn load() -> Result<Lexicon, toml::de::Error> {
    let mut lexicon = Lexicon::default();
    let nouns: Nouns = toml::from_str(include_str!("../../../lexicon/nouns.toml"))?;
    let common: Sections = toml::from_str(include_str!("../../../lexicon/nouns_common.toml"))?;
    for (head, words) in nouns.nouns.iter().chain(common.values().flatten()) {
        lexicon.add_concept(head, words);
    }
    let places: Sections = toml::from_str(include_str!("../../../lexicon/places.toml"))?;
    for (head, words) in places.values().flatten() {
        lexicon.add_concept(head, words);
    }
    for words in [
        include_str!("../../../lexicon/words_en.toml"),
        include_str!("../../../lexicon/words_zh.toml"),
    ] {
        let sections: Sections = toml::from_str(words)?;
        for (section, keys) in &sections {
            for (key, words) in keys {
                if let Some(role) = lexicon.role(section, key) {
                    for word in words {
                        lexicon.entry(word, |entry| entry.roles.push(role));
                    }
                }
            }
        }
    }
    for (short, head) in &nouns.abbreviations {
        if let Some(concept) = lexicon.concept(head) {
            lexicon.abbreviations.insert(short.clone(), concept);
        }
    }
    lexicon.add_things();
    lexicon.add_traits(toml::from_str(include_str!("../../../lexicon/traits.toml"))?);
    lexicon.add_verbs(&toml::from_str(include_str!("../../../lexicon/verbs.toml"))?);
    let common: CommonVerbs = toml::from_str(include_str!("../../../lexicon/verbs_common.toml"))?;
    lexicon.add_activities(&common.activities);
    lexicon.add_spoken(&common.verbs);
    Ok(lexicon)
}

impl Lexicon {
    fn entry(&mut self, word: &str, change: impl Fn(&mut Entry)) {
        let folded = fold(word);
        let han = folded.chars().any(is_han);
        self.longest.0 = self.longest.0.max(if han { folded.chars().count() } else { 0 });
        self.longest.1 = self.longest.1.max(folded.split(' ').count());
        let stemmed = stem_phrase(&folded);
        let capitals =
            word.len() <= 3 && !han && word.len() > 1 && word.bytes().all(|b| b.is_ascii_uppercase());
        for form in [Some(&folded), (stemmed != folded).then_some(&stemmed)]
            .into_iter()
            .flatten()
        {
            let entry = self.entries.entry(form.clone()).or_default();
            let fresh = entry.roles.is_empty() && entry.concepts.is_empty() && entry.verbs.is_empty();
            entry.capitals = capitals && (fresh || entry.capitals);
            change(entry);
        }
    }

    fn add_concept(&mut self, head: &str, words: &[String]) {
        let next = Concept(u32::try_from(self.heads.len()).unwrap_or(u32::MAX));
        let concept = *self.heads.entry(head.to_owned()).or_insert(next);
        let head_is_label = head.ends_with(" language");
        for word in words
            .iter()
            .map(String::as_str)
            .chain((!head_is_label).then_some(head))
        {
            self.entry(word, |entry| {
                if !entry.concepts.contains(&concept) {
                    entry.concepts.push(concept);
                }
            });
        }
    }

    /// Finds the heads that name or number another head.
    fn add_things(&mut self) {
        const ENDINGS: [(&str, bool); 5] = [
            (" name", true),
            (" title", true),
            (" number", false),
            (" id", false),
            (" code", false),
        ];
        for (head, concept) in &self.heads {
            let thing = ENDINGS.iter().find_map(|(ending, named)| {
                let head = head.strip_suffix(ending)?;
                Some(Thing {
                    concept: *self.heads.get(head)?,
                    head: head.to_owned(),
                    named: *named,
                })
            });
            self.things.extend(thing.map(|thing| (*concept, thing)));
        }
    }

    fn add_traits(&mut self, traits: Traits) {
        let mut put = |kind, heads: &[String]| {
            let concepts = heads
                .iter()
                .filter_map(|head| self.heads.get(head).copied())
                .collect();
            self.traits.insert(kind, concepts);
        };
        put("additive", &traits.additive);
        put("monetary", &traits.monetary);
        put("spent", &traits.spent);
        put("earned", &traits.earned);
        put("headcount", &traits.headcount);
        put("naming", &traits.naming);
        put("identifier", &traits.identifier);
        put("generic", &traits.generic);
        put("person", &traits.person);
        put("personal", &traits.personal);
        put("measured", &traits.measured);
        put("origin", &traits.origin);
        put("destination", &traits.destination);
        for (size, words) in traits.unit_sizes.into_iter().enumerate() {
            self.unit_sizes.extend(words.into_iter().map(|word| (word, size)));
        }
        self.additive_endings = traits.additive_endings;
        self.not_additive_endings = traits.not_additive_endings;
        self.following_first = traits.following_first;
        self.following_last = traits.following_last;
        self.following = traits.following;
        self.table_words = traits.table_words.into_iter().collect();
        self.decisive = traits.decisive.into_iter().collect();
        for (people, relations) in [(true, &traits.people_of), (false, &traits.rows_of)] {
            for (head, matters) in relations {
                let matters = matters.iter().filter_map(|matter| self.concept(matter)).collect();
                if let Some(concept) = self.concept(head) {
                    let head = head.clone();
                    self.rows_of.push(RowsOf {
                        people,
                        concept,
                        head,
                        matters,
                    });
                }
            }
        }
        for (head, others) in &traits.stand_in {
            let others = others
                .iter()
                .filter_map(|other| {
                    let (opposite, head) = (other.starts_with('-'), other.trim_start_matches(['-', '=']));
                    Some((self.concept(head)?, opposite))
                })
                .collect();
            if let Some(concept) = self.concept(head) {
                self.stand_in.insert(concept, others);
            }
        }
        for (head, characters) in &traits.bound {
            for character in characters {
                let concepts = self.bound.entry(character.clone()).or_default();
                concepts.extend(self.heads.get(head));
            }
        }
        for (head, codes) in &traits.coded {
            let codes = codes
                .iter()
                .filter_map(|(code, meaning)| Some((code.clone(), self.concept(meaning)?)))
                .collect();
            if let Some(concept) = self.concept(head) {
                self.coded.insert(concept, codes);
            }
        }
    }

    fn add_verbs(&mut self, verbs: &Verbs) {
        for word in verbs.neutral.values().flatten() {
            self.add_role(word, Role::Filler);
        }
        for word in verbs.neutral_first.values().flatten() {
            self.add_as_written(word, |entry| entry.first = true);
        }
        self.add_activities(&verbs.activities);
        for unless in &verbs.neutral_unless {
            let concepts: Vec<Concept> = unless
                .heads
                .iter()
                .filter_map(|head| self.concept(head))
                .collect();
            for word in &unless.words {
                self.add_as_written(word, |entry| entry.unless.extend(&concepts));
            }
        }
        self.add_spoken(&verbs.verbs);
        let heads = verbs
            .restricting
            .values()
            .flatten()
            .filter_map(|head| self.concept(head))
            .collect();
        self.traits.insert("restricting", heads);
        for word in verbs.measure_words.get("zh").into_iter().flatten() {
            for (before, role) in [
                ("几", "count"),
                ("多少", "count"),
                (
                    "每",
                    if matches!(word.as_str(), "种" | "类") {
                        "each_kind"
                    } else {
                        "each"
                    },
                ),
                (
                    "各",
                    if matches!(word.as_str(), "种" | "类") {
                        "each_kind"
                    } else {
                        "each"
                    },
                ),
                (
                    "每一",
                    if matches!(word.as_str(), "种" | "类") {
                        "each_kind"
                    } else {
                        "each"
                    },
                ),
                ("哪", "which"),
                ("哪几", "which"),
                ("哪一", "which"),
                ("那", "filler"),
                ("这", "filler"),
                ("那一", "filler"),
                ("这一", "filler"),
            ] {
                let role = if role == "filler" {
                    Some(Role::Filler)
                } else {
                    Role::named(role)
                };
                if let Some(role) = role {
                    self.add_role(&format!("{before}{word}"), role);
                }
            }
            self.add_role(word, Role::Unit(Unit::Plain));
        }
        for (kind, words) in &verbs.units {
            let unit = match kind.as_str() {
                "money" => Unit::Money,
                "span" | "duration" => Unit::Time,
                "age" => self.concept("age").map_or(Unit::Plain, Unit::Of),
                _ => Unit::Plain,
            };
            for word in words {
                // birth_year is no birth, counted in years.
                let names_time = [
                    "year", "month", "week", "quarter", "day", "hour", "minute", "second",
                ];
                if kind != "plain" && !names_time.contains(&word.trim_end_matches('s')) {
                    self.measuring_units.insert(fold(word));
                }
                let unit = self.unit_size(&fold(word)).map_or(unit, Unit::Sized);
                self.add_role(word, Role::Unit(unit));
            }
        }
        for word in ["zh", "en"]
            .iter()
            .filter_map(|key| verbs.which_words.get(*key))
            .flatten()
        {
            self.add_role(word, Role::Word("which"));
        }
    }

    /// Verbs that tell what rows do anyway, each with its usual forms.
    fn add_activities(&mut self, activities: &BTreeMap<String, Vec<String>>) {
        for word in activities.values().flatten() {
            let endings: &[&str] = if word.chars().any(is_han) {
                &["", "了", "过", "的", "过的", "了的"]
            } else {
                &[""]
            };
            for ending in endings {
                self.add_as_written(&format!("{word}{ending}"), |entry| entry.activity = true);
            }
        }
    }

    /// Verbs that speak of what a column holds.
    fn add_spoken(&mut self, verbs: &BTreeMap<String, Vec<String>>) {
        for (head, words) in verbs {
            let Some(concept) = self.concept(head) else {
                continue;
            };
            // "sold how many" has a question in it that must not be passed over.
            for word in words
                .iter()
                .filter(|word| {
                    !["多少", "几", "谁", "哪", "how "]
                        .iter()
                        .any(|asks| word.contains(asks))
                })
                // "pay by gender": the preposition may say what is grouped by.
                .filter(|word| !word.ends_with(" by") && !word.ends_with(" with") && !word.ends_with(" to"))
            {
                self.add_as_written(word, |entry| entry.verbs.push(concept));
            }
        }
    }

    fn add_role(&mut self, word: &str, role: Role) {
        let unit = |role: &Role| matches!(role, Role::Unit(_));
        self.add_as_written(word, |entry| {
            let known = entry.roles.contains(&role) || (unit(&role) && entry.roles.iter().any(unit));
            if !known {
                entry.roles.push(role);
            }
        });
    }

    /// Changes the entry of a word in this very form: other forms of a verb are listed by themselves.
    fn add_as_written(&mut self, word: &str, change: impl Fn(&mut Entry)) {
        let folded = fold(word);
        let han = folded.chars().any(is_han);
        self.longest.0 = self.longest.0.max(if han { folded.chars().count() } else { 0 });
        self.longest.1 = self.longest.1.max(folded.split(' ').count());
        change(self.entries.entry(folded).or_default());
    }

    /// The role that a section and a key of the word files name.
    pub(super) fn role(&self, section: &str, key: &str) -> Option<Role> {
        let descending = key.ends_with("max");
        Some(match section {
            "aggregate" => Role::Aggregate(aggregate(key)?),
            "aggregate_after" => Role::AggregateAfter(aggregate(key)?),
            "extreme" => Role::Extreme { descending },
            "most" => Role::Most { descending },
            "extreme_of" => Role::ExtremeOf {
                concept: self.concept(key.rsplit_once('_')?.0)?,
                descending,
            },
            "degree_of" => Role::DegreeOf {
                concept: self.concept(key.rsplit_once('_')?.0)?,
                descending,
            },
            "nth" => Role::Nth(key.parse().ok()?),
            "modal" => Role::Modal { descending },
            "compare" => Role::Compare(comparison(key)?),
            "compare_after" => Role::CompareAfter(comparison(key)?),
            "more" => Role::More(comparison(key)?),
            "compare_of" => {
                let (head, key) = key.rsplit_once('_')?;
                Role::CompareOf(self.concept(head)?, comparison(key)?)
            }
            "unit" => Role::Unit(match key {
                "age" => Unit::Of(self.concept("age")?),
                "money" => Unit::Money,
                "plain" => Unit::Plain,
                _ => return None,
            }),
            "bucket" => Role::Bucket(bucket(key)?),
            "bucket_each" => Role::BucketEach(bucket(key)?),
            "filler" => Role::Filler,
            "word" => Role::named(key)?,
            _ => return None,
        })
    }
}

fn aggregate(key: &str) -> Option<Aggregate> {
    Some(match key {
        "sum" => Aggregate::Sum,
        "mean" => Aggregate::Mean,
        "median" => Aggregate::Median,
        "max" => Aggregate::Max,
        "min" => Aggregate::Min,
        _ => return None,
    })
}

fn bucket(key: &str) -> Option<Bucket> {
    Some(match key {
        "year" => Bucket::Year,
        "quarter" => Bucket::Quarter,
        "month" => Bucket::Month,
        "week" => Bucket::Week,
        "day" => Bucket::Day,
        _ => return None,
    })
}

fn comparison(key: &str) -> Option<Comparison> {
    Some(match key {
        "eq" => Comparison::Eq,
        "ne" => Comparison::Ne,
        "lt" => Comparison::Lt,
        "le" => Comparison::Le,
        "gt" => Comparison::Gt,
        "ge" => Comparison::Ge,
        _ => return None,
    })
}
