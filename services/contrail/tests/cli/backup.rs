//! What was saved comes back: files, answers and what the search finds.

use bus::{Bus, BusConfig};
use schemas::TenantId;
use serde_json::{Value, json};

use super::{GATES, Place, Up, document, exited, stderr, text};

const HANDBOOK: &str = "\
# Passenger handbook

## Lost property

Lost property is kept for 90 days in room B114 of Terminal 2.

## Pets

Small dogs may travel in the cabin of flights QX1207 and QX1208.
";

/// The total of passengers, and where lost property is.
#[track_caller]
fn asked(place: &Place) -> (Value, Value) {
    let output = place.run(&["ask", "--json", "total passengers by terminal"]);
    exited(&output, 0);
    let table = document(&output);
    let found = place.run(&["search", "--json", "lost property", "--limit", "1"]);
    exited(&found, 0);
    (table, document(&found))
}

/// An object of the server's bucket of answers.
async fn answer(nats_url: &str, id: &str) -> Vec<u8> {
    let bus = Bus::connect(&BusConfig::at(nats_url), "contrail").await.unwrap();
    let answers = bus.answers(&TenantId::local()).await.unwrap();
    answers.get(id, 1 << 24).await.unwrap().to_vec()
}

#[test]
fn a_backup_comes_back_into_an_empty_server() {
    let place = Place::new();
    let (gates, handbook) = (
        place.write("gates.csv", GATES),
        place.write("handbook.md", HANDBOOK),
    );
    exited(&place.run(&["add", text(&gates), text(&handbook)]), 0);
    exited(
        &place.run(&[
            "tables",
            "set",
            "gates.csv",
            "--column",
            "passengers",
            "--unit",
            "people",
        ]),
        0,
    );
    let (table, found) = asked(&place);
    assert!(found.to_string().contains("B114"), "{found}");
    let archive = place.folder.path().join("kept.tar.gz");
    let saved = place.run(&["backup", "--json", text(&archive)]);
    exited(&saved, 0);
    let saved = document(&saved);
    assert_eq!((&saved["files"], &saved["missing"]), (&json!(2), &json!([])));
    // Nothing is written over, and the folder's own name is as good.
    let again = place.run(&["backup", text(&archive)]);
    exited(&again, 1);
    assert!(stderr(&again).contains("kept.tar.gz"), "{}", stderr(&again));
    exited(&place.run(&["backup", text(place.folder.path())]), 0);

    let other = Place::new();
    let checked = other.run(&["restore", "--check", text(&archive)]);
    exited(&checked, 0);
    assert!(!other.data().exists(), "a check changes nothing");
    let restored = other.run(&["restore", "--json", text(&archive)]);
    exited(&restored, 0);
    let restored = document(&restored);
    assert_eq!((&restored["files"], &restored["lost"]), (&json!(2), &json!([])));
    assert_eq!(restored["objects"], saved["objects"]);

    // What can be asked, what can be found, and what people have decided.
    let (table_again, found_again) = asked(&other);
    assert_eq!(table["rows"], table_again["rows"]);
    assert!(found_again.to_string().contains("B114"), "{found_again}");
    let shown = document(&other.run(&["tables", "show", "--json", "gates.csv"]));
    assert!(shown.to_string().contains("people"), "{shown}");

    // An answer that was given before.
    let up = Up::start(&other);
    let status = document(&other.run(&["status", "--json"]));
    assert_eq!(status["server"]["http_url"], up.http.as_str());
    assert_eq!(status["files_by_state"], json!({ "indexed": 2 }));
    let url = status["server"]["nats_url"].as_str().unwrap().to_owned();
    let id = table["id"].as_str().unwrap().to_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kept: Value = serde_json::from_slice(&runtime.block_on(answer(&url, &id))).unwrap();
    assert_eq!(kept["rows"], table["rows"]);
    drop(up);

    // New versions are newer than the restored ones, though the server has numbered few jobs yet.
    other.write("gates.csv", "gate,terminal,passengers\nA1,T1,7\n");
    exited(
        &other.run(&["add", text(&other.folder.path().join("gates.csv"))]),
        0,
    );
    let (table, _) = asked(&other);
    assert_eq!(table["rows"], json!([["T1", 7]]));
    exited(&other.run(&["rm", "handbook.md"]), 0);

    // Over what is there: only when told so.
    let refused = other.run(&["restore", text(&archive)]);
    exited(&refused, 1);
    assert!(stderr(&refused).contains("--force"), "{}", stderr(&refused));
    exited(&other.run(&["restore", "--force", text(&archive)]), 0);
    let (table, found) = asked(&other);
    assert_eq!(table["rows"], table_again["rows"]);
    assert!(found.to_string().contains("B114"), "{found}");
}

#[test]
fn a_damaged_backup_changes_nothing() {
    let place = Place::new();
    let gates = place.write("gates.csv", GATES);
    exited(&place.run(&["add", text(&gates)]), 0);
    let archive = place.folder.path().join("kept.tar.gz");
    exited(&place.run(&["backup", text(&archive)]), 0);
    let whole = std::fs::read(&archive).unwrap();
    std::fs::write(&archive, &whole[..whole.len() - 9]).unwrap();

    let other = Place::new();
    let refused = other.run(&["restore", text(&archive)]);
    exited(&refused, 1);
    assert!(
        stderr(&refused).contains("no whole backup"),
        "{}",
        stderr(&refused)
    );
    assert!(!other.data().exists(), "nothing was touched");
    let missing = other.run(&["restore", text(&other.folder.path().join("none"))]);
    exited(&missing, 1);
    assert!(stderr(&missing).contains("none"), "{}", stderr(&missing));
}

#[test]
fn all_tenants_are_saved_and_made_again() {
    let place = Place::new();
    let gates = place.write("gates.csv", GATES);
    exited(&place.run(&["tenants", "create", "north"]), 0);
    exited(&place.run(&["add", "--tenant", "north", text(&gates)]), 0);
    let kept_for = |place: &Place, time: &str| {
        let set = ["retention", "set", "--tenant", "north", "--files", time];
        exited(&place.run(&set), 0);
    };
    kept_for(&place, "90d");
    let archive = place.folder.path().join("kept.tar.gz");
    let one = document(&place.run(&[
        "backup",
        "--json",
        text(&place.folder.path().join("local.tar.gz")),
    ]));
    assert_eq!((&one["tenants"], &one["files"]), (&json!(["local"]), &json!(0)));
    let all = document(&place.run(&["backup", "--json", "--all-tenants", text(&archive)]));
    assert_eq!(
        (&all["tenants"], &all["files"]),
        (&json!(["local", "north"]), &json!(1))
    );

    let other = Place::new();
    exited(&other.run(&["tenants", "create", "north"]), 0);
    // What is decided for a tenant is nothing that it has.
    kept_for(&other, "1d");
    exited(&other.run(&["restore", text(&archive)]), 0);
    let retention = document(&other.run(&["retention", "show", "--json"]));
    assert_eq!(retention[1]["files_days"], 90, "{retention}");
    let question = ["ask", "--json", "--tenant", "north", "total passengers"];
    assert_eq!(document(&other.run(&question))["rows"], json!([[525]]));
    let status = document(&other.run(&["status", "--json"]));
    assert_eq!(status["files"], json!([]), "what is north's is north's alone");
}
