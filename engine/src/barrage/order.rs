//! Random orders of the pool, for sixteen samples at a time.

use task::barrage::Pool;

use crate::dispatch::Fma;
use crate::normal::pair;
use crate::stream::{LANES, Stream, below};

/// One number per sample.
pub(super) type Lanes = [f64; LANES];

/// The effect of one place of a sequence on an input: v ← scale·v + added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) scale: Lanes,
    pub(super) added: Lanes,
}

/// The pool as columns, and an order of it for each sample.
#[derive(Debug, Clone)]
pub(super) struct Orders {
    scales: Vec<f64>,
    shifts: Vec<f64>,
    sigmas: Vec<f64>,
    /// `order[place][lane]` is the index of a map.
    order: Vec<[u16; LANES]>,
    /// The second normals of the last pairs, if they have not been used yet.
    kept: Option<Lanes>,
}

impl Orders {
    pub(super) fn new(pool: &Pool) -> Self {
        let column =
            |of: fn(&task::barrage::Transform) -> f64| pool.transforms().iter().map(of).collect();
        Self {
            scales: column(|map| map.scale),
            shifts: column(|map| map.shift),
            sigmas: column(|map| map.sigma),
            order: (0..pool.len()).map(|map| [map as u16; LANES]).collect(),
            kept: None,
        }
    }

    /// Restores the order in which the maps were given, so that a batch does not depend on the one before.
    pub(super) fn restart(&mut self) {
        for (map, place) in self.order.iter_mut().enumerate() {
            *place = [map as u16; LANES];
        }
    }

    /// Begins another sequence, and drops any normals kept from the one before.
    pub(super) fn begin(&mut self) {
        self.kept = None;
    }

    /// Draws the map at this place, out of those that are not at earlier places, and its noise: one word of each lane
    /// for the map, and two words for two normals at every other place. The previous order of the maps does not
    /// matter, since each of the remaining ones is taken with equal probability.
    #[inline(always)]
    pub(super) fn step<F: Fma>(&mut self, stream: &mut Stream, place: usize) -> Step {
        let words = stream.step();
        let left = (self.order.len() - place) as u64;
        let noise = match self.kept.take() {
            Some(second) => second,
            None => {
                let (radius, angle) = (stream.step(), stream.step());
                let (mut first, mut second) = ([0.0; LANES], [0.0; LANES]);
                for lane in 0..LANES {
                    let (a, b) = pair::<F>(radius[lane], angle[lane]);
                    (first[lane], second[lane]) = (f64::from(a), f64::from(b));
                }
                self.kept = Some(second);
                first
            }
        };
        let mut step = Step { scale: [0.0; LANES], added: [0.0; LANES] };
        for lane in 0..LANES {
            let mut word = Some(words[lane]);
            // Another word is needed once in 2³²/left times.
            let other = below(left, || word.take().unwrap_or_else(|| stream.step()[lane]));
            let from = place + other as usize;
            let map = self.order[from][lane];
            self.order[from][lane] = self.order[place][lane];
            self.order[place][lane] = map;
            let map = usize::from(map);
            step.scale[lane] = self.scales[map];
            step.added[lane] = self.shifts[map] + self.sigmas[map] * noise[lane];
        }
        step
    }
}

impl Step {
    /// Applies the step to an input of each sample.
    #[inline(always)]
    pub(super) fn apply(&self, values: &mut Lanes) {
        for lane in 0..LANES {
            values[lane] = self.scale[lane] * values[lane] + self.added[lane];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::Hardware;
    use crate::stream::Purpose;
    use task::barrage::Transform;

    /// Draws every ordered choice of two of four maps in 160 000 draws, one after the other: χ² with 11 degrees of
    /// freedom is above 52 with a probability of 3e-7.
    #[test]
    fn every_ordered_choice_is_equally_likely() {
        let map = |i: i32| Transform { scale: f64::from(i), shift: 0.0, sigma: 0.0 };
        let pool = Pool::new((0..4).map(map).collect()).unwrap();
        let mut orders = Orders::new(&pool);
        let mut stream = Stream::new(5, 0, Purpose::BarrageVotes(1));
        let mut counts = [[0_u32; 4]; 4];
        for _ in 0..10_000 {
            orders.begin();
            let first = orders.step::<Hardware>(&mut stream, 0);
            let second = orders.step::<Hardware>(&mut stream, 1);
            for lane in 0..LANES {
                counts[first.scale[lane] as usize][second.scale[lane] as usize] += 1;
            }
        }
        let mut chi = 0.0;
        for (first, row) in counts.iter().enumerate() {
            for (second, count) in row.iter().enumerate() {
                if first == second {
                    assert_eq!(*count, 0, "no map is drawn twice");
                } else {
                    let expected = 160_000.0 / 12.0;
                    chi += (f64::from(*count) - expected).powi(2) / expected;
                }
            }
        }
        assert!(chi < 52.0, "{chi}");
    }

    /// Checks that every order contains all maps, whatever was drawn before.
    #[test]
    fn all_maps_are_drawn_once() {
        let map = |i: i32| Transform { scale: 1.0, shift: f64::from(i), sigma: 0.0 };
        let pool = Pool::new((0..7).map(map).collect()).unwrap();
        let mut orders = Orders::new(&pool);
        let mut stream = Stream::new(6, 0, Purpose::BarrageVotes(1));
        for _ in 0..100 {
            orders.begin();
            let mut sums = [0.0; LANES];
            (0..7).for_each(|place| orders.step::<Hardware>(&mut stream, place).apply(&mut sums));
            assert_eq!(sums, [21.0; LANES]);
        }
    }
}
