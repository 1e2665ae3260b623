//! NumPy's archives: `.npz`, as numpy.savez and numpy.savez_compressed write them.

use std::io::{BufReader, Read};

use flate2::bufread::DeflateDecoder;
use rawzip::{
    CompressionMethod, RangeReader, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator,
};

use super::npy;
use super::stream::Stream;

/// What such a file begins with.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";

/// Where an archive's array is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    at: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

/// An archive of arrays, whose directory has been read.
pub(super) struct Archive<R> {
    archive: ZipArchive<R>,
}

impl<R: ReaderAt> Archive<R> {
    /// Reads the directory: the arrays, each with its name and its place.
    pub(super) fn open(source: R, size: u64) -> Result<(Self, Vec<(String, Place)>), String> {
        let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
        let archive = ZipLocator::new()
            .locate_in_reader(source, &mut buffer, size)
            .map_err(|(_, error)| broken(&error))?;
        let mut places = Vec::new();
        let mut entries = archive.entries(&mut buffer);
        while let Some(entry) = entries.next_entry().map_err(|error| broken(&error))? {
            let name = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
            let method = entry.compression_method();
            if let Some(name) = name.strip_suffix(".npy") {
                places.push((name.to_owned(), Place { at: entry.wayfinder(), method }));
            }
        }
        if places.is_empty() {
            return Err("is an archive without arrays: save it with numpy.savez".to_owned());
        }
        Ok((Self { archive }, places))
    }

    /// Begins to read an array.
    pub(super) fn array(&self, place: Place) -> Result<Stream<'_>, String> {
        let entry = self.archive.get_entry(place.at).map_err(|error| broken(&error))?;
        let (start, end) = entry.compressed_data_range();
        let range = RangeReader::new(self.archive.get_ref(), start..end);
        let reader: Box<dyn Read> = match place.method {
            CompressionMethod::STORE => Box::new(range),
            CompressionMethod::DEFLATE => {
                Box::new(DeflateDecoder::new(BufReader::with_capacity(1 << 16, range)))
            }
            other => {
                return Err(format!(
                    "is packed by method {}: save it with numpy.savez or numpy.savez_compressed",
                    other.as_u16()
                ));
            }
        };
        let size = place.at.uncompressed_size_hint();
        npy::stream(Box::new(entry.verifying_reader(reader)), size, end - start)
    }
}

fn broken(error: &rawzip::Error) -> String {
    format!("is a broken archive ({error}): save it again with numpy.savez").replace('\n', " ")
}
