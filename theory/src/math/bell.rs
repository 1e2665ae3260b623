//! Integrals of log-concave functions: one peak, with a fall on both sides that never slows down.
//!
//! Beyond a point where such a function has the value g and its logarithm the slope s, the remaining integral is at
//! most g/|s|. That makes the quadrature safe: there is no second peak to miss, and the truncation error is bounded.

use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::quadrature::integrate;

/// The fall of the integrand's logarithm beyond which it is cut off: e^−45 = 3e-20.
const FALL: f64 = 45.0;

/// If the logarithm of the peak is below this, doubles near the peak are too far apart to resolve it, and only the
/// logarithm is computed.
pub(crate) const ABYSS: f64 = -1e10;

/// A second variable that is a function of the first: x = (constant + factor·w)/unit, factor and unit > 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) constant: Dd,
    pub(crate) factor: f64,
    pub(crate) unit: f64,
}

impl Line {
    /// Returns dx/dw.
    pub(crate) fn rate(&self) -> f64 {
        self.factor / self.unit
    }

    /// Returns x.
    pub(crate) fn at(&self, w: Dd) -> Dd {
        (self.constant + Dd::from(self.factor) * w) / Dd::from(self.unit)
    }

    /// Returns the w and x where outer(w) + rate·inner(x), the decreasing derivative of a logarithm, is 0.
    ///
    /// The search goes from `start` in steps of `step`, to 1e-4 of `width`, which is the smallest width of the peak
    /// in w: at that distance, the function has nearly its peak value.
    pub(crate) fn peak(
        &self,
        outer: impl Fn(f64) -> f64,
        inner: impl Fn(Dd) -> f64,
        start: f64,
        step: f64,
        width: f64,
    ) -> (Dd, Dd) {
        let rate = self.rate();
        let slope = |w: f64| outer(w) + rate * inner(self.at(Dd::from(w)));
        let w = zero_of_falling(slope, start, step, 1e-4 * width);
        let mut peak = Dd::from(w);
        if width < 1e-3 {
            // Neighbouring doubles w may have quite different x: refine below their spacing.
            let x = self.at(peak);
            let fine = |d: f64| outer(w + d) + rate * inner(x + Dd::from(rate * d));
            peak = Dd::two_sum(w, zero_of_falling(fine, 0.0, width, 1e-4 * width));
        }
        (peak, self.at(peak))
    }
}

/// Returns the integral of a log-concave function of the distance d from (nearly) its peak, with an error bound that
/// includes the truncation.
///
/// `slope` is the derivative of the logarithm of `value`, `step` is about the width of the peak, `knees` are the
/// places where a factor of the function changes its behaviour within a few `width`, and `rounding` is the relative
/// rounding error of a value.
pub(crate) fn integral(
    value: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
    step: f64,
    knees: &[f64],
    width: f64,
    rounding: f64,
) -> Bounded {
    let top = value(0.0);
    let depth = |d: f64| (top / value(d)).ln();
    let (low, high) = (end(depth, -step), end(depth, step));
    let mut breaks = vec![low, low / 4.0, low / 16.0, 0.0, high / 16.0, high / 4.0, high];
    if 64.0 * width < high - low {
        for at in knees {
            breaks.extend([at - 8.0 * width, *at, at + 8.0 * width]);
        }
    }
    breaks.retain(|d| (low..=high).contains(d));
    breaks.sort_by(f64::total_cmp);
    let Bounded { value: integral, error } = integrate(&value, &breaks, rounding);
    let tails = [low, high].map(|d| value(d) / slope(d).abs());
    Bounded { value: integral, error: error + tails[0] + tails[1] }
}

/// Returns the zero of a decreasing function to within `tolerance`, sought from `start` in steps of `step`, and 2, 4,
/// 8, … times that.
pub(crate) fn zero_of_falling(
    f: impl Fn(f64) -> f64,
    start: f64,
    step: f64,
    tolerance: f64,
) -> f64 {
    let direction = f(start).signum();
    let mut step = direction * step;
    let (mut near, mut far) = (start, start + step);
    while f(far) * direction > 0.0 && far.is_finite() {
        step *= 2.0;
        (near, far) = (far, far + step);
    }
    while (far - near).abs() > tolerance {
        let middle = 0.5 * near + 0.5 * far;
        if middle == near || middle == far {
            break; // neighbouring doubles
        }
        if f(middle) * direction > 0.0 {
            near = middle;
        } else {
            far = middle;
        }
    }
    0.5 * near + 0.5 * far
}

/// Returns a distance from the peak, in the direction of `step`, at which the integrand has fallen by e^−[`FALL`] and
/// not much more. `depth` is 0 at 0, increases without bound, and may become infinite.
fn end(depth: impl Fn(f64) -> f64, step: f64) -> f64 {
    let (mut near, mut far) = (0.0, step);
    while depth(far) < FALL && far.is_finite() {
        (near, far) = (far, 2.0 * far);
    }
    for _ in 0..60 {
        if depth(far) < FALL + 15.0 {
            break;
        }
        let middle = 0.5 * near + 0.5 * far;
        if depth(middle) < FALL {
            near = middle;
        } else {
            far = middle;
        }
    }
    far
}
