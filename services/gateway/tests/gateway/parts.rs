//! Parts of answers, feedback, search, the detector, the page, the interface's description.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::harness::{Gateway, problem, send, soon, text};
use crate::scripted::Cast;

async fn answered(gateway: &Gateway, question: &str) -> Json {
    let (_, file) = send(gateway.put("/api/files/a.csv", "a\n1\n")).await;
    assert!(file["file"].is_string(), "{file}");
    let (status, answer) = send(gateway.ask("?wait=60", &json!({ "question": question }))).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn parts_of_an_answer_are_files_of_their_own() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    let answer = answered(&gateway, "各地区的销售额？").await;
    let path = |part: &str| format!("/api/answers/{}/{part}", text(&answer, "/id"));
    let chart = soon(gateway.get(&path("chart.svg")).send()).await.unwrap();
    assert_eq!(chart.headers()["content-type"], "image/svg+xml");
    assert!(
        chart.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
    assert!(chart.text().await.unwrap().contains("华东"));
    assert_eq!(
        send(gateway.get(&path("chart.json"))).await.1,
        json!({ "mark": "bar" })
    );
    let csv = soon(gateway.get(&path("result.csv")).send())
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(csv.lines().nth(1), Some("华东,1284530.75,2024"), "{csv}");
    problem(gateway.get(&path("citations/1.svg")), 404, "no_such_part").await;
    problem(gateway.get(&path("nothing")), 404, "unknown_route").await;

    let hostile = answered(&gateway, "attack").await;
    let csv = soon(
        gateway
            .get(&format!("/api/answers/{}/result.csv", text(&hostile, "/id")))
            .send(),
    )
    .await
    .unwrap();
    assert!(csv.text().await.unwrap().contains("'=cmd"));
    problem(
        gateway.get(&format!("/api/answers/{}/chart.svg", text(&hostile, "/id"))),
        404,
        "no_such_part",
    )
    .await;
    problem(gateway.get("/api/answers/42/chart.svg"), 400, "invalid_id").await;
}

#[tokio::test]
async fn a_citation_is_its_page_with_a_frame() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    send(gateway.put("/api/files/a.pdf", "x")).await;
    let question = json!({ "question": "CA1234在哪？", "only": "knowledge" });
    let (_, answer) = send(gateway.ask("?wait=60", &question)).await;
    let id = text(&answer, "/id");
    let svg = soon(gateway.get(&format!("/api/answers/{id}/citations/1.svg")).send())
        .await
        .unwrap();
    let svg = svg.text().await.unwrap();
    assert!(
        svg.contains("viewBox=\"0 0 840 1120\"") && svg.contains("data:image/png;base64,iVBOR"),
        "{}",
        &svg[..200]
    );
    assert!(
        svg.contains("<rect x=\"75.6\" y=\"163.8\" width=\"579.6\""),
        "{}",
        &svg[svg.len() - 300..]
    );
    let evidence = soon(gateway.get(&format!("/api/answers/{id}/evidence.csv")).send())
        .await
        .unwrap();
    assert!(evidence.text().await.unwrap().contains("1,旅客手册.pdf,7,"));
}

#[tokio::test]
async fn feedback_is_kept_with_its_answer() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    let answer = answered(&gateway, "2024年3月华东的销售额是多少？").await;
    let path = format!("/api/answers/{}/feedback", text(&answer, "/id"));
    problem(gateway.get(&path), 404, "no_such_part").await;
    for said in [
        json!({ "verdict": "right" }),
        json!({ "verdict": "wrong", "note": "少了退货" }),
    ] {
        let (status, kept) = send(gateway.request(Method::POST, &path).json(&said)).await;
        assert_eq!(
            (status.as_u16(), &kept["verdict"]),
            (200, &said["verdict"]),
            "{kept}"
        );
    }
    assert_eq!(send(gateway.get(&path)).await.1["note"], "少了退货");
    problem(
        gateway
            .request(Method::POST, &path)
            .json(&json!({ "verdict": "so-so" })),
        400,
        "invalid_json",
    )
    .await;
    let never = format!("/api/answers/{}/feedback", bus::ids::new_job_id());
    problem(
        gateway
            .request(Method::POST, &never)
            .json(&json!({ "verdict": "right" })),
        404,
        "unknown_answer",
    )
    .await;
}

