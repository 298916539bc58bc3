//! Names of columns in a written query, spelt as the table spells them: whoever leaves the quotation marks out seldom minds
//! their case.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Query, SelectItem, SetExpr, Statement as Ast, Visit, Visitor, visit_expressions_mut,
};

/// Writes each name without quotation marks that is a column but for its case as that column; what the query names so itself, and
/// what two columns are called but for their case, stays.
pub fn mend<'a>(statement: &mut Statement, columns: impl Iterator<Item = &'a str>) {
    let Statement::Statement(statement) = statement else {
        return;
    };
    let mut known: HashMap<String, HashSet<&str>> = HashMap::new();
    for column in columns {
        known.entry(column.to_lowercase()).or_default().insert(column);
    }
    for alias in aliases(statement) {
        known.remove(&alias.to_lowercase());
    }
    let mend = |name: &mut Ident| {
        let meant = known.get(&name.value.to_lowercase());
        let Some(meant) = meant
            .filter(|meant| meant.len() == 1)
            .and_then(|meant| meant.iter().next())
        else {
            return;
        };
        if name.quote_style.is_none() && name.value != **meant {
            *name = Ident::with_quote('"', *meant);
        }
    };
    let _: ControlFlow<()> = visit_expressions_mut(statement.as_mut(), |expression| {
        match expression {
            Expr::Identifier(name) => mend(name),
            Expr::CompoundIdentifier(parts) => parts.last_mut().into_iter().for_each(mend),
            _ => {}
        }
        ControlFlow::Continue(())
    });
}

/// The names that a query gives to what it shows.
fn aliases(statement: &Ast) -> HashSet<String> {
    let mut names = Names::default();
    // It never breaks off.
    let _: ControlFlow<()> = statement.visit(&mut names);
    names.given
}

#[derive(Default)]
struct Names {
    given: HashSet<String>,
}

impl Names {
    fn of(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Select(select) => {
                let given = select.projection.iter().filter_map(|item| match item {
                    SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
                    _ => None,
                });
                self.given.extend(given);
            }
            SetExpr::SetOperation { left, right, .. } => {
                self.of(left);
                self.of(right);
            }
            _ => {}
        }
    }
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.of(&query.body);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::gate;
    use super::*;

    fn mended(sql: &str) -> String {
        let mut statement = gate::query(sql).unwrap();
        mend(&mut statement, ["Name", "Population", "code", "Code"].into_iter());
        statement.to_string()
    }

    #[test]
    fn columns_are_spelt_as_the_table_spells_them() {
        assert_eq!(
            mended("SELECT name, t1.POPULATION FROM t1 WHERE name > 'a' ORDER BY population"),
            "SELECT \"Name\", t1.\"Population\" FROM t1 WHERE \"Name\" > 'a' ORDER BY \"Population\""
        );
        for as_it_is in [
            "SELECT \"name\" FROM t1",
            "SELECT code, CODE FROM t1",
            "SELECT count(*) AS name FROM t1 ORDER BY name",
            "SELECT Name FROM t1",
        ] {
            assert_eq!(mended(as_it_is), as_it_is);
        }
    }
}
