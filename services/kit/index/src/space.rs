//! A space: the passages that one model has turned into vectors of one dimension.

use std::fmt;

const PREFIX: &str = "passages-";

/// One collection of the server, or one folder of the embedded engine. Another model, or another dimension, is another space
/// beside it, so that a new index is built while the old one serves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Space {
    /// The model that writes the vectors, with its version.
    pub model: String,
    /// Numbers of a vector; 0: passages are found by words and codes alone.
    pub dimension: u32,
}

impl Space {
    /// The space of a deployment without an embedding model.
    #[must_use]
    pub fn words() -> Self {
        Self {
            model: "words".to_owned(),
            dimension: 0,
        }
    }

    /// The name of its collection: `passages-<model>-<dimension>`. What may not be in such a name is written as `~` and two
    /// hexadecimal digits for each byte, so that the model can be read from it again.
    pub(crate) fn name(&self) -> String {
        use fmt::Write as _;
        let mut name = PREFIX.to_owned();
        for byte in self.model.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
                name.push(char::from(byte));
            } else {
                // Writing to a text does not fail.
                let _ = write!(name, "~{byte:02x}");
            }
        }
        let _ = write!(name, "-{}", self.dimension);
        name
    }

    /// The space of a collection; none: the collection is somebody else's.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (model, dimension) = name.strip_prefix(PREFIX)?.rsplit_once('-')?;
        let mut bytes = Vec::with_capacity(model.len());
        let mut rest = model.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'~' {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            } else {
                bytes.push(byte);
            }
        }
        let space = Self {
            model: String::from_utf8(bytes).ok()?,
            dimension: dimension.parse().ok()?,
        };
        (space.name() == name).then_some(space)
    }
}

impl fmt::Display for Space {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({} dimensions)", self.model, self.dimension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(model: &str, dimension: u32, name: &str) {
        let space = Space {
            model: model.to_owned(),
            dimension,
        };
        assert_eq!(space.name(), name);
        assert_eq!(Space::parse(name), Some(space));
    }

    #[test]
    fn names_tell_their_space() {
        check("bge-small-zh-v1.5", 512, "passages-bge-small-zh-v1.5-512");
        check(
            "Qwen/Qwen3-Embedding-8B",
            4096,
            "passages-Qwen~2fQwen3-Embedding-8B-4096",
        );
        check("a b+c", 1, "passages-a~20b~2bc-1");
        check("..", 1, "passages-..-1");
        check("", 0, "passages--0");
    }

    #[test]
    fn other_collections_are_no_spaces() {
        for name in [
            "photos",
            "passages-",
            "passages-a",
            "passages-a-x",
            "passages-a~2-1",
            "passages-a~2F-1",
        ] {
            assert_eq!(Space::parse(name), None, "{name}");
        }
    }
}
