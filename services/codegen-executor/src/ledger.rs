//! What became of the rows, in words, and which cells were left out.

use std::collections::BTreeSet;

use schemas::plan::Plan;
use schemas::table::TableProfile;
use schemas::trail::LedgerStep;

use crate::engine::Step;
use crate::words::Phrases;

/// Addresses of excluded cells that a step names.
const EXCLUDED: usize = 100;

/// Tells the steps. A cell that could not be read is named at the first step that looks into its column.
#[must_use]
pub fn tell(phrases: &dyn Phrases, plan: &Plan, steps: Vec<Step>, profile: &TableProfile) -> Vec<LedgerStep> {
    let mut named = BTreeSet::new();
    steps
        .into_iter()
        .map(|step| {
            let description = phrases.step(&step, plan);
            let excluded_cells = if step.kind == schemas::trail::LedgerStepKind::Read {
                Vec::new()
            } else {
                let fresh: Vec<String> = step
                    .columns
                    .iter()
                    .filter(|column| named.insert((*column).clone()))
                    .cloned()
                    .collect();
                unparsed(&fresh, profile)
            };
            LedgerStep {
                step: step.kind,
                description,
                rows_in: step.rows_in,
                rows_out: step.rows_out,
                excluded_cells,
                sample: Some(step.sample),
            }
        })
        .collect()
}

fn unparsed(columns: &[String], profile: &TableProfile) -> Vec<String> {
    profile
        .columns
        .iter()
        .filter(|column| columns.contains(&column.name))
        .flat_map(|column| &column.unparsed)
        .map(|cell| cell.cell.clone())
        .take(EXCLUDED)
        .collect()
}
