//! Whether a plan computes what an entry says. Its words stand beside others in a sentence, and could be bound to those: the
//! average of revenue divided by orders is not the average of (revenue divided by orders).

use schemas::Plan;
use schemas::glossary::formula::Operator;
use schemas::plan::{Aggregate, Condition, Formula, RowFormula};
use schemas::value::Value;

use super::super::fold::fold;

/// What a plan must have in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Must {
    /// A column that holds a value, both folded.
    Hold {
        /// The value.
        value: String,
        /// The column.
        column: String,
    },
    /// Two columns put together.
    Compute {
        /// How.
        operator: Operator,
        /// The left column.
        left: String,
        /// The right column.
        right: String,
    },
}

impl Must {
    /// Whether a plan has it.
    #[must_use]
    pub fn is_kept(&self, plan: &Plan) -> bool {
        match self {
            Self::Hold { value, column } => {
                let of_measures = plan.measures.iter().filter_map(|measure| measure.filter.as_ref());
                let mut conditions = plan.filter.iter().chain(of_measures);
                conditions.all(|condition| is_held(condition, value, column))
            }
            Self::Compute {
                operator: Operator::Over,
                ..
            } => self.ratio(plan).is_some(),
            Self::Compute { .. } => plan
                .computed
                .iter()
                .any(|computed| self.is_formula(&computed.formula)),
        }
    }

    /// Names what is computed by the term that stands in the question.
    pub fn name(&self, term: &str, plan: &mut Plan) {
        let Some(place) = self.ratio(plan) else { return };
        let taken = |name: &str| name == term;
        let is_taken = plan.measures.iter().any(|measure| taken(&measure.name))
            || plan.group.iter().any(|key| taken(&key.column))
            || plan.derived.iter().any(|derived| taken(&derived.name));
        if is_taken || plan.having.is_some() {
            return;
        }
        let Some(derived) = plan.derived.get_mut(place) else {
            return;
        };
        let before = std::mem::replace(&mut derived.name, term.to_owned());
        for order in plan.order.iter_mut().filter(|order| order.by == before) {
            term.clone_into(&mut order.by);
        }
    }

    /// Where the plan divides the sum of the left column by that of the right one, over the same rows. What else it shows
    /// would not be the metric.
    fn ratio(&self, plan: &Plan) -> Option<usize> {
        let Self::Compute {
            operator: Operator::Over,
            left,
            right,
        } = self
        else {
            return None;
        };
        let sum = |name: &str| {
            let measure = plan.measures.iter().find(|measure| measure.name == name)?;
            let column = (measure.function == Aggregate::Sum).then_some(measure.column.as_deref()?)?;
            Some((column, &measure.filter))
        };
        plan.derived.iter().position(|derived| match &derived.formula {
            Formula::Ratio {
                numerator,
                denominator,
            } => match (sum(numerator), sum(denominator)) {
                (Some((over, its)), Some((under, others))) => over == left && under == right && its == others,
                _ => false,
            },
            _ => false,
        })
    }

    fn is_formula(&self, formula: &RowFormula) -> bool {
        let Self::Compute {
            operator,
            left,
            right,
        } = self
        else {
            return false;
        };
        match (operator, formula) {
            (Operator::Plus, RowFormula::Sum { of }) => {
                of.len() == 2 && of.contains(left) && of.contains(right)
            }
            (Operator::Minus, RowFormula::Difference { of, less }) => of == left && less == right,
            (
                Operator::Times,
                RowFormula::Product {
                    left: one,
                    right: other,
                },
            ) => one == left && other == right || one == right && other == left,
            _ => false,
        }
    }
}

/// Whether a condition that asks for a value asks it of one column.
fn is_held(condition: &Condition, value: &str, column: &str) -> bool {
    let is_value = |other: &Value| matches!(other, Value::Text(text) if fold(text) == value);
    match condition {
        Condition::And { all: parts } | Condition::Or { any: parts } => {
            parts.iter().all(|part| is_held(part, value, column))
        }
        Condition::Not { condition } => is_held(condition, value, column),
        Condition::Compare {
            column: of,
            value: to,
            ..
        } => !is_value(to) || fold(of) == column,
        Condition::In { column: of, values } => !values.iter().any(is_value) || fold(of) == column,
        Condition::Between { .. }
        | Condition::Contains { .. }
        | Condition::CompareColumns { .. }
        | Condition::TimeRange { .. }
        | Condition::Missing { .. }
        | Condition::CompareAggregate { .. } => true,
    }
}
