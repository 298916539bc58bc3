//! How likely a model finds a text, token by token, by an endpoint: an OpenAI-compatible `/v1/completions` that echoes the prompt with
//! its log-probabilities, as vLLM and SGLang have it. llama.cpp's server tells those of what it writes alone, and is found out.

mod config;

use serde::{Deserialize, Serialize};

use crate::call::{Caller, Place};
use crate::error::{ChatError, ConfigError};

pub use config::ScorerConfig;

/// Why nothing is known of how likely a text is.
#[derive(Debug, thiserror::Error)]
pub enum ScorerError {
    /// The endpoint gave no reply.
    #[error(transparent)]
    Asked(#[from] ChatError),
    /// The reply does not tell it. Another try would not either.
    #[error(
        "{endpoint} does not tell how likely the tokens of a text are: {reason}; expected `/completions` with `echo` and `logprobs`, as \
         vLLM and SGLang have it"
    )]
    Unscored {
        /// Who.
        endpoint: String,
        /// What the reply lacks.
        reason: String,
    },
}

/// A token of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredToken {
    /// The byte of the text that it begins with.
    pub start: usize,
    /// The natural logarithm of the probability that the model gave to it.
    pub log_probability: f32,
}

/// A model that tells how likely texts are.
#[derive(Debug)]
pub struct Scorer {
    caller: Caller,
    model: String,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    prompt: &'a str,
    echo: bool,
    logprobs: u32,
    /// One, since some servers refuse to write nothing.
    max_tokens: u32,
    temperature: f32,
}

#[derive(Deserialize)]
struct Reply {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Counts>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    logprobs: Option<LogProbabilities>,
}

#[derive(Deserialize)]
struct LogProbabilities {
    #[serde(default)]
    tokens: Vec<Option<String>>,
    #[serde(default)]
    token_logprobs: Vec<Option<f32>>,
}

#[derive(Deserialize)]
struct Counts {
    prompt_tokens: usize,
}

impl Scorer {
    /// Sets it up without asking anything; none where no endpoint is configured.
    ///
    /// # Errors
    /// [`ConfigError`] where the address, the model or the key is not usable.
    pub fn configured(config: &ScorerConfig) -> Result<Option<Self>, ConfigError> {
        let given = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let Some(base) = given(&config.base_url) else {
            return Ok(None);
        };
        let model = given(&config.model).ok_or(ConfigError::Models {
            endpoints: 1,
            models: 0,
        })?;
        let caller = Caller::new(&Place {
            base: &base,
            path: "/completions",
            key: config.api_key.as_ref(),
            key_file: config.api_key_file.as_ref(),
            limit: config.timeout(),
            retries: config.retries,
        })?;
        Ok(Some(Self { caller, model }))
    }

    /// The model, as the endpoint names it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How likely the tokens of a text are, each behind those before it. The first one has nothing before it, and is left out unless
    /// the model begins texts with a token of its own.
    ///
    /// # Errors
    /// [`ScorerError`]: no reply, or one that does not tell it.
    pub async fn score(&self, text: &str) -> Result<Vec<ScoredToken>, ScorerError> {
        let body = Body {
            model: &self.model,
            prompt: text,
            echo: true,
            logprobs: 1,
            max_tokens: 1,
            temperature: 0.0,
        };
        let reply: Reply = self.caller.ask(&body).await?;
        scored(text, reply).map_err(|reason| ScorerError::Unscored {
            endpoint: self.caller.name().to_owned(),
            reason,
        })
    }
}

/// What a reply says of the tokens of a text, or what it lacks.
fn scored(text: &str, reply: Reply) -> Result<Vec<ScoredToken>, String> {
    let told = reply
        .choices
        .into_iter()
        .next()
        .and_then(|choice| choice.logprobs);
    let told = told.ok_or("no log-probabilities")?;
    let (tokens, numbers) = (told.tokens, told.token_logprobs);
    if tokens.len() != numbers.len() {
        return Err(format!(
            "{} tokens with {} log-probabilities",
            tokens.len(),
            numbers.len()
        ));
    }
    // What the model wrote itself stands behind the text.
    let of_text = reply
        .usage
        .map_or(tokens.len().saturating_sub(1), |counts| counts.prompt_tokens);
    let (Some(tokens), Some(numbers)) = (tokens.get(..of_text), numbers.get(..of_text)) else {
        return Err(format!(
            "log-probabilities of {} tokens for a text of {of_text}",
            tokens.len()
        ));
    };
    let (starts, end) = placed(text, tokens);
    if end + WINDOW < text.trim_end().len() {
        return Err(format!(
            "its tokens are those of the first {end} bytes of {}",
            text.len()
        ));
    }
    let mut scored = Vec::with_capacity(of_text);
    for (place, (start, number)) in starts.into_iter().zip(numbers).enumerate() {
        match number {
            None if place == 0 => {}
            Some(number) if number.is_finite() && *number <= MOST => scored.push(ScoredToken {
                start,
                log_probability: *number,
            }),
            Some(number) => return Err(format!("the log-probability {number} for token {place}")),
            None => return Err(format!("no log-probability for token {place}")),
        }
    }
    Ok(scored)
}

