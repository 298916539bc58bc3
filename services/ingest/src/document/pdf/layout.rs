//! The reading order of a page: what stands in columns of text is read one column after the other, what stands in rows of a
//! table row by row.
//!
//! Both look alike: rows of fragments with gaps that lie above one another. Columns of text are filled with long lines; the
//! cells of a table are short, or of different lengths.

use super::fragments::{self, Fragment};
use super::glyphs::Glyph;
use super::plane::Rect;
use super::rules::{self, Drawn, Row};

/// Rows of a table or of columns, at least.
const ROWS: usize = 3;
/// Points that a gap between columns is wide, at least, and in sizes of its letters.
const GUTTER: (f32, f32) = (6.0, 0.7);
/// Sizes of a letter that may lie between two rows of one table or one column.
const LOOSE: f32 = 3.2;
/// The share of its column that a line of running text fills, and the letters that it has (a Chinese one counts as two).
const TEXT: (f32, usize) = (0.72, 18);
/// The share by which the letters of a heading differ from those around it.
const OTHER: f32 = 0.12;
/// Regions in regions.
const DEEP: usize = 6;

/// What stands on a page, in the order in which it is read.
#[derive(Debug)]
pub(super) enum Item {
    Line(Line),
    Table(Vec<Row>),
}

/// A line of text.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub text: String,
    pub area: Rect,
    pub size: f32,
    pub bold: bool,
    /// Where its column begins and ends.
    pub column: (f32, f32),
    /// It is the first of a column, or follows something that is no line of it.
    pub first: bool,
}

/// Brings what stands on a page into order.
pub(super) fn items(glyphs: Vec<Glyph>, drawn: &Drawn) -> Vec<Item> {
    let mut glyphs = glyphs;
    let mut tables = Vec::new();
    for ruled in rules::tables(drawn) {
        let (inside, outside): (Vec<Glyph>, Vec<Glyph>) = glyphs
            .into_iter()
            .partition(|glyph| ruled.area.has(glyph.area.center()));
        let rows = ruled.fill(&inside);
        if is_table(&rows) {
            tables.push((ruled.area, rows));
            glyphs = outside;
        } else {
            glyphs = outside.into_iter().chain(inside).collect();
        }
    }
    let mut items = Vec::new();
    let mut rest = fragments::of(&glyphs);
    tables.sort_by(|one, other| one.0.top.total_cmp(&other.0.top));
    for (area, rows) in tables {
        let (above, below): (Vec<Fragment>, Vec<Fragment>) = rest
            .into_iter()
            .partition(|fragment| comes_before(&fragment.area, &area));
        region(above, &mut items, 0);
        items.push(Item::Table(rows));
        rest = below;
    }
    region(rest, &mut items, 0);
    items
}

/// Whether something is read before a table: it stands above it, or beside it to the left.
fn comes_before(area: &Rect, table: &Rect) -> bool {
    let (x, y) = area.center();
    y < table.top || (y < table.bottom && x < table.left)
}

fn is_table(rows: &[Row]) -> bool {
    let filled = |row: &&Row| row.cells.iter().any(|cell| !cell.is_empty());
    let letters: usize = rows
        .iter()
        .flat_map(|row| &row.cells)
        .map(|cell| cell.chars().count())
        .sum();
    let cells = rows.iter().map(|row| row.cells.len()).sum::<usize>().max(1);
    let width = rows.first().map_or(0, |row| row.cells.len());
    let columns = (0..width).filter(|column| {
        rows.iter()
            .any(|row| row.cells.get(*column).is_some_and(|cell| !cell.is_empty()))
    });
    rows.iter().filter(filled).count() >= 2 && columns.count() >= 2 && letters / cells < 400
}

