//! Replies kept in a file, so that an evaluation can be repeated without the model: a JSON document a line, with what was
//! asked and what was replied. Keys and endpoints are not in it.

use std::collections::{HashMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::chat::Completion;
use crate::error::ConfigError;
use crate::request::{Message, Request};

/// One exchange.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    request: Asked,
    completion: Completion,
}

/// What was asked, as far as a reply hangs on it.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    messages: Vec<Message>,
    temperature: f32,
    seed: Option<u64>,
}

impl Asked {
    /// Without what is other each time.
    fn of(request: &Request) -> Self {
        let message = |message: &Message| Message {
            role: message.role,
            content: match request.nonce.as_str() {
                "" => message.content.clone(),
                nonce => message.content.replace(nonce, "…"),
            },
            images: message.images.clone(),
        };
        Self {
            messages: request.messages.iter().map(message).collect(),
            temperature: request.temperature,
            seed: request.seed,
        }
    }

    fn key(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Writes exchanges down.
#[derive(Debug)]
pub(crate) struct Recorder {
    file: Mutex<File>,
}

impl Recorder {
    /// Adds to a file.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|source| ConfigError::Tape {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            file: Mutex::new(file),
        })
    }

    /// Writes one down. What can't be written is told, and lost.
    pub fn write(&self, request: &Request, completion: &Completion) {
        let line = Line {
            request: Asked::of(request),
            completion: completion.clone(),
        };
        let written = serde_json::to_vec(&line)
            .map_err(std::io::Error::from)
            .and_then(|mut text| {
                text.push(b'\n');
                self.file
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .write_all(&text)
            });
        if let Err(error) = written {
            tracing::error!(%error, "a reply can't be recorded");
        }
    }
}

/// Replies that were written down.
#[derive(Debug)]
pub(crate) struct Tape {
    replies: Mutex<HashMap<String, VecDeque<Completion>>>,
}

impl Tape {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let failed = |source| ConfigError::Tape {
            path: path.to_owned(),
            source,
        };
        let mut replies: HashMap<String, VecDeque<Completion>> = HashMap::new();
        for line in BufReader::new(File::open(path).map_err(failed)?).lines() {
            let line: Line =
                serde_json::from_str(&line.map_err(failed)?).map_err(|error| failed(error.into()))?;
            replies
                .entry(line.request.key())
                .or_default()
                .push_back(line.completion);
        }
        Ok(Self {
            replies: Mutex::new(replies),
        })
    }

    /// The reply to this; of several, one after the other, and the last one again and again.
    pub fn reply(&self, request: &Request) -> Option<Completion> {
        let mut replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = replies.get_mut(&Asked::of(request).key())?;
        if kept.len() > 1 {
            kept.pop_front()
        } else {
            kept.front().cloned()
        }
    }
}
