//! Embeds everything again after another model was configured: beside what is there, out of the stored documents alone.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::Bus;
use bus::fault::reason;
use schemas::file::FileRecord;
use schemas::jobs::Version;
use schemas::{ContentId, TenantId};
use tokio_util::sync::CancellationToken;

use crate::error::EmbedError;
use crate::passages::{self, Owner};
use crate::spaces::{Spaces, Target};
use crate::standing::{Keep, Standing, active};
use crate::stored;

/// Pauses between tries: the first, each twice as long, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(600));

/// Embeds all passages with the configured model if they are not, until it is done or `shutdown`. What fails leaves what is
/// searched as it is, and is tried again.
pub async fn until_done(bus: &Bus, spaces: &Spaces, size: usize, shutdown: &CancellationToken) {
    let (mut pause, longest) = PAUSE;
    loop {
        let tried = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            tried = once(bus, spaces, size) => tried,
        };
        let Err(error) = tried else { return };
        tracing::error!(
            error = reason(&error),
            ?pause,
            "passages can't be embedded again with the configured model; what was there before stays"
        );
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(longest);
    }
}

/// Embeds all passages with the configured model if they are not, then drops what other models have embedded; how many files
/// that took.
///
/// # Errors
/// When anything fails: what was searched before is searched still.
pub async fn once(bus: &Bus, spaces: &Spaces, size: usize) -> Result<usize, EmbedError> {
    if !spaces.outdated(bus).await? {
        return Ok(0);
    }
    let own = spaces.own().await?;
    tracing::info!(space = %own.space, "embedding all passages again");
    let mut done = BTreeSet::new();
    // Until nothing new is found: what the process before this one has embedded may have become active meanwhile.
    loop {
        let before = done.len();
        let tenants = bus.tenants().await?;
        for tenant in tenants {
            for (_, record) in bus.file_records(&tenant).await?.list().await? {
                let Some(document) = active(&record) else { continue };
                let key = (tenant.clone(), record.file.clone(), document.clone());
                if !done.contains(&key) {
                    again(bus, spaces, &own, &tenant, &record, document, size).await?;
                    done.insert(key);
                }
            }
        }
        if done.len() == before {
            break;
        }
    }
    spaces.switch().await?;
    tracing::info!(space = %own.space, files = done.len(), "all passages are embedded again");
    Ok(done.len())
}

/// Embeds the active version of one file again.
async fn again(
    bus: &Bus,
    spaces: &Spaces,
    own: &Target,
    tenant: &TenantId,
    record: &FileRecord,
    document: &ContentId,
    size: usize,
) -> Result<(), EmbedError> {
    let Some(content) = record.active.as_ref().map(|version| version.content.clone()) else {
        return Ok(());
    };
    let index = spaces.index().tenant(tenant);
    // A try before this one may have come as far as here.
    if index.count_document(&own.space, &record.file, document).await? >= passages_of(record) {
        return Ok(());
    }
    let records = bus.file_records(tenant).await?;
    let version = Version {
        file: record.file.clone(),
        name: record.name.clone(),
        content: content.clone(),
        order: record.order,
        job: record.job.clone(),
    };
    let current = || async {
        Ok::<_, EmbedError>(
            records
                .get(record.file.as_str())
                .await?
                .map(|record| record.value),
        )
    };
    let stands = |record: Option<&FileRecord>| Standing::of(record, &version, document) == Standing::Wanted;
    let read = match stored::document(bus, tenant, document).await {
        Ok(read) => read,
        // The list may be old by now.
        Err(error) if stands(current().await?.as_ref()) => return Err(error),
        Err(_) => return Ok(()),
    };
    let owner = Owner {
        file: record.file.clone(),
        name: record.name.clone(),
        content,
        document: document.clone(),
        received: stored::received(record),
    };
    passages::write(&index, std::slice::from_ref(own), &owner, read, size, None).await?;
    // It may have gone while that went on, and those who took it away have not seen what came behind them.
    let now = current().await?;
    if !stands(now.as_ref()) {
        match Keep::of(now.as_ref()) {
            Keep::Nothing => index.remove(&record.file, None).await?,
            Keep::Document(document) => index.remove(&record.file, Some(&document)).await?,
            Keep::Unknown => {}
        }
    }
    Ok(())
}

/// How many passages the active version has; as many as can be where nobody counted.
fn passages_of(record: &FileRecord) -> u64 {
    let document = record
        .active
        .as_ref()
        .and_then(|version| version.document.as_ref());
    document.map_or(u64::MAX, |document| u64::from(document.passages))
}
