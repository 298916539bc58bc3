//! Bulk output: parts of any length through a pipe, such as one Parquet file for each sheet of a workbook.
//!
//! A part is a run of pieces, each its length (four bytes, little-endian) and its bytes, closed by a piece of length
//! zero. The host looks at the lengths alone and passes the bytes on.

use std::io::{self, Write};

use crate::error::{Output, ProtocolError, SandboxError};

/// The most parts of one job: a workbook of more sheets than that is not answered sensibly anyway.
pub const MOST_PARTS: u32 = 4096;

const PIECE: usize = 60 << 10;

/// Where a job's bulk output goes on the host's side. Closures of the same shape are sinks.
pub trait Sink {
    /// Takes the next bytes of a part. Parts are numbered from 0 and come one after the other; an empty one doesn't come.
    /// The time that this takes counts as the job's, and its worker is not watched meanwhile, only limited by the kernel:
    /// hand the bytes on to somebody else where that may take long.
    ///
    /// # Errors
    /// Ends the job, as [`SandboxError::Sink`].
    fn write(&mut self, part: u32, bytes: &[u8]) -> io::Result<()>;
}

impl<F: FnMut(u32, &[u8]) -> io::Result<()>> Sink for F {
    fn write(&mut self, part: u32, bytes: &[u8]) -> io::Result<()> {
        self(part, bytes)
    }
}

/// For jobs without bulk output, whose limit of it is 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBulk;

impl Sink for NoBulk {
    fn write(&mut self, _part: u32, _bytes: &[u8]) -> io::Result<()> {
        Err(io::Error::other("no bulk output is expected of this job"))
    }
}

/// The worker's side: writes one part after the other. It is buffered; [`BulkWriter::end_part`] closes a part.
#[derive(Debug)]
pub struct BulkWriter<W: Write> {
    pipe: W,
    piece: Vec<u8>,
    open: bool,
}

impl<W: Write> BulkWriter<W> {
    pub(crate) fn new(pipe: W) -> Self {
        Self {
            pipe,
            piece: Vec::new(),
            open: false,
        }
    }

    /// Closes the part; what is written next belongs to the next one. A part may be empty.
    ///
    /// # Errors
    /// When the host has stopped reading.
    pub fn end_part(&mut self) -> io::Result<()> {
        self.flush()?;
        self.pipe.write_all(&0u32.to_le_bytes())?;
        self.open = false;
        Ok(())
    }

    /// Closes what is open.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if self.open { self.end_part() } else { Ok(()) }
    }
}

impl<W: Write> Write for BulkWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open = true;
        let taken = bytes.len().min(PIECE - self.piece.len());
        let (now, _) = bytes.split_at(taken);
        self.piece.extend_from_slice(now);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(self.piece.len()).map_err(io::Error::other)?;
        self.pipe.write_all(&length.to_le_bytes())?;
        self.pipe.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

/// The host's side: follows the pieces, counts, and hands the bytes on.
#[derive(Debug)]
pub(crate) struct BulkReader {
    limit: u64,
    total: u64,
    /// Lengths of the closed parts.
    parts: Vec<u64>,
    /// Bytes of the part that is open.
    current: u64,
    /// Bytes that are still to come of the piece.
    piece: u64,
    length: Vec<u8>,
}

impl BulkReader {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            total: 0,
            parts: Vec::new(),
            current: 0,
            piece: 0,
            length: Vec::new(),
        }
    }

    /// Takes what came out of the pipe.
    pub(crate) fn push(&mut self, mut bytes: &[u8], sink: &mut dyn Sink) -> Result<(), SandboxError> {
        while !bytes.is_empty() {
            if self.piece == 0 {
                let (now, rest) = bytes.split_at((4 - self.length.len()).min(bytes.len()));
                self.length.extend_from_slice(now);
                bytes = rest;
                if let Ok(length) = <[u8; 4]>::try_from(self.length.as_slice()) {
                    self.length.clear();
                    self.begin(u32::from_le_bytes(length))?;
                }
                continue;
            }
            let taken = usize::try_from(self.piece).map_or(bytes.len(), |piece| piece.min(bytes.len()));
            let (now, rest) = bytes.split_at(taken);
            let part = u32::try_from(self.parts.len()).unwrap_or(MOST_PARTS);
            sink.write(part, now).map_err(SandboxError::Sink)?;
            self.piece -= taken as u64;
            self.current += taken as u64;
            bytes = rest;
        }
        Ok(())
    }

    fn begin(&mut self, length: u32) -> Result<(), SandboxError> {
        if self.parts.len() >= MOST_PARTS as usize {
            return Err(ProtocolError::TooManyParts(MOST_PARTS).into());
        }
        if length == 0 {
            self.parts.push(std::mem::take(&mut self.current));
            return Ok(());
        }
        self.total += u64::from(length);
        if self.total > self.limit {
            return Err(SandboxError::OutputTooLarge {
                output: Output::Bulk,
                limit: self.limit,
            });
        }
        self.piece = u64::from(length);
        Ok(())
    }

    /// The length of each part.
    pub(crate) fn finish(self) -> Result<Vec<u64>, ProtocolError> {
        if self.piece == 0 && self.current == 0 && self.length.is_empty() {
            Ok(self.parts)
        } else {
            Err(ProtocolError::BulkTruncated)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], limit: u64, cut: usize) -> Result<(Vec<u64>, Vec<Vec<u8>>), SandboxError> {
        let mut reader = BulkReader::new(limit);
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for piece in bytes.chunks(cut) {
            reader.push(piece, &mut |part: u32, bytes: &[u8]| {
                parts.resize((part as usize + 1).max(parts.len()), Vec::new());
                parts[part as usize].extend_from_slice(bytes);
                Ok(())
            })?;
        }
        Ok((reader.finish()?, parts))
    }

    #[test]
    fn parts_come_out_as_they_went_in() {
        let mut bytes = Vec::new();
        let mut writer = BulkWriter::new(&mut bytes);
        let large = vec![3; 2 * PIECE + 5];
        writer.write_all(b"one").unwrap();
        writer.end_part().unwrap();
        writer.end_part().unwrap();
        writer.write_all(&large).unwrap();
        writer.finish().unwrap();
        for cut in [1, 2, 7, 4096, bytes.len()] {
            let (lengths, parts) = read(&bytes, 1 << 20, cut).unwrap();
            assert_eq!(lengths, [3, 0, large.len() as u64]);
            assert_eq!(parts, [b"one".to_vec(), Vec::new(), large.clone()]);
        }
    }

    #[test]
    fn more_than_the_limit_is_refused_when_announced() {
        let error = read(&u32::MAX.to_le_bytes(), 100, 4).unwrap_err();
        assert!(matches!(
            error,
            SandboxError::OutputTooLarge {
                output: Output::Bulk,
                limit: 100
            }
        ));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let mut bytes = Vec::new();
        let mut writer = BulkWriter::new(&mut bytes);
        writer.write_all(b"one").unwrap();
        writer.end_part().unwrap();
        for end in 1..bytes.len() {
            assert!(
                matches!(
                    read(&bytes[..end], 100, 100),
                    Err(SandboxError::Protocol(ProtocolError::BulkTruncated))
                ),
                "{end} bytes"
            );
        }
    }

    #[test]
    fn parts_are_counted() {
        let error = read(&vec![0; 4 * (MOST_PARTS as usize + 1)], 100, 4096).unwrap_err();
        assert!(matches!(
            error,
            SandboxError::Protocol(ProtocolError::TooManyParts(MOST_PARTS))
        ));
    }
}
