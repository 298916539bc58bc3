//! What comes out is what went in.

use schemas::Language;
use schemas::document::{Area, PassageKind, Place as Where};

use super::harness::{Place, dense, hybrid, local, numbers, space, words};

super::on_both_engines!(
    a_passage_comes_back_as_it_was,
    texts_of_all_scripts_are_kept_and_found,
    duplicates_are_kept_and_never_found,
);

async fn a_passage_comes_back_as_it_was(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let mut point = dense(7, "登机口: A12; 航班: CA1234", [0.5, 0.5, 0.0, 0.0]);
    point.passage.context = "Handbook › Terminal 2 › page 7".to_owned();
    point.passage.kind = PassageKind::Row;
    point.passage.language = Some(Language::Zh);
    point.passage.place = Where {
        page: Some(7),
        areas: vec![Area {
            left: 0.1,
            top: 1.0 / 3.0,
            width: 0.333_333_34,
            height: f32::MIN_POSITIVE,
        }],
        sections: vec!["Terminal 2".to_owned()],
        table: Some("Gates".to_owned()),
        row: Some(u64::from(u32::MAX) + 1),
    };
    local.upsert(&space(), vec![point.clone()]).await.unwrap();
    let query = hybrid("CA1234", [1.0, 0.0, 0.0, 0.0]);
    let found = local.search(&space(), &query).await.unwrap().remove(0);
    assert_eq!(found.passage, point.passage);
    assert_eq!((found.file, found.name), (point.file, point.name));
    assert_eq!((found.content, found.document), (point.content, point.document));
    let ranks = found.ranks;
    assert_eq!(
        (ranks.dense, ranks.sparse, ranks.codes),
        (Some(1), Some(1), Some(1))
    );
    let similarity = ranks.similarity.unwrap();
    assert!((similarity - 0.5f32.sqrt()).abs() < 1e-4, "{similarity}");
    // Its heading finds it too.
    assert_eq!(numbers(&local, &words("T2")).await, [7]);
}

async fn texts_of_all_scripts_are_kept_and_found(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let texts = [
        "母婴室在二号航站楼三层",
        "行李寄存處在到達大廳",
        "ターミナルビル",
        "터미널 안내",
        "Зал ожидания",
        "صالة الانتظار",
        "Zürich Flughafen — Straße",
        "👩‍👩‍👧 family lounge \u{202e}abc\u{0} \"quoted\" \\ ",
    ];
    let points = (0u32..)
        .zip(texts)
        .map(|(number, text)| dense(number, text, [1.0, 0.0, 0.0, 0.0]))
        .collect();
    local.upsert(&space(), points).await.unwrap();
    for (number, query) in [
        (0, "母嬰室"),
        (1, "行李寄存处"),
        (2, "ターミナル"),
        (3, "터미널"),
        (4, "ЗАЛ"),
        (5, "صالة"),
        (6, "zurich"),
        (7, "Family Lounges"),
    ] {
        let found = local.search(&space(), &words(query)).await.unwrap();
        assert_eq!(found[0].passage.index, number, "{query}");
        assert_eq!(found[0].passage.text, texts[number as usize]);
    }
}

async fn duplicates_are_kept_and_never_found(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let vector = [1.0, 0.0, 0.0, 0.0];
    let mut copy = dense(1, "gate A12", vector);
    copy.passage.duplicate_of = Some(0);
    local
        .upsert(&space(), vec![dense(0, "gate A12", vector), copy])
        .await
        .unwrap();
    assert_eq!(numbers(&local, &hybrid("gate A12", vector)).await, [0]);
    assert_eq!(local.count(&space()).await.unwrap(), 2);
}
