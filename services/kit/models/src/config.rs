//! Where the endpoints are, which models they serve, their keys, and what a reply may take.

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::endpoint::Endpoint;
use crate::error::ConfigError;

/// Settings of whoever asks language models. Without a base URL there is none, and nothing is asked.
#[derive(Debug, Clone, clap::Args)]
pub struct ModelsConfig {
    /// OpenAI-compatible endpoints, such as `http://127.0.0.1:8000/v1`; several, separated by commas, are tried in this
    /// order.
    #[arg(
        id = "llm-base-url",
        long = "llm-base-url",
        env = "LLM_BASE_URL",
        value_name = "URL",
        value_delimiter = ','
    )]
    pub base_url: Vec<String>,

    /// The model to ask for; several, separated by commas: one for each endpoint.
    #[arg(
        id = "llm-model",
        long = "llm-model",
        env = "LLM_MODEL",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub model: Vec<String>,

    /// The endpoint's key; several, separated by commas: one for each endpoint, which may be empty. A file is safer.
    #[arg(
        id = "llm-api-key",
        long = "llm-api-key",
        env = "LLM_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,

    /// File with the endpoint's key; several: a line for each endpoint, which may be empty.
    #[arg(
        id = "llm-api-key-file",
        long = "llm-api-key-file",
        env = "LLM_API_KEY_FILE",
        value_name = "FILE"
    )]
    pub api_key_file: Option<PathBuf>,

    /// Seconds that a reply may take, waiting for a free place and all tries included.
    #[arg(id = "llm-timeout-seconds", long = "llm-timeout-seconds", env = "LLM_TIMEOUT_SECONDS", value_name = "S", default_value_t = Self::default().timeout_seconds)]
    pub timeout_seconds: u64,

    /// Seconds in which the next piece of a reply must come.
    #[arg(id = "llm-idle-seconds", long = "llm-idle-seconds", env = "LLM_IDLE_SECONDS", value_name = "S", default_value_t = Self::default().idle_seconds)]
    pub idle_seconds: u64,

    /// Requests at once.
    #[arg(id = "llm-concurrency", long = "llm-concurrency", env = "LLM_CONCURRENCY", value_name = "N", default_value_t = Self::default().concurrency)]
    pub concurrency: usize,

    /// How often an endpoint is tried again that is overloaded or fails.
    #[arg(id = "llm-retries", long = "llm-retries", env = "LLM_RETRIES", value_name = "N", default_value_t = Self::default().retries)]
    pub retries: u32,

    /// Tokens that a reply may have.
    #[arg(id = "llm-max-tokens", long = "llm-max-tokens", env = "LLM_MAX_TOKENS", value_name = "N", default_value_t = Self::default().max_tokens)]
    pub max_tokens: u32,

    /// Writes every exchange down here, a JSON document a line, without keys.
    #[arg(
        id = "llm-record",
        long = "llm-record",
        env = "LLM_RECORD",
        value_name = "FILE"
    )]
    pub record: Option<PathBuf>,

    /// Plays the replies of such a file instead of asking anybody.
    #[arg(
        id = "llm-replay",
        long = "llm-replay",
        env = "LLM_REPLAY",
        value_name = "FILE"
    )]
    pub replay: Option<PathBuf>,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            base_url: Vec::new(),
            model: Vec::new(),
            api_key: None,
            api_key_file: None,
            timeout_seconds: 180,
            idle_seconds: 60,
            concurrency: 4,
            retries: 3,
            max_tokens: 4096,
            record: None,
            replay: None,
        }
    }
}

