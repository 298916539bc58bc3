//! Which service answers a question, or why none can.

use schemas::answer::AnswerKind;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::{AskJob, CodegenExecutorJob, RetrieveJob};
use schemas::{AnswerId, Date, FileId, Language};

use crate::refusal::Refusal;

/// Characters (Unicode scalar values) that a question may have.
pub const MAX_QUESTION: usize = 4000;
/// Files that a question may name.
pub const MAX_FILES: usize = 100;
/// Earlier questions that may come with one.
pub const MAX_HISTORY: usize = 20;

/// Where a question goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// To the tables.
    Tables(CodegenExecutorJob),
    /// To the documents.
    Documents(RetrieveJob),
    /// Back to the asker: no service could answer it.
    Refused(Refusal),
}

/// What breaks the contract of a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuestion {
    /// No word in it.
    #[error("the question is blank")]
    Blank,
    /// More than [`MAX_QUESTION`] characters.
    #[error("the question has {0} characters, more than {MAX_QUESTION}")]
    TooLong(usize),
    /// More than [`MAX_FILES`] files.
    #[error("the question names {0} files, more than {MAX_FILES}")]
    TooManyFiles(usize),
    /// More than [`MAX_HISTORY`] earlier questions.
    #[error("the question comes with {0} earlier ones, more than {MAX_HISTORY}")]
    LongHistory(usize),
    /// A text is judged by a job of its own.
    #[error("a judgement of a text is no answer to a question: send job.detector instead")]
    Judgement,
    /// An earlier question of more than [`MAX_QUESTION`] characters.
    #[error("an earlier question has {characters} characters, more than {MAX_QUESTION}")]
    LongEarlier {
        /// Its place, from 0.
        at: usize,
        /// Its characters.
        characters: usize,
    },
}

impl InvalidQuestion {
    /// RFC 6901 pointer to the offending value of the job.
    #[must_use]
    pub fn pointer(&self) -> &'static str {
        match self {
            Self::Blank | Self::TooLong(_) => "/question",
            Self::TooManyFiles(_) => "/files",
            Self::LongHistory(_) | Self::LongEarlier { .. } => "/history",
            Self::Judgement => "/only",
        }
    }
}

/// Checks what the types of [`AskJob`] can't say.
///
/// # Errors
/// [`InvalidQuestion`], the first one met.
pub fn check(job: &AskJob) -> Result<(), InvalidQuestion> {
    let characters = job.question.chars().count();
    if job.question.trim().is_empty() {
        Err(InvalidQuestion::Blank)
    } else if characters > MAX_QUESTION {
        Err(InvalidQuestion::TooLong(characters))
    } else if job.only == Some(AnswerKind::Detection) {
        Err(InvalidQuestion::Judgement)
    } else if job.files.len() > MAX_FILES {
        Err(InvalidQuestion::TooManyFiles(job.files.len()))
    } else if job.history.len() > MAX_HISTORY {
        Err(InvalidQuestion::LongHistory(job.history.len()))
    } else {
        let lengths = job.history.iter().map(|earlier| earlier.chars().count());
        match lengths
            .enumerate()
            .find(|(_, characters)| *characters > MAX_QUESTION)
        {
            Some((at, characters)) => Err(InvalidQuestion::LongEarlier { at, characters }),
            None => Ok(()),
        }
    }
}

/// The language of the answer to a question.
#[must_use]
pub fn language(job: &AskJob) -> Language {
    job.language.unwrap_or_else(|| Language::of(&job.question))
}

