//! The executor from plan to answer, as one binary.
//!
//! | module | what is in it |
//! |---|---|
//! | [`shop`] | an invented table |
//! | [`conditions`] | conditions and the rows that they keep |
//! | [`engine`] | plans and the rows that they give |
//! | [`refusals`] | plans that don't fit their table |
//! | [`reference`] | random plans against a reading of each row by itself |
//! | [`answers`] | understood questions and their answers |
//! | [`words`] | the same in words |
//! | [`service`] | jobs on a real bus |

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod answers;
mod conditions;
mod derived;
mod engine;
mod planning;
mod reference;
mod refusals;
mod service;
mod shop;
mod words;
