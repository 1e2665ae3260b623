//! Normal laws of margins, and what they predict at every stage: the rungs between the fitted task and the held-out rows.

use task::certify::Smoothed;
use task::{Defense, DomainError, Eps, Prior, Stage as TaskStage, Task};

use super::held_out::Stage;
use crate::accuracy::Profile;
use crate::certify::Certifier;
use crate::math::bounded::Bounded;
use crate::math::normal::{cdf, quantile};

/// A normal law of margins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, above 0.
    pub std: f64,
}

impl Law {
    /// The law with the moments of some margins, the standard deviation with one fewer in the denominator; `None` of fewer than
    /// two, or where all are the same.
    #[must_use]
    pub fn of(margins: &[f64]) -> Option<Self> {
        let count = margins.len() as f64;
        let mean = margins.iter().sum::<f64>() / count;
        let mean = mean + margins.iter().map(|margin| margin - mean).sum::<f64>() / count;
        let square: f64 = margins.iter().map(|margin| (margin - mean).powi(2)).sum();
        let std = (square / (count - 1.0)).sqrt();
        (margins.len() > 1 && std.is_normal()).then_some(Self { mean, std })
    }
}

/// Margins that are normal in each class: laws with the shares of their rows, which add to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung(Vec<(f64, Law)>);

impl From<Law> for Rung {
    fn from(law: Law) -> Self {
        Self(vec![(1.0, law)])
    }
}

impl Rung {
    /// Two laws, the first of which has so many of the rows, and the second so many.
    #[must_use]
    pub fn of_classes(laws: [(usize, Law); 2]) -> Self {
        let all = (laws[0].0 + laws[1].0) as f64;
        Self(laws.into_iter().map(|(count, law)| (count as f64 / all, law)).collect())
    }

    /// The probability of a margin of at most this.
    #[must_use]
    pub fn below(&self, margin: f64) -> f64 {
        self.0.iter().map(|(share, law)| share * cdf((margin - law.mean) / law.std)).sum()
    }

    /// The margin below which a share `p` of all is, of a single law.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let [(_, law)] = self.0.as_slice() else { return None };
        Some(law.std.mul_add(quantile(p), law.mean))
    }

    /// What it predicts of a stage against a budget of `eps`. Fails where numbers are 1e15 times as large as the standard deviation.
    pub fn accuracy(&self, stage: &Stage, eps: f64) -> Result<Bounded, DomainError> {
        let mut total = Bounded::exact(0.0);
        for (share, law) in &self.0 {
            let found = law.accuracy(stage, eps)?;
            total.value += share * found.value;
            total.error += share * (found.error + f64::EPSILON);
        }
        Ok(Bounded::probability(total.value, total.error))
    }
}

impl Law {
    /// In units of the standard deviation, whatever those of the features are.
    fn accuracy(&self, stage: &Stage, eps: f64) -> Result<Bounded, DomainError> {
        let task = Task::new(self.mean / self.std, 1.0)?;
        let eps = eps / self.std;
        let sigma = match stage {
            Stage::Certified(certifier) => {
                let of_sample = certifier.with(Smoothed::new(
                    task,
                    Prior::HALF,
                    0.0,
                    0.0,
                    certifier.sigma() / self.std,
                )?);
                return Ok(Certifier::certified(&of_sample, eps));
            }
            Stage::Undefended => 0.0,
            Stage::Voted(voted) => voted.sigma() / self.std,
        };
        let stage = match stage {
            Stage::Voted(voted) => TaskStage::Voted { votes: voted.votes() },
            _ => TaskStage::Undefended,
        };
        let margin = stage.margin(&task, &Defense::new(0.0, sigma)?)?;
        Ok(Profile::new(&margin).adversarial(Eps::new(eps)?))
    }
}
