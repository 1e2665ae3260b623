//! Queries about claims, and the exact findings for each.

use rayon::prelude::*;
use task::range::VoteList;
use task::spec::SpecError;
use task::{Claim, Defense, DomainError, DrawProtocol, Eps, Metric, Stage, Task};
use theory::accuracy::Accuracies;
use theory::claims::audit::{Extent, Finding, audit};
use theory::claims::proof::analytic;
use theory::claims::{Case, Verdict, VoteSteps};
use theory::invariance::invariance;
use theory::math::bounded::Bounded;
use theory::protocol::Protocol;

use super::ClaimsSpec;
use crate::check::rates;
use crate::experiment::ExactRow;
use crate::experiments::accuracies::{self, Bias};
use crate::experiments::grid::check_size;
use crate::experiments::stages;
use crate::table::{Columnar, Table};

/// The largest number of points of a region.
const MAX_POINTS: usize = 100_000;

/// The largest number of points times numbers of votes.
const MAX_VALUES: usize = 1_000_000;

/// The claims to audit, the region, and the definitions.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimQuery {
    /// The data.
    pub task: Task,
    /// The mean of θ.
    pub shift: f64,
    /// The region's values of sigma, ascending: the grid on which the claims are evaluated.
    pub sigmas: Vec<f64>,
    /// The region's budgets, ascending.
    pub eps: Vec<f64>,
    /// The claims.
    pub claims: Vec<Claim>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// The draw protocols.
    pub draws: Vec<DrawProtocol>,
    /// The numbers of votes that the claims along votes compare.
    pub votes: VoteSteps,
}

/// The findings for one claim under one definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// Where the claim holds, its frontier, and a witness.
    pub finding: Finding,
    /// What is proven for all parameters.
    pub analytic: Option<&'static str>,
    /// The witness's two stages, and the undefended one if it is not among them.
    pub rows: Table,
    /// The exact metric(second) − metric(first) for the witness's stages.
    pub difference: Bounded,
    /// The same point along the listed numbers of votes, for a claim along them.
    pub along: Option<Along>,
}

/// A point of (sigma, ε) along a list of numbers of votes.
#[derive(Debug, Clone, PartialEq)]
pub struct Along {
    /// The verdict on each step.
    pub steps: Vec<Verdict>,
    /// The votes, from few to many; of a long list some, the witness's two stages among them.
    pub rows: Table,
}

/// The number of values in a direction above which the claim about the vote, whose every point takes a ladder of
/// quadratures, is only evaluated at every other one.
const VOTE_POINTS: usize = 25;

/// Answers a query, claim by claim, metric by metric, protocol by protocol; in parallel, on rayon's current pool.
/// `done` is called after each question. Fails if the claims are not meaningful: see
/// [`theory::claims::audit::audit`].
pub(super) fn audit_all(
    query: &ClaimQuery,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Audited>, DomainError> {
    let distinct = query.distinct();
    let answers = distinct
        .par_iter()
        .map(|case| {
            let answer = query.answer(case);
            done();
            answer
        })
        .collect::<Result<Vec<_>, _>>()?;
    query
        .cases()
        .map(|case| {
            let question = same_question(&case);
            let at = distinct.iter().position(|case| *case == question).unwrap_or(0);
            let finding = answers[at].clone();
            let witnessed = Witnessed::new(&case, &finding)?;
            Ok(Audited {
                analytic: proven_for_all(&question),
                finding: Finding { case, ..finding },
                rows: witnessed.rows,
                difference: witnessed.difference,
                along: witnessed.along,
            })
        })
        .collect()
}

/// Returns the equivalent case in the form in which it is answered.
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

impl ClaimQuery {
    /// Creates the query of a question. Fails if a value is outside its domain.
    pub fn new(spec: &ClaimsSpec) -> Result<Self, SpecError> {
        let [sigmas, eps] = [&spec.sigma, &spec.eps].map(|range| range.values().len());
        check_size(spec, &[("sigma", sigmas), ("eps", eps)], MAX_POINTS, "points")?;
        let usual =
            || Ok(vec![DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(5)?]);
        let draws = spec.draws.as_ref().map(|draws| draws.0.clone());
        let claims: Vec<Claim> =
            spec.claim.as_ref().map_or_else(|| Claim::ALL.to_vec(), |claims| claims.0.clone());
        let along = claims.iter().any(|claim| claim.is_along_votes());
        let listed = spec.votes.as_ref().map(VoteList::values).filter(|_| along);
        if let Some(listed) = listed {
            let axes = [("sigma", sigmas), ("eps", eps), ("votes", listed.len())];
            check_size(spec, &axes, MAX_VALUES, "values")?;
        }
        let votes = listed.map_or(Ok(VoteSteps::All), VoteSteps::between)?;
        Ok(Self {
            task: Task::new(spec.mean, spec.data_std)?,
            shift: spec.shift,
            sigmas: spec.sigma.values().to_vec(),
            eps: spec.eps.values().to_vec(),
            claims,
            metrics: spec.metric.as_ref().map_or_else(|| Metric::ALL.to_vec(), |m| m.0.clone()),
            draws: draws.map_or_else(usual, Ok::<_, DomainError>)?,
            votes,
        })
    }

    /// Returns the ends of the region.
    pub(super) fn region(&self) -> [[f64; 2]; 2] {
        [&self.sigmas, &self.eps].map(|values| [values[0], values[values.len() - 1]])
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = Case> + '_ {
        self.claims.iter().flat_map(move |&claim| {
            self.metrics.iter().flat_map(move |&metric| {
                self.draws.iter().map(move |&draws| Case {
                    claim,
                    metric,
                    draws,
                    task: self.task,
                    shift: self.shift,
                    votes: if claim.is_along_votes() { self.votes } else { VoteSteps::All },
                })
            })
        })
    }

    /// Returns the distinct questions that are answered: [`Watch::step`](crate::experiment::Watch::step) is called
    /// once for each.
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

    fn answer(&self, case: &Case) -> Result<Finding, DomainError> {
        if case.claim.is_along_votes() {
            let [sigmas, eps] = [&self.sigmas, &self.eps].map(|values| thinned(values));
            return audit(case, &sigmas, &eps);
        }
        audit(case, &self.sigmas, &self.eps)
    }
}

/// Returns what is proven of a question for all parameters.
fn proven_for_all(case: &Case) -> Option<&'static str> {
    let votes = "the gap tends to 0, since the median of n draws tends to the mean of theta; at every step of n up to \
                 where the leading term decides";
    match case.claim {
        Claim::VoteRestores => Some(votes).filter(|_| case.votes == VoteSteps::All),
        claim => analytic(claim, case.metric).filter(|_| case.draws == DrawProtocol::Same),
    }
}

