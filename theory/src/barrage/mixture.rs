//! Sums of many normal distribution functions, combined into few terms.
//!
//! A mixture is M(t) = Σ wᵢ Φ((t − aᵢ)/√(vᵢ + extra)): with `extra` = 0 a response, and with a larger one its average
//! over a normal t of that variance. If there are few terms, they are kept as they are. Otherwise, terms with nearly
//! the same place and width share a cell: since ∂Φ((t − a)/√v)/∂v = ½ ∂²/∂a², a term that differs from the cell's
//! place by β and from its variance by η is exp(−βD + ½ηD²) applied to the cell's term, D = d/dt,
//!
//! ```text
//! Φ((t − a − β)/√(v + η)) = Σₙ hₙ Dⁿ Φ((t − a)/√v),   h₀ = 1,  n·hₙ = −β·hₙ₋₁ + η·hₙ₋₂
//! DⁿΦ(u) = (−1)ⁿ⁻¹ Heₙ₋₁(u) φ(u)/√vⁿ,  u = (t − a)/√v
//! ```
//!
//! so a cell keeps the sums of its hₙ and drops its terms. Cells are one √v wide, variances agree within 6 %, and the
//! series is truncated where the remainder is below 2e-15 by Cramér's bound |Heₙ(u)|·exp(−u²/4) < 1.0865·√n!.

use std::collections::HashMap;

use super::table::{self, Pieces};

use crate::math::normal::{cdf, ln_cdf, pdf};
use crate::math::quadrature::{Sum, sum};

/// The largest number of terms that are kept as they are.
const FEW: usize = 2048;
/// The largest number of cells; a mixture that needs more is given up.
const MOST: usize = 200_000;
/// The number of terms of a cell's series, including the first.
const ORDERS: usize = 28;
/// The difference of the logarithms of two neighbouring cells' variances.
const STEP: f64 = 0.11;
/// The number of widths beyond which a term is 0 or 1 to the last digit.
const FAR: f64 = 39.0;
/// The number of widths beyond which a cell is 0 or its weight to the last digit.
const FAR_CELL: f64 = 12.0;
/// The truncation error of a cell's series, in units of its weight.
const CUT: f64 = 2e-15;

/// The value of a mixture and the difference between its weight and the value, each with full relative accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pair {
    pub(super) below: f64,
    pub(super) above: f64,
}

/// One term, or several combined ones.
#[derive(Debug, Clone)]
struct Cell {
    at: f64,
    variance: f64,
    /// The sums of w·hₙ/√vⁿ; one number if nothing was combined.
    orders: Vec<f64>,
}

/// Terms collected so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    few: Vec<(f64, f64, f64)>,
    cells: HashMap<(i32, i64), [f64; ORDERS]>,
    /// The terms without width, and those too narrow to share a cell, by the bits of place and variance.
    alone: HashMap<(u64, u64), f64>,
}

impl Gathered {
    /// Adds w·Φ((t − at)/√variance).
    pub(super) fn add(&mut self, at: f64, variance: f64, weight: f64) {
        if self.few.len() < FEW {
            self.few.push((at + 0.0, variance, weight));
            return;
        }
        self.share(at + 0.0, variance, weight);
    }

    /// Returns whether there are already too many cells.
    fn is_full(&self) -> bool {
        self.cells.len() + self.alone.len() > MOST
    }

    fn share(&mut self, at: f64, variance: f64, weight: f64) {
        if self.is_full() {
            return;
        }
        let level = (variance.ln() / STEP).floor();
        let middle = ((level + 0.5) * STEP).exp();
        let width = middle.sqrt();
        let place = (at / width).floor();
        if variance < f64::MIN_POSITIVE || place.is_nan() || place.abs() > 1e13 {
            *self.alone.entry((at.to_bits(), variance.to_bits())).or_insert(0.0) += weight;
            return;
        }
        let orders = self.cells.entry((level as i32, place as i64)).or_insert([0.0; ORDERS]);
        // In units of the width.
        let beta = at / width - (place + 0.5);
        let eta = (variance - middle) / middle;
        let (mut before, mut now) = (0.0, weight);
        orders[0] += now;
        for (n, order) in orders.iter_mut().enumerate().skip(1) {
            (before, now) = (now, (eta * before - beta * now) / n as f64);
            *order += now;
        }
    }

