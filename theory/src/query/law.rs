//! The law of the cosine η between the attacker's move and the direction that he looks for.
//!
//! With τ the noise of what is known of a coordinate of e, θ the angle, and c = cos θ:
//!
//! ```text
//! score   estimate e + τZ, Z normal in d dimensions: all lengths together the angle has the density
//!           sin^(d−2) θ · e^(−sin²θ/2τ²) · K(c/τ),       K(b) = ∫ r^(d−1) e^(−(r−b)²/2) dr
//! partly  only j < d coordinates are asked about; B ~ Beta((j−1)/2, (d−j)/2) is their share of what is across:
//!           sin^(d−2) θ · E e^(−B·sin²θ/2τ²) · K_j(c/τ)
//! nes     Σ uᵢ(uᵢ·e + ρzᵢ) over q random normal uᵢ:  η = t/√(t² + χ²_(d−1)), t = (χ_q + ρZ)/√(1 + ρ²), of the density
//!           sin^(d−2) θ · ∫ w^(q−1) (1 + (w − c/ρ)²)^(−(d+q)/2) dw
//! ```
//!
//! Without noise η² ~ Beta(j/2, (d−j)/2) or Beta(q/2, (d−1)/2), and η ≥ 0. In one dimension η = ±1.
//!
//! Derivations. *score*: the density of a normal vector at length r and angle θ is r^(d−1) sin^(d−2) θ e^(−(r² − 2rc/τ + 1/τ²)/2) in
//! units of τ. *partly*: along the move v the unit vector e has η, and across it, inside the span that is asked about, a
//! share B of 1 − η². *nes*: given the answers c, Σ uᵢcᵢ has across e the law |c|·N(0, I), along e |c|²/(1+ρ²) + |c|ρ/√(1+ρ²)·Z,
//! and |c| = √(1+ρ²)·χ_q; the density of t is e^(−t²/2)·K_q(t/ρ) up to a constant, and both lengths together are a power.

use crate::math::beta::Beta;
use crate::math::bounded::Bounded;
use crate::math::golden::least;
use crate::math::normal::{cdf, sf};
use crate::math::quadrature::integrate;
use std::cell::RefCell;
use std::collections::HashMap;
use std::f64::consts::PI;

use super::radial::{FEW, Length, Sum, ln_tilted};

/// The law of η.
#[derive(Debug, Clone, Copy)]
pub(super) enum Law {
    /// Always 0: no move.
    Still,
    /// Always 1.
    Known,
    /// 1 with the first probability, −1 with the second.
    Sign(f64, f64),
    /// η ≥ 0, η² ~ Beta(a, b).
    Share(f64, f64),
    /// A density over the angle in d ≥ 2 dimensions.
    Angle { d: f64, shape: Shape },
}

/// What multiplies sin^(d−2) θ.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// 1: nothing is known.
    Blind,
    /// All coordinates, with noise τ.
    Full { tau: f64 },
    /// `j` coordinates, with noise τ.
    Partly { j: f64, tau: f64 },
    /// `q` random directions, with noise ρ.
    Random { q: f64, rho: f64 },
}

/// The inner integral at an angle.
#[derive(Clone, Copy)]
enum Inner {
    None,
    Length(Length),
    Sum(Sum),
}

impl Law {
    /// Each of `j` of d coordinates is known but for noise τ.
    pub(super) fn of_coordinates(d: u32, j: u64, tau: f64) -> Self {
        let whole = j >= u64::from(d);
        match (d, j) {
            (1, 0) => Self::Sign(0.5, 0.5),
            (_, 0) => Self::Angle { d: f64::from(d), shape: Shape::Blind },
            _ if tau == 0.0 && whole => Self::Known,
            (1, _) => Self::Sign(cdf(1.0 / tau), sf(1.0 / tau)),
            _ if tau == 0.0 => Self::Share(0.5 * j as f64, 0.5 * (f64::from(d) - j as f64)),
            _ if whole => Self::Angle { d: f64::from(d), shape: Shape::Full { tau } },
            _ => Self::Angle { d: f64::from(d), shape: Shape::Partly { j: j as f64, tau } },
        }
    }

    /// The sum of `q` random directions, each weighted by its answer with noise ρ.
    pub(super) fn of_directions(d: u32, q: u64, rho: f64) -> Self {
        let n = q as f64;
        match (d, q) {
            (1, 0) => Self::Sign(0.5, 0.5),
            (_, 0) => Self::Angle { d: f64::from(d), shape: Shape::Blind },
            (1, _) if rho == 0.0 => Self::Known,
            (1, _) => {
                // P[Z < χ_q/ρ]: Student's t with q degrees of freedom at √q/ρ; twice the tail is I_x(q/2, ½), x = ρ²/(1+ρ²).
                let square = rho * rho;
                let (x, y) = (1.0 / (1.0 + 1.0 / square), 1.0 / (1.0 + square));
                let miss = 0.5 * Beta::from_shapes(0.5 * n, 0.5).tails_from_both(x, y).lower;
                Self::Sign(1.0 - miss, miss)
            }
            _ if rho == 0.0 => Self::Share(0.5 * n, 0.5 * (f64::from(d) - 1.0)),
            _ => Self::Angle { d: f64::from(d), shape: Shape::Random { q: n, rho } },
        }
    }

