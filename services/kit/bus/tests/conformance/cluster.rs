//! A cluster of three: nothing that was acked is lost, and nothing is done twice, whatever becomes of one node.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::Bus;
use bus::delivery::{DeliverySettings, Outputs};
use bus::ids::new_job_id;
use bus::provision::Topology;
use futures::StreamExt;
use schemas::JobId;
use schemas::jobs::AskJob;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::harness::{Call, Does, answer_to, local, question_of};
use crate::nodes::{Cluster, soon};

/// Jobs of one test.
const JOBS: usize = 1000;
/// Jobs that are sent at once.
const AT_ONCE: usize = 50;

/// A cluster with all streams, and a service that answers questions.
struct Working {
    cluster: Cluster,
    submitter: Bus,
    shutdown: CancellationToken,
    serving: JoinHandle<()>,
}

impl Working {
    /// With clients that know these nodes.
    async fn new(nodes: &[usize]) -> Self {
        let cluster = Cluster::new().await;
        let delivery = DeliverySettings {
            concurrency: 16,
            ack_wait: Duration::from_secs(3),
            ..DeliverySettings::default()
        };
        let topology = Topology {
            replicas: 3,
            delivery: delivery.clone(),
            ..Topology::default()
        };
        let submitter = cluster.bus("submitter", nodes).await;
        soon("provisioned cluster", || async {
            submitter.provision(&topology).await.ok()
        })
        .await;

        let service = cluster.bus("gateway", nodes).await;
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let serving = tokio::spawn(async move {
            let handler =
                |_: AskJob, call: Call| async move { Ok(Outputs::none().with(&answer_to(&call.id))) };
            // While the consumer has no leader it can't be found; a service that is started again finds it.
            while !stop.is_cancelled() {
                if service
                    .serve(Does(handler), &delivery, stop.clone())
                    .await
                    .is_err()
                {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        });
        Self {
            cluster,
            submitter,
            shutdown,
            serving,
        }
    }

    /// Sends all jobs, each as often as it takes, and does something to the cluster when a third of them is acked. The ids
    /// of all.
    async fn submit<Fut: Future<Output = Cluster>>(
        self,
        meddle: impl FnOnce(Cluster) -> Fut,
    ) -> (Self, BTreeSet<JobId>) {
        let Self {
            cluster,
            submitter,
            shutdown,
            serving,
        } = self;
        let sent = Arc::new(Mutex::new(BTreeSet::new()));
        let (third, begun) = tokio::sync::oneshot::channel();
        let third = Mutex::new(Some(third));
        let sending = futures::stream::iter(0..JOBS).for_each_concurrent(AT_ONCE, |number| {
            let (bus, sent, third) = (submitter.clone(), Arc::clone(&sent), &third);
            async move {
                let (id, question) = (new_job_id(), question_of(&format!("Question {number}?")));
                // The same id each time: a job whose ack was lost is not there twice.
                soon("ack", || async {
                    bus.publish(&local(), &id, &question).await.ok()
                })
                .await;
                let mut sent = sent.lock().unwrap();
                sent.insert(id);
                if sent.len() == JOBS / 3
                    && let Some(third) = third.lock().unwrap().take()
                {
                    third.send(()).unwrap();
                }
            }
        });
        let meddling = async {
            begun.await.unwrap();
            meddle(cluster).await
        };
        let ((), cluster) = tokio::join!(sending, meddling);
        let working = Self {
            cluster,
            submitter,
            shutdown,
            serving,
        };
        let sent = sent.lock().unwrap().clone();
        (working, sent)
    }

    /// Every job has led to one fact, and none is left.
    async fn all_done_once(self, sent: BTreeSet<JobId>) {
        assert_eq!(sent.len(), JOBS);
        soon("empty queue", || async {
            (self.cluster.messages("JOBS_ASK").await == Some(0)).then_some(())
        })
        .await;
        let cluster = &self.cluster;
        cluster.agreed(|stream| stream == "EVENTS").await;
        // A stream whose nodes are looking for a leader can't be counted yet.
        let counted = async |stream| soon(stream, || cluster.messages(stream)).await;
        assert_eq!(counted("EVENTS").await, JOBS as u64, "facts");
        assert_eq!(counted("DEAD").await, 0, "dead letters");
        self.shutdown.cancel();
        self.serving.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leader_is_killed_amid_a_thousand_jobs() {
    let working = Working::new(&[0, 1, 2]).await;
    let (working, sent) = working
        .submit(|mut cluster| async {
            let leader = cluster.leader_of("JOBS_ASK").await;
            cluster.nodes[leader].kill().await;
            // Another one takes over while it is away.
            let next = soon("another leader", || async {
                let now = cluster.leader_of("JOBS_ASK").await;
                (now != leader).then_some(now)
            })
            .await;
            assert_ne!(next, leader);
            cluster.nodes[leader].start();
            cluster
        })
        .await;
    working.all_done_once(sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_cut_off_and_comes_back() {
    // Clients are on the side of the majority.
    let working = Working::new(&[0, 1]).await;
    let (working, sent) = working
        .submit(|cluster| async {
            cluster.isolate(2, true);
            // Only two are left to agree on anything.
            soon("majority without it", || async {
                (cluster.leader_of("JOBS_ASK").await != 2).then_some(())
            })
            .await;
            cluster.isolate(2, false);
            cluster
        })
        .await;
    working.cluster.agreed(|stream| stream.starts_with("JOBS_")).await;
    working.all_done_once(sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_nodes_are_restarted_one_after_the_other() {
    let working = Working::new(&[0, 1, 2]).await;
    let (working, sent) = working
        .submit(|mut cluster| async {
            for node in 0..3 {
                cluster.nodes[node].stop().await;
                cluster.nodes[node].start();
                // The next one only when this one has caught up: two of three must agree.
                cluster
                    .agreed(|stream| ["JOBS_ASK", "EVENTS"].contains(&stream))
                    .await;
            }
            cluster
        })
        .await;
    working.all_done_once(sent).await;
}
