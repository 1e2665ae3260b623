//! The Gaussian task of a user's features, and how far held-out rows are from it.
//!
//! ```text
//! FEATURES -> load -> theory::fit -+-> the fitted task (task.toml, for nd)
//!                                  +-> held-out margins -> accuracies, votes, certificates -> rows, laws, charts
//! ```
//!
//! Nothing is drawn: a margin says by a formula what an attack, a vote and a certificate do with its row. So there is no
//! sampler and no verdict; what rows are compared with, and how far they may be from it, stands in their columns.

mod charts;
mod data;
mod files;
mod load;
mod rows;

use std::borrow::Cow;

use rayon::prelude::*;
use serde_json::json;
use task::certify::{AnswerList, Smoothed};
use task::fit::Shrinkage;
use task::range::{Probability, Range, VoteList, short};
use task::spec::{Spec, SpecError};
use task::{DomainError, Eps, Norm, Prior, Task, Votes};
use theory::certify::Certifier;
use theory::fit::held_out::{Margins, Stage, Voted, band, p_value};
use theory::fit::ladder::{Law, Rung};
use theory::fit::{FitError, Fitted, Matrix, fit};

use self::data::{DataFile, HeldOut, Pair};
use self::files::TaskFiles;
use self::load::{Loaded, load};
use self::rows::{
    CERTIFIED, CLASSES, DEFENDED, FITTED, FeatureRow, Keys, LawRow, MOMENTS, MarginRow, UNDEFENDED,
    VOTED, schema,
};
use super::grid::{MAX_ROWS, RANGE_HELP, budgets, check_size};
use super::own;
use crate::check::clopper_pearson;
use crate::experiment::{ExactRow, Experiment, Findings, Kind, Tally, UsualPlan, Watch};
use crate::run::plan::Seed;
use crate::table::{Columnar, Table};

/// The heading of flags about certificates.
const CERTIFICATES: &str = "Certificates";

