//! How labelled texts are parted: into units that are held out as a whole, and into groups that are never parted.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::Sets;

/// What is known of a labelled text.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Whether a machine wrote it.
    pub machine: bool,
    /// Where it was collected.
    pub source: String,
    /// What kind of text it is.
    pub domain: String,
    /// Whether it was revised by a machine, or changed to hide what wrote it.
    pub revised: bool,
}

/// Labelled texts, parted.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// For each text the number of its group.
    pub groups: Vec<usize>,
    /// For each text the number of its unit.
    pub units: Vec<usize>,
    /// The units.
    pub names: Vec<Unit>,
    /// For each text whether it was revised.
    pub revised: Vec<bool>,
}

/// A domain of a family of sources: what a text of another kind than all known ones is tried on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// The sources that share texts, joined by `+`.
    pub family: String,
    /// The domain; [`UNKNOWN`] where the data don't tell, [`SMALL`] for domains of few texts.
    pub domain: String,
}

/// The domain of texts of which it is not known: they may be of any.
pub const UNKNOWN: &str = "?";
/// Domains of few texts, together.
pub const SMALL: &str = "other";

/// Texts that a domain must have to be a unit.
const ENOUGH: usize = 400;
/// The share of its texts that a source has in common with another one of its family.
const COMMON: f64 = 0.2;

impl Unit {
    /// As it is written.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.family, self.domain)
    }
}

/// Parts labelled texts; `sets` holds which of them belong together.
#[must_use]
pub fn part(rows: &[Row], sets: &mut Sets) -> Parts {
    let groups: Vec<usize> = (0..rows.len()).map(|row| sets.root(row)).collect();
    let families = families(rows, &groups);
    let family = |row: &Row| families.get(&row.source).cloned().unwrap_or_default();
    let mut sizes: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for row in rows {
        *sizes.entry((family(row), row.domain.as_str())).or_default() += 1;
    }
    let unit = |row: &Row| {
        let family = family(row);
        let domain = if row.domain.contains('?') || row.domain.is_empty() {
            UNKNOWN
        } else if sizes
            .get(&(family.clone(), row.domain.as_str()))
            .is_some_and(|size| *size >= ENOUGH)
        {
            row.domain.as_str()
        } else {
            SMALL
        };
        Unit {
            family,
            domain: domain.to_owned(),
        }
    };
    let of_rows: Vec<Unit> = rows.iter().map(unit).collect();
    let names: Vec<Unit> = of_rows
        .iter()
        .cloned()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let units = of_rows
        .iter()
        .map(|unit| names.binary_search(unit).unwrap_or(0))
        .collect();
    Parts {
        groups,
        units,
        names,
        revised: rows.iter().map(|row| row.revised).collect(),
    }
}

/// Sources that have texts in common are one family: holding out one of them would not hold out its texts.
fn families(rows: &[Row], groups: &[usize]) -> BTreeMap<String, String> {
    let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of_groups: BTreeMap<usize, BTreeMap<&str, usize>> = BTreeMap::new();
    for (row, group) in rows.iter().zip(groups) {
        *sources.entry(&row.source).or_default() += 1;
        *of_groups
            .entry(*group)
            .or_default()
            .entry(&row.source)
            .or_default() += 1;
    }
    let names: Vec<&str> = sources.keys().copied().collect();
    let place = |source: &str| names.binary_search(&source).unwrap_or(0);
    let mut common: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for shared in of_groups.values().filter(|shared| shared.len() > 1) {
        for (a, count) in shared {
            // One stray text in a large group makes a text common, not the group.
            for (b, other) in shared.iter().filter(|(b, _)| *b != a) {
                *common.entry((place(a), place(b))).or_default() += count.min(other);
            }
        }
    }
    let mut sets = Sets::new(names.len());
    for ((a, b), count) in common {
        let size = names
            .get(a)
            .and_then(|name| sources.get(name))
            .copied()
            .unwrap_or(0);
        if count as f64 >= COMMON * size as f64 {
            sets.join(a, b);
        }
    }
    let roots: Vec<usize> = (0..names.len()).map(|source| sets.root(source)).collect();
    let family = |root: usize| {
        let members = names.iter().zip(&roots).filter(|(_, of)| **of == root);
        members.map(|(name, _)| *name).collect::<Vec<_>>().join("+")
    };
    names
        .iter()
        .zip(&roots)
        .map(|(name, root)| ((*name).to_owned(), family(*root)))
        .collect()
}

