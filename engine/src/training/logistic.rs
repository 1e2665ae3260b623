//! Logistic regression in slope and intercept, by Newton's method.
//!
//! The risk is the mean of ln(1 + exp(−y(slope·x + intercept))): convex, with exactly one minimum unless the classes
//! can be separated. In one dimension that depends on four numbers: they can be separated if the largest input of one
//! class is no larger than the smallest of the other (A. Albert and J. A. Anderson, Biometrika 71 (1984), 1–10;
//! equality is their quasi-complete separation).

use super::data::Example;
use super::exponential::{FAR, exp, ln_1p};
use super::{Failure, Line};
use crate::dispatch::{Fma, Level, dispatched};

/// The largest number of Newton steps; about ten are usual.
const MAX_STEPS: usize = 200;
/// The largest number of times that one step is halved.
const MAX_HALVINGS: usize = 60;
/// If the squared Newton decrement, about twice the remaining reduction of the risk, is below this, one more step
/// squares the error and reaches the optimum up to rounding.
const DECREMENT: f64 = 1e-20;

/// Returns the minimum of the logistic risk.
///
/// ```
/// use gauss_sim_engine::training::data::Example;
/// use gauss_sim_engine::training::logistic::fit;
///
/// // Three quarters are positive at 1, one quarter at −1: the log odds there are ±ln 3.
/// let of = |x: f64, ys: [f64; 4]| ys.map(|y| Example { x, y });
/// let examples = [of(1.0, [1.0, 1.0, 1.0, -1.0]), of(-1.0, [1.0, -1.0, -1.0, -1.0])].concat();
/// let line = fit(&examples)?;
/// assert!((line.slope - 3.0_f64.ln()).abs() < 1e-14 && line.intercept.abs() < 1e-14);
/// # Ok::<(), gauss_sim_engine::training::Failure>(())
/// ```
pub fn fit(examples: &[Example]) -> Result<Line, Failure> {
    fit_while(examples, &|| true)
}

/// Does the same as long as `goes_on` returns true; then returns [`Failure::Diverged`].
pub(super) fn fit_while(examples: &[Example], goes_on: &dyn Fn() -> bool) -> Result<Line, Failure> {
    if separable(examples) {
        return Err(Failure::Separable);
    }
    // Inputs with mean 0 and variance 1: the Hessian is then as well conditioned as possible.
    let n = examples.len() as f64;
    let centre = examples.iter().map(|example| example.x).sum::<f64>() / n;
    let deviation = |example: &Example| (example.x - centre) * (example.x - centre);
    let scale = (examples.iter().map(deviation).sum::<f64>() / n).sqrt();
    let standard: Vec<Example> =
        examples.iter().map(|e| Example { x: (e.x - centre) / scale, y: e.y }).collect();
    let line = newton(&standard, goes_on).ok_or(Failure::Diverged)?;
    let slope = line.slope / scale;
    Ok(Line { slope, intercept: line.intercept - slope * centre })
}

