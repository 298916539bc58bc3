//! The executor from plan to answer, as one binary.
//!
//! | module | what is in it |
//! |---|---|
//! | [`shop`] | an invented table |
//! | [`conditions`] | conditions and the rows that they keep |
//! | [`engine`] | plans and the rows that they give |
//! | [`refusals`] | plans that don't fit their table |
//! | [`in_process`] | both engines, run where a test can look at them |
//! | [`second`] | random plans by both engines |
//! | [`queries`] | plans as SQL, and SQL that is not run |
//! | [`workers`] | both engines in workers, and what goes wrong there |
//! | [`python`] | scripts over tables |
//! | [`reference`] | random plans against a reading of each row by itself |
//! | [`answers`] | understood questions and their answers |
//! | [`words`] | the same in words |
//! | [`charts`] | results as pictures |
//! | [`service`] | jobs on a real bus |

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod answers;
mod charts;
mod conditions;
mod derived;
mod engine;
mod in_process;
mod planning;
mod python;
mod queries;
mod reference;
mod refusals;
mod second;
mod service;
mod shop;
mod words;
mod workers;
