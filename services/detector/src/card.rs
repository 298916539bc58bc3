//! The model card: what was fitted to what, how good it is, and where it is not.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::judge::MODEL;
use crate::likelihood::endpoint::BEGINNING;
use crate::likelihood::identity;
use crate::model::Model;
use crate::report::{Counts, FitReport, Trial};

/// What the measured trials don't show, or show best in words.
const LIMITS: &str = "\
## What it is for, and what not

It tells how likely it is that a text was written by a machine, with bounds. It is no proof, and never a verdict on a person:
people who write plainly, in a second language or by a template are flagged more often than others. Nobody should be accused
because of it.

Known weaknesses:

- Text that a person wrote and a machine refined, shortened or translated is told from a person's text little better than by a coin.
- Generators, domains and ways of prompting that were not seen: the trials with a domain or a source held out show how much is lost.
- Short text: below the first range of lengths there is no judgement, and in that range bounds are wide.
- Text by writers in a second language: the source that holds such essays is small.
- Program code, lists, verse and languages other than Chinese and English are not judged.
- Text that was changed on purpose. Invisible and lookalike characters are undone and reported; paraphrasing is not seen.
- The language models read the beginning of a text alone: some 95 English words, some 400 Chinese characters. What comes behind is judged by
  n-grams and style.
- Calibration holds for the mix of sources that it was measured on. Elsewhere trust the interval, not the number in it.

";

