//! Values with the word for what they are: the orbit of `orbit_type` in "in GEO orbit" and "whose orbit is LEO".

use super::super::headers::{self, HeaderWord};
use super::super::lexicon::lexicon;
use super::super::table::Table;
use super::{Edge, Meaning, Words};

/// Words at the end of a header that say that it tells a kind of what stands before them.
const KINDS: [&str; 5] = ["type", "kind", "category", "class", "status"];

/// What stands between a thing and its value.
const BETWEEN: [&str; 6] = ["is", "are", "=", ":", "为", "是"];

impl Words<'_> {
    /// Adds values together with the word before or behind them that their column's header begins with.
    pub(super) fn widen(&self, edges: &mut [Vec<Edge>], table: &Table<'_>) {
        for (number, column) in table.columns.iter().enumerate() {
            let Some(thing) = thing(column.name()) else {
                continue;
            };
            let mut wider: Vec<(usize, Edge)> = Vec::new();
            for (at, list) in edges.iter().enumerate() {
                for edge in list {
                    let values: Vec<Meaning> = edge
                        .meanings
                        .iter()
                        .filter(|meaning| matches!(meaning, Meaning::Value(of, _) if *of == number))
                        .cloned()
                        .collect();
                    if values.is_empty() {
                        continue;
                    }
                    let behind = self.sequence(edge.end, &thing, 0).map(|end| (at, end));
                    let before = (at.saturating_sub(6)..at)
                        .find(|start| {
                            self.sequence(*start, &thing, 0)
                                .is_some_and(|end| self.leads_to(end, at))
                        })
                        .map(|start| (start, edge.end));
                    for (start, end) in behind.into_iter().chain(before) {
                        let meanings = values.clone();
                        wider.push((start, Edge { end, meanings }));
                    }
                }
            }
            for (start, edge) in wider {
                if let Some(list) = edges.get_mut(start) {
                    list.push(edge);
                }
            }
        }
    }

    /// Whether nothing but "is" stands between two places.
    fn leads_to(&self, from: usize, to: usize) -> bool {
        let between = self.atoms.list.get(from..to).unwrap_or_default();
        from <= to && between.len() < 2 && between.iter().all(|atom| BETWEEN.contains(&atom.text.as_str()))
    }
}

/// What a header tells the kind of.
fn thing(header: &str) -> Option<Vec<HeaderWord>> {
    let words = headers::words(headers::without_unit(header));
    let (last, thing) = words.split_last()?;
    let generic = thing
        .iter()
        .all(|word| lexicon().any_is("generic", &word.concepts));
    (KINDS.contains(&last.text.as_str()) && !generic).then(|| thing.to_vec())
}
