//! A chat front end: upload, watch, ask, check the trail.

use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Platform, fixture, soon};

async fn upload(platform: &Platform, name: &str, path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let response = reqwest::Client::new()
        .put(format!("{}/api/files/{name}", platform.http))
        .body(bytes)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    response.json().await.unwrap()
}

/// The names and data of all server-sent events of a progress stream, to its end.
async fn watch(platform: &Platform, job: &Value) -> Vec<(String, Value)> {
    let url = format!("{}/api/progress/{}", platform.http, job.as_str().unwrap());
    let text = soon("progress", async {
        reqwest::get(url).await.unwrap().text().await.unwrap()
    })
    .await;
    text.split("\n\n")
        .filter_map(|event| {
            let field = |name: &str| {
                event
                    .lines()
                    .find_map(|line| line.strip_prefix(name).map(str::trim))
            };
            Some((
                field("event:")?.to_owned(),
                serde_json::from_str(field("data:")?).unwrap(),
            ))
        })
        .collect()
}

async fn ask(platform: &Platform, body: Value) -> Value {
    let url = format!("{}/api/ask?wait=60", platform.http);
    let response = soon("the answer", reqwest::Client::new().post(url).json(&body).send())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{:?}", response.text().await);
    response.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_and_asked_about() {
    let platform = Platform::start().await;
    let uploaded = upload(&platform, "flights.csv", &fixture("flights.csv")).await;
    let events = watch(&platform, &uploaded["job"]).await;
    assert_eq!(events.last().unwrap().0, "finished", "{events:?}");

    // The right number, counted here from the file itself.
    let lines = std::fs::read_to_string(fixture("flights.csv"))
        .unwrap()
        .lines()
        .count();
    let answer = ask(
        &platform,
        json!({ "question": "How many flights are there?", "files": [uploaded["file"]] }),
    )
    .await;
    assert_eq!(answer["status"], "answered", "{answer:#}");
    assert_eq!(answer["rows"], json!([[lines - 1]]));
    assert_eq!(answer["language"], "en");

    // What a person needs to check it.
    let trail = &answer["trail"];
    assert_eq!(trail["plan"]["measures"][0]["function"], "count");
    assert_eq!(trail["ledger"][0]["rows_out"], json!(lines - 1));
    assert_eq!(trail["sources"][0]["name"], "flights.csv");
    assert!(!trail["chips"].as_array().unwrap().is_empty());
    assert_eq!(answer["confidence"]["label"], "verified");
    assert_eq!(trail["checks"][0]["name"], "second engine");
    assert!(trail["sql"]["text"].as_str().unwrap().contains("COUNT(*)"));
    assert_ne!(answer["trace_id"], json!("0".repeat(32)));

    // The same answer is there for whoever comes later.
    let url = format!("{}/api/answers/{}", platform.http, answer["id"].as_str().unwrap());
    let kept: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(kept, answer);
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_refused_by_name() {
    let platform = Platform::start().await;
    let uploaded = upload(&platform, "flights.csv", &fixture("flights.csv")).await;
    watch(&platform, &uploaded["job"]).await;
    let answer = ask(
        &platform,
        json!({ "question": "What is the average zorblatt of the flights?" }),
    )
    .await;
    assert_eq!(answer["status"], "refused", "{answer:#}");
    assert!(
        answer["text"].as_str().unwrap().contains("zorblatt"),
        "{answer:#}"
    );
    assert_eq!(answer["trail"]["unexplained"][0]["text"], "zorblatt");
    assert_eq!(answer["rows"], json!([]));
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_rejected_with_its_reason_and_the_service_lives_on() {
    let platform = Platform::start().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, code, words) in [
        (
            "twice.csv",
            "金额,城市,金额\n1,京,2\n".as_bytes(),
            "duplicate_header",
            "金额",
        ),
        (
            "picture.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(),
            "wrong_extension",
            "csv",
        ),
        ("half.xlsx", b"PK\x03\x04 and then nothing", "corrupt", ""),
        ("bare.csv", b"a,b\n", "no_rows", ""),
        ("notes.xyz", b"a,b\n1,2\n", "unknown_kind", "xyz"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let uploaded = upload(&platform, name, &path).await;
        let (last, report) = watch(&platform, &uploaded["job"]).await.pop().unwrap();
        assert_eq!(last, "failed", "{name}: {report}");
        let url = format!(
            "{}/api/files/{}",
            platform.http,
            uploaded["file"].as_str().unwrap()
        );
        let record: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        assert_eq!(record["state"], "rejected", "{record:#}");
        assert_eq!(record["rejection"]["code"], code, "{record:#}");
        assert!(
            record["rejection"]["message"].as_str().unwrap().contains(words),
            "{record:#}"
        );
    }
    let uploaded = upload(&platform, "flights.csv", &fixture("flights.csv")).await;
    assert_eq!(
        watch(&platform, &uploaded["job"]).await.last().unwrap().0,
        "finished"
    );
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_gets_problem_details() {
    let platform = Platform::start().await;
    let client = reqwest::Client::new();
    let at = |path: &str| format!("{}{path}", platform.http);
    let cases = [
        (
            client
                .post(at("/api/ask"))
                .header("content-type", "application/json")
                .body("{"),
            400,
        ),
        (
            client.post(at("/api/ask")).json(&json!({ "question": "  " })),
            400,
        ),
        (
            client.get(at("/api/files")).header("x-contrail-tenant", "A.B"),
            400,
        ),
        (
            client.get(at("/api/files")).header("x-contrail-tenant", "nobody"),
            404,
        ),
        (client.put(at("/api/files/empty.csv")), 400),
        (client.get(at("/api/nothing")), 404),
        (client.delete(at("/livez")), 405),
    ];
    for (request, status) in cases {
        let request = request.build().unwrap();
        let what = format!("{} {}", request.method(), request.url().path());
        let response = client.execute(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{what}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json",
            "{what}"
        );
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["status"], status, "{what}: {problem}");
        assert!(
            problem["code"].is_string() && problem["title"].is_string(),
            "{what}: {problem}"
        );
    }
    let metrics = reqwest::get(at("/metrics")).await.unwrap();
    assert_eq!(metrics.status(), StatusCode::OK);
    platform.stop().await;
}
