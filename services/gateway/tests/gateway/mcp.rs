//! `/mcp`, as agents use it.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::harness::{Gateway, send, text};
use crate::scripted::Cast;

async fn call(gateway: &Gateway, method: &str, params: Json) -> Json {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let request = gateway
        .request(Method::POST, "/mcp")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-06-18")
        .json(&body);
    let (status, reply) = send(request).await;
    assert_eq!(status, 200, "{reply}");
    reply["result"].clone()
}

async fn tool(gateway: &Gateway, name: &str, arguments: Json) -> Json {
    call(
        gateway,
        "tools/call",
        json!({ "name": name, "arguments": arguments }),
    )
    .await
}

#[tokio::test]
async fn tools_are_listed_with_their_schemas() {
    let gateway = Gateway::start().await;
    let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    let hello = call(&gateway, "initialize", hello).await;
    assert_eq!(hello["serverInfo"]["name"], "contrail", "{hello}");
    let listed = call(&gateway, "tools/list", json!({})).await;
    let mut names: Vec<&str> = listed["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "ask_tables",
            "detect_text",
            "get_trail",
            "list_files",
            "search_knowledge"
        ]
    );
    for tool in listed["tools"].as_array().unwrap() {
        assert_eq!(
            (&tool["inputSchema"]["type"], &tool["outputSchema"]["type"]),
            (&json!("object"), &json!("object")),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn tools_answer_with_words_and_with_the_whole() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    send(gateway.put("/api/files/a.csv", "a\n1\n")).await;
    let answer = tool(
        &gateway,
        "ask_tables",
        json!({ "question": "2024年3月华东的销售额是多少？" }),
    )
    .await;
    assert_eq!(
        answer["structuredContent"]["rows"],
        json!([[1_284_530.75]]),
        "{answer}"
    );
    assert!(text(&answer, "/content/0/text").contains("1284530.75"));
    let id = text(&answer, "/structuredContent/id");
    let trail = tool(&gateway, "get_trail", json!({ "answer": id })).await;
    assert_eq!(trail["structuredContent"]["trail"]["ledger"][1]["rows_out"], 1522);
    let files = tool(&gateway, "list_files", json!({})).await;
    assert_eq!(files["structuredContent"]["files"][0]["name"], "a.csv", "{files}");
    let judged = tool(&gateway, "detect_text", json!({ "text": "一。" })).await;
    assert_eq!(judged["structuredContent"]["probability"], 0.86, "{judged}");

    let failed = tool(&gateway, "get_trail", json!({ "answer": "42" })).await;
    assert_eq!(failed["isError"], true, "{failed}");
    assert!(text(&failed, "/content/0/text").starts_with("invalid_id"));
}
