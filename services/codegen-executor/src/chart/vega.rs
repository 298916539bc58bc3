//! A figure as a Vega-Lite specification with its data in it.
//!
//! Fields have names of our own: a header such as `a.b[0]` would be a path to Vega. Texts of the table are data,
//! titles and nothing else.

use schemas::answer::ChartKind;
use serde_json::{Value, json};

use super::figure::Figure;
use super::svg::{FONTS, colours};

/// What the specification follows.
const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v6.json";

/// The specification of a figure.
#[must_use]
pub fn spec(figure: &Figure) -> Value {
    let mut spec = json!({
        "$schema": SCHEMA,
        "description": figure.title,
        "title": { "text": figure.title, "anchor": "start", "subtitle": figure.notes },
        "data": { "values": values(figure) },
        "config": { "font": FONTS, "title": { "fontSize": 14.5, "limit": 0 } },
    });
    let marks = match figure.kind {
        ChartKind::Bars | ChartKind::GroupedBars | ChartKind::StackedBars => bars(figure),
        ChartKind::Lines | ChartKind::Area => lines(figure),
    };
    if let (Value::Object(spec), Value::Object(marks)) = (&mut spec, marks) {
        spec.extend(marks);
    }
    spec
}

/// A row for each value: the mark, the series where there are several, the number, and how the answer shows it.
fn values(figure: &Figure) -> Vec<Value> {
    let mut rows = Vec::new();
    for (place, mark) in figure.marks.iter().enumerate() {
        for series in &figure.series {
            let Some(value) = series.values.get(place).copied().flatten() else {
                continue;
            };
            let mut row = json!({ "key": mark.text, "value": value, "label": series.labels.get(place) });
            if figure.series.len() > 1 {
                row["series"] = Value::from(series.name.as_str());
            }
            rows.push(row);
        }
    }
    rows
}

fn bars(figure: &Figure) -> Value {
    let mut encoding = json!({
        "y": axis("key", "nominal", &figure.key_title),
        "x": axis("value", "quantitative", &figure.value_title),
        "tooltip": tooltip(figure),
    });
    encoding["y"]["sort"] = Value::Null;
    encoding["x"]["axis"] = json!({ "format": format(figure) });
    if figure.kind == ChartKind::GroupedBars {
        encoding["yOffset"] = json!({ "field": "series", "sort": null });
        encoding["x"]["stack"] = Value::Null;
    }
    let mut layers = vec![json!({ "mark": { "type": "bar" } })];
    if figure.series.len() > 1 {
        encoding["color"] = colour(figure);
    }
    if figure.kind != ChartKind::StackedBars {
        layers.push(json!({
            "mark": { "type": "text", "align": "left", "dx": 4 },
            "encoding": { "text": { "field": "label", "type": "nominal" }, "color": { "value": "#222222" } },
        }));
    }
    let step = if figure.kind == ChartKind::GroupedBars {
        json!({ "step": 14, "for": "position" })
    } else {
        json!({ "step": 26 })
    };
    json!({ "width": 520, "height": step, "encoding": encoding, "layer": layers })
}

fn lines(figure: &Figure) -> Value {
    let mark = match figure.kind {
        ChartKind::Area => json!({ "type": "area", "line": true, "point": true, "opacity": 0.3 }),
        _ => json!({ "type": "line", "point": true }),
    };
    let mut encoding = json!({
        "x": axis("key", "ordinal", &figure.key_title),
        "y": axis("value", "quantitative", &figure.value_title),
        "tooltip": tooltip(figure),
    });
    encoding["x"]["sort"] = Value::Null;
    encoding["x"]["axis"] = json!({ "labelOverlap": true });
    encoding["y"]["axis"] = json!({ "format": format(figure) });
    if figure.kind == ChartKind::Lines {
        encoding["y"]["scale"] = json!({ "zero": false });
    }
    if figure.series.len() > 1 {
        encoding["color"] = colour(figure);
    }
    json!({ "width": 640, "height": 280, "mark": mark, "encoding": encoding })
}

fn axis(field: &str, kind: &str, title: &str) -> Value {
    json!({ "field": field, "type": kind, "title": title })
}

/// The series in their order and in the colours of the SVG.
fn colour(figure: &Figure) -> Value {
    let names: Vec<&str> = figure.series.iter().map(|series| series.name.as_str()).collect();
    json!({
        "field": "series", "type": "nominal", "title": figure.series_title,
        "scale": { "domain": names, "range": colours(names.len()) },
    })
}

fn tooltip(figure: &Figure) -> Value {
    let mut fields = vec![axis("key", "nominal", &figure.key_title)];
    if figure.series.len() > 1 {
        fields.push(axis("series", "nominal", &figure.series_title));
    }
    fields.push(axis("label", "nominal", &figure.value_title));
    Value::from(fields)
}

/// As the answer shows numbers: at most four decimals, no zeros at the end.
fn format(figure: &Figure) -> &'static str {
    if figure.separators { ",.4~f" } else { ".4~f" }
}
