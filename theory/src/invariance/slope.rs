//! The derivative of the rate of invariance by the threshold, dR/dk. The derivation is at [`slope_in_threshold`].

use crate::math::bell::{self, ABYSS, Line};
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::{cdf, from_centre, pdf};
use crate::math::quadrature::gauss;
use crate::math::scaled::{INV_SQRT_2PI, Scaled, interval};
use crate::vote::Median;
use task::{Margin, Votes};

/// Ten times the spacing of subnormal numbers: the largest error of a factor that is nearly 0.
const TINY: f64 = 5e-323;

/// Returns dR/dk, the derivative of the rate of invariance R by the threshold k at fixed shift, in 1/(unit of x). It
/// has the sign of offset = shift − k, and is exactly 0 at offset 0, even without spread, where R has a kink.
///
/// Accuracy: 1e-14 relative for one draw and without spread, 1e-12 for votes, wherever the result is a normal double;
/// each result comes with its own bound.
///
/// ```
/// use gauss_sim_theory::invariance::slope_in_threshold;
/// use task::{Margin, Task, Votes};
///
/// let slope = slope_in_threshold(&Margin::new(Task::default(), 1.0, 1.0, Votes::ONE)?);
/// assert!(slope.value > slope.error); // more invariance with a threshold nearer to shift
/// # Ok::<(), task::DomainError>(())
/// ```
///
/// # Derivation
///
/// With t ~ N(mean, data_std²) the input times its class, f its density, g the density of sigma·w (w
/// one normal, or the median of n), and u = offset = shift − k: the prediction of a sample of class y
/// is sgn(t) with probability `∫_{t>0} f·P[sigma·w > −t − y·u] + ∫_{t<0} f·P[sigma·w < −t − y·u]`.
/// Its derivative by y·u is ∫ sgn(t)·f(t)·g(t + y·u) dt, as g is symmetric. Averaged over y, and with
/// du = −dk,
///
/// ```text
/// dR/dk = ½ ∫ sgn(t)·f(t)·[g(t − u) − g(t + u)] dt
/// ```
///
/// **It is positive for every u > 0, whatever the data.** g is symmetric and decreases with the distance from 0. For
/// t > 0 and u > 0, |t − u| < t + u, so g(t − u) − g(t + u) > 0; and it is odd in t, so sgn(t) times it is also
/// positive for t < 0. The integrand is nowhere negative, and no property of f was used: the invariance strictly
/// increases with k as long as k < shift, and strictly decreases beyond. So dR/dk is odd in u, and 0 at u = 0; by t →
/// −t it is even in the mean.
///
/// One draw: with s² = data_std² + sigma², M = |mean|, u > 0, a± = (M ± u)/s and τ± = (M·sigma² ∓
/// u·data_std²)/(s·data_std·sigma), the integral is f_m(0)·(2·P[t > 0 | m = 0] − 1) for the two classes,
/// φ(a₊)/s·(2Φ(τ₊) − 1) and φ(a₋)/s·(2Φ(τ₋) − 1), and as φ(a₊) = φ(a₋)·exp(−2Mu/s²),
///
/// ```text
/// dR/dk = [ φ(a₋)·(1 − exp(−2Mu/s²))·erf(τ₋/√2) + 2φ(a₊)·(Φ(τ₋) − Φ(τ₊)) ] / (2s),
/// ```
///
/// in which nothing is negative and the interval of Φ has the width τ₋ − τ₊ = 2u·data_std/(s·sigma).
/// No spread (sigma = 0, or the limit of many votes): (φ(b − r) + φ(b + r))/(2·data_std), b = M/data_std,
/// r = u/data_std; here R has a kink at u = 0, and 0 is the mean of the slopes on its two sides.
///
/// Votes: half the line is enough,
///
/// ```text
/// dR/dk = ½ ∫₀^∞ [f(t) + f(−t)]·g(t − u)·(1 − exp(−Δ)) dt,   Δ = ln g(t − u) − ln g(t + u) ≥ 0,
/// ```
///
/// and Δ is itself computed as an integral of a positive function where a difference would lose digits. The two
/// integrands are log-concave (checked by a test): the curvature of −ln g decreases from the centre outwards except
/// for a shallow dip, and if the curvature decreases, ln(1 − e^−Δ) is concave in t. Source: Gao, Shumailov, Fawaz,
/// Papernot, arXiv 2206.09491, section 4, has the statement for one draw; derived above.
#[must_use]
pub fn slope_in_threshold(margin: &Margin) -> Bounded {
    let offset = margin.offset();
    if offset == 0.0 {
        return Bounded::exact(0.0);
    }
    let (margin, power) = widened(margin);
    let margin = &margin;
    let magnitude = match margin.votes() {
        Votes::Finite(n) if margin.sigma() > 0.0 && n.get() > 2 => voted(margin, n.get()),
        Votes::Finite(_) if margin.sigma() > 0.0 => one_draw(margin),
        _ => without_spread(margin),
    };
    let Bounded { value, error } = magnitude.times_power_of_two(-power).number();
    Bounded { value: value.copysign(offset) + 0.0, error } // 0 where it underflows, not −0
}

