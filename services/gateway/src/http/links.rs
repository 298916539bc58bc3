//! Links into answers, for chat front ends that show them in a page of their own.
//!
//! A browser that follows a link or loads an image sends no API key. Where there are keys, the links of an answer therefore
//! carry a signature that opens this one answer to reading, nothing else, whatever becomes of the keys.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use http::{Method, Uri};
use schemas::TenantId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::keys::Keyring;

use super::App;
use super::problem::Problem;

/// Under which address the client knows this gateway, without a slash at the end; empty where it has not said.
#[derive(Debug, Clone, Default)]
pub struct Site(pub String);

impl FromRequestParts<Arc<App>> for Site {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        if let Some(url) = &app.public_url {
            return Ok(Self(url.trim_end_matches('/').to_owned()));
        }
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.and_then(|host| host.parse::<Authority>().ok());
        Ok(Self(
            host.map(|host| format!("http://{host}")).unwrap_or_default(),
        ))
    }
}

/// The links of one answer.
#[derive(Debug, Clone, Default)]
pub struct Links {
    site: String,
    answer: String,
    query: String,
}

impl Links {
    /// Those of an answer of a tenant.
    pub fn new(app: &App, site: &Site, tenant: &TenantId, answer: &str) -> Self {
        let secret = app.keys.as_ref().and_then(|keys| keys.link_secret(tenant));
        let query = secret.map(|secret| format!("?tenant={tenant}&sig={}", sign(&secret, tenant, answer)));
        Self {
            site: site.0.clone(),
            answer: answer.to_owned(),
            query: query.unwrap_or_default(),
        }
    }

    /// Those of an answer on a gateway without keys or address.
    #[cfg(test)]
    pub fn of(answer: &str) -> Self {
        Self {
            answer: answer.to_owned(),
            ..Self::default()
        }
    }

    /// A part of the answer, for instance `chart.svg`; the answer itself where `part` is empty.
    pub fn part(&self, part: &str) -> String {
        let slash = if part.is_empty() { "" } else { "/" };
        format!(
            "{}/api/answers/{}{slash}{part}{}",
            self.site, self.answer, self.query
        )
    }

    /// The answer with its trail in the page.
    pub fn page(&self) -> String {
        format!("{}/#/answers/{}", self.site, self.answer)
    }
}

/// The tenant of a request that comes by a signed link; `None` where it has none.
///
/// # Errors
/// [`Problem::InvalidLink`].
pub fn signed(method: &Method, uri: &Uri, keys: &Keyring) -> Result<Option<TenantId>, Problem> {
    let query = uri.query().unwrap_or_default();
    let of = |name: &str| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    };
    let (Some(signature), Some(tenant)) = (of("sig"), of("tenant")) else {
        return Ok(None);
    };
    let answer = uri
        .path()
        .strip_prefix("/api/answers/")
        .and_then(|rest| rest.split('/').next());
    let tenant = TenantId::new(tenant).map_err(|_| Problem::InvalidLink)?;
    match (answer, keys.link_secret(&tenant)) {
        (Some(answer), Some(secret)) if *method == Method::GET => {
            let right = sign(&secret, &tenant, answer);
            if bool::from(right.as_bytes().ct_eq(signature.as_bytes())) {
                Ok(Some(tenant))
            } else {
                Err(Problem::InvalidLink)
            }
        }
        _ => Err(Problem::InvalidLink),
    }
}

/// A hash of a hash, each begun with the secret: what is appended to the message can't be worked into the outer one.
/// Source: the nested construction of Bellare, Canetti and Krawczyk, "Keying Hash Functions for Message Authentication".
fn sign(secret: &[u8; 32], tenant: &TenantId, answer: &str) -> String {
    let inner = Sha256::new()
        .chain_update(secret)
        .chain_update([1])
        .chain_update(format!("{tenant}/{answer}"))
        .finalize();
    let outer = Sha256::new()
        .chain_update(secret)
        .chain_update([2])
        .chain_update(inner);
    hex::encode(outer.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::line_of;

    #[test]
    fn a_link_opens_its_own_answer_to_reading_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        std::fs::write(&file, line_of("red", "r") + &line_of("blue", "b")).unwrap();
        let keys = Keyring::open(&file).unwrap();
        let red = TenantId::new("red").unwrap();
        let signature = sign(&keys.link_secret(&red).unwrap(), &red, "a1");
        let check = |method: Method, path: &str, expect: Result<Option<&str>, ()>| {
            let uri: Uri = path.replace("SIG", &signature).parse().unwrap();
            let got = signed(&method, &uri, &keys).map_err(drop);
            let expect = expect.map(|tenant| tenant.map(|tenant| TenantId::new(tenant).unwrap()));
            assert_eq!(got, expect, "{method} {path}");
        };
        check(Method::GET, "/api/answers/a1?tenant=red&sig=SIG", Ok(Some("red")));
        check(
            Method::GET,
            "/api/answers/a1/chart.svg?tenant=red&sig=SIG",
            Ok(Some("red")),
        );
        check(Method::GET, "/api/answers/a1", Ok(None));
        check(Method::GET, "/api/answers/a2?tenant=red&sig=SIG", Err(()));
        check(Method::GET, "/api/answers/a1?tenant=blue&sig=SIG", Err(()));
        check(Method::GET, "/api/answers/a1?tenant=green&sig=SIG", Err(()));
        check(Method::GET, "/api/files?tenant=red&sig=SIG", Err(()));
        check(
            Method::POST,
            "/api/answers/a1/feedback?tenant=red&sig=SIG",
            Err(()),
        );
    }
}
