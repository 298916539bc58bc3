//! NATS: reached, JetStream, provisioned. Without an address, the private server of the data folder.

use std::time::Duration;

use bus::fault::reason;
use bus::health::OLDEST;
use bus::{Bus, BusConfig};
use index::{Index, IndexConfig};

use super::finding::{Finding, size};
use crate::config::GlobalConfig;
use crate::data_folder::{Access, DataFolder, DataFolderError};
use crate::documents::index_folder;
use crate::embedded::PrivateServer;

/// Parts of a store that may be used before that is worth a warning.
const NEARLY_FULL: f64 = 0.85;

/// Looks at the server that the settings name, or at the private one.
pub(super) async fn look(global: &GlobalConfig, index: &IndexConfig) -> Vec<Finding> {
    if let Some(config) = global.bus() {
        return server(&config).await;
    }
    let access = match DataFolder::open(global.data_dir.as_deref()) {
        Ok(folder) => folder
            .access(Duration::ZERO, || ())
            .await
            .map(|access| (folder, access)),
        Err(error) => Err(error),
    };
    match access {
        Ok((_, Access::Through(running))) => server(&BusConfig::at(running.nats_url)).await,
        Ok((folder, Access::Own(lock))) => {
            let mut findings = private(global, &folder).await;
            findings.extend(embedded_index(&folder, index).await);
            drop(lock);
            findings
        }
        Err(error @ DataFolderError::Busy { .. }) => vec![Finding::warn(
            "nats",
            reason(&error),
            "look again when that command has ended",
        )],
        Err(error) => vec![Finding::fail(
            "nats",
            reason(&error),
            "name a folder that can be written with --data-dir or CONTRAIL_DATA",
        )],
    }
}

/// Starts the private server and looks at it.
async fn private(global: &GlobalConfig, folder: &DataFolder) -> Vec<Finding> {
    let cache = global.artifacts.open();
    let there = tokio::task::spawn_blocking(move || cache.path("nats-server")).await;
    if !matches!(there, Ok(Ok(_))) {
        return vec![Finding::warn(
            "nats",
            "the program of the private server is not fetched yet",
            "`contrail artifacts fetch nats-server`, or --nats-url for a server elsewhere; else the first command that needs \
             it fetches it",
        )];
    }
    match PrivateServer::start(&folder.store(), &global.artifacts).await {
        Ok(private) => {
            let findings = server(private.config()).await;
            private.stop().await;
            findings
        }
        Err(error) => vec![Finding::fail(
            "nats",
            format!("{error:#}"),
            format!(
                "look into {}; another --data-dir begins with an empty store",
                folder.store().join("nats-server.log").display()
            ),
        )],
    }
}

/// The index of a data folder that nobody uses at the moment.
async fn embedded_index(folder: &DataFolder, config: &IndexConfig) -> Option<Finding> {
    const NAME: &str = "index";
    let path = index_folder(folder.path());
    if super::endpoints::is_set(&config.url) || !path.is_dir() {
        return None;
    }
    let spaces = async { Index::open(config, Some(&path)).await?.spaces().await };
    Some(match spaces.await {
        Ok(spaces) => Finding::ok(NAME, format!("embedded, {} spaces", spaces.len())),
        Err(error) => Finding::fail(
            NAME,
            reason(&error),
            format!(
                "move {} away and add the documents again: the index is built from them alone",
                path.display()
            ),
        ),
    })
}

/// Connects to a server and looks at it.
async fn server(config: &BusConfig) -> Vec<Finding> {
    const NAME: &str = "nats";
    let bus = match Bus::connect(config, "contrail").await {
        Ok(bus) => bus,
        Err(error) => {
            return vec![Finding::fail(
                NAME,
                reason(&error),
                "start it, or correct NATS_URL; where it wants to know who we are: NATS_NKEY_FILE or NATS_CREDS, and \
                 NATS_CA_FILE for TLS",
            )];
        }
    };
    let mut findings = Vec::new();
    let about = bus.server();
    let cluster = about
        .cluster
        .as_ref()
        .map(|cluster| format!(" of cluster {cluster}"))
        .unwrap_or_default();
    let found = format!("version {} at {}{cluster}", about.version, config.shown());
    findings.push(if about.is_new_enough() {
        Finding::ok(NAME, found)
    } else {
        let (major, minor) = OLDEST;
        Finding::fail(NAME, found, format!("install version {major}.{minor} or later"))
    });
    match jetstream(&bus).await {
        Ok(finding) => {
            findings.push(finding);
            findings.push(provisioned(&bus, config).await);
        }
        Err(finding) => findings.push(finding),
    }
    bus.close().await;
    findings
}

/// The inner error says that there is nothing behind it to look at.
async fn jetstream(bus: &Bus) -> Result<Finding, Finding> {
    const NAME: &str = "jetstream";
    let store = bus.store_used().await.map_err(|error| {
        Finding::fail(
            NAME,
            reason(&error),
            "nats-server needs `jetstream { store_dir: … }` in its configuration, and our user the permissions that \
             `contrail provision --print-nats-config` writes",
        )
    })?;
    let used = format!("{} in {} streams", size(store.used), store.streams);
    Ok(match store.limit {
        Some(limit) if store.used as f64 > NEARLY_FULL * limit as f64 => Finding::warn(
            NAME,
            format!("{used}, of {} that our account may have", size(limit)),
            "raise the account's limit, or delete files: full queues push back on their producers",
        ),
        _ => Finding::ok(NAME, used),
    })
}

async fn provisioned(bus: &Bus, config: &BusConfig) -> Finding {
    const NAME: &str = "provisioned";
    match bus.missing(&config.topology()).await {
        Ok(missing) if missing.is_empty() => {
            Finding::ok(NAME, "all streams, buckets and consumers are there")
        }
        Ok(missing) => Finding::fail(
            NAME,
            format!("missing: {}", missing.join(", ")),
            "`contrail provision` with the same NATS_URL makes them",
        ),
        Err(error) => Finding::fail(
            NAME,
            reason(&error),
            "our user needs the permissions that `contrail provision --print-nats-config` writes",
        ),
    }
}
