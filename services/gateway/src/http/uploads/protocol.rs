//! The headers of tus 1.0.0.
//!
//! Source: <https://tus.io/protocols/resumable-upload>.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::http::problem::Problem;

/// The version of the protocol.
pub const VERSION: &str = "1.0.0";
/// What is spoken beyond its core.
pub const EXTENSIONS: &str = "creation,expiration,termination";

pub const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub const VERSIONS: HeaderName = HeaderName::from_static("tus-version");
pub const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
pub const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// The method that a client means that can send GET and POST alone.
pub const OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

const OFFSET_STREAM: &str = "application/offset+octet-stream";

/// Turns requests of other versions down, and tells the version in every response.
pub async fn speak(request: Request, next: Next) -> Response {
    let version = request.headers().get(RESUMABLE);
    let understood = version.is_some_and(|version| version == VERSION) || request.method() == Method::OPTIONS;
    let mut response = if understood {
        next.run(request).await
    } else {
        ([(VERSIONS, VERSION)], Problem::OtherTus).into_response()
    };
    response
        .headers_mut()
        .insert(RESUMABLE, HeaderValue::from_static(VERSION));
    response
}

/// `Upload-Length`.
///
/// # Errors
/// [`Problem::InvalidHeader`].
pub fn length(headers: &HeaderMap) -> Result<u64, Problem> {
    number(headers, &LENGTH).ok_or(Problem::InvalidHeader(
        "Upload-Length",
        "is not the number of bytes of the file, which has to be known from the start",
    ))
}

/// `Upload-Offset` of bytes that come.
///
/// # Errors
/// [`Problem::NotOffsetStream`], [`Problem::InvalidHeader`].
pub fn offset(headers: &HeaderMap) -> Result<u64, Problem> {
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != OFFSET_STREAM) {
        return Err(Problem::NotOffsetStream);
    }
    number(headers, &OFFSET).ok_or(Problem::InvalidHeader(
        "Upload-Offset",
        "is not the number of bytes that are there already",
    ))
}

/// The name of the file in `Upload-Metadata`, and the header as it was sent: pairs of a key and a value in base64 between commas,
/// of which `filename` or `name` is wanted.
///
/// # Errors
/// [`Problem::InvalidHeader`].
pub fn name(headers: &HeaderMap) -> Result<(String, String), Problem> {
    let invalid = |why| Problem::InvalidHeader("Upload-Metadata", why);
    let metadata = headers.get(METADATA).and_then(|value| value.to_str().ok());
    let metadata = metadata.ok_or(invalid("is missing: it has `filename` and the name in base64"))?;
    let of = |wanted: &str| {
        metadata.split(',').find_map(|pair| {
            let (key, value) = pair.trim().split_once(' ')?;
            (key == wanted).then_some(value)
        })
    };
    let value = of("filename").or_else(|| of("name"));
    let value = value.ok_or(invalid("has no `filename`"))?;
    let bytes = STANDARD.decode(value.trim());
    let bytes = bytes.map_err(|_| invalid("has a `filename` that is not in base64"))?;
    let name = String::from_utf8(bytes).map_err(|_| invalid("has a `filename` that is not UTF-8"))?;
    Ok((name, metadata.to_owned()))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    // `parse` would take a sign.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn the_name_is_in_the_metadata() {
        for (metadata, expect) in [
            ("filename YS5jc3Y=", Ok("a.csv")),
            ("filetype dGV4dC9jc3Y=, filename 6KGoLmNzdg==", Ok("表.csv")),
            ("is_final,name YS5jc3Y=", Ok("a.csv")),
            ("name YS5jc3Y=,filename Yi5jc3Y=", Ok("b.csv")),
            ("", Err("has no `filename`")),
            ("filename", Err("has no `filename`")),
            ("filename a.csv", Err("base64")),
            ("filename /w==", Err("UTF-8")),
        ] {
            match (name(&headers(&[(METADATA, metadata)])), expect) {
                (Ok((name, sent)), Ok(expect)) => assert_eq!((name.as_str(), &*sent), (expect, metadata)),
                (Err(problem), Err(expect)) => {
                    assert!(problem.to_string().contains(expect), "{metadata}: {problem}");
                }
                (got, _) => panic!("{metadata}: {got:?}, not {expect:?}"),
            }
        }
        assert!(name(&HeaderMap::new()).is_err());
    }

    #[test]
    fn numbers_are_plain() {
        for (text, expect) in [
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("+1", None),
            ("-1", None),
            ("", None),
            ("1.0", None),
        ] {
            assert_eq!(length(&headers(&[(LENGTH, text)])).ok(), expect, "{text}");
        }
        let stream = (CONTENT_TYPE, OFFSET_STREAM);
        assert_eq!(offset(&headers(&[stream.clone(), (OFFSET, "7")])).ok(), Some(7));
        assert!(matches!(
            offset(&headers(&[(OFFSET, "7")])),
            Err(Problem::NotOffsetStream)
        ));
    }
}
