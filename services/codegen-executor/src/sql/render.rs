//! A plan as a query: each step that the plan takes is a common table expression over the one before.

use schemas::plan::{Order, Plan};
use schemas::table::{ColumnType, TableProfile};

use super::condition::{self, Conditions};
use super::{Source, computed, derived, join, measure, quote};
use crate::engine::aggregate::key_names;
use crate::engine::columns::{Columns, Known};
use crate::engine::refusal;
use crate::engine::{self, PlanError};

/// A query that means the same as a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The SQL.
    pub text: String,
    /// The plan's table with what the query reads of it, and behind it the one that is joined. Ties keep the order of the first
    /// one's rows.
    pub sources: Vec<Source>,
}

/// Renders a plan over a table, or over two: the profile is that of both then. Their names are taken for what the query calls
/// them, the plan's own table first.
///
/// # Errors
/// [`PlanError`] when the plan does not fit the tables.
pub fn render(plan: &Plan, profile: &TableProfile, tables: &[&str]) -> Result<Query, PlanError> {
    let columns = Columns::of(plan, profile)?;
    let reads = engine::columns_read(plan, profile)?;
    let there = plan.join.iter().flat_map(|join| &join.columns);
    let keys = plan.join.iter().map(|join| join.key.as_str());
    let there = there.map(|taken| taken.column.as_str()).chain(keys);
    let names: Vec<&str> = columns.names().chain(there).collect();
    let row = quote::free("row_number", &names);
    // A name without characters is none in SQL.
    let called = |place: usize| tables.get(place).filter(|name| !name.is_empty());
    let table = called(0).copied().unwrap_or("table");
    let mut pipeline = Pipeline {
        steps: Vec::new(),
        from: quote::name(table),
    };
    let mut sources = Vec::new();
    if let Some(wanted) = &plan.join {
        let other = quote::free(called(1).copied().unwrap_or("table"), &[table]);
        let (selected, relation) = join::rows(wanted, profile, [table, &other], &reads)?;
        pipeline.from = relation;
        pipeline.step("joined", &selected, "");
        let [own, there] = engine::join::parted(wanted, profile, &reads);
        sources.push(Source::of(table, &own, &row));
        sources.push(Source::of(&other, &there, &row));
    } else {
        let mut own = profile.clone();
        own.columns.retain(|column| reads.contains(&column.name));
        sources.push(Source::of(table, &own, &row));
    }
    let used = columns.used_by(plan)?;
    let mut computed = Vec::new();
    for wanted in plan.computed.iter().filter(|wanted| used.contains(&wanted.name)) {
        computed.push(named(&computed::expression(wanted, &columns)?, &wanted.name));
    }
    if !computed.is_empty() {
        computed.insert(0, "*".to_owned());
        pipeline.step("computed", &computed, "");
    }
    let base = pipeline.from.clone();
    if let Some(filter) = &plan.filter {
        let conditions = Conditions {
            columns: &columns,
            relation: &base,
        };
        pipeline.step("kept", &["*".to_owned()], &conditions.clause(filter)?);
    }
    let text = if plan.group.is_empty() && plan.measures.is_empty() {
        listing(plan, &columns, &row, pipeline)
    } else {
        grouping(plan, &columns, &row, &base, pipeline)?
    };
    let text = format!("{}{text}", notes(&text, &row));
    Ok(Query { text, sources })
}

/// What a reader elsewhere has to know of names that no database has.
fn notes(text: &str, row: &str) -> String {
    let row = quote::name(row);
    [
        (row.as_str(), "the row's place in the table, from 0"),
        (
            "fold(",
            "the text in small letters, full-width ASCII as ASCII, without blanks around it",
        ),
        (
            "significant(",
            "the number by its first twelve digits, or 0 where it is no larger than the second one",
        ),
    ]
    .into_iter()
    .filter(|(name, _)| text.contains(name))
    .map(|(name, meaning)| format!("-- {}: {meaning}\n", name.trim_end_matches('(')))
    .collect()
}

/// Steps, each over the one before.
struct Pipeline {
    steps: Vec<String>,
    from: String,
}

