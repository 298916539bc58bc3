//! Tables of which one evidently points into the other, read as one: each row of the first with what the second holds of it.

use schemas::plan::{Aggregate, Condition, Join, JoinedColumn, Plan};
use schemas::table::{ColumnProfile, ColumnType, TableProfile};

use super::fold::fold;
use super::headers::{self, Closeness, HeaderWord};
use super::lexicon::lexicon;
use super::table::{Column, Table, row_names, same_words};
use super::values::ValueIndex;
use super::{TableView, beside};
use crate::engine::columns::{columns_of, named_by};
use crate::engine::computed::operands;
use crate::engine::join;

/// So much of a column's values must be found among the keys that it points at.
const NEARLY_ALL: f64 = 0.9;
/// Fewer different values may be found among the keys of any table.
const FEW: u64 = 3;
/// Pairs of tables that one question is read over.
const PAIRS: usize = 24;

/// Two tables as one.
#[derive(Debug)]
pub struct Joined<'a> {
    /// How they are joined, with all columns of the second one.
    pub join: Join,
    /// The columns of the second one, as questions name them.
    pub columns: Vec<Column<'a>>,
    /// Whether the second one holds what is pointed at more than once: then no plan may join them.
    pub repeats: bool,
    /// The column of the second one that names its rows, as the plan calls it.
    label: Option<String>,
    /// The table that points.
    own: TableView<'a>,
    profile: TableProfile,
    values: ValueIndex,
}

