//! Training sets of (x + θ, y).

use task::{Defense, Task};

use crate::dispatch::Level;
use crate::normal::{BLOCK, Pairs, fill_at};
use crate::stream::{self, Purpose, Stream, below};

/// A noisy input and its class.
///
/// ```
/// use gauss_sim_engine::training::data::Example;
///
/// let example = Example { x: 0.4, y: 1.0 };
/// // sgn(x) is right about it, sgn(x − 1) is not.
/// let right = |k: f64| example.y * (example.x - k) > 0.0;
/// assert!(right(0.0) && !right(1.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example {
    /// x + θ.
    pub x: f64,
    /// ±1.
    pub y: f64,
}

/// The source of training sets: y = ±1 with equal probability, x | y ~ N(y·mean, data_std²), θ ~ N(shift, sigma²).
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The task from which x is drawn.
    pub task: Task,
    /// The defense from which θ is drawn.
    pub defense: Defense,
    /// The seed, under which training has streams of its own.
    pub seed: u64,
}

impl Source {
    /// Returns the first `size` examples of a repetition. They depend only on the seed and the repetition: a larger
    /// set begins with the smaller one, and under another task or defense the normals are the same.
    #[must_use]
    pub fn draw(&self, repetition: u64, size: usize) -> Vec<Example> {
        let (mean, data_std) = (self.task.mean(), self.task.data_std());
        let (shift, sigma) = (self.defense.shift(), self.defense.sigma());
        let mut stream = Stream::new(self.seed, repetition, Purpose::Training);
        let (level, mut pairs) = (Level::best(), Box::<Pairs>::default());
        let mut examples = Vec::with_capacity(size);
        while examples.len() < size {
            let count = (size - examples.len()).min(BLOCK);
            fill_at(level, &mut stream, &mut pairs, count);
            let normals = pairs.first.iter().zip(&pairs.second).zip(pairs.coins());
            examples.extend(normals.take(count).map(|((&z1, &z2), coin)| {
                let y = if coin & 1 == 1 { 1.0 } else { -1.0 };
                let x = y * mean + data_std * f64::from(z1);
                let theta = shift + sigma * f64::from(z2);
                Example { x: x + theta, y }
            }));
        }
        examples
    }

    /// Shuffles the examples into the random order of this epoch (counted from 1); every order is equally likely,
    /// whatever the one before.
    pub fn shuffle(&self, repetition: u64, epoch: u32, examples: &mut [Example]) {
        let mut stream = Stream::new(self.seed, repetition, Purpose::TrainingOrder(epoch));
        let (level, mut words) = (Level::best(), [0; 1024]);
        let mut used = words.len();
        let mut word = || {
            if used == words.len() {
                stream::fill_at(level, &mut stream, &mut words);
                used = 0;
            }
            used += 1;
            words[used - 1]
        };
        for last in (1..examples.len()).rev() {
            let other = below(last as u64 + 1, &mut word);
            examples.swap(last, other as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(sigma: f64) -> Source {
        let (task, defense) = (Task::new(1.0, 0.5), Defense::new(2.0, sigma));
        Source { task: task.unwrap(), defense: defense.unwrap(), seed: 5 }
    }

    /// Checks means and variances given the class: five standard errors each, α below 1e-5 in all.
    #[test]
    fn the_examples_have_the_law_of_the_noisy_inputs() {
        let examples = source(1.2).draw(0, 400_000);
        let positive = examples.iter().filter(|e| e.y > 0.0).count() as f64;
        assert!((positive - 200_000.0).abs() < 5.0 * 100_000_f64.sqrt(), "{positive}");
        for y in [-1.0, 1.0] {
            let xs: Vec<f64> = examples.iter().filter(|e| e.y == y).map(|e| e.x).collect();
            let n = xs.len() as f64;
            let mean = xs.iter().sum::<f64>() / n;
            let variance = xs.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
            let truth = 0.25 + 1.44;
            assert!((mean - (2.0 + y)).abs() < 5.0 * (truth / n).sqrt(), "{y}: {mean}");
            assert!((variance - truth).abs() < 5.0 * truth * (2.0 / n).sqrt(), "{y}: {variance}");
        }
    }

    #[test]
    fn a_larger_set_begins_with_the_smaller_one() {
        let source = source(1.0);
        for size in [1, 15, 16, 17, 2047, 2048, 2049] {
            assert_eq!(source.draw(3, size), source.draw(3, 5000)[..size], "{size}");
        }
        assert_ne!(source.draw(3, 10), source.draw(4, 10));
        assert_ne!(source.draw(3, 10), Source { seed: 6, ..source }.draw(3, 10));
    }

    /// Compares with golden values, which are the same on any machine.
    #[test]
    fn the_first_examples_are_the_golden_ones() {
        let first = source(1.0).draw(0, 2);
        assert_eq!(format!("{first:?}"), GOLDEN);
    }

    const GOLDEN: &str = "[Example { x: -1.2661613821983337, y: -1.0 }, \
                          Example { x: -0.4820384681224823, y: -1.0 }]";

    #[test]
    fn a_shuffle_keeps_the_examples_and_changes_with_the_epoch() {
        let examples: Vec<Example> =
            (0..1000).map(|i| Example { x: f64::from(i), y: 1.0 }).collect();
        let order = |repetition, epoch| {
            let mut shuffled = examples.clone();
            source(1.0).shuffle(repetition, epoch, &mut shuffled);
            shuffled
        };
        assert_eq!(order(1, 1), order(1, 1));
        for (a, b) in [(order(1, 1), order(1, 2)), (order(1, 1), order(2, 1))] {
            assert_ne!(a, b);
        }
        let mut sorted = order(1, 1);
        sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
        assert_eq!(sorted, examples);
    }

    /// Counts where each of four examples goes over 24 000 epochs: each of the 24 orders occurs 1000 times on
    /// average; χ² with 23 degrees of freedom is above 70 with a probability of 1.3e-6.
    #[test]
    fn every_order_is_equally_likely() {
        let mut counts = std::collections::HashMap::new();
        for epoch in 0..24_000 {
            let mut four = [0.0, 1.0, 2.0, 3.0].map(|x| Example { x, y: 1.0 });
            source(1.0).shuffle(0, epoch, &mut four);
            *counts.entry(four.map(|e| e.x as u8)).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        let chi: f64 = counts.values().map(|&n| (f64::from(n) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi < 70.0, "{chi}");
    }
}
