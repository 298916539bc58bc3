//! What may be the address of a collector.

use http::Uri;

/// Why an address can't be that of a collector.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// It is no address at all.
    #[error("it is not a URL")]
    Url(#[from] http::uri::InvalidUri),
    /// It says not how to speak, or in another way than this.
    #[error(
        "it does not begin with `http://`; for TLS, put a collector next to the service that speaks it onwards"
    )]
    Scheme,
    /// It names no machine.
    #[error("it names no host")]
    Host,
}

/// Checks an address. The exporter connects only later, and would complain for ever about one that can't be.
pub fn check(endpoint: &str) -> Result<(), EndpointError> {
    let uri: Uri = endpoint.parse()?;
    if uri.scheme_str() != Some("http") {
        return Err(EndpointError::Scheme);
    }
    match uri.host() {
        Some(host) if !host.is_empty() => Ok(()),
        Some(_) | None => Err(EndpointError::Host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_addresses_are_taken() {
        let check = |endpoint: &str, expect: &str| {
            let result = check(endpoint).map_err(|error| error.to_string());
            assert_eq!(
                result.err().unwrap_or_default().split(';').next(),
                Some(expect),
                "{endpoint}"
            );
        };
        let scheme = "it does not begin with `http://`";
        check("http://127.0.0.1:4317", "");
        check("http://collector:4317/", "");
        check("http://[::1]:4317", "");
        check("collector:4317", scheme);
        check("collector", scheme);
        check("/run/collector.sock", scheme);
        check("https://collector:4317", scheme);
        check("grpc://collector:4317", scheme);
        check("not a url", "it is not a URL");
        check("http://", "it is not a URL");
        check("http://:4317", "it names no host");
    }
}
