//! Columns that are named by what they amount to: a name in two columns, "how long", sums in one word, money.

use super::super::headers::{Closeness, Form, HeaderWord};
use super::super::lexicon::lexicon;
use super::super::table::Table;
use super::{Meaning, Words};

impl Words<'_> {
    /// "first and last name", 全名: both columns, where the table has a name in two.
    pub(super) fn link_names(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        let Some(names) = &table.names else { return };
        let said = [
            "first and last name",
            "first and last names",
            "full name",
            "full names",
            "全名",
            "姓名",
            "名字和姓氏",
            "姓和名",
            "名和姓",
        ];
        for end in said.iter().filter_map(|words| self.atoms.reads(at, words)) {
            add(end, Meaning::Names(names.to_vec()));
        }
    }

    /// "how long", 多远: what is asked for is the column of that size.
    pub(super) fn link_sizes(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        const SIZES: [(&str, &str); 25] = [
            ("多大", "age"),
            ("how long", "length"),
            ("how far", "distance"),
            ("how heavy", "weight"),
            ("how tall", "height"),
            ("how high", "height"),
            ("how big", "area"),
            ("how large", "area"),
            ("how old", "age"),
            ("how fast", "speed"),
            ("how expensive", "price"),
            ("how deep", "depth"),
            ("how wide", "width"),
            ("多长时间", "duration"),
            ("多长", "length"),
            ("多久", "duration"),
            ("多远", "distance"),
            ("多重", "weight"),
            ("多高", "height"),
            ("多大", "area"),
            ("多快", "speed"),
            ("多贵", "price"),
            ("多深", "depth"),
            ("多宽", "width"),
            ("多少岁", "age"),
        ];
        for (words, head) in SIZES {
            let Some(end) = self.atoms.reads(at, words) else {
                continue;
            };
            let about = lexicon().concept(head).map(|concept| table.about(concept));
            for (column, _) in about.into_iter().flatten().filter(|(_, opposite)| !opposite) {
                add(end, Meaning::Column(column, Closeness::Idea));
            }
        }
    }

    /// 门票总收入 is the sum of 门票收入, 库存总量 that of 库存量.
    pub(super) fn link_totals(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        let longest = lexicon().longest().0;
        for end in at + 2..=(at + longest).min(self.atoms.list.len()) {
            let text = self.atoms.folded(at, end);
            let mut chars: Vec<char> = text.chars().collect();
            let Some(total) = chars.iter().position(|c| *c == '总') else {
                continue;
            };
            // 总 in front is a word of its own, unless the lexicon has the two as one: 总人口.
            let whole = || {
                lexicon()
                    .get(&text)
                    .is_some_and(|entry| !entry.concepts.is_empty())
            };
            if total == 0 && !whole() {
                continue;
            }
            chars.remove(total);
            let rest: String = chars.into_iter().collect();
            let entry = lexicon().get(&rest);
            let concepts = entry.map_or(&[][..], |entry| entry.concepts.as_slice());
            for (number, column) in table.columns.iter().enumerate() {
                let is_total = column.headers.iter().any(|header| header.contains('总'));
                let close = |form: &&Form| form.closeness <= Closeness::Named || column.edition.is_some();
                let named = column.forms.iter().filter(close).any(|form| {
                    matches!(form.words.as_slice(), [word] if word.stem == rest
                        || word.concepts.iter().any(|concept| concepts.contains(concept)))
                }) || column.headers.contains(&rest);
                if named && !is_total && column.kind().is_number() && !column.identifies {
                    add(end, Meaning::Total(number));
                }
            }
        }
    }

    /// 总集数 and "total episodes" that the lexicon has as one, where a column holds the episodes: their sum.
    pub(super) fn link_whole_totals(
        &self,
        at: usize,
        table: &Table<'_>,
        add: &mut impl FnMut(usize, Meaning),
    ) {
        let known = self.known.get(at).into_iter().flatten();
        for known in known.filter(|known| !known.entry.concepts.is_empty()) {
            let text = self.atoms.folded(at, known.end);
            if !(text.starts_with('总') && text.chars().count() > 2 || text.starts_with("total ")) {
                continue;
            }
            for (number, column) in table.columns.iter().enumerate() {
                let says_total = column
                    .headers
                    .iter()
                    .any(|header| header.contains("total") || header.contains('总'));
                let named = column.forms.iter().any(|form| {
                    matches!(form.words.as_slice(), [word] if word
                            .concepts
                            .iter()
                            .any(|concept| known.entry.concepts.contains(concept)))
                });
                if named && !says_total && column.kind().is_number() && !column.identifies {
                    add(known.end, Meaning::Total(number));
                }
            }
        }
    }

    /// "the amount", "how much money": of the only column that is counted in money.
    pub(super) fn link_money(&self, at: usize, table: &Table<'_>, add: &mut impl FnMut(usize, Meaning)) {
        let money_itself = ["amount", "money"].map(|head| lexicon().concept(head));
        for known in self.known.get(at).into_iter().flatten() {
            let named = |concept: &Option<_>| concept.is_some_and(|one| known.entry.concepts.contains(&one));
            if !money_itself.iter().any(named) {
                continue;
            }
            // "amount", where an amount is claimed and another one paid: either.
            let amounts = (0..table.columns.len()).filter(|number| {
                let column = table.column(*number).filter(|column| column.kind().is_number());
                let words = column.map(|column| column.forms.iter().flat_map(|form| &form.words));
                let amount = |word: &HeaderWord| {
                    money_itself
                        .iter()
                        .flatten()
                        .any(|concept| word.concepts.contains(concept))
                };
                words.is_some_and(|mut words| words.any(amount))
            });
            let amounts: Vec<usize> = amounts.collect();
            if let [_, _, ..] = amounts.as_slice() {
                for column in amounts {
                    add(known.end, Meaning::Column(column, Closeness::Idea));
                }
            } else if let Some(money) = table.money {
                add(known.end, Meaning::Column(money, Closeness::Part));
            }
        }
    }
}
