//! Which space of the index is written, and which one is searched.
//!
//! Vectors of different models must not be compared, so that each model has a space of its own. There is one space, save while
//! passages are embedded again because another model was configured: until the new space holds them all, the former one is
//! searched, and what comes in goes into both.
//!
//! All of that is read from the index: a space that is not the configured model's is a former one, and it goes when the new one
//! is complete. A process that is ended in between begins again, and repeats nothing that can be seen.

use std::sync::{PoisonError, RwLock};

use bus::Bus;
use index::{Index, Space};
use models::Encoder;
use tokio::sync::OnceCell;

use crate::error::EmbedError;

/// A space, and the model that writes its vectors: none where that model is not configured (any more).
#[derive(Debug, Clone)]
pub struct Target {
    /// The space.
    pub space: Space,
    /// Its model.
    pub encoder: Option<Encoder>,
}

/// Which space is written, and which one is searched.
pub struct Spaces {
    index: Index,
    /// All models that are configured; the first one is to be used.
    encoders: Vec<Encoder>,
    own: OnceCell<Space>,
    former: RwLock<Option<Target>>,
}

impl Spaces {
    /// Looks which spaces there are, without loading or asking a model.
    ///
    /// # Errors
    /// When the index or the bus does not answer.
    pub async fn open(bus: &Bus, index: Index, encoders: Vec<Encoder>) -> Result<Self, EmbedError> {
        let spaces = Self {
            index,
            encoders,
            own: OnceCell::new(),
            former: RwLock::new(None),
        };
        let model = spaces.model().map_or_else(|| Space::words().model, str::to_owned);
        let found = spaces.index.spaces().await?;
        let others = found.into_iter().filter(|space| space.model != model);
        spaces.look(bus, others.collect()).await?;
        Ok(spaces)
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The model that is configured.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.encoders.first().map(Encoder::name)
    }

    /// The space of the configured model. A remote model may be asked for its dimension.
    ///
    /// # Errors
    /// When the model can't be asked.
    pub async fn own(&self) -> Result<Target, EmbedError> {
        let encoder = self.encoders.first().cloned();
        let space = self
            .own
            .get_or_try_init(async || match &encoder {
                None => Ok::<_, EmbedError>(Space::words()),
                Some(encoder) => Ok(Space {
                    model: encoder.name().to_owned(),
                    dimension: encoder.dimension().await?,
                }),
            })
            .await?;
        Ok(Target {
            space: space.clone(),
            encoder,
        })
    }

    /// The space of another model that holds what can be searched, until passages are embedded again.
    #[must_use]
    pub fn former(&self) -> Option<Target> {
        self.former.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where passages go.
    ///
    /// # Errors
    /// See [`Spaces::own`].
    pub async fn written(&self) -> Result<Vec<Target>, EmbedError> {
        let own = self.own().await?;
        Ok(std::iter::once(own).chain(self.former()).collect())
    }

    /// The space that is complete, with its model.
    ///
    /// # Errors
    /// See [`Spaces::own`].
    pub async fn searched(&self) -> Result<Target, EmbedError> {
        match self.former() {
            Some(former) => Ok(former),
            None => self.own().await,
        }
    }

    /// Looks for spaces besides the configured model's, also such as have its name and another dimension; whether there are any.
    ///
    /// # Errors
    /// When the index, the bus or the model does not answer.
    pub async fn outdated(&self, bus: &Bus) -> Result<bool, EmbedError> {
        let found = self.index.spaces().await?;
        if found.is_empty() {
            return Ok(false);
        }
        let own = self.own().await?.space;
        let others = found.into_iter().filter(|space| *space != own);
        self.look(bus, others.collect()).await?;
        Ok(self.former().is_some())
    }

    /// Has the configured model's space searched from now on, and drops all others.
    ///
    /// # Errors
    /// When the index does not answer: the others are dropped the next time.
    pub async fn switch(&self) -> Result<(), EmbedError> {
        let own = self.own().await?.space;
        *self.former.write().unwrap_or_else(PoisonError::into_inner) = None;
        for space in self.index.spaces().await? {
            if space != own {
                tracing::info!(%space, "dropping what was embedded with another model");
                self.index.drop_space(&space).await?;
            }
        }
        Ok(())
    }

    /// The fullest of some spaces is the one that was complete.
    async fn look(&self, bus: &Bus, others: Vec<Space>) -> Result<(), EmbedError> {
        let mut fullest: Option<(u64, Space)> = None;
        if !others.is_empty() {
            let tenants = bus.tenants().await?;
            for space in others {
                let mut count = 0;
                for tenant in &tenants {
                    count += self.index.tenant(tenant).count(&space).await?;
                }
                if fullest.as_ref().is_none_or(|(most, _)| count > *most) {
                    fullest = Some((count, space));
                }
            }
        }
        let former = fullest.map(|(_, space)| Target {
            encoder: self
                .encoders
                .iter()
                .find(|encoder| encoder.name() == space.model)
                .cloned(),
            space,
        });
        *self.former.write().unwrap_or_else(PoisonError::into_inner) = former;
        Ok(())
    }
}
