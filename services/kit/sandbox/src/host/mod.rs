//! The host's half: starts workers, watches over them, and believes nothing that they say.

pub(crate) mod logs;
mod metrics;
pub(crate) mod outcome;
pub(crate) mod pool;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod span;
pub(crate) mod spawner;
pub(crate) mod supervise;
pub(crate) mod verdict;