/// Returns every other value and the last, if there are many.
fn thinned(values: &[f64]) -> Vec<f64> {
    let step = if values.len() > VOTE_POINTS { 2 } else { 1 };
    let last = values.len() - 1;
    let kept = values.iter().enumerate().filter(|(i, _)| i % step == 0 || *i == last);
    kept.map(|(_, value)| *value).collect()
}

/// The numbers of a witness's stages.
struct Witnessed {
    rows: Table,
    difference: Bounded,
    along: Option<Along>,
}

/// The largest number of votes of a list that are shown, besides the witness's two.
const SHOWN: usize = 8;

impl Witnessed {
    fn new(case: &Case, finding: &Finding) -> Result<Self, DomainError> {
        let witness = &finding.witness;
        let defense = Defense::new(case.shift, witness.sigma)?;
        let eps = Eps::new(witness.eps)?;
        let of = |stage: &Stage| -> Result<Accuracies, DomainError> {
            let margin = stage.margin(&case.task, &defense)?;
            Ok(Protocol::new(&margin, case.draws).at(eps))
        };
        let row = |stage: &Stage| -> Result<ExactRow, DomainError> {
            let invariance = invariance(&stage.margin(&case.task, &defense)?);
            let keys = stages::Keys::new(&case.task, &defense, stage, case.draws, eps).cells();
            let bias = Bias::new(case.draws);
            Ok(ExactRow { keys, rates: accuracies::exact(&of(stage)?, invariance, bias) })
        };
        let [first, second] = witness.contrast.stages;
        let mut compared = vec![first, second];
        if !compared.contains(&Stage::Undefended) {
            compared.insert(0, Stage::Undefended);
        }
        let table = |stages: &[Stage]| -> Result<Table, DomainError> {
            let exact = stages.iter().map(row).collect::<Result<Vec<_>, _>>()?;
            Ok(rates::exact_table(&(stages::KIND.schema)(), &exact))
        };
        let along = match case.votes.listed() {
            Some(votes) => {
                let last = votes.len() - 1;
                let shown = |at: usize, stage: &Stage| {
                    witness.contrast.stages.contains(stage)
                        || at == last
                        || at.is_multiple_of(votes.len().div_ceil(SHOWN))
                };
                let stages = votes.iter().map(|&votes| Stage::Voted { votes }).enumerate();
                let stages: Vec<Stage> = stages
                    .filter(|(at, stage)| shown(*at, stage))
                    .map(|(_, stage)| stage)
                    .collect();
                let steps = case.steps(witness.sigma, witness.eps)?;
                Some(Along { steps, rows: table(&stages)? })
            }
            None => None,
        };
        let difference = difference(case.metric, &of(&first)?, &of(&second)?);
        Ok(Self { rows: table(&compared)?, difference, along })
    }
}

/// Returns metric(second) − metric(first).
fn difference(metric: Metric, first: &Accuracies, second: &Accuracies) -> Bounded {
    let minus = |a: Bounded, b: Bounded| Bounded {
        value: a.value - b.value,
        error: a.error + b.error + f64::EPSILON * (a.value + b.value),
    };
    // Of two numbers that add up to 1 the smaller keeps its digits.
    let robust = if first.robust.value + second.robust.value < 1.0 {
        minus(second.robust, first.robust)
    } else {
        minus(first.attack_success_rate, second.attack_success_rate)
    };
    match metric {
        Metric::AdversarialAccuracy => minus(second.adversarial, first.adversarial),
        Metric::RobustAccuracy => robust,
        // 0 has no sign
        Metric::AttackSuccessRate => Bounded { value: 0.0 - robust.value, ..robust },
    }
}

impl Audited {
    /// Returns whether the claim holds in the whole region, as far as that can be told.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.finding.extent == Extent::Everywhere
    }

    /// Returns the numbers of values of sigma and of ε at which the claim was evaluated.
    #[must_use]
    pub fn points(&self) -> [usize; 2] {
        [self.finding.map.sigmas.len(), self.finding.map.eps.len()]
    }
}
