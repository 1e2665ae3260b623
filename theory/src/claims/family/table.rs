//! The numerators of the family if they have no closed form: one table of conditional probabilities serves all
//! thresholds, in doubles. Where these underflow, or leave a sign open, see [`super::far`].

use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, ln_cdf, quantile};
use crate::math::quadrature::{Node, nodes};
use crate::math::scaled::INV_SQRT_2PI;
use crate::math::trapezoid;

/// The event for an input at margin t: right on the clean input (if `first`), and right in each of the tries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) sigma: f64,
    pub(super) eps: f64,
    pub(super) tries: u32,
    pub(super) first: bool,
}

impl Event {
    fn probability(&self, t: f64) -> f64 {
        let x = (t - self.eps) / self.sigma;
        let all = if self.tries <= FEW {
            cdf(x).powi(self.tries.cast_signed())
        } else {
            // The power of a number near 1 would multiply its rounding error.
            (f64::from(self.tries) * ln_cdf(x)).exp()
        };
        if self.first { all * cdf(t / self.sigma) } else { all }
    }

    /// Returns the places where the probability rises from 0 to 1, with the widths of the rises: for several tries,
    /// the rise of the least favourable one.
    fn knees(&self) -> [(f64, f64); 2] {
        let x = -quantile((std::f64::consts::LN_2 / f64::from(self.tries)).min(0.5));
        let all = (self.eps + x * self.sigma, self.sigma / (1.0 + x));
        [if self.first { (0.0, self.sigma) } else { all }, all]
    }

    /// Returns the bandwidth of g times the density of t, as defined in [`trapezoid`].
    fn bandwidth(&self, data_std: f64) -> f64 {
        let votes = f64::from(self.tries) + f64::from(u8::from(self.first));
        (votes.sqrt() / self.sigma).hypot(1.0 / data_std)
    }

    /// Returns g at the nodes of a quadrature that serves every N(m) for low ≤ m ≤ high: equidistant ones, where they
    /// need not be many, so that the difference of the two rules is 0.
    fn nodes(&self, data_std: f64, [low, high]: [f64; 2]) -> Vec<(Node, f64)> {
        let knees = self.knees();
        // g increases, so the relevant part lies between m and the last knee, unless everything underflows.
        let last = knees.iter().map(|knee| knee.0).fold(high, f64::max);
        let end = last.min(high + UNDERFLOW * data_std) + REACH * data_std;
        // Panels as fine as the density requires and, near the knees, as g requires; but not finer than doubles.
        let step = |t: f64| {
            let of = |&(place, width): &(f64, f64)| (width / 1.5).max((t - place).abs() / 4.0);
            let fine = knees.iter().map(of).fold(data_std / 1.5, f64::min);
            fine.max(4.0 * f64::EPSILON * t.abs()).max(1e-18 * data_std)
        };
        let mut found = Vec::new();
        let mut start = low - REACH * data_std;
        let even = trapezoid::spacing(FINER * self.bandwidth(data_std));
        if end - start < EVEN * even {
            while start < end {
                let node = Node { x: start, kronrod: even, gauss: even };
                found.push((node, self.probability(node.x)));
                start += even;
            }
            return found;
        }
        while start < end {
            let next = (start + step(start)).min(end);
            found.extend(nodes(start, next).map(|node| (node, self.probability(node.x))));
            start = next;
        }
        found
    }
}

/// Numerators of at least this size have lost nothing relevant to underflow.
const ORDINARY: f64 = 1e-280;
/// The factor by which equidistant nodes are finer than a value alone requires, so that the derivatives, whose weights
/// grow as z² beside the real axis, have no error either: 2·10²·exp(−2π²/0.65²) = 1e-18.
const FINER: f64 = 1.1;
/// The largest number of equidistant nodes.
const EVEN: f64 = 600.0;
/// The largest number of tries that is computed as a power.
const FEW: u32 = 16;
/// The relevant range of t, in standard deviations: beyond it, less than 1e-20 is left.
const REACH: f64 = 9.5;
/// The distance, in standard deviations, at which the density underflows.
const UNDERFLOW: f64 = 39.0;
/// The largest ratio of shift to data_std for which one table serves all thresholds.
const SHARED: f64 = 50.0;

/// The numerators N(m) for |m − mean| ≤ shift.
pub(super) struct Table {
    pub(super) event: Event,
    pub(super) data_std: f64,
    /// `None` if each m needs its own nodes.
    shared: Option<Vec<(Node, f64)>>,
}

impl Table {
    pub(super) fn new(event: Event, mean: f64, data_std: f64, shift: f64) -> Self {
        let shared = (shift <= SHARED * data_std)
            .then(|| event.nodes(data_std, [mean - shift, mean + shift]));
        Self { event, data_std, shared }
    }

    /// Returns N and its first two derivatives at m.
    pub(super) fn moments(&self, m: f64) -> [Bounded; 3] {
        let (mut kronrod, mut gauss, mut size) = ([0.0; 3], [0.0; 3], [0.0; 3]);
        let own = if self.shared.is_none() {
            self.event.nodes(self.data_std, [m, m])
        } else {
            Vec::new()
        };
        for (node, g) in self.shared.as_ref().unwrap_or(&own) {
            let z = (node.x - m) / self.data_std;
            // Rounding z²/2 has an error of z²/2 ulp, but by then the density has fallen by far more.
            let weight = g * (-0.5 * z * z).exp();
            for (j, hermite) in [1.0, z, z * z - 1.0].into_iter().enumerate() {
                kronrod[j] += node.kronrod * weight * hermite;
                gauss[j] += node.gauss * weight * hermite;
                size[j] += node.kronrod * (weight * hermite).abs();
            }
        }
        // The rounding errors of the power, of z, and of a sum of this many terms.
        #[allow(clippy::cast_precision_loss)] // a few thousand
        let terms = self.shared.as_ref().unwrap_or(&own).len() as f64;
        let each = 16.0 + f64::from(self.event.tries.min(64)) + 4.0 * m.abs() / self.data_std;
        let rounding = each + 0.25 * terms;
        let scale = [1.0, 2.0, 3.0].map(|j| INV_SQRT_2PI * self.data_std.powf(-j));
        std::array::from_fn(|j| Bounded {
            value: scale[j] * kronrod[j],
            error: scale[j] * ((kronrod[j] - gauss[j]).abs() + rounding * f64::EPSILON * size[j]),
        })
    }

    /// Returns d ln[N(mean + u) + N(mean − u)]/du divided by u, without an error bound if N may have lost digits to
    /// underflow.
    pub(super) fn slope(&self, mean: f64, u: f64) -> Bounded {
        let (rise, total) = if u == 0.0 {
            let [n, _, curvature] = self.moments(mean);
            (curvature, n)
        } else {
            let [[n0, d0, _], [n1, d1, _]] = [mean + u, mean - u].map(|m| self.moments(m));
            let rise = (d0.value - d1.value) / u;
            (
                Bounded { value: rise, error: (d0.error + d1.error) / u },
                Bounded { value: n0.value + n1.value, error: n0.error + n1.error },
            )
        };
        if total.value.is_nan() || total.value < ORDINARY {
            return Bounded { value: 0.0, error: f64::INFINITY };
        }
        let value = rise.value / total.value;
        Bounded { value, error: (rise.error + value.abs() * total.error) / total.value }
    }
}
