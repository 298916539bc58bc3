//! What was seen, as CSV for programs and as SVG for people.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, anyhow};
use plotters::backend::SVGBackend;
use plotters::chart::{ChartBuilder, SeriesLabelPosition};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::PathElement;
use plotters::series::LineSeries;
use plotters::style::{Color, RGBColor, WHITE};

use super::files::Sample;

/// Of the whole drawing, in pixels.
const SIZE: (u32, u32) = (960, 720);
/// What the parts of memory are called.
const MEMORY: [&str; 3] = ["contrail up", "workers", "nats-server"];

/// Colours that people with any colour vision can tell apart (M. Okabe and K. Ito, "Color Universal Design", 2008).
const PALETTE: [RGBColor; 8] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x22, 0x22, 0x22),
    RGBColor(0xf0, 0xe4, 0x42),
];

/// A line: its name, and a value for each look.
type Line = (String, Vec<f64>);

/// Writes `files.csv` and `files.svg` into a folder, which is made.
pub(super) fn write(folder: &Path, samples: &[Sample]) -> anyhow::Result<()> {
    let put = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))
    };
    std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    put("files.csv", csv(samples))?;
    put("files.svg", svg(samples)?)
}

/// A line for each look, a column for each queue and part of memory.
fn csv(samples: &[Sample]) -> String {
    let mut text = "seconds,submitted,indexed,rejected".to_owned();
    let queues = samples
        .first()
        .map(|sample| sample.queues.as_slice())
        .unwrap_or_default();
    for (queue, _) in queues {
        text.push_str(&format!(",{}_jobs", queue.replace('-', "_")));
    }
    text.push_str(",contrail_mb,workers_mb,nats_mb\n");
    for sample in samples {
        let Sample {
            seconds,
            submitted,
            indexed,
            rejected,
            ..
        } = sample;
        // Writing to a string can't fail.
        let _ = write!(text, "{seconds:.3},{submitted},{indexed},{rejected}");
        for (_, jobs) in &sample.queues {
            let _ = write!(text, ",{jobs}");
        }
        for part in sample.memory {
            let _ = write!(text, ",{part:.1}");
        }
        text.push('\n');
    }
    text
}

/// The queues above, the memory below, over the same time.
fn svg(samples: &[Sample]) -> anyhow::Result<String> {
    let mut text = String::new();
    {
        let whole = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        let drawn = drawn(&whole, samples);
        drawn.map_err(|error| anyhow!("the curves can't be drawn: {error}"))?;
    }
    Ok(text)
}

fn drawn(whole: &DrawingArea<SVGBackend<'_>, Shift>, samples: &[Sample]) -> Result<(), Undrawable> {
    whole.fill(&WHITE)?;
    let (above, below) = whole.split_vertically(SIZE.1 / 2);
    panel(&above, "jobs waiting or under way", samples, &queues(samples))?;
    panel(&below, "resident memory, MB", samples, &memory(samples))?;
    whole.present()?;
    Ok(())
}

type Undrawable = Box<dyn std::error::Error>;

/// The queues in which there ever was something.
fn queues(samples: &[Sample]) -> Vec<Line> {
    let names = samples
        .first()
        .map(|sample| sample.queues.as_slice())
        .unwrap_or_default();
    let line = |(place, (name, _)): (usize, &(&'static str, u64))| {
        let jobs = |sample: &Sample| sample.queues.get(place).map_or(0.0, |(_, jobs)| *jobs as f64);
        ((*name).to_owned(), samples.iter().map(jobs).collect())
    };
    let lines = names.iter().enumerate().map(line);
    lines
        .filter(|(_, jobs): &Line| jobs.iter().any(|jobs| *jobs > 0.0))
        .collect()
}

fn memory(samples: &[Sample]) -> Vec<Line> {
    let line = |(place, name): (usize, &str)| {
        let part = |sample: &Sample| sample.memory.get(place).copied().unwrap_or_default();
        (name.to_owned(), samples.iter().map(part).collect())
    };
    MEMORY.into_iter().enumerate().map(line).collect()
}

fn panel(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    title: &str,
    samples: &[Sample],
    lines: &[Line],
) -> Result<(), Undrawable> {
    let end = samples.last().map_or(1.0, |sample| sample.seconds.max(1.0));
    let values = lines.iter().flat_map(|(_, values)| values);
    let top = values.fold(1.0_f64, |top, value| top.max(*value)) * 1.05;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..end, 0.0..top)?;
    chart
        .configure_mesh()
        .x_desc("seconds")
        .light_line_style(WHITE)
        .draw()?;
    for ((name, values), colour) in lines.iter().zip(PALETTE.into_iter().cycle()) {
        let points = samples
            .iter()
            .map(|sample| sample.seconds)
            .zip(values.iter().copied());
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(seconds: f64, waiting: u64) -> Sample {
        Sample {
            seconds,
            submitted: 10,
            indexed: 4,
            rejected: 1,
            queues: vec![("ingest", waiting), ("codegen-executor", 0)],
            memory: [100.0, 20.5, 30.0],
        }
    }

    #[test]
    fn each_look_is_a_line() {
        assert_eq!(
            csv(&[sample(0.5, 5), sample(1.0, 0)]),
            "seconds,submitted,indexed,rejected,ingest_jobs,codegen_executor_jobs,contrail_mb,workers_mb,nats_mb\n\
             0.500,10,4,1,5,0,100.0,20.5,30.0\n\
             1.000,10,4,1,0,0,100.0,20.5,30.0\n"
        );
    }

    #[test]
    fn curves_have_their_names_and_empty_queues_none() {
        let drawing = svg(&[sample(0.5, 5), sample(1.0, 0)]).unwrap();
        for name in [
            "ingest",
            "nats-server",
            "contrail up",
            "resident memory, MB",
            "seconds",
        ] {
            assert!(drawing.contains(name), "no {name} in {drawing}");
        }
        assert!(!drawing.contains("codegen-executor"), "{drawing}");
        assert!(drawing.starts_with("<svg") && drawing.trim_end().ends_with("</svg>"));
    }
}
