//! What users do, from beginning to end, with real servers.

mod bus;
mod detector;
mod erasure;
mod http;
mod knowledge;
mod metrics;
mod page;
mod producers;
mod trace;
mod users;
