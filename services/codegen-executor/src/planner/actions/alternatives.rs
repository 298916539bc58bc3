//! Conditions that several columns may meet, such that say of which rows each is meant, and what is said twice.

use schemas::plan::Condition;
use schemas::table::ColumnType;
use schemas::value::Value;

use super::super::part::Part;
use super::super::table::Table;
use super::{Parts, condition, typed, values};

/// 起点站或终点站是机场: in the one column or in the other one, of which both have it.
pub fn in_either_column(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let columns = parts.columns();
    let ([one, other], Some((held, texts))) = (columns.as_slice(), parts.values()) else {
        return Vec::new();
    };
    if one == other || ![one, other].contains(&&held) {
        return Vec::new();
    }
    let has_all = |column: usize| {
        let name = table.name(column);
        let all = table.view.values.of_column(&name).collect::<Vec<_>>();
        texts.iter().all(|text| all.contains(&text.as_str()))
    };
    if !has_all(*one) || !has_all(*other) {
        return Vec::new();
    }
    let any = [*one, *other].map(|column| values::one_of(table.name(column), texts));
    condition(Condition::Or { any: any.to_vec() })
}

/// 每个1岁以上的宠物: those that a condition leaves. What is computed over them is computed for each, and no rule says so.
pub fn each_of(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    let said = parts.conditions().first().copied().cloned();
    // 每个北京的客户 may be each customer, or all of them.
    let bounds = |condition: &Condition| match condition {
        Condition::Compare { column, value, .. } => {
            matches!(value, Value::Int(_) | Value::Float(_)) && table.number(column).is_some()
        }
        _ => false,
    };
    said.filter(bounds).map_or(Vec::new(), condition)
}

/// 哪些设计师设计了: the verb says what the column says already.
pub fn done_by(table: &Table<'_>, parts: Parts<'_>) -> Vec<Part> {
    match parts.columns().as_slice() {
        [one, other] if one == other && typed(table, *one, |kind| kind == ColumnType::Text).is_some() => {
            vec![Part::Columns(vec![*one])]
        }
        _ => Vec::new(),
    }
}
