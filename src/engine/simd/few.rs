//! Few budgets: every sample is compared with every threshold.
//!
//! A sample's threshold depends on its class. So, once a block, the thresholds are written out
//! sample by sample, one row a budget, and all margins that share them read the rows:
//!
//! ```text
//! sample        0      1      2      3   …
//! class        −1     +1     +1     −1
//! row 0        +∞    T₀₊    T₀₊     +∞      T₀ of the class, but only where sgn(x) = y
//! row 1       T₀₋    T₀₊    T₀₊    T₀₋      T₀ of the class: budget 0
//! row 2       T₁₋    T₁₊    T₁₊    T₁₋      budget ε₁
//!  ⋮
//! margin       v₀     v₁     v₂     v₃   …  = z₁ + spread·w
//! ```
//!
//! The count of a row is the number of samples with v above it. Row 0 counts the samples that are
//! right both without noise and with it, of which the invariant ones follow.

use super::super::normal::{BLOCK, Row};
use super::{Block, Job};

/// With up to this many budgets (0 is one of them), comparing beats everything else.
pub(super) const ALWAYS: usize = 3;
/// With up to this many, it beats searching.
pub(super) const OFF_GRID: usize = 48;

/// Rows that a margin is compared with in one pass.
const PASS: usize = 4;

/// Room for the rows of a pass.
#[derive(Debug, Clone)]
pub(super) struct Few {
    budgets: usize,
    rows: Box<[Row<f32>; PASS]>,
}

impl Few {
    /// For the first so many thresholds.
    pub(super) fn new(budgets: usize) -> Self {
        Self { budgets, rows: Box::new([0.0; PASS].map(|zero| Row([zero; BLOCK]))) }
    }

    /// A tally has the counts of the rows.
    pub(super) fn room(&self) -> usize {
        1 + self.budgets
    }

    #[inline(always)]
    pub(super) fn count(&mut self, thresholds: &[Vec<f32>; 2], block: Block<'_>, jobs: &mut [Job]) {
        for first in (0..self.room()).step_by(PASS) {
            let count = PASS.min(self.room() - first);
            for (row, index) in self.rows.iter_mut().zip(first..first + count) {
                let [minus, plus] = [0, 1].map(|y| thresholds[y][index.saturating_sub(1)]);
                if index == 0 {
                    write_where_right(&mut row.0, minus, plus, block);
                } else {
                    write(&mut row.0, minus, plus, block);
                }
            }
            let [a, b, c, d] = &*self.rows;
            for Job { spread, tally, .. } in &mut *jobs {
                match &mut tally[first..first + count] {
                    [a1] => add([a1], above([a], *spread, block)),
                    [a1, b1] => add([a1, b1], above([a, b], *spread, block)),
                    [a1, b1, c1] => add([a1, b1, c1], above([a, b, c], *spread, block)),
                    [a1, b1, c1, d1] => {
                        add([a1, b1, c1, d1], above([a, b, c, d], *spread, block));
                    }
                    _ => {}
                }
            }
        }
    }

    pub(super) fn finish(&self, tally: &[u32], above: &mut [u32]) {
        above[..self.budgets].copy_from_slice(&tally[1..=self.budgets]);
    }
}

#[inline(always)]
fn write(row: &mut [f32; BLOCK], minus: f32, plus: f32, block: Block<'_>) {
    for i in 0..BLOCK {
        row[i] = if block.draws.classes[i] & 1 == 1 { plus } else { minus };
    }
}

#[inline(always)]
fn write_where_right(row: &mut [f32; BLOCK], minus: f32, plus: f32, block: Block<'_>) {
    for i in 0..BLOCK {
        let threshold = if block.draws.classes[i] & 1 == 1 { plus } else { minus };
        row[i] = if block.right[i] == 1 { threshold } else { f32::INFINITY };
    }
}

/// How many samples have a margin above each row.
#[inline(always)]
fn above<const K: usize>(rows: [&Row<f32>; K], spread: f32, block: Block<'_>) -> [u32; K] {
    let (z1, w) = (block.draws.z1, block.draws.w);
    let mut above = [0; K];
    for i in 0..BLOCK {
        let margin = z1[i] + spread * w[i];
        for k in 0..K {
            above[k] += u32::from(margin > rows[k].0[i]);
        }
    }
    above
}

#[inline(always)]
fn add<const K: usize>(totals: [&mut u32; K], more: [u32; K]) {
    for (total, more) in totals.into_iter().zip(more) {
        *total += more;
    }
}
