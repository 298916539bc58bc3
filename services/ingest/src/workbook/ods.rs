//! OpenDocument spreadsheets (OASIS Open Document Format 1.3, part 3), as a stream: what is said to be repeated is repeated
//! only where there is something, and never beyond the limits.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Cursor, Read};

use chrono::NaiveDateTime;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use schemas::file::RejectionCode;

use super::marks::Marks;
use super::row::{Owned, Row};
use super::{Sheet, Stage};
use crate::grid::{Addresses, Grid, Merge};
use crate::limits::Limits;
use crate::rejected::Rejected;
use crate::unit::{self, Unit};

/// Bytes of the text of one cell, at most.
const LONGEST_TEXT: usize = 1 << 20;
/// Bytes of the manifest that are looked at.
const MANIFEST: u64 = 1 << 20;
/// Rows of a sheet; what is said to be repeated beyond them is not there.
const LAST_ROW: u32 = 1_048_576;

/// Reads every sheet, in the order of the workbook.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<Vec<Sheet>, Rejected> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if is_encrypted(&mut archive) {
        return Err(Rejected::new(
            RejectionCode::Corrupt,
            "the workbook is protected by a password; expected an open one",
        ));
    }
    let content = archive.by_name("content.xml").map_err(|error| damaged(&error))?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    reader.config_mut().expand_empty_elements = true;
    let mut content = Content {
        reader,
        buffer: Vec::new(),
        limits,
    };
    let mut hidden_styles: HashSet<String> = HashSet::new();
    let mut style = None;
    let mut sheets = Vec::new();
    loop {
        let Tag {
            kind,
            name,
            attributes,
        } = content.next_tag(None)?;
        match (kind, name.as_str()) {
            (Kind::End, "") => break,
            (Kind::Start, "style") => style = attributes.get("name"),
            (Kind::Start, "table-properties") if attributes.get("display").as_deref() == Some("false") => {
                hidden_styles.extend(style.take());
            }
            (Kind::Start, "table") => {
                on_progress(Stage {
                    name: format!("reading sheet {}", sheets.len() + 1),
                    done: sheets.len() as u64,
                    total: sheets.len() as u64 + 1,
                });
                let name = attributes
                    .get("name")
                    .unwrap_or_else(|| format!("Sheet{}", sheets.len() + 1));
                let hidden = attributes
                    .get("style-name")
                    .is_some_and(|style| hidden_styles.contains(&style));
                let (grid, marks) = content.sheet(&name)?;
                sheets.push(Sheet::of(name, hidden, grid, marks, limits)?);
            }
            _ => {}
        }
    }
    Ok(sheets)
}

fn is_encrypted(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> bool {
    let mut text = Vec::new();
    let read = archive
        .by_name("META-INF/manifest.xml")
        .is_ok_and(|entry| entry.take(MANIFEST).read_to_end(&mut text).is_ok());
    read && text.windows(15).any(|word| word == b"encryption-data")
}

fn damaged(error: &dyn std::error::Error) -> Rejected {
    Rejected::new(
        RejectionCode::Corrupt,
        format!(
            "the workbook is damaged or broken off ({error}); expected a whole OpenDocument spreadsheet (.ods)"
        ),
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    End,
}

/// A tag without the prefixes of its names; an end without a name is the end of the file.
struct Tag {
    kind: Kind,
    name: String,
    attributes: Attributes,
}

/// The attributes of a tag by their local names, those of `office` before others.
#[derive(Default)]
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(tag: &BytesStart<'_>) -> Result<Self, Rejected> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| damaged(&error))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| damaged(&error))?;
            let (prefix, name) = attribute
                .key
                .as_ref()
                .split_once(':')
                .unwrap_or(("", attribute.key.as_ref()));
            // `calcext:value-type` repeats `office:value-type`.
            if prefix != "calcext" {
                attributes.push((name.to_owned(), value.into_owned()));
            }
        }
        Ok(Self(attributes))
    }

    fn get(&self, name: &str) -> Option<String> {
        self.str(name).map(str::to_owned)
    }

    fn str(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn count(&self, name: &str) -> u32 {
        self.str(name).and_then(|count| count.parse().ok()).unwrap_or(1)
    }
}

struct Content<'a, R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    limits: &'a Limits,
}

