//! What kind of file a name promises, and whether the bytes keep that promise.

use std::io::{Cursor, Read};

use schemas::file::RejectionCode;

use crate::rejected::Rejected;

/// A kind of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text, its fields parted by commas or the like.
    Csv,
    /// Text, its fields parted by tabs.
    Tsv,
    /// A workbook of Excel 2007 and later.
    Xlsx,
    /// A workbook of Excel before 2007.
    Xls,
    /// A spreadsheet in the OpenDocument format.
    Ods,
    /// A list of objects as JSON.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Csv,
        Self::Tsv,
        Self::Xlsx,
        Self::Xls,
        Self::Ods,
        Self::Json,
        Self::JsonLines,
        Self::Parquet,
    ];

    /// Its extension, also its name in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// Another extension of the same kind.
    fn other_extension(self) -> Option<&'static str> {
        match self {
            Self::Xlsx => Some("xlsm"),
            Self::JsonLines => Some("ndjson"),
            Self::Csv | Self::Tsv | Self::Xls | Self::Ods | Self::Json | Self::Parquet => None,
        }
    }

    /// Whether its tables are sheets with names of their own.
    #[must_use]
    pub fn has_sheets(self) -> bool {
        match self {
            Self::Csv | Self::Tsv | Self::Json | Self::JsonLines | Self::Parquet => false,
            Self::Xlsx | Self::Xls | Self::Ods => true,
        }
    }

    /// Whether one of its sheets, or all of the file, may hold several tables.
    #[must_use]
    pub fn may_hold_several(self) -> bool {
        match self {
            Self::Csv | Self::Tsv | Self::Xlsx | Self::Xls | Self::Ods => true,
            Self::Json | Self::JsonLines | Self::Parquet => false,
        }
    }

    /// The kind that a file's name promises.
    ///
    /// # Errors
    /// [`Rejected`] when the extension is none that can be read.
    pub fn of(name: &str) -> Result<Self, Rejected> {
        let extension = extension(name);
        let is = |known: &str| extension.eq_ignore_ascii_case(known);
        let promised = |kind: &Self| is(kind.as_str()) || kind.other_extension().is_some_and(is);
        Self::ALL.into_iter().find(promised).ok_or_else(|| {
            let known = Self::ALL.map(|kind| format!(".{}", kind.as_str())).join(", ");
            let given = if extension.is_empty() {
                "has no extension".to_owned()
            } else {
                format!("ends in .{extension}")
            };
            Rejected::new(
                RejectionCode::UnknownKind,
                format!(
                    "the name {name:?} {given}, a kind of file that can't be read; expected one of {known}"
                ),
            )
        })
    }

    fn described(self) -> &'static str {
        match self {
            Self::Csv => "comma-separated text (.csv)",
            Self::Tsv => "tab-separated text (.tsv)",
            Self::Xlsx => "an Excel workbook (.xlsx)",
            Self::Xls => "an Excel workbook of before 2007 (.xls)",
            Self::Ods => "an OpenDocument spreadsheet (.ods)",
            Self::Json => "a list of objects as JSON (.json)",
            Self::JsonLines => "one JSON object a line (.jsonl)",
            Self::Parquet => "a Parquet file (.parquet)",
        }
    }

    /// Checks that the bytes are of this kind.
    ///
    /// # Errors
    /// [`Rejected`] when there are none, when they are of another kind, or when a workbook is broken off.
    pub fn check(self, bytes: &[u8]) -> Result<(), Rejected> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            let what = if bytes.is_empty() {
                "has no bytes"
            } else {
                "holds nothing but blanks"
            };
            return Err(Rejected::new(
                RejectionCode::Empty,
                format!(
                    "the file {what}; expected a header and rows, as {}",
                    self.described()
                ),
            ));
        }
        let found = Found::in_bytes(bytes);
        match (self, found) {
            (Self::Xlsx, Found::Workbook)
            | (Self::Xls, Found::Ole)
            | (Self::Ods, Found::OpenSpreadsheet)
            | (Self::Parquet, Found::Parquet)
            | (Self::Csv | Self::Tsv | Self::Json | Self::JsonLines, Found::Text)
            | (Self::Json | Self::JsonLines, Found::Json) => Ok(()),
            (Self::Xlsx | Self::Ods, Found::BrokenZip) => Err(Rejected::new(
                RejectionCode::Corrupt,
                "the workbook is damaged or broken off: its table of contents at the end is missing; \
                 expected the whole file",
            )),
            (_, found) => Err(Rejected::new(
                RejectionCode::WrongExtension,
                format!(
                    "the file is named .{} but holds {}; expected {}",
                    self.as_str(),
                    found.described(),
                    self.described()
                ),
            )),
        }
    }
}

