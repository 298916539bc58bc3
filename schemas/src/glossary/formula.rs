//! The definition of a metric, read: `(销售额 - 成本) / 销售额`.

use std::iter::Peekable;
use std::str::Chars;

/// A formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// A column, an alias or a metric.
    Name(String),
    /// A constant.
    Number(f64),
    /// Two parts put together.
    Binary {
        /// How.
        operator: Operator,
        /// The left part.
        left: Box<Formula>,
        /// The right part.
        right: Box<Formula>,
    },
}

/// How two parts are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Added up.
    Plus,
    /// The right one taken from the left one.
    Minus,
    /// Multiplied.
    Times,
    /// The left one divided by the right one.
    Over,
}

/// Why a text is no formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormulaError {
    /// A name or a number is missing.
    Operand {
        /// What stands there instead; nothing: the end.
        found: String,
    },
    /// A bracket or a quotation mark is not closed.
    Open(char),
    /// Something stands behind the end.
    Rest(String),
    /// It is one name and nothing else.
    NoOperator,
}

impl std::fmt::Display for FormulaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Operand { found } if found.is_empty() => {
                f.write_str("the formula ends where a name or a number is expected")
            }
            Self::Operand { found } => {
                write!(
                    f,
                    "the formula has {found:?} where a name or a number is expected"
                )
            }
            Self::Open(sign) => write!(f, "the formula has a {sign} that is never closed"),
            Self::Rest(rest) => write!(f, "the formula has {rest:?} behind its end"),
            Self::NoOperator => {
                f.write_str("the formula computes nothing: another name of a column is an alias")
            }
        }
    }
}

impl std::error::Error for FormulaError {}

/// How deep brackets may stand in each other.
const DEPTH: usize = 16;

impl Formula {
    /// Reads a formula. `×`, `÷` and full-width signs are signs, too.
    ///
    /// # Errors
    /// [`FormulaError`], the first one met.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let mut reader = Reader {
            chars: text.chars().peekable(),
        };
        let formula = reader.sum(0)?;
        reader.blanks();
        let rest: String = reader.chars.collect();
        if !rest.is_empty() {
            return Err(FormulaError::Rest(rest));
        }
        match formula {
            Self::Name(_) | Self::Number(_) => Err(FormulaError::NoOperator),
            Self::Binary { .. } => Ok(formula),
        }
    }

    /// The names in it, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Name(name) => vec![name],
            Self::Number(_) => Vec::new(),
            Self::Binary { left, right, .. } => {
                let mut names = left.names();
                names.extend(right.names());
                names
            }
        }
    }
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
}

/// The sign that a character is.
fn sign(c: char) -> Option<char> {
    Some(match c {
        '+' | '＋' => '+',
        '-' | '－' | '−' => '-',
        '*' | '＊' | '×' => '*',
        '/' | '／' | '÷' => '/',
        '(' | '（' => '(',
        ')' | '）' => ')',
        '"' | '“' | '”' => '"',
        _ => return None,
    })
}

impl Reader<'_> {
    fn blanks(&mut self) {
        while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn peek(&mut self) -> Option<char> {
        self.blanks();
        self.chars.peek().and_then(|c| sign(*c))
    }

    fn sum(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        let mut left = self.product(depth)?;
        while let Some(sign @ ('+' | '-')) = self.peek() {
            self.chars.next();
            let operator = if sign == '+' {
                Operator::Plus
            } else {
                Operator::Minus
            };
            left = binary(operator, left, self.product(depth)?);
        }
        Ok(left)
    }

    fn product(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        let mut left = self.operand(depth)?;
        while let Some(sign @ ('*' | '/')) = self.peek() {
            self.chars.next();
            let operator = if sign == '*' {
                Operator::Times
            } else {
                Operator::Over
            };
            left = binary(operator, left, self.operand(depth)?);
        }
        Ok(left)
    }

    fn operand(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        match self.peek() {
            Some('(') if depth < DEPTH => {
                self.chars.next();
                let inner = self.sum(depth + 1)?;
                if self.peek() != Some(')') {
                    return Err(FormulaError::Open('('));
                }
                self.chars.next();
                Ok(inner)
            }
            Some('"') => {
                self.chars.next();
                let mut name = String::new();
                for c in self.chars.by_ref() {
                    if sign(c) == Some('"') {
                        return named(name.trim());
                    }
                    name.push(c);
                }
                Err(FormulaError::Open('"'))
            }
            Some(sign) => Err(FormulaError::Operand {
                found: sign.to_string(),
            }),
            None => {
                let mut name = String::new();
                while let Some(c) = self.chars.next_if(|c| sign(*c).is_none()) {
                    name.push(c);
                }
                let name = name.trim();
                match name.parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Formula::Number(number)),
                    _ => named(name),
                }
            }
        }
    }
}

fn named(name: &str) -> Result<Formula, FormulaError> {
    if name.is_empty() {
        return Err(FormulaError::Operand { found: String::new() });
    }
    Ok(Formula::Name(name.to_owned()))
}

fn binary(operator: Operator, left: Formula, right: Formula) -> Formula {
    Formula::Binary {
        operator,
        left: Box::new(left),
        right: Box::new(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(formula: &Formula) -> String {
        match formula {
            Formula::Name(name) => name.clone(),
            Formula::Number(number) => number.to_string(),
            Formula::Binary {
                operator,
                left,
                right,
            } => {
                format!("{operator:?}({}, {})", shown(left), shown(right))
            }
        }
    }

    #[test]
    fn formulas_are_read() {
        let check = |text: &str, expect: &str| {
            let read = Formula::parse(text).map_or_else(|error| error.to_string(), |read| shown(&read));
            assert_eq!(read, expect, "{text}");
        };
        check("销售额 / 订单数", "Over(销售额, 订单数)");
        check("（销售额－成本）÷销售额", "Over(Minus(销售额, 成本), 销售额)");
        check("a - b - c * 2", "Minus(Minus(a, b), Times(c, 2))");
        check("\"net/gross\" / unit price", "Over(net/gross, unit price)");
        check("a /", "the formula ends where a name or a number is expected");
        check(
            "a / * b",
            "the formula has \"*\" where a name or a number is expected",
        );
        check("(a / b", "the formula has a ( that is never closed");
        check("a / \"b", "the formula has a \" that is never closed");
        check("a / b)", "the formula has \")\" behind its end");
        check(
            "sales",
            "the formula computes nothing: another name of a column is an alias",
        );
        let deep = format!("{}a{} / b", "(".repeat(40), ")".repeat(40));
        assert!(Formula::parse(&deep).is_err());
    }
}