/// Decides everything that the asker left open. `records` holds the tenant's files: all of them where the question
/// names none, else at least those that it names and that exist. `today` is what "today" means by default.
///
/// Tables come first, since what they answer is computed; what they don't answer goes on to the documents, if there are any.
#[must_use]
pub fn decide(job: &AskJob, answer: &AnswerId, records: &[FileRecord], today: Date) -> Route {
    let files = if job.files.is_empty() {
        all(records)
    } else {
        named(&job.files, records)
    };
    let files = match files {
        Err(refusal) => return Route::Refused(refusal),
        Ok(files) => files,
    };
    let documents = || RetrieveJob {
        answer: answer.clone(),
        question: job.question.clone(),
        files: if job.files.is_empty() {
            Vec::new()
        } else {
            ids(&files)
        },
        conversation: job.conversation.clone(),
        history: job.history.clone(),
        language: language(job),
        tables_said: None,
        tables: Vec::new(),
        again: None,
    };
    let with_tables: Vec<&FileRecord> = files
        .iter()
        .copied()
        .filter(|file| may_have_tables(file))
        .collect();
    let are_tables_asked = match job.only {
        Some(AnswerKind::Knowledge) => false,
        Some(AnswerKind::Table) => true,
        Some(AnswerKind::Detection) | None => !with_tables.is_empty(),
    };
    if !are_tables_asked {
        return Route::Documents(documents());
    }
    let go_on = job.only.is_none() && files.iter().any(|file| is_document(&file.name));
    Route::Tables(CodegenExecutorJob {
        answer: answer.clone(),
        question: job.question.clone(),
        // Where no file has tables, the executor says so.
        files: ids(if with_tables.is_empty() {
            &files
        } else {
            &with_tables
        }),
        conversation: job.conversation.clone(),
        history: job.history.clone(),
        language: language(job),
        today: job.today.unwrap_or(today),
        otherwise: go_on.then(|| Box::new(documents())),
    })
}

fn ids(files: &[&FileRecord]) -> Vec<FileId> {
    files.iter().map(|record| record.file.clone()).collect()
}

/// Extensions of files that are read as documents. All others are tables through and through.
const DOCUMENTS: [&str; 18] = [
    "bmp", "docx", "eml", "htm", "html", "jpeg", "jpg", "markdown", "md", "pdf", "png", "pptx", "text",
    "tif", "tiff", "txt", "webp", "xhtml",
];

/// Whether a file of this name is read as a document, so that questions may be answered from its passages.
#[must_use]
pub fn is_document(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    DOCUMENTS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// What is being read may turn out to have tables.
fn may_have_tables(record: &FileRecord) -> bool {
    let active = record
        .active
        .as_ref()
        .filter(|_| record.state != FileState::Received);
    active.is_none_or(|version| !version.tables.is_empty())
}

/// Every file that can be asked about, or soon; by file id, so that the same files always give the same job.
fn all(records: &[FileRecord]) -> Result<Vec<&FileRecord>, Refusal> {
    let mut files: Vec<&FileRecord> = records.iter().filter(|record| is_askable(record)).collect();
    files.sort_unstable_by(|left, right| left.file.cmp(&right.file));
    if !files.is_empty() {
        return Ok(files);
    }
    let rejected = records
        .iter()
        .filter(|record| record.state == FileState::Rejected)
        .min_by_key(|r| &r.file);
    Err(rejected.map_or(Refusal::NoFiles, unreadable))
}

/// The files that the question names, each once, in its order.
fn named<'a>(wanted: &[FileId], records: &'a [FileRecord]) -> Result<Vec<&'a FileRecord>, Refusal> {
    let mut files: Vec<&FileRecord> = Vec::with_capacity(wanted.len());
    for file in wanted {
        let record = records.iter().find(|record| record.file == *file);
        let record = record.ok_or_else(|| Refusal::UnknownFile(file.clone()))?;
        if record.state == FileState::Deleted {
            // Its name is gone with it.
            return Err(Refusal::DeletedFile(file.to_string()));
        }
        if !is_askable(record) {
            return Err(unreadable(record));
        }
        if files.iter().all(|known| known.file != record.file) {
            files.push(record);
        }
    }
    Ok(files)
}

/// A file that is being read is waited for; one whose newest version was rejected still has the version before.
fn is_askable(record: &FileRecord) -> bool {
    match record.state {
        FileState::Received | FileState::Indexed => true,
        FileState::Rejected => record.active.is_some(),
        FileState::Deleted => false,
    }
}

