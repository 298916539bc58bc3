//! Whether a plan's constants are those of the table or of the question. A model may make up a value that sounds right:
//! no row has it, and zero would be the answer.

use schemas::plan::{Condition, Plan};
use schemas::table::{ColumnType, TableProfile};
use schemas::value::Value;

use crate::planner::ValueIndex;
use crate::sql::fold::fold;
use crate::words::number;

/// Values of a column that are named to the model.
const NAMED: usize = 12;

/// What is known of a plan's table and its question.
pub(super) struct Ground<'a> {
    pub profile: &'a TableProfile,
    pub values: &'a ValueIndex,
    pub question: &'a str,
}

impl Ground<'_> {
    /// What is wrong with a plan, for the model to mend; none: nothing.
    pub fn fault(&self, plan: &Plan) -> Option<String> {
        self.conditions(plan)
            .into_iter()
            .find_map(|condition| self.fault_of(condition))
    }

    /// The numbers of a plan that do not stand in the question, as they are written.
    pub fn not_in_question(&self, plan: &Plan) -> Vec<String> {
        let mut numbers = Vec::new();
        for condition in self.conditions(plan) {
            constants(condition, &mut |_, value| {
                if value.as_f64().is_some() {
                    numbers.push(number::plain(value));
                }
            });
        }
        if let Some(limit) = plan.limit.filter(|limit| limit.rows > 1) {
            numbers.push(limit.rows.to_string());
        }
        let question = fold(self.question).replace([',', '，'], "");
        numbers.retain(|number| !question.contains(number.as_str()));
        numbers.sort();
        numbers.dedup();
        numbers
    }

    fn conditions<'p>(&self, plan: &'p Plan) -> Vec<&'p Condition> {
        let of_measures = plan.measures.iter().filter_map(|measure| measure.filter.as_ref());
        let having = plan.having.as_ref();
        plan.filter.iter().chain(of_measures).chain(having).collect()
    }

    fn fault_of(&self, condition: &Condition) -> Option<String> {
        let mut fault = None;
        constants(condition, &mut |column, value| {
            if let (None, Value::Text(text)) = (&fault, value) {
                fault = self.made_up(column, text);
            }
        });
        fault
    }

    /// Whether a text is neither a value of the column nor a word of the question.
    fn made_up(&self, column: &str, text: &str) -> Option<String> {
        let known = self.profile.columns.iter().find(|known| known.name == column)?;
        if known.kind != ColumnType::Text || self.values.holds(column, text, known.distinct) != Some(false) {
            return None;
        }
        if fold(self.question).contains(&fold(text)) {
            // The asker says so, and will be told what the column does hold.
            return None;
        }
        let held: Vec<&str> = self.values.of_column(column).take(NAMED).collect();
        Some(format!(
            "the column {column:?} has no value {text:?}, and the question does not name it either; it has for instance {held:?}"
        ))
    }
}

/// Tells each constant that a condition asks to be equal to, or to compare with, with its column.
fn constants(condition: &Condition, tell: &mut dyn FnMut(&str, &Value)) {
    match condition {
        Condition::And { all: parts } | Condition::Or { any: parts } => {
            parts.iter().for_each(|part| constants(part, tell));
        }
        Condition::Not { condition } => constants(condition, tell),
        Condition::Compare { column, value, .. } => tell(column, value),
        Condition::In { column, values } => values.iter().for_each(|value| tell(column, value)),
        Condition::Between { column, low, high } => {
            tell(column, low);
            tell(column, high);
        }
        // A part of a text is looked for because it is not the whole value.
        Condition::Contains { .. }
        | Condition::CompareColumns { .. }
        | Condition::TimeRange { .. }
        | Condition::Missing { .. }
        | Condition::CompareAggregate { .. } => {}
    }
}