task::spec! {
    /// The task of some features, and the accuracies of held-out rows.
    pub struct FeaturesSpec = "features" {
        features: DataFile {
            default: "", placeholder: "FEATURES", positional: true,
            help: "The features, a row each: .npy, .npz (features or X), safetensors, or text with any usual separator"
        }
        labels: Option<DataFile> {
            default: "", placeholder: "FILE",
            help: "Their labels, integers or strings; of an .npz, labels or y [default: those beside the features]"
        }
        classes: Option<Pair> {
            default: "", placeholder: "A,B",
            help: "The two classes, of labels with more: A is −1, B is +1 [default: both, in order]"
        }
        test: HeldOut {
            default: "0.5", placeholder: "SHARE|FILE",
            help: "Which rows are held out: a share of all, chosen at random, or the rows of another file"
        }
        test_labels: Option<DataFile> {
            default: "", placeholder: "FILE",
            help: "The labels of --test FILE [default: those beside its features]"
        }
        seed: Seed {
            default: "1", placeholder: "NUMBER",
            help: "The seed of the choice of held-out rows"
        }
        shrinkage: Shrinkage {
            default: "lw", placeholder: "lw|oas|none|NUMBER",
            help: "How the covariance is shrunk: Ledoit–Wolf, OAS, not at all, or by a number from 0 to 1"
        }
        norm: Norm {
            default: "2", placeholder: "P",
            help: "The norm of the adversary's budget: 2, inf, 1, or any p ≥ 1"
        }
        eps: Option<Range> {
            default: "", placeholder: "RANGE",
            help: "The adversary's budget ε, in units of the features [default: 11 from 0 to where 5% is left]",
            long_help: RANGE_HELP
        }
        sigma: Range {
            default: "0", placeholder: "RANGE",
            help: "The standard deviation of noise on every feature: a number or a range"
        }
        votes: VoteList {
            default: "1,11", placeholder: "VOTES",
            help: "How many noisy answers vote, where sigma is above 0: 11, or 1,11,101,inf"
        }
        n: Option<AnswerList> {
            default: "", placeholder: "COUNTS", heading: CERTIFICATES,
            help: "How many noisy answers are counted for a certificate, in the norm 2 [default: none are asked for]"
        }
        n0: AnswerList {
            default: "100", placeholder: "COUNTS", heading: CERTIFICATES,
            help: "How many select its class"
        }
        alpha: f64 {
            default: "0.001", placeholder: "NUMBER", heading: CERTIFICATES,
            help: "How often it may be wrong"
        }
        confidence: Probability {
            default: "0.95", placeholder: "PROBABILITY",
            help: "The confidence of every interval, and of the band: 0.95, or 95%"
        }
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "features",
    verbs: "fit",
    spec: || Box::new(FeaturesSpec::default()),
    new: |spec| Ok(Box::new(Features::new(own(spec)?)?)),
    schema,
    beside: || {
        vec![
            Table::new("laws", LawRow::columns()),
            Table::new("margins", MarginRow::columns()),
        ]
    },
    plan: UsualPlan { samples: 0, ..UsualPlan::counted(0) },
    charts: |tables, _| charts::figures(tables),
};

/// A stage of the question, and what its rows are called.
struct Asked {
    name: &'static str,
    sigma: f64,
    margin_sigma: f64,
    votes: Option<Votes>,
    /// n0, n and alpha.
    certificate: Option<(task::certify::Answers, task::certify::Answers, f64)>,
    stage: Stage,
}

/// A fitted task with its held-out rows.
pub struct Features {
    spec: FeaturesSpec,
    names: [String; 2],
    trained: [usize; 2],
    /// Row, place of the class and margin of every held-out row.
    held_out: Vec<(usize, usize, f64)>,
    margins: Margins,
    fitted: Fitted,
    files: TaskFiles,
    /// The fitted law, that of the held-out margins, and those of each class of them.
    laws: [Law; 4],
    stages: Vec<Asked>,
    eps: Vec<Eps>,
    notes: Vec<String>,
}

impl Features {
    /// Reads the features, fits the task, and measures the held-out rows. Fails where that cannot be done, in one line.
    pub fn new(spec: FeaturesSpec) -> Result<Self, SpecError> {
        let wrong = |error: String| SpecError::Together(error);
        check_alpha(spec.alpha)?;
        let norm = spec.norm;
        let loaded = load(&spec).map_err(wrong)?;
        let columns = loaded.columns;
        let matrix = |values| {
            Matrix::new(values, columns)
                .ok_or_else(|| wrong(spec.features.wrong("is empty: it has no numbers")))
        };
        let [minus, plus] = &loaded.train.classes;
        let fitted = fit(&matrix(&loaded.train.values)?, [minus, plus], spec.shrinkage)
            .map_err(|error| refused(&spec, error))?;
        let held_out = margins_of(&fitted, &matrix(loaded.held_out_values())?, &loaded, norm);
        let margins = Margins::new(held_out.iter().map(|(_, _, margin)| *margin).collect());
        let laws = laws(&fitted, norm, &held_out, &loaded.names).map_err(wrong)?;
        let eps = match &spec.eps {
            Some(range) => budgets(range)?,
            None => usual_budgets(&margins),
        };
        let stages = stages(&spec, fitted.noise(norm))?;
        let size = [("eps", eps.len()), ("sigma", spec.sigma.values().len()), ("votes", spec.votes.values().len())];
        check_size(&spec, &size, MAX_ROWS, "rows")?;
        let title = format!("Fitted to {}", spec.features.name());
        let files = TaskFiles::of(&fitted, &title, norm);
        let trained = loaded.train.classes.each_ref().map(Vec::len);
        let Loaded { names, notes, .. } = loaded;
        let mut own = Self {
            spec,
            names,
            trained,
            held_out,
            margins,
            fitted,
            files,
            laws,
            stages,
            eps,
            notes,
        };
        own.spec = own.spec.summed().map_err(wrong)?;
        Ok(own)
    }

    fn count(&self) -> usize {
        self.held_out.len()
    }

    fn half_width(&self) -> f64 {
        band(self.count(), self.spec.confidence.get())
    }

    /// How many of the held-out rows are of each class.
    fn held_out_counts(&self) -> [usize; 2] {
        let plus = self.held_out.iter().filter(|(_, class, _)| *class == 1).count();
        [self.count() - plus, plus]
    }

    /// The fitted law, that of the held-out margins, and those of the classes.
    fn ladder(&self) -> [Rung; 3] {
        let [fitted, moments, minus, plus] = self.laws;
        let [below, above] = self.held_out_counts();
        [fitted.into(), moments.into(), Rung::of_classes([(below, minus), (above, plus)])]
    }

    fn laws_table(&self) -> Table {
        let ladder = self.ladder();
        let far = ladder.each_ref().map(|rung| self.margins.farthest(|margin| rung.below(margin)));
        let [below, above] = self.held_out_counts();
        let trained = self.trained[0] + self.trained[1];
        let row = |law: &'static str, count: usize, place: usize, rung: Option<usize>| {
            let far = rung.map(|rung| far[rung]);
            LawRow {
                law,
                count: count as u64,
                mean: self.laws[place].mean,
                std: self.laws[place].std,
                distance: far.map(|far| far.distance),
                distance_eps: far.map(|far| far.eps),
                p_value: far
                    .filter(|_| law == FITTED)
                    .map(|far| p_value(self.count(), far.distance)),
            }
        };
        let rows = [
            row(FITTED, trained, 0, Some(0)),
            row(MOMENTS, self.count(), 1, Some(1)),
            row(CLASSES[0], below, 2, None),
            row(CLASSES[1], above, 3, Some(2)),
        ];
        Table::of("laws", rows)
    }

    fn row(&self, asked: &Asked, eps: Eps, ladder: &[Rung; 3]) -> Keys {
        let Asked { name, sigma, margin_sigma, votes, certificate, stage } = asked;
        let (count, half) = (self.count(), self.half_width());
        let accuracy = stage.accuracy(&self.margins, eps.get());
        let right = (*name == UNDEFENDED).then(|| self.margins.above(eps.get()) as u64);
        let interval =
            right.and_then(|k| clopper_pearson(k, count as u64, self.spec.confidence.get()));
        let [fitted, moments, classes] = ladder
            .each_ref()
            .map(|rung| rung.accuracy(stage, eps.get()).ok().map(|bounded| bounded.value));
        Keys {
            stage: name,
            norm: self.spec.norm,
            sigma: *sigma,
            margin_sigma: *margin_sigma,
            votes: *votes,
            n0: certificate.map(|(n0, _, _)| n0),
            n: certificate.map(|(_, n, _)| n),
            alpha: certificate.map(|(_, _, alpha)| alpha),
            eps: eps.get(),
            held_out: count as u64,
            right,
            accuracy: accuracy.clamp(0.0, 1.0),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            band_low: (accuracy - half).max(0.0),
            band_high: (accuracy + half).min(1.0),
            fitted_accuracy: fitted,
            moments_accuracy: moments,
            class_moments_accuracy: classes,
        }
    }
}