/// Scales up tiny parameters by a power of two. The slope is proportional to an offset that is extremely small
/// compared with data and draws, so a larger offset keeps its digits. If both offset and draws are extremely small
/// compared with the data, the slope depends only on their ratio, and both are scaled up.
fn widened(margin: &Margin) -> (Margin, i32) {
    let data_std = margin.task().data_std();
    let (mut offset, mut sigma, mut power) = (margin.offset(), margin.sigma(), 0);
    let least = super::NARROW * data_std;
    while sigma > 0.0 && sigma.max(offset.abs()) < least {
        (offset, sigma) = (2.0 * offset, 2.0 * sigma);
    }
    let drawn = if margin.votes() == Votes::Limit { 0.0 } else { sigma };
    while offset.abs() < super::NARROW * drawn.min(data_std) {
        (offset, power) = (2.0 * offset, power + 1);
    }
    let wider = Margin::new(*margin.task(), offset, sigma, margin.votes());
    wider.map_or((*margin, 0), |wider| (wider, power))
}

/// Returns factor·φ(z).
fn density(z: Dd, factor: f64) -> Scaled {
    let mantissa = INV_SQRT_2PI * factor;
    Scaled { exponent: (-(z * z.half())).into(), mantissa, relative: 6.0 * f64::EPSILON }
}

fn without_spread(margin: &Margin) -> Scaled {
    let (mean, data_std) = (margin.task().mean().abs(), margin.task().data_std());
    let u = margin.offset().abs();
    let side = |sum: Dd| density(sum / Dd::from(data_std), 0.5 / data_std);
    side(Dd::two_sum(mean, -u)).plus(side(Dd::two_sum(mean, u)))
}

fn one_draw(margin: &Margin) -> Scaled {
    let (mean, data_std) = (margin.task().mean().abs(), margin.task().data_std());
    let (sigma, u) = (margin.sigma(), margin.offset().abs());
    let dd = Dd::from;
    let s = (Dd::two_prod(data_std, data_std) + Dd::two_prod(sigma, sigma)).sqrt();
    // τ∓ = centre ± half.
    let centre = Dd::two_prod(mean, sigma) / dd(data_std) / s;
    let half = dd(u) / dd(sigma) * dd(data_std) / s;
    let upper = centre + half;
    if !upper.hi().is_finite() {
        return without_spread(margin); // sigma is negligible compared with u
    }
    let twice = (dd(mean) / s * (dd(u) / s)).hi() * 2.0;
    let first = -(-twice).exp_m1() * (2.0 * from_centre(upper.hi()));
    let first = density(Dd::two_sum(mean, -u) / s, first);
    let second = density(Dd::two_sum(mean, u) / s, 2.0);
    let between = interval(upper, half + half);
    let second = Scaled {
        exponent: second.exponent.and(between.exponent.total()),
        mantissa: second.mantissa * between.mantissa,
        relative: second.relative + between.relative + TINY / half.hi(),
    };
    let sum = first.plus(second);
    Scaled { mantissa: sum.mantissa / (2.0 * s.hi()), ..sum }
}

