//! Runs a plan as Polars expressions over one table, or over one with what another holds of its rows.
//!
//! | module | what is in it |
//! |---|---|
//! | [`columns`] | names and types as a plan sees them |
//! | [`join`] | what another table holds of the rows |
//! | [`computed`] | what is computed row by row |
//! | [`condition`] | conditions as boolean expressions |
//! | [`fold`] | text compared without regard to case, width and surrounding blanks |
//! | [`aggregate`] | groups and measures |
//! | `derived` | shares, ratios, growth and running totals of the groups |
//! | [`bucket`] | calendar spans as group keys |
//! | [`order`] | order, limit and ties |
//! | [`source`] | a table out of Parquet |
//! | [`texts`] | the different texts of a table |
//! | [`cells`] | frames as rows of values |
//! | [`refusal`] | why a plan can't run |
//!
//! Inside the engine columns have names of its own (`c0`, `k0`, `m0`): a header such as `*` or `^a.*$` would be
//! a pattern to Polars, and one such as `len` could clash with ours. Nothing here knows words or languages.

pub mod aggregate;
pub mod bucket;
pub mod cells;
pub mod columns;
pub mod computed;
pub mod condition;
pub(crate) mod derived;
pub mod fold;
pub mod join;
mod listing;
pub mod order;
pub mod refusal;
pub mod source;
pub mod texts;

use polars::prelude::*;
use schemas::plan::{Condition, Join, Plan};
use schemas::table::TableProfile;
use schemas::trail::{LedgerStepKind, Sample};
use schemas::value::Value;
use serde::{Deserialize, Serialize};

use crate::checks::Finding;
use columns::Columns;
use join::Matches;
pub use refusal::PlanError;

/// Rows of a sample.
pub(crate) const SAMPLE: usize = 5;
/// Columns of a sample: of a listing of a wide table the first ones will do.
pub(crate) const SAMPLE_COLUMNS: usize = 12;
/// Bytes of a sample: long texts make it shorter.
const SAMPLE_BYTES: usize = 16 * 1024;

/// How large a result may be.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ResultLimit {
    /// Rows.
    pub rows: usize,
    /// Bytes of its cells, roughly.
    pub bytes: usize,
}

/// What running a plan gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Names of the result's columns.
    pub columns: Vec<String>,
    /// The result, cut to the limit.
    pub rows: Vec<Vec<Value>>,
    /// How many rows the result has before it is cut.
    pub rows_in_all: u64,
    /// How many rows of the table fulfil the plan's filter.
    pub rows_kept: u64,
    /// What became of the rows.
    pub steps: Vec<Step>,
    /// What was compared.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// The same with its numbers rounded to so many decimals; none: as it is.
    #[must_use]
    pub fn rounded(mut self, decimals: Option<u8>) -> Self {
        let Some(decimals) = decimals else { return self };
        let scale = 10_f64.powi(decimals.into());
        for cell in self.rows.iter_mut().flatten() {
            if let Value::Float(number) = cell {
                let rounded = (*number * scale).round() / scale;
                // Beyond what floats hold there are no decimals left.
                if rounded.is_finite() {
                    *number = rounded;
                }
            }
        }
        self
    }
}

/// What became of the rows in one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What was done.
    pub kind: LedgerStepKind,
    /// The condition of a filter.
    pub condition: Option<Condition>,
    /// Columns of the table that the step looks into.
    pub columns: Vec<String>,
    /// Rows before.
    pub rows_in: u64,
    /// Rows after.
    pub rows_out: u64,
    /// The first rows after.
    pub sample: Sample,
}

/// The columns that a plan reads, in the order of the table: all that [`execute`] needs of it. Never empty for a
/// table that has columns.
///
/// # Errors
/// [`PlanError`] when the plan does not fit the table.
pub fn columns_read(plan: &Plan, profile: &TableProfile) -> Result<Vec<String>, PlanError> {
    let columns = Columns::of(plan, profile)?;
    refusal::examine(plan, &columns)?;
    let mut read = columns.read_by(plan)?;
    if read.is_empty() {
        read.extend(profile.columns.first().map(|column| column.name.clone()));
    }
    Ok(read)
}

/// Runs a plan over a frame that holds at least the columns of [`columns_read`], typed as the profile says and
/// without NaN.
///
/// # Errors
/// [`PlanError`] when the plan does not fit the table, or its result does not fit its type.
pub fn execute(
    plan: &Plan,
    frame: &DataFrame,
    profile: &TableProfile,
    limit: ResultLimit,
) -> Result<Outcome, PlanError> {
    compute(plan, (frame, None), profile, limit)
}

