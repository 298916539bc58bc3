//! A descriptor that several workers read at once.
//!
//! Descriptors of one open file share its offset, also between processes: whoever reads and seeks through one moves all
//! others. So everything here reads at positions, and keeps its own.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::Result as ParquetResult;
use parquet::file::reader::{ChunkReader, Length};
use polars::io::mmap::MmapBytesReader;

/// An open file, and a place in it that nobody else moves.
#[derive(Debug, Clone)]
pub struct SharedFile {
    file: Arc<File>,
    size: u64,
    at: u64,
}

impl SharedFile {
    /// Reads from the beginning of a file.
    ///
    /// # Errors
    /// When its size can't be told.
    pub fn new(file: File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self {
            file: Arc::new(file),
            size,
            at: 0,
        })
    }
}

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let (base, by) = match position {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.size, by),
            SeekFrom::Current(by) => (self.at, by),
        };
        self.at = base
            .checked_add_signed(by)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning"))?;
        Ok(self.at)
    }
}

/// Polars maps the file and reads the metadata.
impl MmapBytesReader for SharedFile {
    fn to_file(&self) -> Option<&File> {
        Some(&self.file)
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.size
    }
}

/// The parquet crate reads the chunks of the columns that are wanted.
impl ChunkReader for SharedFile {
    type T = BufReader<Self>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(BufReader::new(Self {
            at: start,
            ..self.clone()
        }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // Lengths come out of the file: more than there is must not be asked of memory.
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.size) {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}
