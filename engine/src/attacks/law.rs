//! The law of a transformation as the kernel represents it, and the functions that draw from it.

use task::attack::{AttackTask, GainLaw, GainScope, GainTask, MirrorTask, SpheresTask};

use super::rows::{self, Line, PairWords, Rows};
use crate::dispatch::Level;
use crate::normal::Pairs;
use crate::stream::{LANES, Stream};

/// The number of rows drawn at a time, each with one number for each of sixteen samples.
pub(super) const CHUNK: usize = 64;

/// The number of normals that are summed in single precision; such sums are added in double precision.
pub(super) const SINGLE: u32 = 256;

/// The gain of a coordinate, in multiples of a unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Gain {
    /// Always 1.
    One,
    /// N(1, spread²).
    Normal { spread: f64 },
    /// The smallest gain, and the amounts added to it if a word is above a threshold.
    List { least: i64, more: Vec<More> },
}

/// A step of a distribution function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct More {
    /// Words above this, as signed numbers, have the step.
    pub(super) above: i32,
    /// The height of the step, above 0.
    pub(super) by: i32,
}

/// A task as the kernel represents it: coordinate i of a margin is a·xᵢ with a from `gain`, or w of one of two
/// coordinates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct World {
    pub(super) dimension: usize,
    /// The means of the coordinates, alternating.
    pub(super) mean: [f64; 2],
    pub(super) data_std: f64,
    pub(super) sigma: f64,
    pub(super) gain: Gain,
    /// The size of one unit of gain.
    pub(super) unit: f64,
    /// Whether one gain is drawn for all coordinates.
    pub(super) shared: bool,
    pub(super) mirror: Option<Mirror>,
    pub(super) spheres: Option<Spheres>,
}

/// Two coordinates that are swapped at random.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mirror {
    pub(super) task: MirrorTask,
    /// Words above this, as signed numbers, do not swap; `None` if all words do.
    kept_above: Option<i32>,
}

/// Two classes around 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spheres {
    /// The standard deviations for y = 1 and for y = −1.
    pub(super) spreads: [f64; 2],
    /// The classifier returns y = 1 where |t(x)|² is below this.
    pub(super) square: f64,
    /// The same for the classifier without a defense, the best one for clean inputs.
    pub(super) plain_square: f64,
}

/// Returns the threshold that a word, as a signed number, exceeds with probability 1 − `part`/`whole`, to 2⁻³².
fn threshold(part: u64, whole: u64) -> i32 {
    let words = ((u128::from(part) << 32) + u128::from(whole) / 2) / u128::from(whole);
    (words.clamp(1, 1 << 32) as i64 - 1 - (1 << 31)) as i32
}

impl World {
    pub(super) fn new(task: &AttackTask) -> Self {
        match task {
            AttackTask::Gains(task) => Self::gains(task),
            AttackTask::Mirror(task) => Self::mirror(task),
            AttackTask::Spheres(task) => Self::spheres(task),
        }
    }

    fn spheres(task: &SpheresTask) -> Self {
        let spreads = task.spreads();
        let plain = SpheresTask::best_radius(task.dimension(), spreads, 0.0);
        Self {
            dimension: task.dimension() as usize,
            mean: [0.0; 2],
            data_std: 1.0,
            sigma: task.sigma(),
            gain: Gain::One,
            unit: 1.0,
            shared: false,
            mirror: None,
            spheres: Some(Spheres {
                spreads,
                square: task.radius() * task.radius(),
                plain_square: plain * plain,
            }),
        }
    }

    fn gains(task: &GainTask) -> Self {
        let (gain, unit) = match task.law() {
            GainLaw::One => (Gain::One, 1.0),
            GainLaw::Normal { spread } => (Gain::Normal { spread }, 1.0),
            GainLaw::List(list) => {
                let mut below = 0;
                let more = list.units().windows(2).zip(list.weights()).map(|(units, weight)| {
                    below += weight;
                    let above = threshold(below, list.whole());
                    // Units are at most 1e9 in magnitude.
                    More { above, by: (units[1] - units[0]) as i32 }
                });
                (Gain::List { least: list.units()[0], more: more.collect() }, list.unit().value())
            }
        };
        Self {
            dimension: task.dimension() as usize,
            mean: [task.mean(); 2],
            data_std: task.data_std(),
            sigma: task.sigma(),
            shared: task.scope() == GainScope::Shared && gain != Gain::One,
            gain,
            unit,
            mirror: None,
            spheres: None,
        }
    }

