//! Both engines in workers, and what goes wrong there.

use codegen_executor::Workers;
use codegen_executor::engine::ResultLimit;
use codegen_executor::engines::{Breach, Engines, Locked, Ran, RunError, Silence};
use codegen_executor::error::StartError;
use codegen_executor::tables::{Relation, Table, TableData};
use codegen_executor::worker::{PLAN, SQL};
use polars::prelude::{Column, DataFrame};
use sandbox::{Input, Job, Limits, NoBulk, Pool, SandboxConfig, SandboxError};
use schemas::plan::{Aggregate, Comparison, Plan};
use schemas::value::Value;
use serde_json::json;

use super::shop::{
    LIMIT, descending, first, frame, is, key, measure, parquet, plan, profile, rows_counted, shop_profile,
    table_of,
};

/// Workers of the built service: the executable of a test has a `main` that is not ours.
pub fn sandbox() -> SandboxConfig {
    SandboxConfig {
        executable: env!("CARGO_BIN_EXE_codegen-executor").into(),
        ..SandboxConfig::default()
    }
}

fn limited(changes: &[&str]) -> SandboxConfig {
    SandboxConfig {
        limits: changes.iter().map(|change| (*change).to_owned()).collect(),
        ..sandbox()
    }
}

fn sums() -> Plan {
    Plan {
        group: vec![key("gift")],
        measures: vec![measure(Aggregate::Sum, "stems"), rows_counted()],
        ..plan()
    }
}

async fn run(workers: &Workers, plan: &Plan, table: &Table, limit: ResultLimit) -> Ran {
    let relation = Relation::of(plan, std::slice::from_ref(table)).unwrap();
    Locked { workers, limit }.run(plan, &relation).await.unwrap()
}

