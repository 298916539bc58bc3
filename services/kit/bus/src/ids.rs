//! New identifiers, and those that derive from others.

use schemas::{FileId, JobId};
use uuid::Uuid;

/// Namespace of the ids of jobs that came without one.
const ANONYMOUS: Uuid = Uuid::from_u128(0x6b0f_5a4e_52c1_5d0f_9d5e_1f6c_7a30_44b1);

/// A new job id: UUIDv7.
#[must_use]
pub fn new_job_id() -> JobId {
    job_id(Uuid::now_v7())
}

/// A new file id: UUIDv7.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "the hyphenated text of a UUID is what a file id is"
)]
pub fn new_file_id() -> FileId {
    FileId::new(Uuid::now_v7().hyphenated().to_string()).expect("a UUID is a file id")
}

/// The id of the `index`-th output of kind `kind` of a job: UUIDv5 in the namespace of the job's own id.
#[must_use]
pub fn output_id(job: &JobId, kind: &str, index: usize) -> JobId {
    let namespace = Uuid::parse_str(job.as_str()).unwrap_or(ANONYMOUS);
    job_id(Uuid::new_v5(&namespace, format!("{kind}/{index}").as_bytes()))
}

/// The id of a job that came without one: UUIDv5 of its place, so that each delivery of it gives the same.
pub(crate) fn place_id(stream: &str, sequence: u64) -> JobId {
    job_id(Uuid::new_v5(
        &ANONYMOUS,
        format!("{stream}/{sequence}").as_bytes(),
    ))
}

/// A job id that was given as text in any of the forms of a UUID.
pub(crate) fn parse_job_id(text: &str) -> Option<JobId> {
    Uuid::parse_str(text).ok().map(job_id)
}

#[expect(
    clippy::expect_used,
    reason = "the hyphenated text of a UUID is what a job id is"
)]
fn job_id(uuid: Uuid) -> JobId {
    JobId::new(uuid.hyphenated().to_string()).expect("a UUID is a job id")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn new_ids_are_version_7_and_differ() {
        let (first, second) = (new_job_id(), new_job_id());
        assert_ne!(first, second);
        for id in [first.as_str(), new_file_id().as_str()] {
            assert_eq!(Uuid::parse_str(id).unwrap().get_version_num(), 7, "{id}");
        }
    }

    #[test]
    fn ids_are_read_in_any_form_and_written_in_one() {
        let id = parse_job_id("0199F1D27C3A7DEF8123456789ABCDEF").unwrap();
        assert_eq!(id.as_str(), "0199f1d2-7c3a-7def-8123-456789abcdef");
        assert_eq!(parse_job_id("job 7"), None);
    }

    proptest! {
        #[test]
        fn output_ids_tell_job_kind_and_place_apart(
            kinds in (r"[a-z./0-9]{1,20}", r"[a-z./0-9]{1,20}"), places in (0usize..50, 0usize..50),
        ) {
            let job = new_job_id();
            let (left, right) = (output_id(&job, &kinds.0, places.0), output_id(&job, &kinds.1, places.1));
            prop_assert_eq!(left == right, kinds.0 == kinds.1 && places.0 == places.1);
            prop_assert_eq!(&left, &output_id(&job, &kinds.0, places.0));
            prop_assert_ne!(left, output_id(&new_job_id(), &kinds.0, places.0));
        }

        #[test]
        fn places_tell_anonymous_jobs_apart(left in 0u64..9999, right in 0u64..9999) {
            prop_assert_eq!(place_id("JOBS_ASK", left) == place_id("JOBS_ASK", right), left == right);
            prop_assert_ne!(place_id("JOBS_ASK", left), place_id("JOBS_INGEST", left));
        }
    }
}
