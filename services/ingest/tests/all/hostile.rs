//! Files that are made to do harm, through workers as they are in production: each is refused by name and in time, the
//! memory of the service stays where it was, and the next file is read.

use std::time::{Duration, Instant};

use ingest::{IngestConfig, Limits};
use rust_xlsxwriter::Workbook;
use sandbox::SandboxConfig;
use schemas::events::FileRejected;
use schemas::file::{FileState, RejectionCode};
use schemas::table::{Decision, TableProfile};

use crate::package::{Entry, workbook};
use crate::world::{World, sandbox, tenant};

const SALES: &[u8] = b"shop,amount\nA,10\nB,20\n";
const SHEET: &str = "xl/worksheets/sheet1.xml";
/// Memory that the service may take while it has a file read, in bytes.
const UNMOVED: u64 = 64 << 20;
/// Without optimization, on a busy machine.
const IN_TIME: Duration = Duration::from_secs(60);

/// Most memory that this process has ever had, and what it has now, in bytes.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        let kilobytes = line.split_whitespace().next().unwrap();
        kilobytes.parse::<u64>().unwrap() << 10
    };
    (of("VmHWM:"), of("VmRSS:"))
}

/// Has a file refused and tells its words; then a good one is read.
async fn refused(world: &World, name: &str, bytes: &[u8], code: RejectionCode) -> String {
    let message = refused_alone(world, name, bytes, code).await;
    good_one_is_read(world).await;
    message
}

async fn good_one_is_read(world: &World) {
    world.deliver(&world.add(2, "sales.csv", SALES).await).await;
    assert_eq!(world.state("sales.csv").await, FileState::Indexed);
}

async fn refused_alone(world: &World, name: &str, bytes: &[u8], code: RejectionCode) -> String {
    let hostile = world.add(1, name, bytes).await;
    let ((most, now), began) = (memory(), Instant::now());
    let outputs = world.deliver(&hostile).await;
    let (took, (most_after, _)) = (began.elapsed(), memory());
    let rejected = outputs.messages::<FileRejected>();
    let rejection = &rejected.first().unwrap().rejection;
    assert_eq!(rejection.code, code, "{}", rejection.message);
    assert!(took < IN_TIME, "{took:?}");
    assert!(
        most_after <= most.max(now + UNMOVED),
        "{most} {now} -> {most_after}"
    );
    let message = rejection.message.clone();
    assert!(message.contains("expected"), "{message}");
    message
}

