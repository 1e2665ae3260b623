//! Rows of sixteen numbers, and the loops over them. Each loop is compiled separately for every level, because the
//! compiler does not vectorise large functions. Loops are over flat slices, since those over rows of arrays become
//! gathers.

mod draw;
mod step;
mod sum;

use std::ops::{Deref, DerefMut};

use crate::stream::LANES;

pub(super) use draw::{
    PairWords, list_signs, list_sums, normal_gains, normal_signs, normal_sums, real_signs,
    sum_signs, widen, words,
};
pub(super) use step::{advance, advance_and_count, normal_steps};
pub(super) use sum::{
    Part, Parts, add_attacked, add_clean, add_moved, add_positions, add_theta, add_weighted, data,
    mask, verdicts,
};

/// One number for each of sixteen samples.
pub(super) type Line<T> = [T; LANES];

/// Rows that are aligned so that vectors of 64 bytes load without crossing a cache line.
#[derive(Debug)]
pub(super) struct Rows<T> {
    numbers: Vec<T>,
    start: usize,
    rows: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { numbers: Vec::new(), start: 0, rows: 0 }
    }
}

impl<T: Copy + Default> Clone for Rows<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::default();
        clone.copy(self);
        clone
    }
}

impl<T: Copy + Default> Rows<T> {
    const ALIGNMENT: usize = 64;

    /// Resizes to this many rows, with arbitrary contents.
    pub(super) fn resize(&mut self, rows: usize) {
        self.rows = rows;
        let room = Self::ALIGNMENT / size_of::<T>();
        if self.numbers.len() < rows * LANES + room {
            self.numbers = vec![T::default(); rows * LANES + room];
            // `align_offset` may fail, which only costs time.
            self.start = self.numbers.as_ptr().align_offset(Self::ALIGNMENT).min(room);
        }
    }

    /// Resizes to this many rows, all equal to `line`.
    pub(super) fn set(&mut self, rows: usize, line: Line<T>) {
        self.resize(rows);
        self.fill(line);
    }

    /// Copies the rows of another slice.
    pub(super) fn copy(&mut self, from: &[Line<T>]) {
        self.resize(from.len());
        self.copy_from_slice(from);
    }
}

impl<T> Deref for Rows<T> {
    type Target = [Line<T>];

    fn deref(&self) -> &[Line<T>] {
        self.numbers[self.start..][..self.rows * LANES].as_chunks().0
    }
}

impl<T> DerefMut for Rows<T> {
    fn deref_mut(&mut self) -> &mut [Line<T>] {
        self.numbers[self.start..][..self.rows * LANES].as_chunks_mut().0
    }
}
