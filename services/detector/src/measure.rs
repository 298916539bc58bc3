//! Figures of merit.

use crate::hashing::Draws;

/// A score, and whether a machine wrote the text.
pub type Scored = (f64, bool);

/// The area under the curve of true over false alarms: how often a machine's text scores above a person's; ties count half.
/// None where there is only one kind.
#[must_use]
pub fn auroc(scored: &[Scored]) -> Option<f64> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut people, mut machines, mut above) = (0.0f64, 0.0f64, 0.0f64);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let here = tied.iter().filter(|(_, machine)| *machine).count() as f64;
        let others = tied.len() as f64 - here;
        above += here * (people + others / 2.0);
        people += others;
        machines += here;
    }
    (people > 0.0 && machines > 0.0).then(|| above / (people * machines))
}

/// The interval that holds 95 % of the areas of samples drawn with replacement (percentile bootstrap, Efron 1979).
#[must_use]
pub fn auroc_interval(scored: &[Scored], samples: usize, seed: u64) -> Option<[f64; 2]> {
    auroc(scored)?;
    let mut draws = Draws::new(seed);
    let mut areas: Vec<f64> = (0..samples)
        .filter_map(|_| {
            let drawn: Vec<Scored> = (0..scored.len())
                .filter_map(|_| scored.get(draws.below(scored.len())).copied())
                .collect();
            auroc(&drawn)
        })
        .collect();
    areas.sort_by(f64::total_cmp);
    let at = |share: f64| {
        areas
            .get(((areas.len() as f64 - 1.0) * share).round() as usize)
            .copied()
    };
    Some([at(0.025)?, at(0.975)?])
}

/// The share of machines' texts above the threshold that a share of people's texts reaches. None where there is only one kind.
#[must_use]
pub fn true_alarms(scored: &[Scored], false_alarms: f64) -> Option<f64> {
    let mut people: Vec<f64> = scored
        .iter()
        .filter(|(_, machine)| !machine)
        .map(|(score, _)| *score)
        .collect();
    people.sort_by(|a, b| b.total_cmp(a));
    let threshold = people.get((people.len() as f64 * false_alarms).floor() as usize)?;
    let machines = scored.iter().filter(|(_, machine)| *machine);
    let (total, above) = machines.fold((0usize, 0usize), |(total, above), (score, _)| {
        (total + 1, above + usize::from(score > threshold))
    });
    (total > 0).then(|| above as f64 / total as f64)
}

/// The expected calibration error over 15 bins of equal width (Guo and others 2017), with weights.
#[must_use]
pub fn calibration_error(judged: impl IntoIterator<Item = (f64, bool, f64)>) -> Option<f64> {
    const BINS: usize = 15;
    let mut bins = [(0.0f64, 0.0f64, 0.0f64); BINS];
    for (probability, machine, weight) in judged {
        let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
        if let Some((total, sum, machines)) = bins.get_mut(bin) {
            *total += weight;
            *sum += probability * weight;
            *machines += if machine { weight } else { 0.0 };
        }
    }
    let total: f64 = bins.iter().map(|(total, ..)| total).sum();
    let error: f64 = bins.iter().map(|(_, sum, machines)| (sum - machines).abs()).sum();
    (total > 0.0).then(|| error / total)
}

/// The middle of some numbers.
#[must_use]
pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_what_they_are_by_hand() {
        let scored = [(0.1, false), (0.4, false), (0.35, true), (0.8, true)];
        assert_eq!(auroc(&scored), Some(0.75));
        assert_eq!(auroc(&[(1.0, true), (1.0, false)]), Some(0.5));
        assert_eq!(auroc(&[(1.0, true)]), None);
        let many: Vec<Scored> = (0..200)
            .map(|i| (f64::from(i % 100) + if i < 100 { 0.0 } else { 30.0 }, i >= 100))
            .collect();
        let [low, high] = auroc_interval(&many, 200, 1).unwrap();
        let area = auroc(&many).unwrap();
        assert!(
            low < area && area < high && high - low < 0.2,
            "{low} {area} {high}"
        );
    }

    #[test]
    fn alarms_are_counted_above_the_threshold() {
        let people = (0..100).map(|i| (f64::from(i), false));
        let machines = (0..100).map(|i| (f64::from(i) + 48.5, true));
        let scored: Vec<Scored> = people.chain(machines).collect();
        // One person in a hundred may be above: the threshold is 98.
        assert_eq!(true_alarms(&scored, 0.01), Some(0.50));
        assert_eq!(true_alarms(&scored, 0.05), Some(0.54));
    }

    #[test]
    fn a_calibrated_coin_has_no_error() {
        let coin = [(0.5, true, 1.0), (0.5, false, 1.0)];
        assert!(calibration_error(coin).unwrap() < 1e-9);
        assert!((calibration_error([(0.9, false, 1.0)]).unwrap() - 0.9).abs() < 1e-9);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
    }
}
