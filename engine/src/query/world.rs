//! Sixteen samples at a time: their directions and inputs, the attack on them, and what is counted of it.

use super::answers::{Answers, Way, Which};
use super::walk::walk;
use super::{COSINE_UNIT, ENTRIES, QueryCase, QueryQuestion};
use crate::dispatch::{Fma, Level, dispatched};
use crate::draws::Batch;
use crate::normals::Normals;
use crate::stream::{LANES, Purpose, Stream};

/// A number of each of sixteen samples.
pub(super) type Lanes = [f64; LANES];

/// A stream of normals of sixteen samples.
#[derive(Debug, Clone)]
pub(super) struct Noise {
    stream: Stream,
    normals: Normals,
}

impl Noise {
    pub(super) fn new(way: &Way<'_>, purpose: Purpose) -> Self {
        let stream = Stream::new(way.batch.seed, way.batch.number, purpose);
        Self { stream, normals: Normals::new(way.level) }
    }

    #[inline(always)]
    pub(super) fn next(&mut self) -> &[f32; LANES] {
        self.normals.next(&mut self.stream)
    }

    /// A normal vector.
    #[inline(always)]
    pub(super) fn fill(&mut self, vector: &mut [Lanes]) {
        self.normals.draw(&mut self.stream, vector);
    }
}

/// Sixteen samples.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// ±1.
    pub(super) y: Lanes,
    /// The direction, of length 1.
    pub(super) e: Vec<Lanes>,
    pub(super) x: Vec<Lanes>,
    /// e·x.
    pub(super) score: Lanes,
}

/// Σ aᵢbᵢ.
#[inline(always)]
pub(super) fn dot(a: &[Lanes], b: &[Lanes]) -> Lanes {
    let mut total = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            total[lane] += a[lane] * b[lane];
        }
    }
    total
}

impl World {
    fn room(dimension: usize) -> Self {
        let empty = vec![[0.0; LANES]; dimension];
        Self { y: [0.0; LANES], e: empty.clone(), x: empty, score: [0.0; LANES] }
    }

    #[inline(always)]
    fn draw(&mut self, normals: &mut Noise, classes: &mut Stream, case: &QueryCase) {
        let task = case.asker.margin().task();
        let words = classes.step();
        for lane in 0..LANES {
            self.y[lane] = if words[lane] >> 31 == 1 { 1.0 } else { -1.0 };
        }
        normals.fill(&mut self.e);
        let square = dot(&self.e, &self.e);
        let mut length = [0.0; LANES];
        for lane in 0..LANES {
            length[lane] = square[lane].sqrt();
        }
        for e in &mut self.e {
            for lane in 0..LANES {
                // In one dimension a number is its own length, but for its sign.
                e[lane] /= length[lane];
            }
        }
        normals.fill(&mut self.x);
        for (x, e) in self.x.iter_mut().zip(&self.e) {
            for lane in 0..LANES {
                x[lane] = self.y[lane] * task.mean() * e[lane] + task.data_std() * x[lane];
            }
        }
        self.score = dot(&self.e, &self.x);
    }
}

/// Where an attack with a number of questions leads: e·x of the moved input, and the cosine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    pub(super) score: Lanes,
    pub(super) cosine: Lanes,
}

dispatched! {
    /// Adds the first `samples` of a batch to `tally`.
    pub(super) fn count_batch(
        question: &QueryQuestion, level: Level, batch: Batch<'_>, tally: &mut [u64],
    ) = count_body
}

// What is drawn is drawn by functions of their own, for a level; here no multiply-add is used.
#[allow(clippy::extra_unused_type_parameters)]
#[inline(always)]
fn count_body<F: Fma>(question: &QueryQuestion, level: Level, batch: Batch<'_>, tally: &mut [u64]) {
    let QueryQuestion { cases, votes_by } = question;
    let way = &Way { level, votes_by: *votes_by, batch: &batch };
    let Some(first) = cases.first() else { return };
    let mut world = World::room(first.asker.dimension() as usize);
    let mut next = 0;
    let mut labels = Vec::new();
    // Each case has the samples from the beginning, so that no other case moves its counts.
    for case in cases {
        let places = 1 + ENTRIES * case.queries.len();
        let tally = &mut tally[next..next + places];
        next += places;
        let mut classes = Stream::new(batch.seed, batch.number, Purpose::QueryClasses);
        let mut data = Noise::new(way, Purpose::QueryData);
        let mut directions = Noise::new(way, Purpose::QueryDirections);
        let mut guesses = Noise::new(way, Purpose::QueryGuesses);
        let mut answers = Answers::asked(case, way);
        let mut decisions = Answers::decisions(case, way);
        for start in (0..batch.samples).step_by(LANES) {
            world.draw(&mut data, &mut classes, case);
            let reached = walk(case, &world, &mut answers, &mut directions, &mut guesses);
            if batch.monitored.is_given_up() {
                return;
            }
            let mut scores = vec![world.score];
            scores.extend(reached.iter().map(|reached| reached.score));
            decisions.labels(&scores, &mut labels);
            for lane in 0..LANES.min(batch.samples - start) {
                let right = |label: &Which| u64::from(label[lane] == (world.y[lane] > 0.0));
                tally[0] += right(&labels[0]);
                for (place, reached) in reached.iter().enumerate() {
                    let entries = &mut tally[1 + ENTRIES * place..][..ENTRIES];
                    let share = (0.5 + 0.5 * reached.cosine[lane]).clamp(0.0, 1.0);
                    let share = (share * COSINE_UNIT as f64 + 0.5) as u64;
                    entries[0] += right(&labels[1 + place]);
                    entries[1] += share;
                    entries[2] += share * share / COSINE_UNIT;
                }
            }
        }
    }
}
