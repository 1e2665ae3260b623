//! The claims of the paper over a region of (sigma, ε): what theory finds of each, what is proven of
//! it, and its witness simulated.
//!
//! Each claim is judged under every metric and every draw protocol that is asked for, since the answer
//! depends on both. Some definitions are the same question: the attack success rate is 1 − robust
//! accuracy, and an attacked input that is judged once does not know whether its draw is new. These
//! are answered once.

pub mod report;
pub mod row;

use rayon::prelude::*;
use task::{Claim, Metric};
use task::{Defense, DomainError, DrawProtocol, Eps, Stage, Task};
use theory::accuracy::Accuracies;
use theory::claims::Case;
use theory::claims::audit::{Extent, Finding, audit};
use theory::claims::proof::{Cover, Region, analytic, cover};
use theory::invariance::invariance;
use theory::math::bounded::Bounded;
use theory::protocol::Protocol;

use crate::answer::{Answer, Bias, Exact};
use crate::check;
use crate::paired::{Comparison, compare};
use crate::row::{Cell, Row};
use engine::paired::PairCounts;
use engine::{Question, Run, VotesBy, bias};

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Inquiry {
    /// The data.
    pub task: Task,
    /// The mean of θ.
    pub shift: f64,
    /// The region's values of sigma, ascending: the grid on which the claims are looked at.
    pub sigmas: Vec<f64>,
    /// The region's budgets, ascending.
    pub eps: Vec<f64>,
    /// Which claims.
    pub claims: Vec<Claim>,
    /// Under which metrics.
    pub metrics: Vec<Metric>,
    /// Under which protocols.
    pub draws: Vec<DrawProtocol>,
}

/// How witnesses are simulated.
#[derive(Debug, Clone, Copy)]
pub struct Confirmation {
    /// The samples, and the means to draw them.
    pub run: Run,
    /// How votes are drawn.
    pub votes_by: VotesBy,
    /// The confidence of every interval.
    pub confidence: f64,
    /// Shared by all witnesses: of the test of the sign, and of the agreement with theory.
    pub alpha: f64,
}

/// What is known of one claim under one definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// Where it holds, its frontier, and a witness.
    pub finding: Finding,
    /// What that rests on.
    pub evidence: Evidence,
    /// The witness's two stages, and the undefended one if it is none of them.
    pub rows: Vec<Row>,
    /// metric(second) − metric(first) of the witness's stages, exact.
    pub difference: Bounded,
    /// The same by simulation.
    pub simulated: Option<Comparison>,
}

/// What a finding rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What is proven for all parameters.
    pub analytic: Option<&'static str>,
    /// What is proven of this region, cell by cell.
    pub cover: Option<Cover>,
    /// How many values of sigma and of ε the rest was looked at.
    pub points: [usize; 2],
}

/// The finest cells of a proof are this part of the region's width and height.
const FINEST: f64 = 1.0 / 128.0;

/// With more values than this in a direction, the claim about the vote, whose every point costs a
/// ladder of quadratures, is looked at on every other one.
const VOTE_POINTS: usize = 25;

/// The proven statement about the vote, which no grid can make.
const RESTORES: &str = "the gap tends to 0, since the median of n draws tends to the mean of theta; \
     whether it shrinks at every step is looked at for n = 1, 3, 5, 7, 9, 15, 31, 101, 1001";

/// Answers an inquiry, claim by claim, metric by metric, protocol by protocol; in parallel, on rayon's
/// current pool. `done` is told after each question. Fails where the claims mean nothing: see
/// [`theory::claims::audit::audit`].
pub fn run(inquiry: &Inquiry, done: &(dyn Fn() + Sync)) -> Result<Vec<Audited>, DomainError> {
    let distinct = inquiry.distinct();
    let answers = distinct
        .par_iter()
        .map(|case| {
            let answer = inquiry.answer(case);
            done();
            answer
        })
        .collect::<Result<Vec<_>, _>>()?;
    inquiry
        .cases()
        .map(|case| {
            let question = same_question(&case);
            let at = distinct.iter().position(|case| *case == question).unwrap_or(0);
            let (finding, evidence) = answers[at].clone();
            let witnessed = Witnessed::new(&case, &finding)?;
            Ok(Audited {
                finding: Finding { case, ..finding },
                evidence,
                rows: witnessed.rows,
                difference: witnessed.difference,
                simulated: None,
            })
        })
        .collect()
}

/// Simulates every witness, both of its stages on the same samples; what several claims ask of the
/// engine is counted once. `begin` is told how many samples there will be in all, `done` how many each
/// batch had.
pub fn confirm(
    audited: &mut [Audited],
    confirmation: &Confirmation,
    begin: impl FnOnce(u64),
    done: &(dyn Fn(u64) + Sync),
) -> Result<(), DomainError> {
    let mut distinct: Vec<Question> = Vec::new();
    let mut asked = Vec::with_capacity(audited.len());
    for item in audited.iter() {
        let question = witness_question(&item.finding)?.with_votes_by(confirmation.votes_by);
        let known = distinct.iter().position(|known| *known == question);
        asked.push(known.unwrap_or(distinct.len()));
        if known.is_none() {
            distinct.push(question);
        }
    }
    begin(confirmation.run.samples.saturating_mul(distinct.len() as u64));
    let counts: Vec<PairCounts> = distinct
        .iter()
        .map(|question| confirmation.run.pairs(question, done))
        .collect::<Result<_, _>>()?;
    let level = check::level(confirmation.alpha, audited.len().max(1), 1);
    for (item, at) in audited.iter_mut().zip(asked) {
        let case = item.finding.case;
        item.simulated = Some(compare(
            case.metric,
            &counts[at],
            item.difference,
            confirmation.confidence,
            level,
            bias(case.draws),
        ));
    }
    Ok(())
}

