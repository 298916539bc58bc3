//! Chinese.

use schemas::Language;
use schemas::plan::{Aggregate, Bucket, Comparison, Derived, Formula, Limit, Measure, Place, Plan};
use schemas::trail::LedgerStepKind;
use schemas::value::Value;

use super::period::Period;
use super::phrases::Phrases;
use super::{compared, joined, number};
use crate::answer::agreement::Verdict;
use crate::checks::Finding;
use crate::engine::{PlanError, Step};
use crate::engines::{Breach, Silence};
use crate::sql::RefusalKind;
use crate::tables::Unavailable;

/// Chinese.
pub struct Chinese;

impl Phrases for Chinese {
    fn quoted(&self, text: &str) -> String {
        format!("“{text}”")
    }

    fn function(&self, measure: &Measure) -> String {
        let column = measure.column.as_deref();
        match (measure.function, column) {
            (Aggregate::Count, None) => "行数".to_owned(),
            (Aggregate::Count, Some(column)) => format!("有{column}的行数"),
            (Aggregate::CountDistinct, _) => format!("不同{}的个数", column.unwrap_or_default()),
            (Aggregate::Sum, _) => format!("{}之和", column.unwrap_or_default()),
            (Aggregate::Mean, _) => format!("{}的平均值", column.unwrap_or_default()),
            (Aggregate::Min, _) => format!("{}的最小值", column.unwrap_or_default()),
            (Aggregate::Max, _) => format!("{}的最大值", column.unwrap_or_default()),
            (Aggregate::Median, _) => format!("{}的中位数", column.unwrap_or_default()),
        }
    }

    fn of_rows(&self, function: &str, condition: &str) -> String {
        format!("{condition}的{function}")
    }

    fn derived_name(&self, derived: &Derived) -> String {
        compared::zh_name(derived)
    }

    fn formula(&self, formula: &Formula, said: &dyn Fn(&str) -> String) -> String {
        compared::zh_formula(formula, said)
    }

    fn comparison(&self, column: &str, comparison: Comparison, other: &str) -> String {
        let words = match comparison {
            Comparison::Eq => "为",
            Comparison::Ne => "不为",
            Comparison::Lt => "小于",
            Comparison::Le => "小于等于",
            Comparison::Gt => "大于",
            Comparison::Ge => "大于等于",
        };
        format!("{column}{words}{}", spaced(other))
    }

    fn between(&self, column: &str, low: &str, high: &str) -> String {
        format!("{column}在 {low} 到 {high} 之间")
    }

    fn one_of(&self, column: &str, values: &[String]) -> String {
        format!("{column}为{}", values.join("或"))
    }

    fn contains(&self, column: &str, text: &str, place: Place) -> String {
        match place {
            Place::Anywhere => format!("{column}包含“{text}”"),
            Place::Start => format!("{column}以“{text}”开头"),
            Place::End => format!("{column}以“{text}”结尾"),
        }
    }

    fn within(&self, column: &str, period: &Period) -> String {
        match period {
            Period::Year(year) => format!("{column}在{year}年"),
            Period::Quarter(year, quarter) => format!("{column}在{year}年第{quarter}季度"),
            Period::Month(year, month) => format!("{column}在{year}年{month}月"),
            Period::Day(day) => format!("{column}为 {day}"),
            Period::Days(first, last) => format!("{column}从 {first} 到 {last}"),
            Period::From(first) => format!("{column}从 {first} 起"),
            Period::Before(day) => format!("{column}早于 {day}"),
            Period::Unbounded => format!("{column}不限"),
        }
    }

    fn missing(&self, column: &str) -> String {
        format!("{column}为空")
    }

    fn of_the_whole(&self, measure: &Measure) -> String {
        format!("全表{}", self.measure(measure))
    }

    fn all(&self, parts: &[String], inner: bool) -> String {
        let joined = parts.join(if inner { "且" } else { "，" });
        if inner && parts.len() > 1 {
            format!("（{joined}）")
        } else {
            joined
        }
    }

    fn any(&self, parts: &[String], inner: bool) -> String {
        let joined = parts.join("或");
        if inner && parts.len() > 1 {
            format!("（{joined}）")
        } else {
            joined
        }
    }

    fn not(&self, part: &str) -> String {
        format!("不满足（{part}）")
    }

