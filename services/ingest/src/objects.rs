//! JSON: a list of objects, or one object a line. Members become columns in the order of their first appearance.
//!
//! An object in an object is flattened (`buyer.city`), a list stays as JSON text.

use std::collections::HashMap;
use std::fmt;

use schemas::file::RejectionCode;
use schemas::table::Decision;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::grid::{Addresses, Cell, Grid};
use crate::limits::{Limits, too_large};
use crate::read::Stage;
use crate::rejected::Rejected;

/// Whole numbers up to here are floats without a loss (2⁵³).
const EXACT: u64 = 1 << 53;
/// Lines between two reports.
const REPORT_EVERY: usize = 100_000;

/// Reads a text that is one JSON list of objects.
///
/// # Errors
/// [`Rejected`] with the line where it is no JSON, or no object where one is expected.
pub fn read_list(text: &str, limits: &Limits) -> Result<(Grid, Vec<Decision>), Rejected> {
    let mut table = Table::new(limits);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserializer
        .deserialize_seq(List(&mut table))
        .and_then(|()| deserializer.end());
    table.finish(read.map_err(|error| (error, 0)))
}

/// Reads a text with one object a line. Blank lines are passed over.
///
/// # Errors
/// The same.
pub fn read_lines(
    text: &str,
    limits: &Limits,
    on_progress: &mut dyn FnMut(Stage),
) -> Result<(Grid, Vec<Decision>), Rejected> {
    let mut table = Table::new(limits);
    let (mut read, mut done) = (Ok(()), 0);
    for (number, line) in (1usize..).zip(text.split('\n')) {
        done += line.len() as u64 + 1;
        if number.is_multiple_of(REPORT_EVERY) {
            on_progress(Stage {
                name: "reading rows".into(),
                done: done.min(text.len() as u64),
                total: text.len() as u64,
            });
        }
        if line.trim().is_empty() {
            continue;
        }
        table.number = u32::try_from(number).unwrap_or(u32::MAX);
        let mut deserializer = serde_json::Deserializer::from_str(line);
        let object = Object(&mut table).deserialize(&mut deserializer);
        read = object
            .and_then(|()| deserializer.end())
            .map_err(|error| (error, number));
        if read.is_err() {
            break;
        }
    }
    table.finish(read)
}

/// The rows so far, and the columns that their members have made.
struct Table<'a> {
    limits: &'a Limits,
    names: Vec<String>,
    places: HashMap<String, usize>,
    rows: Grid,
    row: Vec<Member>,
    /// The number of the object that is being read.
    number: u32,
    /// What is wrong besides the JSON.
    rejected: Option<Rejected>,
    lists: u64,
}

#[derive(Clone)]
enum Member {
    Nothing,
    Number(f64),
    Bool(bool),
    Text(String),
}

impl<'a> Table<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            names: Vec::new(),
            places: HashMap::new(),
            rows: Grid::new(Addresses::Records(Vec::new())),
            row: Vec::new(),
            number: 0,
            rejected: None,
            lists: 0,
        }
    }

    fn put<E: Error>(&mut self, path: &str, member: Member) -> Result<(), E> {
        let place = match self.places.get(path) {
            Some(place) => *place,
            None => {
                let place = self.names.len();
                if place >= self.limits.columns {
                    let allowed = self.limits.columns as u64;
                    self.rejected = Some(too_large(
                        "the file",
                        "columns or more",
                        place as u64 + 1,
                        allowed,
                    ));
                    return Err(E::custom("too many columns"));
                }
                self.names.push(path.to_owned());
                self.places.insert(path.to_owned(), place);
                place
            }
        };
        if self.row.len() <= place {
            self.row.resize(place + 1, Member::Nothing);
        }
        if let Some(cell) = self.row.get_mut(place) {
            *cell = member;
        }
        Ok(())
    }

    fn end_row<E: Error>(&mut self) -> Result<(), E> {
        let cells = self.row.iter().map(|member| match member {
            Member::Nothing => Cell::Empty,
            Member::Number(number) => Cell::Number(*number, None),
            Member::Bool(truth) => Cell::Bool(*truth),
            Member::Text(text) => Cell::Text(text),
        });
        let pushed = self.rows.push(self.number, cells, self.limits);
        self.row.clear();
        pushed.map_err(|rejected| {
            self.rejected = Some(rejected);
            E::custom("too large")
        })
    }

    fn finish(self, read: Result<(), (serde_json::Error, usize)>) -> Result<(Grid, Vec<Decision>), Rejected> {
        if let Err((error, line)) = read {
            return Err(self.rejected.unwrap_or_else(|| broken(&error, line)));
        }
        let mut decisions = vec![Decision {
            about: "columns".into(),
            chosen: format!("{} members of objects", self.names.len()),
            because: "in the order of their first appearance; members of inner objects by their path".into(),
        }];
        if self.lists > 0 {
            decisions.push(Decision {
                about: "lists".into(),
                chosen: "kept as JSON text".into(),
                because: format!("{} members are lists, which fit in no column", self.lists),
            });
        }
        Ok((self.rows.named(self.names), decisions))
    }
}

fn broken(error: &serde_json::Error, line: usize) -> Rejected {
    // Behind a whole line of an object a line the position is within that line.
    let line = if line == 0 { error.line() } else { line };
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or(&said).to_owned();
    Rejected::new(
        RejectionCode::Corrupt,
        format!(
            "line {line}, column {} is no JSON that can be a table: {said}; expected a list of objects (.json) or one \
             object a line (.jsonl)",
            error.column()
        ),
    )
    .at(format!("line {line}"))
}

struct List<'b, 'a>(&'b mut Table<'a>);

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.number = 1;
        while list.next_element_seed(Object(self.0))?.is_some() {
            self.0.number = self.0.number.saturating_add(1);
        }
        Ok(())
    }
}

/// One object that is a row.
struct Object<'b, 'a>(&'b mut Table<'a>);

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let table = self.0;
        each_member(table, "", members)?;
        table.end_row()
    }
}

fn each_member<'de, A: MapAccess<'de>>(
    table: &mut Table<'_>,
    path: &str,
    mut members: A,
) -> Result<(), A::Error> {
    while let Some(name) = members.next_key::<std::borrow::Cow<'de, str>>()? {
        let name = name.trim();
        let name = if name.is_empty() { "(no name)" } else { name };
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
        members.next_value_seed(Value { table, path: &path })?;
    }
    Ok(())
}

/// The value of a member, by its path.
struct Value<'b, 'a> {
    table: &'b mut Table<'a>,
    path: &'b str,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.table.put(self.path, Member::Nothing)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<(), E> {
        self.table.put(self.path, Member::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        if number.unsigned_abs() > EXACT {
            return self.table.put(self.path, Member::Text(number.to_string()));
        }
        #[expect(clippy::cast_precision_loss, reason = "within ±2⁵³")]
        let number = number as f64;
        self.table.put(self.path, Member::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.table.put(self.path, Member::Text(number.to_string())),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.table.put(self.path, Member::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.table.put(self.path, Member::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut values: Vec<serde_json::Value> = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        self.table.lists += 1;
        let text = serde_json::Value::Array(values).to_string();
        self.table.put(self.path, Member::Text(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        each_member(self.table, self.path, members)
    }
}
