//! What stands at the top or the bottom of each page, such as its number, and says nothing of the text.

use std::collections::HashMap;

use super::Sheet;
use super::layout::Item;
use super::plane::Plane;

/// The share of a page at its top and bottom that is looked at.
const MARGIN: f32 = 0.09;
/// Pages of which it must be the same, at least, and which share of all.
const PAGES: (usize, usize) = (3, 2);
/// Letters of it, at most.
const LONGEST: usize = 120;

/// Drops lines that are the same on most pages, but for their digits, and numbers of pages.
pub(super) fn drop_repeated(pages: &mut [Sheet]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for page in pages.iter() {
        let mut here: Vec<String> = page
            .items
            .iter()
            .filter_map(|item| marginal(item, page.plane.as_ref()))
            .collect();
        here.sort();
        here.dedup();
        for text in here {
            *seen.entry(text).or_default() += 1;
        }
    }
    let (least, share) = PAGES;
    let all = pages.len();
    for page in pages {
        let plane = page.plane;
        page.items.retain(|item| {
            marginal(item, plane.as_ref()).is_none_or(|text| {
                let count = seen.get(&text).copied().unwrap_or_default();
                !is_number(&text) && (count < least || count * share < all)
            })
        });
    }
}

/// A line in a margin, with a mark in the place of digits.
fn marginal(item: &Item, plane: Option<&Plane>) -> Option<String> {
    let (Item::Line(line), Some(plane)) = (item, plane) else {
        return None;
    };
    let margin = plane.height * MARGIN;
    let there = line.area.bottom < margin || line.area.top > plane.height - margin;
    (there && line.text.chars().count() <= LONGEST).then(|| {
        line.text
            .chars()
            .map(|c| if c.is_ascii_digit() { '#' } else { c })
            .collect()
    })
}

/// Whether it is nothing but the number of a page: `3`, `- 3 -`, `3 / 12`, `第3页`, `Page 3 of 12`.
fn is_number(text: &str) -> bool {
    let lower = text.to_lowercase();
    let rest = ["page", "of", "第", "页", "頁", "共"]
        .iter()
        .fold(lower, |text, word| text.replace(word, ""));
    rest.contains('#') && rest.chars().all(|c| "# -–—/|·".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pages_are_known() {
        for number in [
            "#",
            "- # -",
            "# / ##",
            "第#页",
            "page # of ##",
            "第 # 页 共 ## 页",
        ] {
            assert!(is_number(number), "{number}");
        }
        for other in ["gate #", "###-####-####x", "t#", ""] {
            assert!(!is_number(other), "{other}");
        }
    }
}
