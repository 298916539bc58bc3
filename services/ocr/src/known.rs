//! What was read not long ago, for a job that comes again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use schemas::document::RecognizedPage;
use schemas::{ContentId, TenantId};

/// Pages that are kept, at some 10 KB each.
const PAGES: usize = 500;

/// The last pages that were read, by tenant: nobody is given what another tenant's image says, even where the bytes are the
/// same and the job names them without having them.
#[derive(Default)]
pub(crate) struct Known {
    pages: Mutex<VecDeque<(TenantId, ContentId, RecognizedPage)>>,
}

impl Known {
    /// What this image says. Its page number is that of whoever asked first.
    pub(crate) fn get(&self, tenant: &TenantId, image: &ContentId) -> Option<RecognizedPage> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let found = pages
            .iter()
            .find(|(owner, known, _)| owner == tenant && known == image)?;
        Some(found.2.clone())
    }

    pub(crate) fn keep(&self, tenant: &TenantId, image: &ContentId, page: &RecognizedPage) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES {
            pages.pop_front();
        }
        pages.push_back((tenant.clone(), image.clone(), page.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_their_tenant_s_own_and_not_kept_forever() {
        let known = Known::default();
        let [one, other] = ["one", "other"].map(|name| TenantId::new(name).unwrap());
        let image = |number: usize| ContentId::new(format!("{number:064x}")).unwrap();
        let page = |number| RecognizedPage {
            page: number,
            turned: 0,
            blocks: Vec::new(),
            lines: Vec::new(),
            problem: None,
            engine: String::new(),
        };
        known.keep(&one, &image(1), &page(7));
        assert_eq!(known.get(&one, &image(1)), Some(page(7)));
        assert_eq!(known.get(&other, &image(1)), None);
        for number in 0..PAGES {
            known.keep(&one, &image(number + 2), &page(1));
        }
        assert_eq!(known.get(&one, &image(1)), None);
        assert!(known.get(&one, &image(2)).is_some());
    }
}
