//! What a written query takes for granted and the question does not say: a small model adds conditions that sound right.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use schemas::table::ColumnType;

use crate::planner::heard::{Heard, Named, is_han};
use crate::sql::fold::fold;
use crate::tables::Table;

/// Texts that functions are told what to do by.
const PARTS: [&str; 12] = [
    "year", "quarter", "month", "week", "day", "hour", "minute", "second", "dow", "doy", "isodow", "epoch",
];
/// Letters of a code, such as `L` for left.
const CODE: usize = 2;
/// Numbers that every query may have: none, one of them, and what makes a percentage.
const FREE: [f64; 3] = [0.0, 1.0, 100.0];

/// Why a query is not what was asked, for the model to mend; none: nothing was found.
#[must_use]
pub fn fault(sql: &str, question: &str, tables: &[Table]) -> Option<String> {
    // What is no SQL is told by the engine.
    let tokens = Tokenizer::new(&GenericDialect, sql).tokenize().ok()?;
    let heard = Heard::new(question);
    let named: Vec<String> = tables
        .iter()
        .flat_map(|table| heard.values(&table.data.values))
        .map(|held| fold(held.text))
        .collect();
    // A value in the other language is what a model is there for; several of them are guesses.
    let mut translated = BTreeSet::new();
    let mut is_said = |text: &str| {
        let bare = text.trim_matches(['%', '_', ' ']);
        bare.is_empty()
            || PARTS.contains(&fold(bare).as_str())
            || text.starts_with('%') && text.len() == 2
            || heard.says(bare)
            || named.contains(&fold(bare))
            || is_day_of(bare, &heard)
            || is_translated(bare, question, tables) && {
                translated.insert(fold(bare));
                translated.len() == 1
            }
    };
    if let Some(missing) = left_out(&tokens, &heard) {
        return Some(missing);
    }
    let mut before = None;
    for token in tokens
        .iter()
        .filter(|token| !matches!(token, Token::Whitespace(_)))
    {
        let before = before.replace(token);
        if let Some(text) = text_of(token) {
            if is_unknown(text, tables, &heard) {
                return Some(format!(
                    "no column has the value {text:?}: take the value that the data has for it, or say that it is impossible"
                ));
            }
            if !is_said(text) {
                return Some(format!(
                    "the question does not say {text:?}: leave out what it does not ask for, or take the value that it means"
                ));
            }
        }
        match token {
            Token::Number(digits, _) => {
                let is_said = |number: f64| FREE.contains(&number) || heard.says_number(number);
                if !digits.parse().is_ok_and(is_said) {
                    return Some(format!("the question does not say the number {digits}"));
                }
            }
            Token::Word(word)
                if matches!(word.keyword, Keyword::LIMIT | Keyword::FETCH) && !heard.ranks() =>
            {
                return Some(format!(
                    "the question asks for no first, last, largest or smallest: leave out {}",
                    word.value
                ));
            }
            Token::Word(word)
                if word.keyword == Keyword::DISTINCT && is_select(before) && !heard.wants_distinct() =>
            {
                return Some("the question does not ask for different rows: leave out DISTINCT".to_owned());
            }
            _ => {}
        }
    }
    let words = tokens.iter().filter_map(|token| match token {
        Token::Word(word) => Some(word.value.as_str()),
        _ => None,
    });
    let words: Vec<&str> = words.collect();
    tables.iter().find_map(|table| better(table, &words, &heard))
}

fn is_select(token: Option<&Token>) -> bool {
    matches!(token, Some(Token::Word(word)) if word.keyword == Keyword::SELECT)
}

/// The text that a constant is, in whichever quotation marks.
fn text_of(token: &Token) -> Option<&str> {
    match token {
        Token::SingleQuotedString(text)
        | Token::NationalStringLiteral(text)
        | Token::EscapedStringLiteral(text)
        | Token::UnicodeStringLiteral(text)
        | Token::SingleQuotedRawStringLiteral(text) => Some(text),
        Token::DollarQuotedString(text) => Some(&text.value),
        _ => None,
    }
}

/// A text that the question has in quotation marks, where a query has fewer texts than it.
fn left_out(tokens: &[Token], heard: &Heard) -> Option<String> {
    // A code stands for something that is said without quotation marks.
    let texts = tokens.iter().filter_map(text_of).filter(|text| text.len() > CODE);
    let texts: BTreeSet<&str> = texts.collect();
    let is_there = |quoted: &&String| texts.iter().any(|text| fold(text).contains(quoted.as_str()));
    let missing = heard.quoted().iter().find(|quoted| !is_there(quoted))?;
    (texts.len() < heard.quoted().len())
        .then(|| format!("the question says {missing:?}, and the query makes nothing of it"))
}

/// Whether a text that the question says is no value of any column. A pattern is part of one.
fn is_unknown(text: &str, tables: &[Table], heard: &Heard) -> bool {
    let mut texts = tables.iter().flat_map(|table| {
        let columns = table.data.profile.columns.iter();
        let of_text = columns.filter(|column| column.kind == ColumnType::Text);
        of_text.map(move |column| table.data.values.holds(&column.name, text, column.distinct))
    });
    !text.contains(['%', '_'])
        && heard.says(text)
        && !is_day_of(text, heard)
        && !PARTS.contains(&fold(text).as_str())
        && texts.all(|holds| holds == Some(false))
}

/// Whether a text is a value of a table in Latin letters, and the question one in Chinese characters; or a code, such as `L` for
/// left, which no question says.
fn is_translated(text: &str, question: &str, tables: &[Table]) -> bool {
    let folded = fold(text);
    text.is_ascii()
        && (text.len() <= CODE || question.chars().any(is_han))
        && tables
            .iter()
            .any(|table| table.data.values.of_text(&folded).next().is_some())
}

/// Whether a text is a day in a year or a month that the question says.
fn is_day_of(text: &str, heard: &Heard) -> bool {
    let mut parts = text.splitn(2, '-');
    let year = parts.next().and_then(|year| year.parse::<u16>().ok());
    parts.next().is_some() && year.is_some_and(|year| year > 1000 && heard.says_number(year.into()))
}

/// A column that the question names in full, where the query has one beside it that it names in part alone.
fn better(table: &Table, words: &[&str], heard: &Heard) -> Option<String> {
    let columns = || {
        table
            .data
            .profile
            .columns
            .iter()
            .map(|column| column.name.as_str())
    };
    let is_used = |name: &str| words.iter().any(|word| word.eq_ignore_ascii_case(name));
    for used in columns().filter(|name| is_used(name)) {
        let Named { said, unsaid } = heard.column(used);
        if unsaid == 0 {
            continue;
        }
        let whole = columns().filter(|name| !is_used(name)).find(|name| {
            let named = heard.column(name);
            named.unsaid == 0 && named.said == said + unsaid && said > 0 && shares(used, name)
        });
        if let Some(whole) = whole {
            return Some(format!(
                "the question says {whole:?} rather than {used:?}: take the columns that it names"
            ));
        }
    }
    None
}

/// Whether two names end alike: `loser_rank` and `winner_rank`.
fn shares(one: &str, other: &str) -> bool {
    let last = |name: &str| name.rsplit(['_', ' ']).next().map(fold);
    last(one) == last(other)
}
