//! Arrays from files that other programs write: text with any usual separator, NumPy's `.npy` and `.npz`, and
//! safetensors.
//!
//! An [`ArrayFile`] has one array or several with names. Each gives an [`Array`] of numbers or [`Labels`], and says what
//! was noticed on the way, such as a header that was left out. What is neither is an error that names the place: nothing
//! is guessed. Nothing a file announces is believed before its bytes are there: no more memory is taken than the file is
//! long, up to the size of a number.

mod array;
mod element;
mod file;
mod labels;
mod npy;
mod npz;
mod safetensors;
mod stream;
mod text;

use std::fs;
use std::io::Read as _;
use std::path::Path;

pub use array::Array;
pub use file::{ArrayEntry, ArrayFile};
pub use labels::{Classes, Labels};

/// The bytes of a file, or of standard input, which is called `-`.
pub fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path)
}

/// The text of a file, or of standard input, which is called `-`.
pub fn text_of(path: &Path) -> std::io::Result<String> {
    String::from_utf8(bytes_of(path)?).map_err(std::io::Error::other)
}

/// Reads the only array of a file as numbers. An error is one line, without the name of the file.
pub fn read(path: &Path) -> Result<Array, String> {
    ArrayFile::open(path)?.only()?.numbers()
}

/// Reads the only array from the bytes of a file as numbers.
pub fn parse(bytes: &[u8]) -> Result<Array, String> {
    ArrayFile::of_bytes(bytes.to_vec())?.only()?.numbers()
}
