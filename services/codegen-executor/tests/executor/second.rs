//! Random plans over random tables, by both engines: the same result, or the same refusal.

use chrono::{NaiveDate, NaiveDateTime};
use codegen_executor::answer::agreement;
use codegen_executor::engine::computed::extended;
use codegen_executor::engine::fold::Folded;
use codegen_executor::engine::{Outcome, PlanError};
use codegen_executor::engines::{Engines, RunError, Silence, validation};
use codegen_executor::sql;
use codegen_executor::tables::{Relation, Table};
use futures::executor::block_on;
use polars::prelude::{Column, DataFrame, DataType, TimeUnit};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use schemas::plan::{
    Aggregate, Bucket, Comparison, ComputedColumn, Condition, Derived, Formula, GroupKey, Join, JoinedColumn,
    Limit, Measure, Order, Place, Plan, RowFormula, Since, TableRef,
};
use schemas::value::Value;

use super::in_process::{InProcess, run_query};
use super::shop::{LIMIT, plan, profile, reference, table_of};

/// Names that could be something else: patterns, qualified names, functions, our own.
const TEXT: &str = "类\"型.a";
const INT: &str = "Count(*)";
const FLOAT: &str = "row_number";
const DAY: &str = "day";
const MOMENT: &str = "^Moment.*$";
const TRUTH: &str = "select";
const NAMES: [&str; 6] = [TEXT, INT, FLOAT, DAY, MOMENT, TRUTH];

type Row = (
    Option<&'static str>,
    Option<i64>,
    Option<f64>,
    Option<NaiveDate>,
    Option<NaiveDateTime>,
    Option<bool>,
);

fn text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a", "A", "Ａ", " a ", "b", "B1", "ｂ１", "香化", "香化 ", "Straße", "ΑΣ", "", " ", "%", "it's", "_",
    ])
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => -5i64..6,
        1 => prop::sample::select(vec![i64::MAX, 1 << 53, (1 << 53) + 1]),
    ]
}

/// Tenths, which leave something of each other where they should leave nothing.
fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (-30i32..31).prop_map(|tenth| f64::from(tenth) / 10.0),
        1 => prop::sample::select(vec![-0.0, 1e-300, 1_234.56, f64::NAN, f64::INFINITY]),
    ]
}

fn date() -> impl Strategy<Value = NaiveDate> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    prop_oneof![
        (0u64..800).prop_map(move |days| day(2023, 6, 1) + chrono::Days::new(days)),
        prop::sample::select(vec![
            day(1899, 12, 31),
            day(2024, 12, 30),
            day(2021, 1, 3),
            day(9999, 12, 31)
        ]),
    ]
}

fn moment() -> impl Strategy<Value = NaiveDateTime> {
    (date(), 0u32..86_400, prop::sample::select(vec![0u32, 1, 500])).prop_map(|(day, second, milli)| {
        let midnight = day.and_hms_milli_opt(0, 0, 0, milli).unwrap();
        midnight + chrono::TimeDelta::seconds(i64::from(second / 7200 * 7200))
    })
}

fn row() -> impl Strategy<Value = Row> {
    let sometimes = 0.8;
    (
        option::weighted(sometimes, text()),
        option::weighted(sometimes, number()),
        option::weighted(sometimes, float()),
        option::weighted(sometimes, date()),
        option::weighted(sometimes, moment()),
        option::weighted(sometimes, any::<bool>()),
    )
}

