//! English words without their plural endings. Both sides of a comparison pass through here, so that a stem need not
//! be a word.

/// Plurals that no rule makes.
const IRREGULAR: [(&str, &str); 14] = [
    ("people", "person"),
    ("men", "man"),
    ("women", "woman"),
    ("children", "child"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("mice", "mouse"),
    ("wives", "wife"),
    ("lives", "life"),
    ("shelves", "shelf"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("analyses", "analysis"),
    ("heroes", "hero"),
];

/// The stem of a lower-case word.
#[must_use]
pub fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    if let Some((_, singular)) = IRREGULAR.iter().find(|(plural, _)| *plural == word) {
        return (*singular).to_owned();
    }
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return word.to_owned();
    }
    if let Some(base) = word.strip_suffix("ies") {
        return format!("{base}y");
    }
    for ending in ["sses", "xes", "ches", "shes", "zzes"] {
        if word.ends_with(ending) {
            return word.get(..word.len() - 2).unwrap_or(word).to_owned();
        }
    }
    if word.ends_with("oes") && word.len() > 6 && !word.ends_with("shoes") {
        return word.get(..word.len() - 2).unwrap_or(word).to_owned();
    }
    // "buses", "statuses": the bare stem ends in "us".
    if word.ends_with("uses") && word.len() > 4 && !word.ends_with("ouses") {
        return word.get(..word.len() - 2).unwrap_or(word).to_owned();
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_meet_their_singular() {
        for (plural, singular) in [
            ("countries", "country"),
            ("classes", "class"),
            ("boxes", "box"),
            ("prices", "price"),
            ("buses", "bus"),
            ("statuses", "status"),
            ("people", "person"),
            ("employees", "employee"),
            ("houses", "house"),
            ("sales", "sale"),
        ] {
            assert_eq!(stem(plural), stem(singular), "{plural}");
        }
    }
}
