//! `/v1`, as clients of OpenAI's interface use it.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value as Json, json};

use crate::harness::{Gateway, send, soon, text};
use crate::scripted::Cast;

fn chat(gateway: &Gateway, body: &Json) -> RequestBuilder {
    gateway.request(Method::POST, "/v1/chat/completions").json(body)
}

fn ask(model: &str, question: &str) -> Json {
    json!({ "model": model, "messages": [{ "role": "user", "content": question }] })
}

/// Sends what must fail, and checks OpenAI's error object.
pub async fn error(request: RequestBuilder, status: u16, code: &str) -> Json {
    let response = soon(request.send()).await.unwrap();
    let got = response.status().as_u16();
    let body: Json = response.json().await.unwrap();
    assert_eq!(
        (got, body["error"]["code"].as_str()),
        (status, Some(code)),
        "{body}"
    );
    for member in ["message", "type"] {
        assert!(
            body["error"][member]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{body}"
        );
    }
    assert!(body["error"].get("param").is_some(), "{body}");
    body
}

/// A form with a part for each (name, file name, content).
fn form(gateway: &Gateway, parts: &[(&str, Option<&str>, &str)]) -> RequestBuilder {
    let mut body = String::new();
    for (name, file, content) in parts {
        let file = file
            .map(|file| format!("; filename=\"{file}\""))
            .unwrap_or_default();
        body += &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n");
    }
    let request = gateway
        .request(Method::POST, "/v1/files")
        .body(body + "--x--\r\n");
    request.header("content-type", "multipart/form-data; boundary=x")
}

async fn upload(gateway: &Gateway, name: &str) -> Json {
    let parts = [("purpose", None, "user_data"), ("file", Some(name), "a\n1\n")];
    let (status, file) = send(form(gateway, &parts)).await;
    assert_eq!(status, 200, "{file}");
    file
}

#[tokio::test]
async fn the_models_are_listed() {
    let gateway = Gateway::start().await;
    let (_, list) = send(gateway.get("/v1/models")).await;
    let ids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "contrail-auto",
            "contrail-tables",
            "contrail-knowledge",
            "contrail-detector"
        ]
    );
    assert_eq!(send(gateway.get("/v1/models/contrail-auto")).await.0, 200);
    error(gateway.get("/v1/models/gpt-4"), 404, "model_not_found").await;
    error(gateway.get("/v1/nothing"), 404, "unknown_route").await;
    error(
        gateway.request(Method::DELETE, "/v1/models"),
        405,
        "method_not_allowed",
    )
    .await;
}

#[tokio::test]
async fn a_chat_is_answered_in_markdown_with_the_whole_answer_beside_it() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    upload(&gateway, "a.csv").await;

    let (status, reply) = send(chat(&gateway, &ask("contrail-auto", "各地区的销售额？"))).await;
    assert_eq!(status, 200, "{reply}");
    let content = text(&reply, "/choices/0/message/content");
    let id = text(&reply, "/x_contrail/id");
    for part in [
        "| 地区 | 销售额 | 年份 |",
        "| 华东 | 1284530.75 | 2024 |",
        &format!("](http://{}/api/answers/{id}/chart.svg)", gateway.address),
        "已核验",
        &format!("/#/answers/{id})"),
    ] {
        assert!(content.contains(part), "no {part:?} in {content}");
    }
    assert_eq!(reply["object"], "chat.completion");
    assert_eq!(reply["choices"][0]["finish_reason"], "stop");
    assert_eq!(reply["x_contrail"]["rows"][0][0], "华东");

    let (_, reply) = send(chat(&gateway, &ask("contrail-knowledge", "CA1234在哪个航站楼？"))).await;
    let content = text(&reply, "/choices/0/message/content");
    assert!(
        content.contains("K12。[^1]") && content.contains("[^1]: 旅客手册.pdf，第 7 页"),
        "{content}"
    );
    assert!(content.contains("/citations/1.svg"), "{content}");

    let (_, reply) = send(chat(&gateway, &ask("contrail-detector", "第一句。第二句。"))).await;
    let content = text(&reply, "/choices/0/message/content");
    assert!(
        content.contains("86 %") && content.contains("第一句。"),
        "{content}"
    );
    assert_eq!(reply["x_contrail"]["judgement"]["probability"], 0.86);
}

#[tokio::test]
async fn a_streamed_chat_tells_stages_then_the_text() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    upload(&gateway, "a.csv").await;
    let mut body = ask("contrail-auto", "2024年3月华东的销售额是多少？");
    body["stream"] = json!(true);
    body["stream_options"] = json!({ "include_usage": true });
    let response = soon(chat(&gateway, &body).send()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let events = soon(response.text()).await.unwrap();
    let data: Vec<&str> = events
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    let (last, chunks) = data.split_last().unwrap();
    assert_eq!(*last, "[DONE]");
    let chunks: Vec<Json> = chunks
        .iter()
        .map(|chunk| serde_json::from_str(chunk).unwrap())
        .collect();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let of = |member: &str| {
        let parts = chunks
            .iter()
            .filter_map(|chunk| chunk["choices"][0]["delta"][member].as_str());
        parts.collect::<String>()
    };
    let (stages, content) = (of("reasoning_content"), of("content"));
    assert!(stages.contains("computing (1/2)\n"), "{stages}");
    assert!(
        content.starts_with("2024年3月华东的销售额合计为 1284530.75 元。") && !content.contains("computing"),
        "{content}"
    );
    let finished = chunks
        .iter()
        .find(|chunk| chunk["choices"][0]["finish_reason"] == "stop")
        .unwrap();
    assert_eq!(finished["x_contrail"]["rows"], json!([[1_284_530.75]]));
    assert_eq!(chunks.last().unwrap()["usage"]["total_tokens"], 0);
}

