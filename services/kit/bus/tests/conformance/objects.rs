//! Bytes in and out of the object store.

use std::time::Duration;

use bus::ObjectsError;
use bus::provision::Topology;
use bytes::Bytes;
use schemas::{ContentId, TenantId};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio_util::io::StreamReader;

use crate::harness::{World, local, next};

const CHUNK: usize = 128 * 1024;

/// Bytes that compress badly and differ everywhere.
fn noise(size: usize) -> Bytes {
    let blocks = (0u64..).flat_map(|index| Sha256::digest(index.to_le_bytes()));
    blocks.take(size).collect::<Vec<u8>>().into()
}

fn id_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[tokio::test]
async fn bytes_come_back_as_they_went() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 20 * CHUNK + 77] {
        let bytes = noise(size);
        let id = files.put(bytes.clone()).await.unwrap();
        assert_eq!(id.as_str(), id_of(&bytes));
        assert_eq!(files.size(id.as_str()).await.unwrap(), Some(size as u64));
        assert_eq!(files.get(id.as_str(), 1 << 30).await.unwrap(), bytes, "{size}");

        let (from, to) = (world.folder.path().join("from"), world.folder.path().join("to"));
        std::fs::write(&from, &bytes).unwrap();
        assert_eq!(files.put_file(&from).await.unwrap(), id);
        files.delete(id.as_str()).await.unwrap();
        assert_eq!(files.put_file(&from).await.unwrap(), id);
        assert_eq!(
            files.get_to(id.as_str(), &to, 1 << 30).await.unwrap(),
            size as u64
        );
        assert_eq!(std::fs::read(&to).unwrap(), bytes);
    }
}

#[tokio::test]
async fn small_reads_make_full_chunks() {
    let world = World::new().await;
    let answers = world.bus.answers(&local()).await.unwrap();
    let bytes = noise(3 * CHUNK + 100);
    let parts: Vec<_> = bytes
        .chunks(1400)
        .map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part)))
        .collect();
    let id = answers
        .put_from("slowly", &mut StreamReader::new(futures::stream::iter(parts)))
        .await
        .unwrap();
    assert_eq!(id.as_str(), id_of(&bytes));
    assert_eq!(answers.get("slowly", 1 << 30).await.unwrap(), bytes);
    // Four chunks and the metadata.
    assert_eq!(world.messages("OBJ_answers_local").await, 5);
    // What other clients see.
    let store = async_nats::jetstream::new(world.raw.clone())
        .get_object_store("answers_local")
        .await
        .unwrap();
    let info = store.info("slowly").await.unwrap();
    assert_eq!((info.chunks, info.size), (4, bytes.len()));
}

#[tokio::test]
async fn what_is_there_is_not_sent_again() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let bytes = noise(CHUNK * 2);
    let place = async || {
        let store = async_nats::jetstream::new(world.raw.clone())
            .get_object_store("files_local")
            .await
            .unwrap();
        store.info(id_of(&bytes)).await.unwrap().nuid
    };
    files.put(bytes.clone()).await.unwrap();
    let first = place().await;
    files.put(bytes.clone()).await.unwrap();
    assert_eq!(place().await, first);
    // Something else under its name is not it.
    files
        .put_named(&id_of(&bytes), Bytes::from_static(b"short"))
        .await
        .unwrap();
    files.put(bytes.clone()).await.unwrap();
    assert_eq!(files.get(&id_of(&bytes), 1 << 30).await.unwrap(), bytes);
    // The chunks of what was replaced are gone.
    assert_eq!(world.messages("OBJ_files_local").await, 3);
}

#[tokio::test]
async fn what_is_not_there_or_too_large_is_said() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let error = files.get("nothing", 10).await.unwrap_err();
    assert!(
        matches!(&error, ObjectsError::Missing { name, .. } if name == "nothing"),
        "{error:?}"
    );
    let id = files.put(noise(11)).await.unwrap();
    let error = files.get(id.as_str(), 10).await.unwrap_err();
    assert!(
        matches!(
            error,
            ObjectsError::TooLarge {
                size: 11,
                limit: 10,
                ..
            }
        ),
        "{error:?}"
    );
    for _ in 0..2 {
        files.delete(id.as_str()).await.unwrap();
    }
    assert_eq!(files.size(id.as_str()).await.unwrap(), None);
    assert!(matches!(
        files.get(id.as_str(), 99).await.unwrap_err(),
        ObjectsError::Missing { .. }
    ));

    let nowhere: TenantId = "nowhere".parse().unwrap();
    let error = world.bus.files(&nowhere).await.err().unwrap();
    assert!(matches!(error, ObjectsError::NoBucket { .. }), "{error:?}");
    let error = files
        .put_file(&world.folder.path().join("nothing"))
        .await
        .unwrap_err();
    assert!(matches!(error, ObjectsError::Local { .. }), "{error:?}");
}

