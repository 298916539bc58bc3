//! What is computed from measures, in words: shares, ratios, differences, growth, running totals.

use schemas::plan::{Derived, Formula, Since};

/// A short name, in Chinese.
pub(super) fn zh_name(derived: &Derived) -> String {
    let name = match &derived.formula {
        Formula::Share { .. } => "占比",
        Formula::Ratio { .. } => "比值",
        Formula::Difference { .. } | Formula::Distance { .. } => "差",
        Formula::Growth { .. } => "增长率",
        Formula::Running { .. } => "累计",
        Formula::Change {
            since: Since::Before, ..
        } => "环比增长率",
        Formula::Change {
            since: Since::YearBefore,
            ..
        } => "同比增长率",
    };
    let unit = if derived.percent { "(%)" } else { "" };
    format!("{name}{unit}")
}

/// A formula over measures that are said already, in Chinese.
pub(super) fn zh_formula(formula: &Formula, said: &dyn Fn(&str) -> String) -> String {
    match formula {
        Formula::Share { of } => format!("{}占合计的比例", said(of)),
        Formula::Ratio {
            numerator,
            denominator,
        } => format!("{}与{}之比", said(numerator), said(denominator)),
        Formula::Difference { of, less } => format!("{}减去{}", said(of), said(less)),
        Formula::Distance { of, from } => format!("{}与{}相差多少", said(of), said(from)),
        Formula::Growth { from, to } => format!("{}比{}的增长率", said(to), said(from)),
        Formula::Running { of } => format!("累计的{}", said(of)),
        Formula::Change {
            of,
            since: Since::Before,
        } => format!("{}的环比增长率", said(of)),
        Formula::Change {
            of,
            since: Since::YearBefore,
        } => format!("{}的同比增长率", said(of)),
    }
}

/// A short name, in English.
pub(super) fn en_name(derived: &Derived) -> String {
    let name = match &derived.formula {
        Formula::Share { .. } => "share",
        Formula::Ratio { .. } => "ratio",
        Formula::Difference { .. } | Formula::Distance { .. } => "difference",
        Formula::Growth { .. } => "growth",
        Formula::Running { .. } => "running total",
        Formula::Change {
            since: Since::Before, ..
        } => "growth over the period before",
        Formula::Change {
            since: Since::YearBefore,
            ..
        } => "growth over the year before",
    };
    let unit = if derived.percent { " (%)" } else { "" };
    format!("{name}{unit}")
}

/// A formula over measures that are said already, in English.
pub(super) fn en_formula(formula: &Formula, said: &dyn Fn(&str) -> String) -> String {
    match formula {
        Formula::Share { of } => format!("share of the {}", said(of)),
        Formula::Ratio {
            numerator,
            denominator,
        } => format!("ratio of the {} to the {}", said(numerator), said(denominator)),
        Formula::Difference { of, less } => format!("{} less {}", said(of), said(less)),
        Formula::Distance { of, from } => {
            format!("difference between the {} and the {}", said(of), said(from))
        }
        Formula::Growth { from, to } => format!("growth from the {} to the {}", said(from), said(to)),
        Formula::Running { of } => format!("running total of the {}", said(of)),
        Formula::Change {
            of,
            since: Since::Before,
        } => format!("growth of the {} over the period before", said(of)),
        Formula::Change {
            of,
            since: Since::YearBefore,
        } => format!("growth of the {} over the year before", said(of)),
    }
}
