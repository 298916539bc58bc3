//! The rules by which words become parts of a plan, from the data file `lexicon/grammar.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::actions::{Action, action};

/// A name in the grammar.
pub type Symbol = u16;

/// One rule, its options spelled out.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What it makes.
    pub makes: Symbol,
    /// Of what, in order; at least one.
    pub of: Vec<Symbol>,
    /// How the parts become one.
    pub action: Action,
    /// How unlikely it is.
    pub cost: u32,
}

/// All rules.
#[derive(Debug, Default)]
pub struct Grammar {
    symbols: HashMap<String, Symbol>,
    rules: Vec<Rule>,
    /// Rules by their first symbol.
    by_first: HashMap<Symbol, Vec<usize>>,
    /// Symbols that may stand on their own, and what that costs.
    items: HashMap<Symbol, u32>,
    /// Words between them, and what they cost.
    glue: HashMap<Symbol, u32>,
}

/// What is wrong with a line of the file.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the grammar: {what}")]
pub struct GrammarError {
    /// Counted from 1.
    line: usize,
    /// What was expected.
    what: &'static str,
}

/// Most symbols on the right of a rule, options included.
const WIDEST: usize = 10;

static GRAMMAR: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::parse(include_str!("../../lexicon/grammar.txt")).unwrap_or_default());

/// The grammar; read once. A test shows that the file is well-formed.
#[must_use]
pub fn grammar() -> &'static Grammar {
    &GRAMMAR
}

impl Grammar {
    /// Reads a grammar: a rule a line, `makes = of of? of|of : action cost`; the special names `item` and `glue` say
    /// what may stand on its own and between.
    ///
    /// # Errors
    /// [`GrammarError`] names the first line that is no rule.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        let mut grammar = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                grammar
                    .read(line)
                    .map_err(|what| GrammarError { line: number, what })?;
            }
        }
        Ok(grammar)
    }

    /// The number of a name.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name).copied()
    }

    /// The rules that start with a symbol.
    pub fn starting_with(&self, symbol: Symbol) -> impl Iterator<Item = &Rule> {
        self.by_first
            .get(&symbol)
            .into_iter()
            .flatten()
            .filter_map(|rule| self.rules.get(*rule))
    }

    /// What it costs that a symbol stands on its own, where it may.
    #[must_use]
    pub fn item(&self, symbol: Symbol) -> Option<u32> {
        self.items.get(&symbol).copied()
    }

    /// What it costs that a word stands between items, where it may.
    #[must_use]
    pub fn glue(&self, symbol: Symbol) -> Option<u32> {
        self.glue.get(&symbol).copied()
    }

    fn read(&mut self, line: &str) -> Result<(), &'static str> {
        let (makes, rest) = line.split_once('=').ok_or("no = in it")?;
        let (of, end) = rest.split_once(':').ok_or("no : in it")?;
        let makes = makes.trim();
        let mut end = end.split_whitespace();
        let first = end.next();
        if makes == "item" || makes == "glue" {
            let cost = first
                .and_then(|cost| cost.parse().ok())
                .ok_or("no cost behind the :")?;
            for name in of.split_whitespace() {
                let symbol = self.intern(name);
                let list = if makes == "item" {
                    &mut self.items
                } else {
                    &mut self.glue
                };
                list.insert(symbol, cost);
            }
            return Ok(());
        }
        let action = first.and_then(action).ok_or("no action of that name")?;
        let cost = match end.next() {
            Some(cost) => cost.parse().map_err(|_| "the cost is no number")?,
            None => 0,
        };
        let makes = self.intern(makes);
        let elements: Vec<&str> = of.split_whitespace().collect();
        if elements.is_empty() || elements.len() > WIDEST {
            return Err("too few or too many parts");
        }
        for of in spelled_out(&elements) {
            let of: Vec<Symbol> = of.into_iter().map(|name| self.intern(name)).collect();
            if let Some(first) = of.first() {
                self.by_first.entry(*first).or_default().push(self.rules.len());
                self.rules.push(Rule {
                    makes,
                    of,
                    action,
                    cost,
                });
            }
        }
        Ok(())
    }

    fn intern(&mut self, name: &str) -> Symbol {
        let next = Symbol::try_from(self.symbols.len()).unwrap_or(Symbol::MAX);
        *self.symbols.entry(name.to_owned()).or_insert(next)
    }
}

/// All ways to take or leave what is optional and to choose among alternatives.
fn spelled_out<'a>(elements: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut all: Vec<Vec<&str>> = vec![Vec::new()];
    for element in elements {
        let (names, optional) = match element.strip_suffix('?') {
            Some(names) => (names, true),
            None => (*element, false),
        };
        let mut next = Vec::new();
        for start in &all {
            if optional {
                next.push(start.clone());
            }
            for name in names.split('|') {
                next.push(start.iter().copied().chain([name]).collect());
            }
        }
        all = next;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::role::Role;
    use super::*;

    #[test]
    fn options_are_spelled_out() {
        let rules = spelled_out(&["a?", "b|c", "d"]);
        assert_eq!(
            rules,
            [
                vec!["b", "d"],
                vec!["c", "d"],
                vec!["a", "b", "d"],
                vec!["a", "c", "d"]
            ]
        );
    }

    #[test]
    fn the_file_is_well_formed_and_every_symbol_is_made_by_something() {
        let grammar = Grammar::parse(include_str!("../../lexicon/grammar.txt")).unwrap();
        let made = |symbol: Symbol| grammar.rules.iter().any(|rule| rule.makes == symbol);
        let terminal = |name: &str| super::super::chart::TERMINALS.contains(&name) || Role::is_name(name);
        for (name, symbol) in &grammar.symbols {
            assert!(made(*symbol) || terminal(name), "nothing makes {name}");
        }
        for wrong in [
            "a b",
            "a = b",
            "a = b : nothing_of_that_name",
            "item = a : x",
            "a = : keep",
        ] {
            assert!(Grammar::parse(wrong).is_err(), "{wrong}");
        }
    }
}
