//! A finite number of votes: integrals over the median of n standard normals.
//!
//! The majority of n = 2h + 1 draws is right exactly if the median margin is (see
//! [`Margin`](task::Margin)), and the median w of n standard normals has the density (one of the n is
//! at w, h of the others below and h above it, in n!/(h! h!) ways)
//!
//! ```text
//! f(w) = n!/(h! h!) · Φ(w)^h · Φ(−w)^h · φ(w) = K · exp(h·ln(4 Φ(w) Φ(−w))) · exp(−w²/2)
//! K = n · C(2h, h)/4^h / √(2π)
//! ```
//!
//! Source: H. A. David and H. N. Nagaraja, *Order Statistics*, Wiley 2003, equation 2.1.6. An even number of votes
//! with fair ties decides like the next smaller odd one.
//!
//! Given w, a class's margin mean + y·u + data_std·z₁ + sigma·w (u = offset) exceeds ε exactly if
//! −z₁ < (mean + y·u − ε + sigma·w)/data_std, so
//!
//! ```text
//! A(ε) = ½ Σ_y ∫ f(w)·Φ((mean + y·u − ε + sigma·w)/data_std) dw
//!      = ½ Σ_y E_t[ I_p(h + 1, h + 1) ],   t ~ N(mean, data_std²),   p = Φ((t + y·u − ε)/sigma)
//! ```
//!
//! The second form averages over the data last: given t, each vote is right with probability p, and h + 1 or more of
//! n are right with the binomial probability I_p(h + 1, h + 1), the incomplete beta function. The code computes the
//! first form, and the second is a check:
//!
//! ```
//! use gauss_sim_theory::accuracy::adversarial_accuracy;
//! use gauss_sim_theory::math::normal::{cdf, pdf};
//! use gauss_sim_theory::math::quadrature::integrate;
//! use task::{Eps, Margin, Task, Votes};
//!
//! let margin = Margin::new(Task::default(), 0.0, 2.0, Votes::new(3)?)?;
//! let found = adversarial_accuracy(&margin, Eps::new(0.5)?);
//! let right = |t: f64| {
//!     let p = cdf((t - 0.5) / 2.0);
//!     pdf(t - 1.0) * p * p * (3.0 - 2.0 * p) // I_p(2, 2): two or three of three are right
//! };
//! let average = integrate(right, &[-9.0, -3.0, 1.0, 5.0, 11.0], 1e-16);
//! assert!((found.value - average.value).abs() < 1e-14);
//! # Ok::<(), task::DomainError>(())
//! ```
//!
//! Every quantity here is ∫ f(w)·B((constant + sigma·w)/data_std) dw, where B(x) is the normal probability of an
//! interval. Ordinarily it is a sum over equidistant w (`table`), whose error is exponentially small. Where B rises
//! much more sharply than f, it is an adaptive quadrature: both factors are log-concave, hence so is the integrand,
//! as `bell` requires, and the places of the steps that a panel might hide are known in advance. Far in the tail, the
//! same is done relative to the Gaussian that the integrand nearly is (`deep`).

mod deep;
mod table;

pub(crate) use crate::math::median::Median;
pub use crate::math::median::median_density;

use crate::math::bell::{self, ABYSS, Line};
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::event::{Chance, Event};
use crate::math::scaled::Scaled;

/// The distance of a margin's centre from 0 from which on [`deep`] is used, in standard deviations.
const FAR: f64 = -30.0;

/// Returns `P[centre − less + data_std·z + sigma·w > 0]`.
pub(crate) fn survival(median: Median, centre: Dd, less: Dd, sigma: f64, data_std: f64) -> Scaled {
    anywhere(median, Event::Below, [centre, less], sigma, data_std)
}

/// Returns `P[0 < centre + data_std·z + sigma·w < width]`.
pub(crate) fn window(median: Median, centre: Dd, width: Dd, sigma: f64, data_std: f64) -> Scaled {
    // From the nearer end, whose distance is known more accurately than that of the farther one.
    let centre = if (centre + centre).hi() > width.hi() { width - centre } else { centre };
    let event = Event::Window(width / Dd::from(data_std));
    anywhere(median, event, [centre, Dd::ZERO], sigma, data_std)
}

