//! Tables: rows of lines that stand in the same columns. Drawn lines are not looked at, since many tables have none.

use crate::page::Item;
use crate::rows::{around, rows, stretches};

/// A table. All rows have as many cells as the header; a cell has the lines that stand in it, from the top.
#[derive(Debug)]
pub(crate) struct Table {
    /// The names of the columns, where the first row is that.
    pub(crate) header: Option<Vec<Vec<Item>>>,
    pub(crate) rows: Vec<Vec<Vec<Item>>>,
}

/// A gap between rows that ends a table, in heights of a line.
const END: f32 = 2.5;
/// A gap below which a row with an empty first cell goes on with the row above.
const WRAPPED: f32 = 0.25;
/// Lines that fill this share of their column are text that is set in columns, if most of them do.
const FILLED: f32 = 0.85;
/// Letters of a line of such a text, at least.
const LONG: usize = 9;

/// The tables, and all other lines. `unit` is the height of a line.
pub(crate) fn find(items: Vec<Item>, unit: f32) -> (Vec<Table>, Vec<Item>) {
    let (mut tables, mut others) = (Vec::new(), Vec::new());
    let mut run: Vec<Vec<Item>> = Vec::new();
    for row in rows(items) {
        let near = run
            .last()
            .is_none_or(|last| around(&row).top - around(last).bottom < END * unit);
        if !near || row.len() < 2 && !(run.len() >= 2 && fits(&run, &row)) {
            end(std::mem::take(&mut run), unit, &mut tables, &mut others);
        }
        if row.len() >= 2 || !run.is_empty() {
            run.push(row);
        } else {
            others.extend(row);
        }
    }
    end(run, unit, &mut tables, &mut others);
    (tables, others)
}

/// Whether a line alone in its row stands in one of the columns.
fn fits(run: &[Vec<Item>], row: &[Item]) -> bool {
    columns(run).is_some_and(|columns| {
        row.iter().all(|item| {
            let touched = columns
                .iter()
                .filter(|(left, right)| item.rect.left < *right && item.rect.right > *left);
            touched.count() == 1
        })
    })
}

/// The columns, if the fullest rows agree on them.
fn columns(run: &[Vec<Item>]) -> Option<Vec<(f32, f32)>> {
    let count = run.iter().map(Vec::len).max().filter(|count| *count >= 2)?;
    let full = run.iter().filter(|row| row.len() == count).flatten();
    let columns = stretches(full.map(|item| (item.rect.left, item.rect.right)).collect());
    (columns.len() == count).then_some(columns)
}

fn end(mut run: Vec<Vec<Item>>, unit: f32, tables: &mut Vec<Table>, others: &mut Vec<Item>) {
    // What stands alone below a table is a note, not a row.
    while run.last().is_some_and(|row| row.len() < 2) {
        others.extend(run.pop().into_iter().flatten());
    }
    match columns(&run).filter(|columns| is_table(&run, columns)) {
        Some(columns) => tables.push(table(run, &columns, unit)),
        None => others.extend(run.into_iter().flatten()),
    }
}

fn is_table(run: &[Vec<Item>], columns: &[(f32, f32)]) -> bool {
    let full = run.iter().filter(|row| row.len() == columns.len()).count();
    let enough = full >= 2 && (run.len() >= 3 || columns.len() >= 3);
    let lines = run.iter().flatten();
    let prose = lines.clone().filter(|item| {
        let middle = f32::midpoint(item.rect.left, item.rect.right);
        let column = columns
            .iter()
            .find(|(left, right)| (*left..=*right).contains(&middle));
        item.text.chars().count() >= LONG
            && column.is_some_and(|(left, right)| item.rect.width() >= FILLED * (right - left))
    });
    enough && 2 * prose.count() < lines.count()
}