impl Experiment for Features {
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
        let ladder = self.ladder();
        let points: Vec<(&Asked, Eps)> = self
            .stages
            .iter()
            .flat_map(|asked| self.eps.iter().map(move |eps| (asked, *eps)))
            .collect();
        watch.begin("rows", Some(points.len() as u64));
        let row = |(asked, eps): &(&Asked, Eps)| {
            let keys = self.row(asked, *eps, &ladder).cells();
            watch.step(1);
            ExactRow { keys, rates: Vec::new() }
        };
        Ok(points.par_iter().map(row).collect())
    }

    fn tables(&self, _: Option<&Tally<'_>>) -> Vec<Table> {
        let margin = |(row, class, margin): &(usize, usize, f64)| MarginRow {
            row: *row as u64,
            class: self.names[*class].clone(),
            y: if *class == 1 { 1 } else { -1 },
            margin: *margin,
        };
        let d = self.fitted.mean().len();
        let length = self.fitted.length(Norm::TWO);
        let feature = |i: usize| FeatureRow {
            feature: i as u64,
            centre: self.fitted.centre()[i],
            mean: self.fitted.mean()[i],
            std: self.fitted.covariance()[i * (d + 1)].sqrt(),
            weight: (self.fitted.weights()[i] / length).clamp(-1.0, 1.0),
        };
        vec![
            self.laws_table(),
            Table::of("margins", self.held_out.iter().map(margin)),
            Table::of("classifier", (0..d).map(feature)),
        ]
    }

    fn files(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        self.files.all()
    }

    fn findings(&self) -> Result<Findings, SpecError> {
        let ladder = self.ladder();
        let far = ladder.each_ref().map(|rung| self.margins.farthest(|margin| rung.below(margin)));
        let half = self.half_width();
        let p = p_value(self.count(), far[0].distance);
        let percent = self.spec.confidence.get() * 100.0;
        let inside = match far[0].distance <= half {
            true => "the fitted task is within it",
            false => "the fitted task is outside of it",
        };
        let lines = vec![
            format!(
                "A band of ±{half:.4} holds the accuracies of all rows at once, at {percent}% confidence; {inside}."
            ),
            format!(
                "The largest difference at any ε: fitted task {:.4} (at ε = {:.3}; p ≤ {p:.2}), a normal law with the held-out \
                 moments {:.4}, one for each class {:.4}.",
                far[0].distance, far[0].eps, far[1].distance, far[2].distance
            ),
        ];
        let record = json!({
            "classes": self.names,
            "dimension": self.fitted.mean().len(),
            "train": self.trained,
            "held_out": self.held_out_counts(),
            "shrinkage": self.fitted.shrinkage(),
            "band": half,
            "distance": far.map(|far| far.distance),
            "p_value": p,
        });
        Ok(Findings { lines, record })
    }

    fn caption(&self) -> String {
        let FeaturesSpec { features, shrinkage, norm, .. } = &self.spec;
        let [minus, plus] = &self.names;
        let norm = if *norm == Norm::MAX { "∞".to_owned() } else { norm.to_string() };
        let weight = match shrinkage {
            Shrinkage::Fixed(_) => String::new(),
            _ => format!(" = {:.4}", self.fitted.shrinkage()),
        };
        format!(
            "{}: d = {}, classes {minus} (−1) and {plus} (+1), {} training rows, {} held out, shrinkage {shrinkage}{weight}, ℓ{norm} \
             adversary",
            features.name(),
            self.fitted.mean().len(),
            self.trained[0] + self.trained[1],
            self.count(),
        )
    }

    fn notes(&self, _: &Table) -> Vec<String> {
        self.notes.clone()
    }
}

