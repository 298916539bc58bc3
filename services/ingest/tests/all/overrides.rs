//! Decisions of people instead of the reader's.
