//! The extremes of several votes: the largest and the smallest of T medians.
//!
//! An attacker who tries T times fails if each of T votes with independent draws is right: if the smallest of T
//! medians is above −c, where c is the margin. With F the distribution function of one median ([`Majority`]), and by
//! its symmetry,
//!
//! ```text
//! P[all T right at c]   = F(c)^T              = P[largest of T < c]
//! P[some wrong at c]    = 1 − (1 − F(−c))^T   = P[smallest of T < −c]
//! ```
//!
//! Both are log-concave in c: the extremes of T independent draws of a log-concave law have a log-concave law
//! themselves (H. A. David and H. N. Nagaraja, *Order Statistics*, Wiley 2003), and the distribution functions of
//! such laws are log-concave.
//!
//! ln F is computed by `ln_1p` of the lower tail where F is near 1, so that F^T keeps its digits for large T;
//! 1 − (1 − F)^T is F times a factor between 1 and T, so it keeps its digits in the tail.

use crate::math::majority::{Chance, Majority};

/// The distribution function of the largest or the smallest of T medians.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extreme<'a> {
    majority: &'a Majority,
    tries: f64,
    /// The median of the largest.
    knee: f64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Largest,
    Smallest,
}

impl<'a> Extreme<'a> {
    /// Creates the median itself: the largest and the smallest of one.
    pub(crate) fn one(majority: &'a Majority) -> Self {
        Self { majority, tries: 1.0, knee: 0.0, kind: Kind::Largest }
    }

    /// Creates the largest of `tries`, with `knee` from [`Extreme::knee`].
    pub(crate) fn largest(majority: &'a Majority, tries: u32, knee: f64) -> Self {
        Self { majority, tries: f64::from(tries), knee, kind: Kind::Largest }
    }

    /// Creates the smallest of `tries`, with `knee` from [`Extreme::knee`].
    pub(crate) fn smallest(majority: &'a Majority, tries: u32, knee: f64) -> Self {
        Self { majority, tries: f64::from(tries), knee, kind: Kind::Smallest }
    }

