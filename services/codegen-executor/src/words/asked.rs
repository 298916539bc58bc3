//! What is said of a language model's part in an answer.

use schemas::Language;

/// What there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// The model has read the question.
    ReadBy(&'a str),
    /// The model has written the query.
    WrittenBy(&'a str),
    /// The model has written the script.
    ScriptedBy(&'a str),
    /// The model says that the question is about the tables.
    BelongsToTables(&'a str),
    /// The model can't be reached.
    Unreachable,
    /// No program of the model ran.
    GaveUp {
        /// How often it was asked.
        tries: usize,
    },
    /// The model says that the tables can't answer it.
    Impossible,
    /// How many programs gave the same.
    Votes {
        /// Programs that gave a result.
        samples: usize,
        /// Those that gave the answer's.
        agreeing: usize,
    },
    /// Words were cut, since their figures are none of the result.
    Cut {
        /// Sentences that were cut.
        sentences: usize,
    },
    /// A constant of the plan that is not in the question.
    NotInQuestion(&'a str),
    /// A query gave the same as the script.
    SameInSql,
    /// A query as a reading.
    Query(&'a str),
    /// A script as a reading.
    Script(&'a str),
}

impl Said<'_> {
    /// Says it.
    #[must_use]
    pub fn tell(self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Zh => self.chinese(),
        }
    }

    fn english(self) -> String {
        match self {
            Self::ReadBy(model) => format!(
                "the question is not one that the rules understand; the language model {model} read it, and may have misread it"
            ),
            Self::WrittenBy(model) => {
                format!("the language model {model} wrote the query, and may have misread the question")
            }
            Self::ScriptedBy(model) => {
                format!("the language model {model} wrote the script, and may have misread the question")
            }
            Self::BelongsToTables(model) => format!(
                "there are documents too; the language model {model} took the question for one about the tables"
            ),
            Self::Unreachable => {
                "The language model, which might understand it, can't be reached now.".to_owned()
            }
            Self::GaveUp { tries: 1 } => "The language model gave no program that runs, either.".to_owned(),
            Self::GaveUp { tries } => {
                format!("The language model gave no program that runs, either; it was asked {tries} times.")
            }
            Self::Impossible => {
                "The language model finds nothing in the tables that answers it, either.".to_owned()
            }
            Self::Votes { samples, agreeing } => {
                format!("{agreeing} of {samples} programs gave this result")
            }
            Self::Cut { sentences: 1 } => {
                "(One sentence was cut: it had figures that are not in the result.)".to_owned()
            }
            Self::Cut { sentences } => {
                format!("({sentences} sentences were cut: they had figures that are not in the result.)")
            }
            Self::NotInQuestion(constant) => format!("{constant} does not stand in the question like that"),
            Self::SameInSql => "a query in SQL gave the same result as the script".to_owned(),
            Self::Query(sql) => format!("SQL: {sql}"),
            Self::Script(python) => format!("Python: {python}"),
        }
    }

    fn chinese(self) -> String {
        match self {
            Self::ReadBy(model) => format!("规则不能理解这个问题，由语言模型 {model} 解读，可能有误"),
            Self::WrittenBy(model) => format!("查询由语言模型 {model} 编写，对问题的理解可能有误"),
            Self::ScriptedBy(model) => format!("脚本由语言模型 {model} 编写，对问题的理解可能有误"),
            Self::BelongsToTables(model) => format!("另有文档；语言模型 {model} 认为这个问题问的是表格"),
            Self::Unreachable => "或许能理解它的语言模型现在无法连接。".to_owned(),
            Self::GaveUp { tries } => format!("语言模型（询问了 {tries} 次）也没有给出能运行的程序。"),
            Self::Impossible => "语言模型也没有在表格中找到能回答它的内容。".to_owned(),
            Self::Votes { samples, agreeing } => format!("{samples} 个程序中有 {agreeing} 个得出这个结果"),
            Self::Cut { sentences } => format!("（有 {sentences} 句话含有结果中没有的数字，已删去。）"),
            Self::NotInQuestion(constant) => format!("问题中没有这样写出 {constant}"),
            Self::SameInSql => "SQL 查询得出与脚本相同的结果".to_owned(),
            Self::Query(sql) => format!("SQL：{sql}"),
            Self::Script(python) => format!("Python：{python}"),
        }
    }
}
