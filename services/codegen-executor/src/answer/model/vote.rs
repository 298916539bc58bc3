//! Several programs, by what they give.

use schemas::Value;
use schemas::model::Votes;

use super::super::agreement::alike;
use super::super::computed::Computed;
use super::written::Written;

/// A program that gave a result.
pub(super) enum Candidate<'a> {
    /// A plan, which both engines ran, and its result in the form that the question prescribes.
    Plan(Box<Computed<'a>>, Option<String>),
    /// A query or a script.
    Written(Box<Written<'a>>),
}

impl Candidate<'_> {
    fn result(&self) -> (&[String], &[Vec<Value>]) {
        match self {
            Self::Plan(computed, _) => (&computed.outcome.columns, &computed.outcome.rows),
            Self::Written(written) => written.result(),
        }
    }

    fn formed(&self) -> Option<&str> {
        match self {
            Self::Plan(_, formed) => formed.as_deref(),
            Self::Written(written) => written.formed_text(),
        }
    }

    /// Whether both say the same. A form that the question prescribes holds all that is asked for, with as many decimals as
    /// are asked for; what else a program gives is its own affair. Columns of the same names may stand in any order.
    fn agrees(&self, other: &Self) -> bool {
        let is_written_alike = self.formed().is_some() && self.formed() == other.formed();
        let ((names, rows), (others, theirs)) = (self.result(), other.result());
        is_written_alike
            || alike(rows, theirs)
            || arranged(theirs, others, names).is_some_and(|theirs| alike(rows, &theirs))
    }
}

/// Rows with their columns in the order of other names; none where those are not the same ones.
fn arranged(rows: &[Vec<Value>], columns: &[String], order: &[String]) -> Option<Vec<Vec<Value>>> {
    let places: Vec<usize> = order
        .iter()
        .map(|name| columns.iter().position(|column| column == name))
        .collect::<Option<_>>()?;
    if columns.len() != order.len() || !columns.iter().all(|column| order.contains(column)) {
        return None;
    }
    let row = |row: &Vec<Value>| places.iter().map(|place| row.get(*place).cloned()).collect();
    rows.iter().map(row).collect()
}

/// What came of a vote.
pub(super) enum Outcome<'a> {
    /// More than half of them gave this.
    Won(Candidate<'a>, Votes),
    /// They differ: one of each kind, those that more programs gave first.
    Differ(Vec<Candidate<'a>>, Votes),
}

/// Groups programs by what they give. Of those that won, a plan is taken before what is written: two engines ran it.
pub(super) fn count(candidates: Vec<Candidate<'_>>) -> Outcome<'_> {
    let samples = candidates.len();
    let mut groups: Vec<Vec<Candidate<'_>>> = Vec::new();
    for candidate in candidates {
        let same = groups
            .iter_mut()
            .find(|group| group.first().is_some_and(|first| first.agrees(&candidate)));
        match same {
            Some(group) => group.push(candidate),
            None => groups.push(vec![candidate]),
        }
    }
    // Stable: of groups of one size the one that began first.
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let agreeing = groups.first().map_or(0, Vec::len);
    let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let votes = Votes {
        samples: whole(samples),
        agreeing: whole(agreeing),
    };
    let mut chosen: Vec<Candidate<'_>> = groups.into_iter().filter_map(preferred).collect();
    if agreeing * 2 > samples && !chosen.is_empty() {
        return Outcome::Won(chosen.swap_remove(0), votes);
    }
    Outcome::Differ(chosen, votes)
}

fn preferred(mut group: Vec<Candidate<'_>>) -> Option<Candidate<'_>> {
    let plan = group
        .iter()
        .position(|candidate| matches!(candidate, Candidate::Plan(..)));
    if group.is_empty() {
        return None;
    }
    Some(group.swap_remove(plan.unwrap_or(0)))
}
