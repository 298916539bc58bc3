//! Words for dates and periods.

use schemas::plan::Bucket;

/// Months, in full and short.
pub(super) const ENGLISH_MONTHS: [(&str, &str); 12] = [
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may", "may"),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
];

/// Words for years, months and so on around today: (words, span, how far away).
pub(super) const RELATIVE: [(&[&str], Bucket, i32); 21] = [
    (
        &["今年", "本年度", "本年", "这一年", "this year", "current year"],
        Bucket::Year,
        0,
    ),
    (
        &["去年", "上一年", "上年", "last year", "previous year"],
        Bucket::Year,
        -1,
    ),
    (&["前年", "the year before last"], Bucket::Year, -2),
    (&["明年", "next year"], Bucket::Year, 1),
    (
        &[
            "本季度",
            "这个季度",
            "本季",
            "这季度",
            "this quarter",
            "current quarter",
        ],
        Bucket::Quarter,
        0,
    ),
    (
        &[
            "上个季度",
            "上一季度",
            "上季度",
            "上一个季度",
            "last quarter",
            "previous quarter",
        ],
        Bucket::Quarter,
        -1,
    ),
    (&["下个季度", "下季度", "next quarter"], Bucket::Quarter, 1),
    (
        &["本月份", "本月", "这个月", "当月", "this month", "current month"],
        Bucket::Month,
        0,
    ),
    (
        &[
            "上个月",
            "上月份",
            "上月",
            "上一个月",
            "last month",
            "previous month",
        ],
        Bucket::Month,
        -1,
    ),
    (&["上上个月", "the month before last"], Bucket::Month, -2),
    (&["下个月", "下月", "next month"], Bucket::Month, 1),
    (
        &[
            "本周",
            "这周",
            "这个星期",
            "这星期",
            "本星期",
            "this week",
            "current week",
        ],
        Bucket::Week,
        0,
    ),
    (
        &[
            "上周",
            "上个星期",
            "上星期",
            "上一周",
            "last week",
            "previous week",
        ],
        Bucket::Week,
        -1,
    ),
    (&["下周", "下个星期", "下星期", "next week"], Bucket::Week, 1),
    (&["今天", "今日", "today"], Bucket::Day, 0),
    (&["昨天", "昨日", "yesterday"], Bucket::Day, -1),
    (&["前天", "the day before yesterday"], Bucket::Day, -2),
    (&["明天", "tomorrow"], Bucket::Day, 1),
    (&["去年同月"], Bucket::Month, -12),
    (&["上上周", "the week before last"], Bucket::Week, -2),
    (&["大前天"], Bucket::Day, -3),
];

/// Words before a number of spans up to today.
pub(super) const ROLLING: [&str; 11] = [
    "最近的",
    "最近",
    "近",
    "过去的",
    "过去",
    "前面",
    "last",
    "past",
    "previous",
    "recent",
    "trailing",
];

/// Behind a span that today lies in: up to today.
pub(super) const SO_FAR: [&str; 10] = [
    "以来",
    "至今",
    "截至目前",
    "到目前为止",
    "到今天为止",
    "截止目前",
    "到现在",
    "迄今",
    "so far",
    "to date",
];

pub(super) const SPANS: [(&[&str], Bucket); 5] = [
    (&["年", "years", "year"], Bucket::Year),
    (&["个季度", "季度", "quarters", "quarter"], Bucket::Quarter),
    (&["个月", "months", "month"], Bucket::Month),
    (&["周", "个星期", "星期", "weeks", "week"], Bucket::Week),
    (&["天", "日", "days", "day"], Bucket::Day),
];

pub(super) const ORDINALS: [(&str, u8); 13] = [
    ("first", 1),
    ("1st", 1),
    ("second", 2),
    ("2nd", 2),
    ("third", 3),
    ("3rd", 3),
    ("fourth", 4),
    ("4th", 4),
    ("q1", 1),
    ("q2", 2),
    ("q3", 3),
    ("q4", 4),
    ("last", 4),
];
