//! What the planner says in words: chips, assumptions and reasons to abstain.

use schemas::Language;
use schemas::glossary::Entry;
use schemas::plan::Join;
use schemas::trail::{Assumption, Chip, ChipRole, Span};

use super::assemble::Taken;
use super::atoms::Atoms;
use super::chart::{Constituent, Cover, Word};
use super::gather::Misfit;
use super::linking::Edge;
use super::part::Part;
use super::role::Role;
use super::table::Table;
use super::time::Said;

/// What each word was taken to mean.
#[must_use]
pub fn chips(cover: &Cover, table: &Table<'_>, atoms: &Atoms, language: Language) -> Vec<Chip> {
    let of_item = |item: &std::rc::Rc<Constituent>| -> Vec<Chip> {
        match &item.part {
            // "two" counts nothing of the table here.
            Part::Decimals(decimals) => decimals_chip(*decimals, &item.words, atoms, language)
                .into_iter()
                .collect(),
            _ => {
                let words = item.words.iter();
                words
                    .filter_map(|word| chip(word, table, atoms, language))
                    .collect()
            }
        }
    };
    cover.items.iter().flat_map(of_item).collect()
}

/// To how many decimals figures are rounded, over all words that say so.
fn decimals_chip(decimals: u8, words: &[Word], atoms: &Atoms, language: Language) -> Option<Chip> {
    let span = span(atoms, words.first()?.start, words.last()?.end)?;
    Some(Chip {
        span,
        role: ChipRole::Aggregate,
        meaning: crate::words::number::rounded_to(decimals, language),
    })
}

fn chip(word: &Word, table: &Table<'_>, atoms: &Atoms, language: Language) -> Option<Chip> {
    let span = span(atoms, word.start, word.end)?;
    let say = |zh: &str, en: &str| match language {
        Language::Zh => zh.to_owned(),
        Language::En => en.to_owned(),
    };
    let (role, meaning) = match &word.part {
        Part::Column(column) => (
            ChipRole::Column,
            format!("{}{}", say("列 ", "column "), table.name(*column)),
        ),
        Part::Values(column, texts) => (
            ChipRole::Value,
            format!(
                "{} = {}",
                table.name(*column),
                texts.join(say("、", ", ").as_str())
            ),
        ),
        Part::Time(said) => (ChipRole::Time, time(*said)),
        Part::Rows => (ChipRole::Table, say("表中的行", "rows of the table")),
        Part::Number(_) | Part::Text(_) => (ChipRole::Filter, span.text.clone()),
        Part::Role(role) => (chip_role(*role)?, role.name().replace('_', " ")),
        _ => return None,
    };
    Some(Chip { span, role, meaning })
}

fn chip_role(role: Role) -> Option<ChipRole> {
    Some(match role.name() {
        "aggregate" | "aggregate_after" | "count" | "percent" | "share" | "occupy" | "growth"
        | "growth_rate" | "ratio" | "divided" | "difference" => ChipRole::Aggregate,
        "extreme"
        | "extreme_of"
        | "modal"
        | "sort"
        | "ascending"
        | "descending"
        | "highest_first"
        | "lowest_first"
        | "alphabetical"
        | "oldest_first"
        | "reverse_alphabetical"
        | "youngest_first"
        | "latest_first"
        | "earliest_first" => ChipRole::Order,
        "top" | "bottom" => ChipRole::Limit,
        "each" | "by" | "bucket" => ChipRole::Group,
        "compare" | "compare_after" | "compare_of" | "more" | "between" | "not" | "or" | "except"
        | "contains" | "starts" | "ends" | "missing" | "without" => ChipRole::Filter,
        "before" | "after" | "since" | "until" | "than" | "year_before" | "period_before" => ChipRole::Time,
        "row" | "person" => ChipRole::Table,
        "list" | "which" | "who" | "how_much" | "all" => ChipRole::Filler,
        _ => return None,
    })
}

fn time(said: Said) -> String {
    match said {
        Said::Span { span, .. } => format!("{} ≤ … < {}", span.from, span.until),
        Said::Months { first, last } if first == last => format!("--{first:02}"),
        Said::Months { first, last } => format!("--{first:02} … --{last:02}"),
        Said::Days { first, last } if first == last => format!("--{:02}-{:02}", first.0, first.1),
        Said::Days { first, last } => {
            format!("--{:02}-{:02} … --{:02}-{:02}", first.0, first.1, last.0, last.1)
        }
    }
}

