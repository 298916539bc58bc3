//! Dates and periods in a question: "2024年3月5日", "last quarter", "近三个月", "Q1 2024".

mod words;

use schemas::plan::Bucket;

use super::atoms::{AtomKind, Atoms};
use super::calendar::{Calendar, Span, day_span, month_span};
use super::number::numbers_at;
use words::{ENGLISH_MONTHS, ORDINALS, RELATIVE, ROLLING, SO_FAR, SPANS};

/// A time as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Said {
    /// A range of days.
    Span {
        /// Which days.
        span: Span,
        /// Whether it hangs on what "today" is.
        relative: bool,
    },
    /// Months, both included, of a year that is not said.
    Months {
        /// 1 to 12.
        first: u8,
        /// 1 to 12.
        last: u8,
    },
    /// Days, both included, of a year that is not said: each by its month and its place in it.
    Days {
        /// 1 to 12, 1 to 31.
        first: (u8, u8),
        /// The same, no earlier.
        last: (u8, u8),
    },
}

impl Said {
    /// The range that it stands for in a given year.
    #[must_use]
    pub fn in_year(self, year: u16) -> Option<Span> {
        match self {
            Self::Span { span, .. } => Some(span),
            Self::Months { first, last } => month_span(year, first, (last + 1).checked_sub(first)?),
            Self::Days { first, last } => Some(Span {
                from: day_span(year, first.0, first.1)?.from,
                until: day_span(year, last.0, last.1)?.until,
            }),
        }
    }
}

/// The times that start at a piece, each with the piece behind it.
#[must_use]
pub fn times_at(atoms: &Atoms, at: usize, calendar: &Calendar) -> Vec<(usize, Said)> {
    let scan = Scan { atoms, calendar };
    let mut found = Vec::new();
    scan.relative(at, &mut found);
    scan.absolute(at, &mut found);
    scan.without_year(at, &mut found);
    found
}

struct Scan<'a> {
    atoms: &'a Atoms,
    calendar: &'a Calendar,
}

type Found = Vec<(usize, Said)>;

