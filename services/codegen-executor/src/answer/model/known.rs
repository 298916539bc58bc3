//! What a model is told besides the tables: what words mean to the asker's house, and what the conversation is about.

use schemas::Plan;
use schemas::glossary::{Entry, Glossary, folded};
use serde_json::{Value, json};

use super::super::{Asked, understand};
use super::prompt::fenced;
use crate::planner::Understanding;
use crate::tables::Table;

/// Entries of a glossary that are shown. Those whose terms stand in the questions come first.
const ENTRIES: usize = 60;
/// Earlier questions that are shown: the last ones.
const QUESTIONS: usize = 6;
/// Characters of an earlier program that is shown.
const PROGRAM: usize = 4_000;

/// The glossary and the conversation, each between fences; nothing where there is neither.
#[must_use]
pub fn told(fence: &str, asked: &Asked, tables: &[Table]) -> String {
    let mut told = glossary(fence, &asked.glossary, &asked.history, &asked.question);
    told.push_str(&earlier(fence, &asked.history));
    if let Some(program) = last_program(asked, tables) {
        told.push_str(
            "The program that answered the last of them; change in it what the question changes:\n",
        );
        told.push_str(&fenced(fence, &program));
        told.push('\n');
    }
    told
}

/// The entries of a glossary, those that are said first.
#[must_use]
pub fn glossary(fence: &str, glossary: &Glossary, history: &[String], question: &str) -> String {
    let said = history.iter().map(String::as_str).chain([question]);
    let said: Vec<String> = said.map(folded).collect();
    let is_said = |entry: &&Entry| said.iter().any(|text| text.contains(&folded(&entry.term)));
    let (first, rest): (Vec<&Entry>, Vec<&Entry>) = glossary.entries.iter().partition(is_said);
    let shown = first.into_iter().chain(rest).take(ENTRIES);
    let shown: Vec<Value> = shown
        .filter_map(|entry| serde_json::to_value(entry).ok())
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    format!(
        "What words mean in the asker's house; where the question has such a term, compute what it says:\n{}\n",
        fenced(fence, &shown.into())
    )
}

/// The last of the earlier questions.
#[must_use]
pub fn earlier(fence: &str, history: &[String]) -> String {
    if history.is_empty() {
        return String::new();
    }
    let shown = history
        .get(history.len().saturating_sub(QUESTIONS)..)
        .unwrap_or_default();
    format!(
        "Earlier questions of the conversation, oldest first; what the question leaves unsaid stands there:\n{}\n",
        fenced(fence, &json!(shown))
    )
}

/// The program of the last question, as a reply would give it: that which was run, else that of the rules.
fn last_program(asked: &Asked, tables: &[Table]) -> Option<Value> {
    if let Some(before) = &asked.before {
        return match before.program.language.as_str() {
            "plan" => with_number(&serde_json::from_str(&before.program.text).ok()?, tables),
            language => {
                let text: String = before.program.text.chars().take(PROGRAM).collect();
                Some(json!({ language: text }))
            }
        };
    }
    let (last, earlier) = asked.history.split_last()?;
    let again = Asked {
        question: last.clone(),
        history: earlier.to_vec(),
        ..asked.clone()
    };
    match understand(&again, tables) {
        Understanding::Understood(understood) => with_number(&understood.plan, tables),
        Understanding::Ambiguous { .. } | Understanding::Abstained { .. } => None,
    }
}

/// A plan whose table is a number, as replies name tables; none where that table is not among them, or joined with another
/// one, which replies say by queries.
fn with_number(plan: &Plan, tables: &[Table]) -> Option<Value> {
    if plan.join.is_some() {
        return None;
    }
    let place = tables.iter().position(|table| table.reference == plan.table)?;
    let mut shown = serde_json::to_value(plan).ok()?;
    shown
        .as_object_mut()?
        .insert("table".to_owned(), json!(place + 1));
    Some(json!({ "plan": shown }))
}
