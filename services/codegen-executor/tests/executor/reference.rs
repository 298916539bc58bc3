//! Random plans against a reading of each row by itself.

use codegen_executor::engine;
use polars::prelude::{Column, DataFrame};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use schemas::plan::{Aggregate, Comparison, Condition, Measure, Plan};
use schemas::value::Value;

use super::shop::{LIMIT, descending, first, key, plan, profile};

/// A row: a group, a whole number, a float.
type Row = (Option<String>, Option<i64>, Option<f64>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = option::weighted(
        0.8,
        prop::sample::select(vec!["a", "B", "b", "c "]).prop_map(str::to_owned),
    );
    // Halves: sums of them are exact in any order.
    let float = option::weighted(0.8, (-20i32..20).prop_map(|half| f64::from(half) / 2.0));
    vec((text, option::weighted(0.8, -5i64..5), float), 0..30)
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    prop::sample::select(vec![Eq, Ne, Lt, Le, Gt, Ge])
}

fn condition() -> impl Strategy<Value = Condition> {
    let compare = |column: &str, comparison, value| Condition::Compare {
        column: column.to_owned(),
        comparison,
        value,
    };
    let leaf = prop_oneof![
        (comparison(), -5i64..5).prop_map(move |(by, number)| compare("n", by, Value::Int(number))),
        (comparison(), -20i32..20).prop_map(move |(by, quarter)| compare(
            "n",
            by,
            Value::Float(f64::from(quarter) / 4.0)
        )),
        (comparison(), -20i32..20).prop_map(move |(by, half)| compare(
            "x",
            by,
            Value::Float(f64::from(half) / 2.0)
        )),
        prop::sample::select(vec!["A", " b", "C"]).prop_map(move |text| compare(
            "g",
            Comparison::Eq,
            Value::from(text)
        )),
        comparison().prop_map(|by| Condition::CompareColumns {
            left: "n".to_owned(),
            comparison: by,
            right: "x".to_owned()
        }),
        Just(Condition::Missing {
            column: "g".to_owned()
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..3).prop_map(|all| Condition::And { all }),
            vec(inner.clone(), 1..3).prop_map(|any| Condition::Or { any }),
            inner.prop_map(|condition| Condition::Not {
                condition: Box::new(condition)
            }),
        ]
    })
}

/// Three-valued: one part that is `decisive` decides, else one that is unknown leaves all unknown.
fn joined(parts: &[Condition], row: &Row, decisive: bool) -> Option<bool> {
    let truths: Vec<Option<bool>> = parts.iter().map(|part| truth(part, row)).collect();
    if truths.contains(&Some(decisive)) {
        Some(decisive)
    } else if truths.contains(&None) {
        None
    } else {
        Some(!decisive)
    }
}

/// The truth of a condition in one row; none: it hangs on a missing value.
fn truth(condition: &Condition, row: &Row) -> Option<bool> {
    let number = |column: &str| {
        if column == "n" {
            row.1.map(|n| n as f64)
        } else {
            row.2
        }
    };
    match condition {
        Condition::And { all } => joined(all, row, false),
        Condition::Or { any } => joined(any, row, true),
        Condition::Not { condition } => truth(condition, row).map(|holds| !holds),
        Condition::Compare {
            column,
            value: Value::Text(text),
            ..
        } if column == "g" => row
            .0
            .as_ref()
            .map(|group| group.trim().eq_ignore_ascii_case(text.trim())),
        Condition::Compare {
            column,
            comparison,
            value,
        } => Some(holds(*comparison, number(column)?, value.as_f64().unwrap())),
        Condition::CompareColumns {
            left,
            comparison,
            right,
        } => Some(holds(*comparison, number(left)?, number(right)?)),
        Condition::Missing { .. } => Some(row.0.is_none()),
        other => panic!("not made here: {other:?}"),
    }
}

fn holds(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Eq => left == right,
        Comparison::Ne => left != right,
        Comparison::Lt => left < right,
        Comparison::Le => left <= right,
        Comparison::Gt => left > right,
        Comparison::Ge => left >= right,
    }
}

