//! What a row answers: the exact values of one classifier, the simulated ones beside them, and whether
//! the two agree. Rows of every kind end with these columns.

use rayon::prelude::*;
use task::{DrawProtocol, Votes};
use theory::accuracy::Accuracies;
use theory::math::bounded::Bounded;

use crate::check::{self, Estimate, Verdict};
use engine::{self, counts::Counts};

/// Calls a macro with what comes before, and then the columns with which every row ends. Rows are flat, as
/// CSV has no columns within columns, so that each kind of row has these as fields of its own.
macro_rules! with_answer_columns {
    ($callback:ident; $($before:tt)*) => {
        $callback! { $($before)* [
            /// P[correct on x], exact.
            clean_accuracy: f64,
            /// P[correct on x − yε, in every try], exact, unconditional.
            adversarial_accuracy: f64,
            /// P[correct on both]/P[correct on x], exact.
            robust_accuracy: f64,
            /// 1 − robust_accuracy, exact.
            attack_success_rate: f64,
            /// P[the prediction is sgn(x)], exact.
            invariance: f64,
            /// How many samples were drawn.
            samples: Option<u64>,
            /// Of the samples: correct on x.
            clean_correct: Option<u64>,
            /// Of the samples: correct on x and on x − yε.
            both_correct: Option<u64>,
            /// Of the samples: correct on x − yε.
            adversarial_correct: Option<u64>,
            /// Of the samples: the prediction on x is sgn(x).
            invariant: Option<u64>,
            /// clean_correct/samples.
            mc_clean_accuracy: Option<f64>,
            /// Its exact interval: lower limit.
            mc_clean_low: Option<f64>,
            /// Upper limit.
            mc_clean_high: Option<f64>,
            /// adversarial_correct/samples.
            mc_adversarial_accuracy: Option<f64>,
            /// Its exact interval: lower limit.
            mc_adversarial_low: Option<f64>,
            /// Upper limit.
            mc_adversarial_high: Option<f64>,
            /// both_correct/clean_correct; empty where no sample is correct on x.
            mc_robust_accuracy: Option<f64>,
            /// Its exact interval, conditional on clean_correct: lower limit.
            mc_robust_low: Option<f64>,
            /// Upper limit.
            mc_robust_high: Option<f64>,
            /// invariant/samples.
            mc_invariance: Option<f64>,
            /// Its exact interval: lower limit.
            mc_invariance_low: Option<f64>,
            /// Upper limit.
            mc_invariance_high: Option<f64>,
            /// The p-value of the row's tests together: see [`crate::check::combine`].
            p_value: Option<f64>,
            /// Whether the row agrees at the run's alpha, shared by all rows.
            agrees: Option<bool>,
        ] }
    };
}

