//! Lines over calendar spans.

use plotters::style::WHITE;
use schemas::answer::ChartKind;

use super::super::figure::{Figure, Series};
use super::canvas::{AXIS, Align, Canvas, GREY, GRID, INK, palette};
use super::scale::Scale;
use super::{LINE, MARGIN, SMALL, Undrawable, WIDTH, text};

/// With both axes and their titles.
pub const HEIGHT: i32 = 340;

/// Room for the ticks and the title of the axis of time.
const BELOW: i32 = 46;
/// Between an axis and its labels.
const PAD: i32 = 6;
/// Ticks of the axis of values at most.
const TICKS: usize = 7;
/// A line with more values than this has no dots.
const DOTS: usize = 60;
/// A line with more values than this is thin.
const THICK: usize = 120;
/// Where all values lie within the upper part of the axis, it need not begin at zero.
const FLAT: f64 = 0.4;

/// Draws lines from `top` downwards.
pub fn draw(canvas: &Canvas<'_>, figure: &Figure, top: i32) -> Result<(), Undrawable> {
    let (first, last) = (top + LINE + 8, top + HEIGHT - BELOW);
    let scale = Scale::rounded(ends(figure), (last, first), TICKS);
    let ends = end_labels(figure);
    let left = MARGIN + scale.widest(figure, TICKS).max(ends.0) + PAD;
    let right = WIDTH - MARGIN - ends.1;

    let title = text::fit(&figure.value_title, SMALL, WIDTH - 2 * MARGIN);
    canvas.text(&title, (MARGIN, top + LINE / 2 - 2), SMALL, GREY, Align::Start)?;
    for (y, label) in scale.ticks(figure, TICKS) {
        canvas.line(vec![(left, y), (right, y)], GRID, 1)?;
        canvas.text(&label, (left - PAD, y), SMALL, GREY, Align::End)?;
    }
    let places = Places::of(figure, left, right);
    for (mark, x) in places.ticks(figure) {
        canvas.line(vec![(x, last), (x, last + 4)], AXIS, 1)?;
        canvas.text(mark, (x, last + 13), SMALL, GREY, Align::Middle)?;
    }
    let title = text::fit(&figure.key_title, SMALL, WIDTH - 2 * MARGIN);
    canvas.text(
        &title,
        ((left + right) / 2, last + 32),
        SMALL,
        GREY,
        Align::Middle,
    )?;
    canvas.line(vec![(left, scale.zero()), (right, scale.zero())], AXIS, 1)?;

    for (number, series) in figure.series.iter().enumerate() {
        for run in runs(series) {
            let points: Vec<(i32, i32)> = run
                .iter()
                .map(|(mark, value)| (places.at(*mark), scale.at(*value)))
                .collect();
            if let (ChartKind::Area, Some(first), Some(last)) = (figure.kind, points.first(), points.last()) {
                let mut outline = vec![(first.0, scale.zero())];
                outline.extend(&points);
                outline.push((last.0, scale.zero()));
                canvas.area(outline, palette(number))?;
            }
            if figure.marks.len() <= DOTS || points.len() == 1 {
                for point in &points {
                    canvas.dot(*point, palette(number))?;
                }
            }
            let width = if figure.marks.len() > THICK { 1 } else { 2 };
            canvas.line(points, palette(number), width)?;
        }
    }
    written(canvas, figure, &scale, &places, (left, last))
}

/// Half of what the first and the last label of the axis of time take.
fn end_labels(figure: &Figure) -> (i32, i32) {
    let half =
        |mark: Option<&super::super::figure::Mark>| mark.map_or(0, |mark| text::width(&mark.text, SMALL) / 2);
    (half(figure.marks.first()), half(figure.marks.last()))
}

