//! Questions over invented tables, and how they are read.

use codegen_executor::planner::{self, Question, TableView, Understanding, ValueIndex};
use codegen_executor::words;
use schemas::plan::TableRef;
use schemas::table::{ColumnProfile, ColumnType, TableProfile};
use schemas::value::Value;
use schemas::{FileId, Glossary, Language};

use super::shop::FILE;

/// A table of the given columns: (header, type, unit, distinct values, smallest, largest), with the values of its texts.
pub struct Invented {
    file: &'static str,
    profile: TableProfile,
    values: ValueIndex,
    reference: TableRef,
}

pub type Column = (&'static str, ColumnType, Option<&'static str>, u64, Value, Value);

impl Invented {
    pub fn new(file: &'static str, rows: u64, columns: Vec<Column>, texts: &[(&str, &[&str])]) -> Self {
        let columns = columns
            .into_iter()
            .map(|(name, kind, unit, distinct, min, max)| ColumnProfile {
                name: name.to_owned(),
                kind,
                unit: unit.map(str::to_owned),
                nulls: 0,
                distinct,
                min,
                max,
                frequent: Vec::new(),
                unparsed: Vec::new(),
                unparsed_count: 0,
            })
            .collect();
        let texts = texts.iter().map(|(column, values)| {
            (
                (*column).to_owned(),
                values.iter().map(|&v| v.to_owned()).collect(),
            )
        });
        Self {
            file,
            profile: TableProfile {
                name: file.split('.').next().unwrap().to_owned(),
                rows,
                columns,
                decisions: Vec::new(),
                set_aside: Vec::new(),
            },
            values: ValueIndex::new(texts.collect()),
            reference: TableRef {
                file: FileId::new(FILE).unwrap(),
                index: 0,
            },
        }
    }

    fn view(&self) -> TableView<'_> {
        TableView {
            reference: &self.reference,
            file_name: self.file,
            profile: &self.profile,
            values: &self.values,
            joined: None,
        }
    }
}

/// Trips of ferries; each row is one.
fn ferries() -> Invented {
    use ColumnType::{Bool, Date, Float, Int, Text};
    Invented::new(
        "ferry_trips.csv",
        400,
        vec![
            ("Trip Number", Text, None, 400, "0001".into(), "0400".into()),
            ("Line", Text, None, 3, "Blue".into(), "Red".into()),
            ("Pier", Text, None, 4, "Harbour".into(), "Old Town".into()),
            (
                "Sailing Date",
                Date,
                None,
                300,
                "2023-01-02".into(),
                "2024-06-30".into(),
            ),
            ("Passengers", Int, None, 210, Value::Int(0), Value::Int(320)),
            (
                "Fare",
                Float,
                Some("$"),
                12,
                Value::Float(2.5),
                Value::Float(14.0),
            ),
            ("Cancelled", Bool, None, 2, Value::Bool(false), Value::Bool(true)),
        ],
        &[
            ("Line", &["Blue", "Green", "Red"]),
            ("Pier", &["Harbour", "Old Town", "Lighthouse", "Market"]),
        ],
    )
}

/// 员工: each row is one.
fn staff() -> Invented {
    use ColumnType::{Date, Float, Int, Text};
    Invented::new(
        "员工.csv",
        80,
        vec![
            ("工号", Text, None, 80, "007".into(), "086".into()),
            ("姓名", Text, None, 79, "丁一".into(), "周舟".into()),
            ("部门", Text, None, 4, "客服部".into(), "运维部".into()),
            ("城市", Text, None, 3, "成都".into(), "大连".into()),
            ("年龄", Int, None, 30, Value::Int(22), Value::Int(58)),
            (
                "月薪(元)",
                Float,
                Some("元"),
                70,
                Value::Float(5200.0),
                Value::Float(38_000.0),
            ),
            (
                "入职日期",
                Date,
                None,
                78,
                "2016-03-01".into(),
                "2024-02-19".into(),
            ),
        ],
        &[
            ("部门", &["客服部", "运维部", "财务部", "市场部"]),
            ("城市", &["成都", "大连", "苏州"]),
        ],
    )
}

fn read(table: &Invented, text: &str) -> String {
    read_after(table, &[], text)
}

fn read_after(table: &Invented, history: &[String], text: &str) -> String {
    told(
        table,
        text,
        understand(table, history, &Glossary::default(), text),
    )
}

/// What is made of a question with the words of a glossary.
pub fn understand(table: &Invented, history: &[String], glossary: &Glossary, text: &str) -> Understanding {
    let question = Question {
        text,
        language: Language::of(text),
        today: "2024-05-06".parse().unwrap(),
        history,
        glossary,
    };
    planner::understand(&question, &[table.view()])
}

