//! The page: files built into the binary, served with a policy that lets them fetch from here alone.

use std::sync::LazyLock;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, StatusCode};
use sha2::{Digest, Sha256};

/// No inline script or style, nothing from elsewhere, no HTML from text: what a file or a model says can do nothing.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// The microphone is for speech recognition; nothing else is wanted.
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(self), payment=(), usb=()";

struct Asset {
    path: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! asset {
    ($path:literal, $kind:expr, $file:literal) => {
        Asset {
            path: $path,
            kind: $kind,
            bytes: include_bytes!(concat!("../../page/", $file)),
        }
    };
}

static ASSETS: &[Asset] = &[
    asset!("/", HTML, "index.html"),
    asset!("/api/docs", HTML, "docs.html"),
    asset!("/page/icon.svg", "image/svg+xml", "icon.svg"),
    asset!("/page/base.css", STYLE, "base.css"),
    asset!("/page/chat.css", STYLE, "chat.css"),
    asset!("/page/answer.css", STYLE, "answer.css"),
    asset!("/page/trace.css", STYLE, "trace.css"),
    asset!("/page/views.css", STYLE, "views.css"),
    asset!("/page/docs.css", STYLE, "docs.css"),
    asset!("/page/main.js", SCRIPT, "main.js"),
    asset!("/page/api.js", SCRIPT, "api.js"),
    asset!("/page/dom.js", SCRIPT, "dom.js"),
    asset!("/page/i18n.js", SCRIPT, "i18n.js"),
    asset!("/page/store.js", SCRIPT, "store.js"),
    asset!("/page/files.js", SCRIPT, "files.js"),
    asset!("/page/uploads.js", SCRIPT, "uploads.js"),
    asset!("/page/chat.js", SCRIPT, "chat.js"),
    asset!("/page/composer.js", SCRIPT, "composer.js"),
    asset!("/page/answer.js", SCRIPT, "answer.js"),
    asset!("/page/chips.js", SCRIPT, "chips.js"),
    asset!("/page/citations.js", SCRIPT, "citations.js"),
    asset!("/page/table.js", SCRIPT, "table.js"),
    asset!("/page/trail.js", SCRIPT, "trail.js"),
    asset!("/page/trace.js", SCRIPT, "trace.js"),
    asset!("/page/glossary.js", SCRIPT, "glossary.js"),
    asset!("/page/detector.js", SCRIPT, "detector.js"),
    asset!("/page/voice.js", SCRIPT, "voice.js"),
    asset!("/page/recorder.js", SCRIPT, "recorder.js"),
    asset!("/page/key.js", SCRIPT, "key.js"),
    asset!("/page/docs.js", SCRIPT, "docs.js"),
];

/// The entity tag of everything: the files belong together, so one that changes makes all new.
static TAG: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.bytes);
    }
    format!("\"{}\"", hex::encode(hash.finalize()))
});

/// A route for each file of the page.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        router.route(
            asset.path,
            get(move |headers: HeaderMap| async move { serve(asset, &headers) }),
        )
    })
}

fn serve(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let known = headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let fixed = [
        (ETAG, TAG.as_str()),
        // Asked for again each time, and answered without a body where nothing is new.
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (PERMISSIONS_POLICY, PERMISSIONS),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    if known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == TAG.as_str())) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (fixed, [(CONTENT_TYPE, asset.kind)], asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text is one that a browser would run or load from elsewhere.
    fn breaks_the_policy(text: &str) -> Option<&'static str> {
        [
            "style=\"",
            "onclick=",
            "onload=",
            "javascript:",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "src=\"http",
            "href=\"http",
            "import(\"http",
        ]
        .into_iter()
        .find(|sign| text.contains(sign))
    }

    #[test]
    fn no_file_does_what_the_policy_forbids() {
        for asset in ASSETS {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            assert_eq!(breaks_the_policy(text), None, "{}", asset.path);
        }
        assert_eq!(breaks_the_policy("<a onclick=\"x()\">"), Some("onclick="));
    }

    #[test]
    fn everything_that_is_imported_or_linked_is_served() {
        for asset in ASSETS {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            let quoted = text.split('"').skip(1).step_by(2);
            for link in quoted.filter(|link| link.starts_with("./") || link.starts_with("/page/")) {
                let path = link
                    .strip_prefix("./")
                    .map_or(link.to_owned(), |file| format!("/page/{file}"));
                assert!(
                    ASSETS.iter().any(|other| other.path == path),
                    "{}: {link}",
                    asset.path
                );
            }
        }
    }
}
