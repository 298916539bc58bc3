//! Whose request it is: by its API key, or by a header where the gateway has no keys.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use schemas::TenantId;
use tracing::Span;

use crate::keys::ApiKeys;

use super::problem::Problem;
use super::{App, links};

/// Names the tenant.
const HEADER: &str = "x-contrail-tenant";

/// The tenant of a request: proven by a key where there are keys, and known to the bus.
#[derive(Debug)]
pub struct Tenant(pub TenantId);

impl FromRequestParts<Arc<App>> for Tenant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let signed = match &app.keys {
            Some(keys) if !parts.headers.contains_key(AUTHORIZATION) => {
                links::signed(&parts.method, &parts.uri, keys)?
            }
            Some(_) | None => None,
        };
        let tenant = match signed {
            Some(tenant) => tenant,
            None => {
                let tenant = claimed(&parts.headers, app.keys.as_ref())?;
                check_rate(app, &parts.headers)?;
                tenant
            }
        };
        if app.bus.has_tenant(&tenant).await? {
            // Whose span it is: a client names the trace, which may be another tenant's.
            Span::current().record("tenant", tenant.as_str());
            Ok(Self(tenant))
        } else {
            Err(Problem::UnknownTenant(tenant))
        }
    }
}

/// Holds a key that is known to its rate.
fn check_rate(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let key = headers.get(AUTHORIZATION).and_then(bearer);
    let digest = app.keys.as_ref().and(key).map(ApiKeys::digest);
    if digest.is_none_or(|digest| app.rates.admit(digest, Instant::now())) {
        Ok(())
    } else {
        Err(Problem::TooManyRequests {
            limit: u64::from(app.rates.limit()),
        })
    }
}

/// The tenant that the headers may speak for.
fn claimed(headers: &HeaderMap, keys: Option<&ApiKeys>) -> Result<TenantId, Problem> {
    let named = headers.get(HEADER).map(named).transpose();
    let Some(keys) = keys else {
        return Ok(named?.unwrap_or_else(TenantId::local));
    };
    let key = headers
        .get(AUTHORIZATION)
        .and_then(bearer)
        .ok_or(Problem::Unauthorized)?;
    let tenant = keys.tenant_of(key).ok_or(Problem::Unauthorized)?;
    if named?.is_some_and(|named| named != *tenant) {
        return Err(Problem::ForeignTenant);
    }
    Ok(tenant.clone())
}

fn named(value: &HeaderValue) -> Result<TenantId, Problem> {
    TenantId::new(String::from_utf8_lossy(value.as_bytes())).map_err(Problem::InvalidTenant)
}

/// The token of `Bearer TOKEN`; the scheme's case does not matter (RFC 9110 section 11.1).
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    fn check(headers: &[(&'static str, &str)], keys: Option<&ApiKeys>, expect: Result<&str, &str>) {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    HeaderValue::from_bytes(value.as_bytes()).unwrap(),
                )
            })
            .collect();
        match (claimed(&headers, keys), expect) {
            (Ok(tenant), Ok(expect)) => assert_eq!(tenant.as_str(), expect),
            (Err(problem), Err(expect)) => {
                assert!(
                    problem.to_string().contains(expect),
                    "{problem} is not about {expect}"
                );
            }
            (got, expect) => panic!("{headers:?}: {got:?}, not {expect:?}"),
        }
    }

    #[test]
    fn without_keys_the_header_names_the_tenant() {
        check(&[], None, Ok("local"));
        check(&[(HEADER, "red")], None, Ok("red"));
        check(&[(HEADER, "Red.x")], None, Err("lower-case letters"));
        check(&[(HEADER, "机场")], None, Err("lower-case letters"));
        check(&[(HEADER, "")], None, Err("lower-case letters"));
        check(&[("authorization", "Bearer anything")], None, Ok("local"));
    }

    #[test]
    fn with_keys_the_key_does() {
        let keys = ApiKeys::parse(&format!("red {}", hex::encode(Sha256::digest("k1")))).unwrap();
        let keys = Some(&keys);
        check(&[("authorization", "Bearer k1")], keys, Ok("red"));
        check(&[("authorization", "bearer  k1 ")], keys, Ok("red"));
        check(
            &[("authorization", "Bearer k1"), (HEADER, "red")],
            keys,
            Ok("red"),
        );
        check(
            &[("authorization", "Bearer k1"), (HEADER, "blue")],
            keys,
            Err("another tenant"),
        );
        for headers in [
            &[][..],
            &[(HEADER, "red")],
            &[("authorization", "Bearer k2")],
            &[("authorization", "Basic k1")],
            &[("authorization", "Bearer")],
            &[("authorization", "Bearer ")],
        ] {
            check(headers, keys, Err("API key"));
        }
    }
}
