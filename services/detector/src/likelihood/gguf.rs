//! Files of weights as llama.cpp writes them: what they tell of themselves, and tensors of the few types that are needed here.
//!
//! Source: the specification of GGUF, version 3 (ggml, `docs/gguf.md`); blocks as in ggml's `ggml-common.h`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use half::f16;

use super::LikelihoodError;

/// A file of weights, read whole.
#[derive(Debug)]
pub struct Gguf {
    path: PathBuf,
    bytes: Vec<u8>,
    numbers: HashMap<String, f64>,
    texts: HashMap<String, Vec<String>>,
    tensors: HashMap<String, Stored>,
}

/// Where a tensor is, and how it is written.
#[derive(Debug)]
struct Stored {
    rows: usize,
    columns: usize,
    kind: u32,
    start: usize,
}

/// Rows of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// How many numbers a row has.
    pub columns: usize,
    /// Row by row.
    pub numbers: Vec<f32>,
}

/// Numbers in a block.
const BLOCK: usize = 32;

/// Goes through bytes. None behind their end.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?)).ok()
    }

    fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        Some(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    /// A number of a type that is one.
    fn number(&mut self, kind: u32) -> Option<f64> {
        Some(match kind {
            0 | 7 => f64::from(u8::from_le_bytes(self.array()?)),
            1 => f64::from(i8::from_le_bytes(self.array()?)),
            2 => f64::from(u16::from_le_bytes(self.array()?)),
            3 => f64::from(i16::from_le_bytes(self.array()?)),
            4 => f64::from(self.u32()?),
            5 => f64::from(i32::from_le_bytes(self.array()?)),
            6 => f64::from(f32::from_le_bytes(self.array()?)),
            10 => u64::from_le_bytes(self.array()?) as f64,
            11 => i64::from_le_bytes(self.array()?) as f64,
            12 => f64::from_le_bytes(self.array()?),
            _ => return None,
        })
    }
}

/// The types of texts and of rows of values.
const TEXT: u32 = 8;
const ROW: u32 = 9;
/// Where tensors begin is a multiple of this.
const ALIGNMENT: usize = 32;

