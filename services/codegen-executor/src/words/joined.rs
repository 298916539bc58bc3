//! Joins in words.

use schemas::plan::Join;

use crate::engine::join::Matches;

/// Two tables as one, in Chinese.
pub(super) fn zh_name(own: &str, other: &str) -> String {
    format!("{own}（连接{other}）")
}

/// Two tables as one, in English.
pub(super) fn en_name(own: &str, other: &str) -> String {
    format!("{own} joined with {other}")
}

/// What is done with the rows, in Chinese.
pub(super) fn zh_step(join: &Join) -> String {
    format!("按{} = {}取来另一张表中对应的行", join.column, join.key)
}

/// What is done with the rows, in English.
pub(super) fn en_step(join: &Join) -> String {
    format!(
        "each given its row of the other table by {} = {}",
        join.column, join.key
    )
}

/// What became of the rows, in Chinese.
pub(super) fn zh_matches(matches: &Matches) -> String {
    let Matches {
        found,
        lost,
        empty,
        before,
        after,
    } = matches;
    format!(
        "连接前 {before} 行：有对应的 {found} 行，没有对应的 {lost} 行，空值 {empty} 行；连接后 {after} 行"
    )
}

/// What became of the rows, in English.
pub(super) fn en_matches(matches: &Matches) -> String {
    let Matches {
        found,
        lost,
        empty,
        before,
        after,
    } = matches;
    format!(
        "{before} rows before: {found} matched, {lost} not, {empty} with an empty key; {after} rows after"
    )
}
