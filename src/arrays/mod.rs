//! Arrays of numbers from files that other programs write: text with any usual separator, and NumPy's `.npy`.
//!
//! Both give an [`Array`] with notes on what was left out on the way, such as a header. Something that is not a
//! number is an error that names the line and the field: nothing is guessed.

mod npy;
mod text;

use std::fs;
use std::io::Read as _;
use std::path::Path;

/// Numbers in one or two dimensions, stored row by row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// The number of rows; for a list, the number of its elements.
    pub rows: usize,
    /// The number of columns; `None` for a list.
    pub columns: Option<usize>,
    /// All numbers.
    pub values: Vec<f64>,
    /// Notes on what was left out, in words.
    pub notes: Vec<String>,
}

impl Array {
    /// Returns the rows of a matrix; for a list, rows of one number.
    #[must_use]
    pub fn into_rows(self) -> Vec<Vec<f64>> {
        self.values.chunks(self.columns.unwrap_or(1).max(1)).map(<[f64]>::to_vec).collect()
    }

    /// Returns the numbers if they are a list: one dimension, one row, or one column.
    #[must_use]
    pub fn as_list(&self) -> Option<&[f64]> {
        let is_list = self.columns.is_none_or(|columns| columns == 1 || self.rows == 1);
        is_list.then_some(&self.values)
    }
}

/// Returns the bytes of a file, or of standard input, which is called `-`.
pub fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path)
}

/// Returns the text of a file, or of standard input, which is called `-`.
pub fn text_of(path: &Path) -> std::io::Result<String> {
    String::from_utf8(bytes_of(path)?).map_err(std::io::Error::other)
}

/// Reads an array: `.npy` if the file starts with its magic bytes, and text otherwise. An error is one line, without
/// the name of the file.
pub fn read(path: &Path) -> Result<Array, String> {
    let bytes = bytes_of(path).map_err(|error| format!("cannot be read ({error})"))?;
    parse(&bytes)
}

/// Reads an array from the bytes of a file.
pub fn parse(bytes: &[u8]) -> Result<Array, String> {
    if bytes.starts_with(npy::MAGIC) {
        return npy::parse(bytes);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err("is an archive (.npz or .zip): save the one array with numpy.save".to_owned());
    }
    if bytes.starts_with(b"\x80") {
        return Err("is a pickle, which is not read: save it with numpy.save".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        "is neither text in UTF-8 nor an array of numpy.save: write numbers, separated by commas"
    })?;
    text::parse(text)
}
