//! Classifications whose rise is not much sharper than the data are wide, at inputs that are not far off: the
//! trapezoidal rule.

use super::Vote;
use crate::math::bell::Line;
use crate::math::bounded::Bounded;
use crate::math::depth::Depth;
use crate::math::double::Dd;
use crate::math::scaled::{INV_SQRT_2PI, Scaled};
use crate::math::trapezoid;

/// The largest bandwidth in z for which the rule is used: some 400 points. Sharper rises are better resolved by points
/// that are dense only there.
const SHARP: f64 = 12.0;
/// The smallest integrand at the peak for which the rule is used: below, the rounding of the factors' arguments costs
/// digits.
const DEEP: f64 = 1e-20;

/// Returns `E[∏ Sᵢ]` over the standard normal z, with x = (centre + data_std·z)/sigma given as `line`; none where
/// another method is better or needed.
pub(super) fn average<const N: usize>(votes: &[Vote<'_>; N], line: Line) -> Option<Scaled> {
    let rate = line.rate();
    let bandwidth = votes.iter().map(|vote| vote.extreme.bandwidth()).sum::<f64>();
    let bandwidth = (rate * rate).mul_add(bandwidth, 1.0).sqrt();
    if bandwidth > SHARP {
        return None;
    }
    let constants = votes.map(|vote| vote.argument(line.at(Dd::ZERO)).hi());
    let rates = votes.map(|vote| vote.sign * rate);
    let argument = |i: usize, z: f64| rates[i].mul_add(z, constants[i]);
    // The peak, with each factor's decay below 0 as that of a Gaussian.
    let mut peak = 0.0;
    for _ in 0..3 {
        let (mut pull, mut total) = (0.0, 1.0);
        for i in (0..N).filter(|i| argument(*i, peak) < 0.0) {
            let weight = votes[i].extreme.weight();
            pull -= weight * rates[i] * constants[i];
            total += weight * rates[i] * rates[i];
        }
        peak = pull / total;
    }
    if peak.abs() > 8.0 {
        return None;
    }
    let step = trapezoid::spacing(bandwidth);
    #[allow(clippy::cast_possible_truncation)] // at most 8 over the spacing
    let start = (peak / step).round() as i32;
    let term = |j: i32| {
        let z = step * f64::from(j);
        let factors = (0..N).map(|i| votes[i].extreme.probability(argument(i, z)));
        factors.product::<f64>() * (-0.5 * z * z).exp()
    };
    if term(start) < DEEP {
        return None;
    }
    let Bounded { value, error } =
        trapezoid::sum(start, |j| Some(Bounded { value: term(j), error: 0.0 }))?;
    let rounding = |i: usize| {
        let (extreme, x) = (votes[i].extreme, argument(i, peak));
        let moved = 2.0 * constants[i].abs() + 2.0 * (rates[i] * peak).abs();
        extreme.rounding(x) + f64::EPSILON * moved * extreme.slope(x)
    };
    let rounding = f64::EPSILON * (10.0 + peak * peak) + (0..N).map(rounding).sum::<f64>();
    Some(Scaled {
        exponent: Depth::ZERO,
        mantissa: INV_SQRT_2PI * step * value,
        relative: error / value + trapezoid::ALIASED + rounding,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::extreme::Extreme;
    use crate::math::majority::Majority;

    /// Compares with the adaptive quadrature about the peak, wherever the rule is used.
    #[test]
    fn it_agrees_with_the_quadrature() {
        let (mut used, mut worst) = (0, 0.0_f64);
        for votes in [1, 3, 11, 101] {
            let majority = Majority::new(votes);
            for tries in [1, 2, 5, 40] {
                let knee = Extreme::knee(&majority, tries);
                for sigma in [0.15, 0.5, 1.0, 4.0, 60.0] {
                    for (centre, eps) in
                        [(1.0, 0.5), (1.0, 1e-9), (-1.0, 2.0), (3.0, 0.1), (-4.0, 1.0), (9.0, 12.0)]
                    {
                        let (factor, unit) = (1.0, sigma);
                        let line = Line { constant: Dd::from(centre), factor, unit };
                        let attack = Dd::from(eps) / Dd::from(sigma);
                        let one = Extreme::one(&majority);
                        let clean = Vote { extreme: one, sign: 1.0, shift: Dd::ZERO };
                        let extreme = Extreme::largest(&majority, tries, knee);
                        let right = Vote { extreme, sign: 1.0, shift: -attack };
                        let extreme = Extreme::smallest(&majority, tries, knee);
                        let wrong = Vote { extreme, sign: -1.0, shift: attack };
                        for second in [right, wrong] {
                            let votes = [clean, second];
                            let Some(found) = average(&votes, line) else { continue };
                            let slow = super::super::average(votes, line);
                            let gap = (found.over(slow).number().value - 1.0).abs();
                            used += 1;
                            worst = worst.max(gap);
                            assert!(
                                gap <= found.relative + slow.relative && found.relative < 1e-12,
                                "{tries} {sigma} {centre} {eps}: {gap:e} {} {}",
                                found.relative,
                                slow.relative
                            );
                        }
                    }
                }
            }
        }
        println!("{used} compared, largest difference {worst:.1e}");
        assert!(used > 250 && worst < 1e-13, "{used} {worst:e}");
    }
}
