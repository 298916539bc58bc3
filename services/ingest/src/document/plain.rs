//! Text and nothing else: paragraphs are parted by blank lines.

use crate::document::draft::Draft;
use crate::passages::is_wide;

/// Lines of a paragraph that are about as long as its longest were broken to fit a width; others end where they end.
const BROKEN: f32 = 0.6;

/// Reads the paragraphs of a text.
pub(crate) fn read(text: &str, draft: &mut Draft<'_>) {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        let line = line.trim_end();
        if !line.trim().is_empty() {
            lines.push(line);
            continue;
        }
        if !lines.is_empty() {
            draft.text(&joined(&lines), None);
            lines.clear();
        }
    }
}

/// The lines as one where they were broken to fit a width; else each is kept, as those of a list or an address.
fn joined(lines: &[&str]) -> String {
    let widths = lines.iter().map(|line| width(line));
    let widest = widths.clone().max().unwrap_or_default();
    let (Some((_, all_but_last)), true) = (lines.split_last(), widest >= 40) else {
        return lines.join("\n");
    };
    #[expect(clippy::cast_precision_loss, reason = "widths of lines are small")]
    let full = |line: &&str| width(line) as f32 >= widest as f32 * BROKEN;
    if !all_but_last.iter().all(full) {
        return lines.join("\n");
    }
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        let wide = text.chars().next_back().is_some_and(is_wide) || line.chars().next().is_some_and(is_wide);
        if !text.is_empty() && !wide {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

/// Columns that a line takes: wide letters take two.
fn width(line: &str) -> usize {
    line.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_broken_are_joined() {
        let wrapped = [
            "The lounge on the second floor of terminal two is open",
            "from five in the morning until the last departure of",
            "the day.",
        ];
        assert_eq!(joined(&wrapped), wrapped.join(" "));
        let chinese = [
            "母婴室位于二号航站楼国内出发二层登机口附近的通道旁边",
            "每天开放。",
        ];
        assert_eq!(joined(&chinese), chinese.concat());
        let list = [
            "Lost property: 2nd floor, next to the information desk",
            "Phone: 12345",
            "Mail: a@b.c",
        ];
        assert_eq!(joined(&list), list.join("\n"));
    }
}
