//! Uploads in parts: cut and gone on with, ended, forgotten, and kept apart.

use std::path::Path;

use bus::provision::Topology;
use futures::{StreamExt, stream};
use gateway::GatewayConfig;
use reqwest::{Body, Method, RequestBuilder, Response};
use schemas::TenantId;
use schemas::jobs::{AddFile, IngestJob};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::files::content;
use crate::harness::{Gateway, Server, problem, send, soon, text, whole_problem};

const TENANT: &str = "x-contrail-tenant";
/// `表.csv`
const METADATA: &str = "filetype dGV4dC9jc3Y=,filename 6KGoLmNzdg==";
const BYTES: &str = "day,sales\n2024-05-06,7\n";

fn tus(gateway: &Gateway, method: Method, path: &str) -> RequestBuilder {
    gateway.request(method, path).header("tus-resumable", "1.0.0")
}

fn begin(gateway: &Gateway, length: usize) -> RequestBuilder {
    tus(gateway, Method::POST, "/api/uploads")
        .header("upload-length", length)
        .header("upload-metadata", METADATA)
}

fn patch(gateway: &Gateway, at: &str, offset: usize, body: impl Into<Body>) -> RequestBuilder {
    tus(gateway, Method::PATCH, at)
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream")
        .body(body)
}

