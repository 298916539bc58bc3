//! The integration tests, as one binary.
//!
//! | module | what is in it |
//! |---|---|
//! | [`harness`] | a whole Contrail with servers of its own |
//! | [`stories`] | what users do, from beginning to end |
//! | [`chaos`] | what is killed loses nothing and repeats nothing |
//! | [`deployment`] | images, compose and Kubernetes, held against their own schemas and against the code |
//! | [`tidy`] | the rules of the house |

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that can't set its stage has failed"
)]

mod chaos;
mod deployment;
mod harness;
mod stories;
mod tidy;
