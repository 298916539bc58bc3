//! A text with other words in some places, and the way back to the words that stood there.

use schemas::trail::Span;

use super::super::fold::fold_char;

/// A stretch that was replaced, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which term stands there.
    pub term: usize,
    /// The first character in the new text.
    pub start: usize,
    /// Behind the last one in the new text.
    pub end: usize,
    /// The same in the text as it was.
    was: (usize, usize),
}

/// A text with other words in some places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// The new text.
    pub text: String,
    /// The places, in order.
    pub places: Vec<Place>,
    /// The text as it was.
    original: Vec<char>,
    /// For each character of the new text the stretch that it comes from.
    from: Vec<(usize, usize)>,
}

/// Characters of a name that a term may stand in.
const AROUND: usize = 12;

impl Rewritten {
    /// Puts words in the place of terms (term, its words; without words the place is noted and stays), the longest term first.
    /// A term that stands in a longer name of the tables is part of that, and stays.
    #[must_use]
    pub fn new(text: &str, terms: &[(&str, &str)], is_named: impl Fn(&str) -> bool) -> Self {
        let original: Vec<char> = text.chars().collect();
        let folded: Vec<char> = original.iter().copied().map(fold_char).collect();
        let mut sought: Vec<(usize, Vec<char>, &str)> = terms
            .iter()
            .enumerate()
            .map(|(number, (term, words))| (number, term.trim().chars().map(fold_char).collect(), *words))
            .filter(|(_, term, _): &(usize, Vec<char>, &str)| !term.is_empty())
            .collect();
        sought.sort_by_key(|(_, term, _)| std::cmp::Reverse(term.len()));
        let mut new = Self {
            original,
            ..Self::default()
        };
        let mut at = 0;
        while let Some(c) = new.original.get(at).copied() {
            let found = sought.iter().find(|(_, term, _)| {
                stands_at(&folded, at, term) && !in_a_name(&new.original, at, at + term.len(), &is_named)
            });
            match found {
                Some((number, term, words)) => {
                    let was = (at, at + term.len());
                    let start = new.from.len();
                    if words.is_empty() {
                        let kept = new.original.get(was.0..was.1).unwrap_or_default();
                        new.text.extend(kept);
                        new.from.extend((was.0..was.1).map(|at| (at, at + 1)));
                    } else {
                        new.text.push_str(words);
                        new.from.extend(words.chars().map(|_| was));
                    }
                    new.places.push(Place {
                        term: *number,
                        start,
                        end: new.from.len(),
                        was,
                    });
                    at = was.1;
                }
                None => {
                    new.text.push(c);
                    new.from.push((at, at + 1));
                    at += 1;
                }
            }
        }
        new
    }

    /// A stretch of the new text in the text as it was.
    #[must_use]
    pub fn back(&self, span: &Span) -> Span {
        let first = self.from.get(span.start as usize).map(|(start, _)| *start);
        let last = (span.end as usize)
            .checked_sub(1)
            .and_then(|at| self.from.get(at));
        let (Some(start), Some((_, end))) = (first, last) else {
            return span.clone();
        };
        let text = self
            .original
            .get(start..*end)
            .unwrap_or_default()
            .iter()
            .collect();
        Span {
            start: u32::try_from(start).unwrap_or(0),
            end: u32::try_from(*end).unwrap_or(0),
            text,
        }
    }

    /// The first place that a stretch of the new text touches.
    #[must_use]
    pub fn place(&self, span: &Span) -> Option<&Place> {
        let (start, end) = (span.start as usize, span.end as usize);
        self.places
            .iter()
            .find(|place| place.start < end && start < place.end)
    }
}

/// Whether a term stands at a place: not within an English word or a number.
fn stands_at(text: &[char], at: usize, term: &[char]) -> bool {
    let end = at + term.len();
    if text.get(at..end) != Some(term) {
        return false;
    }
    let joins = |left: Option<&char>, right: Option<&char>| match (left, right) {
        (Some(left), Some(right)) => left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric(),
        _ => false,
    };
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    !joins(before, term.first()) && !joins(term.last(), text.get(end))
}

/// Whether a longer stretch around a place is a name of the tables.
fn in_a_name(text: &[char], start: usize, end: usize, is_named: impl Fn(&str) -> bool) -> bool {
    let first = start.saturating_sub(AROUND);
    let last = (end + AROUND).min(text.len());
    (first..=start).any(|from| {
        (end..=last).any(|until| {
            let longer = from < start || until > end;
            let stretch = text.get(from..until).unwrap_or_default();
            longer && is_named(&stretch.iter().collect::<String>())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_replaced_and_spans_found_again() {
        let terms = [("营收", "销售额"), ("GMV", "gross sales"), ("魔都", "上海")];
        let check = |text: &str, expect: &str| {
            let new = Rewritten::new(text, &terms, |name| name == "门票营收");
            assert_eq!(new.text, expect);
        };
        check("魔都的营收是多少", "上海的销售额是多少");
        check("门票营收是多少", "门票营收是多少");
        check("total ｇｍｖ by gmvx", "total gross sales by gmvx");
        let new = Rewritten::new("魔都的营收呢", &terms, |_| false);
        let span = |start, end| Span {
            start,
            end,
            text: String::new(),
        };
        let back = new.back(&span(3, 6));
        assert_eq!((back.start, back.end, back.text.as_str()), (3, 5, "营收"));
        let back = new.back(&span(4, 7));
        assert_eq!((back.start, back.end, back.text.as_str()), (3, 6, "营收呢"));
        assert_eq!(new.place(&span(2, 3)), None);
        assert_eq!(new.place(&span(5, 7)).unwrap().term, 0);
    }

    #[test]
    fn what_has_no_words_stays_and_is_noted() {
        let new = Rewritten::new("毛利率最高的店", &[("毛利率", "")], |_| false);
        assert_eq!((new.text.as_str(), new.places.len()), ("毛利率最高的店", 1));
    }
}
