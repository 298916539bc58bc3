//! What small models need: few words, names as they like to write them, and an end where they can do no better.

use codegen_executor::config::{Effort, Prompt};
use schemas::Language;
use schemas::answer::{AnswerStatus, ConfidenceLabel, Tier};
use schemas::value::Value;

use super::in_process::InProcess;
use super::model::{Played, QUESTION, asked, errors, play_all, play_over, shop, sql};
use super::shop::{LIMIT, frame, profile, table_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_small_model_is_asked_for_a_query_in_few_words() {
    let effort = Effort {
        prompt: Prompt::Short,
        ..Effort::default()
    };
    let right = || sql("SELECT sum(\"stems\") AS total FROM t1");
    let turns = vec![right(), right(), right()];
    let asked = asked(QUESTION, Language::En);
    let Played { answer, prompts, .. } =
        play_all(asked, &shop(), turns, &InProcess::new(LIMIT), effort).await;
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
    let effort = Effort {
        prompt: Prompt::Short,
        ..Effort::default()
    };
    let right = || sql("SELECT sum(stems) AS total FROM t1");
    for (wrong, expected) in [
        ("SELECT sum(stems) AS total FROM t1 WHERE flower = 'Rose'", "Rose"),
        (
            "SELECT sum(stems) AS total FROM t1 WHERE day >= '2024-05-06'",
            "2024-05-06",
        ),
        ("SELECT sum(stems) AS total FROM t1 WHERE stems > 17", "17"),
        ("SELECT stems FROM t1 ORDER BY stems LIMIT 1", "LIMIT"),
        ("SELECT DISTINCT stems FROM t1", "DISTINCT"),
        ("SELECT stems FROM t1 WHERE stems < 0", "no row"),
    ] {
        let turns = vec![sql(wrong), right(), right(), right()];
        let asked = asked(QUESTION, Language::En);
        let Played { answer, .. } = play_all(asked, &shop(), turns, &InProcess::new(LIMIT), effort).await;
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
    let effort = Effort {
        prompt: Prompt::Short,
        ..Effort::default()
    };
    let question = "Kindly blarfle the stems of \"rose\"";
    let turns = vec![sql("SELECT sum(stems) AS total FROM t1"); 2];
    let Played { answer, .. } = play_all(
        asked(question, Language::En),
        &shop(),
        turns,
        &InProcess::new(LIMIT),
        effort,
    )
    .await;
    assert_eq!(answer.status, AnswerStatus::Refused, "{}", answer.text);
    assert!(errors(&answer)[0].contains("rose"), "{:?}", errors(&answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_column_holds_is_not_looked_for() {
    let effort = Effort {
        prompt: Prompt::Short,
        ..Effort::default()
    };
    // All of their texts are known.
    let few = frame().select(["flower", "stems"]).unwrap();
    let profile = profile(&few);
    let tables = [table_of(few, profile)];
    let turns = vec![sql("SELECT stems FROM t1 WHERE flower <> 'blarfle'"); 2];
    let asked = asked(QUESTION, Language::En);
    let Played { answer, .. } = play_all(asked, &tables, turns, &InProcess::new(LIMIT), effort).await;
    assert_eq!(answer.status, AnswerStatus::Refused, "{}", answer.text);
    let errors = errors(&answer);
    assert!(errors[0].contains("no column has the value"), "{errors:?}");
}
