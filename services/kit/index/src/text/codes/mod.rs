//! Exact codes of a text in their normal form: what must not be confused with what is only similar to it.

mod identifiers;
mod numbered;
mod patterns;
mod ranges;

use regex::{Captures, Regex};

use super::fold;

/// The codes of a text in the order of their first appearance, each once.
///
/// | written | normal form |
/// |---|---|
/// | `CA1234`, `CA 1234`, `CA-1234` | `ca1234` |
/// | `T2`, `Terminal 2`, `2号航站楼`, `二号航站楼` | `t2` |
/// | `gate A12`, `A12登机口`, `A12` | `a12` |
/// | `gate 12`, `12号登机口` | `gate12` |
/// | `room 305`, `305室`; `zone B`, `B区` | `room305`; `zoneb` |
/// | `GB/T 50034-2013` | `gbt50034` |
/// | `010-6454 1100`, `8866-4202`, `12306` | `01064541100`, `88664202`, `12306` |
/// | `gates A12 to A14` | `a12`, `a13`, `a14` |
///
/// Two codes are the same or they are not: `ZX-49` is no part of `ZX-4819`.
#[must_use]
pub fn codes(text: &str) -> Vec<String> {
    of_folded(&fold::fold(text))
}

/// The codes of a text that is folded already.
pub(super) fn of_folded(text: &str) -> Vec<String> {
    let mut found = Found {
        rest: text.to_owned(),
        codes: Vec::new(),
    };
    // In this order: what a rule has taken, the later ones don't see.
    ranges::find(&mut found);
    numbered::find(&mut found);
    patterns::find(&mut found);
    found.codes.sort_by_key(|(place, _)| *place);
    let mut codes: Vec<String> = Vec::new();
    for (_, code) in found.codes {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// What is found so far, and the text in which no rule has found anything yet.
struct Found {
    rest: String,
    codes: Vec<(usize, String)>,
}

impl Found {
    /// Lets `rule` look at each match of a pattern, and at what is around it; what it makes codes of is taken.
    fn each(&mut self, pattern: &Regex, rule: impl Fn(&Captures<'_>, Around<'_>) -> Vec<String>) {
        let mut taken = Vec::new();
        for captures in pattern.captures_iter(&self.rest) {
            let Some(whole) = captures.get(0) else { continue };
            let around = Around {
                before: self.rest.get(..whole.start()).unwrap_or_default(),
                after: self.rest.get(whole.end()..).unwrap_or_default(),
            };
            let codes = rule(&captures, around);
            if !codes.is_empty() {
                taken.push((whole.range(), codes));
            }
        }
        for (range, codes) in taken {
            let place = range.start;
            let blank = " ".repeat(range.len());
            self.rest.replace_range(range, &blank);
            self.codes.extend(codes.into_iter().map(|code| (place, code)));
        }
    }
}

/// What stands before and after a match.
#[derive(Clone, Copy)]
struct Around<'a> {
    before: &'a str,
    after: &'a str,
}

/// The text of a group, or nothing.
fn group<'a>(captures: &'a Captures<'_>, name: &str) -> &'a str {
    captures.name(name).map_or("", |found| found.as_str())
}

/// Without leading zeros.
fn plain(number: &str) -> &str {
    match number.trim_start_matches('0') {
        "" => "0",
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(codes(text).join(" "), expect, "{text:?}");
    }

    #[test]
    fn flights() {
        for text in [
            "CA1234",
            "CA 1234",
            "CA-1234",
            "ca1234",
            "ＣＡ１２３４",
            "查询CA1234航班",
            "(CA1234)",
        ] {
            check(text, "ca1234");
        }
        check("9C8888 and 3U 8633 and G52701", "9c8888 3u8633 g52701");
        check("MU5101/MU5102", "mu5101 mu5102");
        check("in 2024, at 1200, on 100 days, no 123", "");
    }

    #[test]
    fn terminals() {
        for text in [
            "T2",
            "Terminal 2",
            "terminal T2",
            "2号航站楼",
            "2號航站樓",
            "二号航站楼",
            "航站楼2",
            "T2航站楼",
            "T2 航站楼",
        ] {
            check(text, "t2");
        }
        check("T2航站楼3层", "t2");
        check("航站楼3层", "");
    }

    #[test]
    fn gates() {
        for text in [
            "A12",
            "gate A12",
            "A12登机口",
            "A12号登机口",
            "登机口A12",
            "登机口：A12",
        ] {
            check(text, "a12");
        }
        for text in [
            "gate 12",
            "Gate No. 12",
            "12号登机口",
            "登机口12",
            "登机口 12",
            "gate 012",
            "十二号登机口",
        ] {
            check(text, "gate12");
        }
        check("登机口12:30关闭", "");
        check("登机口2小时前开放", "");
        check("the gates close; gate is open", "");
    }

    #[test]
    fn ranges_hold_what_is_between() {
        check("gates A12 to A14", "a12 a13 a14");
        check("A12-A14登机口", "a12 a13 a14");
        check("12至14号登机口", "gate12 gate13 gate14");
        check("gates 12-14", "gate12 gate13 gate14");
        check("A14-A12", "a14 a12");
    }

    #[test]
    fn places() {
        check("room 305", "room305");
        check("305室 305房间 305会议室", "room305");
        check("zone B, B区", "zoneb");
        check("值机柜台B12", "b12");
        check("12号柜台", "counter12");
        check("5号行李转盘, carousel 5", "belt5");
        check("3号门", "door3");
        check("area a large hall", "");
    }

    #[test]
    fn regulations_and_numbers() {
        check("GB/T 50034-2013", "gbt50034");
        check("GB50034", "gb50034");
        check("CCAR-121-R7", "ccar121r7");
        check("Annex 14", "annex14");
        check("第十二条", "article12");
        check("第12条", "article12");
        check("010-6454 1100", "01064541100");
        check("8866-4202是哪里的电话？", "88664202");
        check("88664202", "88664202");
        check("2023-2024年度", "");
        check("拨打12306或96158", "12306 96158");
        check("10000元, 12000 m, 1,234,567", "");
    }

    #[test]
    fn identifiers_are_exact() {
        check("ZX-49", "zx49");
        check("ZX-4819", "zx4819");
        check("ZX-48-19", "zx48-19");
        check("B737-800", "b737-800");
        check("H1N1 p53 IL-2", "h1n1 p53 il2");
    }

    #[test]
    fn words_and_quantities_are_no_codes() {
        check("1st 2nd 30th 10km 5mg 1990s 3d 24h", "");
        check("state-of-the-art well-known 3.5 2024-05-01 10:30", "");
        check("e.g. and/or km/h", "");
    }
}