    /// Returns the median of the largest of `tries`, where F^T rises from 0 to 1, to a hundredth of the width of the
    /// rise.
    pub(crate) fn knee(majority: &'a Majority, tries: u32) -> f64 {
        if tries == 1 {
            return 0.0;
        }
        let largest = Self::largest(majority, tries, 0.0);
        let (mut low, mut high) = (0.0, 40.0 * majority.scale());
        while high - low > 0.01 * majority.scale() {
            let middle = 0.5 * low + 0.5 * high;
            if largest.ln_all(middle) < -std::f64::consts::LN_2 {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// Returns the place where this distribution function rises from 0 to 1.
    pub(crate) fn step(&self) -> f64 {
        match self.kind {
            Kind::Largest => self.knee,
            Kind::Smallest => -self.knee,
        }
    }

    /// Returns an upper bound on the width of that rise.
    pub(crate) fn scale(&self) -> f64 {
        self.majority.scale()
    }

    /// Returns a length on which the logarithm of the distribution function bends by at most 1: its second derivative
    /// is at most T·a, the limit far below.
    pub(crate) fn finest(&self) -> f64 {
        match self.kind {
            Kind::Largest => self.scale() / self.tries.sqrt(),
            Kind::Smallest => self.scale(),
        }
    }

    /// Returns the factor of −near²/2 in [`Extreme::chance`].
    pub(crate) fn weight(&self) -> f64 {
        match self.kind {
            Kind::Largest => self.tries * self.majority.weight(),
            Kind::Smallest => self.majority.weight(),
        }
    }

    /// Returns the probability below x, as mantissa·exp(power − weight·near²/2).
    pub(crate) fn chance(&self, x: f64) -> Chance {
        if self.tries == 1.0 {
            return self.majority.chance(x);
        }
        match self.kind {
            Kind::Largest if x < 0.0 => {
                let Chance { mantissa, power, near } = self.majority.chance(x);
                Chance { mantissa: 1.0, power: self.tries * (power + mantissa.ln()), near }
            }
            Kind::Largest => Chance { mantissa: 1.0, power: self.ln_all(x), near: 0.0 },
            Kind::Smallest if x < 0.0 => {
                let one = self.majority.chance(x);
                Chance { mantissa: one.mantissa * self.gain(self.value(&one)), ..one }
            }
            Kind::Smallest => Chance { mantissa: -self.ln_all(-x).exp_m1(), power: 0.0, near: 0.0 },
        }
    }

    /// Returns the probability below x as a double.
    pub(crate) fn probability(&self, x: f64) -> f64 {
        if self.tries == 1.0 {
            return self.majority.probability(x);
        }
        match self.kind {
            Kind::Largest => self.ln_all(x).exp(),
            Kind::Smallest if x < 0.0 => {
                let one = self.majority.probability(x);
                one * self.gain(one)
            }
            Kind::Smallest => -self.ln_all(-x).exp_m1(),
        }
    }

    /// Returns the square of the bandwidth in x, as defined in [`trapezoid`](crate::math::trapezoid): T times n. The
    /// density of a median is a product of n normal factors, which bounds its integral in the same way, and of the sum
    /// 1 − (1 − F)^T = F·Σ (1 − F)^k every term is bounded by the largest power.
    pub(crate) fn bandwidth(&self) -> f64 {
        self.tries * self.majority.votes()
    }

    /// Returns the derivative of the logarithm of [`Extreme::chance`].
    pub(crate) fn slope(&self, x: f64) -> f64 {
        if self.tries == 1.0 {
            return self.majority.slope(x);
        }
        match self.kind {
            Kind::Largest => self.tries * self.majority.slope(x),
            Kind::Smallest if x < 0.0 => {
                // F·T·(1 − F)^(T−1)/(1 − (1 − F)^T), which is 1 in the tail.
                let below = self.value(&self.majority.chance(x));
                let others = ((self.tries - 1.0) * (-below).ln_1p()).exp();
                self.majority.slope(x) * (self.tries * others / self.gain(below))
            }
            Kind::Smallest => {
                let all_above = self.ln_all(-x);
                let odds = all_above.exp() / -all_above.exp_m1();
                if odds > 0.0 { self.tries * self.majority.slope(-x) * odds } else { 0.0 }
            }
        }
    }

    /// Returns an estimate of the relative rounding error of a probability at x.
    pub(crate) fn rounding(&self, x: f64) -> f64 {
        let one = self.majority.rounding(x);
        if self.tries == 1.0 || self.kind == Kind::Smallest {
            return one; // no more sensitive to F than F itself, see `gain`
        }
        // T·(relative error of F); above 0, that of the lower tail, on which alone ln F depends.
        let sensitive = if x < 0.0 { self.tries } else { -self.ln_all(x) };
        let tail = self.majority.tail_rounding(x);
        f64::EPSILON * 20.0 + sensitive * tail
    }

    /// Returns ln F(x)^T.
    fn ln_all(&self, x: f64) -> f64 {
        let ln_one = if x < 0.0 {
            let Chance { mantissa, power, near } = self.majority.chance(x);
            mantissa.ln() + (power - self.majority.weight() * (0.5 * near * near))
        } else {
            (-self.majority.above(x)).ln_1p()
        };
        self.tries * ln_one
    }

    /// Returns a probability of one median as a double, or 0.
    fn value(&self, one: &Chance) -> f64 {
        let decay = self.majority.weight() * (0.5 * one.near * one.near);
        one.mantissa * (one.power - decay).exp()
    }

    /// Returns (1 − (1 − p)^T)/p for 0 ≤ p ≤ ½, which decreases from T to 1. Its relative error is at most that of p.
    fn gain(&self, p: f64) -> f64 {
        if p < 1e-300 {
            return self.tries;
        }
        -(self.tries * (-p).ln_1p()).exp_m1() / p
    }
}
