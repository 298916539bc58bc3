//! An answer as Markdown, for chat front ends that render it.

use std::fmt::Write;

use schemas::answer::{Answer, AnswerStatus, Confidence, ConfidenceLabel};
use schemas::citation::Citation;
use schemas::{Language, Value};

use crate::http::links::Links;

/// Rows of a result that are shown; all of them are in the data.
const ROWS: usize = 50;
/// Other readings that are named.
const READINGS: usize = 5;
/// Characters of a quote that a footnote shows.
const QUOTE: usize = 240;

/// The whole answer: text, table, chart, footnotes, how far to trust it and where to check it.
pub fn answer(answer: &Answer, links: &Links) -> String {
    let zh = answer.language == Language::Zh;
    let mut out = text(answer);
    let cells = answer.rows.len() * answer.columns.len();
    if answer.status == AnswerStatus::Answered && cells > 1 {
        out.push_str("\n\n");
        table(&mut out, &answer.columns, &answer.rows);
        if answer.rows.len() > ROWS {
            let (more, csv) = (answer.rows.len() - ROWS, links.part("result.csv"));
            let line = if zh {
                format!("\n[另有 {more} 行（CSV）]({csv})")
            } else {
                format!("\n[{more} more rows (CSV)]({csv})")
            };
            out.push_str(&line);
        }
    }
    if answer.chart.is_some() {
        let alt = if zh { "图表" } else { "chart" };
        let _ = write!(out, "\n\n![{alt}]({})", links.part("chart.svg"));
    }
    if answer.status == AnswerStatus::NeedsClarification {
        out.push('\n');
        for reading in answer.trail.readings.iter().take(READINGS) {
            let _ = write!(out, "\n- {}", escaped(&reading.text));
            if let Some([value]) = reading
                .rows
                .first()
                .filter(|_| reading.rows.len() == 1)
                .map(Vec::as_slice)
            {
                let _ = write!(out, " → **{}**", cell(value));
            }
        }
    }
    if !answer.citations.is_empty() {
        out.push('\n');
        for citation in &answer.citations {
            footnote(&mut out, citation, links, zh);
        }
    }
    let _ = write!(out, "\n\n*{}*", trust(&answer.confidence, answer.status, zh));
    let (trail, data) = if zh {
        ("依据与核对", "数据")
    } else {
        ("trail", "data")
    };
    let _ = write!(
        out,
        " · [{trail}]({}) · [{data}]({})",
        links.page(),
        links.part("")
    );
    out
}

/// The text, its `[1]` as footnotes where there are such.
fn text(answer: &Answer) -> String {
    let mut text = escaped(&answer.text);
    for citation in &answer.citations {
        let number = citation.number;
        text = text.replace(&format!("\\[{number}\\]"), &format!("[^{number}]"));
    }
    text
}

fn footnote(out: &mut String, citation: &Citation, links: &Links, zh: bool) {
    let number = citation.number;
    let _ = write!(out, "\n[^{number}]: {}", escaped(&citation.name));
    if let Some(page) = citation.place.page {
        let _ = if zh {
            write!(out, "，第 {page} 页")
        } else {
            write!(out, ", page {page}")
        };
    }
    let mut quote: String = citation.quote.chars().take(QUOTE).collect();
    if quote.len() < citation.quote.len() {
        quote.push('…');
    }
    let _ = write!(out, ": “{}”", escaped(&quote));
    if citation.image.is_some() {
        let (word, link) = (
            if zh { "原页" } else { "page" },
            links.part(&format!("citations/{number}.svg")),
        );
        let _ = write!(out, " ([{word}]({link}))");
    }
}

/// How far to trust it, in one line.
fn trust(confidence: &Confidence, status: AnswerStatus, zh: bool) -> String {
    if status != AnswerStatus::Answered {
        return (if zh { "没有给出结果" } else { "No result" }).to_owned();
    }
    let label = match (confidence.label, zh) {
        (ConfidenceLabel::Verified, false) => "Verified: two engines gave the same result",
        (ConfidenceLabel::Verified, true) => "已核验：两个引擎结果一致",
        (ConfidenceLabel::Consistent, false) => "Consistent: several readings gave the same result",
        (ConfidenceLabel::Consistent, true) => "一致：多种理解结果相同",
        (ConfidenceLabel::Unverified, false) => "Unverified: from a single source",
        (ConfidenceLabel::Unverified, true) => "未核验：仅有单一来源",
        (ConfidenceLabel::None, false) => "Nothing to trust",
        (ConfidenceLabel::None, true) => "没有可信的结果",
    };
    let Some(precision) = confidence.precision else {
        return label.to_owned();
    };
    let (right, n) = ((precision * f64::from(confidence.n)).round(), confidence.n);
    if zh {
        format!("{label}；评测中同类问题 {n} 个，答对 {right} 个")
    } else {
        format!("{label}; {right} of {n} such questions were right when measured")
    }
}

