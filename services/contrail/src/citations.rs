//! Citations and hits of a search, for people.

use std::fmt::Write;

use schemas::Language;
use schemas::calls::{Hit, LegRanks};
use schemas::citation::Citation;
use schemas::document::Place;
use schemas::trail::SearchTrail;

use crate::output::printable;
use crate::render::text_table;

/// Characters of a passage that are shown in a list.
const SHOWN: usize = 160;

/// Where something stands: `handbook.pdf p. 7`, `schedule.xlsx departures row 12`.
#[must_use]
pub fn place(name: &str, place: &Place, language: Language) -> String {
    let mut text = name.to_owned();
    // Writing to a string does not fail.
    let _ = match (place.page, language) {
        (Some(page), Language::En) => write!(text, " p. {page}"),
        (Some(page), Language::Zh) => write!(text, " 第{page}页"),
        (None, _) => Ok(()),
    };
    if let Some(table) = &place.table {
        let _ = write!(text, " {table}");
    }
    let _ = match (place.row, language) {
        (Some(row), Language::En) => write!(text, " row {row}"),
        (Some(row), Language::Zh) => write!(text, " 第{row}行"),
        (None, _) => Ok(()),
    };
    text
}

/// The passages that an answer rests on, each with its place.
#[must_use]
pub fn listed(citations: &[Citation], language: Language) -> String {
    let rows = citations.iter().map(|citation| {
        vec![
            format!("[{}]", citation.number),
            place(&citation.name, &citation.place, language),
            shortened(&citation.text),
            found(&citation.ranks),
            format!("{:.2}", citation.score),
        ]
    });
    let header = match language {
        Language::En => ["", "where", "passage", "found by", "evidence"],
        Language::Zh => ["", "位置", "段落", "检索途径", "证据"],
    };
    text_table(&header, rows).to_string()
}

/// How the passages were searched for.
#[must_use]
pub fn searched(search: &SearchTrail, language: Language) -> String {
    let codes: Vec<String> = search.codes.iter().map(|code| code.to_uppercase()).collect();
    let [engine, codes_are, wanted] = match language {
        Language::En => ["searched", "codes", "evidence"],
        Language::Zh => ["检索", "代码", "证据"],
    };
    let mut text = format!("  {engine}: {}\n", search.engine);
    if !codes.is_empty() {
        let _ = writeln!(text, "  {codes_are}: {}", codes.join(", "));
    }
    let _ = writeln!(
        text,
        "  {wanted}: {:.2} (≥ {:.2})",
        search.evidence, search.threshold
    );
    printable_lines(&text)
}

/// Hits of a search.
#[must_use]
pub fn hits(hits: &[Hit], language: Language) -> String {
    let rows = (1..).zip(hits).map(|(number, hit): (u32, &Hit)| {
        vec![
            number.to_string(),
            place(&hit.name, &hit.passage.place, language),
            shortened(&hit.passage.text),
            found(&hit.ranks),
        ]
    });
    text_table(&["", "where", "passage", "found by"], rows).to_string()
}

/// The legs that found a passage, with the place that each gave it.
fn found(ranks: &LegRanks) -> String {
    let legs = [
        ("meaning", ranks.dense),
        ("meaning across languages", ranks.across),
        ("words", ranks.sparse),
        ("codes", ranks.codes),
        ("reranked", ranks.reranked),
    ];
    let named: Vec<String> = legs
        .into_iter()
        .filter_map(|(name, rank)| rank.map(|rank| format!("{name} {rank}")))
        .collect();
    named.join("\n")
}

fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn printable_lines(text: &str) -> String {
    text.lines().map(|line| printable(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_page_table_and_row() {
        let page = Place {
            page: Some(7),
            ..Place::default()
        };
        assert_eq!(place("手册.pdf", &page, Language::Zh), "手册.pdf 第7页");
        let row = Place {
            table: Some("departures".to_owned()),
            row: Some(12),
            ..Place::default()
        };
        assert_eq!(
            place("schedule.xlsx", &row, Language::En),
            "schedule.xlsx departures row 12"
        );
    }

    #[test]
    fn long_passages_are_cut_and_legs_named() {
        assert_eq!(shortened("a\n b"), "a b");
        assert_eq!(shortened(&"长".repeat(200)).chars().count(), SHOWN + 1);
        let ranks = LegRanks {
            sparse: Some(1),
            codes: Some(2),
            ..LegRanks::default()
        };
        assert_eq!(found(&ranks), "words 1\ncodes 2");
    }
}
