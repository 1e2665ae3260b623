//! Blocks as parts of an input: where their laws come from, and what classifiers look at.

use crate::linear::{BayesWeights, Length, Projection};
use task::blocks::{Blocks, Coordinates, Law};
use task::linear::{Covariance, LinearClassifier, LinearTask};
use task::{EntryError, Norm, Prior, Votes};

/// What a linear classifier looks at, by coordinate of the input.
#[derive(Debug, Clone, PartialEq)]
pub enum Weights {
    /// sgn(w·x).
    Linear(Vec<f64>),
    /// It always says the same: nothing can be learned.
    Constant,
}

/// Blocks, the input that they are parts of, and the classifier of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Game {
    blocks: Blocks,
    task: LinearTask,
    /// By block, by coordinate of the task; of length 1 in the dual norm, so that w·x is a distance.
    classifiers: Vec<Vec<f64>>,
    coordinates: Vec<Vec<usize>>,
}

impl Game {
    /// Blocks of one coordinate each, which is T itself; correlated ones in the plane of their weights.
    pub fn of(blocks: Blocks) -> Result<Self, EntryError> {
        let laws = blocks.laws();
        let rho = blocks.correlation();
        if rho != 0.0 {
            let root = ((1.0 - rho) * (1.0 + rho)).sqrt();
            let [a, b] = [laws[0].mean(), laws[1].mean()];
            let variance = laws[0].std() * laws[0].std();
            let mean = vec![a, (b - rho * a) / root];
            let task = LinearTask::new(mean, Covariance::scalar(variance)?, Prior::HALF)?;
            let classifiers = vec![vec![1.0, 0.0], vec![rho, root]];
            return Ok(Self { blocks, task, classifiers, coordinates: vec![vec![0, 1]; 2] });
        }
        let mean = laws.iter().map(Law::mean).collect();
        let variances = laws.iter().map(|law| law.std() * law.std()).collect();
        let task = LinearTask::new(mean, Covariance::diagonal(variances)?, Prior::HALF)?;
        let count = blocks.count();
        let unit = |j| (0..count).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
        Ok(Self {
            task,
            classifiers: (0..count).map(unit).collect(),
            coordinates: (0..count).map(|j| vec![j]).collect(),
            blocks,
        })
    }

    /// Blocks of coordinates of a task, each with its best classifier, w = Σ_b⁻¹μ_b, and its distance in the dual of `norm`.
    /// Fails where there are none, where a coordinate is not there, where the prior is not ½, where blocks are correlated, or
    /// where the mean of one is 0.
    pub fn of_task(
        whole: &LinearTask,
        coordinates: &Coordinates,
        norm: Norm,
    ) -> Result<Self, EntryError> {
        let d = whole.dimension();
        let refused = |name: String, value: String, expected: &str| {
            Err(EntryError::new(name, value, expected))
        };
        if whole.prior() != Prior::HALF {
            let value = whole.prior().get().to_string();
            return refused("prior".to_owned(), value, "0.5: blocks are of equally likely classes");
        }
        let all: Vec<usize> = coordinates.0.concat();
        if let Some(outside) = all.iter().find(|i| **i >= d) {
            let expected = format!("a coordinate of the task, 0 to {}", d - 1);
            return refused("coordinate".to_owned(), outside.to_string(), &expected);
        }
        let entry = |i: usize, j: usize| whole.covariance().entry(i, j);
        for (b, block) in coordinates.0.iter().enumerate() {
            for other in &coordinates.0[..b] {
                for (i, j) in block.iter().flat_map(|i| other.iter().map(move |j| (*i, *j))) {
                    if entry(i, j) != 0.0 {
                        let expected =
                            "0, as between independent blocks: put both coordinates into one block";
                        let name = format!("covariance[{j}][{i}]");
                        return refused(name, entry(i, j).to_string(), expected);
                    }
                }
            }
        }
        let part = |block: &[usize]| -> Result<LinearTask, EntryError> {
            let mean = block.iter().map(|i| whole.mean()[*i]).collect();
            let covariance = match whole.covariance().variances(d) {
                Some(variances) => {
                    Covariance::diagonal(block.iter().map(|i| variances[*i]).collect())?
                }
                None => {
                    let row = |i: &usize| block.iter().map(|j| entry(*i, *j)).collect();
                    Covariance::full(&block.iter().map(row).collect::<Vec<Vec<f64>>>())?
                }
            };
            LinearTask::new(mean, covariance, Prior::HALF)
        };
        let mut laws = Vec::new();
        let mut classifiers = Vec::new();
        let mut places = Vec::new();
        let mut from = 0;
        for block in &coordinates.0 {
            let own = part(block)?;
            let weights = own.bayes_weights();
            if weights.iter().all(|w| *w == 0.0) {
                let name = format!("mean of coordinate {}", block[0]);
                return refused(name, "0".to_owned(), "a mean that is not 0 in every block");
            }
            let classifier = LinearClassifier::new(weights, 0.0)?;
            let line = Projection::new(&own, None, &classifier, norm, Votes::ONE)?;
            let (mean, std) = (line.margin.task().mean(), line.margin.task().data_std());
            laws.push(Law::new(mean / line.cost, std / line.cost)?);
            let mut wide = vec![0.0; all.len()];
            // The length in the dual norm, by which w·x becomes a distance.
            let length = norm.dual().of(classifier.weights());
            for (w, place) in classifier.weights().iter().zip(from..) {
                wide[place] = w / length;
            }
            places.push((from..from + block.len()).collect());
            from += block.len();
            classifiers.push(wide);
        }
        Ok(Self { blocks: Blocks::new(laws)?, task: part(&all)?, classifiers, coordinates: places })
    }

    /// The blocks.
    #[must_use]
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// The input: the coordinates of all blocks.
    #[must_use]
    pub fn task(&self) -> &LinearTask {
        &self.task
    }

    /// The weights of each block's classifier, by coordinate of [`Game::task`]; w·x is the distance from its boundary.
    #[must_use]
    pub fn classifiers(&self) -> &[Vec<f64>] {
        &self.classifiers
    }

    /// The coordinates of each block in [`Game::task`].
    #[must_use]
    pub fn coordinates(&self) -> &[Vec<usize>] {
        &self.coordinates
    }

    pub(super) fn singles(&self) -> impl Iterator<Item = Weights> {
        self.classifiers.iter().map(|weights| Weights::Linear(weights.clone()))
    }

    /// The best linear classifier without an adversary.
    pub(super) fn joint(&self) -> Weights {
        let weights = self.task.bayes_weights();
        if weights.iter().all(|w| *w == 0.0) { Weights::Constant } else { Weights::Linear(weights) }
    }
}
