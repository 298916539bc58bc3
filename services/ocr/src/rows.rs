//! What stands side by side.

use crate::page::Item;
use crate::quad::Rect;

/// Lines in rows from the top, each from the left. Two are in one row when the middle of the lower one is no further down than
/// a half of the smaller one's height.
pub(crate) fn rows(mut items: Vec<Item>) -> Vec<Vec<Item>> {
    items.sort_by(|a, b| a.rect.middle().total_cmp(&b.rect.middle()));
    let mut rows: Vec<Vec<Item>> = Vec::new();
    for item in items {
        let beside = |row: &&mut Vec<Item>| {
            let around = around(row);
            let height = around.height().min(item.rect.height());
            (item.rect.middle() - around.middle()).abs() < 0.5 * height
        };
        match rows.last_mut().filter(beside) {
            Some(row) => row.push(item),
            None => rows.push(vec![item]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.rect.left.total_cmp(&b.rect.left));
    }
    rows
}

/// The rectangle around lines; nothing around none.
pub(crate) fn around(items: &[Item]) -> Rect {
    let rects = items.iter().map(|item| item.rect);
    rects.reduce(|a, b| a.with(&b)).unwrap_or(Rect {
        left: 0.0,
        top: 0.0,
        right: 0.0,
        bottom: 0.0,
    })
}

/// Stretches that some lines take from left to right, from the left; those that touch or overlap are one.
pub(crate) fn stretches(mut spans: Vec<(f32, f32)>) -> Vec<(f32, f32)> {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut merged: Vec<(f32, f32)> = Vec::new();
    for (left, right) in spans {
        match merged.last_mut() {
            Some(last) if left <= last.1 => last.1 = last.1.max(right),
            _ => merged.push((left, right)),
        }
    }
    merged
}
