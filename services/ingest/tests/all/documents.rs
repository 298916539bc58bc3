//! What is found in documents of each kind, through workers as they are in production.

use image::{DynamicImage, ImageFormat};
use schemas::Language;
use schemas::document::{Document, PageText, PassageKind};
use schemas::events::{FileIndexed, TableReady};

use crate::stages::{Stages, image};

const HANDBOOK: &[u8] = include_bytes!("../fixtures/handbook.pdf");
const MIXED: &[u8] = include_bytes!("../fixtures/mixed-scripts.pdf");
const NO_UNICODE: &[u8] = include_bytes!("../fixtures/no-unicode.pdf");
const SCAN: &[u8] = include_bytes!("../fixtures/scan.pdf");
const TURNED: &[u8] = include_bytes!("../fixtures/turned.pdf");
const LOST_PROPERTY: &[u8] = include_bytes!("../fixtures/lost-property.docx");
const BRIEFING: &[u8] = include_bytes!("../../../../tests/fixtures/knowledge/corpus/briefing.pptx");
const TRAINING: &[u8] = include_bytes!("../fixtures/training.pptx");

/// Context and text of each passage.
fn passages(document: &Document) -> Vec<(&str, &str)> {
    let passages = document.passages.iter();
    passages
        .map(|passage| (passage.context.as_str(), passage.text.as_str()))
        .collect()
}

