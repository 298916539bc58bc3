//! Scripts over tables, in a Python that can reach nothing else.

use std::path::PathBuf;

use artifacts::Cache;
use codegen_executor::Workers;
use codegen_executor::engine::ResultLimit;
use codegen_executor::engines::Breach;
use codegen_executor::engines::python::{Computed, Python, Script, ScriptError};
use codegen_executor::error::StartError;
use codegen_executor::tables::Table;
use codegen_executor::worker::python::Frames;
use polars::prelude::{Column, DataFrame};
use sandbox::SandboxConfig;
use schemas::value::Value;
use serde_json::json;

use super::shop::{LIMIT, frame, profile, shop_profile, table_of};
use super::workers::sandbox;

/// It is fetched once, 140 MB.
pub async fn tree() -> PathBuf {
    tokio::task::spawn_blocking(|| Cache::new(None).ensure("python"))
        .await
        .unwrap()
        .unwrap()
}

async fn started() -> Python {
    Python::start(&sandbox(), &tree().await).await.unwrap()
}

async fn limited(changes: &str) -> Python {
    let config = SandboxConfig {
        limits: vec![format!("python:{changes}")],
        ..sandbox()
    };
    Python::start(&config, &tree().await).await.unwrap()
}

async fn run(
    python: &Python,
    frames: Frames,
    tables: &[(&str, &Table)],
    text: &str,
    limit: ResultLimit,
) -> Result<Computed, ScriptError> {
    let script = Script { text, frames, tables };
    python.run(&script, limit).await.unwrap()
}

/// The rows of a script over the shop's table, as JSON.
async fn made(python: &Python, frames: Frames, text: &str) -> serde_json::Value {
    let shop = table_of(frame(), shop_profile());
    let computed = run(python, frames, &[("orders", &shop)], text, LIMIT)
        .await
        .unwrap();
    json!([computed.columns, computed.rows])
}

