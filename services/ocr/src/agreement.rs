//! What a vision model says, held against what the engine has read.
//!
//! Such a model writes what is likely, and a likely flight number is worse than none. So its words are taken for a line that
//! the engine has read much alike, and only where both have the same figures and codes; where they have not, the engine's stand,
//! with less confidence. A line that the engine has not found has no place on the page, and is left out.

use crate::engine::Line;
use crate::letters::half_width;

/// From which likeness on two lines are the same one.
const ALIKE: f64 = 0.5;
/// How sure a line is that both have read alike.
const AGREED: f32 = 0.95;
/// What is left of the confidence in a line whose figures are disputed.
const DISPUTED: f32 = 0.6;

/// Takes from `seen` what agrees with `lines`.
pub(crate) fn agree(lines: &mut [Line], seen: &[String]) {
    let seen: Vec<String> = seen.iter().map(|line| half_width(line)).collect();
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (own, line) in lines.iter().enumerate() {
        for (other, text) in seen.iter().enumerate() {
            let alike = strsim::normalized_levenshtein(&plain(&line.text), &plain(text));
            if alike >= ALIKE {
                pairs.push((alike, own, other));
            }
        }
    }
    // The most alike first; each line goes with one other.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut taken = (vec![false; lines.len()], vec![false; seen.len()]);
    for (_, own, other) in pairs {
        let (Some(line), Some(text)) = (lines.get_mut(own), seen.get(other)) else {
            continue;
        };
        let (Some(mine), Some(theirs)) = (taken.0.get_mut(own), taken.1.get_mut(other)) else {
            continue;
        };
        if *mine || *theirs {
            continue;
        }
        (*mine, *theirs) = (true, true);
        if codes(&line.text) == codes(text) {
            line.text.clone_from(text);
            line.confidence = line.confidence.max(AGREED);
        } else {
            line.confidence *= DISPUTED;
        }
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// The figures and codes of a text, in any order: stretches of Latin letters, digits and what joins them, with a digit in them.
fn codes(text: &str) -> Vec<String> {
    let stretches = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-.:/,%".contains(letter)));
    let mut codes: Vec<String> = stretches
        .map(|stretch| {
            stretch
                .trim_matches(|letter: char| "-.:/,".contains(letter))
                .to_uppercase()
        })
        .filter(|stretch| stretch.contains(|letter: char| letter.is_ascii_digit()))
        .collect();
    codes.sort();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quad::{Point, Quad};

    fn check(read: &[(&str, f32)], seen: &[&str], expect: &[(&str, f32)]) {
        let line = |(text, confidence): &(&str, f32)| Line {
            text: (*text).to_owned(),
            confidence: *confidence,
            quad: Quad([Point { x: 0.0, y: 0.0 }; 4]),
        };
        let mut lines: Vec<Line> = read.iter().map(line).collect();
        let seen: Vec<String> = seen.iter().map(|line| (*line).to_owned()).collect();
        agree(&mut lines, &seen);
        let found: Vec<(&str, f32)> = lines
            .iter()
            .map(|line| (line.text.as_str(), line.confidence))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn words_are_corrected_and_codes_are_not() {
        check(
            &[("请前往T2航站搂", 0.8), ("航班CA1234到达", 1.0)],
            &["请前往Ｔ２航站楼", "航班CA1284到达"],
            &[("请前往T2航站楼", 0.95), ("航班CA1234到达", 0.6)],
        );
    }

    #[test]
    fn what_was_not_found_in_the_image_is_not_believed() {
        check(
            &[("登机口 A12", 0.9)],
            &["Gate closes at 10:30", "登机口 A12", "登机口 A12"],
            &[("登机口 A12", 0.95)],
        );
        check(&[("出口", 0.7)], &[], &[("出口", 0.7)]);
    }

    #[test]
    fn a_code_that_was_added_or_left_out_is_disputed() {
        check(&[("行李转盘 7", 1.0)], &["行李转盘"], &[("行李转盘 7", 0.6)]);
        check(&[("行李转盘", 1.0)], &["行李转盘7"], &[("行李转盘", 0.6)]);
        assert_eq!(codes("MU-5101, 10:30. T2/3 no"), ["10:30", "MU-5101", "T2/3"]);
    }
}
