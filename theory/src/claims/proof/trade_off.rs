//! The lead of the trade-off in robust accuracy.
//!
//! With a = mean/s, e = ε/s, v = |shift − k|/s and
//!
//! ```text
//! G(x, v) = 2φ(x)·exp(−v²/2)·(sinh(xv)/v)/(Φ(x + v) + Φ(x − v)) = N/D
//! ```
//!
//! the derivative of ln robust in v is v·(G(a, v) − G(a − e, v)), so the robust accuracy decreases strictly in k at
//! this v exactly if the lead (G(a, v) − G(a − e, v))/e is positive: the mean of ∂G/∂x over [a − e, a].
//! N = (φ(x − v) − φ(x + v))/v is twice the mean of yφ over x ± v, and its derivatives in x are twice the means of
//! the further derivatives of φ.

use super::jet::{Jet, chain};
use super::means::{Moments, moments};
use crate::claims::enclosure::Enclosure;

/// Returns the lead over a box of (a, e, v), with v ≥ 0 and e ≥ 0.
pub(super) fn lead<const N: usize>(a: Jet<N>, e: Jet<N>, v: Jet<N>) -> Jet<N> {
    let (top, width, v_all) = (a.value, e.value, v.value);
    let bottom = top - width;
    let upper = Bump::new(top, v_all);
    let lower = Bump::new(bottom, v_all);
    let whole = Bump::new(top.hull(bottom), v_all);
    let mean = whole.x().and((upper.value() - lower.value()) / width);
    chain([a, e, v], mean, || {
        [
            whole.xx().and((upper.x() - lower.x()) / width),
            (-whole.xx().half()).and((lower.x() - mean) / width),
            whole.xv().and((upper.v() - lower.v()) / width),
        ]
    })
}

/// G and its derivatives over a box of (x, v), each computed on demand.
struct Bump {
    v: Enclosure,
    /// The moments at x + v, at x − v, and over the interval between.
    plus: Moments,
    minus: Moments,
    between: Moments,
    /// Φ(x + v) + Φ(x − v).
    d: Enclosure,
}

impl Bump {
    fn new(x: Enclosure, v: Enclosure) -> Self {
        let (plus, minus) = (x + v, x - v);
        let between = moments(minus.hull(plus));
        let d = plus.cdf() + minus.cdf();
        Self { v, plus: moments(plus), minus: moments(minus), between, d }
    }

    /// Returns the i-th derivative of N in x.
    fn n(&self, i: usize) -> Enclosure {
        let range = self.between[i + 1];
        let rise = self.plus[i] - self.minus[i];
        // The moments are derivatives of each other, except that the second is that of −φ.
        let rise = if i == 0 { -rise } else { rise };
        (range + range).and(rise / self.v)
    }

    /// Returns the derivative of [`n`](Self::n) in v, an odd mean of the next moment.
    fn n_v(&self, i: usize) -> Enclosure {
        let range = self.between[i + 2];
        let ends = self.plus[i + 1] + self.minus[i + 1];
        // ±¼ of the range's width, twice.
        let odd = (range + -range).half();
        odd.and((ends - self.n(i)) / self.v)
    }

    /// Returns ∂D/∂x.
    fn d_x(&self) -> Enclosure {
        self.plus[0] + self.minus[0]
    }

    /// Returns G.
    fn value(&self) -> Enclosure {
        self.n(0) / self.d
    }

    /// Returns ∂G/∂x.
    fn x(&self) -> Enclosure {
        (self.n(1) - self.value() * self.d_x()) / self.d
    }

    /// Returns ∂²G/∂x².
    fn xx(&self) -> Enclosure {
        let d_x = self.d_x();
        let (value, x) = (self.value(), self.x());
        let d_xx = -(self.plus[1] + self.minus[1]);
        (self.n(2) - (x + x) * d_x - value * d_xx) / self.d
    }

    /// Returns ∂G/∂v. Note that ∂D/∂v = −vN.
    fn v(&self) -> Enclosure {
        self.n_v(0) / self.d + self.v * self.value().square()
    }

    /// Returns ∂²G/∂x∂v.
    fn xv(&self) -> Enclosure {
        let value = self.value();
        let own = (self.n_v(1) - self.n_v(0) / self.d * self.d_x()) / self.d;
        let turn = self.v * value * self.x();
        own + turn + turn
    }
}
