//! Text that is set in columns is read column by column; all else from the top.
//!
//! The page is cut into bands where nothing stands across it. Neighbouring bands that leave the same gap free are one region of
//! columns, if there is enough text on each side; what goes across begins a new region.

use crate::page::Item;
use crate::quad::Rect;
use crate::rows::stretches;
use crate::tables::Table;

/// What is put in order.
#[derive(Debug)]
pub(crate) enum Element {
    Line(Item),
    Table(Table),
}

/// The narrowest gap between columns, in heights of a line.
const GAP: f32 = 1.2;
/// Lines that a column has at least.
const LINES: usize = 3;
/// Letters that they have at least, on average: shorter ones are words of a sign, or of a form.
const LETTERS: usize = 6;

/// A part of the page from top to bottom.
struct Region {
    elements: Vec<(Rect, Element)>,
    gaps: Vec<(f32, f32)>,
}

/// Elements in reading order, column by column.
pub(crate) fn order(elements: Vec<Element>, unit: f32) -> Vec<Vec<Element>> {
    let mut regions: Vec<Region> = Vec::new();
    for band in bands(elements, unit) {
        let free = gaps(&band);
        let wide = |(left, right): &(f32, f32)| right - left >= GAP * unit;
        match regions.last_mut() {
            Some(region) if region.gaps.is_empty() && !free.iter().any(wide) => region.elements.extend(band),
            Some(region) if common(&region.gaps, &band).iter().any(wide) => {
                region.gaps = common(&region.gaps, &band).into_iter().filter(wide).collect();
                region.elements.extend(band);
            }
            _ => regions.push(Region {
                elements: band,
                gaps: free.into_iter().filter(wide).collect(),
            }),
        }
    }
    let mut columns: Vec<Vec<Element>> = Vec::new();
    let mut goes_on = false;
    for region in regions {
        let split = split(region);
        let alone = split.len() == 1;
        for column in split {
            match columns.last_mut().filter(|_| goes_on && alone) {
                Some(last) => last.extend(column),
                None => columns.push(column),
            }
        }
        goes_on = alone;
    }
    columns
}

fn rect(element: &Element) -> Rect {
    let around = |a: Rect, b: Rect| a.with(&b);
    match element {
        Element::Line(item) => item.rect,
        Element::Table(table) => {
            let cells = table.header.iter().chain(&table.rows).flatten().flatten();
            let nothing = Rect {
                left: 0.0,
                top: 0.0,
                right: 0.0,
                bottom: 0.0,
            };
            cells.map(|item| item.rect).reduce(around).unwrap_or(nothing)
        }
    }
}

/// Elements that stand side by side, at least in part, from the top. Detection leaves a margin around a line, so that lines
/// below each other may overlap a little.
fn bands(elements: Vec<Element>, unit: f32) -> Vec<Vec<(Rect, Element)>> {
    let margin = 0.2 * unit;
    let mut elements: Vec<_> = elements
        .into_iter()
        .map(|element| (rect(&element), element))
        .collect();
    elements.sort_by(|a, b| a.0.top.total_cmp(&b.0.top));
    let mut bands: Vec<Vec<(Rect, Element)>> = Vec::new();
    let mut bottom = f32::MIN;
    for (rect, element) in elements {
        match bands.last_mut().filter(|_| rect.top + margin < bottom) {
            Some(band) => band.push((rect, element)),
            None => bands.push(vec![(rect, element)]),
        }
        bottom = bottom.max(rect.bottom - margin);
    }
    bands
}

/// What is free between the elements of a band.
fn gaps(band: &[(Rect, Element)]) -> Vec<(f32, f32)> {
    let taken = stretches(band.iter().map(|(rect, _)| (rect.left, rect.right)).collect());
    taken
        .iter()
        .zip(taken.iter().skip(1))
        .map(|(before, after)| (before.1, after.0))
        .collect()
}

/// What a band leaves of gaps.
fn common(gaps: &[(f32, f32)], band: &[(Rect, Element)]) -> Vec<(f32, f32)> {
    let taken = stretches(band.iter().map(|(rect, _)| (rect.left, rect.right)).collect());
    let mut left_over = Vec::new();
    for &(left, right) in gaps {
        let mut free = left;
        for &(from, to) in taken.iter().filter(|(from, to)| *from < right && *to > left) {
            left_over.push((free, from));
            free = free.max(to);
        }
        left_over.push((free, right));
    }
    left_over.retain(|(left, right)| left < right);
    left_over
}

/// The columns of a region; one where they would be no text.
fn split(region: Region) -> Vec<Vec<Element>> {
    let count = region.gaps.len() + 1;
    let place = |rect: &Rect| {
        let middle = f32::midpoint(rect.left, rect.right);
        region.gaps.iter().filter(|(left, _)| *left < middle).count()
    };
    let is_text = (0..count).all(|column| {
        let here = region.elements.iter().filter(|(rect, _)| place(rect) == column);
        let lines = here.filter_map(|(_, element)| match element {
            Element::Line(item) => Some(item.text.chars().count()),
            Element::Table(_) => None,
        });
        let (lines, letters) = lines.fold((0, 0), |(lines, sum), letters| (lines + 1, sum + letters));
        lines >= LINES && letters >= LETTERS * lines
    });
    if !is_text {
        return vec![region.elements.into_iter().map(|(_, element)| element).collect()];
    }
    let mut columns: Vec<Vec<Element>> = (0..count).map(|_| Vec::new()).collect();
    for (rect, element) in region.elements {
        if let Some(column) = columns.get_mut(place(&rect)) {
            column.push(element);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::item;

    fn check(items: Vec<Item>, expect: &[&str]) {
        let columns = order(items.into_iter().map(Element::Line).collect(), 20.);
        let words = |column: &Vec<Element>| {
            let words = column.iter().map(|element| match element {
                Element::Line(item) => item.text.as_str(),
                Element::Table(_) => "table",
            });
            words.collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(columns.iter().map(words).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn a_title_and_a_foot_go_across_two_columns() {
        let mut items = vec![item("A title across", 100., 0., 300., 30.)];
        for (row, name) in (0..3u8).zip(["one", "two", "three"]) {
            let top = 50. + f32::from(row) * 25.;
            items.push(item(&format!("right {name}"), 280., top + 4., 200., 20.));
            items.push(item(&format!("left {name}"), 0., top, 200., 20.));
        }
        items.push(item("at the foot of it all", 50., 200., 400., 20.));
        check(
            items,
            &[
                "A title across",
                "left one | left two | left three",
                "right one | right two | right three",
                "at the foot of it all",
            ],
        );
    }

    #[test]
    fn names_and_values_are_no_columns() {
        let items = vec![
            item("航班", 0., 0., 60., 20.),
            item("CA1234", 200., 0., 60., 20.),
            item("登机口", 0., 30., 60., 20.),
            item("A12", 200., 30., 60., 20.),
        ];
        check(items, &["航班 | CA1234 | 登机口 | A12"]);
    }
}
