//! Few budgets: every sample is compared with every threshold.
//!
//! A sample's threshold depends on its class. So, once per block, the thresholds are written out sample by sample,
//! one row per budget, and all margins that share them read the rows:
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
//! The count of a row is the number of samples with v above it. Row 0 counts the samples that are right both without
//! noise and with it, from which the number of invariant samples follows.
//!
//! A margin that shares its thresholds with no other selects them as it goes: writing the rows would take longer than
//! it saves.

use super::super::normal::{BLOCK, Row};
use super::{Attack, Block, Job};

/// The number of budgets (including 0) up to which comparing is faster than everything else.
pub(super) const ALWAYS: usize = 3;
/// The number of budgets up to which it is faster than searching.
pub(super) const OFF_GRID: usize = 48;

/// The number of rows that a margin is compared with in one pass.
const PASS: usize = 4;

/// The rows of a pass.
#[derive(Debug, Clone)]
pub(super) struct Few {
    budgets: usize,
    rows: Box<[Row<f32>; PASS]>,
}

impl Few {
    /// Creates rows for this many thresholds.
    pub(super) fn new(budgets: usize) -> Self {
        Self { budgets, rows: Box::new([0.0; PASS].map(|zero| Row([zero; BLOCK]))) }
    }

    /// Returns the length of a tally, which has the counts of the rows.
    pub(super) fn room(&self) -> usize {
        1 + self.budgets
    }

    #[inline(always)]
    pub(super) fn count(&mut self, thresholds: &[Vec<f32>; 2], block: Block<'_>, jobs: &mut [Job]) {
        if let [Job { spread, tally, .. }] = jobs {
            return count_one(thresholds, *spread, block, &mut tally[..self.room()]);
        }
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

/// Adds to the tally of the only margin with these thresholds.
#[inline(always)]
fn count_one([minus, plus]: &[Vec<f32>; 2], spread: f32, block: Block<'_>, tally: &mut [u32]) {
    let [right, above @ ..] = tally else { return };
    for first in (0..above.len()).step_by(PASS) {
        let more = [minus, plus].map(|thresholds| &thresholds[first..]);
        let both = match &mut above[first..] {
            [a] => add_selected([a], more, spread, block),
            [a, b] => add_selected([a, b], more, spread, block),
            [a, b, c] => add_selected([a, b, c], more, spread, block),
            [a, b, c, d, ..] => add_selected([a, b, c, d], more, spread, block),
            [] => 0,
        };
        if first == 0 {
            *right += both;
        }
    }
}

/// Adds how many samples have a margin above each of the first thresholds of their class, and returns how many of those
/// above the first have sgn(x) = y.
#[inline(always)]
fn add_selected<const K: usize>(
    totals: [&mut u32; K],
    [minus, plus]: [&[f32]; 2],
    spread: f32,
    block: Block<'_>,
) -> u32 {
    let (z1, w, classes) = (block.draws.z1, block.draws.w, block.draws.classes);
    let minus: [f32; K] = std::array::from_fn(|k| minus[k]);
    let plus: [f32; K] = std::array::from_fn(|k| plus[k]);
    let (mut above, mut both) = ([0; K], 0);
    for i in 0..BLOCK {
        let margin = z1[i] + spread * w[i];
        for k in 0..K {
            let threshold = if classes[i] & 1 == 1 { plus[k] } else { minus[k] };
            let is_above = u32::from(margin > threshold);
            above[k] += is_above;
            if k == 0 {
                both += is_above & block.right[i];
            }
        }
    }
    add(totals, above);
    both
}

impl Few {
    /// Returns the length of a tally with fresh draws: from 2 on, the counts of the rows among all samples, and then
    /// those among the samples that are right without an attack.
    pub(super) fn room_fresh(&self) -> usize {
        2 + 2 * self.budgets
    }

    #[inline(always)]
    pub(super) fn count_fresh(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        attack: Attack<'_>,
        jobs: &mut [Job],
    ) {
        count_clean(attack, jobs);
        for first in (0..self.budgets).step_by(PASS) {
            let count = PASS.min(self.budgets - first);
            for (row, index) in self.rows.iter_mut().zip(first..first + count) {
                let [minus, plus] = [0, 1].map(|y| thresholds[y][index]);
                write(&mut row.0, minus, plus, attack.block);
            }
            let [a, b, c, d] = &*self.rows;
            for Job { spread, tally, .. } in &mut *jobs {
                let (all, both) = tally[2..].split_at_mut(self.budgets);
                let tallies = [&mut all[first..], &mut both[first..]];
                match count {
                    1 => add_fresh(tallies, above_fresh([a], *spread, attack)),
                    2 => add_fresh(tallies, above_fresh([a, b], *spread, attack)),
                    3 => add_fresh(tallies, above_fresh([a, b, c], *spread, attack)),
                    _ => add_fresh(tallies, above_fresh([a, b, c, d], *spread, attack)),
                }
            }
        }
    }

    pub(super) fn finish_fresh(&self, tally: &[u32], above: &mut [u32], both: &mut [u32]) {
        above.copy_from_slice(&tally[2..2 + self.budgets]);
        both.copy_from_slice(&tally[2 + self.budgets..]);
    }
}

/// Counts the samples whose clean margin is above threshold 0.
#[inline(always)]
fn count_clean(attack: Attack<'_>, jobs: &mut [Job]) {
    for Job { spread, tally, .. } in jobs {
        let (mut clean, mut right) = (0, 0);
        for i in 0..BLOCK {
            let is_clean = attack.is_clean(*spread, i);
            clean += is_clean;
            right += is_clean & attack.block.right[i];
        }
        tally[0] += right;
        tally[1] += clean;
    }
}

/// Returns how many samples have an attacked margin above each row: among all samples, and among the clean ones.
#[inline(always)]
fn above_fresh<const K: usize>(
    rows: [&Row<f32>; K],
    spread: f32,
    attack: Attack<'_>,
) -> [[u32; K]; 2] {
    let (z1, w) = (attack.block.draws.z1, attack.block.draws.w);
    let mut above = [0; K];
    let mut both = [0; K];
    for i in 0..BLOCK {
        let clean = attack.is_clean(spread, i);
        let margin = z1[i] + spread * w[i];
        for k in 0..K {
            let is_above = u32::from(margin > rows[k].0[i]);
            above[k] += is_above;
            both[k] += is_above & clean;
        }
    }
    [above, both]
}

#[inline(always)]
fn add_fresh<const K: usize>(totals: [&mut [u32]; 2], more: [[u32; K]; 2]) {
    for (totals, more) in totals.into_iter().zip(more) {
        for (total, more) in totals.iter_mut().zip(more) {
            *total += more;
        }
    }
}

#[inline(always)]
pub(super) fn write(row: &mut [f32; BLOCK], minus: f32, plus: f32, block: Block<'_>) {
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

/// Returns how many samples have a margin above each row.
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
