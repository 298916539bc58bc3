//! Conditions on values and parts of texts.

use schemas::plan::{Comparison, Condition, Place};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::fold::is_han;
use super::super::headers;
use super::super::lexicon::lexicon;
use super::super::part::{Part, Thing};
use super::super::role::{Role, Unit};
use super::super::table::{Column, Table};
use super::{Parts, condition, one, typed};

/// A number with its unit.
pub fn amount(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    one(parts.number().map(|number| {
        let unit = match parts.role("unit") {
            Some(Role::Unit(unit)) => Some(unit),
            _ => number.unit,
        };
        Part::Number(super::Number { unit, ..number })
    }))
}

/// Several columns. Two names for one column: one of them means another one.
pub fn columns(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let columns = parts.columns();
    let repeated = columns
        .iter()
        .enumerate()
        .any(|(at, column)| columns.iter().skip(at + 1).any(|other| other == column));
    if repeated {
        Vec::new()
    } else {
        vec![Part::Columns(columns)]
    }
}

/// "countries and their capitals": what names the rows, and more of them.
pub fn with_label(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(label) = table.label else {
        return Vec::new();
    };
    let mut columns = parts.columns();
    if columns.contains(&label) {
        return Vec::new();
    }
    columns.insert(0, label);
    vec![Part::Columns(columns)]
}

/// "Match编号", "ticket number" over a column whose header is the thing alone: the column that tells rows apart.
pub fn identified(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let tells = |column: &usize| table.column(*column).is_some_and(|column| column.unique);
    one(parts
        .column()
        .filter(tells)
        .map(|column| Part::Columns(vec![column])))
}

/// 注册人数 for a column of those who are registered, "the number of votes": a count that the column holds.
pub fn counted_column(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let column = parts.column().filter(|column| {
        typed(table, *column, ColumnType::is_number)
            .is_some_and(|column| !column.identifies && !column.numbers_things)
    });
    one(column.map(Part::Column))
}

/// "day pass price", 日票价格, where the column is counted in money.
pub fn priced_column(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let priced = |column: &Column<'_>| {
        let unit = headers::unit(column.name());
        let money = |unit: &str| {
            let entry = lexicon().get(unit);
            entry.is_some_and(|entry| entry.roles.contains(&Role::Unit(Unit::Money)))
        };
        !column.additive && unit.is_some_and(|unit| money(&unit))
    };
    let column = parts
        .column()
        .filter(|column| typed(table, *column, ColumnType::is_number).is_some_and(priced));
    one(column.map(Part::Column))
}

/// "height in metres", 高度（米）: the unit that the column is counted in, said again.
pub fn in_own_unit(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let Some(Role::Unit(Unit::Sized(size))) = parts.role("unit") else {
        return Vec::new();
    };
    let column = parts.column().filter(|column| {
        table
            .column(*column)
            .is_some_and(|column| column.size() == Some(size))
    });
    one(column.map(Part::Column))
}

/// "hand type" for a column of hands: a kind that the column holds.
pub fn kind_column(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let column = parts
        .column()
        .filter(|column| typed(table, *column, |kind| kind == ColumnType::Text).is_some());
    one(column.map(Part::Column))
}

/// "products whose name contains 'Desk'": of what names the rows, or of the column that is named before.
pub fn contains_label(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    of_label(table, parts, Place::Anywhere)
}

/// "whose name starts with M".
pub fn starts_label(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    of_label(table, parts, Place::Start)
}

fn of_label(table: &Table<'_>, parts: Parts<'_>, place: Place) -> Vec<Part> {
    let Some(label) = table.label.map(Part::Column) else {
        return Vec::new();
    };
    let whole: Vec<&Part> = std::iter::once(&label).chain(parts.0.iter().copied()).collect();
    part_of_text(table, Parts(&whole), place).map_or(Vec::new(), condition)
}

