//! Lines that were drawn, and the tables that they rule.

use pdfium_render::prelude::{
    PdfPage, PdfPageObject, PdfPageObjectCommon, PdfPageObjectsCommon, PdfPagePathObject, PdfPathSegmentType,
    PdfPathSegments,
};

use super::fragments::{self, Fragment};
use super::glyphs::Glyph;
use super::plane::{Plane, Rect};

/// Points within which lines are the same, or meet.
const NEAR: f32 = 2.5;
/// Points that a line is thick, at most.
const THICK: f32 = 3.0;
/// Points that a line is long, at least.
const SHORT: f32 = 8.0;
/// Lines of one page that are looked at.
const MOST: usize = 5_000;

/// What is drawn on a page.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Lines across: from left to right at one height.
    pub across: Vec<Rect>,
    /// Lines down.
    pub down: Vec<Rect>,
    /// How much of the page pictures cover, 0 to 1 or more where they lie on one another.
    pub pictures: f32,
    /// How many things are drawn.
    pub objects: usize,
}

impl Drawn {
    pub(super) fn on(page: &PdfPage<'_>, plane: &Plane) -> Self {
        let mut drawn = Self::default();
        for object in page.objects().iter() {
            drawn.objects += 1;
            match &object {
                PdfPageObject::Path(path) if drawn.across.len() + drawn.down.len() < MOST => {
                    drawn.path(path, plane)
                }
                PdfPageObject::Image(image) => {
                    if let Ok(bounds) = image.bounds() {
                        let area = plane.rect(
                            (bounds.left().value, bounds.bottom().value),
                            (bounds.right().value, bounds.top().value),
                        );
                        drawn.pictures += area.width() * area.height() / (plane.width * plane.height);
                    }
                }
                // Scanners wrap pages into forms.
                PdfPageObject::XObjectForm(form)
                    if form.iter().any(|inner| inner.as_image_object().is_some()) =>
                {
                    if let Ok(bounds) = PdfPageObjectCommon::bounds(form) {
                        let area = plane.rect(
                            (bounds.left().value, bounds.bottom().value),
                            (bounds.right().value, bounds.top().value),
                        );
                        drawn.pictures += area.width() * area.height() / (plane.width * plane.height);
                    }
                }
                _ => {}
            }
        }
        drawn
    }

    fn path(&mut self, path: &PdfPagePathObject<'_>, plane: &Plane) {
        let Ok(bounds) = path.bounds() else { return };
        let whole = plane.rect(
            (bounds.left().value, bounds.bottom().value),
            (bounds.right().value, bounds.top().value),
        );
        if whole.width() <= THICK || whole.height() <= THICK {
            self.line(whole);
            return;
        }
        let Ok(matrix) = path.matrix() else { return };
        let segments = path.segments().transform(matrix);
        let mut first = None;
        let mut last: Option<(f32, f32)> = None;
        for segment in segments.iter().take(MOST) {
            let (x, y) = segment.point();
            let point = plane.point(x.value, y.value);
            match segment.segment_type() {
                PdfPathSegmentType::MoveTo => first = Some(point),
                PdfPathSegmentType::LineTo => {
                    if let Some(last) = last {
                        self.between(last, point);
                    }
                }
                _ => {}
            }
            last = Some(point);
            if segment.is_close()
                && let Some(first) = first
            {
                self.between(point, first);
            }
        }
    }

    fn between(&mut self, one: (f32, f32), other: (f32, f32)) {
        self.line(Rect {
            left: one.0.min(other.0),
            top: one.1.min(other.1),
            right: one.0.max(other.0),
            bottom: one.1.max(other.1),
        });
    }

    fn line(&mut self, area: Rect) {
        if area.height() <= THICK && area.width() >= SHORT {
            self.across.push(area);
        } else if area.width() <= THICK && area.height() >= SHORT {
            self.down.push(area);
        }
    }
}

/// A table with lines around its cells.
#[derive(Debug)]
pub(super) struct Ruled {
    pub area: Rect,
    /// Where its lines down are, from the left.
    columns: Vec<f32>,
    /// Where its lines across are, from the top.
    rows: Vec<f32>,
    across: Vec<Rect>,
    down: Vec<Rect>,
}

/// The tables that lines rule: lines that meet one another, at least three one way and two the other.
pub(super) fn tables(drawn: &Drawn) -> Vec<Ruled> {
    let lines: Vec<(Rect, bool)> = drawn
        .across
        .iter()
        .map(|line| (*line, true))
        .chain(drawn.down.iter().map(|line| (*line, false)))
        .collect();
    let mut groups: Vec<Vec<(Rect, bool)>> = Vec::new();
    for line in lines {
        let (mut touched, apart): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| group.iter().any(|other| meet(&other.0, &line.0)));
        let mut group: Vec<(Rect, bool)> = touched.drain(..).flatten().collect();
        group.push(line);
        groups = apart;
        groups.push(group);
    }
    groups.iter().filter_map(|group| Ruled::of(group)).collect()
}

