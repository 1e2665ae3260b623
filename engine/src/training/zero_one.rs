//! The thresholds with the fewest errors on a training set.

use super::Failure;
use super::data::Example;

/// An open interval of thresholds with the same errors; an end may be infinite.
///
/// ```
/// use gauss_sim_engine::training::data::Example;
/// use gauss_sim_engine::training::zero_one::{Interval, minimise};
///
/// let mut examples = [Example { x: 1.0, y: 1.0 }, Example { x: -1.0, y: -1.0 }];
/// assert_eq!(minimise(&mut examples).intervals, [Interval { low: -1.0, high: 1.0 }]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// An input of the training set, or −∞.
    pub low: f64,
    /// The next larger input, or ∞.
    pub high: f64,
}

/// All thresholds k for which sgn(x − k) has the fewest errors. An input equal to k counts as an error whatever its
/// class, as in [`task::Margin`]; so the minimisers are whole open gaps between neighbouring inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimisers {
    /// The number of errors.
    pub errors: usize,
    /// The intervals, in ascending order; at least one.
    pub intervals: Vec<Interval>,
}

/// Minimises the number of errors over all thresholds, and sorts the examples by their input.
#[must_use]
pub fn minimise(examples: &mut [Example]) -> Minimisers {
    examples.sort_unstable_by(|a, b| a.x.total_cmp(&b.x));
    // Below all inputs, everything is classified as positive.
    let mut errors = examples.iter().filter(|example| example.y < 0.0).count();
    let mut least = Minimisers { errors: usize::MAX, intervals: Vec::new() };
    let (mut low, mut next) = (f64::NEG_INFINITY, 0);
    loop {
        let high = examples.get(next).map_or(f64::INFINITY, |example| example.x);
        if errors < least.errors {
            least.errors = errors;
            least.intervals.clear();
        }
        if errors == least.errors {
            least.intervals.push(Interval { low, high });
        }
        if next == examples.len() {
            return least;
        }
        // The threshold passes all examples with this input at once.
        while let Some(example) = examples.get(next).filter(|example| example.x == high) {
            if example.y > 0.0 {
                errors += 1;
            } else {
                errors -= 1;
            }
            next += 1;
        }
        low = high;
    }
}

impl Minimisers {
    /// Returns the middle of the chosen interval: the middle one of the bounded intervals in their order; of two
    /// middle ones the longer, and of two of the same length the lower.
    pub fn threshold(&self) -> Result<f64, Failure> {
        let bounded = self.bounded();
        let n = bounded.len();
        let middle = bounded.get(n.saturating_sub(1) / 2).zip(bounded.get(n / 2));
        let (first, second) = middle.ok_or(Failure::Constant)?;
        let length = |interval: &Interval| interval.high - interval.low;
        let chosen = if length(second) > length(first) { second } else { first };
        Ok(0.5 * chosen.low + 0.5 * chosen.high)
    }

    /// Returns the interval from the smallest to the largest minimiser, without those beyond all inputs.
    #[must_use]
    pub fn extent(&self) -> Option<Interval> {
        let bounded = self.bounded();
        Some(Interval { low: bounded.first()?.low, high: bounded.last()?.high })
    }

    fn bounded(&self) -> &[Interval] {
        let mut bounded = self.intervals.as_slice();
        if bounded.first().is_some_and(|first| first.low == f64::NEG_INFINITY) {
            bounded = &bounded[1..];
        }
        if bounded.last().is_some_and(|last| last.high == f64::INFINITY) {
            bounded = &bounded[..bounded.len() - 1];
        }
        bounded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(positive: &[f64], negative: &[f64]) -> Vec<Example> {
        let of = |xs: &[f64], y| xs.iter().map(move |&x| Example { x, y }).collect::<Vec<_>>();
        [of(positive, 1.0), of(negative, -1.0)].concat()
    }

    /// Returns the number of errors by definition: k is right about an example if y(x − k) > 0.
    fn errors(examples: &[Example], k: f64) -> usize {
        examples.iter().filter(|example| example.y * (example.x - k) <= 0.0).count()
    }

    proptest! {
        /// Uses inputs on a small grid, so that ties within one class and between both are common, and thresholds on
        /// all of them, between any two, and beyond.
        #[test]
        fn no_threshold_makes_fewer_errors(
            examples in prop::collection::vec((0_i8..8, any::<bool>()), 1..14)
        ) {
            let mut examples: Vec<Example> = examples
                .into_iter()
                .map(|(x, y)| Example { x: f64::from(x), y: if y { 1.0 } else { -1.0 } })
                .collect();
            let found = minimise(&mut examples);
            let thresholds: Vec<f64> = (-4..36).map(|i| 0.25 * f64::from(i)).collect();
            let least = thresholds.iter().map(|&k| errors(&examples, k)).min().unwrap();
            prop_assert_eq!(found.errors, least);
            for &k in &thresholds {
                let inside = found.intervals.iter().any(|i| i.low < k && k < i.high);
                // On an input of a set, both classes are wrong; none of these is a minimiser.
                let minimises = errors(&examples, k) == least;
                prop_assert_eq!(inside, minimises, "{}: {:?}", k, found);
            }
            if let Ok(k) = found.threshold() {
                prop_assert_eq!(errors(&examples, k), least);
                let extent = found.extent().unwrap();
                prop_assert!(extent.low < k && k < extent.high);
            }
        }
    }

    #[test]
    fn all_minimisers_are_reported_and_one_is_chosen_by_the_rule() {
        let interval = |low, high| Interval { low, high };
        let found = minimise(&mut set(&[2.0, 5.0, 9.0], &[1.0, 4.0]));
        assert_eq!(found.errors, 1);
        assert_eq!(found.intervals, [interval(1.0, 2.0), interval(4.0, 5.0)]);
        assert_eq!(found.threshold(), Ok(1.5), "of the same length, the lower");
        assert_eq!(found.extent(), Some(interval(1.0, 5.0)));
        let found = minimise(&mut set(&[2.0, 5.5, 9.0], &[1.0, 4.0]));
        assert_eq!(found.threshold(), Ok(4.75), "the longer");
        let found = minimise(&mut set(&[2.0, 4.0, 6.0], &[1.0, 3.0, 5.0]));
        assert_eq!((found.intervals.len(), found.threshold()), (3, Ok(3.5)));
        let found = minimise(&mut set(&[5.0], &[5.0, 3.0]));
        assert_eq!(found.intervals, [interval(3.0, 5.0), interval(5.0, f64::INFINITY)]);
        assert_eq!(found.threshold(), Ok(4.0), "bounded, though the other is as good");
    }

    #[test]
    fn where_only_constants_are_best_there_is_no_threshold() {
        for mut examples in [set(&[1.0], &[]), set(&[], &[1.0, 2.0]), set(&[1.0], &[2.0])] {
            let found = minimise(&mut examples);
            assert_eq!(found.threshold(), Err(Failure::Constant));
            assert_eq!(found.extent(), None);
        }
    }
}
