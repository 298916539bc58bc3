//! Plans as shapes of questions: what is asked for, whether of some rows alone, in which language. Derived from the plan,
//! since what a question was taken for is all that is known of it.

use schemas::Language;
use schemas::plan::{Aggregate, Formula, Measure, Plan};

/// The names of a plan's shape from the finest to the coarsest: `zh/sum/filtered`, `zh/sum`, `zh`, `all`.
#[must_use]
pub fn names(plan: &Plan, language: Language) -> [String; 4] {
    let language = match language {
        Language::Zh => "zh",
        Language::En => "en",
    };
    let kind = kind(plan);
    let rows = if plan.filter.is_some() {
        "filtered"
    } else {
        "whole"
    };
    [
        format!("{language}/{kind}/{rows}"),
        format!("{language}/{kind}"),
        language.to_owned(),
        "all".to_owned(),
    ]
}

/// What is asked for: the part of the plan that is most easily got wrong names it.
fn kind(plan: &Plan) -> &'static str {
    if let Some(derived) = plan.derived.first() {
        return match derived.formula {
            Formula::Share { .. } => "share",
            Formula::Ratio { .. } => "ratio",
            Formula::Difference { .. } | Formula::Distance { .. } => "difference",
            Formula::Growth { .. } | Formula::Change { .. } => "growth",
            Formula::Running { .. } => "running",
        };
    }
    if plan.having.is_some() {
        return "having";
    }
    if plan.limit.is_some() {
        return if plan.group.is_empty() {
            "top-rows"
        } else {
            "top-groups"
        };
    }
    if plan.group.iter().any(|key| key.bucket.is_some()) {
        return "group-by-span";
    }
    if !plan.group.is_empty() {
        return "group";
    }
    match plan.measures.as_slice() {
        [] if plan.distinct => "distinct",
        [] => "list",
        [Measure { filter: Some(_), .. }] => "conditional",
        [measure] => function(measure.function),
        _ => "measures",
    }
}

fn function(function: Aggregate) -> &'static str {
    match function {
        Aggregate::Count => "count",
        Aggregate::CountDistinct => "count-distinct",
        Aggregate::Sum => "sum",
        Aggregate::Mean => "mean",
        Aggregate::Min | Aggregate::Max => "extreme",
        Aggregate::Median => "median",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn plan(parts: Value) -> Plan {
        let mut all = json!({ "table": { "file": "0199f1d2-7c3a-7def-8123-0000000000aa", "index": 0 } });
        all.as_object_mut()
            .unwrap()
            .extend(parts.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn a_plan_has_a_shape() {
        let sum = json!({ "name": "s", "function": "sum", "column": "a" });
        let measures = json!([sum]);
        let filter = json!({ "op": "missing", "column": "b" });
        for (parts, expected) in [
            (json!({ "measures": measures }), "en/sum/whole"),
            (
                json!({ "measures": measures, "filter": filter }),
                "en/sum/filtered",
            ),
            (json!({ "measures": [sum, sum] }), "en/measures/whole"),
            (
                json!({ "measures": [{ "name": "n", "function": "count", "filter": filter }] }),
                "en/conditional/whole",
            ),
            (
                json!({ "measures": [{ "name": "n", "function": "count_distinct", "column": "a" }] }),
                "en/count-distinct/whole",
            ),
            (
                json!({ "measures": measures, "group": [{ "column": "b" }] }),
                "en/group/whole",
            ),
            (
                json!({ "measures": measures, "group": [{ "column": "b" }, { "column": "d", "bucket": "month" }] }),
                "en/group-by-span/whole",
            ),
            (
                json!({ "measures": measures, "group": [{ "column": "b" }], "limit": { "rows": 1 } }),
                "en/top-groups/whole",
            ),
            (
                json!({ "measures": measures, "group": [{ "column": "b" }], "having": filter, "limit": { "rows": 1 } }),
                "en/having/whole",
            ),
            (
                json!({ "measures": measures, "derived": [{ "name": "p", "formula": { "op": "share", "of": "s" } }] }),
                "en/share/whole",
            ),
            (
                json!({ "measures": measures, "derived": [{ "name": "p", "formula": { "op": "change", "of": "s", "since": "before" } }] }),
                "en/growth/whole",
            ),
            (json!({ "select": ["a"] }), "en/list/whole"),
            (
                json!({ "select": ["a"], "limit": { "rows": 1 } }),
                "en/top-rows/whole",
            ),
            (
                json!({ "select": ["a"], "distinct": true, "filter": filter }),
                "en/distinct/filtered",
            ),
        ] {
            let [finest, ..] = names(&plan(parts), Language::En);
            assert_eq!(finest, expected);
        }
    }

    #[test]
    fn coarser_shapes_hold_finer_ones() {
        let names = names(&plan(json!({ "select": ["a"] })), Language::Zh);
        assert_eq!(names, ["zh/list/whole", "zh/list", "zh", "all"]);
    }
}