async fn raised(python: &Python, text: &str) -> (String, String, Option<u32>) {
    match run(python, Frames::Polars, &[], text, LIMIT).await {
        Err(ScriptError::Raised(complaint)) => (complaint.kind, complaint.message, complaint.line),
        other => panic!("{text}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_libraries_give_the_same_table() {
    let python = started().await;
    let expected = json!([["gift", "stems"], [[false, 13], [true, 22], [null, 7]]]);
    let by_polars = "
import polars as pl
result = df.group_by('gift').agg(pl.col('stems').sum()).sort('gift', nulls_last=True)";
    assert_eq!(made(&python, Frames::Polars, by_polars).await, expected);
    let by_pandas = "
assert df is tables['orders']
result = df.groupby('gift', dropna=False)['stems'].sum().reset_index()";
    assert_eq!(made(&python, Frames::Pandas, by_pandas).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_survive_the_way() {
    let python = started().await;
    let expected = json!([
        ["order", "flower", "stems", "price", "day", "gift"],
        [
            ["007", "Rose", 10, 2.5, "2023-12-31", true],
            ["012", "tulip", 5, 1.25, "2024-01-01", false],
            ["013", "ＲＯＳＥ", 7, null, "2024-02-29", null],
            ["101", "Iris", null, 4.0, "2024-03-31", true],
            ["102", null, 3, 1.0, null, false],
        ]
    ]);
    let columns = "['order', 'flower', 'stems', 'price', 'day', 'gift']";
    for frames in [Frames::Polars, Frames::Pandas] {
        let text = format!("result = df[{columns}].head(5)");
        assert_eq!(made(&python, frames, &text).await, expected, "{frames:?}");
    }
    let moments = made(&python, Frames::Pandas, "result = df['packed_at'].head(1)").await;
    assert_eq!(moments, json!([["packed_at"], [["2023-12-31T18:30:00"]]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_a_table_is_a_result() {
    let python = started().await;
    for (text, expected) in [
        ("result = 2 + 3", json!([["result"], [[5]]])),
        ("result = '三'", json!([["result"], [["三"]]])),
        (
            "result = [1, None, 2.5]",
            json!([["result"], [[1], [null], [2.5]]]),
        ),
        ("result = {'a': 1, 'b': 'x'}", json!([["a", "b"], [[1, "x"]]])),
        (
            "result = {'a': [1, 2], 'b': [3, 4]}",
            json!([["a", "b"], [[1, 3], [2, 4]]]),
        ),
        (
            "result = [{'a': 1}, {'b': 2}]",
            json!([["a", "b"], [[1, null], [null, 2]]]),
        ),
        (
            "result = [(1, 2), (3,)]",
            json!([["column 1", "column 2"], [[1, 2], [3, null]]]),
        ),
        (
            "import numpy\nresult = numpy.arange(4).reshape(2, 2)",
            json!([["column 1", "column 2"], [[0, 1], [2, 3]]]),
        ),
        (
            "import numpy\nresult = numpy.float32(1.5)",
            json!([["result"], [[1.5]]]),
        ),
        (
            "import pandas\nresult = pandas.Series([1, 2], index=['x', 'y'], name='n')",
            json!([["index", "n"], [["x", 1], ["y", 2]]]),
        ),
        (
            "import datetime\nresult = datetime.date(2024, 2, 29)",
            json!([["result"], [["2024-02-29"]]]),
        ),
        // Neither NaN nor infinity nor a second zero, and nothing that is no number of JSON.
        (
            "result = [float('nan'), float('inf'), -0.0]",
            json!([["result"], [[null], [null], [0.0]]]),
        ),
        ("result = 2 ** 70", json!([["result"], [[2f64.powi(70)]]])),
        (
            "import decimal\nresult = decimal.Decimal('0.25')",
            json!([["result"], [[0.25]]]),
        ),
        ("result = '\\ud800'", json!([["result"], [["?"]]])),
    ] {
        let computed = run(&python, Frames::Polars, &[], text, LIMIT).await;
        let computed = computed.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(json!([computed.columns, computed.rows]), expected, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_is_wrong_is_told_its_line() {
    let python = started().await;
    let (kind, message, line) = raised(&python, "x = 1\nresult = y").await;
    assert_eq!((kind.as_str(), line), ("NameError", Some(2)));
    assert!(message.contains("'y'"), "{message}");
    let (kind, _, line) = raised(&python, "x = 1\n\nfor").await;
    assert_eq!((kind.as_str(), line), ("SyntaxError", Some(3)));
    let (kind, message, _) = raised(&python, "x = 1").await;
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("NoResult", "the script has not assigned `result`")
    );
    assert_eq!(raised(&python, "import sys\nsys.exit(0)").await.0, "SystemExit");
    assert_eq!(
        raised(&python, "raise KeyError('车'*9999)")
            .await
            .1
            .chars()
            .count(),
        2000
    );
    let (kind, message, _) = raised(&python, "import requests").await;
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("ModuleNotFoundError", "No module named 'requests'")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_cut_and_what_is_printed_is_kept() {
    let python = started().await;
    let limit = ResultLimit { rows: 3, bytes: 200 };
    let text = "print('Zwischenstand', 7)\nresult = list(range(100))";
    let computed = run(&python, Frames::Polars, &[], text, limit).await.unwrap();
    assert_eq!((computed.rows.len(), computed.rows_in_all), (3, 100));
    assert_eq!(computed.rows[2], [Value::Int(2)]);
    assert_eq!(computed.printed, "Zwischenstand 7\n");
    match run(&python, Frames::Polars, &[], "result = 'x' * 300", limit).await {
        Err(ScriptError::Raised(complaint)) => assert_eq!(complaint.message, "`result` is too large"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_tables_are_joined() {
    let python = started().await;
    let shop = table_of(frame(), shop_profile());
    let colours = DataFrame::new_infer_height(vec![
        Column::new("flower".into(), ["Rose", "Iris"]),
        Column::new("colour".into(), ["red", "blue"]),
    ])
    .unwrap();
    let colours = table_of(colours.clone(), profile(&colours));
    let tables = [("orders", &shop), ("colours", &colours)];
    let text = "result = tables['orders'].join(tables['colours'], on='flower').group_by('colour').len().sort('colour')";
    let computed = run(&python, Frames::Polars, &tables, text, LIMIT).await.unwrap();
    assert_eq!(json!(computed.rows), json!([["blue", 2], ["red", 1]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_limit_of_scripts_is_told() {
    let python = limited("memory=256MB,cpu=2s,wall=20s").await;
    let check = async |text: &str, expected: Breach| {
        let error = run(&python, Frames::Polars, &[], text, LIMIT).await.unwrap_err();
        assert_eq!(error, ScriptError::Breach(expected), "{text}");
        // The next script works.
        assert!(
            run(&python, Frames::Polars, &[], "result = 1", LIMIT)
                .await
                .is_ok()
        );
    };
    check("while True: pass", Breach::TimedOut { seconds: 2 }).await;
    check(
        "result = len(bytearray(1 << 30))",
        Breach::OutOfMemory { megabytes: 256 },
    )
    .await;
    check("import ctypes\nctypes.CDLL(None).unshare(0)", Breach::Forbidden).await;
    // Whatever is written to the answer's descriptor is no answer without the nonce, and with it not without its form.
    check("import os\nos.write(3, b'x' * 99)", Breach::Crashed).await;
    let sleeps = limited("wall=2s").await;
    let error = run(&sleeps, Frames::Polars, &[], "import time\ntime.sleep(60)", LIMIT).await;
    assert_eq!(error, Err(Breach::TimedOut { seconds: 2 }.into()));
}

/// A worker that crashes is given up after the second time, and takes nobody with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_crashes_twice_is_given_up() {
    let python = started().await;
    let crash = "import ctypes\nctypes.string_at(0)";
    let outcome = run(&python, Frames::Polars, &[], crash, LIMIT).await;
    assert_eq!(outcome, Err(Breach::Crashed.into()));
    assert!(
        run(&python, Frames::Polars, &[], "result = 1", LIMIT)
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_handed_over_is_not() {
    let python = started().await;
    let long = "#".repeat(65 << 10);
    let error = run(&python, Frames::Polars, &[], &long, LIMIT).await.unwrap_err();
    assert_eq!(error.to_string(), "the script is longer than 64 KB");
    let shop = table_of(frame(), shop_profile());
    let error = run(
        &python,
        Frames::Polars,
        &[("t", &shop), ("t", &shop)],
        "result = 1",
        LIMIT,
    )
    .await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "two tables of the script have one name"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_there_are_no_scripts() {
    let workers = Workers::start(&sandbox()).await.unwrap();
    let workers = workers.with_python(&sandbox(), None).await.unwrap();
    assert!(workers.python().is_none());
    let folder = tempfile::tempdir().unwrap();
    let refused = workers
        .with_python(&sandbox(), Some(folder.path()))
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&refused, StartError::Python { reason, .. } if reason.contains("there is no lib/ld-linux")),
        "{refused}"
    );
}
