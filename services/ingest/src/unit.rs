//! Units of numbers: what stands before or behind a number in its cell, or in brackets in its header.

/// A unit that is known; its name is what people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit(&'static str);

impl Unit {
    /// Parts in a hundred. Numbers with it are kept as shown: `12%` is 12.
    pub const PERCENT: Self = Self("%");

    /// As people write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// Currency signs and codes, as they stand before a number (the codes also behind it). Longer ones first.
const CURRENCIES: &[(&str, &str)] = &[
    ("US$", "$"),
    ("HK$", "HK$"),
    ("RMB", "元"),
    ("CNY", "元"),
    ("USD", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("JPY", "JPY"),
    ("HKD", "HK$"),
    ("¥", "¥"),
    ("￥", "¥"),
    ("$", "$"),
    ("€", "€"),
    ("£", "£"),
];

/// What stands behind a number: what is written, and the unit that it means.
const BEHIND: &[(&str, &str)] = &[
    ("%", "%"),
    ("％", "%"),
    ("‰", "‰"),
    ("元", "元"),
    ("圆", "元"),
    ("人民币", "元"),
    ("人次", "人次"),
    ("人", "人"),
    ("架次", "架次"),
    ("架", "架"),
    ("班", "班"),
    ("件", "件"),
    ("个", "个"),
    ("家", "家"),
    ("台", "台"),
    ("辆", "辆"),
    ("次", "次"),
    ("张", "张"),
    ("箱", "箱"),
    ("套", "套"),
    ("本", "本"),
    ("份", "份"),
    ("笔", "笔"),
    ("户", "户"),
    ("亩", "亩"),
    ("公顷", "公顷"),
    ("吨", "吨"),
    ("千克", "kg"),
    ("公斤", "kg"),
    ("克", "g"),
    ("公里", "km"),
    ("千米", "km"),
    ("米", "m"),
    ("平方米", "m²"),
    ("平米", "m²"),
    ("㎡", "m²"),
    ("小时", "h"),
    ("分钟", "min"),
    ("秒", "s"),
    ("天", "天"),
    ("岁", "岁"),
    ("℃", "°C"),
    ("°C", "°C"),
    ("km", "km"),
    ("m", "m"),
    ("cm", "cm"),
    ("mm", "mm"),
    ("m²", "m²"),
    ("m2", "m²"),
    ("sqm", "m²"),
    ("kg", "kg"),
    ("g", "g"),
    ("t", "t"),
    ("lb", "lb"),
    ("min", "min"),
    ("h", "h"),
    ("s", "s"),
    ("ms", "ms"),
    ("kWh", "kWh"),
    ("GB", "GB"),
    ("MB", "MB"),
];

/// Bytes of the longest of them, and of the currencies.
const LONGEST_BEHIND: usize = 9;

/// Words that only headers use for a unit.
const IN_HEADERS: &[(&str, &str)] = &[
    ("percent", "%"),
    ("pct", "%"),
    ("百分比", "%"),
    ("minutes", "min"),
    ("mins", "min"),
    ("hours", "h"),
    ("hrs", "h"),
    ("seconds", "s"),
    ("metres", "m"),
    ("meters", "m"),
    ("tonnes", "t"),
    ("people", "people"),
    ("persons", "people"),
    ("pax", "people"),
    ("years", "years"),
    ("days", "days"),
    ("美元", "$"),
    ("欧元", "€"),
    ("港元", "HK$"),
    ("英镑", "£"),
    ("日元", "JPY"),
];

/// Multiples in Chinese headers: the numbers under them stay as they are, the unit says what they count.
const MULTIPLES: &[&str] = &["百万", "千万", "万", "亿", "千", "百"];

/// A currency before a number, and the rest of the text.
#[must_use]
pub(crate) fn currency_before(text: &str) -> Option<(Unit, &str)> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    CURRENCIES.iter().find_map(|(written, name)| {
        let rest = text.strip_prefix(written)?;
        // A code needs no blank before the number, but `USDX 5` is none.
        let whole = !written.ends_with(|last: char| last.is_ascii_alphabetic())
            || !rest.starts_with(|next: char| next.is_alphabetic());
        whole.then(|| (Unit(name), rest.trim_start()))
    })
}

/// The unit that a currency's code or sign means.
#[must_use]
pub(crate) fn of_currency(code: &str) -> Option<Unit> {
    whole_currency(code)
}

/// What all of the text behind a number means as a unit.
#[must_use]
pub(crate) fn behind(text: &str) -> Option<Unit> {
    if text.len() > LONGEST_BEHIND {
        return None;
    }
    BEHIND
        .iter()
        .chain(CURRENCIES.iter().filter(|(written, _)| !written.ends_with('$')))
        .find(|(written, _)| *written == text)
        .map(|(_, name)| Unit(name))
}

/// The unit that a header names: `金额（万元）`, `Price (USD)`, `重量[kg]`, `金额/万元`, `Share %`.
#[must_use]
pub fn in_header(header: &str) -> Option<String> {
    let header = header.trim();
    let bracketed = [
        ('（', '）'),
        ('(', ')'),
        ('[', ']'),
        ('【', '】'),
        ('(', '）'),
        ('（', ')'),
    ]
    .into_iter()
    .find_map(|(open, close)| {
        header
            .strip_suffix(close)?
            .rsplit_once(open)
            .map(|(_, inside)| inside)
    });
    let slashed = || header.rsplit_once(['/', '／']).map(|(_, after)| after);
    let percent = || header.ends_with(['%', '％']).then_some("%");
    let inside = bracketed.or_else(slashed).or_else(percent)?.trim();
    let inside = inside
        .strip_prefix("单位")
        .unwrap_or(inside)
        .trim_start_matches([':', '：', ' ']);
    name(inside)
}

/// The name of a unit as headers write it.
fn name(text: &str) -> Option<String> {
    if let Some(unit) = behind(text).or_else(|| whole_currency(text)) {
        return Some(unit.0.to_owned());
    }
    if let Some((_, name)) = IN_HEADERS
        .iter()
        .find(|(written, _)| written.eq_ignore_ascii_case(text))
    {
        return Some((*name).to_owned());
    }
    MULTIPLES.iter().find_map(|multiple| {
        let rest = text.strip_prefix(multiple)?;
        if rest.is_empty() {
            return Some((*multiple).to_owned());
        }
        name(rest).map(|unit| format!("{multiple}{unit}"))
    })
}

fn whole_currency(text: &str) -> Option<Unit> {
    CURRENCIES
        .iter()
        .find(|(written, _)| written.eq_ignore_ascii_case(text))
        .map(|(_, name)| Unit(name))
}

/// The unit that a spreadsheet's number format shows: `0.0%`, `"¥"#,##0`, `[$€-407] 0.00`.
#[must_use]
pub(crate) fn in_number_format(code: &str) -> Option<Unit> {
    let positive = code.split(';').next().unwrap_or(code);
    let mut outside = String::new();
    let mut letters = positive.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // The next letter is only as wide as written, not written.
            '_' | '*' => {
                letters.next();
            }
            '[' => {
                let inside: String = letters.by_ref().take_while(|inner| *inner != ']').collect();
                if let Some(currency) = inside.strip_prefix('$') {
                    outside.push_str(currency.split('-').next().unwrap_or_default());
                }
            }
            '"' | '\\' => {}
            other => outside.push(other),
        }
    }
    if outside.contains('%') {
        return Some(Unit::PERCENT);
    }
    CURRENCIES
        .iter()
        .find(|(written, _)| outside.contains(written))
        .map(|(_, name)| Unit(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_units() {
        let check = |header: &str, expect: Option<&str>| {
            assert_eq!(in_header(header).as_deref(), expect, "{header:?}");
        };
        check("金额（万元）", Some("万元"));
        check("面积(平方米)", Some("m²"));
        check("Price (USD)", Some("$"));
        check("weight [kg]", Some("kg"));
        check("收入/亿元", Some("亿元"));
        check("旅客量（万人次）", Some("万人次"));
        check("销售额（单位：元）", Some("元"));
        check("Share %", Some("%"));
        check("Delay (minutes)", Some("min"));
        check("Airline (IATA)", None);
        check("价格（含税）", None);
        check("and/or", None);
        check("金额", None);
        check("", None);
    }

    #[test]
    fn no_unit_is_longer_than_the_longest() {
        let longest = BEHIND.iter().chain(CURRENCIES).map(|(written, _)| written.len());
        assert_eq!(longest.max(), Some(LONGEST_BEHIND));
    }

    #[test]
    fn number_formats_show_units() {
        let check = |code: &str, expect: Option<&str>| {
            assert_eq!(in_number_format(code).map(Unit::as_str), expect, "{code:?}");
        };
        check("0.00%", Some("%"));
        check("\"¥\"#,##0.00", Some("¥"));
        check("[$€-407] #,##0.00", Some("€"));
        check("[$-409]d-mmm-yy", None);
        check("_($* #,##0.00_);_($* (#,##0.00)", Some("$"));
        check("#,##0", None);
        check("General", None);
    }
}
