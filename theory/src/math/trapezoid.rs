//! Integrals over the whole line by the trapezoidal rule, for products of normal densities and probabilities.
//!
//! Let g be a product of factors φ(a + b·w), Φ(a + b·w), and differences Φ(a₁ + b·w) − Φ(a₂ + b·w) > 0, with B² = Σ b²
//! over its factors. Then, for real w and v,
//!
//! ```text
//! |g(w + iv)| ≤ exp(B²·v²/2)·g(w)
//! ```
//!
//! For φ that is an equality; for the others it follows by integrating φ along a line that is parallel to the real
//! axis. With this, the known bound on the error of the trapezoidal rule with the spacing h is, for every v > 0,
//!
//! ```text
//! |h·Σ g(j·h) − ∫ g| ≤ 2·exp(B²·v²/2)/(exp(2πv/h) − 1)·∫ g
//!                    ≤ 2.1·exp(−2π²/(B·h)²)·∫ g            for v = 2π/(B²·h),  B·h ≤ 2
//! ```
//!
//! so the error is *relative*, however small the integral, and three points per distance of 2/B are enough for a double.
//! Source: L. N. Trefethen and J. A. C. Weideman, *The exponentially convergent trapezoidal rule*, SIAM Review 56
//! (2014), theorem 5.1.
//!
//! The terms of the sum are log-concave, as g is, so that the ones left out are bounded by a geometric series.

use crate::math::bounded::Bounded;
use crate::math::quadrature::Sum;

/// The product of the bandwidth and the spacing.
const FINE: f64 = 0.715;
/// The relative error of the rule at that product: 2.1·exp(−2π²/0.715²).
pub(crate) const ALIASED: f64 = 4e-17;
/// A term is left out, with all farther ones, if it is below this fraction of the sum.
const NEGLIGIBLE: f64 = 1e-18;

/// Returns a spacing for functions of at most this bandwidth B, of which every multiple by a small integer is exact.
///
/// There are four spacings to every power of two, so that tables which differ in little else are shared.
pub(crate) fn spacing(bandwidth: f64) -> f64 {
    let finest = FINE / bandwidth;
    let octave = 2_f64.powf(finest.log2().floor());
    [1.75, 1.5, 1.25].map(|part| part * octave).into_iter().find(|h| *h <= finest).unwrap_or(octave)
}

/// Returns the sum of a log-concave sequence of positive terms over all integers, with a bound on its error; none where
/// the sequence is not known far enough, or is 0 at `start`.
///
/// `term` returns a term with the bound of its error, or none beyond the ends of a table. The sum goes outwards from
/// `start` in both directions, until what is left out is negligible.
pub(crate) fn sum(start: i32, term: impl Fn(i32) -> Option<Bounded>) -> Option<Bounded> {
    let first = term(start).filter(|first| first.value > 0.0)?;
    let mut total = Sum::default();
    total.add(first.value);
    let mut error = first.error;
    for direction in [1, -1] {
        let mut last = first.value;
        let mut at = start;
        loop {
            at += direction;
            let next = term(at).filter(|next| next.value >= 0.0)?;
            if next.value < last && next.value <= NEGLIGIBLE * total.rounded() {
                // This term, and those beyond it, which fall at least as fast.
                error += next.value / (1.0 - next.value / last);
                break;
            }
            total.add(next.value);
            error += next.error;
            last = next.value;
        }
    }
    let value = total.total();
    Some(Bounded { value, error: error + f64::EPSILON * value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal::{cdf, pdf};

    /// Integrates φ(w)·Φ(c + r·w), which is Φ(c/√(1 + r²)), from the centre into the tail, with the nodes anywhere.
    #[test]
    fn it_is_exact_to_its_bound() {
        for rate in [0.0, 0.3, 1.0, 5.0_f64] {
            for centre in [-12.0, -5.0, -1.0, 0.0, 2.0] {
                let h = spacing((1.0 + rate * rate).sqrt());
                for offset in [0.0, 0.1, 0.5] {
                    let found = sum(0, |j| {
                        let w = h * (f64::from(j) + offset);
                        let value = h * pdf(w) * cdf(rate.mul_add(w, centre));
                        Some(Bounded { value, error: 0.0 })
                    });
                    let found = found.unwrap();
                    let exact = cdf(centre / (1.0 + rate * rate).sqrt());
                    // The rounding of the arguments, up to 12 + 5·7, is not part of the rule.
                    let slack = f64::EPSILON * (8.0 + 16.0 * centre * centre);
                    assert!(
                        (found.value / exact - 1.0).abs() < slack,
                        "{rate} {centre} {offset}: {found:?} {exact}"
                    );
                }
            }
        }
    }

    /// Shows the bound to be sharp: at three times the spacing, the error of ∫ φ is 2·exp(−2π²/h²).
    #[test]
    fn the_error_is_that_of_the_bound() {
        for h in [1.5, 2.0] {
            let found = sum(0, |j| Some(Bounded { value: h * pdf(h * f64::from(j)), error: 0.0 }));
            let error = found.unwrap().value - 1.0;
            let bound = 2.1 * (-2.0 * (std::f64::consts::PI / h).powi(2)).exp();
            assert!(error <= bound && error >= 0.9 * bound, "{h}: {error} {bound}");
        }
    }

    #[test]
    fn spacings_are_fine_enough_and_few() {
        let mut found = std::collections::BTreeSet::new();
        for i in 0..1000 {
            let bandwidth = 1.01_f64.powi(i);
            let h = spacing(bandwidth);
            assert!(h * bandwidth <= FINE && h * bandwidth >= 0.79 * FINE, "{bandwidth}: {h}");
            found.insert(h.to_bits());
        }
        assert!(found.len() <= 4 * 16, "{}", found.len());
    }

    #[test]
    fn what_is_not_known_has_no_sum() {
        let known = |j: i32| (j.abs() < 3).then(|| Bounded::exact(pdf(f64::from(j))));
        assert!(sum(0, known).is_none());
    }
}
