//! Noisy answers, all draws of each or the one number that stands for them.
//!
//! ```text
//! the mean of n normals                 one normal, divided by √n
//! what most of n labels say             what their median says: the middle one of n, or of n − 1 if n is even, since a tie is
//!                                       as the first label says, and the others then have a majority of one
//! ```
//!
//! Both are exact. The one number costs the same for every n ([`VotesBy::Median`]).

use super::QueryCase;
use super::world::{Lanes, Noise};
use crate::VotesBy;
use crate::dispatch::Level;
use crate::draws::Batch;
use crate::median;
use crate::stream::{LANES, Purpose, Stream};
use task::query::QueryAttack;

/// Which of sixteen samples.
pub(super) type Which = [bool; LANES];

/// After so many draws of sixteen samples, a millisecond or so, it is asked whether to go on.
const OFTEN: u32 = 1 << 15;
/// The number of medians of a sample that are made at a time.
const ROWS: usize = 16;

/// How the numbers of a batch are drawn.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// By which instruction set.
    pub(super) level: Level,
    /// How the n draws of an answer.
    pub(super) votes_by: VotesBy,
    pub(super) batch: &'a Batch<'a>,
}

/// Medians of sixteen samples, one after the other.
struct Medians {
    level: Level,
    stream: Stream,
    /// Of how many normals; odd, and at least 3.
    of: u32,
    rows: Box<[[f32; LANES]; ROWS]>,
    read: usize,
}

impl Medians {
    fn new(way: &Way<'_>, purpose: Purpose, of: u32) -> Self {
        let stream = Stream::new(way.batch.seed, way.batch.number, purpose);
        Self { level: way.level, stream, of, rows: Box::new([[0.0; LANES]; ROWS]), read: ROWS }
    }

    #[inline(always)]
    fn next(&mut self) -> &[f32; LANES] {
        if self.read == ROWS {
            let rows = self.rows.as_flattened_mut();
            median::fill_at(self.level, &mut self.stream, rows, self.of, ROWS * LANES);
            self.read = 0;
        }
        self.read += 1;
        &self.rows[self.read - 1]
    }
}

/// Where the noise of an answer comes from.
enum Source {
    /// There is none.
    Still,
    /// So many normals an answer.
    Draws(Noise, u32),
    /// One normal, times the second number.
    Mean(Noise, f64),
    /// One median.
    Median(Medians),
}

impl Source {
    fn draws(way: &Way<'_>, purpose: fn(u32) -> Purpose, draws: u32) -> Self {
        match draws {
            0 => Self::Still,
            n => Self::Draws(Noise::new(way, purpose(n)), n),
        }
    }

    /// What decides about labels.
    fn median(way: &Way<'_>, purpose: fn(u32) -> Purpose, draws: u32) -> Self {
        match draws - u32::from(draws.is_multiple_of(2)) {
            1 => Self::Mean(Noise::new(way, purpose(draws)), 1.0),
            odd => Self::Median(Medians::new(way, purpose(draws), odd)),
        }
    }
}

/// Who answers.
pub(super) struct Answers<'a> {
    source: Source,
    sigma: f64,
    /// The mean of a draw's noise.
    offset: f64,
    since: u32,
    batch: &'a Batch<'a>,
}

impl<'a> Answers<'a> {
    /// Those that an attacker gets: scores or labels.
    pub(super) fn asked(case: &QueryCase, way: &Way<'a>) -> Self {
        let draws = case.asker.draws().unwrap_or(0);
        let source = match (way.votes_by, case.asker.attack()) {
            (VotesBy::Draws, _) => Source::draws(way, Purpose::QueryAnswers, draws),
            _ if draws < 2 => Source::draws(way, Purpose::QueryAnswers, draws),
            (_, QueryAttack::Label) => Source::median(way, Purpose::QueryLabels, draws),
            _ => {
                let noise = Noise::new(way, Purpose::QueryMeans(draws));
                Source::Mean(noise, 1.0 / f64::from(draws).sqrt())
            }
        };
        Self::new(case, source, way.batch)
    }

