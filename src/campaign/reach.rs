//! How far a run came, in the words of its record.

use serde::Serialize;

use super::batches::Batches;
use super::subject::Subject;
use super::{Campaign, End, looks};

impl<S: Subject> Campaign<S> {
    /// How far the run is, for its record.
    #[must_use]
    pub fn reach(&self, end: Option<End>) -> Reach {
        let (confidence, _) = self.levels();
        let stopping = self.precision.zip(self.look()).map(|(precision, look)| Stopping {
            width: precision.width,
            widest: Some(looks::widest(&self.counts, confidence)).filter(|w| w.is_finite()),
            reached: self.reached.is_some(),
            first_look: precision.first * S::BATCH,
            look,
            share: looks::share(look),
            rule: "looks at doubling numbers of samples; look j has the share 1/(j(j+1)) of the errors (Bonferroni)",
            confidence: self.confidence,
            alpha: self.alpha,
        });
        Reach {
            asked: self.samples,
            shard: self.shard.map(|shard| shard.to_string()),
            share_samples: self.shard.map(|_| self.whole_samples()),
            batches: self.done.clone(),
            end,
            merged: None,
            precision: stopping,
        }
    }
}

/// How far a run came, in the words of the record.
#[derive(Debug, Clone, Serialize)]
pub struct Reach {
    /// The samples that were asked for, of all shares.
    pub asked: u64,
    /// The share, as in 1/8; null if it is the whole run.
    pub shard: Option<String>,
    /// The samples of the share; null if it is the whole run.
    pub share_samples: Option<u64>,
    /// The batches that are done, from and to (not included).
    pub batches: Batches,
    /// Why it ended; null where parts were merged and batches are missing.
    pub end: Option<End>,
    /// The folders that were added up; null where nothing was merged.
    pub merged: Option<Vec<String>>,
    /// The precision that was asked for; null if none was.
    pub precision: Option<Stopping>,
}

/// What stopping at a precision came to, in the words of the record.
#[derive(Debug, Clone, Serialize)]
pub struct Stopping {
    /// The full width that every interval was to have at most.
    pub width: f64,
    /// The full width of the widest; null where there is nothing to estimate from.
    pub widest: Option<f64>,
    /// Whether it was reached.
    pub reached: bool,
    /// The samples before the first look; twice as many before each one after it.
    pub first_look: u64,
    /// The look whose share of the errors the results have.
    pub look: u32,
    /// That share.
    pub share: f64,
    /// How the errors are shared.
    pub rule: &'static str,
    /// The confidence of each interval over all looks: the one that was asked for. Those of the rows
    /// are formed at 1 − share·(1 − confidence).
    pub confidence: f64,
    /// The family-wise error of the verdict over all looks, likewise; the verdict is given at
    /// share·alpha.
    pub alpha: f64,
}