/// One region: from top to bottom, what stands in columns together.
fn region(fragments: Vec<Fragment>, items: &mut Vec<Item>, depth: usize) {
    let column = Rect::around(fragments.iter().map(|fragment| &fragment.area));
    let column = column.map_or((0.0, 0.0), |area| (area.left, area.right));
    let mut rows = fragments::rows(fragments);
    let mut first = true;
    while !rows.is_empty() {
        let run = if depth < DEEP { Run::at_start(&rows) } else { None };
        let Some(run) = run else {
            let row = rows.remove(0);
            items.extend(line(&row, column, first).map(Item::Line));
            first = false;
            continue;
        };
        let below = rows.split_off(run.rows);
        run.read(rows, items, depth);
        rows = below;
        first = true;
    }
}

fn line(row: &[Fragment], column: (f32, f32), first: bool) -> Option<Line> {
    let area = Rect::around(row.iter().map(|fragment| &fragment.area))?;
    // The size of most of its letters.
    let largest = row.iter().max_by_key(|fragment| fragment.text.len())?;
    Some(Line {
        text: fragments::text(row),
        area,
        size: largest.size,
        bold: row.iter().all(|fragment| fragment.bold),
        column,
        first,
    })
}

/// Rows from the top on that have gaps above one another.
struct Run {
    rows: usize,
    /// The gaps, from the left.
    gutters: Vec<(f32, f32)>,
}

impl Run {
    fn at_start(rows: &[Vec<Fragment>]) -> Option<Self> {
        let mut best: Option<Self> = None;
        let mut filled: Vec<(f32, f32)> = Vec::new();
        let (mut several, mut aside, mut usual) = (0, 0, 0.0);
        let mut last: Option<Rect> = None;
        let mut last_left = None;
        for (count, row) in (1..).zip(rows) {
            let area = Rect::around(row.iter().map(|fragment| &fragment.area))?;
            let size = row.iter().map(|fragment| fragment.size).fold(0.0, f32::max);
            if last.is_some_and(|last| area.top - last.bottom > LOOSE * size) {
                break;
            }
            // A line on its own in other letters is a heading, and begins something new.
            if count > 2 && row.len() == 1 && (size - usual).abs() > OTHER * usual {
                break;
            }
            if row.len() > 1 || count == 1 {
                usual = size;
            }
            last = Some(area);
            for fragment in row {
                cover(&mut filled, (fragment.area.left, fragment.area.right));
            }
            let gutters = gutters(&filled, size);
            // The first row may be that of one column alone; after that there is a gap, or no columns.
            if gutters.is_empty() && count > 1 {
                break;
            }
            several += usize::from(row.len() > 1);
            // Lines of two columns need not stand at the same heights.
            let moved = row.len() == 1
                && last_left.is_some_and(|left| {
                    gutters
                        .iter()
                        .any(|gutter| (left < gutter.0) != (area.left < gutter.0))
                });
            aside += usize::from(moved);
            last_left = Some(area.left);
            if !gutters.is_empty() && (row.len() > 1 || moved) {
                best = Some(Self { rows: count, gutters });
            } else if let Some(best) = &mut best
                && !gutters.is_empty()
                && is_within(row, &gutters)
            {
                best.rows = count;
                best.gutters = gutters;
            }
        }
        best.filter(|run| run.rows >= ROWS && (several >= 2 || aside > ROWS))
    }

    fn column_of(&self, area: &Rect) -> usize {
        let (x, _) = area.center();
        self.gutters.iter().filter(|gutter| gutter.1 <= x).count()
    }