impl Scan<'_> {
    fn relative(&self, at: usize, found: &mut Found) {
        let mut add = |end: usize, span: Option<Span>| {
            found.extend(span.map(|span| (end, Said::Span { span, relative: true })));
        };
        for (words, bucket, moved) in RELATIVE {
            for end in words.iter().filter_map(|words| self.eat(at, words)) {
                let whole = self.calendar.whole(bucket, moved);
                add(end, whole);
                for end in SO_FAR
                    .iter()
                    .filter(|_| moved == 0)
                    .filter_map(|words| self.eat(end, words))
                {
                    add(end, self.calendar.so_far(bucket));
                }
                // "今年3月", "去年第一季度": a part of that year.
                let year = whole.and_then(Span::as_year);
                for (end, part) in year.map_or(Vec::new(), |_| self.parts(self.behind(end, &["的", "年"])))
                {
                    add(end, year.and_then(|year| part.in_year(year)));
                }
            }
        }
        for start in ROLLING.iter().filter_map(|word| self.eat(at, word)) {
            for (end, count) in self.small(start) {
                for (names, bucket) in SPANS {
                    if let Some(end) = names.iter().find_map(|name| self.eat(end, name)) {
                        let end = self.behind(end, &["内", "以来", "来", "里", "间"]);
                        add(end, self.calendar.rolling(bucket, u32::from(count)));
                    }
                }
            }
        }
        for words in ["年初至今", "年初以来", "year to date", "ytd"] {
            if let Some(end) = self.eat(at, words) {
                add(end, self.calendar.so_far(Bucket::Year));
            }
        }
        if let Some(start) = self.eat(at, "so far") {
            for (words, bucket, _) in RELATIVE.iter().filter(|(.., moved)| *moved == 0) {
                if let Some(end) = words.iter().find_map(|words| self.eat(start, words)) {
                    add(end, self.calendar.so_far(*bucket));
                }
            }
        }
        // "March last year", "第一季度": English says the part first.
        for (end, part) in self.parts(at) {
            let end = self.behind(end, &["of", ","]);
            for (words, bucket, moved) in RELATIVE.iter().filter(|(_, bucket, _)| *bucket == Bucket::Year) {
                if let Some(end) = words.iter().find_map(|words| self.eat(end, words)) {
                    let year = self.calendar.whole(*bucket, *moved).and_then(Span::as_year);
                    add(end, year.and_then(|year| part.in_year(year)));
                }
            }
        }
    }

    fn absolute(&self, at: usize, found: &mut Found) {
        let mut add = |end: usize, span: Option<Span>| {
            found.extend(span.map(|span| {
                (
                    end,
                    Said::Span {
                        span,
                        relative: false,
                    },
                )
            }));
        };
        if let Some((end, first)) = self.decade(at) {
            add(end, month_span(first, 1, 120));
        } else if let Some((end, year)) = self.year(at) {
            add(end, month_span(year, 1, 12));
            let part = self.behind(end, &["的", ","]);
            for (end, said) in
                self.parts(part)
                    .into_iter()
                    .chain(if part == end { Vec::new() } else { self.parts(end) })
            {
                add(end, said.in_year(year));
            }
            for sign in ["-", "/", "."] {
                let Some((after_month, month)) = self.eat(end, sign).and_then(|at| self.digits(at, 12))
                else {
                    continue;
                };
                add(after_month, month_span(year, month, 1));
                if let Some((end, day)) = self.eat(after_month, sign).and_then(|at| self.digits(at, 31)) {
                    add(end, day_span(year, month, day));
                }
            }
        }
        for (end, said) in self.parts(at) {
            let behind = self.behind(end, &[",", "of", "in"]);
            for start in [end, behind] {
                if let Some((end, year)) = self.year(start) {
                    add(end, said.in_year(year));
                }
            }
        }
    }

    fn without_year(&self, at: usize, found: &mut Found) {
        found.extend(self.parts(at));
    }

    /// Parts of a year: months, quarters, halves, days of a month.
    fn parts(&self, at: usize) -> Found {
        let mut found = Vec::new();
        let mut months = |end: usize, first: u8, last: u8| found.push((end, Said::Months { first, last }));
        for (end, number) in self.small(at) {
            if let Some(end) = self.eat(end, "月").filter(|_| (1..=12).contains(&number)) {
                let end = self.behind(end, &["份"]);
                months(end, number, number);
            }
            // "1-6月": the first month without its 月.
            for sign in ["-", "~", "到", "至"] {
                for (end, last) in self.eat(end, sign).map_or(Vec::new(), |at| self.small(at)) {
                    if let Some(end) = self
                        .eat(end, "月")
                        .filter(|_| number >= 1 && number < last && last <= 12)
                    {
                        months(self.behind(end, &["份"]), number, last);
                    }
                }
            }
        }
        if let Some((end, month)) = self.english_month(at) {
            months(end, month, month);
        }
        for (end, half) in [
            ("上半年", 0),
            ("下半年", 1),
            ("first half", 0),
            ("second half", 1),
            ("h1", 0),
            ("h2", 1),
        ]
        .iter()
        .filter_map(|(words, half)| Some((self.eat(at, words)?, *half)))
        {
            months(end, 1 + half * 6, 6 + half * 6);
        }
        for (end, quarter) in self.quarter(at) {
            months(end, quarter * 3 - 2, quarter * 3);
        }
        self.days(at, &mut found);
        found
    }

    fn days(&self, at: usize, found: &mut Found) {
        let mut add = |end: usize, month: u8, day: u8| {
            let at = (month, day);
            if day_span(2024, month, day).is_some() {
                found.push((end, Said::Days { first: at, last: at }));
            }
        };
        for (end, month) in self.small(at) {
            for (end, day) in self.eat(end, "月").map_or(Vec::new(), |at| self.small(at)) {
                if let Some(end) = self.eat(end, "日").or_else(|| self.eat(end, "号")) {
                    add(end, month, day);
                }
            }
        }
        if let Some((end, month)) = self.english_month(at) {
            let start = self.behind(end, &["the"]);
            if let Some((end, day)) = self.day_of_month(start) {
                add(end, month, day);
            }
        }
        if let Some((end, day)) = self.day_of_month(at) {
            let start = self.behind(end, &["of"]);
            if let Some((end, month)) = self.english_month(start) {
                add(end, month, day);
            }
        }
    }

    fn quarter(&self, at: usize) -> Found2 {
        let mut found = Vec::new();
        let start = self.behind(at, &["第", "the"]);
        for (end, quarter) in self.small(start) {
            let end = ["季度", "季", "个季度"]
                .iter()
                .find_map(|word| self.eat(end, word));
            found.extend(
                end.filter(|_| (1..=4).contains(&quarter))
                    .map(|end| (end, quarter)),
            );
        }
        let word = self.text(start);
        if let Some((_, quarter)) = ORDINALS.iter().find(|(ordinal, _)| *ordinal == word) {
            let end = start + 1;
            if word.starts_with('q') {
                found.push((self.behind(end, &["季度"]), *quarter));
            } else if let Some(end) = self.eat(end, "quarter").filter(|_| word != "last") {
                found.push((end, *quarter));
            }
        }
        found
    }

    fn year(&self, at: usize) -> Option<(usize, u16)> {
        let atom = self.atoms.list.get(at)?;
        let plain = atom.text.len() == 4 && atom.text.bytes().all(|b| b.is_ascii_digit());
        let year: u16 = atom
            .text
            .parse()
            .ok()
            .filter(|year| plain && (1000..=2999).contains(year))?;
        match self.eat(at + 1, "年") {
            Some(end) => Some((self.behind(end, &["度", "份", "全年"]), year)),
            None => (1800..=2200).contains(&year).then_some((at + 1, year)),
        }
    }

    /// "1980s", "80年代", "80后": the first of ten years. Of two digits the last century is meant, or the first years of
    /// this one.
    fn decade(&self, at: usize) -> Option<(usize, u16)> {
        let at = self.behind(at, &["上世纪", "上个世纪", "20世纪"]);
        let atom = self.atoms.list.get(at)?;
        let (digits, behind) = match atom.text.strip_suffix('s') {
            Some(digits) => (digits, at + 1),
            None => {
                let adjacent = self
                    .atoms
                    .list
                    .get(at + 1)
                    .is_some_and(|next| next.start == atom.end);
                let end = ["年代", "后", "s"]
                    .iter()
                    .find_map(|word| self.eat(at + 1, word))?;
                (atom.text.as_str(), if adjacent { end } else { return None })
            }
        };
        let number: u16 = digits.parse().ok()?;
        let first = match digits.len() {
            4 => number,
            2 if number >= 30 => 1900 + number,
            2 => 2000 + number,
            _ => return None,
        };
        (first % 10 == 0).then_some((behind, first))
    }

    fn english_month(&self, at: usize) -> Option<(usize, u8)> {
        let word = self.text(at);
        let place = ENGLISH_MONTHS.iter().position(|(long, short)| {
            *long == word || *short == word || (word == "sept" && *short == "sep")
        })?;
        // "may" and "march" are other words unless written as names.
        let other = matches!(word, "may" | "march" | "mar") && !self.atoms.has_capital(at);
        let end = self.behind(at + 1, &["."]);
        if other {
            None
        } else {
            Some((end, u8::try_from(place).ok()? + 1))
        }
    }

    fn day_of_month(&self, at: usize) -> Option<(usize, u8)> {
        let word = self.text(at);
        let digits = word
            .strip_suffix("st")
            .or(word.strip_suffix("nd"))
            .or(word.strip_suffix("rd"))
            .or(word.strip_suffix("th"))
            .unwrap_or(word);
        let day: u8 = digits.parse().ok()?;
        (1..=31).contains(&day).then_some((at + 1, day))
    }

    /// Whole numbers below 100, as digits or in words.
    fn small(&self, at: usize) -> Found2 {
        numbers_at(&self.atoms.list, at)
            .into_iter()
            .filter(|(_, number)| !number.scaled && !number.percent && number.unit.is_none())
            .filter_map(|(end, number)| {
                Some((end, u8::try_from(number.as_count()?).ok().filter(|n| *n < 100)?))
            })
            .collect()
    }

    /// A number of one or two digits.
    fn digits(&self, at: usize, most: u8) -> Option<(usize, u8)> {
        let atom = self
            .atoms
            .list
            .get(at)
            .filter(|atom| atom.text.len() <= 2 && matches!(atom.kind, AtomKind::Number(_)))?;
        let number: u8 = atom.text.parse().ok()?;
        (1..=most).contains(&number).then_some((at + 1, number))
    }

    fn text(&self, at: usize) -> &str {
        self.atoms.list.get(at).map_or("", |atom| atom.text.as_str())
    }

    /// Behind some words, where they stand here.
    fn eat(&self, at: usize, words: &str) -> Option<usize> {
        self.atoms.reads(at, words)
    }

    fn behind(&self, at: usize, words: &[&str]) -> usize {
        words.iter().find_map(|word| self.eat(at, word)).unwrap_or(at)
    }
}

