//! From what a model expected at each token to what it says of a text.
//!
//! That is the mean log-likelihood alone. Log-rank, entropy, curvature (Bao and others, "Fast-DetectGPT", 2024), shares of the likeliest
//! tokens and how they change along a text were tried beside it: fitted to some sources, they told texts of others worse.

use super::Expectation;

/// How many numbers there are.
pub const LIKELIHOODS: usize = 1;

/// Numbers for a text: means over its tokens.
pub type Likelihoods = [f32; LIKELIHOODS];

/// Tokens that a text must have for numbers of its own.
const ENOUGH: usize = 32;

/// What a token says by itself, of which the numbers are means.
#[must_use]
pub fn of_token(one: &Expectation) -> Likelihoods {
    [one.log_probability]
}

/// The numbers of a text; none of too few tokens.
#[must_use]
pub fn likelihoods(read: &[Expectation]) -> Option<Likelihoods> {
    if read.len() < ENOUGH {
        return None;
    }
    let mut means = [0.0; LIKELIHOODS];
    for amounts in read.iter().map(of_token) {
        for (mean, amount) in means.iter_mut().zip(amounts) {
            *mean += amount / read.len() as f32;
        }
    }
    Some(means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_likely_as_its_tokens_are_on_average() {
        let one = |number: usize| Expectation {
            start: number,
            log_probability: if number.is_multiple_of(2) { -1.0 } else { -3.0 },
            distribution: None,
        };
        let read: Vec<Expectation> = (0..64).map(one).collect();
        let [log] = likelihoods(&read).unwrap();
        assert!((log + 2.0).abs() < 1e-5, "{log}");
        assert_eq!(likelihoods(&read[..ENOUGH - 1]), None);
    }
}