    fn key(&self, column: &str, bucket: Option<Bucket>) -> String {
        match bucket {
            None => column.to_owned(),
            Some(Bucket::Year) => format!("{column}（年）"),
            Some(Bucket::Quarter) => format!("{column}（季度）"),
            Some(Bucket::Month) => format!("{column}（月）"),
            Some(Bucket::Week) => format!("{column}（周）"),
            Some(Bucket::Day) => format!("{column}（日）"),
        }
    }

    fn joined(&self, own: &str, other: &str) -> String {
        joined::zh_name(own, other)
    }

    fn sentence(&self, plan: &Plan, table: &str) -> String {
        let mut parts = Vec::new();
        if let Some(filter) = &plan.filter {
            parts.push(self.condition(filter));
        }
        if !plan.group.is_empty() {
            let keys: Vec<String> = plan
                .group
                .iter()
                .map(|key| self.key(&key.column, key.bucket))
                .collect();
            parts.push(format!("按{}分组", keys.join("、")));
        }
        let measures = self.computed(plan);
        if !measures.is_empty() {
            parts.push(format!("计算{}", measures.join("、")));
        }
        if plan.group.is_empty() && plan.measures.is_empty() {
            let what = if plan.select.is_empty() {
                "所有列".to_owned()
            } else {
                plan.select.join("、")
            };
            parts.push(if plan.distinct {
                format!("列出不同的{what}")
            } else {
                format!("列出{what}")
            });
        }
        if let Some(having) = &plan.having {
            parts.push(format!("保留{}的组", self.condition(having)));
        }
        for order in &plan.order {
            let way = if order.descending {
                "从高到低"
            } else {
                "从低到高"
            };
            parts.push(format!("按{}{way}", self.column(plan, &order.by)));
        }
        if let Some(limit) = plan.limit {
            parts.push(cut(limit));
        }
        if let Some(decimals) = plan.decimals {
            parts.push(number::rounded_to(decimals, Language::Zh));
        }
        format!("{table}：{}", parts.join("，"))
    }

    fn step(&self, step: &Step, plan: &Plan) -> String {
        match step.kind {
            LedgerStepKind::Read => "读取".to_owned(),
            LedgerStepKind::Join => plan.join.as_ref().map_or_else(String::new, joined::zh_step),
            LedgerStepKind::Filter | LedgerStepKind::Having => step
                .condition
                .as_ref()
                .map_or_else(String::new, |condition| self.condition(condition)),
            LedgerStepKind::Aggregate if plan.group.is_empty() => "汇总为一个结果".to_owned(),
            LedgerStepKind::Aggregate => {
                let keys: Vec<String> = plan
                    .group
                    .iter()
                    .map(|key| self.key(&key.column, key.bucket))
                    .collect();
                format!("按{}分组", keys.join("、"))
            }
            LedgerStepKind::Distinct => "相同的行只计一次".to_owned(),
            LedgerStepKind::Limit => plan.limit.map_or_else(String::new, cut),
        }
    }

    fn finding(&self, finding: &Finding) -> String {
        let number = |number: f64| number::grouped(&Value::Float(number));
        match finding {
            Finding::RowsCounted { counted, kept } => format!("计入 {counted} 行，符合条件 {kept} 行"),
            Finding::Complement {
                kept,
                dropped,
                untold,
                all,
            } => {
                format!("符合条件 {kept} 行，不符合 {dropped} 行，因空值无法判断 {untold} 行，全表 {all} 行")
            }
            Finding::Joined(matches) => joined::zh_matches(matches),
            Finding::Bounds {
                measure,
                low,
                high,
                least,
                most,
            } => {
                let (low, high, least, most) = (number(*low), number(*high), number(*least), number(*most));
                format!(
                    "{}在 {least} 到 {most}，数据在 {low} 到 {high}",
                    self.measure(measure)
                )
            }
            Finding::PartsSumToWhole {
                measure,
                parts,
                whole,
                ..
            } => {
                let (parts, whole) = (number::grouped(parts), number::grouped(whole));
                format!("{}：各组合计 {parts}，整体 {whole}", self.measure(measure))
            }
            Finding::PrintedTotal {
                measure,
                computed,
                printed,
                place,
            } => {
                let (computed, printed) = (number(*computed), number(*printed));
                format!(
                    "{}：计算得 {computed}，表中 {place} 写的是 {printed}",
                    self.measure(measure)
                )
            }
        }
    }

