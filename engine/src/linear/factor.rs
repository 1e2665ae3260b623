//! The root of a covariance: L with LLᵀ = C, by a Cholesky factorisation of this crate, and L times many vectors.
//!
//! A scalar or diagonal covariance takes one multiplication per coordinate. A full one is factored with pivots: the
//! next coordinate is the one that, given those before it, keeps the largest share of its own variance (the first of
//! equal ones). When the largest share is due to rounding alone, the rest is left out, so that L has as many columns
//! as the rank of the matrix, and the part left out is at most that share of √(Cᵢᵢ·Cⱼⱼ) in every entry. In the order
//! of the pivots, L is a trapezoid.

use task::linear::Covariance;

use crate::dispatch::{Fma, Level, dispatched};
use crate::stream::LANES;

/// One number for each of the samples that are drawn together.
pub(super) type Lanes = [f64; LANES];

/// The number of lanes summed at a time: with twice as many, or more rows, the compiler no longer keeps the sums in
/// registers (measured: 4 to 24 times slower).
pub(super) const HALF: usize = LANES / 2;
/// The number of rows of L multiplied at a time, so that their sums stay in registers.
const ROWS: usize = 4;
/// The number of columns of L between two visits of a row, so that this part of z stays in the first-level cache.
const COLUMNS: usize = 128;

/// L, d × rank.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Factor {
    dimension: usize,
    rank: usize,
    root: Root,
}

#[derive(Debug, Clone, PartialEq)]
enum Root {
    /// Column k has one entry: its row, and the standard deviation.
    Independent(Vec<(usize, f64)>),
    Packed(Packed),
}

/// Blocks of ROWS rows of L, in the order of the pivots, each with the columns that it has.
#[derive(Debug, Clone, PartialEq)]
struct Packed {
    /// `order[r]` is the coordinate in row r.
    order: Vec<usize>,
    /// `columns[starts[q] + k][i]` is the entry of row ROWS·q + i in column k.
    columns: Vec<[f64; ROWS]>,
    starts: Vec<usize>,
}

impl Factor {
    /// Factors a covariance of `dimension` dimensions. Shares of a variance up to `least` count as rounding. Takes
    /// d³/6 multiplications and subtractions and 4d² bytes if the covariance is full.
    pub(super) fn new(covariance: &Covariance, dimension: usize, least: f64) -> Self {
        if let Some(variances) = covariance.variances(dimension) {
            let spread = variances.iter().enumerate().filter(|(_, v)| **v > 0.0);
            let entries: Vec<_> = spread.map(|(i, v)| (i, v.sqrt())).collect();
            return Self { dimension, rank: entries.len(), root: Root::Independent(entries) };
        }
        let lower = (0..dimension).map(|i| (0..=i).map(|j| covariance.entry(i, j)).collect());
        let (order, rows, rank) = factored(lower.collect(), least);
        Self { dimension, rank, root: Root::Packed(Packed::new(order, &rows, rank)) }
    }

    /// Returns whether a vector takes a product for each pair of coordinates, rather than one for each coordinate.
    pub(super) fn is_full(&self) -> bool {
        matches!(self.root, Root::Packed(_))
    }

    /// Returns the number of normals that a vector takes.
    pub(super) fn rank(&self) -> usize {
        self.rank
    }

    /// Computes `out[v·d + i] = Σₖ L[i][k]·z[v·rank + k]` for `vectors` vectors of each lane, each sum in the order
    /// of k, starting from 0.
    pub(super) fn multiply(&self, level: Level, z: &[Lanes], out: &mut [Lanes], vectors: usize) {
        multiply(level, self, z, out, vectors);
    }

    #[inline(always)]
    fn multiplied(&self, z: &[Lanes], out: &mut [Lanes], vectors: usize) {
        let (d, rank) = (self.dimension, self.rank);
        match &self.root {
            Root::Independent(entries) => {
                for vector in 0..vectors {
                    let out = &mut out[vector * d..][..d];
                    if rank < d {
                        out.fill([0.0; LANES]);
                    }
                    for ((row, root), z) in entries.iter().zip(&z[vector * rank..]) {
                        for lane in 0..LANES {
                            out[*row][lane] = root * z[lane];
                        }
                    }
                }
            }
            Root::Packed(packed) => {
                for first in (0..rank).step_by(COLUMNS) {
                    packed.multiply(first, rank, z, out, vectors);
                }
                if rank == 0 {
                    out[..vectors * d].fill([0.0; LANES]);
                }
            }
        }
    }
}

