//! What is found, and how that is shown.

use serde::Serialize;
use serde_json::{Value, json};

use crate::render;

/// How well something is; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It works, but not as well as it could, or not for ever.
    Warn,
    /// Something can't work.
    Fail,
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    pub name: String,
    /// How well it is.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do about it, where it is not as it should be.
    pub mend: Option<String>,
}

impl Finding {
    pub(super) fn ok(name: &str, found: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            state: State::Ok,
            found: found.into(),
            mend: None,
        }
    }

    pub(super) fn warn(name: &str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            state: State::Warn,
            mend: Some(mend.into()),
            ..Self::ok(name, found)
        }
    }

    pub(super) fn fail(name: &str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            state: State::Fail,
            ..Self::warn(name, found, mend)
        }
    }
}

/// All of it as one JSON document.
pub(super) fn document(findings: &[Finding], worst: State) -> Value {
    json!({ "state": worst, "checks": findings })
}

/// All of it for people.
pub(super) fn table(findings: &[Finding]) -> String {
    let rows = findings.iter().map(|finding| {
        let mend = finding.mend.clone().unwrap_or_default();
        vec![
            render::word(&finding.state),
            finding.name.clone(),
            finding.found.clone(),
            mend,
        ]
    });
    render::text_table(&["state", "what", "found", "how to mend it"], rows).to_string()
}

/// The last line.
pub(super) fn verdict(worst: State) -> &'static str {
    match worst {
        State::Ok => "all is well",
        State::Warn => "it works; the warnings say what could be better",
        State::Fail => "something can't work: mend what fails from the top down",
    }
}

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    if bytes < 1e6 {
        format!("{:.0} kB", bytes / 1e3)
    } else if bytes < 1e9 {
        format!("{:.0} MB", bytes / 1e6)
    } else {
        format!("{:.1} GB", bytes / 1e9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_what_counts() {
        let findings = [
            Finding::ok("a", "1"),
            Finding::fail("b", "2", "do it"),
            Finding::warn("c", "3", "might"),
        ];
        let worst = findings.iter().map(|finding| finding.state).max().unwrap();
        assert_eq!(worst, State::Fail);
        let document = document(&findings, worst);
        assert_eq!(document["state"], "fail");
        assert_eq!(document["checks"][1]["mend"], "do it");
        assert_eq!(document["checks"][0]["mend"], Value::Null);
        let table = table(&findings);
        assert!(table.contains("do it") && table.contains("warn"), "{table}");
    }

    #[test]
    fn bytes_are_readable() {
        for (bytes, shown) in [(1_500, "2 kB"), (7_200_000, "7 MB"), (4_000_000_000, "4.0 GB")] {
            assert_eq!(size(bytes), shown);
        }
    }
}
