//! Letters that follow one another without a gap, and the rows that they make.

use super::glyphs::Glyph;
use super::plane::Rect;
use crate::passages::is_wide;

/// A gap of so many sizes of a letter parts what stands in different columns.
const GAP: f32 = 1.0;
/// A gap of so many sizes is a blank.
const BLANK: f32 = 0.17;

/// Some words on one line.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    pub text: String,
    pub area: Rect,
    pub size: f32,
    pub bold: bool,
    /// Its letters with their left and right ends, where it is read from right to left: the order of the file is of no use
    /// then.
    pub leftward: Vec<(char, f32, f32)>,
}

impl Fragment {
    fn of(glyph: &Glyph) -> Self {
        Self {
            text: glyph.letter.to_string(),
            area: glyph.area,
            size: glyph.size,
            bold: glyph.bold,
            leftward: vec![(glyph.letter, glyph.area.left, glyph.area.right)],
        }
    }

    fn add(&mut self, glyph: &Glyph, gap: f32) {
        let wide = is_wide(glyph.letter) && self.text.chars().next_back().is_some_and(is_wide);
        if !wide && (glyph.apart && gap > 0.0 || gap > BLANK * glyph.size) {
            self.text.push(' ');
        }
        self.text.push(glyph.letter);
        self.area = self.area.with(&glyph.area);
        self.size = self.size.max(glyph.size);
        self.bold &= glyph.bold;
        self.leftward
            .push((glyph.letter, glyph.area.left, glyph.area.right));
    }
}

fn is_leftward(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Puts letters together, in the order of the file.
pub(super) fn of(glyphs: &[Glyph]) -> Vec<Fragment> {
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut last: Option<&Glyph> = None;
    for glyph in glyphs {
        let joined = match (last, fragments.last_mut()) {
            (Some(last), Some(fragment)) => match gap(last, glyph) {
                Some(gap) => {
                    fragment.add(glyph, gap);
                    true
                }
                None => false,
            },
            _ => false,
        };
        if !joined {
            fragments.push(Fragment::of(glyph));
        }
        last = Some(glyph);
    }
    let mut leftward = false;
    for fragment in &fragments {
        leftward |= fragment.leftward.iter().any(|(letter, ..)| is_leftward(*letter));
    }
    if !leftward {
        for fragment in &mut fragments {
            fragment.leftward = Vec::new();
        }
    }
    fragments
}

/// The gap between two letters of one line; none: they are not on one, or too far apart.
fn gap(last: &Glyph, next: &Glyph) -> Option<f32> {
    let size = last.size.max(next.size);
    let (_, one) = last.area.center();
    let (_, other) = next.area.center();
    let between = (next.area.left - last.area.right).max(last.area.left - next.area.right);
    let same_line = (one - other).abs() < size * 0.45;
    // Whoever goes back on the line begins something new, unless it is read that way.
    let forward =
        next.area.left >= last.area.left - size * 0.3 || is_leftward(next.letter) || is_leftward(last.letter);
    (same_line && forward && between <= GAP * size).then_some(between)
}

/// The rows of a region, from top to bottom, each from left to right.
pub(super) fn rows(mut fragments: Vec<Fragment>) -> Vec<Vec<Fragment>> {
    fragments.sort_by(|one, other| one.area.center().1.total_cmp(&other.area.center().1));
    let mut rows: Vec<Vec<Fragment>> = Vec::new();
    for fragment in fragments {
        let fits = rows.last().and_then(|row| row.first()).is_some_and(|first| {
            let apart = (first.area.center().1 - fragment.area.center().1).abs();
            apart
                < first
                    .size
                    .min(fragment.size)
                    .max(first.size.max(fragment.size) * 0.6)
                    * 0.5
        });
        match rows.last_mut().filter(|_| fits) {
            Some(row) => row.push(fragment),
            None => rows.push(vec![fragment]),
        }
    }
    for row in &mut rows {
        row.sort_by(|one, other| one.area.left.total_cmp(&other.area.left));
    }
    rows
}

/// The words of a row, in the order in which they are read.
pub(super) fn text(row: &[Fragment]) -> String {
    let letters: Vec<(char, f32, f32)> = row
        .iter()
        .flat_map(|fragment| &fragment.leftward)
        .copied()
        .collect();
    let leftward = letters.iter().filter(|(letter, ..)| is_leftward(*letter)).count();
    let size = row.iter().map(|fragment| fragment.size).fold(0.0, f32::max);
    if leftward * 2 > letters.len() {
        return from_the_right(letters, size);
    }
    let words: Vec<&str> = row.iter().map(|fragment| fragment.text.as_str()).collect();
    words.join(" ")
}

/// Letters from the right end of the line to its left end; words of other scripts among them are read the other way.
fn from_the_right(mut letters: Vec<(char, f32, f32)>, size: f32) -> String {
    letters.sort_by(|one, other| other.2.total_cmp(&one.2));
    let mut text = String::new();
    let mut other: Vec<char> = Vec::new();
    let mut end: Option<f32> = None;
    let flush = |other: &mut Vec<char>, text: &mut String| {
        let blank = other.last() == Some(&' ');
        text.extend(other.drain(..).rev().skip_while(|letter| *letter == ' '));
        if blank {
            text.push(' ');
        }
    };
    for (letter, left, right) in letters {
        let apart = end.is_some_and(|end| end - right > BLANK * size);
        end = Some(left);
        if letter.is_ascii_alphanumeric() || (!other.is_empty() && letter.is_ascii_punctuation()) {
            if apart && other.is_empty() {
                text.push(' ');
            } else if apart {
                other.push(' ');
            }
            other.push(letter);
            continue;
        }
        flush(&mut other, &mut text);
        if apart && !text.ends_with(' ') {
            text.push(' ');
        }
        text.push(letter);
    }
    flush(&mut other, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_from_right_to_left_keep_their_numbers() {
        // As it is seen, from the left.
        let seen = [('B', 0.0), ('7', 6.0), ('ר', 18.0), ('ע', 24.0), ('ש', 30.0)];
        let letters = seen.map(|(letter, left)| (letter, left, left + 5.5)).to_vec();
        assert_eq!(from_the_right(letters, 10.0), "שער B7");
    }
}
