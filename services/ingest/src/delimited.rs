//! Text files of fields parted by a delimiter, with quotes as in RFC 4180.

use std::ops::RangeInclusive;

use schemas::file::RejectionCode;
use schemas::table::Decision;

use crate::columns;
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
/// Bytes of a text whose parts are read at the same time. Of longer ones the rows lie in memory once, and not one and a half
/// times for a while.
const LONG: RangeInclusive<usize> = 1 << 20..=128 << 20;

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
    let mut report = |done: usize| {
        on_progress(Stage {
            name: "reading rows".into(),
            done: done.min(text.len()) as u64,
            total: text.len() as u64,
        });
    };
    let whole = Part { text, skipped };
    let at_once = parts(&whole).and_then(|parts| read_at_once(&parts, delimiter, limits, &mut report));
    let (grid, spans_lines) = match at_once {
        Some(grid) => (grid, false),
        None => whole.read(delimiter, limits, &mut report)?,
    };
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

/// A stretch of the text, from the beginning of a record to the end of one.
struct Part<'a> {
    text: &'a str,
    /// Lines before it.
    skipped: u64,
}

impl Part<'_> {
    /// Its rows, and whether its last record goes on in another line.
    fn read(
        &self,
        delimiter: u8,
        limits: &Limits,
        report: &mut dyn FnMut(usize),
    ) -> Result<(Grid, bool), Rejected> {
        let mut grid = Grid::new(Addresses::Lines);
        grid.reserve(self.text.len());
        let mut records = Records::new(self.text, delimiter);
        let mut fields = Vec::new();
        let mut rows = 0usize;
        while records.read(&mut fields) {
            let number = u32::try_from(records.start_line() + self.skipped).unwrap_or(u32::MAX);
            grid.push(number, fields.iter().map(|field| Cell::Text(field)), limits)?;
            rows += 1;
            if rows.is_multiple_of(REPORT_EVERY) {
                report(records.start());
            }
        }
        Ok((grid, records.spans_lines()))
    }
}

/// Parts of a long text that can be read at the same time; none of one in which a quote may hold the end of a line.
fn parts<'a>(whole: &Part<'a>) -> Option<Vec<Part<'a>>> {
    let threads = columns::threads();
    let is_fit = threads > 1 && LONG.contains(&whole.text.len()) && !whole.text.contains('"');
    if is_fit { parted(whole, threads) } else { None }
}

/// So many parts of about the same length.
fn parted<'a>(whole: &Part<'a>, count: usize) -> Option<Vec<Part<'a>>> {
    let (mut rest, mut skipped) = (whole.text, whole.skipped);
    let mut parts = Vec::with_capacity(count);
    for left in (1..=count).rev() {
        // The end of a line is no part of a longer character.
        let middle = rest.len() / left;
        let behind = rest.as_bytes().get(middle..).unwrap_or_default();
        let end = behind.iter().position(|byte| *byte == b'\n');
        let end = end
            .filter(|_| left > 1)
            .map_or(rest.len(), |end| middle + end + 1);
        let (text, behind) = rest.split_at_checked(end)?;
        parts.push(Part { text, skipped });
        skipped += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        rest = behind;
    }
    Some(parts)
}

/// The rows of all parts. None: something is wrong with one, which is told when they are read in order.
fn read_at_once(
    parts: &[Part<'_>],
    delimiter: u8,
    limits: &Limits,
    report: &mut dyn FnMut(usize),
) -> Option<Grid> {
    let (first, others) = parts.split_first()?;
    std::thread::scope(|scope| {
        let read = |part: &Part<'_>| part.read(delimiter, limits, &mut |_| {}).ok();
        let others: Vec<_> = others
            .iter()
            .map(|part| scope.spawn(move || read(part)))
            .collect();
        let mut scaled = |done: usize| report(done * parts.len());
        let (mut grid, _) = first.read(delimiter, limits, &mut scaled).ok()?;
        for other in others {
            let (other, _) = other.join().ok()??;
            grid.append(other, limits)?;
        }
        Some(grid)
    })
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
    fn long_texts_are_read_alike_in_parts_and_in_order() {
        let mut text = "name,count\r\n".to_owned();
        for row in 0..40_000 {
            let end = if row % 7 == 0 { "\n\n" } else { "\r\n" };
            text.push_str(&format!("城市 {row} and something longer, {row}{end}"));
        }
        assert!(LONG.contains(&text.len()));
        let whole = Part {
            text: &text,
            skipped: 3,
        };
        let (expected, _) = whole.read(b',', &Limits::default(), &mut |_| {}).unwrap();
        // However many processors there are here.
        for count in 1..=5 {
            let parts = parted(&whole, count).unwrap();
            assert_eq!(parts.len(), count);
            let mut told = Vec::new();
            let grid = read_at_once(&parts, b',', &Limits::default(), &mut |done| told.push(done)).unwrap();
            assert_eq!(grid.len(), 40_001);
            assert_eq!(
                (grid.width(), grid.trimmed()),
                (expected.width(), expected.trimmed())
            );
            for row in 0..grid.len() {
                assert!(grid.row(row).eq(expected.row(row)), "row {row} of {count} parts");
                assert_eq!(grid.row_place(row), expected.row_place(row));
            }
            assert_eq!(
                (grid.filled(0), grid.filled(1)),
                (expected.filled(0), expected.filled(1))
            );
        }
        let few = Limits {
            rows: 30_000,
            ..Limits::default()
        };
        let parts = parted(&whole, 2).unwrap();
        assert!(read_at_once(&parts, b',', &few, &mut |_| {}).is_none());
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
