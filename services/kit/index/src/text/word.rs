//! The terms of a word or an identifier.

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::stop;

/// Snowball's English stemmer (Porter 2).
static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// What is taken of an identifier's parts: shorter ones say nothing.
const PART: usize = 2;

/// Adds the terms of a run of letters, digits and joining signs; `counts` is the character that a number counts with.
pub(super) fn terms(run: &str, counts: Option<char>, terms: &mut Vec<String>) {
    let number = run.replace(',', "");
    if number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ':')
    {
        if let Some(counted) = counts {
            let last = number.rsplit(['.', ':']).next().unwrap_or(&number);
            let counted = format!("{last}{counted}");
            terms.push(number);
            terms.push(counted);
        } else {
            terms.push(number);
        }
        return;
    }
    // `o'hare` is one word, `airport's` is `airport`.
    let run = run.strip_suffix("'s").unwrap_or(run).replace('\'', "");
    let atoms: Vec<&str> = run
        .split(|c: char| !c.is_alphanumeric())
        .filter(|atom| !atom.is_empty())
        .collect();
    if let [atom] = atoms.as_slice() {
        single(atom, terms);
    } else {
        terms.push(atoms.concat());
        for atom in &atoms {
            if atom.chars().count() >= PART {
                single(atom, terms);
            }
        }
    }
    if let Some(counted) = counts
        && let Some(atom) = atoms.last()
    {
        let digits = atom.trim_start_matches(|c: char| !c.is_ascii_digit());
        terms.push(format!("{digits}{counted}"));
    }
}

/// A run as one word; none where it says nothing.
pub(super) fn whole(run: &str) -> Option<&str> {
    let word = run.strip_suffix("'s").unwrap_or(run);
    (!stop::is_english(word)).then_some(word)
}

/// Adds a word, or an identifier without joining signs.
fn single(atom: &str, terms: &mut Vec<String>) {
    if atom.chars().all(char::is_alphabetic) {
        if !stop::is_english(atom) {
            terms.push(stem(atom));
        }
        return;
    }
    terms.push(atom.to_owned());
    // `mu5101` is also `mu` and `5101`; `a12` and `t3` are only themselves.
    let letters = atom.chars().take_while(|c| c.is_alphabetic()).count();
    if letters < PART {
        return;
    }
    let (letters, digits) = atom.split_at(
        atom.char_indices()
            .nth(letters)
            .map_or(atom.len(), |(place, _)| place),
    );
    if digits.chars().all(|c| c.is_ascii_digit()) {
        terms.push(letters.to_owned());
        if digits.len() >= PART {
            terms.push(digits.to_owned());
        }
    }
}

fn stem(word: &str) -> String {
    if word.is_ascii() && word.len() > 2 {
        STEMMER.stem(word).into_owned()
    } else {
        word.to_owned()
    }
}
