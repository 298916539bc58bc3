//! The integration tests, as one binary.
//!
//! | module | what is in it |
//! |---|---|
//! | [`tidy`] | the rules of the house |

mod tidy;
