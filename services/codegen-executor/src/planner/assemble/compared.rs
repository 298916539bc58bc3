//! Parts of wholes, ratios, differences, growth, and running totals.

use schemas::Date;
use schemas::plan::{Aggregate, Condition, Derived, Formula, Measure, Since};

use super::super::gather::{Gathered, Misfit, Placed};
use super::super::part::{Against, By, How, Key, MeasureOf};
use super::builder::Builder;
use super::{Draft, Taken, is_category, one};

impl Builder<'_> {
    /// One measure compared with another.
    pub(super) fn compared(self, said: &Gathered, running: bool) -> Result<Vec<Draft>, Misfit> {
        let asked = &said.comparing;
        let several = [
            running,
            asked.share.is_some() && asked.growth.is_none(),
            asked.growth.is_some() || asked.against.is_some(),
            asked.pair.is_some(),
        ];
        if several.into_iter().filter(|asked| *asked).count() != 1 || said.pick.is_some() || said.distinct {
            return Err(Misfit::Unconnected);
        }
        if let Some((how, of, other)) = asked.pair {
            self.paired(said, how, of, other).map(one)
        } else if running {
            self.running(said).map(one)
        } else if asked.share.is_some() && asked.growth.is_none() {
            self.shared(said)
        } else {
            self.grown(said)
        }
    }

    /// A ratio or a difference of two measures.
    fn paired(mut self, said: &Gathered, how: How, of: MeasureOf, other: MeasureOf) -> Result<Draft, Misfit> {
        if !said.measures.is_empty() || !said.columns.is_empty() {
            return Err(Misfit::Unconnected);
        }
        self.plan.group = self.keys(&said.keys)?;
        self.compare(how, of, other, said.comparing.percent);
        self.finish(said)
    }

    /// Adds the ratio or the difference of two measures, and returns its name.
    pub(super) fn compare(&mut self, how: How, of: MeasureOf, other: MeasureOf, percent: bool) -> String {
        let (of, other) = (self.hidden(of, None), self.hidden(other, None));
        let formula = match how {
            How::Ratio => Formula::Ratio {
                numerator: of,
                denominator: other,
            },
            How::Difference => Formula::Difference { of, less: other },
        };
        self.derive(formula, percent)
    }

    /// "Running total of sales by month".
    fn running(mut self, said: &Gathered) -> Result<Draft, Misfit> {
        let measure = self.whole_of(said)?;
        self.plan.group = self.keys(&said.keys)?;
        let of = self.measure(measure);
        self.derive(Formula::Running { of }, false);
        self.finish(said)
    }

    /// Shares: of all groups, or of the rows that some conditions leave in those that others leave.
    fn shared(mut self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
        let measure = self.whole_of(said)?;
        if !matches!(
            measure.function,
            Aggregate::Sum | Aggregate::Count | Aggregate::CountDistinct
        ) {
            return Err(Misfit::Unconnected);
        }
        let (part, base) = parts(said)?;
        self.plan.group = self.keys(&said.keys)?;
        if part.is_empty() {
            if self.plan.group.is_empty() {
                return Err(Misfit::Whole);
            }
            self.plan.filter = together(base);
            let of = self.measure(measure);
            self.derive(Formula::Share { of }, true);
            return self.finish(said).map(one);
        }
        // "share of online orders by month": of each month's orders, or of all online orders.
        let either = !self.plan.group.is_empty() && said.comparing.occupy.is_none();
        if either {
            return Err(Misfit::Whole);
        }
        self.plan.filter = together(base);
        let numerator = self.hidden(measure, together(part));
        let denominator = self.hidden(measure, None);
        self.derive(
            Formula::Ratio {
                numerator,
                denominator,
            },
            true,
        );
        self.finish(said).map(one)
    }

    /// Growth between two periods, or from each period to the next.
    fn grown(mut self, said: &Gathered) -> Result<Vec<Draft>, Misfit> {
        let measure = self.whole_of(said)?;
        let asked = &said.comparing;
        let rate = asked.percent || asked.growth == Some(true);
        let (timed, rest): (Vec<&Placed>, Vec<&Placed>) =
            asked.conditions.iter().partition(|placed| placed.timed);
        self.plan.filter = together(rest.into_iter().map(|placed| placed.condition.clone()).collect());
        self.plan.group = self.keys(&said.keys)?;
        let spans = said.keys.iter().any(|key| matches!(key, Key::Span(..)));
        if spans {
            // The periods to compare with must be there: none may be left out.
            let since = match asked.against {
                Some(Against::YearBefore) => Since::YearBefore,
                Some(Against::PeriodBefore) => Since::Before,
                Some(Against::Time(_)) | None => return Err(Misfit::Unconnected),
            };
            if !timed.is_empty() {
                return Err(Misfit::Unconnected);
            }
            let of = self.measure(measure);
            self.derive(Formula::Change { of, since }, true);
            return self.finish(said).map(one);
        }
        let ([to], Some(against)) = (timed.as_slice(), &asked.against) else {
            return Err(Misfit::Unconnected);
        };
        let to = to.condition.clone();
        let from = match against {
            Against::Time(from) => from.clone(),
            Against::YearBefore => earlier(&to, true).ok_or(Misfit::Unconnected)?,
            Against::PeriodBefore => earlier(&to, false).ok_or(Misfit::Unconnected)?,
        };
        if from == to {
            return Err(Misfit::Contradiction);
        }
        let later = self.hidden(measure, Some(to));
        let earlier = self.hidden(measure, Some(from));
        if rate || matches!(against, Against::YearBefore | Against::PeriodBefore) {
            let formula = Formula::Growth {
                from: earlier,
                to: later,
            };
            self.derive(formula, true);
        } else {
            // "how much more": the number itself.
            let formula = Formula::Difference {
                of: later,
                less: earlier,
            };
            self.derive(formula, false);
        }
        self.finish(said).map(one)
    }

    /// What is measured: the function that is said, the sum of the only column that can be summed, else how many rows.
    fn whole_of(&mut self, said: &Gathered) -> Result<MeasureOf, Misfit> {
        let mut sums: Vec<MeasureOf> = Vec::new();
        for number in &said.columns {
            let Some(column) = self.column(*number) else {
                continue;
            };
            let grouped = said.keys.iter().any(|key| match key {
                Key::Column(key) | Key::Span(Some(key), _) => key == number,
                Key::Span(None, _) | Key::Row => false,
            });
            if grouped || column.identifies || column.unique && !column.kind().is_number() {
                continue;
            }
            // 占全部国家的百分之几: all of them are the whole.
            if said.all && said.comparing.occupy.is_some() && is_category(column) {
                continue;
            }
            if !column.additive {
                return Err(Misfit::Unconnected);
            }
            sums.push(MeasureOf::over(Aggregate::Sum, *number));
        }
        let mut all = said.measures.clone();
        for sum in sums {
            if !all.contains(&sum) {
                all.push(sum);
                self.taken
                    .extend(sum.column.map(|column| Taken::Sum(self.table.name(column))));
            }
        }
        match all.as_slice() {
            [] => Ok(MeasureOf::ROWS),
            [measure] => Ok(*measure),
            _ => Err(Misfit::Unconnected),
        }
    }

    /// A measure of some rows that others are computed from and that is not shown itself.
    fn hidden(&mut self, measure: MeasureOf, filter: Option<Condition>) -> String {
        let mut named = Measure {
            name: String::new(),
            function: measure.function,
            column: measure.column.map(|column| self.table.name(column)),
            filter,
        };
        named.name = self.phrases.measure(&named);
        let name = named.name.clone();
        if !self.plan.measures.iter().any(|other| other.name == name) {
            self.plan.measures.push(named);
            self.plan.hidden.push(name.clone());
        }
        name
    }

    fn derive(&mut self, formula: Formula, percent: bool) -> String {
        let mut derived = Derived {
            name: String::new(),
            formula,
            percent,
        };
        derived.name = self.phrases.derived_name(&derived);
        let name = derived.name.clone();
        self.plan.derived.push(derived);
        name
    }

    /// The order and limit of what is derived.
    fn finish(mut self, said: &Gathered) -> Result<Draft, Misfit> {
        if !said.having.is_empty() {
            return Err(Misfit::Unconnected);
        }
        let shown = self.plan.measures.len();
        self.order_groups(said)?;
        // An order by something else that is computed would show it.
        if self.plan.measures.len() > shown {
            return Err(Misfit::Unconnected);
        }
        let by_result = said.order.iter().any(|ranked| ranked.by == By::Result);
        if let (true, Some(derived)) = (by_result, self.plan.derived.first()) {
            for order in &mut self.plan.order {
                order.by.clone_from(&derived.name);
            }
        }
        Ok(self.done())
    }
}

