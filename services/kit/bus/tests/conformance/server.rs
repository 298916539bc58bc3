//! The private server as a process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use bus::server::{NatsServer, ServerError};
use bus::{Bus, BusConfig};

use crate::harness::{binary, until};

async fn is_gone(address: &str) {
    let address = address.trim_start_matches("nats://").to_owned();
    until("end of the server", || async {
        tokio::net::TcpStream::connect(&address).await.err().map(drop)
    })
    .await;
}

#[tokio::test]
async fn a_stopped_server_is_gone_and_its_store_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let binary = binary().await;
    for round in 0..2 {
        let server = NatsServer::start(&binary, folder.path()).await.unwrap();
        let bus = Bus::connect(&BusConfig::at(server.url()), "gateway")
            .await
            .unwrap();
        assert_eq!(bus.tenants().await.unwrap().len(), round);
        bus.provision(&bus::provision::Topology::default()).await.unwrap();
        let url = server.url().to_owned();
        server.stop().await;
        is_gone(&url).await;
    }
}

#[tokio::test]
async fn a_killed_server_comes_back_on_its_port_with_all_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = NatsServer::start(&binary().await, folder.path()).await.unwrap();
    let url = server.url().to_owned();
    let bus = Bus::connect(&BusConfig::at(&url), "gateway").await.unwrap();
    bus.provision(&bus::provision::Topology::default()).await.unwrap();
    server.kill().await.unwrap();
    is_gone(&url).await;
    server.restart().await.unwrap();
    assert_eq!(server.url(), url);
    let bus = Bus::connect(&BusConfig::at(&url), "gateway").await.unwrap();
    assert_eq!(bus.tenants().await.unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn why_it_does_not_start_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let missing = NatsServer::start(&folder.path().join("no-server"), folder.path())
        .await
        .unwrap_err();
    assert!(
        matches!(&missing, ServerError::Ended { log, .. } if log.contains("no-server")),
        "{missing}"
    );

    // A file where its folder should be.
    let store = tempfile::tempdir().unwrap();
    std::fs::write(store.path().join("jetstream"), "in the way").unwrap();
    let error = NatsServer::start(&binary().await, store.path())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ServerError::Ended { log, .. } if !log.is_empty()),
        "{error}"
    );
}

/// The variable that names the owner's folder.
const OWNED: &str = "TEST_OWNED_FOLDER";

#[tokio::test]
async fn it_ends_when_its_owner_is_killed() {
    // Ours: the owner does not live to remove one.
    let folder = tempfile::tempdir().unwrap();
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "server::owner", "--ignored", "--nocapture"])
        .env(OWNED, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let url = lines
        .map_while(Result::ok)
        .find_map(|line| line.split_once("nats://").map(|(_, url)| url.to_owned()));
    let url = url.expect("the owner says where its server is");
    tokio::net::TcpStream::connect(&url).await.unwrap();
    owner.kill().unwrap();
    owner.wait().unwrap();
    is_gone(&url).await;
}

/// Not a test of its own: the process that is killed in the one above. It ends with its standard input.
#[tokio::test]
#[ignore = "a part of it_ends_when_its_owner_is_killed"]
async fn owner() {
    let folder = std::env::var_os(OWNED).unwrap();
    let server = NatsServer::start(&binary().await, folder.as_ref()).await.unwrap();
    println!("\n{}", server.url());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()))
        .await
        .unwrap()
        .unwrap();
    server.stop().await;
}
