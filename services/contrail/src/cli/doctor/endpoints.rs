//! What is reached over the network besides NATS, where it is configured at all.

use std::path::{Path, PathBuf};

use bus::fault::reason;
use index::{Index, IndexConfig};
use models::{
    Chat, EmbeddingConfig, Encoder, ModelsConfig, OnnxConfig, Purpose, RerankConfig, Reranker, Scorer,
    ScorerConfig, ScorerError,
};

use super::finding::Finding;

/// Seconds that a model has to answer; one that is loaded at this moment takes longer.
const PATIENCE: u64 = 30;
/// Seconds that a Qdrant server has.
const QDRANT_PATIENCE: u64 = 10;

/// Whether a setting says something: an empty one says nothing.
pub(super) fn is_set(setting: &Option<String>) -> bool {
    setting.as_deref().is_some_and(|text| !text.trim().is_empty())
}

/// The Qdrant server.
pub(super) async fn qdrant(config: &IndexConfig) -> Option<Finding> {
    const NAME: &str = "qdrant";
    if !is_set(&config.url) {
        return None;
    }
    let config = IndexConfig {
        timeout_seconds: config.timeout_seconds.min(QDRANT_PATIENCE),
        ..config.clone()
    };
    let asked = async {
        let index = Index::open(&config, None).await?;
        Ok::<_, index::IndexError>((index.version().await?, index.spaces().await?))
    };
    Some(match asked.await {
        Ok((version, spaces)) => {
            let version = version.unwrap_or_default();
            Finding::ok(NAME, format!("version {version}, {} spaces", spaces.len()))
        }
        Err(error) => Finding::fail(
            NAME,
            reason(&error),
            "start it, or correct QDRANT_URL: it is the gRPC port (6334), not that of HTTP; QDRANT_API_KEY_FILE for its key",
        ),
    })
}

/// The language models.
pub(super) async fn language_model(config: &ModelsConfig) -> Vec<Finding> {
    const NAME: &str = "language model";
    const MEND: &str =
        "start it, or correct LLM_BASE_URL, LLM_MODEL and LLM_API_KEY_FILE; `contrail llm check` tells more";
    let config = ModelsConfig {
        timeout_seconds: config.timeout_seconds.min(PATIENCE),
        idle_seconds: config.idle_seconds.min(PATIENCE),
        record: None,
        ..config.clone()
    };
    let chat = match Chat::open(&config) {
        Ok(Some(chat)) => chat,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![Finding::fail(NAME, reason(&error), MEND)],
    };
    let found = chat.probe().await;
    let several = found.len() > 1;
    found
        .into_iter()
        .map(|found| {
            let who = format!("{} at {}", found.model, found.endpoint);
            match found.offer {
                Ok(offer) => {
                    let took = offer.took.as_secs_f64();
                    Finding::ok(NAME, format!("{who} replied in {took:.1} s"))
                }
                // The next one is asked in its place.
                Err(error) if several => Finding::warn(NAME, format!("{who}: {error}"), MEND),
                Err(error) => Finding::fail(NAME, format!("{who}: {error}"), MEND),
            }
        })
        .collect()
}

