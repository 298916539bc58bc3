//! Records of fields parted by a delimiter, with quotes as in RFC 4180: a quote that does not begin a field is a sign
//! like others, and what follows a closing quote belongs to the field.
//!
//! Fields are borrowed from the text; only those that hold quotes themselves are written anew.

use std::borrow::Cow;

/// Reads the records of one text, one after another.
pub(crate) struct Records<'a> {
    text: &'a str,
    delimiter: u8,
    /// The next byte.
    at: usize,
    /// The line that it is in, from 1.
    line: u64,
    /// Where the last record begins.
    start: usize,
    start_line: u64,
    spans_lines: bool,
}

impl<'a> Records<'a> {
    /// A mark of the byte order at the beginning belongs to no field.
    pub(crate) fn new(text: &'a str, delimiter: u8) -> Self {
        let at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        Self {
            text,
            delimiter,
            at,
            line: 1,
            start: at,
            start_line: 1,
            spans_lines: false,
        }
    }

    /// Reads the next record, whose fields replace those that are there; `false`: there is none. Blank lines are none.
    pub(crate) fn read(&mut self, fields: &mut Vec<Cow<'a, str>>) -> bool {
        fields.clear();
        while let Some(end @ (b'\r' | b'\n')) = self.next() {
            self.pass(end);
        }
        (self.start, self.start_line) = (self.at, self.line);
        if self.next().is_none() {
            return false;
        }
        loop {
            fields.push(if self.next() == Some(b'"') {
                self.quoted()
            } else {
                Cow::Borrowed(self.plain())
            });
            match self.next() {
                Some(delimiter) if delimiter == self.delimiter => self.at += 1,
                end => {
                    self.spans_lines = self.line > self.start_line;
                    end.into_iter().for_each(|end| self.pass(end));
                    return true;
                }
            }
        }
    }

    /// The byte that the last record begins at.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// The line that the last record begins in, from 1.
    pub(crate) fn start_line(&self) -> u64 {
        self.start_line
    }

    /// Whether a field of the last record goes on in another line.
    pub(crate) fn spans_lines(&self) -> bool {
        self.spans_lines
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn pass(&mut self, end: u8) {
        self.at += 1;
        self.line += u64::from(end == b'\n');
    }

    /// The text up to the end of the field.
    fn plain(&mut self) -> &'a str {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        self.at = start + rest.iter().position(ends).unwrap_or(rest.len());
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The text between quotes, of which two mean one, and what follows them. A quote left open ends with the text.
    fn quoted(&mut self) -> Cow<'a, str> {
        let mut field = Cow::Borrowed("");
        loop {
            let start = self.at + 1;
            let rest = self.text.get(start..).unwrap_or_default();
            let close = rest.find('"').unwrap_or(rest.len());
            let inside = rest.get(..close).unwrap_or_default();
            self.line += inside.bytes().filter(|byte| *byte == b'\n').count() as u64;
            field += inside;
            self.at = (start + close + 1).min(self.text.len());
            if self.next() != Some(b'"') {
                break;
            }
            field += "\"";
        }
        field += self.plain();
        field
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    type Row = (u64, Vec<String>);

    fn ours(text: &str) -> Vec<Row> {
        let mut records = Records::new(text, b',');
        let (mut rows, mut fields) = (Vec::new(), Vec::new());
        while records.read(&mut fields) {
            let spans = fields.iter().any(|field| field.contains('\n'));
            assert_eq!(records.spans_lines(), spans, "{text:?}");
            rows.push((
                records.start_line(),
                fields.iter().map(ToString::to_string).collect(),
            ));
        }
        rows
    }

    /// What the crate reads that is known for it. The line it names is that of the end of the record before.
    fn theirs(text: &str) -> Vec<Row> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let records = reader.records().map(Result::unwrap);
        let row = |record: csv::StringRecord| {
            let end = record.position().unwrap();
            let rest = &text[usize::try_from(end.byte()).unwrap()..];
            let blank = rest.bytes().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let line = end.line() + blank.filter(|byte| *byte == b'\n').count() as u64;
            (line, record.iter().map(str::to_owned).collect())
        };
        records.map(row).collect()
    }

    #[test]
    fn ends_and_quotes() {
        for text in [
            "",
            "\n",
            "a",
            "a,",
            ",",
            "a,b\r\n\r\nc\rd\n",
            "\"\"",
            "\"a\"\"b\"c\"d\",e",
            "a\"b\",c",
            "\"a\nb\",c\n\"d",
            "\"\"\"",
            "\u{feff}\"a\",b\n",
        ] {
            assert_eq!(ours(text), theirs(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parted_as_the_csv_crate_parts_it(
            pieces in vec(select(vec!["a", "é", ",", ",", "\"", "\"", "\"\"", "\n", "\r", "\r\n", " "]), 0..40),
        ) {
            let text = pieces.concat();
            prop_assert_eq!(ours(&text), theirs(&text));
        }
    }
}