fn breach(ran: &Ran) -> Breach {
    match &ran.first {
        Err(RunError::Breach(breach)) => *breach,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_give_what_the_engines_give() {
    let workers = Workers::start(&sandbox()).await.unwrap();
    assert_eq!(workers.stamp(), None);
    let table = table_of(frame(), shop_profile());
    let nothing = Plan {
        filter: Some(is("stems", Comparison::Gt, 100)),
        group: Vec::new(),
        ..sums()
    };
    let none = Plan {
        filter: nothing.filter.clone(),
        limit: first(3, true),
        order: vec![descending("price")],
        ..plan()
    };
    for plan in [plan(), sums(), nothing, none] {
        let ran = run(&workers, &plan, &table, LIMIT).await;
        let outcome = ran.first.unwrap();
        assert_eq!(outcome, super::shop::run(&plan).unwrap());
        let second = ran.second.unwrap();
        assert_eq!((outcome.columns, outcome.rows), (second.columns, second.rows));
    }
    // What makes no sense is a refusal with its reason, from both sides.
    let nonsense = Plan {
        measures: vec![measure(Aggregate::Sum, "flower")],
        ..plan()
    };
    let ran = run(&workers, &nonsense, &table, LIMIT).await;
    assert!(matches!(ran.first, Err(RunError::Plan(error)) if error.is_misfit()));
    assert!(matches!(ran.second, Err(Silence::Inexpressible(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sandbox_runs_are_stamped_and_never_in_production() {
    let insecure = SandboxConfig {
        insecure_no_sandbox: true,
        ..sandbox()
    };
    let workers = Workers::start(&insecure).await.unwrap();
    let table = table_of(frame(), shop_profile());
    let ran = run(&workers, &sums(), &table, LIMIT).await;
    assert_eq!(ran.stamp, Some("insecure-no-sandbox"));
    let contradiction = SandboxConfig {
        production: true,
        ..insecure
    };
    let refused = Workers::start(&contradiction).await.err();
    assert!(matches!(refused, Some(StartError::Config(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_run_side_by_side_over_one_descriptor() {
    let workers = Workers::start(&sandbox()).await.unwrap();
    let table = table_of(frame(), shop_profile());
    let plans: Vec<Plan> = (0..6)
        .map(|place| if place % 2 == 0 { plan() } else { sums() })
        .collect();
    let running = plans.iter().map(|plan| run(&workers, plan, &table, LIMIT));
    for (plan, ran) in plans.iter().zip(futures::future::join_all(running).await) {
        assert_eq!(ran.first.unwrap(), super::shop::run(plan).unwrap());
        assert!(ran.second.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_listed_by_a_worker() {
    let workers = Workers::start(&sandbox()).await.unwrap();
    let input = Input::bytes(&parquet(&frame())).unwrap();
    let texts = workers.texts(&input, &shop_profile()).await.unwrap().unwrap();
    let names: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["order", "flower", "note"]);
    assert_eq!(texts[1].1, ["Rose", "tulip", "ＲＯＳＥ", "Iris", "Tulip "]);
}

/// Each breach, as whoever asked is told of it; then another plan must run.
async fn breached(changes: &[&str], table: &Table, plan: &Plan) -> Breach {
    let workers = Workers::start(&limited(changes)).await.unwrap();
    let breach = breach(&run(&workers, plan, table, LIMIT).await);
    let workers = Workers::start(&sandbox()).await.unwrap();
    let shop = table_of(frame(), shop_profile());
    assert!(run(&workers, &sums(), &shop, LIMIT).await.first.is_ok());
    breach
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_takes_too_long_is_given_up() {
    let table = table_of(frame(), shop_profile());
    let breach = breached(&["plan:wall=5ms"], &table, &sums()).await;
    assert_eq!(breach, Breach::TimedOut { seconds: 0 });
}

/// Few bytes as Parquet, many in memory.
fn wide() -> Table {
    const ROWS: usize = 3_000_000;
    let columns = (0..12).map(|place| Column::new(format!("n{place}").into(), vec![place as i64; ROWS]));
    let frame = DataFrame::new_infer_height(columns.collect()).unwrap();
    let parquet = parquet(&frame);
    assert!(parquet.len() < 1 << 20, "{}", parquet.len());
    let profile = profile(&frame.head(Some(1)));
    let profile = schemas::table::TableProfile {
        rows: ROWS as u64,
        ..profile
    };
    let input = Input::bytes(&parquet).unwrap();
    Table {
        data: TableData::new(input, parquet.len(), profile, Vec::new()).into(),
        ..table_of(super::shop::frame(), shop_profile())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_needs_too_much_memory_is_given_up() {
    let breach = breached(&["plan:memory=256MB"], &wide(), &plan()).await;
    assert_eq!(breach, Breach::OutOfMemory { megabytes: 256 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_too_large_is_given_up() {
    let table = table_of(frame(), shop_profile());
    let breach = breached(&["plan:result=100"], &table, &plan()).await;
    assert_eq!(breach, Breach::TooLarge { megabytes: 1 });
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_parquet_hurts_nobody() {
    let whole = parquet(&frame());
    let truncated = whole[..whole.len() / 2].to_vec();
    let mut flipped = whole.clone();
    for byte in flipped.iter_mut().skip(4).step_by(7) {
        *byte ^= 0x5a;
    }
    let mut long_footer = whole.clone();
    let end = long_footer.len();
    long_footer[end - 8..end - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let workers = Workers::start(&sandbox()).await.unwrap();
    for bytes in [
        Vec::new(),
        b"PAR1".to_vec(),
        b"not a table at all".repeat(100),
        truncated,
        flipped,
        long_footer,
    ] {
        let input = Input::bytes(&bytes).unwrap();
        let listed = workers.texts(&input, &shop_profile()).await.unwrap().unwrap_err();
        assert!(matches!(listed, Breach::Failed | Breach::Crashed), "{listed:?}");
        let table = Table {
            data: TableData::new(input, bytes.len(), shop_profile(), Vec::new()).into(),
            ..table_of(frame(), shop_profile())
        };
        let ran = run(&workers, &sums(), &table, LIMIT).await;
        assert!(matches!(breach(&ran), Breach::Failed | Breach::Crashed));
        assert!(ran.second.is_err(), "{:?}", ran.second);
    }
    let shop = table_of(frame(), shop_profile());
    assert!(run(&workers, &sums(), &shop, LIMIT).await.second.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_engine_that_is_given_up_is_silent() {
    let workers = Workers::start(&limited(&["sql:wall=5ms"])).await.unwrap();
    let table = table_of(frame(), shop_profile());
    let ran = run(&workers, &sums(), &table, LIMIT).await;
    assert!(ran.first.is_ok());
    assert!(
        matches!(ran.second, Err(Silence::Breach(Breach::TimedOut { .. }))),
        "{:?}",
        ran.second
    );
}

/// A query over the shop's table, in a worker.
fn ask(pool: &Pool, sql: &str) -> Result<serde_json::Value, SandboxError> {
    let request = json!({
        "sql": sql,
        "sources": [{
            "table": "orders",
            "columns": [["order", "text"], ["stems", "int"]],
            "row": "row_number",
        }],
        "limit": { "rows": 10, "bytes": 1 << 20 },
    });
    let job = Job {
        request: serde_json::to_vec(&request).unwrap(),
        inputs: vec![Input::bytes(&parquet(&frame())).unwrap()],
        traceparent: None,
    };
    let reply = pool.run(job, &mut NoBulk).map_err(SandboxError::from)?;
    Ok(serde_json::from_slice(&reply.result).unwrap())
}

#[test]
fn queries_that_would_never_end_or_fit_are_given_up() {
    let settings = limited(&["sql:wall=4s,cpu=3s"])
        .pool(&SQL, Limits::sql())
        .unwrap();
    let pool = Pool::start(settings).unwrap();
    let good = |pool: &Pool| {
        let answer = ask(pool, "SELECT COUNT(*) AS n FROM orders").unwrap();
        assert_eq!(answer["rows"]["rows"], json!([[7]]));
    };
    let tables: Vec<String> = (0..14).map(|place| format!("orders t{place}")).collect();
    let crossed = tables.join(" CROSS JOIN ");
    let endless = format!("SELECT COUNT(*) FROM {crossed} WHERE t0.stems + t13.stems < 0");
    assert!(matches!(ask(&pool, &endless), Err(SandboxError::TimedOut { .. })));
    good(&pool);

    // The engine's own pool of memory says no before the kernel does.
    let sorted = format!(
        "SELECT DISTINCT {} AS x FROM {crossed}",
        (0..14)
            .map(|place| format!("t{place}.\"order\""))
            .collect::<Vec<_>>()
            .join(" || ")
    );
    match ask(&pool, &sorted) {
        Ok(answer) => assert_eq!(answer["refused"]["kind"], "out_of_memory"),
        Err(error) => assert!(
            matches!(
                error,
                SandboxError::OutOfMemory { .. } | SandboxError::TimedOut { .. }
            ),
            "{error:?}"
        ),
    }
    good(&pool);

    for (sql, kind) in [
        ("COPY orders TO '/tmp/stolen.csv'", "forbidden"),
        ("SELECT * FROM '/etc/passwd'", "unplannable"),
        ("SELECT * FROM read_csv('http://169.254.169.254/')", "unplannable"),
        ("SELECT lpad('a', 2000000000)", "unplannable"),
    ] {
        assert_eq!(ask(&pool, sql).unwrap()["refused"]["kind"], kind, "{sql}");
        good(&pool);
    }
}

#[test]
fn a_request_that_is_none_is_told_from_a_crash() {
    for kind in [PLAN, SQL] {
        let pool = Pool::start(sandbox().pool(&kind, Limits::plan()).unwrap()).unwrap();
        let job = Job {
            request: b"{}".to_vec(),
            ..Job::default()
        };
        let failure = pool.run(job, &mut NoBulk).unwrap_err();
        assert!(
            matches!(failure.error, SandboxError::Failed { .. }),
            "{:?}",
            failure.error
        );
    }
}

#[test]
fn numbers_of_any_size_survive_the_way() {
    let value = json!([[i64::MIN, i64::MAX, 0.1, 1e300, -0.5, null, "2024-01-01"]]);
    let rows: Vec<Vec<Value>> = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&rows).unwrap(), value);
}
