//! Bounds on a function and its slopes over a box, propagated through arithmetic together.

use crate::claims::enclosure::Enclosure;
use std::array::from_fn;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A value and its N partial derivatives, each enclosed over the whole box. With N = 0 it is only the value, and no
/// slopes are computed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jet<const N: usize> {
    pub(super) value: Enclosure,
    pub(super) slope: [Enclosure; N],
}

impl<const N: usize> Jet<N> {
    /// Creates a number that does not depend on the variables.
    pub(super) fn constant(value: Enclosure) -> Self {
        Self { value, slope: [Enclosure::ZERO; N] }
    }

    /// Creates the variable with this index.
    pub(super) fn variable(value: Enclosure, index: usize) -> Self {
        let slope = from_fn(|i| if i == index { Enclosure::ONE } else { Enclosure::ZERO });
        Self { value, slope }
    }

    /// Intersects the value with another bound on it.
    pub(super) fn and(self, value: Enclosure) -> Self {
        Self { value: self.value.and(value), ..self }
    }

    /// Returns half of the jet.
    pub(super) fn half(self) -> Self {
        Self { value: self.value.half(), slope: self.slope.map(Enclosure::half) }
    }
}

/// Returns the product of two slopes: 0 if one of them is 0, even if the other is unknown.
fn times(a: Enclosure, b: Enclosure) -> Enclosure {
    if a == Enclosure::ZERO || b == Enclosure::ZERO { Enclosure::ZERO } else { a * b }
}

impl<const N: usize> Add for Jet<N> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slope: from_fn(|i| self.slope[i] + other.slope[i]) }
    }
}

impl<const N: usize> Sub for Jet<N> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slope: from_fn(|i| self.slope[i] - other.slope[i]) }
    }
}

impl<const N: usize> Neg for Jet<N> {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, slope: self.slope.map(|s| -s) }
    }
}

impl<const N: usize> Mul for Jet<N> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        chain([self, other], self.value * other.value, || [other.value, self.value])
    }
}

impl<const N: usize> Div for Jet<N> {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        // (x′ − (x/y)·y′)/y, dividing last, which is narrower than two quotients.
        let above = chain([self, other], value, || [Enclosure::ONE, -value]);
        Self { slope: above.slope.map(|s| s / other.value), ..above }
    }
}

/// Returns f(x₁, …) with its value and, if needed, its partial derivatives by the chain rule.
pub(super) fn chain<const N: usize, const K: usize>(
    of: [Jet<N>; K],
    value: Enclosure,
    partials: impl FnOnce() -> [Enclosure; K],
) -> Jet<N> {
    if N == 0 {
        return Jet::constant(value);
    }
    let by = partials();
    let along = |i: usize| {
        (0..K).map(|k| times(by[k], of[k].slope[i])).fold(Enclosure::ZERO, |sum, term| sum + term)
    };
    Jet { value, slope: from_fn(along) }
}
