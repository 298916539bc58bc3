//! What a model replies: plans, a query, a script, or that it can't be done.

use models::json;
use schemas::plan::{Plan, TableRef};
use schemas::trail::Code;
use serde_json::{Value, json as document};

use crate::tables::Table;

/// Readings of one question.
const READINGS: usize = 3;

/// A reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What it gives.
    pub program: Program,
    /// Whether the question asks for words beyond the result.
    pub words: bool,
    /// The form that the question prescribes for its answer.
    pub form: Option<String>,
}

/// What a reply gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Program {
    /// A plan for each reading; at least one.
    Plans(Vec<Plan>),
    /// A query.
    Query(String),
    /// A script.
    Script {
        /// Its text.
        python: String,
        /// A query that is to give the same.
        check: Option<String>,
    },
    /// The tables can't answer it.
    Impossible,
}

/// Why a reply gives nothing that could run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unusable {
    /// The program, where there is one.
    pub program: Option<Code>,
    /// What is wrong with it, for the model to mend.
    pub reason: String,
}

impl Unusable {
    fn reply(reason: impl Into<String>) -> Self {
        Self {
            program: None,
            reason: reason.into(),
        }
    }
}

/// The schema of replies over so many tables, with scripts or without.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "an object of JSON takes any key")]
pub fn schema(tables: usize, scripts: bool) -> Value {
    let mut plan = schemars::schema_for!(Plan).to_value();
    let mut definitions = plan
        .as_object_mut()
        .and_then(|plan| plan.remove("$defs"))
        .unwrap_or_else(|| document!({}));
    // Tables are numbers here.
    if let Some(definitions) = definitions.as_object_mut() {
        let unknown = ["TableRef", "FileId", "Join", "JoinedColumn"];
        definitions.retain(|name, _| !unknown.contains(&name.as_str()));
    }
    // Joins are said by queries.
    if let Some(properties) = plan["properties"].as_object_mut() {
        properties.remove("join");
    }
    plan["properties"]["table"] = document!({ "type": "integer", "minimum": 1, "maximum": tables });
    let mut schema = document!({
        "type": "object",
        "properties": {
            "decision": { "type": "string", "enum": ["plan", "sql", "impossible"] },
            "meaning": { "type": "string" },
            "words": { "type": "boolean" },
            "readings": {
                "type": "array",
                "maxItems": READINGS,
                "items": { "type": "object", "properties": { "plan": plan }, "required": ["plan"] },
            },
            "sql": { "type": "string" },
            "form": { "type": "string" },
        },
        "required": ["decision", "meaning"],
        "$defs": definitions,
    });
    if scripts {
        schema["properties"]["decision"]["enum"] = document!(["plan", "sql", "python", "impossible"]);
        schema["properties"]["python"] = document!({ "type": "string" });
    }
    strip(&mut schema);
    schema
}

/// The schema of replies where nothing but queries is asked for.
#[must_use]
pub fn query_schema() -> Value {
    document!({
        "type": "object",
        "properties": {
            "decision": { "type": "string", "enum": ["sql", "impossible"] },
            "sql": { "type": "string" },
        },
        "required": ["decision"],
    })
}