fn voted(margin: &Margin, votes: u32) -> Scaled {
    let (mean, data_std) = (margin.task().mean(), margin.task().data_std());
    let centre = Dd::from(mean.abs()) / Dd::from(data_std);
    // Within a few sigma of ±u, the data's density is a constant plus a slope, which cancels.
    let change = margin.sigma() / data_std * (2.0 + centre.hi() + margin.offset().abs() / data_std);
    if change < 1e-9 && margin.offset().abs() > 50.0 * margin.sigma() {
        let found = without_spread(margin);
        return Scaled { relative: found.relative + change * change, ..found };
    }
    let fall = Fall {
        median: Median::new(votes),
        sigma: margin.sigma(),
        data_std,
        offset: margin.offset().abs(),
    };
    let sum = fall.integral(centre).plus(fall.integral(-centre));
    Scaled { mantissa: 0.5 * sum.mantissa / data_std, ..sum }
}

/// 1 − g(t + u)/g(t − u) = 1 − exp(−Δ) at t = data_std·x > 0.
#[derive(Clone, Copy)]
struct Fall {
    median: Median,
    sigma: f64,
    data_std: f64,
    offset: f64,
}

impl Fall {
    /// Returns the derivative of −ln g, in units of sigma, for w ≥ 0: no digits are lost near 0.
    fn pull(&self, w: f64) -> f64 {
        let balance = if w < 5.0 {
            pdf(w) * (2.0 * from_centre(w)) / (cdf(w) * cdf(-w))
        } else {
            return -self.median.slope(w);
        };
        self.median.h().mul_add(balance, w)
    }

    /// Returns the ends |t − u| and t + u, in units of sigma, and their distance.
    fn ends(&self, x: f64) -> (f64, f64, f64) {
        let (t, u) = (self.data_std * x, self.offset);
        let (near, width) = ((t - u).abs() / self.sigma, 2.0 * t.min(u) / self.sigma);
        (near, near + width, width)
    }

    /// Returns Δ.
    fn depth(&self, x: f64) -> f64 {
        let (near, far, width) = self.ends(x);
        if width <= 1.0 {
            return gauss(|w| self.pull(near + w), 0.0, width); // smooth at the scale of 1
        }
        let squares = 0.5 * (self.median.h() + 1.0) * width * (near + far);
        squares + (self.median.power(near) - self.median.power(far))
    }

    /// Returns 1 − exp(−Δ).
    fn mantissa(&self, x: f64) -> f64 {
        if x > 0.0 { -(-self.depth(x)).exp_m1() } else { 0.0 }
    }

