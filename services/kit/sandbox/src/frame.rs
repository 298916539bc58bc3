//! Frames: nonce, kind, length, body. Worker → host on the result pipe, host → worker on the request socket.
//!
//! The nonce keeps what a library happens to print, or what was sent before there was a job, from passing for an answer.
//! It keeps no secret from code inside the worker: the host believes nothing that a frame says without a look of its own.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::error::{Output, ProtocolError, SandboxError};

const NONCE: usize = 16;
/// Nonce, kind, length.
pub(crate) const HEADER: usize = NONCE + 1 + 4;
/// The most that a frame other than the result may hold.
pub(crate) const SHORT: u64 = 16 << 10;

/// Sixteen random bytes that belong to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Nonce([u8; NONCE]);

impl Nonce {
    /// For the very first frame to the worker, which tells it the nonce.
    pub(crate) const ZERO: Self = Self([0; NONCE]);

    pub(crate) fn random() -> rustix::io::Result<Self> {
        let mut bytes = [0; NONCE];
        rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
        Ok(Self(bytes))
    }
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tag {
    /// Worker: locked down, with these layers (JSON).
    Ready = 1,
    /// Worker: the answer (bytes of the kind's own).
    Result = 2,
    /// Worker: it can't be done (text).
    Failed = 3,
    /// Worker: it panicked (text).
    Panicked = 4,
    /// Worker: a system call was forbidden (its number, 8 bytes).
    Violation = 5,
    /// Worker: it can't even begin (text).
    Broken = 6,
    /// Host: who you are (JSON), with the result and the bulk pipe.
    Hello = 16,
    /// Host: your job (JSON), with its inputs; the request follows.
    Job = 17,
}

impl Tag {
    fn of(byte: u8) -> Option<Self> {
        [
            Self::Ready,
            Self::Result,
            Self::Failed,
            Self::Panicked,
            Self::Violation,
            Self::Broken,
            Self::Hello,
            Self::Job,
        ]
        .into_iter()
        .find(|tag| *tag as u8 == byte)
    }
}

/// The bytes of a frame's header.
pub(crate) fn header(nonce: Nonce, tag: Tag, length: u32) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    let (head, rest) = bytes.split_at_mut(NONCE);
    head.copy_from_slice(&nonce.0);
    let (kind, count) = rest.split_at_mut(1);
    kind.copy_from_slice(&[tag as u8]);
    count.copy_from_slice(&length.to_le_bytes());
    bytes
}

/// Writes a whole frame.
pub(crate) fn write(to: &mut impl Write, nonce: Nonce, tag: Tag, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    to.write_all(&header(nonce, tag, length))?;
    to.write_all(body)
}

/// Takes a header apart.
pub(crate) fn parse(header: &[u8; HEADER], nonce: Nonce) -> Result<(Tag, u32), ProtocolError> {
    let (head, rest) = header.split_at(NONCE);
    if head != nonce.0 {
        return Err(ProtocolError::Forged);
    }
    let (kind, length) = rest.split_at(1);
    let kind = kind.first().copied().unwrap_or_default();
    let tag = Tag::of(kind).ok_or(ProtocolError::Unexpected(kind))?;
    let length = length.try_into().map_err(|_| ProtocolError::Malformed(kind))?;
    Ok((tag, u32::from_le_bytes(length)))
}

/// A frame that has been read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) tag: Tag,
    pub(crate) body: Vec<u8>,
}

/// Puts frames together from pieces of any size, and never holds more than a frame may have.
#[derive(Debug)]
pub(crate) struct Decoder {
    nonce: Nonce,
    result: u64,
    bytes: Vec<u8>,
}

impl Decoder {
    /// For frames with this nonce, and a result of at most so many bytes.
    pub(crate) fn new(nonce: Nonce, result: u64) -> Self {
        Self {
            nonce,
            result,
            bytes: Vec::new(),
        }
    }

    /// Takes a piece.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// A header that is wrong or announces too much is refused before its body is there.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, SandboxError> {
        let Some(header) = self.bytes.first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let (tag, length) = parse(header, self.nonce)?;
        let limit = if tag == Tag::Result { self.result } else { SHORT };
        if u64::from(length) > limit {
            let output = Output::Result;
            return Err(SandboxError::OutputTooLarge { output, limit });
        }
        let end = HEADER + length as usize;
        if self.bytes.len() < end {
            return Ok(None);
        }
        let rest = self.bytes.split_off(end);
        let mut body = std::mem::replace(&mut self.bytes, rest);
        body.drain(..HEADER);
        Ok(Some(Frame { tag, body }))
    }

    /// False when a frame has begun that is not whole.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Nonce = Nonce([7; NONCE]);

    fn bytes(nonce: Nonce, tag: Tag, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, nonce, tag, body).unwrap();
        bytes
    }

    #[test]
    fn frames_come_out_whole_however_they_were_cut() {
        let sent = [bytes(OURS, Tag::Failed, b"no"), bytes(OURS, Tag::Result, b"yes")].concat();
        for cut in 1..sent.len() {
            let mut decoder = Decoder::new(OURS, 100);
            let mut got = Vec::new();
            for piece in sent.chunks(cut) {
                decoder.push(piece);
                while let Some(frame) = decoder.next().unwrap() {
                    got.push((frame.tag, frame.body));
                }
            }
            assert_eq!(
                got,
                [(Tag::Failed, b"no".to_vec()), (Tag::Result, b"yes".to_vec())]
            );
            assert!(decoder.is_empty());
        }
    }

    #[test]
    fn a_length_above_the_limit_is_refused_before_its_body() {
        let mut decoder = Decoder::new(OURS, 100);
        decoder.push(&header(OURS, Tag::Result, u32::MAX));
        assert!(matches!(
            decoder.next(),
            Err(SandboxError::OutputTooLarge {
                output: Output::Result,
                limit: 100
            })
        ));
    }

    #[test]
    fn foreign_and_unknown_frames_are_refused() {
        let refused = |bytes: &[u8]| {
            let mut decoder = Decoder::new(OURS, 100);
            decoder.push(bytes);
            match decoder.next() {
                Err(SandboxError::Protocol(error)) => error,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            refused(&bytes(Nonce::ZERO, Tag::Result, b"")),
            ProtocolError::Forged
        );
        let mut unknown = bytes(OURS, Tag::Result, b"");
        unknown[NONCE] = 99;
        assert_eq!(refused(&unknown), ProtocolError::Unexpected(99));
    }
}
