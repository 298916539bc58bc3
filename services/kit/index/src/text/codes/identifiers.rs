//! Identifiers of letters and digits: `CA1234`, `mu-5101`, `B737-800`, `p53`.

/// Longer ones are keys or hashes, which nobody asks for.
const LONGEST: usize = 12;
/// More letters before a digit are a word with a number.
const LETTERS: usize = 5;

/// The identifiers in a run of letters, digits and hyphens, in their normal form: a hyphen between letters and digits is
/// nothing, one between digits stays, so that `ZX-48-19` is not `ZX-4819`.
pub(super) fn of(run: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current: Option<String> = None;
    let mut atoms = run.split('-').peekable();
    while let Some(atom) = atoms.next() {
        let digits = all(atom, |b| b.is_ascii_digit());
        if digits && let Some(code) = current.as_mut().filter(|_| !is_year(atom)) {
            code.push('-');
            code.push_str(atom);
            continue;
        }
        found.extend(current.take());
        if is_identifier(atom) {
            current = Some(atom.to_owned());
        } else if all(atom, |b| b.is_ascii_alphabetic())
            && atom.len() <= LETTERS
            && let Some(number) = atoms.next_if(|next| numbers(atom, next))
        {
            current = Some(format!("{atom}{number}"));
        }
    }
    found.extend(current);
    found
}

/// Whether what follows letters and a hyphen is their number: `mu-5101`, `il-2`, `zx-49a`, and not `may-2024`.
fn numbers(letters: &str, atom: &str) -> bool {
    let digits = atom.trim_end_matches(|c: char| c.is_ascii_lowercase());
    all(digits, |b| b.is_ascii_digit())
        && atom.len() - digits.len() <= 1
        && (!is_year(atom) || letters.len() == 2)
}

/// Letters and digits in one; not an ordinal or a quantity, which are digits and then letters alone.
fn is_identifier(atom: &str) -> bool {
    let letters = atom.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = atom.trim_start_matches(|c: char| c.is_ascii_digit());
    let quantity = letters == 0 && all(rest, |b| b.is_ascii_alphabetic());
    let mixed = atom.bytes().any(|b| b.is_ascii_digit()) && atom.bytes().any(|b| b.is_ascii_alphabetic());
    mixed && !quantity && letters <= LETTERS && atom.len() <= LONGEST
}

fn is_year(atom: &str) -> bool {
    atom.len() == 4 && (atom.starts_with("19") || atom.starts_with("20")) && all(atom, |b| b.is_ascii_digit())
}

fn all(text: &str, is: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(run: &str, expect: &[&str]) {
        assert_eq!(of(run), expect, "{run}");
    }

    #[test]
    fn hyphens() {
        check("zx-4819", &["zx4819"]);
        check("zx-48-19", &["zx48-19"]);
        check("b737-800", &["b737-800"]);
        check("gb50034-2013", &["gb50034"]);
        check("il-2-deficient", &["il2"]);
        check("p53-dependent", &["p53"]);
        check("a14-a12", &["a14", "a12"]);
        check("covid-19", &["covid19"]);
    }

    #[test]
    fn no_identifiers() {
        check("2024-05-01", &[]);
        check("may-2024", &[]);
        check("1st", &[]);
        check("state-of-the-art", &[]);
        check("24h", &[]);
    }
}
