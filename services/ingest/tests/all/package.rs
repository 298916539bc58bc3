//! Workbooks that no program writes: zip archives put together by hand, so that they may lie.

use flate2::{Compress, Compression, Crc, FlushCompress};

/// What an entry holds: a beginning, one piece many times over, and an end. It is packed piece by piece, so that gigabytes
/// are made in no time.
pub struct Entry {
    pub name: &'static str,
    pub beginning: String,
    pub piece: String,
    pub times: u64,
    pub end: String,
    /// What the archive says that it unpacks to, if that is a lie.
    pub says: Option<u32>,
}

impl Entry {
    /// An entry that is what it seems.
    pub fn text(name: &'static str, text: &str) -> Self {
        Self {
            name,
            beginning: text.to_owned(),
            piece: String::new(),
            times: 0,
            end: String::new(),
            says: None,
        }
    }

    fn unpacked(&self) -> u64 {
        (self.beginning.len() + self.end.len()) as u64 + self.piece.len() as u64 * self.times
    }

    fn packed(&self) -> Vec<u8> {
        let mut bytes = packed(&self.beginning, FlushCompress::Full);
        // After a full flush nothing refers to what was before: the same bytes unpack to the same piece again.
        let piece = packed(&self.piece, FlushCompress::Full);
        for _ in 0..self.times {
            bytes.extend_from_slice(&piece);
        }
        bytes.extend(packed(&self.end, FlushCompress::Finish));
        bytes
    }

    /// Right where the entry is honest and small; nobody gets as far as that in the others.
    fn checksum(&self) -> u32 {
        let mut crc = Crc::new();
        crc.update(self.beginning.as_bytes());
        crc.sum()
    }
}

fn packed(text: &str, flush: FlushCompress) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 1024);
    Compress::new(Compression::best(), false)
        .compress_vec(text.as_bytes(), &mut bytes, flush)
        .unwrap();
    bytes
}

/// A workbook of one sheet with these rows.
pub fn workbook(sheet: Entry, texts: &str) -> Vec<u8> {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let book = format!(
        "<workbook xmlns:r='{RELATIONS}'><sheets><sheet name='one' sheetId='1' r:id='r1'/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns='{PACKAGE}/relationships'>\
         <Relationship Id='r1' Type='{RELATIONS}/worksheet' Target='worksheets/sheet1.xml'/>\
         <Relationship Id='r2' Type='{RELATIONS}/sharedStrings' Target='sharedStrings.xml'/></Relationships>"
    );
    let root = format!(
        "<Relationships xmlns='{PACKAGE}/relationships'>\
         <Relationship Id='r1' Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/></Relationships>"
    );
    archive(&[
        Entry::text(
            "[Content_Types].xml",
            &format!("<Types xmlns='{PACKAGE}/content-types'/>"),
        ),
        Entry::text("_rels/.rels", &root),
        Entry::text("xl/workbook.xml", &book),
        Entry::text("xl/_rels/workbook.xml.rels", &relations),
        Entry::text("xl/sharedStrings.xml", texts),
        sheet,
    ])
}

/// An archive of these entries.
pub fn archive(entries: &[Entry]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let packed = entry.packed();
        let unpacked = entry
            .says
            .unwrap_or_else(|| u32::try_from(entry.unpacked()).unwrap());
        let offset = u32::try_from(bytes.len()).unwrap();
        let name = entry.name.as_bytes();
        // Version, flags, deflate, time, date, checksum, sizes, lengths of name and extra field.
        let mut about = Vec::new();
        for number in [20u16, 0, 8, 0, 0x21] {
            about.extend(number.to_le_bytes());
        }
        for number in [entry.checksum(), u32::try_from(packed.len()).unwrap(), unpacked] {
            about.extend(number.to_le_bytes());
        }
        about.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        about.extend([0; 2]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend_from_slice(&about);
        bytes.extend(name);
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(about);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name);
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (size, place) = (
        u32::try_from(directory.len()).unwrap(),
        u32::try_from(bytes.len()).unwrap(),
    );
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend(size.to_le_bytes());
    bytes.extend(place.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}
