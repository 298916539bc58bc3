//! Words that stay whole where pieces of them are words too.

use super::super::fold::is_han;
use super::super::headers::Closeness;
use super::super::role::Role;
use super::super::table::Table;
use super::{Edge, Meaning, Words};

/// Characters that a header has at least to be meant as a whole.
const HEADER: usize = 4;

impl Words<'_> {
    /// 中部 that names nothing here is not 中 and 部, which would say nothing: a word of content does not fall apart into
    /// words that only shape a sentence.
    pub(super) fn keep_whole(&self, edges: &mut [Vec<Edge>]) {
        for (at, known) in self.known.iter().enumerate() {
            for word in known {
                let entry = &word.entry;
                let content = word.end > at + 1
                    && !entry.concepts.is_empty()
                    && entry.roles.is_empty()
                    && entry.verbs.is_empty()
                    && entry.unless.is_empty()
                    && !(entry.activity || entry.first)
                    && word.stem.chars().all(is_han);
                let linked = edges
                    .get(at)
                    .is_some_and(|edges| edges.iter().any(|edge| edge.end >= word.end));
                // 数量和平均价: 平均 reaches beyond 和平, which is no peace then.
                let crossed = (at + 1..word.end).any(|piece| {
                    edges
                        .get(piece)
                        .is_some_and(|edges| edges.iter().any(|edge| edge.end > word.end))
                });
                if !content || linked || crossed {
                    continue;
                }
                // Where a piece of it says something, the word is put together from what it says.
                let shapes = |edge: &Edge| {
                    // 哪个月: a span of time says something.
                    edge.meanings.iter().all(
                        |meaning| matches!(meaning, Meaning::Role(role) if !matches!(role, Role::Bucket(_))),
                    )
                };
                let says = (at..word.end).any(|piece| {
                    edges
                        .get(piece)
                        .is_some_and(|edges| edges.iter().any(|edge| edge.end <= word.end && !shapes(edge)))
                });
                if says {
                    continue;
                }
                for piece in at..word.end {
                    if let Some(list) = edges.get_mut(piece) {
                        list.retain(|edge| edge.end > piece + 1);
                    }
                }
            }
        }
    }

    /// 多少万人次: an amount in its unit, and no count of rows.
    pub(super) fn keep_scaled(&self, edges: &mut [Vec<Edge>]) {
        let text = |at: usize| self.atoms.list.get(at).map_or("", |atom| atom.text.as_str());
        for at in 1..self.atoms.list.len() {
            if matches!(text(at), "万" | "亿")
                && matches!(text(at - 1), "少" | "几")
                && let Some(list) = edges.get_mut(at + 1)
            {
                let counts = |meaning: &Meaning| *meaning == Meaning::Role(Role::Word("count"));
                list.iter_mut()
                    .for_each(|edge| edge.meanings.retain(|meaning| !counts(meaning)));
                list.retain(|edge| !edge.meanings.is_empty());
            }
        }
    }

    /// 采购方式 where a column is called so is that column, and 在用 where it is a value that value: neither falls apart.
    pub(super) fn keep_named(&self, edges: &mut [Vec<Edge>], table: &Table<'_>) {
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for (at, list) in edges.iter().enumerate() {
            for edge in list {
                let text = self.atoms.folded(at, edge.end);
                let length = edge.end - at;
                if !text.chars().all(is_han) || length < 2 {
                    continue;
                }
                let header = length >= HEADER
                    && edge.meanings.iter().any(|meaning| {
                        matches!(meaning, Meaning::Column(number, Closeness::Exact) if table
                            .column(*number)
                            .is_some_and(|column| column.headers.contains(&text)))
                    });
                let value = edge
                    .meanings
                    .iter()
                    .any(|meaning| matches!(meaning, Meaning::Value(_, texts) if texts.contains(&text)))
                    && (at..edge.end).all(|piece| {
                        let inner = edges.get(piece).into_iter().flatten();
                        inner
                            .filter(|inner| inner.end <= edge.end && inner.end - piece < length)
                            .flat_map(|inner| &inner.meanings)
                            .all(|meaning| matches!(meaning, Meaning::Role(_)))
                    });
                if header || value {
                    kept.push((at, edge.end));
                }
            }
        }
        for (start, end) in kept {
            // 数量和平均价: where another word reaches beyond it, it may be no word at all.
            let crossed = (start + 1..end).any(|piece| {
                let list = edges.get(piece).into_iter().flatten();
                let says = |edge: &&Edge| {
                    edge.meanings
                        .iter()
                        .any(|meaning| *meaning != Meaning::Role(Role::Filler))
                };
                list.filter(says).any(|edge| edge.end > end)
            });
            if crossed {
                continue;
            }
            for piece in start..end {
                if let Some(list) = edges.get_mut(piece) {
                    list.retain(|edge| edge.end > end || piece == start && edge.end == end);
                }
            }
        }
    }
}