    /// Those that decide about inputs: labels.
    pub(super) fn decisions(case: &QueryCase, way: &Way<'a>) -> Self {
        let draws = case.asker.draws().unwrap_or(0);
        let source = match way.votes_by {
            VotesBy::Median | VotesBy::Checked if draws > 1 => {
                Source::median(way, Purpose::QueryDeciding, draws)
            }
            _ => Source::draws(way, Purpose::QueryDecisions, draws),
        };
        Self::new(case, source, way.batch)
    }

    fn new(case: &QueryCase, source: Source, batch: &'a Batch<'a>) -> Self {
        let margin = case.asker.margin();
        Self { source, sigma: margin.sigma(), offset: margin.offset(), since: 0, batch }
    }

    /// Whether to give up, asked now and then, after two answers and so many other draws.
    pub(super) fn is_given_up(&mut self, others: u32) -> bool {
        let draws = others + 2 * self.draws();
        self.since = self.since.saturating_add(draws.max(1));
        if self.since < OFTEN {
            return self.batch.monitored.is_given_up();
        }
        self.since = 0;
        self.batch.monitored.asks_to_give_up()
    }

    /// How many numbers an answer is made of.
    fn draws(&self) -> u32 {
        match self.source {
            Source::Still => 0,
            Source::Draws(_, draws) => draws,
            Source::Mean(..) | Source::Median(_) => 1,
        }
    }

    /// The mean of the draws at inputs of these scores.
    #[inline(always)]
    pub(super) fn score(&mut self, scores: &Lanes) -> Lanes {
        let mut answer = [0.0; LANES];
        let share = match &mut self.source {
            Source::Still => 0.0,
            Source::Draws(normals, draws) => {
                for _ in 0..*draws {
                    let z = normals.next();
                    for lane in 0..LANES {
                        answer[lane] += f64::from(z[lane]);
                    }
                }
                self.sigma / f64::from(*draws)
            }
            Source::Mean(normals, share) => {
                answer = normals.next().map(f64::from);
                self.sigma * *share
            }
            Source::Median(medians) => {
                answer = medians.next().map(f64::from);
                self.sigma
            }
        };
        for lane in 0..LANES {
            answer[lane] = scores[lane] + self.offset + share * answer[lane];
        }
        answer
    }

    /// Whether most of the draws are above 0, a tie as the first says; for each of these scores, with the same draws.
    #[inline(always)]
    pub(super) fn labels(&mut self, scores: &[Lanes], labels: &mut Vec<Which>) {
        labels.clear();
        if matches!(self.source, Source::Still) {
            labels
                .extend(scores.iter().map(|scores| scores.map(|score| score + self.offset > 0.0)));
            return;
        }
        let mut thresholds = vec![[0.0f32; LANES]; scores.len()];
        for (thresholds, scores) in thresholds.iter_mut().zip(scores) {
            for lane in 0..LANES {
                thresholds[lane] = (-(scores[lane] + self.offset) / self.sigma) as f32;
            }
        }
        let one = match &mut self.source {
            Source::Still => return,
            Source::Draws(normals, draws) => {
                return majority(normals, *draws, &thresholds, labels);
            }
            Source::Mean(normals, _) => normals.next(),
            Source::Median(medians) => medians.next(),
        };
        for thresholds in &thresholds {
            labels.push(std::array::from_fn(|lane| one[lane] > thresholds[lane]));
        }
    }
}

/// Whether most of so many normals are above each of these thresholds, a tie as the first says.
#[inline(always)]
fn majority(normals: &mut Noise, draws: u32, thresholds: &[[f32; LANES]], labels: &mut Vec<Which>) {
    let mut above = vec![[0u32; LANES]; thresholds.len()];
    let mut first = above.clone();
    for draw in 0..draws {
        let z = normals.next();
        for (above, thresholds) in above.iter_mut().zip(thresholds) {
            for lane in 0..LANES {
                above[lane] += u32::from(z[lane] > thresholds[lane]);
            }
        }
        if draw == 0 {
            first.copy_from_slice(&above);
        }
    }
    for (above, first) in above.iter().zip(&first) {
        // Twice the count, and one more if the first draw was among them, to decide a tie.
        labels.push(std::array::from_fn(|lane| 2 * above[lane] + first[lane] > draws));
    }
}
