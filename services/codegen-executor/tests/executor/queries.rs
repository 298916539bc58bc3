//! Plans as SQL, and SQL that is not run.

use codegen_executor::sql::{self, Origin, RefusalKind, render};
use schemas::plan::{Aggregate, Bucket, Comparison, Condition, Plan};
use schemas::table::ColumnType;
use schemas::value::Value;

use super::in_process::run_query;
use super::shop::{
    LIMIT, ascending, descending, first, frame, is, measure, plan, rows_counted, shop_profile, span, table_of,
};

fn query(plan: &Plan) -> sql::Query {
    render(plan, &shop_profile(), &["orders"]).unwrap()
}

#[test]
fn a_plan_reads_well_as_sql() {
    let grouped = Plan {
        filter: Some(Condition::And {
            all: vec![
                is("flower", Comparison::Ne, " ＲＯＳＥ"),
                Condition::CompareAggregate {
                    column: "price".to_owned(),
                    comparison: Comparison::Ge,
                    function: Aggregate::Mean,
                },
            ],
        }),
        group: vec![span("day", Bucket::Month)],
        measures: vec![measure(Aggregate::Sum, "stems"), rows_counted()],
        having: Some(is("rows", Comparison::Ge, 1)),
        order: vec![descending("sum stems")],
        limit: first(3, true),
        hidden: vec!["rows".to_owned()],
        ..plan()
    };
    insta::assert_snapshot!(query(&grouped).text);
    let listed = Plan {
        select: vec!["flower".to_owned(), "price".to_owned()],
        distinct: true,
        order: vec![ascending("price")],
        limit: first(2, false),
        ..plan()
    };
    insta::assert_snapshot!(query(&listed).text);
}

#[test]
fn only_what_a_plan_names_is_read() {
    let counted = Plan {
        filter: Some(is("flower", Comparison::Eq, "iris")),
        measures: vec![rows_counted()],
        ..plan()
    };
    let [source] = query(&counted).sources.try_into().unwrap();
    assert_eq!(source.columns, [("flower".to_owned(), ColumnType::Text)]);
}

/// Runs a text over the shop's table; then a good query must work.
fn attack(text: &str) -> sql::Refusal {
    let table = table_of(frame(), shop_profile());
    let good = query(&plan());
    let bad = sql::Query {
        text: text.to_owned(),
        ..good.clone()
    };
    let refusal = match run_query(&bad, [&table], LIMIT) {
        Err(refusal) => refusal,
        Ok(rows) => panic!("{text:.80}: {rows:?}"),
    };
    assert_eq!(run_query(&good, [&table], LIMIT).unwrap().rows_in_all, 7);
    refusal
}