    fn plan_error(&self, error: &PlanError) -> String {
        match error {
            PlanError::UnknownColumn { column } => format!("表中没有“{column}”这一列。"),
            PlanError::WrongFunction { function, column, .. } => {
                let measure = Measure {
                    name: String::new(),
                    function: *function,
                    column: Some(column.clone()),
                    filter: None,
                };
                format!("无法计算{}：该列不是数值。", self.measure(&measure))
            }
            PlanError::WrongOperand { column, .. } => format!("“{column}”列不能这样计算。"),
            PlanError::NoOperands { column } => format!("“{column}”没有可以用来计算的列。"),
            PlanError::WrongComparison { column, .. } => format!("“{column}”这一列不能这样比较。"),
            PlanError::WrongConstant { column, value, .. } => {
                format!("{value} 与“{column}”这一列的类型不符。")
            }
            PlanError::WrongBucket { column, .. } => format!("“{column}”不是日期列，不能按时间分组。"),
            PlanError::NoColumn { .. } => "没有说明要对哪一列计算。".to_owned(),
            PlanError::NoSpan => "只有按一种时间分组时，才能逐期比较或累计。".to_owned(),
            PlanError::EmptyCondition => "有一个条件是空的。".to_owned(),
            PlanError::NameTaken { name } => format!("结果中有两列都叫“{name}”。"),
            PlanError::UnknownOrder { by } => format!("结果不能按“{by}”排序。"),
            PlanError::NothingAsked => "没有要显示的内容。".to_owned(),
            PlanError::WrongKey { column, key } => {
                format!("“{column}”和“{key}”类型不同，不能用来连接两张表。")
            }
            PlanError::KeyRepeats { key } => {
                format!("“{key}”在被连接的表中有重复的值，连接会使行数翻倍，因此不计算。")
            }
            PlanError::KeyMisses {
                column,
                key,
                found,
                of,
            } => {
                format!("“{column}”有值的 {of} 行中，只有 {found} 行能在“{key}”中找到，两张表不能这样连接。")
            }
            PlanError::Overflow { measure } => format!("“{measure}”的数值过大，无法准确表示。"),
            PlanError::Engine(_) => "计算失败。".to_owned(),
        }
    }

    fn unavailable(&self, why: &Unavailable) -> String {
        match why {
            Unavailable::Unknown { file } => format!("没有编号为 {file} 的文件。"),
            Unavailable::Deleted { name } => format!("文件“{name}”已被删除。"),
            Unavailable::Rejected { name, reason } => format!("文件“{name}”无法读取：{reason}"),
            Unavailable::StillReading { name } => format!("文件“{name}”还在读取中，请稍后再问。"),
            Unavailable::NoTables { name } => format!("文件“{name}”中没有表格。"),
            Unavailable::TooLarge {
                name,
                table,
                bytes,
                limit,
            } => {
                format!("文件“{name}”的表“{table}”太大：{bytes} 字节，上限 {limit} 字节。")
            }
            Unavailable::GivenUp { name, table, why } => {
                format!("文件“{name}”的表“{table}”无法读取：{}", self.breach(why))
            }
        }
    }

    fn single(&self, measure: &str, condition: Option<&str>, value: &str) -> String {
        match condition {
            Some(condition) => format!("{condition}：{measure} {value}"),
            None => format!("{measure}：{value}"),
        }
    }

    fn named(&self, name: &str, value: &str) -> String {
        format!("{name}：{value}")
    }

    fn line(&self, parts: &[String]) -> String {
        parts.join("，")
    }

    fn heading(&self, rows: u64, shown: usize) -> String {
        if rows > shown as u64 {
            format!("共 {rows} 行，前 {shown} 行：")
        } else {
            format!("共 {rows} 行：")
        }
    }

    fn no_rows(&self, condition: Option<&str>) -> String {
        match condition {
            Some(condition) => format!("没有符合条件的行（{condition}）。"),
            None => "没有数据行。".to_owned(),
        }
    }

    fn holds(&self, column: &str, values: &[String]) -> String {
        format!("{column}常见的值：{}", values.join("、"))
    }

    fn ranges(&self, column: &str, low: &str, high: &str) -> String {
        format!("{column}的范围：{low} 到 {high}")
    }

    fn nothing(&self) -> String {
        "（空）".to_owned()
    }

    fn truth(&self, truth: bool) -> String {
        if truth { "是" } else { "否" }.to_owned()
    }

