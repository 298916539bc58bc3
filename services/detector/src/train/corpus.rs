//! Measured texts of one language, packed for fitting. Their letters are gone by then.

use schemas::Language;

use crate::features::{Counted, Features, STYLES, Style, grams};
use crate::likelihood::Likelihoods;
use crate::model::linear::{damped, deviation};

/// Texts and stretches of texts, by number.
#[derive(Debug, Default)]
pub struct Corpus {
    /// How many places there are.
    pub places: usize,
    /// How many units there are.
    pub units: usize,
    index: Vec<u32>,
    values: Vec<f32>,
    ends: Vec<usize>,
    styles: Vec<Style>,
    facts: Vec<Facts>,
}

/// What is known of a text besides its measures.
#[derive(Debug, Clone, Copy)]
struct Facts {
    row: usize,
    machine: bool,
    unit: usize,
    length: usize,
    unknown: f32,
    likelihoods: Option<Likelihoods>,
}

/// One text as fitting sees it.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// Places of its n-grams.
    pub places: &'a [u32],
    /// Their values.
    pub values: &'a [f32],
    /// Deviations of its style.
    pub style: &'a Style,
    /// Whether a machine wrote it.
    pub machine: bool,
    /// The number of its unit.
    pub unit: usize,
    /// The number of the labelled text that it is, or is a stretch of.
    pub row: usize,
    /// Its length in characters or words.
    pub length: usize,
    /// What a language model says, where it has read the text.
    pub likelihoods: Option<&'a Likelihoods>,
}

/// Texts in which something must occur before it is weighed.
const OFTEN: u32 = 5;

impl Corpus {
    /// No texts.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            places: grams::places(language),
            ..Self::default()
        }
    }

    /// Adds a text, or a stretch of one; `length` in characters or words, `likelihoods` where a language model has read it.
    pub fn push(
        &mut self,
        row: usize,
        machine: bool,
        features: &Features,
        length: usize,
        likelihoods: Option<Likelihoods>,
    ) {
        for Counted { place, count } in grams::count(&features.grams) {
            self.index.push(place);
            self.values.push(damped(count));
        }
        self.ends.push(self.index.len());
        self.styles.push(features.style);
        self.facts.push(Facts {
            row,
            machine,
            unit: 0,
            length,
            unknown: 0.0,
            likelihoods,
        });
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// One of them.
    #[must_use]
    pub fn example(&self, number: usize) -> Example<'_> {
        const NOWHERE: Facts = Facts {
            row: 0,
            machine: false,
            unit: 0,
            length: 0,
            unknown: 0.0,
            likelihoods: None,
        };
        const PLAIN: &Style = &[0.0; STYLES.len()];
        let end = self.ends.get(number).copied().unwrap_or(0);
        let start = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let facts = self.facts.get(number).unwrap_or(&NOWHERE);
        Example {
            places: self.index.get(start..end).unwrap_or_default(),
            values: self.values.get(start..end).unwrap_or_default(),
            style: self.styles.get(number).unwrap_or(PLAIN),
            machine: facts.machine,
            unit: facts.unit,
            row: facts.row,
            length: facts.length,
            likelihoods: facts.likelihoods.as_ref(),
        }
    }

    /// The share of its n-grams that have no weight.
    #[must_use]
    pub fn unknown(&self, number: usize) -> f32 {
        self.facts.get(number).map_or(0.0, |facts| facts.unknown)
    }

    /// Gives every text the unit of its labelled text.
    pub fn assign(&mut self, units: usize, unit_of: impl Fn(usize) -> usize) {
        self.units = units;
        for facts in &mut self.facts {
            facts.unit = unit_of(facts.row);
        }
    }

    /// Weighs n-grams by their rarity and brings every text to the same length; returns the rarity by place, in sixteenths.
    /// Labels take no part in it.
    pub fn weigh(&mut self, language: Language) -> Vec<u8> {
        let mut texts = vec![0u32; self.places];
        for place in &self.index {
            if let Some(count) = texts.get_mut(*place as usize) {
                *count += 1;
            }
        }
        let total = self.len() as f32;
        let rarity: Vec<u8> = texts
            .iter()
            .map(|count| match count {
                count if *count < OFTEN => 0,
                // At most ln(10^6) + 1, in a byte.
                count => ((((1.0 + total) / (1.0 + *count as f32)).ln() + 1.0) * 16.0).round() as u8,
            })
            .collect();
        let blocks = grams::blocks(language);
        let (mut kept, mut start) = (0, 0);
        let (mut index, mut values) = (Vec::new(), Vec::new());
        for (end, facts) in self.ends.iter_mut().zip(&mut self.facts) {
            let places = self.index.get(start..*end).unwrap_or_default();
            let old = self.values.get(start..*end).unwrap_or_default();
            let weighed = places.iter().zip(old).filter_map(|(place, value)| {
                let rare = rarity.get(*place as usize).copied().unwrap_or(0);
                (rare > 0).then(|| (*place, value * f32::from(rare) / 16.0))
            });
            let weighed: Vec<(u32, f32)> = weighed.collect();
            facts.unknown = 1.0 - weighed.len() as f32 / places.len().max(1) as f32;
            for range in blocks.windows(2) {
                let [from, to] = range else { continue };
                let within = || weighed.iter().filter(|(place, _)| (*from..*to).contains(place));
                let norm = within()
                    .map(|(_, value)| value * value)
                    .sum::<f32>()
                    .sqrt()
                    .max(1e-6);
                for (place, value) in within() {
                    index.push(*place);
                    values.push(value / norm);
                    kept += 1;
                }
            }
            start = *end;
            *end = kept;
        }
        (self.index, self.values) = (index, values);
        rarity
    }

    /// Turns amounts of style into deviations; returns the usual amount and deviation of each trait.
    pub fn standardize(&mut self) -> Vec<[f32; 2]> {
        let total = self.styles.len().max(1) as f32;
        let mut usual = [[0.0f32; 2]; STYLES.len()];
        for style in &self.styles {
            for (sums, amount) in usual.iter_mut().zip(style) {
                sums[0] += amount / total;
                sums[1] += amount * amount / total;
            }
        }
        for sums in &mut usual {
            sums[1] = (sums[1] - sums[0] * sums[0]).max(0.0).sqrt().max(1e-4);
        }
        for style in &mut self.styles {
            for (amount, [mean, spread]) in style.iter_mut().zip(&usual) {
                *amount = deviation(*amount, *mean, *spread);
            }
        }
        usual.to_vec()
    }
}