fn extension(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// A file's name without folder and extension.
#[must_use]
pub fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    }
}

/// What bytes are, told by their first ones and, for archives, by what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Text,
    Json,
    Html,
    Workbook,
    BinaryWorkbook,
    Document,
    Presentation,
    OpenSpreadsheet,
    OpenDocument,
    Zip,
    BrokenZip,
    Ole,
    Pdf,
    Picture(&'static str),
    Gzip,
    Parquet,
    Sqlite,
    Program,
}

/// Beginnings of files that are neither text nor archives.
const BEGINNINGS: &[(&[u8], Found)] = &[
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Found::Ole),
    (b"%PDF-", Found::Pdf),
    (b"\x89PNG\r\n\x1a\n", Found::Picture("PNG")),
    (b"\xff\xd8\xff", Found::Picture("JPEG")),
    (b"GIF87a", Found::Picture("GIF")),
    (b"GIF89a", Found::Picture("GIF")),
    (b"\x1f\x8b", Found::Gzip),
    (b"PAR1", Found::Parquet),
    (b"SQLite format 3\0", Found::Sqlite),
    (b"\x7fELF", Found::Program),
];

impl Found {
    fn in_bytes(bytes: &[u8]) -> Self {
        if let Some((_, found)) = BEGINNINGS
            .iter()
            .find(|(beginning, _)| bytes.starts_with(beginning))
        {
            return *found;
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Self::in_archive(bytes);
        }
        let start = bytes
            .get(..bytes.len().min(64))
            .unwrap_or_default()
            .trim_ascii_start()
            .to_ascii_lowercase();
        if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
            return Self::Html;
        }
        let bare = start
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&start)
            .trim_ascii_start();
        let inside = bare.get(1..).unwrap_or_default().trim_ascii_start();
        match (bare.first(), inside.first()) {
            (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{')) => Self::Json,
            _ => Self::Text,
        }
    }

    fn in_archive(bytes: &[u8]) -> Self {
        let Ok(archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
            return Self::BrokenZip;
        };
        let has = |name: &str| {
            archive
                .file_names()
                .flatten()
                .any(|file| file.eq_ignore_ascii_case(name))
        };
        if has("xl/workbook.xml") {
            Self::Workbook
        } else if has("xl/workbook.bin") {
            Self::BinaryWorkbook
        } else if has("word/document.xml") {
            Self::Document
        } else if has("ppt/presentation.xml") {
            Self::Presentation
        } else if has("content.xml") && has("mimetype") {
            // It stands first and is not packed, so that it is found at the beginning (OpenDocument 1.3, part 2).
            let start = bytes.get(..bytes.len().min(200)).unwrap_or_default();
            let spreadsheet = b"application/vnd.oasis.opendocument.spreadsheet";
            if start.windows(spreadsheet.len()).any(|part| part == spreadsheet) {
                Self::OpenSpreadsheet
            } else {
                Self::OpenDocument
            }
        } else {
            Self::Zip
        }
    }

    fn described(self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Json => "JSON".into(),
            Self::Html => "a web page (HTML)".into(),
            Self::Workbook => "an Excel workbook (.xlsx)".into(),
            Self::BinaryWorkbook => "a binary Excel workbook (.xlsb)".into(),
            Self::Document => "a Word document (.docx)".into(),
            Self::Presentation => "a PowerPoint presentation (.pptx)".into(),
            Self::OpenSpreadsheet => "an OpenDocument spreadsheet (.ods)".into(),
            Self::OpenDocument => "an OpenDocument file that is no spreadsheet".into(),
            Self::Zip => "a zip archive".into(),
            Self::BrokenZip => "a zip archive that is broken off".into(),
            Self::Ole => "an old Office file (such as .xls) or an encrypted one".into(),
            Self::Pdf => "a PDF document".into(),
            Self::Picture(kind) => format!("a picture ({kind})"),
            Self::Gzip => "a gzip archive".into(),
            Self::Parquet => "a Parquet file".into(),
            Self::Sqlite => "an SQLite database".into(),
            Self::Program => "a program".into(),
        }
    }
}

/// The bytes that a zipped workbook says it unpacks to.
#[must_use]
pub(crate) fn unpacked_size(bytes: &[u8]) -> u64 {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return 0;
    };
    (0..archive.len())
        .map(|place| archive.by_index_raw(place).map_or(0, |file| file.size()))
        .fold(0, u64::saturating_add)
}

