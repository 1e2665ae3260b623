//! The record of a run, `run.json`: everything needed to run it again, and its results.

use std::time::{Duration, UNIX_EPOCH};

use engine::stream::STREAM_VERSION;
use serde::Serialize;
use task::spec::{Spec, Word};
use web_time::SystemTime;

use super::batches::Batches;
use super::campaign::{Campaign, End};
use super::plan::Plan;
use super::rounds::Means;
use crate::check::{self, Check, Verdict, looks};

/// How the samples were drawn and judged.
#[derive(Debug, Clone, Serialize)]
pub struct Simulation {
    /// The version of the streams. The counts depend only on stream version, seed, samples and question.
    pub stream_version: u16,
    /// The seed.
    pub seed: u64,
    /// The number of samples drawn.
    pub samples: u64,
    /// The number of samples in a batch.
    pub batch: u64,
    /// The number of worker threads, which affects no count.
    pub threads: usize,
    /// The sampler; if there are two for a question, the choice affects no count.
    pub engine: &'static str,
    /// The instruction set, which affects no count.
    pub instruction_set: &'static str,
    /// How votes were drawn: `draws`, all of them; `median`, from the exact law of the middle one; `checked`, from the
    /// law, with all votes drawn for the samples of `judgement.check`; null if there is no choice.
    pub votes_by: Option<&'static str>,
    /// How the tries of single draws were drawn: `draws`, all of them; `smallest`, from the exact law of the smallest one;
    /// `checked`, likewise; null if there is no choice.
    pub tries_by: Option<&'static str>,
    /// The confidence of every interval.
    pub confidence: f64,
    /// The false-alarm rate of the verdict.
    pub false_alarm: f64,
    /// The time for drawing and counting.
    pub seconds: f64,
    /// The number of samples drawn and counted per second.
    pub samples_per_second: f64,
    /// The number of samples × rows per second.
    pub cells_per_second: f64,
}

/// The verdict, as it is recorded.
#[derive(Debug, Clone, Serialize)]
pub struct Judgement {
    /// `agree` or `DISAGREE`.
    pub verdict: &'static str,
    /// The number of rows compared, without those of `check`.
    pub rows: usize,
    /// The number of these rows that disagree.
    pub disagreeing: usize,
    /// The smallest p-value, adjusted for all tests of the run.
    pub smallest_p: f64,
    /// The false-alarm rate that it is compared with.
    pub false_alarm: f64,
    /// A rate that is off by more than this would have been noticed …
    pub detectable: f64,
    /// … with at least this probability.
    pub power: f64,
    /// The rows that were counted again, from samples that were drawn another way as well, which the verdict is about,
    /// too; null if there are none.
    pub check: Option<Check>,
}

impl From<&Verdict> for Judgement {
    fn from(verdict: &Verdict) -> Self {
        Self {
            verdict: if verdict.agree { "agree" } else { "DISAGREE" },
            rows: verdict.rows,
            disagreeing: verdict.disagreeing,
            smallest_p: verdict.smallest_p,
            false_alarm: verdict.false_alarm,
            detectable: verdict.detectable,
            power: check::POWER,
            check: verdict.check,
        }
    }
}

/// The progress of a run, as it is recorded.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    /// The requested samples of all shares.
    pub asked: u64,
    /// The share, such as 1/8; null for the whole run.
    pub shard: Option<String>,
    /// The samples of the share; null for the whole run.
    pub share_samples: Option<u64>,
    /// The batches that are done, from and to (exclusive).
    pub batches: Batches,
    /// Why it ended; null if parts were merged and batches are missing.
    pub end: Option<End>,
    /// The folders that were added up; null if nothing was merged.
    pub merged: Option<Vec<String>>,
    /// The requested precision; null if there is none.
    pub precision: Option<Stopping>,
}

