//! The legs together.

use index::{Query, TenantIndex};

use super::harness::{Place, dense, hybrid, local, numbers, point, space, words};

super::on_both_engines!(each_leg_works_alone, ties_are_in_the_order_of_ids, a_limit_limits);

async fn each_leg_works_alone(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let points = vec![
        dense(0, "where to change money", [1.0, 0.0, 0.0, 0.0]),
        dense(1, "currency exchange", [0.9, 0.1, 0.0, 0.0]),
        point(2, "money laundering forms"),
    ];
    local.upsert(&space(), points).await.unwrap();
    let meaning = Query {
        text: String::new(),
        ..hybrid("", [0.9, 0.1, 0.0, 0.0])
    };
    assert_eq!(numbers(&local, &meaning).await, [1, 0]);
    let mut by_words = numbers(&local, &words("money")).await;
    by_words.sort_unstable();
    assert_eq!(by_words, [0, 2]);
    assert_eq!(numbers(&local, &words("")).await, [] as [u32; 0]);
    let mut both = numbers(&local, &hybrid("money", [0.9, 0.1, 0.0, 0.0])).await;
    assert_eq!(both[0], 0);
    both.sort_unstable();
    assert_eq!(both, [0, 1, 2]);
}

async fn ties_are_in_the_order_of_ids(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let vector = [0.0, 0.0, 1.0, 0.0];
    let points = (0..30)
        .map(|number| dense(number, "the same gate A12", vector))
        .collect();
    local.upsert(&space(), points).await.unwrap();
    let query = Query {
        limit: 30,
        ..hybrid("gate A12", vector)
    };
    let first = numbers(&local, &query).await;
    assert_eq!(first.len(), 30);
    assert_eq!(first[..5], SAME, "the ids are the same everywhere");
    for _ in 0..3 {
        assert_eq!(numbers(&local, &query).await, first);
    }
}

/// The first of thirty equal passages, by the ids that tenant, file, document and number make.
const SAME: [u32; 5] = [0, 0, 0, 0, 0];

async fn a_limit_limits(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let points = (0..30).map(|number| point(number, "gate")).collect();
    local.upsert(&space(), points).await.unwrap();
    let query = |limit, depth| Query {
        limit,
        depth,
        ..words("gate")
    };
    assert_eq!(numbers(&local, &query(3, 100)).await.len(), 3);
    assert_eq!(numbers(&local, &query(20, 5)).await.len(), 20);
    assert_eq!(numbers(&local, &query(0, 5)).await.len(), 0);
}

/// Passages that share words, codes and directions in different measure.
async fn fill(index: &TenantIndex) {
    let words = [
        "gate",
        "terminal",
        "lounge",
        "metro",
        "登机口",
        "航站楼",
        "母婴室",
        "行李",
        "A12",
        "T2",
        "CA1234",
    ];
    let points = (0..300u32)
        .map(|number| {
            let at = |step: u32| words[(number * step % 11) as usize];
            let text = format!(
                "{} {} {} {} {}",
                at(1),
                at(3),
                at(5),
                at(7),
                "and so on ".repeat((number % 4) as usize)
            );
            let part = |factor: u32| ((number * factor % 17) as f32 - 8.0) / 8.0;
            dense(number, &text, [part(3), part(5), part(7), 0.1])
        })
        .collect();
    index.upsert(&space(), points).await.unwrap();
}

#[tokio::test]
async fn both_engines_rank_alike() {
    let (here, there) = (Place::embedded(), Place::server().await);
    let (embedded, server) = (here.open().await, there.open().await);
    let (ours, theirs) = (local(&embedded), local(&server));
    fill(&ours).await;
    fill(&theirs).await;
    for (text, vector) in [
        ("gate A12 in terminal T2", [1.0, 0.2, 0.0, 0.1]),
        ("CA1234在哪个航站楼", [0.1, -1.0, 0.3, 0.0]),
        ("母婴室 lounge", [-0.4, 0.1, 0.9, 0.2]),
        ("metro", [0.0, 0.0, 0.0, 1.0]),
    ] {
        for query in [
            words(text),
            hybrid(text, vector),
            Query {
                text: String::new(),
                ..hybrid(text, vector)
            },
        ] {
            let query = Query { limit: 50, ..query };
            let (a, b) = (numbers(&ours, &query).await, numbers(&theirs, &query).await);
            assert!(!a.is_empty() || query.text.is_empty());
            assert_eq!(a, b, "{query:?}");
        }
    }
}
