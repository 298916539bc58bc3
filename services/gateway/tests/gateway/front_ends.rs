//! Requests as well-known chat front ends send them, with all that they put in besides a question.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::harness::{Gateway, send, soon};
use crate::scripted::Cast;

const QUESTION: &str = "2024年3月华东的销售额是多少？";
const ANSWER: &str = "2024年3月华东的销售额合计为 1284530.75 元。";

/// The text of a streamed completion, and its last chunk.
async fn streamed(gateway: &Gateway, path: &str, body: &Json) -> (String, Json) {
    let response = soon(gateway.request(Method::POST, path).json(body).send())
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 200, "{body}");
    let events = soon(response.text()).await.unwrap();
    let data: Vec<&str> = events
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert_eq!(data.last(), Some(&"[DONE]"), "{events}");
    let chunks: Vec<Json> = data[..data.len() - 1]
        .iter()
        .map(|chunk| serde_json::from_str(chunk).unwrap())
        .collect();
    let content = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
        .collect();
    (content, chunks.last().unwrap().clone())
}

/// Open WebUI lists the models, sends the conversation with roles, and its own members beside OpenAI's.
#[tokio::test]
async fn open_webui() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    gateway
        .seed(&schemas::TenantId::local(), schemas::file::FileState::Indexed)
        .await;
    let (_, models) = send(gateway.get("/v1/models")).await;
    let model = models["data"][0]["id"].as_str().unwrap();
    let body = json!({
        "stream": true,
        "model": model,
        "messages": [
            { "role": "system", "content": "You are a helpful assistant." },
            { "role": "user", "content": "各地区的销售额？" },
            { "role": "assistant", "content": "华东最高。" },
            { "role": "user", "content": [{ "type": "text", "text": QUESTION }] },
        ],
        "stream_options": { "include_usage": true },
        "params": {},
        "features": { "web_search": false, "image_generation": false, "code_interpreter": false },
        "variables": { "{{USER_NAME}}": "a", "{{CURRENT_DATE}}": "2024-05-01" },
        "session_id": "s-1", "chat_id": "c-1", "id": "m-1",
        "background_tasks": { "title_generation": true, "tags_generation": true },
    });
    let (content, last) = streamed(&gateway, "/v1/chat/completions", &body).await;
    assert!(content.starts_with(ANSWER), "{content}");
    assert!(last["usage"]["total_tokens"].is_number(), "{last}");
}

/// LibreChat sends all sampling settings, a user and a stop list.
#[tokio::test]
async fn librechat() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    gateway
        .seed(&schemas::TenantId::local(), schemas::file::FileState::Indexed)
        .await;
    let body = json!({
        "model": "contrail-auto",
        "user": "65f1c0ffee65f1c0ffee65f1",
        "stream": true,
        "temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0,
        "stop": ["||>", "\nUser:", "<|diff_marker|>"],
        "messages": [{ "role": "user", "content": QUESTION }],
    });
    let (content, _) = streamed(&gateway, "/v1/chat/completions", &body).await;
    assert!(content.starts_with(ANSWER), "{content}");
    // Titles are asked for without a stream.
    let body = json!({
        "model": "contrail-auto", "temperature": 0.2, "max_tokens": 16, "stream": false, "n": 1,
        "messages": [{ "role": "user", "content": QUESTION }],
    });
    let (status, whole) = send(gateway.request(Method::POST, "/v1/chat/completions").json(&body)).await;
    assert_eq!(status, 200);
    let content = whole["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(content.starts_with(ANSWER), "{content}");
}

/// LobeChat sends tools that nobody has to call, and images as parts.
#[tokio::test]
async fn lobechat() {
    let gateway = Gateway::start().await;
    let _cast = Cast::on(&gateway).await;
    gateway
        .seed(&schemas::TenantId::local(), schemas::file::FileState::Indexed)
        .await;
    let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let body = json!({
        "model": "contrail-tables",
        "stream": true,
        "stream_options": { "include_usage": true },
        "temperature": 0.6, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0,
        "messages": [
            { "role": "system", "content": "" },
            { "role": "user", "content": [
                { "type": "text", "text": QUESTION },
                { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{png}"), "detail": "auto" } },
            ] },
        ],
        "tools": [{ "type": "function", "function": { "name": "search", "parameters": { "type": "object", "properties": {} } } }],
        "tool_choice": "auto",
    });
    let (content, last) = streamed(&gateway, "/v1/chat/completions", &body).await;
    assert!(content.starts_with(ANSWER), "{content}");
    assert!(last["usage"].is_object(), "{last}");
}
