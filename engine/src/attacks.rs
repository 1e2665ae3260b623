//! Attacks that take steps: sign-PGD with EOT against a random map, simulated literally.
//!
//! y = ±1 with equal probability; x ~ N(y·mean·1, data_std²I) as a vector; each step draws `eot` transformations,
//! adds the gradients of the loss at each of them, and moves every coordinate by α along the sign of its sum, clipped
//! to [−ε, ε]; the result is classified on separate draws. Nothing is replaced by its distribution. Three identities
//! are used:
//!
//! - the gradient of a margin at coordinate i is −y·aᵢ for every input, so θ and x need not be drawn for it (for
//!   cross-entropy they are: the gradient of each draw has a weight that depends on its margin);
//! - a positive factor common to all gradients changes no sign: the gains of a list are integer multiples of their
//!   unit, so that cancelling gains give exactly 0, and normal gains have a positive sum if Σz > −m/τ;
//! - the margin of x + δ is that of x plus the sum of aᵢδᵢ.
//!
//! A mirror is two coordinates whose weights are swapped; for spheres, gradients depend on the input, and noise, data
//! and positions are added coordinate by coordinate.
//!
//! **Shared draws.** The points of a question share y, x and the draws that classify the clean and the final inputs;
//! attacks that average the same number of gradients share these gradients, whatever their step size, budget and
//! number of steps. The counts of a point do not depend on the other points. Sixteen samples, one per lane, are a
//! group; a *panel* is as many groups as have about 128 rows (one row per group and coordinate), at least one group,
//! and the key of its streams is its number, so that counts do not depend on the size of a batch.
//!
//! **Cost.** A sample costs, in normals, d·(1 + Σ k·m + classifying draws), where the sum is over walks; see
//! [`AttackQuestion::cost`]. A batch has as many samples as cost 2²² normals: a power of two of panels, at least one
//! panel, and at most 2¹⁶ samples (or one panel).

// The compiler vectorises loops over an index of fixed-length arrays, but not loops over iterators.
#![allow(clippy::needless_range_loop)]
// Some bodies that `dispatched!` compiles do not need the multiply-add of their level.
#![allow(clippy::extra_unused_type_parameters)]

mod classify;
mod cross_entropy;
mod kernel;
mod lattice;
mod law;
mod plan;
mod record;
mod rows;
mod walk;

use std::ops::Range;

use rayon::prelude::*;
use task::attack::{AttackPoint, AttackTask, Judge};
use task::{DrawProtocol, EntryError};

use super::Run;
use super::batch::Monitored;
use super::sampler::{Monitor, Sampler, add};
use super::stream::LANES;
use kernel::{Panel, Room};
use plan::Plan;
use record::Key;

/// The number of integers of a point in a tally.
const ENTRIES: usize = 8;

/// Reach is counted in integers: (1 + U)/2 in units of one over this, rounded, so that a mean is off by at most 2⁻²⁴
/// in U.
pub const REACH_UNIT: u64 = 1 << 24;

/// The largest number of samples of a run, so that sums of reach stay below 2⁶⁴.
pub const MAX_SAMPLES: u64 = 1 << 40;

/// The largest difference between P[one sign is right] and its exact value, because words have 32 bits and normals
/// are made of finitely many bits.
pub const SIGN_BIAS: f64 = 4e-7;

/// Returns the largest difference between the rate of being right under this attack and its exact value for the same
/// reason: an estimate on the safe side, not a proof. Each classifying draw adds the bias of a draw in d dimensions
/// ([`super::linear::bias`]), as many times as it has to be right; and each sign is off by [`SIGN_BIAS`] in the same
/// direction, which moves the mean of a margin by at most 2·√d·ε·(1 + k/K)·[`SIGN_BIAS`] in units of its standard
/// deviation without a defense, data_std·√d.
#[must_use]
pub fn bias(point: &AttackPoint) -> f64 {
    let attacker = point.attacker();
    let eps = attacker.eps.get();
    let data_std = match point.task() {
        AttackTask::Gains(task) => task.data_std(),
        AttackTask::Mirror(task) => task.data_std(),
        AttackTask::Spheres(task) => task.spreads()[0],
    };
    let once = super::linear::bias(DrawProtocol::Fresh, point.votes());
    let judged = match attacker.judge {
        Judge::Final => f64::from(point.draws().tries().max(1)),
        Judge::Any => f64::from(attacker.steps) + 1.0,
        // The same number of draws decides which iterate is chosen, and that iterate is judged again.
        Judge::First | Judge::Last => {
            f64::from(attacker.steps) + 1.0 + f64::from(point.draws().tries().max(1))
        }
    };
    if attacker.steps == 0 {
        return once * judged;
    }
    let wraps = match attacker.step.ratio(eps) {
        Some(ratio) if ratio > 0.0 => 1.0 + f64::from(attacker.steps) / ratio,
        _ => 1.0,
    };
    let moved = 2.0 * f64::from(point.task().dimension()).sqrt() * eps / data_std;
    // The density of a standard normal is at most 0.4.
    (once * judged + 0.4 * moved * wraps * SIGN_BIAS).min(1.0)
}