/// Returns whether some threshold, in either direction, separates the classes, except for equal inputs.
fn separable(examples: &[Example]) -> bool {
    let ends = |y: f64| {
        let inputs = examples.iter().filter(|example| example.y == y).map(|example| example.x);
        inputs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let ((plus_low, plus_high), (minus_low, minus_high)) = (ends(1.0), ends(-1.0));
    // A class without examples has its ends in reverse order.
    minus_high <= plus_low || plus_high <= minus_low
}

/// Returns the optimum on standardised inputs. A step that does not reduce the risk enough is halved (Armijo's rule);
/// apart from rounding, that leads to the optimum from every start.
fn newton(examples: &[Example], goes_on: &dyn Fn() -> bool) -> Option<Line> {
    let level = Level::best();
    let mut line = Line { slope: 0.0, intercept: 0.0 };
    let mut here = evaluate(level, examples, line);
    for _ in 0..MAX_STEPS {
        let Derivatives { risk, slope, intercept, ss, si, ii } = here;
        let determinant = ss * ii - si * si;
        let step = Line {
            slope: (si * intercept - ii * slope) / determinant,
            intercept: (si * slope - ss * intercept) / determinant,
        };
        let decrement = -(slope * step.slope + intercept * step.intercept);
        if !decrement.is_finite() || !goes_on() {
            return None;
        }
        let moved = |share: f64| Line {
            slope: line.slope + share * step.slope,
            intercept: line.intercept + share * step.intercept,
        };
        if decrement <= DECREMENT {
            return Some(moved(1.0));
        }
        // Near the optimum, risks can no longer be distinguished, and the whole step is right.
        let rounding = 16.0 * f64::EPSILON * risk;
        let mut share = 1.0;
        here = evaluate(level, examples, moved(share));
        for _ in 0..MAX_HALVINGS {
            if here.risk <= risk - 0.25 * share * decrement + rounding {
                break;
            }
            share *= 0.5;
            here = evaluate(level, examples, moved(share));
        }
        line = moved(share);
    }
    None
}

/// The risk, its gradient and its Hessian.
struct Derivatives {
    risk: f64,
    slope: f64,
    intercept: f64,
    ss: f64,
    si: f64,
    ii: f64,
}

fn evaluate(level: Level, examples: &[Example], line: Line) -> Derivatives {
    let mut sums = [0.0; 6];
    add_terms(level, examples, line, &mut sums);
    let [risk, slope, intercept, ss, si, ii] = sums.map(|sum| sum / examples.len() as f64);
    Derivatives { risk, slope, intercept, ss, si, ii }
}

dispatched! {
    /// Adds the terms of the risk, its gradient and its Hessian.
    fn add_terms(examples: &[Example], line: Line, sums: &mut [f64; 6]) = add_terms_body
}

/// The number of examples whose terms are computed together.
const TOGETHER: usize = 64;

// The macro hands every body the multiply-add of its level; libm has none. The compiler vectorises loops over an index
// of fixed-length arrays, but an iterator's own loop is compiled for no level.
#[allow(clippy::extra_unused_type_parameters, clippy::needless_range_loop)]
#[inline(always)]
fn add_terms_body<F: Fma>(examples: &[Example], line: Line, sums: &mut [f64; 6]) {
    let mut z = [0.0; TOGETHER];
    let (mut xs, mut ys) = ([0.0; TOGETHER], [0.0; TOGETHER]);
    let mut terms = [[0.0; TOGETHER]; 6];
    for examples in examples.chunks(TOGETHER) {
        for (i, &Example { x, y }) in examples.iter().enumerate() {
            (xs[i], ys[i]) = (x, y);
        }
        let mut is_far = false;
        for i in 0..TOGETHER {
            z[i] = ys[i] * (line.slope * xs[i] + line.intercept);
            is_far |= z[i].is_nan() || z[i].abs() >= FAR;
        }
        if is_far {
            for i in 0..examples.len() {
                let e = libm::exp(-z[i].abs());
                put(&mut terms, i, xs[i], terms_of(z[i], ys[i], e, libm::log1p(e)));
            }
        } else {
            for i in 0..TOGETHER {
                let e = exp(-z[i].abs());
                put(&mut terms, i, xs[i], terms_of(z[i], ys[i], e, ln_1p(e)));
            }
        }
        // One after the other: the last bits of a sum depend on its order.
        for i in 0..examples.len() {
            for (sum, terms) in sums.iter_mut().zip(&terms) {
                *sum += terms[i];
            }
        }
    }
}

/// Stores the terms of an example at x.
#[inline(always)]
fn put(terms: &mut [[f64; TOGETHER]; 6], at: usize, x: f64, [loss, gradient, curvature]: [f64; 3]) {
    terms[0][at] = loss;
    terms[1][at] = gradient * x;
    terms[2][at] = gradient;
    terms[3][at] = curvature * x * x;
    terms[4][at] = curvature * x;
    terms[5][at] = curvature;
}

/// Returns the loss at z, and its first two derivatives by the line. Using the exponential of the smaller side, e = exp(−|z|),
/// everything is accurate and nothing overflows.
#[inline(always)]
fn terms_of(z: f64, y: f64, e: f64, ln_1p_e: f64) -> [f64; 3] {
    let loss = (-z).max(0.0) + ln_1p_e;
    let q = if z > 0.0 { e } else { 1.0 } / (1.0 + e);
    [loss, -y * q, e / ((1.0 + e) * (1.0 + e))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::data::Source;
    use task::{Defense, Task};

    fn set(positive: &[f64], negative: &[f64]) -> Vec<Example> {
        let of = |xs: &[f64], y| xs.iter().map(move |&x| Example { x, y }).collect::<Vec<_>>();
        [of(positive, 1.0), of(negative, -1.0)].concat()
    }

    /// Checks that the gradient is 0 at the optimum, up to the rounding of its sum, and not 0 elsewhere.
    #[test]
    fn the_gradient_vanishes_at_the_optimum() {
        for (shift, sigma, size) in [(1.0, 1.0, 50), (1.0, 0.3, 3000), (-40.0, 5.0, 3000)] {
            let defense = Defense::new(shift, sigma).unwrap();
            let examples = Source { task: Task::default(), defense, seed: 1 }.draw(0, size);
            let line = fit(&examples).unwrap();
            let found = evaluate(Level::best(), &examples, line);
            let largest = examples.iter().map(|e| e.x.abs()).fold(1.0, f64::max);
            assert!(found.intercept.abs() < 1e-14, "{line:?}: {}", found.intercept);
            assert!(found.slope.abs() < 1e-14 * largest, "{line:?}: {}", found.slope);
            let beside = Line { slope: line.slope + 1e-6, ..line };
            assert!(evaluate(Level::best(), &examples, beside).slope.abs() > 1e-8);
        }
    }

    /// Checks two places by hand: three quarters of the examples at 1 are positive, and a quarter at −1, so the log
    /// odds there are ln 3 and −ln 3. With the share at −1 changed to a half, they are ln 3 and 0.
    #[test]
    fn two_places_have_their_log_odds() {
        let line = fit(&set(&[1.0, 1.0, 1.0, -1.0], &[1.0, -1.0, -1.0, -1.0])).unwrap();
        assert!(
            (line.slope - 3_f64.ln()).abs() < 1e-14 && line.intercept.abs() < 1e-14,
            "{line:?}"
        );
        let line = fit(&set(&[1.0, 1.0, 1.0, -1.0], &[1.0, -1.0])).unwrap();
        let half = 3_f64.ln() / 2.0;
        assert!((line.slope - half).abs() + (line.intercept - half).abs() < 1e-14, "{line:?}");
        assert!((line.threshold().unwrap() + 1.0).abs() < 1e-14);
    }

    #[test]
    fn separable_classes_have_no_optimum() {
        for examples in [
            set(&[2.0, 3.0], &[0.0, 1.0]),
            set(&[0.0, 1.0], &[2.0, 3.0]),
            set(&[1.0, 2.0], &[0.0, 1.0]), // except for the one they share
            set(&[1.0], &[1.0]),
            set(&[1.0, 2.0], &[]),
            set(&[], &[1.0]),
            Vec::new(),
        ] {
            assert_eq!(fit(&examples), Err(Failure::Separable), "{examples:?}");
        }
        // The smallest overlap is sufficient, though the slope is steep.
        let line = fit(&set(&[1.0, 2.0], &[0.0, 1.0 + 1e-6])).unwrap();
        assert!((line.threshold().unwrap() - 1.0).abs() < 1e-5 && line.slope > 1.0, "{line:?}");
        assert!(fit(&set(&[0.0, 1.5], &[1.0, 2.0])).unwrap().slope < 0.0);
    }
}
