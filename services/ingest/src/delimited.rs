//! Text files of fields parted by a delimiter, with quotes as in RFC 4180.

use csv::{ReaderBuilder, StringRecord};
use schemas::file::RejectionCode;
use schemas::table::Decision;

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
    let mut reader = reader(text, delimiter);
    let mut record = StringRecord::new();
    let mut rows = 0usize;
    let mut spans_lines = false;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                return Err(Rejected::new(
                    RejectionCode::Corrupt,
                    format!("the text can't be parted into fields: {error}"),
                ));
            }
        }
        let line = record.position().map_or(0, |start| line_of(text, start)) + skipped;
        let number = u32::try_from(line).unwrap_or(u32::MAX);
        grid.push(number, record.iter().map(Cell::Text), limits)?;
        spans_lines = record.iter().any(|field| field.contains('\n'));
        rows += 1;
        if rows.is_multiple_of(REPORT_EVERY) {
            let done = record.position().map_or(0, csv::Position::byte);
            on_progress(Stage {
                name: "reading rows".into(),
                done,
                total: text.len() as u64,
            });
        }
    }
    // An open quote swallows the rest of the file into its last field.
    if spans_lines && text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
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

/// The line of a record. The reader says where the one before has ended: blank lines between them are passed over here.
fn line_of(text: &str, end_of_last: &csv::Position) -> u64 {
    let start = usize::try_from(end_of_last.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    end_of_last.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
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
        let widths: Vec<usize> = reader(text, delimiter)
            .into_records()
            .take(SAMPLE)
            .flatten()
            .map(|record| record.len())
            .collect();
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
