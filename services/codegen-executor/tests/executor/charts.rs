//! Results as pictures: which there are, and what stands in them.

use codegen_executor::chart::{self, NoChart};
use codegen_executor::engine::Outcome;
use codegen_executor::words::phrases;
use schemas::Language;
use schemas::answer::{Chart, ChartKind};
use schemas::plan::{Aggregate, Bucket, Derived, Formula, GroupKey, Plan, Since};
use schemas::table::{ColumnProfile, ColumnType, TableProfile};
use schemas::value::Value;
use serde_json::json;

use super::shop::{descending, first, key, measure, plan, rows_counted, shop_profile, span};

/// A column of the shop under another name, and with a unit.
fn column(name: &str, kind: ColumnType, unit: Option<&str>) -> ColumnProfile {
    let some = shop_profile().columns.remove(0);
    ColumnProfile {
        name: name.to_owned(),
        kind,
        unit: unit.map(str::to_owned),
        ..some
    }
}

fn sales() -> TableProfile {
    TableProfile {
        columns: vec![
            column("品类", ColumnType::Text, None),
            column("terminal", ColumnType::Text, None),
            column("day", ColumnType::Date, None),
            column("sales", ColumnType::Float, Some("万元")),
            column("cost", ColumnType::Float, Some("万元")),
            column("price", ColumnType::Float, None),
        ],
        ..shop_profile()
    }
}

fn outcome(columns: &[&str], rows: serde_json::Value) -> Outcome {
    let rows: Vec<Vec<Value>> = serde_json::from_value(rows).unwrap();
    Outcome {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows_in_all: rows.len() as u64,
        rows_kept: rows.len() as u64,
        rows,
        steps: Vec::new(),
        findings: Vec::new(),
    }
}

fn drawn(language: Language, plan: &Plan, outcome: &Outcome) -> Result<Chart, NoChart> {
    let phrases = phrases(language);
    let title = phrases.sentence(plan, "sales");
    chart::draw(language, phrases, plan, outcome, &sales(), title)
}

fn grouped(keys: Vec<GroupKey>, columns: &[&str]) -> Plan {
    Plan {
        group: keys,
        measures: columns.iter().map(|name| measure(Aggregate::Sum, name)).collect(),
        ..plan()
    }
}

fn derived(formula: Formula, percent: bool, keys: Vec<GroupKey>) -> Plan {
    Plan {
        derived: vec![Derived {
            name: "part".to_owned(),
            formula,
            percent,
        }],
        ..grouped(keys, &["sales"])
    }
}

fn of() -> String {
    "sum sales".to_owned()
}

fn month() -> GroupKey {
    span("day", Bucket::Month)
}