/// A table of GitHub's Markdown.
fn table(out: &mut String, columns: &[String], rows: &[Vec<Value>]) {
    let header: Vec<String> = columns.iter().map(|name| escaped(name)).collect();
    let _ = writeln!(out, "| {} |", header.join(" | "));
    let numbers = |column: usize| {
        let values = rows.iter().filter_map(|row| row.get(column));
        let mut values = values.filter(|value| **value != Value::Null).peekable();
        values.peek().is_some() && values.all(|value| value.as_f64().is_some())
    };
    let rules: Vec<&str> = (0..columns.len())
        .map(|column| if numbers(column) { "---:" } else { "---" })
        .collect();
    let _ = writeln!(out, "| {} |", rules.join(" | "));
    for row in rows.iter().take(ROWS) {
        let cells: Vec<String> = row.iter().map(cell).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

/// A value as it is shown: numbers with the 15 digits that a sum of decimals keeps.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:.14e}")
            .parse::<f64>()
            .unwrap_or(*number)
            .to_string(),
        Value::Text(text) => escaped(text),
    }
}

/// Text as text: nothing of a file's content may become a link, an image, a heading or HTML in the reader's page.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' | '\t' => out.push(' '),
            // The colon of `https:` becomes an entity, so that no renderer makes a link of a bare address.
            ':' if out.ends_with("http") || out.ends_with("https") => out.push_str("&#58;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole(changes: serde_json::Value) -> Answer {
        let mut json = json!({
            "id": "0199f1d2-7c3a-7def-8123-456789abcdef", "question": "?", "language": "en", "kind": "table",
            "tier": "rules", "status": "answered", "text": "42", "columns": [], "rows": [],
            "confidence": { "label": "verified", "precision": 0.97, "n": 100 },
            "trail": serde_json::to_value(schemas::Trail::default()).unwrap(), "trace_id": "0".repeat(32),
        });
        for (name, value) in changes.as_object().unwrap() {
            json[name] = value.clone();
        }
        serde_json::from_value(json).unwrap()
    }

    fn check(changes: serde_json::Value, expect: &[&str]) {
        let markdown = answer(&whole(changes), &Links::default());
        for expect in expect {
            assert!(markdown.contains(expect), "no {expect:?} in {markdown}");
        }
    }

    #[test]
    fn a_result_is_a_table_with_numbers_to_the_right() {
        let rows =
            json!({ "columns": ["地区", "n"], "rows": [["华东", 0.30000000000000004], ["a|b", null]] });
        check(
            rows,
            &["| 地区 | n |\n| --- | ---: |\n| 华东 | 0.3 |\n| a\\|b | – |"],
        );
        let many = json!({ "columns": ["n", "m"], "rows": vec![[1, 2]; 60] });
        check(many, &["[10 more rows (CSV)]", "/result.csv"]);
        check(
            json!({}),
            &["42\n\n*Verified", "97 of 100", "[trail](/#/answers/0199"],
        );
        check(
            json!({ "language": "zh", "text": "四十二" }),
            &["已核验", "答对 97 个"],
        );
        check(json!({ "status": "refused" }), &["*No result*"]);
        let chart = json!({ "chart": { "kind": "bars", "spec": {}, "svg": "<svg/>" } });
        check(chart, &["![chart](/api/answers/0199", "/chart.svg)"]);
    }

    #[test]
    fn citations_are_footnotes() {
        let citation = json!({
            "number": 1, "file": "0199f1d2-7c3a-7def-8123-456789abcdef", "name": "手册.pdf", "content": "a".repeat(64),
            "passage": 0, "context": "", "place": { "page": 7 }, "quote": "T2 有值机柜台", "text": "", "ranks": {},
            "score": 1.0, "image": "b".repeat(64),
        });
        let changes = json!({ "text": "在 T2 [1]", "citations": [citation], "language": "zh" });
        check(
            changes,
            &[
                "在 T2 [^1]",
                "[^1]: 手册.pdf，第 7 页: “T2 有值机柜台” ([原页](",
                "citations/1.svg",
            ],
        );
    }

    #[test]
    fn content_stays_text() {
        for hostile in [
            "<img src=x onerror=alert(1)>",
            "![x](https://evil.example/a.png)",
            "[click](javascript:alert(1))",
            "https://evil.example",
            "# heading",
        ] {
            let text = escaped(hostile);
            assert!(!text.contains('<') && !text.contains("https:"), "{text}");
            assert!(
                !text.starts_with('!') && !text.starts_with('[') && !text.starts_with('#'),
                "{text}"
            );
        }
    }
}
