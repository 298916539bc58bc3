//! A consumer that is removed when its reader ends, however that ends.
//!
//! Left alone, it would live on until its inactivity threshold, and a stream has room for a thousand (nats-server 2.15).

use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::stream::ConsumerError;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::connection::Bus;

/// How long after a removal that failed the next one is tried.
const AGAIN: Duration = Duration::from_secs(1);

/// Removes a consumer when it is dropped.
pub(crate) struct Ephemeral {
    bus: Bus,
    stream: String,
    name: String,
}

impl Ephemeral {
    /// Makes a consumer, which lives as long as the guard that comes with it.
    pub(crate) async fn consumer(
        bus: &Bus,
        stream: &str,
        config: Config,
    ) -> Result<(PullConsumer, Self), ConsumerError> {
        // We choose the name, and before we ask: then it is removed also when nobody waits for the answer any more.
        let guard = Self {
            bus: bus.clone(),
            stream: stream.to_owned(),
            name: Uuid::now_v7().simple().to_string(),
        };
        let config = Config {
            name: Some(guard.name.clone()),
            memory_storage: true,
            num_replicas: 1,
            ..config
        };
        let consumer = bus.jetstream().create_consumer_on_stream(config, stream).await?;
        Ok((consumer, guard))
    }
}

impl Drop for Ephemeral {
    fn drop(&mut self) {
        // At the end of the process there may be no runtime any more.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let bus = self.bus.clone();
        let (stream, name) = (std::mem::take(&mut self.stream), std::mem::take(&mut self.name));
        runtime.spawn(async move {
            let remove = || bus.jetstream().delete_consumer_from_stream(&name, &stream);
            // The server takes requests in parallel: what was given up at once may come into being after its removal.
            if remove().await.is_err() {
                tokio::time::sleep(AGAIN).await;
                // It ends by itself when this is lost.
                remove().await.ok();
            }
        });
    }
}