/// The same in words.
pub fn told(table: &Invented, text: &str, understanding: Understanding) -> String {
    let phrases = words::phrases(Language::of(text));
    match understanding {
        Understanding::Understood(understood) => phrases.sentence(&understood.plan, &table.profile.name),
        Understanding::Ambiguous { readings } => {
            let all = readings
                .iter()
                .map(|reading| phrases.sentence(&reading.plan, &table.profile.name));
            format!("either {}", all.collect::<Vec<_>>().join("\n      or "))
        }
        Understanding::Abstained {
            reason, unexplained, ..
        } => {
            let words: Vec<String> = unexplained.into_iter().map(|span| span.text).collect();
            format!("abstains: {reason} {words:?}")
        }
    }
}

fn read_all(table: &Invented, questions: &str) -> String {
    questions
        .lines()
        .map(|question| format!("{question}\n    {}\n", read(table, question)))
        .collect()
}

#[test]
fn english() {
    insta::assert_snapshot!(read_all(
        &ferries(),
        "\
How many trips are there?
How many passengers in total?
Average fare by line
What is the highest fare?
Which pier had the most passengers in March 2024?
Top 2 lines by total passengers
Number of trips per pier and line
How many trips were cancelled?
How many trips were not cancelled?
Trips on the Blue line with more than 200 passengers
How many trips with a fare between 3 and 5 dollars?
Passengers by month in 2023
Which lines have more than 100 trips?
List the trip number and fare of the trips with the 3 highest fares
How many different piers are there?
How many trips left from the Harbour pier or the Market pier?
Total passengers on lines other than Red
Piers sorted by average fare, highest first
How many trips sailed after June 1, 2023?
How many trips last month?
Trips whose fare is above average
What is the median fare of cancelled trips?
How many trips have 200 or more passengers?
What is the minimum, maximum and average fare?
How many captains are there?
Which line is the nicest?
Top 3 piers
How many trips with fewer than 10 and more than 300 passengers?
Fare by line"
    ));
}

#[test]
fn chinese() {
    insta::assert_snapshot!(read_all(
        &staff(),
        "\
一共有多少名员工？
各部门有多少人？
平均月薪是多少？
每个城市的平均年龄
月薪最高的员工是谁？
月薪最高的3个人的姓名和部门
年龄大于40岁的员工有几个？
30到40岁的员工有多少？
客服部月薪超过1万元的有几位？
2023年入职的员工有多少？
去年入职了多少人？
按年统计入职人数
在成都或者大连的员工有多少？
不在成都的员工有多少人？
人数最多的部门是哪个？
哪些部门的员工超过10人？
按部门和城市统计人数
市场部的月薪中位数
年龄最大和最小分别是多少？
列出财务部员工的姓名和月薪，按月薪从高到低排序
平均月薪高于8000元的部门有哪些？
公司有几个城市？
有多少个不同的城市？
谁的奖金最高？
明年会有多少人入职？
哪个部门最好？
年龄小于20且大于50的员工有几个？
城市在蘇州的員工有多少？"
    ));
}

/// Conversations, a line each; the questions are parted by `|` and only the last one is read.
fn converse(table: &Invented, conversations: &str) -> String {
    conversations
        .lines()
        .map(|conversation| {
            let mut questions: Vec<String> = conversation.split(" | ").map(str::to_owned).collect();
            let last = questions.pop().unwrap();
            format!("{conversation}\n    {}\n", read_after(table, &questions, &last))
        })
        .collect()
}

#[test]
fn questions_go_on_from_earlier_ones() {
    insta::assert_snapshot!(converse(
        &ferries(),
        "\
Average fare by line | by month instead
Total passengers in March 2024 | what about 2023?
Total passengers in 2024 | what about 2023?
How many trips on the Blue line? | and for the Red line?
How many trips on the Blue line? | and for the Red line? | in 2023
Average fare by line | the highest instead
Average fare by line | rounded to two decimals
Total passengers by line | the highest instead
Which line has the highest average fare? | and the lowest?
the highest instead
Which pier had the most passengers in March 2024? | top 3 instead
Average fare by line | How many different piers are there?
by month instead
Average fare by line | only fish
How fishy is a ferry? | by month instead
How fishy is a ferry? | in 2023
How fishy is a ferry? | How many trips are there?"
    ));
    insta::assert_snapshot!(converse(
        &staff(),
        "\
各部门的平均月薪 | 那财务部呢
各部门的平均月薪 | 保留一位小数
哪个部门的平均月薪最高？ | 最低的呢
各部门的平均月薪 | 那财务部呢 | 改成按城市
成都有多少员工 | 那大连呢？
成都有多少员工 | 那大连呢？ | 平均月薪呢
2023年入职的有多少人 | 那2022年呢
月薪最高的是谁 | 那最低的呢
成都有多少员工 | 平均月薪是多少呢"
    ));
}

