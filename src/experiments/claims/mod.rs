//! The claims of the paper over a region of (sigma, ε): the exact findings for each, what is proven of it, and the
//! simulation of its witness.
//!
//! Each claim is judged under every metric and every draw protocol that is asked for, since the answer depends on
//! both. Some definitions are the same question: the attack success rate is 1 − robust accuracy, and an attacked
//! input that is classified once does not depend on whether its draw is new. These are answered once.
//!
//! This kind differs from other experiments: its rows are exact answers and have no rates. Samples check the witness
//! of each, as a difference of two stages on the same samples ([`paired`]), which has its own intervals, tests and
//! share of the false-alarm rate; so there is no verdict in the record and no `--precision`, and the verb reports
//! rows that disagree.

pub mod charts;
pub mod query;
pub mod rows;
mod text;

use std::sync::OnceLock;

use engine::bias;
use engine::paired::PairCounts;
use engine::sampler::{Drawing, Sampler};
use engine::{Question, VotesBy};
use task::range::{Range, VoteList};
use task::spec::{Choices, Listed, Protocols, Spec, SpecError};
use task::{Claim, Defense, DomainError, Eps, Metric};
use theory::claims::VoteSteps;
use theory::claims::audit::Finding;

use self::query::{Audited, ClaimQuery, audit_all};
use self::rows::{Found, Keys, regions};
pub use self::text::where_it_holds;
use super::grid::{self, TASK};
use super::own;
use crate::check::{self, paired};
use crate::experiment::{ExactRow, Experiment, Kind, SampledRow, Tally, Text, UsualPlan, Watch};
use crate::table::schema::Schema;
use crate::table::text::Script;
use crate::table::{Columnar, Table};

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
        votes: Option<VoteList> {
            default: "", placeholder: "LIST",
            help: "The numbers of votes that the claims along votes compare, as in 1,11,101 [default: all]",
            long_help: VOTES_HELP
        }
    }
}

const SIGMA_HELP: &str = "The claims are looked at on this grid; the frontiers between its points are found exactly. \
    A number (0.5), a list (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count)";

const VOTES_HELP: &str = "The numbers of votes that vote-restores and vote-trade-off compare: each with the one before \
    it, and nothing between or beyond. A list (1,11,101), a range (1..101), and inf for the limit; an even number decides \
    as the odd one before it [default: every odd number and the limit]";

/// The kind of experiment.
pub static KIND: Kind = Kind {
    name: "claims",
    verbs: "claims",
    spec: || Box::new(ClaimsSpec::default()),
    new: |spec| Ok(Box::new(Claims::new(own(spec)?)?)),
    schema,
    beside: || vec![rows::no_regions()],
    plan: UsualPlan { votes_by: Some(VotesBy::Median), ..UsualPlan::counted(0) },
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

/// The claims over a region, and the findings about them.
pub struct Claims {
    spec: ClaimsSpec,
    query: ClaimQuery,
    audited: OnceLock<Result<Vec<Audited>, DomainError>>,
}

impl Claims {
    /// Creates the experiment for the claims that are asked about. Fails if a value is outside its domain.
    pub fn new(spec: ClaimsSpec) -> Result<Self, SpecError> {
        let query = ClaimQuery::new(&spec)?;
        Ok(Self { spec, query, audited: OnceLock::new() })
    }

    /// Returns the query.
    #[must_use]
    pub fn query(&self) -> &ClaimQuery {
        &self.query
    }

    /// Returns the findings, one for each distinct question; they are computed when first asked for.
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

    /// Returns the questions for the engine, without repetitions, and for each finding the index of its question.
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

    /// Returns whether the region is one point.
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
        let (region, votes) = (self.query.region(), self.spec.votes.as_ref());
        let row = |item: &Audited| ExactRow {
            keys: Keys::new(item, region, votes).cells(),
            rates: Vec::new(),
        };
        Ok(self.found(watch)?.iter().map(row).collect())
    }

    /// Samples both stages of every witness, on the same samples; a question that several claims share is counted once.
    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        let (questions, _) = self.questions(drawing.ways.votes)?;
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
        let votes = match self.query.votes {
            VoteSteps::All => String::new(),
            votes => format!("; votes n = {votes}"),
        };
        format!(
            "{said}\nThe claims at σ = {sigma}, ε = {eps} (mean = {mean}, data_std = {data_std}, shift = {shift}{votes})"
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
            true => Text { lines: text::at_a_point(&items), details: text::along_votes(&items) },
            false => Text { lines: text::overview(&items), details: text::details(&items) },
        })
    }
}

/// Returns the two stages of a witness at its budget.
fn witness_question(finding: &Finding) -> Result<Question, DomainError> {
    let (case, witness) = (finding.case, &finding.witness);
    let defense = Defense::new(case.shift, witness.sigma)?;
    let margins = witness.contrast.stages.map(|stage| stage.margin(&case.task, &defense));
    let margins = margins.into_iter().collect::<Result<Vec<_>, _>>()?;
    let question = Question::new(case.task, margins, vec![Eps::new(witness.eps)?])?;
    Ok(question.with_draws(case.draws))
}
