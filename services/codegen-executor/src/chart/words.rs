//! The few words that only charts need.

use schemas::Language;

/// A title with the unit of its numbers.
#[must_use]
pub fn with_unit(language: Language, title: &str, unit: Option<&str>) -> String {
    match (unit, language) {
        (None, _) => title.to_owned(),
        (Some(unit), Language::Zh) => format!("{title}（{unit}）"),
        (Some(unit), Language::En) => format!("{title} ({unit})"),
    }
}

/// Only the first of some groups are drawn.
#[must_use]
pub fn first(language: Language, shown: usize, all: u64) -> String {
    match language {
        Language::Zh => format!("图中为前 {shown} 组，共 {all} 组。"),
        Language::En => format!("The first {shown} of {all} groups are shown."),
    }
}

/// Some columns of the answer are not drawn.
#[must_use]
pub fn left_out(language: Language, columns: &[String]) -> String {
    match language {
        Language::Zh => format!("图中未包括：{}。", columns.join("、")),
        Language::En => format!("Not in the chart: {}.", columns.join(", ")),
    }
}

/// Rows whose time is missing are not drawn.
#[must_use]
pub fn undated(language: Language, rows: usize) -> String {
    match language {
        Language::Zh => format!("{rows} 行没有时间，未画出。"),
        Language::En if rows == 1 => "1 row without a time is not drawn.".to_owned(),
        Language::En => format!("{rows} rows without a time are not drawn."),
    }
}