#[track_caller]
fn has(document: &Document, context: &str, text: &str) {
    let found = passages(document);
    assert!(
        found
            .iter()
            .any(|(under, words)| *under == context && words.contains(text)),
        "{context:?} {text:?} in {found:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_keeps_its_headings_tables_columns_and_pages() {
    let stages = Stages::new().await;
    let (document, outputs) = stages.embed("handbook.pdf", HANDBOOK).await;
    assert_eq!(document.title.as_deref(), Some("旅客服务手册"));
    assert_eq!((document.language, document.pages.len()), (Some(Language::En), 2));
    has(&document, "旅客服务手册 › 母婴室 › page 1", "A12 登机口对面");
    has(
        &document,
        "旅客服务手册 › 停车收费 › page 1",
        "停车场: P2; 每小时: 6 元; 每天封顶: 50 元",
    );
    has(
        &document,
        "旅客服务手册 › Passenger services › Metro › page 2",
        "at 23:10 from the station",
    );
    has(
        &document,
        "旅客服务手册 › Passenger services › Departures › page 2",
        "Flight: MU5101; To: Shanghai Hongqiao; Gate: B3; Time: 09:40",
    );
    // The left column comes before the right one, and words that were parted are whole.
    let rules = document
        .passages
        .iter()
        .find(|passage| passage.text.contains("two hours before"))
        .unwrap();
    let (left, right) = (
        rules.text.find("let through afterwards").unwrap(),
        rules.text.find("Power banks").unwrap(),
    );
    assert!(left < right, "{}", rules.text);
    // Each stands somewhere on its page, and there is an image of that.
    for passage in &document.passages {
        let page = passage.place.page.unwrap();
        assert!(!passage.place.areas.is_empty(), "{passage:?}");
        assert_eq!(document.pages[page as usize - 1].text, PageText::Embedded);
    }
    for page in &document.pages {
        let size = page.size.unwrap();
        assert!((590.0..600.0).contains(&size.width) && (840.0..845.0).contains(&size.height));
        let png = stages.object(page.image.as_ref().unwrap()).await;
        let image = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
        assert!((900..920).contains(&image.width()), "{}", image.width());
    }
    let row = document
        .passages
        .iter()
        .find(|passage| passage.text.contains("CZ3108"))
        .unwrap();
    assert_eq!((row.kind, row.place.row), (PassageKind::Row, Some(3)));
    assert!(row.place.areas[0].height < 0.05, "{row:?}");
    let tables: Vec<TableReady> = outputs.messages();
    let names: Vec<(&str, u64)> = tables
        .iter()
        .map(|ready| (ready.table.name.as_str(), ready.table.rows))
        .collect();
    assert_eq!(
        names,
        [("表 1 停车场收费标准（第1页）", 3), ("Departures (page 2)", 3)]
    );
    let indexed: FileIndexed = outputs.messages().remove(0);
    assert_eq!((indexed.tables, indexed.pages), (2, 2));
    assert_eq!(indexed.passages as usize, document.passages.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_of_both_directions_are_read_as_they_are() {
    let (document, _) = Stages::new().await.embed("prayer.pdf", MIXED).await;
    let text: String = passages(&document)
        .iter()
        .map(|(_, text)| format!("{text}\n"))
        .collect();
    for words in [
        "next to gate B7",
        "祈祷室在 B7 登机口旁边",
        "חדר התפילה ליד שער B7",
    ] {
        assert!(text.contains(words), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_turned_is_read_as_it_is_shown() {
    let (document, _) = Stages::new().await.embed("turned.pdf", TURNED).await;
    let passage = &document.passages[0];
    assert_eq!(passage.text, "This page is turned.");
    let (size, area) = (document.pages[0].size.unwrap(), passage.place.areas[0]);
    assert!(size.width > size.height, "{size:?}");
    // At the upper left, as wide as the words are.
    let (wide, high) = (area.width * size.width, area.height * size.height);
    assert!(
        area.top < 0.15 && area.left < 0.15 && wide > 4.0 * high,
        "{area:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_says_whether_it_has_to_be_recognized() {
    let stages = Stages::new().await;
    let job = stages.wanted("scan.pdf", SCAN).await;
    // One with text, one that is an image, one that is empty, one with a stamp on an image.
    let pages: Vec<u32> = job.pages.iter().map(|page| page.page).collect();
    assert_eq!(pages, [2, 4]);
    // The images are large enough for small letters.
    let png = stages.object(&job.pages[0].image).await;
    let image = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
    assert!((1640..1670).contains(&image.width()), "{}", image.width());

    let job = stages.wanted("no-unicode.pdf", NO_UNICODE).await;
    assert_eq!(job.pages.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_document_keeps_its_headings_lists_and_tables() {
    let (document, outputs) = Stages::new().await.embed("lost.docx", LOST_PROPERTY).await;
    assert_eq!(
        (document.title.as_deref(), document.pages.len()),
        (Some("Lost property"), 0)
    );
    has(&document, "Lost property", "room T2-045");
    has(
        &document,
        "Lost property › Fees",
        "Thing: Suitcase; Days: 30; Fee: 20",
    );
    has(
        &document,
        "Lost property › Fees",
        "Fees are in yuan\nBring your passport\nBring your boarding pass",
    );
    let tables: Vec<TableReady> = outputs.messages();
    assert_eq!(
        (tables[0].table.name.as_str(), tables[0].table.columns),
        ("Fees", 3)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_stand_on_the_slide_that_they_belong_to() {
    let (document, _) = Stages::new().await.embed("briefing.pptx", BRIEFING).await;
    // The first notes of the file are those of the fourth slide.
    let notes = document
        .passages
        .iter()
        .find(|passage| passage.text.contains("减速带"));
    assert_eq!(notes.unwrap().place.page, Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn slides_are_pages() {
    let (document, outputs) = Stages::new().await.embed("training.pptx", TRAINING).await;
    assert_eq!((document.pages.len(), document.language), (2, Some(Language::Zh)));
    let first = document
        .passages
        .iter()
        .find(|passage| passage.text.contains("安全检查的步骤"))
        .unwrap();
    assert_eq!(first.place.page, Some(1));
    let gate = document
        .passages
        .iter()
        .find(|passage| passage.text.contains("提前三十分钟"))
        .unwrap();
    assert_eq!(gate.place.page, Some(2));
    assert!(
        gate.text.contains("请提醒旅客")
            || passages(&document)
                .iter()
                .any(|(_, text)| text.contains("请提醒旅客"))
    );
    let rows = document
        .passages
        .iter()
        .filter(|passage| passage.kind == PassageKind::Row);
    assert!(
        rows.clone().any(|row| row.text == "柜台: K2; 人数: 6"),
        "{document:#?}"
    );
    assert_eq!(outputs.messages::<TableReady>().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn web_pages_markdown_text_and_mail_are_read() {
    let stages = Stages::new().await;
    let html = r#"<html><head><title>Baggage &amp; more</title><style>p { color: red }</style></head><body>
        <script>alert("never")</script><h1>Baggage</h1><p>One bag of 23&nbsp;kg.</p>
        <table><tr><th>Class</th><th>Bags</th></tr><tr><td>Economy</td><td>1</td></tr><tr><td>First</td><td>3</td></tr></table>
        </body></html>"#;
    let (document, _) = stages.embed("baggage.html", html.as_bytes()).await;
    assert_eq!(document.title.as_deref(), Some("Baggage & more"));
    has(&document, "Baggage & more › Baggage", "One bag of 23 kg.");
    has(&document, "Baggage & more › Baggage", "Class: First; Bags: 3");
    assert!(!format!("{document:?}").contains("never") && !format!("{document:?}").contains("color"));

    let markdown = "---\ntitle: 公告\n---\n# 关闭\n\nA15 登机口今天**关闭**。\n\n| 登机口 | 改到 |\n|---|---|\n| A15 | A16 |\n| A17 | A18 |\n\n- 一\n- 二\n";
    let (document, outputs) = stages.embed("notice.md", markdown.as_bytes()).await;
    has(&document, "公告 › 关闭", "A15 登机口今天关闭。");
    has(&document, "公告 › 关闭", "登机口: A17; 改到: A18");
    has(&document, "公告 › 关闭", "• 一\n• 二");
    assert_eq!(outputs.messages::<TableReady>()[0].table.name, "关闭");

    // In the encoding that Chinese programs still write.
    let text = b"\xb5\xc7\xbb\xfa\xbf\xda A12\n\n\xb6\xfe\xba\xc5\xba\xbd\xd5\xbe\xc2\xa5";
    let (document, _) = stages.embed("folder/notes.txt", text).await;
    assert_eq!(passages(&document), [("notes", "登机口 A12\n二号航站楼")]);

    let mail = "From: Li Wei <li@example.org>\r\nTo: all@example.org\r\nSubject: =?utf-8?B?5YGc55S1?=\r\nDate: Mon, 6 May 2024 08:00:00 +0800\r\n\
                MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
                <p>Power in hall B is off on Friday.</p>\r\n--x\r\nContent-Type: text/plain; name=plan.txt\r\nContent-Disposition: attachment; filename=plan.txt\r\n\r\n\
                From six to seven.\r\n--x\r\nContent-Type: application/pdf; name=map.pdf\r\nContent-Disposition: attachment; filename=map.pdf\r\n\r\n%PDF\r\n--x--\r\n";
    let (document, _) = stages.embed("power.eml", mail.as_bytes()).await;
    assert_eq!(document.title.as_deref(), Some("停电"));
    let text = format!("{document:?}");
    for words in [
        "Li Wei <li@example.org>",
        "2024-05-06",
        "hall B is off",
        "plan.txt, map.pdf",
        "From six to seven.",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(document.notices[0].contains("map.pdf"), "{:?}", document.notices);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_one_page_that_is_to_be_recognized() {
    let stages = Stages::new().await;
    for (name, format) in [
        ("sign.png", ImageFormat::Png),
        ("sign.jpg", ImageFormat::Jpeg),
        ("sign.webp", ImageFormat::WebP),
        ("sign.tiff", ImageFormat::Tiff),
        ("sign.bmp", ImageFormat::Bmp),
    ] {
        let bytes = image(40, 20, format);
        let job = stages.wanted(name, &bytes).await;
        assert_eq!((job.pages.len(), job.pages[0].page), (1, 1), "{name}");
        let png = stages.object(&job.pages[0].image).await;
        let picture: DynamicImage = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
        assert_eq!((picture.width(), picture.height()), (40, 20), "{name}");
    }
}
