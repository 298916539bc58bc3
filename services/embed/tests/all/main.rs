//! The embed service over a real nats-server and the embedded index, with vectors of `scripted-llm`.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod life;
mod rebuild;
mod service;
mod world;