fn table(run: Vec<Vec<Item>>, columns: &[(f32, f32)], unit: f32) -> Table {
    let mut rows: Vec<Vec<Vec<Item>>> = Vec::new();
    let mut bottom = f32::MIN;
    for row in run {
        let rect = around(&row);
        let mut cells = vec![Vec::new(); columns.len()];
        for item in row {
            if let Some(cell) = cells.get_mut(column_of(&item, columns)) {
                cell.push(item);
            }
        }
        let goes_on = rect.top - bottom < WRAPPED * unit && cells.first().is_some_and(Vec::is_empty);
        match rows.last_mut().filter(|_| goes_on) {
            Some(above) => {
                for (cell, more) in above.iter_mut().zip(cells) {
                    cell.extend(more);
                }
            }
            None => rows.push(cells),
        }
        bottom = rect.bottom;
    }
    let header = has_header(&rows).then(|| rows.remove(0));
    Table { header, rows }
}

/// The column that a line shares most with; else the nearest.
fn column_of(item: &Item, columns: &[(f32, f32)]) -> usize {
    let shared = |&(left, right): &(f32, f32)| item.rect.right.min(right) - item.rect.left.max(left);
    let best = columns
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| shared(a).total_cmp(&shared(b)));
    best.map_or(0, |(index, _)| index)
}

/// Whether the first row names the columns: all of them, and with fewer digits than the rows below have.
fn has_header(rows: &[Vec<Vec<Item>>]) -> bool {
    let digits = |row: &Vec<Vec<Item>>| {
        let with = row.iter().filter(|cell| {
            let mut letters = cell.iter().flat_map(|item| item.text.chars());
            letters.any(|letter| letter.is_ascii_digit())
        });
        with.count()
    };
    let Some((first, rest)) = rows.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return false;
    };
    let named = first.iter().all(|cell| !cell.is_empty());
    let (here, below) = (digits(first), rest.iter().map(digits).sum::<usize>());
    named && (here == 0 || here * rest.len() < below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::{item, words};

    fn cells(table: &Table) -> Vec<Vec<String>> {
        let all = table.header.iter().chain(&table.rows);
        all.map(|row| row.iter().map(|cell| words(cell)).collect())
            .collect()
    }

    #[test]
    fn aligned_lines_are_a_table_with_a_header() {
        let items = vec![
            item("航班时刻", 10., 0., 200., 20.),
            item("航班", 10., 60., 60., 20.),
            item("到达", 150., 60., 60., 20.),
            item("登机口", 300., 61., 70., 20.),
            item("CA1234", 10., 90., 80., 20.),
            item("10:30", 150., 90., 60., 20.),
            item("A12", 300., 90., 40., 20.),
            item("MU5101", 10., 120., 80., 20.),
            item("C3", 305., 120., 30., 20.),
            item("注：以公告为准", 10., 200., 200., 20.),
        ];
        let (tables, others) = find(items, 20.);
        assert_eq!(tables.len(), 1);
        assert!(tables[0].header.is_some());
        assert_eq!(
            cells(&tables[0]),
            [
                ["航班", "到达", "登机口"],
                ["CA1234", "10:30", "A12"],
                ["MU5101", "", "C3"]
            ]
        );
        assert_eq!(words(&others), "航班时刻|注：以公告为准");
    }

    #[test]
    fn a_cell_of_two_lines_is_one() {
        let items = vec![
            item("Gate", 10., 0., 60., 20.),
            item("Remark", 150., 0., 80., 20.),
            item("A1", 10., 30., 30., 20.),
            item("closed until", 150., 30., 120., 20.),
            item("Monday", 150., 52., 70., 20.),
            item("A2", 10., 90., 30., 20.),
            item("open", 150., 90., 50., 20.),
        ];
        let (tables, _) = find(items, 20.);
        assert_eq!(cells(&tables[0])[1], ["A1", "closed until|Monday"]);
    }

    #[test]
    fn text_in_two_columns_is_no_table() {
        let column = |left: f32| {
            (0..5u8).map(move |row| item("a line of running text", left, f32::from(row) * 25., 200., 20.))
        };
        let (tables, others) = find(column(0.).chain(column(260.)).collect(), 20.);
        assert!(tables.is_empty());
        assert_eq!(others.len(), 10);
    }
}