impl<'a> Joined<'a> {
    fn new(
        own: TableView<'a>,
        other: TableView<'a>,
        [column, key]: [&str; 2],
        all: &[TableView<'a>],
    ) -> Option<Self> {
        let beside = beside(other, all);
        let table = Table::new(other, &beside);
        let label = table.label.map(|label| table.name(label));
        let is_taken = |name: &str| own.profile.columns.iter().any(|own| own.name == name);
        // What both tables have is said of the first one; both may have a name, which are names of different things.
        let is_twice = |held: &ColumnProfile| is_taken(&held.name) && label.as_ref() != Some(&held.name);
        let mut columns = Vec::new();
        for held in other
            .profile
            .columns
            .iter()
            .filter(|held| held.name != key && !is_twice(held))
        {
            let mut name = held.name.clone();
            if is_taken(&name) {
                name = format!("{name} ({})", other.profile.name);
            }
            while is_taken(&name) || columns.iter().any(|other: &JoinedColumn| other.name == name) {
                name.push('*');
            }
            columns.push(JoinedColumn {
                column: held.name.clone(),
                name,
            });
        }
        let join = Join {
            table: other.reference.clone(),
            column: column.to_owned(),
            key: key.to_owned(),
            columns,
        };
        let names: Vec<(&str, &str)> = join
            .columns
            .iter()
            .map(|taken| (taken.column.as_str(), taken.name.as_str()))
            .collect();
        Some(Self {
            profile: join::profile(&join, own.profile, other.profile).ok()?,
            values: own.values.with(other.values, &names),
            columns: named(&join, &table, beside.is_empty(), own.profile.rows),
            repeats: false,
            label: join
                .columns
                .iter()
                .find(|taken| label.as_ref() == Some(&taken.column))
                .map(|taken| taken.name.clone()),
            own,
            join,
        })
    }

    /// The two as one table.
    #[must_use]
    pub fn view(&'a self) -> TableView<'a> {
        TableView {
            profile: &self.profile,
            values: &self.values,
            joined: Some(self),
            ..self.own
        }
    }

    /// The plan of a question with no more of the join than it reads; none where it reads nothing of the second table, or would
    /// count a row of it once for each row that points at it.
    #[must_use]
    pub fn fitted(&self, mut plan: Plan, question: &str) -> Option<Plan> {
        let says_which = |name: &str| name == self.join.column || self.label.as_deref() == Some(name);
        let (which, what): (Vec<_>, Vec<_>) = plan.group.iter().partition(|key| says_which(&key.column));
        if !which.is_empty() && what.iter().any(|key| self.is_theirs(&key.column)) {
            // "by country of the artist": the artist only says which country. One and the other would be both.
            let ordered_by_it = plan.order.iter().any(|order| says_which(&order.by));
            if ordered_by_it || AND.iter().any(|and| question.contains(and)) {
                return None;
            }
            plan.group.retain(|key| !says_which(&key.column));
        }
        let mut join = self.join.clone();
        let computed = plan
            .computed
            .iter()
            .flat_map(|computed| operands(&computed.formula));
        let read: Vec<String> = named_by(&plan)
            .into_iter()
            .chain(computed)
            .map(str::to_owned)
            .collect();
        let theirs = |name: &str| self.is_theirs(name);
        join.columns.retain(|taken| read.contains(&taken.name));
        let counted_again = |measure: &schemas::plan::Measure| {
            let of_theirs = measure.column.as_deref().is_some_and(theirs);
            let adds_up = match measure.function {
                Aggregate::Count | Aggregate::Sum | Aggregate::Mean | Aggregate::Median => true,
                Aggregate::CountDistinct | Aggregate::Min | Aggregate::Max => false,
            };
            of_theirs && adds_up
        };
        if join.columns.is_empty()
            || plan.measures.iter().any(counted_again)
            || conditions(&plan)
                .iter()
                .any(|condition| hangs_on_all(condition, &theirs))
        {
            return None;
        }
        let listing = plan.measures.is_empty() && plan.group.is_empty();
        if listing && plan.select.iter().all(|name| theirs(name)) {
            // Artists of some albums: each of them once.
            let by_theirs = plan
                .order
                .iter()
                .all(|order| theirs(&order.by) && plan.select.contains(&order.by));
            if plan.select.is_empty() || !by_theirs && plan.limit.is_none_or(|limit| limit.rows > 1) {
                return None;
            }
            plan.distinct |= by_theirs;
        }
        plan.join = Some(join);
        Some(plan)
    }

    /// Whether a name of a plan's columns is one of the second table.
    fn is_theirs(&self, name: &str) -> bool {
        self.join.columns.iter().any(|taken| taken.name == name)
    }
}

/// Words between two of a kind.
const AND: [&str; 8] = [" and ", "和", "与", "及", "、", ",", "，", "以及"];

fn conditions(plan: &Plan) -> Vec<&Condition> {
    let of_measures = plan.measures.iter().filter_map(|measure| measure.filter.as_ref());
    plan.filter.iter().chain(of_measures).collect()
}

/// Whether a condition compares with an aggregate of a column whose values come again with each row that points at them.
fn hangs_on_all(condition: &Condition, theirs: &impl Fn(&str) -> bool) -> bool {
    match condition {
        Condition::And { all: parts } | Condition::Or { any: parts } => {
            parts.iter().any(|part| hangs_on_all(part, theirs))
        }
        Condition::Not { condition } => hangs_on_all(condition, theirs),
        Condition::CompareAggregate { column, .. } => theirs(column),
        // Rows that point nowhere lack everything of the second table: that says nothing of it.
        Condition::Missing { .. } => columns_of(condition).into_iter().any(theirs),
        Condition::Compare { .. }
        | Condition::CompareColumns { .. }
        | Condition::Between { .. }
        | Condition::In { .. }
        | Condition::Contains { .. }
        | Condition::TimeRange { .. } => false,
    }
}

/// The columns of the second table under their names in the plan. The one that names its rows may be called what they are.
fn named<'a>(join: &Join, table: &Table<'a>, alone: bool, rows: u64) -> Vec<Column<'a>> {
    let mut columns = Vec::new();
    for taken in &join.columns {
        let Some(number) = table.number(&taken.column) else {
            continue;
        };
        let Some(column) = table.column(number) else {
            continue;
        };
        let mut column = column.clone();
        if table.label == Some(number) {
            for words in row_names(&table.view, alone) {
                let form = headers::Form {
                    words,
                    closeness: Closeness::Named,
                };
                if !column.forms.iter().any(|known| known.words == form.words) {
                    column.forms.push(form);
                }
            }
        }
        column.profile.to_mut().name.clone_from(&taken.name);
        column.unique = false;
        column.mostly_different = column.profile.distinct * 2 > rows;
        column.identifies = false;
        column.additive = false;
        column.foreign = false;
        columns.push(column);
    }
    columns
}