impl FeaturesSpec {
    /// The same with the checksums of its files.
    fn summed(&self) -> Result<Self, String> {
        let summed = |file: &Option<DataFile>| file.as_ref().map(DataFile::summed).transpose();
        let mut own = self.clone();
        own.features = self.features.summed()?;
        own.labels = summed(&self.labels)?;
        own.test_labels = summed(&self.test_labels)?;
        if let HeldOut::File(file) = &self.test {
            own.test = HeldOut::File(file.summed()?);
        }
        Ok(own)
    }
}

/// The row, the place of the class and the margin of every held-out row, in the order of the file.
fn margins_of(
    fitted: &Fitted,
    data: &Matrix<'_>,
    loaded: &Loaded,
    norm: Norm,
) -> Vec<(usize, usize, f64)> {
    let classes = loaded.held_out.classes.iter().enumerate();
    let mut rows: Vec<(usize, usize)> =
        classes.flat_map(|(class, rows)| rows.iter().map(move |row| (*row, class))).collect();
    rows.par_sort_unstable();
    let length = fitted.length(norm);
    let margin = |(row, class): (usize, usize)| {
        let sign = if class == 1 { 1.0 } else { -1.0 };
        (row, class, fitted.margin(data.row(row), sign, length))
    };
    rows.into_par_iter().map(margin).collect()
}

/// The fitted law, that of the held-out margins, and those of each class of them.
fn laws(
    fitted: &Fitted,
    norm: Norm,
    held_out: &[(usize, usize, f64)],
    names: &[String; 2],
) -> Result<[Law; 4], String> {
    let of = |class: Option<usize>| {
        let own = held_out.iter().filter(|(_, other, _)| class.is_none_or(|class| class == *other));
        let margins: Vec<f64> = own.map(|(_, _, margin)| *margin).collect();
        Law::of(&margins).ok_or_else(|| {
            let class = class.map_or_else(String::new, |class| format!(" of class {}", names[class]));
            format!("all held-out rows{class} have the same margin: give rows that differ")
        })
    };
    Ok([fitted.law(norm), of(None)?, of(Some(0))?, of(Some(1))?])
}