    fn read(self, rows: Vec<Vec<Fragment>>, items: &mut Vec<Item>, depth: usize) {
        let mut columns: Vec<Vec<Fragment>> = vec![Vec::new(); self.gutters.len() + 1];
        for fragment in rows.iter().flatten() {
            if let Some(column) = columns.get_mut(self.column_of(&fragment.area)) {
                column.push(fragment.clone());
            }
        }
        if are_text(&columns) {
            for column in columns {
                region(column, items, depth + 1);
            }
            return;
        }
        // What stands alone above and below is no row.
        let whole = Rect::around(rows.iter().flatten().map(|fragment| &fragment.area));
        let column = whole.map_or((0.0, 0.0), |area| (area.left, area.right));
        let alone = |row: &Vec<Fragment>| {
            row.len() == 1 && row.first().is_some_and(|only| self.column_of(&only.area) == 0)
        };
        let start = rows.iter().take_while(|row| row.len() == 1).count();
        let end = rows.len() - rows.iter().rev().take_while(|row| alone(row)).count();
        let (above, rest) = rows.split_at(start.min(rows.len()));
        let (table, below) = rest.split_at(end.saturating_sub(start).min(rest.len()));
        let several = table.iter().filter(|row| row.len() > 1).count();
        let lines = |rows: &[Vec<Fragment>]| -> Vec<Item> {
            let lines = rows.iter().enumerate();
            lines
                .filter_map(|(place, row)| line(row, column, place == 0).map(Item::Line))
                .collect()
        };
        if several < 2 {
            items.extend(lines(&rows));
            return;
        }
        items.extend(lines(above));
        items.push(Item::Table(self.table(table)));
        items.extend(lines(below));
    }

    fn table(&self, rows: &[Vec<Fragment>]) -> Vec<Row> {
        let mut table: Vec<Row> = Vec::new();
        let pitch = pitch(rows, self);
        for fragments in rows {
            let mut cells: Vec<Vec<Fragment>> = vec![Vec::new(); self.gutters.len() + 1];
            for fragment in fragments {
                if let Some(cell) = cells.get_mut(self.column_of(&fragment.area)) {
                    cell.push(fragment.clone());
                }
            }
            let Some(area) = Rect::around(fragments.iter().map(|fragment| &fragment.area)) else {
                continue;
            };
            let cells: Vec<String> = cells.iter().map(|cell| fragments::text(cell)).collect();
            let goes_on = cells.first().is_some_and(String::is_empty)
                && table
                    .last()
                    .is_some_and(|last| area.top - last.area.bottom < pitch);
            if let (true, Some(last)) = (goes_on, table.last_mut()) {
                last.area = last.area.with(&area);
                for (cell, more) in last
                    .cells
                    .iter_mut()
                    .zip(cells)
                    .filter(|(_, more)| !more.is_empty())
                {
                    *cell = super::paragraphs::joined([cell.as_str(), &more].into_iter());
                }
                continue;
            }
            table.push(Row {
                bold: fragments.iter().all(|fragment| fragment.bold),
                cells,
                area,
                whole: false,
            });
        }
        table
    }
}

/// The gap below which a row without a first cell goes on with the row above: less than there is between rows that have one.
fn pitch(rows: &[Vec<Fragment>], run: &Run) -> f32 {
    let mut gaps: Vec<f32> = Vec::new();
    for pair in rows.windows(2) {
        let [above, below] = pair else { continue };
        let area = |row: &[Fragment]| Rect::around(row.iter().map(|fragment| &fragment.area));
        let begins = below.iter().any(|fragment| run.column_of(&fragment.area) == 0);
        if let (Some(above), Some(below), true) = (area(above), area(below), begins) {
            gaps.push(below.top - above.bottom);
        }
    }
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 2).map_or(0.0, |gap| gap * 0.8)
}

/// Whether each fragment of a row stands between two gaps.
fn is_within(row: &[Fragment], gutters: &[(f32, f32)]) -> bool {
    row.iter().all(|fragment| {
        gutters
            .iter()
            .all(|gutter| fragment.area.right <= gutter.0 || fragment.area.left >= gutter.1)
    })
}

/// Adds a stretch to those that are covered, which are kept apart and in order.
fn cover(filled: &mut Vec<(f32, f32)>, stretch: (f32, f32)) {
    let (mut left, mut right) = stretch;
    filled.retain(|(from, to)| {
        let touches = *from <= right && left <= *to;
        if touches {
            left = left.min(*from);
            right = right.max(*to);
        }
        !touches
    });
    filled.push((left, right));
    filled.sort_by(|one, other| one.0.total_cmp(&other.0));
}

