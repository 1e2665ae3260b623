//! How a budget is shared out between a block and the rest, and the pieces on which that is smooth.

/// p, and with it how a budget is spent: a block gets ρ·part(x), and what is left is ρ·rest(x).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::blocks) enum Power {
    One,
    Two,
}

impl Power {
    /// ρ/n^(1/p), over ρ.
    pub(super) fn nth(self, n: usize) -> f64 {
        let n = n as f64;
        if self == Self::One { 1.0 / n } else { 1.0 / n.sqrt() }
    }

    pub(super) fn part(self, x: f64) -> f64 {
        if self == Self::One { x } else { x.sin() }
    }

    pub(super) fn rest(self, x: f64) -> f64 {
        if self == Self::One { 1.0 - x } else { x.cos().max(0.0) }
    }

    pub(super) fn slope(self, x: f64) -> f64 {
        if self == Self::One { 1.0 } else { x.cos() }
    }

    /// The x at which the part is this share.
    pub(super) fn x(self, share: f64) -> f64 {
        if self == Self::One { share } else { share.min(1.0).asin() }
    }

    /// Where one block gets all.
    pub(super) fn end(self) -> f64 {
        if self == Self::One { 1.0 } else { std::f64::consts::FRAC_PI_2 }
    }
}

/// x from where i + 1 blocks would be free to where i would, by z from 0 to 1.
///
/// Below its right end h of ℓ2 has roots of the distance from it, which are no roots of z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    power: Power,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Span {
    /// The one that ends where i blocks are free.
    pub(super) fn new(power: Power, i: usize) -> Self {
        let [low, high] = [i + 1, i].map(|i| power.x(power.nth(i)));
        Self { power, low, high }
    }

    pub(super) fn x(&self, z: f64) -> f64 {
        let left = 1.0 - z;
        let width = self.high - self.low;
        if self.power == Power::One {
            self.low + width * z
        } else {
            self.high - width * left * left
        }
    }

    /// dx/dz.
    pub(super) fn slope(&self, z: f64) -> f64 {
        let width = self.high - self.low;
        if self.power == Power::One { width } else { 2.0 * width * (1.0 - z) }
    }

    pub(super) fn z(&self, x: f64) -> f64 {
        let left = ((self.high - x) / (self.high - self.low)).clamp(0.0, 1.0);
        if self.power == Power::One { 1.0 - left } else { 1.0 - left.sqrt() }
    }
}
