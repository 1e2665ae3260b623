//! The leads of the claims, enclosed over boxes of (σ, ε, τ).
//!
//! All lengths are in units of `data_std`, so data_std = 1, s = √(1 + σ²), r = 1/s. Positive factors are divided out,
//! so that no lead vanishes on an edge of the region.
//!
//! Every lead is bounded twice, and the two bounds are intersected: by plain interval arithmetic, and by the
//! mean-value form f(c) + f′(box)·(box − c) about the middle c, whose excess decreases with the square of the box.

use super::jet::{Jet, chain};
use super::{means, trade_off};
use crate::claims::enclosure::Enclosure;
use task::{Claim, Metric};

/// The task and the shift in units of `data_std`, and the claim in question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) claim: Claim,
    pub(super) paper: bool,
    pub(super) mean: Enclosure,
    pub(super) shift: Enclosure,
}

impl Question {
    /// Creates the question. Robust accuracy and attack success rate have the same leads.
    pub(super) fn new(claim: Claim, metric: Metric, mean: Enclosure, shift: Enclosure) -> Self {
        Self { claim, paper: metric != Metric::AdversarialAccuracy, mean, shift }
    }

    /// Returns whether the lead also depends on τ = u/shift, and the claim is about its minimum.
    pub(super) fn has_threshold(&self) -> bool {
        self.paper && self.claim == Claim::TradeOff
    }

    /// Returns whether ε is at least the mean everywhere in a range.
    pub(super) fn beyond_the_mean(&self, eps: Enclosure) -> bool {
        self.paper && self.mean.low > 0.0 && (self.mean - eps).high <= 0.0
    }

    /// Returns the lead over a box of (σ, ε), or of (σ, ε, τ) if it has a threshold.
    pub(super) fn lead<const N: usize>(&self, over: [Enclosure; N]) -> Enclosure {
        let jets: [_; N] = std::array::from_fn(|i| Jet::<N>::variable(over[i], i));
        let plain = self.evaluate(jets);
        let middle = over.map(|x| Enclosure::point(x.middle()));
        let mut centred = self.value(middle);
        for i in 0..N {
            if over[i] != middle[i] {
                centred = centred + plain.slope[i] * (over[i] - middle[i]);
            }
        }
        plain.value.and(centred)
    }

    /// Returns the lead by plain interval arithmetic: for points, where the mean-value form gains nothing.
    pub(super) fn value<const K: usize>(&self, at: [Enclosure; K]) -> Enclosure {
        self.evaluate(at.map(Jet::<0>::constant)).value
    }

    /// Evaluates the formula of the lead.
    fn evaluate<const K: usize, const N: usize>(&self, at: [Jet<N>; K]) -> Jet<N> {
        let (sigma, eps) = (at[0], at[1]);
        let spread = (Enclosure::ONE + sigma.value.square()).sqrt();
        let r = Enclosure::ONE / spread;
        // dr/dσ = −σr³, and σ occurs only once in r, so there is no excess.
        let r = chain([sigma], r, || [-(sigma.value * r * r.square())]);
        match (self.paper, self.claim) {
            (true, Claim::TradeOff) => trade_off::lead(
                Jet::constant(self.mean) * r,
                eps * r,
                at[K - 1] * Jet::constant(self.shift) * r,
            ),
            (true, Claim::DefenseHelps) => self.caught(None, eps) - self.caught_defended(r, eps),
            (true, Claim::TrainingHurts) => {
                self.caught(Some(r), eps) - self.caught_defended(r, eps)
            }
            (true, _) => self.kept(r, eps),
            (false, _) => self.unconditional(r, eps),
        }
    }

    /// Returns the attack success rate divided by ε for a margin N(mean, 1/r²), undefended if r is not given: the
    /// mean density on [0, ε] divided by the clean accuracy.
    fn caught<const N: usize>(&self, r: Option<Jet<N>>, eps: Jet<N>) -> Jet<N> {
        let r = r.unwrap_or(Jet::constant(Enclosure::ONE));
        let reach = Jet::constant(self.mean) * r;
        r * means::pdf(reach, eps * r) / cdf(reach)
    }

    /// Returns the same for the defended classifier, whose margins have their centres at mean ± shift.
    fn caught_defended<const N: usize>(&self, r: Jet<N>, eps: Jet<N>) -> Jet<N> {
        let plus = Jet::constant(self.mean + self.shift) * r;
        let minus = Jet::constant(self.mean - self.shift) * r;
        let width = eps * r;
        r * (means::pdf(plus, width) + means::pdf(minus, width)) / (cdf(plus) + cdf(minus))
    }

