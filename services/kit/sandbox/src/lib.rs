//! A place where nothing it runs can hurt: locked-down processes, each for a single job.
//!
//! Uploaded files and generated code are hostile until shown otherwise. A service hands them to a worker: its own executable,
//! started again, which locks itself down before anything hostile reaches it, does one job and is gone.
//!
//! | module | what is in it |
//! |---|---|
//! | [`kind`] | [`Kind`]: a kind of worker; [`JobIo`]: a job from the worker's side |
//! | [`limits`] | [`Limits`]: what a worker may use, with the defaults of each kind of work |
//! | [`config`] | [`SandboxConfig`]: the settings on the command line |
//! | [`mode`] | [`Mode`]: whether required layers may be missing, and the stamp of that |
//! | [`layers`] | [`Layers`]: what is around a worker, and what is required |
//! | [`check`](mod@check) | the layers that this machine gives |
//! | [`input`] | [`Input`]: what a job reads |
//! | [`bulk`] | [`Sink`]: where large output goes, unread |
//! | [`calls`] | system calls by number and name |
//! | [`Program`] | what may take a worker's place, such as an interpreter |
//! | [`error`] | [`SandboxError`]: each breach, told in words |
//! | [`span`], [`record`] | what a trace tells of a job |
//!
//! Inside: `worker` is what happens in the process that was started again, from [`enter_if_worker`] to the answer;
//! `lockdown` puts the layers on; `host` has the [`Pool`], starts, watches and buries workers; between the two go `message`s
//! in `frame`s, and descriptors by `passing`.
//!
//! ```no_run
//! # use sandbox::{Job, Kind, Limits, NoBulk, Pool, PoolSettings};
//! const COUNT: Kind = Kind {
//!     name: "count",
//!     preload: sandbox::no_preload,
//!     serve: |io| Ok(io.request().len().to_string().into_bytes()),
//! };
//!
//! fn main() -> Result<(), sandbox::SandboxError> {
//!     sandbox::enter_if_worker(&[COUNT]);
//!     let pool = Pool::start(PoolSettings::new(&COUNT, Limits::plan()))?;
//!     let job = Job { request: b"three".to_vec(), ..Job::default() };
//!     assert_eq!(pool.run(job, &mut NoBulk)?.result, b"5");
//!     Ok(())
//! }
//! ```
//!
//! No other crate is unsafe, or names landlock, seccompiler, rustix or libc.

pub mod bulk;
pub mod calls;
pub mod check;
pub mod config;
pub mod error;
mod frame;
mod host;
pub mod input;
pub mod kind;
pub mod layers;
pub mod limits;
mod lockdown;
mod message;
pub mod mode;
mod passing;
mod worker;

pub use bulk::{NoBulk, Sink};
pub use calls::Call;
pub use check::check;
pub use config::{ConfigError, SandboxConfig};
pub use error::{Clock, Output, ProtocolError, SandboxError};
pub use host::logs::Logs;
pub use host::outcome::{Failure, Reply, Usage};
pub use host::pool::{Job, Pool, PoolSettings};
pub use host::span::{record, span};
pub use input::{Draft, Input};
pub use kind::{JobIo, Kind, no_preload};
pub use layers::{Layer, Layers, Missing, Need, State};
pub use limits::Limits;
pub use mode::Mode;
pub use worker::enter_if_worker;
pub use worker::program::Program;
