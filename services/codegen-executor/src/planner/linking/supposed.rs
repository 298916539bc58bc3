//! What the rows are called in a language that the table's name is not in, and in a word that no lexicon has: 棋手 over
//! `chess_players.csv`. A word that nothing explains is taken for the rows where the table's name says nothing in the
//! question's language, and nothing else in the question names the rows.

use super::super::atoms::AtomKind;
use super::super::fold::is_han;
use super::super::headers::{self, HeaderWord};
use super::super::lexicon::lexicon;
use super::super::role::Role;
use super::super::table::{Table, row_names};
use super::{Edge, Meaning, Words};

/// Characters that such a word has at least and at most.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=5;

/// What ends a word for something measured, counted or told, and for no thing.
const ATTRIBUTES: [char; 32] = [
    '率', '额', '量', '数', '费', '价', '期', '名', '号', '度', '值', '分', '时', '年', '月', '日', '龄',
    '重', '高', '长', '宽', '法', '性', '色', '型', '类', '级', '种', '款', '金', '比', '差',
];

/// Words behind which rows are named.
const INTRODUCING: [&str; 11] = [
    "count",
    "each",
    "each_kind",
    "which",
    "all",
    "list",
    "quantity",
    "de",
    "distinct",
    "and",
    "with",
];

/// What stands in no name: 最靠谱 is a judgement.
const FUNCTIONS: [char; 24] = [
    '最', '很', '太', '更', '较', '不', '没', '未', '无', '几', '多', '少', '哪', '谁', '什', '么', '怎',
    '为', '何', '是', '有', '的', '和', '与',
];

impl Words<'_> {
    /// The same words over one table alone.
    #[must_use]
    pub fn alone(mut self, alone: bool) -> Self {
        self.alone = alone;
        self
    }

    /// Adds the rows as what a word means that nothing explains.
    pub(super) fn suppose(&self, edges: &mut [Vec<Edge>], table: &Table<'_>) {
        // 人 ends the names of people, and names none.
        let person = |at: usize| self.atoms.list.get(at).is_some_and(|atom| atom.text == "人");
        let named = edges.iter().enumerate().any(|(at, list)| {
            let mut rows = list
                .iter()
                .filter(|edge| edge.meanings.contains(&Meaning::Subject));
            rows.any(|edge| edge.end > at + 1 || !person(at))
        });
        if !self.alone || named || !nameless(table) {
            return;
        }
        let dark = self.unexplained(edges);
        let Some((first, last)) = dark.first().copied() else {
            return;
        };
        for (start, end) in around(first, last, self.atoms.list.len()) {
            let text = self.atoms.folded(start, end);
            let fits = self.is_word(start, end, &dark, edges) && names_a_thing(&text, table);
            let places: Vec<usize> = (0..self.atoms.list.len())
                .filter(|at| self.atoms.reads(*at, &text).is_some())
                .collect();
            let within =
                |(from, to): &(usize, usize)| places.iter().any(|at| at <= from && *to <= at + (end - start));
            if !fits || !self.stands_for_rows(start, end, edges) || !dark.iter().all(within) {
                continue;
            }
            for at in places {
                if let Some(list) = edges.get_mut(at) {
                    list.push(Edge {
                        end: at + (end - start),
                        meanings: vec![Meaning::Supposed],
                    });
                }
            }
        }
    }

    /// Whether a word stands where the rows are named, and no attribute of theirs: 有多少名棋手, but not 谁的蜂箱最多.
    fn stands_for_rows(&self, start: usize, end: usize, edges: &[Vec<Edge>]) -> bool {
        let before = |place: usize, test: &dyn Fn(&Meaning) -> bool| {
            let ending = edges
                .iter()
                .take(place)
                .flatten()
                .filter(|edge| edge.end == place);
            ending.flat_map(|edge| &edge.meanings).any(test)
        };
        let after = |test: &dyn Fn(&Meaning) -> bool| {
            let starting = edges.get(end).into_iter().flatten();
            starting.flat_map(|edge| &edge.meanings).any(test)
        };
        let introduces = |meaning: &Meaning| match meaning {
            Meaning::Role(Role::Word(word)) => INTRODUCING.contains(word),
            Meaning::Role(Role::Unit(_)) | Meaning::Value(..) | Meaning::Number(_) => true,
            _ => false,
        };
        let who = |meaning: &Meaning| matches!(meaning, Meaning::Role(Role::Word("who")));
        // 经纪公司 is a longer word; what is the most, or more than something, is measured.
        let goes_on = |meaning: &Meaning| {
            matches!(
                meaning,
                Meaning::Role(
                    Role::Word("class_after" | "percent" | "share")
                        | Role::Extreme { .. }
                        | Role::Most { .. }
                        | Role::ExtremeOf { .. }
                        | Role::Compare(_)
                        | Role::CompareOf(..)
                        | Role::AggregateAfter(_)
                )
            )
        };
        let is_de = |at: usize| self.atoms.list.get(at).is_some_and(|atom| atom.text == "的");
        let of_somebody = start > 0 && is_de(start - 1) && before(start - 1, &who);
        let begins = start == 0 && is_de(end);
        (begins || before(start, &introduces)) && !of_somebody && !after(&goes_on)
    }

    /// Stretches of Chinese characters that no word covers.
    fn unexplained(&self, edges: &[Vec<Edge>]) -> Vec<(usize, usize)> {
        let mut covered = vec![false; self.atoms.list.len()];
        for (at, list) in edges.iter().enumerate() {
            for place in list.iter().flat_map(|edge| at..edge.end) {
                if let Some(covered) = covered.get_mut(place) {
                    *covered = true;
                }
            }
        }
        let mut dark: Vec<(usize, usize)> = Vec::new();
        for (at, covered) in covered.into_iter().enumerate() {
            let han = self
                .atoms
                .list
                .get(at)
                .is_some_and(|atom| atom.kind == AtomKind::Han);
            match dark.last_mut() {
                _ if covered || !han => {}
                Some((_, end)) if *end == at => *end = at + 1,
                _ => dark.push((at, at + 1)),
            }
        }
        dark
    }

    /// Whether a stretch may be one word: what stands in it beside the unexplained is nothing that says something.
    fn is_word(&self, start: usize, end: usize, dark: &[(usize, usize)], edges: &[Vec<Edge>]) -> bool {
        let han = |at: usize| {
            self.atoms
                .list
                .get(at)
                .is_some_and(|atom| atom.kind == AtomKind::Han)
        };
        let unexplained = |at: usize| dark.iter().any(|(from, to)| (*from..*to).contains(&at));
        let silent = |at: usize| {
            let weak = |meaning: &Meaning| {
                let person = *meaning == Meaning::Subject
                    && self.atoms.list.get(at).is_some_and(|atom| atom.text == "人");
                person
                    || matches!(
                        meaning,
                        Meaning::Role(
                            Role::Unit(_)
                                | Role::Filler
                                | Role::DegreeOf { .. }
                                | Role::Word("class_after" | "kind_word" | "toward" | "person")
                        )
                    )
            };
            edges
                .get(at)
                .into_iter()
                .flatten()
                .all(|edge| edge.meanings.iter().all(weak))
        };
        LENGTHS.contains(&(end - start)) && (start..end).all(|at| han(at) && (unexplained(at) || silent(at)))
    }
}

