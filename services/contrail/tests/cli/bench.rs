//! `contrail bench`: what it tells, not how fast anything is.

use serde_json::Value;

use super::{Place, stderr};

#[test]
fn starts_idle_services_and_small_files_are_told() {
    let place = Place::new();
    let curves = place.folder.path().join("curves");
    let sizes = ["--starts", "1", "--files", "6", "--seconds", "120", "--output"];
    let line = [
        &["bench", "operations", "--json"],
        &sizes[..],
        &[super::text(&curves)],
    ]
    .concat();
    let output = place.run(&line);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for folder in ["empty", "used"] {
        let times = &report["starts"][folder];
        assert_eq!(times["count"], 1);
        assert!(times["median"].as_f64().unwrap() > 0.0, "{report:#}");
    }
    let met = report["starts"]["empty"]["median"].as_f64().unwrap() < 1.0;
    assert_eq!(report["goal_met"], met);
    let idle = report["idle"].as_array().unwrap();
    assert_eq!(idle.len(), 7, "{report:#}");
    for service in idle {
        // These two need a Qdrant server, of which none was named.
        if ["embed", "retrieve"].contains(&service["service"].as_str().unwrap()) {
            assert!(service["memory"].is_null(), "{service}");
        } else {
            assert!(
                service["memory"]["process_mb"].as_f64().unwrap() > 1.0,
                "{service}"
            );
        }
    }
    let read = idle
        .iter()
        .find(|service| service["service"] == "ingest")
        .unwrap();
    assert!(
        read["memory"]["workers"].as_u64().unwrap() > 0,
        "workers wait: {read}"
    );
    assert_eq!(report["files"]["indexed"], 6, "{report:#}");
    assert_eq!(report["files"]["rejected"], 0);
    assert_eq!(report["files"]["jobs_left"], 0);
    assert!(report["files"]["peak_mb"].as_f64().unwrap() > 1.0);

    let rows = std::fs::read_to_string(curves.join("files.csv")).unwrap();
    let last = rows.lines().last().unwrap();
    let columns: Vec<&str> = last.split(',').collect();
    assert_eq!((columns[1], columns[2], columns[3]), ("6", "6", "0"), "{rows}");
    let drawing = std::fs::read_to_string(curves.join("files.svg")).unwrap();
    assert!(drawing.contains("resident memory, MB"), "{drawing}");
    assert!(!place.data().exists(), "it leaves the user's data folder alone");
}

