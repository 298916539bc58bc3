//! What is said in Chinese and in English.

use schemas::Language;
use schemas::document::Place;

use crate::answerable::Answerable;
use crate::expected::Expected;

/// Where something stands, for people: `handbook.pdf, page 7` or `《handbook.pdf》第7页`.
#[must_use]
pub fn place(name: &str, place: &Place, language: Language) -> String {
    let table = match (&place.table, place.row, language) {
        (Some(table), Some(row), Language::En) => format!(", {table}, row {row}"),
        (Some(table), Some(row), Language::Zh) => format!("{table}第{row}行"),
        _ => String::new(),
    };
    match (place.page, language) {
        (Some(page), Language::En) => format!("{name}, page {page}{table}"),
        (Some(page), Language::Zh) => format!("《{name}》第{page}页{table}"),
        (None, Language::En) => format!("{name}{table}"),
        (None, Language::Zh) => format!("《{name}》{table}"),
    }
}

/// That no document answers the question.
#[must_use]
pub fn not_found(language: Language, is_near: bool) -> String {
    match (language, is_near) {
        (Language::En, true) => {
            "The knowledge base does not answer this. The nearest passages are listed below; none of them is the answer."
        }
        (Language::Zh, true) => "知识库中没有能回答该问题的内容。下面列出最接近的段落，它们并不是答案。",
        (Language::En, false) => "The knowledge base does not answer this: nothing in it comes near the question.",
        (Language::Zh, false) => "知识库中没有能回答该问题的内容，也没有接近的段落。",
    }
    .to_owned()
}

/// That a language model has read the passages and found no answer in them.
#[must_use]
pub fn nothing_in_them(language: Language) -> String {
    match language {
        Language::En => "The language model has read them and finds no answer in them.",
        Language::Zh => "语言模型读过这些段落，没有找到答案。",
    }
    .to_owned()
}

/// That what follows may be the answer or not.
#[must_use]
pub fn perhaps(language: Language) -> &'static str {
    match language {
        Language::En => "This is the nearest passage; the evidence that it answers the question is weak:",
        Language::Zh => "以下是最接近的段落，但能回答该问题的证据较弱：",
    }
}

/// That codes of the question stand nowhere.
#[must_use]
pub fn codes_missing(codes: &[String], language: Language) -> String {
    let shown: Vec<String> = codes.iter().map(|code| code.to_uppercase()).collect();
    match language {
        Language::En => format!("No passage that was found has {}.", shown.join(", ")),
        Language::Zh => format!("检索到的段落中都没有 {}。", shown.join("、")),
    }
}

/// That nothing that was found tells of a word of the question.
#[must_use]
pub fn lacking(word: &str, language: Language) -> String {
    match language {
        Language::En => {
            format!("Nothing that was found tells of “{word}”, nor of anything that means about the same.")
        }
        Language::Zh => format!("检索到的段落中没有提到“{word}”，也没有意思相近的说法。"),
    }
}

/// That the nearest passage has nothing of the kind that is asked for.
#[must_use]
pub fn absent(kind: Expected, language: Language) -> String {
    let (zh, en) = match kind {
        Expected::Telephone => ("电话号码", "a telephone number"),
        Expected::Mail => ("电子邮箱", "an e-mail address"),
        Expected::Money => ("金额", "an amount of money"),
        Expected::Time => ("时间", "a time"),
        Expected::Span => ("时长", "a length of time"),
        Expected::Number => ("数字", "a number"),
    };
    match language {
        Language::En => format!("The question asks for {en}, and the nearest passage has none."),
        Language::Zh => format!("问题问的是{zh}，而最接近的段落中没有。"),
    }
}

/// What the tables said, where they were asked first.
#[must_use]
pub fn tables_said(said: &str, language: Language) -> String {
    match language {
        Language::En => format!("As a question over the tables: {said}"),
        Language::Zh => format!("作为表格问题：{said}"),
    }
}

/// That sentences of a language model were cut.
#[must_use]
pub fn cut(sentences: usize, language: Language) -> String {
    match (language, sentences) {
        (Language::En, 1) => "(A sentence without support in the passages was cut.)".to_owned(),
        (Language::En, many) => format!("({many} sentences without support in the passages were cut.)"),
        (Language::Zh, many) => format!("（已删去 {many} 句在引用段落中没有依据的话。）"),
    }
}

/// What was searched for, after earlier questions.
#[must_use]
pub fn went_on(query: &str, language: Language) -> String {
    match language {
        Language::En => format!("The question goes on from an earlier one; searched for: {query}"),
        Language::Zh => format!("该问题承接上文，检索的是：{query}"),
    }
}

/// What the check of codes compares.
#[must_use]
pub fn codes_check(codes: &[String], language: Language) -> String {
    let shown: Vec<String> = codes.iter().map(|code| code.to_uppercase()).collect();
    match language {
        Language::En => format!("{} must stand in what is cited", shown.join(", ")),
        Language::Zh => format!("引用的段落中必须有 {}", shown.join("、")),
    }
}

/// What the check of whether there can be an answer compares.
#[must_use]
pub fn answerable_check(answerable: &Answerable, language: Language) -> String {
    let Answerable {
        chance, threshold, ..
    } = answerable;
    let mut parts = vec![match language {
        Language::En => format!(
            "the chance that what was found answers it is {chance:.2}, at least {threshold:.2} is wanted"
        ),
        Language::Zh => format!("检索到的内容能回答该问题的概率为 {chance:.2}，要求不低于 {threshold:.2}"),
    }];
    if let Some(word) = &answerable.lacking {
        parts.push(match language {
            Language::En => format!("“{word}” has the least of a counterpart"),
            Language::Zh => format!("“{word}”最缺少对应的说法"),
        });
    }
    parts.extend(answerable.absent.map(|kind| absent(kind, language)));
    parts.join(match language {
        Language::En => "; ",
        Language::Zh => "；",
    })
}

/// What the check of the evidence compares.
#[must_use]
pub fn evidence_check(score: f32, threshold: f32, language: Language) -> String {
    match language {
        Language::En => format!("the best passage has {score:.2}, at least {threshold:.2} is wanted"),
        Language::Zh => format!("最佳段落得分 {score:.2}，要求不低于 {threshold:.2}"),
    }
}
