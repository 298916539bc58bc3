//! NATS JetStream as Contrail uses it: commands on `job.>`, facts on `event.>`, failures on `dead.>`.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | where the server is, who we are |
//! | [`connection`] | [`Bus`]: one connection, and everything that hangs on it |
//! | [`provision`] | streams, buckets and consumers, made and kept as configured |
//! | [`publish`] | messages in their CloudEvents envelope, with awaited acks |
//! | [`delivery`] | the loop: decode, span, heartbeat, handle, publish outputs, ack |
//! | [`fault`] | what an error means for the delivery of its job |
//! | [`dead_letters`] | jobs that were given up: written, listed, sent again |
//! | [`sweeper`] | moves jobs whose process died on their last delivery to the dead letters |
//! | [`objects`], [`unnamed`] | object store buckets: bytes by content id, told before or after they are stored |
//! | [`erasure`] | what is said of a file besides its records and objects: it goes with the file |
//! | [`retention`] | how long a tenant's data is kept, and what goes then besides its files |
//! | [`glossary`] | what words mean to a tenant |
//! | [`goldens`] | what people say of answers, and the questions whose right answers they have confirmed |
//! | [`backup`] | what a tenant has, read and written as it lies in the server |
//! | [`queues`] | how full the queues are, and since when |
//! | [`health`] | what the server is, and whether it has all that we need |
//! | [`records`] | key-value buckets: typed records, changed by compare-and-set |
//! | [`calls`] | questions that are answered at once, by the NATS services API |
//! | [`presence`] | which services there are, and of which version |
//! | [`progress`] | progress reports, sent and followed |
//! | [`inject`] | makes the next handles, publishes or acks fail, for tests |
//! | [`permissions`] | a user for each service, with what it may do: written for nats-server |
//! | [`server`] | a private nats-server as a child process |
//!
//! Inside: `topology` says what shall be provisioned, `pull` fetches as many jobs as there are free places, `job` sees
//! one delivery from its `envelope` to its `ack` while `heart` holds it, `headers` knows the names of headers, `bury`
//! writes dead letters, `events` follows facts, `scan` reads a stream once, both by an `ephemeral` consumer, `chunks`
//! writes objects, `direct` reads their chunks, `orphans` removes what a crash left of them, `metrics` holds all
//! instruments, `secrets` reads what we show a server, `ready`
//! shows that the connection stands.
//!
//! No other crate names async-nats.

mod ack;
pub mod backup;
mod bury;
pub mod calls;
mod chunks;
pub mod config;
pub mod connection;
pub mod dead_letters;
pub mod delivery;
mod direct;
mod envelope;
mod ephemeral;
pub mod erasure;
mod events;
pub mod fault;
pub mod glossary;
pub mod goldens;
mod headers;
pub mod health;
mod heart;
pub mod ids;
pub mod inject;
mod job;
mod metrics;
pub mod objects;
mod orphans;
pub mod permissions;
pub mod presence;
pub mod progress;
pub mod provision;
pub mod publish;
mod pull;
pub mod queues;
mod ready;
pub mod records;
pub mod retention;
mod scan;
mod secrets;
pub mod server;
pub mod sweeper;
mod topology;
pub mod unnamed;

pub use calls::{Answerer, CallFailure};
pub use config::BusConfig;
pub use connection::Bus;
pub use delivery::{Delivery, DeliverySettings, Handler, Outputs};
pub use fault::{Fault, Faulty};
pub use glossary::GlossaryChangeError;
pub use goldens::{Goldens, GoldensError};
pub use objects::{Objects, ObjectsError};
pub use records::{Records, RecordsError, Versioned};
pub use unnamed::Unnamed;