    /// Adds the terms that another collection holds.
    pub(super) fn absorb(&mut self, other: &Self) {
        for &(at, variance, weight) in &other.few {
            self.add(at, variance, weight);
        }
        // Each cell is added to separately, so the sums do not depend on the order of the map.
        for (key, orders) in &other.cells {
            let mine = self.cells.entry(*key).or_insert([0.0; ORDERS]);
            mine.iter_mut().zip(orders).for_each(|(mine, more)| *mine += more);
        }
        for (key, weight) in &other.alone {
            *self.alone.entry(*key).or_insert(0.0) += weight;
        }
    }

    /// Returns the mixture; `None` if the terms cannot be combined into few enough cells.
    pub(super) fn finish(mut self) -> Option<Mixture> {
        let gathered = !self.cells.is_empty() || !self.alone.is_empty();
        if gathered {
            for (at, variance, weight) in std::mem::take(&mut self.few) {
                self.share(at, variance, weight);
            }
        }
        if self.is_full() {
            return None;
        }
        let alone = self
            .alone
            .into_iter()
            .map(|((at, variance), weight)| (f64::from_bits(at), f64::from_bits(variance), weight));
        let mut single: Vec<(f64, f64, f64)> = alone.chain(self.few).collect();
        single.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        single.dedup_by(|next, kept| {
            let same = next.0 == kept.0 && next.1 == kept.1;
            if same {
                kept.2 += next.2;
            }
            same
        });
        let mut keys: Vec<(i32, i64)> = self.cells.keys().copied().collect();
        keys.sort_unstable();
        let (steps, wide): (Vec<_>, Vec<_>) = single.into_iter().partition(|term| term.1 == 0.0);
        let steps: Vec<(f64, f64)> = steps.into_iter().map(|step| (step.0, step.2)).collect();
        let mut cells: Vec<Cell> = wide
            .into_iter()
            .map(|(at, variance, weight)| Cell { at, variance, orders: vec![weight] })
            .collect();
        for key in keys {
            let variance = ((f64::from(key.0) + 0.5) * STEP).exp();
            let at = (key.1 as f64 + 0.5) * variance.sqrt();
            cells.push(Cell { at, variance, orders: self.cells[&key].to_vec() });
        }
        let rising = sum(cells.iter().map(|cell| cell.orders[0]));
        let weights = || steps.iter().map(|step| step.1);
        let passed = |weights: &mut dyn Iterator<Item = f64>| {
            let mut total = Sum::default();
            let mut passed = vec![0.0];
            for weight in weights {
                total.add(weight);
                passed.push(total.total());
            }
            passed
        };
        let below = passed(&mut weights());
        let mut above = passed(&mut weights().rev());
        above.reverse();
        let weight = rising + below[steps.len()];
        let table = None;
        Some(Mixture { cells, rising, steps, below, above, weight, gathered, table })
    }
}

/// A sum of normal distribution functions and of steps.
#[derive(Debug, Clone)]
pub(super) struct Mixture {
    cells: Vec<Cell>,
    /// The total weight of the cells.
    rising: f64,
    /// The places and weights of the terms without width, in ascending order.
    steps: Vec<(f64, f64)>,
    /// The total weight of the steps before each step, and from it on; one entry more than there are steps.
    below: Vec<f64>,
    above: Vec<f64>,
    weight: f64,
    gathered: bool,
    /// A table of the cells, if there are many.
    table: Option<Pieces>,
}

/// The number of cells beyond which they are tabulated.
const TABULATED: usize = 24;

impl Mixture {
    /// Returns the sum of the weights.
    pub(super) fn weight(&self) -> f64 {
        self.weight
    }

    /// Returns the same mixture with a table of its cells for |t| up to `reach`, if there are many.
    pub(super) fn tabulated(mut self, reach: f64) -> Self {
        if self.cells.len() > TABULATED {
            let below = |t: f64| self.cells_at(t, 0.0).below;
            let finest = self.rises().map(|(_, width)| width).fold(reach, f64::min);
            self.table = Some(Pieces::new(&below, -reach, reach, finest));
        }
        self
    }

    /// Returns the largest error of a value by combining and tabulating.
    pub(super) fn cut(&self) -> f64 {
        let gathered = if self.gathered { CUT * self.weight } else { 0.0 };
        gathered + if self.table.is_some() { table::ERROR } else { 0.0 }
    }

    /// Returns the ends of the polynomials of the table; empty without a table.
    pub(super) fn pieces(&self) -> &[f64] {
        self.table.as_ref().map_or(&[], Pieces::edges)
    }

