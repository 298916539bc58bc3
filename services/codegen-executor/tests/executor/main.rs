//! The executor from plan to answer, as one binary.
//!
//! | module | what is in it |
//! |---|---|
//! | [`shop`] | an invented table |
//! | [`engine`] | plans and the rows that they give |
//! | [`refusals`] | plans that don't fit their table |
//! | [`reference`] | random plans against a reading of each row by itself |
//! | [`answers`] | understood questions and their answers |
//! | [`words`] | the same in words |
//! | [`service`] | jobs on a real bus |

mod answers;
mod engine;
mod reference;
mod refusals;
mod service;
mod shop;
mod words;
