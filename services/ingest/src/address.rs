//! Where a cell is, in the words of the file's kind.

/// How cells are addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addresses {
    /// `line 7, column 2`.
    Lines,
    /// `sheet!B7`.
    Sheet(String),
    /// `record 7, "name"`: objects of JSON, with the names of their columns.
    Records(Vec<String>),
}

impl Addresses {
    /// The address of a row: `row 7` of a sheet, `line 7` or `record 7`. Numbers count from 1.
    #[must_use]
    pub fn row(&self, number: u32) -> String {
        match self {
            Self::Lines => format!("line {number}"),
            Self::Sheet(_) => format!("row {number}"),
            Self::Records(_) => format!("record {number}"),
        }
    }

    /// The address of a cell; columns count from 0.
    #[must_use]
    pub fn cell(&self, number: u32, column: usize) -> String {
        match self {
            Self::Lines => format!("line {number}, column {}", column + 1),
            Self::Sheet(sheet) => format!("{sheet}!{}{number}", column_letters(column)),
            Self::Records(names) => match names.get(column) {
                Some(name) => format!("record {number}, {name:?}"),
                None => format!("record {number}"),
            },
        }
    }

    /// How messages call the whole: `the sheet "销售"`, or `the file`.
    #[must_use]
    pub fn called(&self) -> String {
        match self {
            Self::Lines | Self::Records(_) => "the file".to_owned(),
            Self::Sheet(sheet) => format!("the sheet {sheet:?}"),
        }
    }
}

/// Spreadsheet letters of a column, from 0: A, B, … Z, AA.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn cells_are_addressed_as_the_file_shows_them() {
        let records = Addresses::Records(vec!["a.b".to_owned()]);
        assert_eq!(records.cell(7, 0), "record 7, \"a.b\"");
        assert_eq!(Addresses::Lines.cell(7, 1), "line 7, column 2");
        assert_eq!(Addresses::Sheet("销售".to_owned()).cell(7, 1), "销售!B7");
    }
}