macro_rules! declare_answer {
    ([$($(#[$doc:meta])* $column:ident: $type:ty,)*]) => {
        /// The columns with which a row ends.
        #[derive(Debug, Clone, Copy, PartialEq, Default)]
        pub struct Answer {
            $($(#[$doc])* pub $column: $type,)*
        }
    };
}
with_answer_columns! { declare_answer; }

/// A row as tables and charts see it.
pub trait Judged {
    /// What tells its stage from others, as legends and tables show it.
    fn label(&self) -> String;
    /// The place of its stage in the argument, from 0: the same look in every chart.
    fn place(&self) -> usize;
    /// If its stage may stand several times at one sigma and eps: what differs, in the plural, and its value.
    fn family(&self) -> Option<(&'static str, f64)>;
    /// The spread of the defense.
    fn sigma(&self) -> f64;
    /// The adversary's budget.
    fn eps(&self) -> f64;
    /// A number of its own that tables show, and its name.
    fn own(&self) -> Option<(&'static str, f64)> {
        None
    }
    /// Its last columns.
    fn answer(&self) -> Answer;
}

/// The tests of a simulated row: clean, adversarial, robust accuracy, invariance.
pub const TESTS: usize = 4;

/// The counts behind one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowCounts {
    /// The denominator of all but robust accuracy.
    pub samples: u64,
    /// Correct on x.
    pub clean: u64,
    /// Correct on both: of `clean`, the robust ones.
    pub both: u64,
    /// Correct on x − yε.
    pub adversarial: u64,
    /// The prediction is sgn(x).
    pub invariant: u64,
}

impl RowCounts {
    /// Those of this margin at this one of its budgets.
    #[must_use]
    pub fn new(counts: &Counts, margin: usize, budget: usize) -> Self {
        let margin = &counts.margins[margin];
        Self {
            samples: counts.samples,
            clean: margin.clean_correct(),
            both: margin.both_correct()[budget],
            adversarial: margin.adversarial_correct()[budget],
            invariant: margin.invariant(),
        }
    }
}

/// The exact values behind one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact {
    /// Accuracies with and without the adversary.
    pub accuracies: Accuracies,
    /// The rate of invariance.
    pub invariance: Bounded,
    /// How far sampled probabilities may be from these.
    pub bias: Bias,
}

/// How far the sampled probability of being correct may be from the exact one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bias {
    /// Without an attack.
    pub clean: f64,
    /// Under attack, in every try.
    pub attacked: f64,
}

impl Bias {
    /// Of one dimension.
    #[must_use]
    pub fn new(draws: DrawProtocol) -> Self {
        Self { clean: engine::BIAS, attacked: engine::bias(draws) }
    }

    /// Of d dimensions; `votes` is [`Votes::Limit`] where there is no θ.
    #[must_use]
    pub fn linear(draws: DrawProtocol, votes: Votes) -> Self {
        let of = |draws| engine::linear::bias(draws, votes);
        Self { clean: of(DrawProtocol::Same), attacked: of(draws) }
    }
}

/// One of a row's tests: so many successes of so many trials against a closed form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The count.
    pub successes: u64,
    /// Its denominator.
    pub trials: u64,
    /// What theory says the rate is.
    pub expected: Bounded,
}

impl Exact {
    /// What the counts are compared with, in the order of the row: clean, adversarial, robust,
    /// invariance. The error of each is that of the closed form and what the sampler's bias
    /// ([`Bias`]) can make of it: an invariance joins two events, each with its own bias, and so
    /// do the correct on both that a robust accuracy puts in proportion to the clean.
    #[must_use]
    pub fn tests(&self, counts: &RowCounts) -> [Test; TESTS] {
        let Accuracies { clean, adversarial, robust, .. } = self.accuracies;
        let Bias { clean: once, attacked } = self.bias;
        let test = |successes, trials, expected: Bounded, bias: f64| {
            let error = (expected.error + bias).min(1.0); // the clean accuracy may be 0
            Test { successes, trials, expected: Bounded { error, ..expected } }
        };
        let both = once + attacked + robust.value * once;
        [
            test(counts.clean, counts.samples, clean, once),
            test(counts.adversarial, counts.samples, adversarial, attacked),
            test(counts.both, counts.clean, robust, both / clean.value),
            test(counts.invariant, counts.samples, self.invariance, 2.0 * once),
        ]
    }
}

impl Answer {
    /// Exact values, nothing simulated.
    #[must_use]
    pub fn exact(exact: &Exact) -> Self {
        Self {
            clean_accuracy: exact.accuracies.clean.value,
            adversarial_accuracy: exact.accuracies.adversarial.value,
            robust_accuracy: exact.accuracies.robust.value,
            attack_success_rate: exact.accuracies.attack_success_rate.value,
            invariance: exact.invariance.value,
            ..Self::default()
        }
    }

    /// With the simulated part: counts, estimates with intervals, and the p-value. `agrees` is for the
    /// run to say, which knows how many rows share its alpha.
    #[must_use]
    pub fn simulated(mut self, exact: &Exact, counts: &RowCounts, confidence: f64) -> Self {
        let tests = exact.tests(counts);
        let p_values = tests.map(|t| {
            Some(check::p_value(t.successes, t.trials, t.expected.value, t.expected.error))
        });
        let [clean, adversarial, robust, invariance] =
            tests.map(|t| Columns::of(Estimate::new(t.successes, t.trials, confidence)));
        self.samples = Some(counts.samples);
        self.clean_correct = Some(counts.clean);
        self.both_correct = Some(counts.both);
        self.adversarial_correct = Some(counts.adversarial);
        self.invariant = Some(counts.invariant);
        (self.mc_clean_accuracy, self.mc_clean_low, self.mc_clean_high) = clean.0;
        (self.mc_adversarial_accuracy, self.mc_adversarial_low, self.mc_adversarial_high) =
            adversarial.0;
        (self.mc_robust_accuracy, self.mc_robust_low, self.mc_robust_high) = robust.0;
        (self.mc_invariance, self.mc_invariance_low, self.mc_invariance_high) = invariance.0;
        self.p_value = check::combine(&p_values);
        self
    }
}

/// The answers to questions, simulated ones beside exact ones, and what they say together: `compared`
/// gives the exact values and the counts of one, `confidence` is that of each interval, `alpha` is shared
/// by all. In parallel, on rayon's current pool.
pub(crate) fn checked<Q: Sync>(
    questions: &[Q],
    compared: impl Fn(&Q) -> (Exact, RowCounts) + Sync,
    confidence: f64,
    alpha: f64,
) -> (Vec<Answer>, Verdict) {
    let one = |question: &Q| {
        let (exact, counts) = compared(question);
        let answer = Answer::exact(&exact).simulated(&exact, &counts, confidence);
        (answer, exact.tests(&counts))
    };
    let (mut answers, tests): (Vec<Answer>, Vec<[Test; TESTS]>) =
        questions.par_iter().map(one).unzip();
    let total = answers.len();
    let detectable = detectable(tests.as_flattened(), check::level(alpha, total, TESTS));
    let p_values: Vec<Option<f64>> = answers.iter().map(|answer| answer.p_value).collect();
    for answer in &mut answers {
        answer.agrees = answer.p_value.map(|p| check::row_agrees(p, alpha, total));
    }
    (answers, Verdict::new(&p_values, alpha, detectable))
}

/// How many of the widest tests are asked how small a discrepancy they could have seen.
const WIDEST: usize = 16;

/// The largest discrepancy that one of the tests could have missed: from the tests with the widest
/// law, p(1 − p)/trials, since the exact answer costs as much as a hundred tests.
fn detectable(tests: &[Test], level: f64) -> f64 {
    let width = |test: &Test| {
        let p = test.expected.value;
        p * (1.0 - p) / test.trials as f64
    };
    let mut widest: Vec<&Test> = tests.iter().collect();
    widest.sort_by(|a, b| width(b).total_cmp(&width(a)));
    widest.dedup_by(|a, b| a.trials == b.trials && a.expected == b.expected);
    let smallest_seen = |t: &&Test| {
        check::detectable(t.trials, t.expected.value, t.expected.error, level, check::POWER)
    };
    widest.iter().take(WIDEST).map(smallest_seen).fold(0.0, f64::max)
}

/// An estimate as three columns.
struct Columns((Option<f64>, Option<f64>, Option<f64>));

impl Columns {
    fn of(estimate: Option<Estimate>) -> Self {
        Self((estimate.map(|e| e.value), estimate.map(|e| e.low), estimate.map(|e| e.high)))
    }
}

/// Declares a kind of row: a question with columns of its own, and the row, which has these and after them
/// the columns of an [`Answer`].
macro_rules! answered_row {
    ($(#[$row_doc:meta])* row $row:ident; $(#[$question_doc:meta])* question $question:ident { $($columns:tt)* }) => {
        $crate::answer::with_answer_columns! {
            declare_row; [$(#[$row_doc])*] $row [$(#[$question_doc])*] $question [$($columns)*]
        }
    };
}

macro_rules! declare_row {
    (
        [$($row_doc:tt)*] $row:ident [$($question_doc:tt)*] $question:ident
        [$($(#[$doc:meta])* $field:ident: $type:ty,)*]
        [$($(#[$answer_doc:meta])* $column:ident: $column_type:ty,)*]
    ) => {
        $($question_doc)*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $question {
            $($(#[$doc])* pub $field: $type,)*
        }

        $($row_doc)*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $row {
            $($(#[$doc])* pub $field: $type,)*
            $($(#[$answer_doc])* pub $column: $column_type,)*
        }

        impl $row {
            /// The row of a question and its answer.
            #[must_use]
            pub fn new(question: $question, answer: $crate::answer::Answer) -> Self {
                let $question { $($field,)* } = question;
                let $crate::answer::Answer { $($column,)* } = answer;
                Self { $($field,)* $($column,)* }
            }

            /// The columns of its answer.
            #[must_use]
            pub fn answer(&self) -> $crate::answer::Answer {
                $crate::answer::Answer { $($column: self.$column,)* }
            }
        }
    };
}
pub(crate) use {answered_row, declare_row, with_answer_columns};
