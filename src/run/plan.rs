//! How a question is sampled and judged.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use engine::{TriesBy, VotesBy, Ways};
use serde_json::Value;
use task::range::{Count, Probability, number, quote};
use task::spec::{Choice, Parameter, Parse};

use crate::experiment::Kind;

task::spec! {
    /// How a question is sampled and judged. The counts depend on the seed, the samples and how votes and tries are
    /// drawn, and not on the rest.
    pub struct Plan = "plan" {
        samples: Count {
            default: "10M", placeholder: "COUNT", heading: SIMULATION,
            help: "How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with --precision the most"
        }
        seed: Seed {
            default: "1", placeholder: "NUMBER", heading: SIMULATION,
            help: "The seed; the same seed gives the same counts on any machine"
        }
        votes_by: Choice<VotesBy> {
            default: "draws", placeholder: "WAY", heading: SIMULATION, words: &["checked", "draws", "median"],
            help: "How votes are drawn; all ways follow the same law",
            long_help: "draws: all of them, and counted; median: the one that decides (of scores, their mean), from its \
                        exact law, at the same cost for any number; checked, where it is possible: the median, and \
                        in the same verdict all votes of the first 131,072 samples and of a tenth of a percent of all"
        }
        tries_by: Choice<TriesBy> {
            default: "draws", placeholder: "WAY", heading: SIMULATION, words: &["checked", "draws", "smallest"],
            help: "How the tries of --draws persistent=T are drawn; all ways follow the same law",
            long_help: "draws: all T of them; smallest: of single draws the smallest, by which all are judged, from \
                        its exact law, at the same cost for any T; checked: the smallest, and in the same verdict all \
                        T tries of the first 131,072 samples and of a tenth of a percent of all, which cost T draws \
                        each; tries that are votes of 3 or more are always T votes, each by --votes-by"
        }
        confidence: Probability {
            default: "0.95", placeholder: "PROBABILITY", heading: SIMULATION,
            help: "The confidence of every interval: 0.95, or 95%"
        }
        false_alarm: Probability {
            default: "1e-6", placeholder: "PROBABILITY", heading: SIMULATION,
            help: "The false-alarm rate: how often, at most, a run that is right says DISAGREE"
        }
        precision: Option<Width> {
            default: "", placeholder: "WIDTH", heading: LONG_RUNS,
            help: "Stop when every interval is at most this wide",
            long_help: "The full widths are looked at after doubling numbers of samples; intervals and verdict keep --confidence and --false-alarm over all looks (look j has \
                        the share 1/(j(j+1)) of their errors)"
        }
        shard: Option<Shard> {
            default: "", placeholder: "I/N", heading: LONG_RUNS,
            help: "Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares"
        }
    }
}

/// The heading of flags about samples.
pub const SIMULATION: &str = "The simulation";
/// The heading of flags about long runs.
pub const LONG_RUNS: &str = "Long runs";

impl Plan {
    /// Returns the default plan of a kind of experiment.
    #[must_use]
    pub fn usual(kind: &Kind) -> Self {
        let mut plan = Self::default();
        plan.set_ways(kind.plan.ways());
        plan.samples = Count::of(kind.plan.samples).unwrap_or(plan.samples);
        plan
    }

    /// Returns how votes and tries are drawn.
    #[must_use]
    pub fn ways(&self) -> Ways {
        Ways { votes: self.votes_by.0, tries: self.tries_by.0 }
    }

    /// Sets how votes and tries are drawn.
    pub fn set_ways(&mut self, ways: Ways) {
        (self.votes_by, self.tries_by) = (Choice(ways.votes), Choice(ways.tries));
    }

    /// The parameters that mean something to a kind of experiment, with the words that it allows.
    pub fn parameters_of(kind: &Kind) -> impl Iterator<Item = Parameter> + use<> {
        let usual = kind.plan;
        let precise = (kind.schema)().is_counted();
        let known = Self::PARAMETERS.iter().filter(move |parameter| match parameter.name {
            "votes_by" => usual.votes_by.is_some(),
            "tries_by" => usual.tries_by.is_some(),
            "confidence" | "false_alarm" => usual.judged,
            "precision" => precise,
            _ => true,
        });
        known.map(move |parameter| match parameter.name {
            "votes_by" => Parameter { words: usual.votes_words(), ..*parameter },
            _ => *parameter,
        })
    }
}

/// The seed, the key of all streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Parse for Seed {
    fn parse(text: &str) -> Result<Self, String> {
        let largest = u64::MAX;
        text.trim().replace('_', "").parse().map(Self).map_err(|_| {
            format!("{} is not a seed: write a whole number from 0 to {largest}", quote(text))
        })
    }

    fn write(&self) -> Value {
        Value::from(self.0)
    }
}

/// The full width of an interval: above 0 and below 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Width(pub f64);

impl Parse for Width {
    fn parse(text: &str) -> Result<Self, String> {
        let width = number(text).map_err(|error| error.to_string())?;
        if width > 0.0 && width < 1.0 {
            return Ok(Self(width));
        }
        Err(format!("{} is not possible: write a number between 0 and 1, as in 1e-4", quote(text)))
    }

    fn write(&self) -> Value {
        Value::from(self.0)
    }
}

/// The share `number` of `of`, counted from 1: consecutive batches, as many as in the other shares to within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

/// The error of an invalid share. The message is one line: what would be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no share: write i/n with i from 1 to n and n up to 1000000, as in 1/8")]
pub struct ShardError;

/// The largest number of shares.
const MAX_SHARES: u64 = 1_000_000;

impl Shard {
    /// Creates share `number` of `of`, 1 ≤ `number` ≤ `of` ≤ 1e6.
    pub fn new(number: u64, of: u64) -> Result<Self, ShardError> {
        if number == 0 || number > of || of > MAX_SHARES {
            return Err(ShardError);
        }
        Ok(Self { number, of })
    }

    /// Returns the batches of the share, out of `batches` in all.
    #[must_use]
    pub fn batches(&self, batches: u64) -> Range<u64> {
        let bound = |share: u64| {
            // At most `batches`, since share ≤ of.
            (u128::from(batches) * u128::from(share) / u128::from(self.of)) as u64
        };
        bound(self.number - 1)..bound(self.number)
    }
}

/// Writes `3/8`, as on the command line.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let number = |text: &str| match text.starts_with('+') {
            true => Err(ShardError),
            false => text.trim().parse().map_err(|_| ShardError),
        };
        let (share, of) = text.split_once('/').ok_or(ShardError)?;
        Self::new(number(share)?, number(of)?)
    }
}

impl Parse for Shard {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: ShardError| format!("{} {error}", quote(text)))
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}