fn frame(rows: &[Row], strange: bool) -> DataFrame {
    let moments = Column::new(MOMENT.into(), rows.iter().map(|row| row.4).collect::<Vec<_>>());
    let moments = moments
        .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
        .unwrap();
    DataFrame::new_infer_height(vec![
        Column::new(TEXT.into(), rows.iter().map(|row| row.0).collect::<Vec<_>>()),
        Column::new(INT.into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        Column::new(
            FLOAT.into(),
            rows.iter()
                .map(|row| row.2.filter(|number| strange || number.is_finite()))
                .collect::<Vec<_>>(),
        ),
        Column::new(DAY.into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()),
        moments,
        Column::new(TRUTH.into(), rows.iter().map(|row| row.5).collect::<Vec<_>>()),
    ])
    .unwrap()
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    prop::sample::select(vec![Eq, Ne, Lt, Le, Gt, Ge])
}

fn function() -> impl Strategy<Value = Aggregate> {
    use Aggregate::{Count, CountDistinct, Max, Mean, Median, Min, Sum};
    prop::sample::select(vec![Count, CountDistinct, Sum, Mean, Min, Max, Median])
}

/// What a plan computes row by row, where it does.
const COMPUTED: &str = "computed";

fn name() -> impl Strategy<Value = String> {
    let names = NAMES.iter().copied().chain([COMPUTED]).collect::<Vec<_>>();
    prop::sample::select(names).prop_map(str::to_owned)
}

fn computed() -> impl Strategy<Value = Vec<ComputedColumn>> {
    let number = || prop::sample::select(vec![INT, FLOAT, FLOAT]).prop_map(str::to_owned);
    let time = || prop::sample::select(vec![DAY, MOMENT, MOMENT]).prop_map(str::to_owned);
    let formula = prop_oneof![
        vec(number(), 2..4).prop_map(|of| RowFormula::Sum { of }),
        (number(), number()).prop_map(|(of, less)| RowFormula::Difference { of, less }),
        (number(), number()).prop_map(|(left, right)| RowFormula::Product { left, right }),
        (number(), number()).prop_map(|(numerator, denominator)| RowFormula::Ratio {
            numerator,
            denominator
        }),
        (time(), time()).prop_map(|(from, until)| RowFormula::Days { from, until }),
    ];
    option::weighted(0.4, formula).prop_map(|formula| {
        let name = COMPUTED.to_owned();
        let computed = formula.map(|formula| ComputedColumn { name, formula });
        computed.into_iter().collect()
    })
}

/// A column with a constant that it could hold, now and then another one.
fn constant() -> impl Strategy<Value = (String, Value)> {
    prop_oneof![
        text().prop_map(|text| (TEXT.to_owned(), Value::from(text))),
        number().prop_map(|number| (INT.to_owned(), Value::Int(number))),
        (-12i32..12).prop_map(|quarter| (INT.to_owned(), Value::Float(f64::from(quarter) / 4.0))),
        Just((INT.to_owned(), Value::Float(1e19))),
        (-30i32..30).prop_map(|tenth| (FLOAT.to_owned(), Value::Float(f64::from(tenth) / 10.0))),
        number().prop_map(|number| (FLOAT.to_owned(), Value::Int(number))),
        date().prop_map(|day| (DAY.to_owned(), Value::Text(day.to_string()))),
        date().prop_map(|day| (MOMENT.to_owned(), Value::Text(day.to_string()))),
        moment().prop_map(|at| (
            MOMENT.to_owned(),
            Value::Text(at.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
        )),
        any::<bool>().prop_map(|truth| (TRUTH.to_owned(), Value::Bool(truth))),
        (name(), text()).prop_map(|(name, text)| (name, Value::from(text))),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let place = prop::sample::select(vec![Place::Anywhere, Place::Start, Place::End]);
    let day = || option::of(date().prop_map(|day| day.to_string().parse().unwrap()));
    let leaf = prop_oneof![
        4 => (constant(), comparison()).prop_map(|((column, value), comparison)| Condition::Compare {
            column,
            comparison,
            value,
        }),
        1 => (name(), comparison(), name())
            .prop_map(|(left, comparison, right)| Condition::CompareColumns { left, comparison, right }),
        1 => (constant(), constant()).prop_map(|((column, low), (_, high))| Condition::Between { column, low, high }),
        1 => (constant(), vec(constant(), 0..3)).prop_map(|((column, value), others)| {
            let others = others.into_iter().filter(|(other, _)| *other == column).map(|(_, value)| value);
            let values = others.chain([value]).collect();
            Condition::In { column, values }
        }),
        1 => (text(), place).prop_map(|(text, place)| Condition::Contains {
            column: TEXT.to_owned(),
            text: text.to_owned(),
            place,
        }),
        1 => (prop::sample::select(vec![DAY, MOMENT]), day(), day()).prop_map(|(column, from, until)| {
            Condition::TimeRange { column: column.to_owned(), from, until }
        }),
        1 => name().prop_map(|column| Condition::Missing { column }),
        1 => (name(), comparison(), function())
            .prop_map(|(column, comparison, function)| Condition::CompareAggregate { column, comparison, function }),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(|all| Condition::And { all }),
            vec(inner.clone(), 1..4).prop_map(|any| Condition::Or { any }),
            inner.prop_map(|condition| Condition::Not {
                condition: Box::new(condition)
            }),
        ]
    })
}

fn key() -> impl Strategy<Value = GroupKey> {
    use Bucket::{Day, Month, Quarter, Week, Year};
    let time = prop::sample::select(vec![DAY, MOMENT]);
    prop_oneof![
        name().prop_map(|column| GroupKey { column, bucket: None }),
        (time, prop::sample::select(vec![Year, Quarter, Month, Week, Day])).prop_map(|(column, bucket)| {
            GroupKey {
                column: column.to_owned(),
                bucket: Some(bucket),
            }
        }),
    ]
}

fn measures() -> impl Strategy<Value = Vec<Measure>> {
    // Mostly over numbers, for which every function makes sense.
    let column = prop_oneof![
        2 => Just(Some(INT.to_owned())),
        3 => Just(Some(FLOAT.to_owned())),
        1 => Just(Some(COMPUTED.to_owned())),
        1 => name().prop_map(Some),
        1 => Just(None),
    ];
    let filter = prop_oneof![3 => Just(None), 1 => condition().prop_map(Some)];
    vec((function(), column, filter), 0..4).prop_map(|measures| {
        let named = measures.into_iter().enumerate();
        named
            .map(|(place, (function, column, filter))| Measure {
                name: format!("measure {place}"),
                function: if column.is_none() {
                    Aggregate::Count
                } else {
                    function
                },
                column,
                filter,
            })
            .collect()
    })
}

/// What is computed from some of so many measures.
fn derived(measures: usize, formulas: Vec<(u8, usize, usize, bool)>) -> Vec<Derived> {
    let measure = |place: usize| format!("measure {}", place % measures.max(1));
    let named = formulas
        .into_iter()
        .take(if measures == 0 { 0 } else { 2 })
        .enumerate();
    named
        .map(|(place, (formula, one, other, percent))| {
            let (one, other) = (measure(one), measure(other));
            let formula = match formula {
                0 => Formula::Share { of: one },
                1 => Formula::Ratio {
                    numerator: one,
                    denominator: other,
                },
                2 => Formula::Difference { of: one, less: other },
                3 => Formula::Growth { from: one, to: other },
                6 => Formula::Distance { of: one, from: other },
                4 => Formula::Running { of: one },
                5 => Formula::Change {
                    of: one,
                    since: Since::Before,
                },
                _ => Formula::Change {
                    of: one,
                    since: Since::YearBefore,
                },
            };
            Derived {
                name: format!("derived {place}"),
                formula,
                percent,
            }
        })
        .collect()
}

fn order() -> impl Strategy<Value = Vec<(usize, bool)>> {
    vec((0usize..6, any::<bool>()), 0..3)
}

fn limit() -> impl Strategy<Value = Option<Limit>> {
    option::of((1u32..6, any::<bool>(), 0u32..3).prop_map(|(rows, ties, skip)| Limit { rows, ties, skip }))
}

fn listing() -> impl Strategy<Value = Plan> {
    (
        option::of(condition()),
        vec(0usize..6, 0..4),
        any::<bool>(),
        order(),
        limit(),
    )
        .prop_map(|(filter, mut select, distinct, order, limit)| {
            select.sort_unstable();
            select.dedup();
            Plan {
                filter,
                select: select.into_iter().map(|place| NAMES[place].to_owned()).collect(),
                distinct,
                order: orders(order, &NAMES),
                limit,
                ..plan()
            }
        })
}

fn grouping() -> impl Strategy<Value = Plan> {
    let having = option::of((0usize..3, comparison(), -3i32..4, 0usize..7));
    (
        option::of(condition()),
        vec(key(), 0..3),
        measures(),
        vec((0u8..7, 0usize..3, 0usize..3, any::<bool>()), 0..3),
        having,
        order(),
        limit(),
        any::<bool>(),
    )
        .prop_map(
            |(filter, group, measures, formulas, having, order, limit, hide)| {
                let derived = derived(measures.len(), formulas);
                let having = having.and_then(|(place, comparison, number, function)| {
                    let column = measures.get(place)?.name.clone();
                    Some(if function == 0 {
                        Condition::CompareAggregate {
                            column,
                            comparison,
                            function: Aggregate::Mean,
                        }
                    } else {
                        let value = Value::Float(f64::from(number) / 2.0);
                        Condition::Compare {
                            column,
                            comparison,
                            value,
                        }
                    })
                });
                let mut names: Vec<&str> = group.iter().map(|key| key.column.as_str()).collect();
                names.extend(measures.iter().map(|measure| measure.name.as_str()));
                names.extend(derived.iter().map(|derived| derived.name.as_str()));
                let order = orders(order, &names);
                let hidden = measures.iter().take(usize::from(hide && measures.len() > 1));
                let hidden = hidden.map(|measure| measure.name.clone()).collect();
                Plan {
                    filter,
                    group,
                    having,
                    order,
                    limit,
                    hidden,
                    derived,
                    measures,
                    ..plan()
                }
            },
        )
}

fn orders(wanted: Vec<(usize, bool)>, names: &[&str]) -> Vec<Order> {
    wanted
        .into_iter()
        .filter_map(|(place, descending)| {
            Some(Order {
                by: (*names.get(place)?).to_owned(),
                descending,
            })
        })
        .collect()
}

/// The second table of a join: its key.
const KEY: &str = "key";
/// The columns that are its own.
const THEIRS: [&str; 3] = [FLOAT, MOMENT, TRUTH];

/// The same columns in two tables, joined by the texts: the second one holds each of them once, but for one that it may lack.
fn parted(rows: &[Row], lost: Option<usize>) -> ([DataFrame; 2], [DataFrame; 2], Join) {
    let mut seen: Vec<Folded> = Vec::new();
    let mut held: Vec<Row> = rows.to_vec();
    held.retain(|row| {
        let text = row.0.map(Folded::new);
        let fresh = text.filter(|text| !seen.iter().any(|other| other.as_str() == text.as_str()));
        fresh.map(|text| seen.push(text)).is_some()
    });
    if let Some(lost) = lost.filter(|lost| *lost < held.len()) {
        held.remove(lost);
    }
    let of = |strange: bool| {
        let own = frame(rows, strange).select([TEXT, INT, DAY]).unwrap();
        let mut other = frame(&held, strange)
            .select([TEXT, FLOAT, MOMENT, TRUTH])
            .unwrap();
        other.rename(TEXT, KEY.into()).unwrap();
        [own, other]
    };
    let taken = THEIRS.map(|name| JoinedColumn {
        column: name.to_owned(),
        name: name.to_owned(),
    });
    let join = Join {
        table: TableRef {
            index: 1,
            ..reference()
        },
        column: TEXT.to_owned(),
        key: KEY.to_owned(),
        columns: taken.to_vec(),
    };
    (of(true), of(false), join)
}

/// The tables that a plan reads: one with all columns, or two that hold them together.
fn tables(rows: &[Row], lost: Option<usize>, plan: &mut Plan, joins: bool) -> Vec<Table> {
    if !joins {
        return vec![table_of(frame(rows, true), profile(&frame(rows, false)))];
    }
    let ([own, other], [plain, other_plain], join) = parted(rows, lost);
    let mut other = table_of(other, profile(&other_plain));
    other.reference = join.table.clone();
    plan.join = Some(join);
    vec![table_of(own, profile(&plain)), other]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn both_engines_give_the_same(rows in vec(row(), 0..25), plan in prop_oneof![listing(), grouping()], computed in computed(), joins in any::<bool>(), lost in option::weighted(0.2, 0usize..8)) {
        let mut plan = Plan { computed, ..plan };
        let tables = tables(&rows, lost, &mut plan, joins);
        let relation = Relation::of(&plan, &tables).unwrap();
        let profile = relation.profile.clone().into_owned();
        let ran = block_on(InProcess::new(LIMIT).run(&plan, &relation)).unwrap();
        let query = ran.query.clone().unwrap_or_default();
        match (ran.first, ran.second) {
            // More than a tenth of the rows would be lost: the first engine looks for that.
            (Err(RunError::Plan(PlanError::KeyMisses { .. })), _) => prop_assert!(joins && lost.is_some()),
            (Ok(first), Ok(second)) => {
                prop_assert!(
                    agreement::agree(&plan, &extended(&plan, &profile).unwrap(), &first, &second),
                    "{:?}\n{}\n  first {:?}\n  second {:?}", plan, query, first.rows, second.rows
                );
                prop_assert_eq!(first.findings.iter().find(|finding| finding.is_internal() && !finding.held()), None);
                // What a worker says of it arrives as it was, and is believed.
                let sent = serde_json::to_string(&first).unwrap();
                prop_assert_eq!(serde_json::from_str::<Outcome>(&sent).unwrap(), first.clone());
                prop_assert_eq!(validation::outcome(&first, &plan, &profile, LIMIT), Ok(()));
                prop_assert_eq!(validation::rows(&second, &plan, &profile, LIMIT), Ok(()));
            }
            // Both say that the plan makes no sense.
            (Err(RunError::Plan(first)), Err(Silence::Inexpressible(second))) if first.is_misfit() => {
                prop_assert_eq!(first.to_string(), second.to_string());
            }
            // Beyond 64 bits, or what a float can hold: the first engine refuses, whatever the second one makes of it.
            (Err(RunError::Plan(first)), _) if !first.is_misfit() => {
                prop_assert!(first.to_string().contains("too large"), "{}", first);
            }
            (first, second) => {
                let told = sql::render(&plan, &profile, &relation.names());
                let told = told.map(|query| run_query(&query, relation.tables(), LIMIT));
                prop_assert!(false, "{:?}\n{}\n  first {:?}\n  second {:?}\n  told {:?}", plan, query, first, second, told)
            }
        }
    }
}
