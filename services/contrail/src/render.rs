//! An answer and its trail, for people.

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use schemas::answer::{Answer, AnswerStatus, Confidence};
use schemas::model::ModelPart;
use schemas::trail::Trail;
use schemas::{Language, Value};

use crate::citations;
use crate::output::printable;

/// Rows of a result that are shown; all of them are in the JSON.
const ROWS: usize = 30;

/// Columns of text that a table may take.
const WIDTH: u16 = 110;

/// The word that stands for a value on the wire, for instance `needs_clarification`.
#[must_use]
pub fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// A table with a header; numbers stand to the right.
#[must_use]
pub fn table<'a>(header: &[&str], rows: impl IntoIterator<Item = &'a [Value]>) -> Table {
    let mut table = plain(header);
    for row in rows {
        table.add_row(row.iter().map(|value| {
            let alignment = if value.as_f64().is_some() {
                CellAlignment::Right
            } else {
                CellAlignment::Left
            };
            Cell::new(cell(value)).set_alignment(alignment)
        }));
    }
    table
}

/// A table of text.
#[must_use]
pub fn text_table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = plain(header);
    for row in rows {
        table.add_row(row.iter().map(|text| Cell::new(printable(text))));
    }
    table
}

fn plain(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH);
    table.set_header(header.iter().map(|name| Cell::new(printable(name))));
    table
}

/// A cell as it is shown: numbers without grouping and with the 15 digits that a sum of decimals keeps, missing values as
/// a dash. All digits are in the JSON.
#[must_use]
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:.14e}")
            .parse::<f64>()
            .unwrap_or(*number)
            .to_string(),
        Value::Text(text) => printable(text),
    }
}

/// The answer: text and result.
#[must_use]
pub fn answer(answer: &Answer) -> String {
    let words = Words::of(answer.language);
    let mut out = String::new();
    let sign = match answer.status {
        AnswerStatus::Answered => "",
        AnswerStatus::NeedsClarification => words.clarification,
        AnswerStatus::Refused => words.refused,
    };
    line(&mut out, &format!("{sign}{}", answer.text));
    if answer.status == AnswerStatus::Answered && !answer.columns.is_empty() {
        push_result(&mut out, &answer.columns, &answer.rows, words);
    }
    if !answer.citations.is_empty() {
        let title = match answer.status {
            AnswerStatus::Refused => words.nearest,
            AnswerStatus::Answered | AnswerStatus::NeedsClarification => words.citations,
        };
        section(&mut out, title);
        push(&mut out, &citations::listed(&answer.citations, answer.language));
    }
    out
}

/// How to check it: every part of the trail that has something to say.
#[must_use]
pub fn trail(answer: &Answer) -> String {
    let Trail {
        chips,
        unexplained,
        plan: _,
        sentence,
        sources,
        ledger,
        checks,
        assumptions,
        readings,
        code,
        sql,
        search,
        model,
        context: _,
    } = &answer.trail;
    let words = Words::of(answer.language);
    let mut out = String::new();
    if !sentence.is_empty() {
        section(&mut out, words.understood);
        line(&mut out, &format!("  {sentence}"));
    }
    for chip in chips {
        line(
            &mut out,
            &format!("  {} → {} ({})", chip.span.text, chip.meaning, word(&chip.role)),
        );
    }
    if !unexplained.is_empty() {
        let texts: Vec<&str> = unexplained.iter().map(|span| span.text.as_str()).collect();
        section(&mut out, words.unexplained);
        line(&mut out, &format!("  {}", texts.join(", ")));
    }
    if !sources.is_empty() {
        section(&mut out, words.sources);
        for source in sources {
            let digest: String = source.content.as_str().chars().take(12).collect();
            line(
                &mut out,
                &format!("  {} / {} (sha256 {digest}…)", source.name, source.table),
            );
        }
    }
    if !ledger.is_empty() {
        section(&mut out, words.ledger);
        let rows = ledger.iter().map(|step| {
            vec![
                Value::Text(step.description.clone()),
                count(step.rows_in),
                count(step.rows_out),
                Value::Text(step.excluded_cells.join(", ")),
            ]
        });
        let rows: Vec<Vec<Value>> = rows.collect();
        push_table(
            &mut out,
            &table(&words.ledger_header, rows.iter().map(Vec::as_slice)),
        );
    }
    if !checks.is_empty() {
        section(&mut out, words.checks);
        for check in checks {
            let sign = if check.passed { '✓' } else { '✗' };
            line(&mut out, &format!("  {sign} {}: {}", check.name, check.detail));
        }
    }
    if !assumptions.is_empty() {
        section(&mut out, words.assumptions);
        for assumption in assumptions {
            line(&mut out, &format!("  {}", assumption.text));
        }
    }
    if !readings.is_empty() {
        section(&mut out, words.readings);
        for reading in readings {
            line(&mut out, &format!("  {}", reading.text));
            push_result(&mut out, &reading.columns, &reading.rows, words);
        }
    }
    if let Some(search) = search {
        section(&mut out, words.searched);
        push(&mut out, &citations::searched(search, answer.language));
        if !search.passages.is_empty() {
            push(&mut out, &citations::listed(&search.passages, answer.language));
        }
    }
    for code in code.iter().chain(sql) {
        section(&mut out, &format!("{} ({})", words.code, code.language));
        for text in code.text.lines() {
            line(&mut out, &format!("  {text}"));
        }
    }
    if let Some(part) = model {
        push_model(&mut out, part, words);
    }
    section(&mut out, words.confidence);
    let label = word(&answer.confidence.label);
    match measured(&answer.confidence, answer.language) {
        Some(measured) => line(&mut out, &format!("  {label}{measured}")),
        None => line(&mut out, &format!("  {label}")),
    }
    section(&mut out, words.trace);
    line(&mut out, &format!("  {}", answer.trace_id));
    out
}

