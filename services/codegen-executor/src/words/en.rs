//! English.

use schemas::Language;
use schemas::plan::{Aggregate, Bucket, Comparison, Derived, Formula, Limit, Measure, Place, Plan};
use schemas::trail::LedgerStepKind;
use schemas::value::Value;

use super::period::Period;
use super::phrases::Phrases;
use super::{compared, joined, number};
use crate::answer::agreement::Verdict;
use crate::checks::Finding;
use crate::engine::{PlanError, Step};
use crate::engines::{Breach, Silence};
use crate::sql::RefusalKind;
use crate::tables::Unavailable;

/// English.
pub struct English;

impl Phrases for English {
    fn quoted(&self, text: &str) -> String {
        format!("\"{text}\"")
    }

    fn function(&self, measure: &Measure) -> String {
        let column = measure.column.as_deref();
        match (measure.function, column) {
            (Aggregate::Count, None) => "number of rows".to_owned(),
            (Aggregate::Count, Some(column)) => format!("number of rows with {column}"),
            (Aggregate::CountDistinct, _) => format!("number of different {}", column.unwrap_or_default()),
            (Aggregate::Sum, _) => format!("sum of {}", column.unwrap_or_default()),
            (Aggregate::Mean, _) => format!("average {}", column.unwrap_or_default()),
            (Aggregate::Min, _) => format!("smallest {}", column.unwrap_or_default()),
            (Aggregate::Max, _) => format!("largest {}", column.unwrap_or_default()),
            (Aggregate::Median, _) => format!("median {}", column.unwrap_or_default()),
        }
    }

    fn of_rows(&self, function: &str, condition: &str) -> String {
        format!("{function} where {condition}")
    }

    fn derived_name(&self, derived: &Derived) -> String {
        compared::en_name(derived)
    }

    fn formula(&self, formula: &Formula, said: &dyn Fn(&str) -> String) -> String {
        compared::en_formula(formula, said)
    }

    fn comparison(&self, column: &str, comparison: Comparison, other: &str) -> String {
        let words = match comparison {
            Comparison::Eq => "is",
            Comparison::Ne => "is not",
            Comparison::Lt => "is less than",
            Comparison::Le => "is at most",
            Comparison::Gt => "is more than",
            Comparison::Ge => "is at least",
        };
        format!("{column} {words} {other}")
    }

    fn between(&self, column: &str, low: &str, high: &str) -> String {
        format!("{column} is from {low} to {high}")
    }

    fn one_of(&self, column: &str, values: &[String]) -> String {
        format!("{column} is {}", values.join(" or "))
    }

    fn contains(&self, column: &str, text: &str, place: Place) -> String {
        match place {
            Place::Anywhere => format!("{column} contains \"{text}\""),
            Place::Start => format!("{column} starts with \"{text}\""),
            Place::End => format!("{column} ends with \"{text}\""),
        }
    }

    fn within(&self, column: &str, period: &Period) -> String {
        match period {
            Period::Year(year) => format!("{column} is in {year}"),
            Period::Quarter(year, quarter) => format!("{column} is in quarter {quarter} of {year}"),
            Period::Month(year, month) => format!("{column} is in {year:04}-{month:02}"),
            Period::Day(day) => format!("{column} is {day}"),
            Period::Days(first, last) => format!("{column} is from {first} to {last}"),
            Period::From(first) => format!("{column} is {first} or later"),
            Period::Before(day) => format!("{column} is before {day}"),
            Period::Unbounded => format!("{column} is any time"),
        }
    }

    fn missing(&self, column: &str) -> String {
        format!("{column} is missing")
    }

    fn of_the_whole(&self, measure: &Measure) -> String {
        format!("the {} of the whole table", self.measure(measure))
    }

    fn all(&self, parts: &[String], inner: bool) -> String {
        let joined = parts.join(" and ");
        if inner && parts.len() > 1 {
            format!("({joined})")
        } else {
            joined
        }
    }

    fn any(&self, parts: &[String], inner: bool) -> String {
        let joined = parts.join(" or ");
        if inner && parts.len() > 1 {
            format!("({joined})")
        } else {
            joined
        }
    }

    fn not(&self, part: &str) -> String {
        format!("not ({part})")
    }