impl Pipeline {
    /// Adds a step: what it selects, and what stands behind FROM.
    fn step(&mut self, name: &str, selected: &[String], rest: &str) {
        let selected = list(selected, "\n    ");
        let from = &self.from;
        self.steps
            .push(format!("{name} AS (\n  SELECT{selected}\n  FROM {from}{rest}\n)"));
        name.clone_into(&mut self.from);
    }

    /// The last select over the steps.
    fn finish(&self, selected: &[String], rest: &str) -> String {
        let with = if self.steps.is_empty() {
            String::new()
        } else {
            format!("WITH {}\n", self.steps.join(",\n"))
        };
        format!("{with}SELECT{}\nFROM {}{rest}", list(selected, "\n  "), self.from)
    }
}

/// Few short items on one line, others each on its own.
fn list(items: &[String], indent: &str) -> String {
    const LINE: usize = 80;
    let line = items.join(", ");
    if line.chars().count() <= LINE {
        return format!(" {line}");
    }
    let separated = items.join(&format!(",{indent}"));
    format!("{indent}{separated}")
}

fn listing(plan: &Plan, columns: &Columns, row: &str, mut pipeline: Pipeline) -> String {
    let all: Vec<&str> = columns.names().collect();
    let shown: Vec<&str> = if plan.select.is_empty() {
        columns.own_names().collect()
    } else {
        plan.select.iter().map(String::as_str).collect()
    };
    let taken: Vec<&str> = all.into_iter().chain([row]).collect();
    if plan.distinct {
        let occurrence = quote::name(&quote::free("occurrence", &taken));
        let equal = quote::names(shown.iter().copied());
        let row = quote::name(row);
        let number = format!("ROW_NUMBER() OVER (PARTITION BY {equal} ORDER BY {row}) AS {occurrence}");
        pipeline.step("numbered", &["*".to_owned(), number], "");
        pipeline.step(
            "firsts",
            &["*".to_owned()],
            &format!("\n  WHERE {occurrence} = 1"),
        );
    }
    let keys = plan
        .order
        .iter()
        .map(|order| direction(&quote::name(&order.by), order))
        .collect();
    let shown: Vec<String> = shown.into_iter().map(quote::name).collect();
    ordered(plan, keys, Some(quote::name(row)), &taken, &shown, pipeline)
}

