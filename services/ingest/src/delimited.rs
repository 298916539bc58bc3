//! Text files of fields parted by a delimiter, with quotes as in RFC 4180.

use schemas::file::RejectionCode;
use schemas::table::Decision;

use crate::fields::Records;
use crate::grid::{Addresses, Cell, Grid};
use crate::kind::Kind;
use crate::limits::Limits;
use crate::read::Stage;
use crate::rejected::Rejected;

/// Delimiters, the more usual first.
const DELIMITERS: [(u8, &str); 4] = [
    (b',', "comma"),
    (b'\t', "tab"),
    (b';', "semicolon"),
    (b'|', "vertical bar"),
];
/// Records that the delimiter is learnt from.
const SAMPLE: usize = 60;
/// Rows between two reports.
const REPORT_EVERY: usize = 100_000;

/// Reads a whole text.
///
/// # Errors
/// [`Rejected`] when it is too large, or a quote is left open.
pub fn read(
    text: &str,
    kind: Kind,
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<(Grid, Vec<Decision>), Rejected> {
    let (text, skipped, (delimiter, decision)) = match declared(text) {
        Some((delimiter, rest)) => {
            let because = "the first line declares it".to_owned();
            (rest, 1, (delimiter, decide(delimiter, because)))
        }
        None => (text, 0, sniff(text, kind)),
    };
    let mut grid = Grid::new(Addresses::Lines);
    grid.reserve(text.len());
    let mut records = Records::new(text, delimiter);
    let mut fields = Vec::new();
    let mut rows = 0usize;
    while records.read(&mut fields) {
        let number = u32::try_from(records.start_line() + skipped).unwrap_or(u32::MAX);
        grid.push(number, fields.iter().map(|field| Cell::Text(field)), limits)?;
        rows += 1;
        if rows.is_multiple_of(REPORT_EVERY) {
            on_progress(Stage {
                name: "reading rows".into(),
                done: records.start() as u64,
                total: text.len() as u64,
            });
        }
    }
    // An open quote swallows the rest of the file into its last field.
    if records.spans_lines() && text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        let place = grid.row_place(grid.len().saturating_sub(1));
        return Err(Rejected::new(
            RejectionCode::Corrupt,
            format!(
                "a quote that opens at {place} is not closed before the file ends; expected a closing quote"
            ),
        )
        .at(place));
    }
    Ok((grid, vec![decision]))
}

/// `sep=;` as the first line, as Excel writes it.
fn declared(text: &str) -> Option<(u8, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let mark = first.trim_end_matches('\r').strip_prefix("sep=")?;
    let (delimiter, _) = DELIMITERS
        .into_iter()
        .find(|(delimiter, _)| mark.as_bytes() == [*delimiter])?;
    Some((delimiter, rest))
}

/// The delimiter under which most records have the same number of fields, at least two.
fn sniff(text: &str, kind: Kind) -> (u8, Decision) {
    let mut best: Option<(u8, usize, usize, usize)> = None;
    for (delimiter, _) in DELIMITERS {
        let widths = widths(text, delimiter);
        let Some((width, alike)) = commonest(&widths).filter(|(width, _)| *width >= 2) else {
            continue;
        };
        if kind == Kind::Tsv && delimiter == b'\t' {
            return (
                delimiter,
                decide(
                    delimiter,
                    format!(
                        "the extension says so, and {alike} of the first {} records have {width} fields",
                        widths.len()
                    ),
                ),
            );
        }
        // Fractions are compared without dividing: alike / records.
        let better = best.is_none_or(|(_, best_width, best_alike, best_of)| {
            let (one, other) = (alike * best_of, best_alike * widths.len());
            one > other || (one == other && width > best_width)
        });
        if better {
            best = Some((delimiter, width, alike, widths.len()));
        }
    }
    match best {
        Some((delimiter, width, alike, of)) => (
            delimiter,
            decide(
                delimiter,
                format!("{alike} of the first {of} records have {width} fields with it"),
            ),
        ),
        None => {
            let delimiter = if kind == Kind::Tsv { b'\t' } else { b',' };
            (delimiter, decide(delimiter, "there is one column".into()))
        }
    }
}

/// How many fields each of the first records has.
fn widths(text: &str, delimiter: u8) -> Vec<usize> {
    let mut records = Records::new(text, delimiter);
    let mut fields = Vec::new();
    std::iter::from_fn(|| records.read(&mut fields).then_some(fields.len()))
        .take(SAMPLE)
        .collect()
}

