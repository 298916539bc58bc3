//! Plans as SQL, and SQL run by DataFusion: the second engine, which shares no code with the first but the meaning of
//! names, types and trusted digits.
//!
//! | module | what is in it |
//! |---|---|
//! | [`render`] | a plan as a query, step by step |
//! | `join` | the rows of two tables as one |
//! | `computed`, `condition`, `measure`, `derived`, `quote` | what it computes row by row, its conditions, its keys and measures, what is computed from them, its names and constants |
//! | [`gate`] | which texts are run at all: one query, of a bounded size |
//! | [`session`] | what a query can reach: its tables and a few functions |
//! | [`fold`] | text without case, width and surrounding blanks, as a function of SQL |
//! | [`source`] | a table out of Parquet |
//! | `arithmetic` | functions of numbers for written queries |
//! | `spelling` | names of columns in written queries, spelt as their tables spell them |
//! | `cells` | results as rows of values |
//! | [`run`](mod@run) | all of it together |

mod arithmetic;
mod cells;
mod computed;
mod condition;
mod derived;
pub mod fold;
pub mod gate;
mod join;
mod measure;
mod quote;
pub mod render;
pub mod run;
pub mod session;
pub mod source;
mod spelling;

pub use render::{Query, render};
pub use run::{Refusal, RefusalKind, Rows, run};
pub use session::Origin;
pub use source::Source;
