//! Learning a threshold from finitely many noisy inputs.
//!
//! The stage `trained` is sgn(x + θ − shift), the best threshold on (x + θ, y). Here a training set of N such pairs
//! is drawn, a learner finds its k̂, and many independent repetitions show how k̂ scatters.
//!
//! - [`data`]: the training sets, from counter-keyed streams;
//! - [`zero_one`]: all thresholds with the fewest errors, by sorting;
//! - [`logistic`]: logistic regression by Newton's method;
//! - [`sgd`]: the undefended classifier, fine-tuned by stochastic gradient descent;
//! - [`study`]: which learners are trained on which training sets; [`sampler`]: many repetitions of a study.
//!
//! Results are reproducible on any machine and on any number of threads: the normals use only operations that IEEE
//! 754 fixes, converted to double precision (rand_distr's ziggurat takes exp and ln from the platform in its tail);
//! exp is that of the crate libm, bit for bit; each sum has a fixed order.

pub mod data;
mod exponential;
pub mod logistic;
pub mod sampler;
pub mod sgd;
pub mod study;
pub mod zero_one;

use task::MAX_MAGNITUDE;

/// The reason why a repetition has no threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Only the constant classifiers have the fewest errors.
    #[error("a constant classifier makes the fewest errors")]
    Constant,
    /// Some threshold separates the classes, or there is only one: the logistic risk has no minimum.
    #[error("the classes can be separated, so that the logistic risk has no minimum")]
    Separable,
    /// The slope is not above 0: the classifier is sgn(k − x), or a constant.
    #[error("the slope is not positive")]
    Reversed,
    /// Slope, intercept or threshold became infinite or NaN, or no optimum was reached.
    #[error("the parameters diverged")]
    Diverged,
}

/// The classifier sgn(slope·x + intercept).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The slope, per unit of x.
    pub slope: f64,
    /// The value at x = 0.
    pub intercept: f64,
}

impl Line {
    /// The undefended classifier, sgn(x).
    pub const UNDEFENDED: Self = Self { slope: 1.0, intercept: 0.0 };

    /// Returns k = −intercept/slope, for a slope above 0; at most 1e15 in magnitude.
    pub fn threshold(&self) -> Result<f64, Failure> {
        let Self { slope, intercept } = *self;
        if !slope.is_finite() || !intercept.is_finite() {
            return Err(Failure::Diverged);
        }
        if slope <= 0.0 {
            return Err(Failure::Reversed);
        }
        let k = -intercept / slope;
        // Written with ≤ because NaN would pass the negated comparison.
        if k.abs() <= MAX_MAGNITUDE { Ok(k + 0.0) } else { Err(Failure::Diverged) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_a_threshold_says_why() {
        let threshold = |slope, intercept| Line { slope, intercept }.threshold();
        assert_eq!(threshold(2.0, -3.0), Ok(1.5));
        assert_eq!(Line::UNDEFENDED.threshold().unwrap().to_bits(), 0.0_f64.to_bits());
        assert_eq!(threshold(0.0, 1.0), Err(Failure::Reversed));
        assert_eq!(threshold(-2.0, 1.0), Err(Failure::Reversed));
        assert_eq!(threshold(f64::NAN, 1.0), Err(Failure::Diverged));
        assert_eq!(threshold(1.0, f64::INFINITY), Err(Failure::Diverged));
        assert_eq!(threshold(1e-300, 1.0), Err(Failure::Diverged));
        assert_eq!(threshold(1e-10, 1e10), Err(Failure::Diverged));
    }
}
