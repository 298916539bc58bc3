//! Names and constants as SQL writes them.

/// A name, whatever is in it.
pub(super) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names, separated by commas.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(name).collect();
    quoted.join(", ")
}

/// A text.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A whole number.
pub(super) fn whole(number: i64) -> String {
    // Its digits alone would be a number that does not fit: the sign is an operator.
    if number == i64::MIN {
        return format!("CAST('{number}' AS BIGINT)");
    }
    number.to_string()
}

/// A finite float, with all its digits.
pub(super) fn float(number: f64) -> String {
    format!("{number:?}")
}

/// A name that is not among others: with underscores behind it until it is none of them.
pub(super) fn free(wanted: &str, taken: &[&str]) -> String {
    let mut name = wanted.to_owned();
    while taken.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_quotation_marks() {
        assert_eq!(name("a\"; DROP TABLE b; --"), "\"a\"\"; DROP TABLE b; --\"");
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(names(["a", "b c"]), "\"a\", \"b c\"");
        assert_eq!(free("place", &["place", "place_"]), "place__");
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(whole(-5), "-5");
        assert_eq!(whole(i64::MIN), "CAST('-9223372036854775808' AS BIGINT)");
        assert_eq!(float(5.0), "5.0");
        assert_eq!(float(1e300), "1e300");
        assert_eq!(float(0.1), "0.1");
    }
}
