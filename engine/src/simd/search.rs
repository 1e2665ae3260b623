//! Many budgets at arbitrary distances: a table of cells leaves few comparisons.
//!
//! The range of the thresholds is divided into equal cells, many more than there are thresholds:
//!
//! ```text
//! thresholds       T₀        T₁T₂                              T₃
//! cells       |    ·    |    ··   |         |         |        ·|         |
//! earlier          0          1        3         3         3         4
//! single           T₀        NaN       ∞         ∞         T₃        ∞
//! ```
//!
//! A margin in a cell has passed all the thresholds of earlier cells, and none of later ones: the cell of a number
//! never decreases as the number grows, since rounding preserves the order, and margins and thresholds find their
//! cells in the same way. So one comparison is left in most cells, and a search in the others, where several
//! thresholds share one. The counts are exact by construction, whatever is rounded on the way to the cell.

use super::super::draws::Draws;
use super::super::normal::{BLOCK, Row};
use super::{Attack, Block, Job};

/// The number of cells of one class.
const CELLS: usize = 1024;
/// The position of the first cell: from here to twice as much, a float contains the cell in its bits.
const BASE: f32 = CELLS as f32;
/// The number of tallies that are used in turns.
const WAYS: usize = 4;
/// The number of budgets from which a tally is long: equal neighbours are then rare, and memory matters more.
const LONG: usize = 4096;
/// The number of bits of a float below those of the cell.
const FRACTION: u32 = 23 - CELLS.ilog2();

#[derive(Debug, Clone, Copy)]
struct Cell {
    /// The number of thresholds in earlier cells.
    earlier: u32,
    /// The threshold in this cell; ∞ if there is none, NaN if there are several.
    single: f32,
}

/// The cells of both classes, and their working memory.
#[derive(Debug, Clone)]
pub(super) struct Search {
    budgets: usize,
    scale: f32,
    /// The origin for each class.
    origins: [f32; 2],
    cells: Box<[Cell; 2 * CELLS]>,
    /// Each sample's margin and cell; the cells of class +1 come after those of class −1.
    margins: Box<Row<f32>>,
    places: Box<Row<u32>>,
}

impl Search {
    pub(super) fn new(thresholds: &[Vec<f32>; 2]) -> Self {
        let budgets = thresholds[0].len();
        let last = budgets.saturating_sub(1);
        let range = f64::from(thresholds[0][last]) - f64::from(thresholds[0][0]);
        let scale = ((CELLS - 2) as f64 / range) as f32;
        let origins = thresholds
            .each_ref()
            .map(|t| (f64::from(BASE) + 1.0 - f64::from(t[0]) * f64::from(scale)) as f32);
        // Without a proper ruler all thresholds share a cell, which is slow but right.
        let proper = scale.is_normal() && origins.iter().all(|origin| origin.is_finite());
        let (scale, origins) = if proper { (scale, origins) } else { (0.0, [BASE; 2]) };
        let mut cells = Box::new([Cell { earlier: 0, single: f32::INFINITY }; 2 * CELLS]);
        for ((cells, thresholds), origin) in
            cells.as_chunks_mut::<CELLS>().0.iter_mut().zip(thresholds).zip(origins)
        {
            for (index, cell) in cells.iter_mut().enumerate() {
                let place = |threshold: &f32| cell_of(*threshold, scale, origin) as usize;
                let start = thresholds.partition_point(|threshold| place(threshold) < index);
                let end = thresholds.partition_point(|threshold| place(threshold) <= index);
                cell.earlier = start as u32;
                cell.single = match &thresholds[start..end] {
                    [] => f32::INFINITY,
                    [single] => *single,
                    _ => f32::NAN,
                };
            }
        }
        Self { budgets, scale, origins, cells, margins: Box::default(), places: Box::default() }
    }

    /// Returns the length of a tally: from 1 on it has, for each b, the number of samples that have passed b
    /// thresholds; it has this WAYS times, unless it is long.
    pub(super) fn room(&self) -> usize {
        self.budgets + 2 + (WAYS - 1) * self.next_way()
    }

    /// Returns the distance of the ways in a tally.
    fn next_way(&self) -> usize {
        if self.budgets <= LONG { self.budgets + 1 } else { 0 }
    }