/// An unexplained stretch, alone and with the character before or behind it.
fn around(first: usize, last: usize, count: usize) -> Vec<(usize, usize)> {
    let starts = [Some(first), first.checked_sub(1)];
    let ends = [Some(last), (last < count).then_some(last + 1)];
    let pairs = starts
        .into_iter()
        .flatten()
        .flat_map(|start| ends.into_iter().flatten().map(move |end| (start, end)));
    pairs.collect()
}

/// Whether the name of a table is English, and more than a word that the lexicon has in Chinese.
fn nameless(table: &Table<'_>) -> bool {
    let names = row_names(&table.view, true);
    let Some(whole) = names.iter().max_by_key(|name| name.len()) else {
        return false;
    };
    let english = |word: &HeaderWord| !word.text.chars().any(is_han);
    let known = match headers::joined(whole).as_slice() {
        [word] => !word.concepts.is_empty(),
        _ => false,
    };
    whole.iter().all(english) && !known
}

/// Whether a word may name things, and other ones than those that its end names.
fn names_a_thing(text: &str, table: &Table<'_>) -> bool {
    let known = |word: &str| {
        lexicon()
            .get(word)
            .is_some_and(|entry| !entry.concepts.is_empty() || !entry.verbs.is_empty())
    };
    let ends = text
        .char_indices()
        .map(|(at, _)| at)
        .filter_map(|at| text.get(at..));
    let ends_known = ends
        .filter(|end| end.chars().count() > 1)
        .any(|end| known(end) && !table.subjects.iter().flatten().any(|word| shares(end, word)));
    !ends_known && !text.ends_with(ATTRIBUTES) && !text.contains(FUNCTIONS)
}

fn shares(word: &str, other: &HeaderWord) -> bool {
    let entry = lexicon().get(word);
    entry.is_some_and(|entry| {
        entry
            .concepts
            .iter()
            .any(|concept| other.concepts.contains(concept))
    })
}
