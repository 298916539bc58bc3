//! The encoding of a text file: a byte-order mark, else strict UTF-8, else GB18030.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use schemas::file::RejectionCode;
use schemas::table::Decision;

use crate::rejected::Rejected;

/// Decodes a text file.
///
/// # Errors
/// [`Rejected`] when the bytes are in none of the known encodings.
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Decision), Rejected> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let body = bytes.get(mark..).unwrap_or_default();
        let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(body) else {
            return Err(unknown(&format!(
                "the file begins with the mark of {}, but is not valid in it",
                encoding.name()
            )));
        };
        let plain = !(encoding == UTF_16LE || encoding == UTF_16BE) || !text.contains('\0');
        if plain {
            return without_zeros(text).map(|text| {
                (
                    text,
                    decision(encoding.name(), "the file begins with its byte-order mark"),
                )
            });
        }
        return Err(unknown("the file holds zero bytes"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let because = if text.is_ascii() {
                "all of it is ASCII"
            } else {
                "all of it is valid UTF-8"
            };
            without_zeros(Cow::Borrowed(text)).map(|text| (text, decision("UTF-8", because)))
        }
        Err(error) => {
            let line = 1 + bytes
                .iter()
                .take(error.valid_up_to())
                .filter(|byte| **byte == b'\n')
                .count();
            let text = plausible_chinese(bytes)
                .then(|| GB18030.decode_without_bom_handling_and_without_replacement(bytes))
                .flatten();
            match text {
                Some(text) => without_zeros(text).map(|text| {
                    (
                        text,
                        decision(
                            "GB18030",
                            &format!("line {line} is not valid UTF-8, and all of it is valid GB18030"),
                        ),
                    )
                }),
                None => Err(unknown("the text is neither valid UTF-8 nor Chinese in GB18030")
                    .at(format!("line {line}"))),
            }
        }
    }
}

fn unknown(what: &str) -> Rejected {
    Rejected::new(
        RejectionCode::UnknownEncoding,
        format!("{what}; expected UTF-8, UTF-16 with a byte-order mark, or GB18030 (GBK)"),
    )
}

fn without_zeros(text: Cow<'_, str>) -> Result<Cow<'_, str>, Rejected> {
    match text.find('\0') {
        None => Ok(text),
        Some(place) => {
            let line = 1 + text.bytes().take(place).filter(|byte| *byte == b'\n').count();
            Err(unknown("the file holds zero bytes, so it is no text").at(format!("line {line}")))
        }
    }
}

/// GB18030 gives a meaning to nearly every pair of bytes, also to the accents of Western encodings. Real Chinese is
/// nearly all in the square of GB 2312, where both bytes are above 0xA0; accents are followed by plain letters.
fn plausible_chinese(bytes: &[u8]) -> bool {
    let (mut usual, mut unusual) = (0u64, 0u64);
    let mut rest = bytes.iter();
    while let Some(lead) = rest.next() {
        if lead.is_ascii() {
            continue;
        }
        match (lead, rest.next()) {
            (0xA1..=0xF7, Some(0xA1..=0xFE)) => usual += 1,
            // Four bytes: the second one is a digit.
            (_, Some(0x30..=0x39)) => {
                unusual += 1;
                rest.nth(1);
            }
            _ => unusual += 1,
        }
    }
    usual > unusual
}

fn decision(chosen: &str, because: &str) -> Decision {
    Decision {
        about: "encoding".into(),
        chosen: chosen.into(),
        because: because.into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], text: &str, encoding: &str) {
        let (decoded, decision) = decode(bytes).unwrap();
        assert_eq!((decoded.as_ref(), decision.chosen.as_str()), (text, encoding));
    }

    fn utf16(text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter()
            .chain(text.encode_utf16().flat_map(bytes))
            .collect()
    }

    #[test]
    fn encodings() {
        check(b"a,b", "a,b", "UTF-8");
        check("航站楼,店铺".as_bytes(), "航站楼,店铺", "UTF-8");
        check("\u{feff}航站楼".as_bytes(), "航站楼", "UTF-8");
        check(
            &GB18030.encode("航站楼,店铺\n免税店,咖啡").0,
            "航站楼,店铺\n免税店,咖啡",
            "GB18030",
        );
        check(
            &utf16("航站楼,a", [0xFF, 0xFE], u16::to_le_bytes),
            "航站楼,a",
            "UTF-16LE",
        );
        check(
            &utf16("航站楼,a", [0xFE, 0xFF], u16::to_be_bytes),
            "航站楼,a",
            "UTF-16BE",
        );
    }

    #[test]
    fn other_encodings_are_refused_and_not_guessed() {
        let check = |bytes: &[u8], place: Option<&str>| {
            let rejected = decode(bytes).unwrap_err();
            assert_eq!(
                (rejected.code, rejected.place.as_deref()),
                (RejectionCode::UnknownEncoding, place)
            );
        };
        check(b"name\nCaf\xe9,Z\xfcrich\n", Some("line 2"));
        check(b"a\n\xff\xff\xff", Some("line 2"));
        check(b"a\nb\0c", Some("line 2"));
        check(b"\xff\xfea\x00\x00\x00", None);
        check(b"\xef\xbb\xbf\xff", None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
