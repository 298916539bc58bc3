//! Tenants and filters: who sees what.

use index::{IndexError, Query};
use schemas::TenantId;
use schemas::calls::SearchFilter;
use schemas::document::PassageKind;

use super::harness::{Place, dense, file, hybrid, local, numbers, point, space, words};

super::on_both_engines!(
    tenants_see_only_their_own,
    one_tenant_is_erased_and_the_other_is_not,
    filters_restrict,
    a_moment_that_is_none_is_named,
);

async fn tenants_see_only_their_own(place: Place) {
    let index = place.open().await;
    let (ours, theirs) = (local(&index), index.tenant(&TenantId::new("other").unwrap()));
    let vector = [1.0, 0.0, 0.0, 0.0];
    ours.upsert(&space(), vec![dense(0, "our gate A12", vector)])
        .await
        .unwrap();
    // The same passage of the same file: two points all the same.
    theirs
        .upsert(&space(), vec![dense(0, "their gate A12", vector)])
        .await
        .unwrap();
    let query = hybrid("gate A12", vector);
    for (tenant, text) in [(&ours, "our gate A12"), (&theirs, "their gate A12")] {
        let found = tenant.search(&space(), &query).await.unwrap();
        let texts: Vec<_> = found.iter().map(|found| found.passage.text.as_str()).collect();
        assert_eq!(texts, [text]);
        assert_eq!(tenant.count(&space()).await.unwrap(), 1);
    }
    let nobody = index.tenant(&TenantId::new("nobody").unwrap());
    assert_eq!(nobody.search(&space(), &query).await.unwrap(), []);
    assert_eq!(nobody.count(&space()).await.unwrap(), 0);
}

async fn one_tenant_is_erased_and_the_other_is_not(place: Place) {
    let index = place.open().await;
    let (ours, theirs) = (local(&index), index.tenant(&TenantId::new("other").unwrap()));
    for tenant in [&ours, &theirs] {
        tenant
            .upsert(&space(), vec![point(0, "gate"), point(1, "gate")])
            .await
            .unwrap();
    }
    ours.remove(&file(1), None).await.unwrap();
    assert_eq!(ours.count(&space()).await.unwrap(), 0);
    assert_eq!(theirs.count(&space()).await.unwrap(), 2);
    theirs.erase().await.unwrap();
    assert_eq!(theirs.count(&space()).await.unwrap(), 0);
}

async fn filters_restrict(place: Place) {
    let index = place.open().await;
    let local = local(&index);
    let mut other_file = point(1, "gate");
    other_file.file = file(2);
    let mut row = point(2, "gate");
    row.passage.kind = PassageKind::SheetRow;
    let mut late = point(3, "gate");
    late.received = 1_800_000_000;
    let points = vec![point(0, "gate"), other_file, row, late];
    local.upsert(&space(), points).await.unwrap();

    let check = async |only: SearchFilter, expect: &[u32]| {
        let query = Query {
            only,
            ..words("gate")
        };
        let mut found = numbers(&local, &query).await;
        found.sort_unstable();
        assert_eq!(found, expect);
    };
    let all = SearchFilter::default;
    check(all(), &[0, 1, 2, 3]).await;
    check(
        SearchFilter {
            files: vec![file(2)],
            ..all()
        },
        &[1],
    )
    .await;
    check(
        SearchFilter {
            files: vec![file(1), file(2)],
            ..all()
        },
        &[0, 1, 2, 3],
    )
    .await;
    check(
        SearchFilter {
            files: vec![file(9)],
            ..all()
        },
        &[],
    )
    .await;
    check(
        SearchFilter {
            kinds: vec![PassageKind::SheetRow],
            ..all()
        },
        &[2],
    )
    .await;
    let since = |text: &str| SearchFilter {
        since: Some(text.to_owned()),
        ..all()
    };
    check(since("2027-01-15T08:00:00Z"), &[3]).await;
    check(since("2027-01-15T08:00:00.5Z"), &[]).await;
    check(since("2027-01-15T16:00:00+08:00"), &[3]).await;
    check(
        SearchFilter {
            files: vec![file(1)],
            kinds: vec![PassageKind::Text],
            since: Some("2020-01-01T00:00:00Z".to_owned()),
        },
        &[0, 3],
    )
    .await;
}

async fn a_moment_that_is_none_is_named(place: Place) {
    let index = place.open().await;
    let query = Query {
        only: SearchFilter {
            since: Some("yesterday".to_owned()),
            ..SearchFilter::default()
        },
        ..words("gate")
    };
    let error = local(&index).search(&space(), &query).await.unwrap_err();
    assert!(
        matches!(&error, IndexError::Moment { text, .. } if text == "yesterday"),
        "{error}"
    );
    assert!(!error.is_temporary());
}
