//! What an operator sees and sets: the services that run, how long data is kept.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{GATES, Place, Up, document, exited, stderr, text};

/// How long all services may take to be there.
const PATIENCE: Duration = Duration::from_secs(60);

fn shown(place: &Place) -> Value {
    document(&place.run(&["retention", "show", "--json"]))
}

#[test]
fn retention_is_set_by_tenant_and_told_before() {
    let place = Place::new();
    let nothing = |tenant: &str| json!({ "tenant": tenant, "files_days": null, "answers_days": null });
    exited(&place.run(&["tenants", "create", "north"]), 0);
    assert_eq!(shown(&place), json!([nothing("local"), nothing("north")]));

    let set = |more: &[&str]| {
        let command = ["retention", "set", "--tenant", "north"];
        place.run(&[&command[..], more].concat())
    };
    let tried = set(&["--files", "12w", "--dry-run"]);
    exited(&tried, 0);
    let told = String::from_utf8(tried.stdout).unwrap();
    assert!(
        told.contains("files of north would be kept for 84 days") && told.contains("0 files"),
        "{told}"
    );
    assert_eq!(shown(&place)[1], nothing("north"), "it was tried alone");

    exited(&set(&["--files", "90d", "--answers", "30d"]), 0);
    // What is left out stays.
    exited(&set(&["--files", "forever"]), 0);
    let kept = json!({ "tenant": "north", "files_days": null, "answers_days": 30 });
    assert_eq!(shown(&place), json!([nothing("local"), kept]));
    let table = place.run(&["retention", "show"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("for 30 days") && table.contains("for ever"),
        "{table}"
    );

    for wrong in [&["--files", "0d"][..], &["--answers", "soon"], &[]] {
        exited(&set(wrong), 2);
    }
    let nobody = place.run(&["retention", "set", "--tenant", "nobody", "--files", "1d"]);
    exited(&nobody, 1);
    assert!(stderr(&nobody).contains("contrail tenants create nobody"));
}

#[test]
fn status_tells_services_queues_and_versions() {
    let place = Place::new();
    let services = |status: &Value| -> Vec<(String, usize)> {
        let services = status["services"].as_array().unwrap().iter();
        let of = |service: &Value| {
            let name = service["name"].as_str().unwrap().to_owned();
            (name, service["instances"].as_array().unwrap().len())
        };
        services.map(of).collect()
    };
    let idle = document(&place.run(&["status", "--json"]));
    assert_eq!(services(&idle).len(), 7);
    assert!(services(&idle).iter().all(|(_, running)| *running == 0), "{idle}");

    let up = Up::start(&place);
    // It serves before its last service has loaded its models.
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        let status = document(&place.run(&["status", "--json"]));
        if services(&status).iter().all(|(_, running)| *running == 1) {
            break status;
        }
        assert!(Instant::now() < deadline, "{status:#}");
    };
    let version = env!("CARGO_PKG_VERSION");
    for service in status["services"].as_array().unwrap() {
        assert_eq!(service["instances"][0]["version"], version);
        assert!(
            service["instances"][0]["started"]
                .as_str()
                .unwrap()
                .ends_with('Z')
        );
        assert_eq!(
            (&service["queue"]["waiting"], &service["dead_letters"]),
            (&json!(0), &json!(0))
        );
    }
    assert_eq!(status["versions"]["contrail"], version);
    assert!(status["versions"]["nats"].as_str().unwrap().starts_with("2."));
    let index = status["versions"]["index"][0].as_str().unwrap();
    assert!(index.starts_with("embedded qdrant-edge "), "{status:#}");

    let file = place.write("gates.csv", GATES);
    exited(&place.run(&["add", text(&file)]), 0);
    let shown = place.run(&["status"]);
    exited(&shown, 0);
    let shown = String::from_utf8(shown.stdout).unwrap();
    for part in [
        "processes",
        "dead letters",
        "codegen-executor",
        "nats-server 2.",
        "gates.csv",
    ] {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
    drop(up);
}
