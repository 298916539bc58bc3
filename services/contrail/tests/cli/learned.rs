//! What people confirm, what words mean, and what is exported of both.

use serde_json::{Value, json};

use super::{Place, document, exited, stderr, text};

const SALES: &str = "\
city,category,sales,cost,orders
Shanghai,food,100,60,4
Shanghai,toys,50,20,5
Chengdu,food,30,25,3
";

fn said(document: &Value, pointer: &str) -> String {
    document
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap()
        .to_owned()
}

/// The id of the answer to a question, whatever it is.
fn asked(place: &Place, question: &str) -> String {
    let output = place.run(&["ask", "--json", question]);
    said(&document(&output), "/id")
}

/// The outcomes of a run by question, and whether it ended well.
fn run(place: &Place) -> (Vec<(String, String)>, bool) {
    let output = place.run(&["goldens", "run", "--json"]);
    let list = document(&output);
    let of = |row: &Value| (said(row, "/question"), said(row, "/outcome"));
    let mut outcomes: Vec<_> = list.as_array().unwrap().iter().map(of).collect();
    outcomes.sort();
    (outcomes, output.status.success())
}

#[track_caller]
fn outcomes(place: &Place, expect: &[(&str, &str)], well: bool) {
    let expect: Vec<(String, String)> = expect
        .iter()
        .map(|(question, outcome)| ((*question).to_owned(), (*outcome).to_owned()))
        .collect();
    assert_eq!(run(place), (expect, well));
}

#[test]
fn what_is_confirmed_is_asked_again_and_exported() {
    let place = Place::new();
    let sales = place.write("sales.csv", SALES);
    exited(&place.run(&["add", text(&sales)]), 0);
    let listed = place.run(&["goldens", "list"]);
    exited(&listed, 0);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("no answer was confirmed yet"));

    // Of a word that nobody knows, and the same in words that are known.
    let wrong = asked(&place, "total zorkle by city");
    let refused = place.run(&["goldens", "add", &wrong]);
    exited(&refused, 1);
    assert!(
        stderr(&refused).contains("it is a refusal"),
        "{}",
        stderr(&refused)
    );
    let right = asked(&place, "total sales by city");
    let added = place.run(&["goldens", "add", &right, "--corrects", &wrong, "--json"]);
    exited(&added, 0);
    let added = document(&added);
    assert_eq!(
        added[0]["rows"],
        json!([["Shanghai", 150], ["Chengdu", 30]]),
        "{added}"
    );
    assert_eq!(added[1]["question"], "total zorkle by city");
    outcomes(
        &place,
        &[
            ("total sales by city", "right"),
            ("total zorkle by city", "refused"),
        ],
        false,
    );

    // A glossary mends it, and spoils it.
    exited(&place.run(&["glossary", "set", "zorkle", "--alias", "sales"]), 0);
    outcomes(
        &place,
        &[
            ("total sales by city", "right"),
            ("total zorkle by city", "right"),
        ],
        true,
    );
    exited(&place.run(&["glossary", "set", "zorkle", "--alias", "cost"]), 0);
    outcomes(
        &place,
        &[
            ("total sales by city", "right"),
            ("total zorkle by city", "changed"),
        ],
        false,
    );
    let table = place.run(&["goldens", "run"]);
    exited(&table, 1);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(
        table.contains("2 rows: Shanghai, 150, …") && table.contains("2 rows: Shanghai, 80, …"),
        "{table}"
    );
    assert!(
        table.contains("1 right, 1 changed, 0 refused, 0 outdated"),
        "{table}"
    );

    // Verified, and nobody has said anything of it.
    asked(&place, "how many orders in Chengdu");
    let out = place.data().with_file_name("tuning");
    let export = ["export", "llama-factory", "--out", text(&out)];
    let exported = place.run(&export);
    exited(&exported, 0);
    let exported = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert!(
        exported.starts_with("3 pairs: 1 verified by two engines, 1 confirmed and 1 corrected by people"),
        "{exported}"
    );
    let file = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let rows: Value = serde_json::from_str(&file("contrail.json")).unwrap();
    let rows = rows.as_array().unwrap();
    let corrected = rows
        .iter()
        .find(|row| {
            row["instruction"]
                .as_str()
                .unwrap()
                .contains("Question: total zorkle by city")
        })
        .unwrap_or_else(|| panic!("{rows:?}"));
    let reply: Value = serde_json::from_str(corrected["output"].as_str().unwrap()).unwrap();
    let plan = &reply["readings"][0]["plan"];
    assert_eq!(
        (&plan["table"], &plan["measures"][0]["column"]),
        (&json!(1), &json!("sales")),
        "{reply}"
    );
    assert!(
        corrected["instruction"]
            .as_str()
            .unwrap()
            .contains("\"term\":\"zorkle\"")
    );
    assert!(
        corrected["system"]
            .as_str()
            .unwrap()
            .contains("Reply with one JSON object")
    );
    assert!(file("README.md").contains("| 3 | in all |"));
    assert!(file("lora_sft.yaml").contains("lora_rank: 8"));
    exited(&place.run(&export), 1);

    // Other bytes: nothing to compare, and nothing to learn from.
    place.write("sales.csv", SALES.replace("30", "31"));
    exited(&place.run(&["add", text(&sales)]), 0);
    outcomes(
        &place,
        &[
            ("total sales by city", "outdated"),
            ("total zorkle by city", "outdated"),
        ],
        true,
    );
    let nothing = place.run(&[&export[..], &["--overwrite"]].concat());
    exited(&nothing, 1);
    assert!(
        stderr(&nothing).contains("nothing was written"),
        "{}",
        stderr(&nothing)
    );

    // They go with their file.
    exited(&place.run(&["rm", "sales.csv"]), 0);
    assert_eq!(document(&place.run(&["goldens", "list", "--json"])), json!([]));
}

