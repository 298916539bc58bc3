//! `/v1/audio/transcriptions`: speech as text, by the endpoint that the administrator has set. The sound goes there and nowhere
//! else, and is kept nowhere.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use models::{ChatError, Sound, Transcriber, TranscriptionConfig};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::http::App;
use crate::http::problem::Problem;
use crate::http::tenant::Tenant;

/// Bytes of a form beside its sound.
const MAX_WORDS: usize = 64 * 1024;
/// Bytes of a part that is a word.
const MAX_WORD: usize = 8 * 1024;

/// The endpoint, and how much of it is used at once.
pub struct Transcription {
    transcriber: Transcriber,
    places: Semaphore,
    max_bytes: usize,
}

impl Transcription {
    /// Sets it up; none where no endpoint is configured.
    ///
    /// # Errors
    /// Where the settings are not usable.
    pub fn configured(config: &TranscriptionConfig) -> Result<Option<Self>, models::ConfigError> {
        let transcriber = Transcriber::configured(config)?;
        Ok(transcriber.map(|transcriber| Self {
            transcriber,
            places: Semaphore::new(config.concurrency.max(1)),
            max_bytes: config.max_bytes,
        }))
    }

    /// Bytes that a form may have.
    pub fn max_form(&self) -> usize {
        self.max_bytes.saturating_add(MAX_WORDS)
    }
}

/// How the text is wanted.
#[derive(Debug, Clone, Copy, Default)]
enum Format {
    #[default]
    Json,
    Text,
}

/// What a form asks for. Which model it names does not matter: there is one.
#[derive(Debug, Default)]
struct Asked {
    sound: Option<Sound>,
    language: Option<String>,
    format: Format,
}

/// `POST /v1/audio/transcriptions`: a form with the sound as `file`, and perhaps `language` and `response_format` (`json` or
/// `text`).
pub async fn transcribe(
    State(app): State<Arc<App>>,
    Tenant(_): Tenant,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let Some(transcription) = &app.transcription else {
        return Err(Problem::NoTranscription);
    };
    let _place = transcription.places.try_acquire().map_err(|_| Problem::Busy)?;
    let form = form.map_err(|_| Problem::NoFilePart)?;
    let asked = read(form, transcription.max_bytes, app.upload_idle).await?;
    let sound = asked.sound.ok_or(Problem::NoFilePart)?;
    let transcribed = transcription
        .transcriber
        .transcribe(&sound, asked.language.as_deref());
    let text = transcribed.await.map_err(problem)?;
    Ok(match asked.format {
        Format::Json => Json(json!({ "text": text })).into_response(),
        Format::Text => ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text + "\n").into_response(),
    })
}

async fn read(mut form: Multipart, limit: usize, idle: Duration) -> Result<Asked, Problem> {
    let mut asked = Asked::default();
    while let Some(field) = soon(idle, form.next_field())
        .await?
        .map_err(|error| broken(error, limit))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let [file, kind] =
                    [field.file_name(), field.content_type()].map(|text| text.unwrap_or_default().to_owned());
                let bytes = whole(field, limit, idle).await?;
                if bytes.is_empty() {
                    return Err(Problem::Empty);
                }
                let sound = Sound::new(bytes, &file, &kind);
                asked.sound = Some(sound.map_err(|error| refused("/file", error.to_string()))?);
            }
            "language" => asked.language = language(&word(field, idle).await?)?,
            "response_format" => asked.format = format(&word(field, idle).await?)?,
            // Others, such as `prompt` and `temperature`, are for models that have them.
            _ => {}
        }
    }
    Ok(asked)
}

/// The bytes of a part.
async fn whole(mut field: Field<'_>, limit: usize, idle: Duration) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = soon(idle, field.chunk())
        .await?
        .map_err(|error| broken(error, limit))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > limit {
            return Err(too_large(limit));
        }
    }
    Ok(bytes.freeze())
}

/// A part that is a word.
async fn word(field: Field<'_>, idle: Duration) -> Result<String, Problem> {
    let bytes = whole(field, MAX_WORD, idle).await?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// What must come within the time that an upload may pause.
async fn soon<T>(idle: Duration, coming: impl Future<Output = T>) -> Result<T, Problem> {
    tokio::time::timeout(idle, coming)
        .await
        .map_err(|_| Problem::UploadStalled {
            seconds: idle.as_secs(),
        })
}

fn broken(error: MultipartError, limit: usize) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(limit),
        _ => Problem::UploadBroken(error.into()),
    }
}

fn too_large(limit: usize) -> Problem {
    Problem::TooLarge {
        limit: u64::try_from(limit).unwrap_or(u64::MAX),
    }
}

fn refused(pointer: &str, message: String) -> Problem {
    Problem::CallRefused {
        message,
        pointer: Some(pointer.to_owned()),
    }
}

/// The language of a tag such as `zh` or `zh-CN`; models know the former alone.
fn language(tag: &str) -> Result<Option<String>, Problem> {
    let language = tag.split('-').next().unwrap_or_default();
    if tag.is_empty() {
        Ok(None)
    } else if matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(Some(language.to_ascii_lowercase()))
    } else {
        let message = "the language is no code of ISO 639-1, such as `zh` or `en`".to_owned();
        Err(refused("/language", message))
    }
}

fn format(name: &str) -> Result<Format, Problem> {
    match name {
        "" | "json" => Ok(Format::Json),
        "text" => Ok(Format::Text),
        _ => {
            let message = "texts come as `json` or `text`; times of words are not known here".to_owned();
            Err(refused("/response_format", message))
        }
    }
}

/// What a failure of the endpoint means for the client. What the endpoint says of the sound may be of use, what it says of our
/// key is not the client's concern.
fn problem(error: ChatError) -> Problem {
    match error {
        ChatError::Status {
            status: 400 | 413 | 415 | 422,
            message,
            ..
        } => refused(
            "/file",
            format!("the transcription endpoint refused the sound: {message}"),
        ),
        error => Problem::TranscriptionFailed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_languages_are_cut_to_the_language() {
        for (tag, expect) in [
            ("", None),
            ("zh", Some("zh")),
            ("zh-CN", Some("zh")),
            ("EN", Some("en")),
            ("yue", Some("yue")),
        ] {
            assert_eq!(language(tag).unwrap().as_deref(), expect, "{tag}");
        }
        for tag in ["Chinese", "z", "z\r\n", "中文", "-CN"] {
            assert!(language(tag).is_err(), "{tag}");
        }
    }
}