#[test]
fn sql_that_is_more_than_a_query_is_not_run() {
    use RefusalKind::{Forbidden, NotOne, NotSql, TooComplex, TooLong, Unplannable};
    let ands = |count: usize| {
        format!(
            "SELECT 1 FROM orders WHERE {}",
            vec!["stems > 1"; count].join(" AND ")
        )
    };
    let unions = vec!["SELECT stems FROM orders"; 450].join(" UNION ");
    let mut surprises = Vec::new();
    let brackets = format!("SELECT {}1{}", "(".repeat(300), ")".repeat(300));
    for (text, kind, words) in [
        (
            "COPY (SELECT * FROM orders) TO '/tmp/stolen.csv'",
            Forbidden,
            "COPY",
        ),
        (
            "COPY orders TO '/tmp/stolen.parquet' STORED AS PARQUET",
            Forbidden,
            "COPY",
        ),
        (
            "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
            Forbidden,
            "CREATE",
        ),
        ("CREATE TABLE t AS SELECT 1", Forbidden, "CREATE"),
        ("CREATE VIEW v AS SELECT 1", Forbidden, "CREATE"),
        ("DROP TABLE orders", Forbidden, "DROP"),
        ("INSERT INTO orders VALUES (1)", Forbidden, "INSERT"),
        ("DELETE FROM orders", Forbidden, "DELETE"),
        ("UPDATE orders SET stems = 1", Forbidden, "UPDATE"),
        (
            "SET datafusion.execution.target_partitions = 64",
            Forbidden,
            "SET",
        ),
        ("RESET datafusion.execution.batch_size", Forbidden, "RESET"),
        ("PREPARE p AS SELECT 1", Forbidden, "PREPARE"),
        ("EXPLAIN ANALYZE SELECT 1", Forbidden, "EXPLAIN"),
        ("SHOW TABLES", Forbidden, "SHOW"),
        ("BEGIN", Forbidden, "BEGIN"),
        ("SELECT * INTO stolen FROM orders", Forbidden, "DDL"),
        ("ATTACH 'other.db' AS other", Forbidden, "ATTACH"),
        ("INSTALL httpfs", Forbidden, "INSTALL"),
        ("LOAD httpfs", Forbidden, "LOAD"),
        ("SELECT 1; SELECT 2", NotOne, "2"),
        ("SELECT 1; DROP TABLE orders", NotOne, "2"),
        ("", NotOne, "0"),
        ("SELEKT 1", NotSql, "SELEKT"),
        ("SELECT '", NotSql, "Unterminated"),
        (&ands(20_000), TooLong, "32768"),
        (&ands(900), TooComplex, "2000"),
        (&unions, TooComplex, "2000"),
        (&brackets, NotSql, "Recursion"),
        ("SELECT lpad('a', 2000000000)", Unplannable, "lpad"),
        ("SELECT repeat('a', 2000000000)", Unplannable, "repeat"),
        (
            "SELECT * FROM generate_series(1, 1000000000000)",
            Unplannable,
            "generate_series",
        ),
        (
            "SELECT * FROM read_csv('http://169.254.169.254/latest')",
            Unplannable,
            "read_csv",
        ),
        ("SELECT * FROM 's3://bucket/key.parquet'", Unplannable, "s3"),
        ("SELECT * FROM '/etc/passwd'", Unplannable, "/etc/passwd"),
        ("SELECT * FROM \"http://example.org/a.csv\"", Unplannable, "http"),
        (
            "SELECT * FROM information_schema.tables",
            Unplannable,
            "information_schema",
        ),
        (
            "SELECT * FROM information_schema.df_settings",
            Unplannable,
            "information_schema",
        ),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
            Unplannable,
            "ecursive",
        ),
        ("SELECT now()", Unplannable, "now"),
        ("SELECT random()", Unplannable, "random"),
        (
            "SELECT input_file_name() FROM orders",
            Unplannable,
            "input_file_name",
        ),
        ("SELECT missing FROM orders", Unplannable, "missing"),
    ] {
        let refusal = attack(text);
        if refusal.kind != kind || !refusal.message.contains(words) {
            surprises.push(format!("{text:.80}: {:?}, {refusal}", refusal.kind));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn what_is_within_the_bounds_is_not_too_deep() {
    let table = table_of(frame(), shop_profile());
    let ands = vec!["stems > 1"; 480].join(" AND ");
    let sums = vec!["stems"; 950].join(" + ");
    for text in [
        format!("SELECT stems FROM orders WHERE {ands}"),
        format!("SELECT {sums} AS many FROM orders"),
        vec!["SELECT stems FROM orders"; 390].join(" UNION "),
        format!(
            "SELECT {}stems{} AS deep FROM orders",
            "(".repeat(20),
            ")".repeat(20)
        ),
    ] {
        let query = sql::Query {
            text,
            ..query(&plan())
        };
        let rows = run_query(&query, [&table], LIMIT).unwrap();
        assert!(rows.rows_in_all > 0);
    }
}

#[test]
fn what_does_not_fit_into_memory_is_refused() {
    let table = table_of(frame(), shop_profile());
    let by = |count: usize| {
        let tables: Vec<String> = (0..count).map(|place| format!("\"orders\" t{place}")).collect();
        tables.join(" CROSS JOIN ")
    };
    let text = format!(
        "SELECT DISTINCT t0.\"order\" || t1.\"order\" || t2.\"order\" || t3.\"order\" || t4.\"order\" || t5.\"order\" || t6.\"order\" AS x FROM {}",
        by(7)
    );
    let [source] = query(&plan()).sources.try_into().unwrap();
    let shared = super::in_process::shared(&table);
    let refusal = sql::run(&text, Origin::Plan, vec![(source, shared)], 4 << 20, LIMIT).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::OutOfMemory, "{refusal}");
}

#[test]
fn hostile_names_stay_names() {
    let mut frame = frame();
    for (old, new) in [("flower", "\"; DROP TABLE orders; --"), ("stems", "' OR 1=1 --")] {
        frame.rename(old, new.into()).unwrap();
    }
    let profile = super::shop::profile(&frame);
    let mut table = table_of(frame, profile);
    table.source.table = "a\"; COPY b TO '/tmp/c'; --".to_owned();
    let plan = Plan {
        filter: Some(is("\"; DROP TABLE orders; --", Comparison::Eq, "iris' OR '1'='1")),
        measures: vec![measure(Aggregate::Sum, "' OR 1=1 --"), rows_counted()],
        ..plan()
    };
    let query = render(&plan, &table.data.profile, &[&table.source.table]).unwrap();
    let rows = run_query(&query, [&table], LIMIT).unwrap();
    assert_eq!(rows.rows, [[Value::Null, Value::Int(0)]]);
}
