//! Keys while the gateway runs: made and revoked, with limits of their own, and links that outlast them.

use std::path::PathBuf;

use bus::provision::Topology;
use gateway::GatewayConfig;
use gateway::keys::{Key, KeyFile, digest};
use reqwest::{Method, RequestBuilder};
use schemas::TenantId;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Gateway, Server, problem, send, soon, whole_problem};

/// A gateway with a key file, in which the tenant `local` has the key `l-1`.
struct Keyed {
    gateway: Gateway,
    file: KeyFile,
    folder: TempDir,
}

fn key(text: &str) -> Key {
    Key::new(TenantId::local(), digest(text))
}

impl Keyed {
    async fn start(config: GatewayConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("keys");
        let file = KeyFile::at(&path);
        file.add(&key("l-1")).unwrap();
        let config = GatewayConfig {
            api_keys_file: Some(path),
            ..config
        };
        let gateway = Gateway::on(Server::start().await, config, "127.0.0.1:0").await;
        Self {
            gateway,
            file,
            folder,
        }
    }

    fn get(&self, path: &str, key: &str) -> RequestBuilder {
        self.gateway.get(path).bearer_auth(key)
    }

    async fn status(&self, key: &str) -> u16 {
        send(self.get("/api/files", key)).await.0.as_u16()
    }
}

#[tokio::test]
async fn keys_come_and_go_without_a_restart() {
    let keyed = Keyed::start(GatewayConfig::default()).await;
    assert_eq!((keyed.status("l-1").await, keyed.status("l-2").await), (200, 401));
    keyed.file.add(&key("l-2")).unwrap();
    assert_eq!((keyed.status("l-1").await, keyed.status("l-2").await), (200, 200));
    keyed.file.revoke(&key("l-1").id().to_string()).unwrap();
    assert_eq!((keyed.status("l-1").await, keyed.status("l-2").await), (401, 200));

    // A slip of the pen locks nobody out, and lets nobody in.
    std::fs::write(keyed.file.path(), "local\n").unwrap();
    assert_eq!((keyed.status("l-1").await, keyed.status("l-2").await), (401, 200));
    std::fs::write(keyed.file.path(), "").unwrap();
    assert_eq!(keyed.status("l-2").await, 401);
}

#[tokio::test]
async fn each_key_has_its_own_rate() {
    let keyed = Keyed::start(GatewayConfig {
        requests_per_minute: 2,
        ..GatewayConfig::default()
    })
    .await;
    keyed
        .file
        .add(&Key {
            requests_per_minute: Some(1),
            ..key("slow")
        })
        .unwrap();
    keyed
        .file
        .add(&Key {
            requests_per_minute: Some(0),
            ..key("free")
        })
        .unwrap();

    assert_eq!(keyed.status("slow").await, 200);
    let response = soon(keyed.get("/api/files", "slow").send()).await.unwrap();
    let wait: u64 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let told = whole_problem(response, 429, "too_many_requests").await;
    assert_eq!(told["limit"], 1);

    let response = soon(keyed.get("/v1/models", "slow").send()).await.unwrap();
    assert_eq!(response.status(), 429);
    assert!(response.headers().contains_key("retry-after"));
    let told: Value = response.json().await.unwrap();
    assert_eq!(
        (&told["error"]["type"], &told["error"]["code"]),
        (&json!("rate_limit_error"), &json!("rate_limit_exceeded"))
    );

    for _ in 0..2 {
        assert_eq!(keyed.status("l-1").await, 200);
    }
    assert_eq!(keyed.status("l-1").await, 429);
    for _ in 0..8 {
        assert_eq!(keyed.status("free").await, 200);
    }
}

#[tokio::test]
async fn each_key_has_its_own_limit_of_an_upload() {
    let keyed = Keyed::start(GatewayConfig {
        max_upload_bytes: 16,
        ..GatewayConfig::default()
    })
    .await;
    for (name, bytes) in [("small", 4), ("large", 1000)] {
        keyed
            .file
            .add(&Key {
                max_upload: Some(bytes),
                ..key(name)
            })
            .unwrap();
    }
    for (key, limit) in [("small", 4), ("large", 16), ("l-1", 16)] {
        let put = |size: usize| {
            let put = keyed.gateway.put("/api/files/a.csv", "1".repeat(size));
            put.bearer_auth(key)
        };
        let (_, config) = send(keyed.get("/api/config", key)).await;
        assert_eq!(config["max_upload_bytes"], limit, "{key}");
        let told = problem(put(limit + 1), 413, "too_large").await;
        assert_eq!(told["limit"], limit, "{key}");
        assert_eq!(send(put(limit)).await.0, 202, "{key}");
    }

    let form =
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n12345\r\n--x--\r\n";
    let files = keyed.gateway.request(Method::POST, "/v1/files").body(form);
    let files = files.header("content-type", "multipart/form-data; boundary=x");
    let (status, told) = send(files.bearer_auth("small")).await;
    assert_eq!(
        (status.as_u16(), &told["error"]["code"]),
        (413, &json!("too_large")),
        "{told}"
    );
    let chat = json!({ "model": "contrail-auto", "messages": [{ "role": "user", "content": [
        { "type": "text", "text": "how many" },
        { "type": "file", "file": { "filename": "a.csv", "file_data": "data:text/csv;base64,MTIzNDU=" } },
    ] }] });
    let chat = keyed
        .gateway
        .request(Method::POST, "/v1/chat/completions")
        .json(&chat);
    let (status, told) = send(chat.bearer_auth("small")).await;
    assert_eq!(
        (status.as_u16(), &told["error"]["code"]),
        (413, &json!("too_large")),
        "{told}"
    );
}

#[tokio::test]
async fn links_outlast_the_keys_and_end_with_their_secret() {
    let keyed = Keyed::start(GatewayConfig::default()).await;
    let (gateway, local) = (&keyed.gateway, TenantId::local());
    gateway
        .bus
        .create_tenant(&TenantId::new("red").unwrap(), &Topology::default())
        .await
        .unwrap();
    let id = bus::ids::new_job_id();
    let answers = gateway.bus.answers(&local).await.unwrap();
    answers.put_named(id.as_str(), "{}".into()).await.unwrap();
    let secret = std::fs::read_to_string(keyed.folder.path().join("keys.links")).unwrap();
    let query = signed(&secret, "local", id.as_str());
    let follow = |query: &str| gateway.get(&format!("/api/answers/{id}?{query}"));

    assert_eq!(send(follow(&query)).await.0, 200);
    keyed.file.add(&key("l-2")).unwrap();
    keyed.file.revoke(&key("l-1").id().to_string()).unwrap();
    assert_eq!(send(follow(&query)).await.0, 200);
    problem(
        follow(&query.replace("tenant=local", "tenant=red")),
        403,
        "invalid_link",
    )
    .await;
    let other = signed(&"0".repeat(64), "local", id.as_str());
    problem(follow(&other), 403, "invalid_link").await;
}

/// The query of a link that is signed with a secret.
fn signed(secret: &str, tenant: &str, answer: &str) -> String {
    use sha2::{Digest, Sha256};
    let secret = hex::decode(secret.trim()).unwrap();
    let hash = |kind: u8, rest: &[u8]| Sha256::digest([&secret, &[kind][..], rest].concat());
    let inner = hash(1, format!("{tenant}/{answer}").as_bytes());
    format!("tenant={tenant}&sig={}", hex::encode(hash(2, &inner)))
}
