//! The program that ran, as Polars for Python: what a person can read, and run over the table's Parquet.

use schemas::plan::{
    Aggregate, Bucket, Comparison, Condition, Derived, Formula, Join, Limit, Measure, Order, Place, Plan,
    RowFormula, Since,
};
use schemas::table::{ColumnType, TableProfile};
use schemas::trail::Code;
use schemas::value::Value;

use crate::engine::aggregate::key_names;
use crate::engine::columns::named_by;
use crate::engine::computed::operands;

/// The program of a plan over tables of these names, the plan's own first.
#[must_use]
pub fn of(plan: &Plan, profile: &TableProfile, tables: &[&str]) -> Code {
    let writer = Writer { profile };
    let scan = |place: usize| {
        let table = tables.get(place).copied().unwrap_or_default();
        format!("pl.scan_parquet({})", text(&format!("{table}.parquet")))
    };
    let mut lines = vec![scan(0)];
    if let Some(join) = &plan.join {
        lines.push(writer.joined(join, plan, &scan(1)));
    }
    for computed in &plan.computed {
        let values = writer.computed(&computed.formula);
        lines.push(format!(
            "  .with_columns({values}.alias({}))",
            text(&computed.name)
        ));
    }
    match &plan.filter {
        Some(Condition::And { all }) => {
            // In one call: an aggregate of the whole column must not see what other conditions left.
            let parts: Vec<String> = all.iter().map(|part| writer.condition(part)).collect();
            lines.push(format!("  .filter(\n    {},\n  )", parts.join(",\n    ")));
        }
        Some(one) => lines.push(format!("  .filter({})", writer.condition(one))),
        None => {}
    }
    let measures: Vec<String> = plan
        .measures
        .iter()
        .map(|measure| writer.measure(measure))
        .collect();
    let grouped = !plan.group.is_empty();
    if grouped {
        let keys: Vec<String> = plan
            .group
            .iter()
            .zip(key_names(&plan.group))
            .map(|(key, name)| match key.bucket {
                Some(bucket) => format!("{}.alias({})", span(&column(&key.column), bucket), text(&name)),
                None => column(&key.column),
            })
            .collect();
        lines.push(format!("  .group_by({}, maintain_order=True)", keys.join(", ")));
        lines.push(format!("  .agg({})", measures.join(", ")));
    } else if !measures.is_empty() {
        lines.push(format!("  .select({})", measures.join(", ")));
    }
    lines.extend(compare(plan));
    if let Some(having) = &plan.having {
        lines.push(format!("  .filter({})", writer.condition(having)));
    }
    let listing = !grouped && measures.is_empty();
    if listing && plan.distinct {
        let subset: Vec<String> = plan.select.iter().map(|name| text(name)).collect();
        let subset = if subset.is_empty() {
            String::new()
        } else {
            format!("[{}], ", subset.join(", "))
        };
        lines.push(format!("  .unique({subset}keep=\"first\", maintain_order=True)"));
    }
    if let Some(first) = plan.order.first() {
        let keys: Vec<String> = plan.order.iter().map(|order| text(&order.by)).collect();
        let down: Vec<&str> = plan
            .order
            .iter()
            .map(|order| if order.descending { "True" } else { "False" })
            .collect();
        lines.push(format!(
            "  .sort({}, descending=[{}], nulls_last=True, maintain_order=True)",
            keys.join(", "),
            down.join(", ")
        ));
        lines.extend(plan.limit.map(|limit| cut(limit, first)));
    } else {
        lines.extend(plan.limit.map(|limit| format!("  .head({})", limit.rows)));
    }
    if listing && !plan.select.is_empty() {
        let shown: Vec<String> = plan.select.iter().map(|name| text(name)).collect();
        lines.push(format!("  .select({})", shown.join(", ")));
    } else if !plan.hidden.is_empty() {
        let hidden: Vec<String> = plan.hidden.iter().map(|name| text(name)).collect();
        lines.push(format!("  .drop({})", hidden.join(", ")));
    }
    if let Some(decimals) = plan.decimals {
        lines.push(format!("  .with_columns(pl.selectors.float().round({decimals}))"));
    }
    lines.push("  .collect()".to_owned());
    Code {
        language: "polars".to_owned(),
        text: lines.join("\n"),
    }
}

struct Writer<'a> {
    profile: &'a TableProfile,
}

