//! Whether passages are still wanted: the file's record tells, which is ahead of the jobs.

use schemas::ContentId;
use schemas::file::{FileRecord, FileState};
use schemas::jobs::Version;

/// What has become of a file's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is the newest one, or its passages are those of the active one.
    Wanted,
    /// Another version has taken over.
    Replaced,
}

impl Standing {
    /// What a record says of the passages that a version of its file was cut into.
    #[must_use]
    pub fn of(record: Option<&FileRecord>, version: &Version, document: &ContentId) -> Self {
        match record {
            None => Self::Replaced,
            Some(record) if record.state == FileState::Deleted => Self::Replaced,
            Some(record) if record.order <= version.order || active(record) == Some(document) => Self::Wanted,
            Some(_) => Self::Replaced,
        }
    }
}

/// What may stay in the index of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: the file is deleted.
    Nothing,
    /// The passages of this document, which is the active one.
    Document(ContentId),
    /// Nobody can say: a version is being read, whose passages may be on their way.
    Unknown,
}

impl Keep {
    /// What a record says.
    #[must_use]
    pub fn of(record: Option<&FileRecord>) -> Self {
        let Some(record) = record else {
            return Self::Nothing;
        };
        if record.is_open() {
            return Self::Unknown;
        }
        active(record).map_or(Self::Nothing, |document| Self::Document(document.clone()))
    }
}

/// The document of the active version.
#[must_use]
pub fn active(record: &FileRecord) -> Option<&ContentId> {
    let version = record.active.as_ref()?;
    Some(&version.document.as_ref()?.document)
}

#[cfg(test)]
mod tests {
    use schemas::file::{FileVersion, StoredDocument};
    use schemas::{FileId, JobId};

    use super::*;

    const ID: &str = "0199f1d2-7c3a-7def-8123-0000000000aa";

    fn content(letter: &str) -> ContentId {
        ContentId::new(letter.repeat(64)).unwrap()
    }

    fn record(order: u64, state: FileState, active: Option<&str>) -> FileRecord {
        let version = |document: &str| FileVersion {
            content: content("1"),
            size: 1,
            tables: Vec::new(),
            document: Some(StoredDocument {
                headed: None,
                document: content(document),
                pages: 0,
                passages: 1,
                parts: Vec::new(),
                notices: 0,
            }),
            searchable: true,
            overrides: Vec::new(),
        };
        FileRecord {
            file: FileId::new(ID).unwrap(),
            name: "a.txt".to_owned(),
            state,
            order,
            job: JobId::new(ID).unwrap(),
            active: active.map(version),
            pending: None,
            rejection: None,
            updated_at: String::new(),
        }
    }

    fn check(record: Option<FileRecord>, standing: Standing, keep: Keep) {
        let version = Version {
            file: FileId::new(ID).unwrap(),
            name: "a.txt".to_owned(),
            content: content("1"),
            order: 5,
            job: JobId::new(ID).unwrap(),
        };
        let given = Standing::of(record.as_ref(), &version, &content("d"));
        assert_eq!((given, Keep::of(record.as_ref())), (standing, keep), "{record:?}");
    }

    #[test]
    fn the_record_tells_what_is_wanted() {
        use FileState::{Deleted, Indexed, Received, Rejected};
        check(None, Standing::Replaced, Keep::Nothing);
        check(Some(record(6, Deleted, None)), Standing::Replaced, Keep::Nothing);
        check(
            Some(record(5, Received, Some("c"))),
            Standing::Wanted,
            Keep::Unknown,
        );
        check(
            Some(record(5, Indexed, Some("d"))),
            Standing::Wanted,
            Keep::Document(content("d")),
        );
        check(
            Some(record(6, Received, Some("c"))),
            Standing::Replaced,
            Keep::Unknown,
        );
        check(
            Some(record(6, Received, Some("d"))),
            Standing::Wanted,
            Keep::Unknown,
        );
        check(
            Some(record(6, Indexed, Some("c"))),
            Standing::Replaced,
            Keep::Document(content("c")),
        );
        check(
            Some(record(6, Rejected, Some("d"))),
            Standing::Wanted,
            Keep::Document(content("d")),
        );
        check(Some(record(6, Indexed, None)), Standing::Replaced, Keep::Nothing);
    }
}
