//! The answer to a question: its tables, its record, the verdict, and the findings.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use task::range::Count;
use task::spec::SpecError;
use web_time::Instant;

use super::campaign::{Campaign, End, ExtendError};
use super::plan::Plan;
use super::record::{Judgement, Record};
use super::rounds::{Limits, Means};
use crate::check::rates::{self, Drawn, Judged, Widest};
use crate::check::{Check, Verdict};
use crate::experiment::{ExactRow, Experiment, Findings, Recount};
use crate::table::Table;
use crate::table::schema::Schema;

/// The answer to a question.
#[derive(Debug)]
pub struct Answer {
    /// The rows, followed by other tables.
    pub tables: Vec<Table>,
    /// The record, `run.json`.
    pub record: Record,
    /// The verdict over all rows; `None` if nothing was compared.
    pub verdict: Option<Verdict>,
    /// The tests with the least information.
    pub widest: Widest,
    /// The same of the rows that were counted again, the second table; `None` if none were.
    pub recounted: Option<Widest>,
    /// The findings besides rows.
    pub findings: Findings,
    /// The question, in one line.
    pub caption: String,
}

impl Answer {
    /// Creates an answer with exact values only.
    pub fn exact(experiment: &dyn Experiment, exact: &[ExactRow]) -> Result<Self, SpecError> {
        Self::rows_of(experiment, exact).with_findings(experiment)
    }

    /// Creates the answer from the counts of a run, drawn by these means, with the end that it came to. Runs on
    /// rayon's current pool.
    pub fn judged(
        campaign: &Campaign,
        exact: &[ExactRow],
        means: Means,
        end: Option<End>,
    ) -> Result<Self, SpecError> {
        let experiment = campaign.experiment().as_ref();
        Self::judged_rows(campaign, exact, means, end)?.with_findings(experiment)
    }

    /// Creates an answer with exact values only, and no findings.
    fn rows_of(experiment: &dyn Experiment, exact: &[ExactRow]) -> Self {
        let schema = (experiment.kind().schema)();
        Self::new(experiment, rates::exact_table(&schema, exact), experiment.tables(None))
    }

    /// Creates an answer as [`Answer::judged`] does, without findings.
    fn judged_rows(
        campaign: &Campaign,
        exact: &[ExactRow],
        means: Means,
        end: Option<End>,
    ) -> Result<Self, SpecError> {
        let experiment = campaign.experiment().as_ref();
        let schema: Schema = (experiment.kind().schema)();
        let tally = campaign.tally();
        let sampled = experiment.sampled(&tally);
        let recount = experiment.recounted(&tally);
        let all = exact.iter().collect();
        let rows =
            Drawn { table: schema.file, exact: all, sampled: &sampled, samples: tally.samples };
        let again = recount.as_ref().map(|recount| Drawn {
            table: recount.table,
            exact: recount.rows.iter().filter_map(|row| exact.get(*row)).collect(),
            sampled: &recount.sampled,
            samples: recount.samples,
        });
        let drawn: Vec<Drawn<'_>> = [rows].into_iter().chain(again).collect();
        let judged = rates::judged(&schema, &drawn, &tally)?;
        let verdict = verdict(&judged, recount.as_ref(), tally.false_alarm);
        let mut judged = judged.into_iter();
        let Some(rates::Judged { table, widest, .. }) = judged.next() else {
            return Ok(Self::rows_of(experiment, exact));
        };
        let rows = table.len();
        let (again, recounted) = judged.next().map(|again| (again.table, again.widest)).unzip();
        let tables = again.into_iter().chain(experiment.tables(Some(&tally))).collect();
        let answer = Self::new(experiment, table, tables);
        let mut answer = Self { verdict, widest, recounted, ..answer };
        answer.record.judgement = answer.verdict.as_ref().map(Judgement::from);
        answer.record.plan = Some(campaign.planned());
        answer.record.simulation = Some(campaign.simulation(means, rows));
        answer.record.progress = Some(campaign.progress(end));
        Ok(answer)
    }

