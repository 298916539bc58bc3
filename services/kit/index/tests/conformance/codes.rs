//! The leg of exact codes.

use super::harness::{Place, hybrid, local, numbers, point, space, words};

super::on_both_engines!(
    a_code_is_not_one_that_begins_like_it,
    a_code_wins_against_similar_words,
    passages_with_more_of_the_codes_come_first,
    other_spellings_of_a_code_are_found,
);

async fn a_code_is_not_one_that_begins_like_it(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let points = vec![point(0, "ZX-4819 is a pump"), point(1, "ZX-49 is a valve")];
    local.upsert(&space(), points).await.unwrap();
    let found = local.search(&space(), &words("ZX-49")).await.unwrap();
    assert_eq!(found[0].passage.index, 1);
    assert_eq!(found[0].ranks.codes, Some(1));
    assert!(
        found[1..].iter().all(|other| other.ranks.codes.is_none()),
        "{found:?}"
    );
}

async fn a_code_wins_against_similar_words(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let mut points: Vec<_> = (0..20)
        .map(|number| {
            super::harness::dense(
                number,
                "航班在哪个航站楼，请看航班信息显示屏上的航站楼",
                [1.0, 0.0, 0.0, 0.0],
            )
        })
        .collect();
    points.push(super::harness::dense(20, "CA1234 T3", [0.0, 1.0, 0.0, 0.0]));
    local.upsert(&space(), points).await.unwrap();
    let query = hybrid("CA 1234航班在哪个航站楼", [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(numbers(&local, &query).await[0], 20);
}

async fn passages_with_more_of_the_codes_come_first(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let points = vec![
        point(0, "T2 T2 T2"),
        point(1, "A12 A12 A12"),
        point(
            2,
            "A long passage with many other words about the building T2 and its gate A12",
        ),
    ];
    local.upsert(&space(), points).await.unwrap();
    let found = local.search(&space(), &words("T2 A12")).await.unwrap();
    let both = found.iter().find(|found| found.passage.index == 2).unwrap();
    assert_eq!(both.ranks.codes, Some(1));
    assert_eq!(found.len(), 3);
}

async fn other_spellings_of_a_code_are_found(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let points = vec![
        point(0, "12号登机口在二号航站楼"),
        point(1, "Gate 13 is in Terminal 1"),
    ];
    local.upsert(&space(), points).await.unwrap();
    for (text, expect) in [("gate 12", 0), ("Terminal 2", 0), ("13号登机口", 1), ("T1", 1)] {
        let found = local.search(&space(), &words(text)).await.unwrap();
        assert_eq!(found[0].passage.index, expect, "{text}");
        assert_eq!(found[0].ranks.codes, Some(1), "{text}");
    }
}