/// The pairs of tables of which one evidently points into the other.
#[must_use]
pub fn pairs<'a>(tables: &[TableView<'a>]) -> Vec<Joined<'a>> {
    let mut pairs = Vec::new();
    for own in tables {
        for other in tables.iter().filter(|other| other.reference != own.reference) {
            for (column, key, repeats) in links(own, other) {
                if pairs.len() == PAIRS {
                    return pairs;
                }
                let joined = Joined::new(*own, *other, [column, key], tables);
                pairs.extend(joined.map(|joined| Joined { repeats, ..joined }));
            }
        }
    }
    pairs
}

/// Columns of one table that point at a column of the other one, and whether that one holds its values more than once.
fn links<'a>(own: &TableView<'a>, other: &TableView<'a>) -> Vec<(&'a str, &'a str, bool)> {
    let can_point = |column: &&ColumnProfile| {
        matches!(column.kind, ColumnType::Int | ColumnType::Text) && column.distinct > 1
    };
    let mut links = Vec::new();
    for key in other.profile.columns.iter().filter(can_point) {
        let tells_rows = key.distinct == other.profile.rows && key.nulls == 0;
        for column in own.profile.columns.iter().filter(can_point) {
            let named = || is_named_after(column, key, other);
            let links_them = column.kind == key.kind
                && match (key.kind, are_held(column, own, key, other)) {
                    (ColumnType::Text, Some(held)) => held && (column.distinct >= FEW || named()),
                    _ => named() && overlap(column, key),
                };
            // What most rows have a value of their own of is a key that was to be one; a region is none.
            let is_nearly_key = key.distinct * 2 > other.profile.rows && column.distinct < own.profile.rows;
            let repeats = !tells_rows && is_nearly_key && named();
            if links_them && (tells_rows || repeats) {
                links.push((column.name.as_str(), key.name.as_str(), !tells_rows));
            }
        }
    }
    if links.iter().any(|(.., repeats)| !repeats) {
        links.retain(|(.., repeats)| !repeats);
    }
    links
}

/// Whether nearly all texts of a column are among those of another one; none where not all texts are known.
fn are_held(
    column: &ColumnProfile,
    own: &TableView<'_>,
    key: &ColumnProfile,
    other: &TableView<'_>,
) -> Option<bool> {
    let known = |view: &TableView<'_>, column: &ColumnProfile| {
        view.values.of_column(&column.name).count() as u64 >= column.distinct
    };
    if column.kind != ColumnType::Text || !known(own, column) || !known(other, key) {
        return None;
    }
    let texts = || own.values.of_column(&column.name);
    let found = texts().filter(|text| other.values.in_column(&key.name, &fold(text)).is_some());
    #[expect(
        clippy::cast_precision_loss,
        reason = "texts of an index that fits into memory"
    )]
    Some(found.count() as f64 >= NEARLY_ALL * texts().count() as f64)
}

fn overlap(column: &ColumnProfile, key: &ColumnProfile) -> bool {
    match (
        column.min.as_f64().zip(column.max.as_f64()),
        key.min.as_f64().zip(key.max.as_f64()),
    ) {
        (Some((low, high)), Some((least, most))) => low <= most && high >= least,
        _ => true,
    }
}

/// Whether a column is called like the key of another table, or like the rows of that table: `customer_id` or `customer`, where
/// customers have an `id`.
fn is_named_after(column: &ColumnProfile, key: &ColumnProfile, other: &TableView<'_>) -> bool {
    let things = |column: &ColumnProfile| -> Vec<Vec<HeaderWord>> {
        let is_number = column.kind == ColumnType::Int;
        let forms = headers::forms(&column.name, &[], &[], is_number).into_iter();
        forms
            .filter(|form| {
                matches!(
                    form.closeness,
                    Closeness::Idea | Closeness::Named | Closeness::Numbered
                )
            })
            .map(|form| form.words)
            // An id is one of whatever.
            .filter(|words| {
                !words
                    .iter()
                    .all(|word| lexicon().any_is("generic", &word.concepts))
            })
            .collect()
    };
    let own = things(column);
    let mut theirs = things(key);
    theirs.extend(row_names(other, true));
    own.iter()
        .any(|own| theirs.iter().any(|theirs| same_words(own, theirs)))
}
