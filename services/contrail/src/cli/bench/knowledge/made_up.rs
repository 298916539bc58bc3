//! Passages of a made-up language: as many as are wanted, the same each time.

/// Words of the language, of which low numbers are frequent.
const WORDS: f32 = 30_000.0;
/// Gates that are named.
const GATES: u64 = 300;

/// Repeatable numbers (xorshift).
pub(super) struct Dice(u64);

impl Dice {
    pub const fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// So many words, by Zipf's law, and the code of a gate.
    pub fn text(&mut self, words: usize) -> String {
        let mut text: Vec<String> = (0..words)
            .map(|_| name(WORDS.powf(self.share()) as u32))
            .collect();
        text.push(format!("A{}", self.next() % GATES));
        text.join(" ")
    }

    /// A vector of length 1.
    pub fn vector(&mut self, dimension: u32) -> Vec<f32> {
        let vector: Vec<f32> = (0..dimension).map(|_| self.share() - 0.5).collect();
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.into_iter().map(|x| x / length).collect()
    }
}

/// A number in letters, so that it is a word and no code.
fn name(mut number: u32) -> String {
    let mut name = String::from("w");
    loop {
        name.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_each_time_and_differ_from_each_other() {
        let (mut one, mut same) = (Dice::new(), Dice::new());
        let (first, second) = (one.text(8), one.text(8));
        assert_eq!((same.text(8), same.text(8)), (first.clone(), second.clone()));
        assert_ne!(first, second);
        assert_eq!(first.split(' ').count(), 9);
        let length: f32 = one.vector(64).iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-4, "{length}");
    }
}
