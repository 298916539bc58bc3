//! Which texts are run at all: one query, of a bounded size.

use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Query, SelectItem, SetExpr, Statement as Ast, Value, Visit, Visitor,
    visit_expressions, visit_expressions_mut,
};
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

/// Whether a written query states what it should compute: a select of constants alone.
///
/// # Errors
/// Which constants.
pub fn computes(statement: &Statement) -> Result<(), Refusal> {
    let Statement::Statement(statement) = statement else {
        return Ok(());
    };
    let mut selects = Selects { depth: 0 };
    match statement.visit(&mut selects) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(stated) => Err(Refusal::new(
            RefusalKind::Forbidden,
            format!("a query has to compute its result from its tables, and this one states it: {stated}"),
        )),
    }
}

struct Selects {
    depth: usize,
}

impl Visitor for Selects {
    type Break = String;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        self.depth += 1;
        match stated(&query.body) {
            // `EXISTS (SELECT 1 …)`
            Some(stated) if self.depth > 1 && matches!(stated.as_str(), "1" | "NULL") => {
                ControlFlow::Continue(())
            }
            Some(stated) => ControlFlow::Break(stated),
            None => ControlFlow::Continue(()),
        }
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<String> {
        self.depth = self.depth.saturating_sub(1);
        ControlFlow::Continue(())
    }
}

/// The items of a select that are constants, one and all.
fn stated(body: &SetExpr) -> Option<String> {
    match body {
        SetExpr::Select(select) => {
            let constants: Option<Vec<String>> = select.projection.iter().map(constant).collect();
            constants.map(|constants| constants.join(", "))
        }
        SetExpr::SetOperation { left, right, .. } => stated(left).or_else(|| stated(right)),
        SetExpr::Values(values) => Some(values.to_string()),
        // A query within is visited by itself; everything else is none.
        _ => None,
    }
}

/// An item that names no column and calls no function.
fn constant(item: &SelectItem) -> Option<String> {
    let (SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. }) = item
    else {
        return None;
    };
    let computed = visit_expressions(expression, |part| match part {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Function(_) | Expr::Subquery(_) => {
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    computed.is_continue().then(|| expression.to_string())
}

/// Makes every division one of numbers with a fraction, as whoever writes `a / b` over a table means it: in SQL 7 / 2
/// is 3.
pub fn divide_exactly(statement: &mut Statement) {
    let Statement::Statement(statement) = statement else {
        return;
    };
    let _: ControlFlow<()> = visit_expressions_mut(statement.as_mut(), |expression| {
        if let Expr::BinaryOp {
            left,
            op: BinaryOperator::Divide,
            ..
        } = expression
        {
            let whole = std::mem::replace(left.as_mut(), Expr::value(Value::Null));
            **left = Expr::BinaryOp {
                left: Box::new(Expr::Nested(Box::new(whole))),
                op: BinaryOperator::Multiply,
                right: Box::new(Expr::value(Value::Number("1.0".to_owned(), false))),
            };
        }
        ControlFlow::Continue(())
    });
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