/// The logarithm of certainty, and what rounding adds.
const MOST: f32 = 1e-3;
/// Bytes within which a token is looked for that does not stand right behind the one before it.
const WINDOW: usize = 24;

/// The bytes of a text that its tokens begin with, and where the last one ends. Servers tell places differently, if at all; so tokens
/// are looked for. One that has no letters of the text, as a part of a character or a mark of where texts begin, is where the one
/// before it ends.
fn placed(text: &str, tokens: &[Option<String>]) -> (Vec<usize>, usize) {
    let mut end = 0;
    let place = |token: &Option<String>| {
        let token = token.as_deref().unwrap_or_default();
        let rest = text.get(end..).unwrap_or_default();
        let near = rest
            .char_indices()
            .map(|(at, _)| at)
            .take_while(|at| *at < WINDOW);
        let found = near
            .filter(|at| rest.get(*at..).is_some_and(|from| from.starts_with(token)))
            .min();
        let start = end + found.unwrap_or(0);
        if found.is_some() {
            end = start + token.len();
        }
        start
    };
    let starts = tokens.iter().map(place).collect();
    (starts, end)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(text: &str, reply: Value) -> Result<Vec<(usize, f32)>, String> {
        let scored = scored(text, serde_json::from_value(reply).unwrap())?;
        Ok(scored
            .into_iter()
            .map(|one| (one.start, one.log_probability))
            .collect())
    }

    fn reply(tokens: Value, numbers: Value) -> Value {
        let prompt = tokens.as_array().unwrap().len() - 1;
        json!({
            "choices": [{ "text": "", "logprobs": { "tokens": tokens, "token_logprobs": numbers, "text_offset": [-1] } }],
            "usage": { "prompt_tokens": prompt, "completion_tokens": 1 },
        })
    }

    #[test]
    fn tokens_are_those_of_the_text_and_not_what_was_written_behind_it() {
        let told = reply(
            json!(["It", " rained", ".", " Then"]),
            json!([null, -3.5, -0.25, -1.0]),
        );
        assert_eq!(check("It rained.", told.clone()), Ok(vec![(2, -3.5), (9, -0.25)]));
        // Without a count the last one is what was asked for.
        let mut uncounted = told;
        uncounted.as_object_mut().unwrap().remove("usage");
        assert_eq!(check("It rained.", uncounted), Ok(vec![(2, -3.5), (9, -0.25)]));
    }

    #[test]
    fn marks_parts_of_characters_and_lost_spaces_have_their_places() {
        let told = reply(
            json!(["<s>", "It", "rained", "\u{fffd}", "", "雨", null, "!", "x"]),
            json!([null, -1, -2, -3, -4, -5, -6, -7, -8]),
        );
        // 🌧 has four bytes.
        let text = "It rained🌧雨!";
        let starts: Vec<usize> = check(text, told).unwrap().iter().map(|one| one.0).collect();
        assert_eq!(starts, [0, 3, 9, 9, 13, 16, 16]);
    }

    #[test]
    fn a_reply_that_tells_too_little_says_what() {
        let text = "It rained all night, and nobody had thought of the washing.";
        for (told, what) in [
            (json!({ "choices": [] }), "no log-probabilities"),
            (
                json!({ "choices": [{ "logprobs": null }] }),
                "no log-probabilities",
            ),
            // As llama.cpp's server has it: what was written alone.
            (
                json!({ "choices": [{ "logprobs": { "content": [{ "token": "x", "logprob": -1.0 }] } }],
                        "usage": { "prompt_tokens": 14 } }),
                "of 0 tokens for a text of 14",
            ),
            (
                reply(json!(["It", " rained", "x"]), json!([null, -1.0])),
                "3 tokens with 2",
            ),
            (
                reply(json!(["token_id:7", "token_id:9", "x"]), json!([null, -1, -1])),
                "the first 0 bytes",
            ),
            (reply(json!([text, "", "x"]), json!([null, null, -1])), "token 1"),
            (
                reply(json!([text, "", "x"]), json!([null, 0.5, -1])),
                "log-probability 0.5",
            ),
        ] {
            let reason = check(text, told).unwrap_err();
            assert!(reason.contains(what), "{reason}");
        }
    }
}
