//! This executable, started again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::config::{GlobalConfig, ServicesConfig};
use crate::documents;

/// How long it may take until it serves.
const PATIENCE: Duration = Duration::from_secs(120);

/// What would have it use something that is not ours to measure.
const ELSEWHERE: [&str; 13] = [
    "NATS_URL",
    "NATS_CREDS",
    "NATS_NKEY_FILE",
    "NATS_INBOX",
    "QDRANT_URL",
    "LLM_BASE_URL",
    "EMBED_BASE_URL",
    "RERANK_BASE_URL",
    "OCR_BASE_URL",
    "DETECTOR_BASE_URL",
    "CONTRAIL_API_KEYS_FILE",
    "CONTRAIL_DATA",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// How to start it.
pub(super) struct Own {
    executable: PathBuf,
    /// Where third-party programs and models are, which are there.
    pub settings: Vec<(&'static str, OsString)>,
    /// As the command that measures has it.
    pub global: GlobalConfig,
}

/// A running `contrail up`; killed when it is dropped.
pub(super) struct Up {
    pub process: Child,
    /// Where HTTP is.
    pub http: String,
}

impl Own {
    /// Fetches what it will need, so that no measure holds a download.
    pub(super) async fn prepare(global: &GlobalConfig) -> anyhow::Result<Self> {
        let cache = global.artifacts.open();
        tokio::task::spawn_blocking(move || cache.ensure("nats-server")).await??;
        let mut config = ServicesConfig::from_environment()?;
        // What embeds is started without an endpoint too.
        config.embedding.base_url = None;
        documents::equip(&mut config, &global.artifacts).await?;
        let path = |path: &Option<PathBuf>| path.clone().unwrap_or_default().into_os_string();
        let mut settings = vec![
            ("CONTRAIL_PDFIUM", path(&config.ingest.pdfium)),
            ("CONTRAIL_ONNXRUNTIME", path(&config.onnx.library)),
            ("CONTRAIL_OCR_MODELS", path(&config.ocr.models)),
            ("CONTRAIL_EMBED_CHINESE", path(&config.embedding.chinese)),
            ("CONTRAIL_EMBED_ENGLISH", path(&config.embedding.english)),
            ("CONTRAIL_EMBED_UNIVERSAL", path(&config.embedding.universal)),
        ];
        if let Some(cache) = &global.artifacts.cache {
            settings.push(("CONTRAIL_CACHE", cache.clone().into_os_string()));
        }
        Ok(Self {
            executable: std::env::current_exe().context("can't find this executable")?,
            settings,
            global: global.clone(),
        })
    }

    /// The executable with arguments, and nothing elsewhere that it would use.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.executable);
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Starts `contrail up` on a data folder, and waits until it says that it serves.
    pub(super) async fn up(&self, data: &Path) -> anyhow::Result<Up> {
        let mut command = self.command(&["up", "--listen", "127.0.0.1:0"]);
        command.env("CONTRAIL_DATA", data);
        let mut process = command.spawn().context("can't start `contrail up`")?;
        let lines = process.stdout.take().context("it has no output")?;
        let mut lines = BufReader::new(lines).lines();
        let line = timeout(PATIENCE, lines.next_line())
            .await
            .context("`contrail up` is not ready in time")??;
        let Some(line) = line else {
            bail!("`contrail up` ended with {}", process.wait().await?);
        };
        let http = line
            .strip_prefix("serving ")
            .and_then(|rest| rest.split(' ').next());
        Ok(Up {
            http: http
                .with_context(|| format!("`contrail up` said {line:?}"))?
                .to_owned(),
            process,
        })
    }
}

impl Up {
    /// Ends it, and waits until its server of NATS is gone too, which would go on writing into its folder.
    pub(super) async fn end(mut self, data: &Path) -> anyhow::Result<()> {
        let server = nats_of(data).await.ok();
        self.process.kill().await.context("can't end `contrail up`")?;
        if let Some(server) = server {
            let process = PathBuf::from(format!("/proc/{server}"));
            let gone = async {
                while process.exists() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            timeout(PATIENCE, gone)
                .await
                .context("its server of NATS stays")?;
        }
        Ok(())
    }
}

/// The process of the server of NATS of a data folder.
pub(super) async fn nats_of(data: &Path) -> anyhow::Result<u32> {
    let path = data.join("nats/nats-server.pid");
    let text = tokio::fs::read_to_string(&path).await;
    let text = text.with_context(|| format!("can't read {}", path.display()))?;
    text.trim().parse().context("it holds no number of a process")
}
