//! Everything that is said, as one trait.

use schemas::plan::{Bucket, Comparison, Condition, Derived, Formula, Measure, Place, Plan};
use schemas::value::Value;

use super::period::Period;
use crate::answer::agreement::Verdict;
use crate::checks::Finding;
use crate::engine::{PlanError, Step};
use crate::engines::Breach;
use crate::tables::Unavailable;

/// A language's way to say things. Methods without a body are the language's own; the others put them together.
pub trait Phrases: Sync {
    /// A text from the table or the question, in quotation marks.
    fn quoted(&self, text: &str) -> String;
    /// What a function computes.
    fn function(&self, measure: &Measure) -> String;
    /// What is computed over the rows of a condition alone.
    fn of_rows(&self, function: &str, condition: &str) -> String;
    /// A short name for what is derived.
    fn derived_name(&self, derived: &Derived) -> String;
    /// What is derived from measures that are said already, as a formula names them.
    fn formula(&self, formula: &Formula, said: &dyn Fn(&str) -> String) -> String;
    /// A column and how it compares with something that is said already.
    fn comparison(&self, column: &str, comparison: Comparison, other: &str) -> String;
    /// A value between two others.
    fn between(&self, column: &str, low: &str, high: &str) -> String;
    /// A value that is one of some.
    fn one_of(&self, column: &str, values: &[String]) -> String;
    /// A text with another one in it.
    fn contains(&self, column: &str, text: &str, place: Place) -> String;
    /// A day or moment within a period.
    fn within(&self, column: &str, period: &Period) -> String;
    /// A value that is missing.
    fn missing(&self, column: &str) -> String;
    /// An aggregate of the whole column, to compare with.
    fn of_the_whole(&self, measure: &Measure) -> String;
    /// All of some conditions; `inner` when they stand within others.
    fn all(&self, parts: &[String], inner: bool) -> String;
    /// One of some conditions; `inner` when they stand within others.
    fn any(&self, parts: &[String], inner: bool) -> String;
    /// The opposite of a condition.
    fn not(&self, part: &str) -> String;
    /// A key to group by.
    fn key(&self, column: &str, bucket: Option<Bucket>) -> String;
    /// A table and the one that is joined with it.
    fn joined(&self, own: &str, other: &str) -> String;
    /// The plan in one sentence.
    fn sentence(&self, plan: &Plan, table: &str) -> String;
    /// One step of the ledger.
    fn step(&self, step: &Step, plan: &Plan) -> String;
    /// What was compared, with its numbers.
    fn finding(&self, finding: &Finding) -> String;
    /// Why a plan can't run.
    fn plan_error(&self, error: &PlanError) -> String;
    /// Why a table can't be read.
    fn unavailable(&self, why: &Unavailable) -> String;
    /// A single value with what it is and which rows it is of.
    fn single(&self, measure: &str, condition: Option<&str>, value: &str) -> String;
    /// A name with its value, within a line.
    fn named(&self, name: &str, value: &str) -> String;
    /// Parts of a line.
    fn line(&self, parts: &[String]) -> String;
    /// A heading over lines: how many rows there are and how many are shown.
    fn heading(&self, rows: u64, shown: usize) -> String;
    /// No row fulfils the condition.
    fn no_rows(&self, condition: Option<&str>) -> String;
    /// What a column does hold: its frequent values, or its range.
    fn holds(&self, column: &str, values: &[String]) -> String;
    /// The smallest and the largest value of a column.
    fn ranges(&self, column: &str, low: &str, high: &str) -> String;
    /// A value that is missing.
    fn nothing(&self) -> String;
    /// A truth value.
    fn truth(&self, truth: bool) -> String;
    /// The result is too large to be given whole.
    fn cut(&self, rows: u64, given: usize) -> String;
    /// Asks which of some readings is meant; each with its result.
    fn which(&self, readings: &[String]) -> String;
    /// The words that nothing explains.
    fn not_understood(&self, words: &[String]) -> String;
    /// The result failed a check and is held back.
    fn failed_check(&self, detail: &str) -> String;
    /// Why a computation was given up.
    fn breach(&self, breach: &Breach) -> String;
    /// What the second engine says of the result.
    fn second_engine(&self, verdict: &Verdict) -> String;
    /// Two engines gave different results, which are told one after the other.
    fn engines_differ(&self, told: &[String; 2]) -> String;
    /// The computation was not locked in; the operator's setting that allows it.
    fn unlocked(&self, setting: &str) -> String;
    /// What "today" was taken to be.
    fn today(&self, date: &str) -> String;
    /// The version before a rejected one was read.
    fn older_version(&self, name: &str, reason: &str) -> String;
    /// Some cells could not be read and count as missing.
    fn unparsed(&self, column: &str, count: u64) -> String;
    /// A decision of the reader and its reason.
    fn decision(&self, about: &str, chosen: &str, because: &str) -> String;

