//! Many repetitions of each learner, at each sigma and each size of the training set.

use std::fmt;

use task::spec::Word;
use task::{Defense, DomainError, Task};

use super::data::Source;
use super::zero_one::{Interval, minimise};
use super::{Failure, logistic, sgd};
use crate::batch::Monitored;

/// The largest training set.
pub const MAX_SIZE: usize = 10_000_000;
/// The largest number of repetitions, times epochs + 1 for `sgd`.
pub const MAX_OUTCOMES: u64 = 5_000_000;
/// The largest number of examples that a study processes: each of each training set once, and in `sgd` once per
/// epoch. A core processes some 20 to 80 million per second.
pub const MAX_WORK: u64 = 100_000_000_000;

/// The method that learns a threshold.
///
/// ```
/// use gauss_sim_engine::training::study::Method;
/// use task::spec::Word;
///
/// assert_eq!(Method::of("zero-one"), Ok(Method::ZeroOne));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Minimises the number of errors on the training set.
    ZeroOne,
    /// Minimises the logistic risk.
    Logistic,
    /// Fine-tunes the undefended classifier, epoch by epoch.
    Sgd,
}

impl Word for Method {
    const ALL: &'static [Self] = &[Self::ZeroOne, Self::Logistic, Self::Sgd];
    const WHAT: &'static str = "a method";

    fn word(self) -> &'static str {
        match self {
            Self::ZeroOne => "zero-one",
            Self::Logistic => "logistic",
            Self::Sgd => "sgd",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The learners and their training sets.
#[derive(Debug, Clone)]
pub struct Study {
    /// The data.
    pub task: Task,
    /// The defenses, one for each sigma.
    pub defenses: Vec<Defense>,
    /// The sizes of the training sets, from 1 to [`MAX_SIZE`].
    pub sizes: Vec<usize>,
    /// The methods, without repetitions.
    pub methods: Vec<Method>,
    /// The settings of `sgd`.
    pub sgd: sgd::Settings,
    /// The seed.
    pub seed: u64,
}

/// The error of a study that takes too much work.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TooMuch {
    /// More than [`MAX_OUTCOMES`] outcomes.
    #[error("{0} thresholds for each training size, and at most 5 million are possible")]
    Outcomes(u64),
    /// More than [`MAX_WORK`] examples.
    #[error(
        "{0:.1e} examples to look at in all (sizes × repetitions × sigmas × methods, for sgd × epochs), and \
         at most 1e11 are possible"
    )]
    Work(f64),
}

/// One learner on training sets of one size, at one sigma and, for `sgd`, after one epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The learner.
    pub method: Method,
    /// The defense that its inputs go through.
    pub defense: Defense,
    /// The number of inputs.
    pub size: usize,
    /// For `sgd`, the number of epochs, 0 before training.
    pub epoch: Option<u32>,
}

impl Outcome {
    /// Returns whether all minimisers are known, not only the threshold.
    #[must_use]
    pub fn has_minimisers(&self) -> bool {
        self.method == Method::ZeroOne
    }
}

/// A threshold, or the reason why there is none; and for `zero-one`, the number of intervals of minimisers, and the
/// range of the bounded ones.
pub(super) type Found = (Result<f64, Failure>, Option<Option<(usize, Interval)>>);

impl Study {
    /// Returns the number of examples that this many repetitions process, or an error if that is too much.
    pub fn work(&self, repetitions: u64) -> Result<u64, TooMuch> {
        let epochs = u64::from(self.sgd.epochs);
        let sgd = self.methods.contains(&Method::Sgd);
        let points = repetitions.saturating_mul(if sgd { epochs + 1 } else { 1 });
        if points > MAX_OUTCOMES {
            return Err(TooMuch::Outcomes(points));
        }
        let examples: f64 = self.sizes.iter().map(|&size| size as f64).sum();
        let passes = self.methods.iter().map(|&method| self.passes(method)).sum::<u64>();
        let sets = repetitions as f64 * self.defenses.len() as f64;
        let work = examples * sets * passes as f64;
        if work > MAX_WORK as f64 { Err(TooMuch::Work(work)) } else { Ok(work as u64) }
    }

    /// Returns the outcomes of a repetition in order: by sigma, size, method and epoch.
    #[must_use]
    pub fn outcomes(&self) -> Vec<Outcome> {
        let epochs = |method: Method| match method {
            Method::Sgd => (0..=self.sgd.epochs).map(Some).collect::<Vec<_>>(),
            _ => vec![None],
        };
        let mut outcomes = Vec::new();
        for &defense in &self.defenses {
            for &size in &self.sizes {
                for &method in &self.methods {
                    let of = |epoch| Outcome { method, defense, size, epoch };
                    outcomes.extend(epochs(method).into_iter().map(of));
                }
            }
        }
        outcomes
    }

    fn passes(&self, method: Method) -> u64 {
        if method == Method::Sgd { u64::from(self.sgd.epochs).max(1) } else { 1 }
    }

    /// Returns the results of all methods on the training sets of one repetition, in the order of
    /// [`Study::outcomes`]. They depend only on the seed and the number of the repetition.
    pub(super) fn repetition(&self, number: u64, monitored: &Monitored<'_>) -> Vec<Found> {
        let mut found = Vec::new();
        for &defense in &self.defenses {
            let source = Source { task: self.task, defense, seed: self.seed };
            for &size in &self.sizes {
                self.learn(&source, number, size, &mut found, monitored);
            }
        }
        found
    }

    fn learn(
        &self,
        source: &Source,
        repetition: u64,
        size: usize,
        found: &mut Vec<Found>,
        monitored: &Monitored<'_>,
    ) {
        if monitored.asks_to_give_up() {
            return;
        }
        let drawn = source.draw(repetition, size);
        for &method in &self.methods {
            if monitored.asks_to_give_up() {
                return;
            }
            // Each method starts with the examples in the order in which they were drawn.
            let mut examples = drawn.clone();
            match method {
                Method::ZeroOne => {
                    let best = minimise(&mut examples);
                    let minimisers = best.extent().map(|extent| (best.intervals.len(), extent));
                    found.push((best.threshold(), Some(minimisers)));
                }
                Method::Logistic => {
                    let goes_on = || !monitored.asks_to_give_up();
                    let line = logistic::fit_while(&examples, &goes_on);
                    found.push((line.and_then(|line| line.threshold()), None));
                }
                Method::Sgd => {
                    let shuffle = |epoch, examples: &mut [_]| {
                        if monitored.asks_to_give_up() {
                            return false;
                        }
                        source.shuffle(repetition, epoch, examples);
                        true
                    };
                    let path = sgd::fine_tune(&mut examples, self.sgd, shuffle);
                    found.extend(path.iter().map(|line| (line.threshold(), None)));
                }
            }
        }
    }
}

/// Returns the defenses of these sigmas.
pub fn defenses(shift: f64, sigmas: &[f64]) -> Result<Vec<Defense>, DomainError> {
    sigmas.iter().map(|&sigma| Defense::new(shift, sigma)).collect()
}
