//! Means of φ, its derivatives and φ/Φ over an interval that may shrink to a point.
//!
//! A mean is bounded twice: by the range of the function over the interval, which is sharp for short intervals, and
//! by the difference of the antiderivative divided by the length, which is sharp for long ones. The slopes are
//! bounded likewise. With m the mean of f over [b − w, b],
//!
//! ```text
//! ∂m/∂b = (f(b) − f(b − w))/w, a mean of f′       ∂m/∂w = (f(b − w) − m)/w, minus half a mean of f′
//! ```

use super::jet::{Jet, chain};
use crate::claims::enclosure::Enclosure;

/// φ, yφ, (1 − y²)φ and (y³ − 3y)φ over an interval of y: each is the derivative of the one before, except that the
/// second is the derivative of −φ.
pub(super) type Moments = [Enclosure; 4];

/// The extrema of the moments: y, the index of the moment, and its value there. The y are 0, ±1, ±√3 and ±√(3 ± √6),
/// rounded: as the moments are stationary there, the rounding moves them only by 1e-31.
const EXTREMA: [(f64, usize, f64); 10] = [
    (0.0, 0, 0.398_942_280_401_432_7),
    (0.0, 2, 0.398_942_280_401_432_7),
    (1.0, 1, 0.241_970_724_519_143_34),
    (-1.0, 1, -0.241_970_724_519_143_34),
    (1.732_050_807_568_877_2, 2, -0.178_032_109_831_902_96),
    (-1.732_050_807_568_877_2, 2, -0.178_032_109_831_902_96),
    (0.741_963_784_302_725_8, 3, -0.550_587_839_500_819_4),
    (-0.741_963_784_302_725_8, 3, 0.550_587_839_500_819_4),
    (2.334_414_218_338_977_3, 3, 0.149_562_235_706_639_62),
    (-2.334_414_218_338_977_3, 3, -0.149_562_235_706_639_62),
];

/// Returns the moments at one y.
fn moments_at(y: f64) -> Moments {
    let y = Enclosure::point(y);
    let square = y.square();
    let pdf = y.pdf();
    let first = y * pdf;
    let three = Enclosure::point(3.0);
    [pdf, first, (Enclosure::ONE - square) * pdf, (square - three) * first]
}

/// Returns the moments over an interval: they are monotone between their extrema.
pub(super) fn moments(y: Enclosure) -> Moments {
    let mut found = moments_at(y.low);
    if y.low < y.high {
        let other = moments_at(y.high);
        found = std::array::from_fn(|i| found[i].hull(other[i]));
        for (at, which, value) in EXTREMA {
            if y.contains(at) {
                found[which] = found[which].hull(Enclosure::near(value));
            }
        }
    }
    found
}

/// Returns the mean of φ over [b − w, b], for w ≥ 0.
pub(super) fn pdf<const N: usize>(b: Jet<N>, w: Jet<N>) -> Jet<N> {
    let (top, width) = (b.value, w.value);
    let bottom = top - width;
    let between = moments(top.hull(bottom));
    // Use the tail that loses no digits.
    let mass =
        if bottom.low > 0.0 { (-bottom).cdf() - (-top).cdf() } else { top.cdf() - bottom.cdf() };
    let mean = between[0].and(mass / width);
    chain([b, w], mean, || {
        let (at_top, at_bottom) = (top.pdf(), bottom.pdf());
        [
            (-between[1]).and((at_top - at_bottom) / width),
            between[1].half().and((at_bottom - mean) / width),
        ]
    })
}

/// Returns λ = φ/Φ and its first two derivatives over an interval.
pub(super) fn inverse_mills(y: Enclosure) -> [Enclosure; 3] {
    let value = y.inverse_mills();
    // λ is convex (Sampford 1953): its slope increases from −1 to 0.
    let slope = mills_slope(y.low).hull(mills_slope(y.high)).and(Enclosure::new(-1.0, 0.0));
    let second = -(slope * (y + value)) - value * (Enclosure::ONE + slope);
    [value, slope, second.and(Enclosure::new(0.0, f64::INFINITY))]
}

/// Returns λ′ = −λ·(y + λ) at one y.
fn mills_slope(y: f64) -> Enclosure {
    let y = Enclosure::point(y);
    let value = y.inverse_mills();
    -(value * (y + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks 4000 intervals at 9 points each, because the ends of an interval do not show an extremum inside.
    #[test]
    fn moments_cover_every_point_between() {
        for step in 0..4000 {
            // A lattice that repeats neither in position nor in width.
            let low = -4.0 + (f64::from(step) * 0.618_034).fract() * 7.0;
            let width = (f64::from(step) * 0.414_214).fract().powi(3) * 3.0;
            let y = Enclosure::new(low, low + width);
            let (all, mills) = (moments(y), inverse_mills(y));
            for part in 0..=8 {
                let inside = (low + width * f64::from(part) / 8.0).min(y.high);
                let thin = Enclosure::point(inside);
                let (at, at_mills) = (moments_at(inside), inverse_mills(thin));
                for i in 0..4 {
                    assert!(all[i].contains(at[i].middle()), "{y:?} {inside} {i}");
                }
                for i in 0..3 {
                    assert!(mills[i].contains(at_mills[i].middle()), "{y:?} {inside} {i}");
                }
            }
        }
    }

    #[test]
    fn extrema_are_where_and_what_they_are_said_to_be() {
        for (at, which, value) in EXTREMA {
            let here = moments_at(at)[which];
            // Both are within four ulp of the true value.
            assert!((here.middle() - value).abs() <= 8.0 * f64::EPSILON * value.abs(), "{at}");
            for near in [at - 1e-3, at + 1e-3] {
                let there = moments_at(near)[which];
                // The curvature is at least 0.2, and the extrema alternate.
                assert!((there.middle() - value).abs() < 2e-6 && there.middle() != value);
                assert_eq!(there.high < here.low, value > 0.0, "{at} {which}");
            }
        }
    }
}