/// The result of stopping at a precision, as it is recorded.
#[derive(Debug, Clone, Serialize)]
pub struct Stopping {
    /// The largest full width that every interval was to have.
    pub width: f64,
    /// The full width of the widest interval; null if there is nothing to estimate from.
    pub widest: Option<f64>,
    /// Whether it was reached.
    pub reached: bool,
    /// The number of samples before the first look; each later look comes after twice as many.
    pub first_look: u64,
    /// The look whose share of the errors applies to the results.
    pub look: u32,
    /// That share.
    pub share: f64,
    /// How the errors are shared.
    pub rule: &'static str,
    /// The requested confidence of each interval over all looks. The intervals of the rows are computed at
    /// 1 − share·(1 − confidence).
    pub confidence: f64,
    /// The requested false-alarm rate of the verdict over all looks; the verdict is given at share·false_alarm.
    pub false_alarm: f64,
}

/// The record of a run that answered a question.
#[derive(Debug, Clone, Serialize)]
pub struct Record<Q = Box<dyn Spec>> {
    /// `gauss-sim`.
    pub program: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The full command line; empty if the library was used.
    pub command: Vec<String>,
    /// The question, which `--spec` asks again.
    pub spec: Q,
    /// The plan of sampling; null if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<dyn Spec>>,
    /// The number of rows.
    pub rows: usize,
    /// How it was simulated; null if it was not.
    pub simulation: Option<Simulation>,
    /// The progress of the run; absent if it is not one that can be continued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The result of the comparison; null if nothing was compared.
    pub judgement: Option<Judgement>,
    /// Other findings; absent if there are none.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub findings: serde_json::Value,
    /// The tables and charts in the folder; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// When the run began, UTC.
    pub started: String,
    /// How long it took, without charts and files.
    pub wall_seconds: f64,
}

impl<Q: Serialize> Record<Q> {
    /// Creates the record of a run that begins now and has not simulated anything yet.
    pub fn begin(spec: Q, rows: usize) -> Self {
        Self {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            command: Vec::new(),
            spec,
            plan: None,
            rows,
            simulation: None,
            progress: None,
            judgement: None,
            findings: serde_json::Value::Null,
            files: Vec::new(),
            started: utc(SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default()),
            wall_seconds: 0.0,
        }
    }

    /// Returns the record as indented JSON, with a final newline.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// Formats a time since 1970 as in RFC 3339, in whole seconds of UTC.
fn utc(since: Duration) -> String {
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}

impl Campaign {
    /// Returns how it was simulated, by these means, for a record of this many rows.
    #[must_use]
    pub fn simulation(&self, means: Means, rows: usize) -> Simulation {
        let (confidence, false_alarm) = self.levels();
        let samples = self.drawn();
        let choice = self.experiment.kind().plan;
        let rate = samples as f64 / self.seconds;
        Simulation {
            stream_version: STREAM_VERSION,
            seed: self.plan.seed.0,
            samples,
            batch: self.batch,
            threads: rayon::current_num_threads(),
            engine: self.engine,
            instruction_set: means.level.name(),
            votes_by: choice.votes_by.map(|_| self.plan.votes_by.0.word()),
            tries_by: choice.tries_by.map(|_| self.plan.tries_by.0.word()),
            confidence,
            false_alarm,
            seconds: self.seconds,
            samples_per_second: rate,
            cells_per_second: rate * rows as f64,
        }
    }

    /// Returns the progress of the run, for its record.
    #[must_use]
    pub fn progress(&self, end: Option<End>) -> Progress {
        let (confidence, _) = self.levels();
        let stopping = self.precision.zip(self.look()).map(|(precision, look)| {
            let widest = self.widths(confidence).into_iter().fold(0.0, f64::max);
            Stopping {
                width: precision.width,
                widest: Some(widest).filter(|widest| widest.is_finite()),
                reached: self.reached.is_some(),
                first_look: precision.first * self.batch,
                look,
                share: looks::share(look),
                rule: "looks at doubling numbers of samples; look j has the share 1/(j(j+1)) of the errors (Bonferroni)",
                confidence: self.plan.confidence.get(),
                false_alarm: self.plan.false_alarm.get(),
            }
        });
        Progress {
            asked: self.samples(),
            shard: self.shard().map(|shard| shard.to_string()),
            share_samples: self.shard().map(|_| self.whole_samples()),
            batches: self.done.clone(),
            end,
            merged: None,
            precision: stopping,
        }
    }

    /// Returns what was to be drawn, for the record.
    #[must_use]
    pub fn planned(&self) -> Box<dyn Spec> {
        Plan::boxed(&self.plan)
    }
}
