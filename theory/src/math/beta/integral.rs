//! The tail of Beta(a, b) divided by the density at its edge, as an integral, for large shapes near the mean.

use super::artanh_rest;

/// The positive nodes and weights of the Gauss–Legendre rule with 28 points on [−1, 1].
const RULE: [(f64, f64); 14] = [
    (0.05507928988403427, 0.1100470130164752),
    (0.16456928213338076, 0.10871119225829413),
    (0.2720616276351781, 0.10605576592284642),
    (0.3762515160890787, 0.10211296757806076),
    (0.4758742249551183, 0.09693065799792992),
    (0.5697204718114017, 0.09057174439303284),
    (0.656651094038865, 0.08311341722890121),
    (0.7356108780136318, 0.07464621423456878),
    (0.8056413709171791, 0.0652729239669996),
    (0.8658925225743951, 0.05510734567571675),
    (0.9156330263921321, 0.04427293475900423),
    (0.9542592806289382, 0.03290142778230438),
    (0.9813031653708727, 0.02113211259277126),
    (0.9964424975739544, 0.009124282593094517),
];

/// The integrand is neglected where it has fallen by exp(−38), 3e-17.
const FALL: f64 = 38.0;

/// Returns I_x(a, b)·B(a, b)/(xᵃyᵇ) for x up to the mean, `distance` = a − n·x, by integrating downwards from x: with
/// t = x·(1 − r),
///
/// > (1/y) ∫₀¹ exp[ −r·g + (a − 1)·ℓ(−r) + (b − 1)·ℓ(r·x/y) ] dr,
/// > ℓ(u) = ln(1 + u) − u,  g = (distance − (y − x))/y,
///
/// where the linear parts of both logarithms, which nearly cancel, are combined in g.
pub(super) fn ratio(a: f64, b: f64, x: f64, y: f64, distance: f64) -> f64 {
    let slope = (distance - (y - x)) / y;
    let odds = x / y;
    let exponent =
        |r: f64| (a - 1.0) * ln_1p_rest(-r) + (b - 1.0) * ln_1p_rest(r * odds) - slope * r;
    let curvature = (a - 1.0) + (b - 1.0) * odds * odds;
    let mut reach = 2.0 * FALL / (slope + (slope * slope + 2.0 * FALL * curvature).sqrt());
    while reach < 1.0 && exponent(reach) > -FALL {
        reach *= 1.0625;
    }
    let half = 0.5 * reach.min(1.0);
    let sum: f64 = RULE
        .iter()
        .rev()
        .map(|&(node, weight)| {
            let (left, right) = (half - half * node, half + half * node);
            weight * (exponent(left).exp() + exponent(right).exp())
        })
        .sum();
    half * sum / y
}

/// Returns ln(1 + u) − u, without cancellation, for u > −1.
fn ln_1p_rest(u: f64) -> f64 {
    if u.abs() > 0.35 {
        return u.ln_1p() - u;
    }
    // ln(1 + u) = 2·artanh(w), and 2w − u = −u·w.
    let w = u / (2.0 + u);
    let v = w * w;
    w * (2.0 * v * artanh_rest(v) - u)
}