/// The pieces that nothing explains, those side by side as one. Known words that only find no place in the sentence are
/// named where there is nothing else to name.
#[must_use]
pub fn unexplained(cover: &Cover, atoms: &Atoms, edges: &[Vec<Edge>]) -> Vec<Span> {
    let known = |piece: usize| {
        edges
            .iter()
            .take(piece + 1)
            .any(|from| from.iter().any(|edge| edge.end > piece))
    };
    let strange: Vec<(usize, usize)> = cover
        .unknown
        .iter()
        .copied()
        .filter(|(start, _)| !known(*start))
        .collect();
    let pieces = if strange.is_empty() {
        &cover.unknown
    } else {
        &strange
    };
    // 最低 that finds no place is named whole, also where 低 alone could.
    let whole: Vec<(usize, usize)> = pieces
        .iter()
        .map(|(start, end)| {
            let longest = edges
                .get(*start)
                .and_then(|edges| edges.iter().map(|edge| edge.end).max());
            (*start, longest.map_or(*end, |longest| longest.max(*end)))
        })
        .collect();
    spans(&whole, atoms)
}

fn spans(pieces: &[(usize, usize)], atoms: &Atoms) -> Vec<Span> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (start, end) in pieces {
        match runs.last_mut() {
            Some((_, last)) if *last >= *start => *last = (*last).max(*end),
            _ => runs.push((*start, *end)),
        }
    }
    runs.into_iter()
        .filter_map(|(start, end)| span(atoms, start, end))
        .collect()
}

fn span(atoms: &Atoms, start: usize, end: usize) -> Option<Span> {
    let (first, last) = (atoms.list.get(start)?, atoms.list.get(end.checked_sub(1)?)?);
    Some(atoms.span(first.start, last.end))
}

/// What was taken for granted, in words.
#[must_use]
pub fn assumption(taken: &Taken, language: Language) -> Assumption {
    let (about, text) = match (taken, language) {
        (Taken::Rows(word), Language::Zh) => ("rows", format!("“{word}”指表中的行。")),
        (Taken::Rows(word), Language::En) => {
            ("rows", format!("\"{word}\" is taken for the rows of the table."))
        }
        (Taken::Sum(column), Language::Zh) => (
            "function",
            format!("问题没有说明如何计算“{column}”，按求和处理。"),
        ),
        (Taken::Sum(column), Language::En) => (
            "function",
            format!("The question does not say what to compute of \"{column}\"; its sum is taken."),
        ),
        (Taken::Label(column), Language::Zh) => ("columns", format!("每一行以“{column}”表示。")),
        (Taken::Label(column), Language::En) => {
            ("columns", format!("Each row is shown by its \"{column}\"."))
        }
        (Taken::Everything, Language::Zh) => ("columns", "每一行列出所有的列。".to_owned()),
        (Taken::Everything, Language::En) => {
            ("columns", "Each row is shown with all its columns.".to_owned())
        }
        (Taken::Before(question), Language::Zh) => (
            "conversation",
            format!("承接前面的问题“{question}”，没有再说的部分照旧。"),
        ),
        (Taken::Before(question), Language::En) => (
            "conversation",
            format!("Goes on from \"{question}\": what is not said again stays as it was."),
        ),
        (Taken::Ties, Language::Zh) => ("ties", "并列的全部列出。".to_owned()),
        (Taken::Ties, Language::En) => (
            "ties",
            "What ties with the last place is shown as well.".to_owned(),
        ),
    };
    Assumption {
        about: about.to_owned(),
        text,
    }
}