fn gutters(filled: &[(f32, f32)], size: f32) -> Vec<(f32, f32)> {
    let wide = GUTTER.0.max(GUTTER.1 * size);
    filled
        .windows(2)
        .filter_map(|pair| match pair {
            [(_, left), (right, _)] if right - left >= wide => Some((*left, *right)),
            _ => None,
        })
        .collect()
}

/// Whether most columns are of running text.
fn are_text(columns: &[Vec<Fragment>]) -> bool {
    let texts = columns.iter().filter(|column| is_text(column)).count();
    columns.len() <= 4 && texts * 2 > columns.len()
}

fn is_text(column: &[Fragment]) -> bool {
    let Some(area) = Rect::around(column.iter().map(|fragment| &fragment.area)) else {
        return false;
    };
    let (full, long) = TEXT;
    let lines = fragments::rows(column.to_vec());
    let filled = lines.iter().filter(|row| {
        let width: f32 = row.iter().map(|fragment| fragment.area.width()).sum();
        let letters: usize = row
            .iter()
            .flat_map(|fragment| fragment.text.chars())
            .map(wide)
            .sum();
        width >= full * area.width() && letters >= long
    });
    lines.len() >= ROWS && filled.count() * 2 >= lines.len()
}

fn wide(letter: char) -> usize {
    if crate::passages::is_wide(letter) { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fragment of 10 points in letters that are half as wide.
    fn fragment(text: &str, x: f32, y: f32) -> Fragment {
        let width = text.chars().count() as f32 * 5.0;
        let area = Rect {
            left: x,
            top: y,
            right: x + width,
            bottom: y + 10.0,
        };
        Fragment {
            text: text.to_owned(),
            area,
            size: 10.0,
            bold: false,
            leftward: Vec::new(),
        }
    }

    fn read(fragments: Vec<Fragment>) -> Vec<Item> {
        let mut items = Vec::new();
        region(fragments, &mut items, 0);
        items
    }

    #[test]
    fn columns_of_text_are_read_one_after_the_other() {
        let mut fragments = vec![fragment(
            "A title over both of the columns of this page, as wide as they are",
            0.0,
            0.0,
        )];
        for line in 0..5 {
            let y = 20.0 + line as f32 * 12.0;
            fragments.push(fragment(&format!("left {line} words that fill the line"), 0.0, y));
            // The columns need not stand on the same lines.
            fragments.push(fragment(
                &format!("right {line} words that fill the line"),
                200.0,
                y + 5.0,
            ));
        }
        let texts: Vec<String> = read(fragments)
            .into_iter()
            .map(|item| match item {
                Item::Line(line) => line.text,
                Item::Table(rows) => panic!("{rows:?}"),
            })
            .collect();
        assert_eq!(texts.len(), 11);
        assert!(texts[0].starts_with("A title") && texts[1].starts_with("left 0"));
        assert!(
            texts[5].starts_with("left 4") && texts[6].starts_with("right 0"),
            "{texts:?}"
        );
    }

    #[test]
    fn cells_are_read_row_by_row() {
        let mut fragments = vec![fragment(
            "Departures of the morning, which leave from terminal two of the airport",
            0.0,
            0.0,
        )];
        for (row, cells) in [
            ["Flight", "To", "Gate"],
            ["CA1234", "Beijing", "A12"],
            ["MU5101", "Xi'an", "B3"],
        ]
        .iter()
        .enumerate()
        {
            for (column, cell) in cells.iter().enumerate() {
                fragments.push(fragment(cell, column as f32 * 100.0, 20.0 + row as f32 * 15.0));
            }
        }
        // Goes on with the cell above it.
        fragments.push(fragment("or B4", 200.0, 61.0));
        let items = read(fragments);
        let [Item::Line(_), Item::Table(rows)] = items.as_slice() else {
            panic!("{items:?}");
        };
        let cells: Vec<&[String]> = rows.iter().map(|row| row.cells.as_slice()).collect();
        assert_eq!(
            cells,
            [
                ["Flight", "To", "Gate"],
                ["CA1234", "Beijing", "A12"],
                ["MU5101", "Xi'an", "B3 or B4"]
            ]
        );
    }
}