    /// What a measure computes.
    fn measure(&self, measure: &Measure) -> String {
        let function = self.function(measure);
        match &measure.filter {
            Some(filter) => self.of_rows(&function, &self.condition(filter)),
            None => function,
        }
    }

    /// All that a plan computes; of what is derived from measures, those measures are said already.
    fn computed(&self, plan: &Plan) -> Vec<String> {
        let hidden = |name: &String| !plan.derived.is_empty() && plan.hidden.contains(name);
        let measures = plan.measures.iter().filter(|measure| !hidden(&measure.name));
        let derived = plan
            .derived
            .iter()
            .map(|derived| self.column(plan, &derived.name));
        let mut all: Vec<String> = measures.map(|measure| self.measure(measure)).collect();
        all.extend(derived);
        all
    }

    /// A constant of a plan.
    fn constant(&self, value: &Value) -> String {
        match value {
            Value::Null => self.nothing(),
            Value::Bool(truth) => self.truth(*truth),
            Value::Int(_) | Value::Float(_) => super::number::plain(value),
            Value::Text(text) if is_time(text) => text.clone(),
            Value::Text(text) => self.quoted(text),
        }
    }

    /// A condition.
    fn condition(&self, condition: &Condition) -> String {
        self.nested(condition, false)
    }

    /// A condition, perhaps within another.
    fn nested(&self, condition: &Condition, inner: bool) -> String {
        let parts = |parts: &[Condition]| -> Vec<String> {
            parts
                .iter()
                .map(|part| self.nested(part, parts.len() > 1))
                .collect()
        };
        match condition {
            Condition::And { all } => self.all(&parts(all), inner),
            Condition::Or { any } => self.any(&parts(any), inner),
            Condition::Not { condition } => self.not(&self.nested(condition, false)),
            Condition::Compare {
                column,
                comparison,
                value,
            } => self.comparison(column, *comparison, &self.constant(value)),
            Condition::CompareColumns {
                left,
                comparison,
                right,
            } => self.comparison(left, *comparison, right),
            Condition::Between { column, low, high } => {
                self.between(column, &self.constant(low), &self.constant(high))
            }
            Condition::In { column, values } => {
                let values: Vec<String> = values.iter().map(|value| self.constant(value)).collect();
                self.one_of(column, &values)
            }
            Condition::Contains { column, text, place } => self.contains(column, text, *place),
            Condition::TimeRange { column, from, until } => self.within(column, &Period::of(*from, *until)),
            Condition::Missing { column } => self.missing(column),
            Condition::CompareAggregate {
                column,
                comparison,
                function,
            } => {
                let whole = Measure {
                    name: String::new(),
                    function: *function,
                    column: Some(column.clone()),
                    filter: None,
                };
                self.comparison(column, *comparison, &self.of_the_whole(&whole))
            }
        }
    }

    /// The name of a result's column as it is said: a measure by what it computes, anything else as it is.
    fn column(&self, plan: &Plan, name: &str) -> String {
        if let Some(measure) = plan.measures.iter().find(|measure| measure.name == name) {
            return self.measure(measure);
        }
        match plan.derived.iter().find(|derived| derived.name == name) {
            Some(derived) => self.formula(&derived.formula, &|name| self.column(plan, name)),
            None => name.to_owned(),
        }
    }
}

/// Whether a constant is a day or moment, which needs no quotation marks.
fn is_time(text: &str) -> bool {
    text.get(..10)
        .is_some_and(|day| day.parse::<schemas::Date>().is_ok())
}
