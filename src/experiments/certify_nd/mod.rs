//! Certificates in d dimensions: a classifier of a task file, trained with noise of one scale and smoothed with noise of
//! another, and how near to the robust optimum that is.
//!
//! Exact values are those of one dimension ([`theory::certify::projected`]); the simulation draws vectors, and for every answer a
//! vector of noise ([`engine::linear::smoothed`]).

mod charts;
mod rows;
pub mod wanted;

use std::borrow::Cow;
use std::sync::Arc;

use engine::linear::smoothed::{SmoothedQuestion, bias};
use engine::sampler::{Drawing, Sampler};
use rayon::prelude::*;
use task::certify::AnswerList;
use task::linear::{LinearClassifier, Rule};
use task::range::{Range, short};
use task::spec::{Spec, SpecError};
use task::{EntryError, Eps, Norm};
use theory::certify::projected;
use theory::linear::{Enclosure, Unit, budget_of_noise, robust_optimum, trained};

use self::rows::{Keys, schema};
use super::certify::points::{Facts, Place, Point, Points, check, sampled};
use super::certify::rows::notes;
use super::grid::{MAX_ROWS, RANGE_HELP, check_size};
use super::linear::TASK_FILE;
use super::linear::file::TaskFile;
use super::linear::problem::{Problem, subscript};
use super::own;
use crate::experiment::{
    ExactRate, ExactRow, Experiment, Kind, SampledRow, Tally, UsualPlan, Watch,
};
use crate::table::{Columnar, Table};

