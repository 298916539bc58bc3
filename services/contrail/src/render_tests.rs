//! What a person sees of an answer.

use schemas::trail::{Check, LedgerStep, LedgerStepKind, Span};

use super::*;

fn example(language: Language) -> Answer {
    let json = serde_json::json!({
        "id": "0199f1d2-7c3a-7def-8123-0000000000bb", "question": "?", "language": language, "kind": "table",
        "tier": "rules", "status": "answered", "text": "共 2 行",
        "columns": ["航站楼", "revenue"], "rows": [["T1", 1234567.5], ["二号航站楼", null]],
        "confidence": { "label": "unverified", "precision": null, "n": 0 },
        "trail": { "chips": [], "unexplained": [], "sentence": "按航站楼", "sources": [], "ledger": [], "checks": [],
                   "assumptions": [], "readings": [] },
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    });
    serde_json::from_value(json).unwrap()
}

/// Columns of the terminal that a line takes, by the rule that Han characters are two wide.
fn width(line: &str) -> usize {
    line.chars()
        .map(|c| {
            if ('\u{2e80}'..='\u{ffef}').contains(&c) {
                2
            } else {
                1
            }
        })
        .sum()
}

#[test]
fn columns_of_chinese_text_stand_straight() {
    let text = answer(&example(Language::Zh));
    let table: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(table.len(), 6, "{text}");
    assert!(table.iter().all(|line| width(line) == width(table[0])), "{text}");
    assert!(text.contains("1234567.5") && text.contains('–'), "{text}");
}

#[test]
fn long_results_are_cut_and_say_so() {
    let mut long = example(Language::En);
    long.rows = (0..ROWS as i64 + 12)
        .map(|n| vec![Value::Int(n), Value::Null])
        .collect();
    let text = answer(&long);
    assert!(text.ends_with("… and 12 more rows\n"), "{text}");
}

#[test]
fn a_refusal_says_so_and_shows_no_table() {
    let mut refused = example(Language::En);
    refused.status = AnswerStatus::Refused;
    refused.trail.unexplained = vec![Span {
        start: 0,
        end: 3,
        text: "foo".to_owned(),
    }];
    let text = answer(&refused);
    assert!(
        text.starts_with("Not answered: ") && text.lines().count() == 1,
        "{text}"
    );
    assert!(
        trail(&refused).contains("Not understood\n  foo"),
        "{}",
        trail(&refused)
    );
}

#[test]
fn the_trail_tells_rows_and_checks_in_the_language_of_the_answer() {
    let mut checked = example(Language::Zh);
    checked.trail.ledger = vec![LedgerStep {
        step: LedgerStepKind::Filter,
        description: "航站楼 = T2".to_owned(),
        rows_in: 240,
        rows_out: 80,
        excluded_cells: vec!["销售!E17".to_owned()],
        sample: None,
    }];
    checked.trail.checks = vec![Check {
        name: "bounds".to_owned(),
        passed: false,
        detail: "1 > 0".to_owned(),
    }];
    let text = trail(&checked);
    for part in [
        "行数",
        "240",
        "80",
        "销售!E17",
        "✗ bounds: 1 > 0",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "unverified",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

#[test]
fn a_cell_can_not_steer_the_terminal() {
    let mut hostile = example(Language::En);
    hostile.rows = vec![vec!["\u{1b}[2J".into(), "\u{202e}".into()]];
    hostile.columns = vec!["\u{1b}]0;x\u{7}".to_owned(), "b".to_owned()];
    hostile.text = "\u{1b}[2J".to_owned();
    let text = answer(&hostile) + &trail(&hostile);
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
}

#[test]
fn sums_of_decimals_do_not_show_how_binary_numbers_round() {
    for (number, shown) in [
        (62_572.789_999_999_99, "62572.79"),
        (0.1 + 0.2, "0.3"),
        (40.583_333_333_333_336, "40.5833333333333"),
        (-0.5, "-0.5"),
        (0.0, "0"),
    ] {
        assert_eq!(cell(&Value::Float(number)), shown);
    }
}

#[test]
fn confidence_is_told_in_counts() {
    let mut measured = example(Language::En);
    measured.confidence.precision = Some(97.0 / 99.0);
    measured.confidence.n = 99;
    measured.confidence.shape = Some("en/sum".to_owned());
    for (language, expected) in [
        (
            Language::En,
            "unverified; right in 97 of 99 such questions of the evaluation (en/sum)",
        ),
        (
            Language::Zh,
            "unverified；评测中此类问题 99 个，答对 97 个（en/sum）",
        ),
    ] {
        measured.language = language;
        assert!(trail(&measured).contains(expected), "{}", trail(&measured));
    }
    measured.confidence.shape = Some("en".to_owned());
    measured.language = Language::En;
    assert!(trail(&measured).contains("right in 97 of 99 questions of the evaluation (en)"));
}
