//! Spaces: one for each model and dimension, and what does not fit into them.

use index::{IndexError, Query, Space};

use super::harness::{Place, dense, hybrid, local, numbered, point, space, words};

super::on_both_engines!(
    spaces_stand_beside_each_other,
    a_space_that_is_not_there_is_empty,
    a_space_without_vectors_finds_by_words,
    vectors_of_another_length_are_refused,
);

async fn spaces_stand_beside_each_other(place: Place) {
    let index = place.open().await;
    let ours = local(&index);
    let other = Space {
        model: "other model: 第二".to_owned(),
        dimension: 2,
    };
    ours.upsert(&space(), vec![dense(0, "gate", [1.0, 0.0, 0.0, 0.0])])
        .await
        .unwrap();
    let mut point = point(0, "gate");
    point.dense = Some(vec![1.0, 0.0]);
    ours.upsert(&other, vec![point]).await.unwrap();
    let mut spaces = index.spaces().await.unwrap();
    spaces.sort();
    assert_eq!(spaces, [other.clone(), space()]);

    index.drop_space(&space()).await.unwrap();
    index.drop_space(&space()).await.unwrap();
    assert_eq!(index.spaces().await.unwrap(), std::slice::from_ref(&other));
    assert_eq!(ours.count(&space()).await.unwrap(), 0);
    assert_eq!(ours.count(&other).await.unwrap(), 1);
    // It can be built again.
    ours.upsert(&space(), vec![dense(0, "gate", [1.0, 0.0, 0.0, 0.0])])
        .await
        .unwrap();
    assert_eq!(ours.count(&space()).await.unwrap(), 1);
}

async fn a_space_that_is_not_there_is_empty(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    assert_eq!(index.spaces().await.unwrap(), []);
    let query = hybrid("gate A12", [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(local.search(&space(), &query).await.unwrap(), []);
    assert_eq!(local.count(&space()).await.unwrap(), 0);
    local.erase().await.unwrap();
    assert_eq!(index.spaces().await.unwrap(), []);
}

async fn a_space_without_vectors_finds_by_words(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let points = vec![point(0, "母婴室在二楼"), point(1, "吸烟室在三楼")];
    local.upsert(&Space::words(), points).await.unwrap();
    let found = local
        .search(&Space::words(), &words("母嬰室在哪裡"))
        .await
        .unwrap();
    assert_eq!(numbered(&found)[0], 0);
    assert_eq!(found[0].ranks.similarity, None);
    let query = hybrid("gate", [1.0, 0.0, 0.0, 0.0]);
    let error = local.search(&Space::words(), &query).await.unwrap_err();
    assert!(matches!(error, IndexError::Dimension { got: 4, .. }), "{error}");
}

async fn vectors_of_another_length_are_refused(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let with = |vector: Vec<f32>| {
        let mut point = point(0, "gate");
        point.dense = Some(vector);
        vec![point]
    };
    for vector in [vec![1.0; 3], vec![1.0; 5], Vec::new()] {
        let got = vector.len();
        let error = local.upsert(&space(), with(vector.clone())).await.unwrap_err();
        assert!(
            matches!(&error, IndexError::Dimension { got: g, space: s } if *g == got && *s == space()),
            "{error}"
        );
        assert!(!error.is_temporary());
        let query = Query {
            dense: Some(vector),
            ..words("gate")
        };
        let error = local.search(&space(), &query).await.unwrap_err();
        assert!(matches!(error, IndexError::Dimension { .. }), "{error}");
    }
    let error = local.upsert(&space(), with(vec![f32::NAN; 4])).await.unwrap_err();
    assert!(matches!(error, IndexError::NotFinite { .. }), "{error}");
    assert_eq!(index.spaces().await.unwrap(), []);
}
