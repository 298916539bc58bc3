//! Decisions of people instead of the reader's: read with them, kept with the version, refused where they make no sense.

use bus::ids::new_job_id;
use bus::{Fault, Faulty};
use ingest::{Limits, ReadTable, read_with};
use schemas::events::{FileIndexed, TableReady};
use schemas::file::FileState;
use schemas::jobs::{IngestJob, SetTable};
use schemas::overrides::{ColumnOverride, DateOrder, TableOverride};
use schemas::table::ColumnType::{self, Bool, Date, Datetime, Float, Int, Text};
use schemas::table::TableProfile;

use crate::world::{Sent, World, tenant};
use crate::{decision, kind, profile, values};

fn column(name: &str) -> ColumnOverride {
    ColumnOverride {
        column: name.to_owned(),
        ..ColumnOverride::default()
    }
}

fn typed(name: &str, kind: ColumnType) -> ColumnOverride {
    ColumnOverride {
        kind: Some(kind),
        ..column(name)
    }
}

fn columns(columns: impl IntoIterator<Item = ColumnOverride>) -> TableOverride {
    TableOverride {
        columns: columns.into_iter().collect(),
        ..TableOverride::default()
    }
}

fn table(text: &str, set: TableOverride) -> ReadTable {
    let read = read_with(
        text.as_bytes(),
        "t.csv",
        "test",
        &[set],
        &Limits::default(),
        &mut |_| {},
    );
    read.unwrap().remove(0)
}

#[test]
fn the_type_of_a_column_can_be_set() {
    let check = |cells: &[&str], set: ColumnType, expect: &[&str], unparsed: &[&str]| {
        let rows: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\",r")).collect();
        let table = table(
            &format!("x,row\n{}\n", rows.join("\n")),
            columns([typed("x", set)]),
        );
        assert_eq!(kind(&table, "x"), set, "{cells:?}");
        assert_eq!(values(&table, "x"), expect, "{cells:?}");
        let listed: Vec<&str> = profile(&table, "x")
            .unparsed
            .iter()
            .map(|cell| cell.cell.as_str())
            .collect();
        assert_eq!(listed, unparsed, "{cells:?}");
        assert_eq!(decision(&table, "type of x").1, "it was set");
    };
    check(&["007", "12", "x"], Int, &["7", "12", ""], &["line 4, column 1"]);
    check(&["1", "2.5"], Int, &["1", ""], &["line 3, column 1"]);
    check(&["$12", "€13.5", "-"], Float, &["12.0", "13.5", ""], &[]);
    check(&["1001", "1002"], Text, &["1001", "1002"], &[]);
    check(&["1", "0", "是"], Bool, &["true", "false", "true"], &[]);
    check(
        &["2024-03-05", "20240306", "45000", "2024年4月", "soon"],
        Date,
        &["2024-03-05", "2024-03-06", "2023-03-15", "2024-04-01", ""],
        &["line 6, column 1"],
    );
    check(&["2024-03-05"], Datetime, &["2024-03-05 00:00:00"], &[]);
}

#[test]
fn names_units_and_the_order_of_days_can_be_set() {
    let set = columns([
        ColumnOverride {
            rename: Some("金额".to_owned()),
            unit: Some("万元".to_owned()),
            ..column("amt")
        },
        ColumnOverride {
            date_order: Some(DateOrder::DayFirst),
            ..column("day")
        },
        column("gone"),
    ]);
    let table = table("amt,day\n1.5,03/04/2024\n2,05/06/2024\n", set);
    assert_eq!(values(&table, "day"), ["2024-04-03", "2024-06-05"]);
    assert_eq!(decision(&table, "date order of day"), ("day first", "it was set"));
    assert_eq!(profile(&table, "金额").unit.as_deref(), Some("万元"));
    assert!(decision(&table, "name of 金额").1.contains("\"amt\""));
    assert_eq!(decision(&table, "override of gone").0, "left out");
}

#[test]
fn the_header_and_the_totals_can_be_set() {
    let text = "地区,2023,2023\n,收入,成本\n华东,1,2\n合计,1,2\n";
    let set = TableOverride {
        header_rows: Some(2),
        keep_totals: true,
        ..TableOverride::default()
    };
    let table = table(text, set);
    let names: Vec<&str> = table
        .profile
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(names, ["地区", "2023 收入", "2023 成本"]);
    assert_eq!(values(&table, "地区"), ["华东", "合计"]);
}