impl Writer<'_> {
    fn kind(&self, name: &str) -> Option<ColumnType> {
        self.profile
            .columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.kind)
    }

    /// The columns of another table that a plan reads.
    fn joined(&self, join: &Join, plan: &Plan, other: &str) -> String {
        let named = named_by(plan);
        let computed = plan
            .computed
            .iter()
            .flat_map(|computed| operands(&computed.formula));
        let read: Vec<&str> = named.into_iter().chain(computed).collect();
        let taken = join
            .columns
            .iter()
            .filter(|taken| read.contains(&taken.name.as_str()));
        let taken = taken.map(|taken| format!("{}.alias({})", column(&taken.column), text(&taken.name)));
        let kind = self.kind(&join.column);
        let key = format!("{}.alias(\"key\")", comparable(kind, &join.key));
        let selected: Vec<String> = std::iter::once(key).chain(taken).collect();
        format!(
            "  .join(\n    {other}.select({}),\n    left_on={}, right_on=\"key\", how=\"left\", validate=\"m:1\",\n  )",
            selected.join(", "),
            comparable(kind, &join.column),
        )
    }

    /// What is computed row by row.
    fn computed(&self, formula: &RowFormula) -> String {
        match formula {
            RowFormula::Sum { of } => {
                let columns: Vec<String> = of.iter().map(|name| column(name)).collect();
                format!("({})", columns.join(" + "))
            }
            RowFormula::Difference { of, less } => format!("({} - {})", column(of), column(less)),
            RowFormula::Product { left, right } => format!("({} * {})", column(left), column(right)),
            RowFormula::Ratio {
                numerator,
                denominator,
            } => {
                let by = column(denominator);
                format!("({} / pl.when({by} != 0).then({by}))", column(numerator))
            }
            RowFormula::Days { from, until } => {
                let between = format!("({} - {})", column(until), column(from));
                match self.kind(from) {
                    Some(ColumnType::Datetime) => format!("({between}.dt.total_milliseconds() / 86_400_000)"),
                    _ => format!("{between}.dt.total_days()"),
                }
            }
        }
    }

    fn condition(&self, condition: &Condition) -> String {
        let joined = |parts: &[Condition], operator: &str| {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| format!("({})", self.condition(part)))
                .collect();
            parts.join(operator)
        };
        match condition {
            Condition::And { all } => joined(all, " & "),
            Condition::Or { any } => joined(any, " | "),
            Condition::Not { condition } => format!("~({})", self.condition(condition)),
            Condition::Compare {
                column,
                comparison,
                value,
            } => {
                format!(
                    "{} {} {}",
                    self.values(column),
                    operator(*comparison),
                    self.constant(column, value)
                )
            }
            Condition::CompareColumns {
                left,
                comparison,
                right,
            } => {
                format!(
                    "{} {} {}",
                    self.values(left),
                    operator(*comparison),
                    self.values(right)
                )
            }
            Condition::Between { column, low, high } => {
                let (low, high) = (self.constant(column, low), self.constant(column, high));
                format!("{}.is_between({low}, {high})", self.values(column))
            }
            Condition::In { column, values } => {
                let values: Vec<String> = values.iter().map(|value| self.constant(column, value)).collect();
                format!("{}.is_in([{}])", self.values(column), values.join(", "))
            }
            Condition::Contains {
                column,
                text: part,
                place,
            } => {
                let (values, part) = (self.values(column), text(&folded(part)));
                match place {
                    Place::Anywhere => format!("{values}.str.contains({part}, literal=True)"),
                    Place::Start => format!("{values}.str.starts_with({part})"),
                    Place::End => format!("{values}.str.ends_with({part})"),
                }
            }
            Condition::TimeRange { column, from, until } => {
                let bound = |sign: &str, date: &schemas::Date| {
                    format!("{} {sign} {}", self.values(column), day(&date.to_string()))
                };
                let parts: Vec<String> = from
                    .iter()
                    .map(|date| bound(">=", date))
                    .chain(until.iter().map(|date| bound("<", date)))
                    .map(|part| format!("({part})"))
                    .collect();
                parts.join(" & ")
            }
            Condition::Missing { column } => format!("{}.is_null()", self::column(column)),
            Condition::CompareAggregate {
                column,
                comparison,
                function,
            } => {
                let values = self.values(column);
                format!("{values} {} {values}.{}", operator(*comparison), call(*function))
            }
        }
    }

    fn values(&self, name: &str) -> String {
        comparable(self.kind(name), name)
    }

    fn constant(&self, name: &str, value: &Value) -> String {
        match (value, self.kind(name)) {
            (Value::Null, _) => "None".to_owned(),
            (Value::Bool(true), _) => "True".to_owned(),
            (Value::Bool(false), _) => "False".to_owned(),
            (Value::Int(number), _) => number.to_string(),
            (Value::Float(number), _) => number.to_string(),
            (Value::Text(time), Some(ColumnType::Date | ColumnType::Datetime)) => day(time),
            (Value::Text(value), _) => text(&folded(value)),
        }
    }

    fn measure(&self, measure: &Measure) -> String {
        let some = measure.filter.as_ref().map(|filter| self.condition(filter));
        let rows = |name: &str| match &some {
            Some(condition) => format!("{}.filter({condition})", column(name)),
            None => column(name),
        };
        let values = match (&measure.column, &some) {
            (None, None) => "pl.len()".to_owned(),
            (None, Some(condition)) => format!("({condition}).sum()"),
            (Some(name), _) if measure.function == Aggregate::CountDistinct => {
                format!("{}.drop_nulls().n_unique()", rows(name))
            }
            (Some(name), _) => format!("{}.{}", rows(name), call(measure.function)),
        };
        format!("{values}.alias({})", text(&measure.name))
    }
}

