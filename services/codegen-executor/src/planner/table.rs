//! A table made ready for questions: what its rows are, how its columns may be named, which of them name the rows or
//! say when.

mod computed;
mod labels;
mod marks;
mod subjects;
mod truths;

use std::borrow::Cow;
use std::cell::OnceCell;

use schemas::plan::{ComputedColumn, RowFormula};
use schemas::table::{ColumnProfile, ColumnType, TableProfile};
use schemas::value::Value;

use super::TableView;
use super::calendar::Span;
use super::fold::fold;
use super::headers::{self, Closeness, Form, HeaderWord};
use super::lexicon::{Concept, lexicon};

use labels::label;
use marks::{main_time, money, names, periods, pointed};
pub(super) use subjects::row_names;
use subjects::{called, keyed_subjects};

/// A column.
#[derive(Debug, Clone)]
pub struct Column<'a> {
    /// As profiled.
    pub profile: Cow<'a, ColumnProfile>,
    /// Its header, folded, with and without its unit.
    pub headers: [String; 2],
    /// The ways to name it.
    pub forms: Vec<Form>,
    /// What it holds as a whole, where the lexicon knows it.
    pub concepts: Vec<Concept>,
    /// Whether each row has another value.
    pub unique: bool,
    /// Whether few rows share their value.
    pub mostly_different: bool,
    /// Whether it says which row it is, and no more: an order number.
    pub identifies: bool,
    /// Whether sums make sense and are meant by default.
    pub additive: bool,
    /// Whether its numbers are names: `dog_id`, also where a dog comes again.
    pub numbers_things: bool,
    /// The year that its name ends in.
    pub edition: Option<u16>,
    /// Whether it only points at the rows of another table of the file, which has their names.
    pub foreign: bool,
}

impl Column<'_> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.profile.name
    }

    /// Whether its texts tell most rows apart.
    #[must_use]
    pub fn tells_rows(&self) -> bool {
        self.profile.kind == ColumnType::Text && self.mostly_different
    }

    /// Whether its numbers are years.
    #[must_use]
    pub fn holds_years(&self) -> bool {
        let (min, max) = (&self.profile.min, &self.profile.max);
        matches!((min, max), (Value::Int(min), Value::Int(max)) if *min >= 1000 && *max <= 2100)
    }

    /// The size of the unit that it is counted in, of those that things are measured in.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        let unit = self.profile.unit.as_deref().map(fold);
        let known = |unit: &str| lexicon().unit_size(unit);
        unit.and_then(|unit| known(&unit))
            .or_else(|| headers::unit(&self.profile.name).and_then(|unit| known(&unit)))
    }

    /// Whether another column holds the same in another unit: the height in metres, and in feet.
    #[must_use]
    pub fn is_twin(&self, other: &Self) -> bool {
        let words = |column: &Self| column.forms.first().map(|form| form.words.clone());
        self.kind().is_number()
            && other.kind().is_number()
            && self.profile.name != other.profile.name
            && words(self).is_some()
            && words(self) == words(other)
            && self.size().is_some()
            && other.size().is_some()
            && self.size() != other.size()
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> ColumnType {
        self.profile.kind
    }
}

