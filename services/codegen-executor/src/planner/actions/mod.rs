//! What the rules of the grammar do: parts in, the parts that they may make out. No part: the words don't go together
//! over this table. Several: each is a reading.

mod alternatives;
mod amounts;
mod columns;
mod compared;
mod computed;
mod conditions;
mod contrasts;
mod measures;
mod people;
mod periods;
mod picks;
mod truths;
mod values;

use schemas::plan::{Comparison, Condition};
use schemas::table::ColumnType;

use super::number::Number;
use super::part::{MeasureOf, Part, Pick};
use super::role::Role;
use super::table::{Column, Table};
use super::time::Said;
pub use measures::is_rank;

/// The function of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Action(fn(&Table<'_>, Parts<'_>) -> Vec<Part>);

impl Action {
    /// Puts parts together.
    #[must_use]
    pub fn run(self, table: &Table<'_>, parts: &[&Part]) -> Vec<Part> {
        (self.0)(table, Parts(parts))
    }
}

/// The action of a name in the grammar.
#[must_use]
pub fn action(name: &str) -> Option<Action> {
    let function: fn(&Table<'_>, Parts<'_>) -> Vec<Part> = match name {
        "passes_named" => conditions::passes_named,
        "passes" => conditions::passes,
        "keep" => |_, parts| parts.said().cloned().into_iter().collect(),
        "rows" => |_, _| vec![Part::Rows],
        "with_label" => values::with_label,
        "kind_column" => values::kind_column,
        "year_verb" => periods::year_verb,
        "in_either_column" => alternatives::in_either_column,
        "each_of" => alternatives::each_of,
        "contains_label" => values::contains_label,
        "starts_label" => values::starts_label,
        "in_own_unit" => values::in_own_unit,
        "counted_column" => values::counted_column,
        "priced_column" => values::priced_column,
        "columns" => values::columns,
        "label" => values::label,
        "identified" => values::identified,
        "identifier" => values::identifier,
        "done_by" => alternatives::done_by,
        "asked_verb" => values::asked_verb,
        "much" => amounts::much,
        "amount" => values::amount,
        "values" => values::values,
        "apposition" => values::apposition,
        "is_one_of" => values::is_one_of,
        "is_none_of" => values::is_none_of,
        "is_from" => values::is_from,
        "is_toward" => values::is_toward,
        "is_compared_text" => values::is_compared_text,
        "contains" => values::contains,
        "lacks" => values::lacks,
        "starts" => values::starts,
        "ends" => values::ends,
        "compares" => conditions::compares,
        "compares_done" => conditions::compares_done,
        "compares_than" => conditions::compares_than,
        "compares_named" => conditions::compares_named,
        "compares_each" => conditions::compares_each,
        "compares_both" => conditions::compares_both,
        "compares_unit" => conditions::compares_unit,
        "compares_concept" => conditions::compares_concept,
        "differs" => conditions::differs,
        "equals" => conditions::equals,
        "equals_unit" => conditions::equals_unit,
        "between" => conditions::between,
        "between_unit" => conditions::between_unit,
        "compares_columns" => columns::compares_columns,
        "compares_whole" => columns::compares_whole,
        "compares_whole_of" => columns::compares_whole_of,
        "compares_whole_named" => columns::compares_whole_named,
        "is_missing_before" => conditions::is_missing_before,
        "is_missing" => conditions::is_missing,
        "has_some" => conditions::has_some,
        "is_not" => conditions::is_not,
        "has_positive" => conditions::has_positive,
        "minus" => computed::minus,
        "plus" => computed::plus,
        "multiplied" => computed::multiplied,
        "days" => computed::days,
        "days_over" => computed::days_over,
        "columns_equal" => columns::columns_equal,
        "is_true" => truths::is_true,
        "is_false" => truths::is_false,
        "both_true" => truths::both_true,
        "inclusive" => conditions::inclusive,
        "exclusive" => conditions::exclusive,
        "inclusive_time" => periods::inclusive,
        "exclusive_time" => periods::exclusive,
        "either" => conditions::either,
        "either_of_column" => conditions::either_of_column,
        "both_of_column" => conditions::both_of_column,
        "spans" => periods::spans,
        "in_time" => periods::in_time,
        "in_times" => periods::in_times,
        "not_in_time" => periods::not_in_time,
        "edge_time" => periods::edge,
        "before_time" => periods::before,
        "after_time" => periods::after,
        "since_time" => periods::since,
        "until_time" => periods::until,
        "verb_time" => periods::verb_time,
        "compares_time" => periods::compares,
        "key" => measures::key,
        "key_kind" => measures::key_kind,
        "key_span" => measures::key_span,
        "key_bare" => measures::key_bare,
        "key_row" => |_, _| vec![Part::Keys(vec![super::part::Key::Row])],
        "keys" => measures::keys,
        "functions" => measures::functions,
        "aggregate" => measures::aggregate,
        "aggregate_more" => amounts::aggregate_more,
        "aggregate_best" => measures::aggregate_best,
        "aggregate_top" => measures::aggregate_top,
        "aggregate_sum" => measures::aggregate_sum,
        "aggregate_twice" => measures::aggregate_twice,
        "aggregate_both" => measures::aggregate_both,
        "aggregate_concept" => measures::aggregate_concept,
        "count_rows" => amounts::count_rows,
        "count_kinds" => measures::count_kinds,
        "count_people" => people::count_people,
        "mean_people" => people::mean_people,
        "count_values" => measures::count_values,
        "having" => measures::having,
        "having_inclusive" => |_, parts| measures::having_edge(parts, true),
        "having_exclusive" => |_, parts| measures::having_edge(parts, false),
        "having_over" => measures::having_over,
        "having_distinct" => measures::having_distinct,
        "against" => compared::against,
        "year_before" => |_, _| vec![Part::Against(super::part::Against::YearBefore)],
        "period_before" => |_, _| vec![Part::Against(super::part::Against::PeriodBefore)],
        "grown" => compared::grown,
        "ratio" => compared::ratio,
        "difference" => compared::difference,
        "pick" => picks::pick,
        "pick_first" => picks::pick_first,
        "pick_verb" => picks::pick_verb,
        "pick_named" => picks::pick_named,
        "pick_concept" => picks::pick_concept,
        "pick_rows" => picks::pick_rows,
        "pick_measure" => picks::pick_measure,
        "pick_common" => picks::pick_common,
        "pick_top" => picks::pick_top,
        "pick_compared" => picks::pick_compared,
        "pick_limit" => picks::pick_limit,
        "pick_some" => picks::pick_some,
        "pick_nth" => contrasts::pick_nth,
        "place" => contrasts::place,
        "versus" => contrasts::versus,
        "excess" => contrasts::excess,
        "spoken_of" => contrasts::spoken_of,
        "apart" => |_, _| vec![Part::Apart],
        "order" => picks::order,
        "orders" => picks::orders,
        "order_counted" => picks::order_counted,
        "order_number" => picks::order_number,
        "order_from" => picks::order_from,
        "order_concept" => picks::order_concept,
        "direction" => picks::direction,
        "order_result" => picks::order_result,
        "rank" => picks::rank,
        "limit" => picks::limit,
        "rounding" => amounts::rounding,
        "rounding_whole" => |_, _| vec![Part::Decimals(0)],
        "counted" => picks::counted,
        _ => return None,
    };
    Some(Action(function))
}