fn unreadable(record: &FileRecord) -> Refusal {
    let why = record
        .rejection
        .as_ref()
        .map(|rejection| rejection.message.clone())
        .unwrap_or_default();
    Refusal::UnreadableFile {
        name: record.name.clone(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use schemas::JobId;
    use schemas::file::{FileVersion, Rejection, RejectionCode, StoredTable};

    use super::*;

    const TODAY: Date = Date {
        year: 2024,
        month: 5,
        day: 6,
    };

    fn id(n: u32) -> FileId {
        FileId::new(format!("0199f1d2-7c3a-7def-8123-{n:012}")).unwrap()
    }

    fn record(n: u32, state: FileState) -> FileRecord {
        FileRecord {
            file: id(n),
            name: format!("{n}.csv"),
            state,
            order: 1,
            job: JobId::new("0199f1d2-7c3a-7def-8123-456789abcdef").unwrap(),
            active: None,
            pending: None,
            rejection: (state == FileState::Rejected).then(|| Rejection {
                code: RejectionCode::NoRows,
                message: "it has a header and no rows".to_owned(),
                place: None,
            }),
            updated_at: "2024-05-06T07:08:09Z".to_owned(),
        }
    }

    fn content() -> schemas::ContentId {
        schemas::ContentId::new("a".repeat(64)).unwrap()
    }

    fn table(index: u32) -> StoredTable {
        StoredTable {
            index,
            name: "t".to_owned(),
            rows: 1,
            columns: 1,
            parquet: content(),
            profile: content(),
        }
    }

    /// Rejected, with an older version that can be asked about.
    fn outdated(n: u32) -> FileRecord {
        FileRecord {
            active: Some(FileVersion {
                content: content(),
                size: 1,
                tables: vec![table(0)],
                document: None,
                searchable: false,
                overrides: Vec::new(),
            }),
            ..record(n, FileState::Rejected)
        }
    }

    fn ask(question: &str, files: &[u32]) -> AskJob {
        AskJob {
            files: files.iter().copied().map(id).collect(),
            ..AskJob::about(question)
        }
    }

    fn answer() -> AnswerId {
        AnswerId::new("0199f1d2-7c3a-7def-8123-00000000abcd").unwrap()
    }

    fn check_files(wanted: &[u32], records: &[FileRecord], expect: Result<&[u32], Refusal>) {
        let got = match decide(&ask("how many?", wanted), &answer(), records, TODAY) {
            Route::Tables(job) => Ok(job.files),
            Route::Documents(job) => panic!("{job:?}"),
            Route::Refused(refusal) => Err(refusal),
        };
        assert_eq!(
            got,
            expect.map(|files| files.iter().copied().map(id).collect::<Vec<_>>())
        );
    }

    #[test]
    fn a_question_without_files_reads_all_that_can_be_read() {
        use FileState::{Deleted, Indexed, Received, Rejected};
        let unreadable = || Refusal::UnreadableFile {
            name: "1.csv".into(),
            why: "it has a header and no rows".into(),
        };
        check_files(&[], &[], Err(Refusal::NoFiles));
        check_files(&[], &[record(1, Deleted)], Err(Refusal::NoFiles));
        check_files(
            &[],
            &[record(2, Rejected), record(1, Rejected)],
            Err(unreadable()),
        );
        check_files(
            &[],
            &[record(3, Indexed), record(1, Received), record(2, Deleted)],
            Ok(&[1, 3]),
        );
        check_files(&[], &[record(1, Rejected), outdated(2)], Ok(&[2]));
    }

    #[test]
    fn named_files_are_read_once_in_their_order_or_the_asker_hears_why_not() {
        use FileState::{Deleted, Indexed, Received, Rejected};
        let records = [
            record(1, Indexed),
            record(2, Received),
            record(3, Deleted),
            record(4, Rejected),
            outdated(5),
        ];
        check_files(&[2, 1, 2], &records, Ok(&[2, 1]));
        check_files(&[5], &records, Ok(&[5]));
        check_files(&[1, 9], &records, Err(Refusal::UnknownFile(id(9))));
        check_files(&[3], &records, Err(Refusal::DeletedFile(id(3).to_string())));
        let why = "it has a header and no rows".to_owned();
        check_files(
            &[4],
            &records,
            Err(Refusal::UnreadableFile {
                name: "4.csv".into(),
                why,
            }),
        );
    }

    /// An indexed file of a name with so many tables.
    fn file(n: u32, name: &str, tables: u32) -> FileRecord {
        FileRecord {
            name: name.to_owned(),
            active: Some(FileVersion {
                tables: (0..tables).map(table).collect(),
                ..outdated(n).active.unwrap()
            }),
            ..record(n, FileState::Indexed)
        }
    }

    #[test]
    fn tables_come_first_and_what_they_do_not_answer_goes_on_to_documents() {
        let records = [
            file(1, "sales.xlsx", 2),
            file(2, "handbook.PDF", 0),
            file(3, "notice.docx", 1),
        ];
        // (the kind that is wanted, named files) → (files with tables, files of documents)
        type Way<'a> = (Option<&'a [u32]>, Option<&'a [u32]>);
        let check_way = |only: Option<AnswerKind>, files: &[u32], expect: Way<'_>| {
            let job = AskJob {
                only,
                ..ask("how many?", files)
            };
            let ids = |files: &[u32]| files.iter().copied().map(id).collect::<Vec<_>>();
            let got = match decide(&job, &answer(), &records, TODAY) {
                Route::Tables(job) => (Some(job.files), job.otherwise.map(|job| job.files)),
                Route::Documents(job) => (None, Some(job.files)),
                Route::Refused(refusal) => panic!("{refusal:?}"),
            };
            assert_eq!(got, (expect.0.map(ids), expect.1.map(ids)), "{only:?} {files:?}");
        };
        check_way(None, &[], (Some(&[1, 3]), Some(&[])));
        check_way(None, &[1], (Some(&[1]), None));
        check_way(None, &[2], (None, Some(&[2])));
        check_way(None, &[2, 3], (Some(&[3]), Some(&[2, 3])));
        check_way(Some(AnswerKind::Knowledge), &[], (None, Some(&[])));
        check_way(Some(AnswerKind::Knowledge), &[1], (None, Some(&[1])));
        check_way(Some(AnswerKind::Table), &[], (Some(&[1, 3]), None));
        check_way(Some(AnswerKind::Table), &[2], (Some(&[2]), None));
    }

    #[test]
    fn what_the_asker_left_open_is_decided_and_what_not_is_kept() {
        let decided = |job: &AskJob| match decide(job, &answer(), &[record(1, FileState::Indexed)], TODAY) {
            Route::Tables(job) => job,
            other @ (Route::Documents(_) | Route::Refused(_)) => panic!("{other:?}"),
        };
        let open = decided(&ask("T2的销售额", &[]));
        assert_eq!(
            (open.language, open.today, open.conversation),
            (Language::Zh, TODAY, None)
        );
        assert_eq!((open.answer, open.question.as_str()), (answer(), "T2的销售额"));

        let day = Date {
            year: 2020,
            month: 2,
            day: 29,
        };
        let conversation = schemas::ConversationId::new("c-1").unwrap();
        let fixed = decided(&AskJob {
            language: Some(Language::En),
            only: None,
            today: Some(day),
            conversation: Some(conversation.clone()),
            ..ask("T2的销售额", &[])
        });
        assert_eq!(
            (fixed.language, fixed.today, fixed.conversation),
            (Language::En, day, Some(conversation))
        );
    }

    #[test]
    fn questions_have_words_and_a_length_in_characters() {
        let checked = |question: &str, files: usize, expect| {
            let job = AskJob {
                files: vec![id(1); files],
                ..ask(question, &[])
            };
            assert_eq!(check(&job), expect);
        };
        checked("how many?", 100, Ok(()));
        checked("", 0, Err(InvalidQuestion::Blank));
        checked(" \u{3000}\n", 0, Err(InvalidQuestion::Blank));
        checked(&"问".repeat(4000), 0, Ok(()));
        checked(&"问".repeat(4001), 0, Err(InvalidQuestion::TooLong(4001)));
        checked("how many?", 101, Err(InvalidQuestion::TooManyFiles(101)));
    }
}