    fn key(&self, column: &str, bucket: Option<Bucket>) -> String {
        match bucket {
            None => column.to_owned(),
            Some(Bucket::Year) => format!("year of {column}"),
            Some(Bucket::Quarter) => format!("quarter of {column}"),
            Some(Bucket::Month) => format!("month of {column}"),
            Some(Bucket::Week) => format!("week of {column}"),
            Some(Bucket::Day) => format!("day of {column}"),
        }
    }

    fn joined(&self, own: &str, other: &str) -> String {
        joined::en_name(own, other)
    }

    fn sentence(&self, plan: &Plan, table: &str) -> String {
        let mut parts = Vec::new();
        let listing = plan.group.is_empty() && plan.measures.is_empty();
        let what = if listing {
            let columns = if plan.select.is_empty() {
                "all columns".to_owned()
            } else {
                plan.select.join(", ")
            };
            format!(
                "list {}{columns}",
                if plan.distinct { "the different " } else { "" }
            )
        } else if plan.measures.is_empty() {
            "list the groups".to_owned()
        } else {
            format!("compute the {}", self.computed(plan).join(", the "))
        };
        parts.push(match &plan.filter {
            Some(filter) => format!("{what} where {}", self.condition(filter)),
            None => what,
        });
        if !plan.group.is_empty() {
            let keys: Vec<String> = plan
                .group
                .iter()
                .map(|key| self.key(&key.column, key.bucket))
                .collect();
            parts.push(format!("by {}", keys.join(" and ")));
        }
        if let Some(having) = &plan.having {
            parts.push(format!("keep groups where {}", self.condition(having)));
        }
        for order in &plan.order {
            let way = if order.descending {
                "largest first"
            } else {
                "smallest first"
            };
            parts.push(format!("ordered by {}, {way}", self.column(plan, &order.by)));
        }
        if let Some(limit) = plan.limit {
            parts.push(format!("keep {}", cut(limit)));
        }
        if let Some(decimals) = plan.decimals {
            parts.push(number::rounded_to(decimals, Language::En));
        }
        format!("{table}: {}", parts.join("; "))
    }

    fn step(&self, step: &Step, plan: &Plan) -> String {
        match step.kind {
            LedgerStepKind::Read => "read".to_owned(),
            LedgerStepKind::Join => plan.join.as_ref().map_or_else(String::new, joined::en_step),
            LedgerStepKind::Filter | LedgerStepKind::Having => step
                .condition
                .as_ref()
                .map_or_else(String::new, |condition| self.condition(condition)),
            LedgerStepKind::Aggregate if plan.group.is_empty() => "gathered into one result".to_owned(),
            LedgerStepKind::Aggregate => {
                let keys: Vec<String> = plan
                    .group
                    .iter()
                    .map(|key| self.key(&key.column, key.bucket))
                    .collect();
                format!("grouped by {}", keys.join(" and "))
            }
            LedgerStepKind::Distinct => "equal rows counted once".to_owned(),
            LedgerStepKind::Limit => plan.limit.map_or_else(String::new, cut),
        }
    }

    fn finding(&self, finding: &Finding) -> String {
        let number = |number: f64| number::grouped(&Value::Float(number));
        match finding {
            Finding::RowsCounted { counted, kept } => format!("{counted} rows counted, {kept} rows kept"),
            Finding::Complement {
                kept,
                dropped,
                untold,
                all,
            } => format!(
                "{kept} rows kept, {dropped} not, {untold} undecided for missing values, of {all} rows"
            ),
            Finding::Joined(matches) => joined::en_matches(matches),
            Finding::Bounds {
                measure,
                low,
                high,
                least,
                most,
            } => {
                let (low, high, least, most) = (number(*low), number(*high), number(*least), number(*most));
                format!(
                    "{} from {least} to {most}, values from {low} to {high}",
                    self.measure(measure)
                )
            }
            Finding::PartsSumToWhole {
                measure,
                parts,
                whole,
                ..
            } => {
                let (parts, whole) = (number::grouped(parts), number::grouped(whole));
                format!(
                    "{}: {parts} over the groups, {whole} over all rows",
                    self.measure(measure)
                )
            }
            Finding::PrintedTotal {
                measure,
                computed,
                printed,
                place,
            } => {
                let (computed, printed) = (number(*computed), number(*printed));
                format!(
                    "{}: {computed} computed, {printed} printed at {place}",
                    self.measure(measure)
                )
            }
        }
    }