    fn new(experiment: &dyn Experiment, table: Table, others: Vec<Table>) -> Self {
        let record = Record::begin(experiment.spec().boxed(), table.len());
        Self {
            tables: std::iter::once(table).chain(others).collect(),
            record,
            verdict: None,
            widest: Widest::default(),
            recounted: None,
            findings: Findings::default(),
            caption: experiment.caption(),
        }
    }

    fn with_findings(mut self, experiment: &dyn Experiment) -> Result<Self, SpecError> {
        self.findings = experiment.findings()?;
        self.record.findings = self.findings.record.clone();
        Ok(self)
    }

    /// Returns the rows.
    #[must_use]
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }

    /// Returns whether no row disagrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.verdict.is_none_or(|verdict| verdict.agree)
            && self.rows().iter().all(|row| row.truth("agrees") != Some(false))
    }
}

/// Returns the verdict over rows and those that were counted again; `None` if no rate was compared.
fn verdict(judged: &[Judged], recount: Option<&Recount>, false_alarm: f64) -> Option<Verdict> {
    let all: Vec<Option<f64>> = judged.iter().flat_map(|rows| rows.p_values.clone()).collect();
    let total = all.iter().flatten().count();
    let detectable = |rows: &Judged| rows.widest.detectable(false_alarm, total);
    let verdict = Verdict::new(&all, false_alarm, judged.first().map_or(f64::NAN, detectable));
    let check = recount.zip(judged.get(1)).map(|(recount, rows)| {
        let tested = rows.p_values.iter().flatten().count();
        Check {
            table: recount.table,
            how: recount.how,
            usual: recount.usual,
            samples: recount.samples,
            rows: tested,
            disagreeing: rows.table.iter().filter(|row| row.truth("agrees") == Some(false)).count(),
            // A share of a run may have none of the samples that are checked.
            detectable: if tested > 0 { detectable(rows) } else { f64::NAN },
        }
    });
    (total > 0).then(|| check.map_or(verdict, |check| verdict.with_check(check)))
}

/// Answers a question in one go, without a folder: with exact values only for a plan of no samples. Runs on rayon's
/// current pool.
pub fn answer(experiment: Box<dyn Experiment>, plan: &Plan) -> Result<Answer, SpecError> {
    let experiment: Arc<dyn Experiment> = experiment.into();
    let mut answers = answers(&experiment, plan, &[plan.samples])?;
    answers.swap_remove(0).with_findings(experiment.as_ref())
}

/// Answers a question with each of these numbers of samples, ascending: one run that grows. Each answer is that of
/// [`answer`] with a plan of as many, but for the findings, which are left out: they may take longer than the rows.
pub fn answers(
    experiment: &Arc<dyn Experiment>,
    plan: &Plan,
    samples: &[Count],
) -> Result<Vec<Answer>, SpecError> {
    let start = Instant::now();
    let exact = experiment.exact(&())?;
    let mut campaign: Option<Campaign> = None;
    let stop = AtomicBool::new(false);
    let limits = Limits { stop: &stop, time: None, checkpoint_every: Duration::MAX };
    let means = Means::default();
    let mut of = |samples: Count| {
        if samples.get() == 0 {
            return Ok(Answer::rows_of(experiment.as_ref(), &exact));
        }
        let campaign = match &mut campaign {
            Some(campaign) => {
                campaign.extend(samples).map_err(|error| match error {
                    ExtendError::Spec(error) => error,
                    error => SpecError::Together(error.to_string()),
                })?;
                campaign
            }
            none => none
                .insert(Campaign::new(Arc::clone(experiment), Plan { samples, ..plan.clone() })?),
        };
        let end = campaign.draw(means, limits, &mut |_| {}, &|_| {})?;
        let mut answer = Answer::judged_rows(campaign, &exact, means, Some(end))?;
        answer.record.wall_seconds = start.elapsed().as_secs_f64();
        Ok(answer)
    };
    samples.iter().map(|samples| of(*samples)).collect()
}
