//! Vectors, scores and likelihoods: the local models themselves, and endpoints played by `scripted-llm`.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod endpoints;
mod local;
mod scoring;