    #[inline(always)]
    pub(super) fn count(&mut self, thresholds: &[Vec<f32>; 2], block: Block<'_>, jobs: &mut [Job]) {
        let next_way = self.next_way();
        let Self { scale, origins: [minus, plus], ref cells, .. } = *self;
        let (margins, places) = (&mut self.margins.0, &mut self.places.0);
        for Job { spread, tally, .. } in jobs {
            for i in 0..BLOCK {
                let class = block.draws.classes[i] & 1;
                let origin = if class == 1 { plus } else { minus };
                margins[i] = block.draws.z1[i] + *spread * block.draws.w[i];
                places[i] = class * CELLS as u32 + cell_of(margins[i], scale, origin);
            }
            for i in 0..BLOCK {
                places[i] = passed(margins[i], places[i], cells, thresholds);
            }
            for i in 0..BLOCK {
                tally[0] += block.right[i] & u32::from(places[i] > 0);
            }
            // In turns, so that equal neighbours need not wait for each other.
            let (ways, _) = places.as_chunks::<WAYS>();
            for passed in ways {
                for way in 0..WAYS {
                    tally[1 + way * next_way + passed[way] as usize] += 1;
                }
            }
        }
    }

    pub(super) fn finish(&self, tally: &[u32], above: &mut [u32]) {
        for way in tally[1..].chunks_exact(self.budgets + 1) {
            let mut total = 0;
            for (above, exactly) in above.iter_mut().zip(&way[1..]).rev() {
                total += exactly;
                *above += total;
            }
        }
    }
}

impl Search {
    /// Returns the length of a tally with fresh draws: from 2 on it has, for each b, the number of samples that have
    /// passed b thresholds and are wrong without an attack, and then of those that are right; it has this WAYS times,
    /// unless it is long.
    pub(super) fn room_fresh(&self) -> usize {
        2 + 2 * (self.budgets + 1) + (WAYS - 1) * 2 * self.next_way()
    }

    #[inline(always)]
    pub(super) fn count_fresh(
        &mut self,
        thresholds: &[Vec<f32>; 2],
        attack: Attack<'_>,
        jobs: &mut [Job],
    ) {
        let next_way = 2 * self.next_way();
        let bins = self.budgets as u32 + 1;
        let Self { scale, origins: [minus, plus], ref cells, .. } = *self;
        let Draws { classes, z1, w, .. } = attack.block.draws;
        let (margins, places) = (&mut self.margins.0, &mut self.places.0);
        for Job { spread, tally, .. } in jobs {
            for i in 0..BLOCK {
                let class = classes[i] & 1;
                let origin = if class == 1 { plus } else { minus };
                margins[i] = z1[i] + *spread * w[i];
                places[i] = class * CELLS as u32 + cell_of(margins[i], scale, origin);
            }
            for i in 0..BLOCK {
                places[i] = passed(margins[i], places[i], cells, thresholds);
            }
            let (mut clean, mut right) = (0, 0);
            for i in 0..BLOCK {
                let is_clean = attack.is_clean(*spread, i);
                clean += is_clean;
                right += is_clean & attack.block.right[i];
                places[i] += is_clean * bins;
            }
            tally[0] += right;
            tally[1] += clean;
            let (ways, _) = places.as_chunks::<WAYS>();
            for passed in ways {
                for way in 0..WAYS {
                    tally[2 + way * next_way + passed[way] as usize] += 1;
                }
            }
        }
    }

    pub(super) fn finish_fresh(&self, tally: &[u32], above: &mut [u32], both: &mut [u32]) {
        for way in tally[2..].chunks_exact(2 * (self.budgets + 1)) {
            let (wrong, right) = way.split_at(self.budgets + 1);
            let (mut all, mut clean) = (0, 0);
            for b in (0..self.budgets).rev() {
                all += wrong[b + 1] + right[b + 1];
                clean += right[b + 1];
                above[b] += all;
                both[b] += clean;
            }
        }
    }
}

/// Returns the number of thresholds that a margin at this place has passed.
#[inline(always)]
fn passed(margin: f32, place: u32, cells: &[Cell; 2 * CELLS], thresholds: &[Vec<f32>; 2]) -> u32 {
    let place = place as usize % (2 * CELLS);
    let Cell { earlier, single } = cells[place];
    if single.is_nan() {
        return passed_in_full_cell(margin, &thresholds[place / CELLS]);
    }
    earlier + u32::from(margin > single)
}

/// Returns the same for a cell with several thresholds. This is a separate function, so that it does not slow down
/// the loop.
#[cold]
fn passed_in_full_cell(margin: f32, thresholds: &[f32]) -> u32 {
    thresholds.partition_point(|threshold| *threshold < margin) as u32
}

/// Returns the cell of a number: from 0 for all that are below to CELLS − 1 for all that are above.
#[inline(always)]
fn cell_of(number: f32, scale: f32, origin: f32) -> u32 {
    const HIGHEST: f32 = BASE + (CELLS - 1) as f32;
    let position = number * scale + origin;
    let position = if position > BASE { position } else { BASE };
    let position = if position < HIGHEST { position } else { HIGHEST };
    position.to_bits() >> FRACTION & (CELLS as u32 - 1)
}