/// The card as Markdown.
#[must_use]
pub fn card(model: &Model) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(out, "# Model card: {MODEL} {}\n", model.version);
    out.push_str(
        "A linear model over hashed n-grams and traits of style for each language, and beside it what a small language model expects of \
         the text, where there is one; fitted by `contrail detector read` and `contrail detector fit`. The file of weights holds numbers \
         and no text. Written by `contrail detector card`.\n\n",
    );
    out.push_str(LIMITS);
    for (name, language) in &model.languages {
        let title = match name.as_str() {
            "zh" => "Chinese",
            "en" => "English",
            other => other,
        };
        let _ = writeln!(out, "## {title}\n");
        data(&mut out, &language.report);
        out.push_str("### Without a language model\n\n");
        trials(&mut out, &language.report);
        if let Some(informed) = &language.informed {
            let Counts { people, machines } = informed.report.in_domain.counts;
            let _ = writeln!(
                out,
                "### With {}\n\nFitted to what it expected in {people} texts by people and {machines} by machines, of all sources, domains and \
                 both kinds by turns; beside it stand scores by weights that were fitted without the text's domain or family of sources.\n",
                informed.reader.join(" ")
            );
            if informed.reader != identity(language.language) {
                let _ = writeln!(
                    out,
                    "It stands behind an endpoint, and reads the first {BEGINNING} characters of a text.\n"
                );
            }
            trials(&mut out, &informed.report);
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn data(out: &mut String, report: &FitReport) {
    let _ = writeln!(
        out,
        "Fitted to (seed {}):\n\n| source | by people | by machines | licence |\n|---|---|---|---|",
        report.seed
    );
    for (source, counts) in &report.sources {
        let _ = writeln!(
            out,
            "| {source} | {} | {} | {} |",
            counts.people,
            counts.machines,
            licence(source)
        );
    }
    let left_out: Vec<String> = report
        .left_out
        .iter()
        .map(|(why, count)| format!("{why}: {count}"))
        .collect();
    let _ = writeln!(
        out,
        "\nLeft out: {}.\n",
        if left_out.is_empty() {
            "none".to_owned()
        } else {
            left_out.join(", ")
        }
    );
}

/// Under which licence the texts of a source may be used, as far as it is known.
fn licence(source: &str) -> &'static str {
    match source {
        "fdg_en" | "glimpse_en" => "MIT",
        "imbd_en" => "Apache-2.0",
        "hc3_zh" => "CC BY-SA 4.0 (HC3)",
        "cred_zh" | "cudrt_zh" | "detectrl_en" | "liang_en" => "none stated; used to fit statistics only",
        _ => "not known",
    }
}

fn trials(out: &mut String, report: &FitReport) {
    out.push_str(
        "Measured on texts that took no part in fitting. *Known kinds*: five folds; near-duplicates and texts on the same matter are \
         never parted. *Held out*: the whole domain or family of sources took no part, and neither did it in the bounds of false \
         alarms. `@1 %` is the share of machines' texts above the threshold that one in a hundred of the same source's people \
         reaches; *verdict* is the share that gets `ai_likely` at 1 %.\n\n\
         | trial | people / machines | AUROC (95 %) | @1 % | @5 % | verdict on people | verdict on machines | ECE | interval |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    row(out, "known kinds", &report.in_domain);
    for (name, trial) in &report.lengths {
        row(out, &format!("known kinds, length {name}"), trial);
    }
    for (name, trial) in &report.domains {
        row(out, &format!("held out: {name}"), trial);
    }
    let differing = |all: &BTreeMap<String, Trial>, name: &String, trial: &Trial| {
        all.get(name).is_some_and(|all| all.counts != trial.counts)
    };
    for (name, trial) in &report.generated_domains {
        if differing(&report.domains, name, trial) {
            row(out, &format!("the same, revised texts left out: {name}"), trial);
        }
    }
    for (name, trial) in &report.families {
        row(out, &format!("held out: all of {name}"), trial);
    }
    for (name, trial) in &report.generated_families {
        if differing(&report.families, name, trial) {
            row(
                out,
                &format!("the same, revised texts left out: all of {name}"),
                trial,
            );
        }
    }
    for (held, trials) in [
        ("domain", &report.domains),
        ("family of sources", &report.families),
    ] {
        let alarms = || trials.values().filter_map(|trial| trial.false_verdicts);
        let count = alarms().count();
        if count > 0 {
            let sum: f64 = alarms().sum();
            let worst = alarms().fold(0.0, f64::max);
            let _ = writeln!(
                out,
                "\nFalse alarms of the 1 % verdict where the whole {held} was held out: {:.1} % on average, {:.1} % in the worst one.",
                sum / count as f64 * 100.0,
                worst * 100.0
            );
        }
    }
    out.push('\n');
}

fn row(out: &mut String, name: &str, trial: &Trial) {
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let percent =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{:.1} %", value * 100.0));
    let area = match (trial.auroc, trial.auroc_interval) {
        (Some(area), Some([low, high])) => format!("{area:.3} ({low:.3}–{high:.3})"),
        (area, _) => number(area),
    };
    let _ = writeln!(
        out,
        "| {name} | {} / {} | {area} | {} | {} | {} | {} | {} | {} |",
        trial.counts.people,
        trial.counts.machines,
        percent(trial.true_alarms_at_1_percent),
        percent(trial.true_alarms_at_5_percent),
        percent(trial.false_verdicts),
        percent(trial.true_verdicts),
        number(trial.calibration_error),
        number(trial.interval_width),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Detector;

    #[test]
    fn the_card_tells_its_model_and_what_was_held_out() {
        let detector = Detector::built_in().unwrap();
        let card = card(detector.model());
        assert!(card.contains(&detector.model().version));
        for told in [
            "## Chinese",
            "## English",
            "held out: all of liang_en",
            "Known weaknesses",
            "in the worst one",
        ] {
            assert!(card.contains(told), "{told}");
        }
        // The card beside the weights is theirs.
        assert_eq!(card, include_str!("../data/MODEL_CARD.md"));
        assert!(!card.contains("behind an endpoint"));
        let mut fitted = detector.model().clone();
        let english = fitted.languages.get_mut("en").unwrap();
        english.informed.as_mut().unwrap().reader = ["large", "endpoint"].map(str::to_owned);
        let card = super::card(&fitted);
        assert!(
            card.contains("### With large endpoint") && card.contains("the first 2000 characters"),
            "{card}"
        );
    }
}