#[test]
fn a_glossary_is_kept_checked_and_used() {
    let place = Place::new();
    let sales = place.write("sales.csv", SALES);
    exited(&place.run(&["add", text(&sales)]), 0);
    let file = place.write(
        "glossary.json",
        json!({ "entries": [
            { "term": "basket", "kind": "metric", "formula": "turnover / orders" },
            { "term": "turnover", "kind": "alias", "of": "sales" },
            { "term": "magic city", "kind": "value", "of": "Shanghai", "column": "city" },
            { "term": "density", "kind": "metric", "formula": "sales / floor area", "note": "not yet" },
        ]})
        .to_string(),
    );
    let imported = place.run(&["glossary", "import", text(&file)]);
    exited(&imported, 0);
    assert!(
        stderr(&imported).contains("no table has a column \"floor area\""),
        "{}",
        stderr(&imported)
    );

    let output = place.run(&["ask", "--json", "basket by category in magic city"]);
    exited(&output, 0);
    let answer = document(&output);
    assert_eq!(answer["columns"], json!(["category", "basket"]));
    assert_eq!(answer["rows"], json!([["food", 25.0], ["toys", 10.0]]));
    let assumptions = answer["trail"]["assumptions"].to_string();
    assert!(
        assumptions.contains("basket = turnover / orders"),
        "{assumptions}"
    );
    let chips = answer["trail"]["chips"].to_string();
    assert!(chips.contains("magic city → city = Shanghai"), "{chips}");

    for (arguments, words) in [
        (
            &["set", "turnover", "--alias", "basket"][..],
            "basket → turnover → basket",
        ),
        (&["set", "x", "--metric", "a / (b"][..], "never closed"),
        (&["remove", "nothing"][..], "no term \"nothing\""),
        (&["import", "missing.json"][..], "can't read missing.json"),
    ] {
        let wrong = place.run(&[&["glossary"], arguments].concat());
        exited(&wrong, 1);
        assert!(stderr(&wrong).contains(words), "{}", stderr(&wrong));
    }
    exited(
        &place.run(&["glossary", "set", "x", "--alias", "y", "--metric", "a / b"]),
        2,
    );
    exited(&place.run(&["glossary", "remove", "Basket", "density"]), 0);
    let left = document(&place.run(&["glossary", "list", "--json"]));
    assert_eq!(left["entries"].as_array().unwrap().len(), 2, "{left}");
}