    /// Returns the derivative of the logarithm of 1 − exp(−Δ) with respect to x.
    fn slope(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return f64::INFINITY;
        }
        let (near, far, width) = self.ends(x);
        let rise = if self.data_std * x < self.offset {
            self.pull(far) + self.pull(near)
        } else {
            // A difference that would vanish for u ≪ t: `pull` is odd, and smooth at the scale of 1.
            let (middle, half) = (0.5 * (near + far), (0.5 * width).max(1e-4));
            (self.pull(middle + half) - self.pull(middle - half)) * (0.5 * width / half)
        };
        let rise = rise * (self.data_std / self.sigma);
        let depth = self.depth(x);
        if depth > 700.0 { 0.0 } else { rise / depth.exp_m1() }
    }

    /// Returns ∫ (density of the median at w)·φ(x − centre)·(1 − exp(−Δ)) dw with x = (u + sigma·w)/data_std, over
    /// x > 0. The method is that of `vote::expect`.
    fn integral(&self, centre: Dd) -> Scaled {
        let median = self.median;
        let line =
            Line { constant: Dd::from(self.offset), factor: self.sigma, unit: self.data_std };
        let rate = line.rate();
        // At x = 0 the integrand may be as steep as this, and its peak as narrow.
        let steep = self.pull(self.offset / self.sigma) + rate * centre.hi().abs();
        let step = median.scale().min(1.0 / rate).min(1.0 / steep);
        let slope = |x: Dd| (centre - x).hi() + self.slope(x.hi());
        let (peak, x_peak) = line.peak(|w| median.slope(w), slope, 0.0, median.scale(), step);
        let decay = peak * peak.half() * Dd::from(median.h() + 1.0);
        let peak = peak.hi();
        let power_peak = median.power(peak);
        let near = x_peak - centre;
        let exponent = Dd::from(power_peak) - decay - near * near.half();
        if exponent.hi().is_nan() || exponent.hi() < ABYSS {
            return Scaled::unresolved(exponent);
        }
        let near = near.hi();
        let top = self.mantissa(x_peak.hi());
        let value = |d: f64| {
            // Divided by its value at the peak, which may be tiny.
            let mantissa = self.mantissa(rate.mul_add(d, x_peak.hi())) / top;
            let w = peak + d;
            let gain = (median.power(w) - power_peak)
                - 0.5 * (median.h() + 1.0) * d * (peak + w)
                - 0.5 * rate * d * (2.0 * near + rate * d);
            if mantissa > 0.0 { gain.exp() * mantissa } else { 0.0 }
        };
        let slope = |d: f64| {
            let x = rate.mul_add(d, x_peak.hi());
            median.slope(peak + d) + rate * (self.slope(x) - (near + rate * d))
        };
        // The point t = u, where Δ is largest, and the point t = 0.
        let knees = [-peak, -x_peak.hi() / rate];
        let balance = Median::balance(peak).abs();
        let rounding = f64::EPSILON * (16.0 + median.h() * (2.0 * balance).min(4.0));
        let Bounded { value: integral, error } =
            bell::integral(value, slope, step, &knees, median.scale(), rounding);
        Scaled {
            exponent: exponent.into(),
            mantissa: median.factor_at_centre() * INV_SQRT_2PI * INV_SQRT_2PI * integral * top,
            relative: error / integral + 8.0 * f64::EPSILON + TINY / top,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the assumption of `bell` that ln g(t − u) + ln(1 − exp(−Δ)) is concave in t > 0.
    #[test]
    fn the_difference_of_the_densities_is_log_concave() {
        for votes in [3, 5, 11, 101, 10_001] {
            let median = Median::new(votes);
            let width = median.scale();
            for offset in [1e-3, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0].map(|u| u * width) {
                let fall = Fall { median, sigma: 1.0, data_std: 1.0, offset };
                let ln = |t: f64| {
                    let w = t - offset;
                    median.power(w) - 0.5 * (median.h() + 1.0) * w * w + fall.mantissa(t).ln()
                };
                for i in 1..400 {
                    let (t, step) = (0.1 * f64::from(i) * width, 0.04 * width);
                    let bend = ln(t - step) + ln(t + step) - 2.0 * ln(t);
                    // Rounding: a few ulp of the largest term.
                    let slack = 1e-15 * (10.0 + 8.0 * ln(t).abs());
                    assert!(bend <= slack, "n = {votes}, u = {offset}, t = {t}: {bend}");
                }
            }
        }
    }

    #[test]
    fn slopes_are_derivatives() {
        let fall = Fall { median: Median::new(11), sigma: 0.7, data_std: 1.3, offset: 0.9 };
        for i in 1..200 {
            let (x, step) = (0.02 * f64::from(i) + 0.005, 1e-5);
            let ln = |x: f64| fall.mantissa(x).ln();
            let numeric = (ln(x + step) - ln(x - step)) / (2.0 * step);
            let slope = fall.slope(x);
            // Central difference: truncation step²·f‴ ≤ 1e-10·2/x³, rounding 1e-15/step.
            let slack = 1e-9 + 1e-10 / (x * x * x);
            assert!((numeric - slope).abs() < slack, "{x}: {slope} {numeric}");
        }
    }
}
