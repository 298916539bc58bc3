//! Tests of the whole service: images in, text out; jobs in, jobs out. With the real models.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod handling;
mod reading;
mod world;
