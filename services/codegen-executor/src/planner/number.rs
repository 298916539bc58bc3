//! Numbers in a question: digits with a scale, Chinese numerals and English number words.

use schemas::table::ColumnProfile;
use schemas::value::Value;

use super::atoms::{Atom, AtomKind};
use super::fold::fold;
use super::headers;
use super::lexicon::lexicon;
use super::role::Unit;

/// A number as said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its size, scale words such as 万 included.
    pub value: f64,
    /// Whether a scale word was said: `30万`, `5 million`.
    pub scaled: bool,
    /// Whether it is a percentage.
    pub percent: bool,
    /// What it is counted in.
    pub unit: Option<Unit>,
}

/// How far beyond all of a column a number with its scale may lie and still be meant.
const FAR: f64 = 100.0;

impl Number {
    fn plain(value: f64) -> Self {
        Self {
            value,
            scaled: false,
            percent: false,
            unit: None,
        }
    }

    /// Whether it is counted in another unit than the column: 20 tonnes against kilograms.
    #[must_use]
    pub fn conflicts_with(&self, column: &ColumnProfile) -> bool {
        let (Some(Unit::Sized(said)), Some(unit)) = (self.unit, &column.unit) else {
            return false;
        };
        lexicon().unit_size(&fold(unit)).is_some_and(|held| held != said)
    }

    /// As a constant for a column, brought to the column's own scale; none where they don't fit together.
    #[must_use]
    pub fn for_column(&self, column: &ColumnProfile) -> Option<Value> {
        let mut value = self.value;
        let unit = column.unit.as_deref().unwrap_or_default();
        if self.percent {
            match unit {
                "%" => {}
                _ if column.max.as_f64().is_some_and(|max| max <= 1.0) => value /= 100.0,
                _ => return None,
            }
        }
        // "50万元" and "500000元" are 50 in a column of 万元; a bare 50 is 50.
        if self.scaled || matches!(self.unit, Some(Unit::Money)) {
            value /= match unit.chars().next() {
                Some('万') => 1e4,
                Some('亿') => 1e8,
                Some('千') if !unit.starts_with("千克") && !unit.starts_with("千米") => 1e3,
                _ => 1.0,
            };
            let scale = headers::scale(&column.name);
            let most = column.max.as_f64().unwrap_or(f64::MAX);
            if self.scaled || value > most {
                value /= scale;
            }
            // A thousand million in a column of hundreds: it counts in something else.
            if self.scaled && value.abs() > most.abs() * FAR {
                return None;
            }
        }
        column.kind.is_number().then(|| constant(value))
    }

    /// As a count.
    #[must_use]
    pub fn as_count(&self) -> Option<u32> {
        let whole = self.value.fract() == 0.0 && (1.0..=1e6).contains(&self.value) && !self.percent;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a small whole number"
        )]
        whole.then_some(self.value as u32)
    }
}

/// A constant, whole where it can be.
#[must_use]
pub fn constant(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked to be whole and within range"
        )]
        Value::Int(value as i64)
    } else {
        Value::finite(value)
    }
}

/// The numbers that start at each piece. A lone 一 or "one" is a number only where a number must follow.
#[must_use]
pub fn numbers(list: &[Atom]) -> Vec<Vec<(usize, Number)>> {
    let text = |at: usize| list.get(at).map_or("", |atom| atom.text.as_str());
    let at = |at: usize| {
        let mut found = numbers_at(list, at);
        let is_wanted = at
            .checked_sub(1)
            .is_some_and(|before| WANTING.contains(&text(before)));
        if matches!(text(at), "一" | "one") && !is_wanted {
            found.retain(|(end, _)| *end > at + 1);
        }
        found
    };
    (0..list.len()).map(at).collect()
}

/// Behind these a number follows.
const WANTING: [&str; 14] = [
    "前", "后", "过", "于", "少", "多", "第", "留", "到", "than", "top", "least", "most", "to",
];