/// What a language model had to do with it: which one, what it took, and what did not run.
fn push_model(out: &mut String, part: &ModelPart, words: &Words) {
    section(out, words.model);
    let requests = words
        .requests
        .replacen("{}", &part.requests.to_string(), 1)
        .replacen("{}", &part.prompt_tokens.to_string(), 1)
        .replacen("{}", &part.completion_tokens.to_string(), 1);
    line(out, &format!("  {}{requests}", part.name));
    for attempt in &part.attempts {
        let (sign, error) = match &attempt.error {
            Some(error) => ('✗', format!(": {error}")),
            None => ('✓', String::new()),
        };
        let language = attempt.program.as_ref().map_or("–", |program| &program.language);
        line(out, &format!("  {sign} {language}{error}"));
    }
    for fact in &part.facts {
        line(
            out,
            &format!(
                "  {} = {} ({}, {})",
                fact.id,
                fact.text,
                fact.column,
                fact.row + 1
            ),
        );
    }
}

/// How many answers of the same shape were right, and which shape that is.
fn measured(confidence: &Confidence, language: Language) -> Option<String> {
    let precision = confidence.precision?;
    let (n, right) = (confidence.n, (precision * f64::from(confidence.n)).round());
    let shape = confidence.shape.as_deref().unwrap_or("all");
    // A shape without parts is a language, or all there is.
    let such = shape.contains('/');
    Some(match language {
        Language::Zh => {
            let such = if such { "此类" } else { "" };
            format!("；评测中{such}问题 {n} 个，答对 {right} 个（{shape}）")
        }
        Language::En => {
            let such = if such { "such " } else { "" };
            format!("; right in {right} of {n} {such}questions of the evaluation ({shape})")
        }
    })
}

fn count(number: u64) -> Value {
    i64::try_from(number).map_or(Value::Null, Value::Int)
}

fn push_result(out: &mut String, columns: &[String], rows: &[Vec<Value>], words: &Words) {
    let header: Vec<&str> = columns.iter().map(String::as_str).collect();
    push_table(out, &table(&header, rows.iter().take(ROWS).map(Vec::as_slice)));
    let hidden = rows.len().saturating_sub(ROWS);
    if hidden > 0 {
        line(out, &words.more.replace("{}", &hidden.to_string()));
    }
}

fn push_table(out: &mut String, table: &Table) {
    for text in table.lines() {
        // Already made printable, cell by cell.
        push(out, &text);
    }
}

fn section(out: &mut String, title: &str) {
    push(out, title);
}

fn line(out: &mut String, text: &str) {
    push(out, &printable(text));
}

fn push(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{}", text.trim_end());
}

/// The fixed words of a rendering.
struct Words {
    clarification: &'static str,
    refused: &'static str,
    understood: &'static str,
    unexplained: &'static str,
    sources: &'static str,
    ledger: &'static str,
    ledger_header: [&'static str; 4],
    checks: &'static str,
    assumptions: &'static str,
    readings: &'static str,
    code: &'static str,
    searched: &'static str,
    citations: &'static str,
    nearest: &'static str,
    model: &'static str,
    requests: &'static str,
    confidence: &'static str,
    trace: &'static str,
    more: &'static str,
}

impl Words {
    fn of(language: Language) -> &'static Self {
        match language {
            Language::Zh => &ZH,
            Language::En => &EN,
        }
    }
}

const EN: Words = Words {
    clarification: "Which one? ",
    refused: "Not answered: ",
    understood: "Understood as",
    unexplained: "Not understood",
    sources: "Read from",
    ledger: "Rows",
    ledger_header: ["step", "before", "after", "cells left out"],
    checks: "Checks",
    assumptions: "Assumptions",
    readings: "Other readings",
    code: "Program",
    searched: "Searched",
    citations: "Citations",
    nearest: "Nearest passages",
    model: "Language model",
    requests: ", asked {} times; {} tokens sent, {} received",
    confidence: "Confidence",
    trace: "Trace",
    more: "… and {} more rows",
};

const ZH: Words = Words {
    clarification: "需要确认：",
    refused: "未能回答：",
    understood: "理解为",
    unexplained: "未能理解",
    sources: "数据来源",
    ledger: "行数",
    ledger_header: ["步骤", "之前", "之后", "排除的单元格"],
    checks: "检查",
    assumptions: "假设",
    readings: "其他理解",
    code: "程序",
    searched: "检索",
    citations: "引用",
    nearest: "最接近的段落",
    model: "语言模型",
    requests: "，询问 {} 次；发送 {} 个词元，收到 {} 个",
    confidence: "可信度",
    trace: "追踪",
    more: "……另有 {} 行",
};

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