type Found2 = Vec<(usize, u8)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(question: &str, expected: &str) {
        let atoms = Atoms::new(question);
        let calendar = Calendar::new("2024-07-15".parse().unwrap());
        let longest = times_at(&atoms, 0, &calendar)
            .into_iter()
            .max_by_key(|(end, _)| *end);
        let shown =
            longest
                .filter(|(end, _)| *end == atoms.list.len())
                .map_or("none".to_owned(), |(_, said)| match said {
                    Said::Span { span, .. } => format!("{} {}", span.from, span.until),
                    Said::Months { first, last } => format!("{first}..{last}"),
                    Said::Days { first, last } if first == last => format!("{}/{}", first.0, first.1),
                    Said::Days { first, last } => format!("{}/{}..{}/{}", first.0, first.1, last.0, last.1),
                });
        assert_eq!(shown, expected, "{question}");
    }

    #[test]
    fn dates_and_periods() {
        for (question, expected) in [
            ("2024年3月5日", "2024-03-05 2024-03-06"),
            ("2024年3月", "2024-03-01 2024-04-01"),
            ("2024年第二季度", "2024-04-01 2024-07-01"),
            ("2024年二季度", "2024-04-01 2024-07-01"),
            ("2023年下半年", "2023-07-01 2024-01-01"),
            ("2024年1-6月", "2024-01-01 2024-07-01"),
            ("十二月", "12..12"),
            ("3月5号", "3/5"),
            ("Q3", "7..9"),
            ("2024", "2024-01-01 2025-01-01"),
            ("2024-03-05", "2024-03-05 2024-03-06"),
            ("2024/3", "2024-03-01 2024-04-01"),
            ("March 2024", "2024-03-01 2024-04-01"),
            ("Mar 5, 2024", "2024-03-05 2024-03-06"),
            ("5 March 2024", "2024-03-05 2024-03-06"),
            ("first quarter of 2024", "2024-01-01 2024-04-01"),
            ("Q1 2024", "2024-01-01 2024-04-01"),
            ("second half of 2023", "2023-07-01 2024-01-01"),
            ("去年", "2023-01-01 2024-01-01"),
            ("去年3月", "2023-03-01 2023-04-01"),
            ("March last year", "2023-03-01 2023-04-01"),
            ("上季度", "2024-04-01 2024-07-01"),
            ("近三个月", "2024-04-16 2024-07-16"),
            ("last 30 days", "2024-06-16 2024-07-16"),
            ("last month", "2024-06-01 2024-07-01"),
            ("今年以来", "2024-01-01 2024-07-16"),
            ("may", "none"),
            ("May", "5..5"),
            ("2月30日", "none"),
            ("1980s", "1980-01-01 1990-01-01"),
            ("上世纪80年代", "1980-01-01 1990-01-01"),
            ("90后", "1990-01-01 2000-01-01"),
            ("2024后", "none"),
        ] {
            check(question, expected);
        }
    }
}
