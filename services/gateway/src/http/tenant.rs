//! Whose request it is: by its API key, or by a header where the gateway has no keys.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use schemas::TenantId;
use tracing::Span;

use crate::keys::{ApiKeys, Key, Keyring};

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
                let keys = app.keys.as_ref().map(Keyring::current);
                match claimed(&parts.headers, keys.as_deref())? {
                    Claim::Named(tenant) => tenant,
                    Claim::Proven(key) => {
                        check_rate(app, key)?;
                        key.tenant.clone()
                    }
                }
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

/// Bytes that one upload may have: those of the request's key, where it has fewer than the gateway takes.
#[derive(Debug)]
pub struct UploadLimit(pub u64);

impl FromRequestParts<Arc<App>> for UploadLimit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let keys = app.keys.as_ref().map(Keyring::current);
        let token = parts.headers.get(AUTHORIZATION).and_then(bearer);
        let key = keys
            .as_ref()
            .zip(token)
            .and_then(|(keys, token)| keys.find(token));
        let own = key.and_then(|key| key.max_upload).unwrap_or(u64::MAX);
        Ok(Self(own.min(app.max_upload_bytes)))
    }
}

/// Whose request the headers say it is.
#[derive(Debug)]
enum Claim<'a> {
    /// Without keys: the tenant that is named.
    Named(TenantId),
    /// With keys: that of the key.
    Proven(&'a Key),
}

/// Holds a key to its rate.
fn check_rate(app: &App, key: &Key) -> Result<(), Problem> {
    let limit = key.requests_per_minute.unwrap_or(app.requests_per_minute);
    let admitted = app.rates.admit(key.digest, limit, Instant::now());
    admitted.map_err(|wait| Problem::TooManyRequests {
        limit: u64::from(limit),
        wait,
    })
}

/// The tenant that the headers may speak for.
fn claimed<'a>(headers: &HeaderMap, keys: Option<&'a ApiKeys>) -> Result<Claim<'a>, Problem> {
    let named = headers.get(HEADER).map(named).transpose();
    let Some(keys) = keys else {
        return Ok(Claim::Named(named?.unwrap_or_else(TenantId::local)));
    };
    let token = headers
        .get(AUTHORIZATION)
        .and_then(bearer)
        .ok_or(Problem::Unauthorized)?;
    let key = keys.find(token).ok_or(Problem::Unauthorized)?;
    if named?.is_some_and(|named| named != key.tenant) {
        return Err(Problem::ForeignTenant);
    }
    Ok(Claim::Proven(key))
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
    use super::*;
    use crate::keys::line_of;

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
        let got = claimed(&headers, keys).map(|claim| match claim {
            Claim::Named(tenant) => tenant,
            Claim::Proven(key) => key.tenant.clone(),
        });
        match (got, expect) {
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
        let keys = ApiKeys::parse(&line_of("red", "k1")).unwrap();
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
