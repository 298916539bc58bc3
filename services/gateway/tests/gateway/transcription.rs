//! `/v1/audio/transcriptions`, with an endpoint that plays a script.

use axum::http::StatusCode;
use gateway::GatewayConfig;
use models::TranscriptionConfig;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::harness::{Gateway, send, soon, text};
use crate::openai::error;
use crate::scripted_transcription::ScriptedTranscription;

async fn gateway(transcription: TranscriptionConfig) -> Gateway {
    Gateway::with(GatewayConfig {
        transcription,
        ..GatewayConfig::default()
    })
    .await
}

/// A form of parts: the name, what stands behind it in its head, and the content.
fn form(gateway: &Gateway, parts: &[(&str, &str, &str)]) -> RequestBuilder {
    let mut body = String::new();
    for (name, head, content) in parts {
        body += &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{head}\r\n\r\n{content}\r\n");
    }
    gateway
        .request(Method::POST, "/v1/audio/transcriptions")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body + "--x--\r\n")
}

const WEBM: &str = "; filename=\"die geheime Frage.webm\"\r\ncontent-type: audio/webm;codecs=opus";

#[tokio::test]
async fn what_is_said_comes_back_as_json_or_text() {
    let endpoint = ScriptedTranscription::saying(" 各地区的销售额？\n").await;
    let gateway = gateway(endpoint.config()).await;
    let (_, config) = send(gateway.get("/api/config")).await;
    assert_eq!(config["transcription"], true);

    let parts = [
        ("model", "", "whisper-1"),
        ("language", "", "zh-CN"),
        ("file", WEBM, "OggS sound"),
    ];
    let (status, reply) = send(form(&gateway, &parts)).await;
    assert_eq!(
        (status.as_u16(), reply),
        (200, json!({ "text": "各地区的销售额？" }))
    );
    let parts = [
        ("file", WEBM, "sound"),
        ("response_format", "", "text"),
        ("temperature", "", "0"),
    ];
    let reply = soon(form(&gateway, &parts).send()).await.unwrap();
    assert_eq!(reply.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(reply.text().await.unwrap(), "各地区的销售额？\n");

    let heard = endpoint.heard();
    assert_eq!(
        (heard.len(), heard[0].authorization.as_str()),
        (2, "Bearer sk-of-the-test")
    );
    let form = &heard[0].form;
    for part in [
        "name=\"model\"\r\n\r\nscripted\r\n",
        "name=\"language\"\r\n\r\nzh\r\n",
        "name=\"response_format\"\r\n\r\njson\r\n",
        "name=\"file\"; filename=\"sound.webm\"\r\nContent-Type: audio/webm\r\n\r\nOggS sound\r\n",
    ] {
        assert!(form.contains(part), "no {part:?} in {form}");
    }
    assert!(
        !form.contains("geheim"),
        "the name of the recording goes nowhere: {form}"
    );
    assert!(!heard[1].form.contains("language"), "{}", heard[1].form);
}

#[tokio::test]
async fn without_an_endpoint_that_is_told_as_openai_does() {
    let gateway = Gateway::start().await;
    let told = error(
        form(&gateway, &[("file", WEBM, "sound")]),
        404,
        "no_transcription",
    )
    .await;
    assert!(
        text(&told, "/error/message").contains("TRANSCRIBE_BASE_URL"),
        "{told}"
    );
    let (_, config) = send(gateway.get("/api/config")).await;
    assert_eq!(config["transcription"], false);
}

#[tokio::test]
async fn what_is_wrong_with_a_recording_is_told() {
    let endpoint = ScriptedTranscription::saying("never").await;
    let gateway = gateway(TranscriptionConfig {
        max_bytes: 1000,
        ..endpoint.config()
    })
    .await;
    let wrong = async |parts: &[(&str, &str, &str)], status, code, param: Option<&str>| {
        let told = error(form(&gateway, parts), status, code).await;
        assert_eq!(told["error"]["param"].as_str(), param, "{told}");
    };
    let long = "x".repeat(1001);
    wrong(&[("file", WEBM, &long)], 413, "too_large", None).await;
    let longer = "x".repeat(200_000);
    wrong(
        &[("prompt", "", &longer), ("file", WEBM, "x")],
        413,
        "too_large",
        None,
    )
    .await;
    wrong(&[("file", WEBM, "")], 400, "empty", None).await;
    wrong(&[("model", "", "whisper-1")], 400, "no_file_part", None).await;
    let text = "; filename=\"notes.txt\"\r\ncontent-type: text/plain";
    wrong(&[("file", text, "x")], 400, "call_refused", Some("file")).await;
    wrong(
        &[("language", "", "Klingon"), ("file", WEBM, "x")],
        400,
        "call_refused",
        Some("language"),
    )
    .await;
    let subtitles = [("response_format", "", "srt"), ("file", WEBM, "x")];
    wrong(&subtitles, 400, "call_refused", Some("response_format")).await;
    let bare = gateway
        .request(Method::POST, "/v1/audio/transcriptions")
        .body("x");
    error(bare, 400, "no_file_part").await;
    assert!(endpoint.heard().is_empty(), "{:?}", endpoint.heard());
}

#[tokio::test]
async fn an_endpoint_that_fails_is_told_from_sound_that_it_refuses() {
    let refusal = json!({ "error": { "message": "the file is no audio" } }).to_string();
    let endpoint = ScriptedTranscription::start(StatusCode::BAD_REQUEST, &refusal).await;
    let refusing = gateway(endpoint.config()).await;
    let told = error(form(&refusing, &[("file", WEBM, "sound")]), 400, "call_refused").await;
    assert!(
        text(&told, "/error/message").contains("the file is no audio"),
        "{told}"
    );

    let secret = json!({ "error": { "message": "bad key sk-of-the-test" } }).to_string();
    for (status, reply) in [
        (StatusCode::UNAUTHORIZED, secret.as_str()),
        (StatusCode::OK, "<html>"),
    ] {
        let endpoint = ScriptedTranscription::start(status, reply).await;
        let failing = gateway(endpoint.config()).await;
        let told = error(
            form(&failing, &[("file", WEBM, "sound")]),
            502,
            "transcription_failed",
        )
        .await;
        assert!(!told.to_string().contains("sk-of-the-test"), "{told}");
    }
}
