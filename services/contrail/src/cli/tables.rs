//! `contrail tables`: how the tables of a file were read, and what a person decides instead.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use schemas::file::FileRecord;
use schemas::jobs::SetTable;
use schemas::overrides::{ColumnOverride, DateOrder, TableOverride};
use schemas::table::ColumnType;
use tracing::Instrument;

use crate::client::tables::chosen;
use crate::config::GlobalConfig;
use crate::progress::Reporter;
use crate::session::{Needs, Session};
use crate::{output, profile};

const EXAMPLES: &str = "\
Examples:
  contrail tables show sales.xlsx
  contrail tables set sales.xlsx --column amt --rename 金额 --unit 万元";

const SHOW_EXAMPLES: &str = "\
Examples:
  contrail tables show sales.xlsx
  contrail tables show sales.xlsx --table 2 --json";

const SET_EXAMPLES: &str = "\
Examples:
  contrail tables set sales.xlsx --table 1 --column 日期 --type date --date-order dmy
  contrail tables set sales.xlsx --table 销售 --column amt --rename 金额 --unit 万元
  contrail tables set sales.xlsx --header-rows 2 --keep-totals

A change makes a new version of the file; it stays when other bytes are added under the same name.";

/// See [`super::Command::Tables`].
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Tables {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Shows columns, decisions, cells that could not be read, and rows set aside.
    Show(Show),
    /// Decides something instead of the reader, and reads the file again.
    Set(Box<Set>),
}

#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct Show {
    /// Name or id of a file, as `contrail status` shows it.
    #[arg(value_name = "FILE")]
    file: String,

    /// One table, by its number from 1 or its name; by default all.
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,

    /// Prints one JSON document: a list of profiles.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = SET_EXAMPLES)]
struct Set {
    /// Name or id of a file, as `contrail status` shows it.
    #[arg(value_name = "FILE")]
    file: String,

    /// The table, by its number from 1 or its name; may be left out where there is one.
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,

    /// The column that --type, --unit, --date-order and --rename are about.
    #[arg(long, value_name = "NAME")]
    column: Option<String>,

    /// The type of its values.
    #[arg(long = "type", value_name = "TYPE", requires = "column")]
    kind: Option<Type>,

    /// The unit of its numbers.
    #[arg(long, value_name = "UNIT", requires = "column")]
    unit: Option<String>,

    /// What 03/04/2024 means.
    #[arg(long, value_name = "ORDER", requires = "column")]
    date_order: Option<Order>,

    /// Another name for it.
    #[arg(long, value_name = "NAME", requires = "column")]
    rename: Option<String>,

    /// How many rows the header of the table has.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    header_rows: Option<u32>,

    /// Rows that look like totals are data.
    #[arg(long)]
    keep_totals: bool,

    /// Forgets what was decided about the table before.
    #[arg(long)]
    reset: bool,

    /// Prints the profile as one JSON document.
    #[arg(long)]
    json: bool,

    /// Seconds that it may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Type {
    Int,
    Float,
    Date,
    Datetime,
    Text,
    Bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// The day first.
    Dmy,
    /// The month first.
    Mdy,
}

impl From<Type> for ColumnType {
    fn from(kind: Type) -> Self {
        match kind {
            Type::Int => Self::Int,
            Type::Float => Self::Float,
            Type::Date => Self::Date,
            Type::Datetime => Self::Datetime,
            Type::Text => Self::Text,
            Type::Bool => Self::Bool,
        }
    }
}

impl From<Order> for DateOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Dmy => Self::DayFirst,
            Order::Mdy => Self::MonthFirst,
        }
    }
}

impl Tables {
    pub async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        match &self.action {
            Action::Show(show) => show.run(global).await,
            Action::Set(set) => set.run(global).await,
        }
    }
}

impl Show {
    async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let session = Session::open(global, Needs::Server).await?;
        let printed = self.print(&session).await;
        let closed = session.close().await;
        printed?;
        closed?;
        Ok(ExitCode::SUCCESS)
    }

    async fn print(&self, session: &Session) -> anyhow::Result<()> {
        let record = session.client.file(&self.file).await?;
        let all = record.active.iter().flat_map(|version| &version.tables);
        let tables = match &self.table {
            Some(_) => vec![chosen(&record, self.table.as_deref())?],
            None => all.collect(),
        };
        let mut profiles = Vec::with_capacity(tables.len());
        for table in tables {
            profiles.push(session.client.profile(table).await?);
        }
        if self.json {
            return Ok(output::json(&profiles)?);
        }
        for profile in &profiles {
            output::line(&profile::text(profile))?;
        }
        if profiles.is_empty() {
            output::note(&output::printable(&format!("{} has no tables yet", record.name)));
        }
        Ok(())
    }
}

impl Set {
    async fn run(&self, global: &GlobalConfig) -> anyhow::Result<ExitCode> {
        let mut session = Session::open(global, Needs::Services).await?;
        let client = session.client.clone();
        let reporter = Reporter::new();
        let work = async {
            let record = client.file(&self.file).await?;
            let table = chosen(&record, self.table.as_deref())?;
            let (index, set) = (table.index, self.wanted(&record, table.index));
            let limit = Duration::from_secs(self.timeout);
            let mut task = reporter.task(&record.name);
            let record = client.set_table(&record, set, limit, &mut task).await?;
            let tables = record.active.iter().flat_map(|version| &version.tables);
            let mut profiles = Vec::new();
            for table in tables.filter(|table| table.index == index) {
                profiles.push(client.profile(table).await?);
            }
            Ok(profiles)
        };
        let changed = session
            .during(work.instrument(tracing::info_span!("contrail tables set")))
            .await;
        let closed = session.close().await;
        for profile in changed? {
            if self.json {
                output::json(&profile)?;
            } else {
                output::line(&profile::text(&profile))?;
            }
        }
        closed?;
        Ok(ExitCode::SUCCESS)
    }

    fn wanted(&self, record: &FileRecord, table: u32) -> SetTable {
        let column = self.column.clone().map(|column| ColumnOverride {
            column,
            kind: self.kind.map(ColumnType::from),
            unit: self.unit.clone(),
            date_order: self.date_order.map(DateOrder::from),
            rename: self.rename.clone(),
        });
        SetTable {
            file: record.file.clone(),
            table: TableOverride {
                table,
                header_rows: self.header_rows,
                keep_totals: self.keep_totals,
                columns: column.into_iter().collect(),
            },
            reset: self.reset,
        }
    }
}
