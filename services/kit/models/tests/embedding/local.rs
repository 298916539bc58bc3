//! The local default, with the pinned models.

use std::sync::OnceLock;

use models::{EmbeddingConfig, Encoder, OnnxConfig, Purpose};

/// How the vectors of 航站楼 and of "terminal" begin, as Python's tokenizers and onnxruntime give them for the same files.
const GOLDEN_CHINESE: [f32; 16] = [
    -0.0069, 0.0415, 0.0749, -0.0255, 0.0608, -0.0449, -0.0057, 0.0183, 0.0424, 0.0149, 0.0674, -0.2529,
    -0.0071, -0.0214, 0.0226, -0.0700,
];
const GOLDEN_ENGLISH: [f32; 16] = [
    0.0683, -0.0434, -0.0627, -0.0268, -0.0064, -0.0071, 0.0518, 0.1258, 0.0485, 0.0615, 0.0557, -0.0015,
    0.0516, -0.0066, -0.0087, -0.0281,
];

/// How the vector of [`MIXED`] begins, as the package with the weights computes it in Python.
const GOLDEN_UNIVERSAL: [f32; 16] = [
    0.0370, -0.0495, 0.0333, -0.0745, -0.0219, -0.0228, -0.0439, 0.0040, 0.0127, 0.0305, 0.0163, -0.0539,
    -0.0062, -0.0035, -0.0098, 0.0598,
];
const MIXED: &str = "Ｔ２  航站楼 的 lost property office ①";

/// Where the half begins that is the same for all languages.
const HALF: usize = 896;

fn encoder() -> Encoder {
    static ENCODER: OnceLock<Encoder> = OnceLock::new();
    let open = || {
        let cache = artifacts::Cache::new(None);
        let config = EmbeddingConfig {
            chinese: Some(cache.ensure("bge-small-zh").unwrap()),
            english: Some(cache.ensure("all-minilm-l6").unwrap()),
            universal: Some(cache.ensure("use-multilingual").unwrap()),
            ..EmbeddingConfig::default()
        };
        let onnx = OnnxConfig {
            library: Some(cache.ensure("onnxruntime").unwrap()),
            threads: Some(1),
        };
        let mut encoders = Encoder::configured(&config, &onnx).unwrap();
        assert_eq!(encoders.len(), 1);
        encoders.remove(0)
    };
    ENCODER.get_or_init(open).clone()
}

async fn vectors(texts: &[&str]) -> Vec<Vec<f32>> {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    encoder().embed(&texts, Purpose::Passage).await.unwrap().vectors
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(x, y)| x * y).sum()
}

/// A text is nearer to one that means the same than to one that does not, by this much at least.
async fn check(text: &str, same: &str, other: &str, margin: f32) {
    let [text_vector, same_vector, other_vector] = &vectors(&[text, same, other]).await[..] else {
        panic!("three texts have three vectors");
    };
    let (near, far) = (
        cosine(text_vector, same_vector),
        cosine(text_vector, other_vector),
    );
    assert!(near > far + margin, "{text}: {near} and {far}");
}

#[tokio::test]
async fn what_means_the_same_is_near() {
    check(
        "二号航站楼的母婴室在哪里？",
        "T2航站楼哺乳室位于三层16号登机口对面",
        "上季度华东区的销售额同比下降了百分之五",
        0.15,
    )
    .await;
    check(
        "When does the last train to the city leave?",
        "The final metro departure towards downtown is at 23:40.",
        "Quarterly revenue fell by five percent in the eastern region.",
        0.3,
    )
    .await;
}

#[tokio::test]
async fn what_means_the_same_is_near_in_the_other_language_too() {
    let texts = [
        "硬币能在机场换成人民币吗",
        "Coins are not exchanged at the airport.",
        "The observation deck on the fourth floor is free of charge.",
    ];
    let vectors = vectors(&texts).await;
    let near = cosine(&vectors[0][HALF..], &vectors[1][HALF..]);
    let far = cosine(&vectors[0][HALF..], &vectors[2][HALF..]);
    assert!(near > far + 0.1, "{near} and {far}");
    assert_eq!(
        cosine(&vectors[0][..HALF], &vectors[1][..HALF]),
        0.0,
        "the first half tells nothing"
    );
}

#[tokio::test]
async fn the_numbers_are_those_of_the_models() {
    let [chinese, english] = &vectors(&["航站楼", "terminal"]).await[..] else {
        panic!("two texts have two vectors");
    };
    // 8-bit arithmetic differs a little from processor to processor.
    let same = |given: &[f32], expected: [f32; 16]| {
        let given = &given[..16];
        let angle = cosine(given, &expected) / (cosine(given, given) * cosine(&expected, &expected)).sqrt();
        assert!(angle > 0.97, "{given:?} is not {expected:?}");
    };
    same(chinese, GOLDEN_CHINESE);
    same(&english[512..], GOLDEN_ENGLISH);
    assert!(
        chinese[512..HALF]
            .iter()
            .chain(&english[..512])
            .all(|x| *x == 0.0)
    );
    same(&vectors(&[MIXED]).await[0][HALF..], GOLDEN_UNIVERSAL);
}

#[tokio::test]
async fn a_vector_hangs_on_its_own_text_alone() {
    let texts = [
        "CA1234航班在哪个航站楼值机",
        "short",
        "The lounge is open to passengers of business class and to members of the alliance, every day from five to midnight.",
        "登机口 Boarding gate",
        "",
    ];
    let together = vectors(&texts).await;
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(&vectors(&[text]).await[0], vector, "{text}");
        assert_eq!(encoder().across() as usize, vector.len() - HALF);
        assert!(
            (cosine(&vector[..HALF], &vector[..HALF]) - 0.5).abs() < 1e-4,
            "{text}"
        );
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-4, "{text}");
    }
}

#[tokio::test]
async fn long_texts_are_cut() {
    for (word, limit) in [("航站楼", 512), ("terminal ", 256)] {
        let long = word.repeat(2_000);
        let longer = format!("{long}{word}");
        let all = encoder().embed(&[long, longer], Purpose::Passage).await.unwrap();
        // The model for all languages reads 256, and its marks for beginning and end.
        assert_eq!(all.tokens, 2 * (limit + 258));
        assert_eq!(all.vectors[0], all.vectors[1]);
    }
}

#[tokio::test]
async fn capitals_are_read_in_chinese_texts_too() {
    let given = vectors(&["在T2登机", "在t2登机", "在D9登机"]).await;
    let part = |vector: &[f32]| vector[..HALF].to_vec();
    assert_eq!(part(&given[0]), part(&given[1]));
    assert!(cosine(&part(&given[0]), &part(&given[2])) < 0.495);
}

#[tokio::test]
async fn a_model_that_is_not_there_is_named() {
    let config = EmbeddingConfig {
        chinese: Some("/not/there/model.onnx".into()),
        english: Some("/not/there/model.onnx".into()),
        universal: Some("/not/there/weights.npz".into()),
        ..EmbeddingConfig::default()
    };
    let onnx = OnnxConfig {
        library: Some(artifacts::Cache::new(None).ensure("onnxruntime").unwrap()),
        threads: Some(1),
    };
    let encoders = Encoder::configured(&config, &onnx).unwrap();
    let error = encoders[0]
        .embed(&["a".to_owned()], Purpose::Query)
        .await
        .unwrap_err();
    assert!(error.is_fatal() && !error.is_temporary());
    let told = format!("{error:?}");
    assert!(told.contains("/not/there/model.onnx"), "{told}");
}
