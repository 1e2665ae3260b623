//! The probability that two correlated normals are both above 0.

use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, pdf};
use crate::math::quadrature::integrate;

/// Returns P[X > 0, Y > 0] for normals with standard deviation 1 and these means and correlation:
/// ∫ φ(z)·Φ((b + ρz)/√(1 − ρ²)) dz over z > −a.
pub(super) fn both_positive(a: f64, b: f64, correlation: f64) -> Bounded {
    let rest = (1.0 - correlation) * (1.0 + correlation);
    if rest < 1e-15 {
        let value = if correlation > 0.0 { cdf(a.min(b)) } else { (cdf(a) - cdf(-b)).max(0.0) };
        return Bounded::probability(value, 4.0 * f64::EPSILON);
    }
    let width = rest.sqrt();
    let mut breaks = vec![-9.5, -4.0, -1.0, 0.0, 1.0, 4.0, 9.5];
    if correlation != 0.0 {
        let step = -b / correlation;
        let mut away = width / correlation.abs();
        breaks.push(step);
        while away < 4.0 {
            breaks.extend([step - away, step + away]);
            away *= 6.0;
        }
    }
    let low = (-a).max(-9.5);
    breaks.retain(|z| *z > low && *z <= 9.5);
    breaks.push(low);
    breaks.sort_by(f64::total_cmp);
    let value = |z: f64| pdf(z) * cdf((b + correlation * z) / width);
    let found = integrate(value, &breaks, 8.0 * f64::EPSILON);
    Bounded::probability(found.value, found.error + 1e-20)
}
