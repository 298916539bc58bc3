//! Questions in the words of a house: other names of columns and values, metrics.

use codegen_executor::planner::{Understanding, Understood};
use schemas::Glossary;
use schemas::table::ColumnType::{Date, Float, Int, Text};
use schemas::trail::ChipRole;
use schemas::value::Value;
use serde_json::{Value as Json, json};

use super::planning::{Invented, told, understand};

fn shops() -> Invented {
    let number = |name, kind| (name, kind, None, 90, Value::Int(0), Value::Int(900));
    Invented::new(
        "门店.csv",
        200,
        vec![
            ("城市", Text, None, 3, "上海".into(), "成都".into()),
            ("发货地", Text, None, 3, "上海".into(), "武汉".into()),
            ("品类", Text, None, 2, "香化".into(), "食品".into()),
            ("日期", Date, None, 90, "2024-01-01".into(), "2024-03-31".into()),
            number("销售额", Float),
            number("成本", Float),
            number("订单数", Int),
        ],
        &[
            ("城市", &["上海", "成都", "北京"]),
            ("发货地", &["上海", "武汉", "天津"]),
            ("品类", &["香化", "食品"]),
        ],
    )
}

fn glossary(entries: Json) -> Glossary {
    let glossary: Glossary = serde_json::from_value(json!({ "entries": entries })).unwrap();
    glossary.check().unwrap();
    glossary
}

fn house() -> Glossary {
    glossary(json!([
        { "term": "流水", "kind": "alias", "of": "营收额" },
        { "term": "营收额", "kind": "alias", "of": "销售额" },
        { "term": "GMV", "kind": "alias", "of": "销售额" },
        { "term": "魔都", "kind": "value", "of": "上海", "column": "城市" },
        { "term": "客单价", "kind": "metric", "formula": "流水 / 订单数" },
        { "term": "毛利", "kind": "metric", "formula": "销售额 - 成本" },
        { "term": "毛利率", "kind": "metric", "formula": "(销售额 - 成本) / 销售额" },
        { "term": "坪效", "kind": "metric", "formula": "销售额 / 面积" },
    ]))
}

fn said(question: &str) -> String {
    let (table, house) = (shops(), house());
    told(&table, question, understand(&table, &[], &house, question))
}

fn same(question: &str, plain: &str) {
    let (table, none) = (shops(), Glossary::default());
    let plain_said = told(&table, plain, understand(&table, &[], &none, plain));
    assert!(!plain_said.starts_with("abstains"), "{plain}: {plain_said}");
    assert_eq!(said(question), plain_said, "{question}");
}

fn understood(question: &str) -> Understood {
    match understand(&shops(), &[], &house(), question) {
        Understanding::Understood(understood) => *understood,
        other => panic!("{question}: {other:?}"),
    }
}

#[test]
fn an_alias_is_read_as_its_column_and_a_synonym_as_its_value() {
    same("各品类的流水", "各品类的销售额");
    same("各品类的GMV", "各品类的销售额");
    same("GMV by 品类", "销售额 by 品类");
    let read = understood("魔都的流水是多少");
    let plan = serde_json::to_value(&read.plan).unwrap();
    assert_eq!(plan["filter"]["column"], "城市", "{plan}");
    assert_eq!(plan["filter"]["value"], "上海");
    assert_eq!(plan["measures"][0]["column"], "销售额");
}

#[test]
fn chips_stand_on_the_words_that_were_asked_and_name_the_entry() {
    let read = understood("各品类的流水");
    let chip = read
        .chips
        .iter()
        .find(|chip| chip.role == ChipRole::Column && chip.span.text == "流水");
    let chip = chip.unwrap_or_else(|| panic!("{:?}", read.chips));
    assert_eq!((chip.span.start, chip.span.end), (4, 6));
    assert!(chip.meaning.contains("流水 → 营收额"), "{}", chip.meaning);
    let assumed: Vec<&str> = read
        .assumptions
        .iter()
        .filter(|assumption| assumption.about == "glossary")
        .map(|assumption| assumption.text.as_str())
        .collect();
    assert_eq!(assumed, ["按词汇表理解：流水 → 营收额。"]);
}

#[test]
fn a_metric_is_computed_as_it_is_defined() {
    let read = understood("各品类的客单价");
    let plan = serde_json::to_value(&read.plan).unwrap();
    assert_eq!(plan["derived"][0]["name"], "客单价", "{plan}");
    assert_eq!(plan["derived"][0]["formula"]["op"], "ratio");
    let measured: Vec<&Json> = plan["measures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|measure| &measure["column"])
        .collect();
    assert_eq!(measured, ["销售额", "订单数"]);
    let chip = read.chips.iter().find(|chip| chip.span.text == "客单价").unwrap();
    assert_eq!(chip.role, ChipRole::Aggregate);
    assert_eq!(chip.meaning, "客单价 = 流水 / 订单数（词汇表）");
    same("各城市的毛利", "各城市的销售额减去成本");
}

#[test]
fn the_groups_with_the_most_of_a_metric_are_found() {
    for (question, rows, descending) in [
        ("客单价最高的品类", 1, true),
        ("哪个城市的客单价最低？", 1, false),
        ("客单价最高的2个城市", 2, true),
        ("which 城市 has the highest 客单价", 1, true),
    ] {
        let plan = serde_json::to_value(understood(question).plan).unwrap();
        let order = json!([{ "by": "客单价", "descending": descending }]);
        assert_eq!(plan["order"], order, "{question}: {plan}");
        assert_eq!(
            (&plan["limit"]["rows"], plan["group"].as_array().map(Vec::len)),
            (&json!(rows), Some(1)),
            "{plan}"
        );
    }
}

#[test]
fn what_a_plan_does_not_keep_to_is_not_answered() {
    // Not the average revenue divided by all orders.
    for question in ["各品类的平均客单价", "毛利率最高的品类", "各品类的毛利率"] {
        let said = said(question);
        assert!(
            said.starts_with("abstains") && said.contains("词汇表"),
            "{question}: {said}"
        );
    }
}

#[test]
fn a_table_s_own_words_come_first_and_strange_entries_say_nothing() {
    let table = shops();
    let read = |entries: Json, question: &str| {
        let glossary = glossary(entries);
        told(&table, question, understand(&table, &[], &glossary, question))
    };
    let none = |question: &str| read(json!([]), question);
    assert_eq!(
        read(
            json!([{ "term": "成本", "kind": "alias", "of": "销售额" }]),
            "各品类的成本"
        ),
        none("各品类的成本")
    );
    // 订单 stands in 订单数, which is a column.
    assert_eq!(
        read(
            json!([{ "term": "订单", "kind": "alias", "of": "销售额" }]),
            "各品类的订单数"
        ),
        none("各品类的订单数")
    );
    assert_eq!(said("各品类的坪效"), none("各品类的坪效"));
}

#[test]
fn earlier_questions_are_read_with_the_same_words() {
    let (table, house) = (shops(), house());
    let history = ["各品类的流水".to_owned()];
    let Understanding::Understood(read) = understand(&table, &history, &house, "魔都呢") else {
        panic!("not understood");
    };
    let plan = serde_json::to_value(&read.plan).unwrap();
    assert_eq!(plan["filter"]["value"], "上海", "{plan}");
    let texts: Vec<&str> = read
        .assumptions
        .iter()
        .map(|assumption| assumption.text.as_str())
        .collect();
    assert!(
        texts.iter().any(|text| text.contains("“各品类的流水”")),
        "{texts:?}"
    );
}
