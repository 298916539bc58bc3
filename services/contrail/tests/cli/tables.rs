//! How tables were read, and what a person decides instead.

use serde_json::json;

use super::{Place, document, exited, stderr, text};

const SALES: &str = "shop,code,amt\nA,007,10\nB,008,x\nC,009,20\n";

#[test]
fn a_table_is_shown_and_set() {
    let place = Place::new();
    let sales = place.write("sales.csv", SALES);
    exited(&place.run(&["add", text(&sales)]), 0);

    let shown = place.run(&["tables", "show", "sales.csv"]);
    exited(&shown, 0);
    let shown = String::from_utf8(shown.stdout).unwrap();
    for part in ["sales: 3 rows", "code", "begins with zero"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    let set = place.run(&[
        "tables",
        "set",
        "sales.csv",
        "--column",
        "amt",
        "--type",
        "float",
        "--unit",
        "元",
        "--rename",
        "金额",
        "--json",
    ]);
    exited(&set, 0);
    let column = &document(&set)["columns"][2];
    assert_eq!(
        (&column["name"], &column["type"], &column["unit"]),
        (&json!("金额"), &json!("float"), &json!("元"))
    );
    assert_eq!(
        column["unparsed"],
        json!([{ "cell": "line 3, column 3", "text": "x" }])
    );

    // Other bytes under the same name are read with the same decisions.
    place.write("sales.csv", "shop,code,amt\nA,007,10\nB,008,30\n");
    exited(&place.run(&["add", text(&sales)]), 0);
    let shown = place.run(&["tables", "show", "sales.csv", "--table", "1", "--json"]);
    exited(&shown, 0);
    assert_eq!(document(&shown)[0]["columns"][2]["name"], "金额");
    let asked = place.run(&["ask", "--json", "金额的总和是多少？"]);
    exited(&asked, 0);
    assert_eq!(document(&asked)["rows"], json!([[40.0]]));

    for (arguments, words) in [
        (
            &["--column", "cdoe", "--type", "int"][..],
            "no column \"cdoe\"; the nearest are \"code\"",
        ),
        (
            &["--table", "2", "--keep-totals"][..],
            "no table 2; there are 1 (sales)",
        ),
        (&[][..], "nothing is set"),
    ] {
        let wrong = place.run(&[&["tables", "set", "sales.csv"], arguments].concat());
        exited(&wrong, 1);
        assert!(stderr(&wrong).contains(words), "{}", stderr(&wrong));
    }
    exited(&place.run(&["tables", "show", "other.csv"]), 1);
}
