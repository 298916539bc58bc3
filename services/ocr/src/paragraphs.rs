//! Lines of one column to headings and paragraphs.

use crate::page::Item;
use crate::quad::Rect;
use crate::rows::{around, rows};

/// Words that belong together.
#[derive(Debug)]
pub(crate) struct Paragraph {
    /// Of a heading, from 1.
    pub(crate) level: Option<u8>,
    pub(crate) text: String,
    /// Its lines, in order.
    pub(crate) items: Vec<Item>,
}

/// Lines that a page must have before one of them can be its heading.
pub(crate) const MANY: usize = 4;
/// How much higher than others the lines of headings are, from the highest level.
const HEADINGS: [(f32, u8); 2] = [(1.8, 1), (1.35, 2)];
/// Letters that a heading has at most.
const LONGEST_HEADING: usize = 40;
/// A gap that ends a paragraph, in heights of a line.
const GAP: f32 = 0.8;
/// How far from the right side a line ends that is the last of its paragraph, and how far from the left side one begins
/// that is the first, in heights of a line.
const SHORT: f32 = 2.5;

/// A row of lines that stand side by side.
struct Row {
    rect: Rect,
    height: f32,
    items: Vec<Item>,
}

/// Headings and paragraphs of a column. `unit` is the height of a line on this page, `many` whether there are enough of them to
/// tell headings by their height.
pub(crate) fn gather(items: Vec<Item>, unit: f32, many: bool) -> Vec<Paragraph> {
    let column = around(&items);
    let rows = rows(items).into_iter().map(|items| Row {
        rect: around(&items),
        height: items.iter().map(|item| item.rect.height()).fold(0.0, f32::max),
        items,
    });
    let mut paragraphs: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let joins = |paragraph: &&mut Vec<Row>| {
            let before = paragraph.last();
            before.is_some_and(|before| belong(before, &row, &column, unit, many))
        };
        match paragraphs.last_mut().filter(joins) {
            Some(paragraph) => paragraph.push(row),
            None => paragraphs.push(vec![row]),
        }
    }
    let paragraphs = paragraphs.into_iter().map(|rows| {
        let mut text = String::new();
        for row in &rows {
            let words: Vec<&str> = row.items.iter().map(|item| item.text.as_str()).collect();
            go_on(&mut text, &words.join(" "));
        }
        let level = rows.first().and_then(|row| level(row, unit, many));
        Paragraph {
            level: level.filter(|_| text.chars().count() <= LONGEST_HEADING),
            text,
            items: rows.into_iter().flat_map(|row| row.items).collect(),
        }
    });
    paragraphs.collect()
}

fn level(row: &Row, unit: f32, many: bool) -> Option<u8> {
    let found = HEADINGS.iter().find(|(ratio, _)| row.height >= ratio * unit);
    found.filter(|_| many).map(|(_, level)| *level)
}

/// Whether a row goes on with the one before.
fn belong(before: &Row, row: &Row, column: &Rect, unit: f32, many: bool) -> bool {
    let height = before.height.min(row.height);
    let alike = before.height.max(row.height) <= 1.35 * height;
    let near = row.rect.top - before.rect.bottom < GAP * height;
    let full = before.rect.right >= column.right - SHORT * height;
    let indented = row.rect.left > before.rect.left + height && row.rect.left > column.left + height;
    let same_level = level(before, unit, many) == level(row, unit, many);
    alike && near && full && !indented && same_level && !is_entry(row)
}

/// Whether a row begins as an entry of a list does: • or - or 1. or 1、 or （一） or 一、.
fn is_entry(row: &Row) -> bool {
    let text = row.items.first().map_or("", |item| item.text.as_str());
    let mut letters = text.chars().skip_while(|letter| matches!(letter, '(' | '（'));
    let number = |letter: &char| letter.is_ascii_digit() || "一二三四五六七八九十".contains(*letter);
    match letters.next() {
        Some('•' | '·' | '●' | '■' | '○' | '-' | '*' | '①'..='⑳') => true,
        Some(letter) if number(&letter) => {
            let rest: Vec<char> = letters.skip_while(number).take(2).collect();
            match rest.as_slice() {
                // 1. and then no further digit: that would be a number.
                ['.', next] => !next.is_ascii_digit(),
                ['、' | ')' | '）', ..] => true,
                _ => false,
            }
        }
        _ => false,
    }
}

/// The words of lines that stand one below the other.
pub(crate) fn joined(items: &[Item]) -> String {
    let mut text = String::new();
    for item in items {
        go_on(&mut text, &item.text);
    }
    text
}

/// Adds the next line: Chinese goes on at once, other words after a space, and a word that was divided is put together.
fn go_on(text: &mut String, next: &str) {
    let lower = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_lowercase());
    let before = text.chars().next_back();
    let divided = before == Some('-') && lower(text.chars().rev().nth(1)) && lower(next.chars().next());
    if divided {
        text.pop();
    } else if let (Some(before), Some(after)) = (before, next.chars().next())
        && !is_wide(before)
        && !is_wide(after)
    {
        text.push(' ');
    }
    text.push_str(next);
}

/// Chinese letters and marks, which no space stands between.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::item;

    fn check(items: Vec<Item>, expect: &[(Option<u8>, &str)]) {
        let paragraphs = gather(items, 20., true);
        let found: Vec<_> = paragraphs
            .iter()
            .map(|paragraph| (paragraph.level, paragraph.text.as_str()))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn lines_become_paragraphs_below_their_heading() {
        check(
            vec![
                item("旅客须知", 0., 0., 150., 40.),
                item("国内航班请提前九十分钟到达机场，", 0., 60., 400., 20.),
                item("国际航班请提前三小时。", 0., 85., 280., 20.),
                item("办理乘机手续截止时间为起飞前四十", 0., 110., 400., 20.),
                item("五分钟。", 0., 135., 80., 20.),
            ],
            &[
                (Some(1), "旅客须知"),
                (None, "国内航班请提前九十分钟到达机场，国际航班请提前三小时。"),
                (None, "办理乘机手续截止时间为起飞前四十五分钟。"),
            ],
        );
    }

    #[test]
    fn english_words_are_put_together() {
        check(
            vec![
                item("Please be at the gate thirty min-", 0., 0., 400., 20.),
                item("utes before departure, with your", 0., 25., 395., 20.),
                item("boarding pass.", 0., 50., 150., 20.),
            ],
            &[(
                None,
                "Please be at the gate thirty minutes before departure, with your boarding pass.",
            )],
        );
    }

    #[test]
    fn entries_of_a_list_stay_apart() {
        check(
            vec![
                item("1. 液体不超过 100 毫升", 0., 0., 400., 20.),
                item("2. 充电宝随身携带", 0., 25., 400., 20.),
                item("（三）打火机禁止携带", 0., 50., 400., 20.),
                item("1.5 升以上的瓶子请丢弃", 0., 75., 400., 20.),
            ],
            &[
                (None, "1. 液体不超过 100 毫升"),
                (None, "2. 充电宝随身携带"),
                (None, "（三）打火机禁止携带1.5 升以上的瓶子请丢弃"),
            ],
        );
    }
}