impl Gguf {
    /// Reads a file.
    ///
    /// # Errors
    /// [`LikelihoodError::Unreadable`], [`LikelihoodError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, LikelihoodError> {
        let bytes = std::fs::read(path).map_err(|source| LikelihoodError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, bytes).ok_or_else(|| LikelihoodError::Damaged {
            path: path.to_owned(),
            what: "its header".to_owned(),
        })
    }

    fn parse(path: &Path, bytes: Vec<u8>) -> Option<Self> {
        let mut cursor = Cursor { bytes: &bytes, at: 0 };
        if cursor.take(4)? != b"GGUF" || cursor.u32()? < 2 {
            return None;
        }
        let (tensor_count, value_count) = (cursor.length()?, cursor.length()?);
        let (mut numbers, mut texts) = (HashMap::new(), HashMap::new());
        for _ in 0..value_count {
            let key = cursor.text()?;
            match cursor.u32()? {
                TEXT => {
                    texts.insert(key, vec![cursor.text()?]);
                }
                ROW => {
                    let (kind, length) = (cursor.u32()?, cursor.length()?);
                    let mut row = Vec::new();
                    for _ in 0..length {
                        match kind {
                            TEXT => row.push(cursor.text()?),
                            kind => drop(cursor.number(kind)?),
                        }
                    }
                    texts.insert(key, row);
                }
                kind => {
                    numbers.insert(key, cursor.number(kind)?);
                }
            }
        }
        let mut tensors = HashMap::new();
        for _ in 0..tensor_count {
            let name = cursor.text()?;
            let mut sizes = Vec::new();
            for _ in 0..cursor.u32()? {
                sizes.push(cursor.length()?);
            }
            let (kind, start) = (cursor.u32()?, cursor.length()?);
            let (columns, rest) = sizes.split_first()?;
            let stored = Stored {
                rows: rest.iter().product(),
                columns: *columns,
                kind,
                start,
            };
            tensors.insert(name, stored);
        }
        let data = cursor.at.next_multiple_of(ALIGNMENT);
        for stored in tensors.values_mut() {
            stored.start = stored.start.checked_add(data)?;
        }
        Some(Self {
            path: path.to_owned(),
            bytes,
            numbers,
            texts,
            tensors,
        })
    }

    /// A number that the file tells of itself.
    ///
    /// # Errors
    /// [`LikelihoodError::Untold`].
    pub fn number(&self, key: &'static str) -> Result<f64, LikelihoodError> {
        let number = self.numbers.get(key).copied();
        number.ok_or(LikelihoodError::Untold { key })
    }

    /// Texts that the file tells of itself: one, or a row.
    ///
    /// # Errors
    /// [`LikelihoodError::Untold`].
    pub fn texts(&self, key: &'static str) -> Result<&[String], LikelihoodError> {
        let texts = self.texts.get(key).map(Vec::as_slice);
        texts.ok_or(LikelihoodError::Untold { key })
    }

    /// A tensor's numbers.
    ///
    /// # Errors
    /// [`LikelihoodError::Damaged`]: there is none of that name, or of another type than those that are known here.
    pub fn matrix(&self, name: &str) -> Result<Matrix, LikelihoodError> {
        self.unpacked(name).ok_or_else(|| LikelihoodError::Damaged {
            path: self.path.clone(),
            what: format!("the tensor {name}"),
        })
    }

    fn unpacked(&self, name: &str) -> Option<Matrix> {
        let stored = self.tensors.get(name)?;
        let count = stored.rows.checked_mul(stored.columns)?;
        // A single number, or a block with what is told of it before its numbers.
        let (of, size) = match stored.kind {
            0 => (1, 4),
            3 => (BLOCK, 4 + BLOCK / 2),
            8 => (BLOCK, 2 + BLOCK),
            _ => return None,
        };
        let end = stored.start.checked_add(count / of * size)?;
        let mut numbers = Vec::with_capacity(count);
        for block in self.bytes.get(stored.start..end)?.chunks_exact(size) {
            let mut cursor = Cursor { bytes: block, at: 0 };
            let mut half = || cursor.array().map(|bytes| f16::from_le_bytes(bytes).to_f32());
            match stored.kind {
                0 => numbers.push(f32::from_le_bytes(block.try_into().ok()?)),
                3 => {
                    let (step, least) = (half()?, half()?);
                    let packed = block.get(4..)?;
                    let low = packed.iter().map(|byte| byte & 15);
                    let high = packed.iter().map(|byte| byte >> 4);
                    numbers.extend(low.chain(high).map(|number| f32::from(number) * step + least));
                }
                _ => {
                    let step = half()?;
                    let packed = block.get(2..)?.iter();
                    numbers.extend(packed.map(|byte| f32::from(byte.cast_signed()) * step));
                }
            }
        }
        Some(Matrix {
            columns: stored.columns,
            numbers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one number, one row of texts, and one tensor.
    fn file(kind: u32, columns: u64, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        let text = |bytes: &mut Vec<u8>, text: &str| {
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.bytes());
        };
        bytes.extend(1u64.to_le_bytes());
        bytes.extend(2u64.to_le_bytes());
        text(&mut bytes, "layers");
        bytes.extend(4u32.to_le_bytes());
        bytes.extend(30u32.to_le_bytes());
        text(&mut bytes, "words");
        bytes.extend(ROW.to_le_bytes());
        bytes.extend(TEXT.to_le_bytes());
        bytes.extend(2u64.to_le_bytes());
        text(&mut bytes, "a");
        text(&mut bytes, "b");
        text(&mut bytes, "weights");
        bytes.extend(1u32.to_le_bytes());
        bytes.extend(columns.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(0u64.to_le_bytes());
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        bytes.extend(data);
        bytes
    }

    #[test]
    fn blocks_are_unpacked() {
        let half = |number: f32| f16::from_f32(number).to_le_bytes();
        let fours = [&half(0.5)[..], &half(-1.0), &[0x21; 16]].concat();
        let bytes: Vec<u8> = [&half(0.5)[..], &[0xfe; 32]].concat();
        for (kind, data, first, last) in [(3, fours, -0.5, 0.0), (8, bytes, -1.0, -1.0)] {
            let gguf = Gguf::parse(Path::new("x.gguf"), file(kind, 32, &data)).unwrap();
            let matrix = gguf.matrix("weights").unwrap();
            assert_eq!((matrix.columns, matrix.numbers.len()), (32, 32));
            assert_eq!((matrix.numbers[0], matrix.numbers[31]), (first, last));
            assert_eq!(
                (gguf.number("layers").unwrap(), gguf.texts("words").unwrap().len()),
                (30.0, 2)
            );
        }
    }

    #[test]
    fn what_is_missing_or_cut_is_named() {
        let whole = file(0, 2, &[0; 8]);
        let gguf = Gguf::parse(Path::new("x.gguf"), whole.clone()).unwrap();
        assert_eq!(gguf.matrix("weights").unwrap().numbers, [0.0, 0.0]);
        let missing = gguf.matrix("others").unwrap_err().to_string();
        assert!(
            missing.contains("x.gguf") && missing.contains("others"),
            "{missing}"
        );
        assert!(gguf.number("heads").unwrap_err().to_string().contains("heads"));
        let cut = Gguf::parse(Path::new("x.gguf"), whole[..whole.len() - 1].to_vec()).unwrap();
        assert!(cut.matrix("weights").is_err());
        assert!((0..40).all(|end| Gguf::parse(Path::new("x.gguf"), whole[..end].to_vec()).is_none()));
    }
}