fn anywhere(
    median: Median,
    event: Event,
    [centre, less]: [Dd; 2],
    sigma: f64,
    data_std: f64,
) -> Scaled {
    let variance = median.variance(sigma, data_std);
    let constant = centre - less;
    if (constant / variance.root()).hi() < FAR {
        return deep::expect(median, event, [centre, less], sigma, data_std, variance);
    }
    table::expect(median, event, constant, sigma, data_std)
        .unwrap_or_else(|| expect(median, event, constant, sigma, data_std))
}

/// Returns `E[B((constant + sigma·w)/data_std)]` over the median w, where B is the probability of `event`.
///
/// `constant`, `sigma` > 0 and `data_std` > 0 are in the units of x. The relative error is about
/// 1e-15·(5 + h·|ln(4 Φ(w) Φ(−w))|) at the peak w: some 1e-15 unless the result is tiny, and below 1e-12 as long as
/// it is a normal double.
pub(crate) fn expect(
    median: Median,
    event: Event,
    constant: Dd,
    sigma: f64,
    data_std: f64,
) -> Scaled {
    let start = match event {
        Event::Around(_) | Event::UpTo(_) if constant.hi() <= 0.0 => -constant.hi() / sigma,
        _ => 0.0,
    };
    if start > 1e8 {
        // The median does not reach it: f(w) < exp(−w²/2)·n, which is 0 in any double.
        return Scaled::ZERO;
    }
    let line = Line { constant, factor: sigma, unit: data_std };
    let rate = line.rate();
    // The integrand is not much narrower than this.
    let step = median.scale().min(1.0 / rate);
    let slope = |x: Dd| event.slope(x.hi());
    let (peak, x_peak) = line.peak(|w| median.slope(w), slope, start, median.scale(), step);

    // From here on, w = peak + d and x = x_peak + rate·d, with d the variable: distances from the peak keep their
    // relative precision, and everything relevant is near the peak.
    let decay = peak * peak.half() * Dd::from(median.h() + 1.0);
    let peak = peak.hi();
    let power_peak = median.power(peak);
    let top = event.chance(x_peak.hi());
    let near = event.near(x_peak);
    let exponent = Dd::from(power_peak) - decay - near * near.half();
    if exponent.hi() < ABYSS {
        return Scaled::unresolved(exponent); // the factors left out are within exp(±100)
    }
    // ln g − ln g(peak), except for the mantissa.
    let fall = |d: f64, chance: &Chance| {
        let w = peak + d;
        let near_step = if chance.side * top.side > 0.0 {
            chance.side * rate * d
        } else {
            chance.near - top.near
        };
        (median.power(w) - power_peak)
            - 0.5 * (median.h() + 1.0) * d * (peak + w)
            - 0.5 * near_step * (chance.near + top.near)
    };
    let value = |d: f64| {
        let chance = event.chance(rate.mul_add(d, x_peak.hi()));
        if chance.mantissa > 0.0 { fall(d, &chance).exp() * chance.mantissa } else { 0.0 }
    };
    let slope = |d: f64| median.slope(peak + d) + rate * event.slope(rate.mul_add(d, x_peak.hi()));
    let knees = event.knees().map(|knee| (knee - x_peak.hi()) / rate);

    // The error of `power`, see `rest`; those of its argument and of everything else are a few ulp.
    let balance = Median::balance(peak).abs();
    let rounding = f64::EPSILON * (10.0 + median.h() * (2.0 * balance).min(4.0));
    let Bounded { value: integral, error } =
        bell::integral(value, slope, step, &knees, 1.0 / rate, rounding);
    Scaled {
        exponent: exponent.into(),
        mantissa: median.factor * integral,
        relative: error / integral + 4.0 * f64::EPSILON,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that the density has mass 1: E of a certain event.
    #[test]
    fn the_density_has_mass_one() {
        for votes in [1, 2, 3, 11, 52, 101, 1001, 1_000_000] {
            let sure = expect(Median::new(votes), Event::Below, Dd::from(50.0), 1e-9, 1.0);
            let Bounded { value, error } = sure.probability();
            assert!((value - 1.0).abs() < 4e-15 && error < 1e-13, "{votes}: {value} ± {error}");
        }
    }
}