fn aggregate(function: Aggregate, whole: bool, rows: &[&Row]) -> Value {
    let mut numbers: Vec<f64> = rows
        .iter()
        .filter_map(|row| if whole { row.1.map(|n| n as f64) } else { row.2 })
        .collect();
    numbers.sort_by(f64::total_cmp);
    let count = numbers.len();
    let typed = |number: f64| {
        if whole {
            Value::Int(number as i64)
        } else {
            Value::Float(number)
        }
    };
    match function {
        Aggregate::Count => Value::Int(count as i64),
        Aggregate::CountDistinct => {
            numbers.dedup();
            Value::Int(numbers.len() as i64)
        }
        _ if count == 0 => Value::Null,
        Aggregate::Sum => typed(numbers.iter().sum()),
        Aggregate::Mean => Value::Float(numbers.iter().sum::<f64>() / count as f64),
        Aggregate::Min => typed(numbers[0]),
        Aggregate::Max => typed(numbers[count - 1]),
        Aggregate::Median if count % 2 == 1 => Value::Float(numbers[count / 2]),
        Aggregate::Median => Value::Float(f64::midpoint(numbers[count / 2 - 1], numbers[count / 2])),
    }
}

fn expected(
    table: &[Row],
    condition: &Condition,
    functions: &[(Aggregate, bool)],
    grouped: bool,
) -> Vec<Vec<Value>> {
    let kept: Vec<&Row> = table
        .iter()
        .filter(|row| truth(condition, row) == Some(true))
        .collect();
    let mut groups: Vec<(Option<String>, Vec<&Row>)> = Vec::new();
    if !grouped {
        groups.push((None, kept));
    } else {
        for row in kept {
            match groups.iter_mut().find(|(group, _)| *group == row.0) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((row.0.clone(), vec![row])),
            }
        }
    }
    groups
        .into_iter()
        .map(|(group, rows)| {
            let key = grouped.then(|| group.map_or(Value::Null, Value::Text));
            let values = functions
                .iter()
                .map(|(function, whole)| aggregate(*function, *whole, &rows));
            key.into_iter().chain(values).collect()
        })
        .collect()
}

fn close(left: &[Vec<Value>], right: &[Vec<Value>]) -> bool {
    let cell = |(left, right): (&Value, &Value)| match (left, right) {
        (Value::Float(left), Value::Float(right)) => (left - right).abs() < 1e-9,
        _ => left == right,
    };
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| left.len() == right.len() && left.iter().zip(right).all(cell))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_agrees_with_reading_row_by_row(
        table in rows(),
        condition in condition(),
        functions in vec((0usize..7, any::<bool>()), 1..4),
        grouped in any::<bool>(),
        cut in option::of((1u32..4, any::<bool>())),
    ) {
        const FUNCTIONS: [Aggregate; 7] = [
            Aggregate::Count, Aggregate::CountDistinct, Aggregate::Sum, Aggregate::Mean, Aggregate::Min,
            Aggregate::Max, Aggregate::Median,
        ];
        let functions: Vec<(Aggregate, bool)> =
            functions.into_iter().map(|(place, whole)| (FUNCTIONS[place], whole)).collect();
        let frame = DataFrame::new_infer_height(vec![
            Column::new("g".into(), table.iter().map(|row| row.0.clone()).collect::<Vec<_>>()),
            Column::new("n".into(), table.iter().map(|row| row.1).collect::<Vec<_>>()),
            Column::new("x".into(), table.iter().map(|row| row.2).collect::<Vec<_>>()),
        ]).unwrap();
        let measures: Vec<Measure> = functions
            .iter()
            .enumerate()
            .map(|(place, (function, whole))| Measure {
                name: format!("measure {place}"),
                function: *function,
                column: Some(if *whole { "n" } else { "x" }.to_owned()), filter: None })
            .collect();
        let mut plan = Plan {
            filter: Some(condition.clone()),
            group: if grouped { vec![key("g")] } else { Vec::new() },
            measures,
            ..plan()
        };
        let mut wanted = expected(&table, &condition, &functions, grouped);
        if let Some((rows, ties)) = cut {
            plan.order = vec![descending("measure 0")];
            plan.limit = first(rows, ties);
            let place = usize::from(grouped);
            // Largest first, missing last, ties as they come.
            let size = |row: &Vec<Value>| row[place].as_f64();
            wanted.sort_by(|left, right| match (size(left), size(right)) {
                (Some(left), Some(right)) => right.total_cmp(&left),
                (left, right) => left.is_none().cmp(&right.is_none()),
            });
            let mut kept = wanted.len().min(rows as usize);
            while ties && kept < wanted.len() && wanted[kept][place] == wanted[kept - 1][place] {
                kept += 1;
            }
            wanted.truncate(kept);
        }
        let outcome = engine::execute(&plan, &frame, &profile(&frame), LIMIT).unwrap();
        prop_assert!(close(&outcome.rows, &wanted), "{:?}\n  engine {:?}\n  wanted {:?}", plan, outcome.rows, wanted);
        for finding in &outcome.findings {
            prop_assert!(finding.held(), "{:?}", finding);
        }
    }
}
