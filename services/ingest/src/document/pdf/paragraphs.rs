//! Lines as paragraphs and headings.

use super::layout::Line;
use super::plane::Rect;
use crate::passages::is_wide;

/// How much larger than those of running text the letters of a heading are.
const LARGER: f32 = 1.12;
/// Letters of a heading.
const LONGEST: usize = 120;
/// The gap between two lines of one paragraph, in sizes of their letters.
const GAP: f32 = 0.95;

/// Some lines that belong together.
#[derive(Debug)]
pub(super) struct Paragraph {
    pub text: String,
    pub area: Rect,
    pub size: f32,
    pub heading: bool,
}

/// Puts lines together that belong together. `body` is the size of the letters of running text.
pub(super) fn of(lines: &[Line], body: f32) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Vec<&Line>> = Vec::new();
    for line in lines {
        match paragraphs.last_mut() {
            Some(paragraph) if paragraph.last().is_some_and(|last| goes_on(last, line)) => {
                paragraph.push(line)
            }
            _ => paragraphs.push(vec![line]),
        }
    }
    paragraphs
        .iter()
        .filter_map(|lines| paragraph(lines, body))
        .collect()
}

fn paragraph(lines: &[&Line], body: f32) -> Option<Paragraph> {
    let area = Rect::around(lines.iter().map(|line| &line.area))?;
    let size = lines.iter().map(|line| line.size).fold(0.0, f32::max);
    let text = joined(lines.iter().map(|line| line.text.as_str()));
    let short = lines.len() <= 3 && text.chars().count() <= LONGEST;
    let ends = text.ends_with(['。', '；', ';', '，', ',', '.', '：', ':']) && !text.ends_with("...");
    let larger = size >= body * LARGER;
    let bold = lines.iter().all(|line| line.bold) && size >= body * 0.95;
    let words = text.chars().any(char::is_alphabetic);
    Some(Paragraph {
        heading: short
            && words
            && !is_item(&text)
            && (larger && !text.ends_with('。') || bold && !ends && lines.len() <= 2),
        text,
        area,
        size,
    })
}

fn goes_on(last: &Line, line: &Line) -> bool {
    let size = last.size.max(line.size);
    let near = line.area.top - last.area.bottom <= GAP * size && line.area.top >= last.area.top;
    let same = (last.size - line.size).abs() <= 0.08 * size && last.bold == line.bold;
    if line.first || !near || !same || is_item(&line.text) {
        return false;
    }
    let width = (last.column.1 - last.column.0).max(1.0);
    // A line that ends early ends a paragraph, where it ends a sentence or others are longer by far.
    let rest = last.column.1 - last.area.right;
    let sentence = last
        .text
        .ends_with(['。', '！', '？', '.', '!', '?', ':', '：', '；']);
    let early = rest > 0.12 * width && sentence || rest > 0.4 * width;
    let indented =
        line.area.left - last.area.left > 0.9 * size && line.area.left - line.column.0 < 0.2 * width;
    !early && !indented
}

/// Whether a line begins with the mark of an item of a list.
fn is_item(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    if first.is_some_and(|first| "•·●○■□▪▫◆◇–—➢✓※*".contains(first)) {
        return true;
    }
    let digits = text.chars().take_while(|c| c.is_ascii_digit()).count();
    let rest = text.chars().skip(digits).collect::<String>();
    (1..=2).contains(&digits) && rest.starts_with([')', '）', '、'])
        || (1..=2).contains(&digits) && rest.starts_with(". ")
        || text.starts_with(['(', '（']) && text.chars().nth(2).is_some_and(|c| c == ')' || c == '）')
}

/// Lines as one text: words that were broken are whole again, and wide letters follow one another without a blank.
pub(super) fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for line in lines.map(str::trim).filter(|line| !line.is_empty()) {
        let mut before = text.chars().rev();
        let (last, second) = (before.next(), before.next());
        let first = line.chars().next();
        let hyphen = last == Some('-') && second.is_some_and(char::is_alphanumeric);
        let broken =
            hyphen && second.is_some_and(char::is_alphabetic) && first.is_some_and(char::is_lowercase);
        // The hyphen of a code stays where it is.
        let code = hyphen && first.is_some_and(char::is_alphanumeric);
        let wide = last.is_some_and(is_wide)
            || first.is_some_and(is_wide) && last.is_none_or(|last| !last.is_ascii_punctuation());
        if broken {
            text.pop();
        } else if !text.is_empty() && !wide && !code {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_as_they_were_broken() {
        let check = |lines: &[&str], expect: &str| assert_eq!(joined(lines.iter().copied()), expect);
        check(&["the infor-", "mation desk"], "the information desk");
        check(&["flight CA-", "1234"], "flight CA-1234");
        check(&["二号航站", "楼出发层"], "二号航站楼出发层");
        check(&["near gate", "A12"], "near gate A12");
    }

    #[test]
    fn items_have_marks() {
        for item in ["• one", "1. one", "2) two", "(1) one", "（一）总则", "3、其他"] {
            assert!(is_item(item), "{item}");
        }
        for other in ["1.2 Parking", "2024 was", "T2", "3.5 km"] {
            assert!(!is_item(other), "{other}");
        }
    }

    #[test]
    fn headings_are_larger_or_bold_and_short() {
        let line = |text: &str, y: f32, size: f32, bold: bool| Line {
            text: text.to_owned(),
            area: Rect {
                left: 0.0,
                top: y,
                right: text.len() as f32 * size / 2.0,
                bottom: y + size,
            },
            size,
            bold,
            column: (0.0, 300.0),
            first: false,
        };
        let lines = [
            line("Terminal 2", 0.0, 16.0, false),
            line(
                "The lounge is open from five in the morning until the last",
                22.0,
                10.0,
                false,
            ),
            line("departure.", 34.0, 10.0, false),
            line("Parking", 50.0, 10.0, true),
            line("An hour costs ten yuan.", 62.0, 10.0, false),
        ];
        let paragraphs = of(&lines, 10.0);
        let found: Vec<(&str, bool)> = paragraphs
            .iter()
            .map(|paragraph| (paragraph.text.as_str(), paragraph.heading))
            .collect();
        let lounge = "The lounge is open from five in the morning until the last departure.";
        assert_eq!(
            found,
            [
                ("Terminal 2", true),
                (lounge, false),
                ("Parking", true),
                ("An hour costs ten yuan.", false)
            ]
        );
    }
}
