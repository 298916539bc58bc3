//! What only the embedded engine can do wrong: locks, crashes, and the order of its segments.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use index::{Index, IndexConfig, IndexError};
use tokio::task::JoinSet;

use super::harness::{Place, dense, hybrid, local, numbers, point, space, words};

/// Tells the process that is to be killed where it writes.
const FOLDER: &str = "CONTRAIL_TEST_INDEX";

#[tokio::test]
async fn a_folder_belongs_to_one_process() {
    let place = Place::embedded();
    let index = place.open().await;
    let folder = place.folder();
    let second = Index::open(&IndexConfig::default(), Some(&folder)).await;
    let error = second.err().unwrap();
    assert!(
        matches!(&error, IndexError::Locked { folder: locked } if *locked == folder),
        "{error}"
    );
    assert!(error.is_temporary());
    drop(index);
    place.open().await;
}

#[tokio::test]
async fn without_a_place_there_is_no_index() {
    let error = Index::open(&IndexConfig::default(), None).await.err().unwrap();
    assert!(matches!(error, IndexError::NoPlace), "{error}");
}

#[tokio::test]
async fn what_was_written_before_a_kill_is_there() {
    let place = Place::embedded();
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "embedded::writes_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, place.folder())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let written = lines
        .map_while(Result::ok)
        .filter(|line| line.contains("written"))
        .take(3)
        .count();
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert_eq!(written, 3);

    let index = place.open().await;
    assert!(local(&index).count(&space()).await.unwrap() >= 300);
    assert_eq!(numbers(&local(&index), &words("C299")).await[0], 299);
}

/// The process that is killed. Ten write at once, so that one makes durable what others wrote.
#[tokio::test]
#[ignore = "writes without end: another test starts and kills it"]
async fn writes_until_killed() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let index = Index::open(&IndexConfig::default(), Some(&folder)).await.unwrap();
    for round in 0.. {
        let mut writers = JoinSet::new();
        for first in (round * 100..(round + 1) * 100).step_by(10) {
            let index = local(&index);
            let points = (first..first + 10).map(|number| point(number, &format!("gate C{number}")));
            let points = points.collect();
            writers.spawn(async move { index.upsert(&space(), points).await });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap().unwrap();
        }
        println!("written {round}");
    }
}

#[tokio::test]
async fn segments_are_put_in_order_without_losing_points() {
    let mut place = Place::embedded();
    let index = place.open().await;
    let vector = |number: u32| {
        let angle = number as f32 / 1_000.0;
        [angle.cos(), angle.sin(), 0.0, 0.0]
    };
    for round in 0..5u32 {
        let numbers = round * 500..(round + 1) * 500;
        let points = numbers
            .map(|number| dense(number, &format!("gate C{number}"), vector(number)))
            .collect();
        local(&index).upsert(&space(), points).await.unwrap();
    }
    index.settle().await.unwrap();
    let check = async |index: &Index| {
        assert_eq!(local(index).count(&space()).await.unwrap(), 2_500);
        for number in [0, 1_234, 2_499] {
            let query = hybrid(&format!("C{number}"), vector(number));
            assert_eq!(numbers(&local(index), &query).await[0], number);
        }
    };
    check(&index).await;
    let index = place.open_again(index).await;
    check(&index).await;
}

#[tokio::test]
async fn leftovers_of_a_crash_are_removed() {
    let place = Place::embedded();
    let draft = place.folder().join(".draft-passages-model-4");
    std::fs::create_dir_all(draft.join("segments")).unwrap();
    let index = place.open().await;
    assert!(!draft.exists());
    assert_eq!(index.spaces().await.unwrap(), []);
}
