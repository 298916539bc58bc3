//! The letters of a page, and whether they can be trusted.

use pdfium_render::prelude::PdfPage;

use super::plane::{Plane, Rect};

/// Letters of one page that are read.
const MOST: usize = 200_000;
/// Weight from which on letters are bold.
const BOLD: &[&str] = &["bold", "black", "heavy", "semibold", "-bd", "medi"];

/// A letter.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub letter: char,
    pub area: Rect,
    /// In points.
    pub size: f32,
    pub bold: bool,
    /// A blank stands before it.
    pub apart: bool,
}

/// The letters of a page.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// In the order of the file, without blanks.
    pub glyphs: Vec<Glyph>,
    /// How many have no meaning that anybody knows: their font has no map to Unicode.
    pub unknown: usize,
}

impl Letters {
    pub(super) fn of(page: &PdfPage<'_>, plane: &Plane) -> Self {
        let mut letters = Self::default();
        let Ok(text) = page.text() else {
            return letters;
        };
        let mut apart = false;
        let mut font = (f32::NAN, false);
        for glyph in text.chars().iter().take(MOST) {
            let letter = match glyph.unicode_char() {
                // A hyphen at the end of a line, as PDFium marks it.
                Some('\u{2}') => '-',
                Some(letter) if letter.is_whitespace() => {
                    apart = true;
                    continue;
                }
                Some('\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{feff}') => continue,
                Some(letter) if is_known(letter) => letter,
                Some(_) | None => {
                    letters.unknown += 1;
                    apart = true;
                    continue;
                }
            };
            let Ok(bounds) = glyph.loose_bounds() else {
                continue;
            };
            let area = plane.rect(
                (bounds.left().value, bounds.bottom().value),
                (bounds.right().value, bounds.top().value),
            );
            let (x, y) = area.center();
            let shown = (0.0..=plane.width).contains(&x) && (0.0..=plane.height).contains(&y);
            if !shown || !area.width().is_finite() || !area.height().is_finite() {
                continue;
            }
            let size = glyph.scaled_font_size().value.abs();
            let size = if size.is_finite() && size > 0.5 {
                size
            } else {
                area.height().max(1.0)
            };
            // The font's name is asked for once for letters of one size.
            #[expect(clippy::float_cmp, reason = "the same font says the same size")]
            if font.0 != size || apart {
                let name = glyph.font_name().to_lowercase();
                font = (size, BOLD.iter().any(|word| name.contains(word)));
            }
            let glyph = Glyph {
                letter,
                area,
                size,
                bold: font.1,
                apart,
            };
            apart = false;
            // Some programs make letters bold by setting them twice.
            if letters.glyphs.last().is_none_or(|last| !is_same(last, &glyph)) {
                letters.glyphs.push(glyph);
            }
        }
        letters
    }

    /// Whether what is there is mostly without meaning.
    pub(super) fn are_garbage(&self) -> bool {
        let odd = self.glyphs.iter().filter(|glyph| is_odd(glyph.letter)).count();
        (self.unknown + odd) * 5 > self.glyphs.len() + self.unknown
    }
}

/// Whether a letter means something: it is none of the private use of some font, and no mark of something that is missing.
fn is_known(letter: char) -> bool {
    let private = matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}');
    !private && !letter.is_control() && !matches!(letter, '\u{fff0}'..='\u{ffff}')
}

/// Letters that come out when the codes of a font are taken for those of another: nobody writes texts of them.
fn is_odd(letter: char) -> bool {
    matches!(letter, '\u{80}'..='\u{9f}' | '\u{2400}'..='\u{2426}' | '\u{1c0}'..='\u{24f}' | '\u{a000}'..='\u{abff}')
}

fn is_same(one: &Glyph, other: &Glyph) -> bool {
    one.letter == other.letter
        && (one.area.left - other.area.left).abs() < one.size * 0.15
        && (one.area.top - other.area.top).abs() < one.size * 0.15
}
