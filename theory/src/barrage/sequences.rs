//! All sequences of maps, each as one affine map with noise.
//!
//! The maps x ↦ cᵢx + N(mᵢ, sᵢ²) of a sequence, one after the other, are x ↦ Ax + B + Sz: each multiplies the
//! previous result by c, so A ← cA, B ← cB + m, S² ← c²S² + s². The sequences are enumerated as a tree, in which
//! sequences with a common beginning share its work. Equal maps are enumerated once, with their number as a weight,
//! and if all maps only add, the order does not matter and subsets are enumerated.

use task::barrage::{Pool, Transform};

/// The largest number of different sequences that are enumerated.
pub const MAX_WALKED: f64 = 1e8;

/// One sequence: x ↦ scale·x + shift + √variance·z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sequence {
    /// Its probability.
    pub weight: f64,
    /// A.
    pub scale: f64,
    /// B.
    pub shift: f64,
    /// The magnitude of B without cancellation: the rounding error of B is a few ulp of this.
    pub size: f64,
    /// S².
    pub variance: f64,
}

impl Sequence {
    const EMPTY: Self = Self { weight: 1.0, scale: 1.0, shift: 0.0, size: 0.0, variance: 0.0 };

    /// Returns the sequence with one more map at its end.
    #[must_use]
    pub fn then(self, map: &Transform) -> Self {
        let Transform { scale, shift, sigma } = *map;
        Self {
            weight: self.weight,
            scale: scale * self.scale,
            shift: scale * self.shift + shift,
            size: scale.abs() * self.size + shift.abs(),
            variance: (scale * scale) * self.variance + sigma * sigma,
        }
    }
}

/// Returns the number of ordered choices of `choose` out of `maps` maps; infinite beyond the range of a double.
#[must_use]
pub fn ordered(maps: usize, choose: usize) -> f64 {
    (0..choose).map(|taken| maps.saturating_sub(taken) as f64).product()
}

/// An enumeration of all sequences of one length.
#[derive(Debug, Clone)]
pub struct Walk {
    /// The distinct maps, with the number of each.
    maps: Vec<(Transform, usize)>,
    all: usize,
    choose: usize,
    subsets: bool,
}

impl Walk {
    /// Creates the enumeration of the sequences of `choose` maps from a pool.
    #[must_use]
    pub fn new(pool: &Pool, choose: usize) -> Self {
        let mut maps: Vec<(Transform, usize)> = Vec::new();
        for map in pool.transforms() {
            match maps.iter_mut().find(|(known, _)| known == map) {
                Some((_, many)) => *many += 1,
                None => maps.push((*map, 1)),
            }
        }
        Self { maps, all: pool.len(), choose, subsets: pool.adds_only() }
    }

    /// Returns the number of different sequences; infinite beyond the range of a double.
    #[must_use]
    pub fn len(&self) -> f64 {
        // Coefficients of ∏ (1 + x + … + x^many), for sequences with 1/j! at x^j and choose! at the end.
        let mut counts = vec![0.0; self.choose + 1];
        counts[0] = 1.0;
        for (_, many) in &self.maps {
            for length in (1..=self.choose).rev() {
                let mut total = counts[length];
                let mut order = 1.0;
                for taken in 1..=(*many).min(length) {
                    order *= if self.subsets { 1.0 } else { taken as f64 };
                    total += counts[length - taken] / order;
                }
                counts[length] = total;
            }
        }
        let orders = if self.subsets { 1.0 } else { ordered(self.choose, self.choose) };
        (counts[self.choose] * orders).round()
    }

    /// Returns whether there is no sequence, because more maps are chosen than there are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.choose > self.all
    }

    /// Returns the number of parts of the enumeration, one per first map.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.maps.len()
    }

    /// Visits every sequence of a part, always in the same order.
    pub fn visit(&self, part: usize, visit: &mut impl FnMut(Sequence)) {
        let Some((map, many)) = self.maps.get(part) else { return };
        let mut left: Vec<usize> = self.maps.iter().map(|(_, many)| *many).collect();
        if self.subsets {
            // All sequences with none of the maps before this one, and at least one of it.
            let mut sequence = Sequence::EMPTY;
            let mut ways = 1.0;
            for taken in 1..=(*many).min(self.choose) {
                sequence = sequence.then(map);
                ways *= (many - taken + 1) as f64 / taken as f64;
                let first = Sequence { weight: ways / self.subset_count(), ..sequence };
                self.subsets_from(part + 1, taken, first, visit);
            }
            return;
        }
        left[part] -= 1;
        let first = Sequence::EMPTY.then(map);
        let weight = *many as f64 / self.all as f64;
        self.orders_from(1, Sequence { weight, ..first }, &mut left, visit);
    }

    fn subset_count(&self) -> f64 {
        (0..self.choose).map(|j| (self.all - j) as f64 / (j + 1) as f64).product()
    }

    fn subsets_from(
        &self,
        map: usize,
        length: usize,
        sequence: Sequence,
        visit: &mut impl FnMut(Sequence),
    ) {
        if length == self.choose {
            visit(sequence);
            return;
        }
        let Some((next, many)) = self.maps.get(map) else { return };
        let behind: usize = self.maps[map + 1..].iter().map(|(_, many)| many).sum();
        let (mut longer, mut ways) = (sequence, 1.0);
        for taken in 0..=(*many).min(self.choose - length) {
            if taken > 0 {
                longer = longer.then(next);
                ways *= (many - taken + 1) as f64 / taken as f64;
            }
            if length + taken + behind >= self.choose {
                let weighted = Sequence { weight: sequence.weight * ways, ..longer };
                self.subsets_from(map + 1, length + taken, weighted, visit);
            }
        }
    }

    fn orders_from(
        &self,
        length: usize,
        sequence: Sequence,
        left: &mut [usize],
        visit: &mut impl FnMut(Sequence),
    ) {
        if length == self.choose {
            visit(sequence);
            return;
        }
        let share = sequence.weight / (self.all - length) as f64;
        for (index, (map, _)) in self.maps.iter().enumerate() {
            if left[index] > 0 {
                let weight = share * left[index] as f64;
                left[index] -= 1;
                self.orders_from(
                    length + 1,
                    Sequence { weight, ..sequence.then(map) },
                    left,
                    visit,
                );
                left[index] += 1;
            }
        }
    }

    /// Visits this many sequences, evenly spread over all, each once or several times and with equal weights, for
    /// pools with too many sequences to enumerate. The j-th map of sequence i is the one at the place frac(i·√pⱼ)
    /// among the remaining maps, where pⱼ is the j-th prime: a Kronecker lattice, whose fractional parts fill the
    /// cube evenly.
    pub fn spread(&self, many: u32, visit: &mut impl FnMut(Sequence)) {
        let all: Vec<&Transform> =
            self.maps.iter().flat_map(|(map, many)| std::iter::repeat_n(map, *many)).collect();
        let primes: Vec<f64> = (2_u32..)
            .filter(|n| (2..*n).all(|d| n % d != 0))
            .take(self.choose)
            .map(f64::from)
            .collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        for i in 0..many {
            order.iter_mut().enumerate().for_each(|(place, map)| *map = place);
            let mut sequence = Sequence { weight: 1.0 / f64::from(many), ..Sequence::EMPTY };
            for (taken, prime) in primes.iter().enumerate() {
                let place = (f64::from(i) + 0.5) * prime.sqrt();
                let left = all.len() - taken;
                let next = taken + (((place - place.floor()) * left as f64) as usize).min(left - 1);
                order.swap(taken, next);
                sequence = sequence.then(all[order[taken]]);
            }
            visit(sequence);
        }
    }
}
