//! Keeps other web sites out of a gateway without keys.
//!
//! On loopback without keys everything that reaches the port may read every file, and a browser on the same machine
//! carries any web page there: by a request across origins, or by a name that its owner points at 127.0.0.1 (DNS
//! rebinding). So the host must be a loopback name, and an origin, where the browser names one, the same host. With
//! keys neither matters: no browser adds an `Authorization: Bearer` that a page does not know.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Uri};

use super::App;
use super::problem::Problem;

/// Refuses what comes from another web site.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.keys.is_none() && !is_own(request.headers()) {
        return Problem::ForeignOrigin.into_response();
    }
    next.run(request).await
}

fn is_own(headers: &HeaderMap) -> bool {
    // Without a host it is no browser.
    let Some(host) = headers.get(HOST) else {
        return headers.get(ORIGIN).is_none();
    };
    let Some(host) = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    is_loopback(host.host())
        && headers.get(ORIGIN).is_none_or(|origin| {
            let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
            origin.is_some_and(|origin| origin.authority() == Some(&host))
        })
}

fn is_loopback(host: &str) -> bool {
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    match address {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_browser_comes_from_the_gateway_itself() {
        for (host, origin, own) in [
            (Some("127.0.0.1:8080"), None, true),
            (Some("localhost:8080"), None, true),
            (Some("[::1]:8080"), None, true),
            (None, None, true),
            (Some("127.0.0.1:8080"), Some("http://127.0.0.1:8080"), true),
            (Some("localhost"), Some("http://localhost"), true),
            (Some("127.0.0.1:8080"), Some("http://127.0.0.1:9090"), false),
            (Some("127.0.0.1:8080"), Some("https://example.org"), false),
            (Some("127.0.0.1:8080"), Some("null"), false),
            (None, Some("http://127.0.0.1:8080"), false),
            (Some("example.org:8080"), None, false),
            (Some("example.org:8080"), Some("http://example.org:8080"), false),
            (Some("127.0.0.1.example.org"), None, false),
            (Some("not a host"), None, false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(HOST, host), (ORIGIN, origin)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            assert_eq!(is_own(&headers), own, "{host:?} {origin:?}");
        }
    }
}