#[tokio::test]
async fn what_is_called_right_is_asked_again_from_then_on() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    let wrong = answered(&gateway, "2024年3月华东的流水是多少？").await;
    let right = answered(&gateway, "2024年3月华东的销售额是多少？").await;
    let say = async |answer: &Json, said: Json| {
        let path = format!("/api/answers/{}/feedback", text(answer, "/id"));
        let (status, kept) = send(gateway.request(Method::POST, &path).json(&said)).await;
        assert_eq!(status, 200, "{kept}");
        kept["goldens"].as_array().unwrap().len()
    };
    let kept = gateway.bus.goldens(&schemas::TenantId::local()).await.unwrap();
    let questions = async || {
        let mut questions: Vec<String> = Vec::new();
        for golden in kept.list().await.unwrap() {
            questions.push(golden.question);
        }
        questions.sort();
        questions
    };
    let corrects = json!({ "verdict": "right", "corrects": wrong["id"] });
    // Nobody has called the other one wrong.
    assert_eq!(say(&right, corrects.clone()).await, 1);
    assert_eq!(
        say(&wrong, json!({ "verdict": "wrong", "note": "流水就是销售额" })).await,
        0
    );
    assert_eq!(say(&right, corrects).await, 2);
    let both = ["2024年3月华东的流水是多少？", "2024年3月华东的销售额是多少？"];
    assert_eq!(questions().await, both);
    let all = kept.list().await.unwrap();
    let corrected = all.iter().find(|golden| golden.corrects.is_some()).unwrap();
    assert_eq!(corrected.question, both[0]);
    assert_eq!(serde_json::to_value(&corrected.rows).unwrap(), right["rows"]);
    let correction = corrected.corrects.as_ref().unwrap();
    assert_eq!(correction.asked_instead, both[1]);
    assert_eq!(correction.note.as_deref(), Some("流水就是销售额"));

    // What was said last counts: it takes back all that followed from it.
    assert_eq!(say(&right, json!({ "verdict": "wrong" })).await, 0);
    assert!(questions().await.is_empty());
    // A refusal can be right, and has no result to ask for again.
    let refused = answered(&gateway, "how far is the moon").await;
    assert_eq!(say(&refused, json!({ "verdict": "right" })).await, 0);
}

#[tokio::test]
async fn the_glossary_is_changed_an_entry_at_a_time() {
    let gateway = Gateway::start().await;
    let post = |body: &Json| gateway.request(Method::POST, "/api/glossary").json(body);
    assert_eq!(
        send(gateway.get("/api/glossary")).await.1,
        json!({ "entries": [] })
    );
    let alias = json!({ "term": "营收", "kind": "alias", "of": "销售额" });
    let metric = json!({ "term": "客单/价", "kind": "metric", "formula": "营收 / 订单数" });
    send(post(&alias)).await;
    let (status, kept) = send(post(&metric)).await;
    assert_eq!(
        (status.as_u16(), &kept["entries"]),
        (200, &json!([metric, alias])),
        "{kept}"
    );
    problem(
        post(&json!({ "term": "营收", "kind": "alias", "of": "客单/价" })),
        400,
        "invalid_glossary",
    )
    .await;
    problem(
        post(&json!({ "term": "营收", "kind": "synonym" })),
        400,
        "invalid_json",
    )
    .await;
    problem(
        gateway.request(Method::DELETE, "/api/glossary/x"),
        404,
        "no_such_part",
    )
    .await;
    let (status, left) = send(gateway.request(Method::DELETE, "/api/glossary/客单/价")).await;
    assert_eq!(
        (status.as_u16(), &left["entries"]),
        (200, &json!([alias])),
        "{left}"
    );
}

#[tokio::test]
async fn texts_are_judged_and_passages_found() {
    let gateway = Gateway::start().await;
    let post = |path: &str, body: &Json| gateway.request(Method::POST, path).json(body);
    problem(
        post("/api/search", &json!({ "query": "T2", "limit": 3 })),
        503,
        "no_service",
    )
    .await;
    let _cast = Cast::on(&gateway).await;
    let (status, judged) = send(post("/api/detect", &json!({ "text": "一。二。" }))).await;
    assert_eq!(status, 200, "{judged}");
    assert_eq!(judged["judgement"]["sentences"].as_array().unwrap().len(), 2);
    problem(
        post("/api/detect", &json!({ "text": "a".repeat(500_000) })),
        413,
        "too_large",
    )
    .await;
    let found = soon(async {
        loop {
            let (status, found) = send(post("/api/search", &json!({ "query": "CA1234", "limit": 3 }))).await;
            if status == 200 {
                break found;
            }
        }
    })
    .await;
    assert_eq!(found["hits"][0]["name"], "旅客手册.pdf");
    let bad = problem(
        post("/api/search", &json!({ "query": " ", "limit": 3 })),
        400,
        "call_refused",
    )
    .await;
    assert_eq!(bad["pointer"], "/query");
}

#[tokio::test]
async fn the_page_comes_from_the_binary_under_a_strict_policy() {
    let gateway = Gateway::start().await;
    let page = soon(gateway.get("/").send()).await.unwrap();
    let headers = page.headers().clone();
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let again = gateway.get("/").header("if-none-match", &headers["etag"]);
    assert_eq!(soon(again.send()).await.unwrap().status(), 304);
    let script = soon(gateway.get("/page/main.js").send()).await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let (_, config) = send(gateway.get("/api/config")).await;
    assert_eq!((&config["keys"], &config["voice"]), (&json!(false), &json!(true)));
    let (_, document) = send(gateway.get("/api/openapi.json")).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(soon(gateway.get("/api/docs").send()).await.unwrap().status(), 200);
}
