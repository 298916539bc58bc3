//! One JSON document asked of an endpoint, with retries: what vectors, scores, likelihoods and transcripts come by.

use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{sleep, timeout};

use crate::chat::chain;
use crate::client::client;
use crate::endpoint::{address, bearer};
use crate::error::{ChatError, ConfigError};
use crate::patience::{self, Next};
use crate::reading::Reader;

/// Bytes of a reply: 256 vectors of 8,192 dimensions, as text.
const LONGEST: usize = 64 << 20;

/// Where an endpoint is and how it is asked, before any of it is looked at.
pub(crate) struct Place<'a> {
    pub base: &'a str,
    pub path: &'a str,
    pub key: Option<&'a SecretString>,
    pub key_file: Option<&'a PathBuf>,
    pub limit: Duration,
    pub retries: u32,
}

/// Asks one path of one endpoint.
#[derive(Debug)]
pub(crate) struct Caller {
    client: Client,
    url: Url,
    name: String,
    key: Option<HeaderValue>,
    limit: Duration,
    retries: u32,
}

impl Caller {
    /// Sets it up without asking anything.
    pub fn new(place: &Place<'_>) -> Result<Self, ConfigError> {
        let (url, name) = address(place.base, place.path)?;
        let key = place.secret()?.map(|key| bearer(&key, &name)).transpose()?;
        Ok(Self {
            client: client()?,
            url,
            name,
            key,
            limit: place.limit,
            retries: place.retries,
        })
    }

    /// The endpoint's name in errors: its host and port.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks with a JSON document until there is a reply or the endpoint is given up.
    pub async fn ask<B: Serialize + Sync, R: DeserializeOwned>(&self, body: &B) -> Result<R, ChatError> {
        self.ask_with(|post| post.json(body)).await
    }

    /// The same with another body, which `fill` puts into each try.
    pub async fn ask_with<R: DeserializeOwned>(
        &self,
        fill: impl Fn(RequestBuilder) -> RequestBuilder + Sync,
    ) -> Result<R, ChatError> {
        let mut tries = 0;
        loop {
            let error = match self.once(&fill).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            tries += 1;
            match patience::next(&error, tries, self.retries) {
                Next::GiveUp => return Err(error),
                Next::Again(pause) => {
                    tracing::debug!(endpoint = self.name, tries, ?pause, error = %chain(&error), "asking again");
                    sleep(pause).await;
                }
            }
        }
    }

    /// A reply that is JSON, but not what was asked for.
    pub fn unreadable(&self, reason: String) -> ChatError {
        ChatError::Unreadable {
            endpoint: self.name.clone(),
            reason,
        }
    }

    async fn once<R: DeserializeOwned>(
        &self,
        fill: &(impl Fn(RequestBuilder) -> RequestBuilder + Sync),
    ) -> Result<R, ChatError> {
        let idle = || ChatError::Idle {
            endpoint: self.name.clone(),
            limit: self.limit,
        };
        let answered = timeout(self.limit, self.send(fill(self.client.post(self.url.clone())))).await;
        let bytes = answered.map_err(|_| idle())??;
        serde_json::from_slice(&bytes).map_err(|error| self.unreadable(error.to_string()))
    }

    async fn send(&self, mut post: RequestBuilder) -> Result<Vec<u8>, ChatError> {
        if let Some(key) = &self.key {
            post = post.header(AUTHORIZATION, key.clone());
        }
        let sent = post.send().await;
        let response = sent.map_err(|source| ChatError::Connection {
            endpoint: self.name.clone(),
            source: source.without_url(),
        })?;
        let status = response.status();
        if status.is_success() {
            return self.whole(response).await;
        }
        let reader = Reader {
            endpoint: &self.name,
            idle: self.limit,
        };
        let retry_after = patience::retry_after(response.headers(), SystemTime::now());
        Err(ChatError::Status {
            endpoint: self.name.clone(),
            status: status.as_u16(),
            retry_after,
            message: reader.complaint(response).await,
        })
    }

    async fn whole(&self, response: Response) -> Result<Vec<u8>, ChatError> {
        let mut stream = pin!(response.bytes_stream());
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| ChatError::Cut {
                endpoint: self.name.clone(),
            })?;
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST {
                return Err(ChatError::TooLong {
                    endpoint: self.name.clone(),
                    limit: LONGEST,
                });
            }
        }
        Ok(bytes)
    }
}

impl Place<'_> {
    /// The key; that of the file, where there is one.
    fn secret(&self) -> Result<Option<SecretString>, ConfigError> {
        let file = self.key_file.filter(|path| !path.as_os_str().is_empty());
        let Some(path) = file else {
            return Ok(self.key.filter(|key| !key.expose_secret().is_empty()).cloned());
        };
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::KeyFile {
            path: path.clone(),
            source,
        })?;
        let key = text.trim();
        Ok((!key.is_empty()).then(|| SecretString::from(key.to_owned())))
    }
}