async fn sent(request: RequestBuilder, status: u16) -> Response {
    let response = soon(request.send()).await.unwrap();
    assert_eq!(response.headers()["tus-resumable"], "1.0.0");
    assert_eq!(response.status(), status, "{:?}", response.headers());
    response
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

async fn begun(gateway: &Gateway, length: usize) -> String {
    header(&sent(begin(gateway, length), 201).await, "location").to_owned()
}

async fn head(gateway: &Gateway, at: &str) -> Response {
    sent(tus(gateway, Method::HEAD, at), 200).await
}

/// Waits until so many bytes are on the disk.
async fn arrived(folder: &Path, at: &str, bytes: u64) {
    let part = folder.join("uploads/local").join(format!("{}.part", id(at)));
    soon(async {
        while std::fs::metadata(&part).unwrap().len() < bytes {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn id(at: &str) -> &str {
    at.rsplit('/').next().unwrap()
}

async fn with_folder(config: GatewayConfig) -> (Gateway, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = GatewayConfig {
        spool_dir: Some(folder.path().to_owned()),
        ..config
    };
    (Gateway::with(config).await, folder)
}

#[tokio::test]
async fn an_upload_that_was_cut_goes_on_where_it_was_cut_and_becomes_a_file() {
    let (gateway, folder) = with_folder(GatewayConfig::default()).await;
    let mut queue = gateway.server.queue::<IngestJob>("ingest").await;
    let offered = sent(gateway.request(Method::OPTIONS, "/api/uploads"), 204).await;
    assert_eq!(header(&offered, "tus-version"), "1.0.0");
    assert_eq!(
        header(&offered, "tus-extension"),
        "creation,expiration,termination"
    );
    assert_eq!(header(&offered, "tus-max-size"), (256 << 20).to_string());

    let at = begun(&gateway, BYTES.len()).await;
    // A connection that breaks in the middle of the bytes, as TCP has it.
    let mut stream = TcpStream::connect(gateway.address).await.unwrap();
    let request = format!(
        "PATCH {at} HTTP/1.1\r\nHost: {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: {}\r\n\r\n{}",
        gateway.address,
        BYTES.len(),
        &BYTES[..9]
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    drop(stream);
    arrived(folder.path(), &at, 9).await;

    let standing = head(&gateway, &at).await;
    assert_eq!(header(&standing, "upload-offset"), "9");
    assert_eq!(header(&standing, "upload-length"), BYTES.len().to_string());
    assert_eq!(header(&standing, "upload-metadata"), METADATA);
    assert_eq!(header(&standing, "cache-control"), "no-store");
    assert!(header(&standing, "upload-expires").ends_with("GMT"));
    assert_eq!(header(&standing, "x-contrail-file"), "");

    let wrong = soon(patch(&gateway, &at, 8, &BYTES[8..]).send()).await.unwrap();
    assert_eq!(whole_problem(wrong, 409, "wrong_offset").await["offset"], 9);
    let some = sent(patch(&gateway, &at, 9, &BYTES[9..12]), 204).await;
    assert_eq!(header(&some, "upload-offset"), "12");
    let last = sent(patch(&gateway, &at, 12, &BYTES[12..]), 204).await;
    assert_eq!(header(&last, "upload-offset"), BYTES.len().to_string());

    let taken = queue.next().await;
    assert_eq!(taken.id.as_str(), header(&last, "x-contrail-job"));
    assert_eq!(
        taken.job,
        IngestJob::Add(AddFile {
            name: "表.csv".to_owned(),
            content: content(BYTES.as_bytes())
        })
    );
    let files = gateway.bus.files(&TenantId::local()).await.unwrap();
    let stored = files.get(content(BYTES.as_bytes()).as_str(), 1024).await.unwrap();
    assert_eq!(stored, BYTES);
    let file = header(&last, "x-contrail-file");
    let (status, record) = send(gateway.get(&format!("/api/files/{file}"))).await;
    assert_eq!((status.as_u16(), &record["name"]), (200, &json!("表.csv")));

    // Whoever lost the last response learns it all the same; nothing of the bytes is left.
    let again = head(&gateway, &at).await;
    for name in ["upload-offset", "x-contrail-file", "x-contrail-job"] {
        assert_eq!(header(&again, name), header(&last, name), "{name}");
    }
    let left = std::fs::read_dir(folder.path().join("uploads/local")).unwrap();
    assert_eq!(left.count(), 1);
}

#[tokio::test]
async fn the_newest_request_goes_on_with_an_upload() {
    let (gateway, folder) = with_folder(GatewayConfig {
        max_uploads: 1,
        ..GatewayConfig::default()
    })
    .await;
    let bytes = "1".repeat(2 << 20);
    let at = begun(&gateway, bytes.len()).await;
    // More than is gathered before it is written, and then silence: the client is gone, and the server does not know.
    let some = stream::iter([Ok::<_, std::io::Error>(bytes[..1 << 20].to_owned())]);
    let silent = Body::wrap_stream(some.chain(stream::pending()));
    let silent = tokio::spawn(patch(&gateway, &at, 0, silent).send());
    arrived(folder.path(), &at, 1).await;
    let offset: usize = header(&head(&gateway, &at).await, "upload-offset")
        .parse()
        .unwrap();
    assert!((1..=1 << 20).contains(&offset), "{offset}");
    whole_problem(soon(silent).await.unwrap().unwrap(), 409, "upload_taken").await;
    let last = sent(patch(&gateway, &at, offset, bytes[offset..].to_owned()), 204).await;
    assert_ne!(header(&last, "x-contrail-file"), "");
    let files = gateway.bus.files(&TenantId::local()).await.unwrap();
    let stored = files.size(content(bytes.as_bytes()).as_str()).await.unwrap();
    assert_eq!(stored, Some(2 << 20));
}

#[tokio::test]
async fn what_can_not_be_taken_in_is_refused_by_name() {
    let (gateway, _folder) = with_folder(GatewayConfig {
        max_upload_bytes: 16,
        max_partial_uploads: 2,
        max_partial_bytes: 20,
        ..GatewayConfig::default()
    })
    .await;
    let told = problem(begin(&gateway, 17), 413, "too_large").await;
    assert_eq!(told["limit"], 16);
    problem(begin(&gateway, 0), 400, "empty").await;
    let bare = || tus(&gateway, Method::POST, "/api/uploads");
    problem(bare().header("upload-metadata", METADATA), 400, "invalid_header").await;
    problem(bare().header("upload-length", 4), 400, "invalid_header").await;
    let name = "filename Li4vYS5jc3Y=";
    let detour = bare().header("upload-length", 4).header("upload-metadata", name);
    problem(detour, 400, "invalid_name").await;
    let other = gateway
        .request(Method::POST, "/api/uploads")
        .header("tus-resumable", "0.2.2");
    let response = sent(other, 412).await;
    assert_eq!(header(&response, "tus-version"), "1.0.0");
    whole_problem(response, 412, "other_tus").await;

    let at = begun(&gateway, 4).await;
    let too_much = problem(patch(&gateway, &at, 0, "12345"), 413, "too_large").await;
    assert_eq!(too_much["limit"], 4);
    // Without a Content-Length the limit strikes while the bytes come in, and those within it stay.
    let chunks = stream::iter(["12", "345"].map(Ok::<_, std::io::Error>));
    problem(
        patch(&gateway, &at, 0, Body::wrap_stream(chunks)),
        413,
        "too_large",
    )
    .await;
    assert_eq!(header(&head(&gateway, &at).await, "upload-offset"), "2");
    let form = tus(&gateway, Method::PATCH, &at)
        .header("upload-offset", 2)
        .body("34");
    problem(form, 415, "not_offset_stream").await;

    sent(begin(&gateway, 16), 201).await;
    let many = soon(begin(&gateway, 1).send()).await.unwrap();
    assert_eq!(many.headers()["retry-after"], "5");
    assert_eq!(whole_problem(many, 429, "too_many_uploads").await["limit"], 2);
    // One that is finished has no place any more.
    sent(patch(&gateway, &at, 2, "34"), 204).await;
    problem(begin(&gateway, 5), 503, "busy").await;
    sent(begin(&gateway, 4), 201).await;
}

#[tokio::test]
async fn an_upload_can_be_ended_and_is_gone_then() {
    let (gateway, folder) = with_folder(GatewayConfig::default()).await;
    let at = begun(&gateway, 4).await;
    sent(patch(&gateway, &at, 0, "12"), 204).await;
    sent(tus(&gateway, Method::DELETE, &at), 204).await;
    let left = std::fs::read_dir(folder.path().join("uploads/local")).unwrap();
    assert_eq!(left.count(), 0);
    problem(patch(&gateway, &at, 2, "34"), 404, "unknown_upload").await;
    problem(tus(&gateway, Method::DELETE, &at), 404, "unknown_upload").await;
    let gone = sent(tus(&gateway, Method::HEAD, &at), 404).await;
    assert_eq!(header(&gone, "upload-offset"), "");
    problem(
        tus(&gateway, Method::DELETE, "/api/uploads/a.csv"),
        400,
        "invalid_id",
    )
    .await;

    // For clients that can send GET and POST alone.
    let at = begun(&gateway, 4).await;
    let instead = |method: &str| {
        tus(&gateway, Method::POST, &at)
            .header("x-http-method-override", method)
            .header("upload-offset", 0)
            .header("content-type", "application/offset+octet-stream")
    };
    sent(instead("PATCH").body("12"), 204).await;
    let standing = sent(instead("HEAD"), 200).await;
    assert_eq!(header(&standing, "upload-offset"), "2");
    sent(instead("DELETE"), 204).await;
    problem(instead("GET"), 405, "method_not_allowed").await;
}

#[tokio::test]
async fn another_tenant_finds_nothing() {
    let gateway = Gateway::start().await;
    let red = TenantId::new("red").unwrap();
    gateway
        .bus
        .create_tenant(&red, &Topology::default())
        .await
        .unwrap();
    let at = begun(&gateway, 4).await;
    for request in [
        patch(&gateway, &at, 0, "1234"),
        tus(&gateway, Method::DELETE, &at),
    ] {
        problem(request.header(TENANT, "red"), 404, "unknown_upload").await;
    }
    sent(tus(&gateway, Method::HEAD, &at).header(TENANT, "red"), 404).await;
    assert_eq!(header(&head(&gateway, &at).await, "upload-offset"), "0");
}

#[tokio::test]
async fn the_same_key_is_the_same_upload() {
    let gateway = Gateway::start().await;
    let key = "0199f1d2-7c3a-7def-8123-456789abcdef";
    let keyed = |length| begin(&gateway, length).header("idempotency-key", key);
    let first = sent(keyed(4), 201).await;
    let at = format!("/api/uploads/{key}");
    assert_eq!(header(&first, "location"), at);
    sent(patch(&gateway, &at, 0, "12"), 204).await;
    assert_eq!(header(&sent(keyed(4), 201).await, "upload-offset"), "2");
    let other = problem(keyed(5), 400, "invalid_header").await;
    assert!(text(&other, "/detail").contains("Idempotency-Key"), "{other}");
    let last = sent(patch(&gateway, &at, 2, "34"), 204).await;
    assert_eq!(header(&last, "x-contrail-job"), key);
}

#[tokio::test]
async fn another_process_goes_on_with_it_and_finishes_what_was_whole() {
    let (gateway, folder) = with_folder(GatewayConfig::default()).await;
    let at = begun(&gateway, 4).await;
    sent(patch(&gateway, &at, 0, "12"), 204).await;
    gateway.stop.cancel();
    soon(gateway.running).await.unwrap().unwrap();
    gateway.server.stop().await;

    // The last bytes came, and then the process was killed.
    let part = folder
        .path()
        .join("uploads/local")
        .join(format!("{}.part", id(&at)));
    assert_eq!(std::fs::read_to_string(&part).unwrap(), "12");
    std::fs::write(&part, "1234").unwrap();
    let config = GatewayConfig {
        spool_dir: Some(folder.path().to_owned()),
        ..GatewayConfig::default()
    };
    let gateway = Gateway::on(Server::start().await, config, "127.0.0.1:0").await;
    let mut queue = gateway.server.queue::<IngestJob>("ingest").await;
    let standing = head(&gateway, &at).await;
    assert_eq!(header(&standing, "upload-offset"), "4");
    assert_eq!(header(&standing, "x-contrail-job"), id(&at));
    assert_eq!(queue.next().await.id.as_str(), id(&at));
}

#[tokio::test]
async fn what_nobody_goes_on_with_in_time_is_gone() {
    let (gateway, folder) = with_folder(GatewayConfig::default()).await;
    let at = begun(&gateway, 4).await;
    sent(patch(&gateway, &at, 0, "12"), 204).await;
    gateway.stop.cancel();
    soon(gateway.running).await.unwrap().unwrap();

    let config = GatewayConfig {
        spool_dir: Some(folder.path().to_owned()),
        keep_partial_seconds: 0,
        ..GatewayConfig::default()
    };
    let gateway = Gateway::on(gateway.server, config, "127.0.0.1:0").await;
    soon(async {
        while std::fs::read_dir(folder.path().join("uploads/local"))
            .unwrap()
            .count()
            > 0
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    problem(patch(&gateway, &at, 2, "34"), 404, "unknown_upload").await;
}
