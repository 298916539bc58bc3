//! What bytes are, whatever their name says; and what zip archives say of themselves.

use std::io::{Cursor, Read};

/// What bytes are, told by their first ones and, for archives, by what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
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
    (b"II*\0", Found::Picture("TIFF")),
    (b"MM\0*", Found::Picture("TIFF")),
    (b"GIF87a", Found::Picture("GIF")),
    (b"GIF89a", Found::Picture("GIF")),
    (b"\x1f\x8b", Found::Gzip),
    (b"PAR1", Found::Parquet),
    (b"SQLite format 3\0", Found::Sqlite),
    (b"\x7fELF", Found::Program),
];

impl Found {
    pub(super) fn in_bytes(bytes: &[u8]) -> Self {
        if let Some((_, found)) = BEGINNINGS
            .iter()
            .find(|(beginning, _)| bytes.starts_with(beginning))
        {
            return *found;
        }
        let form = bytes.get(8..12).unwrap_or_default();
        if bytes.starts_with(b"RIFF") && form == b"WEBP" {
            return Self::Picture("WebP");
        }
        // Two letters are too few to go by: the size of one of its known headers follows.
        let header = bytes.get(14..18).unwrap_or_default();
        if bytes.starts_with(b"BM") && matches!(header, [12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]) {
            return Self::Picture("BMP");
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

    pub(super) fn described(self) -> String {
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

/// Whether an old Office file is nothing but the cover of an encrypted new one (MS-OFFCRYPTO, 2.3.1).
pub(super) fn is_encrypted_package(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes.windows(name.len()).any(|part| part == name)
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
        // What a printer has left there is for printers, and no part of the document.
        if name.to_ascii_lowercase().contains("printersettings") {
            return None;
        }
        let mut prologue = Vec::new();
        // What can't be unpacked is found damaged when it is read.
        entry.take(PROLOGUE).read_to_end(&mut prologue).ok()?;
        let declares = prologue.windows(9).any(|word| word == b"<!DOCTYPE");
        declares.then_some(name)
    })
}