/// What is computed from the measures.
fn compare(plan: &Plan) -> Vec<String> {
    let over_time =
        |derived: &Derived| matches!(derived.formula, Formula::Running { .. } | Formula::Change { .. });
    let key = key_names(&plan.group).into_iter().next();
    let sorted = key
        .filter(|_| plan.derived.iter().any(over_time))
        .map(|key| format!("  .sort({}, nulls_last=True)", text(&key)));
    let derived = plan.derived.iter().map(|derived| {
        let percent = if derived.percent { " * 100" } else { "" };
        let growth = |from: String, to: String| format!("({to} - {from}) / {from}.abs(){percent}");
        let (formula, note) = match &derived.formula {
            Formula::Share { of } => (format!("{0} / {0}.sum(){percent}", column(of)), ""),
            Formula::Ratio {
                numerator,
                denominator,
            } => (
                format!("{} / {}{percent}", column(numerator), column(denominator)),
                "",
            ),
            Formula::Difference { of, less } => (format!("{} - {}", column(of), column(less)), ""),
            Formula::Distance { of, from } => (format!("({} - {}).abs()", column(of), column(from)), ""),
            Formula::Growth { from, to } => (growth(column(from), column(to)), ""),
            Formula::Running { of } => (format!("{}.cum_sum()", column(of)), ""),
            Formula::Change {
                of,
                since: Since::Before,
            } => (
                growth(format!("{}.shift(1)", column(of)), column(of)),
                "  # where the period before is there",
            ),
            Formula::Change {
                of,
                since: Since::YearBefore,
            } => (
                growth(format!("{}.shift(a_year)", column(of)), column(of)),
                "  # a_year: as many periods as a year has, all of them there",
            ),
        };
        format!(
            "  .with_columns(({formula}).alias({})){note}",
            text(&derived.name)
        )
    });
    sorted.into_iter().chain(derived).collect()
}

/// A column as it is compared: text without regard to case, width and surrounding blanks.
fn comparable(kind: Option<ColumnType>, name: &str) -> String {
    match kind {
        Some(ColumnType::Text) => {
            format!(
                "{}.str.normalize(\"NFKC\").str.strip_chars().str.to_lowercase()",
                column(name)
            )
        }
        _ => column(name),
    }
}

fn cut(limit: Limit, first: &Order) -> String {
    if limit.skip > 0 {
        return format!(
            "  .filter({}.rank(\"dense\", descending={}).is_between({}, {}))",
            column(&first.by),
            if first.descending { "True" } else { "False" },
            u64::from(limit.skip) + 1,
            u64::from(limit.skip) + u64::from(limit.rows),
        );
    }
    if limit.ties {
        format!(
            "  .head({})  # and those that tie with the last by {}",
            limit.rows,
            text(&first.by)
        )
    } else {
        format!("  .head({})", limit.rows)
    }
}

fn column(name: &str) -> String {
    format!("pl.col({})", text(name))
}

fn folded(value: &str) -> String {
    crate::engine::fold::Folded::new(value).as_str().to_owned()
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => "==",
        Comparison::Ne => "!=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}

fn call(function: Aggregate) -> &'static str {
    match function {
        Aggregate::Count => "count()",
        Aggregate::CountDistinct => "n_unique()",
        Aggregate::Sum => "sum()",
        Aggregate::Mean => "mean()",
        Aggregate::Min => "min()",
        Aggregate::Max => "max()",
        Aggregate::Median => "median()",
    }
}

fn span(values: &str, bucket: Bucket) -> String {
    match bucket {
        Bucket::Year => format!("{values}.dt.strftime(\"%Y\")"),
        Bucket::Quarter => {
            format!("pl.format(\"{{}}-Q{{}}\", {values}.dt.year(), {values}.dt.quarter())")
        }
        Bucket::Month => format!("{values}.dt.strftime(\"%Y-%m\")"),
        Bucket::Week => format!("{values}.dt.strftime(\"%G-W%V\")"),
        Bucket::Day => format!("{values}.dt.date()"),
    }
}

fn day(date: &str) -> String {
    format!(
        "pl.lit({}).str.to_{}()",
        text(date),
        if date.len() > 10 { "datetime" } else { "date" }
    )
}

/// A text as a Python literal: JSON's escapes are Python's too.
fn text(value: &str) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
