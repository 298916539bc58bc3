//! What kind of answer a question asks for, as far as its words tell, and whether a text has one.
//!
//! "How high is the fine?" asks for money. A passage without any does not answer it, however much it tells of fines.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// A kind of answer that can be told by its looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A telephone number.
    Telephone,
    /// An address for e-mail.
    Mail,
    /// A price, a fee, a fine; also that there is none.
    Money,
    /// A time of day, a date, a day of the week.
    Time,
    /// How long something takes or holds.
    Span,
    /// Any other number.
    Number,
}

/// A kind, what asks for it, and what it looks like.
struct Kind(Expected, Regex, Regex);

/// The first whose words a question has is the kind that it asks for.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    const DAYS: &str = "noon|midnight|(mon|tues|wednes|thurs|fri|satur|sun)days?";
    const MONTHS: &str = "jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec";
    const WHOLE: &str = "january|february|march|april|august|september|october|november|december|before|after|every day|24 hours";
    const UNITS: &str = "minutes?|min|hours?|days?|weeks?|months?|years?";
    let time = format!(
        r"\d{{1,2}}:\d{{2}}|\d\s*[月日点时]|\d\.\d|24\s*小时|全天|[周期][一二三四五六日天]|\b({DAYS}|{MONTHS}|{WHOLE})\b"
    );
    let span = format!(
        r"\d\s*(分|小时|天|日|周|个月|年|秒)|[一二两三四五六七八九十半]个?(分钟|小时|天|周|月|年)|\b(\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty)\b.{{0,12}}\b({UNITS})\b"
    );
    let kinds = [
        (
            Expected::Telephone,
            r"电话|号码|\b(tele)?phone number|\btelephone\b",
            r"\d{3,4}-\d{4}|\d{7}",
        ),
        (Expected::Mail, r"邮箱|邮件地址|\be-?mail address", "@"),
        (
            Expected::Money,
            r"多少钱|收费|价格|票价|费用|工资|押金|算钱|罚款|\bhow much\b|\b(price|cost|fee|fare|salary|fine|deposit|postage)\b",
            r"\d\s*(元|万|块|yuan|dollars?|euros?|美元|欧元|%|per cent)|[¥￥$€]|免费|不收|不要钱|\bfree\b|without charge|no charge|\bnone\b|[半全]价|\b(full|half|double)\b.{0,16}\b(fare|price)\b",
        ),
        (
            Expected::Time,
            r"几点|什么时候|何时|哪天|哪几天|几号开始|末班|首班|\b(what|which) (time|days?)\b|\bwhen\b|\bopening hours\b|\bfrom which date\b",
            time.as_str(),
        ),
        (
            Expected::Span,
            r"多久|多长时间|几天|几个?小时|[几多]少?分钟|\bhow long\b|\bhow many (minutes|hours|days|weeks)\b|\bhow far ahead\b",
            span.as_str(),
        ),
        (
            Expected::Number,
            r"多少|几[个台家件条间辆]|\bhow (many|tall|heavy|high|wide|large|big|fast|old)\b",
            r"\d|[一二两三四五六七八九十百]|\b(one|two|three|four|five|six|seven|eight|nine|ten|no|none)\b",
        ),
    ];
    let read = |pattern: &str| Regex::new(&format!("(?i){pattern}")).ok();
    let kinds = kinds.into_iter();
    kinds
        .filter_map(|(kind, asks, looks)| Some(Kind(kind, read(asks)?, read(looks)?)))
        .collect()
});

impl Expected {
    /// What a question asks for; none where it asks for something without looks of its own.
    #[must_use]
    pub fn of(question: &str) -> Option<Self> {
        let folded: String = question.nfkc().collect();
        let mut kinds = KINDS.iter();
        kinds
            .find(|Kind(_, asks, _)| asks.is_match(&folded))
            .map(|Kind(kind, ..)| *kind)
    }

    /// Whether a text has something of this kind.
    #[must_use]
    pub fn is_in(self, text: &str) -> bool {
        let folded: String = text.nfkc().collect();
        let mut kinds = KINDS.iter();
        kinds.any(|Kind(kind, _, looks)| *kind == self && looks.is_match(&folded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expect: Option<Expected>) {
        assert_eq!(Expected::of(question), expect, "{question}");
    }

    #[test]
    fn what_is_asked_for_is_known_by_its_words() {
        check("失物招领处的电话是多少？", Some(Expected::Telephone));
        check("Which e-mail address takes complaints?", Some(Expected::Mail));
        check("贵宾厅一次多少钱？", Some(Expected::Money));
        check("How much is a locker?", Some(Expected::Money));
        check("末班车几点？", Some(Expected::Time));
        check("When does it close?", Some(Expected::Time));
        check("办理要多久？", Some(Expected::Span));
        check("How long does the ride take?", Some(Expected::Span));
        check("一共有几个出口？", Some(Expected::Number));
        check("How many exits are there?", Some(Expected::Number));
        check("哪里可以吸烟？", None);
        check("Is there a chapel?", None);
    }

    #[test]
    fn a_text_has_it_or_has_not() {
        for (kind, has, lacks) in [
            (Expected::Telephone, "请致电８８６６-４２０２。", "请到问询台。"),
            (
                Expected::Mail,
                "Write to desk@airport.example.",
                "Write to the desk.",
            ),
            (Expected::Money, "每件收费30元。", "须在柜台托运，共30件。"),
            (Expected::Money, "Admission is free.", "Smoking is forbidden."),
            (Expected::Time, "周一至周五开放", "请勿清洗物品"),
            (Expected::Time, "It closes at 22:00.", "It closes early."),
            (Expected::Span, "最长寄存30天", "寄存在6号门旁"),
            (
                Expected::Span,
                "The ride takes about ten minutes.",
                "Take the lift.",
            ),
            (Expected::Number, "共设四处", "请走东侧坡道"),
        ] {
            assert!(kind.is_in(has), "{kind:?} {has}");
            assert!(!kind.is_in(lacks), "{kind:?} {lacks}");
        }
    }
}
