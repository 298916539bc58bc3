//! From the start of `contrail up` to its first answer.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;

use super::own::Own;
use crate::progress::Task;

/// Seconds that starts took.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Times {
    pub count: usize,
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

/// Starts on both kinds of folders.
#[derive(Debug, Serialize)]
pub(super) struct Starts {
    /// On an empty folder: streams and buckets are made.
    pub empty: Times,
    /// On one that was used before.
    pub used: Times,
}

impl Times {
    fn of(mut seconds: Vec<f64>) -> Option<Self> {
        seconds.sort_by(f64::total_cmp);
        Some(Self {
            count: seconds.len(),
            median: *seconds.get(seconds.len() / 2)?,
            least: *seconds.first()?,
            most: *seconds.last()?,
        })
    }
}

/// Starts it so many times on each kind of folder, each time a new process; none where that is never.
pub(super) async fn measure(own: &Own, times: usize, task: &mut Task) -> anyhow::Result<Option<Starts>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let web = reqwest::Client::builder().no_proxy().build()?;
    let (mut empty, mut used) = (Vec::new(), Vec::new());
    for time in 0..times {
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        empty.push(once(own, &web, folder.path()).await?);
        used.push(once(own, &web, folder.path()).await?);
        task.update("started", time as u64 + 1, times as u64);
    }
    Ok(Times::of(empty)
        .zip(Times::of(used))
        .map(|(empty, used)| Starts { empty, used }))
}

/// Seconds until it says that it is ready to whoever asks by HTTP.
async fn once(own: &Own, web: &reqwest::Client, data: &Path) -> anyhow::Result<f64> {
    let started = Instant::now();
    let up = own.up(data).await?;
    let ready = format!("{}/readyz", up.http);
    while !web
        .get(&ready)
        .send()
        .await
        .is_ok_and(|response| response.status() == 200)
    {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let took = started.elapsed().as_secs_f64();
    up.end(data).await?;
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_them() {
        let times = Times::of(vec![3.0, 1.0, 2.0]).unwrap();
        assert_eq!(
            (times.count, times.least, times.median, times.most),
            (3, 1.0, 2.0, 3.0)
        );
        assert!(Times::of(Vec::new()).is_none());
    }
}
