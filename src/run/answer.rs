//! The answer to a question: its tables, its record, the verdict, and the findings.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use task::spec::SpecError;
use web_time::Instant;

use super::campaign::{Campaign, End};
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
    /// The findings besides rows.
    pub findings: Findings,
    /// The question, in one line.
    pub caption: String,
}

impl Answer {
    /// Creates an answer with exact values only.
    pub fn exact(experiment: &dyn Experiment, exact: &[ExactRow]) -> Result<Self, SpecError> {
        let schema = (experiment.kind().schema)();
        let table = rates::exact_table(&schema, exact);
        Self::new(experiment, table, experiment.tables(None))
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
            return Self::exact(experiment, exact);
        };
        let rows = table.len();
        let tables = judged.map(|again| again.table).chain(experiment.tables(Some(&tally)));
        let tables = tables.collect();
        let mut answer = Self { verdict, widest, ..Self::new(experiment, table, tables)? };
        answer.record.judgement = answer.verdict.as_ref().map(Judgement::from);
        answer.record.plan = Some(campaign.planned());
        answer.record.simulation = Some(campaign.simulation(means, rows));
        answer.record.progress = Some(campaign.progress(end));
        Ok(answer)
    }

    fn new(
        experiment: &dyn Experiment,
        table: Table,
        others: Vec<Table>,
    ) -> Result<Self, SpecError> {
        let findings = experiment.findings()?;
        let mut record = Record::begin(experiment.spec().boxed(), table.len());
        record.findings = findings.record.clone();
        let tables = std::iter::once(table).chain(others).collect();
        Ok(Self {
            tables,
            record,
            verdict: None,
            widest: Widest::default(),
            findings,
            caption: experiment.caption(),
        })
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
    let check = recount.zip(judged.get(1)).map(|(recount, rows)| Check {
        table: recount.table,
        how: recount.how,
        samples: recount.samples,
        rows: rows.p_values.iter().flatten().count(),
        disagreeing: rows.table.iter().filter(|row| row.truth("agrees") == Some(false)).count(),
        detectable: detectable(rows),
    });
    (total > 0).then(|| check.map_or(verdict, |check| verdict.with_check(check)))
}

/// Answers a question in one go, without a folder: with exact values only for a plan of no samples. Runs on rayon's
/// current pool.
pub fn answer(experiment: Box<dyn Experiment>, plan: &Plan) -> Result<Answer, SpecError> {
    let start = Instant::now();
    let experiment: Arc<dyn Experiment> = experiment.into();
    let exact = experiment.exact(&())?;
    if plan.samples.get() == 0 {
        return Answer::exact(experiment.as_ref(), &exact);
    }
    let mut campaign = Campaign::new(experiment, plan.clone())?;
    let stop = AtomicBool::new(false);
    let limits = Limits { stop: &stop, time: None, checkpoint_every: Duration::MAX };
    let means = Means::default();
    let end = campaign.draw(means, limits, &mut |_| {}, &|_| {})?;
    let mut answer = Answer::judged(&campaign, &exact, means, Some(end))?;
    answer.record.wall_seconds = start.elapsed().as_secs_f64();
    Ok(answer)
}
