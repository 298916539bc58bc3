//! The language models that read texts for the detector.

use anyhow::Context;
use artifacts::ArtifactsConfig;
use detector::config::{EquipmentConfig, LanguageModels};
use detector::equipment;
use models::OnnxConfig;
use schemas::Language;

use crate::output;

/// Fetches those of some languages that are not set, with what runs them.
///
/// # Errors
/// When something can't be fetched.
pub async fn equip(
    models: &mut LanguageModels,
    onnx: &mut OnnxConfig,
    artifacts: &ArtifactsConfig,
    languages: &[Language],
) -> anyhow::Result<()> {
    for language in languages {
        let (setting, artifact) = match language {
            Language::En => (&mut models.english, "smollm2"),
            Language::Zh => (&mut models.chinese, "minimind2-small"),
        };
        for (setting, artifact) in [(setting, artifact), (&mut onnx.library, "onnxruntime")] {
            if LanguageModels::is_open(setting.as_deref()) {
                let cache = artifacts.open();
                let fetched = tokio::task::spawn_blocking(move || cache.ensure(artifact)).await?;
                *setting = Some(fetched.with_context(|| {
                    format!(
                        "can't fetch {artifact}; --detector-english none --detector-chinese none do without"
                    )
                })?);
            }
        }
    }
    Ok(())
}

/// The same, going on without what can't be fetched: each judgement names the models that it rests on.
pub async fn try_equip(
    models: &mut LanguageModels,
    onnx: &mut OnnxConfig,
    artifacts: &ArtifactsConfig,
    languages: &[Language],
) {
    if let Err(error) = equip(models, onnx, artifacts, languages).await {
        output::note(&format!("texts are judged without language models: {error:#}"));
    }
}

/// The same for a service, with its weights. Weights that can't be used are told by the service itself.
pub async fn equip_service(config: &mut EquipmentConfig, onnx: &mut OnnxConfig, artifacts: &ArtifactsConfig) {
    let detector = equipment::detector(config.weights.as_deref());
    let languages = detector.map(|detector| detector.informed()).unwrap_or_default();
    try_equip(&mut config.language_models, onnx, artifacts, &languages).await;
}