/// Takes out what explains and what only few servers know: it costs tokens, or the request.
fn strip(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                // Names of properties are no keywords.
                if matches!(key.as_str(), "properties" | "$defs") {
                    inner
                        .as_object_mut()
                        .into_iter()
                        .flatten()
                        .for_each(|(_, inner)| strip(inner));
                } else {
                    strip(inner);
                }
            }
            if object.contains_key("type")
                || object.contains_key("anyOf")
                || object.contains_key("oneOf")
                || object.contains_key("$ref")
            {
                for keyword in ["$schema", "title", "description", "format", "default"] {
                    object.remove(keyword);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Reads a reply over some tables.
///
/// # Errors
/// [`Unusable`] when there is nothing in it that could run.
pub fn read(text: &str, tables: &[Table]) -> Result<Reply, Unusable> {
    let reply = match json::read(text) {
        Ok(reply) if decision(&reply).is_some() => reply,
        // What looks like an object may be one of the program's.
        other => match bare_program(text) {
            Some(reply) => reply,
            None => other.map_err(|error| Unusable::reply(error.to_string()))?,
        },
    };
    let program = match decision(&reply) {
        Some("plan") => Program::Plans(plans(&reply, tables)?),
        Some("sql") => Program::Query(query(&reply)?),
        Some("python") => Program::Script {
            python: script(&reply)?,
            check: query(&reply).ok(),
        },
        Some("impossible") => Program::Impossible,
        Some(other) => {
            return Err(Unusable::reply(format!(
                "\"decision\" is {other:?}, which is none of those that were offered"
            )));
        }
        None => return Err(Unusable::reply("there is no \"decision\"")),
    };
    Ok(Reply {
        program,
        words: reply.get("words").is_some_and(|words| *words == true),
        form: reply
            .get("form")
            .and_then(Value::as_str)
            .filter(|form| !form.trim().is_empty())
            .map(str::to_owned),
    })
}

/// The program of a reply that has no object, but the only program in it stands between fences that say its language.
fn bare_program(text: &str) -> Option<Value> {
    let text = text.rsplit_once("</think>").map_or(text, |(_, said)| said);
    let mut fences = text.split("```").skip(1).step_by(2);
    let (Some(only), None) = (fences.next(), fences.next()) else {
        return None;
    };
    let (language, program) = only.split_once('\n')?;
    match language.trim().to_lowercase().as_str() {
        "python" | "py" => Some(document!({ "decision": "python", "python": program })),
        "sql" => Some(document!({ "decision": "sql", "sql": program })),
        _ => None,
    }
}

/// What was decided; models that forget to say so have given it away by what they give.
fn decision(reply: &Value) -> Option<&str> {
    match reply.get("decision").and_then(Value::as_str) {
        Some(decision) => Some(decision),
        None if reply.get("readings").or_else(|| reply.get("plan")).is_some() => Some("plan"),
        None if reply.get("python").is_some() => Some("python"),
        None => reply.get("sql").map(|_| "sql"),
    }
}

/// A script, out of the fences that models like to put around one.
fn script(reply: &Value) -> Result<String, Unusable> {
    let text = reply.get("python").and_then(Value::as_str).unwrap_or_default();
    let text = text.trim();
    let inner = text
        .strip_prefix("```python")
        .or_else(|| text.strip_prefix("```"))
        .and_then(|inner| inner.strip_suffix("```"));
    let text = inner.unwrap_or(text).trim_matches('\n').trim_end();
    if text.is_empty() {
        return Err(Unusable::reply(
            "\"decision\" is \"python\" and there is no \"python\"",
        ));
    }
    Ok(text.to_owned())
}

fn query(reply: &Value) -> Result<String, Unusable> {
    let sql = reply.get("sql").and_then(Value::as_str).unwrap_or_default();
    let sql = sql.trim().trim_end_matches(';').trim_end();
    if sql.is_empty() {
        return Err(Unusable::reply("\"decision\" is \"sql\" and there is no \"sql\""));
    }
    Ok(sql.to_owned())
}

fn plans(reply: &Value, tables: &[Table]) -> Result<Vec<Plan>, Unusable> {
    let readings = reply.get("readings").and_then(Value::as_array);
    let given: Vec<&Value> = match (readings, reply.get("plan")) {
        (Some(readings), _) if !readings.is_empty() => readings
            .iter()
            .map(|reading| reading.get("plan").unwrap_or(reading))
            .collect(),
        (_, Some(plan)) => vec![plan],
        _ => {
            return Err(Unusable::reply(
                "\"decision\" is \"plan\" and there are no \"readings\"",
            ));
        }
    };
    let mut plans: Vec<Plan> = Vec::new();
    for given in given.into_iter().take(READINGS) {
        let plan = plan(given, tables).map_err(|reason| Unusable {
            program: Some(code("plan", &given.to_string())),
            reason,
        })?;
        if !plans.contains(&plan) {
            plans.push(plan);
        }
    }
    Ok(plans)
}

/// A program as the trail shows it.
#[must_use]
pub fn code(language: &str, text: &str) -> Code {
    Code {
        language: language.to_owned(),
        text: text.to_owned(),
    }
}

fn plan(given: &Value, tables: &[Table]) -> Result<Plan, String> {
    let mut given = given.clone();
    let reference = table(&given, tables)?;
    mend(&mut given);
    let reference = serde_json::to_value(reference).map_err(|error| error.to_string())?;
    given
        .as_object_mut()
        .ok_or("the plan is no object")?
        .insert("table".to_owned(), reference);
    let plan: Plan =
        serde_json::from_value(given.clone()).map_err(|error| format!("the plan can't be read: {error}"))?;
    let kept = serde_json::to_value(&plan).map_err(|error| error.to_string())?;
    // What a plan does not know would be left out in silence, and another question answered.
    match unknown(&given, &kept, "") {
        Some(path) => Err(format!("plans know no {path}")),
        None if plan.join.is_some() => Err("plans know no join".to_owned()),
        None => Ok(plan),
    }
}

fn table<'a>(given: &Value, tables: &'a [Table]) -> Result<&'a TableRef, String> {
    let number = match given.get("table") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim_start_matches(['t', 'T']).parse().ok(),
        None | Some(Value::Null) if tables.len() == 1 => Some(1),
        _ => None,
    };
    let place = number.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
    place
        .and_then(|place| tables.get(place))
        .map(|table| &table.reference)
        .ok_or_else(|| format!("\"table\" must be a number from 1 to {}", tables.len()))
}

