//! Parts of an answer as files of their own: chart, result, evidence, citations on their pages.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use schemas::citation::Citation;
use schemas::{Answer, Value};

use super::App;
use super::answers::load;
use super::problem::Problem;
use super::stored::image_of;
use super::tenant::Tenant;

/// An answer is written once.
const FOREVER: &str = "private, max-age=31536000, immutable";
/// A drawing that is opened as a page of its own runs nothing and fetches nothing.
const DRAWING: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// `GET /api/answers/{id}/{part}`: `chart.svg`, `chart.json` (Vega-Lite), `result.csv`, `evidence.csv`.
#[utoipa::path(get, path = "/api/answers/{id}/{part}", tag = "answers", params(
    ("id" = String, Path, description = "The answer."),
    ("part" = String, Path, description = "`chart.svg`, `chart.json` (Vega-Lite), `result.csv` or `evidence.csv`."),
), responses((status = 200, description = "The part."), (status = 404, description = "The answer has no such part.")))]
pub async fn part(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    let Path((id, part)) = path?;
    let kind = part.as_str();
    if !["chart.svg", "chart.json", "result.csv", "evidence.csv"].contains(&kind) {
        return Err(Problem::UnknownRoute);
    }
    let answer = load(&app, &tenant, id).await?;
    match (kind, &answer.chart) {
        ("result.csv", _) => Ok(csv(&result(&answer))),
        ("evidence.csv", _) => Ok(csv(&evidence(&answer))),
        (_, None) => Err(Problem::NoPart("chart in this answer")),
        ("chart.svg", Some(chart)) => Ok(drawing(chart.svg.clone())),
        (_, Some(chart)) => {
            let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, FOREVER)];
            Ok((headers, chart.spec.to_string()).into_response())
        }
    }
}

/// `GET /api/answers/{id}/citations/{n}.svg`: the page that a citation stands on, with its place framed.
#[utoipa::path(get, path = "/api/answers/{id}/citations/{n}.svg", tag = "answers", params(
    ("id" = String, Path, description = "The answer."),
    ("n" = u32, Path, description = "The citation's number."),
), responses((status = 200, description = "The page as SVG, with the cited place framed.", content_type = "image/svg+xml")))]
pub async fn citation(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    let Path((id, file)) = path?;
    let number: u32 = file
        .strip_suffix(".svg")
        .and_then(|number| number.parse().ok())
        .ok_or(Problem::UnknownRoute)?;
    let answer = load(&app, &tenant, id).await?;
    let searched = answer.trail.search.iter().flat_map(|search| &search.passages);
    let citation = answer
        .citations
        .iter()
        .chain(searched)
        .find(|citation| citation.number == number)
        .ok_or(Problem::NoPart("citation of this number"))?;
    let image = citation
        .image
        .as_ref()
        .ok_or(Problem::NoPart("image of this page"))?;
    let png = image_of(&app, &tenant, image).await?;
    let size = png_size(&png).ok_or(Problem::NoPart("image of this page that is a PNG"))?;
    Ok(drawing(framed(citation, size, &png)))
}