/// The parts of a rule, those that say something found by what they are.
#[derive(Debug, Clone, Copy)]
struct Parts<'a>(&'a [&'a Part]);

impl<'a> Parts<'a> {
    fn find<T>(self, pick: impl Fn(&'a Part) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|part| pick(part))
    }

    /// The first part that is more than a word.
    fn said(self) -> Option<&'a Part> {
        self.0
            .iter()
            .copied()
            .find(|part| !matches!(part, Part::Role(_)))
            .or_else(|| self.0.first().copied())
    }

    fn role(self, name: &str) -> Option<Role> {
        self.find(|part| match part {
            Part::Role(role) if role.name() == name => Some(*role),
            _ => None,
        })
    }

    fn has(self, name: &str) -> bool {
        self.role(name).is_some()
    }

    fn roles(self) -> impl Iterator<Item = Role> + 'a {
        self.0.iter().filter_map(|part| match part {
            Part::Role(role) => Some(*role),
            _ => None,
        })
    }

    /// The first column.
    fn column(self) -> Option<usize> {
        self.columns().first().copied()
    }

    /// All columns, in order.
    fn columns(self) -> Vec<usize> {
        let mut columns = Vec::new();
        for part in self.0 {
            match part {
                Part::Column(column) => columns.push(*column),
                Part::Columns(more) => columns.extend(more),
                _ => {}
            }
        }
        columns
    }

    fn numbers(self) -> Vec<Number> {
        let number = |part: &&Part| match part {
            Part::Number(number) => Some(*number),
            _ => None,
        };
        self.0.iter().filter_map(number).collect()
    }

    fn number(self) -> Option<Number> {
        self.numbers().first().copied()
    }

    fn values(self) -> Option<(usize, &'a [String])> {
        self.find(|part| match part {
            Part::Values(column, texts) => Some((*column, texts.as_slice())),
            _ => None,
        })
    }

    fn text(self) -> Option<&'a str> {
        self.find(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    fn times(self) -> Vec<Said> {
        let said = |part: &&Part| match part {
            Part::Time(said) => Some(*said),
            _ => None,
        };
        self.0.iter().filter_map(said).collect()
    }

    fn conditions(self) -> Vec<&'a Condition> {
        let condition = |part: &&'a Part| match part {
            Part::Condition(condition) => Some(condition),
            _ => None,
        };
        self.0.iter().filter_map(condition).collect()
    }

    fn measure(self) -> Option<MeasureOf> {
        self.find(|part| match part {
            Part::Measures(measures) => match measures.as_slice() {
                [measure] => Some(*measure),
                _ => None,
            },
            _ => None,
        })
    }

    /// How something compares, whichever side of the number says it.
    fn comparison(self) -> Option<Comparison> {
        self.roles().find_map(|role| match role {
            Role::Compare(comparison) | Role::CompareAfter(comparison) | Role::More(comparison) => {
                Some(comparison)
            }
            _ => None,
        })
    }

    /// The direction of a superlative: the largest, or the smallest.
    fn extreme(self) -> Option<bool> {
        self.roles().find_map(|role| match role {
            Role::Extreme { descending } | Role::Most { descending } => Some(descending),
            _ => None,
        })
    }

    fn superlative(self) -> Option<Pick> {
        self.find(|part| match part {
            Part::Pick(pick) => Some(*pick),
            _ => None,
        })
    }
}

/// The column with a number, where it is of some type.
fn typed<'t, 'a>(table: &'t Table<'a>, column: usize, is: fn(ColumnType) -> bool) -> Option<&'t Column<'a>> {
    table.column(column).filter(|column| is(column.kind()))
}

fn one(part: Option<Part>) -> Vec<Part> {
    part.into_iter().collect()
}

fn condition(condition: Condition) -> Vec<Part> {
    vec![Part::Condition(condition)]
}