/// The stages that are asked for, in the order of the argument; `noise` is what a sigma of 1 does to margins.
fn stages(spec: &FeaturesSpec, noise: f64) -> Result<Vec<Asked>, SpecError> {
    let bare = |name, stage| Asked {
        name,
        sigma: 0.0,
        margin_sigma: 0.0,
        votes: None,
        certificate: None,
        stage,
    };
    let mut stages = vec![bare(UNDEFENDED, Stage::Undefended)];
    let sigmas = spec.sigma.values();
    if spec.n.is_some() && (spec.norm != Norm::TWO || sigmas == [0.0]) {
        let what = match spec.norm == Norm::TWO {
            true => "certificates take noise: write a --sigma above 0",
            false => "certificates are radii in the norm 2: leave --norm out",
        };
        return Err(SpecError::Together(format!("--n: {what}")));
    }
    for &sigma in sigmas {
        if !(sigma == 0.0 || (1e-15..=1e15).contains(&sigma)) {
            let expected = "0, or a number from 1e-15 to 1e15".to_owned();
            return Err(DomainError { name: "sigma", value: short(sigma), expected }.into());
        }
    }
    for &sigma in sigmas.iter().filter(|sigma| **sigma > 0.0) {
        let margin_sigma = sigma * noise;
        for &votes in spec.votes.values() {
            let name = if votes == Votes::ONE { DEFENDED } else { VOTED };
            let stage = Stage::Voted(Voted::new(margin_sigma, votes));
            stages.push(Asked { sigma, margin_sigma, votes: Some(votes), ..bare(name, stage) });
        }
        for &n in spec.n.iter().flat_map(AnswerList::values) {
            let smoothed = Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, margin_sigma)?;
            for &n0 in spec.n0.values() {
                let certifier = Certifier::new(&smoothed, n0, n, spec.alpha);
                let certificate = Some((n0, n, spec.alpha));
                let stage = bare(CERTIFIED, Stage::Certified(certifier));
                stages.push(Asked { sigma, margin_sigma, certificate, ..stage });
            }
        }
    }
    Ok(stages)
}

fn check_alpha(alpha: f64) -> Result<(), SpecError> {
    if (1e-100..=0.5).contains(&alpha) {
        return Ok(());
    }
    let expected = "a number from 1e-100 to 0.5".to_owned();
    Err(DomainError { name: "alpha", value: short(alpha), expected }.into())
}

/// 11 budgets from 0 to where one row in twenty is right, or to a spread beyond 0 where that is nowhere.
fn usual_budgets(margins: &Margins) -> Vec<Eps> {
    let values = margins.values();
    let high = values[(values.len() * 19) / 20];
    let high = if high > 0.0 { high } else { values[values.len() - 1] - values[0] };
    // To two digits, upwards.
    let unit = 10f64.powi((high.log10().floor() as i32) - 1);
    let steps = (high / unit).ceil();
    let budget = |i: u32| {
        // As one would write it.
        let text = format!("{:e}", f64::from(i) * steps * unit / 10.0);
        let rounded = format!("{:.3e}", text.parse::<f64>().unwrap_or(0.0));
        Eps::new(rounded.parse().unwrap_or(0.0)).unwrap_or(Eps::ZERO)
    };
    (0..=10).map(budget).collect()
}

/// Why there is no task, in the words of the command line.
fn refused(spec: &FeaturesSpec, error: FitError) -> SpecError {
    let what = match error {
        FitError::Constant(_) => "leave it out, or shrink with --shrinkage lw",
        FitError::Singular(_) => "shrink with --shrinkage lw, or give more rows than columns",
        FitError::NoSpread => "give rows that differ",
        FitError::SameMeans => "there is nothing to tell them apart by",
        FitError::Range => "scale them, to a standard deviation of about 1",
    };
    SpecError::Together(spec.features.wrong(&format!("{error}: {what}")))
}
