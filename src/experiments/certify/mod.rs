//! Randomized smoothing: how much CERTIFY certifies, and how often PREDICT answers, with finitely many noisy answers.
//!
//! Exact values are those of [`theory::certify`]; the simulation draws every answer ([`engine::certify`]).

mod charts;
mod rows;
pub mod wanted;

use engine::certify::{Bar, Case, CaseCounts, CertifyQuestion, Procedure, bias};
use engine::sampler::{Drawing, Sampler};
use rayon::prelude::*;
use task::certify::{AnswerList, Answers, Smoothed};
use task::range::Range;
use task::spec::{Spec, SpecError};
use task::{DomainError, Prior, Task};
use theory::certify::{Certifier, Outcomes, predict, radius_max, true_radius_accuracy};
use theory::math::bounded::Bounded;
use theory::math::normal::sf;

use self::rows::{CERTIFY, Keys, PREDICT, schema};
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

/// One procedure at one noise.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    smoothed: Smoothed,
    /// `None` for PREDICT.
    n0: Option<Answers>,
    n: Answers,
    alpha: f64,
}

/// What is known of a point.
struct Known {
    outcomes: Outcomes,
    average_radius: Option<f64>,
    floor: Option<f64>,
    /// By radius.
    certified: Vec<Bounded>,
}

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

    /// Fails where a level or a radius is outside its domain.
    fn check(&self) -> Result<(), SpecError> {
        let refused = |name, value: f64, expected: &str| {
            let (value, expected) = (task::range::short(value), expected.to_owned());
            Err(SpecError::from(DomainError { name, value, expected }))
        };
        if let Some(alpha) = self.alpha.values().iter().find(|a| !(1e-100..=0.5).contains(*a)) {
            return refused("alpha", *alpha, "a number from 1e-100 to 0.5");
        }
        match self.radius.values().iter().find(|r| !(0.0..=1e15).contains(*r)) {
            Some(radius) => refused("radius", *radius, "a number from 0 to 1e15"),
            None => Ok(()),
        }
    }

    fn radii(&self) -> &[f64] {
        if self.predict { &[] } else { self.radius.values() }
    }
}

impl Certify {
    /// The rows that are asked for. Fails where a value is outside its domain.
    pub fn new(spec: CertifySpec) -> Result<Self, SpecError> {
        spec.check()?;
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

    fn question(&self) -> Result<CertifyQuestion, SpecError> {
        let case = |point: &Point| Case {
            sigma: point.smoothed.sigma(),
            procedure: point.n0.map_or(Procedure::Predict, Procedure::Certify),
            n: point.n,
            alpha: point.alpha,
            bars: self
                .spec
                .radii()
                .iter()
                .map(|&radius| Bar { radius, miss: sf(radius / point.smoothed.sigma()) })
                .collect(),
        };
        let cases = self.points.iter().map(case).collect();
        let smoothed = self.points[0].smoothed;
        Ok(CertifyQuestion::new(smoothed.task(), smoothed.prior(), smoothed.offset(), cases)?)
    }

    fn known(&self, point: &Point) -> Known {
        let Point { smoothed, n0, n, alpha } = point;
        let Some(n0) = n0 else {
            let outcomes = predict(smoothed, *n, *alpha);
            return Known { outcomes, average_radius: None, floor: None, certified: Vec::new() };
        };
        let certifier = Certifier::new(smoothed, *n0, *n, *alpha);
        let finite = *n != Answers::Limit;
        Known {
            outcomes: certifier.answers(),
            average_radius: Some(certifier.average_radius().value),
            floor: finite.then(|| certifier.abstain_floor().value),
            certified: self.spec.radii().iter().map(|r| certifier.certified(*r)).collect(),
        }
    }

    fn keys(&self, point: &Point, known: &Known, radius: Option<f64>) -> Keys {
        let Point { smoothed, n0, n, alpha } = *point;
        let CertifySpec { mean, data_std, shift, threshold, prior, .. } = self.spec;
        let sigma = smoothed.sigma();
        let largest = n0.map(|_| radius_max(sigma, n, alpha));
        Keys {
            mean,
            data_std,
            shift,
            threshold,
            prior,
            sigma,
            n0,
            n,
            alpha,
            radius,
            procedure: if n0.is_some() { CERTIFY } else { PREDICT }.to_owned(),
            average_certified_radius: known.average_radius,
            radius_max: largest,
            constant_radius: largest.map(|largest| prior.max(1.0 - prior) * largest),
            true_radius_accuracy: radius
                .map(|radius| true_radius_accuracy(&smoothed, radius).value),
            abstain_floor: known.floor,
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
        watch.begin("certificates", Some(self.points.len() as u64));
        let of = |point: &Point| {
            let known = self.known(point);
            let once = bias(point.n0.unwrap_or(Answers::Limit), point.n);
            let Outcomes { right, wrong, abstain } = known.outcomes;
            let rate = |value: Bounded| ExactRate { value: Some(value), bias: once };
            let row = |certified: Option<(f64, Bounded)>| {
                let among = certified.and_then(|(_, value)| known.outcomes.among_answered(value));
                let answered = 1.0 - abstain.value;
                let keys = self.keys(point, &known, certified.map(|(radius, _)| radius));
                ExactRow {
                    keys: keys.cells(),
                    rates: vec![
                        ExactRate { value: certified.map(|(_, value)| value), bias: once },
                        rate(right),
                        rate(wrong),
                        rate(abstain),
                        ExactRate { value: among, bias: 3.0 * once / answered.max(once) },
                    ],
                }
            };
            let radii = self.spec.radii().iter().copied().zip(known.certified.iter().copied());
            let rows: Vec<ExactRow> = match self.spec.predict {
                true => vec![row(None)],
                false => radii.map(|certified| row(Some(certified))).collect(),
            };
            watch.step(1);
            rows
        };
        let rows: Vec<Vec<ExactRow>> = self.points.par_iter().map(of).collect();
        Ok(rows.into_iter().flatten().collect())
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(self.question()?.sampler(drawing)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let Ok(question) = self.question() else { return Vec::new() };
        let row = |counts: &CaseCounts, certified: Option<u64>| {
            let CaseCounts { right, wrong, .. } = *counts;
            let answered = right + wrong;
            // PREDICT certifies nothing: no trials, and no estimate.
            let trials = certified.map_or([0, 0], |_| [tally.samples, answered]);
            let abstained = tally.samples.saturating_sub(answered);
            let counts = [certified.unwrap_or(0), right, wrong, abstained, trials[0], trials[1]];
            SampledRow { counts: counts.to_vec(), found: Vec::new() }
        };
        let rows = |counts: &CaseCounts| match self.spec.predict {
            true => vec![row(counts, None)],
            false => {
                counts.certified.iter().map(|certified| row(counts, Some(*certified))).collect()
            }
        };
        question.counts(tally.counts).iter().flat_map(rows).collect()
    }

    fn caption(&self) -> String {
        rows::caption(&self.spec)
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        rows::notes(table)
    }
}
