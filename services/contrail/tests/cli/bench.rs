//! `contrail bench`: what it tells, not how fast anything is.

use serde_json::Value;

use super::{Place, stderr};

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