/// The page with a frame around each place, in pixels of its image.
fn framed(citation: &Citation, (width, height): (u32, u32), png: &[u8]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
         <image width=\"{width}\" height=\"{height}\" href=\"data:image/png;base64,{}\"/>",
        STANDARD.encode(png)
    );
    let (w, h) = (f64::from(width), f64::from(height));
    let (line, gap) = ((w / 400.0).max(1.5), w / 200.0);
    for area in &citation.place.areas {
        let (left, top) = (f64::from(area.left) * w - gap, f64::from(area.top) * h - gap);
        let (wide, high) = (
            f64::from(area.width) * w + 2.0 * gap,
            f64::from(area.height) * h + 2.0 * gap,
        );
        // Writing to a string does not fail.
        let _ = write!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{gap:.1}\" fill=\"#ffd54a\" \
             fill-opacity=\"0.28\" stroke=\"#d97706\" stroke-width=\"{line:.1}\"/>",
            wide.max(0.0),
            high.max(0.0),
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Width and height of a PNG in pixels, from its header. Source: PNG specification, section 11.2.1.
fn png_size(png: &[u8]) -> Option<(u32, u32)> {
    let (signature, rest) = png.split_at_checked(8)?;
    if signature != b"\x89PNG\r\n\x1a\n" || rest.get(4..8)? != b"IHDR" {
        return None;
    }
    let number = |range| {
        Some(u32::from_be_bytes(
            rest.get::<std::ops::Range<usize>>(range)?.try_into().ok()?,
        ))
    };
    Some((number(8..12)?, number(12..16)?))
}

fn drawing(svg: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, FOREVER),
        (CONTENT_SECURITY_POLICY, DRAWING),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, svg).into_response()
}

/// With a byte order mark: without one, spreadsheet programs read Chinese in the system's encoding.
fn csv(rows: &[Vec<String>]) -> Response {
    let mut text = String::from("\u{feff}");
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

/// A cell of a CSV (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => harmless(text),
    }
}

/// Text that a spreadsheet program would take for a formula gets an apostrophe before it.
/// Source: OWASP, "CSV Injection".
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn result(answer: &Answer) -> Vec<Vec<String>> {
    let header = answer.columns.iter().map(|name| harmless(name)).collect();
    let rows = answer.rows.iter().map(|row| row.iter().map(cell).collect());
    std::iter::once(header).chain(rows).collect()
}

/// The steps with their counts and sample rows, then the passages.
fn evidence(answer: &Answer) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    if !answer.trail.ledger.is_empty() {
        rows.push(texts(&[
            "step",
            "description",
            "rows in",
            "rows out",
            "excluded cells",
        ]));
    }
    for (number, step) in (1..).zip(&answer.trail.ledger) {
        let number: u32 = number;
        rows.push(vec![
            number.to_string(),
            harmless(&step.description),
            step.rows_in.to_string(),
            step.rows_out.to_string(),
            harmless(&step.excluded_cells.join(" ")),
        ]);
    }
    for (number, step) in (1..).zip(&answer.trail.ledger) {
        let number: u32 = number;
        if let Some(sample) = &step.sample {
            rows.push(texts(&[""]));
            let header = sample.columns.iter().map(|name| harmless(name));
            rows.push(
                std::iter::once(format!("first rows after step {number}"))
                    .chain(header)
                    .collect(),
            );
            for row in &sample.rows {
                rows.push(
                    std::iter::once(String::new())
                        .chain(row.iter().map(cell))
                        .collect(),
                );
            }
        }
    }
    if !answer.citations.is_empty() {
        rows.push(texts(&["citation", "file", "page", "context", "quote", "score"]));
    }
    for citation in &answer.citations {
        rows.push(vec![
            citation.number.to_string(),
            harmless(&citation.name),
            citation
                .place
                .page
                .map(|page| page.to_string())
                .unwrap_or_default(),
            harmless(&citation.context),
            harmless(&citation.quote),
            citation.score.to_string(),
        ]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_separators_stay_text() {
        for (value, expect) in [
            (Value::from("=1+1"), "'=1+1"),
            (Value::from("@x"), "'@x"),
            (Value::from(-3_i64), "-3"),
            (Value::from("a,b"), "\"a,b\""),
            (Value::from("a\"b"), "\"a\"\"b\""),
            (Value::Null, ""),
        ] {
            assert_eq!(quoted(&cell(&value)), expect);
        }
    }

    #[test]
    fn the_size_of_a_png_is_in_its_header() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend([0, 0, 4, 0, 0, 0, 3, 0]);
        assert_eq!(png_size(&png), Some((1024, 768)));
        assert_eq!(png_size(png.get(..20).unwrap()), None);
        assert_eq!(png_size(b"GIF89a"), None);
    }
}