const SALES: &[u8] = b"shop,code,amount\nA,007,10\nB,008,20\n";
const MORE: &[u8] = b"shop,code,amount\nA,007,10\nB,008,20\nC,009,30\n";
const OTHERS: &[u8] = b"shop,amount\nA,10\nB,20\n";

async fn set(world: &World, order: u64, name: &str, table: TableOverride) -> Sent {
    Sent {
        id: new_job_id(),
        order,
        job: IngestJob::Set(SetTable {
            file: world.file(name).await,
            table,
            reset: false,
        }),
    }
}

async fn first_profile(world: &World, name: &str) -> TableProfile {
    let version = world.record(name).await.active.unwrap();
    let table = version.tables.first().unwrap();
    let objects = world.bus.files(&tenant()).await.unwrap();
    let bytes = objects.get(table.profile.as_str(), 1 << 20).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_makes_a_version_that_stays_for_other_bytes() {
    let world = World::new().await;
    let added = world.add(1, "sales.csv", SALES).await;
    world.deliver(&added).await;
    let before = world.record("sales.csv").await.active.unwrap();
    assert_eq!(first_profile(&world, "sales.csv").await.columns[1].kind, Text);

    let job = set(&world, 2, "sales.csv", columns([typed("code", Int)])).await;
    let outputs = world.deliver(&job).await;
    let ready: TableReady = outputs.messages().remove(0);
    let after = world.record("sales.csv").await;
    let version = after.active.unwrap();
    assert_eq!(
        (after.state, after.order, &version.content),
        (FileState::Indexed, 2, &before.content)
    );
    assert_ne!(version, before);
    assert_ne!(version.tables[0].parquet, before.tables[0].parquet);
    assert_eq!(ready.table, version.tables[0]);
    assert_eq!(first_profile(&world, "sales.csv").await.columns[1].kind, Int);
    // Delivered again it is the same.
    let again = world.deliver_again(&job).await;
    assert_eq!(again.messages::<FileIndexed>(), outputs.messages::<FileIndexed>());

    // One more decision adds to the first, and other bytes are read with both.
    let renamed = ColumnOverride {
        rename: Some("sum".to_owned()),
        ..column("amount")
    };
    world
        .deliver(&set(&world, 3, "sales.csv", columns([renamed])).await)
        .await;
    let added = world.add(4, "sales.csv", MORE).await;
    world.deliver(&added).await;
    let profile = first_profile(&world, "sales.csv").await;
    let names: Vec<&str> = profile
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(
        (profile.rows, names, profile.columns[1].kind),
        (3, vec!["shop", "code", "sum"], Int)
    );

    // A column that is gone is told.
    let added = world.add(5, "sales.csv", OTHERS).await;
    world.deliver(&added).await;
    let profile = first_profile(&world, "sales.csv").await;
    assert!(
        profile
            .decisions
            .iter()
            .any(|decision| decision.about == "override of code")
    );
    // The same bytes under another name are read as the reader does.
    let added = world.add(6, "others.csv", SALES).await;
    world.deliver(&added).await;
    assert_eq!(first_profile(&world, "others.csv").await.columns[1].kind, Text);
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_that_make_no_sense_change_nothing() {
    let world = World::new().await;
    let added = world.add(1, "sales.csv", SALES).await;
    world.deliver(&added).await;
    let before = world.record("sales.csv").await;
    let other_table = TableOverride {
        table: 3,
        ..columns([typed("shop", Text)])
    };
    for (wrong, words, pointer) in [
        (
            columns([typed("amuont", Int)]),
            "the nearest are \"amount\"",
            "/table/columns",
        ),
        (other_table, "no table 3", "/table/table"),
        (TableOverride::default(), "nothing is set", "/table"),
    ] {
        let error = world
            .try_deliver(&set(&world, 2, "sales.csv", wrong).await, 1)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(
            error.fault(),
            Fault::Reject {
                pointer: Some(pointer.into())
            }
        );
    }
    assert_eq!(world.record("sales.csv").await, before);
    // A late one neither.
    let late = set(&world, 0, "sales.csv", columns([typed("code", Int)])).await;
    world.deliver(&late).await;
    assert_eq!(world.record("sales.csv").await, before);
}