#[tokio::test]
async fn other_bytes_than_the_name_says_are_refused() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let name: ContentId = id_of(b"right").parse().unwrap();
    files
        .put_named(name.as_str(), Bytes::from_static(b"wrong"))
        .await
        .unwrap();
    let error = files.get(name.as_str(), 99).await.unwrap_err();
    assert!(matches!(error, ObjectsError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn other_bytes_than_were_put_are_refused() {
    let world = World::new().await;
    let answers = world.bus.answers(&local()).await.unwrap();
    answers
        .put_named("answer", Bytes::from_static(b"twelve"))
        .await
        .unwrap();
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let info = jetstream
        .get_object_store("answers_local")
        .await
        .unwrap()
        .info("answer")
        .await
        .unwrap();
    let chunks = format!("$O.answers_local.C.{}", info.nuid);
    jetstream
        .get_stream("OBJ_answers_local")
        .await
        .unwrap()
        .purge()
        .filter(&chunks)
        .await
        .unwrap();
    world.put_raw(&chunks, &[], b"eleven").await;
    let error = answers.get("answer", 99).await.unwrap_err();
    assert!(matches!(error, ObjectsError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn objects_of_many_chunks_come_in_several_batches() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let bytes = noise(80 * CHUNK + 5);
    let id = files.put(bytes.clone()).await.unwrap();
    // Others lie between its chunks.
    files.put(noise(7)).await.unwrap();
    let mut requests = world.requests("$JS.API.DIRECT.GET.OBJ_files_local").await;
    assert!(files.get(id.as_str(), 1 << 30).await.unwrap() == bytes);
    // Each asks for all that is missing, of which the server sends so many bytes.
    let mut missing = async || {
        let request = next(&mut requests).await.payload;
        let request: serde_json::Value = serde_json::from_slice(&request).unwrap();
        request["batch"].as_u64().unwrap()
    };
    assert_eq!(missing().await, 81);
    assert!((1..=61).contains(&missing().await));
    assert_eq!(world.consumers("OBJ_files_local").await, 0);
}

#[tokio::test]
async fn a_missing_chunk_is_said() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let id = files.put(noise(3 * CHUNK)).await.unwrap();
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let stream = jetstream.get_stream("OBJ_files_local").await.unwrap();
    for chunk in [2, 3, 1] {
        stream.delete_message(chunk).await.unwrap();
        let error = files.get(id.as_str(), 1 << 30).await.unwrap_err();
        let wanted = id.as_str();
        assert!(
            matches!(&error, ObjectsError::Damaged { wanted: w, .. } if w == wanted),
            "without chunk {chunk}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_replica_that_is_behind_is_not_believed() {
    let world = World::new().await;
    let jetstream = async_nats::jetstream::new(world.raw.clone());
    let mut config = jetstream
        .get_stream("OBJ_files_local")
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    config.allow_direct = false;
    jetstream.update_stream(config).await.unwrap();
    let mut behind = Behind::new(world.server.url(), "$JS.API.DIRECT.GET.OBJ_files_local").await;
    let files = world.bus.files(&local()).await.unwrap();
    let bytes = noise(2 * CHUNK + 5);
    let id = files.put(bytes.clone()).await.unwrap();
    tokio::select! {
        () = behind.answer() => panic!("the connection ended"),
        read = files.get(id.as_str(), 1 << 30) => assert!(read.unwrap() == bytes),
    }
}

/// Answers that there is no message. By hand: the library sets no status.
struct Behind(BufStream<TcpStream>);

impl Behind {
    async fn new(url: &str, subject: &str) -> Self {
        let address = url.strip_prefix("nats://").unwrap();
        let mut stream = BufStream::new(TcpStream::connect(address).await.unwrap());
        let hello = format!("CONNECT {{\"headers\":true,\"verbose\":false}}\r\nSUB {subject} 1\r\nPING\r\n");
        stream.write_all(hello.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let mut line = String::new();
        while !line.starts_with("PONG") {
            line.clear();
            assert_ne!(stream.read_line(&mut line).await.unwrap(), 0);
        }
        Self(stream)
    }

    async fn answer(&mut self) {
        let headers = "NATS/1.0 404 Message Not Found\r\n\r\n";
        let mut line = String::new();
        while self.0.read_line(&mut line).await.unwrap() > 0 {
            if let ["MSG", _, _, inbox, _] = line.split_whitespace().collect::<Vec<_>>()[..] {
                let size = headers.len();
                let answer = format!("HPUB {inbox} {size} {size}\r\n{headers}\r\n");
                self.0.write_all(answer.as_bytes()).await.unwrap();
                self.0.flush().await.unwrap();
            }
            line.clear();
        }
    }
}

#[tokio::test]
async fn a_read_survives_a_restart_of_the_server() {
    let mut world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let bytes: Bytes = noise(CHUNK).repeat(400).into();
    let id = files.put(bytes.clone()).await.unwrap();
    let mut requests = world.requests("$JS.API.DIRECT.GET.OBJ_files_local").await;
    let reading = tokio::spawn(async move { files.get(id.as_str(), 1 << 30).await });
    next(&mut requests).await;
    world.server.kill().await.unwrap();
    world.server.restart().await.unwrap();
    assert!(reading.await.unwrap().unwrap() == bytes);
}

#[tokio::test]
async fn a_full_bucket_is_said_and_keeps_no_rest() {
    let world = World::new().await;
    let small: TenantId = "small".parse().unwrap();
    let topology = Topology {
        files_max_bytes: 1 << 20,
        ..world.topology.clone()
    };
    world.bus.create_tenant(&small, &topology).await.unwrap();
    let files = world.bus.files(&small).await.unwrap();
    let error = files.put(noise(2 << 20)).await.unwrap_err();
    assert!(matches!(error, ObjectsError::Full { .. }), "{error:?}");
    assert_eq!(world.messages("OBJ_files_small").await, 0);
    files.put(noise(1 << 19)).await.unwrap();
}

#[tokio::test]
async fn what_a_crash_left_of_an_object_is_removed() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let id = files.put(noise(CHUNK + 1)).await.unwrap();
    let gone = files.put(noise(7)).await.unwrap();
    files.delete(gone.as_str()).await.unwrap();
    let whole = world.messages("OBJ_files_local").await;
    for chunk in [b"half", b"done"] {
        world.put_raw("$O.files_local.C.orphan", &[], chunk).await;
    }
    // Young ones may be under way.
    assert_eq!(files.collect_orphans(Duration::from_secs(3600)).await.unwrap(), 0);
    assert_eq!(files.collect_orphans(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(world.messages("OBJ_files_local").await, whole);
    assert_eq!(files.get(id.as_str(), 1 << 30).await.unwrap(), noise(CHUNK + 1));
}

#[tokio::test]
async fn bytes_are_named_when_their_content_is_known() {
    let world = World::new().await;
    let files = world.bus.files(&local()).await.unwrap();
    let empty = world.messages("OBJ_files_local").await;
    let bytes = noise(2 * CHUNK + 5);
    let unwanted = files.put_unnamed("part 0", &mut &bytes[..]).await.unwrap();
    assert_eq!(unwanted.size(), bytes.len() as u64);
    assert_eq!(unwanted.content().as_str(), id_of(&bytes));
    assert_eq!(files.size(&id_of(&bytes)).await.unwrap(), None);
    files.discard(unwanted).await;
    assert_eq!(world.messages("OBJ_files_local").await, empty);

    let wanted = files.put_unnamed("part 0", &mut &bytes[..]).await.unwrap();
    let id = files.keep(wanted).await.unwrap();
    assert_eq!(id.as_str(), id_of(&bytes));
    let whole = world.messages("OBJ_files_local").await;
    // The same once more: what is there stays, also under its readers.
    let again = files.put_unnamed("part 0", &mut &bytes[..]).await.unwrap();
    assert_eq!(files.keep(again).await.unwrap(), id);
    assert_eq!(world.messages("OBJ_files_local").await, whole);
    let mut got = Vec::new();
    let size = files.get_into(id.as_str(), &mut got, 1 << 30).await.unwrap();
    assert_eq!((size, Bytes::from(got)), (bytes.len() as u64, bytes));
    let refused = files.get_into(id.as_str(), &mut Vec::new(), 5).await;
    assert!(matches!(refused, Err(ObjectsError::TooLarge { limit: 5, .. })));
}