#[tokio::test]
async fn images_and_files_of_a_chat_are_asked_about() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    let file = upload(&gateway, "a.csv").await;
    let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let body = json!({ "model": "contrail-tables", "messages": [
        { "role": "system", "content": "Be brief." },
        { "role": "user", "content": [
            { "type": "text", "text": "What are the sales?" },
            { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{png}"), "detail": "auto" } },
            { "type": "file", "file": { "file_id": file["id"] } },
        ] },
    ], "temperature": 0.7, "tools": [], "user": "u-1", "metadata": { "chat_id": "c" } });
    for _ in 0..2 {
        let (status, reply) = send(chat(&gateway, &body)).await;
        assert_eq!(
            (status.as_u16(), &reply["x_contrail"]["kind"]),
            (200, &json!("table")),
            "{reply}"
        );
    }
    let (_, list) = send(gateway.get("/api/files")).await;
    let names: Vec<&str> = list["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert!(
        names.len() == 2 && names[1].starts_with("chat/") && names[1].ends_with(".png"),
        "{names:?}"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_chat_is_told_as_openai_does() {
    let gateway = Gateway::start().await;
    let raw = |body: &str| {
        gateway
            .request(Method::POST, "/v1/chat/completions")
            .body(body.to_owned())
    };
    error(raw("{"), 400, "invalid_json").await;
    error(raw("{}"), 400, "invalid_json").await;
    error(chat(&gateway, &ask("gpt-4", "?")), 404, "model_not_found").await;
    error(
        chat(&gateway, &ask("contrail-auto", " ")),
        400,
        "invalid_question",
    )
    .await;
    let long = error(
        chat(&gateway, &ask("contrail-auto", &"word ".repeat(50_000))),
        400,
        "context_length_exceeded",
    )
    .await;
    assert_eq!(long["error"]["param"], "question");
    let gif = json!({ "type": "image_url", "image_url": { "url": "data:image/gif;base64,AAAA" } });
    let body = json!({ "model": "contrail-auto", "messages": [{ "role": "user", "content": [gif] }] });
    let bad = error(chat(&gateway, &body), 400, "unsupported_message").await;
    assert_eq!(bad["error"]["param"], "messages.0");
    let foreign = gateway
        .get("/v1/models")
        .header("origin", "https://elsewhere.example");
    error(foreign, 403, "foreign_origin").await;
    error(
        gateway.get("/v1/files/0199f1d2-7c3a-7def-8123-456789abcdef"),
        404,
        "unknown_file",
    )
    .await;
    let embed = json!({ "model": "m", "input": ["a"] });
    error(
        gateway.request(Method::POST, "/v1/embeddings").json(&embed),
        503,
        "no_service",
    )
    .await;
}

#[tokio::test]
async fn files_come_and_go_by_forms() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    let file = upload(&gateway, "零售.csv").await;
    assert_eq!(
        (&file["bytes"], &file["filename"], &file["object"]),
        (&json!(4), &json!("零售.csv"), &json!("file"))
    );
    let id = text(&file, "/id");
    let records = gateway
        .bus
        .file_records(&schemas::TenantId::local())
        .await
        .unwrap();
    let read =
        |record: Option<&schemas::file::FileRecord>| record.is_some_and(|record| record.active.is_some());
    records
        .wait(&id, std::time::Duration::from_secs(60), read)
        .await
        .unwrap()
        .unwrap();

    let (_, shown) = send(gateway.get(&format!("/v1/files/{id}"))).await;
    assert_eq!(shown["status"], "processed", "{shown}");
    let content = soon(gateway.get(&format!("/v1/files/{id}/content")).send())
        .await
        .unwrap();
    assert_eq!(
        (
            content.headers()["content-length"].to_str().unwrap(),
            content.headers()["content-disposition"].to_str().unwrap()
        ),
        ("4", "attachment")
    );
    assert_eq!(content.text().await.unwrap(), "a\n1\n");
    let page = soon(gateway.get(&format!("/api/files/{id}/pages/1.png")).send())
        .await
        .unwrap();
    assert_eq!(page.headers()["content-type"], "image/png");
    let (status, _) = send(gateway.get(&format!("/api/files/{id}/pages/2.png"))).await;
    assert_eq!(status, 404);
    let (_, gone) = send(gateway.request(Method::DELETE, &format!("/v1/files/{id}"))).await;
    assert_eq!(gone, json!({ "id": id, "object": "file", "deleted": true }));

    error(
        form(&gateway, &[("purpose", None, "assistants")]),
        400,
        "no_file_part",
    )
    .await;
    error(
        gateway.request(Method::POST, "/v1/files").body("x"),
        400,
        "no_file_part",
    )
    .await;
}

#[tokio::test]
async fn embeddings_are_numbers_or_base64() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    let embed = |body: Json| gateway.request(Method::POST, "/v1/embeddings").json(&body);
    let ready = soon(async {
        loop {
            let (status, reply) = send(embed(json!({ "model": "m", "input": ["a", "词语"] }))).await;
            if status == 200 {
                break reply;
            }
        }
    })
    .await;
    assert_eq!(
        (&ready["data"][1]["embedding"], &ready["model"]),
        (&json!([2.0, 0.5]), &json!("lengths-1"))
    );
    let (_, reply) = send(embed(
        json!({ "model": "m", "input": "a", "encoding_format": "base64" }),
    ))
    .await;
    assert_eq!(reply["data"][0]["embedding"], "AACAPwAAAD8=");
    error(embed(json!({ "model": "m", "input": [] })), 400, "call_refused").await;
    error(
        embed(json!({ "model": "m", "input": [1, 2] })),
        400,
        "invalid_json",
    )
    .await;
}