/// The conditions of the part alone, and those of the whole as well.
fn parts(said: &Gathered) -> Result<(Vec<Condition>, Vec<Condition>), Misfit> {
    let asked = &said.comparing;
    let conditions = |placed: &[&Placed]| placed.iter().map(|placed| placed.condition.clone()).collect();
    let (timed, plain): (Vec<&Placed>, Vec<&Placed>) =
        asked.conditions.iter().partition(|placed| placed.timed);
    let (mut part, mut base): (Vec<&Placed>, Vec<&Placed>) = match asked.occupy {
        // "A占B的百分比", "what percentage of B does A account for": the share tells which side the whole is on.
        Some(occupy) => {
            let whole_behind = asked.share.is_some_and(|share| share > occupy);
            plain
                .into_iter()
                .partition(|placed| (placed.at < occupy) == whole_behind)
        }
        None => match plain.as_slice() {
            [] | [_] => (plain, Vec::new()),
            // "what percentage of female employees are engineers": what stands before the noun is of the whole.
            _ => {
                let noun = asked.measured.ok_or(Misfit::Whole)?;
                let (before, behind): (Vec<_>, Vec<_>) =
                    plain.into_iter().partition(|placed| placed.at < noun);
                if before.is_empty() || behind.len() != 1 {
                    return Err(Misfit::Whole);
                }
                (behind, before)
            }
        },
    };
    // "2024年会员销售额的占比": the share within that time, unless the time is all that tells the part.
    if part.is_empty() && said.keys.is_empty() {
        part = timed;
    } else {
        base.extend(timed);
    }
    Ok((conditions(&part), conditions(&base)))
}