/// A table.
#[derive(Debug)]
pub struct Table<'a> {
    /// As given.
    pub view: TableView<'a>,
    /// Its columns, in order.
    pub columns: Vec<Column<'a>>,
    /// What one row is.
    pub subjects: Vec<Vec<HeaderWord>>,
    /// Whether its rows are people.
    pub of_people: bool,
    /// The column that names the rows.
    pub label: Option<usize>,
    /// Columns of days or moments that say when a row is; more than one where they can't be told apart.
    pub times: Vec<usize>,
    /// A column of texts such as 2023Q1, and the span of each text.
    pub periods: Option<(usize, Vec<(String, Span)>)>,
    /// A column of years, of numbers or text.
    pub year: Option<usize>,
    /// A numeric column of months.
    pub month: Option<usize>,
    /// The only column of money.
    pub money: Option<usize>,
    /// First and last name, where a table has them in two columns and no whole name.
    pub names: Option<[usize; 2]>,
    /// What the question has computed row by row: numbered like columns, behind those of the table.
    computed: [OnceCell<(ComputedColumn, Column<'static>)>; COMPUTED],
}

/// So many columns can be computed for one question, in all its readings.
const COMPUTED: usize = 12;

impl<'a> Table<'a> {
    /// Reads names and types, beside the other tables of the file. The file's name says what the rows of a table are
    /// where it is alone in it.
    #[must_use]
    pub fn new(view: TableView<'a>, beside: &[&TableProfile]) -> Self {
        let alone = beside.is_empty();
        let mut subjects = row_names(&view, alone);
        let mut columns = columns(&view, &subjects);
        let repeated = |subject: &Vec<HeaderWord>| {
            columns
                .iter()
                .filter(|column| column.kind() == ColumnType::Text)
                .any(|column| {
                    column.profile.distinct * 2 < view.profile.rows
                        && column.forms.iter().any(|form| {
                            form.closeness <= Closeness::Numbered && same_words(&form.words, subject)
                        })
                })
        };
        let held: Vec<Vec<HeaderWord>> = subjects
            .iter()
            .filter(|subject| repeated(subject))
            .cloned()
            .collect();
        if !held.is_empty() {
            // A file about shops with many rows of each shop: its rows are something else.
            subjects.retain(|subject| !held.contains(subject));
            columns = self::columns(&view, &subjects);
        }
        let more = keyed_subjects(&columns, &subjects);
        if !more.is_empty() {
            subjects.extend(more);
            columns = self::columns(&view, &subjects);
        }
        // What another table holds of the rows is meant where it is named: it does not say which they are, when and how much.
        let owned = columns.len() - theirs(&view).len();
        let own = columns.get(..owned).unwrap_or_default();
        let label = label(own);
        let is = |kind: &str, words: &[HeaderWord]| {
            words.iter().any(|word| lexicon().any_is(kind, &word.concepts))
        };
        let of_people = subjects.iter().any(|words| is("person", words))
            || own
                .iter()
                .any(|column| lexicon().any_is("personal", &column.concepts));
        let called = called(&subjects, &columns, of_people);
        subjects.extend(called);
        let mut times: Vec<usize> = (0..columns.len())
            .filter(|at| columns.get(*at).is_some_and(|column| column.kind().is_time()))
            .collect();
        if times.iter().any(|at| *at < owned) {
            times.retain(|at| *at < owned);
        }
        if let Some(main) = main_time(&columns, &times) {
            times.retain(|at| *at == main);
        }
        let periods = periods(&view, &columns);
        let of = |head: &str, allowed: fn(ColumnType) -> bool| {
            let concept = lexicon().concept(head)?;
            let mut found = columns.iter().enumerate().filter(|(_, column)| {
                allowed(column.kind())
                    && column.forms.iter().any(|form| {
                        matches!(form.words.as_slice(), [.., word] if word.concepts.contains(&concept))
                            && form.closeness <= Closeness::Own
                    })
            });
            let first = found.next().map(|(at, _)| at);
            // Two columns of years: which one is meant can't be known.
            if found.next().is_some() { None } else { first }
        };
        let year = of("year", |kind| kind == ColumnType::Int);
        let month = of("month", |kind| kind == ColumnType::Int);
        Self {
            view,
            subjects,
            of_people,
            label,
            times,
            periods,
            year,
            month,
            money: money(own),
            names: names(own),
            computed: Default::default(),
            columns: pointed(columns, &view, beside),
        }
    }

    /// The column with this number. A number that no column has is a defect of the planner; it names nothing.
    #[must_use]
    pub fn column(&self, number: usize) -> Option<&Column<'a>> {
        let computed = || {
            number
                .checked_sub(self.columns.len())
                .and_then(|place| self.computed.get(place))
        };
        self.columns
            .get(number)
            .or_else(|| computed()?.get().map(|(_, column)| column))
    }

    /// The number of a column that is computed from others, where that makes sense.
    #[must_use]
    pub fn compute(&self, formula: RowFormula) -> Option<usize> {
        let mut name = computed::name(&formula);
        while self.columns.iter().any(|column| column.name() == name) {
            name.push('*');
        }
        let computed = ComputedColumn { name, formula };
        for (place, cell) in self.computed.iter().enumerate() {
            let number = self.columns.len() + place;
            match cell.get() {
                Some((other, _)) if *other == computed => return Some(number),
                Some(_) => {}
                None => {
                    let column = computed::column(&computed, self.view.profile)?;
                    return cell.set((computed, column)).ok().map(|()| number);
                }
            }
        }
        None
    }

    /// What was computed under some names.
    #[must_use]
    pub fn computed(&self, named: impl Fn(&str) -> bool) -> Vec<ComputedColumn> {
        let computed = self.computed.iter().filter_map(|cell| Some(&cell.get()?.0));
        computed
            .filter(|computed| named(&computed.name))
            .cloned()
            .collect()
    }

    /// Whether columns are named by this year, and nothing else says when a row is.
    #[must_use]
    pub fn has_edition(&self, year: u16) -> bool {
        self.columns.iter().any(|column| column.edition == Some(year))
    }

    /// The name of a column.
    #[must_use]
    pub fn name(&self, number: usize) -> String {
        self.column(number)
            .map(|column| column.name().to_owned())
            .unwrap_or_default()
    }

    /// The number of a named column.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<usize> {
        let of_table = || self.columns.iter().position(|column| column.name() == name);
        let computed = || {
            let called = |cell: &OnceCell<(ComputedColumn, _)>| {
                cell.get().is_some_and(|(computed, _)| computed.name == name)
            };
            Some(self.columns.len() + self.computed.iter().position(called)?)
        };
        of_table().or_else(computed)
    }

    /// Whether a column's name, or a value, names a concept.
    #[must_use]
    pub fn knows(&self, concept: Concept) -> bool {
        let named = |column: &Column<'_>| {
            column
                .forms
                .iter()
                .flat_map(|form| &form.words)
                .any(|word| word.concepts.contains(&concept))
        };
        self.columns.iter().any(named) || self.view.values.of_concept(concept).next().is_some()
    }

    /// Columns of texts that hold people.
    pub fn people(&self) -> impl Iterator<Item = usize> {
        let holds = |column: &Column<'_>| {
            let [_, header] = &column.headers;
            let named = lexicon().any_is("person", &column.concepts);
            column.kind() == ColumnType::Text && (named || header.ends_with(['人', '员', '者']))
        };
        self.columns
            .iter()
            .enumerate()
            .filter(move |(_, column)| holds(column))
            .map(|(number, _)| number)
    }

    /// Columns that are about a concept, best first; with whether a stand-in turns the order around.
    #[must_use]
    pub fn about(&self, concept: Concept) -> Vec<(usize, bool)> {
        let direct = self.about_exactly(concept);
        if !direct.is_empty() {
            return direct.into_iter().map(|column| (column, false)).collect();
        }
        for (other, opposite) in lexicon().stand_ins(concept) {
            let found = self.about_exactly(*other);
            if !found.is_empty() {
                return found.into_iter().map(|column| (column, *opposite)).collect();
            }
        }
        if lexicon().concept("time") == Some(concept) {
            return self.times.iter().map(|column| (*column, false)).collect();
        }
        Vec::new()
    }

    fn about_exactly(&self, concept: Concept) -> Vec<usize> {
        let mut best: Option<Closeness> = None;
        let mut found = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            if column.kind() == ColumnType::Text || column.kind() == ColumnType::Bool {
                continue;
            }
            let closeness = column
                .forms
                .iter()
                .filter(|form| matches!(form.words.as_slice(), [word] if word.concepts.contains(&concept)))
                .map(|form| form.closeness)
                .min();
            if let Some(closeness) = closeness {
                if best.is_none_or(|best| closeness < best) {
                    found.clear();
                    best = Some(closeness);
                }
                if best == Some(closeness) {
                    found.push(at);
                }
            }
        }
        // Of one thing in several units the first one is as good as any.
        found.retain({
            let all = found.clone();
            move |at| {
                let earlier = all.iter().filter(|other| *other < at);
                !earlier
                    .filter_map(|other| self.columns.get(*other))
                    .any(|other| self.columns.get(*at).is_some_and(|column| column.is_twin(other)))
            }
        });
        found
    }
}

