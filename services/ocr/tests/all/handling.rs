//! Jobs with images of all kinds.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat};
use ocr::OcrConfig;
use schemas::TenantId;
use schemas::jobs::IngestJob;
use scripted_llm::{ScriptedLlm, Turn};

use crate::world::{World, fixture, sent};

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(GrayImage::new(width, height))
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn pages_go_on_to_ingest_and_bad_ones_say_why() {
    let world = World::new(OcrConfig::default()).await;
    // 200 million pixels of black are 200 KB.
    let bomb = png(20_000, 10_000);
    let mut cut = fixture("mixed.png");
    cut.truncate(cut.len() / 2);
    let cases: [(&[u8], &str); 5] = [
        (b"", "empty"),
        (b"%PDF-1.7 I am no image", "no image that can be read"),
        (
            &bomb,
            "too many pixels: it is 20000 × 10000; expected at most 64 million",
        ),
        (&cut, "damaged or cut off"),
        (&fixture("mixed.png"), ""),
    ];
    let mut images = Vec::new();
    for (bytes, _) in cases {
        images.push(world.put(bytes).await);
    }
    images.push("d".repeat(64).parse().unwrap());
    let job = sent(&images);
    let outputs = world.deliver(&job).await;

    let jobs: Vec<IngestJob> = outputs.messages();
    assert!(
        matches!(&jobs[..], [IngestJob::Recognized(recognized)] if recognized.version == job.job.version && recognized.extract == job.job.extract)
    );
    let pages = world.recognition(&outputs).await.pages;
    assert_eq!(pages.len(), 6);
    for ((number, page), (_, problem)) in (1..).zip(&pages).zip(cases) {
        assert_eq!(page.page, number);
        match &page.problem {
            Some(told) => assert!(!problem.is_empty() && told.contains(problem), "{told:?}"),
            None => assert!(problem.is_empty() && page.lines[0].text.contains("CA1234")),
        }
        assert!(!page.engine.is_empty());
    }
    assert!(pages[5].problem.as_ref().unwrap().contains("missing"));
}

#[tokio::test]
async fn a_job_that_comes_again_changes_nothing() {
    let world = World::new(OcrConfig::default()).await;
    let image = world.put(&fixture("mixed.png")).await;
    let job = sent(&[image.clone(), image]);
    let first: Vec<IngestJob> = world.deliver(&job).await.messages();
    let again: Vec<IngestJob> = world.deliver(&job).await.messages();
    assert_eq!(first, again);
    // What is remembered is its tenant's own: another one has neither a bucket nor the image.
    let other = TenantId::new("other").unwrap();
    assert!(world.try_deliver(&other, &job).await.is_err());
}

#[tokio::test]
async fn limits_are_those_that_are_set() {
    let world = World::new(OcrConfig {
        max_bytes: 7_500,
        max_pixels: 1_000_000,
        ..OcrConfig::default()
    })
    .await;
    let large = world.page(&fixture("mixed.png")).await.problem.unwrap();
    assert!(large.contains("expected at most 7500"), "{large}");
    let many = world.page(&png(1_000, 1_001)).await.problem.unwrap();
    assert!(many.contains("too many pixels"), "{many}");
}

#[tokio::test]
async fn formats_other_than_png_are_read() {
    let world = World::new(OcrConfig::default()).await;
    let line = image::load_from_memory(&fixture("mixed.png"))
        .unwrap()
        .into_rgb8();
    for format in [
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Tiff,
        ImageFormat::Bmp,
    ] {
        let mut bytes = Cursor::new(Vec::new());
        line.write_to(&mut bytes, format).unwrap();
        let page = world.page(&bytes.into_inner()).await;
        assert!(page.lines[0].text.contains("CA1234"), "{format:?} {page:?}");
    }
}

#[tokio::test]
async fn a_vision_model_is_believed_where_the_engine_agrees() {
    let line = "请前往T2航站楼 Gate A12 办理CA1234登机手续";
    let wrong = line.replace("CA1234", "CA1284");
    let script = [
        Turn::Say(line.to_owned()),
        Turn::Say(wrong),
        Turn::Status(400, None),
    ];
    let model = ScriptedLlm::start(script).await;
    let world = World::new(OcrConfig {
        base_url: vec![model.base_url()],
        model: vec!["seer".to_owned()],
        ..OcrConfig::default()
    })
    .await;
    // Other bytes of the same image each time, since what was read is remembered.
    let mut bytes = fixture("mixed.png");
    let mut read = Vec::new();
    for _ in 0..3 {
        read.push(world.page(&bytes).await);
        bytes.push(0);
    }
    let [agreed, disputed, alone] = read.as_slice() else {
        panic!("{read:?}");
    };
    assert_eq!(agreed.lines[0].text, line);
    assert!(agreed.lines[0].confidence >= 0.95 && agreed.engine.ends_with("with seer"));
    assert!(disputed.lines[0].text.contains("CA1234"));
    assert!(disputed.lines[0].confidence < 0.7, "{disputed:?}");
    assert!(alone.lines[0].text.contains("CA1234") && !alone.engine.contains("seer"));
    let sent = &model.asked()[0].body["messages"][0]["content"][0]["image_url"]["url"];
    assert!(sent.as_str().unwrap().starts_with("data:image/jpeg;base64,"));
}
