//! The refusals made here, in words.

use schemas::answer::{Answer, AnswerKind, AnswerStatus, Confidence, ConfidenceLabel, Tier};
use schemas::jobs::AskJob;
use schemas::{AnswerId, FileId, Language, Trail};

use crate::router;

/// Why no service could answer a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The tenant has no file.
    NoFiles,
    /// The question names a file that never was.
    UnknownFile(FileId),
    /// The question names a file that was deleted; its id.
    DeletedFile(String),
    /// A file that has no version that could be read.
    UnreadableFile {
        /// Its logical name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Refusal {
    /// The refusal in words.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match (self, language) {
            (Self::NoFiles, Language::En) => {
                "There is no file to answer from. Add a file first, then ask again.".to_owned()
            }
            (Self::NoFiles, Language::Zh) => "还没有可供查询的文件。请先添加文件，再重新提问。".to_owned(),
            (Self::UnknownFile(file), Language::En) => {
                format!("There is no file {file}. Check its id, or add the file first.")
            }
            (Self::UnknownFile(file), Language::Zh) => {
                format!("找不到文件 {file}。请核对文件编号，或先添加该文件。")
            }
            (Self::DeletedFile(name), Language::En) => {
                format!("The file {name} was deleted. Add it again, then ask again.")
            }
            (Self::DeletedFile(name), Language::Zh) => {
                format!("文件 {name} 已被删除。请重新添加后再提问。")
            }
            (Self::UnreadableFile { name, why }, Language::En) => {
                format!("The file {name} could not be read: {why}")
            }
            (Self::UnreadableFile { name, why }, Language::Zh) => format!("文件 {name} 无法读取：{why}"),
        }
    }

    /// The refusal as the answer to a question.
    #[must_use]
    pub fn answer(&self, job: &AskJob, id: AnswerId, trace_id: String) -> Answer {
        let language = router::language(job);
        Answer {
            id,
            conversation_id: job.conversation.clone(),
            question: job.question.clone(),
            language,
            kind: AnswerKind::Table,
            tier: Tier::Rules,
            status: AnswerStatus::Refused,
            text: self.text(language),
            columns: Vec::new(),
            rows: Vec::new(),
            chart: None,
            citations: Vec::new(),
            confidence: Confidence {
                label: ConfidenceLabel::None,
                precision: None,
                n: 0,
                shape: None,
            },
            trail: Trail::default(),
            trace_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_told_in_both_languages_and_names_its_file() {
        let file = FileId::new("0199f1d2-7c3a-7def-8123-456789abcdef").unwrap();
        for (refusal, names) in [
            (Refusal::NoFiles, ""),
            (Refusal::UnknownFile(file), "0199f1d2-7c3a-7def-8123-456789abcdef"),
            (Refusal::DeletedFile("a/b.csv".to_owned()), "a/b.csv"),
            (
                Refusal::UnreadableFile {
                    name: "b.csv".to_owned(),
                    why: "it is empty".to_owned(),
                },
                "it is empty",
            ),
        ] {
            for language in [Language::En, Language::Zh] {
                let text = refusal.text(language);
                assert!(text.contains(names), "{text}");
                assert_eq!(Language::of(&text), language, "{text}");
            }
        }
    }
}
