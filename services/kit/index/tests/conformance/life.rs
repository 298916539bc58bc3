//! The life of points: written, written again, replaced, removed, and still there after a restart.

use super::harness::{Place, content, dense, file, hybrid, local, numbers, point, space, words};

super::on_both_engines!(
    writing_twice_writes_once,
    a_file_is_removed_but_for_one_document,
    what_is_written_survives_a_restart,
    searches_go_on_while_others_write,
);

async fn writing_twice_writes_once(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let points = || vec![point(0, "gate A12"), point(1, "gate B7")];
    local.upsert(&space(), points()).await.unwrap();
    local.upsert(&space(), points()).await.unwrap();
    assert_eq!(local.count(&space()).await.unwrap(), 2);
    assert_eq!(numbers(&local, &words("B7")).await[0], 1);
    local.upsert(&space(), Vec::new()).await.unwrap();
}

async fn a_file_is_removed_but_for_one_document(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let mut new = point(0, "gate is now B7");
    new.document = content(2);
    let mut other = point(0, "gate of another file");
    other.file = file(2);
    local
        .upsert(
            &space(),
            vec![point(0, "gate was A12"), point(1, "gate was A13"), new, other],
        )
        .await
        .unwrap();
    assert_eq!(
        local
            .count_document(&space(), &file(1), &content(1))
            .await
            .unwrap(),
        2
    );

    local.remove(&file(1), Some(&content(2))).await.unwrap();
    let found = local.search(&space(), &words("gate")).await.unwrap();
    let mut texts: Vec<_> = found.into_iter().map(|found| found.passage.text).collect();
    texts.sort();
    assert_eq!(texts, ["gate is now B7", "gate of another file"]);

    local.remove(&file(1), None).await.unwrap();
    assert_eq!(local.count(&space()).await.unwrap(), 1);
    // Once more changes nothing.
    local.remove(&file(1), None).await.unwrap();
    assert_eq!(local.count(&space()).await.unwrap(), 1);
}

async fn what_is_written_survives_a_restart(mut place: Place) {
    let index = place.open().await;
    let vector = [0.0, 1.0, 0.0, 0.0];
    let points = (0..600)
        .map(|number| dense(number, &format!("gate C{number}"), vector))
        .collect();
    local(&index).upsert(&space(), points).await.unwrap();
    local(&index).remove(&file(9), None).await.unwrap();

    let index = place.open_again(index).await;
    let ours = local(&index);
    assert_eq!(index.spaces().await.unwrap(), [space()]);
    assert_eq!(ours.count(&space()).await.unwrap(), 600);
    assert_eq!(numbers(&ours, &hybrid("gate C321", vector)).await[0], 321);
    // And it is written on.
    ours.upsert(&space(), vec![dense(321, "gate D321", vector)])
        .await
        .unwrap();
    drop(ours);
    let index = place.open_again(index).await;
    assert_eq!(local(&index).count(&space()).await.unwrap(), 600);
    assert_eq!(numbers(&local(&index), &hybrid("D321", vector)).await[0], 321);
}

async fn searches_go_on_while_others_write(place: Place) {
    let index = place.open().await;
    local(&index)
        .upsert(&space(), vec![point(0, "gate A0")])
        .await
        .unwrap();
    let writers: Vec<_> = (0..4u32)
        .map(|writer| {
            let index = local(&index);
            tokio::spawn(async move {
                for round in 0..5 {
                    let first = 1 + writer * 1_000 + round * 100;
                    let points = (first..first + 20)
                        .map(|number| point(number, &format!("gate B{number}")))
                        .collect();
                    index.upsert(&space(), points).await.unwrap();
                }
            })
        })
        .collect();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        assert_eq!(numbers(&local(&index), &words("A0")).await[0], 0);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(local(&index).count(&space()).await.unwrap(), 401);
}