/// An area begins at zero; lines do unless they would be flat.
fn ends(figure: &Figure) -> (f64, f64) {
    let (low, high) = figure.extremes();
    let flat = figure.kind == ChartKind::Lines && high - low < FLAT * high.abs().max(low.abs());
    if flat && high > low {
        let air = (high - low) * 0.1;
        // Air must not make room for a sign that no value has.
        let low_end = if low >= 0.0 {
            (low - air).max(0.0)
        } else {
            low - air
        };
        let high_end = if high <= 0.0 {
            (high + air).min(0.0)
        } else {
            high + air
        };
        return (low_end, high_end);
    }
    (low.min(0.0), high.max(0.0))
}

/// Stretches of a series that hold values, each with its mark.
fn runs(series: &Series) -> Vec<Vec<(usize, f64)>> {
    let mut runs = vec![Vec::new()];
    for (mark, value) in series.values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((mark, *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Where marks lie: spans that are missing leave a gap.
struct Places {
    all: Vec<i32>,
}

impl Places {
    fn of(figure: &Figure, left: i32, right: i32) -> Self {
        let places = || figure.marks.iter().map(|mark| mark.place);
        let (first, last) = (places().min().unwrap_or(0), places().max().unwrap_or(0));
        let spans = (last - first).max(1);
        // A dot at either end must not touch the axis.
        let (left, right) = (i64::from(left) + 14, i64::from(right) - 14);
        let all = places()
            .map(|place| i32::try_from(left + (place - first) * (right - left) / spans).unwrap_or(0))
            .collect();
        Self { all }
    }

    fn at(&self, mark: usize) -> i32 {
        self.all.get(mark).copied().unwrap_or(0)
    }

    /// The shortest way from one mark to the next.
    fn step(&self) -> i32 {
        let pairs = self.all.iter().zip(self.all.iter().skip(1));
        pairs.map(|(before, after)| after - before).min().unwrap_or(0)
    }

    /// As many marks as have room for their labels, at equal steps.
    fn ticks<'a>(&self, figure: &'a Figure) -> Vec<(&'a str, i32)> {
        let widths = figure.marks.iter().map(|mark| text::width(&mark.text, SMALL));
        let room = widths.max().unwrap_or(0) + 12;
        let mut free = i32::MIN;
        let mut ticks = Vec::new();
        for (mark, x) in figure.marks.iter().zip(&self.all) {
            if *x >= free {
                ticks.push((mark.text.as_str(), *x));
                free = x + room;
            }
        }
        ticks
    }
}

/// The values of a short line, above its dots and below its valleys: all of them, or none where two would touch.
fn written(
    canvas: &Canvas<'_>,
    figure: &Figure,
    scale: &Scale,
    places: &Places,
    (left, bottom): (i32, i32),
) -> Result<(), Undrawable> {
    let [series] = figure.series.as_slice() else {
        return Ok(());
    };
    let widest = series.labels.iter().map(|label| text::width(label, SMALL)).max();
    if places.step() < widest.unwrap_or(0) + PAD {
        return Ok(());
    }
    let value_at = |mark: Option<usize>| mark.and_then(|mark| series.values.get(mark).copied().flatten());
    for (mark, label) in series.labels.iter().enumerate() {
        let Some(value) = value_at(Some(mark)) else {
            continue;
        };
        let before = value_at(mark.checked_sub(1));
        let after = value_at(mark.checked_add(1));
        let valley = before.is_some_and(|before| before > value) && after.is_none_or(|after| after > value);
        let y = scale.at(value);
        let y = if valley && y + 20 < bottom { y + 12 } else { y - 12 };
        let half = text::width(label, SMALL) / 2;
        let (first, last) = (left + half, WIDTH - MARGIN - half);
        let x = places.at(mark).clamp(first, last.max(first));
        // A line that passes behind would make it hard to read.
        canvas.rectangle((x - half - 2, y - 6), (x + half + 2, y + 6), WHITE)?;
        canvas.text(label, (x, y), SMALL, INK, Align::Middle)?;
    }
    Ok(())
}