/// "编号" alone: the only column that says which row it is.
pub fn identifier(table: &Table<'_>, _: Parts<'_>) -> Vec<Part> {
    let only = |test: &dyn Fn(&Column<'_>) -> bool| {
        let mut all = (0..table.columns.len()).filter(|column| table.column(*column).is_some_and(test));
        all.next().filter(|_| all.next().is_none())
    };
    // Beside a name that each row has for itself the number is meant.
    let numbered = |column: &Column<'_>| column.identifies && headers::says_number(column.name());
    let first = only(&|column| column.identifies).or_else(|| only(&numbered));
    one(first.map(|column| Part::Columns(vec![column])))
}

/// "who heads": the column of those that a verb speaks of.
pub fn asked_verb(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let column = parts
        .column()
        .filter(|column| typed(table, *column, |kind| kind == ColumnType::Text).is_some());
    one(column.map(|column| Part::Columns(vec![column])))
}

/// Several values of one column.
pub fn values(_: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let mut all: Option<(usize, Vec<String>)> = None;
    for part in parts.0 {
        if let Part::Values(column, texts) = part {
            match &mut all {
                None => all = Some((*column, texts.clone())),
                Some((same, so_far)) if same == column => {
                    so_far.extend(
                        texts
                            .iter()
                            .filter(|text| !so_far.contains(text))
                            .cloned()
                            .collect::<Vec<_>>(),
                    );
                }
                Some(_) => return Vec::new(),
            }
        }
    }
    one(all.map(|(column, texts)| Part::Values(column, texts)))
}

/// "the names of the restaurants": the only column of names, where it names the rows.
pub fn label(table: &Table<'_>, _: Parts<'_>) -> Vec<Part> {
    let names = |column: &Column<'_>| {
        column.kind() == ColumnType::Text
            && headers::words(headers::without_unit(column.name()))
                .last()
                .is_some_and(|word| lexicon().any_is("naming", &word.concepts))
    };
    let mut naming = (0..table.columns.len()).filter(|number| table.column(*number).is_some_and(names));
    match (naming.next(), naming.next(), table.label) {
        (Some(only), None, Some(label)) if only == label => vec![Part::Column(only)],
        // "the name of each podcast", where they have a title and their hosts a name.
        (Some(_), Some(_), Some(label)) if table.column(label).is_some_and(is_title) => {
            vec![Part::Column(label)]
        }
        // "the name of the mountain", where a column of mountains has them.
        (None, None, Some(label)) if table.column(label).is_some_and(is_name) => {
            vec![Part::Column(label)]
        }
        _ => Vec::new(),
    }
}

/// Whether a column's name says no more than that it names something.
fn is_title(column: &Column<'_>) -> bool {
    let words = headers::words(headers::without_unit(column.name()));
    matches!(words.as_slice(), [word] if lexicon().any_is("naming", &word.concepts))
}

/// Whether a column names rows, and does not number them.
fn is_name(column: &Column<'_>) -> bool {
    let words = headers::words(headers::without_unit(column.name()));
    let numbers = words
        .last()
        .is_some_and(|word| lexicon().any_is("identifier", &word.concepts));
    let [_, plain] = &column.headers;
    let numbered = ["号", "码", " id", " no"].iter().any(|end| plain.ends_with(end));
    column.unique && column.kind() == ColumnType::Text && !numbers && !numbered
}

/// "Hilltop and Old Mill, both branches", 法国和德国两国: as many things as there are values, and no more than that said.
pub fn apposition(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let found = || {
        let (column, texts) = parts.values()?;
        let (thing, count) = parts.find(|part| match part {
            Part::Counted(thing, count) => Some((*thing, *count)),
            _ => None,
        })?;
        let same = match thing {
            Thing::Column(other) => other == column,
            Thing::Rows => table.label == Some(column),
            Thing::Unsaid => true,
        };
        (same && count > 1 && usize::try_from(count).ok()? == texts.len())
            .then(|| Part::Values(column, texts.to_vec()))
    };
    one(found())
}

/// One of some values.
pub fn is_one_of(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    chosen(parts).map_or(Vec::new(), |(column, texts)| {
        condition(one_of(table.name(column), texts))
    })
}

