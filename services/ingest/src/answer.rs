//! What a worker has answered, before anybody believes it: it has read a hostile file, and may be its puppet.
//!
//! The values of the tables are the file's business and can't be told right from wrong. Sizes, names and counts can.

mod document;
mod rows;

use std::collections::HashSet;

use schemas::ContentId;
use schemas::file::{Rejection, RejectionCode};
use schemas::table::{ColumnProfile, TableProfile};

use crate::document::Span;
use crate::handler::LONGEST_NAME;
use crate::kind::{self, Kind};
use crate::limits::Limits;
use crate::worker::Answer;
use crate::{profile, table, typing};

pub(crate) use rows::check as check_rows;

/// Letters of a rejection's words, and of its place, at most: what is longer is cut.
const LONGEST: (usize, usize) = (4_000, 400);

/// Why an answer is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    #[error("it can't be read")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Claim(&'static str),
}

/// What the answer must agree with.
pub(crate) struct Asked<'a> {
    pub name: &'a str,
    pub kind: Kind,
    pub source: &'a ContentId,
    pub limits: &'a Limits,
    /// The pages that were asked for, of a document.
    pub span: Option<&'a Span>,
}

impl Asked<'_> {
    /// Reads the answer that came with parts of these numbers and sizes.
    pub(crate) fn check(&self, result: &[u8], parts: &[(u32, u64)]) -> Result<Answer, AnswerError> {
        match serde_json::from_slice(result)? {
            Answer::Document(found) => {
                let span = self.span.ok_or(AnswerError::Claim("no document was asked for"))?;
                self.check_document(&found, span, parts)?;
                Ok(Answer::Document(found))
            }
            Answer::Tables(tables) => {
                holds(self.span.is_none(), "a document was asked for")?;
                holds(!tables.is_empty(), "it has no tables")?;
                let rows = usize::from(self.limits.row_passages > 0);
                holds(
                    are_numbered(parts) && parts.len() == tables.len() + rows,
                    "it has not one part for each table",
                )?;
                holds(
                    self.kind.may_hold_several() || tables.len() == 1,
                    "a file of this kind is one table",
                )?;
                for (number, table) in tables.iter().enumerate() {
                    self.check_table(number, table)?;
                }
                Ok(Answer::Tables(tables))
            }
            Answer::Rejected(rejection) => {
                // Images of pages may have come before the page that breaks it.
                holds(
                    parts.is_empty() || self.span.is_some(),
                    "it has tables and rejects the file",
                )?;
                check_rejection(&rejection)?;
                Ok(Answer::Rejected(cut(rejection)))
            }
        }
    }

    fn check_table(&self, number: usize, table: &TableProfile) -> Result<(), AnswerError> {
        let named = if self.kind.has_sheets() || number > 0 {
            !table.name.is_empty() && table.name.chars().count() <= LONGEST_NAME
        } else {
            table.name == kind::stem(self.name)
        };
        holds(named, "a table has another name")?;
        let most = |count: u64, most: usize| (1..=most as u64).contains(&count);
        holds(
            most(table.rows, self.limits.rows),
            "a table has too many rows or none",
        )?;
        holds(
            most(table.columns.len() as u64, self.limits.columns),
            "a table has too many columns or none",
        )?;
        let names: HashSet<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        holds(
            names.len() == table.columns.len() && !names.contains(""),
            "the columns are not told apart by their names",
        )?;
        for column in &table.columns {
            check_column(column, table.rows)?;
        }
        let aside = &table.set_aside;
        let whole = aside.iter().all(|row| row.cells.len() == table.columns.len());
        holds(
            whole && aside.len() <= table::SET_ASIDE,
            "the rows set aside are none of the table",
        )?;
        let source = table
            .decisions
            .iter()
            .find(|decision| decision.about == table::SOURCE);
        holds(
            source.is_some_and(|source| source.chosen == self.source.as_str()),
            "a table comes from another file",
        )
    }
}

fn check_column(column: &ColumnProfile, rows: u64) -> Result<(), AnswerError> {
    let counts = [column.nulls, column.distinct, column.unparsed_count];
    let frequent = column.frequent.iter().map(|frequent| frequent.count);
    holds(
        counts.into_iter().chain(frequent).all(|count| count <= rows),
        "a column counts more than there are rows",
    )?;
    holds(
        column.frequent.len() <= profile::FREQUENT && column.unparsed.len() <= typing::LISTED,
        "a column lists too much",
    )
}

fn check_rejection(rejection: &Rejection) -> Result<(), AnswerError> {
    use RejectionCode as Code;
    let may = match rejection.code {
        Code::Empty
        | Code::UnknownKind
        | Code::WrongExtension
        | Code::Corrupt
        | Code::Encrypted
        | Code::UnknownEncoding
        | Code::NoRows
        | Code::DuplicateHeader
        | Code::EmptyHeader
        | Code::TooLarge => true,
        // These are for the host to find.
        Code::MissingContent
        | Code::TimedOut
        | Code::OutOfMemory
        | Code::OutputTooLarge
        | Code::Crashed
        | Code::PolicyViolation
        | Code::GivenUp => false,
    };
    holds(
        may && !rejection.message.is_empty(),
        "it rejects the file for no reason of its own",
    )
}