impl ModelsConfig {
    /// How long a reply may take in all.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.max(1))
    }

    /// In which time the next piece of a reply must come.
    #[must_use]
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds.max(1))
    }

    /// The files of recorded replies: to be written, to be played.
    pub(crate) fn tapes(&self) -> [Option<&Path>; 2] {
        [&self.record, &self.replay].map(|path| path.as_deref().filter(|path| !path.as_os_str().is_empty()))
    }

    /// The endpoints in the order in which they are tried; none: no model is to be asked.
    pub(crate) fn endpoints(&self) -> Result<Vec<Endpoint>, ConfigError> {
        let named = |list: &[String]| -> Vec<String> {
            list.iter()
                .map(|item| item.trim().to_owned())
                .filter(|item| !item.is_empty())
                .collect()
        };
        let (urls, models) = (named(&self.base_url), named(&self.model));
        if urls.is_empty() {
            return Ok(Vec::new());
        }
        if models.len() != 1 && models.len() != urls.len() {
            return Err(ConfigError::Models {
                endpoints: urls.len(),
                models: models.len(),
            });
        }
        let keys = self.keys()?;
        if keys.len() > urls.len() {
            return Err(ConfigError::Keys {
                endpoints: urls.len(),
                keys: keys.len(),
            });
        }
        // A key goes to its own endpoint alone: with one key for several, only the first one gets it.
        let mut keys = keys.into_iter();
        let mut models = models.into_iter();
        let mut last = String::new();
        urls.into_iter()
            .map(|url| {
                last = models.next().unwrap_or_else(|| last.clone());
                Endpoint::new(&url, last.clone(), keys.next().flatten())
            })
            .collect()
    }

    fn keys(&self) -> Result<Vec<Option<SecretString>>, ConfigError> {
        let list = |text: &str, separator: char| -> Vec<Option<SecretString>> {
            let key = |key: &str| (!key.is_empty()).then(|| SecretString::from(key.to_owned()));
            text.split(separator).map(|part| key(part.trim())).collect()
        };
        let file = self
            .api_key_file
            .as_deref()
            .filter(|path| !path.as_os_str().is_empty());
        match (file, &self.api_key) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path).map_err(|source| ConfigError::KeyFile {
                    path: path.to_owned(),
                    source,
                })?;
                Ok(list(text.trim_end(), '\n'))
            }
            (None, Some(key)) => Ok(list(key.expose_secret(), ',')),
            (None, None) => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        models: ModelsConfig,
    }

    fn parse(line: &[&str]) -> ModelsConfig {
        let line = std::iter::once("test").chain(line.iter().copied());
        Line::try_parse_from(line).unwrap().models
    }

    #[test]
    fn without_an_endpoint_there_is_no_model() {
        for line in [
            &[][..],
            &["--llm-base-url", ""],
            &["--llm-base-url", "", "--llm-model", "m"],
        ] {
            assert!(parse(line).endpoints().unwrap().is_empty());
        }
    }

    #[test]
    fn keys_and_models_go_to_their_endpoints() {
        let config = parse(&[
            "--llm-base-url",
            "http://a/v1/, https://b/v1/chat/completions",
            "--llm-model",
            "one",
            "--llm-api-key",
            "secret-of-a",
        ]);
        let endpoints = config.endpoints().unwrap();
        let told: Vec<_> = endpoints
            .iter()
            .map(|endpoint| {
                (
                    endpoint.chat.as_str(),
                    endpoint.model.as_str(),
                    endpoint.key.is_some(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("http://a/v1/chat/completions", "one", true),
                ("https://b/v1/chat/completions", "one", false),
            ]
        );
        for shown in [format!("{config:?}"), format!("{endpoints:?}")] {
            assert!(!shown.contains("secret-of-a"), "{shown}");
        }
    }

    #[test]
    fn keys_come_from_a_file_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, "\nsecret-of-b\n").unwrap();
        let config = ModelsConfig {
            base_url: vec!["http://a".to_owned(), "http://b".to_owned()],
            model: vec!["m".to_owned()],
            api_key_file: Some(path),
            ..ModelsConfig::default()
        };
        let endpoints = config.endpoints().unwrap();
        let keys: Vec<Option<&str>> = endpoints
            .iter()
            .map(|endpoint| endpoint.key.as_ref().map(ExposeSecret::expose_secret))
            .collect();
        assert_eq!(keys, [None, Some("secret-of-b")]);
    }

    #[test]
    fn what_does_not_fit_together_is_named() {
        let check = |line: &[&str], expected: &str| {
            let error = parse(line).endpoints().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(&["--llm-base-url", "http://a"], "1 endpoint");
        check(&["--llm-base-url", "http://a", "--llm-model", "m,n"], "2 models");
        check(&["--llm-base-url", "ftp://a", "--llm-model", "m"], "ftp://a");
        check(
            &[
                "--llm-base-url",
                "http://a",
                "--llm-model",
                "m",
                "--llm-api-key",
                "k,l",
            ],
            "2 keys",
        );
        check(
            &[
                "--llm-base-url",
                "http://a",
                "--llm-model",
                "m",
                "--llm-api-key-file",
                "/not/there",
            ],
            "/not/there",
        );
        let defaults = parse(&[]);
        assert_eq!(defaults.timeout_seconds, ModelsConfig::default().timeout_seconds);
    }
}
