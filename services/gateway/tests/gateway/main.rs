//! The gateway over HTTP and the bus, against a real nats-server.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod files;
#[cfg(test)]
mod following;
#[cfg(test)]
mod front_ends;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod health;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod mcp;
#[cfg(test)]
mod openai;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod scripted_transcription;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod transcription;
#[cfg(test)]
mod uploads;