    fn plan_error(&self, error: &PlanError) -> String {
        match error {
            PlanError::UnknownColumn { column } => format!("The table has no column \"{column}\"."),
            PlanError::WrongFunction { function, column, .. } => {
                let measure = Measure {
                    name: String::new(),
                    function: *function,
                    column: Some(column.clone()),
                    filter: None,
                };
                format!(
                    "The {} can't be computed: the column holds no numbers.",
                    self.measure(&measure)
                )
            }
            PlanError::WrongOperand { column, .. } => {
                format!("The column \"{column}\" can't be computed with like that.")
            }
            PlanError::NoOperands { column } => format!("\"{column}\" has nothing to be computed from."),
            PlanError::WrongComparison { column, .. } => {
                format!("The column \"{column}\" can't be compared like that.")
            }
            PlanError::WrongConstant { column, value, .. } => {
                format!("{value} is nothing that the column \"{column}\" could hold.")
            }
            PlanError::WrongBucket { column, .. } => {
                format!("The column \"{column}\" holds no dates, so it can't be grouped by time.")
            }
            PlanError::NoColumn { .. } => "It is not said which column to compute over.".to_owned(),
            PlanError::NoSpan => {
                "Only groups by one calendar span can be compared over time or added up.".to_owned()
            }
            PlanError::EmptyCondition => "A condition is empty.".to_owned(),
            PlanError::NameTaken { name } => format!("Two columns of the result would be called \"{name}\"."),
            PlanError::UnknownOrder { by } => format!("The result can't be ordered by \"{by}\"."),
            PlanError::NothingAsked => "Nothing is asked for.".to_owned(),
            PlanError::WrongKey { column, key } => {
                format!(
                    "\"{column}\" and \"{key}\" hold different types: the tables can't be joined by them."
                )
            }
            PlanError::KeyRepeats { key } => {
                format!("\"{key}\" of the joined table holds a value twice: a join would double rows.")
            }
            PlanError::KeyMisses {
                column,
                key,
                found,
                of,
            } => format!(
                "Of {of} rows with a \"{column}\" only {found} are found in \"{key}\": the tables don't belong together like that."
            ),
            PlanError::Overflow { measure } => format!("\"{measure}\" is too large to be given exactly."),
            PlanError::Engine(_) => "The computation failed.".to_owned(),
        }
    }

    fn unavailable(&self, why: &Unavailable) -> String {
        match why {
            Unavailable::Unknown { file } => format!("There is no file {file}."),
            Unavailable::Deleted { name } => format!("The file \"{name}\" was deleted."),
            Unavailable::Rejected { name, reason } => format!("The file \"{name}\" can't be read: {reason}"),
            Unavailable::StillReading { name } => {
                format!("The file \"{name}\" is still being read; ask again later.")
            }
            Unavailable::NoTables { name } => format!("The file \"{name}\" has no tables."),
            Unavailable::TooLarge {
                name,
                table,
                bytes,
                limit,
            } => {
                format!(
                    "The table \"{table}\" of the file \"{name}\" is too large: {bytes} bytes; the limit is {limit}."
                )
            }
            Unavailable::GivenUp { name, table, why } => format!(
                "The table \"{table}\" of the file \"{name}\" can't be read: {}",
                self.breach(why)
            ),
        }
    }

    fn single(&self, measure: &str, condition: Option<&str>, value: &str) -> String {
        match condition {
            Some(condition) => format!("{} where {condition}: {value}", capitalized(measure)),
            None => format!("{}: {value}", capitalized(measure)),
        }
    }

    fn named(&self, name: &str, value: &str) -> String {
        format!("{name}: {value}")
    }

    fn line(&self, parts: &[String]) -> String {
        parts.join(", ")
    }

    fn heading(&self, rows: u64, shown: usize) -> String {
        match rows {
            1 => "1 row:".to_owned(),
            _ if rows > shown as u64 => format!("{rows} rows; the first {shown}:"),
            _ => format!("{rows} rows:"),
        }
    }

    fn no_rows(&self, condition: Option<&str>) -> String {
        match condition {
            Some(condition) => format!("No rows match ({condition})."),
            None => "There are no rows.".to_owned(),
        }
    }

    fn holds(&self, column: &str, values: &[String]) -> String {
        format!("Frequent values of {column}: {}", values.join(", "))
    }

