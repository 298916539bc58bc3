//! `contrail ask`: a question, its answer, its trail.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use futures::future::try_join_all;
use schemas::answer::{Answer, AnswerStatus};
use schemas::jobs::AskJob;
use schemas::{Date, FileId, Language};
use tracing::Instrument;

use super::chart::ChartFile;
use crate::client::{Client, distinct_names, logical_name};
use crate::config::GlobalConfig;
use crate::progress::Reporter;
use crate::session::{Needs, Session};
use crate::{output, render};

const EXAMPLES: &str = "\
Examples:
  contrail ask --file sales.xlsx \"Total revenue by terminal in 2024\"
  contrail ask --file sales.csv --json --today 2024-06-30 \"上个月各航站楼的销售额\"
  contrail ask \"How many flights were delayed?\"
  contrail ask --after \"Revenue by terminal in 2024\" \"by month instead\"
  contrail ask --chart sales.svg \"Revenue by month in 2024\"

With --file the files are added first and only they are asked; else all files that were added.
Uses a running `contrail up` on the data folder, or the server of --nats-url; else starts what it
needs and ends it again.

A chart is drawn where the result compares groups or goes over time; without one --chart is an error.

Exit codes: 0 answered, 1 error, 2 wrong usage, 3 refused, 4 needs clarification.";

/// Most characters that a question may have.
const QUESTION_LIMIT: usize = 4000;

/// See [`super::Command::Ask`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Ask {
    /// The question, in Chinese or English.
    #[arg(value_parser = question)]
    question: String,

    /// A question that was asked before: what this one leaves unsaid may stand there. May be given several times, the
    /// oldest first.
    #[arg(long, value_name = "QUESTION", value_parser = question)]
    after: Vec<String>,

    /// A file to ask, of any kind that `contrail add` takes. May be given several times.
    #[arg(long = "file", short = 'f', value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Prints one JSON document: the answer with its trail.
    #[arg(long)]
    json: bool,

    /// Writes the chart of the answer here: as SVG (.svg), or as a Vega-Lite specification (.json).
    #[arg(long, value_name = "FILE", value_parser = ChartFile::parse)]
    chart: Option<ChartFile>,

    /// What "today" means, as YYYY-MM-DD; by default the day of asking in UTC.
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,

    /// Language of the answer; by default that of the question.
    #[arg(long, value_enum)]
    lang: Option<Lang>,

    /// Seconds that reading the files, and then answering, may each take.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

/// A language, as it is named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Zh,
            Lang::En => Self::En,
        }
    }
}

fn question(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Err("there is no question in it".to_owned())
    } else if length > QUESTION_LIMIT {
        Err(format!(
            "a question has at most {QUESTION_LIMIT} characters, this one has {length}"
        ))
    } else {
        Ok(text.to_owned())
    }
}

impl Ask {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let names = self.files.iter().map(|path| logical_name(path));
        let names = names.collect::<Result<Vec<String>, _>>()?;
        distinct_names(names.iter().map(String::as_str))?;
        let mut session = Session::open(global, Needs::of(names.iter().map(String::as_str))).await?;
        let client = session.client.clone();
        let span = tracing::info_span!("contrail ask");
        let answer = session.during(self.answer(&client).instrument(span)).await;
        let closed = session.close().await;
        let answer = answer?;
        if self.json {
            output::json(&answer)?;
        } else {
            output::line(&format!(
                "{}\n{}",
                render::answer(&answer),
                render::trail(&answer)
            ))?;
        }
        closed?;
        // The answer is told in any case, and a refusal keeps its own exit code.
        if let Some(file) = &self.chart {
            match file.write(&answer) {
                Ok(path) => output::note(&format!("chart written to {}", path.display())),
                Err(error) if answer.status == AnswerStatus::Answered => return Err(error.into()),
                Err(error) => output::note(&error.to_string()),
            }
        }
        Ok(exit_code(&answer))
    }

    async fn answer(&self, client: &Client) -> anyhow::Result<Answer> {
        let reporter = Reporter::new();
        let limit = Duration::from_secs(self.timeout);
        let files: Vec<FileId> = try_join_all(self.files.iter().map(async |path| {
            let submitted = client.submit(path).await?;
            client
                .settle(&submitted, limit, &mut reporter.task(&submitted.name))
                .await
                .map(|record| record.file)
        }))
        .await?;
        let job = AskJob {
            files,
            history: self.after.clone(),
            language: self.lang.map(Language::from),
            today: self.today,
            ..AskJob::about(&self.question)
        };
        Ok(client.ask(&job, limit, &mut reporter.task("question")).await?)
    }
}

fn exit_code(answer: &Answer) -> ExitCode {
    match answer.status {
        AnswerStatus::Answered => ExitCode::SUCCESS,
        AnswerStatus::Refused => ExitCode::from(3),
        AnswerStatus::NeedsClarification => ExitCode::from(4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_says_something() {
        assert!(question("多少航班？").is_ok());
        assert!(question(" \t").is_err());
        assert!(question(&"问".repeat(QUESTION_LIMIT)).is_ok());
        assert!(question(&"问".repeat(QUESTION_LIMIT + 1)).is_err());
    }
}