/// The approximate number of rows of a panel.
const PANEL_ROWS: usize = 128;
/// The approximate cost of a batch, in normals.
const BATCH_COST: u64 = 1 << 22;
/// The largest number of samples of a batch with several panels.
const BATCH_SAMPLES: u64 = 1 << 16;

/// Attacked points of one task, prepared for counting.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackQuestion {
    points: Vec<AttackPoint>,
    plan: Plan,
}

/// The counts of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttackCounts {
    /// Samples that are right on the clean input.
    pub clean_correct: u64,
    /// Samples that are right under attack.
    pub adversarial_correct: u64,
    /// Samples that are right on both inputs.
    pub both: u64,
    /// Samples on whose clean input the classifier agrees with the one without a defense.
    pub invariant: u64,
    /// Signs of gradients that were read: steps times coordinates times samples.
    pub signs: u64,
    /// Signs in the right direction.
    pub signs_right: u64,
    /// Signs of gradients that are exactly 0.
    pub signs_zero: u64,
    /// The sum over samples of (1 + U)/2 in units of 1/[`REACH_UNIT`], where U is the mean over the coordinates of
    /// how far the last iterate is in the right direction, in units of ε.
    pub reach: u64,
    /// The sum of the squares of these numbers, each divided by [`REACH_UNIT`] and rounded down.
    pub reach_squares: u64,
}

impl AttackCounts {
    /// Returns the mean of U over this many samples, and its standard error; `None` without samples.
    #[must_use]
    pub fn mean_reach(&self, samples: u64) -> Option<(f64, f64)> {
        if samples == 0 {
            return None;
        }
        let (n, unit) = (samples as f64, REACH_UNIT as f64);
        let mean = self.reach as f64 / unit / n;
        let square = self.reach_squares as f64 / unit / n;
        let variance = (square - mean * mean).max(0.0);
        Some((2.0 * mean - 1.0, 2.0 * (variance / n).sqrt()))
    }
}

impl AttackQuestion {
    /// Creates a question with `points` of one task and one draw protocol. Fails if they differ in these, or if a
    /// step size is not determined yet or below 2⁻³⁰ of ε.
    pub fn new(points: Vec<AttackPoint>) -> Result<Self, EntryError> {
        let plan = Plan::new(&points)?;
        Ok(Self { points, plan })
    }

    /// Returns the points, in the order of their counts.
    #[must_use]
    pub fn points(&self) -> &[AttackPoint] {
        &self.points
    }

    /// Returns the cost of a sample, in normals: d times one for the data, k·m for each walk (a walk serves all
    /// points that average the same number of gradients; `cross-entropy` reads them twice, with θ), and one or two
    /// for each classifying draw.
    #[must_use]
    pub fn cost(&self) -> u64 {
        self.plan.cost()
    }

    /// Returns the counts in a tally of this many samples, one per point.
    #[must_use]
    pub fn counts(&self, tally: &[u64], samples: u64) -> Vec<AttackCounts> {
        let dimension = self.plan.world.dimension as u64;
        let counts = |(entries, point): (&[u64], &plan::Point)| AttackCounts {
            clean_correct: entries[0],
            adversarial_correct: entries[1],
            both: entries[2],
            invariant: entries[3],
            signs: samples.saturating_mul(point.steps).saturating_mul(dimension),
            signs_right: entries[4],
            signs_zero: entries[5],
            reach: entries[6],
            reach_squares: entries[7],
        };
        tally.chunks_exact(ENTRIES).zip(&self.plan.points).map(counts).collect()
    }

    /// Returns the number of groups in a panel.
    fn groups(&self) -> usize {
        (PANEL_ROWS / self.plan.world.dimension).max(1)
    }

    /// Returns the number of samples in a batch.
    fn batch(&self) -> u64 {
        let panel = (self.groups() * LANES) as u64;
        let most = (BATCH_SAMPLES / panel).max(1);
        let panels = (BATCH_COST / self.cost().max(1) / panel).clamp(1, most);
        panel << panels.ilog2()
    }
}

impl Run {
    /// Prepares `question`, so that its batches can be counted a few at a time. Fails beyond [`MAX_SAMPLES`].
    pub fn prepare_attack(&self, question: AttackQuestion) -> Result<PreparedAttack, EntryError> {
        if self.samples > MAX_SAMPLES {
            return Err(EntryError::new("samples", self.samples, "at most 2^40 for attacks"));
        }
        Ok(PreparedAttack { run: *self, question })
    }