fn cut(rejection: Rejection) -> Rejection {
    let (message, place) = LONGEST;
    let short = |text: String, most: usize| text.chars().take(most).collect();
    Rejection {
        message: short(rejection.message, message),
        place: rejection.place.map(|text| short(text, place)),
        ..rejection
    }
}

fn are_numbered(parts: &[(u32, u64)]) -> bool {
    let mut numbered = (0u32..).zip(parts);
    numbered.all(|(number, (part, size))| number == *part && *size > 0)
}

fn holds(claim: bool, otherwise: &'static str) -> Result<(), AnswerError> {
    claim.then_some(()).ok_or(AnswerError::Claim(otherwise))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::read;

    const NAME: &str = "sales.csv";

    fn source() -> ContentId {
        "a".repeat(64).parse().unwrap()
    }

    /// An honest answer.
    fn honest() -> Value {
        let bytes = "店铺,金额\n甲,1\n乙,x\n丙,2\n丁,3\n合计,6\n".as_bytes();
        let tables = read(bytes, NAME, source().as_str(), &Limits::default(), &mut |_| {}).unwrap();
        let profiles = tables.into_iter().map(|table| table.profile).collect();
        serde_json::to_value(Answer::Tables(profiles)).unwrap()
    }

    fn check(answer: &Value, parts: &[(u32, u64)]) -> Result<Answer, AnswerError> {
        let source = source();
        let limits = Limits {
            row_passages: 0,
            ..Limits::default()
        };
        let asked = Asked {
            name: NAME,
            kind: Kind::Csv,
            source: &source,
            limits: &limits,
            span: None,
        };
        asked.check(answer.to_string().as_bytes(), parts)
    }

    #[track_caller]
    fn refused(pointer: &str, value: Value, reason: &str) {
        let mut answer = honest();
        *answer.pointer_mut(pointer).unwrap() = value;
        let error = check(&answer, &[(0, 500)]).unwrap_err();
        assert_eq!(error.to_string(), reason, "{pointer}");
    }

    #[test]
    fn an_honest_answer_is_believed() {
        let honest = honest();
        let Answer::Tables(tables) = check(&honest, &[(0, 500)]).unwrap() else {
            panic!("{honest}");
        };
        assert_eq!(tables[0].rows, 4);
        assert_eq!(tables[0].set_aside.len(), 1);
    }

    #[test]
    fn what_disagrees_with_the_file_is_refused() {
        refused("/tables/0/name", json!("other"), "a table has another name");
        refused("/tables/0/rows", json!(0), "a table has too many rows or none");
        refused(
            "/tables/0/rows",
            json!(u64::MAX),
            "a table has too many rows or none",
        );
        refused("/tables/0/rows", json!(-1), "it can't be read");
        refused(
            "/tables/0/columns",
            json!([]),
            "a table has too many columns or none",
        );
        refused(
            "/tables/0/columns/1/name",
            json!("店铺"),
            "the columns are not told apart by their names",
        );
        refused(
            "/tables/0/columns/1/nulls",
            json!(9),
            "a column counts more than there are rows",
        );
        let frequent = json!(vec![json!({ "value": 1, "count": 1 }); 21]);
        refused(
            "/tables/0/columns/1/frequent",
            frequent,
            "a column lists too much",
        );
        refused(
            "/tables/0/set_aside/0/cells",
            json!([1]),
            "the rows set aside are none of the table",
        );
        refused(
            "/tables/0/decisions",
            json!([]),
            "a table comes from another file",
        );
        refused("/tables", json!([]), "it has no tables");
        refused("/tables", json!("rubbish"), "it can't be read");
    }

    #[test]
    fn each_table_has_its_part() {
        let parts = "it has not one part for each table";
        for wrong in [&[][..], &[(1, 5)], &[(0, 0)], &[(0, 5), (1, 5)]] {
            assert_eq!(
                check(&honest(), wrong).unwrap_err().to_string(),
                parts,
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_rejection_is_one_of_a_reader_and_not_endless() {
        let rejected =
            |code: &str, message: &str| json!({ "rejected": { "code": code, "message": message } });
        let answer = check(&rejected("no_rows", &"值".repeat(9_000)), &[]).unwrap();
        assert!(matches!(answer, Answer::Rejected(rejection) if rejection.message.chars().count() == 4_000));
        for wrong in [rejected("missing_content", "gone"), rejected("no_rows", "")] {
            assert!(check(&wrong, &[]).is_err(), "{wrong}");
        }
        assert!(check(&rejected("no_rows", "none"), &[(0, 5)]).is_err());
    }
}