/// The two stages of a witness at its budget.
fn witness_question(finding: &Finding) -> Result<Question, DomainError> {
    let (case, witness) = (finding.case, &finding.witness);
    let defense = Defense::new(case.shift, witness.sigma)?;
    let margins = witness.contrast.stages.map(|stage| stage.margin(&case.task, &defense));
    let margins = margins.into_iter().collect::<Result<Vec<_>, _>>()?;
    let question = Question::new(case.task, margins, vec![Eps::new(witness.eps)?])?;
    Ok(question.with_draws(case.draws))
}

/// The case that asks the same, in the form in which it is answered.
#[must_use]
pub fn same_question(case: &Case) -> Case {
    let metric = match case.metric {
        Metric::AttackSuccessRate => Metric::RobustAccuracy,
        metric => metric,
    };
    let draws = match (case.draws, metric) {
        (DrawProtocol::Persistent(tries), _) if tries.get() > 1 => case.draws,
        (DrawProtocol::Same, _) | (_, Metric::AdversarialAccuracy) => DrawProtocol::Same,
        _ => DrawProtocol::Fresh,
    };
    Case { metric, draws, ..*case }
}

impl Inquiry {
    pub(crate) fn cases(&self) -> impl Iterator<Item = Case> + '_ {
        self.claims.iter().flat_map(move |&claim| {
            self.metrics.iter().flat_map(move |&metric| {
                self.draws.iter().map(move |&draws| Case {
                    claim,
                    metric,
                    draws,
                    task: self.task,
                    shift: self.shift,
                })
            })
        })
    }

    /// The questions that are answered, each once: as often [`run`] says that one is done.
    #[must_use]
    pub fn distinct(&self) -> Vec<Case> {
        let mut distinct: Vec<Case> = Vec::new();
        for case in self.cases().map(|case| same_question(&case)) {
            if !distinct.contains(&case) {
                distinct.push(case);
            }
        }
        distinct
    }

    fn answer(&self, case: &Case) -> Result<(Finding, Evidence), DomainError> {
        let [sigmas, eps] = match case.claim {
            Claim::VoteRestores => [&self.sigmas, &self.eps].map(|values| thinned(values)),
            _ => [self.sigmas.clone(), self.eps.clone()],
        };
        let finding = audit(case, &sigmas, &eps)?;
        let provable = case.draws == DrawProtocol::Same;
        let ends = |values: &[f64]| values.first().copied().zip(values.last().copied());
        let region = ends(&sigmas).zip(ends(&eps)).filter(|_| provable);
        let cover = region.and_then(|(sigma, eps)| {
            let region = Region { sigma, eps };
            cover(case.claim, case.metric, &case.task, case.shift, &region, FINEST)
        });
        let analytic = match case.claim {
            Claim::VoteRestores => Some(RESTORES),
            claim => analytic(claim, case.metric).filter(|_| provable),
        };
        let points = [sigmas.len(), eps.len()];
        Ok((finding, Evidence { analytic, cover, points }))
    }
}

/// Every other value and the last, where there are many.
fn thinned(values: &[f64]) -> Vec<f64> {
    let step = if values.len() > VOTE_POINTS { 2 } else { 1 };
    let last = values.len() - 1;
    let kept = values.iter().enumerate().filter(|(i, _)| i % step == 0 || *i == last);
    kept.map(|(_, value)| *value).collect()
}

/// The numbers of a witness's stages.
struct Witnessed {
    rows: Vec<Row>,
    difference: Bounded,
}

impl Witnessed {
    fn new(case: &Case, finding: &Finding) -> Result<Self, DomainError> {
        let witness = &finding.witness;
        let defense = Defense::new(case.shift, witness.sigma)?;
        let eps = Eps::new(witness.eps)?;
        let exact = |stage: &Stage| -> Result<Exact, DomainError> {
            let margin = stage.margin(&case.task, &defense)?;
            let accuracies = Protocol::new(&margin, case.draws).at(eps);
            let bias = Bias::new(case.draws);
            Ok(Exact { accuracies, invariance: invariance(&margin), bias })
        };
        let row = |stage: &Stage| -> Result<Row, DomainError> {
            let asked = Cell::new(&case.task, &defense, stage, case.draws, eps.get());
            Ok(Row::new(asked, Answer::exact(&exact(stage)?)))
        };
        let [first, second] = witness.contrast.stages;
        let mut stages = vec![first, second];
        if !stages.contains(&Stage::Undefended) {
            stages.insert(0, Stage::Undefended);
        }
        let rows = stages.iter().map(row).collect::<Result<_, _>>()?;
        let difference =
            difference(case.metric, &exact(&first)?.accuracies, &exact(&second)?.accuracies);
        Ok(Self { rows, difference })
    }
}

/// metric(second) − metric(first).
fn difference(metric: Metric, first: &Accuracies, second: &Accuracies) -> Bounded {
    let minus = |a: Bounded, b: Bounded| Bounded {
        value: a.value - b.value,
        error: a.error + b.error + f64::EPSILON,
    };
    match metric {
        Metric::AdversarialAccuracy => minus(second.adversarial, first.adversarial),
        // the attack success rates keep their digits where robust accuracies are near 1
        Metric::RobustAccuracy => minus(first.attack_success_rate, second.attack_success_rate),
        Metric::AttackSuccessRate => minus(second.attack_success_rate, first.attack_success_rate),
    }
}

impl Audited {
    /// Whether the claim holds in the whole region, as far as the grid sees, and nowhere by a difference
    /// that cannot be told from none.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.finding.extent == Extent::Everywhere && self.finding.unresolved == 0
    }
}
