//! Which texts are run at all: one query, of a bounded size.

use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::Statement as Ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::run::{Refusal, RefusalKind};

/// Bytes of a query.
pub const BYTES: usize = 32 << 10;
/// Nodes of its syntax tree. They are counted before there is a tree: each has a word, a constant or an operator of its
/// own, and those can be counted without going down into what may be too deep.
pub const NODES: usize = 2_000;
/// Brackets within brackets.
const DEPTH: usize = 50;

/// The one query in a text.
///
/// # Errors
/// Why the text is not run.
pub fn query(sql: &str) -> Result<Statement, Refusal> {
    if sql.len() > BYTES {
        return Err(Refusal::new(
            RefusalKind::TooLong,
            format!("the query has {} bytes, more than {BYTES}", sql.len()),
        ));
    }
    let tokens = Tokenizer::new(&GenericDialect, sql)
        .tokenize()
        .map_err(|error| Refusal::new(RefusalKind::NotSql, error.to_string()))?;
    let nodes = tokens.iter().filter(|token| is_node(token)).count();
    if nodes > NODES {
        return Err(Refusal::new(
            RefusalKind::TooComplex,
            format!("the query has {nodes} words, constants and operators, more than {NODES}"),
        ));
    }
    let parsed = DFParserBuilder::new(sql)
        .with_dialect(&GenericDialect)
        .with_recursion_limit(DEPTH)
        .build()
        .and_then(|mut parser| parser.parse_statements());
    let mut statements =
        parsed.map_err(|error| Refusal::new(RefusalKind::NotSql, error.strip_backtrace()))?;
    let count = statements.len();
    match (statements.pop_front(), statements.len()) {
        (Some(statement), 0) if is_query(&statement) => Ok(statement),
        (Some(statement), 0) => Err(Refusal::new(
            RefusalKind::Forbidden,
            format!("only queries are run, not {}", first_word(&statement)),
        )),
        _ => Err(Refusal::new(
            RefusalKind::NotOne,
            format!("one query is run at a time, not {count}"),
        )),
    }
}

fn is_node(token: &Token) -> bool {
    !matches!(
        token,
        Token::EOF
            | Token::Whitespace(_)
            | Token::Comma
            | Token::Period
            | Token::SemiColon
            | Token::LParen
            | Token::RParen
    )
}

fn is_query(statement: &Statement) -> bool {
    matches!(statement, Statement::Statement(statement) if matches!(**statement, Ast::Query(_)))
}

fn first_word(statement: &Statement) -> String {
    let text = statement.to_string();
    text.split_whitespace().next().unwrap_or_default().to_owned()
}