fn grouping(
    plan: &Plan,
    columns: &Columns,
    row: &str,
    base: &str,
    mut pipeline: Pipeline,
) -> Result<String, PlanError> {
    let keys = key_names(&plan.group);
    let measures = plan.measures.iter().map(|measure| measure.name.as_str());
    let derived = plan.derived.iter().map(|derived| derived.name.as_str());
    let names: Vec<&str> = keys
        .iter()
        .map(String::as_str)
        .chain(measures)
        .chain(derived)
        .collect();
    let conditions = Conditions {
        columns,
        relation: base,
    };
    let mut selected = Vec::with_capacity(names.len() + 1);
    // Each expression once: two keys may be the same under two names.
    let mut by: Vec<String> = Vec::with_capacity(keys.len());
    for (key, name) in plan.group.iter().zip(&keys) {
        let expression = measure::key(key);
        selected.push(named(&expression, name));
        if !by.contains(&expression) {
            by.push(expression);
        }
    }
    let mut computed = Columns::default();
    for wanted in &plan.measures {
        selected.push(named(
            &measure::measure(wanted, columns, &conditions)?,
            &wanted.name,
        ));
        computed.add(refusal::result(wanted, columns, String::new())?);
    }
    let mut tie_break = None;
    let mut grouping = String::new();
    let first_row = quote::free("first_row", &names);
    if !plan.group.is_empty() {
        selected.push(named(&format!("MIN({})", quote::name(row)), &first_row));
        grouping = format!("\n  GROUP BY {}", by.join(", "));
        tie_break = Some(quote::name(&first_row));
    }
    let over_time = plan.derived.iter().any(engine::derived::is_over_time);
    if let (true, Some(key)) = (over_time, keys.first()) {
        tie_break = Some(format!("{} ASC NULLS LAST", quote::name(key)));
    }
    let earlier = derived::earlier(plan, &names)?;
    for span in &earlier {
        selected.push(named(&format!("MIN({})", span.expression), &span.span));
    }
    pipeline.step("grouped", &selected, &grouping);
    if !plan.derived.is_empty() {
        let key = keys.first().map(String::as_str);
        let all = if earlier.is_empty() { "*" } else { "grouped.*" };
        let mut selected = vec![all.to_owned()];
        for wanted in &plan.derived {
            let expression = derived::expression(wanted, &computed, plan, key, &earlier)?;
            selected.push(named(&expression, &wanted.name));
        }
        for wanted in &plan.derived {
            let kind = derived::kind(wanted, &computed)?;
            computed.add(Known {
                name: wanted.name.clone(),
                physical: String::new(),
                kind,
                computed: kind == ColumnType::Float,
                noise: 0.0,
            });
        }
        if let (Some(key), false) = (key, earlier.is_empty()) {
            pipeline.from = derived::join(key, &earlier);
        }
        pipeline.step("compared", &selected, "");
    }
    if let Some(having) = &plan.having {
        let conditions = Conditions {
            columns: &computed,
            relation: if plan.derived.is_empty() {
                "grouped"
            } else {
                "compared"
            },
        };
        pipeline.step("groups_kept", &["*".to_owned()], &conditions.clause(having)?);
    }
    let keys = plan
        .order
        .iter()
        .map(|order| {
            let values = quote::name(&order.by);
            let values = match computed.get(&order.by) {
                Ok(measure) if measure.computed => condition::trusted(&values, measure.noise),
                _ => values,
            };
            direction(&values, order)
        })
        .collect();
    let shown: Vec<String> = names
        .iter()
        .filter(|name| !plan.hidden.iter().any(|hidden| hidden == *name))
        .map(|name| quote::name(name))
        .collect();
    let taken: Vec<&str> = names.iter().copied().chain([first_row.as_str()]).collect();
    Ok(ordered(plan, keys, tie_break, &taken, &shown, pipeline))
}

/// The order, the limit and what is shown.
fn ordered(
    plan: &Plan,
    mut keys: Vec<String>,
    tie_break: Option<String>,
    taken: &[&str],
    shown: &[String],
    mut pipeline: Pipeline,
) -> String {
    let mut rest = String::new();
    let mut cut = String::new();
    match plan.limit {
        Some(limit) if limit.skip > 0 && !keys.is_empty() => {
            let rank = quote::name(&quote::free("rank", taken));
            let by = format!("DENSE_RANK() OVER (ORDER BY {}) AS {rank}", keys.join(", "));
            pipeline.step("ranked", &["*".to_owned(), by], "");
            let last = u64::from(limit.skip) + u64::from(limit.rows);
            rest = format!("\nWHERE {rank} > {} AND {rank} <= {last}", limit.skip);
        }
        // Rows that tie with the last have the same rank: that of the first of them, which is not beyond the limit.
        Some(limit) if limit.ties && !keys.is_empty() => {
            let rank = quote::name(&quote::free("rank", taken));
            let by = format!("RANK() OVER (ORDER BY {}) AS {rank}", keys.join(", "));
            pipeline.step("ranked", &["*".to_owned(), by], "");
            rest = format!("\nWHERE {rank} <= {}", limit.rows);
        }
        Some(limit) => cut = format!("\nLIMIT {}", limit.rows),
        None => {}
    }
    keys.extend(tie_break);
    if !keys.is_empty() {
        rest.push_str(&format!("\nORDER BY {}", keys.join(", ")));
    }
    rest.push_str(&cut);
    pipeline.finish(shown, &rest)
}

fn direction(values: &str, order: &Order) -> String {
    let way = if order.descending { "DESC" } else { "ASC" };
    format!("{values} {way} NULLS LAST")
}

fn named(expression: &str, name: &str) -> String {
    let name = quote::name(name);
    if expression == name {
        return name;
    }
    format!("{expression} AS {name}")
}
