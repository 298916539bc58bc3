//! Asks: one endpoint after the other, with retries, within a number of requests at once.

use std::time::{Duration, SystemTime};

use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span, field};

use crate::client::client;
use crate::config::ModelsConfig;
use crate::endpoint::{Endpoint, plainer};
use crate::error::{ChatError, ConfigError};
use crate::metrics::{self, Operation};
use crate::patience::{self, Next};
use crate::reading::{Reader, Reply};
use crate::request::Request;
use crate::tape::{Recorder, Tape};
use crate::usage::{Counter, Tokens, Usage};
use crate::wire::Body;

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Its text. It is a stranger's.
    pub text: String,
    /// Which model said it, as the endpoint names it.
    pub model: String,
    /// What it took, where the endpoint tells.
    pub tokens: Option<Tokens>,
    /// Whether the model had to stop before it was done, for want of tokens.
    pub cut_short: bool,
}

/// What becomes of a reply while it comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta<'a> {
    /// More of its text.
    Text(&'a str),
    /// What came so far is void: the reply broke off, and another one begins.
    Again,
}

/// Asks language models.
#[derive(Debug)]
pub struct Chat {
    client: Client,
    endpoints: Vec<(Endpoint, Option<HeaderValue>)>,
    turns: Semaphore,
    timeout: Duration,
    idle: Duration,
    retries: u32,
    max_tokens: u32,
    counter: Counter,
    recorder: Option<Recorder>,
    tape: Option<Tape>,
}

