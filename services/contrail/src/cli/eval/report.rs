//! What came out of an evaluation.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::render;

/// How a question went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered, and right.
    Correct,
    /// Answered, and not right.
    Wrong,
    /// Not answered: refused, asked back, or failed.
    Abstained,
    /// Refused or asked back, and nothing else would have been right.
    Refused,
}

/// How many questions went which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    correct: u32,
    wrong: u32,
    abstained: u32,
    refused: u32,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Correct => self.correct += 1,
            Outcome::Wrong => self.wrong += 1,
            Outcome::Abstained => self.abstained += 1,
            Outcome::Refused => self.refused += 1,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            correct: self.correct + other.correct,
            wrong: self.wrong + other.wrong,
            abstained: self.abstained + other.abstained,
            refused: self.refused + other.refused,
        }
    }

    /// With everything that derives from them.
    #[must_use]
    pub fn figures(self) -> Figures {
        let Self {
            correct,
            wrong,
            abstained,
            refused,
        } = self;
        let answered = correct + wrong;
        let answerable = answered + abstained;
        Figures {
            asked: answerable + refused,
            answered,
            correct,
            wrong,
            abstained,
            refused,
            coverage: share(answered, answerable),
            precision: share(correct, answered),
        }
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// The figures of answers that one tier gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tiered {
    /// The tier.
    tier: String,
    answered: u32,
    correct: u32,
    wrong: u32,
    /// What it adds to the coverage of all.
    coverage: Option<f64>,
    precision: Option<f64>,
}

/// The figures of a language, or of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    asked: u32,
    answered: u32,
    correct: u32,
    wrong: u32,
    abstained: u32,
    /// Rightly not answered.
    refused: u32,
    /// answered / (asked - refused); none of none asked.
    coverage: Option<f64>,
    /// correct / answered; none of none answered.
    precision: Option<f64>,
}

/// Everything that is told at the end.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Questions in Chinese.
    pub zh: Figures,
    /// Questions in English.
    pub en: Figures,
    /// Both.
    pub total: Figures,
    /// Both, by the tier that answered.
    pub tiers: Vec<Tiered>,
    /// Seconds for reading the tables and answering all questions.
    pub seconds: f64,
    /// Tables that can't be asked, and why.
    pub rejected: Vec<Unusable>,
    /// Questions that ended in an error, and which.
    pub failed: Vec<Unusable>,
}

/// Something that could not be used, and why.
#[derive(Debug, Serialize)]
pub struct Unusable {
    /// The table, or the question.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Report {
    /// The report of counts.
    #[must_use]
    pub fn new(
        [zh, en]: [Counts; 2],
        tiers: BTreeMap<String, Counts>,
        seconds: f64,
        rejected: Vec<Unusable>,
        failed: Vec<Unusable>,
    ) -> Self {
        let total = zh.plus(en).figures();
        let answerable = total.answered + total.abstained;
        let tier = |(tier, counts): (String, Counts)| Tiered {
            tier,
            answered: counts.correct + counts.wrong,
            correct: counts.correct,
            wrong: counts.wrong,
            coverage: share(counts.correct + counts.wrong, answerable),
            precision: share(counts.correct, counts.correct + counts.wrong),
        };
        Self {
            zh: zh.figures(),
            en: en.figures(),
            tiers: tiers.into_iter().map(tier).collect(),
            total,
            seconds,
            rejected,
            failed,
        }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let percent = |share: Option<f64>| {
            share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
        };
        let rows = [("zh", &self.zh), ("en", &self.en), ("total", &self.total)].map(|(name, figures)| {
            let counts = [
                figures.asked,
                figures.answered,
                figures.correct,
                figures.wrong,
                figures.abstained,
                figures.refused,
            ];
            let mut row = vec![name.to_owned()];
            row.extend(counts.map(|count| count.to_string()));
            row.extend([percent(figures.coverage), percent(figures.precision)]);
            row
        });
        let header = [
            "",
            "asked",
            "answered",
            "correct",
            "wrong",
            "abstained",
            "refused rightly",
            "coverage",
            "precision",
        ];
        let tiers = self.tiers.iter().map(|tiered| {
            let counts = [tiered.answered, tiered.correct, tiered.wrong].map(|count| count.to_string());
            let mut row = vec![format!("tier {}", tiered.tier), String::new()];
            row.extend(counts);
            row.extend([
                String::new(),
                String::new(),
                percent(tiered.coverage),
                percent(tiered.precision),
            ]);
            row
        });
        let mut text = format!(
            "{}\n{:.1} seconds",
            render::text_table(&header, rows.into_iter().chain(tiers)),
            self.seconds
        );
        for (what, list) in [("table not read", &self.rejected), ("failed", &self.failed)] {
            for Unusable { name, reason } in list {
                text.push_str(&format!("\n{what}: {name}: {reason}"));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(outcomes: &[Outcome]) -> Counts {
        let mut counts = Counts::default();
        outcomes.iter().for_each(|outcome| counts.add(*outcome));
        counts
    }

    #[test]
    fn coverage_is_of_those_asked_and_precision_of_those_answered() {
        use Outcome::{Abstained, Correct, Wrong};
        let figures = counts(&[Correct, Correct, Correct, Wrong, Abstained]).figures();
        assert_eq!((figures.asked, figures.answered, figures.abstained), (5, 4, 1));
        assert_eq!((figures.coverage, figures.precision), (Some(0.8), Some(0.75)));
    }

    #[test]
    fn what_was_rightly_refused_is_no_gap() {
        let figures = counts(&[Outcome::Correct, Outcome::Abstained, Outcome::Refused]).figures();
        assert_eq!((figures.asked, figures.abstained, figures.refused), (3, 1, 1));
        assert_eq!(figures.coverage, Some(0.5));
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!(counts(&[]).figures().coverage, None);
        assert_eq!(counts(&[Outcome::Abstained]).figures().precision, None);
    }

    #[test]
    fn the_total_is_of_both_languages() {
        let report = Report::new(
            [counts(&[Outcome::Correct]), counts(&[Outcome::Wrong])],
            BTreeMap::from([("rules".to_owned(), counts(&[Outcome::Correct, Outcome::Wrong]))]),
            1.0,
            Vec::new(),
            Vec::new(),
        );
        assert_eq!((report.total.asked, report.total.precision), (2, Some(0.5)));
        let rules = &report.tiers[0];
        assert_eq!(
            (rules.answered, rules.coverage, rules.precision),
            (2, Some(1.0), Some(0.5))
        );
        assert!(
            report.text().contains("tier rules") && report.text().contains("50.0 %"),
            "{}",
            report.text()
        );
    }
}
