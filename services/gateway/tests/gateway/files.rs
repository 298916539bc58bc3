//! Uploads, lists, deletion.

use futures::stream;
use gateway::GatewayConfig;
use reqwest::{Body, Method};
use schemas::file::{ContentRecord, FileState};
use schemas::jobs::{AddFile, DeleteFile, IngestJob};
use schemas::{ContentId, TenantId};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::harness::{Gateway, problem, send, soon, text};

const BYTES: &[u8] = b"day,sales\n2024-05-06,7\n";

pub fn content(bytes: &[u8]) -> ContentId {
    ContentId::new(hex::encode(Sha256::digest(bytes))).unwrap()
}

#[tokio::test]
async fn an_upload_is_stored_and_queued_under_its_name() {
    let gateway = Gateway::start().await;
    let mut queue = gateway.server.queue::<IngestJob>("ingest").await;

    for (request, name) in [
        (
            gateway.put("/api/files/零售/sales 2024.csv", BYTES),
            "零售/sales 2024.csv",
        ),
        (
            gateway
                .request(Method::POST, "/api/files?name=b%20%2B.csv")
                .body(BYTES),
            "b +.csv",
        ),
    ] {
        let (status, body) = send(request).await;
        assert_eq!(
            (status.as_u16(), text(&body, "/name").as_str()),
            (202, name),
            "{body}"
        );
        assert_eq!(text(&body, "/content"), content(BYTES).as_str());
        assert_eq!(body["size"], 23);

        let taken = queue.next().await;
        assert_eq!(taken.id.as_str(), text(&body, "/job"));
        assert_eq!(taken.tenant, TenantId::local());
        assert_eq!(
            taken.job,
            IngestJob::Add(AddFile {
                name: name.to_owned(),
                content: content(BYTES)
            })
        );
        let files = gateway.bus.files(&TenantId::local()).await.unwrap();
        assert_eq!(
            &files.get(content(BYTES).as_str(), 1024).await.unwrap()[..],
            BYTES
        );

        // It is known at once, before ingest has got to it.
        let (status, record) = send(gateway.get(&text(&body, "/links/file"))).await;
        assert_eq!(
            (status.as_u16(), &record["state"]),
            (200, &json!("received")),
            "{record}"
        );
        assert_eq!((&record["name"], &record["file"]), (&json!(name), &body["file"]));
        let (status, progress) = send(gateway.get(&format!("/api/answers/{}", text(&body, "/job")))).await;
        assert_eq!(
            (status.as_u16(), &progress["id"]),
            (202, &body["job"]),
            "{progress}"
        );
    }
}

#[tokio::test]
async fn what_was_found_in_the_tables_of_a_file_is_told() {
    let gateway = Gateway::start().await;
    let (_, body) = send(gateway.put("/api/files/a.csv", BYTES)).await;
    let file = text(&body, "/file");
    let (status, tables) = send(gateway.get(&format!("/api/files/{file}/tables"))).await;
    assert_eq!(
        (status.as_u16(), &tables["tables"]),
        (200, &json!([])),
        "{tables}"
    );

    let tenant = TenantId::local();
    let profile = json!({ "name": "a", "rows": 1, "columns": [], "decisions": [] });
    let objects = gateway.bus.files(&tenant).await.unwrap();
    let object = objects
        .put(profile.to_string().into_bytes().into())
        .await
        .unwrap();
    let records = gateway.bus.file_records(&tenant).await.unwrap();
    records
        .update(&file, |known| {
            let mut record = known?.clone();
            record.state = FileState::Indexed;
            record.active = serde_json::from_value(json!({
                "content": content(BYTES),
                "size": BYTES.len(),
                "tables": [{
                    "index": 0, "name": "a", "rows": 1, "columns": 0, "parquet": object, "profile": object,
                }],
            }))
            .unwrap();
            Some(record)
        })
        .await
        .unwrap();
    let (_, tables) = send(gateway.get(&format!("/api/files/{file}/tables"))).await;
    assert_eq!(
        (&tables["file"], &tables["tables"]),
        (&json!(file), &json!([profile]))
    );
    let unknown = "/api/files/0199f1d2-7c3a-7def-8123-0000000000aa/tables";
    problem(gateway.get(unknown), 404, "unknown_file").await;
}

#[tokio::test]
async fn the_same_name_is_the_same_file_and_the_same_key_the_same_job() {
    let gateway = Gateway::start().await;
    let mut queue = gateway.server.queue::<IngestJob>("ingest").await;
    let key = "0199f1d2-7c3a-7def-8123-456789abcdef";

    let put = |bytes: &'static [u8]| gateway.put("/api/files/a.csv", bytes);
    let (_, first) = send(put(b"a\n1\n").header("idempotency-key", key)).await;
    let (_, again) = send(put(b"a\n1\n").header("idempotency-key", key)).await;
    let (_, newer) = send(put(b"a\n2\n")).await;
    assert_eq!(
        (text(&first, "/job").as_str(), first == again),
        (key, true),
        "{first} {again}"
    );
    assert_eq!(first["file"], newer["file"]);
    assert_ne!(first["job"], newer["job"]);

    assert_eq!(queue.next().await.id.as_str(), key);
    assert_eq!(queue.next().await.id.as_str(), text(&newer, "/job"));
    problem(
        put(b"a").header("idempotency-key", "mine"),
        400,
        "invalid_idempotency_key",
    )
    .await;
}