/// Returns the factorisation of the lower half of a matrix: the order of the pivots, the rows of L in that order (row
/// r has valid entries up to column min(r, rank − 1)), and the rank.
fn factored(mut a: Vec<Vec<f64>>, least: f64) -> (Vec<usize>, Vec<Vec<f64>>, usize) {
    let d = a.len();
    let mut order: Vec<usize> = (0..d).collect();
    let mut own: Vec<f64> = (0..d).map(|i| a[i][i]).collect();
    let mut column = vec![0.0; d];
    for k in 0..d {
        let share = |i: usize| if own[i] > 0.0 { a[i][i] / own[i] } else { 0.0 };
        let mut pivot = k;
        for i in k + 1..d {
            let (here, best) = (share(i), share(pivot));
            if here > best || (here == best && order[i] < order[pivot]) {
                pivot = i;
            }
        }
        if share(pivot) <= least {
            return (order, a, k);
        }
        swap(&mut a, k, pivot);
        order.swap(k, pivot);
        own.swap(k, pivot);
        let root = a[k][k].sqrt();
        a[k][k] = root;
        for i in k + 1..d {
            a[i][k] /= root;
            column[i] = a[i][k];
            let factor = column[i];
            for (entry, column) in a[i][k + 1..=i].iter_mut().zip(&column[k + 1..=i]) {
                *entry -= factor * column;
            }
        }
    }
    (order, a, d)
}

/// Exchanges two coordinates, k ≤ p, of a symmetric matrix whose lower half is stored.
fn swap(a: &mut [Vec<f64>], k: usize, p: usize) {
    if k == p {
        return;
    }
    let (before, from) = a.split_at_mut(p);
    before[k][..k].swap_with_slice(&mut from[0][..k]);
    std::mem::swap(&mut before[k][k], &mut from[0][p]);
    for j in k + 1..p {
        std::mem::swap(&mut before[j][k], &mut from[0][j]);
    }
    for row in &mut from[1..] {
        row.swap(k, p);
    }
}

/// Adds weight·values.
#[inline(always)]
pub(super) fn add(sum: &mut [f64; HALF], weight: f64, values: &[f64; HALF]) {
    for lane in 0..HALF {
        sum[lane] += weight * values[lane];
    }
}

impl Packed {
    fn new(order: Vec<usize>, rows: &[Vec<f64>], rank: usize) -> Self {
        let (mut columns, mut starts) = (Vec::new(), Vec::new());
        for (q, block) in rows.chunks(ROWS).enumerate() {
            starts.push(columns.len());
            let entry = |i: usize, k: usize| {
                block.get(i).filter(|_| k <= ROWS * q + i).map_or(0.0, |row| row[k])
            };
            let width = (ROWS * (q + 1)).min(rank);
            columns.extend((0..width).map(|k| std::array::from_fn(|i| entry(i, k))));
        }
        starts.push(columns.len());
        Self { order, columns, starts }
    }

    /// Adds the contribution of the columns from `first` to `first + COLUMNS`.
    #[inline(always)]
    fn multiply(&self, first: usize, rank: usize, z: &[Lanes], out: &mut [Lanes], vectors: usize) {
        let d = self.order.len();
        for (q, rows) in self.order.chunks(ROWS).enumerate() {
            let block = &self.columns[self.starts[q]..self.starts[q + 1]];
            if first >= block.len() {
                continue;
            }
            let block = &block[first..block.len().min(first + COLUMNS)];
            for vector in 0..vectors {
                let z = &z[vector * rank + first..][..block.len()];
                let out = &mut out[vector * d..][..d];
                for half in 0..LANES / HALF {
                    let mut sums = [[0.0; HALF]; ROWS];
                    if first > 0 {
                        for (sum, row) in sums.iter_mut().zip(rows) {
                            *sum = out[*row].as_chunks().0[half];
                        }
                    }
                    for (entries, z) in block.iter().zip(z) {
                        let z = &z.as_chunks().0[half];
                        for row in 0..ROWS {
                            add(&mut sums[row], entries[row], z);
                        }
                    }
                    for (sum, row) in sums.iter().zip(rows) {
                        out[*row].as_chunks_mut().0[half] = *sum;
                    }
                }
            }
        }
    }
}

dispatched! {
    /// Runs [`Factor::multiply`] as a separate function, because the compiler does not vectorise it as a part of the
    /// kernel.
    #[inline(never)]
    fn multiply(factor: &Factor, z: &[Lanes], out: &mut [Lanes], vectors: usize) = multiply_body
}

#[inline(always)]
fn multiply_body<F: Fma>(factor: &Factor, z: &[Lanes], out: &mut [Lanes], vectors: usize) {
    factor.multiplied(z, out, vectors);
}
