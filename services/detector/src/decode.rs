//! Bytes of a plain text as characters.

use std::path::Path;

/// Whether a file of this name is read as plain text.
#[must_use]
pub fn is_text(name: &str) -> bool {
    let extension = Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str());
    extension.is_none_or(|extension| {
        ["txt", "text", "md", "markdown"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// The characters: by the mark at the beginning, else UTF-8 if it is that throughout, else GB18030, where what is no
/// character becomes U+FFFD.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(bytes.get(mark..).unwrap_or_default())
            .0
            .into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_in_several_encodings() {
        assert_eq!(decode("天气".as_bytes()), "天气");
        assert_eq!(decode(b"\xef\xbb\xbfweather"), "weather");
        assert_eq!(decode(b"\xcc\xec\xc6\xf8"), "天气");
        assert_eq!(decode(b"\xff\xfeh\0i\0"), "hi");
        assert!(is_text("a/b.TXT") && is_text("README") && !is_text("a.pdf"));
    }
}