impl<R: BufRead> Content<'_, R> {
    /// The next tag; texts before it are added to `text`.
    fn next_tag(&mut self, mut text: Option<&mut String>) -> Result<Tag, Rejected> {
        loop {
            self.buffer.clear();
            let event = self
                .reader
                .read_event_into(&mut self.buffer)
                .map_err(|error| damaged(&error))?;
            let tag = |kind, name: &str, attributes| Tag {
                kind,
                name: name.to_owned(),
                attributes,
            };
            match event {
                Event::Start(start) => {
                    return Ok(tag(
                        Kind::Start,
                        start.local_name().as_ref(),
                        Attributes::of(&start)?,
                    ));
                }
                Event::End(end) => {
                    return Ok(tag(Kind::End, end.local_name().as_ref(), Attributes::default()));
                }
                Event::Eof => return Ok(tag(Kind::End, "", Attributes::default())),
                Event::Text(piece) => {
                    if let Some(text) = text.as_deref_mut().filter(|text| text.len() < LONGEST_TEXT) {
                        text.push_str(&piece.xml10_content());
                    }
                }
                Event::GeneralRef(reference) => {
                    if let Some(text) = text.as_deref_mut() {
                        let letter = reference.resolve_char_ref().map_err(|error| damaged(&error))?;
                        let named = quick_xml::escape::resolve_predefined_entity(&reference.xml10_content());
                        text.extend(letter);
                        text.push_str(named.unwrap_or_default());
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads to the end of a sheet.
    fn sheet(&mut self, name: &str) -> Result<(Grid, Marks), Rejected> {
        let mut grid = Grid::new(Addresses::Sheet(name.to_owned()));
        let mut marks = Marks::default();
        let mut row = Row::default();
        let mut column = 0u32;
        loop {
            let Tag {
                kind,
                name,
                attributes,
            } = self.next_tag(None)?;
            match (kind, name.as_str()) {
                (Kind::End, "table") => return Ok((grid, marks)),
                (Kind::End, "") => {
                    return Err(Rejected::new(
                        RejectionCode::Corrupt,
                        "the workbook breaks off in the middle of a sheet; expected the whole file",
                    ));
                }
                (Kind::Start, "table-column") => {
                    let columns = attributes.count("number-columns-repeated");
                    if is_hidden(&attributes) && columns < 1_000 {
                        let first = column as usize;
                        marks
                            .hidden_columns
                            .push((first, first + columns.max(1) as usize - 1));
                    }
                    column = column.saturating_add(columns);
                }
                (Kind::Start, "table-row") => {
                    let repeats = attributes
                        .count("number-rows-repeated")
                        .clamp(1, LAST_ROW.saturating_sub(row.number).max(1));
                    self.row(&mut row, &mut marks)?;
                    if is_hidden(&attributes) && !row.is_blank() {
                        let (count, first) = marks.hidden_rows;
                        let first = if count == 0 { row.number + 1 } else { first };
                        marks.hidden_rows = (count + u64::from(repeats), first);
                    }
                    if row.is_blank() {
                        row.number = row.number.saturating_add(repeats);
                    } else {
                        for _ in 0..repeats {
                            row.copy_into(&mut grid, self.limits)?;
                            row.number = row.number.saturating_add(1);
                        }
                    }
                    row.clear();
                }
                _ => {}
            }
        }
    }

    /// Reads to the end of a row.
    fn row(&mut self, row: &mut Row, marks: &mut Marks) -> Result<(), Rejected> {
        let mut column = 0u32;
        loop {
            let Tag {
                kind,
                name,
                attributes,
            } = self.next_tag(None)?;
            match (kind, name.as_str()) {
                (Kind::End, "table-row" | "") => return Ok(()),
                (Kind::Start, "table-cell" | "covered-table-cell") => {
                    let repeats = attributes.count("number-columns-repeated").max(1);
                    let text = self.text(&name)?;
                    if name == "table-cell" {
                        marks.merges.extend(merge(&attributes, row.number, column));
                    }
                    let beyond = u32::try_from(self.limits.columns).unwrap_or(u32::MAX);
                    if !matches!(value(&attributes, &text), Owned::Empty) {
                        for place in column..column.saturating_add(repeats).min(beyond.saturating_add(1)) {
                            row.put(place, value(&attributes, &text), self.limits);
                        }
                        // What is beyond the limit is refused where it stands.
                        if column > beyond {
                            row.put(column, value(&attributes, &text), self.limits);
                        }
                    }
                    column = column.saturating_add(repeats);
                }
                _ => {}
            }
        }
    }

    /// The text shown in a cell, to the end of the cell; without comments on it.
    fn text(&mut self, cell: &str) -> Result<String, Rejected> {
        let mut text = String::new();
        let (mut inside, mut comments) = (0u32, 0u32);
        loop {
            let tag = if inside > 0 && comments == 0 {
                self.next_tag(Some(&mut text))?
            } else {
                self.next_tag(None)?
            };
            match (tag.kind, tag.name.as_str()) {
                (Kind::End, "") => return Ok(text),
                (Kind::End, name) if name == cell => return Ok(text),
                (Kind::Start, "annotation") => comments += 1,
                (Kind::End, "annotation") => comments = comments.saturating_sub(1),
                (Kind::Start, "p") => {
                    if inside == 0 && !text.is_empty() {
                        text.push('\n');
                    }
                    inside += 1;
                }
                (Kind::End, "p") => inside = inside.saturating_sub(1),
                (Kind::Start, "s") if comments == 0 => {
                    let blanks = tag.attributes.count("c").min(100);
                    text.extend((0..blanks).map(|_| ' '));
                }
                (Kind::Start, "tab") if comments == 0 => text.push('\t'),
                (Kind::Start, "line-break") if comments == 0 => text.push('\n'),
                _ => {}
            }
        }
    }
}

fn is_hidden(attributes: &Attributes) -> bool {
    matches!(attributes.str("visibility"), Some("collapse" | "filter"))
}

fn merge(attributes: &Attributes, row: u32, column: u32) -> Option<Merge> {
    let (rows, columns) = (
        attributes.count("number-rows-spanned").max(1),
        attributes.count("number-columns-spanned").max(1),
    );
    (rows > 1 || columns > 1).then(|| Merge {
        rows: (row.saturating_add(1), row.saturating_add(rows)),
        columns: (column as usize, column.saturating_add(columns - 1) as usize),
    })
}

/// The value of a cell: what the file keeps, and the text that it shows where it keeps nothing else.
fn value(attributes: &Attributes, text: &str) -> Owned {
    let number = || {
        attributes
            .str("value")?
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
    };
    let kept = match attributes.str("value-type") {
        Some("float") => number().map(|number| Owned::Number(number, None)),
        Some("percentage") => number().map(|number| Owned::Number(number, Some(Unit::PERCENT))),
        Some("currency") => number().map(|number| {
            let unit = attributes.str("currency").and_then(unit::of_currency);
            Owned::Number(number, unit)
        }),
        Some("boolean") => attributes
            .str("boolean-value")
            .map(|truth| Owned::Bool(truth == "true")),
        Some("date") => attributes.str("date-value").and_then(moment).map(Owned::Moment),
        Some("string") => attributes.str("string-value").map(Owned::of_text),
        _ => None,
    };
    match kept {
        Some(value) => value,
        None => match text {
            "#DIV/0!" => Owned::Error("#DIV/0!"),
            "#N/A" => Owned::Error("#N/A"),
            "#REF!" => Owned::Error("#REF!"),
            "#VALUE!" => Owned::Error("#VALUE!"),
            "#NAME?" => Owned::Error("#NAME?"),
            text => Owned::of_text(text),
        },
    }
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once('T').unwrap_or((text, "00:00:00"));
    let time = time.split('.').next().unwrap_or(time);
    NaiveDateTime::parse_from_str(&format!("{day}T{time}"), "%Y-%m-%dT%H:%M:%S").ok()
}
