//! What the rest of Contrail relies on, on both engines: the embedded one, and the real Qdrant server, of which each test has one of
//! its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod codes;
mod embedded;
mod fused;
mod harness;
mod isolation;
mod life;
mod qdrant;
mod server;
mod spaces;
mod stored;

/// Runs each case on both engines, as a test each.
macro_rules! on_both_engines {
    ($($case:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::harness::Place::embedded()).await;
            })+
        }
        mod server {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::harness::Place::server().await).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;
