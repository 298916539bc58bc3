//! What the rest of Contrail relies on, against the real nats-server: each test has one of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod backpressure;
mod backup;
mod calls;
mod chaos;
mod cluster;
mod consumers;
mod dead_letters;
mod delivery;
mod harness;
mod lost;
mod nodes;
mod objects;
mod permissions;
mod presence;
mod progress;
mod provisioning;
mod records;
mod server;
mod shutdown;
mod tls;
