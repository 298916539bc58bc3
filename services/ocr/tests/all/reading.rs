//! What the engine makes of images.

use image::{RgbImage, imageops};
use ocr::measure::errors;
use ocr::{Limits, decode, page};
use schemas::document::{BlockContent, RecognizedPage};

use crate::world::{engine, fixture};

const HEADING: &str = "旅客须知 Notice";
const PARAGRAPHS: [&str; 2] = [
    "国内航班请提前九十分钟到达机场，国际航班请提前三小时。充电宝必须随身携带，不得托运。",
    "Please keep your boarding pass CA1234 at hand and be at gate A12 in terminal T2 thirty minutes early.",
];
const HEADER: [&str; 4] = ["航班", "目的地", "登机口", "起飞"];
const ROWS: [[&str; 4]; 3] = [
    ["CA1234", "北京", "A12", "10:30"],
    ["MU5101", "上海", "C3", "11:45"],
    ["CZ3099", "Guangzhou", "B27", "13:05"],
];

fn pixels(name: &str) -> RgbImage {
    decode(&fixture(name), &Limits::default()).unwrap()
}

fn read(image: RgbImage) -> RecognizedPage {
    page::recognized(1, &engine().read(image).unwrap())
}

fn text(page: &RecognizedPage) -> String {
    let lines: Vec<&str> = page.lines.iter().map(|line| line.text.as_str()).collect();
    lines.join("\n")
}

fn truth() -> String {
    let words = [HEADING].into_iter().chain(PARAGRAPHS).chain(HEADER);
    words.chain(ROWS.into_iter().flatten()).collect()
}

#[test]
fn a_page_becomes_a_heading_paragraphs_and_a_table() {
    let page = read(pixels("notice.png"));
    assert_eq!(page.turned, 0);
    let contents: Vec<&BlockContent> = page.blocks.iter().map(|block| &block.content).collect();
    let [
        BlockContent::Heading { level: _, text },
        BlockContent::Text { text: first },
        BlockContent::Text { text: second },
        BlockContent::Table { header, rows, areas },
    ] = contents.as_slice()
    else {
        panic!("{contents:#?}");
    };
    let plain = |text: &str| text.replace(' ', "");
    assert_eq!(plain(text), plain(HEADING));
    assert_eq!([plain(first), plain(second)], PARAGRAPHS.map(plain));
    assert_eq!(*header, HEADER);
    assert_eq!(*rows, ROWS);
    assert_eq!(areas.len(), 3);
    assert!(areas.windows(2).all(|pair| pair[0].top < pair[1].top));
    assert!(
        page.lines
            .iter()
            .all(|line| (0.5..=1.0).contains(&line.confidence))
    );
}

/// Each way to lie gives the same text, and places on the image as it is.
#[test]
fn a_page_that_was_scanned_in_another_way_is_turned() {
    let engine = engine();
    let upright = pixels("notice.png");
    let turned = [
        (imageops::rotate270(&upright), 90),
        (imageops::rotate180(&upright), 180),
        (imageops::rotate90(&upright), 270),
    ];
    for (image, degrees) in turned {
        let page = page::recognized(1, &engine.read(image).unwrap());
        assert_eq!(page.turned, degrees);
        let found = errors(&truth(), &text(&page));
        assert!(found.rate() < 0.02, "{degrees}: {found:?} {}", text(&page));
        let heading = page.lines[0].area;
        let (x, y) = (
            heading.left + heading.width / 2.,
            heading.top + heading.height / 2.,
        );
        let at_its_side = match degrees {
            90 => x < 0.2,
            180 => y > 0.8,
            _ => x > 0.8,
        };
        assert!(at_its_side, "{degrees}: {heading:?}");
    }
}

#[test]
fn a_bad_scan_that_lies_askew_is_read() {
    let page = read(pixels("noisy.jpg"));
    let found = errors(&truth(), &text(&page));
    assert!(found.rate() < 0.06, "{found:?} {}", text(&page));
    let is_table =
        |content: &BlockContent| matches!(content, BlockContent::Table { rows, .. } if *rows == ROWS);
    assert!(
        page.blocks.iter().any(|block| is_table(&block.content)),
        "{:#?}",
        page.blocks
    );
}

#[test]
fn two_languages_in_one_line_are_read() {
    let page = read(pixels("mixed.png"));
    assert_eq!(
        text(&page).replace(' ', ""),
        "请前往T2航站楼GateA12办理CA1234登机手续"
    );
}

#[test]
fn letters_one_below_the_other_are_read() {
    let page = read(pixels("sign.png"));
    assert_eq!(text(&page).replace('\n', ""), "国际出发大厅");
    assert_eq!(page.turned, 0);
}

#[test]
fn an_empty_page_is_empty() {
    let page = read(RgbImage::from_pixel(800, 600, image::Rgb([250; 3])));
    assert!(page.lines.is_empty() && page.blocks.is_empty());
    let page = read(RgbImage::from_pixel(1, 1, image::Rgb([250; 3])));
    assert!(page.lines.is_empty() && page.problem.is_none());
}
