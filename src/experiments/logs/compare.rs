//! Two defenses on the same samples.

use rayon::prelude::*;
use task::spec::SpecError;
use theory::logs::counts::{majority, persistent};
use theory::math::binomial::Binomial;

use super::count::{Counted, Counts};
use super::rows::{Compared, Metric};
use crate::check::betting::{Values, p_value, ratio};

/// Compares two logs with the same labels; `rows` are the metrics of each, with intervals of half the error.
pub(super) fn compare(
    [first, second]: [&Counted; 2],
    rows: [&[Metric]; 2],
    (votes, tries, confidence): (&[u32], &[u32], f64),
) -> Result<Vec<Compared>, SpecError> {
    if first.samples != second.samples {
        return Err(SpecError::Together(format!(
            "--compare: it has {} samples, and the first has {}: compare logs of the same samples",
            second.samples, first.samples
        )));
    }
    let most = |of: &[u32], least: u32| of.iter().copied().filter(|n| *n > 1 && *n <= least).max();
    let [clean, attacked] = [
        first.clean.draws.min(second.clean.draws),
        first.attacked.draws.min(second.attacked.draws),
    ];
    let share = |draws: u32, _: u32| -> Vec<f64> {
        (0..=draws).map(|right| f64::from(right) / f64::from(draws)).collect()
    };
    let mut asked: Vec<Question<'_>> = vec![
        Question {
            metric: "clean_accuracy",
            draws: None,
            votes: None,
            attacked: false,
            table: &share,
            number: 1,
        },
        Question {
            metric: "adversarial_accuracy",
            draws: None,
            votes: None,
            attacked: true,
            table: &share,
            number: 1,
        },
    ];
    if let Some(n) = most(votes, clean) {
        asked.push(Question {
            metric: "clean_accuracy",
            draws: None,
            votes: Some(n),
            attacked: false,
            table: &majority,
            number: n,
        });
    }
    if let Some(n) = most(votes, attacked) {
        asked.push(Question {
            metric: "adversarial_accuracy",
            draws: None,
            votes: Some(n),
            attacked: true,
            table: &majority,
            number: n,
        });
    }
    if let Some(n) = most(tries, attacked) {
        let draws = Some(format!("persistent={n}"));
        asked.push(Question {
            metric: "adversarial_accuracy",
            draws,
            votes: None,
            attacked: true,
            table: &persistent,
            number: n,
        });
    }
    let mut found: Vec<Compared> = asked
        .par_iter()
        .filter_map(|question| question.answer([first, second], confidence))
        .collect();
    found.extend(conditional(rows));
    Ok(found)
}

/// A mean of values of each sample.
struct Question<'a> {
    metric: &'static str,
    draws: Option<String>,
    votes: Option<u32>,
    attacked: bool,
    /// The value of each number of right draws.
    table: &'a (dyn Fn(u32, u32) -> Vec<f64> + Sync),
    number: u32,
}

impl Question<'_> {
    fn answer(&self, of: [&Counted; 2], confidence: f64) -> Option<Compared> {
        let counts =
            of.map(|counted| if self.attacked { &counted.attacked } else { &counted.clean });
        let tables = counts.map(|counts| (self.table)(counts.draws, self.number));
        let [first, second] = counts;
        let width = u64::from(second.draws) + 1;
        let cells = of[0].cells((u64::from(first.draws) + 1) * width, |sample| {
            u64::from(first.right[sample]) * width + u64::from(second.right[sample])
        });
        let values =
            |key: u64| [tables[0][(key / width) as usize], tables[1][(key % width) as usize]];
        let halves: Vec<Vec<Values>> = cells
            .iter()
            .map(|block| {
                let of = |&(key, samples): &(u64, u64)| {
                    let [one, two] = values(key);
                    Values::of_mean(0.5 * (1.0 + two - one), samples)
                };
                block.iter().map(of).collect()
            })
            .collect();
        let half = ratio(&halves, confidence)?;
        let [one, two] = [mean_of(first, &tables[0]), mean_of(second, &tables[1])];
        let [first_better, second_better] = [1.0, -1.0].map(|sign| {
            let better = |key: u64| {
                let [one, two] = values(key);
                sign * (one - two) > 1e-12
            };
            cells.iter().flatten().filter(|(key, _)| better(*key)).map(|(_, n)| n).sum::<u64>()
        });
        Some(Compared {
            metric: self.metric.to_owned(),
            draws: self.draws.clone(),
            votes: self.votes,
            first: one,
            second: two,
            difference: two - one,
            low: 2.0 * half.low - 1.0,
            high: 2.0 * half.high - 1.0,
            p_value: Some(p_value(&halves, 0.5, 1.0 - confidence)),
            first_better: Some(first_better),
            second_better: Some(second_better),
            sign_p_value: Some(sign_test(first_better, second_better)),
        })
    }
}

/// The mean of a value of each number of right draws.
fn mean_of(counts: &Counts, table: &[f64]) -> f64 {
    let mut samples = vec![0_u64; table.len()];
    counts.right.iter().for_each(|right| samples[*right as usize] += 1);
    let total: f64 = samples.iter().zip(table).map(|(n, value)| *n as f64 * value).sum();
    total / counts.right.len() as f64
}

/// The exact two-sided p-value of a fair coin.
fn sign_test(first: u64, second: u64) -> f64 {
    if first + second == 0 {
        return 1.0;
    }
    Binomial::new(first + second, 0.5).map_or(1.0, |law| law.p_value(first))
}

/// The conditional metrics, whose samples are not the same: from both intervals, each of half the error.
fn conditional(rows: [&[Metric]; 2]) -> Vec<Compared> {
    let same = |a: &Metric, b: &Metric| {
        (&a.stage, &a.metric, &a.draws, a.votes) == (&b.stage, &b.metric, &b.draws, b.votes)
    };
    let conditional = |row: &&Metric| row.stage == "defended" && row.metric == "robust_accuracy";
    rows[0]
        .iter()
        .filter(conditional)
        .filter_map(|one| {
            let two = rows[1].iter().find(|two| same(one, two))?;
            Some(Compared {
                metric: one.metric.clone(),
                draws: one.draws.clone(),
                votes: None,
                first: one.estimate,
                second: two.estimate,
                difference: two.estimate - one.estimate,
                low: two.low - one.high,
                high: two.high - one.low,
                p_value: None,
                first_better: None,
                second_better: None,
                sign_p_value: None,
            })
        })
        .collect()
}