fn meet(one: &Rect, other: &Rect) -> bool {
    one.left <= other.right + NEAR
        && other.left <= one.right + NEAR
        && one.top <= other.bottom + NEAR
        && other.top <= one.bottom + NEAR
}

/// Places that are the same within a little, from the smallest.
fn places(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.dedup_by(|next, kept| *next - *kept <= NEAR);
    values
}

impl Ruled {
    fn of(lines: &[(Rect, bool)]) -> Option<Self> {
        let across: Vec<Rect> = lines.iter().filter(|line| line.1).map(|line| line.0).collect();
        let down: Vec<Rect> = lines.iter().filter(|line| !line.1).map(|line| line.0).collect();
        let columns = places(down.iter().map(|line| line.center().0));
        let rows = places(across.iter().map(|line| line.center().1));
        let enough = columns.len() >= 3 && rows.len() >= 3;
        enough.then_some(())?;
        Some(Self {
            area: Rect {
                left: *columns.first()?,
                top: *rows.first()?,
                right: *columns.last()?,
                bottom: *rows.last()?,
            },
            columns,
            rows,
            across,
            down,
        })
    }

    /// The cells with what stands in them: rows, each with its area; what several cells share stands in each.
    pub(super) fn fill(&self, glyphs: &[Glyph]) -> Vec<Row> {
        let (width, height) = (self.columns.len() - 1, self.rows.len() - 1);
        let mut cells: Vec<Vec<Vec<Glyph>>> = vec![vec![Vec::new(); width]; height];
        for glyph in glyphs {
            let (x, y) = glyph.area.center();
            let row = between(&self.rows, y);
            let column = between(&self.columns, x);
            if let (Some(row), Some(column)) = (row, column) {
                let (row, column) = (self.first_row(row, column), self.first_column(row, column));
                if let Some(cell) = cells.get_mut(row).and_then(|row| row.get_mut(column)) {
                    cell.push(glyph.clone());
                }
            }
        }
        (0..height)
            .map(|row| {
                let cell = |column: usize| {
                    let first = self.first_row(row, column);
                    let glyphs = cells.get(first)?.get(self.first_column(row, column))?;
                    Some(Cell::of(glyphs))
                };
                let cells: Vec<Cell> = (0..width)
                    .map(|column| cell(column).unwrap_or_default())
                    .collect();
                let at = |places: &[f32], place: usize| places.get(place).copied().unwrap_or_default();
                Row {
                    bold: cells
                        .iter()
                        .filter(|cell| !cell.text.is_empty())
                        .all(|cell| cell.bold),
                    whole: (0..width).all(|column| self.first_column(row, column) == 0),
                    cells: cells.into_iter().map(|cell| cell.text).collect(),
                    area: Rect {
                        left: self.area.left,
                        top: at(&self.rows, row),
                        right: self.area.right,
                        bottom: at(&self.rows, row + 1),
                    },
                }
            })
            .collect()
    }

    /// The first of the rows that a cell reaches over: those between which no line is drawn.
    fn first_row(&self, row: usize, column: usize) -> usize {
        let Some(x) = middle(&self.columns, column) else {
            return row;
        };
        let mut first = row;
        while let Some(y) = self.rows.get(first).filter(|_| first > 0) {
            let ruled = self
                .across
                .iter()
                .any(|line| (line.center().1 - y).abs() <= NEAR && line.left <= x && x <= line.right);
            if ruled {
                break;
            }
            first -= 1;
        }
        first
    }

    fn first_column(&self, row: usize, column: usize) -> usize {
        let Some(y) = middle(&self.rows, row) else {
            return column;
        };
        let mut first = column;
        while let Some(x) = self.columns.get(first).filter(|_| first > 0) {
            let ruled = self
                .down
                .iter()
                .any(|line| (line.center().0 - x).abs() <= NEAR && line.top <= y && y <= line.bottom);
            if ruled {
                break;
            }
            first -= 1;
        }
        first
    }
}

fn between(places: &[f32], value: f32) -> Option<usize> {
    places.windows(2).position(|pair| match pair {
        [from, to] => (*from..*to).contains(&value),
        _ => false,
    })
}

fn middle(places: &[f32], place: usize) -> Option<f32> {
    Some(f32::midpoint(*places.get(place)?, *places.get(place + 1)?))
}

/// A row of a table on a page.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub cells: Vec<String>,
    pub area: Rect,
    pub bold: bool,
    /// It is one cell from end to end.
    pub whole: bool,
}

#[derive(Debug, Clone, Default)]
struct Cell {
    text: String,
    bold: bool,
}

impl Cell {
    fn of(glyphs: &[Glyph]) -> Self {
        let fragments: Vec<Fragment> = fragments::of(glyphs);
        let bold = !fragments.is_empty() && fragments.iter().all(|fragment| fragment.bold);
        let lines: Vec<String> = fragments::rows(fragments)
            .iter()
            .map(|row| fragments::text(row))
            .collect();
        Self {
            text: super::paragraphs::joined(lines.iter().map(String::as_str)),
            bold,
        }
    }
}
