//! The Gaussian task of a user's features, and how far held-out rows are from it.
//!
//! ```text
//! FEATURES -> load -> theory::fit -+-> the fitted task (task.toml, for nd)
//!                                  +-> held-out margins -> accuracies, votes, certificates -> rows, laws, charts
//! ```
//!
//! Nothing is drawn: a margin says by a formula what an attack, a vote and a certificate do with its row. So there is no
//! sampler and no verdict; what rows are compared with, and how far they may be from it, stands in their columns.

mod asked;
mod charts;
mod data;
mod files;
mod load;
mod rows;
mod spec;

use std::borrow::Cow;

use rayon::prelude::*;
use serde_json::json;
use task::fit::Shrinkage;
use task::spec::{Spec, SpecError};
use task::{Eps, Norm};
use theory::fit::held_out::{Margins, band, p_value};
use theory::fit::ladder::{Law, Rung};
use theory::fit::{FitError, Fitted, Matrix, fit};

use self::asked::{Asked, check_alpha, stages, usual_budgets};
use self::files::TaskFiles;
use self::load::{Loaded, load};
use self::rows::{
    CLASSES, FITTED, FeatureRow, Keys, LawRow, MOMENTS, MarginRow, UNDEFENDED, schema,
};
pub use self::spec::FeaturesSpec;
use super::grid::{MAX_ROWS, budgets, check_size};
use super::own;
use crate::check::clopper_pearson;
use crate::experiment::{ExactRow, Experiment, Findings, Kind, Tally, UsualPlan, Watch};
use crate::table::{Columnar, Table};

/// The kind.
pub static KIND: Kind = Kind {
    name: "features",
    verbs: "fit",
    spec: || Box::new(FeaturesSpec::default()),
    new: |spec| Ok(Box::new(Features::new(own(spec)?)?)),
    schema,
    beside: || {
        vec![Table::new("laws", LawRow::columns()), Table::new("margins", MarginRow::columns())]
    },
    plan: UsualPlan::NOTHING,
    charts: |tables, _| charts::figures(tables),
};

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
        let size = [
            ("eps", eps.len()),
            ("sigma", spec.sigma.values().len()),
            ("votes", spec.votes.values().len()),
        ];
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
        let p_text = at_least(p);
        let inside = match far[0].distance <= half {
            true => "the fitted task is within it",
            false => "the fitted task is outside of it",
        };
        let lines = vec![
            format!(
                "A band of ±{half:.4} holds the accuracies of all rows at once, at {percent}% confidence; {inside}."
            ),
            format!(
                "The largest difference at any ε: fitted task {:.4} (at ε = {:.3}; p ≤ {p_text}), a normal law with the held-out \
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
            let class =
                class.map_or_else(String::new, |class| format!(" of class {}", names[class]));
            format!("all held-out rows{class} have the same margin: give rows that differ")
        })
    };
    Ok([fitted.law(norm), of(None)?, of(Some(0))?, of(Some(1))?])
}

/// A probability to two digits, never less than it is.
fn at_least(p: f64) -> String {
    let p = p.max(1e-300);
    let unit = if p < 0.01 { 10f64.powf(p.log10().floor() - 1.0) } else { 0.01 };
    let up = (p / unit).ceil() * unit;
    if p < 0.01 { format!("{up:.1e}") } else { format!("{up:.2}") }
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
