//! The executor from plan to answer, as one binary.
//!
//! | module | what is in it |
//! |---|---|
//! | [`shop`] | an invented table |
//! | [`conditions`] | conditions and the rows that they keep |
//! | [`engine`] | plans and the rows that they give |
//! | [`refusals`] | plans that don't fit their table |
//! | [`computed`] | what is computed row by row |
//! | [`glossary`] | questions in the words of a house |
//! | [`in_process`] | both engines, run where a test can look at them |
//! | [`joins`] | two tables of which one points into the other |
//! | [`second`] | random plans by both engines |
//! | [`queries`] | plans as SQL, and SQL that is not run |
//! | [`workers`] | both engines in workers, and what goes wrong there |
//! | [`python`] | scripts over tables |
//! | [`registers`] | questions over English registers, in both languages |
//! | [`offices`] | questions over registers as offices keep them |
//! | [`reference`] | random plans against a reading of each row by itself |
//! | [`answers`] | understood questions and their answers |
//! | [`breaches`] | workers that give no answer, in words |
//! | [`words`] | the same in words |
//! | [`model`] | questions that a language model is asked |
//! | [`model_python`] | scripts that it writes |
//! | [`model_small`] | what small models need |
//! | [`model_known`] | what it is told besides: glossary, conversation |
//! | [`injection`] | files that try to tell it what to do |
//! | [`charts`] | results as pictures |
//! | [`service`] | jobs on a real bus |

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod answers;
mod breaches;
mod charts;
mod computed;
mod conditions;
mod derived;
mod engine;
mod glossary;
mod in_process;
mod injection;
mod joins;
mod model;
mod model_known;
mod model_python;
mod model_small;
mod offices;
mod planning;
mod python;
mod queries;
mod reference;
mod refusals;
mod registers;
mod second;
mod service;
mod shop;
mod words;
mod workers;