/// The endpoint that embeds; or the files of local models, where they are set.
pub(super) async fn embedding(config: &EmbeddingConfig) -> Vec<Finding> {
    const NAME: &str = "embeddings";
    if !is_set(&config.base_url) {
        let files: [(&str, &Option<PathBuf>); 3] = [
            ("CONTRAIL_EMBED_CHINESE", &config.chinese),
            ("CONTRAIL_EMBED_ENGLISH", &config.english),
            ("CONTRAIL_EMBED_UNIVERSAL", &config.universal),
        ];
        return files
            .into_iter()
            .filter_map(|(variable, path)| absent(variable, path.as_deref()?))
            .map(|(found, mend)| Finding::fail(NAME, found, mend))
            .collect();
    }
    let config = EmbeddingConfig {
        timeout_seconds: config.timeout_seconds.min(PATIENCE),
        retries: 0,
        // Without local ones behind it: it is the endpoint that is looked at.
        chinese: None,
        english: None,
        universal: None,
        ..config.clone()
    };
    let asked = async {
        let encoders = Encoder::configured(&config, &OnnxConfig::default());
        let encoders = encoders.map_err(|error| reason(&error))?;
        let encoder = encoders.first().ok_or("no model is configured")?;
        let texts = ["航站楼 T2 gate 12".to_owned()];
        let vectors = encoder.embed(&texts, Purpose::Query).await;
        let vectors = vectors.map_err(|error| reason(&error))?;
        let dimension = vectors.vectors.first().map_or(0, Vec::len);
        Ok::<_, String>(format!("{} gave a vector of {dimension} numbers", encoder.name()))
    };
    vec![match asked.await {
        Ok(found) => Finding::ok(NAME, found),
        Err(found) => Finding::fail(
            NAME,
            found,
            "start it, or correct EMBED_BASE_URL, EMBED_MODEL and EMBED_API_KEY_FILE",
        ),
    }]
}

/// The endpoint that ranks passages again.
pub(super) async fn ranking(config: &RerankConfig) -> Option<Finding> {
    const NAME: &str = "ranking";
    const MEND: &str = "start it, or correct RERANK_BASE_URL, RERANK_MODEL and RERANK_API_KEY_FILE";
    let config = RerankConfig {
        timeout_seconds: config.timeout_seconds.min(PATIENCE),
        retries: 0,
        ..config.clone()
    };
    let ranker = match Reranker::open(&config) {
        Ok(ranker) => ranker?,
        Err(error) => return Some(Finding::fail(NAME, reason(&error), MEND)),
    };
    let passages = ["Gate 12 is in Terminal 2.".to_owned()];
    Some(match ranker.scores("Where is gate 12?", &passages).await {
        Ok(_) => Finding::ok(NAME, format!("{} gave a score", ranker.model())),
        // Answers come without it too, in the order of the search.
        Err(error) => Finding::warn(NAME, reason(&error), MEND),
    })
}

/// The endpoint whose model reads texts for the detector.
pub(super) async fn likelihoods(config: &ScorerConfig) -> Option<Finding> {
    const NAME: &str = "detector's model";
    const MEND: &str = "start it, or correct DETECTOR_BASE_URL, DETECTOR_MODEL and DETECTOR_API_KEY_FILE";
    let config = ScorerConfig {
        timeout_seconds: config.timeout_seconds.min(PATIENCE),
        retries: 0,
        ..config.clone()
    };
    let scorer = match Scorer::configured(&config) {
        Ok(scorer) => scorer?,
        Err(error) => return Some(Finding::fail(NAME, reason(&error), MEND)),
    };
    Some(match scorer.score("Gate 12 is in Terminal 2.").await {
        Ok(tokens) => Finding::ok(
            NAME,
            format!("{} told of {} tokens", scorer.model(), tokens.len()),
        ),
        // Texts are judged without it too, but one that can't tell what is needed is refused.
        Err(error @ ScorerError::Asked(_)) => Finding::warn(NAME, reason(&error), MEND),
        Err(error) => Finding::fail(NAME, reason(&error), MEND),
    })
}

/// What is wrong with a file that a variable names.
fn absent(variable: &str, path: &Path) -> Option<(String, String)> {
    if path.as_os_str().is_empty() || path.is_file() {
        return None;
    }
    let found = format!("{variable} names {}, which is no file", path.display());
    Some((
        found,
        format!("correct {variable}, or unset it: then it is fetched"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let (found, mend) = absent("CONTRAIL_EMBED_CHINESE", Path::new("/not/there")).unwrap();
        assert!(found.contains("/not/there"), "{found}");
        assert!(mend.contains("CONTRAIL_EMBED_CHINESE"), "{mend}");
        assert!(absent("X", Path::new("")).is_none());
    }
}
