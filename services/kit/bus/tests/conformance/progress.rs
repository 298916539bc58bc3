//! Progress, for those who follow from the start and those who come late.

use bus::ids::new_job_id;
use futures::StreamExt;
use schemas::progress::{Progress, ProgressState};
use schemas::{JobId, TenantId};

use crate::harness::{World, local, next};

fn report(id: &JobId, done: u64, state: ProgressState) -> Progress {
    Progress {
        id: id.clone(),
        service: "ingest".to_owned(),
        stage: "reading".to_owned(),
        done,
        total: 3,
        state,
        at: "2025-06-30T00:00:00Z".to_owned(),
    }
}

async fn tell(world: &World, progress: &Progress) {
    world.bus.report(&local(), progress).await.unwrap();
}

#[tokio::test]
async fn a_late_joiner_hears_what_is_and_what_comes() {
    let world = World::new().await;
    let id = new_job_id();
    let [first, second, third, last] = [
        report(&id, 1, ProgressState::Running),
        report(&id, 2, ProgressState::Running),
        report(&id, 3, ProgressState::Running),
        report(&id, 3, ProgressState::Finished),
    ];
    let mut early = world.bus.follow(&local(), &id).await.unwrap();
    tell(&world, &first).await;
    tell(&world, &second).await;
    let mut late = world.bus.follow(&local(), &id).await.unwrap();
    assert_eq!(next(&mut late).await, second);
    tell(&world, &third).await;
    // Of another job, and of the same job of another tenant: neither is heard.
    tell(&world, &report(&new_job_id(), 9, ProgressState::Finished)).await;
    let other: TenantId = "other".parse().unwrap();
    world
        .bus
        .report(&other, &report(&id, 9, ProgressState::Finished))
        .await
        .unwrap();
    tell(&world, &last).await;
    assert_eq!(late.collect::<Vec<_>>().await, [third.clone(), last.clone()]);
    assert_eq!(
        early.by_ref().collect::<Vec<_>>().await,
        [first, second, third, last.clone()]
    );
    // After the end there is the end.
    assert_eq!(
        world
            .bus
            .follow(&local(), &id)
            .await
            .unwrap()
            .collect::<Vec<_>>()
            .await,
        [last]
    );
}

#[tokio::test]
async fn a_report_that_core_lost_is_found_in_the_bucket() {
    let world = World::new().await;
    let id = new_job_id();
    let follower = world.bus.follow(&local(), &id).await.unwrap();
    let failed = report(
        &id,
        1,
        ProgressState::Failed {
            reason: "no such column".to_owned(),
        },
    );
    let key = format!("$KV.progress.local.{id}");
    world
        .put_raw(&key, &[], &serde_json::to_vec(&failed).unwrap())
        .await;
    assert_eq!(follower.collect::<Vec<_>>().await, [failed]);
}

#[tokio::test]
async fn a_handler_reports_and_its_outputs_end_the_chain() {
    struct Reports;

    impl bus::Handler<schemas::jobs::AskJob> for Reports {
        type Error = crate::harness::Mishap;

        async fn handle(
            &self,
            _: schemas::jobs::AskJob,
            delivery: &bus::Delivery,
        ) -> Result<bus::Outputs, Self::Error> {
            delivery.report(&delivery.origin, "looking", 1, 2).await;
            Ok(bus::Outputs::none()
                .with(&crate::harness::answer_to(&delivery.id))
                .finished(&delivery.origin))
        }
    }

    let world = World::new().await;
    let id = new_job_id();
    let follower = world.bus.follow(&local(), &id).await.unwrap();
    let service = world.serve_with(world.topology.delivery.clone(), Reports).await;
    world
        .bus
        .publish(&local(), &id, &crate::harness::question_of("how far?"))
        .await
        .unwrap();
    let heard: Vec<_> = follower
        .map(|progress| (progress.service, progress.stage, progress.state))
        .collect()
        .await;
    let gateway = "gateway".to_owned();
    assert_eq!(
        heard,
        [
            (gateway.clone(), "looking".to_owned(), ProgressState::Running),
            (gateway, String::new(), ProgressState::Finished),
        ]
    );
    // It is told after the result is there.
    assert_eq!(world.messages("EVENTS").await, 1);
    service.stop().await.unwrap();
}