/// The commonest width and how many have it; the wider one of two that are equally common.
fn commonest(widths: &[usize]) -> Option<(usize, usize)> {
    let count = |width: usize| widths.iter().filter(|other| **other == width).count();
    widths
        .iter()
        .map(|width| (*width, count(*width)))
        .max_by_key(|(width, count)| (*count, *width))
}

fn decide(delimiter: u8, because: String) -> Decision {
    let name = DELIMITERS
        .iter()
        .find(|(known, _)| *known == delimiter)
        .map_or("", |(_, name)| *name);
    Decision {
        about: "delimiter".into(),
        chosen: name.into(),
        because,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, kind: Kind) -> (Vec<Vec<String>>, String) {
        let (grid, decisions) = read(text, kind, &Limits::default(), &mut |_| {}).unwrap();
        let rows = (0..grid.len())
            .map(|row| grid.row(row).map(crate::cell::text).collect())
            .collect();
        (rows, decisions[0].chosen.clone())
    }

    fn check(text: &str, kind: Kind, delimiter: &str, expect: &[&[&str]]) {
        let (rows, chosen) = rows(text, kind);
        assert_eq!(chosen, delimiter, "{text:?}");
        assert_eq!(rows, expect, "{text:?}");
    }

    #[test]
    fn delimiters_are_found() {
        check("a,b\n1,2\n", Kind::Csv, "comma", &[&["a", "b"], &["1", "2"]]);
        check(
            "a;b\n1,5;2,5\n3,5;4,5\n",
            Kind::Csv,
            "semicolon",
            &[&["a", "b"], &["1,5", "2,5"], &["3,5", "4,5"]],
        );
        check(
            "a|b\n1|2\n",
            Kind::Csv,
            "vertical bar",
            &[&["a", "b"], &["1", "2"]],
        );
        check("a\tb\n1,0\t2\n", Kind::Csv, "tab", &[&["a", "b"], &["1,0", "2"]]);
        check(
            "a\tb,c,d\n1\t2,3,4\n",
            Kind::Tsv,
            "tab",
            &[&["a", "b,c,d"], &["1", "2,3,4"]],
        );
        check("only\n1\n", Kind::Csv, "comma", &[&["only"], &["1"]]);
        check(
            "sep=;\na;b\n1;2\n",
            Kind::Csv,
            "semicolon",
            &[&["a", "b"], &["1", "2"]],
        );
        check(
            "一览表\n甲,乙\n1,2\n3,4\n",
            Kind::Csv,
            "comma",
            &[&["一览表"], &["甲", "乙"], &["1", "2"], &["3", "4"]],
        );
    }

    #[test]
    fn quotes_hold_delimiters_and_lines() {
        check(
            "a,b\n\"x, y\",\"line 1\nline 2\"\n\"say \"\"hi\"\"\",2\r\n",
            Kind::Csv,
            "comma",
            &[&["a", "b"], &["x, y", "line 1\nline 2"], &["say \"hi\"", "2"]],
        );
        let (grid, _) = read(
            "a,b\n\"1\n2\",x\n3,y\n",
            Kind::Csv,
            &Limits::default(),
            &mut |_| {},
        )
        .unwrap();
        assert_eq!(grid.row_place(2), "line 4");
        let (grid, _) = read(
            "a,b\n1,x\n\n\r\n3,y\n",
            Kind::Csv,
            &Limits::default(),
            &mut |_| {},
        )
        .unwrap();
        assert_eq!(grid.row_place(2), "line 5");
        let (grid, _) = read("sep=,\na,b\n1,x\n", Kind::Csv, &Limits::default(), &mut |_| {}).unwrap();
        assert_eq!(grid.row_place(1), "line 3");
    }

    #[test]
    fn an_open_quote_is_damage() {
        let rejected = read(
            "a,b\n1,\"x\n2,y\n3,z\n",
            Kind::Csv,
            &Limits::default(),
            &mut |_| {},
        )
        .unwrap_err();
        assert_eq!(
            (rejected.code, rejected.place.as_deref()),
            (RejectionCode::Corrupt, Some("line 2"))
        );
        // A single mark of inches is none.
        check(
            "a,b\n5\" disk,2\n",
            Kind::Csv,
            "comma",
            &[&["a", "b"], &["5\" disk", "2"]],
        );
    }
}
