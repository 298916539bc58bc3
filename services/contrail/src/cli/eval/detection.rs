//! `contrail eval detection`: the detector against texts of which it is known who wrote them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use detector::measure::{auroc, auroc_interval, calibration_error, median, true_alarms};
use detector::train::{Record, records};
use detector::{Detector, Options};
use schemas::judgement::Verdict;
use serde::Serialize;

use crate::cli::detect::Equipment;
use crate::config::GlobalConfig;
use crate::output;
use crate::progress::Reporter;
use crate::render::{text_table, word};

const EXAMPLES: &str = "\
Examples:
  contrail eval detection --data texts.jsonl.gz
  contrail eval detection --data texts.jsonl.gz --json | jq .by.source
  contrail eval detection --data texts.jsonl.gz --detector-english none --detector-chinese none

Each line is a JSON document: `text`, `label` (0 by a person, 1 by a machine), and perhaps `source`,
`domain`, `generator`, `lang` and `attack`. Figures on texts that the weights were fitted to are too
good: those of `contrail detector card` were measured on texts that were held out.";

/// Draws with replacement for the interval of an area.
const SAMPLES: usize = 200;

/// See [`super::Set::Detection`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Detection {
    /// Labelled texts as JSON lines, packed (`.gz`) or not.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// Prints the figures as one JSON document.
    #[arg(long)]
    json: bool,

    /// What judges.
    #[command(flatten)]
    equipment: Equipment,

    /// Judges the first N texts only.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// What came of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    machine: bool,
    /// Score, probability, and width of the interval; none where the text is not judged.
    odds: Option<[f64; 3]>,
    at_1_percent: Verdict,
    at_5_percent: Verdict,
    /// Values of [`TRAITS`].
    traits: [String; TRAITS.len()],
}

/// By what figures are told.
const TRAITS: [&str; 6] = ["source", "generator", "domain", "attack", "length", "language"];

/// Figures of some texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    people: usize,
    machines: usize,
    /// Texts that are not judged.
    abstained: usize,
    /// Of the judged ones, as everything below.
    auroc: Option<f64>,
    auroc_interval: Option<[f64; 2]>,
    /// At the threshold that one in a hundred of these very people's texts reaches.
    tpr_at_1_percent: Option<f64>,
    tpr_at_5_percent: Option<f64>,
    /// With both kinds of texts counted the same, as the prior of one half has it.
    ece: Option<f64>,
    median_interval: Option<f64>,
    /// Share of people's and of machines' texts with `ai_likely`, at 1 % and at 5 %.
    flagged_people: [Option<f64>; 2],
    flagged_machines: [Option<f64>; 2],
    /// How many texts by people and by machines have which verdict at 1 %.
    verdicts: BTreeMap<String, [usize; 2]>,
}

/// Everything that is told at the end.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    version: String,
    seconds: f64,
    total: Figures,
    by: BTreeMap<&'static str, BTreeMap<String, Figures>>,
}

