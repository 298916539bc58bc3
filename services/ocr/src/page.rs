//! Lines to headings, paragraphs and tables, in reading order, with their places on the image as it was sent.

use schemas::document::{Area, Block, BlockContent, RecognizedLine, RecognizedPage};

use crate::columns::{self, Element};
use crate::engine::{ENGINE, Reading};
use crate::paragraphs::{self, Paragraph};
use crate::quad::{Point, Rect};
use crate::tables::{self, Table};

/// A line with its place.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// As it would stand on a page that lies straight.
    pub(crate) rect: Rect,
    /// On the image as it was sent.
    pub(crate) place: Rect,
    pub(crate) text: String,
    pub(crate) confidence: f32,
}

/// What was read of an image, as a page of a document.
#[must_use]
pub fn recognized(page: u32, reading: &Reading) -> RecognizedPage {
    let items = items(reading);
    let unit = median(items.iter().map(|item| item.rect.height()).collect());
    let many = items.len() >= paragraphs::MANY;
    let (tables, items) = tables::find(items, unit);
    // What is found around a short cell is higher than around a line of the same letters: only lines say what a heading is.
    let heights: Vec<f32> = items.iter().map(|item| item.rect.height()).collect();
    let unit = if heights.is_empty() { unit } else { median(heights) };
    let elements = items
        .into_iter()
        .map(Element::Line)
        .chain(tables.into_iter().map(Element::Table));
    let mut writer = Writer {
        page,
        size: reading.size,
        blocks: Vec::new(),
        lines: Vec::new(),
    };
    for column in columns::order(elements.collect(), unit) {
        let mut running = Vec::new();
        for element in column {
            match element {
                Element::Line(item) => running.push(item),
                Element::Table(table) => {
                    writer.text(std::mem::take(&mut running), unit, many);
                    writer.table(table);
                }
            }
        }
        writer.text(running, unit, many);
    }
    RecognizedPage {
        page,
        turned: reading.turn.degrees(),
        blocks: writer.blocks,
        lines: writer.lines,
        problem: None,
        engine: ENGINE.to_owned(),
    }
}

struct Writer {
    page: u32,
    size: (u32, u32),
    blocks: Vec<Block>,
    lines: Vec<RecognizedLine>,
}

impl Writer {
    fn text(&mut self, items: Vec<Item>, unit: f32, many: bool) {
        for Paragraph { level, text, items } in paragraphs::gather(items, unit, many) {
            let content = match level {
                Some(level) => BlockContent::Heading { level, text },
                None => BlockContent::Text { text },
            };
            self.block(content, &items);
        }
    }

    fn table(&mut self, table: Table) {
        let Table { header, rows } = table;
        let words =
            |row: &[Vec<Item>]| -> Vec<String> { row.iter().map(|cell| paragraphs::joined(cell)).collect() };
        let columns = rows.first().map_or(0, Vec::len);
        let area = |row: &Vec<Vec<Item>>| self.area(row.iter().flatten());
        let content = BlockContent::Table {
            header: header.as_deref().map_or(vec![String::new(); columns], words),
            areas: rows.iter().filter_map(area).collect(),
            rows: rows.iter().map(|row| words(row)).collect(),
        };
        let items: Vec<Item> = header.into_iter().chain(rows).flatten().flatten().collect();
        self.block(content, &items);
    }

    fn block(&mut self, content: BlockContent, items: &[Item]) {
        self.blocks.push(Block {
            page: Some(self.page),
            area: self.area(items.iter()),
            content,
        });
        self.lines.extend(items.iter().map(|item| RecognizedLine {
            text: item.text.clone(),
            confidence: item.confidence,
            area: item.place.area(self.size),
        }));
    }

    fn area<'a>(&self, items: impl Iterator<Item = &'a Item>) -> Option<Area> {
        let around = items.map(|item| item.place).reduce(|a, b| a.with(&b));
        around.map(|around| around.area(self.size))
    }
}

fn items(reading: &Reading) -> Vec<Item> {
    // Short lines say little about how the page lies.
    let long = reading.lines.iter().map(|line| line.quad);
    let long = long.filter(|quad| quad.width() > 4.0 * quad.height());
    let (sine, cosine) = median(long.map(|quad| quad.slope()).collect()).sin_cos();
    let straight = |Point { x, y }: Point| Point {
        x: x * cosine + y * sine,
        y: y * cosine - x * sine,
    };
    let lines = reading.lines.iter().map(|line| Item {
        rect: line.quad.moved(straight).bounds(),
        place: line
            .quad
            .moved(|corner| reading.turn.back(corner, reading.size))
            .bounds(),
        text: line.text.clone(),
        confidence: line.confidence,
    });
    lines.collect()
}

/// The middle one; 0 of none.
fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::engine::Line;
    use crate::quad::Quad;
    use crate::turn::Turn;

    /// A line at a place.
    pub(crate) fn item(text: &str, left: f32, top: f32, width: f32, height: f32) -> Item {
        let rect = Rect {
            left,
            top,
            right: left + width,
            bottom: top + height,
        };
        Item {
            rect,
            place: rect,
            text: text.to_owned(),
            confidence: 1.0,
        }
    }

    pub(crate) fn words(items: &[Item]) -> String {
        let words: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
        words.join("|")
    }

    fn line(text: &str, corners: [(f32, f32); 4]) -> Line {
        Line {
            text: text.to_owned(),
            confidence: 0.9,
            quad: Quad(corners.map(|(x, y)| Point { x, y })),
        }
    }

    #[test]
    fn a_page_that_falls_to_the_right_is_read_row_by_row() {
        // Both rows fall by a tenth, so that the right end of the upper one stands lower than the left end of the lower one.
        let falling = |text: &str, left: f32, top: f32| {
            let fall = |x: f32| top + x / 10.0;
            let right = left + 190.;
            line(
                text,
                [
                    (left, fall(left)),
                    (right, fall(right)),
                    (right, fall(right) + 20.),
                    (left, fall(left) + 20.),
                ],
            )
        };
        let reading = Reading {
            size: (600, 200),
            turn: Turn::None,
            lines: vec![
                falling("lower right", 300., 30.),
                falling("upper right", 300., 0.),
                falling("lower left", 0., 30.),
                falling("upper left", 0., 0.),
            ],
        };
        let page = recognized(3, &reading);
        let order: Vec<&str> = page.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(order, ["upper left", "upper right", "lower left", "lower right"]);
        assert!(page.blocks.iter().all(|block| block.page == Some(3)));
    }

    #[test]
    fn places_are_on_the_image_as_it_was_sent() {
        // An image 100 wide and 400 high that was turned by a quarter is 400 wide and 100 high.
        let reading = Reading {
            size: (100, 400),
            turn: Turn::Quarter,
            lines: vec![line("A12", [(40., 10.), (120., 10.), (120., 30.), (40., 30.)])],
        };
        let page = recognized(1, &reading);
        assert_eq!(page.turned, 90);
        let area = page.lines[0].area;
        let expect = [0.1, 0.7, 0.2, 0.2];
        for (value, expect) in [area.left, area.top, area.width, area.height].iter().zip(expect) {
            assert!((value - expect).abs() < 1e-5, "{area:?}");
        }
    }

    #[test]
    fn nothing_is_an_empty_page() {
        let reading = Reading {
            size: (10, 10),
            turn: Turn::None,
            lines: Vec::new(),
        };
        let page = recognized(1, &reading);
        assert!(page.blocks.is_empty() && page.lines.is_empty() && page.problem.is_none());
    }
}
