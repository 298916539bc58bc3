//! Workers that give no answer, in words.

use codegen_executor::answer;
use codegen_executor::engines::{Breach, Engines, Queried, Ran, Scripted};
use codegen_executor::error::ExecutorError;
use codegen_executor::planner::Understanding;
use codegen_executor::tables::{Relation, Table};
use futures::executor::block_on;
use schemas::Language;
use schemas::answer::AnswerStatus;
use schemas::plan::Plan;

use super::answers::{asked, shop, sum_of_stems, understood};

/// Engines whose workers never answer.
struct GivenUp(Breach);

impl Engines for GivenUp {
    async fn run(&self, _plan: &Plan, _relation: &Relation<'_>) -> Result<Ran, ExecutorError> {
        Ok(Ran {
            first: Err(self.0.into()),
            query: None,
            second: Err(self.0.into()),
            stamp: None,
        })
    }

    async fn query(&self, _sql: &str, _tables: &[Table]) -> Result<Queried, ExecutorError> {
        Ok(Queried {
            result: Err(self.0.into()),
            stamp: None,
        })
    }

    fn runs_scripts(&self) -> bool {
        true
    }

    async fn script(&self, _text: &str, _tables: &[Table]) -> Result<Scripted, ExecutorError> {
        Ok(Scripted {
            result: Err(self.0.into()),
            stamp: None,
        })
    }
}

#[test]
fn a_breach_is_a_refusal_in_words() {
    for (breach, english, chinese) in [
        (Breach::TimedOut { seconds: 15 }, "after the 15 s", "15 秒"),
        (Breach::OutOfMemory { megabytes: 768 }, "768 MB", "768 MB"),
        (Breach::TooLarge { megabytes: 8 }, "8 MB", "8 MB"),
        (Breach::Forbidden, "the sandbox forbids", "沙箱"),
        (Breach::Crashed, "broke off twice", "两次意外中断"),
        (Breach::Failed, "can't be read", "无法读取"),
    ] {
        for (language, words) in [(Language::En, english), (Language::Zh, chinese)] {
            let understanding = Understanding::Understood(understood(sum_of_stems()).into());
            let asked = asked("how many stems", language);
            let tables = [shop(|_| {})];
            let engines = GivenUp(breach);
            let answer = block_on(answer::conclude(&asked, understanding, &tables, &engines)).unwrap();
            assert_eq!(answer.status, AnswerStatus::Refused);
            assert!(answer.text.contains(words), "{}", answer.text);
            assert!(answer.trail.plan.is_some() && answer.rows.is_empty());
        }
    }
}
