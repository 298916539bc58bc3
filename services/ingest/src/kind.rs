//! What kind of file a name promises, and whether the bytes keep that promise.

mod found;

use schemas::file::RejectionCode;

use crate::kind::found::Found;
use crate::rejected::Rejected;

pub(crate) use found::{declares_type, unpacked_size};

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
    /// A document in the Portable Document Format.
    Pdf,
    /// A document of Word 2007 and later.
    Docx,
    /// A presentation of PowerPoint 2007 and later.
    Pptx,
    /// A web page.
    Html,
    /// Text with marks for headings, lists and tables.
    Markdown,
    /// Text and nothing else.
    Text,
    /// An e-mail as programs store it.
    Email,
    /// A picture, lossless.
    Png,
    /// A photograph.
    Jpeg,
    /// A picture of the web.
    Webp,
    /// A picture as scanners write it.
    Tiff,
    /// A picture of Windows.
    Bmp,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 20] = [
        Self::Csv,
        Self::Tsv,
        Self::Xlsx,
        Self::Xls,
        Self::Ods,
        Self::Json,
        Self::JsonLines,
        Self::Parquet,
        Self::Pdf,
        Self::Docx,
        Self::Pptx,
        Self::Html,
        Self::Markdown,
        Self::Text,
        Self::Email,
        Self::Png,
        Self::Jpeg,
        Self::Webp,
        Self::Tiff,
        Self::Bmp,
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
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Pptx => "pptx",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Email => "eml",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Tiff => "tiff",
            Self::Bmp => "bmp",
        }
    }

    /// Other extensions of the same kind.
    fn other_extensions(self) -> &'static [&'static str] {
        match self {
            Self::Xlsx => &["xlsm"],
            Self::JsonLines => &["ndjson"],
            Self::Html => &["htm", "xhtml"],
            Self::Markdown => &["markdown"],
            Self::Text => &["text"],
            Self::Jpeg => &["jpeg"],
            Self::Tiff => &["tif"],
            Self::Docx => &["docm"],
            Self::Pptx => &["pptm"],
            Self::Csv
            | Self::Tsv
            | Self::Xls
            | Self::Ods
            | Self::Json
            | Self::Parquet
            | Self::Pdf
            | Self::Email
            | Self::Png
            | Self::Webp
            | Self::Bmp => &[],
        }
    }

    /// Whether it is read for its words, and may have tables among them; else it is nothing but tables.
    #[must_use]
    pub fn is_document(self) -> bool {
        match self {
            Self::Csv
            | Self::Tsv
            | Self::Xlsx
            | Self::Xls
            | Self::Ods
            | Self::Json
            | Self::JsonLines
            | Self::Parquet => false,
            Self::Pdf | Self::Docx | Self::Pptx | Self::Html | Self::Markdown | Self::Text | Self::Email => {
                true
            }
            Self::Png | Self::Jpeg | Self::Webp | Self::Tiff | Self::Bmp => true,
        }
    }

    /// Whether it is one picture.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp | Self::Tiff | Self::Bmp)
    }

    /// Whether its tables have names of their own, such as those of sheets.
    #[must_use]
    pub fn has_sheets(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xls | Self::Ods) || self.is_document()
    }

    /// Whether one of its sheets, or all of the file, may hold several tables.
    #[must_use]
    pub fn may_hold_several(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv | Self::Xlsx | Self::Xls | Self::Ods) || self.is_document()
    }

    /// The kind that a file's name promises.
    ///
    /// # Errors
    /// [`Rejected`] when the extension is none that can be read.
    pub fn of(name: &str) -> Result<Self, Rejected> {
        let extension = extension(name);
        let is = |known: &str| extension.eq_ignore_ascii_case(known);
        let promised =
            |kind: &Self| is(kind.as_str()) || kind.other_extensions().iter().any(|other| is(other));
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
            Self::Pdf => "a PDF document (.pdf)",
            Self::Docx => "a Word document (.docx)",
            Self::Pptx => "a PowerPoint presentation (.pptx)",
            Self::Html => "a web page (.html)",
            Self::Markdown => "Markdown (.md)",
            Self::Text => "text (.txt)",
            Self::Email => "an e-mail (.eml)",
            Self::Png => "a picture (PNG)",
            Self::Jpeg => "a picture (JPEG)",
            Self::Webp => "a picture (WebP)",
            Self::Tiff => "a picture (TIFF)",
            Self::Bmp => "a picture (BMP)",
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
                if self.is_document() {
                    format!("the file {what}; expected {}", self.described())
                } else {
                    format!(
                        "the file {what}; expected a header and rows, as {}",
                        self.described()
                    )
                },
            ));
        }
        let found = Found::in_bytes(bytes);
        match (self, found) {
            (Self::Xlsx, Found::Workbook)
            | (Self::Xls, Found::Ole)
            | (Self::Ods, Found::OpenSpreadsheet)
            | (Self::Parquet, Found::Parquet)
            | (Self::Csv | Self::Tsv, Found::Text)
            | (Self::Json | Self::JsonLines, Found::Text | Found::Json)
            | (Self::Pdf, Found::Pdf)
            | (Self::Docx, Found::Document)
            | (Self::Pptx, Found::Presentation)
            | (Self::Html, Found::Html | Found::Text)
            | (Self::Markdown | Self::Text, Found::Text | Found::Html | Found::Json)
            | (Self::Email, Found::Text)
            | (Self::Png, Found::Picture("PNG"))
            | (Self::Jpeg, Found::Picture("JPEG"))
            | (Self::Webp, Found::Picture("WebP"))
            | (Self::Tiff, Found::Picture("TIFF"))
            | (Self::Bmp, Found::Picture("BMP")) => Ok(()),
            (Self::Xlsx | Self::Ods | Self::Docx | Self::Pptx, Found::BrokenZip) => Err(Rejected::new(
                RejectionCode::Corrupt,
                format!(
                    "the {} is damaged or broken off: its table of contents at the end is missing; expected the whole \
                     file",
                    if self.is_document() {
                        "document"
                    } else {
                        "workbook"
                    }
                ),
            )),
            (Self::Xlsx | Self::Docx | Self::Pptx, Found::Ole) if found::is_encrypted_package(bytes) => {
                Err(Rejected::new(
                    RejectionCode::Encrypted,
                    "the file is encrypted; expected one that opens without a password",
                ))
            }
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
            ("手册.PDF", Kind::Pdf),
            ("a.htm", Kind::Html),
            ("notes.markdown", Kind::Markdown),
            ("scan.tif", Kind::Tiff),
            ("photo.JPEG", Kind::Jpeg),
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
        let encrypted = [
            &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..],
            b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
        ]
        .concat();
        check(
            Kind::Docx,
            &encrypted,
            RejectionCode::Encrypted,
            "without a password",
        );
        check(
            Kind::Png,
            b"\xff\xd8\xff\xe0",
            RejectionCode::WrongExtension,
            "picture (JPEG)",
        );
        check(
            Kind::Docx,
            b"%PDF-1.7",
            RejectionCode::WrongExtension,
            "expected a Word document",
        );
        check(Kind::Pdf, b"hello", RejectionCode::WrongExtension, "holds text");
        assert!(Kind::Html.check(b"<p>hello</p>").is_ok() && Kind::Text.check(b"{\"a\":1}").is_ok());
        assert!(Kind::Csv.check(b"a,b\n1,2\n").is_ok());
        assert!(Kind::JsonLines.check(b"{\"a\":1}\n").is_ok());
    }
}