#[test]
fn reading_and_asking_are_told_beside_the_bare_libraries() {
    let place = Place::new();
    let sizes = ["--rows", "400", "--rounds", "1", "--turns", "2", "--json"];
    let output = place.run(&[&["bench", "tables"], &sizes[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let reading = report["reading"].as_array().unwrap();
    let rows: Vec<_> = reading.iter().map(|file| file["rows"].as_u64()).collect();
    assert_eq!(rows, [Some(400), Some(20)], "{report:#}");
    for file in reading {
        let (ours, bare) = (
            file["best_ms"].as_f64().unwrap(),
            file["bare_best_ms"].as_f64().unwrap(),
        );
        assert!(ours > 0.0 && bare > 0.0, "{file}");
        assert_eq!(
            file["goal_met"],
            bare / ours >= file["goal"].as_f64().unwrap(),
            "{file}"
        );
    }
    // Another sum than that of the bare engines, or of pandas, is an error: there are figures only where all agree.
    let asking = &report["asking"];
    assert_eq!(asking["turns"], 2, "{report:#}");
    let (answer, engines) = (&asking["answer"]["p50_ms"], &asking["engines"]["p50_ms"]);
    let limit = engines.as_f64().unwrap() * 1.3 + 15.0;
    assert_eq!(
        asking["goal_met"],
        answer.as_f64().unwrap() <= limit,
        "{report:#}"
    );
    assert!(
        asking["pandas"]["ran"]["p50_ms"].as_f64().unwrap() > 0.0,
        "{report:#}"
    );
    assert!(!place.data().exists(), "it leaves the user's data folder alone");
}

#[test]
fn what_http_adds_and_what_streams_take_is_told() {
    let place = Place::new();
    let sizes = ["--questions", "3", "--computed", "2", "--streams", "4"];
    let output = place.run(&[&["bench", "gateway", "--json"], &sizes[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told = |name: &str, pairs: u64| {
        let questions = report["questions"].as_array().unwrap();
        let compared = questions
            .iter()
            .find(|compared| compared["question"] == name)
            .unwrap();
        assert_eq!(compared["pairs"], pairs, "{report:#}");
        for way in ["http", "bus"] {
            let [p50, p99] = ["p50_ms", "p99_ms"].map(|figure| compared[way][figure].as_f64().unwrap());
            assert!(p50 > 0.0 && p50 <= p99, "{report:#}");
        }
        let p50 = |way: &str| compared[way]["p50_ms"].as_f64().unwrap();
        let added = compared["added_p50_ms"].as_f64().unwrap();
        assert!((added - (p50("http") - p50("bus"))).abs() < 1e-6, "{report:#}");
    };
    told("refused at once", 3);
    told("computed", 2);
    assert!(report["goal_met"].is_boolean(), "{report:#}");
    let streams = &report["streams"];
    assert_eq!(streams["count"], 4, "{report:#}");
    let [before, peak] = ["before_mb", "peak_mb"].map(|figure| streams[figure].as_f64().unwrap());
    assert!(before > 1.0 && peak >= before * 0.9, "{report:#}");
    assert!(!place.data().exists(), "it leaves the user's data folder alone");

    let output = place.run(&[
        "bench",
        "gateway",
        "--questions",
        "2",
        "--computed",
        "0",
        "--streams",
        "0",
    ]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(
        output.status.success() && text.contains("added p50") && text.contains("goal: less than 2 ms"),
        "{text}"
    );
}

#[test]
fn what_the_bus_adds_to_a_search_and_how_fast_passages_are_embedded_is_told() {
    let place = Place::new();
    let sizes = [
        "--passages",
        "300",
        "--searches",
        "3",
        "--texts",
        "2",
        "--no-python",
    ];
    let output = place.run(&[&["bench", "knowledge", "--json"], &sizes[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let hybrid = &report["hybrid"];
    assert_eq!(hybrid["passages"], 300, "{report:#}");
    assert_eq!(hybrid["searches"], 3, "{report:#}");
    for way in ["bus", "engine"] {
        let [p50, p99] = ["p50_ms", "p99_ms"].map(|figure| hybrid[way][figure].as_f64().unwrap());
        assert!(p50 > 0.0 && p50 <= p99, "{report:#}");
    }
    assert!(report["goal_met"].is_boolean(), "{report:#}");
    let embedding = &report["embedding"];
    assert!(embedding["per_second"].as_f64().unwrap() > 0.0, "{report:#}");
    assert_eq!(embedding["skipped"], "not wanted", "{report:#}");
    assert!(
        report["images"].is_null() && report["pipeline"].is_null(),
        "{report:#}"
    );
    assert!(!place.data().exists(), "it leaves the user's data folder alone");
}

#[test]
fn a_large_batch_comes_back_whole_and_memory_is_looked_at_on_the_way() {
    let place = Place::new();
    let output = place.run(&["bench", "detector", "--json", "--batch", "1000"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["texts"], &report["judged"]),
        (&1000.into(), &1000.into())
    );
    assert_eq!(report["made_up"], true);
    for number in ["first_tenth_mb", "last_tenth_mb", "peak_mb", "texts_per_second"] {
        assert!(report[number].as_f64().unwrap() > 1.0, "{report:#}");
    }
    let samples = report["samples"].as_array().unwrap();
    let texts = |sample: &Value| sample["texts"].as_u64().unwrap();
    assert!(samples.is_sorted_by_key(texts) && texts(samples.last().unwrap()) == 1000);
}