/// Towers, each row one: two columns of heights, a column of years, a name.
fn towers() -> Invented {
    use ColumnType::{Int, Text};
    Invented::new(
        "towers.csv",
        40,
        vec![
            ("Tower", Text, None, 40, "Ash Spire".into(), "Zinc Column".into()),
            ("City", Text, None, 6, "Basel".into(), "Turin".into()),
            ("Height (m)", Int, Some("m"), 39, Value::Int(40), Value::Int(410)),
            (
                "Height (ft)",
                Int,
                Some("ft"),
                39,
                Value::Int(131),
                Value::Int(1345),
            ),
            ("Visitors", Int, None, 40, Value::Int(900), Value::Int(88_000)),
            ("Lift", Text, None, 2, "none".into(), "glass".into()),
        ],
        &[
            ("Tower", &["Ash Spire", "Bell Mast", "Zinc Column"]),
            ("City", &["Basel", "Turin", "Lyon"]),
            ("Lift", &["none", "glass"]),
        ],
    )
}

#[test]
fn one_thing_beside_another() {
    insta::assert_snapshot!(read_all(
        &towers(),
        "\
What is the second highest tower?
Which tower has the third most visitors?
访客数第二多的塔是哪座？
Which has more visitors, Ash Spire or Bell Mast?
Which city has more towers, Basel or Turin?
How many more visitors does Basel have than Turin?
巴塞尔比都灵多多少访客？
What is the difference between the visitors of Basel and Turin?
What is the highest tower in feet?
What is the name of the highest tower?
How many towers are higher than 100 m?
How many visitors did the glass lift tower have more?
Which towers have more?"
    ));
}

#[test]
fn figures_are_rounded_where_it_is_asked_for() {
    insta::assert_snapshot!(read_all(
        &ferries(),
        "\
average fare, rounded to two decimal places
Round the average fare per line to 1 decimal.
What is the average fare on the Blue line? Give the answer with 3 decimals.
average fare rounded to the nearest whole number
average fare rounded to a few decimals
Round the average fare"
    ));
    insta::assert_snapshot!(read_all(
        &staff(),
        "\
平均年龄是多少，保留两位小数
各部门的平均月薪，四舍五入到1位小数
平均月薪精确到小数点后三位
平均年龄四舍五入取整数
平均年龄，结果保留整数"
    ));
}

#[test]
fn words_about_decimals_are_one_chip() {
    let question = "average fare, rounded to two decimal places";
    let none = Glossary::default();
    let Understanding::Understood(understood) = understand(&ferries(), &[], &none, question) else {
        panic!("{question}");
    };
    let last = understood.chips.last().unwrap();
    assert_eq!(
        (last.span.text.as_str(), last.meaning.as_str()),
        ("rounded to two decimal places", "round to 2 decimals")
    );
}

/// Days without a year are those of the only year that there is.
#[test]
fn days_may_lack_a_year() {
    use ColumnType::{Date, Int};
    let harvest = |last: &str| {
        Invented::new(
            "harvest.csv",
            200,
            vec![
                ("Day", Date, None, 150, "2024-01-02".into(), last.into()),
                ("Crates", Int, None, 40, Value::Int(1), Value::Int(60)),
            ],
            &[],
        )
    };
    let one_year = harvest("2024-11-30");
    let expected = "harvest: compute the sum of Crates where Day is from 2024-03-03 to 2024-04-09";
    for question in [
        "Total crates from 3 March to 9 April",
        "Total crates between March 3 and April 9",
    ] {
        assert_eq!(read(&one_year, question), expected, "{question}");
    }
    let chinese = read(&one_year, "3月3日到4月9日的Crates合计");
    assert_eq!(chinese, "harvest：Day从 2024-03-03 到 2024-04-09，计算Crates之和");
    for (table, question) in [
        // Of which year?
        (harvest("2025-11-30"), "Total crates from 3 March to 9 April"),
        // Over the turn of the year, or the wrong way round?
        (one_year, "Total crates from 9 April to 3 March"),
    ] {
        assert!(read(&table, question).starts_with("abstains: "), "{question}");
    }
}
