//! Bars that lie, so that long names can be read.

use schemas::answer::ChartKind;

use super::super::figure::{Figure, Series};
use super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, palette};
use super::scale::Scale;
use super::{LABEL, LINE, MARGIN, SMALL, Undrawable, WIDTH, text};

/// Thickness of a bar alone, and of one among others.
const ALONE: i32 = 18;
const AMONG: i32 = 14;
/// Between categories.
const GAP: i32 = 8;
/// Widest name of a category.
const NAME: i32 = 260;
/// Between a bar and its value, and an axis and its labels.
const PAD: i32 = 6;
/// Room for the ticks and the title of the axis.
const BELOW: i32 = 46;
/// Ticks at most.
const TICKS: usize = 7;

/// The height of bars with their axis.
pub fn height(figure: &Figure) -> i32 {
    LINE + rows(figure) * (thickness(figure) + GAP) + BELOW
}

fn rows(figure: &Figure) -> i32 {
    i32::try_from(figure.marks.len()).unwrap_or(i32::MAX / 1024)
}

/// Of a category.
fn thickness(figure: &Figure) -> i32 {
    match figure.kind {
        ChartKind::GroupedBars => AMONG * i32::try_from(figure.series.len()).unwrap_or(1),
        _ => ALONE,
    }
}

/// Draws bars from `top` downwards.
pub fn draw(canvas: &Canvas<'_>, figure: &Figure, top: i32) -> Result<(), Undrawable> {
    let names: Vec<String> = figure
        .marks
        .iter()
        .map(|mark| text::fit(&mark.text, LABEL, NAME))
        .collect();
    let widest = |texts: &mut dyn Iterator<Item = &String>, size: f64| {
        texts.map(|name| text::width(name, size)).max().unwrap_or(0)
    };
    let labels = match figure.kind {
        // The parts of a whole have no room for theirs.
        ChartKind::StackedBars => 0,
        _ => widest(&mut figure.series.iter().flat_map(|series| &series.labels), SMALL),
    };
    let ends = ends(figure);
    let before = if ends.0 < 0.0 { labels + PAD } else { 0 };
    let left = MARGIN + widest(&mut names.iter(), LABEL) + PAD + before;
    let right = WIDTH - MARGIN - PAD - labels.max(24);
    let scale = Scale::new(ends, (left, right));

    let first = top + LINE;
    let last = first + rows(figure) * (thickness(figure) + GAP);
    let key_title = text::fit(&figure.key_title, SMALL, WIDTH - 2 * MARGIN);
    canvas.text(
        &key_title,
        (MARGIN, top + LINE / 2 - 2),
        SMALL,
        GREY,
        Align::Start,
    )?;
    for (x, label) in thinned(scale.ticks(figure, TICKS)) {
        canvas.line(vec![(x, first), (x, last)], GRID, 1)?;
        canvas.text(&label, (x, last + 10), SMALL, GREY, Align::Middle)?;
    }
    let value_title = text::fit(&figure.value_title, SMALL, WIDTH - 2 * MARGIN);
    let half = text::width(&value_title, SMALL) / 2;
    let middle = ((left + right) / 2).clamp(MARGIN + half, (WIDTH - MARGIN - half).max(MARGIN + half));
    canvas.text(&value_title, (middle, last + 30), SMALL, GREY, Align::Middle)?;

    let zero = scale.zero();
    for ((mark, name), y) in names
        .iter()
        .enumerate()
        .zip((first + GAP / 2..).step_by(step(figure)))
    {
        let centre = y + thickness(figure) / 2;
        canvas.text(name, (left - before - PAD, centre), LABEL, INK, Align::End)?;
        match figure.kind {
            ChartKind::StackedBars => stacked(canvas, figure, &scale, mark, y)?,
            _ => side_by_side(canvas, figure, &scale, mark, y)?,
        }
    }
    canvas.line(vec![(zero, first), (zero, last)], AXIS, 1)
}

fn step(figure: &Figure) -> usize {
    usize::try_from(thickness(figure) + GAP).unwrap_or(1).max(1)
}

/// Bars begin at zero, so that their lengths can be compared.
fn ends(figure: &Figure) -> (f64, f64) {
    let (low, high) = match figure.kind {
        ChartKind::StackedBars => {
            let wholes = (0..figure.marks.len()).map(|mark| whole(&figure.series, mark));
            (0.0, wholes.fold(0.0, f64::max))
        }
        _ => figure.extremes(),
    };
    (low.min(0.0), high.max(0.0))
}

fn whole(series: &[Series], mark: usize) -> f64 {
    let parts = series
        .iter()
        .filter_map(|series| series.values.get(mark).copied().flatten());
    parts.sum()
}

fn side_by_side(
    canvas: &Canvas<'_>,
    figure: &Figure,
    scale: &Scale,
    mark: usize,
    y: i32,
) -> Result<(), Undrawable> {
    let bar = if figure.series.len() == 1 { ALONE } else { AMONG };
    for ((number, series), y) in figure
        .series
        .iter()
        .enumerate()
        .zip((y..).step_by(bar.unsigned_abs() as usize))
    {
        let value = series.values.get(mark).copied().flatten();
        let label = series.labels.get(mark).map_or("", String::as_str);
        let end = scale.at(value.unwrap_or(0.0));
        let zero = scale.zero();
        if value.is_some() && end != zero {
            canvas.rectangle(
                (zero.min(end), y + 1),
                (zero.max(end), y + bar - 1),
                palette(number),
            )?;
        }
        let (x, align) = if value.is_some_and(|value| value < 0.0) {
            (end - PAD, Align::End)
        } else {
            (end + PAD, Align::Start)
        };
        canvas.text(label, (x, y + bar / 2), SMALL, INK, align)?;
    }
    Ok(())
}

fn stacked(
    canvas: &Canvas<'_>,
    figure: &Figure,
    scale: &Scale,
    mark: usize,
    y: i32,
) -> Result<(), Undrawable> {
    let mut sum = 0.0;
    for (number, series) in figure.series.iter().enumerate() {
        let Some(value) = series.values.get(mark).copied().flatten() else {
            continue;
        };
        let from = scale.at(sum);
        sum += value;
        let to = scale.at(sum);
        if to > from {
            canvas.rectangle((from, y + 1), (to, y + ALONE - 1), palette(number))?;
        }
    }
    Ok(())
}

/// Ticks whose labels don't touch.
fn thinned(ticks: Vec<(i32, String)>) -> Vec<(i32, String)> {
    let mut kept: Vec<(i32, String)> = Vec::new();
    let mut free = i32::MIN;
    for (x, label) in ticks {
        let half = text::width(&label, SMALL) / 2 + PAD;
        if x - half >= free {
            free = x + half;
            kept.push((x, label));
        }
    }
    kept
}