#[tokio::test]
async fn what_can_not_be_taken_in_is_refused_by_name_and_never_queued() {
    let gateway = Gateway::with(GatewayConfig {
        max_upload_bytes: 8,
        ..GatewayConfig::default()
    })
    .await;
    let mut queue = gateway.server.queue::<IngestJob>("ingest").await;

    let large = problem(gateway.put("/api/files/a.csv", "123456789"), 413, "too_large").await;
    assert_eq!(large["limit"], 8);
    // Far more than the sockets hold: the client is told while it is still sending.
    let huge = vec![b'1'; 32 << 20];
    problem(gateway.put("/api/files/a.csv", huge.clone()), 413, "too_large").await;
    let huge = stream::iter([Ok::<_, std::io::Error>(huge)]);
    problem(
        gateway.put("/api/files/a.csv", Body::wrap_stream(huge)),
        413,
        "too_large",
    )
    .await;
    // Without a Content-Length the limit strikes while the bytes come in.
    let chunks = stream::iter(["1234", "56789"].map(Ok::<_, std::io::Error>));
    let large = problem(
        gateway.put("/api/files/a.csv", Body::wrap_stream(chunks)),
        413,
        "too_large",
    )
    .await;
    assert!(text(&large, "/detail").contains("8 bytes"), "{large}");

    problem(gateway.put("/api/files/a.csv", ""), 400, "empty").await;
    problem(gateway.put("/api/files/%20", "1"), 400, "invalid_name").await;
    problem(gateway.put("/api/files/a%2F..%2Fb.csv", "1"), 400, "invalid_name").await;
    problem(gateway.put("/api/files/%FF", "1"), 404, "unknown_route").await;
    problem(
        gateway.request(Method::POST, "/api/files").body("1"),
        400,
        "invalid_query",
    )
    .await;
    let form = gateway
        .put("/api/files/a.csv", "1")
        .header("content-type", "multipart/form-data; boundary=x");
    problem(form, 415, "form_upload").await;

    let (status, body) = send(gateway.put("/api/files/a.csv", "12345678")).await;
    assert_eq!(status, 202, "{body}");
    assert_eq!(queue.next().await.id.as_str(), text(&body, "/job"));
    let files = gateway.bus.files(&TenantId::local()).await.unwrap();
    for (bytes, stored) in [("123456789", None), ("1", None), ("12345678", Some(8))] {
        assert_eq!(
            files.size(content(bytes.as_bytes()).as_str()).await.unwrap(),
            stored,
            "{bytes}"
        );
    }
}

#[tokio::test]
async fn more_uploads_than_allowed_are_told_to_come_back() {
    let gateway = Gateway::with(GatewayConfig {
        max_uploads: 0,
        ..GatewayConfig::default()
    })
    .await;
    let response = gateway.put("/api/files/a.csv", "1").send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "5");
    crate::harness::whole_problem(response, 503, "busy").await;
}

#[tokio::test]
async fn deletion_is_a_job_and_deleted_files_are_gone() {
    let gateway = Gateway::start().await;
    let tenant = TenantId::local();
    let mut queue = gateway.server.queue::<IngestJob>("ingest").await;
    let kept = gateway.seed(&tenant, FileState::Indexed).await;
    let gone = gateway.seed(&tenant, FileState::Deleted).await;

    let (status, list) = send(gateway.get("/api/files")).await;
    assert_eq!((status.as_u16(), list), (200, json!({ "files": [kept] })));

    let delete = |id: &str| gateway.request(Method::DELETE, &format!("/api/files/{id}"));
    let (status, body) = send(delete(kept.file.as_str())).await;
    assert_eq!(
        (status.as_u16(), text(&body, "/file").as_str()),
        (202, kept.file.as_str())
    );
    let taken = queue.next().await;
    assert_eq!(
        (taken.id.as_str(), taken.job),
        (
            &*text(&body, "/job"),
            IngestJob::Delete(DeleteFile {
                file: kept.file,
                expired: None
            })
        )
    );

    let never = bus::ids::new_file_id();
    for id in [gone.file.as_str(), never.as_str()] {
        problem(delete(id), 404, "unknown_file").await;
        problem(gateway.get(&format!("/api/files/{id}")), 404, "unknown_file").await;
    }
    let invalid = problem(gateway.get("/api/files/a.csv"), 400, "invalid_id").await;
    assert!(text(&invalid, "/detail").contains("UUID"), "{invalid}");
}

#[tokio::test]
async fn an_upload_outlasts_the_removal_of_the_same_bytes() {
    let gateway = Gateway::start().await;
    let tenant = TenantId::local();
    let objects = gateway.bus.files(&tenant).await.unwrap();
    let contents = gateway.bus.content_records(&tenant).await.unwrap();
    let content = objects.put(BYTES.into()).await.unwrap();
    let removing = ContentRecord {
        removing_since: Some("2024-05-06T07:08:09Z".to_owned()),
        ..ContentRecord::default()
    };
    contents
        .update(content.as_str(), |_| Some(removing.clone()))
        .await
        .unwrap();

    let upload = tokio::spawn(send(gateway.put("/api/files/a.csv", BYTES)));
    objects.delete(content.as_str()).await.unwrap();
    let claimed = contents.get(content.as_str()).await.unwrap().unwrap();
    assert!(contents.remove(content.as_str(), claimed.revision).await.unwrap());

    assert_eq!(soon(upload).await.unwrap().0, 202);
    assert_eq!(objects.size(content.as_str()).await.unwrap(), Some(23));
}
