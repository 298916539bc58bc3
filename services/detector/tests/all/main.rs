//! The pinned language models, really run; and one behind an endpoint.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod endpoint;

use std::sync::OnceLock;

use detector::likelihood::{Expectation, LIKELIHOODS, Place, Readers, identity};
use detector::model::Informed;
use detector::{Detector, Options};
use models::OnnxConfig;
use schemas::Language;

const CHINESE: &str = "中国的首都是北京，北京有很多名胜古迹。";
/// What Python's tokenizers and onnxruntime give for the same files.
const GOLDEN_CHINESE: [f32; 14] = [
    -6.61, -5.52, -11.33, -6.60, -6.03, -4.75, -3.04, -10.59, -9.47, -9.89, -7.25, -8.07, -4.65, -3.03,
];

fn readers() -> &'static Readers {
    static READERS: OnceLock<Readers> = OnceLock::new();
    READERS.get_or_init(loaded)
}

fn loaded() -> Readers {
    let cache = artifacts::Cache::new(None);
    let onnx = OnnxConfig {
        library: Some(cache.ensure("onnxruntime").unwrap()),
        threads: Some(1),
    };
    let english = Place::Gguf(cache.ensure("smollm2").unwrap(), onnx.clone());
    let chinese = Place::Onnx(cache.ensure("minimind2-small").unwrap(), onnx);
    let readers = Readers::new(chinese, english);
    readers.load().unwrap();
    readers
}

fn read(language: Language, text: &str) -> Vec<Expectation> {
    readers().of(language).unwrap().read(text).unwrap()
}

fn mean(read: &[Expectation]) -> f32 {
    read.iter().map(|one| one.log_probability).sum::<f32>() / read.len() as f32
}

#[test]
fn english_is_expected_as_a_forward_pass_in_floats_expects_it() {
    let text = "The capital of France is Paris. The";
    let read = read(Language::En, text);
    // What the same weights give as floats of 32 bits, by other code.
    let golden = [-5.11, -8.07, -0.25, -3.15, -0.17, -0.22, -0.31, -3.05];
    assert_eq!(read.len(), golden.len());
    for (one, golden) in read.iter().zip(golden) {
        assert!((one.log_probability - golden).abs() < 0.15, "{one:?} {golden}");
    }
    let paris = read[5];
    let rank = paris.distribution.unwrap().rank;
    assert_eq!((&text[paris.start..], rank), (" Paris. The", 0));
}

#[test]
fn chinese_is_expected_as_python_expects_it() {
    let read = read(Language::Zh, CHINESE);
    assert_eq!(read.len(), GOLDEN_CHINESE.len());
    for (one, golden) in read.iter().zip(GOLDEN_CHINESE) {
        assert!((one.log_probability - golden).abs() < 0.15, "{one:?} {golden}");
    }
}

#[test]
fn what_makes_sense_is_expected_more_than_the_same_words_in_disorder() {
    let check = |language, sense: &str, disorder: &str| {
        let (sense, disorder) = (mean(&read(language, sense)), mean(&read(language, disorder)));
        assert!(sense > disorder + 1.0, "{sense} {disorder}");
    };
    check(
        Language::En,
        "She opened the window because it was too hot in the room.",
        "Room it the because in hot opened too she was window the.",
    );
    check(
        Language::Zh,
        "今天的天气很好，我们一起去公园散步。",
        "公去起一园步们。，很散我气今的好天天",
    );
}

#[test]
fn reading_ends_after_so_many_tokens_and_begins_with_one() {
    let long = "It was raining. ".repeat(2_000);
    assert_eq!(
        read(Language::En, &long).len(),
        detector::likelihood::tokens(Language::En)
    );
    assert_eq!(read(Language::En, "It").len(), 1);
    assert!(read(Language::En, "").is_empty());
}

#[test]
fn a_judgement_names_the_language_model_that_it_rests_on() {
    let text = "昨天晚上下了一场大雨，我没带伞，就在便利店门口站了半个小时。旁边的大叔一直在抱怨天气预报不准，我只好陪着他笑，心里想着\
                家里还晾在阳台上的衣服。";
    let built_in = Detector::built_in().unwrap();
    let (plain, score) = built_in.judge_with_score(text, Options::default());
    assert_eq!(plain.models.len(), 1);
    let mut model = built_in.model().clone();
    let chinese = model.languages.get_mut("zh").unwrap();
    chinese.informed = Some(Informed {
        reader: identity(Language::Zh).map(str::to_owned),
        base: 0.5,
        likelihoods: [[0.0, 1.0, 1.0]; LIKELIHOODS],
        intercept: 0.0,
        calibration: chinese.calibration.clone(),
        report: chinese.report.clone(),
    });
    // Without a model to read with, what was fitted without one holds.
    let fitted = Detector::new(model);
    assert!(fitted.informed().contains(&Language::Zh));
    assert_eq!(fitted.judge_with_score(text, Options::default()).1, score);
    let (judgement, informed) = fitted
        .with_readers(loaded())
        .unwrap()
        .judge_with_score(text, Options::default());
    assert_eq!(judgement.models[1].id, "MiniMind2-Small");
    let normal: String = detector::text::normalize(text).chars.iter().collect();
    let expected = score.unwrap() * 0.5 + mean(&read(Language::Zh, &normal));
    assert!(
        (informed.unwrap() - expected).abs() < 1e-3,
        "{informed:?} {expected}"
    );
}

#[test]
fn the_built_in_weights_hear_the_language_model_of_english_alone() {
    let english = "We waited four hours in the hall because of fog on the runway, and somebody shared a bag of oranges with \
                   everyone. The children ran up and down the carpet until their mothers had no voice left. Shortly before \
                   midnight they let us board, and a few people clapped. I slept through the meal and got home at four.";
    let built_in = Detector::built_in().unwrap();
    assert_eq!(built_in.informed(), [Language::En]);
    let (without, alone) = built_in.judge_with_score(english, Options::default());
    assert_eq!(without.models.len(), 1);
    let (with, informed) = built_in
        .with_readers(loaded())
        .unwrap()
        .judge_with_score(english, Options::default());
    assert_eq!(with.models[1].id, "SmolLM2-135M-Instruct");
    assert!(
        with.probability.is_some() && alone != informed,
        "{alone:?} {informed:?}"
    );
}
