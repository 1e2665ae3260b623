//! The undefended classifier, fine-tuned on noisy inputs by stochastic gradient descent.
//!
//! Minimises the logistic loss, starting from slope 1 and intercept 0, which is sgn(x): k = 0. Each epoch goes
//! through the examples once, in a random order, in batches; each batch moves the parameters by the learning rate
//! times the mean gradient over its examples (the last batch may be smaller).
//!
//! With a constant learning rate the parameters never settle: k̂ keeps a spread of its own however many examples
//! there are (`learning::sgd_floor` in theory), and the additional spread for finite N is that of logistic
//! regression, if the epochs are long enough to forget the start.

use super::Line;
use super::data::Example;
use super::exponential::{FAR, exp};
use crate::dispatch::{Fma, Level, dispatched};

/// The settings of the training.
///
/// ```
/// use gauss_sim_engine::training::sgd::Settings;
///
/// let settings = Settings { learning_rate: 0.1, batch_size: 32, epochs: 2 };
/// let slower = Settings { learning_rate: 0.01, ..settings };
/// assert_eq!((slower.batch_size, slower.epochs), (32, 2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The learning rate, constant and above 0.
    pub learning_rate: f64,
    /// The number of examples in a batch, at least 1.
    pub batch_size: usize,
    /// The number of times that each example is seen.
    pub epochs: u32,
}

/// Returns the classifier before training and after each epoch, epochs + 1 in all. `shuffle` puts the examples in the
/// order of the epoch it is given, from 1 on, and returns whether to go on. If it returns false, or a parameter
/// becomes infinite or NaN, training stops, and the remaining classifiers are the last one.
pub fn fine_tune(
    examples: &mut [Example],
    settings: Settings,
    shuffle: impl Fn(u32, &mut [Example]) -> bool,
) -> Vec<Line> {
    let level = Level::best();
    let mut line = Line::UNDEFENDED;
    let mut path = vec![line];
    let mut goes_on = true;
    for epoch in 1..=settings.epochs {
        goes_on = goes_on && line.slope.is_finite() && line.intercept.is_finite();
        goes_on = goes_on && shuffle(epoch, examples);
        if goes_on {
            go_through(level, &mut line, examples, settings);
        }
        path.push(line);
    }
    path
}

dispatched! {
    /// Goes once through the examples, in their order, with one step per batch.
    fn go_through(line: &mut Line, examples: &[Example], settings: Settings) = epoch
}

// The macro hands every body the multiply-add of its level; libm has none.
#[allow(clippy::extra_unused_type_parameters)]
#[inline(always)]
fn epoch<F: Fma>(line: &mut Line, examples: &[Example], settings: Settings) {
    for batch in examples.chunks(settings.batch_size) {
        *line = step(*line, batch, settings.learning_rate);
    }
}

/// The number of examples whose gradients are computed together: the usual batch.
const TOGETHER: usize = 32;

/// Takes one step down the mean gradient of a batch.
// The compiler vectorises loops over an index of fixed-length arrays.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
fn step(line: Line, batch: &[Example], learning_rate: f64) -> Line {
    let (mut slope, mut intercept) = (0.0, 0.0);
    let (mut xs, mut ys) = ([0.0; TOGETHER], [0.0; TOGETHER]);
    let (mut pulls, mut downhill) = ([0.0; TOGETHER], [[0.0; TOGETHER]; 2]);
    for examples in batch.chunks(TOGETHER) {
        for (i, &Example { x, y }) in examples.iter().enumerate() {
            (xs[i], ys[i]) = (x, y);
        }
        let mut is_far = false;
        for i in 0..TOGETHER {
            pulls[i] = ys[i] * (line.slope * xs[i] + line.intercept);
            is_far |= pulls[i].is_nan() || pulls[i].abs() >= FAR;
        }
        if is_far {
            for i in 0..examples.len() {
                pulls[i] = libm::exp(pulls[i]);
            }
        } else {
            for i in 0..TOGETHER {
                pulls[i] = exp(pulls[i]);
            }
        }
        for i in 0..TOGETHER {
            downhill[1][i] = ys[i] * (1.0 / (1.0 + pulls[i]));
            downhill[0][i] = downhill[1][i] * xs[i];
        }
        // One after the other: the last bits of a sum depend on its order.
        for i in 0..examples.len() {
            slope += downhill[0][i];
            intercept += downhill[1][i];
        }
    }
    let n = batch.len() as f64;
    Line {
        slope: line.slope + learning_rate * (slope / n),
        intercept: line.intercept + learning_rate * (intercept / n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Failure;

    const SETTINGS: Settings = Settings { learning_rate: 0.5, batch_size: 2, epochs: 1 };

    fn keep(_: u32, _: &mut [Example]) -> bool {
        true
    }

    /// Checks one step by hand: at (1, 0), the example (0, +) moves the intercept up by ½ and the slope not at all;
    /// with (ln 3, −), whose margin is −ln 3, the gradient is ¾ downwards in the intercept, and ¾ ln 3 in the slope.
    #[test]
    fn one_step_by_hand() {
        let ln3 = 3_f64.ln();
        let mut examples = [Example { x: 0.0, y: 1.0 }, Example { x: ln3, y: -1.0 }];
        let path = fine_tune(&mut examples, SETTINGS, keep);
        assert_eq!(path.len(), 2);
        assert_eq!(path[0], Line::UNDEFENDED);
        assert!((path[1].slope - (1.0 - 0.5 * (0.75 * ln3) / 2.0)).abs() < 1e-15, "{path:?}");
        assert!((path[1].intercept - 0.5 * (0.5 - 0.75) / 2.0).abs() < 1e-15, "{path:?}");
    }

    /// Trains on three examples in batches of two: the third makes a separate step, with its own mean.
    #[test]
    fn the_last_batch_may_be_smaller() {
        let third = Example { x: 1.0, y: 1.0 };
        let first = [Example { x: 0.0, y: 1.0 }, Example { x: 0.5, y: -1.0 }];
        let mut examples = [first[0], first[1], third];
        let path = fine_tune(&mut examples, SETTINGS, keep);
        let after_two = fine_tune(&mut first.clone(), SETTINGS, keep)[1];
        let pull = 1.0 / (1.0 + (after_two.slope + after_two.intercept).exp());
        assert!((path[1].slope - after_two.slope - 0.5 * pull).abs() < 1e-15);
        assert!((path[1].intercept - after_two.intercept - 0.5 * pull).abs() < 1e-15);
    }

    #[test]
    fn the_epochs_are_shuffled_from_one_on() {
        let seen = std::cell::RefCell::new(Vec::new());
        let settings = Settings { epochs: 3, ..SETTINGS };
        let path = fine_tune(&mut [], settings, |epoch, _| {
            seen.borrow_mut().push(epoch);
            true
        });
        assert_eq!(*seen.borrow(), [1, 2, 3]);
        assert_eq!(path, [Line::UNDEFENDED; 4]);
    }

    #[test]
    fn a_blow_up_stays_one() {
        let settings = Settings { learning_rate: 1e308, epochs: 3, ..SETTINGS };
        let mut examples = [Example { x: 9.0, y: -1.0 }, Example { x: 9.0, y: -1.0 }];
        let path = fine_tune(&mut examples, settings, keep);
        assert_eq!(path.len(), 4);
        assert_eq!(path[3].threshold(), Err(Failure::Diverged), "{path:?}");
    }
}
