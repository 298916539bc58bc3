//! What services need besides the bus: a library that reads PDF, models, a folder for the index, and a Python.

use std::path::{Path, PathBuf};

use anyhow::Context;
use artifacts::ArtifactsConfig;
use index::Index;
use models::{EmbeddingConfig, OnnxConfig};

use crate::config::{ExecutorArgs, ServicesConfig};

/// Where the index of a data folder is.
#[must_use]
pub fn index_folder(data: &Path) -> PathBuf {
    data.join("index")
}

/// Fetches whatever of it is not set otherwise, and sets it.
///
/// # Errors
/// When something can't be fetched.
pub async fn equip(config: &mut ServicesConfig, artifacts: &ArtifactsConfig) -> anyhow::Result<()> {
    if is_open(&config.ingest.pdfium) {
        config.ingest.pdfium = Some(fetched(artifacts, "pdfium").await?);
    }
    if is_open(&config.onnx.library) {
        config.onnx.library = Some(fetched(artifacts, "onnxruntime").await?);
    }
    if is_open(&config.ocr.models) {
        let first = fetched(artifacts, "ppocr").await?;
        config.ocr.models = first.parent().map(Path::to_owned);
    }
    equip_embedding(&mut config.embedding, &mut config.onnx, artifacts).await
}

/// Fetches what local models of embeddings need and is not set, unless an endpoint embeds.
///
/// # Errors
/// When something can't be fetched.
pub async fn equip_embedding(
    embedding: &mut EmbeddingConfig,
    onnx: &mut OnnxConfig,
    artifacts: &ArtifactsConfig,
) -> anyhow::Result<()> {
    if embedding
        .base_url
        .as_ref()
        .is_some_and(|url| !url.trim().is_empty())
    {
        return Ok(());
    }
    for (setting, artifact) in [
        (&mut onnx.library, "onnxruntime"),
        (&mut embedding.chinese, "bge-small-zh"),
        (&mut embedding.english, "all-minilm-l6"),
        (&mut embedding.universal, "use-multilingual"),
    ] {
        if is_open(setting) {
            *setting = Some(fetched(artifacts, artifact).await?);
        }
    }
    Ok(())
}

/// Fetches a Python for scripts where a language model is there to write some and nothing else is set. Where it can't be had,
/// the model does without.
pub async fn equip_scripts(executor: &mut ExecutorArgs, artifacts: &ArtifactsConfig) {
    // What is played again was recorded with what a script can do in mind.
    let models = &executor.models;
    let has_model = models.base_url.iter().any(|url| !url.trim().is_empty())
        || models
            .replay
            .as_ref()
            .is_some_and(|file| !file.as_os_str().is_empty());
    if !has_model || executor.python.folder.is_some() {
        return;
    }
    match fetched(artifacts, "python").await {
        Ok(folder) => executor.python.folder = Some(folder),
        Err(error) => tracing::warn!(
            error = format!("{error:#}"),
            "the language model can't write scripts here; CONTRAIL_PYTHON names a Python, or is empty for none"
        ),
    }
}

/// An empty path is none: that is how settings are emptied in the environment.
fn is_open(path: &Option<PathBuf>) -> bool {
    path.as_ref().is_none_or(|path| path.as_os_str().is_empty())
}

async fn fetched(artifacts: &ArtifactsConfig, name: &'static str) -> anyhow::Result<PathBuf> {
    let cache = artifacts.open();
    tokio::task::spawn_blocking(move || cache.ensure(name))
        .await
        .with_context(|| format!("fetching {name} was broken off"))?
        .with_context(|| format!("{name} is needed"))
}

/// Opens the index: the server that is named, or the one of the data folder.
///
/// # Errors
/// When it can't be reached, or another process has it.
pub async fn open_index(config: &ServicesConfig, data: &Path) -> anyhow::Result<Index> {
    Index::open(&config.index, Some(&index_folder(data)))
        .await
        .context("the index can't be opened")
}