/// None of some values.
pub fn is_none_of(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let all = values(table, parts);
    let Some(all) = all.first() else { return Vec::new() };
    let whole: Vec<&Part> = parts
        .0
        .iter()
        .filter(|part| !matches!(part, Part::Values(..)))
        .copied()
        .chain([all])
        .collect();
    chosen(Parts(&whole)).map_or(Vec::new(), |(column, texts)| {
        condition(none_of(table.name(column), texts))
    })
}

/// "country = France", "country != France".
pub fn is_compared_text(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    match parts.role("compare") {
        Some(Role::Compare(Comparison::Eq)) => is_one_of(table, parts),
        Some(Role::Compare(Comparison::Ne)) => is_none_of(table, parts),
        _ => Vec::new(),
    }
}

/// Where something starts: not where it ends.
pub fn is_from(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    directed(table, parts, "origin", "destination")
}

/// Where something goes: not where it starts.
pub fn is_toward(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    directed(table, parts, "destination", "origin")
}

fn directed(table: &Table<'_>, parts: Parts<'_>, wanted: &str, opposite: &str) -> Vec<Part> {
    let Some((column, texts)) = parts.values() else {
        return Vec::new();
    };
    let is = |kind: &str, column: usize| {
        table.column(column).is_some_and(|column| {
            column
                .forms
                .iter()
                .flat_map(|form| &form.words)
                .any(|word| lexicon().any_is(kind, &word.concepts))
        })
    };
    // In a table that tells both ends apart, the column of the wanted end is meant and no other.
    let told_apart = (0..table.columns.len()).any(|column| is(wanted, column));
    let fits = if told_apart {
        is(wanted, column)
    } else {
        let either = (0..table.columns.len()).any(|column| is(opposite, column));
        wanted == "origin" && !is(opposite, column) || !either
    };
    if fits {
        condition(one_of(table.name(column), texts))
    } else {
        Vec::new()
    }
}

/// Values, of the column that is named where one is.
fn chosen<'a>(parts: Parts<'a>) -> Option<(usize, &'a [String])> {
    let (column, texts) = parts.values()?;
    parts
        .column()
        .is_none_or(|named| named == column)
        .then_some((column, texts))
}

pub(super) fn one_of(column: String, texts: &[String]) -> Condition {
    match texts {
        [text] => Condition::Compare {
            column,
            comparison: Comparison::Eq,
            value: Value::Text(text.clone()),
        },
        _ => Condition::In {
            column,
            values: texts.iter().cloned().map(Value::Text).collect(),
        },
    }
}

fn none_of(column: String, texts: &[String]) -> Condition {
    match texts {
        [text] => Condition::Compare {
            column,
            comparison: Comparison::Ne,
            value: Value::Text(text.clone()),
        },
        _ => Condition::Not {
            condition: Box::new(one_of(column, texts)),
        },
    }
}

/// Has a text in it.
pub fn contains(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    part_of_text(table, parts, Place::Anywhere).map_or(Vec::new(), condition)
}

/// Has no such text in it.
pub fn lacks(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let inner = part_of_text(table, parts, Place::Anywhere);
    inner.map_or(Vec::new(), |inner| {
        condition(Condition::Not {
            condition: Box::new(inner),
        })
    })
}

/// Starts with a text.
pub fn starts(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    part_of_text(table, parts, Place::Start).map_or(Vec::new(), condition)
}

/// Ends with a text.
pub fn ends(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    part_of_text(table, parts, Place::End).map_or(Vec::new(), condition)
}

fn part_of_text(table: &Table<'_>, parts: Parts<'_>, place: Place) -> Option<Condition> {
    let column = typed(table, parts.column()?, |kind| kind == ColumnType::Text)?;
    let text = parts.text()?;
    // 北 stands in no English name.
    let written = |text: &str| text.chars().any(is_han);
    let mut held = table.view.values.of_column(column.name()).peekable();
    if written(text) && held.peek().is_some() && !held.any(written) {
        return None;
    }
    Some(Condition::Contains {
        column: column.name().to_owned(),
        text: text.to_owned(),
        place,
    })
}