    /// Whether nothing is known of e.
    pub(super) fn is_blind(&self) -> bool {
        matches!(self, Self::Angle { shape: Shape::Blind, .. })
    }

    /// Makes the law ready for expectations.
    pub(super) fn measured(&self) -> Measured {
        let bell = match *self {
            Self::Still | Self::Known | Self::Sign(..) => None,
            Self::Share(a, b) => Some(Bell::of_share(a, b)),
            Self::Angle { d, shape } => Some(Bell::of_angles(d, shape)),
        };
        Measured { law: *self, bell, seen: RefCell::default() }
    }
}

/// A law made ready: its density is computed once at each angle, whatever is averaged.
pub(super) struct Measured {
    law: Law,
    bell: Option<Bell>,
    seen: RefCell<HashMap<u64, f64>>,
}

impl Measured {
    /// E f(η), of a function with values from −1 to 1 that is analytic, or changes at the `knees`: where, and over how much.
    pub(super) fn expect(&self, f: impl Fn(f64) -> f64, knees: &[(f64, f64)]) -> Bounded {
        match (self.law, &self.bell) {
            (Law::Still, _) => Bounded::exact(f(0.0)),
            (Law::Sign(right, wrong), _) => {
                let (ahead, back) = (f(1.0), f(-1.0));
                let value = right * ahead + wrong * back;
                let size = right * ahead.abs() + wrong * back.abs();
                Bounded { value, error: 8.0 * f64::EPSILON * size }
            }
            (_, Some(bell)) => self.average(bell, &f, knees),
            _ => Bounded::exact(f(1.0)),
        }
    }

    /// ∫ f(cos θ)·density(θ) dθ over ∫ density(θ) dθ.
    fn average(&self, bell: &Bell, f: &impl Fn(f64) -> f64, knees: &[(f64, f64)]) -> Bounded {
        let Bell { centre, width, end, rounding, .. } = *bell;
        let mut breaks: Vec<f64> = [-40.0, -12.0, -5.0, -2.0, 0.0, 2.0, 5.0, 12.0, 40.0]
            .map(|steps: f64| steps.mul_add(width, centre))
            .to_vec();
        breaks.extend([0.0, 0.5 * end, end]);
        for (cosine, wide) in knees {
            let angle = |steps: f64| (steps * wide + cosine).clamp(-1.0, 1.0).acos();
            breaks.extend([-4.0, 0.0, 4.0].map(angle));
        }
        breaks.retain(|angle| (0.0..=end).contains(angle));
        breaks.sort_by(f64::total_cmp);
        breaks.dedup();
        let weight = |angle: f64| {
            if let Some(known) = self.seen.borrow().get(&angle.to_bits()) {
                return *known;
            }
            // The peak of the logarithm is 0 or near it.
            let weight = bell.ln(angle - centre).exp();
            let weight = if weight.is_nan() { 0.0 } else { weight };
            self.seen.borrow_mut().insert(angle.to_bits(), weight);
            weight
        };
        let all = integrate(weight, &breaks, rounding);
        let part = integrate(|angle| weight(angle) * f(angle.cos()), &breaks, rounding);
        let value = part.value / all.value;
        let error = (part.error + value.abs() * all.error) / all.value;
        Bounded { value, error: error + 2.0 * f64::EPSILON * value.abs() }
    }
}

impl Shape {
    /// c over this is the argument of the inner integral.
    fn noise(&self) -> f64 {
        match *self {
            Self::Blind => 1.0,
            Self::Full { tau } | Self::Partly { tau, .. } => tau,
            Self::Random { rho, .. } => rho,
        }
    }

    fn inner(&self, d: f64, theta: f64) -> Inner {
        let b = theta.cos() / self.noise();
        match *self {
            Self::Full { .. } => Inner::Length(Length::new(d, b)),
            Self::Partly { j, .. } => Inner::Length(Length::new(j, b)),
            Self::Random { q, .. } => Inner::Sum(Sum::new(q, d, b)),
            Self::Blind => Inner::None,
        }
    }

    /// What is left besides the power of the sine and the inner integral.
    fn ln_across(&self, d: f64, theta: f64) -> f64 {
        let across = |tau: f64| {
            let s = theta.sin() / tau;
            0.5 * s * s
        };
        match *self {
            Self::Full { tau } => -across(tau),
            Self::Partly { j, tau } if j > 1.0 => {
                ln_tilted(0.5 * (j - 1.0), 0.5 * (d - j), across(tau))
            }
            _ => 0.0,
        }
    }

