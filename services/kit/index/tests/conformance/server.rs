//! What only a server can do wrong.

use index::{Index, IndexConfig, IndexError};
use secrecy::SecretString;

use super::harness::{QdrantServer, local, point, space};

fn at(url: &str) -> IndexConfig {
    IndexConfig {
        url: Some(url.to_owned()),
        timeout_seconds: 5,
        ..IndexConfig::default()
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come() {
    let error = Index::open(&at("http://127.0.0.1:1"), None).await.err().unwrap();
    assert!(
        matches!(&error, IndexError::Unreachable { url, .. } if url == "http://127.0.0.1:1"),
        "{error}"
    );
    assert!(error.is_temporary());
}

#[tokio::test]
async fn an_address_that_is_none_is_named() {
    let error = Index::open(&at("not an address"), None).await.err().unwrap();
    assert!(matches!(&error, IndexError::Address { .. }), "{error}");
    assert!(!error.is_temporary());
}

#[tokio::test]
async fn a_server_that_goes_away_is_an_error_for_now() {
    let folder = tempfile::tempdir().unwrap();
    let server = QdrantServer::start(folder.path(), None).await;
    let index = Index::open(&at(&server.url), None).await.unwrap();
    local(&index)
        .upsert(&space(), vec![point(0, "gate")])
        .await
        .unwrap();
    drop(server);
    let error = local(&index)
        .upsert(&space(), vec![point(1, "gate")])
        .await
        .unwrap_err();
    assert!(error.is_temporary(), "{error}");
    let error = local(&index).count(&space()).await.unwrap_err();
    assert!(error.is_temporary(), "{error}");
}

#[tokio::test]
async fn the_key_opens_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = QdrantServer::start(folder.path(), Some("right")).await;
    for key in [None, Some("wrong")] {
        let config = IndexConfig {
            api_key: key.map(SecretString::from),
            ..at(&server.url)
        };
        let error = Index::open(&config, None).await.err().unwrap();
        assert!(matches!(&error, IndexError::Unauthorized { .. }), "{error:?}");
        assert!(!error.is_temporary());
    }
    let file = folder.path().join("key");
    std::fs::write(&file, "right\n").unwrap();
    let config = IndexConfig {
        api_key_file: Some(file),
        ..at(&server.url)
    };
    let index = Index::open(&config, None).await.unwrap();
    assert_eq!(index.spaces().await.unwrap(), []);

    let config = IndexConfig {
        api_key_file: Some(folder.path().join("nothing")),
        ..at(&server.url)
    };
    let error = Index::open(&config, None).await.err().unwrap();
    assert!(matches!(&error, IndexError::Key { .. }), "{error}");
}