/// Runs a plan that joins over the frames of both its tables: of each the columns of [`join::parted`]. The profile is that of
/// [`join::profile`].
///
/// # Errors
/// As [`execute`], and when the tables can't be joined so that no row is lost or doubled.
pub fn execute_joined(
    plan: &Plan,
    join: &Join,
    [own, other]: [&DataFrame; 2],
    profile: &TableProfile,
    limit: ResultLimit,
) -> Result<Outcome, PlanError> {
    let (frame, matches) = join::add(join, own, other)?;
    compute(plan, (&frame, Some(matches)), profile, limit)
}

fn compute(
    plan: &Plan,
    (frame, matches): (&DataFrame, Option<Matches>),
    profile: &TableProfile,
    limit: ResultLimit,
) -> Result<Outcome, PlanError> {
    let columns = Columns::of(plan, profile)?;
    refusal::examine(plan, &columns)?;
    let read = columns.read_by(plan)?;
    let used = columns.used_by(plan)?;
    let base = computed::add(plan, &columns, columns.select(frame, &read)?)?;
    let mut run = Run {
        plan,
        columns: &columns,
        sampled: columns.sampled(&used),
        base: &base,
        matches,
        steps: Vec::new(),
    };

    let rows = base.height() as u64;
    let joined = join::names(plan).filter_map(|name| Some(columns.get(name).ok()?.physical.clone()));
    let own = base.drop_many(joined);
    run.step(LedgerStepKind::Read, None, read, (rows, rows), &own);
    if let Some(join) = &plan.join {
        let pointing = vec![join.column.clone()];
        run.step(LedgerStepKind::Join, None, pointing, (rows, rows), &base);
    }
    let kept = run.filter()?;
    if plan.measures.is_empty() && plan.group.is_empty() {
        listing::run(run, kept, limit)
    } else {
        aggregate::run(run, kept, profile, limit)
    }
}

/// A plan on its way through a table.
struct Run<'a> {
    plan: &'a Plan,
    columns: &'a Columns,
    /// The columns of samples.
    sampled: Vec<String>,
    /// The columns that the plan reads, all rows, under the engine's names.
    base: &'a DataFrame,
    /// Which rows another table was found to hold something of.
    matches: Option<Matches>,
    steps: Vec<Step>,
}

/// The rows that fulfil the filter.
struct Kept {
    /// None: all.
    mask: Option<BooleanChunked>,
    rows: usize,
    /// Whether these and all others are the table.
    complement: Option<Finding>,
}

impl Kept {
    /// Some columns of the kept rows.
    fn of(&self, frame: &DataFrame) -> PolarsResult<DataFrame> {
        match &self.mask {
            // A frame without columns keeps its height alone, which a filter would lose.
            Some(_) if frame.width() == 0 => DataFrame::new(self.rows, Vec::new()),
            Some(mask) => frame.filter(mask),
            None => Ok(frame.clone()),
        }
    }
}

impl Run<'_> {
    /// Evaluates each part of the filter once and counts what is left after each.
    fn filter(&mut self) -> Result<Kept, PlanError> {
        let plan = self.plan;
        let parts = match &plan.filter {
            None => {
                return Ok(Kept {
                    mask: None,
                    rows: self.base.height(),
                    complement: None,
                });
            }
            Some(Condition::And { all }) if all.is_empty() => return Err(PlanError::EmptyCondition),
            Some(Condition::And { all }) => all.iter().collect::<Vec<_>>(),
            Some(one) => vec![one],
        };
        let expressions = parts
            .iter()
            .enumerate()
            .map(|(place, part)| Ok(condition::expression(part, self.columns)?.alias(format!("f{place}"))))
            .collect::<Result<Vec<_>, PlanError>>()?;
        let masks = self.base.clone().lazy().select(expressions).collect()?;

        let height = self.base.height();
        let mut so_far: Option<BooleanChunked> = None;
        let mut others = Others::default();
        let mut rows = height;
        for (part, mask) in parts.into_iter().zip(masks.columns()) {
            others.add(&mask.whole(height)?)?;
            let mask = mask.new_from_mask(height)?;
            let both = match so_far {
                Some(so_far) => &so_far & &mask,
                None => mask,
            };
            let after = both.sum().unwrap_or(0) as usize;
            let sample = self.base.take(&first_set(&both, SAMPLE))?;
            let used = self.columns.used_by_condition(part)?;
            let counts = (rows as u64, after as u64);
            self.step(LedgerStepKind::Filter, Some(part.clone()), used, counts, &sample);
            rows = after;
            so_far = Some(both);
        }
        Ok(Kept {
            mask: so_far,
            rows,
            complement: Some(others.complement(rows, height)),
        })
    }

    /// Notes a step after which `rows` are left, under the engine's names of the table's columns.
    fn step(
        &mut self,
        kind: LedgerStepKind,
        condition: Option<Condition>,
        columns: Vec<String>,
        (rows_in, rows_out): (u64, u64),
        rows: &DataFrame,
    ) {
        let shown = self.columns.present(rows, &self.sampled);
        let sample = cells::table(
            rows,
            shown,
            ResultLimit {
                rows: SAMPLE,
                bytes: SAMPLE_BYTES,
            },
        );
        let sample = Sample {
            columns: sample.columns,
            rows: sample.rows,
        };
        self.steps.push(Step {
            kind,
            condition,
            columns,
            rows_in,
            rows_out,
            sample,
        });
    }
}