fn together(mut all: Vec<Condition>) -> Option<Condition> {
    match all.len() {
        0 | 1 => all.pop(),
        _ => Some(Condition::And { all }),
    }
}

/// The same period a year earlier, or the period before of the same length in calendar months.
fn earlier(condition: &Condition, a_year: bool) -> Option<Condition> {
    let Condition::TimeRange {
        column,
        from: Some(from),
        until: Some(until),
    } = condition
    else {
        return None;
    };
    let month = |date: &Date| i32::from(date.year) * 12 + i32::from(date.month) - 1;
    let length = month(until) - month(from);
    let whole_months = from.day == until.day && length > 0;
    if !a_year && !whole_months {
        return None;
    }
    let back = if a_year { 12 } else { length };
    let moved = |date: &Date| {
        let month = month(date) - back;
        let moved = Date {
            year: u16::try_from(month.div_euclid(12)).ok()?,
            month: u8::try_from(month.rem_euclid(12) + 1).ok()?,
            day: date.day,
        };
        // The 29th of February is in no other year.
        (moved.day <= 28 || moved.to_string().parse::<Date>().is_ok()).then_some(moved)
    };
    Some(Condition::TimeRange {
        column: column.clone(),
        from: Some(moved(from)?),
        until: Some(moved(until)?),
    })
}
