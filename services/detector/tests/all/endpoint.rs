//! A language model behind an endpoint, played by `scripted-llm`: words are likelier the shorter they are.

use std::sync::Arc;

use detector::config::EquipmentConfig;
use detector::equipment::{detector, equip};
use detector::hashing::Draws;
use detector::likelihood::{Endpoint, LIKELIHOODS, Readers};
use detector::model::{Informed, store};
use detector::train::{self, Record, Settings, Source, readings};
use detector::{Detector, Options};
use models::{OnnxConfig, ScorerConfig};
use schemas::{Judgement, Language};
use scripted_llm::{ScriptedLlm, Turn};
use serde_json::json;

const TEXT: &str = "My brother and I missed the last bus, so we walked home along the canal. It took two hours. He kept talking about \
                    the film, and I mostly thought about my feet. Nobody was out except a man with a very old dog, who said good \
                    evening as if it was the middle of the day.";
const ECHO: Turn = Turn::Echo(2.0);

fn config(scripted: &ScriptedLlm, model: &str) -> ScorerConfig {
    ScorerConfig {
        base_url: Some(scripted.base_url()),
        model: Some(model.to_owned()),
        timeout_seconds: 20,
        retries: 0,
        ..ScorerConfig::default()
    }
}

fn readers(scripted: &ScriptedLlm, model: &str) -> Readers {
    Readers::default().with_endpoint(Endpoint::configured(&config(scripted, model)).unwrap())
}

fn equipment(scripted: &ScriptedLlm, model: &str) -> EquipmentConfig {
    EquipmentConfig {
        endpoint: config(scripted, model),
        ..EquipmentConfig::default()
    }
}

/// Weights as if they were fitted with a model: half of their own score, and the mean log-probability.
fn fitted_with(model: &str) -> Detector {
    let mut weights = Detector::built_in().unwrap().model().clone();
    for language in weights.languages.values_mut() {
        language.informed = Some(Informed {
            reader: [model.to_owned(), "endpoint".to_owned()],
            base: 0.5,
            likelihoods: [[0.0, 1.0, 1.0]; LIKELIHOODS],
            intercept: 0.0,
            calibration: language.calibration.clone(),
            report: language.report.clone(),
        });
    }
    Detector::new(weights)
}