/// The numbers that start at a piece, each with the piece behind it.
#[must_use]
pub fn numbers_at(list: &[Atom], at: usize) -> Vec<(usize, Number)> {
    let mut found = Vec::new();
    let Some(atom) = list.get(at) else { return found };
    match atom.kind {
        AtomKind::Number(value) => {
            found.push((at + 1, Number::plain(value)));
            let next = list.get(at + 1).map_or("", |atom| atom.text.as_str());
            let scale = match next {
                "百" | "hundred" => 1e2,
                "千" | "k" | "thousand" => 1e3,
                "万" => 1e4,
                "million" => 1e6,
                "亿" => 1e8,
                "billion" => 1e9,
                "%" | "percent" => {
                    found.push((
                        at + 2,
                        Number {
                            percent: true,
                            ..Number::plain(value)
                        },
                    ));
                    return found;
                }
                _ => return found,
            };
            // "千克" and "百货" are other words.
            let behind = list.get(at + 2).map_or("", |atom| atom.text.as_str());
            if !(next == "千" && matches!(behind, "克" | "米" | "瓦")) {
                found.push((
                    at + 2,
                    Number {
                        scaled: true,
                        ..Number::plain(value * scale)
                    },
                ));
            }
        }
        AtomKind::Han => {
            let run: Vec<char> = list
                .get(at..)
                .unwrap_or_default()
                .iter()
                .take(12)
                .map_while(|atom| {
                    atom.text
                        .chars()
                        .next()
                        .filter(|c| NUMERALS.contains(*c) && atom.kind == AtomKind::Han)
                })
                .collect();
            for length in (1..=run.len()).rev() {
                if let Some(value) = run.get(..length).and_then(chinese) {
                    let scaled = run.get(length - 1).is_some_and(|c| matches!(c, '万' | '亿'));
                    found.push((
                        at + length,
                        Number {
                            scaled,
                            ..Number::plain(value)
                        },
                    ));
                }
            }
        }
        AtomKind::Word => {
            if let Some((_, value)) = ENGLISH.iter().find(|(word, _)| *word == atom.text) {
                found.push((at + 1, Number::plain(*value)));
            }
        }
        AtomKind::Quoted | AtomKind::Mark => {}
    }
    found
}

const NUMERALS: &str = "零〇一二两三四五六七八九十百千万亿";

const ENGLISH: [(&str, f64); 22] = [
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
    ("zero", 0.0),
];

/// The value of a Chinese numeral; none where it is not well-formed.
fn chinese(numeral: &[char]) -> Option<f64> {
    let first = numeral.first()?;
    if matches!(first, '百' | '千' | '万' | '亿') {
        return None;
    }
    // Positional, as in "二〇二四".
    if numeral.len() > 1 && numeral.iter().all(|c| digit(*c).is_some()) {
        let number = numeral
            .iter()
            .try_fold(0.0, |sum, c| Some(sum * 10.0 + digit(*c)?))?;
        return Some(number);
    }
    let (mut total, mut section, mut pending) = (0.0, 0.0, None);
    // What a last digit without a unit counts: 一万五 is 15,000, 一万零五 is 10,005.
    let mut last = None;
    for c in numeral {
        match c {
            '十' | '百' | '千' => {
                let unit = match c {
                    '十' => 10.0,
                    '百' => 100.0,
                    _ => 1000.0,
                };
                if pending.is_none() && *c != '十' {
                    return None;
                }
                section += pending.take().unwrap_or(1.0) * unit;
                last = (*c != '十').then_some(unit / 10.0);
            }
            '万' | '亿' => {
                section += pending.take().unwrap_or(0.0);
                total = if *c == '万' {
                    total + section * 1e4
                } else {
                    (total + section) * 1e8
                };
                section = 0.0;
                last = Some(if *c == '万' { 1e3 } else { 1e7 });
            }
            _ => {
                let value = digit(*c)?;
                if pending.is_some_and(|before| before != 0.0) {
                    return None;
                }
                pending = Some(value);
                if value == 0.0 {
                    last = None;
                }
            }
        }
    }
    Some(total + section + pending.unwrap_or(0.0) * last.unwrap_or(1.0))
}

fn digit(c: char) -> Option<f64> {
    let place = "零一二三四五六七八九".chars().position(|digit| digit == c);
    match c {
        '〇' => Some(0.0),
        '两' => Some(2.0),
        _ => place.and_then(|place| u8::try_from(place).ok()).map(f64::from),
    }
}

#[cfg(test)]
mod tests {
    use super::super::atoms::Atoms;
    use super::*;

    #[test]
    fn longest_number_at_the_start() {
        for (text, expected) in [
            ("三", 3.0),
            ("十五", 15.0),
            ("二十", 20.0),
            ("两万", 20_000.0),
            ("一百零五", 105.0),
            ("3千", 3000.0),
            ("30万", 300_000.0),
            ("二〇二四", 2024.0),
            ("1,234.5", 1234.5),
            ("5 million", 5e6),
            ("twelve", 12.0),
            ("一千二百", 1200.0),
            ("三亿五千万", 3.5e8),
            ("一万五", 15_000.0),
            ("一万零五", 10_005.0),
            ("二十五", 25.0),
            ("一百五", 150.0),
        ] {
            let atoms = Atoms::new(text);
            let longest = numbers_at(&atoms.list, 0)
                .into_iter()
                .max_by_key(|(end, _)| *end)
                .unwrap();
            assert_eq!(longest, (atoms.list.len(), longest.1), "{text}");
            assert!((longest.1.value - expected).abs() < 1e-9, "{text} {longest:?}");
        }
        for text in ["百", "万", "一二百", "千克", "abc"] {
            let atoms = Atoms::new(text);
            assert!(
                numbers_at(&atoms.list, 0)
                    .iter()
                    .all(|(end, _)| *end < atoms.list.len()),
                "{text}"
            );
        }
    }
}
