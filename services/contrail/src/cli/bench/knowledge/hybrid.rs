//! The same search over the bus, through the services, and of the engine and the model alone.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bus::Bus;
use bus::ids::{new_file_id, new_job_id};
use index::{Index, IndexConfig, Point, Query, Space, TenantIndex};
use models::{Encoder, ModelsConfig, Purpose};
use schemas::calls::{SearchCall, SearchFilter};
use schemas::document::{Passage, PassageKind, Place};
use schemas::file::{FileRecord, FileState, FileVersion, StoredDocument};
use schemas::{ContentId, FileId, TenantId};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::made_up::Dice;
use crate::cli::bench::latency::{Figures, Times};
use crate::client::Client;
use crate::config::{GlobalConfig, ServicesConfig};
use crate::documents;
use crate::embedded::PrivateServer;
use crate::progress::{Reporter, Task};

/// Passages of one file.
const OF_A_FILE: u32 = 1_000;
/// Words of a passage, and of a question.
const WORDS: (usize, usize) = (80, 8);
/// Passages that a search gives.
const LIMIT: u32 = 10;
/// Passages that each leg gives, and those that a search looks at: as `retrieve` asks the engine.
const DEPTH: usize = 100;
const SPARE: usize = 20;
/// Pairs that are not counted: models are loaded, and pages of the index come into memory.
const WARM_UP: usize = 5;
/// How long one search may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What came of it.
#[derive(Debug, Serialize)]
pub(super) struct Hybrid {
    pub passages: u32,
    /// Each way.
    pub searches: usize,
    /// Over the bus.
    pub bus: Figures,
    /// Of the engine and the model alone.
    pub engine: Figures,
    pub ratio_p50: f64,
}

/// Both ways to search.
struct Ways {
    client: Client,
    encoder: Encoder,
    index: TenantIndex,
    space: Space,
}

/// Searches so many passages each way.
pub(super) async fn measure(
    global: &GlobalConfig,
    passages: u32,
    searches: usize,
    reporter: &Reporter,
) -> anyhow::Result<Hybrid> {
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let server = PrivateServer::start(&folder.path().join("nats"), &global.artifacts).await?;
    let mut config = ServicesConfig::from_environment()?;
    documents::equip_embedding(&mut config.embedding, &mut config.onnx, &global.artifacts).await?;
    let index = Index::open(&IndexConfig::default(), Some(&folder.path().join("index"))).await?;
    let encoders = Encoder::configured(&config.embedding, &config.onnx)?;
    let encoder = encoders
        .into_iter()
        .next()
        .context("there is no model of embeddings")?;
    let space = Space {
        model: encoder.name().to_owned(),
        dimension: encoder.dimension().await?,
    };
    let tenant = TenantId::local();
    let client = Client::new(Bus::connect(server.config(), "contrail").await?, tenant.clone()).await?;
    let ways = Ways {
        index: index.tenant(&tenant),
        client,
        encoder,
        space,
    };
    ways.fill(passages, &mut reporter.task("passages")).await?;
    index.settle().await?;

    let (stop, mut services) = (CancellationToken::new(), JoinSet::new());
    let bus = Bus::connect(server.config(), "embed").await?;
    let (of, index_of, ending) = (config.clone(), index.clone(), stop.clone());
    services
        .spawn(async move { embed::run(bus, &of.embed, &of.embedding, &of.onnx, index_of, ending).await });
    let bus = Bus::connect(server.config(), "retrieve").await?;
    let (of, ending) = (config.retrieve.clone(), stop.clone());
    services.spawn(async move { retrieve::run(bus, &of, &ModelsConfig::default(), index, ending).await });

    let measured = ways
        .search(passages, searches, &mut reporter.task("searches"))
        .await;
    stop.cancel();
    let mut ended = anyhow::Ok(());
    while let Some(service) = services.join_next().await {
        ended = ended.and(service.context("a service panicked").flatten());
    }
    ways.client.bus().close().await;
    server.stop().await;
    let measured = measured?;
    ended?;
    Ok(measured)
}