#[test]
fn the_shape_of_a_result_chooses_its_chart() {
    use ChartKind::{Area, Bars, GroupedBars, Lines, StackedBars};
    let months = json!([["2024-02", 1.0], ["2024-01", 2.0]]);
    let both = json!([["2024-02", 1.0, 2.0], ["2024-01", 2.0, 3.0]]);
    let pairs = |series: usize| {
        let rows: Vec<_> = (0..series * 9)
            .map(|n| json!([format!("c{}", n / series), format!("s{}", n % series), 1]))
            .collect();
        json!(rows)
    };
    let two = || vec![key("品类"), key("terminal")];
    for (name, plan, columns, rows, expected) in [
        (
            "a category",
            grouped(vec![key("品类")], &["sales"]),
            vec!["品类", "sum sales"],
            json!([["a", 1], ["b", null]]),
            Ok(Bars),
        ),
        (
            "spans",
            grouped(vec![month()], &["sales"]),
            vec!["day", "sum sales"],
            months.clone(),
            Ok(Lines),
        ),
        (
            "two measures of one unit",
            grouped(vec![month()], &["sales", "cost"]),
            vec!["day", "sum sales", "sum cost"],
            both.clone(),
            Ok(Lines),
        ),
        (
            "two measures of categories",
            grouped(vec![key("品类")], &["sales", "cost"]),
            vec!["品类", "sum sales", "sum cost"],
            json!([["a", 1, 2], ["b", 2, 3]]),
            Ok(GroupedBars),
        ),
        (
            "years as numbers",
            grouped(vec![key("terminal")], &["sales"]),
            vec!["terminal", "sum sales"],
            json!([[2021, 1], [2020, 2]]),
            Ok(Lines),
        ),
        (
            "the first spans",
            Plan {
                order: vec![descending("sum sales")],
                limit: first(2, true),
                ..grouped(vec![month()], &["sales"])
            },
            vec!["day", "sum sales"],
            months.clone(),
            Ok(Bars),
        ),
        (
            "spans and a category",
            grouped(vec![month(), key("terminal")], &["sales"]),
            vec!["day", "terminal", "sum sales"],
            json!([["2024-02", "T1", 1], ["2024-01", "T2", 2]]),
            Ok(Lines),
        ),
        (
            "few series",
            grouped(two(), &["sales"]),
            vec!["品类", "terminal", "sum sales"],
            pairs(3),
            Ok(GroupedBars),
        ),
        (
            "many series",
            grouped(two(), &["sales"]),
            vec!["品类", "terminal", "sum sales"],
            pairs(5),
            Ok(StackedBars),
        ),
        (
            "means do not add up",
            Plan {
                measures: vec![measure(Aggregate::Mean, "sales")],
                ..grouped(two(), &[])
            },
            vec!["品类", "terminal", "mean sales"],
            pairs(5),
            Ok(GroupedBars),
        ),
        (
            "too many series",
            grouped(two(), &["sales"]),
            vec!["品类", "terminal", "sum sales"],
            pairs(9),
            Err(NoChart::TooManySeries(9)),
        ),
        (
            "a share",
            derived(Formula::Share { of: of() }, true, vec![key("品类")]),
            vec!["品类", "sum sales", "part"],
            json!([["a", 1, 25.0], ["b", 3, 75.0]]),
            Ok(Bars),
        ),
        (
            "a running total",
            derived(Formula::Running { of: of() }, false, vec![month()]),
            vec!["day", "sum sales", "part"],
            both.clone(),
            Ok(Area),
        ),
        (
            "growth",
            derived(
                Formula::Change {
                    of: of(),
                    since: Since::Before,
                },
                true,
                vec![month()],
            ),
            vec!["day", "sum sales", "part"],
            both,
            Ok(Lines),
        ),
        (
            "a constant key",
            grouped(two(), &["sales"]),
            vec!["品类", "terminal", "sum sales"],
            json!([["a", "T1", 1], ["b", "T1", 2]]),
            Ok(Bars),
        ),
        (
            "three keys",
            grouped(vec![key("品类"), key("terminal"), month()], &["sales"]),
            vec!["品类", "terminal", "day", "sum sales"],
            json!([["a", "T1", "2024-01", 1], ["b", "T2", "2024-02", 2]]),
            Err(NoChart::TooManyKeys(3)),
        ),
        (
            "one number",
            grouped(Vec::new(), &["sales"]),
            vec!["sum sales"],
            json!([[1]]),
            Err(NoChart::OneRow),
        ),
        (
            "nothing",
            grouped(vec![key("品类")], &["sales"]),
            vec!["品类", "sum sales"],
            json!([]),
            Err(NoChart::NoRows),
        ),
        (
            "days as measures",
            Plan {
                measures: vec![measure(Aggregate::Max, "day")],
                ..grouped(vec![key("品类")], &[])
            },
            vec!["品类", "max day"],
            json!([["a", "2024-01-01"], ["b", "2024-01-02"]]),
            Err(NoChart::NoQuantities),
        ),
        (
            "texts",
            Plan {
                select: vec!["品类".to_owned()],
                ..plan()
            },
            vec!["品类"],
            json!([["a"], ["b"]]),
            Err(NoChart::Listing),
        ),
        (
            "two columns of numbers",
            Plan {
                select: vec!["sales".to_owned(), "cost".to_owned()],
                ..plan()
            },
            vec!["sales", "cost"],
            json!([[1, 2], [2, 3]]),
            Err(NoChart::Listing),
        ),
        (
            "the dearest",
            Plan {
                select: vec!["品类".to_owned(), "price".to_owned()],
                order: vec![descending("price")],
                ..plan()
            },
            vec!["品类", "price"],
            json!([["a", 3.5], ["b", 2.0]]),
            Ok(Bars),
        ),
        (
            "names that come twice",
            Plan {
                select: vec!["品类".to_owned(), "price".to_owned()],
                order: vec![descending("price")],
                ..plan()
            },
            vec!["品类", "price"],
            json!([["a", 3.5], ["a", 2.0]]),
            Err(NoChart::Listing),
        ),
    ] {
        for language in [Language::Zh, Language::En] {
            let result = drawn(language, &plan, &outcome(&columns, rows.clone()));
            assert_eq!(result.map(|chart| chart.kind), expected, "{name}");
        }
    }
}

/// The texts of an SVG, in their order.
fn texts(svg: &str) -> Vec<&str> {
    let parts = svg.split("<text").skip(1);
    parts
        .map(|part| {
            part.split_once(">\n")
                .unwrap()
                .1
                .split_once("\n</text>")
                .unwrap()
                .0
        })
        .collect()
}

