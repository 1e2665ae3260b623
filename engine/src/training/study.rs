//! Many repetitions of each learner, at each sigma and each size of the training set.

use std::fmt;

use rayon::prelude::*;
use task::{Defense, DomainError, Eps, Task};

use super::data::Source;
use super::zero_one::{Interval, minimise};
use super::{Failure, logistic, sgd};

/// The largest training set.
pub const MAX_SIZE: usize = 10_000_000;
/// The most repetitions, times epochs + 1 for `sgd`.
pub const MAX_OUTCOMES: u64 = 5_000_000;
/// The most examples that a study looks at: each of each training set once, in `sgd` once an epoch. A core
/// looks at some 20 to 80 million a second.
pub const MAX_WORK: u64 = 100_000_000_000;

/// How a threshold is learnt.
///
/// ```
/// use gauss_sim_engine::training::study::Method;
///
/// assert_eq!(Method::ALL.map(Method::name), ["zero-one", "logistic", "sgd"]);
/// assert_eq!(Method::ZeroOne.to_string(), "zero-one");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// The fewest errors on the training set.
    ZeroOne,
    /// The minimum of the logistic risk.
    Logistic,
    /// The undefended classifier, fine-tuned epoch by epoch.
    Sgd,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ZeroOne, Self::Logistic, Self::Sgd];

    /// The name in rows and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ZeroOne => "zero-one",
            Self::Logistic => "logistic",
            Self::Sgd => "sgd",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is to be watched.
#[derive(Debug, Clone)]
pub struct Study {
    /// The data.
    pub task: Task,
    /// One for each sigma.
    pub defenses: Vec<Defense>,
    /// The budgets at which the learnt classifiers are judged.
    pub eps: Vec<Eps>,
    /// The sizes of the training sets, from 1 to [`MAX_SIZE`].
    pub sizes: Vec<usize>,
    /// Each once.
    pub methods: Vec<Method>,
    /// How many independent training sets of each kind; at least 1.
    pub repetitions: u64,
    /// Of `sgd`.
    pub sgd: sgd::Settings,
    /// The seed.
    pub seed: u64,
}

/// More work than is possible.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TooMuch {
    /// More than [`MAX_OUTCOMES`].
    #[error("{0} thresholds for each training size, and at most 5 million are possible")]
    Outcomes(u64),
    /// More than [`MAX_WORK`].
    #[error(
        "{0:.1e} examples to look at in all (sizes × repetitions × sigmas × methods, for sgd × epochs), and \
         at most 1e11 are possible"
    )]
    Work(f64),
}

/// What one learner found in all repetitions, at one sigma, one size and, for `sgd`, after one epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The learner.
    pub method: Method,
    /// The defense whose inputs it saw.
    pub defense: Defense,
    /// How many of them.
    pub size: usize,
    /// For `sgd`: after so many epochs, 0 before training.
    pub epoch: Option<u32>,
    /// The threshold of each repetition.
    pub thresholds: Vec<Result<f64, Failure>>,
    /// For `zero-one`: of each repetition with a threshold, how many bounded and unbounded intervals of
    /// minimisers there are, and from where to where the bounded ones reach.
    pub minimisers: Vec<(usize, Interval)>,
}

/// What all methods make of one training set.
struct Repetition {
    /// For each method, the thresholds after each epoch; one for those without epochs.
    found: Vec<Vec<Result<f64, Failure>>>,
    minimisers: Option<(usize, Interval)>,
}

impl Study {
    /// How many examples are looked at, or why that is too much.
    pub fn work(&self) -> Result<u64, TooMuch> {
        let epochs = u64::from(self.sgd.epochs);
        let sgd = self.methods.contains(&Method::Sgd);
        let points = self.repetitions.saturating_mul(if sgd { epochs + 1 } else { 1 });
        if points > MAX_OUTCOMES {
            return Err(TooMuch::Outcomes(points));
        }
        let examples: f64 = self.sizes.iter().map(|&size| size as f64).sum();
        let passes = self.methods.iter().map(|&method| self.passes(method)).sum::<u64>();
        let sets = self.repetitions as f64 * self.defenses.len() as f64;
        let work = examples * sets * passes as f64;
        if work > MAX_WORK as f64 { Err(TooMuch::Work(work)) } else { Ok(work as u64) }
    }

