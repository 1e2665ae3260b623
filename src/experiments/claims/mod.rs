//! The claims of the paper over a region of (sigma, ε): what theory finds of each, what is proven of
//! it, and its witness simulated.
//!
//! Each claim is judged under every metric and every draw protocol that is asked for, since the answer
//! depends on both. Some definitions are the same question: the attack success rate is 1 − robust
//! accuracy, and an attacked input that is judged once does not know whether its draw is new. These
//! are answered once.

pub mod charts;
pub mod rows;
mod text;

use std::sync::OnceLock;

use engine::bias;
use engine::paired::PairCounts;
use engine::sampler::{Drawing, Sampler};
use engine::{Question, VotesBy};
use rayon::prelude::*;
use task::range::Range;
use task::spec::{Choices, Listed, Protocols, Spec, SpecError};
use task::{Claim, Defense, DomainError, DrawProtocol, Eps, Metric, Stage, Task};
use theory::accuracy::Accuracies;
use theory::claims::Case;
use theory::claims::audit::{Extent, Finding, audit};
use theory::claims::proof::analytic;
use theory::invariance::invariance;
use theory::math::bounded::Bounded;
use theory::protocol::Protocol;

use self::rows::{Found, Keys, regions};
use super::accuracies::{self, Bias};
use super::grid::{self, TASK, check_size};
use super::{own, stages};
use crate::check::{self, paired, rates};
use crate::experiment::{ExactRow, Experiment, Kind, SampledRow, Tally, Text, UsualPlan, Watch};
use crate::table::schema::Schema;
use crate::table::text::Script;
use crate::table::{Columnar, Table};

/// The largest number of points of a region.
const MAX_POINTS: usize = 100_000;

task::spec! {
    /// The claims of the paper over a region of σ and ε.
    pub struct ClaimsSpec = "claims" {
        sigma: Range {
            default: "0..2/41", placeholder: "RANGE",
            help: "The region: standard deviations σ of θ",
            long_help: SIGMA_HELP
        }
        eps: Range {
            default: "0..1.5/31", placeholder: "RANGE",
            help: "The region: budgets ε of the adversary"
        }
        mean: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::MEAN_HELP
        }
        data_std: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::DATA_STD_HELP
        }
        shift: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: grid::SHIFT_HELP
        }
        claim: Option<Choices<Claim>> {
            default: "", placeholder: "CLAIMS",
            help: "Which claims, separated by commas [default: all]", repeats: true
        }
        metric: Option<Listed<Metric>> {
            default: "", placeholder: "METRICS",
            help: "Which metrics: robust_accuracy, adversarial_accuracy, attack_success_rate [default: all]",
            repeats: true
        }
        draws: Option<Protocols> {
            default: "", placeholder: "DRAWS",
            help: "Which draw protocols [default: same,fresh,persistent=5]", repeats: true
        }
    }
}

const SIGMA_HELP: &str = "The claims are looked at on this grid; the frontiers between its points are found exactly. \
    A number (0.5), a list (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count)";

/// The kind.
pub static KIND: Kind = Kind {
    name: "claims",
    verbs: "claims",
    spec: || Box::new(ClaimsSpec::default()),
    new: |spec| Ok(Box::new(Claims::new(own(spec)?)?)),
    schema,
    beside: || vec![rows::no_regions()],
    plan: UsualPlan {
        samples_flag: "samples",
        samples: 0,
        least: 0,
        votes_by: Some(VotesBy::Median),
        judged: true,
        reference: false,
    },
    charts: charts::figures,
};

fn schema() -> Schema {
    Schema {
        file: "claims",
        keys: Keys::columns(),
        rates: Vec::new(),
        counts: Vec::new(),
        found: Found::columns(),
        label: ("claim", |row| row.word("claim").to_owned()),
        variables: Vec::new(),
        shown: Vec::new(),
        shown_behind: Vec::new(),
    }
}

/// The claims over a region, and what is found of them.
pub struct Claims {
    spec: ClaimsSpec,
    query: ClaimQuery,
    audited: OnceLock<Result<Vec<Audited>, DomainError>>,
}