fn column<'a>(profile: &'a ColumnProfile, rows: u64, subject: &[Concept], stems: &[String]) -> Column<'a> {
    let plain = headers::without_unit(&profile.name);
    let forms = headers::forms(&profile.name, subject, stems, profile.kind.is_number());
    let concepts: Vec<Concept> = forms
        .iter()
        .filter(|form| form.closeness <= Closeness::Own && form.words.len() == 1)
        .flat_map(|form| form.words.iter().flat_map(|word| word.concepts.iter().copied()))
        .collect();
    let decisive = headers::words(plain).iter().any(|word| {
        [
            "rate",
            "average",
            "mean",
            "percentage",
            "ratio",
            "率",
            "平均",
            "avg",
            "ave",
            "index",
            "per",
            "price",
            "单价",
        ]
        .contains(&word.text.as_str())
    });
    // "number of orders", "订单数": the last or first word counts what the other one names.
    let counted = forms.iter().any(|form| {
        form.closeness <= Closeness::Named
            && form
                .words
                .last()
                .is_some_and(|word| lexicon().any_is("additive", &word.concepts))
    });
    // "children", "adults": how many of them.
    let counts_people = profile.kind == ColumnType::Int
        && forms.iter().any(|form| {
            form.closeness <= Closeness::Own
                && matches!(form.words.as_slice(), [word] if lexicon().any_is("person", &word.concepts))
        });
    let unique = rows > 0 && profile.distinct == rows && profile.nulls == 0;
    let numbered = profile.kind == ColumnType::Int
        && forms.iter().any(|form| {
            form.closeness == Closeness::Numbered
                || form.words.last().is_some_and(|word| {
                    form.closeness <= Closeness::Own && lexicon().any_is("identifier", &word.concepts)
                })
        });
    let numbered = numbered || (profile.kind == ColumnType::Int && profile.name.contains(['#', '№']));
    Column {
        profile: Cow::Borrowed(profile),
        identifies: unique
            && (profile.kind == ColumnType::Text
                || numbered
                || is_running(profile, rows) && !lexicon().any_is("measured", &concepts)),
        headers: [
            fold(&profile.name).replace('_', " "),
            fold(plain).replace('_', " "),
        ],
        edition: headers::edition(&profile.name),
        foreign: false,
        unique,
        mostly_different: profile.distinct * 2 > rows,
        numbers_things: headers::says_number(plain) && profile.kind == ColumnType::Int,
        additive: profile.kind.is_number()
            && !(unique && numbered)
            && !headers::says_number(plain)
            && (counted || counts_people || lexicon().ends_additive(&fold(plain)))
            && !decisive,
        concepts,
        forms,
    }
}