impl Chat {
    /// Sets it up without asking anything; none where no endpoint is configured.
    ///
    /// # Errors
    /// When the settings contradict each other or a file of keys can't be read.
    pub fn open(config: &ModelsConfig) -> Result<Option<Self>, ConfigError> {
        let mut endpoints = Vec::new();
        for endpoint in config.endpoints()? {
            let key = endpoint.authorization()?;
            endpoints.push((endpoint, key));
        }
        let [record, replay] = config.tapes();
        if endpoints.is_empty() && replay.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            client: client()?,
            endpoints,
            turns: Semaphore::new(config.concurrency.max(1)),
            timeout: config.timeout(),
            idle: config.idle(),
            retries: config.retries,
            max_tokens: config.max_tokens,
            counter: Counter::default(),
            recorder: record.map(Recorder::open).transpose()?,
            tape: replay.map(Tape::open).transpose()?,
        }))
    }

    /// The model that is asked first.
    #[must_use]
    pub fn model(&self) -> &str {
        self.endpoints
            .first()
            .map_or("recorded", |(endpoint, _)| &endpoint.model)
    }

    /// What was asked so far, and what that took.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.counter.so_far()
    }

    /// Asks, and waits for the whole reply.
    ///
    /// # Errors
    /// When no endpoint gave one.
    pub async fn complete(&self, request: &Request) -> Result<Completion, ChatError> {
        self.stream(request, &mut |_| {}).await
    }

    /// Asks, and tells the reply as it comes in.
    ///
    /// # Errors
    /// When no endpoint gave one.
    pub async fn stream(
        &self,
        request: &Request,
        told: &mut (dyn FnMut(Delta<'_>) + Send),
    ) -> Result<Completion, ChatError> {
        if let Some(tape) = &self.tape {
            let completion = tape.reply(request).ok_or(ChatError::NotRecorded)?;
            told(Delta::Text(&completion.text));
            return Ok(completion);
        }
        let deadline = Instant::now() + self.timeout;
        let mut last = None;
        let asking = async {
            let _turn = self.turns.acquire().await;
            for (endpoint, key) in &self.endpoints {
                match self
                    .insist(endpoint, key.as_ref(), request, told, &mut last)
                    .await
                {
                    Ok(completion) => return Ok(completion),
                    Err(error) => {
                        tracing::warn!(endpoint = endpoint.name, error = %chain(&error), "a language model gave no reply");
                        last = Some(error);
                    }
                }
            }
            Err(())
        };
        let ended = timeout_at(deadline, asking).await;
        match ended {
            Ok(Ok(completion)) => {
                if let Some(recorder) = &self.recorder {
                    recorder.write(request, &completion);
                }
                Ok(completion)
            }
            Ok(Err(())) => Err(last.unwrap_or(ChatError::NoEndpoint)),
            Err(_) => Err(ChatError::TimedOut {
                limit: self.timeout,
                last: last.map(Box::new),
            }),
        }
    }

    /// Asks one endpoint until it replies or is given up.
    async fn insist(
        &self,
        endpoint: &Endpoint,
        key: Option<&HeaderValue>,
        request: &Request,
        told: &mut (dyn FnMut(Delta<'_>) + Send),
        last: &mut Option<ChatError>,
    ) -> Result<Completion, ChatError> {
        let mut tries = 0;
        let mut plainness = endpoint.plainness();
        loop {
            let mut began = false;
            let span = tracing::info_span!(
                "ask a language model",
                gen_ai.operation.name = "chat",
                gen_ai.request.model = endpoint.model,
                server.address = endpoint.name,
                gen_ai.usage.input_tokens = field::Empty,
                gen_ai.usage.output_tokens = field::Empty,
            );
            let mut tell = |text: &str| {
                began = true;
                told(Delta::Text(text));
            };
            let once = self.once(endpoint, key, request, plainness, &mut tell);
            let error = match once.instrument(span.clone()).await {
                Ok(reply) => {
                    endpoint.learn(plainness);
                    return Ok(self.completed(reply, endpoint, &span));
                }
                Err(error) => error,
            };
            if began {
                told(Delta::Again);
            }
            // Whoever knows no schemas says so with one of these; the same question, asked more plainly, is no retry.
            let offended = matches!(
                error,
                ChatError::Status {
                    status: 400 | 415 | 422 | 501,
                    ..
                }
            );
            if let Some(plainer) = plainer(plainness).filter(|_| offended) {
                plainness = plainer;
                *last = Some(error);
                continue;
            }
            tries += 1;
            match patience::next(&error, tries, self.retries) {
                Next::GiveUp => return Err(error),
                Next::Again(pause) => {
                    tracing::debug!(endpoint = endpoint.name, tries, ?pause, error = %chain(&error), "asking again");
                    *last = Some(error);
                    sleep(pause).await;
                }
            }
        }
    }

    pub(crate) fn endpoints(&self) -> &[(Endpoint, Option<HeaderValue>)] {
        &self.endpoints
    }

    /// Asks an endpoint once.
    pub(crate) async fn once(
        &self,
        endpoint: &Endpoint,
        key: Option<&HeaderValue>,
        request: &Request,
        plainness: u8,
        told: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Reply, ChatError> {
        self.counter.request();
        let body = Body::of(request, &endpoint.model, self.max_tokens, plainness);
        let mut post = self.client.post(endpoint.chat.clone()).json(&body);
        if let Some(key) = key {
            post = post.header(AUTHORIZATION, key.clone());
        }
        let reader = Reader {
            endpoint: &endpoint.name,
            idle: self.idle,
        };
        let sent = tokio::time::timeout(self.idle, post.send()).await;
        let response = sent
            .map_err(|_| ChatError::Idle {
                endpoint: endpoint.name.clone(),
                limit: self.idle,
            })?
            .map_err(|source| ChatError::Connection {
                endpoint: endpoint.name.clone(),
                source: source.without_url(),
            })?;
        let status = response.status();
        if !status.is_success() {
            let retry_after = patience::retry_after(response.headers(), SystemTime::now());
            return Err(ChatError::Status {
                endpoint: endpoint.name.clone(),
                status: status.as_u16(),
                retry_after,
                message: reader.complaint(response).await,
            });
        }
        reader.read(response, told).await
    }

    fn completed(&self, reply: Reply, endpoint: &Endpoint, span: &Span) -> Completion {
        self.counter.reply(reply.tokens);
        if let Some(tokens) = reply.tokens {
            metrics::used(Operation::Chat, &endpoint.model, tokens);
            span.record("gen_ai.usage.input_tokens", tokens.prompt);
            span.record("gen_ai.usage.output_tokens", tokens.completion);
        }
        Completion {
            text: reply.text,
            model: reply.model.unwrap_or_else(|| endpoint.model.clone()),
            tokens: reply.tokens,
            cut_short: reply.cut_short,
        }
    }
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