/// The places of the first set bits of a mask without missing values.
fn first_set(mask: &BooleanChunked, count: usize) -> IdxCa {
    let mut places = Vec::with_capacity(count);
    let mut start = 0;
    for chunk in mask.downcast_iter() {
        let wanted = count - places.len();
        places.extend(
            chunk
                .values()
                .true_idx_iter()
                .take(wanted)
                .map(|place| (start + place) as IdxSize),
        );
        start += chunk.values().len();
    }
    IdxCa::from_vec(PlSmallStr::EMPTY, places)
}

/// The rows that don't fulfil a filter, counted apart from those that do.
#[derive(Default)]
struct Others {
    /// Rows that a part of the filter is false for.
    dropped: Option<BooleanChunked>,
    /// Rows that a part of the filter can't tell of.
    untold: Option<BooleanChunked>,
}

impl Others {
    /// Looks at one more part, whose values may be missing.
    fn add(&mut self, part: &BooleanChunked) -> PolarsResult<()> {
        let with = |so_far: Option<BooleanChunked>, more: BooleanChunked| match so_far {
            Some(so_far) => &so_far | &more,
            None => more,
        };
        self.dropped = Some(with(self.dropped.take(), (!part).fill_null_with_values(false)?));
        self.untold = Some(with(self.untold.take(), part.is_null()));
        Ok(())
    }

    fn complement(self, kept: usize, all: usize) -> Finding {
        let count = |mask: &BooleanChunked| u64::from(mask.sum().unwrap_or(0));
        let (dropped, untold) = match (&self.dropped, &self.untold) {
            (Some(dropped), Some(untold)) => (count(dropped), count(&(untold & &!dropped))),
            _ => (0, 0),
        };
        Finding::Complement {
            kept: kept as u64,
            dropped,
            untold,
            all: all as u64,
        }
    }
}

/// A column of truth values as a mask.
trait NewFromMask {
    /// A single value stands for all rows.
    fn whole(&self, height: usize) -> PolarsResult<BooleanChunked>;

    /// Missing counts as false; a single value stands for all rows.
    fn new_from_mask(&self, height: usize) -> PolarsResult<BooleanChunked>;
}

impl NewFromMask for Column {
    fn whole(&self, height: usize) -> PolarsResult<BooleanChunked> {
        if self.len() == height {
            Ok(self.bool()?.clone())
        } else {
            Ok(self.new_from_index(0, height).bool()?.clone())
        }
    }

    fn new_from_mask(&self, height: usize) -> PolarsResult<BooleanChunked> {
        let mask = self.whole(height)?;
        if mask.null_count() == 0 {
            return Ok(mask);
        }
        mask.fill_null_with_values(false)
    }
}

fn finish(run: Run<'_>, kept: &Kept, result: cells::Table, mut findings: Vec<Finding>) -> Outcome {
    findings.extend(kept.complement.clone());
    findings.extend(run.matches.map(Finding::Joined));
    Outcome {
        columns: result.columns,
        rows: result.rows,
        rows_in_all: result.rows_in_all,
        rows_kept: kept.rows as u64,
        steps: run.steps,
        findings,
    }
}
