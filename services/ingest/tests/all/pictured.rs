//! Documents of an office that are nothing but pictures.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat, RgbImage};
use schemas::document::PageText;

use super::stages::Stages;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";

/// A picture that is no ornament: pixels that can't be packed.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let mut state = 7_u32;
    let pixels = RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(pixels)
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    png.into_inner()
}

fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A part that relates others: id, kind and target of each.
fn relations(of: &[(&str, &str, &str)]) -> String {
    let each: String = of
        .iter()
        .map(|(id, kind, target)| {
            format!(r#"<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{target}"/>"#)
        })
        .collect();
    format!(r#"<Relationships xmlns="{PACKAGE}">{each}</Relationships>"#)
}

fn types(main: &str, kind: &str) -> String {
    format!(
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>"#
    )
}

/// A document of Word whose paragraphs each hold one of these.
fn document(paragraphs: &[&str], pictures: &[Vec<u8>]) -> Vec<u8> {
    let body: String = paragraphs
        .iter()
        .map(|paragraph| format!("<w:p>{paragraph}</w:p>"))
        .collect();
    let main = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{RELATIONS}" xmlns:a="{DRAWING}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>{body}</w:body></w:document>"#
    );
    let names: Vec<(String, String)> = (1..=pictures.len())
        .map(|number| (format!("rId{number}"), format!("media/image{number}.png")))
        .collect();
    let related: Vec<(&str, &str, &str)> = names
        .iter()
        .map(|(id, target)| (id.as_str(), "image", target.as_str()))
        .collect();
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            types("/word/document.xml", "wordprocessingml.document").into_bytes(),
        ),
        (
            "_rels/.rels".to_owned(),
            relations(&[("rId1", "officeDocument", "word/document.xml")]).into_bytes(),
        ),
        ("word/document.xml".to_owned(), main.into_bytes()),
        (
            "word/_rels/document.xml.rels".to_owned(),
            relations(&related).into_bytes(),
        ),
    ];
    let media = names.into_iter().zip(pictures);
    parts.extend(media.map(|((_, target), bytes)| (format!("word/{target}"), bytes.clone())));
    archive(&parts)
}

/// What shows a picture in a paragraph.
fn shown(number: usize) -> String {
    format!(
        r#"<w:r><w:drawing><wp:inline><wp:extent cx="5000000" cy="3000000"/><wp:docPr id="{number}" name="p{number}"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill><a:blip r:embed="rId{number}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_document_of_pictures_alone_is_a_scan() {
    let stages = Stages::new().await;
    let (first, second) = (shown(1), shown(2));
    let pictures = [photograph(60, 40), photograph(50, 70)];
    // The same picture twice, as the order of paragraphs says.
    let scan = document(&[&second, "", &first], &pictures);
    let job = stages.wanted("notice.docx", &scan).await;
    assert_eq!(job.pages.iter().map(|page| page.page).collect::<Vec<_>>(), [1, 2]);
    for (page, size) in job.pages.iter().zip([(50, 70), (60, 40)]) {
        let png = stages.object(&page.image).await;
        let picture = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
        assert_eq!((picture.width(), picture.height()), size);
    }

    // Beside words they are no pages, and told.
    let words = "<w:r><w:t>Gate A17 moves to A18 on Monday.</w:t></w:r>";
    let (mixed, _) = stages
        .embed("mixed.docx", &document(&[words, &first], &pictures))
        .await;
    assert_eq!((mixed.pages.len(), mixed.passages.len()), (0, 1));
    assert_eq!(mixed.notices, ["2 pictures in the document are not read"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_without_words_is_read_from_its_largest_picture() {
    const SLIDES: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
    let stages = Stages::new().await;
    let picture = |id: usize| {
        format!(
            r#"<p:pic><p:nvPicPr><p:cNvPr id="{id}" name="p"/></p:nvPicPr><p:blipFill><a:blip r:embed="rId{id}"/></p:blipFill><p:spPr/></p:pic>"#
        )
    };
    let slide = |shapes: &str| {
        format!(
            r#"<p:sld xmlns:p="{SLIDES}" xmlns:a="{DRAWING}" xmlns:r="{RELATIONS}"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"#
        )
    };
    let words = r#"<p:sp><p:nvSpPr><p:cNvPr id="9" name="t"/></p:nvSpPr><p:txBody><a:p><a:r><a:t>Security checks open at five.</a:t></a:r></a:p></p:txBody></p:sp>"#;
    let show = format!(
        r#"<p:presentation xmlns:p="{SLIDES}" xmlns:r="{RELATIONS}"><p:sldIdLst><p:sldId id="256" r:id="rId1"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>"#
    );
    let images = relations(&[
        ("rId1", "image", "../media/image1.png"),
        ("rId2", "image", "../media/image2.png"),
    ]);
    let parts = [
        (
            "[Content_Types].xml",
            types("/ppt/presentation.xml", "presentationml.presentation").into_bytes(),
        ),
        (
            "_rels/.rels",
            relations(&[("rId1", "officeDocument", "ppt/presentation.xml")]).into_bytes(),
        ),
        ("ppt/presentation.xml", show.into_bytes()),
        (
            "ppt/_rels/presentation.xml.rels",
            relations(&[
                ("rId1", "slide", "slides/slide1.xml"),
                ("rId2", "slide", "slides/slide2.xml"),
            ])
            .into_bytes(),
        ),
        (
            "ppt/slides/slide1.xml",
            slide(&format!("{words}{}", picture(1))).into_bytes(),
        ),
        (
            "ppt/slides/slide2.xml",
            slide(&format!("{}{}", picture(1), picture(2))).into_bytes(),
        ),
        ("ppt/slides/_rels/slide1.xml.rels", images.clone().into_bytes()),
        ("ppt/slides/_rels/slide2.xml.rels", images.into_bytes()),
        ("ppt/media/image1.png", photograph(40, 40)),
        ("ppt/media/image2.png", photograph(90, 60)),
    ];
    let parts = parts.map(|(name, bytes)| (name.to_owned(), bytes));
    let job = stages.wanted("talk.pptx", &archive(&parts)).await;
    assert_eq!(job.pages.iter().map(|page| page.page).collect::<Vec<_>>(), [2]);
    let png = stages.object(&job.pages[0].image).await;
    let picture = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
    assert_eq!((picture.width(), picture.height()), (90, 60));
    let extract: schemas::document::Extract = stages.json(&job.extract).await;
    assert_eq!(
        extract.pages.iter().map(|page| page.text).collect::<Vec<_>>(),
        [PageText::Embedded, PageText::Wanted]
    );
    assert_eq!(extract.notices, ["one picture in the document is not read"]);
}
