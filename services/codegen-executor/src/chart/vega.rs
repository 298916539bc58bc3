//! A figure as a Vega-Lite specification with its data in it.
//!
//! Fields have names of our own: a header such as `a.b[0]` would be a path to Vega. Texts of the table are data,
//! titles and nothing else.

use schemas::answer::ChartKind;
use serde_json::{Map, Value, json};

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
            let label = series.labels.get(place);
            rows.push(if figure.series.len() > 1 {
                json!({ "key": mark.text, "series": series.name, "value": value, "label": label })
            } else {
                json!({ "key": mark.text, "value": value, "label": label })
            });
        }
    }
    rows
}

fn bars(figure: &Figure) -> Value {
    let grouped = figure.kind == ChartKind::GroupedBars;
    let mut x = axis("value", "quantitative", &figure.value_title);
    x.insert("axis".to_owned(), json!({ "format": format(figure) }));
    if grouped {
        x.insert("stack".to_owned(), Value::Null);
    }
    let mut encoding = encoding(figure, axis("key", "nominal", &figure.key_title), x, ["y", "x"]);
    if grouped {
        encoding.insert("yOffset".to_owned(), json!({ "field": "series", "sort": null }));
    }
    let mut layers = vec![json!({ "mark": { "type": "bar" } })];
    if figure.kind != ChartKind::StackedBars {
        layers.push(json!({
            "mark": { "type": "text", "align": "left", "dx": 4 },
            "encoding": { "text": { "field": "label", "type": "nominal" }, "color": { "value": "#222222" } },
        }));
    }
    let height = if grouped {
        json!({ "step": 14, "for": "position" })
    } else {
        json!({ "step": 26 })
    };
    json!({ "width": 520, "height": height, "encoding": encoding, "layer": layers })
}

fn lines(figure: &Figure) -> Value {
    let mark = match figure.kind {
        ChartKind::Area => json!({ "type": "area", "line": true, "point": true, "opacity": 0.3 }),
        _ => json!({ "type": "line", "point": true }),
    };
    let mut x = axis("key", "ordinal", &figure.key_title);
    x.insert("axis".to_owned(), json!({ "labelOverlap": true }));
    let mut y = axis("value", "quantitative", &figure.value_title);
    y.insert("axis".to_owned(), json!({ "format": format(figure) }));
    if figure.kind == ChartKind::Lines {
        y.insert("scale".to_owned(), json!({ "zero": false }));
    }
    let encoding = encoding(figure, x, y, ["x", "y"]);
    json!({ "width": 640, "height": 280, "mark": mark, "encoding": encoding })
}

/// Marks and values on the channels of those names; marks keep the order of the data.
fn encoding(
    figure: &Figure,
    mut marks: Map<String, Value>,
    values: Map<String, Value>,
    channels: [&str; 2],
) -> Map<String, Value> {
    marks.insert("sort".to_owned(), Value::Null);
    let mut encoding = Map::new();
    for (channel, axis) in channels.into_iter().zip([marks, values]) {
        encoding.insert(channel.to_owned(), Value::Object(axis));
    }
    encoding.insert("tooltip".to_owned(), tooltip(figure));
    if figure.series.len() > 1 {
        encoding.insert("color".to_owned(), colour(figure));
    }
    encoding
}

fn axis(field: &str, kind: &str, title: &str) -> Map<String, Value> {
    let parts = [("field", field), ("type", kind), ("title", title)];
    parts
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
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
