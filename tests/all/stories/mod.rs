//! What users do, from beginning to end, with real servers.

mod bus;
mod collected;
mod detector;
mod erasure;
mod http;
mod joined;
mod knowledge;
mod metrics;
mod page;
mod producers;
mod retention;
mod trace;
mod users;
