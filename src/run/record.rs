//! The record of a run, `run.json`: everything needed to run it again, and what it said.

use std::time::SystemTime;

use engine::stream::STREAM_VERSION;
use serde::Serialize;
use task::spec::{Spec, Word};

use super::batches::Batches;
use super::campaign::{Campaign, End};
use super::plan::Plan;
use super::rounds::Means;
use crate::check::{self, Verdict, looks};

/// How the samples were drawn and judged.
#[derive(Debug, Clone, Serialize)]
pub struct Simulation {
    /// The counts depend on stream version, seed, samples and question, and on nothing else.
    pub stream_version: u16,
    /// The seed.
    pub seed: u64,
    /// How many samples were drawn.
    pub samples: u64,
    /// Samples in a batch.
    pub batch: u64,
    /// Worker threads; no count depends on them.
    pub threads: usize,
    /// The sampler; no count depends on which of two for one question.
    pub engine: &'static str,
    /// The instruction set; no count depends on it.
    pub instruction_set: &'static str,
    /// How votes were drawn: `draws`, all of them, or `median`, from the exact law of the middle one; null where there
    /// is no choice.
    pub votes_by: Option<&'static str>,
    /// The confidence of every interval.
    pub confidence: f64,
    /// The false-alarm rate of the verdict.
    pub false_alarm: f64,
    /// Time for drawing and counting.
    pub seconds: f64,
    /// Samples drawn and counted per second.
    pub samples_per_second: f64,
    /// Samples × rows per second.
    pub cells_per_second: f64,
}

/// The verdict, in the words of the record.
#[derive(Debug, Clone, Serialize)]
pub struct Judgement {
    /// `agree` or `DISAGREE`.
    pub verdict: &'static str,
    /// How many rows were compared.
    pub rows: usize,
    /// How many of them disagree.
    pub disagreeing: usize,
    /// The smallest p-value, adjusted for all tests of the run.
    pub smallest_p: f64,
    /// What it is compared with.
    pub false_alarm: f64,
    /// A rate that is off by more than this would have been noticed …
    pub detectable: f64,
    /// … with at least this chance.
    pub power: f64,
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
        }
    }
}

/// How far a run came, in the words of the record.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
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
    /// The false-alarm rate of the verdict over all looks, likewise; the verdict is given at
    /// share·false_alarm.
    pub false_alarm: f64,
}

/// The record of a run that answered a question.
#[derive(Debug, Clone, Serialize)]
pub struct Record<Q = Box<dyn Spec>> {
    /// `gauss-sim`.
    pub program: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The full command line; empty where the library was asked.
    pub command: Vec<String>,
    /// What was asked: with `--spec` it is asked again.
    pub spec: Q,
    /// How it was to be sampled; null where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<dyn Spec>>,
    /// How many rows that makes.
    pub rows: usize,
    /// How it was simulated; null where it was not.
    pub simulation: Option<Simulation>,
    /// How far the run came; not there where it is none of those that can be continued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What the comparison says; null where nothing was compared.
    pub judgement: Option<Judgement>,
    /// What else was found; left out where there is nothing.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub findings: serde_json::Value,
    /// The tables and charts in the folder; left out where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// When the run began, UTC.
    pub started: String,
    /// How long it took, charts and files apart.
    pub wall_seconds: f64,
}

impl<Q: Serialize> Record<Q> {
    /// A record of a run that begins now and has not simulated anything yet.
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
            started: utc(SystemTime::now()),
            wall_seconds: 0.0,
        }
    }

    /// The record as JSON, indented, with a line end.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// A time as RFC 3339 has it, in whole seconds of UTC.
fn utc(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

impl Campaign {
    /// How it was simulated, by these means, for its record of so many rows.
    #[must_use]
    pub fn simulation(&self, means: Means, rows: usize) -> Simulation {
        let (confidence, false_alarm) = self.levels();
        let samples = self.drawn();
        let rate = samples as f64 / self.seconds;
        Simulation {
            stream_version: STREAM_VERSION,
            seed: self.plan.seed.0,
            samples,
            batch: self.batch,
            threads: rayon::current_num_threads(),
            engine: self.engine,
            instruction_set: means.level.name(),
            votes_by: self.experiment.kind().plan.votes_by.map(|_| self.plan.votes_by.0.word()),
            confidence,
            false_alarm,
            seconds: self.seconds,
            samples_per_second: rate,
            cells_per_second: rate * rows as f64,
        }
    }

    /// How far the run is, for its record.
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

    /// What it was to draw, for its record.
    #[must_use]
    pub fn planned(&self) -> Box<dyn Spec> {
        Plan::boxed(&self.plan)
    }
}
