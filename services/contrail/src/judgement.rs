//! A judgement for people: odds in words, and the text with its sentences coloured by what they add.

use std::fmt::Write;

use schemas::Judgement;
use schemas::judgement::{LengthUnit, SentenceScore, Verdict};

use crate::output::printable;
use crate::render::word;

/// What a sentence adds from which on it has the strongest colour.
const STRONG: f64 = 0.6;

/// The judgement of a text. `coloured`: with the codes that terminals understand, else with signs before sentences.
#[must_use]
pub fn text(judgement: &Judgement, text: &str, coloured: bool) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(out, "{}", headline(judgement));
    let unit = match judgement.length.unit {
        LengthUnit::Characters => "Chinese characters",
        LengthUnit::Words => "words",
    };
    let range = judgement
        .length
        .bucket
        .as_ref()
        .map(|range| format!(", calibrated for {range}"))
        .unwrap_or_default();
    let _ = writeln!(out, "  length       {} {unit}{range}", judgement.length.count);
    if let (Some(probability), Some(interval), Some(p)) =
        (judgement.probability, judgement.interval, judgement.p_value)
    {
        let _ = writeln!(
            out,
            "  probability  {probability:.2}, between {:.2} and {:.2} by source (prior {})",
            interval.low, interval.high, judgement.prior
        );
        let _ = writeln!(
            out,
            "  p-value      {p:.3}: so many texts by people look like this or more so"
        );
    }
    let verdicts = judgement.verdicts;
    let _ = writeln!(
        out,
        "  verdict      {} at 1 % false alarms, {} at 5 %",
        word(&verdicts.at_1_percent),
        word(&verdicts.at_5_percent)
    );
    if judgement.out_of_distribution {
        let _ = writeln!(
            out,
            "  note         unlike all that the statistics were fitted to: the odds mean little"
        );
    }
    for tampering in &judgement.tampering {
        let _ = writeln!(
            out,
            "  tampering    {} ({})",
            word(&tampering.kind),
            tampering.count
        );
    }
    for (number, signal) in judgement.signals.iter().enumerate() {
        let title = if number == 0 { "signals" } else { "" };
        let _ = writeln!(
            out,
            "  {title:12} {:+.2}  {}",
            signal.contribution,
            printable(&signal.text)
        );
    }
    if !judgement.sentences.is_empty() {
        let _ = writeln!(out);
        out.push_str(&sentences(judgement, text, coloured));
    }
    let models: Vec<String> = judgement
        .models
        .iter()
        .map(|model| format!("{} {}", model.id, model.version))
        .collect();
    let _ = writeln!(out, "\n  {}", models.join(", "));
    out
}

fn headline(judgement: &Judgement) -> String {
    match (judgement.verdicts.at_1_percent, judgement.verdicts.at_5_percent) {
        (Verdict::AiLikely, _) => "A machine likely wrote this: few texts by people look like it.".to_owned(),
        (_, Verdict::AiLikely) => {
            "Some signs of a machine: about one text by people in twenty looks like this.".to_owned()
        }
        (Verdict::Inconclusive, _) => "It can't be told who wrote this.".to_owned(),
        (Verdict::NoEvidence, _) => {
            "Nothing points to a machine, which does not show that there was none.".to_owned()
        }
        (Verdict::TooShort, _) => "Too short to say anything.".to_owned(),
        (Verdict::Unsupported, _) => {
            let why = judgement.unjudged.as_ref().map(word).unwrap_or_default();
            format!("Not judged: {}.", why.replace('_', " "))
        }
    }
}

/// The sentences, each with what it adds: towards a machine red or `▲`, away from one green or `▽`.
fn sentences(judgement: &Judgement, text: &str, coloured: bool) -> String {
    let mut out = String::new();
    for SentenceScore {
        start,
        end,
        contribution,
    } in &judgement.sentences
    {
        let range = usize::try_from(*start).unwrap_or(0)..usize::try_from(*end).unwrap_or(0);
        let sentence = printable(text.get(range).unwrap_or_default().trim());
        let strength = (contribution.abs() / STRONG).min(1.0);
        if coloured {
            // From nearly the background to full colour, on the cube of 256 colours that terminals share.
            let level = (strength * 4.0).round() as u8;
            let code = match (level, *contribution > 0.0) {
                (0, _) => None,
                (level, true) => [224u8, 217, 210, 203].get(usize::from(level) - 1).copied(),
                (level, false) => [194u8, 157, 120, 84].get(usize::from(level) - 1).copied(),
            };
            match code {
                Some(code) => {
                    let _ = writeln!(out, "\u{1b}[30;48;5;{code}m{sentence}\u{1b}[0m");
                }
                None => {
                    let _ = writeln!(out, "{sentence}");
                }
            }
        } else {
            let sign = match contribution {
                c if strength < 0.125 && *c > -STRONG => ' ',
                c if *c > 0.0 => '▲',
                _ => '▽',
            };
            let _ = writeln!(out, "  {sign} {contribution:+.2}  {sentence}");
        }
    }
    if judgement.sentences_omitted > 0 {
        let _ = writeln!(out, "  … and {} more sentences", judgement.sentences_omitted);
    }
    out
}

#[cfg(test)]
mod tests {
    use detector::{Detector, Options};

    use super::*;

    #[test]
    fn sentences_are_shown_with_what_they_add() {
        let given = "We got off the bus too early, and of course it rained. ".repeat(8);
        let judgement = Detector::built_in().unwrap().judge(&given, Options::default());
        let plain = text(&judgement, &given, false);
        assert!(
            plain.contains("probability") && plain.contains("it rained."),
            "{plain}"
        );
        assert!(
            !plain.contains('\u{1b}') && !plain.to_lowercase().contains("human"),
            "{plain}"
        );
        assert!(text(&judgement, &given, true).matches("it rained.").count() == 8);
    }

    #[test]
    fn what_is_not_judged_says_why() {
        let judgement = Detector::built_in()
            .unwrap()
            .judge("Too short.", Options::default());
        assert!(text(&judgement, "Too short.", false).starts_with("Too short to say anything."));
        let judgement = Detector::built_in().unwrap().judge("😀", Options::default());
        assert!(text(&judgement, "😀", false).starts_with("Not judged: no words."));
    }
}
