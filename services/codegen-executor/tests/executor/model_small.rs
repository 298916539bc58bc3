//! What small models need: few words, names as they like to write them, and an end where they can do no better.

use codegen_executor::config::{Effort, Prompt};
use codegen_executor::tables::Table;
use polars::prelude::df;
use schemas::Language;
use schemas::answer::{AnswerStatus, ConfidenceLabel, Tier};
use schemas::value::Value;
use scripted_llm::Turn;

use super::in_process::InProcess;
use super::model::{Played, QUESTION, asked, errors, play_all, play_over, shop, sql};
use super::shop::{LIMIT, frame, profile, table_of};

/// As few words as a small model bears.
fn small() -> Effort {
    Effort {
        prompt: Prompt::Short,
        ..Effort::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_model_is_asked_for_a_query_in_few_words() {
    let right = || sql("SELECT sum(\"stems\") AS total FROM t1");
    let turns = vec![right(), right(), right()];
    let asked = asked(QUESTION, Language::En);
    let Played { answer, prompts, .. } =
        play_all(asked, &shop(), turns, &InProcess::new(LIMIT), small()).await;
    assert_eq!(answer.rows, [[Value::Int(42)]], "{}", answer.text);
    assert_eq!(
        (answer.tier, answer.confidence.label),
        (Tier::Sql, ConfidenceLabel::Consistent)
    );
    for prompt in &prompts {
        assert!(
            prompt.contains(QUESTION) && prompt.contains("\"stems\""),
            "{prompt}"
        );
        assert!(prompt.contains("Ignore") || prompt.contains("ignore"), "{prompt}");
        assert!(
            !prompt.contains("readings") && !prompt.contains("pandas"),
            "{prompt}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_may_be_called_by_its_own_name() {
    let mut tables = shop();
    tables[0].source.table = "market.orders".to_owned();
    for query in [
        "SELECT sum(stems) AS total FROM market.orders",
        "SELECT sum(orders.stems) AS total FROM orders",
        "SELECT sum(stems) AS total FROM \"market.orders\"",
        "SELECT sum(o.stems) AS total FROM market.orders AS o",
        "SELECT SUM(Stems) AS total FROM market.orders",
    ] {
        let Played { answer, .. } = play_over(QUESTION, &tables, vec![sql(query); 3]).await;
        assert_eq!(answer.rows, [[Value::Int(42)]], "{query}: {}", answer.text);
        assert_eq!(answer.trail.sources[0].table, "market.orders", "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_fault_twice_is_the_end() {
    let wrong = sql("SELECT petals FROM t1");
    let Played { answer, left, .. } = play_over(QUESTION, &shop(), vec![wrong; 4]).await;
    assert_eq!(answer.status, AnswerStatus::Refused);
    assert_eq!((errors(&answer).len(), left), (2, 2), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_question_does_not_say_is_no_condition() {
    let right = || sql("SELECT sum(stems) AS total FROM t1");
    for (wrong, expected) in [
        ("SELECT sum(stems) AS total FROM t1 WHERE flower = 'Rose'", "Rose"),
        (
            "SELECT sum(stems) AS total FROM t1 WHERE day >= '2024-05-06'",
            "2024-05-06",
        ),
        ("SELECT sum(stems) AS total FROM t1 WHERE stems > 17", "17"),
        ("SELECT stems FROM t1 ORDER BY stems LIMIT 1", "LIMIT"),
        (
            "SELECT stems FROM t1 ORDER BY stems FETCH FIRST 1 ROW ONLY",
            "FETCH",
        ),
        (
            "SELECT sum(stems) AS total FROM t1 WHERE stems > 17.5e0",
            "17.5e0",
        ),
        (
            "SELECT sum(stems) AS total FROM t1 WHERE flower = E'Rose'",
            "Rose",
        ),
        ("SELECT DISTINCT stems FROM t1", "DISTINCT"),
        ("SELECT stems FROM t1 WHERE stems < 0", "no row"),
    ] {
        let turns = vec![sql(wrong), right(), right(), right()];
        let asked = asked(QUESTION, Language::En);
        let Played { answer, .. } = play_all(asked, &shop(), turns, &InProcess::new(LIMIT), small()).await;
        assert_eq!(answer.rows, [[Value::Int(42)]], "{wrong}: {}", answer.text);
        let errors = errors(&answer);
        assert!(
            errors.len() == 1 && errors[0].contains(expected),
            "{wrong}: {errors:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_quotation_marks_is_not_left_out() {
    let question = "Kindly blarfle the stems of \"rose\"";
    let turns = vec![sql("SELECT sum(stems) AS total FROM t1"); 2];
    let Played { answer, .. } = play_all(
        asked(question, Language::En),
        &shop(),
        turns,
        &InProcess::new(LIMIT),
        small(),
    )
    .await;
    assert_eq!(answer.status, AnswerStatus::Refused, "{}", answer.text);
    assert!(errors(&answer)[0].contains("rose"), "{:?}", errors(&answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_column_holds_is_not_looked_for() {
    // All of their texts are known.
    let few = frame().select(["flower", "stems"]).unwrap();
    let profile = profile(&few);
    let tables = [table_of(few, profile)];
    let turns = vec![sql("SELECT stems FROM t1 WHERE flower <> 'blarfle'"); 2];
    let asked = asked(QUESTION, Language::En);
    let Played { answer, .. } = play_all(asked, &tables, turns, &InProcess::new(LIMIT), small()).await;
    assert_eq!(answer.status, AnswerStatus::Refused, "{}", answer.text);
    let errors = errors(&answer);
    assert!(errors[0].contains("no column has the value"), "{errors:?}");
}

/// Matches, as a table of a data base has them.
fn matches() -> Vec<Table> {
    let frame = df!(
        "winner_rank" => [1i64, 2, 3],
        "loser_rank" => [7i64, 8, 9],
        "hand" => ["L", "R", "R"],
        "surface" => ["Clay", "Grass", "Clay"],
    )
    .unwrap();
    let profile = profile(&frame);
    vec![table_of(frame, profile)]
}

async fn ask_small(question: &str, turns: Vec<Turn>) -> Played {
    let asked = asked(question, Language::of(question));
    play_all(asked, &matches(), turns, &InProcess::new(LIMIT), small()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_column_that_is_named_is_taken() {
    let right = || sql("SELECT max(loser_rank) FROM t1");
    let turns = vec![sql("SELECT max(winner_rank) FROM t1"), right(), right(), right()];
    let Played { answer, .. } = ask_small("Blarfle the highest rank of wumple losers", turns).await;
    assert_eq!(answer.rows, [[Value::Int(9)]], "{}", answer.text);
    assert!(errors(&answer)[0].contains("loser_rank"), "{:?}", errors(&answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_value_of_the_other_language_is_a_reading_and_two_are_guesses() {
    let one = sql("SELECT count(*) FROM t1 WHERE surface = 'Clay'");
    let question = "某某泥巴某某地上某某比过几场";
    let Played { answer, .. } = ask_small(question, vec![one; 3]).await;
    assert_eq!(answer.rows, [[Value::Int(2)]], "{}", answer.text);
    let two = sql("SELECT count(*) FROM t1 WHERE surface = 'Clay' OR surface = 'Grass'");
    let Played { answer, .. } = ask_small(question, vec![two; 2]).await;
    assert_eq!(answer.status, AnswerStatus::Refused, "{}", answer.text);
    let made_up = sql("SELECT count(*) FROM t1 WHERE surface = 'Carpet'");
    let Played { answer, .. } = ask_small(question, vec![made_up; 2]).await;
    assert_eq!(answer.status, AnswerStatus::Refused, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_names_of_files_hinder_no_query() {
    for name in [
        ".b",
        "a.",
        "a..b",
        "a.b.c",
        "public.x",
        "information_schema.tables",
        "t1",
        "T1.t1",
        ".",
        "\"",
    ] {
        let mut tables = shop();
        tables[0].source.table = name.to_owned();
        let query = sql("SELECT sum(stems) AS total FROM t1");
        let Played { answer, .. } = play_over(QUESTION, &tables, vec![query; 3]).await;
        assert_eq!(answer.rows, [[Value::Int(42)]], "{name}: {}", answer.text);
    }
}