impl Detection {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let detector = self.equipment.detector(&global.artifacts).await?;
        let mut task = Reporter::new().task("texts");
        let start = Instant::now();
        let mut outcomes = Vec::new();
        let records = records(&self.data, |done, total| task.update("judging", done, total))?;
        for record in records.take(self.limit.unwrap_or(usize::MAX)) {
            outcomes.push(outcome(&detector, &record?));
        }
        let all: Vec<&Outcome> = outcomes.iter().collect();
        let report = Report {
            model: detector::judge::MODEL.to_owned(),
            version: detector.model().version.clone(),
            seconds: start.elapsed().as_secs_f64(),
            total: figures(&all),
            by: (0..)
                .zip(TRAITS)
                .map(|(place, name)| (name, by(&outcomes, place)))
                .collect(),
        };
        if self.json {
            output::json(&report)?;
        } else {
            output::line(&output::printable(&text(&report)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn outcome(detector: &Detector, record: &Record) -> Outcome {
    let (judgement, score) = detector.judge_with_score(&record.text, Options::default());
    let odds = score.zip(judgement.probability).zip(judgement.interval);
    let attack = if record.attack.is_empty() {
        "none"
    } else {
        &record.attack
    };
    let language = judgement
        .language
        .as_ref()
        .map(word)
        .unwrap_or_else(|| record.lang.clone());
    let range = judgement.length.bucket.unwrap_or_else(|| "not judged".to_owned());
    Outcome {
        machine: record.label == 1,
        odds: odds.map(|((score, probability), interval)| {
            [f64::from(score), probability, interval.high - interval.low]
        }),
        at_1_percent: judgement.verdicts.at_1_percent,
        at_5_percent: judgement.verdicts.at_5_percent,
        traits: [
            record.source.clone(),
            record.generator.clone(),
            format!("{}: {}", record.source, record.domain),
            attack.to_owned(),
            format!("{language} {range}"),
            language,
        ],
    }
}

/// Figures by the values of a trait. Those of a generator or an attack are of its texts by machines beside all texts by people
/// of the sources that it occurs in, since it has no people of its own.
fn by(outcomes: &[Outcome], place: usize) -> BTreeMap<String, Figures> {
    let value = |outcome: &Outcome, place: usize| outcome.traits.get(place).cloned().unwrap_or_default();
    let borrowed = matches!(TRAITS.get(place), Some(&"generator" | &"attack"));
    let machines = outcomes.iter().filter(|outcome| outcome.machine || !borrowed);
    let values: BTreeSet<String> = machines.map(|outcome| value(outcome, place)).collect();
    values
        .into_iter()
        .map(|wanted| {
            let of_value = |outcome: &&Outcome| value(outcome, place) == wanted;
            let sources: BTreeSet<String> = outcomes
                .iter()
                .filter(|outcome| outcome.machine && of_value(outcome))
                .map(|outcome| value(outcome, 0))
                .collect();
            let some = outcomes.iter().filter(|outcome| {
                if borrowed && !outcome.machine {
                    sources.contains(&value(outcome, 0))
                } else {
                    of_value(outcome)
                }
            });
            let figures = figures(&some.collect::<Vec<_>>());
            (wanted, figures)
        })
        .collect()
}

fn figures(outcomes: &[&Outcome]) -> Figures {
    let judged = || {
        outcomes
            .iter()
            .filter_map(|outcome| Some((outcome.odds?, outcome.machine)))
    };
    let scored: Vec<(f64, bool)> = judged().map(|([score, ..], machine)| (score, machine)).collect();
    let machines = outcomes.iter().filter(|outcome| outcome.machine).count();
    let machines_judged = scored.iter().filter(|(_, machine)| *machine).count();
    let weight = |machine: bool| {
        let own = if machine {
            machines_judged
        } else {
            scored.len() - machines_judged
        };
        1.0 / own.max(1) as f64
    };
    let both = machines_judged > 0 && machines_judged < scored.len();
    let flagged = |machine: bool| {
        let of_kind = || {
            outcomes
                .iter()
                .filter(move |outcome| outcome.machine == machine && outcome.odds.is_some())
        };
        let total = of_kind().count();
        let share = |count: usize| (total > 0).then(|| count as f64 / total as f64);
        [
            share(
                of_kind()
                    .filter(|outcome| outcome.at_1_percent == Verdict::AiLikely)
                    .count(),
            ),
            share(
                of_kind()
                    .filter(|outcome| outcome.at_5_percent == Verdict::AiLikely)
                    .count(),
            ),
        ]
    };
    let mut verdicts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for outcome in outcomes {
        if let Some(count) = verdicts
            .entry(word(&outcome.at_1_percent))
            .or_default()
            .get_mut(usize::from(outcome.machine))
        {
            *count += 1;
        }
    }
    Figures {
        people: outcomes.len() - machines,
        machines,
        abstained: outcomes.len() - scored.len(),
        auroc: auroc(&scored),
        auroc_interval: auroc_interval(&scored, SAMPLES, 1),
        tpr_at_1_percent: true_alarms(&scored, 0.01),
        tpr_at_5_percent: true_alarms(&scored, 0.05),
        ece: both
            .then(|| calibration_error(judged().map(|([_, p, _], machine)| (p, machine, weight(machine)))))
            .flatten(),
        median_interval: median(judged().map(|([.., width], _)| width).collect()),
        flagged_people: flagged(false),
        flagged_machines: flagged(true),
        verdicts,
    }
}

fn text(report: &Report) -> String {
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let row = |name: &str, figures: &Figures| {
        let area = match (figures.auroc, figures.auroc_interval) {
            (Some(area), Some([low, high])) => format!("{area:.3} ({low:.3}–{high:.3})"),
            (area, _) => number(area),
        };
        vec![
            name.to_owned(),
            format!("{} / {}", figures.people, figures.machines),
            figures.abstained.to_string(),
            area,
            number(figures.tpr_at_1_percent),
            number(figures.tpr_at_5_percent),
            number(figures.ece),
            number(figures.median_interval),
            figures.flagged_people.map(number).join(" "),
            figures.flagged_machines.map(number).join(" "),
        ]
    };
    let header = [
        "texts",
        "people / machines",
        "not judged",
        "AUROC (95 %)",
        "TPR@1%",
        "TPR@5%",
        "ECE",
        "interval",
        "people flagged 1% 5%",
        "machines flagged 1% 5%",
    ];
    let mut out = format!("{} {}: {:.1} s\n", report.model, report.version, report.seconds);
    out.push_str(&text_table(&header, [row("all", &report.total)]).to_string());
    for (name, values) in &report.by {
        let rows = values.iter().map(|(value, figures)| row(value, figures));
        out.push_str(&format!("\n\nby {name}\n{}", text_table(&header, rows)));
    }
    let verdicts = report.total.verdicts.iter();
    let rows = verdicts
        .map(|(verdict, [people, machines])| vec![verdict.clone(), people.to_string(), machines.to_string()]);
    out.push_str(&format!(
        "\n\nverdicts at 1 %\n{}",
        text_table(&["verdict", "people", "machines"], rows)
    ));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(machine: bool, score: f64, source: &str, generator: &str) -> Outcome {
        let verdict = if score > 1.0 {
            Verdict::AiLikely
        } else {
            Verdict::Inconclusive
        };
        Outcome {
            machine,
            odds: Some([score, 0.5 + score / 10.0, 0.2]),
            at_1_percent: verdict,
            at_5_percent: verdict,
            traits: [source, generator, "d", "none", "zh 50-99", "zh"].map(str::to_owned),
        }
    }

    #[test]
    fn generators_stand_beside_the_people_of_their_sources() {
        let outcomes = [
            outcome(false, 0.0, "a", "person"),
            outcome(true, 2.0, "a", "m1"),
            outcome(true, -1.0, "a", "m2"),
            outcome(false, 3.0, "b", "person"),
        ];
        let by_generator = by(&outcomes, 1);
        assert_eq!(by_generator.keys().collect::<Vec<_>>(), ["m1", "m2"]);
        assert_eq!(by_generator["m1"].auroc, Some(1.0));
        assert_eq!(by_generator["m2"].auroc, Some(0.0));
        let by_source = by(&outcomes, 0);
        assert_eq!(by_source["b"].flagged_people, [Some(1.0), Some(1.0)]);
        assert_eq!(by_source["a"].verdicts["ai_likely"], [0, 1]);
    }

    #[test]
    fn texts_that_are_not_judged_are_counted_apart() {
        let silent = Outcome {
            odds: None,
            at_1_percent: Verdict::TooShort,
            at_5_percent: Verdict::TooShort,
            ..outcome(true, 0.0, "a", "m")
        };
        let (person, machine) = (outcome(false, 0.0, "a", "p"), outcome(true, 1.5, "a", "m"));
        let figures = figures(&[&silent, &person, &machine]);
        assert_eq!((figures.people, figures.machines, figures.abstained), (1, 2, 1));
        assert_eq!(
            (figures.auroc, figures.flagged_machines[0]),
            (Some(1.0), Some(1.0))
        );
    }
}
