//! Vectors kept in a file, so that a measurement can be repeated without the model. For one machine and one build alone.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use models::{Encoder, Purpose};

/// Texts that the model is given at one go.
const AT_ONCE: usize = 16;

/// A model, and what it has given.
pub struct Vectors {
    encoder: Encoder,
    known: HashMap<u64, Vec<f32>>,
    file: Option<BufWriter<File>>,
}

impl Vectors {
    /// Reads what is kept in the file, if one is named.
    ///
    /// # Errors
    /// When the file can't be read or made.
    pub fn open(encoder: Encoder, path: Option<&Path>) -> io::Result<Self> {
        let mut known = HashMap::new();
        let mut file = None;
        if let Some(path) = path {
            let opened = OpenOptions::new()
                .create(true)
                .append(true)
                .read(true)
                .open(path)?;
            let mut reader = BufReader::new(opened.try_clone()?);
            while let Some((key, vector)) = entry(&mut reader)? {
                known.insert(key, vector);
            }
            file = Some(BufWriter::new(opened));
        }
        Ok(Self { encoder, known, file })
    }

    /// Vectors of texts, in their order; tells how many are there.
    ///
    /// # Errors
    /// When the model fails, or the file can't be written.
    pub async fn of(
        &mut self,
        texts: &[String],
        purpose: Purpose,
        mut told: impl FnMut(u64),
    ) -> anyhow::Result<Vec<Vec<f32>>> {
        let mut all = Vec::with_capacity(texts.len());
        for some in texts.chunks(AT_ONCE) {
            let keys: Vec<u64> = some.iter().map(|text| self.key(text, purpose)).collect();
            let unknown = |(key, _): &(&u64, &String)| !self.known.contains_key(key);
            let (new, new_texts): (Vec<u64>, Vec<String>) = keys
                .iter()
                .zip(some)
                .filter(unknown)
                .map(|(key, text)| (*key, text.clone()))
                .unzip();
            let given = self.encoder.embed(&new_texts, purpose).await?.vectors;
            for (key, vector) in new.into_iter().zip(given) {
                if let Some(file) = &mut self.file {
                    write(file, key, &vector)?;
                }
                self.known.insert(key, vector);
            }
            all.extend(keys.iter().filter_map(|key| self.known.get(key).cloned()));
            told(all.len() as u64);
        }
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        Ok(all)
    }

    fn key(&self, text: &str, purpose: Purpose) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.encoder.name(), purpose, text).hash(&mut hasher);
        hasher.finish()
    }
}

fn write(file: &mut impl Write, key: u64, vector: &[f32]) -> io::Result<()> {
    file.write_all(&key.to_le_bytes())?;
    let length = u32::try_from(vector.len()).map_err(io::Error::other)?;
    file.write_all(&length.to_le_bytes())?;
    vector.iter().try_for_each(|x| file.write_all(&x.to_le_bytes()))
}

/// The next entry; none at the end, also where a run was ended within an entry.
fn entry(file: &mut impl Read) -> io::Result<Option<(u64, Vec<f32>)>> {
    let (mut key, mut length) = ([0; 8], [0; 4]);
    let read = (|| {
        file.read_exact(&mut key)?;
        file.read_exact(&mut length)?;
        let mut bytes = vec![0; u32::from_le_bytes(length) as usize * 4];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    })();
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) if io::Error::kind(&error) == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let (numbers, _) = bytes.as_chunks();
    let vector = numbers.iter().map(|number| f32::from_le_bytes(*number));
    Ok(Some((u64::from_le_bytes(key), vector.collect())))
}
