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
///
/// ```
/// use gauss_sim::campaign::{Campaign, End, Plan};
/// # use gauss_sim::engine::VotesBy;
/// # use gauss_sim::record::Question;
/// # use gauss_sim::sweep::Grid;
/// # use theory as gauss_sim_theory;
/// # use gauss_sim_theory::task::{Stage, Task};
///
/// # let grid = Grid::new(Task::default(), 1.0, &[1.0], &[0.5], vec![Stage::Trained])?;
/// # let record = Question::of(&grid);
/// # let (seed, samples, votes_by, confidence) = (7, 1_000_000, VotesBy::Draws, 0.95);
/// # let plan = Plan { seed, samples, votes_by, shard: None, confidence, alpha: 1e-6, precision: None };
/// // Two of the sixteen batches: 131,072 samples.
/// let plan = Plan { samples: 1_000_000, shard: Some("1/8".parse()?), ..plan };
/// let share = Campaign::new(grid, &record, &plan)?;
/// let reach = share.reach(Some(End::Interrupted));
/// assert_eq!((reach.asked, reach.shard.as_deref()), (1_000_000, Some("1/8")));
/// assert_eq!((reach.share_samples, reach.batches.count()), (Some(131_072), 0));
/// assert!(reach.merged.is_none() && reach.precision.is_none());
/// assert_eq!(serde_json::to_value(&reach)?["end"], "interrupted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use std::sync::atomic::AtomicBool;
/// # use std::time::Duration;
///
/// use gauss_sim::campaign::{Campaign, End, Limits, Means, Plan};
/// # use gauss_sim::engine::dispatch::Level;
/// # use gauss_sim::engine::{BATCH, Kernel, VotesBy};
/// # use gauss_sim::record::Question;
/// # use gauss_sim::sweep::Grid;
/// # use theory as gauss_sim_theory;
/// # use gauss_sim_theory::task::{Stage, Task};
///
/// # let grid = Grid::new(Task::default(), 1.0, &[1.0], &[0.5], vec![Stage::Trained])?;
/// # let record = Question::of(&grid);
/// # let (seed, votes_by, confidence, alpha, precision) = (7, VotesBy::Draws, 0.95, 1e-6, None);
/// # let plan = Plan { seed, samples: 1 << 40, votes_by, shard: None, confidence, alpha, precision };
/// # let means = Means { level: Level::best(), kernel: Kernel::Simd };
/// # let stop = AtomicBool::new(false);
/// # let limits = Limits { stop: &stop, time: None, keep_every: Duration::from_secs(60) };
/// let plan = Plan { samples: 1 << 40, precision: Some(0.02), ..plan };
/// let mut campaign = Campaign::new(grid, &record, &plan)?;
/// assert_eq!(campaign.draw(means, limits, &mut |_| {}, &|_| {})?, End::Precision);
/// assert_eq!(campaign.ended(), Some(End::Precision));
///
/// let stopping = campaign.reach(campaign.ended()).precision.expect("one was asked for");
/// assert!(stopping.reached && stopping.widest.is_some_and(|widest| widest <= stopping.width));
/// // One batch is more than enough; its look has half of the errors.
/// assert_eq!((stopping.first_look, stopping.look, stopping.share), (BATCH, 1, 0.5));
/// assert_eq!((stopping.confidence, campaign.levels().0), (0.95, 0.975));
/// assert_eq!((stopping.alpha, campaign.levels().1), (1e-6, 5e-7));
/// assert!(stopping.rule.contains("Bonferroni"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