    fn ranges(&self, column: &str, low: &str, high: &str) -> String {
        format!("{column} ranges from {low} to {high}")
    }

    fn nothing(&self) -> String {
        "(missing)".to_owned()
    }

    fn truth(&self, truth: bool) -> String {
        if truth { "yes" } else { "no" }.to_owned()
    }

    fn cut(&self, rows: u64, given: usize) -> String {
        format!("the result has {rows} rows, of which the first {given} are given")
    }

    fn which(&self, readings: &[String]) -> String {
        let list: String = (1..)
            .zip(readings)
            .map(|(place, reading): (usize, _)| format!("\n{place}. {reading}"))
            .collect();
        format!(
            "This can be read in {} ways; which one is meant?{list}",
            readings.len()
        )
    }

    fn not_understood(&self, words: &[String]) -> String {
        let words: Vec<String> = words.iter().map(|word| self.quoted(word)).collect();
        format!("Words not understood: {}", words.join(", "))
    }

    fn failed_check(&self, detail: &str) -> String {
        format!("The result failed a check and is held back: {detail}")
    }

    fn breach(&self, breach: &Breach) -> String {
        match breach {
            Breach::TimedOut { seconds } => format!(
                "The computation was given up after the {seconds} s that it may take; ask for less, or of a smaller table."
            ),
            Breach::OutOfMemory { megabytes } => format!(
                "The computation was given up: it needs more than the {megabytes} MB of memory that it may use; ask for less, or of a smaller table."
            ),
            Breach::TooLarge { megabytes } => {
                format!("The result is larger than {megabytes} MB and can't be given; ask for less.")
            }
            Breach::Forbidden => {
                "The computation was given up: its process tried what the sandbox forbids.".to_owned()
            }
            Breach::Crashed => "The computation broke off twice and gave no result.".to_owned(),
            Breach::Failed => "The table's data can't be read, or the computation failed.".to_owned(),
        }
    }

    fn second_engine(&self, verdict: &Verdict) -> String {
        let absent = |why: &str| format!("could not be asked: {why}");
        match verdict {
            Verdict::Same { rows: 1 } => "DataFusion gives the same row by SQL".to_owned(),
            Verdict::Same { rows } => format!("DataFusion gives the same {rows} rows by SQL"),
            Verdict::Different(_) => "DataFusion gives another result by SQL".to_owned(),
            Verdict::Silent(Silence::Inexpressible(_)) => absent("this can't be said in SQL"),
            Verdict::Silent(Silence::Refused(RefusalKind::OutOfMemory)) => {
                absent("the SQL needs too much memory")
            }
            Verdict::Silent(Silence::Refused(RefusalKind::TooLong | RefusalKind::TooComplex)) => {
                absent("the SQL is too long")
            }
            Verdict::Silent(Silence::Refused(_)) => absent("the SQL did not run"),
            Verdict::Silent(Silence::Breach(breach)) => absent(&self.breach(breach)),
        }
    }

    fn engines_differ(&self, told: &[String; 2]) -> String {
        let [first, second] = told;
        format!(
            "Two engines gave different results, so none is given as the answer.\nPolars: {first}\nDataFusion: {second}"
        )
    }

    fn unlocked(&self, setting: &str) -> String {
        format!("this was computed without a sandbox, as the operator has allowed: {setting}")
    }

    fn today(&self, date: &str) -> String {
        format!("\"today\" is {date}")
    }

    fn older_version(&self, name: &str, reason: &str) -> String {
        format!("the newest version of \"{name}\" can't be read ({reason}); the one before it was used")
    }

    fn unparsed(&self, column: &str, count: u64) -> String {
        format!("{count} cells of {column} can't be read and count as missing")
    }

    fn decision(&self, about: &str, chosen: &str, because: &str) -> String {
        format!("{about}: {chosen} ({because})")
    }
}

/// "the first 3", "what comes 2nd".
fn cut(limit: Limit) -> String {
    let first = u64::from(limit.skip) + 1;
    match (limit.skip, limit.rows) {
        (0, rows) if limit.ties => format!("the first {rows} and those that tie with the last"),
        (0, rows) => format!("the first {rows}"),
        (_, 1) => format!("number {first} by its value, with ties"),
        (skip, rows) => format!(
            "numbers {first} to {} by their values, with ties",
            u64::from(skip) + u64::from(rows)
        ),
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