async fn hostile(bytes: &[u8], code: RejectionCode, words: &str) {
    let message = refused(&World::new().await, "hostile.xlsx", bytes, code).await;
    assert!(message.contains(words), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_in_the_last_corner() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(1_048_575, 16_383, 1).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert!(bytes.len() < 10_000);
    let code = RejectionCode::TooLarge;
    hostile(&bytes, code, "columns or more, more than the 2000 allowed").await;
}

/// A sheet of this many megabytes in a few.
fn bomb(beginning: &str, piece: &str, megabytes: u64, says: Option<u32>) -> Vec<u8> {
    let sheet = Entry {
        name: SHEET,
        beginning: format!("<worksheet><sheetData>{beginning}"),
        piece: piece.repeat((1 << 20) / piece.len()),
        times: megabytes,
        end: String::new(),
        says,
    };
    let bytes = workbook(sheet, "<sst/>");
    assert!(bytes.len() < 20 << 20, "{}", bytes.len());
    bytes
}

const ROW: &str = "<row><c><v>1</v></c></row>";
const TEXT: &str = "<row><c t='inlineStr'><is><t>";

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_bomb() {
    let bytes = bomb("", ROW, 3000, None);
    hostile(&bytes, RejectionCode::TooLarge, "the unpacked workbook").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_bomb_that_lies() {
    for (beginning, piece) in [("", ROW), (TEXT, "a")] {
        let bytes = bomb(beginning, piece, 3000, Some(1000));
        hostile(&bytes, RejectionCode::Corrupt, "larger than its declared").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_bomb_within_what_workbooks_may_unpack_to() {
    let text = bomb(TEXT, "a", 1900, None);
    hostile(&text, RejectionCode::OutOfMemory, "1024 MB of memory").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_billion_laughs() {
    let mut entities = "<!ENTITY lol0 'lol'>".to_owned();
    for level in 1..10 {
        let inner = format!("&lol{};", level - 1).repeat(10);
        entities += &format!("<!ENTITY lol{level} '{inner}'>");
    }
    let texts = format!("<!DOCTYPE sst [{entities}]><sst><si><t>&lol9;</t></si></sst>");
    let row = "<worksheet><sheetData><row><c t='s'><v>0</v></c></row></sheetData></worksheet>";
    let bytes = workbook(Entry::text(SHEET, row), &texts);
    hostile(&bytes, RejectionCode::Corrupt, "xl/sharedStrings.xml").await;
}

fn limited(changes: &str) -> SandboxConfig {
    SandboxConfig {
        limits: vec![format!("parse:{changes}")],
        ..sandbox()
    }
}

fn long_table() -> Vec<u8> {
    let mut text = String::from("shop,amount\n");
    for row in 0..40_000 {
        text += &format!("shop {row},{}\n", u64::from(row % 9973u32) * 7919);
    }
    text.into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_limit_is_told_by_its_name() {
    for (changes, times, code, words) in [
        (
            "cpu=1s,wall=2m",
            16,
            RejectionCode::TimedOut,
            "1 s of computing time",
        ),
        ("memory=64MB", 16, RejectionCode::OutOfMemory, "64 MB of memory"),
        ("bulk=64KB", 1, RejectionCode::OutputTooLarge, "64 KB"),
    ] {
        let world = World::among(Limits::default(), &limited(changes)).await;
        let bytes = long_table().repeat(times);
        let message = refused(&world, "long.csv", &bytes, code).await;
        assert!(message.contains(words), "{message}");
    }
}

/// So little time that no machine reads the file in it; on a busy one, even a good file would take longer, so that others
/// read that one.
#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_time_is_told_by_its_name() {
    let mut world = World::among(Limits::default(), &limited("wall=5ms")).await;
    let bytes = long_table().repeat(4);
    let message = refused_alone(&world, "long.csv", &bytes, RejectionCode::TimedOut).await;
    assert!(message.contains("5 ms of time"), "{message}");
    world.hire(Limits::default(), &sandbox()).await;
    good_one_is_read(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_tables_that_came_before_the_end() {
    // The first sheet's table is on its way when the limit is met.
    let world = World::among(Limits::default(), &limited("bulk=300KB")).await;
    let mut book = Workbook::new();
    for rows in [10u32, 60_000] {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "n").unwrap();
        for row in 1..rows {
            sheet.write(row, 0, (f64::from(row) * 1.37).sin()).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let files = world.bus.files(&tenant()).await.unwrap();
    refused(&world, "two.xlsx", &bytes, RejectionCode::OutputTooLarge).await;
    assert_eq!(files.collect_orphans(Duration::ZERO).await.unwrap(), 0);
}

async fn profile(world: &World, name: &str) -> TableProfile {
    let table = world.record(name).await.active.unwrap().tables.remove(0);
    let files = world.bus.files(&tenant()).await.unwrap();
    let bytes = files.get(table.profile.as_str(), 1 << 20).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_says_when_it_was_read_without_a_sandbox() {
    let insecure = SandboxConfig {
        insecure_no_sandbox: true,
        ..sandbox()
    };
    for (config, stamped) in [(insecure, true), (sandbox(), false)] {
        let world = World::among(Limits::default(), &config).await;
        world.deliver(&world.add(1, "sales.csv", SALES).await).await;
        let stamp = profile(&world, "sales.csv")
            .await
            .decisions
            .into_iter()
            .find(|decision| decision.about == Decision::SANDBOX);
        assert_eq!(
            stamp.map(|stamp| stamp.chosen).as_deref(),
            stamped.then_some("insecure-no-sandbox")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_gives_the_same_bytes_as_its_reader() {
    let world = World::new().await;
    let bytes = long_table();
    world.deliver(&world.add(1, "long.csv", &bytes).await).await;
    let version = world.record("long.csv").await.active.unwrap();
    let files = world.bus.files(&tenant()).await.unwrap();
    let stored = files
        .get(version.tables[0].parquet.as_str(), 1 << 30)
        .await
        .unwrap();
    let content = version.content.as_str();
    let read = ingest::read(&bytes, "long.csv", content, &Limits::default(), &mut |_| {}).unwrap();
    assert!(read[0].parquet == stored);
    assert_eq!(profile(&world, "long.csv").await, read[0].profile);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_workers_the_service_does_not_start() {
    let start = async |config: SandboxConfig| {
        let started = ingest::start_workers(&IngestConfig::default(), &config).await;
        started.map(drop).unwrap_err().to_string()
    };
    let no_worker = SandboxConfig {
        executable: "/bin/true".into(),
        ..sandbox()
    };
    let error = start(no_worker).await;
    assert!(error.contains("can't start a worker for parse"), "{error}");
    let contradiction = SandboxConfig {
        insecure_no_sandbox: true,
        production: true,
        ..sandbox()
    };
    start(contradiction).await;
    start(limited("walls=1s")).await;
}
