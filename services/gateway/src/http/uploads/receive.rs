//! Bytes of an upload as they come, and what becomes of them when they are all there.
//!
//! Everything here runs in a task of its own, to its end: a request that is dropped, because its client went away, would leave a
//! write under way behind the back of the next one.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Body;
use futures::StreamExt;
use schemas::{JobId, TenantId};
use tokio::fs::OpenOptions;
use tokio::io::{AsyncWriteExt, BufWriter};

use crate::http::App;
use crate::http::files::submit;
use crate::http::problem::Problem;
use crate::http::spool::BUFFER;

use super::shelf::Begun;
use super::turns::Held;

/// Which upload it is.
#[derive(Debug, Clone)]
pub struct Which {
    pub tenant: TenantId,
    /// That of its job too.
    pub id: JobId,
}

/// Where an upload stands.
#[derive(Debug)]
pub struct Standing {
    pub begun: Begun,
    /// Bytes that are there.
    pub offset: u64,
    pub expires: SystemTime,
}

/// Where an upload stands. One that is whole and could not be put into the queue before is now.
///
/// # Errors
/// [`Problem::UnknownUpload`]; or when the disk or the bus fails.
pub async fn standing(app: Arc<App>, which: Which) -> Result<Standing, Problem> {
    to_its_end(async move {
        let _held = take(&app, &which).await?;
        settled(&app, &which).await
    })
    .await
}

/// Takes in what comes of an upload from an offset on. Whatever arrived stays, however the body ends.
///
/// # Errors
/// [`Problem::UnknownUpload`], [`Problem::WrongOffset`], [`Problem::TooLarge`], [`Problem::UploadTaken`] when a newer request
/// goes on with it, [`Problem::UploadStalled`], [`Problem::UploadBroken`], [`Problem::Busy`]; or when the disk or the bus fails.
pub async fn receive(
    app: Arc<App>,
    which: Which,
    from: u64,
    coming: Option<u64>,
    body: Body,
) -> Result<Standing, Problem> {
    to_its_end(async move {
        let mut held = take(&app, &which).await?;
        // Behind the turn, so that a request that made way has left its place.
        let _slot = app.uploads.try_acquire().map_err(|_| Problem::Busy)?;
        let Standing { begun, offset, .. } = now(&app, &which)?;
        if from != offset {
            return Err(Problem::WrongOffset { offset });
        }
        let room = begun.length.saturating_sub(offset);
        if coming.is_some_and(|coming| coming > room) {
            return Err(Problem::TooLarge { limit: begun.length });
        }
        let path = app.shelf.part(&which.tenant, &which.id);
        // A finished upload has no part any more, and takes nothing but nothing.
        if room > 0 {
            append(&app, &mut held, &path, (offset, begun.length), body).await?;
        }
        settled(&app, &which).await
    })
    .await
}

/// Ends an upload and forgets its bytes. The file of a finished one stays.
///
/// # Errors
/// [`Problem::UnknownUpload`]; or when the disk fails.
pub async fn remove(app: Arc<App>, which: Which) -> Result<(), Problem> {
    to_its_end(async move {
        let _held = take(&app, &which).await?;
        app.shelf.remove(&which.tenant, &which.id).map_err(Problem::Spool)
    })
    .await
}

async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work)
        .await
        .map_err(|panic| Problem::Internal(panic.into()))?
}

/// Takes an upload that is there: the turns are for uploads, not for whatever somebody asks for.
async fn take(app: &App, which: &Which) -> Result<Held, Problem> {
    app.shelf.find(&which.tenant, &which.id)?;
    let held = app.turns.take(&which.tenant, &which.id).await;
    // It may have been ended meanwhile.
    app.shelf.find(&which.tenant, &which.id)?;
    Ok(held)
}

fn now(app: &App, which: &Which) -> Result<Standing, Problem> {
    let begun = app.shelf.find(&which.tenant, &which.id)?;
    let (offset, expires) = app.shelf.standing(&which.tenant, &which.id, &begun)?;
    Ok(Standing {
        begun,
        offset,
        expires,
    })
}

/// Where an upload stands that nobody else has; one that is whole is a file then.
async fn settled(app: &App, which: &Which) -> Result<Standing, Problem> {
    let Which { tenant, id } = which;
    let mut standing = now(app, which)?;
    if standing.begun.file.is_some() || standing.offset < standing.begun.length {
        return Ok(standing);
    }
    let path = app.shelf.part(tenant, id);
    let Begun { name, length, .. } = &standing.begun;
    // The same job however often this is tried.
    let uploaded = submit(app, tenant, name.clone(), id.clone(), (&path, *length)).await?;
    standing.begun.file = Some(uploaded.file);
    app.shelf
        .finish(tenant, id, &standing.begun)
        .map_err(Problem::Spool)?;
    now(app, which)
}

/// Writes what comes behind what is there.
async fn append(
    app: &App,
    held: &mut Held,
    path: &Path,
    (mut offset, length): (u64, u64),
    body: Body,
) -> Result<(), Problem> {
    let file = OpenOptions::new().append(true).open(path).await;
    let mut writer = BufWriter::with_capacity(BUFFER, file.map_err(Problem::Spool)?);
    let mut chunks = body.into_data_stream();
    let ended = loop {
        let next = tokio::select! {
            next = tokio::time::timeout(app.upload_idle, chunks.next()) => next,
            () = held.wanted() => break Err(Problem::UploadTaken),
            // Sooner or later the connection would be cut, and the client can go on at the next gateway.
            () = app.stop.cancelled() => break Err(Problem::NotReady),
        };
        let chunk = match next {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(error))) => break Err(Problem::UploadBroken(error.into())),
            Ok(None) => break Ok(()),
            Err(_) => {
                break Err(Problem::UploadStalled {
                    seconds: app.upload_idle.as_secs(),
                });
            }
        };
        offset = offset.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if offset > length {
            break Err(Problem::TooLarge { limit: length });
        }
        if let Err(error) = writer.write_all(&chunk).await {
            break Err(Problem::Spool(error));
        }
    };
    writer.flush().await.map_err(Problem::Spool)?;
    ended
}