task::spec! {
    /// Certificates in d dimensions over ranges of noise, answers, levels and radii.
    pub struct CertifyNdSpec = "certify_nd" {
        task: TaskFile {
            default: "", placeholder: "TASK.toml", positional: true,
            help: "The task: a TOML file"
        }
        sigma: Range {
            default: "1", placeholder: "RANGE",
            help: "The standard deviation σ of the noise under which it is asked, the same in every direction: a number or a range",
            long_help: RANGE_HELP
        }
        train_sigma: Option<Range> {
            default: "", placeholder: "RANGE",
            help: "What multiplies θ − E[θ] of the file in training, τ: a number or a range [default: as --sigma]"
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
            help: "The radius that is certified, in ℓ2 and units of x: a number or a range"
        }
        predict: bool {
            default: "false", placeholder: "true|false",
            help: "PREDICT in place of CERTIFY: answer or abstain, without a radius"
        }
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "certify_nd",
    verbs: "nd --certify",
    spec: || Box::new(CertifyNdSpec::default()),
    new: |spec| Ok(Box::new(CertifyNd::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan::counted(100_000),
    charts: |tables, _| charts::figures(&tables[0]),
};

/// A classifier trained with noise of one scale.
#[derive(Debug)]
struct Base {
    train_sigma: f64,
    classifier: LinearClassifier,
    /// The radius at which its smoothed classifier is the ℓ2-robust optimum, where the noise of training is the same in every
    /// direction.
    optimal_radius: Option<f64>,
}

/// Certificates of one task.
#[derive(Debug)]
pub struct CertifyNd {
    spec: CertifyNdSpec,
    problem: Arc<Problem>,
    bases: Vec<Base>,
    points: Vec<Point>,
    /// Of each point, its classifier.
    of: Vec<usize>,
    /// Of each radius, the largest adversarial accuracy of any classifier.
    optima: Vec<Enclosure>,
}

/// Each σ with what it is trained with: the τ that are asked for, or else itself.
fn pairs(spec: &CertifyNdSpec) -> Vec<(f64, f64)> {
    let sigmas = spec.sigma.values();
    match &spec.train_sigma {
        None => sigmas.iter().map(|sigma| (*sigma, *sigma)).collect(),
        Some(train) => {
            let of = |train: &f64| sigmas.iter().map(|sigma| (*train, *sigma)).collect::<Vec<_>>();
            train.values().iter().flat_map(of).collect()
        }
    }
}

fn base(problem: &Problem, train_sigma: f64) -> Result<Base, EntryError> {
    let Problem { task, defense, .. } = problem;
    let scaled = defense.scaled(train_sigma)?;
    let Rule::Linear(classifier) = trained(task, &scaled)?.unit() else {
        let right = "a mean that is not 0: else the trained classifier is a constant, of which a certificate is worth nothing";
        return Err(EntryError::new("task.mean", "0", right));
    };
    let variances = scaled.covariance().variances(task.dimension()).unwrap_or_default();
    let same = variances.first().filter(|first| variances.iter().all(|v| v == *first));
    let optimal_radius = same.map(|variance| budget_of_noise(task, *variance)).transpose()?;
    Ok(Base { train_sigma, classifier, optimal_radius })
}

impl CertifyNd {
    /// The rows that are asked for. Trains the classifiers and finds the robust optima, in parallel, on rayon's current pool.
    /// Fails where a value is outside its domain, or where a trained classifier is a constant.
    pub fn new(spec: CertifyNdSpec) -> Result<Self, SpecError> {
        check(&spec.alpha, &spec.radius)?;
        let problem = Arc::clone(spec.task.problem()?);
        let mut axes = vec![
            ("sigma", spec.sigma.values().len()),
            ("n", spec.n.values().len()),
            ("alpha", spec.alpha.values().len()),
        ];
        if let Some(train) = &spec.train_sigma {
            axes.push(("train_sigma", train.values().len()));
        }
        let mut selections = vec![None];
        if !spec.predict {
            selections = spec.n0.values().iter().map(|n0| Some(*n0)).collect();
            axes.extend([("n0", selections.len()), ("radius", spec.radius.values().len())]);
        }
        check_size(&spec, &axes, MAX_ROWS, "rows")?;
        let pairs = pairs(&spec);
        let mut trains: Vec<f64> = pairs.iter().map(|(train, _)| *train).collect();
        trains.dedup();
        // Of a scale the flag is to be named; what the file has is an error of the file.
        let flag = if spec.train_sigma.is_some() { "train_sigma" } else { "sigma" };
        let wrong = |error: EntryError| match error.name.as_str() {
            "sigma" => SpecError::Value(EntryError { name: flag.to_owned(), ..error }),
            _ => spec.task.wrong(&error),
        };
        let bases: Vec<Base> = trains
            .par_iter()
            .map(|train| base(&problem, *train))
            .collect::<Result<_, _>>()
            .map_err(wrong)?;
        let (mut points, mut of) = (Vec::new(), Vec::new());
        for (train, sigma) in pairs {
            let index = bases.iter().position(|base| base.train_sigma == train).unwrap_or(0);
            let classifier = &bases[index].classifier;
            let smoothed = projected(&problem.task, problem.defense.mean(), classifier, sigma)
                .map_err(|error| spec.task.wrong(&error))?;
            for &n0 in &selections {
                for &n in spec.n.values() {
                    for &alpha in spec.alpha.values() {
                        points.push(Point { smoothed, n0, n, alpha });
                        of.push(index);
                    }
                }
            }
        }
        let radii = if spec.predict { &[] } else { spec.radius.values() };
        let optimum = |radius: &f64| {
            let eps = Eps::new(*radius)?;
            Ok(robust_optimum(&problem.task, Norm::TWO, eps)?.accuracy)
        };
        let optima = radii
            .par_iter()
            .map(optimum)
            .collect::<Result<_, EntryError>>()
            .map_err(|error| spec.task.wrong(&error))?;
        Ok(Self { problem, bases, points, of, optima, spec })
    }

    fn radii(&self) -> &[f64] {
        if self.spec.predict { &[] } else { self.spec.radius.values() }
    }

    fn points(&self) -> Points<'_> {
        Points { points: &self.points, radii: self.radii() }
    }

    fn question(&self) -> Result<SmoothedQuestion, SpecError> {
        let classifiers: Vec<LinearClassifier> =
            self.bases.iter().map(|base| base.classifier.clone()).collect();
        let cases = self.of.iter().copied().zip(self.points().cases()).collect();
        SmoothedQuestion::new(&self.problem.task, self.problem.defense.mean(), &classifiers, cases)
            .map_err(|error| self.spec.task.wrong(&error))
    }

    fn keys(&self, place: Place, facts: Facts) -> Keys {
        let (point, base) = (&self.points[place.point], &self.bases[self.of[place.point]]);
        let optimum = self.optima.get(place.radius);
        let middle = optimum.map(|optimum| 0.5 * (optimum.lower + optimum.upper));
        let task = &self.problem.task;
        Keys {
            dimension: task.dimension(),
            prior: task.prior().get(),
            train_sigma: base.train_sigma,
            sigma: facts.sigma,
            n0: facts.n0,
            n: facts.n,
            alpha: facts.alpha,
            radius: facts.radius,
            procedure: facts.procedure,
            margin_mean: point.smoothed.task().mean(),
            margin_data_std: point.smoothed.task().data_std(),
            margin_offset: point.smoothed.offset(),
            average_certified_radius: facts.average_certified_radius,
            radius_max: facts.radius_max,
            constant_radius: facts.constant_radius,
            true_radius_accuracy: facts.true_radius_accuracy,
            abstain_floor: facts.abstain_floor,
            optimum_low: optimum.map(|optimum| optimum.lower),
            optimum_high: optimum.map(|optimum| optimum.upper),
            gap: middle.zip(facts.true_radius_accuracy).map(|(best, truth)| best - truth),
            optimal_radius: base.optimal_radius,
        }
    }
}

impl Experiment for CertifyNd {
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
        let row = |place, facts, rates: Vec<ExactRate>| ExactRow {
            keys: self.keys(place, facts).cells(),
            rates,
        };
        Ok(self.points().exact(watch, bias, row))
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(self.question()?.sampler(drawing)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let Ok(question) = self.question() else { return Vec::new() };
        sampled(&question.counts(tally.counts), tally.samples)
    }

    fn files(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        vec![(TASK_FILE, self.problem.to_toml().into_bytes().into())]
    }

    fn caption(&self) -> String {
        let CertifyNdSpec { sigma, train_sigma, n0, n, alpha, radius, predict, .. } = &self.spec;
        let Problem { title, task, .. } = self.problem.as_ref();
        let title = title.as_ref().map_or_else(String::new, |title| format!("{title}\n"));
        let train = train_sigma.as_ref().map_or_else(|| "τ = σ".to_owned(), |t| format!("τ = {t}"));
        let asked = match predict {
            true => format!("PREDICT with n = {n}, α = {alpha}"),
            false => {
                format!("CERTIFY with n0 = {n0}, n = {n}, α = {alpha}, radius = {radius} in ℓ2")
            }
        };
        let (d, prior) = (task.dimension(), short(task.prior().get()));
        format!("{title}d = {d}, prior {prior}, trained with {train}, σ = {sigma}\n{asked}")
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        let mut all = self.spec.task.notes().to_vec();
        if self.problem.norm != Norm::TWO {
            all.push(format!(
                "the adversary of the task counts in ℓ{}; radii of certificates, and the optimum beside them, are in ℓ2",
                subscript(self.problem.norm)
            ));
        }
        all.extend(notes(table));
        all
    }
}
