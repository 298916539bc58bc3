//! Documents that are broken or made to do harm: each ends as a named rejection, or as a part that says what is missing, and the
//! next document is read.

use std::fmt::Write;

use image::ImageFormat;
use ingest::{IngestConfig, Limits};
use schemas::document::{Document, PageText};
use schemas::file::RejectionCode;

use crate::package::{Entry, archive};
use crate::stages::{Stages, image};
use crate::world::{World, sandbox};

const ENCRYPTED: &[u8] = include_bytes!("../fixtures/encrypted.pdf");
const HANDBOOK: &[u8] = include_bytes!("../fixtures/handbook.pdf");
const SCAN: &[u8] = include_bytes!("../fixtures/scan.pdf");

/// A PDF of pages that say their numbers, written by hand.
fn pdf(pages: usize, text: impl Fn(usize) -> String) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut add = |bytes: &mut Vec<u8>, body: &str| {
        places.push(bytes.len());
        let number = places.len();
        bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    };
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    add(&mut bytes, "<< /Type /Catalog /Pages 2 0 R >>");
    add(
        &mut bytes,
        &format!("<< /Type /Pages /Count {pages} /Kids [{}] >>", kids.join(" ")),
    );
    add(
        &mut bytes,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    );
    for page in 0..pages {
        let content = text(page);
        let at = 5 + 2 * page;
        add(
            &mut bytes,
            &format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents {at} 0 R /Resources << /Font << /F 3 0 R >> >> >>"
            ),
        );
        let stream = format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
        add(&mut bytes, &stream);
    }
    let start = bytes.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        writeln!(end, "{place:010} 00000 n ").unwrap();
    }
    write!(
        end,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        places.len() + 1
    )
    .unwrap();
    bytes.extend(end.bytes());
    bytes
}