async fn judged(detector: &Arc<Detector>) -> (Judgement, f32) {
    let detector = Arc::clone(detector);
    let judging = move || detector.judge_with_score(TEXT, Options::default());
    let (judgement, score) = tokio::task::spawn_blocking(judging).await.unwrap();
    (judgement, score.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn its_word_counts_by_weights_that_were_fitted_with_it() {
    let scripted = ScriptedLlm::always(ECHO).await;
    let detector = fitted_with("large")
        .with_readers(readers(&scripted, "large"))
        .unwrap();
    let (judgement, score) = judged(&Arc::new(detector)).await;
    let used: Vec<&str> = judgement.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(used, ["contrail-detector-ngrams", "large"]);
    // The first word has nothing before it.
    let words: Vec<f32> = TEXT
        .split_inclusive(' ')
        .skip(1)
        .map(|word| -(word.len() as f32) / 2.0)
        .collect();
    let plain = Detector::built_in().unwrap();
    let (_, own) = plain.judge_with_score(TEXT, Options::default());
    let expected = own.unwrap() * 0.5 + words.iter().sum::<f32>() / words.len() as f32;
    assert!((score - expected).abs() < 1e-3, "{score} {expected}");
    assert_eq!(scripted.asked()[0].body["prompt"], TEXT);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_fails_texts_are_judged_without_it_and_say_so() {
    let scripted = ScriptedLlm::start([ECHO, Turn::Break("It".to_owned())]).await;
    let detector = fitted_with("large")
        .with_readers(readers(&scripted, "large"))
        .unwrap();
    let detector = Arc::new(detector);
    let (first, _) = judged(&detector).await;
    assert_eq!(first.models.len(), 2);
    let plain = Detector::built_in().unwrap().judge(TEXT, Options::default());
    for _ in 0..3 {
        let (without, _) = judged(&detector).await;
        assert_eq!(without.models, plain.models);
        assert_eq!(
            (without.probability, without.p_value),
            (plain.probability, plain.p_value)
        );
        // It is left alone for a while.
        assert_eq!(scripted.asked().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_weights_do_not_know_is_refused_with_what_to_do() {
    let scripted = ScriptedLlm::always(ECHO).await;
    let equipped = async |detector, model: &str| {
        equip(detector, &equipment(&scripted, model), &OnnxConfig::default()).await
    };
    for detector in [detector(None).unwrap(), fitted_with("small")] {
        let error = equipped(detector, "large").await.unwrap_err().to_string();
        for told in [
            "DETECTOR_UNCALIBRATED: ",
            "with large",
            "detector read --endpoint",
            "CONTRAIL_DETECTOR_WEIGHTS",
        ] {
            assert!(error.contains(told), "{error}");
        }
    }
    assert!(scripted.asked().is_empty());
    equipped(fitted_with("large"), "large").await.unwrap();
    assert_eq!(scripted.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_tells_too_little_is_refused_and_one_that_is_away_is_not() {
    let equipped = async |turn: Turn| {
        let scripted = ScriptedLlm::always(turn).await;
        let config = equipment(&scripted, "large");
        equip(fitted_with("large"), &config, &OnnxConfig::default()).await
    };
    let written = json!({ "content": [{ "token": " Then", "logprob": -0.5 }] });
    let body = json!({ "choices": [{ "logprobs": written }], "usage": { "prompt_tokens": 16 } });
    let error = equipped(Turn::Body(body)).await.unwrap_err();
    assert!(error.to_string().starts_with("DETECTOR_UNSCORED: "), "{error}");
    equipped(Turn::Status(503, None)).await.unwrap();
}

/// Texts in two sources and two domains; machines take shorter words more often.
fn labelled() -> Vec<Record> {
    const WORDS: [&str; 32] = [
        "it",
        "was",
        "a",
        "cold",
        "day",
        "and",
        "we",
        "had",
        "no",
        "idea",
        "how",
        "far",
        "the",
        "road",
        "went",
        "on",
        "because",
        "everybody",
        "remembered",
        "yesterday",
        "although",
        "mountains",
        "beautiful",
        "afternoon",
        "carefully",
        "somewhere",
        "neighbours",
        "certainly",
        "different",
        "interesting",
        "themselves",
        "understood",
    ];
    let mut draws = Draws::new(5);
    let record = |number: usize| {
        let label = u8::from(number.is_multiple_of(2));
        let mut word = || {
            let shorter = draws.below(10) < if label == 1 { 7 } else { 5 };
            *WORDS.get(draws.below(16) + if shorter { 0 } else { 16 }).unwrap()
        };
        let mut sentence = || (0..9).map(|_| word()).collect::<Vec<_>>().join(" ") + ".";
        let text = (0..8).map(|_| sentence()).collect::<Vec<_>>().join(" ");
        let place = number / 2 % 4;
        serde_json::from_value(json!({
            "text": text, "label": label, "lang": "en", "source": format!("s{}", place / 2), "domain": format!("d{}", place % 2),
        }))
        .unwrap()
    };
    (0..700).map(record).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_are_fitted_with_what_it_read() {
    let scripted = ScriptedLlm::always(ECHO).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("readings.jsonl");
    let reading = |model: &str| {
        let endpoint = Endpoint::configured(&config(&scripted, model)).unwrap().unwrap();
        let path = path.clone();
        tokio::task::spawn_blocking(move || {
            let records = labelled().into_iter().map(Ok);
            let (mut done, mut all) = (0, 0);
            let source = Source::Endpoint(&endpoint);
            let read = readings::read(records, &source, &path, 1_000, &mut |now, of| {
                (done, all) = (now, of)
            });
            read.map(|()| (done, all))
        })
    };
    let (done, all) = reading("large").await.unwrap().unwrap();
    // A few of the drawn texts have too few small words to be English.
    assert!(done == all && all > 600, "{done} {all}");
    let asked = scripted.asked().len();
    assert_eq!(asked as u64, all);
    // What was read is not asked about again, and another model has a file of its own.
    assert_eq!(reading("large").await.unwrap().unwrap(), (all, all));
    let error = reading("other").await.unwrap().unwrap_err().to_string();
    assert!(
        error.contains("large endpoint") && error.contains("a file for each"),
        "{error}"
    );
    assert_eq!(scripted.asked().len(), asked);

    let read = readings::load(&path).unwrap();
    let settings = Settings {
        passes: 2,
        folds: 2,
        ..Settings::default()
    };
    let fitted = train::fit(
        labelled().into_iter().map(Ok),
        &settings,
        &read,
        &mut |_, _, _| {},
    );
    let fitted = store::read(&store::write(&fitted.unwrap()).unwrap()).unwrap();
    let informed = fitted.of(Language::En).unwrap().informed.clone().unwrap();
    assert_eq!(informed.reader, ["large", "endpoint"]);
    let [[usual, _, weight]] = informed.likelihoods;
    assert!(weight > 0.0 && (-4.0..-2.0).contains(&usual), "{usual} {weight}");

    let detector = Detector::new(fitted);
    // It is no model of this process.
    assert!(detector.informed().is_empty());
    let detector = detector.with_readers(readers(&scripted, "large")).unwrap();
    let (judgement, _) = judged(&Arc::new(detector)).await;
    assert_eq!(judgement.models[1].id, "large");
}
