//! The items of a question, sorted by what they say.

use schemas::plan::{Aggregate, Comparison, Condition};
use schemas::value::Value;

use super::also;
use super::atoms::Atoms;
use super::chart::Cover;
use super::part::{Against, By, Excess, How, Key, MeasureOf, Part, Pick, Ranked, Thing};
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
    /// Which part is of which whole.
    Whole,
    /// It goes on from a question that was not understood.
    Before,
    /// A time that is still to come.
    Future,
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

/// A condition, and where it stands.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Which rows count.
    pub condition: Condition,
    /// The number of its item.
    pub at: usize,
    /// Whether it is about time.
    pub timed: bool,
}

/// What a question says of parts and wholes, and of earlier and later.
#[derive(Debug, Clone, Default)]
pub struct Comparing {
    /// Where a share is asked for: the number of the item.
    pub share: Option<usize>,
    /// Whether it is asked for in percent.
    pub percent: bool,
    /// Where the whole begins: "占".
    pub occupy: Option<usize>,
    /// Where the first thing that is measured is named.
    pub measured: Option<usize>,
    /// Conditions with their places.
    pub conditions: Vec<Placed>,
    /// Whether growth is asked for; true: as a rate.
    pub growth: Option<bool>,
    /// What something has grown from.
    pub against: Option<Against>,
    /// Two measures.
    pub pair: Option<(How, MeasureOf, MeasureOf)>,
}

/// What a question says, order aside.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Which rows count.
    pub conditions: Vec<Condition>,
    /// Columns that stand for themselves.
    pub columns: Vec<usize>,
    /// Those of them that stand in no list with others.
    pub apart: Vec<usize>,
    /// Whether the rows are named.
    pub rows: bool,
    /// Whether a direction says what it is of: "newest first".
    pub sized: bool,
    /// Whether each of some things is asked for.
    pub each: bool,
    /// Whether "the average of all" is said, and not of those that other conditions leave.
    pub whole_said: bool,
    /// What is computed.
    pub measures: Vec<MeasureOf>,
    /// What is grouped by.
    pub keys: Vec<Key>,
    /// Whether spans are among them that nothing says to group by.
    pub bare_spans: bool,
    /// The superlative.
    pub pick: Option<Pick>,
    /// The order.
    pub order: Vec<Ranked>,
    /// Which groups count.
    pub having: Vec<Having>,
    /// The first or last ones.
    pub limit: Option<(u32, bool)>,
    /// "round the …": apart from how many decimals there are to be.
    pub round: bool,
    /// To how many decimals figures are rounded.
    pub decimals: Option<u8>,
    /// How many of the things asked for.
    pub counted: Option<u32>,
    /// "by" something that is no key.
    pub rank: Option<By>,
    /// "which", "what".
    pub which: bool,
    /// "Each" of those that a condition leaves.
    pub each_of: bool,
    /// How many words ask: "which is the longest, and in which country is it?".
    pub asking: u32,
    /// Whether it stands at a column: "which countries".
    pub asked: bool,
    /// At which one.
    pub asked_at: Option<usize>,
    /// "who".
    pub who: bool,
    /// "show", "list".
    pub list: bool,
    /// "how much", "多少".
    pub how_much: bool,
    /// "多少", "几", which also ask how many.
    pub quantity: bool,
    /// "多少条", which asks for so many and for no amount.
    pub counting: bool,
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
    /// "the films and their directors": the rows are shown as well.
    pub and_its: bool,
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
    /// "added together", which wants one number.
    pub combined: bool,
    /// "From the highest to the lowest", which no texts are.
    pub by_size: bool,
    /// Years of the columns that are meant.
    pub editions: Vec<u16>,
    /// Whether a function is said of a measure, and not taken for granted.
    pub function_said: bool,
    /// Functions that stand apart from their column: "… on average".
    pub floating: Vec<Aggregate>,
    /// A superlative that stands for itself, and says something only after an earlier question: "the lowest instead".
    pub superlative: Option<Aggregate>,
    /// Parts and wholes, earlier and later.
    pub comparing: Comparing,
    /// What one thing has more of.
    pub excess: Option<Excess>,
    /// Than what: values of a column.
    pub versus: Option<(usize, Vec<String>)>,
    /// How far two things are apart.
    pub gap: bool,
    /// "in total", which belongs to no sum that is named.
    pub altogether: bool,
    /// "which stores", where it stands at what the rows are.
    pub asked_rows: bool,
    /// Columns that a verb speaks of apart from what is asked: "how much did the shop sell".
    pub spoken_of: Vec<usize>,
    /// "how much", 多少, wherever it stands.
    pub asks_much: bool,
    /// The unit that is asked for, of those that things are measured in.
    pub unit: Option<usize>,
    /// Columns in a list: "name and result".
    pub columns_listed: bool,
    /// "A and B" among the values of a condition.
    pub several: bool,
}