    fn mirror(task: &MirrorTask) -> Self {
        let swap = task.swap();
        let never = (swap.numerator() == 0).then_some(i32::MIN);
        let always = swap.numerator().unsigned_abs() == swap.denominator();
        let sometimes = threshold(swap.numerator().unsigned_abs(), swap.denominator());
        let kept_above = if always { None } else { never.or(Some(sometimes)) };
        Self {
            dimension: 2,
            mean: task.mean(),
            data_std: task.data_std(),
            sigma: task.sigma(),
            gain: Gain::One,
            unit: 1.0,
            shared: false,
            mirror: Some(Mirror { task: task.clone(), kept_above }),
            spheres: None,
        }
    }

    /// Returns the same world without a defense.
    pub(super) fn plain(&self) -> Self {
        Self { gain: Gain::One, unit: 1.0, shared: false, sigma: 0.0, ..self.clone() }
    }

    /// Returns the weight of θᵢ.
    pub(super) fn weight(&self, coordinate: usize) -> f64 {
        self.mirror.as_ref().map_or(1.0, |mirror| mirror.task.weights()[coordinate % 2])
    }

    /// Returns the weights of the coordinates, alternating.
    pub(super) fn weights(&self) -> [f64; 2] {
        [self.weight(0), self.weight(1)]
    }

    /// Returns the right direction for a step of a coordinate, in units of −y.
    pub(super) fn direction(&self, coordinate: usize) -> i32 {
        self.mirror.as_ref().map_or(1, |mirror| i32::from(mirror.task.direction()[coordinate % 2]))
    }

    /// Returns the same for the gradient without a defense.
    pub(super) fn undefended(&self, coordinate: usize) -> i32 {
        let weight = self.weight(coordinate);
        i32::from(weight > 0.0) - i32::from(weight < 0.0)
    }

    /// Returns the cost of classifying a sample once, in normals per coordinate.
    pub(super) fn draws(&self) -> u64 {
        let gains = u64::from(self.gain != Gain::One || self.mirror.is_some());
        gains + u64::from(self.sigma > 0.0)
    }
}

impl Mirror {
    /// Returns whether a word swaps.
    pub(super) fn swaps(&self, word: u32) -> bool {
        self.kept_above.is_none_or(|kept| !(word as i32 > kept || kept == i32::MIN))
    }
}

/// Working memory for drawing rows at a level.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) level: Level,
    pub(super) pairs: Box<Pairs>,
    pub(super) pair_words: PairWords,
    words: Rows<u32>,
    single: Rows<f32>,
    double: Rows<f64>,
    whole: Rows<i32>,
    long: Rows<i64>,
}

impl Drawn {
    pub(super) fn new(level: Level) -> Self {
        Self {
            level,
            pairs: Box::default(),
            pair_words: PairWords::default(),
            words: Rows::default(),
            single: Rows::default(),
            double: Rows::default(),
            whole: Rows::default(),
            long: Rows::default(),
        }
    }

    /// Draws words for this many rows.
    pub(super) fn words(&mut self, stream: &mut Stream, rows: usize) -> &[Line<u32>] {
        self.words.resize(rows);
        rows::words(self.level, stream, &mut self.words);
        &self.words
    }

    /// Draws the gains of up to [`CHUNK`] rows, in units.
    pub(super) fn gains(&mut self, stream: &mut Stream, gain: &Gain, gains: &mut [Line<f64>]) {
        match gain {
            Gain::One => gains.fill([1.0; LANES]),
            Gain::Normal { spread } => {
                rows::normal_gains(self.level, stream, &mut self.pairs, (1.0, *spread), gains);
            }
            Gain::List { least, more } => {
                self.whole.resize(gains.len());
                self.words.resize(gains.len());
                rows::list_sums(self.level, stream, more, 1, &mut self.words, &mut self.whole);
                for (gain, more) in gains.iter_mut().zip(&*self.whole) {
                    for lane in 0..LANES {
                        // Below 2³², so both are exact.
                        gain[lane] = *least as f64 + f64::from(more[lane]);
                    }
                }
            }
        }
    }

