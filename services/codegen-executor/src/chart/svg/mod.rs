//! A figure as SVG, with plotters: text stays text, so that any reader's fonts can show it.
//!
//! | module | what is in it |
//! |---|---|
//! | [`canvas`] | marks on a surface of pixels |
//! | [`scale`] | values as pixels, with ticks |
//! | [`bars`], [`lines`] | the two ways of drawing |

mod bars;
mod canvas;
mod lines;
mod scale;

use plotters::drawing::DrawingAreaErrorKind;
use schemas::answer::ChartKind;

use super::figure::Figure;
use super::text;
use canvas::{Align, Canvas, GREY, INK, palette};

pub use canvas::FONTS;

/// The colours of the first so many series, as CSS has them.
#[must_use]
pub fn colours(series: usize) -> Vec<String> {
    (0..series)
        .map(|series| canvas::hexadecimal(palette(series)))
        .collect()
}

/// Why nothing was drawn.
pub type Undrawable = DrawingAreaErrorKind<std::io::Error>;

/// The whole width.
const WIDTH: i32 = 760;
/// Around everything.
const MARGIN: i32 = 16;
/// Font sizes of the title, of what names things, and of what stands small.
const TITLE: f64 = 14.5;
const LABEL: f64 = 12.0;
const SMALL: f64 = 11.0;
/// From one line of the title, the legend or the notes to the next.
const LINE: i32 = 20;
/// Lines of a title.
const TITLE_LINES: usize = 3;

/// Where a figure's parts stand, from top to bottom.
struct Layout {
    title: Vec<String>,
    legend: Vec<Vec<(usize, i32, String)>>,
    notes: Vec<String>,
    /// Where the plot begins.
    top: i32,
}

/// Draws a figure as an SVG document. The same figure always gives the same bytes.
///
/// # Errors
/// When a mark can't be drawn.
pub fn render(figure: &Figure) -> Result<String, Undrawable> {
    let layout = Layout::of(figure);
    let plot = match figure.kind {
        ChartKind::Bars | ChartKind::GroupedBars | ChartKind::StackedBars => bars::height(figure),
        ChartKind::Lines | ChartKind::Area => lines::HEIGHT,
    };
    let notes = i32::try_from(layout.notes.len()).unwrap_or(0) * LINE;
    let height = layout.top + plot + notes + MARGIN;
    let mut svg = String::new();
    {
        let canvas = Canvas::new(&mut svg, WIDTH, height)?;
        layout.heading(&canvas)?;
        match figure.kind {
            ChartKind::Bars | ChartKind::GroupedBars | ChartKind::StackedBars => {
                bars::draw(&canvas, figure, layout.top)?;
            }
            ChartKind::Lines | ChartKind::Area => lines::draw(&canvas, figure, layout.top)?,
        }
        for (line, note) in (0..).zip(&layout.notes) {
            let y = layout.top + plot + line * LINE + LINE / 2;
            canvas.text(note, (MARGIN, y), SMALL, GREY, Align::Start)?;
        }
        canvas.finish()?;
    }
    Ok(described(&svg, figure))
}

impl Layout {
    fn of(figure: &Figure) -> Self {
        let room = WIDTH - 2 * MARGIN;
        let title = text::wrap(&figure.title, TITLE, room, TITLE_LINES);
        let legend = if figure.series.len() > 1 {
            legend(figure, room)
        } else {
            Vec::new()
        };
        let notes = figure
            .notes
            .iter()
            .flat_map(|note| text::wrap(note, SMALL, room, 2))
            .collect();
        let lines = i32::try_from(title.len() + legend.len()).unwrap_or(0);
        Self {
            title,
            legend,
            notes,
            top: MARGIN + lines * LINE + 8,
        }
    }

    fn heading(&self, canvas: &Canvas<'_>) -> Result<(), Undrawable> {
        let mut y = MARGIN + LINE / 2;
        for line in &self.title {
            canvas.title(line, (MARGIN, y), TITLE)?;
            y += LINE;
        }
        for row in &self.legend {
            for (series, x, name) in row {
                canvas.rectangle((*x, y - 5), (*x + 10, y + 5), palette(*series))?;
                canvas.text(name, (*x + 16, y), LABEL, INK, Align::Start)?;
            }
            y += LINE;
        }
        Ok(())
    }
}

/// The entries of the legend in rows, each with its series and its place.
fn legend(figure: &Figure, room: i32) -> Vec<Vec<(usize, i32, String)>> {
    let mut rows = vec![Vec::new()];
    let mut x = MARGIN;
    for (number, series) in figure.series.iter().enumerate() {
        let name = text::fit(&series.name, LABEL, room / 2);
        let entry = 16 + text::width(&name, LABEL) + 16;
        if x + entry > MARGIN + room && x > MARGIN {
            rows.push(Vec::new());
            x = MARGIN;
        }
        if let Some(row) = rows.last_mut() {
            row.push((number, x, name));
        }
        x += entry;
    }
    rows
}

/// The document with its title and everything that it shows as text, for those who don't see it.
fn described(svg: &str, figure: &Figure) -> String {
    let mut parts = Vec::new();
    for series in &figure.series {
        let values: Vec<String> = figure
            .marks
            .iter()
            .zip(&series.labels)
            .filter(|(_, label)| !label.is_empty())
            .map(|(mark, label)| format!("{} {label}", mark.text))
            .collect();
        let name = if series.name.is_empty() {
            &figure.value_title
        } else {
            &series.name
        };
        parts.push(format!("{name}: {}", values.join("; ")));
    }
    parts.extend(figure.notes.iter().cloned());
    let (open, rest) = svg.split_once(">\n").unwrap_or((svg, ""));
    format!(
        "{open} role=\"img\" aria-labelledby=\"title description\">\n<title id=\"title\">{}</title>\n<desc \
         id=\"description\">{}</desc>\n{rest}",
        escaped(&figure.title),
        escaped(&parts.join("\n"))
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