    fn cut(&self, rows: u64, given: usize) -> String {
        format!("结果共 {rows} 行，只给出前 {given} 行")
    }

    fn which(&self, readings: &[String]) -> String {
        format!(
            "这个问题有 {} 种理解，请说明是哪一种：{}",
            readings.len(),
            enumerated(readings)
        )
    }

    fn not_understood(&self, words: &[String]) -> String {
        let words: Vec<String> = words.iter().map(|word| self.quoted(word)).collect();
        format!("没有理解的词：{}", words.join("、"))
    }

    fn failed_check(&self, detail: &str) -> String {
        format!("结果没有通过核对，因此不给出：{detail}")
    }

    fn breach(&self, breach: &Breach) -> String {
        match breach {
            Breach::TimedOut { seconds } => {
                format!("计算超过了 {seconds} 秒的时限，已中止。请缩小问题的范围，或使用更小的表格。")
            }
            Breach::OutOfMemory { megabytes } => {
                format!("计算所需内存超过 {megabytes} MB，已中止。请缩小问题的范围，或使用更小的表格。")
            }
            Breach::TooLarge { megabytes } => {
                format!("结果超过 {megabytes} MB，无法给出。请缩小问题的范围。")
            }
            Breach::Forbidden => "计算进程试图做沙箱所禁止的事，已中止。".to_owned(),
            Breach::Crashed => "计算进程两次意外中断，没有得出结果。".to_owned(),
            Breach::Failed => "表格数据无法读取，或计算失败。".to_owned(),
        }
    }

    fn second_engine(&self, verdict: &Verdict) -> String {
        match verdict {
            Verdict::Same { rows } => format!("DataFusion 用 SQL 得出相同的 {rows} 行"),
            Verdict::Different(_) => "DataFusion 用 SQL 得出不同的结果".to_owned(),
            Verdict::Silent(Silence::Inexpressible(_)) => "无法核对：此计算无法写成 SQL".to_owned(),
            Verdict::Silent(Silence::Refused(RefusalKind::OutOfMemory)) => {
                "无法核对：SQL 所需内存过多".to_owned()
            }
            Verdict::Silent(Silence::Refused(RefusalKind::TooLong | RefusalKind::TooComplex)) => {
                "无法核对：SQL 太长".to_owned()
            }
            Verdict::Silent(Silence::Refused(_)) => "无法核对：SQL 未能运行".to_owned(),
            Verdict::Silent(Silence::Breach(breach)) => format!("无法核对：{}", self.breach(breach)),
        }
    }

    fn engines_differ(&self, told: &[String; 2]) -> String {
        let [first, second] = told;
        format!("两个计算引擎得出不同的结果，因此不给出答案。\nPolars：{first}\nDataFusion：{second}")
    }

    fn unlocked(&self, setting: &str) -> String {
        format!("计算没有在沙箱中进行：运维人员允许了 {setting}")
    }

    fn today(&self, date: &str) -> String {
        format!("“今天”指 {date}")
    }

    fn older_version(&self, name: &str, reason: &str) -> String {
        format!("“{name}”的最新版本无法读取（{reason}），使用之前的版本")
    }

    fn unparsed(&self, column: &str, count: u64) -> String {
        format!("{column}有 {count} 个单元格无法识别，按空值处理")
    }

    fn decision(&self, about: &str, chosen: &str, because: &str) -> String {
        format!("{about}：{chosen}（{because}）")
    }
}

/// Latin words and numbers stand apart from Chinese ones.
/// "取前 3 个（含并列）", "取第 2 名".
fn cut(limit: Limit) -> String {
    let first = u64::from(limit.skip) + 1;
    match (limit.skip, limit.rows) {
        (0, rows) if limit.ties => format!("取前 {rows} 个（含并列）"),
        (0, rows) => format!("取前 {rows} 个"),
        (_, 1) => format!("取第 {first} 名（含并列）"),
        (skip, rows) => format!(
            "取第 {first} 至第 {} 名（含并列）",
            u64::from(skip) + u64::from(rows)
        ),
    }
}

fn spaced(text: &str) -> String {
    if text.starts_with(|first: char| first.is_ascii()) {
        format!(" {text}")
    } else {
        text.to_owned()
    }
}

fn enumerated(readings: &[String]) -> String {
    (1..)
        .zip(readings)
        .map(|(place, reading): (usize, _)| format!("\n{place}. {reading}"))
        .collect()
}