    /// Returns [ln robust(trained) − ln robust(undefended)]/(ε·(1 − r)), which has the sign of the difference and is,
    /// with λ = φ/Φ, the mean of (yλ)′ at y = xρ over the rectangle mean − ε ≤ x ≤ mean, r ≤ ρ ≤ 1. Either side of
    /// the rectangle may shrink to a point.
    fn kept<const N: usize>(&self, r: Jet<N>, eps: Jet<N>) -> Jet<N> {
        let (top, width) = (self.mean, eps.value);
        let bottom = top - width;
        let x = top.hull(bottom);
        let q = r.value;
        let rho = Enclosure::new(q.low, 1.0);
        let gap = (Enclosure::ONE - q).and(Enclosure::new(0.0, 1.0));

        // k(ρ), the mean over x alone, for all ρ at once: sharp where r is near 1.
        let whole = Column::new(x * rho);
        let (upper, lower) = (Column::new(top * rho), Column::new(bottom * rho));
        let column = whole.k.and((top * upper.mills - bottom * lower.mills) / width);
        // g(ρ), whose slope is k, at the two ends: sharp where r is far from 1.
        let hazard = |rho: Enclosure| {
            let difference = (top * rho).ln_cdf() - (bottom * rho).ln_cdf();
            (rho * (x * rho).inverse_mills()).and(difference / width)
        };
        let (at_one, at_q) = (hazard(Enclosure::ONE), hazard(q));
        let mean = column.and((at_one - at_q) / gap);

        chain([r, eps], mean, || {
            let (upper_q, lower_q) = (Column::new(top * q), Column::new(bottom * q));
            let whole_q = Column::new(x * q);
            let column_q = whole_q.k.and((top * upper_q.mills - bottom * lower_q.mills) / width);
            // ∂k/∂ρ is the mean of x(yλ)″ over x, the slope of x²λ′.
            let turn = (x * whole.k_slope)
                .and((top.square() * upper.slope - bottom.square() * lower.slope) / width);
            let along_r = turn.half().and((mean - column_q) / gap);
            // ∂k/∂ε and ∂g/∂ε as in `means`.
            let fall = -(rho * whole.k_slope).half();
            let column_eps = fall.and((lower.k - column) / width);
            let g_eps = |rho: Enclosure, lower: Column, whole: Column, g: Enclosure| {
                let fall = -(rho.square() * whole.slope).half();
                fall.and((rho * lower.mills - g) / width)
            };
            let lower_one = Column::new(bottom);
            let at_one = g_eps(Enclosure::ONE, lower_one, Column::new(x), at_one);
            let at_q = g_eps(q, lower_q, whole_q, at_q);
            [along_r, column_eps.and((at_one - at_q) / gap)]
        })
    }

    /// Returns the leads of adversarial accuracy, which are odd functions of x = mean − ε: computed below 0, where
    /// all are differences of small tails.
    fn unconditional<const N: usize>(&self, r: Jet<N>, eps: Jet<N>) -> Jet<N> {
        let x = Jet::constant(self.mean) - eps;
        if x.value.low > 0.0 {
            return -self.unconditional_at(r, -x);
        }
        self.unconditional_at(r, x)
    }

    fn unconditional_at<const N: usize>(&self, r: Jet<N>, x: Jet<N>) -> Jet<N> {
        let shift = Jet::constant(self.shift);
        let defended = || (cdf((x + shift) * r) + cdf((x - shift) * r)).half();
        match self.claim {
            Claim::DefenseHelps => {
                let sum = self.kept_by_shift(r.value, x.value)
                    + kept_by_spread(r.value, x.value) * (Enclosure::ONE - r.value);
                (defended() - cdf(x)).and(sum)
            }
            Claim::TrainingHurts => {
                (defended() - cdf(x * r)).and(self.kept_by_shift(r.value, x.value))
            }
            Claim::TrainingKeepsSome => {
                let scaled = x.value * r.value;
                let difference = (scaled.cdf() - x.value.cdf()) / (Enclosure::ONE - r.value);
                let mean = kept_by_spread(r.value, x.value).and(difference);
                chain([r], mean, || [Enclosure::ENTIRE])
            }
            // dA/d|u| is −x times a positive number.
            _ => -x,
        }
    }

