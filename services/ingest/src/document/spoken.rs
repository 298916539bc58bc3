//! What a presentation's speaker is to say, under the slides that it belongs to.
//!
//! Slides and notes are numbered each for themselves: the first notes may be those of the fourth slide, as the slide's relationships
//! tell (ECMA-376, part 1, 13.3.5). undoc takes the notes of the same number, so that they are renumbered before it sees them.

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::{ZipArchive, ZipWriter};

/// Bytes of the relationships of one slide.
const RELATIONSHIPS: u64 = 1 << 20;

/// The presentation with each slide's notes under the slide's number; none where they are already, or where it can't be told: what is
/// damaged, the reader names.
pub(crate) fn renumbered(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let names: Vec<String> = (0..archive.len())
        .map(|place| name(&mut archive, place))
        .collect::<Option<_>>()?;
    let mut slides = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        let Some(slide) = number(name, "ppt/slides/_rels/slide", ".xml.rels") else {
            continue;
        };
        let mut relationships = String::new();
        let entry = archive.by_index(place).ok()?;
        entry
            .take(RELATIONSHIPS)
            .read_to_string(&mut relationships)
            .ok()?;
        if let Some(notes) = notes_of(&relationships) {
            slides.insert(notes, slide);
        }
    }
    if slides.iter().all(|(notes, slide)| notes == slide) {
        return None;
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for (place, name) in names.iter().enumerate() {
        if let Some(name) = renamed(name, &slides) {
            writer
                .raw_copy_file_rename(archive.by_index_raw(place).ok()?, name)
                .ok()?;
        }
    }
    let mut written = writer.finish().ok()?;
    written.flush().ok()?;
    Some(written.into_inner())
}

fn name(archive: &mut ZipArchive<Cursor<&[u8]>>, place: usize) -> Option<String> {
    let entry = archive.by_index_raw(place).ok()?;
    entry.name().ok().map(|name| name.to_string())
}

/// A part's name with the number of the slide that it belongs to; none for notes of no slide.
fn renamed(name: &str, slides: &HashMap<u32, u32>) -> Option<String> {
    for (before, after) in [
        ("ppt/notesSlides/notesSlide", ".xml"),
        ("ppt/notesSlides/_rels/notesSlide", ".xml.rels"),
    ] {
        if let Some(notes) = number(name, before, after) {
            return slides.get(&notes).map(|slide| format!("{before}{slide}{after}"));
        }
    }
    Some(name.to_owned())
}

/// The number in a part's name.
fn number(name: &str, before: &str, after: &str) -> Option<u32> {
    name.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}

/// The number of the notes that a slide's relationships name.
fn notes_of(relationships: &str) -> Option<u32> {
    let mut reader = Reader::from_str(relationships);
    loop {
        let tag = match reader.read_event().ok()? {
            Event::Empty(tag) | Event::Start(tag) => tag,
            Event::Eof => return None,
            _ => continue,
        };
        let target = tag
            .attributes()
            .flatten()
            .find(|attribute| attribute.key.as_ref() == "Target");
        let found = target.and_then(|target| {
            let (_, file) = target.value.rsplit_once('/')?;
            number(file, "notesSlide", ".xml")
        });
        if found.is_some() {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slide_says_which_notes_are_its_own() {
        let relationships = r#"<?xml version="1.0"?><Relationships xmlns="x">
            <Relationship Id="rId1" Type="t/slideLayout" Target="../slideLayouts/slideLayout2.xml"/>
            <Relationship Id="rId2" Type="t/notesSlide" Target="../notesSlides/notesSlide7.xml"/></Relationships>"#;
        assert_eq!(notes_of(relationships), Some(7));
        assert_eq!(notes_of("<Relationships/>"), None);
    }

    #[test]
    fn notes_take_the_number_of_their_slide() {
        let slides = HashMap::from([(1, 4)]);
        let check = |name: &str, expect: Option<&str>| assert_eq!(renamed(name, &slides).as_deref(), expect);
        check(
            "ppt/notesSlides/notesSlide1.xml",
            Some("ppt/notesSlides/notesSlide4.xml"),
        );
        check(
            "ppt/notesSlides/_rels/notesSlide1.xml.rels",
            Some("ppt/notesSlides/_rels/notesSlide4.xml.rels"),
        );
        check("ppt/notesSlides/notesSlide2.xml", None);
        check("ppt/slides/slide1.xml", Some("ppt/slides/slide1.xml"));
    }

    #[test]
    fn what_is_no_archive_is_left_to_the_reader() {
        assert_eq!(renumbered(b"no archive"), None);
    }
}