    /// Iterates over the places of the steps.
    pub(super) fn steps(&self) -> impl Iterator<Item = f64> + '_ {
        self.steps.iter().map(|step| step.0)
    }

    /// Iterates over the places and widths of the terms that rise gradually.
    pub(super) fn rises(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.cells.iter().map(|cell| (cell.at, cell.variance.sqrt()))
    }

    /// Returns the value at t, averaged over a normal of this variance about t. At the place of a step, without
    /// averaging, returns the value below the step.
    pub(super) fn pair(&self, t: f64, extra: f64) -> Pair {
        let known = self.table.as_ref().filter(|_| extra == 0.0).and_then(|table| table.at(t));
        let Pair { below, above } = match known {
            Some(below) => Pair { below, above: self.rising - below },
            None => self.cells_at(t, extra),
        };
        if extra == 0.0 {
            let passed = self.steps.partition_point(|step| step.0 < t);
            return Pair { below: below + self.below[passed], above: above + self.above[passed] };
        }
        let width = extra.sqrt();
        let (mut low, mut high) = (Sum::default(), Sum::default());
        for (at, weight) in &self.steps {
            let u = (t - at) / width;
            low.add(weight * cdf(u));
            high.add(weight * cdf(-u));
        }
        Pair { below: below + low.total(), above: above + high.total() }
    }

    fn cells_at(&self, t: f64, extra: f64) -> Pair {
        let (mut below, mut above) = (Sum::default(), Sum::default());
        for cell in &self.cells {
            let (low, high) = cell.pair(t, extra);
            below.add(low);
            above.add(high);
        }
        Pair { below: below.total(), above: above.total() }
    }

    /// Returns whether tiny values have full relative accuracy: whether no term was combined or tabulated.
    pub(super) fn is_plain(&self) -> bool {
        !self.gathered && self.table.is_none()
    }

    /// Returns ln of the value at t, or of the difference to the total weight, even where it underflows; only for a
    /// plain mixture.
    pub(super) fn ln_tail(&self, t: f64, above: bool) -> f64 {
        let sign = if above { -1.0 } else { 1.0 };
        let one =
            |cell: &Cell| cell.orders[0].ln() + ln_cdf(sign * (t - cell.at) / cell.variance.sqrt());
        let passed = self.steps.partition_point(|step| step.0 < t);
        let steps = if above { self.above[passed] } else { self.below[passed] };
        let terms: Vec<f64> = self.cells.iter().map(one).chain([steps.ln()]).collect();
        let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if most == f64::NEG_INFINITY {
            return most;
        }
        most + sum(terms.iter().map(|term| (term - most).exp())).ln()
    }

    /// Returns the derivative at t, in which steps count as 0.
    pub(super) fn slope(&self, t: f64) -> f64 {
        sum(self.cells.iter().map(|cell| cell.slope(t)))
    }
}

impl Cell {
    fn pair(&self, t: f64, extra: f64) -> (f64, f64) {
        let width = (self.variance + extra).sqrt();
        let u = (t - self.at) / width;
        let weight = self.orders[0];
        let far = if self.orders.len() == 1 { FAR } else { FAR_CELL };
        if u < -far {
            return (0.0, weight);
        }
        if u > far {
            return (weight, 0.0);
        }
        // The smaller of the two keeps its digits, and the larger loses none.
        let tail = weight * cdf(-u.abs());
        let (low, high) = if u < 0.0 { (tail, weight - tail) } else { (weight - tail, tail) };
        let rest = if self.orders.len() == 1 { 0.0 } else { self.series(u, width, 0) };
        (low + rest, high - rest)
    }

    fn slope(&self, t: f64) -> f64 {
        let width = self.variance.sqrt();
        let u = (t - self.at) / width;
        if u.abs() > FAR_CELL {
            return 0.0;
        }
        let first = self.orders[0] * pdf(u);
        let rest = if self.orders.len() == 1 { 0.0 } else { self.series(u, width, 1) };
        (first + rest) / width
    }

    /// Returns Σ orders[n]·√vⁿ·D^(n + more) Φ(u) from n = 1, in units of the width.
    fn series(&self, u: f64, width: f64, more: i32) -> f64 {
        let ratio = self.variance.sqrt() / width;
        // (−1)ⁿ⁻¹ Heₙ₋₁(u), by Heₙ₊₁ = u·Heₙ − n·Heₙ₋₁
        let (mut before, mut hermite) = (0.0, 1.0);
        let (mut order, mut total, mut power) = (0.0, 0.0, 1.0);
        for _ in 0..more {
            (before, hermite) = (hermite, -(u * hermite + order * before));
            order += 1.0;
        }
        for coefficient in &self.orders[1..] {
            power *= ratio;
            total += coefficient * power * hermite;
            (before, hermite) = (hermite, -(u * hermite + order * before));
            order += 1.0;
        }
        pdf(u) * total
    }
}
