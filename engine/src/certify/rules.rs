//! What decides about a sample once its answers are counted: the real procedures.

use task::certify::Answers;

use super::{Case, Procedure, least_count};
use crate::stream::LANES;

/// How many of the answers so far say +1, of each sample.
pub(crate) type Votes = [u32; LANES];

/// `votes[kind][number][voter]`: of selections and of counts, after each of the numbers that are asked for.
pub(crate) type Counted = [Vec<Vec<Votes>>; 2];

/// Cases made ready.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// The different finite numbers of answers, ascending: of selections, and of counts.
    pub(crate) numbers: [Vec<u32>; 2],
    /// One a case.
    pub(crate) rules: Vec<Rule>,
}

/// What decides about a case.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Whose votes are counted.
    pub(crate) voter: usize,
    /// `None` where the smoothed classifier itself decides.
    drawn: Option<Drawn>,
    /// In units of x, for the smoothed classifier.
    radii: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Drawn {
    selection: By,
    /// Which of the numbers of counts, and that number.
    place: usize,
    n: u32,
    /// The least count of an answer, and of each radius.
    answer: u64,
    bars: Vec<u64>,
}

/// How a class is selected.
#[derive(Debug, Clone, Copy)]
enum By {
    /// By the majority of answers: which of the numbers, and that number.
    Majority(usize, u32),
    /// As the smoothed classifier says.
    Smoothed,
    /// The larger count of the answers themselves.
    Larger,
}

/// A sample as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Its place among those that are drawn together.
    pub(crate) lane: usize,
    /// How far it lies from where the smoothed classifier changes its mind, in units of x, above 0 where that says +1.
    pub(crate) signed: f64,
    /// Whether y = +1.
    pub(crate) plus: bool,
    /// Decides a tie of the selection: +1 where it is true.
    pub(crate) coin: bool,
}

/// Ascending, each once.
pub(crate) fn sorted<T: Copy + PartialOrd>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    values.dedup();
    values
}

fn finite(answers: Answers) -> Option<u32> {
    match answers {
        Answers::Finite(n) => Some(n.get()),
        Answers::Limit => None,
    }
}

impl Rules {
    /// Of cases, each with whose votes it counts.
    #[allow(clippy::needless_pass_by_value)] // an iterator, which is cloned
    pub(crate) fn new<'a>(cases: impl Iterator<Item = (usize, &'a Case)> + Clone) -> Self {
        let drawn = || cases.clone().map(|(_, case)| case).filter(|case| finite(case.n).is_some());
        let selecting = drawn().filter_map(|case| match case.procedure {
            Procedure::Certify(n0) => finite(n0),
            Procedure::Predict => None,
        });
        let numbers = [sorted(selecting), sorted(drawn().filter_map(|case| finite(case.n)))];
        let place = |kind: usize, n: u32| numbers[kind].partition_point(|known| *known < n);
        let rule = |(voter, case): (usize, &Case)| Rule {
            voter,
            drawn: finite(case.n).map(|n| {
                let (selection, level) = match case.procedure {
                    Procedure::Certify(Answers::Finite(n0)) => {
                        (By::Majority(place(0, n0.get()), n0.get()), case.alpha)
                    }
                    Procedure::Certify(Answers::Limit) => (By::Smoothed, case.alpha),
                    Procedure::Predict => (By::Larger, 0.5 * case.alpha),
                };
                let bars = case.bars.iter().map(|bar| least_count(n, bar.miss, case.alpha));
                let (place, bars) = (place(1, n), bars.collect());
                Drawn { selection, place, n, answer: least_count(n, 0.5, level), bars }
            }),
            radii: case.bars.iter().map(|bar| bar.radius).collect(),
        };
        let rules = cases.clone().map(rule).collect();
        Self { numbers, rules }
    }

    /// Room for the votes of so many voters.
    pub(crate) fn room(&self, voters: usize) -> Counted {
        [0, 1].map(|kind| vec![vec![[0; LANES]; voters]; self.numbers[kind].len()])
    }
}

impl Rule {
    /// How many integers of a tally it has: right, wrong, and certified at each radius.
    pub(crate) fn places(&self) -> usize {
        2 + self.radii.len()
    }

    /// Counts a sample.
    pub(crate) fn judge(&self, votes: &Counted, sample: Sample, tally: &mut [u64]) {
        let Sample { lane, signed, plus, coin } = sample;
        let says = signed > 0.0;
        let Some(drawn) = &self.drawn else {
            let right = says == plus;
            tally[usize::from(!right)] += 1;
            if right {
                for (place, radius) in self.radii.iter().enumerate() {
                    tally[2 + place] += u64::from(signed.abs() >= *radius);
                }
            }
            return;
        };
        let ups = votes[1][drawn.place][self.voter][lane];
        let selected = match drawn.selection {
            By::Majority(place, n0) => {
                let twice = 2 * u64::from(votes[0][place][self.voter][lane]);
                if twice == u64::from(n0) { coin } else { twice > u64::from(n0) }
            }
            By::Smoothed => says,
            By::Larger => 2 * u64::from(ups) > u64::from(drawn.n),
        };
        let count = u64::from(if selected { ups } else { drawn.n - ups });
        if count < drawn.answer {
            return;
        }
        if selected != plus {
            tally[1] += 1;
            return;
        }
        tally[0] += 1;
        for (place, bar) in drawn.bars.iter().enumerate() {
            tally[2 + place] += u64::from(count >= *bar);
        }
    }
}
