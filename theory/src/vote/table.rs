//! Votes by the trapezoidal rule: the median's density at equidistant points, which serves every event.
//!
//! The density is a product of n normal factors of rate 1 (h each of Φ(w) and Φ(−w), and φ(w)), and an event adds at
//! most one of rate sigma/data_std, so the bandwidth of [`trapezoid`] is B² = n + (sigma/data_std)². Only the event
//! changes with the centre: some forty points are evaluated for a probability where the event rises no more sharply
//! than the density, two hundred where it is as sharp as this method is used for, and no peak is sought.

use super::Median;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::event::Event;
use crate::math::scaled::Scaled;
use crate::math::{depth::Depth, trapezoid};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The density is tabulated until its logarithm has fallen by this much: enough for the events of [`REACH`].
const FALL: f64 = 90.0;
/// The distance of a margin's centre below 0 up to which the rule is used, in standard deviations.
const REACH: f64 = 5.0;
/// The largest ratio of the event's bandwidth to that of the density, (sigma/data_std)²/n. Beyond, the event is so
/// sharp that a rule which is fine only where the event is needs fewer points.
const SHARP: f64 = 30.0;
/// The number of tables kept.
const KEPT: usize = 64;

/// The density of a median, times the spacing, at multiples of the spacing.
struct Table {
    spacing: f64,
    /// From 0 outwards.
    weights: Vec<Weight>,
}

#[derive(Clone, Copy)]
struct Weight {
    value: f64,
    /// A bound on the relative error, in units of ε.
    ulps: f64,
}

thread_local! {
    /// The tables that were used last: the questions of a curve, and of its neighbours, share them.
    static TABLES: RefCell<HashMap<(u64, u64), Rc<Table>>> = RefCell::default();
}

impl Table {
    fn new(median: Median, spacing: f64) -> Self {
        let mut weights = Vec::new();
        for j in 0_u32.. {
            let w = spacing * f64::from(j);
            let (power, decay) = (median.h() * Median::balance(w), 0.5 * w * w);
            let value = spacing * median.factor * (power - decay).exp();
            weights.push(Weight { value, ulps: 5.0 + 2.5 * (decay - power) });
            if power - decay < -FALL {
                break;
            }
        }
        Self { spacing, weights }
    }

    /// Returns the table of a median for events of at most this bandwidth: one that is kept, or a new one.
    fn of(median: Median, bandwidth: f64) -> Rc<Self> {
        let spacing = trapezoid::spacing(bandwidth);
        TABLES.with_borrow_mut(|tables| {
            if tables.len() >= KEPT {
                tables.clear();
            }
            let key = (median.h().to_bits(), spacing.to_bits());
            Rc::clone(tables.entry(key).or_insert_with(|| Rc::new(Self::new(median, spacing))))
        })
    }
}

/// Returns `E[B((constant + sigma·w)/data_std)]` over the median w, where B is the probability of
/// [`Event::Below`] or [`Event::Window`]; none where another method is better or needed.
pub(super) fn expect(
    median: Median,
    event: Event,
    constant: Dd,
    sigma: f64,
    data_std: f64,
) -> Option<Scaled> {
    let rate = sigma / data_std;
    let centre = (constant / Dd::from(data_std)).hi();
    let votes = 2.0 * median.h() + 1.0;
    if rate * rate > SHARP * votes {
        return None;
    }
    // The median's variance is at most π/(2n), which is that of many.
    let variance = std::f64::consts::FRAC_PI_2 / votes;
    let pull = centre.min(0.0) / (1.0 + rate * rate * variance);
    if centre * pull > REACH * REACH {
        return None;
    }
    let table = Table::of(median, votes.mul_add(1.0, rate * rate).sqrt());
    #[allow(clippy::cast_possible_truncation)] // within the table
    let start = (-pull * rate * variance / table.spacing).round() as i32;
    let Bounded { value, error } = trapezoid::sum(start, |j| {
        let weight = table.weights.get(j.unsigned_abs() as usize)?;
        let w = table.spacing * f64::from(j);
        let x = rate.mul_add(w, centre);
        let (probability, slope) = event.probability(x);
        let value = weight.value * probability;
        // The rounding of the argument.
        let moved = slope * (2.0 * centre.abs() + 1.5 * (rate * w).abs());
        Some(Bounded { value, error: value * f64::EPSILON * (weight.ulps + moved) })
    })?;
    let relative = error / value + trapezoid::ALIASED;
    Some(Scaled { exponent: Depth::ZERO, mantissa: value, relative })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vote;

    /// Compares with the adaptive quadrature about the peak, from the smallest rates to the largest, and from the
    /// centre to the farthest one below.
    #[test]
    fn it_agrees_with_the_quadrature() {
        let mut worst = (0.0_f64, 0.0_f64);
        for votes in [3_u32, 5, 11, 101, 1001, 999_999] {
            let median = Median::new(votes);
            let root = f64::from(votes).sqrt();
            for part in [1e-6, 1e-2, 0.3, 1.0, 2.5, 5.4] {
                let rate = part * root;
                let spread = 1.25 * part;
                for centre in [-4.9, -3.0, -1.0, 0.0, 0.7, 2.0, 8.0] {
                    let centre = centre * (1.0 + spread * spread).sqrt();
                    let mut events = vec![Event::Below];
                    for width in [1e-200, 1e-3, 0.5, 3.0, 50.0] {
                        // As `vote::window` has it: from the nearer end.
                        if 2.0 * centre <= width {
                            events.push(Event::Window(Dd::from(width)));
                        }
                    }
                    for event in events {
                        let constant = Dd::from(centre);
                        let Some(found) = expect(median, event, constant, rate, 1.0) else {
                            panic!("{votes} {rate} {centre} {event:?}");
                        };
                        let slow = vote::expect(median, event, constant, rate, 1.0);
                        let gap = found.over(slow).number().value - 1.0;
                        assert!(
                            gap.abs() <= found.relative + slow.relative && gap.abs() < 2e-13,
                            "{votes} {rate} {centre} {event:?}: {gap:e} {} {}",
                            found.relative,
                            slow.relative
                        );
                        worst = (worst.0.max(gap.abs()), worst.1.max(found.relative));
                    }
                }
            }
        }
        // 2e-14 is the rounding of the quadrature in its own tail.
        println!("largest difference {:.1e}, largest bound {:.1e}", worst.0, worst.1);
        assert!(worst.1 < 1e-12, "{worst:?}");
    }

    #[test]
    fn what_is_sharper_or_farther_is_left_to_others() {
        let median = Median::new(11);
        let none = |centre: f64, rate: f64| {
            expect(median, Event::Below, Dd::from(centre), rate, 1.0).is_none()
        };
        assert!(none(0.0, 30.0) && none(-6.0, 1e-3));
        assert!(!none(0.0, 18.0) && !none(-4.9, 1e-3));
    }
}
