//! A NATS cluster of three nodes on loopback, whose routes can be cut.
//!
//! Each node reaches each other node through a relay of this process, so that a partition is a matter of closing relays. What
//! nodes tell each other of their addresses leads nowhere, so that no route goes around them.

use std::net::TcpListener as StdListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use bus::{Bus, BusConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::harness::binary;

/// How many nodes.
const NODES: usize = 3;
/// How long the cluster may take to agree on something: elections take up to nine seconds each (nats-server 2.15).
const PATIENCE: Duration = Duration::from_secs(90);

pub struct Cluster {
    pub nodes: Vec<Node>,
    /// The numbers of the two nodes, and whether they reach each other.
    relays: Vec<(usize, usize, watch::Sender<bool>)>,
    _folder: tempfile::TempDir,
}

pub struct Node {
    binary: PathBuf,
    config: PathBuf,
    port: u16,
    child: Option<Child>,
}

/// A port that is free at this moment.
fn free_port() -> u16 {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Cluster {
    /// Starts the nodes and waits until they have a leader.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let binary = binary().await;
        let ports: Vec<u16> = (0..NODES).map(|_| free_port()).collect();
        let route_ports: Vec<u16> = (0..NODES).map(|_| free_port()).collect();
        let mut relays = Vec::new();
        let mut nodes = Vec::new();
        for node in 0..NODES {
            let mut routes = Vec::new();
            for other in (0..NODES).filter(|other| *other != node) {
                let (open, opened) = watch::channel(true);
                routes.push(relay(route_ports[other], opened).await);
                relays.push((node, other, open));
            }
            let config = folder.path().join(format!("node-{node}.conf"));
            let store = folder.path().join(format!("node-{node}"));
            std::fs::write(
                &config,
                configuration(node, ports[node], route_ports[node], &routes, &store),
            )
            .unwrap();
            let mut node = Node {
                binary: binary.clone(),
                config,
                port: ports[node],
                child: None,
            };
            node.start();
            nodes.push(node);
        }
        let cluster = Self {
            nodes,
            relays,
            _folder: folder,
        };
        cluster.agreed(|_| true).await;
        cluster
    }

    /// A connection that uses any of these nodes.
    pub async fn bus(&self, service: &'static str, nodes: &[usize]) -> Bus {
        let urls: Vec<String> = nodes.iter().map(|node| self.nodes[*node].url()).collect();
        let config = BusConfig {
            replicas: NODES,
            ..BusConfig::at(urls.join(","))
        };
        Bus::connect(&config, service).await.unwrap()
    }

    /// The node that leads a stream.
    pub async fn leader_of(&self, stream: &str) -> usize {
        soon("a leader", || async {
            for node in &self.nodes {
                let Some(jetstream) = node.jetstream().await else {
                    continue;
                };
                if let Ok(stream) = jetstream.get_stream(stream).await {
                    let leader = stream.cached_info().cluster.as_ref()?.leader.clone()?;
                    return leader.strip_prefix("node-")?.parse().ok();
                }
            }
            None
        })
        .await
    }

    /// How many messages a stream has.
    pub async fn messages(&self, stream: &str) -> Option<u64> {
        for node in &self.nodes {
            let Some(jetstream) = node.jetstream().await else {
                continue;
            };
            if let Ok(stream) = jetstream.get_stream(stream).await {
                return Some(stream.cached_info().state.messages);
            }
        }
        None
    }

    /// Cuts all routes of a node, or joins them again.
    pub fn isolate(&self, node: usize, isolated: bool) {
        for (from, to, open) in &self.relays {
            if *from == node || *to == node {
                open.send_replace(!isolated);
            }
        }
    }

    /// Waits until the cluster takes requests, and every copy of every stream that is asked for is up to date.
    pub async fn agreed(&self, streams: impl Fn(&str) -> bool) {
        soon("agreement", || async {
            for node in self.nodes.iter().filter(|node| node.child.is_some()) {
                let jetstream = node.jetstream().await?;
                let mut names = jetstream.stream_names();
                while let Some(name) = futures::StreamExt::next(&mut names).await {
                    let name = name.ok()?;
                    if !streams(&name) {
                        continue;
                    }
                    let stream = jetstream.get_stream(&name).await.ok()?;
                    let cluster = stream.cached_info().cluster.as_ref()?;
                    let current = cluster.replicas.iter().all(|peer| peer.current && !peer.offline);
                    if cluster.leader.is_none() || !current {
                        return None;
                    }
                }
            }
            Some(())
        })
        .await;
    }
}

impl Node {
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub fn start(&mut self) {
        let child = Command::new(&self.binary)
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.child = Some(child.unwrap());
    }

    /// As a crash would.
    pub async fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().await.unwrap();
    }

    /// As an operator would: clients are sent elsewhere, leaders step down, then it ends.
    pub async fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        let pid = child.id().unwrap().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        child.wait().await.unwrap();
    }

    /// JetStream by way of this node; none: it is away.
    async fn jetstream(&self) -> Option<jetstream::Context> {
        self.child.as_ref()?;
        let client = async_nats::ConnectOptions::new()
            .connection_timeout(Duration::from_millis(500))
            .connect(self.url())
            .await
            .ok()?;
        Some(
            jetstream::ContextBuilder::new()
                .timeout(Duration::from_secs(1))
                .build(client),
        )
    }
}

/// Hands bytes on to a port while it is open; its own port.
async fn relay(to: u16, open: watch::Receiver<bool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let open = Arc::new(open);
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let mut open = open.as_ref().clone();
            if !*open.borrow() {
                continue;
            }
            tokio::spawn(async move {
                let Ok(mut onward) = TcpStream::connect(("127.0.0.1", to)).await else {
                    return;
                };
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut from, &mut onward) => {}
                    _ = open.wait_for(|open| !open) => {}
                }
            });
        }
    });
    port
}

fn configuration(node: usize, port: u16, route_port: u16, routes: &[u16], store: &Path) -> String {
    let routes: String = routes
        .iter()
        .map(|port| format!("    \"nats://127.0.0.1:{port}\"\n"))
        .collect();
    format!(
        "server_name: node-{node}\n\
         host: \"127.0.0.1\"\n\
         port: {port}\n\
         jetstream {{\n  store_dir: {store}\n  max_file_store: 4TB\n}}\n\
         cluster {{\n  name: tests\n  listen: \"127.0.0.1:{route_port}\"\n\
         \x20 # Nobody listens there: other nodes come by the relays alone.\n\
         \x20 advertise: \"127.0.0.1:9\"\n\
         \x20 no_advertise: true\n\
         \x20 pool_size: -1\n\
         \x20 routes = [\n{routes}  ]\n}}\n",
        store = serde_json::Value::from(store.display().to_string()),
    )
}

/// Looks again and again until there is something to see.
pub async fn soon<T, F, Fut>(what: &str, mut look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .unwrap_or_else(|_| panic!("no {what} in time"))
}