    /// Returns A(defended) − A(trained), sharp for small shifts: with y = xr, v = shift·r it is −y times the integral
    /// over 0 < t < v of t·K(y, t), K = φ(y)·exp(−t²/2)·sinh(yt)/(yt), which is at least φ(y)·φ(v)/φ(0) and at most
    /// (φ(y − t) + φ(y + t))/2 < φ(0).
    fn kept_by_shift(&self, r: Enclosure, x: Enclosure) -> Enclosure {
        let (y, v) = (x * r, self.shift * r);
        let top = Enclosure::ZERO.pdf();
        let least = y.pdf() * v.pdf() / top;
        let k = Enclosure::new(least.low.max(0.0), top.high);
        -(y * v.square().half() * k)
    }
}

/// Returns [A(trained) − A(undefended)]/(1 − r), sharp for r near 1: −x·φ(ξ) with ξ between xr and x.
fn kept_by_spread(r: Enclosure, x: Enclosure) -> Enclosure {
    -(x * x.hull(x * r).pdf())
}

/// λ, λ′ and the first two derivatives of yλ over an interval of y.
#[derive(Debug, Clone, Copy)]
struct Column {
    mills: Enclosure,
    slope: Enclosure,
    k: Enclosure,
    k_slope: Enclosure,
}

impl Column {
    fn new(y: Enclosure) -> Self {
        let [mills, slope, second] = means::inverse_mills(y);
        Self { mills, slope, k: mills + y * slope, k_slope: slope + slope + y * second }
    }
}

/// Returns Φ(x).
fn cdf<const N: usize>(x: Jet<N>) -> Jet<N> {
    chain([x], x.value.cdf(), || [x.value.pdf()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Vec<Question> {
        let claims = [Claim::DefenseHelps, Claim::TrainingHurts, Claim::TrainingKeepsSome];
        let of = |claim, metric, (mean, shift)| {
            Question::new(claim, metric, Enclosure::point(mean), Enclosure::point(shift))
        };
        let mut all = Vec::new();
        for task in [(1.0, 1.0), (0.4, 2.5), (2.5, 0.7)] {
            for claim in claims {
                all.push(of(claim, Metric::RobustAccuracy, task));
                all.push(of(claim, Metric::AdversarialAccuracy, task));
            }
            all.push(of(Claim::TradeOff, Metric::RobustAccuracy, task));
            all.push(of(Claim::TradeOff, Metric::AdversarialAccuracy, task));
        }
        all
    }

    fn jets(over: [Enclosure; 3]) -> [Jet<3>; 3] {
        std::array::from_fn(|i| Jet::variable(over[i], i))
    }

    /// Compares slopes with differences, because bounds of boxes that are symmetric about their middle do not depend
    /// on the signs and factors of slopes: (f(x + h) − f(x − h))/2h with h = 1e-4 is accurate to 1e-8 times a third
    /// derivative, plus the error of the values, 1e-11, divided by h.
    #[test]
    fn slopes_are_those_of_the_values() {
        for question in questions() {
            // With eps = 0 the slopes are those of the limit, otherwise mostly differences.
            for at in [
                [0.3, 0.0, 0.5],
                [0.9, 0.0, 0.8],
                [0.3, 0.2, 0.5],
                [1.0, 0.7, 0.9],
                [1.8, 1.4, 0.2],
                [0.8, 0.05, 0.05],
            ] {
                let jet = question.evaluate(jets(at.map(Enclosure::point)));
                let whole = question.evaluate(jets(at.map(|x| Enclosure::new(0.9 * x, 1.1 * x))));
                for i in (0..3).filter(|&i| at[i] > 0.0) {
                    let moved = |h: f64| {
                        let mut there = at;
                        there[i] += h;
                        question.value(there.map(Enclosure::point)).middle()
                    };
                    let difference = (moved(1e-4) - moved(-1e-4)) / 2e-4;
                    let slope = jet.slope[i];
                    let note = format!("{question:?} {at:?} {i}: {slope:?} {difference}");
                    if slope == Enclosure::ENTIRE {
                        assert_eq!(question.claim, Claim::TrainingKeepsSome, "{note}");
                        continue;
                    }
                    assert!((slope.middle() - difference).abs() < 2e-6, "{note}");
                    assert!(slope.width() < 1e-6, "{note}");
                    let box_slope = whole.slope[i];
                    assert!(box_slope.low <= slope.high && slope.low <= box_slope.high, "{note}");
                }
            }
        }
    }
}