/// Short forms that can mean one thing only: `limit: 3`, `group: ["a"]`, `order: ["a"]`, measures without names.
fn mend(plan: &mut Value) {
    if let Some(limit) = plan.get_mut("limit")
        && limit.is_u64()
    {
        *limit = document!({ "rows": limit.take() });
    }
    for (list, field) in [("group", "column"), ("order", "by")] {
        let items = plan.get_mut(list).and_then(Value::as_array_mut);
        for item in items.into_iter().flatten().filter(|item| item.is_string()) {
            *item = document!({ field: item.take() });
        }
    }
    let measures = plan.get_mut("measures").and_then(Value::as_array_mut);
    for measure in measures.into_iter().flatten() {
        let word = |key: &str| measure.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = format!("{} {}", word("function"), word("column"))
            .trim()
            .to_owned();
        if let Some(measure) = measure.as_object_mut() {
            measure.entry("name").or_insert_with(|| name.into());
        }
    }
}

/// Where something was given that was not kept.
fn unknown(given: &Value, kept: &Value, path: &str) -> Option<String> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(key, given)| {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            match kept.get(key) {
                Some(kept) => unknown(given, kept, &path),
                // Defaults are not written.
                None if is_nothing(given) => None,
                None => Some(path),
            }
        }),
        (Value::Array(given), Value::Array(kept)) => given
            .iter()
            .zip(kept)
            .enumerate()
            .find_map(|(place, (given, kept))| unknown(given, kept, &format!("{path}[{place}]"))),
        _ => None,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_between_fences_is_a_reply_where_it_is_the_only_one() {
        let program = |text: &str| read(text, &[]).ok().map(|reply| reply.program);
        let python =
            "<think>{ranks}?</think>Here it is:\n```python\nresult = {'n': len(t1)}\n```\nIt counts rows.";
        assert_eq!(
            program(python),
            Some(Program::Script {
                python: "result = {'n': len(t1)}".to_owned(),
                check: None,
            })
        );
        assert_eq!(
            program("```sql\nSELECT 1;\n```"),
            Some(Program::Query("SELECT 1".to_owned()))
        );
        assert_eq!(program("```\nresult = 1\n```"), None);
        assert_eq!(program("```sql\nSELECT 1\n```\nor\n```sql\nSELECT 2\n```"), None);
        assert_eq!(program("result = 1"), None);
    }

    #[test]
    fn a_script_comes_out_of_its_fences() {
        let reply =
            document!({ "decision": "python", "python": "```python\nresult = 1\n```", "sql": "SELECT 1" });
        assert_eq!(
            read(&reply.to_string(), &[]).unwrap().program,
            Program::Script {
                python: "result = 1".to_owned(),
                check: Some("SELECT 1".to_owned()),
            }
        );
        assert!(read(r#"{"decision": "python", "python": "``````"}"#, &[]).is_err());
    }
}
