//! The elements of one array, read piece by piece: no more of a file is in memory than what is made of it.

use std::io::{ErrorKind, Read};

use super::element::Element;

/// The elements of an array, from the first on, in the order of the file.
pub(super) struct Stream<'a> {
    pub(super) element: Element,
    pub(super) shape: Vec<usize>,
    /// Whether the first index varies fastest.
    pub(super) by_column: bool,
    /// The bytes of the elements, and nothing else.
    pub(super) data: Box<dyn Read + 'a>,
    /// How many there have to be.
    pub(super) bytes: u64,
    /// How many bytes of the file hold them: fewer where they are compressed.
    pub(super) stored: u64,
}

/// How many rows and columns; of a list, no columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) rows: usize,
    pub(super) columns: Option<usize>,
}

/// How many bytes are read at once.
const PIECE: usize = 1 << 20;

/// The largest ratio of what deflate writes to what it reads is 1032.
const MOST_INFLATED: u64 = 1032;

impl Stream<'_> {
    /// How many rows and columns it has. Fails unless it has one or two dimensions, elements, and as many bytes as they
    /// need. A single number is a list of one.
    pub(super) fn extent(&self) -> Result<Extent, String> {
        let (rows, columns) = match *self.shape.as_slice() {
            [] => (1, None),
            [rows] => (rows, None),
            [rows, columns] => (rows, Some(columns)),
            _ => {
                let dimensions = self.shape.len();
                return Err(format!("has {dimensions} dimensions: an array of one or two is read"));
            }
        };
        let (found, size, shape) = (self.bytes, self.element.size, &self.shape);
        let count = rows.checked_mul(columns.unwrap_or(1));
        let expected = count.and_then(|count| count.checked_mul(size));
        if expected.is_none_or(|expected| expected as u64 != found) {
            let what = if self.element.is_text() { "text" } else { "numbers" };
            return Err(format!(
                "has {found} bytes of {what}, not {size} for each element of its shape {shape:?}"
            ));
        }
        if count == Some(0) {
            return Err("is empty: it has no numbers".to_owned());
        }
        if found / MOST_INFLATED > self.stored + 1 {
            return Err(format!(
                "has {} bytes, which cannot hold the {found} bytes that it announces",
                self.stored
            ));
        }
        Ok(Extent { rows, columns })
    }

    /// How many elements to make room for before any is read: no more than the bytes in the file.
    pub(super) fn expected(&self) -> usize {
        let elements = self.bytes / self.element.size.max(1) as u64;
        usize::try_from(elements.min(self.stored)).unwrap_or(0)
    }

    /// Calls a function with all elements, some whole ones at a time.
    pub(super) fn pieces(
        mut self,
        mut take: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), String> {
        let size = self.element.size as u64;
        let piece = (PIECE as u64 / size).max(1) * size;
        let mut buffer = vec![0; usize::try_from(piece.min(self.bytes)).unwrap_or(PIECE)];
        let mut left = self.bytes;
        while left > 0 {
            let now = &mut buffer[..usize::try_from(left.min(piece)).unwrap_or(PIECE)];
            self.data.read_exact(now).map_err(|error| unreadable(&error))?;
            left -= now.len() as u64;
            take(now)?;
        }
        // Of an archive, the checksum is compared here.
        match self.data.read(&mut [0]).map_err(|error| unreadable(&error))? {
            0 => Ok(()),
            _ => Err("goes on behind its last element: save it again".to_owned()),
        }
    }
}

/// Why bytes could not be read.
pub(super) fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "ends too early: save it again".to_owned(),
        _ => format!("cannot be read ({error})").replace('\n', " "),
    }
}

/// Elements row by row, of which the first index varied fastest.
pub(super) fn by_row<T: Copy + Default>(by_column: &[T], extent: Extent) -> Vec<T> {
    let (rows, columns) = (extent.rows, extent.columns.unwrap_or(1));
    // Square tiles, so that neither side leaves the cache.
    const TILE: usize = 64;
    let mut values = vec![T::default(); by_column.len()];
    for row in (0..rows).step_by(TILE) {
        for column in (0..columns).step_by(TILE) {
            for i in row..(row + TILE).min(rows) {
                for j in column..(column + TILE).min(columns) {
                    values[i * columns + j] = by_column[j * rows + i];
                }
            }
        }
    }
    values
}