impl Claims {
    /// The claims that are asked about. Fails where a value is outside its domain.
    pub fn new(spec: ClaimsSpec) -> Result<Self, SpecError> {
        let query = ClaimQuery::new(&spec)?;
        Ok(Self { spec, query, audited: OnceLock::new() })
    }

    /// What is asked.
    #[must_use]
    pub fn query(&self) -> &ClaimQuery {
        &self.query
    }

    /// What is found, each question once; found when it is first asked for.
    pub fn audited(&self) -> Result<&[Audited], SpecError> {
        self.found(&())
    }

    fn found(&self, watch: &dyn Watch) -> Result<&[Audited], SpecError> {
        let found = self.audited.get_or_init(|| {
            watch.begin("questions", Some(self.query.distinct().len() as u64));
            audit_all(&self.query, &|| watch.step(1))
        });
        Ok(found.as_ref().map_err(Clone::clone)?)
    }

    /// What is asked of the engine, each once, and which of these each finding asks.
    fn questions(&self, votes_by: VotesBy) -> Result<(Vec<Question>, Vec<usize>), SpecError> {
        let mut distinct: Vec<Question> = Vec::new();
        let mut asked = Vec::new();
        for item in self.audited()? {
            let question = witness_question(&item.finding)?.with_votes_by(votes_by);
            let known = distinct.iter().position(|known| *known == question);
            asked.push(known.unwrap_or(distinct.len()));
            if known.is_none() {
                distinct.push(question);
            }
        }
        Ok((distinct, asked))
    }

    /// Whether the region is one point.
    fn is_point(&self) -> bool {
        self.query.sigmas.len() == 1 && self.query.eps.len() == 1
    }
}

impl Experiment for Claims {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        &self.spec
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        let region = self.query.region();
        let row =
            |item: &Audited| ExactRow { keys: Keys::new(item, region).cells(), rates: Vec::new() };
        Ok(self.found(watch)?.iter().map(row).collect())
    }

    /// Both stages of every witness, on the same samples; what several claims ask is counted once.
    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        let (questions, _) = self.questions(drawing.votes_by)?;
        Ok(Box::new(drawing.run().prepare_pairs(&questions)?))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let (Ok(audited), Ok((_, asked))) = (self.audited(), self.questions(VotesBy::Draws)) else {
            return Vec::new();
        };
        let counts: Vec<Option<PairCounts>> =
            tally.counts.chunks(PairCounts::LEN).map(PairCounts::of).collect();
        let level = check::level(tally.false_alarm, audited.len().max(1), 1);
        let row = |(item, at): (&Audited, &usize)| {
            let Some(Some(counts)) = counts.get(*at) else { return SampledRow::default() };
            let case = item.finding.case;
            let found = paired::compare(
                case.metric,
                counts,
                item.difference,
                tally.confidence,
                level,
                bias(case.draws),
            );
            SampledRow { counts: Vec::new(), found: Found::new(&found, tally.samples).cells() }
        };
        audited.iter().zip(&asked).map(row).collect()
    }

    fn tables(&self, _: Option<&Tally<'_>>) -> Vec<Table> {
        self.audited().map(|audited| vec![regions(audited)]).unwrap_or_default()
    }

    fn caption(&self) -> String {
        let ClaimsSpec { mean, data_std, shift, sigma, eps, .. } = &self.spec;
        let said = match self.is_point() {
            true => {
                "Each says that the second is better; vote-restores, that it is nearer to undefended"
            }
            false => {
                "The share of the region in which each holds. Edges σ = 0 and ε = 0: the limit from inside"
            }
        };
        format!(
            "{said}\nThe claims at σ = {sigma}, ε = {eps} (mean = {mean}, data_std = {data_std}, shift = {shift})"
        )
    }

    fn shown(&self, table: &Table, _: Script) -> Option<Text> {
        let audited = self.audited().ok()?;
        let items: Vec<text::Item<'_>> = audited
            .iter()
            .zip(table.iter())
            .map(|(audited, row)| text::Item { audited, row })
            .collect();
        Some(match self.is_point() {
            true => Text { lines: text::at_a_point(&items), details: String::new() },
            false => Text { lines: text::overview(&items), details: text::details(&items) },
        })
    }
}

