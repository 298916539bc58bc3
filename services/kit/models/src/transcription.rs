//! Speech as text, by a model behind an OpenAI-compatible `/v1/audio/transcriptions`: vLLM, speaches, whisper.cpp, hosted ones.

mod config;

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use tracing::Instrument;

use crate::call::{Caller, Place};
use crate::error::{ChatError, ConfigError};

pub use config::TranscriptionConfig;

/// What sound may come as: the end of a file's name and the kinds that browsers call it, the usual one first.
const FORMATS: &[(&str, &[&str])] = &[
    ("webm", &["audio/webm", "video/webm"]),
    ("ogg", &["audio/ogg", "application/ogg", "video/ogg"]),
    (
        "wav",
        &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"],
    ),
    ("mp3", &["audio/mpeg", "audio/mp3"]),
    ("mp4", &["audio/mp4", "video/mp4"]),
    ("m4a", &["audio/x-m4a", "audio/m4a", "audio/aac"]),
    ("flac", &["audio/flac", "audio/x-flac"]),
    ("oga", &["audio/ogg"]),
    ("mpga", &["audio/mpeg"]),
    ("mpeg", &["audio/mpeg", "video/mpeg"]),
];

/// A recording. Its own name is not kept: it goes on as `sound` with the end of its format.
#[derive(Debug, Clone)]
pub struct Sound {
    bytes: Bytes,
    end: &'static str,
    kind: &'static str,
}

/// What is no sound that can be transcribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "send sound as webm, ogg, oga, wav, mp3, mp4, m4a, flac, mpga or mpeg; its name must end so, or its content type say so"
)]
pub struct NoSound;

impl Sound {
    /// Sound of the format that the name tells, or else the content type.
    ///
    /// # Errors
    /// [`NoSound`] where neither tells one that is known.
    pub fn new(bytes: Bytes, name: &str, content_type: &str) -> Result<Self, NoSound> {
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        let named = FORMATS.iter().find(|(known, _)| end.eq_ignore_ascii_case(known));
        let of_kind =
            |(_, kinds): &&(&str, &[&str])| kinds.iter().any(|known| kind.eq_ignore_ascii_case(known));
        let (end, kinds) = named.or_else(|| FORMATS.iter().find(of_kind)).ok_or(NoSound)?;
        let kind = kinds.first().ok_or(NoSound)?;
        Ok(Self { bytes, end, kind })
    }
}

/// A model that writes down what is said.
#[derive(Debug)]
pub struct Transcriber {
    caller: Caller,
    model: String,
}

#[derive(Deserialize)]
struct Reply {
    text: String,
}

impl Transcriber {
    /// Sets it up without asking anything; none where no endpoint is configured.
    ///
    /// # Errors
    /// [`ConfigError`] where the address, the model or the key is not usable.
    pub fn configured(config: &TranscriptionConfig) -> Result<Option<Self>, ConfigError> {
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
            path: "/audio/transcriptions",
            key: config.api_key.as_ref(),
            key_file: config.api_key_file.as_ref(),
            limit: config.timeout(),
            retries: config.retries,
        })?;
        Ok(Some(Self { caller, model }))
    }

    /// What is said, in the language that is spoken. `language` (ISO 639-1) spares the model from finding that out.
    ///
    /// # Errors
    /// When the endpoint gives no text.
    pub async fn transcribe(&self, sound: &Sound, language: Option<&str>) -> Result<String, ChatError> {
        let boundary = format!("contrail-{:032x}", fastrand::u128(..));
        let body = self.form(&boundary, sound, language);
        let kind = format!("multipart/form-data; boundary={boundary}");
        let span = tracing::info_span!(
            "transcribe speech",
            gen_ai.operation.name = "transcription",
            gen_ai.request.model = self.model,
            sound.size = sound.bytes.len(),
        );
        let asked = self
            .caller
            .ask_with(|post| post.header(CONTENT_TYPE, &kind).body(body.clone()));
        let reply: Reply = asked.instrument(span).await?;
        Ok(reply.text.trim().to_owned())
    }

    /// The form by hand (RFC 7578): every part of it but the sound is a word of ours, or was checked to be one.
    fn form(&self, boundary: &str, sound: &Sound, language: Option<&str>) -> Bytes {
        let mut body = Vec::with_capacity(sound.bytes.len() + 1024);
        let fields = [
            ("model", Some(self.model.as_str())),
            ("response_format", Some("json")),
            ("language", language),
        ];
        for (name, value) in fields {
            let Some(value) = value else { continue };
            let part =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let Sound { bytes, end, kind } = sound;
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sound.{end}\"\r\n\
             Content-Type: {kind}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        body.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_by_the_name_or_the_content_type() {
        let check = |name: &str, content_type: &str, expect: Option<(&str, &str)>| {
            let sound = Sound::new(Bytes::new(), name, content_type).ok();
            assert_eq!(
                sound.map(|sound| (sound.end, sound.kind)),
                expect,
                "{name} {content_type}"
            );
        };
        check("a.WAV", "", Some(("wav", "audio/wav")));
        check("blob", "audio/webm;codecs=opus", Some(("webm", "audio/webm")));
        check("blob", "Audio/MP4", Some(("mp4", "audio/mp4")));
        check(
            "speech.mp3",
            "application/octet-stream",
            Some(("mp3", "audio/mpeg")),
        );
        check("a\"\r\nx: y.ogg", "audio/webm", Some(("ogg", "audio/ogg")));
        check("notes.txt", "text/plain", None);
        check("", "", None);
    }

    #[test]
    fn an_endpoint_needs_a_model() {
        let config = |base: &str, model: Option<&str>| TranscriptionConfig {
            base_url: Some(base.to_owned()),
            model: model.map(str::to_owned),
            ..TranscriptionConfig::default()
        };
        assert!(Transcriber::configured(&config("", None)).unwrap().is_none());
        assert!(
            Transcriber::configured(&config("http://a/v1", Some("m")))
                .unwrap()
                .is_some()
        );
        let error = Transcriber::configured(&config("http://a/v1", Some(" "))).unwrap_err();
        assert!(error.to_string().contains("0 models"), "{error}");
        let error = Transcriber::configured(&config("ftp://a", Some("m"))).unwrap_err();
        assert!(error.to_string().contains("ftp://a"), "{error}");
    }
}
