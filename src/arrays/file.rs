//! A file of arrays: `.npy`, `.npz`, safetensors, or text.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use rawzip::{FileReader, RangeReader, ReaderAt};

use super::array::Array;
use super::labels::{self, Classes, Labels};
use super::stream::{Stream, by_row, unreadable};
use super::{npy, npz, safetensors, text};

type Source = Arc<dyn ReaderAt + Send + Sync>;

/// A file of arrays whose directory has been read, and whose elements are read when asked for, so that no more is in
/// memory than what is made of them. Several arrays can be read at once.
///
/// ```
/// use gauss_sim::arrays::{ArrayFile, Classes};
///
/// let file = ArrayFile::of_bytes(b"cat\ndog\ncat\n".to_vec())?;
/// let classes = Classes::default();
/// let labels = file.only()?.labels(&classes)?;
/// assert_eq!((labels.codes.as_slice(), classes.names().as_slice()), (&[0, 1, 0][..], &["cat", "dog"].map(String::from)[..]));
/// # Ok::<(), String>(())
/// ```
pub struct ArrayFile {
    source: Source,
    size: u64,
    names: Vec<String>,
    places: Places,
}

/// Where the arrays are, in the order of their names.
enum Places {
    Npy,
    Npz(npz::Archive<Source>, Vec<npz::Place>),
    Safetensors(Vec<safetensors::Tensor>),
    Text(String),
}

/// An array of a file.
#[derive(Clone, Copy)]
pub struct ArrayEntry<'a> {
    file: &'a ArrayFile,
    index: usize,
}

impl ArrayFile {
    /// Opens a file, or standard input, which is called `-`. An error is one line, without the name of the file.
    pub fn open(path: &Path) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("cannot be read ({error})");
        if path == Path::new("-") {
            return Self::of_bytes(super::bytes_of(path).map_err(failed)?);
        }
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        // A pipe has no size, and cannot be read at a place.
        if !metadata.is_file() {
            return Self::of_bytes(super::bytes_of(path).map_err(failed)?);
        }
        Self::of(Arc::new(FileReader::from(file)), metadata.len())
    }

    /// Opens a file that has been read.
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, String> {
        let size = bytes.len() as u64;
        Self::of(Arc::new(bytes), size)
    }

    fn of(source: Source, size: u64) -> Result<Self, String> {
        let mut start = Vec::new();
        RangeReader::new(&source, 0..size.min(16))
            .read_to_end(&mut start)
            .map_err(|error| unreadable(&error))?;
        let of =
            |names: Vec<String>, places| Ok(Self { source: source.clone(), size, names, places });
        if start.starts_with(npy::MAGIC) {
            return of(vec![String::new()], Places::Npy);
        }
        if start.starts_with(npz::MAGIC) {
            let (archive, places) = npz::Archive::open(source.clone(), size)?;
            let (names, places) = places.into_iter().unzip();
            return of(names, Places::Npz(archive, places));
        }
        if safetensors::begins(&start) {
            let tensors = safetensors::tensors(&source, size)?;
            let names = tensors.iter().map(|tensor| tensor.name.clone()).collect();
            return of(names, Places::Safetensors(tensors));
        }
        if start.starts_with(b"\x80") {
            return Err("is a pickle, which is not read: save it with numpy.save".to_owned());
        }
        let mut bytes = Vec::new();
        RangeReader::new(&source, 0..size)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(&error))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            "is neither text in UTF-8 nor an array of numpy.save: write numbers, separated by commas"
        })?;
        of(vec![String::new()], Places::Text(text))
    }

    /// The names of its arrays; that of an only one may be empty.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The array of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<ArrayEntry<'_>> {
        let index = self.names.iter().position(|own| own == name)?;
        Some(ArrayEntry { file: self, index })
    }

    /// The only array. Fails where there are several.
    pub fn only(&self) -> Result<ArrayEntry<'_>, String> {
        match self.names.len() {
            1 => Ok(ArrayEntry { file: self, index: 0 }),
            several => {
                let names: Vec<&str> = self.names().take(5).collect();
                let more = if several > 5 { ", …" } else { "" };
                Err(format!(
                    "has {several} arrays ({}{more}): save the one array with numpy.save",
                    names.join(", ")
                ))
            }
        }
    }

    /// Whether it is text rather than a format of arrays.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.places, Places::Text(_))
    }
}

impl ArrayEntry<'_> {
    /// The lengths of its dimensions, as they are announced; `None` of text, which announces nothing.
    pub fn shape(&self) -> Result<Option<Vec<usize>>, String> {
        Ok(self.stream()?.map(|stream| stream.shape))
    }

    /// Reads its numbers. Not a number and infinity are numbers here.
    pub fn numbers(&self) -> Result<Array, String> {
        let Some(stream) = self.stream()? else {
            return text::parse(self.text());
        };
        if stream.element.is_text() {
            return Err("has text: numbers are read; save it with x.astype(float)".to_owned());
        }
        let extent = stream.extent()?;
        let (element, by_column) = (stream.element, stream.by_column);
        let mut values = Vec::with_capacity(stream.expected());
        stream.pieces(|bytes| {
            element.numbers(bytes, &mut values);
            Ok(())
        })?;
        if by_column && extent.columns.is_some() {
            values = by_row(&values, extent);
        }
        Ok(Array { rows: extent.rows, columns: extent.columns, values, notes: Vec::new() })
    }

    /// Reads its labels: integers or strings.
    pub fn labels(&self, classes: &Classes) -> Result<Labels, String> {
        match self.stream()? {
            Some(stream) => labels::read(stream, classes),
            None => text::labels(self.text(), classes),
        }
    }

    fn text(&self) -> &str {
        match &self.file.places {
            Places::Text(text) => text,
            _ => "",
        }
    }

    /// Begins to read it; `None` of text.
    fn stream(&self) -> Result<Option<Stream<'_>>, String> {
        let file = self.file;
        match &file.places {
            Places::Npy => {
                let whole = RangeReader::new(&file.source, 0..file.size);
                npy::stream(Box::new(whole), file.size, file.size).map(Some)
            }
            Places::Npz(archive, places) => archive.array(places[self.index]).map(Some),
            Places::Safetensors(tensors) => {
                let tensor = &tensors[self.index];
                let bytes = tensor.place.end - tensor.place.start;
                Ok(Some(Stream {
                    element: tensor.element.clone()?,
                    shape: tensor.shape.clone(),
                    by_column: false,
                    data: Box::new(RangeReader::new(&file.source, tensor.place.clone())),
                    bytes,
                    stored: bytes,
                }))
            }
            Places::Text(_) => Ok(None),
        }
    }
}