    /// The logarithm of the density at an angle, up to a constant.
    fn ln(&self, d: f64, theta: f64) -> f64 {
        let inner = match self.inner(d, theta) {
            Inner::None => 0.0,
            Inner::Length(length) => length.ln(),
            Inner::Sum(sum) => sum.ln(),
        };
        (d - 2.0) * theta.sin().ln() + self.ln_across(d, theta) + inner
    }
}

/// An angle about which the densities of others are expressed.
struct About {
    d: f64,
    shape: Shape,
    theta: f64,
    inner: Inner,
    across: f64,
}

impl About {
    fn new(d: f64, shape: Shape, theta: f64) -> Self {
        let across = shape.ln_across(d, theta);
        Self { d, shape, theta, inner: shape.inner(d, theta), across }
    }

    /// ln of the density at θ + δ over that at θ, without what cancels.
    fn ln_over(&self, delta: f64) -> f64 {
        let (d, theta) = (self.d, self.theta);
        let half = (0.5 * delta).sin();
        // sin(θ + δ)/sin θ − 1 and cos(θ + δ) − cos θ
        let sine = -2.0 * half * half + delta.sin() / theta.tan();
        let cosine = -2.0 * half * (theta + 0.5 * delta).sin();
        let by = cosine / self.shape.noise();
        let across = match self.shape {
            Shape::Full { tau } => -0.5 * (delta.sin() / tau) * ((2.0 * theta + delta).sin() / tau),
            Shape::Partly { .. } => self.shape.ln_across(d, theta + delta) - self.across,
            Shape::Blind | Shape::Random { .. } => 0.0,
        };
        let inner = match (&self.inner, self.shape) {
            (Inner::Length(here), Shape::Partly { j, .. }) => {
                Length::new(j, here.b() + by).ln_over(here, by)
            }
            (Inner::Length(here), _) => Length::new(d, here.b() + by).ln_over(here, by),
            (Inner::Sum(here), Shape::Random { q, .. }) => {
                Sum::new(q, d, here.b() + by).ln_over(here, by)
            }
            _ => 0.0,
        };
        let power = if d == 2.0 { 0.0 } else { (d - 2.0) * sine.max(-1.0).ln_1p() };
        power + across + inner
    }
}

/// A density over angles with one peak.
struct Bell {
    of: Of,
    centre: f64,
    /// About how wide the peak is.
    width: f64,
    /// The largest angle.
    end: f64,
    /// The relative rounding error of the density.
    rounding: f64,
}

enum Of {
    /// cos^p θ · sin^q θ.
    Powers {
        p: f64,
        q: f64,
    },
    About(Box<About>),
}

impl Bell {
    /// η = cos θ ≥ 0, η² ~ Beta(a, b).
    fn of_share(a: f64, b: f64) -> Self {
        let (p, q) = (2.0 * a - 1.0, 2.0 * b - 1.0);
        Self {
            of: Of::Powers { p, q },
            centre: q.sqrt().atan2(p.sqrt()),
            width: 0.5 / (a + b).sqrt(),
            end: 0.5 * PI,
            rounding: f64::EPSILON * (10.0 + 4.0 * (a + b).sqrt()),
        }
    }

    fn of_angles(d: f64, shape: Shape) -> Self {
        // One peak, sought on a logarithmic scale from 0, since it may be as near to 0 as the noise is small.
        let angle = |t: f64| PI * t.exp() / (1.0 + t.exp());
        let centre = angle(least(|t| -shape.ln(d, angle(t)), -45.0, 12.0, 70));
        let about = About::new(d, shape, centre);
        // How wide it is: where it has fallen by about 1.
        let (mut near, mut far) = (0.0, PI - centre);
        for _ in 0..60 {
            let middle = if near == 0.0 { 1e-2 * far } else { (near * far).sqrt() };
            if about.ln_over(middle) > -1.0 {
                near = middle;
            } else {
                far = middle;
            }
            if near > 0.7 * far {
                break;
            }
        }
        let reach = match shape {
            Shape::Random { q, .. } => d.sqrt() + q.sqrt(),
            Shape::Partly { .. } => d + d.sqrt(),
            _ => d.sqrt(),
        };
        let steps = if d <= FEW { 0.5 * d } else { 0.0 };
        let rounding = f64::EPSILON * (40.0 + 4.0 * reach + steps);
        Self { of: Of::About(Box::new(about)), centre, width: far, end: PI, rounding }
    }

    /// The logarithm of the density so far from the centre, over that at the centre.
    fn ln(&self, delta: f64) -> f64 {
        let (p, q) = match &self.of {
            Of::About(about) => return about.ln_over(delta),
            Of::Powers { p, q } => (*p, *q),
        };
        let half = (0.5 * delta).sin();
        let power = |p: f64, slope: f64| match p > 0.0 {
            true => p * (slope * delta.sin() - 2.0 * half * half).max(-1.0).ln_1p(),
            false => 0.0,
        };
        let slope = self.centre.tan();
        power(p, -slope) + power(q, 1.0 / slope)
    }
}
