//! Randomized smoothing: how much CERTIFY certifies, and how often PREDICT answers, with finitely many noisy answers.
//!
//! Exact values are those of [`theory::certify`]; the simulation draws every answer ([`engine::certify`]).

pub(super) mod charts;
pub(super) mod points;
pub(super) mod rows;
pub mod wanted;

use engine::certify::{CertifyQuestion, bias};
use engine::sampler::{Drawing, Sampler};
use task::certify::{AnswerList, Smoothed};
use task::range::Range;
use task::spec::{Spec, SpecError};
use task::{Prior, Task};

use self::points::{Facts, Place, Point, Points};
use self::rows::{Keys, schema};
use super::grid::{DATA_STD_HELP, MAX_ROWS, MEAN_HELP, RANGE_HELP, SHIFT_HELP, TASK, check_size};
use super::own;
use crate::experiment::{
    ExactRate, ExactRow, Experiment, Kind, SampledRow, Tally, UsualPlan, Watch,
};
use crate::table::{Columnar, Table};

task::spec! {
    /// Certificates over ranges of noise, answers, levels and radii.
    pub struct CertifySpec = "certify" {
        sigma: Range {
            default: "1", placeholder: "RANGE", help: "The standard deviation of the noise: a number or a range",
            long_help: RANGE_HELP
        }
        n0: AnswerList {
            default: "100", placeholder: "COUNTS",
            help: "How many noisy answers select the class: 100, or 10,100; inf selects as the smoothed classifier does"
        }
        n: AnswerList {
            default: "1000", placeholder: "COUNTS",
            help: "How many noisy answers are counted: 1e3,1e5,inf or 1e2..1e7/log31; inf is the smoothed classifier itself"
        }
        alpha: Range {
            default: "0.001", placeholder: "RANGE",
            help: "α, how often a certificate may be wrong: a number or a range"
        }
        radius: Range {
            default: "0.5", placeholder: "RANGE",
            help: "The radius that is certified, in units of x: a number or a range"
        }
        predict: bool {
            default: "false", placeholder: "true|false",
            help: "PREDICT in place of CERTIFY: answer or abstain, without a radius"
        }
        mean: f64 { default: "1", placeholder: "NUMBER", heading: TASK, help: MEAN_HELP }
        data_std: f64 { default: "1", placeholder: "NUMBER", heading: TASK, help: DATA_STD_HELP }
        shift: f64 { default: "0", placeholder: "NUMBER", heading: TASK, help: SHIFT_HELP }
        threshold: f64 {
            default: "0", placeholder: "NUMBER", heading: TASK, help: "The k of the base classifier sgn(x − k)"
        }
        prior: f64 { default: "0.5", placeholder: "NUMBER", heading: TASK, help: "P[y = 1]" }
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "certify",
    verbs: "certify",
    spec: || Box::new(CertifySpec::default()),
    new: |spec| Ok(Box::new(Certify::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan::counted(100_000),
    charts: |tables, _| charts::figures(&tables[0]),
};

/// Certificates of one task.
#[derive(Debug)]
pub struct Certify {
    spec: CertifySpec,
    points: Vec<Point>,
}

impl CertifySpec {
    /// The smoothed classifier at a noise. Fails where a value is outside its domain.
    pub fn smoothed(&self, sigma: f64) -> Result<Smoothed, SpecError> {
        let task = Task::new(self.mean, self.data_std)?;
        let prior = Prior::new(self.prior)?;
        Ok(Smoothed::new(task, prior, self.shift, self.threshold, sigma)?)
    }

    fn radii(&self) -> &[f64] {
        if self.predict { &[] } else { self.radius.values() }
    }
}

impl Certify {
    /// The rows that are asked for. Fails where a value is outside its domain.
    pub fn new(spec: CertifySpec) -> Result<Self, SpecError> {
        points::check(&spec.alpha, &spec.radius)?;
        let mut axes = vec![
            ("sigma", spec.sigma.values().len()),
            ("n", spec.n.values().len()),
            ("alpha", spec.alpha.values().len()),
        ];
        let mut selections = vec![None];
        if !spec.predict {
            selections = spec.n0.values().iter().map(|n0| Some(*n0)).collect();
            axes.extend([("n0", selections.len()), ("radius", spec.radius.values().len())]);
        }
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        let mut points = Vec::new();
        for &sigma in spec.sigma.values() {
            let smoothed = spec.smoothed(sigma)?;
            for &n0 in &selections {
                for &n in spec.n.values() {
                    let of = |&alpha: &f64| Point { smoothed, n0, n, alpha };
                    points.extend(spec.alpha.values().iter().map(of));
                }
            }
        }
        Ok(Self { spec, points })
    }

    fn points(&self) -> Points<'_> {
        Points { points: &self.points, radii: self.spec.radii() }
    }

    fn question(&self) -> Result<CertifyQuestion, SpecError> {
        let smoothed = self.points[0].smoothed;
        let cases = self.points().cases().collect();
        Ok(CertifyQuestion::new(smoothed.task(), smoothed.prior(), smoothed.offset(), cases)?)
    }

    fn keys(&self, facts: Facts) -> Keys {
        let CertifySpec { mean, data_std, shift, threshold, prior, .. } = self.spec;
        Keys {
            mean,
            data_std,
            shift,
            threshold,
            prior,
            sigma: facts.sigma,
            n0: facts.n0,
            n: facts.n,
            alpha: facts.alpha,
            radius: facts.radius,
            procedure: facts.procedure,
            average_certified_radius: facts.average_certified_radius,
            radius_max: facts.radius_max,
            constant_radius: facts.constant_radius,
            true_radius_accuracy: facts.true_radius_accuracy,
            abstain_floor: facts.abstain_floor,
        }
    }
}

impl Experiment for Certify {
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
        let row = |_: Place, facts, rates: Vec<ExactRate>| ExactRow {
            keys: self.keys(facts).cells(),
            rates,
        };
        Ok(self.points().exact(watch, bias, row))
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(self.question()?.sampler(drawing)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let Ok(question) = self.question() else { return Vec::new() };
        points::sampled(&question.counts(tally.counts), tally.samples)
    }

    fn caption(&self) -> String {
        rows::caption(&self.spec)
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        rows::notes(table)
    }
}