impl Ways {
    async fn fill(&self, passages: u32, task: &mut Task) -> anyhow::Result<()> {
        let mut dice = Dice::new();
        let records = self.client.bus().file_records(self.client.tenant()).await?;
        for first in (0..passages).step_by(OF_A_FILE as usize) {
            let (file, number) = (new_file_id(), first / OF_A_FILE);
            let document = ContentId::new(format!("{number:064x}"))?;
            let count = OF_A_FILE.min(passages - first);
            let points = (0..count).map(|index| self.point(&mut dice, &file, &document, index));
            self.index.upsert(&self.space, points.collect()).await?;
            let record = record(file.clone(), document, count);
            records.update(file.as_str(), |_| Some(record.clone())).await?;
            task.update("indexing", u64::from(first + count), u64::from(passages));
        }
        Ok(())
    }

    fn point(&self, dice: &mut Dice, file: &FileId, document: &ContentId, index: u32) -> Point {
        Point {
            file: file.clone(),
            name: "made-up.txt".to_owned(),
            content: document.clone(),
            document: document.clone(),
            passage: Passage {
                index,
                text: dice.text(WORDS.0),
                context: "Handbook".to_owned(),
                place: Place::default(),
                kind: PassageKind::Text,
                language: None,
                duplicate_of: None,
            },
            received: 0,
            dense: Some(dice.vector(self.space.dimension)),
        }
    }

    async fn search(&self, passages: u32, searches: usize, task: &mut Task) -> anyhow::Result<Hybrid> {
        let (mut dice, mut bus, mut engine) = (Dice::new(), Times::default(), Times::default());
        for number in 0..searches + WARM_UP {
            let text = dice.text(WORDS.1);
            // Whoever comes second finds the machine as the first has left it: each is that as often as the other.
            let (over, alone) = if number % 2 == 0 {
                (self.over_the_bus(&text).await?, self.alone(&text).await?)
            } else {
                let alone = self.alone(&text).await?;
                (self.over_the_bus(&text).await?, alone)
            };
            if number >= WARM_UP {
                bus.add(over);
                engine.add(alone);
                task.update("searching", (number + 1 - WARM_UP) as u64, searches as u64);
            }
        }
        let (bus, engine) = (
            bus.figures().context("no search")?,
            engine.figures().context("no search")?,
        );
        Ok(Hybrid {
            passages,
            searches,
            ratio_p50: bus.p50_ms / engine.p50_ms,
            bus,
            engine,
        })
    }

    async fn over_the_bus(&self, text: &str) -> anyhow::Result<Duration> {
        let call = SearchCall {
            query: text.to_owned(),
            limit: LIMIT,
            only: SearchFilter::default(),
            closely: false,
        };
        let started = Instant::now();
        let found = self.client.search(&call, PATIENCE).await?;
        ensure!(
            found.hits.len() == LIMIT as usize,
            "a search over the bus found too little"
        );
        Ok(started.elapsed())
    }

    async fn alone(&self, text: &str) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let given = self.encoder.embed(&[text.to_owned()], Purpose::Query).await?;
        let query = Query {
            text: text.to_owned(),
            dense: given.vectors.into_iter().next(),
            across: self.encoder.across() as usize,
            limit: LIMIT as usize + SPARE,
            depth: DEPTH,
            ..Query::default()
        };
        let found = self.index.search(&self.space, &query).await?;
        ensure!(
            found.len() >= LIMIT as usize,
            "a search of the engine found too little"
        );
        Ok(started.elapsed())
    }
}

/// A file whose only version is the document.
fn record(file: FileId, document: ContentId, passages: u32) -> FileRecord {
    FileRecord {
        file,
        name: "made-up.txt".to_owned(),
        state: FileState::Indexed,
        order: 1,
        job: new_job_id(),
        active: Some(FileVersion {
            content: document.clone(),
            size: 0,
            tables: Vec::new(),
            document: Some(StoredDocument {
                document,
                pages: 0,
                passages,
                parts: Vec::new(),
                notices: 0,
                headed: None,
            }),
            searchable: true,
            overrides: Vec::new(),
        }),
        pending: None,
        rejection: None,
        updated_at: chrono::DateTime::UNIX_EPOCH.to_rfc3339(),
    }
}
