//! `contrail keys`: keys of the HTTP API, each of one tenant.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{SecondsFormat, Utc};
use clap::{Args, Subcommand};
use gateway::keys::file::new_key;
use gateway::keys::{Key, KeyFile, KeyName, LinkSecret, digest};
use serde_json::json;

use crate::config::{GlobalConfig, KeysConfig};
use crate::data_folder::DataFolder;
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail keys create --tenant airport-north --name laptop
  contrail keys list
  contrail keys revoke laptop

A server that has the file takes changes from the next request on; one that was started without keys has to be started
again.";

const CREATE_EXAMPLES: &str = "\
Examples:
  contrail keys create --tenant airport-north
  contrail keys create --tenant airport-north --name report --requests-per-minute 60 --max-upload 20MB
  CONTRAIL_API_KEYS_FILE=/etc/contrail/api-keys contrail keys create

Clients send it as `Authorization: Bearer KEY`. The tenant has to exist before it is of use (`contrail tenants create`). Only its SHA-256 is kept: a key that is lost is revoked, and another made.";

const LIST_EXAMPLES: &str = "\
Examples:
  contrail keys list
  contrail keys list --json | jq '.[].tenant'";

const REVOKE_EXAMPLES: &str = "\
Examples:
  contrail keys revoke laptop
  contrail keys revoke 9f86d081884c

Links of answers go on working. They end when the file beside that of the keys, with `.links` behind its name, is removed
and the server started again.";

/// See [`super::Command::Keys`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes a key of the tenant and prints it, this once.
    #[command(after_help = CREATE_EXAMPLES)]
    Create {
        /// What to call it: one word.
        #[arg(long)]
        name: Option<KeyName>,
        /// Requests that it may make in a minute, 0 for as many as come; by default as many as the server allows each key.
        #[arg(long, value_name = "N")]
        requests_per_minute: Option<u32>,
        /// The largest upload, such as 500KB, 20MB or 1GB; by default, and at most, what the server takes.
        #[arg(long, value_name = "SIZE", value_parser = bytes)]
        max_upload: Option<u64>,
        #[command(flatten)]
        file: KeysConfig,
    },
    /// Lists the keys of all tenants, without the keys themselves.
    #[command(after_help = LIST_EXAMPLES)]
    List {
        /// Prints one JSON document: a list of them.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        file: KeysConfig,
    },
    /// Takes a key away: it opens nothing any more.
    #[command(after_help = REVOKE_EXAMPLES)]
    Revoke {
        /// Its name or id in the list.
        #[arg(value_name = "KEY")]
        called: String,
        #[command(flatten)]
        file: KeysConfig,
    },
}

impl Keys {
    pub fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        match &self.action {
            Action::Create {
                name,
                requests_per_minute,
                max_upload,
                file,
            } => {
                let file = key_file(file, global)?;
                let text = new_key()?;
                let key = Key {
                    name: name.clone(),
                    made: Some(Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)),
                    requests_per_minute: *requests_per_minute,
                    max_upload: *max_upload,
                    ..Key::new(global.tenant.clone(), digest(&text))
                };
                // The server may not be allowed to make it.
                LinkSecret::beside(file.path())?;
                file.add(&key)?;
                output::line(&text)?;
                output::note(&format!(
                    "key {} of tenant {} in {}: it is shown this once",
                    key.id(),
                    key.tenant,
                    file.path().display()
                ));
            }
            Action::List { json, file } => list(&key_file(file, global)?, *json)?,
            Action::Revoke { called, file } => {
                let key = key_file(file, global)?.revoke(called)?;
                output::line(&format!("key {} of tenant {} is revoked", key.id(), key.tenant))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(file: &KeyFile, as_json: bool) -> anyhow::Result<()> {
    let keys = file.keys()?;
    if as_json {
        let list: Vec<_> = keys.iter().map(document).collect();
        output::json(&list)?;
    } else if keys.is_empty() {
        output::line(&format!("there are no keys in {}", file.path().display()))?;
    } else {
        let rows = keys.iter().map(|key| {
            vec![
                key.tenant.to_string(),
                key.name.as_ref().map(ToString::to_string).unwrap_or_default(),
                key.id().to_string(),
                key.made.clone().unwrap_or_default(),
                key.requests_per_minute
                    .map(|requests| requests.to_string())
                    .unwrap_or_default(),
                key.max_upload.map(|bytes| bytes.to_string()).unwrap_or_default(),
            ]
        });
        let header = [
            "tenant",
            "name",
            "id",
            "made",
            "requests a minute",
            "bytes of an upload",
        ];
        output::line(&render::text_table(&header, rows).to_string())?;
    }
    Ok(())
}

fn document(key: &Key) -> serde_json::Value {
    json!({
        "tenant": key.tenant,
        "name": key.name.as_ref().map(ToString::to_string),
        "id": key.id().to_string(),
        "made": key.made,
        "requests_per_minute": key.requests_per_minute,
        "max_upload": key.max_upload,
    })
}

/// The file that is named, or that of the data folder.
fn key_file(config: &KeysConfig, global: &GlobalConfig) -> anyhow::Result<KeyFile> {
    let path: PathBuf = match &config.api_keys_file {
        Some(path) => path.clone(),
        None => DataFolder::open(global.data_dir.as_deref())?.api_keys(),
    };
    Ok(KeyFile::at(&path))
}

fn bytes(text: &str) -> Result<u64, String> {
    sandbox::limits::size(text)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "write a size such as 500KB, 20MB or 1GB".to_owned())
}
