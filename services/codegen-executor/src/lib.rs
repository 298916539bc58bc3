//! Answers questions over tables: a planner understands the question, an engine runs the plan, words tell the result.

pub mod planner;