    /// Draws the samples and counts them for `question`, on rayon's current pool: one entry per point. After each
    /// batch, `done` is called with its number of samples, from any thread.
    pub fn count_attack(
        &self,
        question: &AttackQuestion,
        done: &(dyn Fn(u64) + Sync),
    ) -> Vec<AttackCounts> {
        let prepared = PreparedAttack { run: *self, question: question.clone() };
        let batches = self.samples.div_ceil(question.batch());
        let tally = prepared.count(0..batches, &done);
        question.counts(&tally.unwrap_or_else(|| vec![0; prepared.tally_len()]), self.samples)
    }
}

/// A run and a prepared question, for counting any batches in any order, like [`super::Prepared`].
pub struct PreparedAttack {
    run: Run,
    question: AttackQuestion,
}

impl PreparedAttack {
    /// Returns the question.
    #[must_use]
    pub fn question(&self) -> &AttackQuestion {
        &self.question
    }

    /// Returns the number of samples in the batch.
    fn count_batch(
        &self,
        room: &mut Room,
        batch: u64,
        tally: &mut [u64],
        monitored: &Monitored<'_>,
    ) -> u64 {
        let (size, groups) = (self.question.batch(), self.question.groups());
        let panel = (groups * LANES) as u64;
        let (from, to) = (batch * size, ((batch + 1) * size).min(self.run.samples));
        for first in (from..to).step_by(panel as usize) {
            if monitored.asks_to_give_up() {
                break;
            }
            let key = Key { seed: self.run.seed, panel: first / panel };
            let samples = (to - first).min(panel) as usize;
            let panel = Panel { key, groups, samples, monitored };
            room.count(&self.question.plan, panel, tally);
        }
        to - from
    }
}

impl Sampler for PreparedAttack {
    fn name(&self) -> &'static str {
        "attack"
    }

    fn batch(&self) -> u64 {
        self.question.batch()
    }

    fn tally_len(&self) -> usize {
        self.question.points.len() * ENTRIES
    }

    fn count(&self, batches: Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let empty = || vec![0; self.tally_len()];
        let monitored = Monitored::new(monitor);
        let tally = batches
            .into_par_iter()
            .fold(
                || (Room::new(self.run.level), empty()),
                |(mut room, mut tally), batch| {
                    if !monitored.asks_to_give_up() {
                        let samples = self.count_batch(&mut room, batch, &mut tally, &monitored);
                        monitor.counted(samples);
                    }
                    (room, tally)
                },
            )
            .map(|(_, tally)| tally)
            .reduce(empty, |mut total, tally| {
                add(&mut total, &tally);
                total
            });
        (!monitored.is_given_up()).then_some(tally)
    }

    fn is_possible(&self, tally: &[u64], samples: u64) -> bool {
        let counts = self.question.counts(tally, samples);
        let reach = samples.saturating_mul(REACH_UNIT);
        tally.len() == self.tally_len()
            && counts.iter().all(|c| {
                c.clean_correct.max(c.adversarial_correct).max(c.invariant) <= samples
                    && c.both <= c.clean_correct.min(c.adversarial_correct)
                    && c.signs_right.saturating_add(c.signs_zero) <= c.signs
                    && c.reach <= reach
                    && c.reach_squares <= c.reach
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use task::attack::AttackSpec;
    use task::spec::{Spec, SpecError};

    fn bias_of(items: &[(&str, &str)]) -> f64 {
        let mut spec = AttackSpec::default();
        for (name, value) in items {
            spec.set(name, &(*value).into(), "".as_ref()).expect(value);
        }
        let points = spec.task().and_then(|task| spec.points(&task));
        points.map_err(|error: SpecError| error.to_string()).map(|p| bias(&p[0])).expect("a point")
    }

    /// Checks that the bias is small for usual sample sizes, and grows with the number of draws that have to be right.
    #[test]
    fn the_bias_of_an_attack() {
        let usual = bias_of(&[("attack", "pgd")]);
        assert!((1e-6..1e-5).contains(&usual), "{usual}");
        assert!(bias_of(&[("attack", "pgd"), ("judge", "any")]) > 10.0 * usual);
        assert!(bias_of(&[("attack", "pgd"), ("votes", "101")]) > usual);
        assert!(bias_of(&[("attack", "none")]) < usual);
        let far = [("attack", "pgd"), ("eps", "1e9"), ("steps", "1000000"), ("step_size", "eps")];
        assert_eq!(bias_of(&far), 1.0);
    }
}