/// Sorts the items of a cover.
///
/// # Errors
/// [`Misfit::TooMuch`] when something is said twice that can be so once.
pub fn gather(cover: &Cover) -> Result<Gathered, Misfit> {
    let mut all = Gathered::default();
    for (at, item) in cover.items.iter().enumerate() {
        let asked_before = all.which;
        let which = |word: &super::chart::Word| word.part == Part::Role(Role::Word("which"));
        let asked = match &item.part {
            Part::Columns(columns) => columns.first().copied(),
            Part::Column(column) => Some(*column),
            _ => None,
        };
        let asked = asked.filter(|_| item.words.first().is_some_and(which));
        (all.asked, all.asked_at) = (all.asked || asked.is_some(), asked.or(all.asked_at));
        // Words that say something wherever they stand, in a part or between parts.
        for word in &item.words {
            match &word.part {
                Part::Role(Role::Word("which")) => (all.which, all.asking) = (true, all.asking + 1),
                Part::Role(Role::Word("who")) => (all.who, all.asking) = (true, all.asking + 1),
                Part::Role(Role::Word("each" | "each_kind")) => all.each = true,
                Part::Role(Role::Word(
                    "latest_first" | "earliest_first" | "oldest_first" | "youngest_first",
                )) => {
                    all.sized = true;
                }
                Part::Role(Role::Word("highest_first" | "lowest_first")) => all.by_size = true,
                Part::Role(Role::Extreme { .. } | Role::Most { .. })
                    if matches!(item.part, Part::Order(_)) =>
                {
                    all.by_size = true;
                }
                Part::Role(Role::Word("quantity" | "how_much" | "quantity_of")) => all.asks_much = true,
                Part::Role(Role::Unit(unit)) if *unit != Unit::Plain => {
                    all.in_unit = true;
                    if let Unit::Sized(size) = unit {
                        all.unit = Some(*size);
                    }
                }
                _ => {}
            }
        }
        all.cumulative |= item
            .words
            .iter()
            .any(|word| word.part == Part::Role(Role::Word("cumulative")));
        all.and_its |= also::shows_rows_too(cover, at, &all, asked_before);
        let asks = |item: &std::rc::Rc<super::chart::Constituent>| {
            matches!(item.part, Part::Role(Role::Word("which" | "who")))
        };
        all.asked_rows |= matches!(item.part, Part::Rows | Part::Column(_) | Part::Columns(_))
            && at
                .checked_sub(1)
                .and_then(|before| cover.items.get(before))
                .is_some_and(asks);
        match &item.part {
            Part::Excess(excess) => {
                if all.excess.replace(*excess).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Versus(column, texts) => {
                if all.versus.replace((*column, texts.clone())).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Apart => all.gap = true,
            Part::SpokenOf(column) => {
                // 消费的笔数: what is counted stands behind.
                let next = cover.items.get(at + 1);
                if next.is_some_and(|item| matches!(item.part, Part::Role(Role::Word("de")))) {
                    return Err(Misfit::Unconnected);
                }
                all.spoken_of.push(*column);
            }
            Part::Condition(condition) => {
                let says = |name: &'static str| {
                    move |word: &super::chart::Word| word.part == Part::Role(Role::Word(name))
                };
                let whole = matches!(condition, Condition::CompareAggregate { .. });
                all.whole_said |= whole && item.words.iter().any(says("all"));
                all.each_of |= item.words.iter().any(says("each"));
                all.several |=
                    matches!(condition, Condition::In { .. }) && item.words.iter().any(says("and"));
                all.conditions.push(condition.clone());
                let timed = item.words.iter().any(|word| matches!(word.part, Part::Time(_)));
                all.comparing.conditions.push(Placed {
                    condition: condition.clone(),
                    at,
                    timed,
                });
            }
            Part::Compared(how, one, other) => {
                if all.comparing.pair.replace((*how, *one, *other)).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Against(against) => {
                if all.comparing.against.replace(against.clone()).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Grown(to, from) => {
                let against = Against::Time(from.clone());
                if all.comparing.against.replace(against).is_some() {
                    return Err(Misfit::TooMuch);
                }
                all.comparing.conditions.push(Placed {
                    condition: to.clone(),
                    at,
                    timed: true,
                });
            }
            // 平均年龄多大: how old they are is said already.
            Part::Column(column)
                if cover
                    .items
                    .get(..at)
                    .is_some_and(|items| also::measures(items, *column)) => {}
            Part::Column(column) => {
                all.apart.push(*column);
                all.add_columns(&[*column]);
                all.comparing.measured = all.comparing.measured.or(Some(at));
            }
            Part::Columns(columns) => {
                all.columns_listed |= columns.len() > 1;
                all.add_columns(columns);
                all.comparing.measured = all.comparing.measured.or(Some(at));
            }
            Part::Rows => {
                all.rows = true;
                all.comparing.measured = all.comparing.measured.or(Some(at));
            }
            Part::Measures(measures) => {
                all.function_said |= item.words.iter().any(|word| {
                    matches!(
                        word.part,
                        Part::Role(Role::Aggregate(_) | Role::AggregateAfter(_))
                    )
                });
                all.comparing.measured = all.comparing.measured.or(Some(at));
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
            Part::Spans(keys, rows) => {
                all.keys.extend(keys);
                all.bare_spans = true;
                if rows.is_some_and(|rows| all.counted.replace(rows).is_some()) {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Pick(pick) => {
                if all.pick.replace(*pick).is_some() {
                    return Err(Misfit::TooMuch);
                }
            }
            Part::Order(ranked) => match (all.order.as_mut_slice(), ranked.as_slice()) {
                ([], _) => all.order.clone_from(ranked),
                // "Sort the cuisines by average price, cheapest first": the direction is said behind.
                (
                    [only],
                    [
                        Ranked {
                            by: By::Result,
                            descending,
                        },
                    ],
                ) => only.descending = *descending,
                _ => return Err(Misfit::TooMuch),
            },
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
            Part::Decimals(decimals) => {
                if all.decimals.replace(*decimals).is_some() {
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
                let asks = matches!(role, Role::Word("quantity" | "quantity_of" | "how_much"));
                all.in_unit |= asks && item.words.len() > 1;
                all.note(*role);
                all.comparing.note(*role, at);
            }
            Part::Edition(year) => all.editions.push(*year),
            Part::Functions(functions) => all.floating.extend(functions),
            Part::Values(..) | Part::Number(_) | Part::Time(_) | Part::Text(_) | Part::Place(_) => {
                return Err(Misfit::Unconnected);
            }
        }
    }
    Ok(all)
}

/// "for each building and use": whether an "and" is the last that was understood. A comma opens nothing.
#[must_use]
pub fn ends_open(cover: &Cover, atoms: &Atoms) -> bool {
    let last = cover.items.last();
    last.is_some_and(|item| {
        let comma = atoms
            .list
            .get(item.start)
            .is_some_and(|atom| matches!(atom.text.as_str(), "," | "、"));
        item.part == Part::Role(Role::Word("and")) && !comma
    })
}

impl Comparing {
    fn note(&mut self, role: Role, at: usize) {
        match role.name() {
            "percent" => (self.share, self.percent) = (self.share.or(Some(at)), true),
            "share" => self.share = self.share.or(Some(at)),
            "occupy" => self.occupy = self.occupy.or(Some(at)),
            "growth" => self.growth = self.growth.or(Some(false)),
            "growth_rate" => self.growth = Some(true),
            _ => {}
        }
    }

    /// Whether anything is compared.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.share.is_some() || self.growth.is_some() || self.against.is_some() || self.pair.is_some()
    }
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
            "and_its" => (self.and, self.and_its) = (true, self.rows),
            "filler" => self.spoken = true,
            "highest" => self.superlative = Some(Aggregate::Max),
            "lowest" => self.superlative = Some(Aggregate::Min),
            "list" => self.list = true,
            "how_much" => self.how_much = true,
            "quantity_of" => (self.how_much, self.quantity, self.counting) = (true, true, true),
            "quantity" => (self.how_much, self.quantity) = (true, true),
            "combined" => self.combined = true,
            "altogether" => self.altogether = true,
            "respectively" => self.respectively = true,
            "distinct" => self.distinct = true,
            "all" => self.all = true,
            "row" => self.rows = true,
            "round" => self.round = true,
            _ => {}
        }
    }
}
