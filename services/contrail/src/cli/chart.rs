//! The chart of an answer, as a file.

use std::path::{Path, PathBuf};

use codegen_executor::chart;
use schemas::Answer;

/// A file that a chart is written to; its ending says as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartFile {
    path: PathBuf,
    format: Format,
}

/// As what a chart is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Svg,
    VegaLite,
}

/// Why no chart was written.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The answer has none.
    #[error("there is no chart of this answer: {0}")]
    None(chart::NoChart),
    /// The answer has none, although its result could have one.
    #[error("there is no chart of this answer: the service that gave it draws none")]
    NotDrawn,
    /// The file can't be written.
    #[error("can't write {path}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl ChartFile {
    /// A path that ends in `.svg`, or in `.json` for a Vega-Lite specification.
    ///
    /// # Errors
    /// When it ends in anything else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        let ends_in = |ending: &str| {
            path.extension()
                .is_some_and(|found| found.eq_ignore_ascii_case(ending))
        };
        let format = if ends_in("svg") {
            Format::Svg
        } else if ends_in("json") {
            Format::VegaLite
        } else {
            return Err(
                "a chart is written to a file that ends in .svg, or in .json for Vega-Lite".to_owned(),
            );
        };
        Ok(Self { path, format })
    }

    /// Writes the chart of an answer; returns where.
    ///
    /// # Errors
    /// [`ChartError`] when the answer has none or the file can't be written.
    pub fn write(&self, answer: &Answer) -> Result<&Path, ChartError> {
        let Some(chart) = &answer.chart else {
            return Err(chart::missing(answer).map_or(ChartError::NotDrawn, ChartError::None));
        };
        let text = match self.format {
            Format::Svg => chart.svg.clone(),
            // A bracket stands in strings alone; escaped, no text of a table can end the script of a page.
            Format::VegaLite => format!("{:#}\n", chart.spec).replace('<', "\\u003c"),
        };
        std::fs::write(&self.path, text).map_err(|source| ChartError::Unwritable {
            path: self.path.clone(),
            source,
        })?;
        Ok(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use schemas::Language;
    use schemas::answer::{AnswerStatus, Chart, ChartKind};

    use super::*;

    fn answer(chart: Option<Chart>) -> Answer {
        let json = serde_json::json!({
            "id": "0199f1d2-7c3a-7def-8123-0000000000bb", "question": "?", "language": Language::En, "kind": "table",
            "tier": "rules", "status": "answered", "text": "2", "columns": ["n"], "rows": [[2]],
            "confidence": { "label": "verified", "precision": null, "n": 0 },
            "trail": { "chips": [], "unexplained": [], "sentence": "", "sources": [], "ledger": [], "checks": [],
                       "assumptions": [], "readings": [],
                       "plan": { "table": { "file": "0199f1d2-7c3a-7def-8123-0000000000aa", "index": 0 } } },
            "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        });
        Answer {
            chart,
            ..serde_json::from_value(json).unwrap()
        }
    }

    #[test]
    fn the_ending_says_what_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let drawn = answer(Some(Chart {
            kind: ChartKind::Bars,
            spec: serde_json::json!({ "title": "</script>" }),
            svg: "<svg/>".to_owned(),
        }));
        for (name, text) in [
            ("a.svg", "<svg/>"),
            ("a.JSON", "{\n  \"title\": \"\\u003c/script>\"\n}\n"),
        ] {
            let path = folder.path().join(name);
            let file = ChartFile::parse(path.to_str().unwrap()).unwrap();
            assert_eq!(file.write(&drawn).unwrap(), path);
            assert_eq!(std::fs::read_to_string(path).unwrap(), text);
        }
        assert!(ChartFile::parse("a.png").is_err() && ChartFile::parse("svg").is_err());
    }

    #[test]
    fn why_there_is_none_is_told() {
        let file = ChartFile::parse("/nowhere/a.svg").unwrap();
        let mut refused = answer(None);
        let told = |answer: &Answer| file.write(answer).unwrap_err().to_string();
        assert!(told(&refused).contains("single row"), "{}", told(&refused));
        refused.status = AnswerStatus::Refused;
        assert!(told(&refused).contains("not answered"), "{}", told(&refused));
    }
}
