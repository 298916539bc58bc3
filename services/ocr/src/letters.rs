//! What is written in full width.

/// A text with digits and Latin letters of full width as everybody types them, so that `ＣＡ１２３４` is found as `CA1234`. Marks
/// follow where they stand among digits; all others stay, since in Chinese they are the usual ones.
pub(crate) fn half_width(text: &str) -> String {
    let letters: Vec<char> = text.trim().chars().map(narrow_letter).collect();
    let digit = |index: Option<usize>| {
        let letter = index.and_then(|index| letters.get(index));
        letter.is_some_and(char::is_ascii_digit)
    };
    let narrowed = letters.iter().enumerate().map(|(index, &letter)| {
        let after = digit(index.checked_sub(1));
        match letter {
            '％' if after => '%',
            '．' | '：' | '／' | '－' | '，' if after && digit(Some(index + 1)) => narrow(letter),
            letter => letter,
        }
    });
    narrowed.collect()
}

fn narrow_letter(letter: char) -> char {
    match letter {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => narrow(letter),
        '\u{3000}' => ' ',
        letter => letter,
    }
}

/// The forms of full width stand in Unicode as ASCII does, 0xFEE0 further on.
fn narrow(letter: char) -> char {
    let code = u32::from(letter).checked_sub(0xFEE0);
    code.and_then(char::from_u32).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_letters_become_narrow_and_chinese_marks_stay() {
        let check = |text: &str, expect: &str| assert_eq!(half_width(text), expect);
        check("ＣＡ１２３４次航班", "CA1234次航班");
        check("出口：Ａ１２（左侧）", "出口：A12（左侧）");
        check("１０：３０，到达", "10:30，到达");
        check("１，２３４．５％", "1,234.5%");
        check("Ｔ２\u{3000}登机口 ", "T2 登机口");
        check("2026年1月2日", "2026年1月2日");
    }
}