/// Why nothing could be made of words that are all known.
#[must_use]
pub fn misfit(misfit: Misfit, table: &Table<'_>, language: Language) -> String {
    let name = |column: usize| table.name(column);
    match (misfit, language) {
        (Misfit::NothingAsked, Language::Zh) => {
            "没有看出这个问题要的是什么：要哪一列，或者怎样计算？".to_owned()
        }
        (Misfit::NothingAsked, Language::En) => {
            "I can't tell what is asked for: which column, or which computation?".to_owned()
        }
        (Misfit::TooMuch, Language::Zh) => {
            "一次只能有一个最值、一种排序和一个条数限制，请拆成几个问题。".to_owned()
        }
        (Misfit::TooMuch, Language::En) => {
            "I can take one superlative, one order and one limit at a time; please ask in several questions."
                .to_owned()
        }
        (Misfit::NoFunction(column), Language::Zh) => {
            format!(
                "请说明要对“{}”做什么计算：求和、平均、最大还是最小？",
                name(column)
            )
        }
        (Misfit::NoFunction(column), Language::En) => {
            format!(
                "What should be computed of \"{}\": sum, average, largest or smallest?",
                name(column)
            )
        }
        (Misfit::NoOrder, Language::Zh) => "请说明按什么排序，才能知道哪些排在前面。".to_owned(),
        (Misfit::NoOrder, Language::En) => {
            "The first ones by what? Please say what the order is by.".to_owned()
        }
        (Misfit::NoLabel, Language::Zh) => "请说明要看哪一列：表中没有一列可以代表每一行。".to_owned(),
        (Misfit::NoLabel, Language::En) => {
            "Which column should be shown? None of the table's columns names what this question asks for."
                .to_owned()
        }
        (Misfit::Contradiction, Language::Zh) => "这些条件互相矛盾，没有任何一行能同时满足。".to_owned(),
        (Misfit::Contradiction, Language::En) => {
            "These conditions contradict each other: no row can fulfil all of them.".to_owned()
        }
        (Misfit::Before, Language::Zh) => {
            "这个问题承接前面的问题，而前面的问题没有读懂，请把问题问完整。".to_owned()
        }
        (Misfit::Before, Language::En) => {
            "This goes on from an earlier question that I did not understand; please ask it in full.".to_owned()
        }
        (Misfit::Future, Language::Zh) => "问的时间还没有到，表里没有将来的数据，我也不做预测。".to_owned(),
        (Misfit::Future, Language::En) => {
            "That time is still to come: the table holds nothing of it, and I don't forecast.".to_owned()
        }
        (Misfit::Whole, Language::Zh) => {
            "没有看出是什么占什么的比例，请说明部分和整体，例如“A占全部B的百分之几”。".to_owned()
        }
        (Misfit::Whole, Language::En) => {
            "I can't tell which part of which whole is meant; please say it as \"what percentage of all B are A\"."
                .to_owned()
        }
        (Misfit::Unconnected, Language::Zh) => {
            "每个词都认得，但合在一起的意思没有读懂，请换一种说法。".to_owned()
        }
        (Misfit::Unconnected, Language::En) => {
            "I know each of the words, but not what they mean together; please put it another way.".to_owned()
        }
    }
}

/// Why two tables can't be read as one.
#[must_use]
pub fn repeats(join: &Join, language: Language) -> String {
    let Join { column, key, .. } = join;
    match language {
        Language::Zh => format!(
            "这个问题要用“{column}”和“{key}”把两张表连接起来，而两边的值都有重复，连接会使行数翻倍，因此不计算。"
        ),
        Language::En => format!(
            "This would need two tables joined by \"{column}\" and \"{key}\", and both hold values more than once: a join would double rows."
        ),
    }
}

/// That an entry of the glossary was used.
#[must_use]
pub fn by_glossary(entry: &Entry, language: Language) -> String {
    match language {
        Language::Zh => format!("按词汇表理解：{}。", entry.line()),
        Language::En => format!("Read by the glossary: {}.", entry.line()),
    }
}

/// What a word was taken to mean, with the entry of the glossary that says so.
#[must_use]
pub fn with_entry(meaning: &str, entry: &Entry, language: Language) -> String {
    let line = entry.line();
    match language {
        Language::Zh if meaning == line => format!("{line}（词汇表）"),
        Language::En if meaning == line => format!("{line} (glossary)"),
        Language::Zh => format!("{meaning}（词汇表：{line}）"),
        Language::En => format!("{meaning} (glossary: {line})"),
    }
}

/// Why a question is not answered that asks for what the glossary defines.
#[must_use]
pub fn beyond_rules(entry: &Entry, language: Language) -> String {
    match language {
        Language::Zh => format!(
            "词汇表中的“{}”（{}）在这个问题里不能按规则计算。",
            entry.term,
            entry.line()
        ),
        Language::En => format!(
            "The rules can't compute \"{}\" of the glossary ({}) as this question asks for it.",
            entry.term,
            entry.line()
        ),
    }
}

/// The sentence before the words that nothing explains.
#[must_use]
pub fn not_understood(language: Language) -> String {
    match language {
        Language::Zh => "我没有读懂这个问题。".to_owned(),
        Language::En => "I did not understand this question.".to_owned(),
    }
}