/// Which claims, over which region, under which definitions.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimQuery {
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

/// What is known of one claim under one definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// Where it holds, its frontier, and a witness.
    pub finding: Finding,
    /// What is proven for all parameters.
    pub analytic: Option<&'static str>,
    /// The witness's two stages, and the undefended one if it is none of them.
    pub rows: Table,
    /// metric(second) − metric(first) of the witness's stages, exact.
    pub difference: Bounded,
}

/// With more values than this in a direction, the claim about the vote, whose every point costs a
/// ladder of quadratures, is looked at on every other one.
const VOTE_POINTS: usize = 25;

/// Answers a query, claim by claim, metric by metric, protocol by protocol; in parallel, on rayon's
/// current pool. `done` is told after each question. Fails where the claims mean nothing: see
/// [`theory::claims::audit::audit`].
fn audit_all(query: &ClaimQuery, done: &(dyn Fn() + Sync)) -> Result<Vec<Audited>, DomainError> {
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
            })
        })
        .collect()
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

impl ClaimQuery {
    /// What a question asks. Fails where a value is outside its domain.
    pub fn new(spec: &ClaimsSpec) -> Result<Self, SpecError> {
        let [sigmas, eps] = [&spec.sigma, &spec.eps].map(|range| range.values().len());
        check_size(spec, &[("sigma", sigmas), ("eps", eps)], MAX_POINTS, "points")?;
        let usual =
            || Ok(vec![DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(5)?]);
        let draws = spec.draws.as_ref().map(|draws| draws.0.clone());
        Ok(Self {
            task: Task::new(spec.mean, spec.data_std)?,
            shift: spec.shift,
            sigmas: spec.sigma.values().to_vec(),
            eps: spec.eps.values().to_vec(),
            claims: spec
                .claim
                .as_ref()
                .map_or_else(|| Claim::ALL.to_vec(), |claims| claims.0.clone()),
            metrics: spec.metric.as_ref().map_or_else(|| Metric::ALL.to_vec(), |m| m.0.clone()),
            draws: draws.map_or_else(usual, Ok::<_, DomainError>)?,
        })
    }

    /// The ends of the region.
    fn region(&self) -> [[f64; 2]; 2] {
        [&self.sigmas, &self.eps].map(|values| [values[0], values[values.len() - 1]])
    }

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

    /// The questions that are answered, each once: as often [`Watch::step`] says that one is done.
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
        match case.claim {
            Claim::VoteRestores | Claim::VoteTradeOff => {
                let [sigmas, eps] = [&self.sigmas, &self.eps].map(|values| thinned(values));
                audit(case, &sigmas, &eps)
            }
            _ => audit(case, &self.sigmas, &self.eps),
        }
    }
}

/// What is proven of a question for all parameters.
fn proven_for_all(case: &Case) -> Option<&'static str> {
    let votes = "the gap tends to 0, since the median of n draws tends to the mean of theta; at every step of n up to \
                 where the leading term decides";
    match case.claim {
        Claim::VoteRestores => Some(votes),
        claim => analytic(claim, case.metric).filter(|_| case.draws == DrawProtocol::Same),
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
    rows: Table,
    difference: Bounded,
}

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
        let exact = compared.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        let rows = rates::exact_table(&(stages::KIND.schema)(), &exact);
        let difference = difference(case.metric, &of(&first)?, &of(&second)?);
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
    /// Whether the claim holds in the whole region, as far as that can be told.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.finding.extent == Extent::Everywhere
    }

    /// At how many values of sigma and of ε the claim was looked at.
    #[must_use]
    pub fn points(&self) -> [usize; 2] {
        [self.finding.map.sigmas.len(), self.finding.map.eps.len()]
    }
}