    /// Draws normals with this standard deviation for up to [`CHUNK`] rows.
    pub(super) fn noise(&mut self, stream: &mut Stream, sigma: f64, noise: &mut [Line<f64>]) {
        rows::normal_gains(self.level, stream, &mut self.pairs, (0.0, sigma), noise);
    }

    /// Draws sums of `count` normals for up to [`CHUNK`] rows.
    pub(super) fn normal_sums(
        &mut self,
        stream: &mut Stream,
        count: u32,
        rows: usize,
    ) -> &[Line<f64>] {
        let Self { level, pair_words, single, double, .. } = self;
        double.set(rows, [0.0; LANES]);
        for first in (0..count).step_by(SINGLE as usize) {
            single.set(rows, [0.0; LANES]);
            rows::normal_sums(*level, stream, pair_words, (count - first).min(SINGLE), single);
            rows::widen(*level, double, single);
        }
        double
    }

    /// Draws the signs of sums of `eot` gains for up to [`CHUNK`] rows.
    pub(super) fn signs(
        &mut self,
        stream: &mut Stream,
        gain: &Gain,
        eot: u32,
        signs: &mut [Line<i32>],
    ) {
        match gain {
            Gain::One => signs.fill([1; LANES]),
            Gain::Normal { spread } => self.normal_signs(stream, *spread, eot, signs),
            Gain::List { least, more } => self.list_signs(stream, *least, more, eot, signs),
        }
    }

    /// Draws the signs for normal gains: m + spread·Σz > 0 if Σz > −m/spread; a sum of exactly 0, which has
    /// probability 0, counts as wrong.
    fn normal_signs(
        &mut self,
        stream: &mut Stream,
        spread: f64,
        eot: u32,
        signs: &mut [Line<i32>],
    ) {
        let threshold = -f64::from(eot) / spread;
        if eot == 1 {
            rows::normal_signs(self.level, stream, &mut self.pairs, threshold as f32, signs);
            return;
        }
        let level = self.level;
        let sums = self.normal_sums(stream, eot, signs.len());
        rows::sum_signs(level, sums, threshold, signs);
    }

    /// Draws the signs for lists of gains, from sums of integers, in 32 bits as long as they fit.
    fn list_signs(
        &mut self,
        stream: &mut Stream,
        least: i64,
        more: &[More],
        eot: u32,
        signs: &mut [Line<i32>],
    ) {
        let Self { level, words, whole, long, .. } = self;
        let range: i64 = more.iter().map(|more| i64::from(more.by)).sum();
        let fit = u32::try_from(i64::from(i32::MAX - 1) / range.max(1)).unwrap_or(u32::MAX);
        whole.resize(signs.len());
        words.resize(signs.len());
        if eot <= fit {
            // Gains sum to 0 if the amounts above the smallest gain compensate for it; beyond these ends they cannot.
            let none = (-i64::from(eot) * least).clamp(-1, i64::from(i32::MAX)) as i32;
            rows::list_sums(*level, stream, more, eot, words, whole);
            rows::list_signs(*level, whole, none, signs);
            return;
        }
        long.set(signs.len(), [i64::from(eot) * least; LANES]);
        for first in (0..eot).step_by(fit as usize) {
            rows::list_sums(*level, stream, more, (eot - first).min(fit), words, whole);
            for (long, whole) in long.iter_mut().zip(&**whole) {
                for lane in 0..LANES {
                    long[lane] += i64::from(whole[lane]);
                }
            }
        }
        for (signs, sum) in signs.iter_mut().zip(&**long) {
            for lane in 0..LANES {
                signs[lane] = sum[lane].signum() as i32;
            }
        }
    }
}
