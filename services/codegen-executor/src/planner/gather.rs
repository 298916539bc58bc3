//! The items of a question, sorted by what they say.

use schemas::plan::{Comparison, Condition};
use schemas::value::Value;

use super::chart::Cover;
use super::part::{By, Key, MeasureOf, Part, Pick, Ranked, Thing};
use super::role::{Role, Unit};

/// Why words that are all understood make no plan together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// Nothing is asked for.
    NothingAsked,
    /// More than one superlative, order or limit.
    TooMuch,
    /// It is not said what to compute of a column in each group.
    NoFunction(usize),
    /// It is not said by what the first ones are the first.
    NoOrder,
    /// The table has no column that names its rows.
    NoLabel,
    /// Two conditions that no row fulfils together.
    Contradiction,
    /// Running totals.
    Cumulative,
    /// Parts that this planner can't bring together.
    Unconnected,
}

/// A condition on groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Having {
    /// Of which measure.
    pub measure: MeasureOf,
    /// How it compares.
    pub comparison: Comparison,
    /// With what.
    pub value: Value,
}

/// What a question says, order aside.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Which rows count.
    pub conditions: Vec<Condition>,
    /// Columns that stand for themselves.
    pub columns: Vec<usize>,
    /// Whether the rows are named.
    pub rows: bool,
    /// What is computed.
    pub measures: Vec<MeasureOf>,
    /// What is grouped by.
    pub keys: Vec<Key>,
    /// The superlative.
    pub pick: Option<Pick>,
    /// The order.
    pub order: Vec<Ranked>,
    /// Which groups count.
    pub having: Vec<Having>,
    /// The first or last ones.
    pub limit: Option<(u32, bool)>,
    /// How many of the things asked for.
    pub counted: Option<u32>,
    /// "by" something that is no key.
    pub rank: Option<By>,
    /// "which", "what".
    pub which: bool,
    /// Whether it stands at a column: "which countries".
    pub asked: bool,
    /// "who".
    pub who: bool,
    /// "show", "list".
    pub list: bool,
    /// "how much", "多少".
    pub how_much: bool,
    /// "多少", "几", which also ask how many.
    pub quantity: bool,
    /// "respectively".
    pub respectively: bool,
    /// "different".
    pub distinct: bool,
    /// "all".
    pub all: bool,
    /// Whether a verb speaks of the rows: "visits".
    pub spoken: bool,
    /// "and" between parts.
    pub and: bool,
    /// Whether a unit is named that counts no rows: "how many kilograms".
    pub in_unit: bool,
    /// Whether a column is named behind a measure.
    pub after_measure: bool,
    /// Whether one column is named twice: the second name may mean another one that is not there.
    pub repeated: bool,
    /// "cumulative".
    pub cumulative: bool,
    /// Whether each of several values has its own result.
    pub each_value: bool,
}

/// Sorts the items of a cover.
///
/// # Errors
/// [`Misfit::TooMuch`] when something is said twice that can be so once.
pub fn gather(cover: &Cover) -> Result<Gathered, Misfit> {
    let mut all = Gathered::default();
    for item in &cover.items {
        if let (Part::Columns(_), Some(Part::Role(Role::Word("which")))) =
            (&item.part, item.words.first().map(|word| &word.part))
        {
            all.asked = true;
        }
        // Words that say something wherever they stand, in a part or between parts.
        for word in &item.words {
            match &word.part {
                Part::Role(Role::Word("which")) => all.which = true,
                Part::Role(Role::Word("who")) => all.who = true,
                Part::Role(Role::Unit(unit)) if *unit != Unit::Plain => all.in_unit = true,
                _ => {}
            }
        }
        all.cumulative |= item
            .words
            .iter()
            .any(|word| word.part == Part::Role(Role::Word("cumulative")));
        match &item.part {
            Part::Condition(condition) => all.conditions.push(condition.clone()),
            Part::Column(column) => all.add_columns(&[*column]),
            Part::Columns(columns) => all.add_columns(columns),
            Part::Rows => all.rows = true,
            Part::Measures(measures) => {
                for measure in measures {
                    if !all.measures.contains(measure) {
                        all.measures.push(*measure);
                    }
                }
            }
            Part::Keys(keys) => {
                for key in keys {
                    if !all.keys.contains(key) {
                        all.keys.push(*key);
                    }
                }
            }
            Part::Pick(pick) => {
                if all.pick.replace(*pick).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Order(ranked) => {
                if !all.order.is_empty() {
                    return Err(Misfit::TooMuch);
                }
                all.order.clone_from(ranked);
            }
            Part::Having(measure, comparison, value) => all.having.push(Having {
                measure: *measure,
                comparison: *comparison,
                value: value.clone(),
            }),
            Part::Limit { rows, last } => {
                if all.limit.replace((*rows, *last)).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Counted(thing, rows) => {
                if all.counted.replace(*rows).is_some() {
                    return Err(Misfit::TooMuch);
                }
                match thing {
                    Thing::Column(column) => all.add_columns(&[*column]),
                    Thing::Rows => all.rows = true,
                    Thing::Unsaid => {}
                }
            }
            Part::Rank(by) => {
                if all.rank.replace(*by).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Role(role) => {
                let asks = matches!(role, Role::Word("quantity" | "how_much"));
                all.in_unit |= asks && item.words.len() > 1;
                all.note(*role);
            }
            Part::Values(..) | Part::Number(_) | Part::Time(_) | Part::Text(_) | Part::Functions(_) => {
                return Err(Misfit::Unconnected);
            }
        }
    }
    Ok(all)
}

impl Gathered {
    fn add_columns(&mut self, columns: &[usize]) {
        self.after_measure |= !self.measures.is_empty();
        for column in columns {
            if self.columns.contains(column) {
                self.repeated = true;
            } else {
                self.columns.push(*column);
            }
        }
    }

    fn note(&mut self, role: Role) {
        match role.name() {
            "and" => self.and = true,
            "filler" => self.spoken = true,
            "list" => self.list = true,
            "how_much" => self.how_much = true,
            "quantity" => (self.how_much, self.quantity) = (true, true),
            "respectively" => self.respectively = true,
            "distinct" => self.distinct = true,
            "all" => self.all = true,
            "row" => self.rows = true,
            _ => {}
        }
    }
}