/// Bytes of an entry that are searched for a declaration of its document type, which stands before everything else.
const PROLOGUE: u64 = 4096;

/// The first entry of a zipped workbook that declares a document type: entities of its own, such as ones that grow to
/// gigabytes. No workbook may (ECMA-376, part 2), and none is read that does.
pub(crate) fn declares_type(bytes: &[u8]) -> Option<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    (0..archive.len()).find_map(|place| {
        let entry = archive.by_index(place).ok()?;
        let name = entry.name().map(|name| name.to_string()).unwrap_or_default();
        let mut prologue = Vec::new();
        // What can't be unpacked is found damaged when it is read.
        entry.take(PROLOGUE).read_to_end(&mut prologue).ok()?;
        let declares = prologue.windows(9).any(|word| word == b"<!DOCTYPE");
        declares.then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_kinds() {
        for (name, kind) in [
            ("a.csv", Kind::Csv),
            ("x/y.b.TSV", Kind::Tsv),
            ("销售.Xlsx", Kind::Xlsx),
            ("a.xlsm", Kind::Xlsx),
            ("a.xls", Kind::Xls),
            ("a.ODS", Kind::Ods),
            ("a.json", Kind::Json),
            ("a.jsonl", Kind::JsonLines),
            ("a.ndjson", Kind::JsonLines),
            ("a.parquet", Kind::Parquet),
        ] {
            assert_eq!(Kind::of(name).unwrap(), kind);
        }
        for name in ["a", "a.", "a.xlsb", "csv", "a.csv/b", "a.csv.exe"] {
            let rejected = Kind::of(name).unwrap_err();
            assert_eq!(rejected.code, RejectionCode::UnknownKind, "{name:?}");
            assert!(
                rejected.message.contains(".csv, .tsv, .xlsx"),
                "{}",
                rejected.message
            );
        }
    }

    #[test]
    fn stems_are_names_without_folder_and_extension() {
        for (name, expect) in [
            ("retail/sales.2024.csv", "sales.2024"),
            ("a\\b.csv", "b"),
            (".csv", ".csv"),
            ("a", "a"),
        ] {
            assert_eq!(stem(name), expect);
        }
    }

    #[test]
    fn bytes_keep_the_promise_or_are_named() {
        let check = |kind: Kind, bytes: &[u8], code: RejectionCode, part: &str| {
            let rejected = kind.check(bytes).unwrap_err();
            assert_eq!(rejected.code, code, "{}", rejected.message);
            assert!(rejected.message.contains(part), "{}", rejected.message);
        };
        check(Kind::Csv, b"", RejectionCode::Empty, "no bytes");
        check(Kind::Xlsx, b" \r\n ", RejectionCode::Empty, "blanks");
        check(
            Kind::Csv,
            b"\x89PNG\r\n\x1a\n....",
            RejectionCode::WrongExtension,
            "picture (PNG)",
        );
        check(Kind::Csv, b"%PDF-1.7", RejectionCode::WrongExtension, "PDF");
        check(
            Kind::Xlsx,
            b"%PDF-1.7",
            RejectionCode::WrongExtension,
            "expected an Excel workbook",
        );
        check(
            Kind::Xlsx,
            b"a,b\n1,2\n",
            RejectionCode::WrongExtension,
            "holds text",
        );
        check(
            Kind::Xlsx,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            RejectionCode::WrongExtension,
            "old Office file",
        );
        check(
            Kind::Xlsx,
            b"PK\x03\x04rubbish",
            RejectionCode::Corrupt,
            "broken off",
        );
        check(
            Kind::Tsv,
            b"PK\x03\x04rubbish",
            RejectionCode::WrongExtension,
            "zip",
        );
        check(
            Kind::Csv,
            b"<!DOCTYPE html><p>",
            RejectionCode::WrongExtension,
            "web page",
        );
        check(
            Kind::Csv,
            b"\xef\xbb\xbf[\n {\"a\":1}]",
            RejectionCode::WrongExtension,
            "holds JSON",
        );
        check(
            Kind::Xls,
            b"a,b\n1,2\n",
            RejectionCode::WrongExtension,
            "holds text",
        );
        check(
            Kind::Parquet,
            b"{\"a\":1}",
            RejectionCode::WrongExtension,
            "holds JSON",
        );
        check(
            Kind::Ods,
            b"PK\x03\x04rubbish",
            RejectionCode::Corrupt,
            "broken off",
        );
        assert!(Kind::Csv.check(b"a,b\n1,2\n").is_ok());
        assert!(Kind::JsonLines.check(b"{\"a\":1}\n").is_ok());
    }
}