    /// How many rows come out, every epoch counted.
    #[must_use]
    pub fn rows(&self) -> usize {
        let cells = |&method: &Method| match method {
            Method::Sgd => self.sgd.epochs as usize + 1,
            _ => 1,
        };
        let places = [self.defenses.len(), self.sizes.len(), self.eps.len()];
        places
            .iter()
            .fold(self.methods.iter().map(cells).sum(), |rows: usize, n| rows.saturating_mul(*n))
    }

    fn passes(&self, method: Method) -> u64 {
        if method == Method::Sgd { u64::from(self.sgd.epochs).max(1) } else { 1 }
    }

    /// Runs it on rayon's current pool; the cells go by sigma, size, method and epoch, and no number
    /// depends on the threads. `done` is told of examples that were looked at.
    #[must_use]
    pub fn run(&self, done: &(impl Fn(u64) + Sync)) -> Vec<Cell> {
        let sizes = |&defense| self.sizes.iter().map(move |&size| (defense, size));
        let places = self.defenses.iter().flat_map(sizes);
        places.flat_map(|(defense, size)| self.cells(defense, size, done)).collect()
    }

    fn cells(&self, defense: Defense, size: usize, done: &(impl Fn(u64) + Sync)) -> Vec<Cell> {
        let source = Source { task: self.task, defense, seed: self.seed };
        let repetitions: Vec<Repetition> = (0..self.repetitions)
            .into_par_iter()
            .map(|repetition| self.repetition(&source, repetition, size, done))
            .collect();
        let mut cells = Vec::new();
        for (index, &method) in self.methods.iter().enumerate() {
            let epochs = repetitions.first().map_or(0, |first| first.found[index].len());
            for epoch in 0..epochs {
                let thresholds = repetitions.iter().map(|one| one.found[index][epoch]).collect();
                let minimisers = repetitions.iter().filter_map(|one| one.minimisers);
                cells.push(Cell {
                    method,
                    defense,
                    size,
                    epoch: (method == Method::Sgd).then_some(epoch as u32),
                    thresholds,
                    minimisers: minimisers.filter(|_| method == Method::ZeroOne).collect(),
                });
            }
        }
        cells
    }

    fn repetition(
        &self,
        source: &Source,
        repetition: u64,
        size: usize,
        done: &(impl Fn(u64) + Sync),
    ) -> Repetition {
        let drawn = source.draw(repetition, size);
        let (mut found, mut minimisers) = (Vec::with_capacity(self.methods.len()), None);
        for &method in &self.methods {
            // Each starts from the examples in the order in which they were drawn.
            let mut examples = drawn.clone();
            found.push(match method {
                Method::ZeroOne => {
                    let best = minimise(&mut examples);
                    minimisers = best.extent().map(|extent| (best.intervals.len(), extent));
                    vec![best.threshold()]
                }
                Method::Logistic => {
                    vec![logistic::fit(&examples).and_then(|line| line.threshold())]
                }
                Method::Sgd => {
                    let shuffle = |epoch, examples: &mut [_]| {
                        source.shuffle(repetition, epoch, examples);
                    };
                    let path = sgd::fine_tune(&mut examples, self.sgd, shuffle);
                    path.iter().map(super::Line::threshold).collect()
                }
            });
            done(self.passes(method) * size as u64);
        }
        Repetition { found, minimisers }
    }
}

/// The defenses of these sigmas.
pub fn defenses(shift: f64, sigmas: &[f64]) -> Result<Vec<Defense>, DomainError> {
    sigmas.iter().map(|&sigma| Defense::new(shift, sigma)).collect()
}