fn words(words: &str) -> String {
    format!("BT /F 12 Tf 10 40 Td ({words}) Tj ET")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_opened_is_refused_by_name() {
    let stages = Stages::new().await;
    let mut order = 0;
    let mut check = async |name: &str, bytes: &[u8], code: RejectionCode, part: &str| {
        order += 1;
        let rejection = stages.refused(&format!("{order}/{name}"), bytes).await;
        assert_eq!(rejection.code, code, "{name}: {}", rejection.message);
        let message = &rejection.message;
        assert!(
            message.contains(part) && message.contains("expected"),
            "{name}: {message}"
        );
    };
    check("a.pdf", ENCRYPTED, RejectionCode::Encrypted, "password").await;
    check(
        "a.pdf",
        &HANDBOOK[..HANDBOOK.len() / 3],
        RejectionCode::Corrupt,
        "breaks off",
    )
    .await;
    check(
        "a.pdf",
        b"%PDF-1.7\nnothing of one\n%%EOF",
        RejectionCode::Corrupt,
        "damaged",
    )
    .await;
    check(
        "a.pdf",
        b"\x89PNG\r\n\x1a\n",
        RejectionCode::WrongExtension,
        "picture (PNG)",
    )
    .await;
    check("a.docx", HANDBOOK, RejectionCode::WrongExtension, "PDF").await;
    check("a.png", HANDBOOK, RejectionCode::WrongExtension, "PDF").await;
    check(
        "a.png",
        b"\x89PNG\r\n\x1a\nrubbish",
        RejectionCode::Corrupt,
        "decoded",
    )
    .await;
    check(
        "a.jpg",
        &image(40, 40, ImageFormat::Jpeg)[..60],
        RejectionCode::Corrupt,
        "decoded",
    )
    .await;
    check("a.txt", b"\xff\xff\xff", RejectionCode::UnknownEncoding, "UTF-8").await;
    check("a.txt", b"", RejectionCode::Empty, "no bytes").await;
    check(
        "a.html",
        b"<html><body><script>1</script></body></html>",
        RejectionCode::Empty,
        "no words",
    )
    .await;
    check(
        "a.eml",
        b"hello\r\n\r\nthere",
        RejectionCode::Corrupt,
        "no sender",
    )
    .await;
    check(
        "a.pdf",
        &pdf(2, |_| String::new()),
        RejectionCode::Empty,
        "no words",
    )
    .await;
    check(
        "a.docx",
        &archive(&[Entry::text("word/document.xml", "<nothing")]),
        RejectionCode::Corrupt,
        "damaged",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_library_only_pdf_documents_are_refused() {
    let world = World::reading(Limits::default(), &IngestConfig::default(), &sandbox()).await;
    let rejection = Stages { world }.refused("a.pdf", HANDBOOK).await;
    assert_eq!(rejection.code, RejectionCode::UnknownKind);
    assert!(
        rejection.message.contains("set CONTRAIL_PDFIUM"),
        "{}",
        rejection.message
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_many_pages_is_read_as_far_as_is_allowed() {
    let stages = Stages::with(Limits {
        pages: 70,
        ..Limits::default()
    })
    .await;
    let bytes = pdf(10_000, |page| {
        words(&format!("The words of page {page} of this very long book"))
    });
    let (document, _) = stages.embed("long.pdf", &bytes).await;
    assert_eq!(document.pages.len(), 70);
    assert!(document.passages.last().unwrap().text.contains("page 69 of"));
    let notice = &document.notices[0];
    assert!(
        notice.contains("10000 pages") && notice.contains("first 70"),
        "{notice}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pages_cost_nothing() {
    let content = |page: usize| {
        if page == 1 {
            words("Only this page says something")
        } else {
            String::new()
        }
    };
    let (document, _) = Stages::new().await.embed("sparse.pdf", &pdf(3, content)).await;
    let texts: Vec<PageText> = document.pages.iter().map(|page| page.text).collect();
    assert_eq!(texts, [PageText::None, PageText::Embedded, PageText::None]);
    assert_eq!(
        (document.passages.len(), document.passages[0].place.page),
        (1, Some(2))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_no_and_of_too_many_pixels_are_refused() {
    let stages = Stages::new().await;
    // 20,000 × 10,000 pixels in a few kilobytes, which nobody unpacks.
    let mut large = b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    large.extend(20_000u32.to_le_bytes());
    large.extend(10_000u32.to_le_bytes());
    large.extend([1, 0, 24, 0]);
    large.extend([0; 24]);
    let rejection = stages.refused("large.bmp", &large).await;
    assert_eq!(rejection.code, RejectionCode::TooLarge, "{}", rejection.message);
    assert!(
        rejection.message.contains("200000000 pixels"),
        "{}",
        rejection.message
    );

    let mut none = image(1, 1, ImageFormat::Png);
    none[16..24].fill(0);
    let rejection = stages.refused("none.png", &none).await;
    assert!(
        matches!(rejection.code, RejectionCode::Empty | RejectionCode::Corrupt),
        "{rejection:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_unpacks_to_too_much_is_refused() {
    let stages = Stages::new().await;
    let bomb = |says: Option<u32>| {
        archive(&[Entry {
            name: "word/document.xml",
            beginning: r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#.into(),
            piece: format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "0".repeat(1 << 20)),
            times: 3 << 10,
            end: "</w:body></w:document>".into(),
            says,
        }])
    };
    let honest = bomb(None);
    assert!(honest.len() < 16 << 20, "{}", honest.len());
    let rejection = stages.refused("bomb.docx", &honest).await;
    assert_eq!(rejection.code, RejectionCode::TooLarge, "{}", rejection.message);
    let rejection = stages.refused("liar.docx", &bomb(Some(1_000))).await;
    let codes = [
        RejectionCode::OutOfMemory,
        RejectionCode::Corrupt,
        RejectionCode::TimedOut,
    ];
    assert!(codes.contains(&rejection.code), "{rejection:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_can_t_be_recognized_is_told_and_costs_no_others() {
    let stages = Stages::new().await;
    let wanted = stages.wanted("scan.pdf", SCAN).await;
    let recognized = stages
        .recognized(2, &wanted, &[Ok("Gate A15 is closed"), Err("it is too dark")])
        .await;
    let job = crate::stages::embed_job(&stages.world.deliver(&recognized).await);
    let document: Document = stages.json(&job.document).await;
    let texts: Vec<&str> = document
        .passages
        .iter()
        .map(|passage| passage.text.as_str())
        .collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(
        texts[0].starts_with("This page has text")
            && texts[1] == "Gate A15 is closed"
            && texts[2] == "No. 17"
    );
    assert!(
        document.notices[0].contains("page 4") && document.notices[0].contains("too dark"),
        "{:?}",
        document.notices
    );
}