/// The columns of a table whose rows are `subjects`.
fn columns<'a>(view: &TableView<'a>, subjects: &[Vec<HeaderWord>]) -> Vec<Column<'a>> {
    let words = || subjects.iter().flatten();
    let concepts: Vec<Concept> = words().flat_map(|word| word.concepts.iter().copied()).collect();
    let stems: Vec<String> = words().map(|word| word.stem.clone()).collect();
    let theirs = theirs(view);
    let own = view
        .profile
        .columns
        .iter()
        .take(view.profile.columns.len() - theirs.len());
    let own = own.map(|profile| column(profile, view.profile.rows, &concepts, &stems));
    own.chain(theirs.iter().cloned()).collect()
}

/// The columns of the table that is read as one with this one: they stand behind its own.
fn theirs<'a>(view: &TableView<'a>) -> &'a [Column<'a>] {
    view.joined.map_or(&[], |joined| &joined.columns)
}

/// Whether two names are the same, or name the same ideas.
pub(super) fn same_words(one: &[HeaderWord], other: &[HeaderWord]) -> bool {
    let same = |(one, other): (&HeaderWord, &HeaderWord)| {
        one.stem == other.stem
            || one
                .concepts
                .iter()
                .any(|concept| other.concepts.contains(concept))
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// Whether whole numbers count the rows: each number from the first to the last once.
fn is_running(profile: &ColumnProfile, rows: u64) -> bool {
    match (&profile.min, &profile.max) {
        // Of few rows any numbers may do so.
        (Value::Int(min), Value::Int(max)) => rows >= 10 && max.abs_diff(*min) == rows - 1,
        _ => false,
    }
}
