//! The form that a question prescribes for its answer, filled with the result.
//!
//! "Answer as @mean[x], with two decimals" becomes `@mean[{mean:.2f}]`: the model writes the frame, and each figure comes out
//! of the result.

use schemas::value::Value;

use crate::words::number;

/// Rows that a form is filled with, one line each.
const ROWS: usize = 20;
/// Characters of a form.
const LONGEST: usize = 1_000;
/// Decimals of a figure: a float has no more that mean anything.
const DECIMALS: usize = 15;

/// A form with the result in it. The error is about the form, for the model to mend.
pub(super) fn fill(
    form: &str,
    columns: &[String],
    rows: &[Vec<Value>],
    question: &str,
) -> Result<String, String> {
    if form.chars().count() > LONGEST {
        return Err(format!("\"form\" is longer than {LONGEST} characters"));
    }
    let parts = parts(form)?;
    for part in &parts {
        let Part::Text(text) = part else { continue };
        let mut figures = text
            .split(|character: char| !character.is_numeric())
            .filter(|figure| !figure.is_empty());
        if let Some(figure) = figures.find(|figure| !question.contains(*figure)) {
            return Err(format!(
                "\"form\" has the figure {figure} of its own: put {{column}} where a value of the result belongs"
            ));
        }
    }
    if !parts.iter().any(|part| matches!(part, Part::Cell { .. })) {
        return Err("\"form\" has no {column} in it".to_owned());
    }
    if rows.is_empty() || rows.len() > ROWS {
        return Err(format!(
            "\"form\" is for results of 1 to {ROWS} rows, and this one has {}",
            rows.len()
        ));
    }
    let lines: Result<Vec<String>, String> = rows.iter().map(|row| line(&parts, columns, row)).collect();
    Ok(lines?.join("\n"))
}

fn line(parts: &[Part<'_>], columns: &[String], row: &[Value]) -> Result<String, String> {
    let mut line = String::new();
    for part in parts {
        match part {
            Part::Text(text) => line.push_str(text),
            Part::Cell { column, decimals } => {
                let place = columns.iter().position(|name| name == column);
                let value = place.and_then(|place| row.get(place)).ok_or_else(|| {
                    format!("\"form\" names {column:?}; the columns of the result are {columns:?}")
                })?;
                line.push_str(&written(value, *decimals, column)?);
            }
        }
    }
    Ok(line)
}

fn written(value: &Value, decimals: Option<usize>, column: &str) -> Result<String, String> {
    Ok(match (value, decimals) {
        (Value::Null, _) => return Err(format!("the result has no value in {column:?}")),
        (Value::Int(_) | Value::Float(_), Some(decimals)) => {
            let number = value.as_f64().unwrap_or_default();
            let text = format!("{number:.decimals$}");
            // There is no negative zero.
            match text.strip_prefix('-') {
                Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
                _ => text,
            }
        }
        (Value::Bool(true), _) => "True".to_owned(),
        (Value::Bool(false), _) => "False".to_owned(),
        // With as many decimals as the program rounded it to.
        (Value::Float(number), None) => number::exact(*number),
        (other, _) => number::plain(other),
    })
}

/// A part of a form.
#[derive(Debug, PartialEq)]
enum Part<'a> {
    /// What stands there as it is.
    Text(&'a str),
    /// A value of the result.
    Cell {
        column: &'a str,
        decimals: Option<usize>,
    },
}

/// The parts of a form. Two braces stand for one.
fn parts(form: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = form;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        let doubled = from.starts_with("{{") || from.starts_with("}}");
        if doubled {
            let (text, after) = rest.split_at(at + 1);
            parts.push(Part::Text(text));
            rest = after.get(1..).unwrap_or_default();
            continue;
        }
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        let Some((inside, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) else {
            return Err("\"form\" has a brace that is not closed".to_owned());
        };
        parts.push(cell(inside)?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

/// `column`, or `column:.2f` for two decimals.
fn cell(inside: &str) -> Result<Part<'_>, String> {
    let format = inside
        .rsplit_once(":.")
        .and_then(|(column, format)| Some((column, format.strip_suffix('f')?)));
    let (column, decimals) = match format {
        Some((column, digits)) => match digits.parse() {
            Ok(decimals) if decimals <= DECIMALS => (column, Some(decimals)),
            _ => {
                return Err(format!(
                    "\"form\" asks for {digits:?} decimals; there are 0 to {DECIMALS}"
                ));
            }
        },
        None => (inside, None),
    };
    Ok(Part::Cell { column, decimals })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(form: &str, question: &str) -> Result<String, String> {
        let columns = ["mean", "n:o", "none", "p"].map(str::to_owned);
        let rows = [vec![
            Value::Float(34.65),
            Value::Text("T2".to_owned()),
            Value::Null,
            Value::Float(0.012_345_6),
        ]];
        fill(form, &columns, &rows, question)
    }

    #[test]
    fn figures_come_out_of_the_result() {
        let check =
            |form: &str, expected: &str| assert_eq!(filled(form, "in 2 parts"), Ok(expected.to_owned()));
        check("@mean[{mean:.2f}]", "@mean[34.65]");
        check("@p[{p}]", "@p[0.0123456]");
        check("@mean[{mean:.4f}] @at[{n:o}]", "@mean[34.6500] @at[T2]");
        check("part 2: {{{mean}}}", "part 2: {34.65}");
        check("{n:o:.2f}", "T2");
    }

    #[test]
    fn what_is_no_form_goes_back_with_its_fault() {
        let check = |form: &str, expected: &str| {
            let fault = filled(form, "no figures").unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        };
        check("@mean[34.65] {mean}", "figure 34 of its own");
        check("@mean[x]", "no {column}");
        check("@mean[{median}]", "names \"median\"");
        check("@mean[{mean", "not closed");
        check("@mean[{mean:.99f}]", "\"99\" decimals");
        check("{none}", "no value in \"none\"");
        check(&"x".repeat(1_001), "longer than 1000");
    }

    #[test]
    fn zero_has_no_sign_and_every_row_its_line() {
        let columns = ["x".to_owned()];
        let rows = [
            vec![Value::Float(-0.001)],
            vec![Value::Int(3)],
            vec![Value::Bool(true)],
        ];
        assert_eq!(
            fill("{x:.2f}", &columns, &rows, ""),
            Ok("0.00\n3.00\nTrue".to_owned())
        );
        assert!(fill("{x}", &columns, &[], "").unwrap_err().contains("has 0"));
    }
}