#[test]
fn every_label_is_there_with_its_unit() {
    let plan = derived(Formula::Share { of: of() }, true, vec![key("品类")]);
    let rows = json!([
        ["免税商品", 1234.5, 61.7],
        ["餐饮", 766.0, 38.3],
        [null, null, null]
    ]);
    let chart = drawn(
        Language::Zh,
        &plan,
        &outcome(&["品类", "sum sales", "part"], rows),
    )
    .unwrap();
    let texts = texts(&chart.svg);
    for label in ["免税商品", "餐饮", "（空）", "61.7%", "38.3%", "品类"] {
        assert!(texts.contains(&label), "{label} is missing: {texts:?}");
    }
    assert!(
        texts
            .iter()
            .any(|text| text.contains("未包括") && text.contains("sales")),
        "{texts:?}"
    );
    assert!(chart.svg.contains("Noto Sans CJK SC"), "{}", chart.svg);
}

#[test]
fn only_the_first_of_many_categories_are_drawn_and_it_says_so() {
    let rows: Vec<_> = (0..40).map(|n| json!([format!("c{n}"), 40 - n])).collect();
    let plan = Plan {
        measures: vec![rows_counted()],
        ..grouped(vec![key("品类")], &[])
    };
    let chart = drawn(
        Language::En,
        &plan,
        &outcome(&["品类", &rows_counted().name], json!(rows)),
    )
    .unwrap();
    let texts = texts(&chart.svg);
    assert!(texts.contains(&"c29") && !texts.contains(&"c30"), "{texts:?}");
    assert!(
        texts.contains(&"The first 30 of 40 groups are shown."),
        "{texts:?}"
    );
    assert_eq!(chart.spec["data"]["values"].as_array().unwrap().len(), 30);
}

#[test]
fn lines_go_in_the_order_of_time() {
    let rows = json!([["2024-03", 3.0], ["2023-12", 1.0], [null, 9.0], ["2024-01", 2.0]]);
    let plan = grouped(vec![month()], &["sales"]);
    let chart = drawn(Language::En, &plan, &outcome(&["day", "sum sales"], rows)).unwrap();
    let keys: Vec<_> = chart.spec["data"]["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["key"].clone())
        .collect();
    assert_eq!(keys, ["2023-12", "2024-01", "2024-03"]);
    assert!(texts(&chart.svg).contains(&"1 row without a time is not drawn."));
    let places: Vec<i32> = chart
        .svg
        .split("<circle cx=\"")
        .skip(1)
        .map(|part| part.split_once('"').unwrap().0.parse().unwrap())
        .collect();
    let [first, second, third] = places[..] else {
        panic!("{places:?}")
    };
    assert!(((third - second) - 2 * (second - first)).abs() <= 2, "{places:?}");
}

#[test]
fn texts_of_the_table_are_no_markup() {
    let hostile = "<script>alert(1)</script>\"'&\u{0}]]>";
    let rows = json!([[hostile, hostile, 1], ["b", "c", 2]]);
    let plan = grouped(vec![key(hostile), key("terminal")], &["sales"]);
    let chart = drawn(
        Language::En,
        &plan,
        &outcome(&[hostile, "terminal", "sum sales"], rows),
    )
    .unwrap();
    assert!(
        !chart.svg.contains("<script") && !chart.svg.contains('\u{0}'),
        "{}",
        chart.svg
    );
    assert!(chart.svg.contains("&lt;script&gt;"), "{}", chart.svg);
    well_formed(&chart.svg);
    let spec = chart.spec.to_string();
    // Only as a string that is a value or a title.
    assert_eq!(
        chart.spec["data"]["values"][0]["key"]
            .as_str()
            .unwrap()
            .matches("<script>")
            .count(),
        1,
        "{spec}"
    );
    let parsed: serde_json::Value = serde_json::from_str(&spec).unwrap();
    assert_eq!(parsed, chart.spec);
}

/// Every element is closed by its own name, and no angle bracket stands anywhere else.
fn well_formed(svg: &str) {
    let mut open = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("<{part}"));
        assert!(!text.contains('>'), "{text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_chart_in_chinese() {
    let plan = Plan {
        order: vec![descending("sum sales")],
        limit: first(4, true),
        ..grouped(vec![key("品类")], &["sales"])
    };
    let rows = json!([
        ["免税香化与精品", 166_785.2],
        ["餐饮", 62_572.79],
        ["书报 & 文具", 1_200],
        ["退货", -518.36]
    ]);
    let chart = drawn(Language::Zh, &plan, &outcome(&["品类", "sum sales"], rows)).unwrap();
    well_formed(&chart.svg);
    insta::assert_snapshot!(chart.svg);
    insta::assert_json_snapshot!(chart.spec);
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    let plan = grouped(vec![month(), key("terminal")], &["sales"]);
    let rows = json!([
        ["2024-01", "T1", 0.1],
        ["2024-01", "T2", 0.2],
        ["2024-02", "T1", -0.3]
    ]);
    let draw = || {
        drawn(
            Language::En,
            &plan,
            &outcome(&["day", "terminal", "sum sales"], rows.clone()),
        )
        .unwrap()
    };
    assert_eq!(draw(), draw());
    well_formed(&draw().svg);
}