impl Parts {
    /// Texts to fit to when a unit is held out: none of the unit, none of a group that has a text in it, and none of its
    /// family whose domain is not known. Where the unit itself is of unknown domains, none of its family.
    #[must_use]
    pub fn without_unit(&self, held: usize) -> Vec<bool> {
        let Some(unit) = self.names.get(held) else {
            return vec![true; self.units.len()];
        };
        let out = |other: &Unit| {
            other == unit
                || (other.family == unit.family && (other.domain == UNKNOWN || unit.domain == UNKNOWN))
        };
        self.without(
            |row| self.unit(row).is_some_and(out),
            |row| self.unit(row) == Some(unit),
        )
    }

    /// Texts to fit to when a family of sources is held out.
    #[must_use]
    pub fn without_family(&self, family: &str) -> Vec<bool> {
        let of = |row: usize| self.unit(row).is_some_and(|unit| unit.family == family);
        self.without(of, of)
    }

    /// Texts to fit to when a fold of groups is held out.
    #[must_use]
    pub fn without_fold(&self, fold: usize, folds: usize) -> Vec<bool> {
        self.groups
            .iter()
            .map(|group| fold_of(*group, folds) != fold)
            .collect()
    }

    fn unit(&self, row: usize) -> Option<&Unit> {
        self.names.get(*self.units.get(row)?)
    }

    fn without(&self, out: impl Fn(usize) -> bool, held: impl Fn(usize) -> bool) -> Vec<bool> {
        let rows = || 0..self.units.len();
        let group = |row: usize| self.groups.get(row).copied();
        let groups: BTreeSet<usize> = rows().filter(|row| held(*row)).filter_map(group).collect();
        rows()
            .map(|row| !out(row) && group(row).is_none_or(|group| !groups.contains(&group)))
            .collect()
    }
}

/// The fold that a group is in.
#[must_use]
pub fn fold_of(group: usize, folds: usize) -> usize {
    (crate::hashing::mix(group as u64 + 1) % folds.max(1) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: &str, domain: &str) -> Row {
        Row {
            machine: false,
            source: source.to_owned(),
            domain: domain.to_owned(),
            revised: false,
        }
    }

    #[test]
    fn what_is_held_out_is_nowhere_else() {
        let mut rows: Vec<Row> = (0..ENOUGH).map(|_| row("a", "news")).collect();
        rows.extend((0..ENOUGH).map(|_| row("a", "essays")));
        rows.extend([row("a", "?"), row("b", "news"), row("b", "tiny")]);
        let mut sets = Sets::new(rows.len());
        // A text of the news stands among the essays too.
        sets.join(0, ENOUGH);
        let parts = part(&rows, &mut sets);
        let names: Vec<String> = parts.names.iter().map(Unit::name).collect();
        assert_eq!(names, ["a/?", "a/essays", "a/news", "b/other"]);

        let fit = parts.without_unit(2);
        assert!(fit[..ENOUGH].iter().all(|kept| !kept));
        assert!(!fit[ENOUGH] && fit[ENOUGH + 1]);
        assert_eq!(fit[2 * ENOUGH..], [false, true, true]);
        assert_eq!(parts.without_unit(0).iter().filter(|kept| **kept).count(), 2);
        assert_eq!(parts.without_family("b").iter().filter(|kept| !**kept).count(), 2);
        assert!((0..5).all(|fold| {
            let fit = parts.without_fold(fold, 5);
            fit[0] == fit[ENOUGH]
        }));
    }

    #[test]
    fn sources_that_share_texts_are_a_family() {
        let rows = [row("a", ""), row("b", ""), row("c", "")];
        let mut sets = Sets::new(3);
        sets.join(0, 1);
        let parts = part(&rows, &mut sets);
        assert_eq!(
            parts.names.iter().map(Unit::name).collect::<Vec<_>>(),
            ["a+b/?", "c/?"]
        );
    }
}
