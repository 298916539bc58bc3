//! Which services there are: told by each of them, and by nobody else.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::presence::Instance;
use bus::{Bus, BusConfig, Outputs};
use tokio_util::sync::CancellationToken;

use crate::calls::Lengths;
use crate::harness::{PATIENCE, World};

/// The services, as soon as they are as wanted.
async fn found(world: &World, wanted: impl Fn(&[Instance]) -> bool) -> Vec<Instance> {
    let mut last = Vec::new();
    let looked = tokio::time::timeout(PATIENCE, async {
        loop {
            last = world.bus.services().await.unwrap();
            if wanted(&last) {
                return;
            }
        }
    });
    if looked.await.is_err() {
        panic!("these are not what was wanted: {last:#?}");
    }
    last
}

#[tokio::test]
async fn each_process_is_told_once_as_long_as_it_serves() {
    let world = World::new().await;
    assert_eq!(world.bus.services().await.unwrap(), []);
    // A service of somebody else's, by the same API.
    let stranger = async_nats::service::ServiceExt::service_builder(&world.raw);
    let stranger = stranger.start("stranger", "1.0.0").await.unwrap();

    let first = world.serve(|_, _| async { Ok(Outputs::none()) }).await;
    let second = world.serve(|_, _| async { Ok(Outputs::none()) }).await;
    // This one takes jobs no more than calls: two things, one process.
    let bus = Bus::connect(&BusConfig::at(world.server.url()), "embed")
        .await
        .unwrap();
    bus.describe("index", "Qdrant server 1.16.3");
    let stop = CancellationToken::new();
    let answering = [(); 2].map(|()| {
        let (bus, stop) = (bus.clone(), stop.clone());
        tokio::spawn(async move { bus.answer(Lengths, 1, stop).await })
    });

    let services = found(&world, |found| found.len() == 3).await;
    let names: Vec<&str> = services.iter().map(|one| one.service.as_str()).collect();
    assert_eq!(names, ["embed", "gateway", "gateway"]);
    let ids: BTreeSet<&str> = services.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids.len(), 3, "{services:#?}");
    for one in &services {
        assert_eq!(one.version, env!("CARGO_PKG_VERSION"));
        assert!(one.started.ends_with('Z'), "{one:?}");
    }
    let facts: Vec<_> = services[0].facts.iter().collect();
    assert_eq!(facts, [(&"index".to_owned(), &"Qdrant server 1.16.3".to_owned())]);

    first.shutdown.cancel();
    first.task.await.unwrap().unwrap();
    stop.cancel();
    for task in answering {
        task.await.unwrap().unwrap();
    }
    found(&world, |found| found.len() == 1 && found[0].service == "gateway").await;
    second.shutdown.cancel();
    second.task.await.unwrap().unwrap();
    // Nobody is left: what is asked is answered all the same, and soon.
    let none = tokio::time::timeout(Duration::from_secs(10), found(&world, <[Instance]>::is_empty));
    none.await.unwrap();
    stranger.stop().await.unwrap();
}
