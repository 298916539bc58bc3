//! Whose data a request may see.

use bus::provision::Topology;
use gateway::GatewayConfig;
use reqwest::RequestBuilder;
use schemas::TenantId;
use schemas::file::FileState;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::harness::{Gateway, Server, problem, send, soon, text};

const TENANT: &str = "x-contrail-tenant";

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

async fn count(request: RequestBuilder) -> usize {
    let (status, body) = send(request).await;
    assert_eq!(status, 200, "{body}");
    body["files"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_tenant_sees_its_own_files_and_must_exist() {
    let gateway = Gateway::start().await;
    gateway
        .bus
        .create_tenant(&tenant("red"), &Topology::default())
        .await
        .unwrap();
    let file = gateway.seed(&tenant("red"), FileState::Indexed).await.file;

    let list = || gateway.get("/api/files");
    assert_eq!(count(list().header(TENANT, "red")).await, 1);
    assert_eq!(count(list()).await, 0);
    problem(gateway.get(&format!("/api/files/{file}")), 404, "unknown_file").await;

    for bad in ["Red", "a.b", "*", "unknown", ""] {
        let invalid = problem(list().header(TENANT, bad), 400, "invalid_tenant").await;
        assert!(
            text(&invalid, "/detail").contains("lower-case letters, digits and hyphens"),
            "{invalid}"
        );
    }
    problem(list().header(TENANT, "blue"), 404, "unknown_tenant").await;
    problem(
        gateway.put("/api/files/a.csv", "1").header(TENANT, "blue"),
        404,
        "unknown_tenant",
    )
    .await;
}

#[tokio::test]
async fn an_open_address_needs_keys() {
    let server = Server::start().await;
    let bus = server.connect("gateway").await;
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let config = GatewayConfig::default();
    let error = soon(gateway::run(bus, &config, listener, CancellationToken::new()))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("0.0.0.0") && error.contains("--api-keys-file"),
        "{error}"
    );
}

#[tokio::test]
async fn with_keys_every_key_opens_its_own_tenant_alone() {
    let server = Server::start().await;
    server
        .connect("gateway")
        .await
        .create_tenant(&tenant("red"), &Topology::default())
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let line = |tenant: &str, key: &str| format!("{tenant} {}\n", hex::encode(Sha256::digest(key)));
    std::fs::write(
        &keys,
        [line("local", "l-1"), line("red", "r-1"), line("gone", "g-1")].concat(),
    )
    .unwrap();
    let config = GatewayConfig {
        api_keys_file: Some(keys),
        ..GatewayConfig::default()
    };
    let gateway = Gateway::on(server, config, "0.0.0.0:0").await;
    gateway.seed(&tenant("red"), FileState::Indexed).await;

    let list = |key: &str| gateway.get("/api/files").bearer_auth(key);
    assert_eq!(count(list("r-1")).await, 1);
    assert_eq!(count(list("l-1")).await, 0);
    assert_eq!(count(list("r-1").header("host", "contrail.example")).await, 1);
    problem(list("r-1").header(TENANT, "local"), 403, "foreign_tenant").await;
    problem(list("g-1"), 404, "unknown_tenant").await;

    let response = soon(list("wrong").send()).await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    for request in [
        gateway.get("/api/files"),
        gateway.put("/api/files/a.csv", "1").header(TENANT, "red"),
    ] {
        problem(request, 401, "unauthorized").await;
    }
    // Probes have no keys.
    assert_eq!(send(gateway.get("/readyz")).await.0, 200);
}

#[tokio::test]
async fn other_web_sites_can_not_use_a_gateway_without_keys() {
    let gateway = Gateway::start().await;
    let own = format!("http://{}", gateway.address);
    for (name, value, code) in [
        ("host", "rebound.example", Some("foreign_origin")),
        ("origin", "https://elsewhere.example", Some("foreign_origin")),
        ("origin", own.as_str(), None),
    ] {
        let request = gateway.get("/api/files").header(name, value);
        match code {
            Some(code) => drop(problem(request, 403, code).await),
            None => assert_eq!(count(request).await, 0),
        }
    }
}
