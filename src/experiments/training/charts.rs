//! The charts of training: how the threshold scatters, and the effect of fine-tuning epoch by epoch.

use engine::training::study::{Method, Study};
use plots::label::power;
use plots::{Axis, Band, Chart, Dash, Legend, Line, Points, Reference, Size, Style};
use task::spec::{Spec, SpecError, Word};
use task::{Defense, DomainError, Eps, Margin, Stage, Task};
use theory::accuracy::Profile;
use theory::invariance::invariance;
use theory::learning::sgd_floor;

use super::found::asymptotic_sd;
use super::{Training, TrainingSpec};
use crate::columns;
use crate::experiments::grid::{EPS, SIGMA};
use crate::experiments::own;
use crate::report::curves::{by_rank, log_spaced};
use crate::report::{Figure, FigureError, Picture};
use crate::table::text::thousands;
use crate::table::{Row, Table};

const SPREAD: &str = "threshold_sd_vs_train_size";
const EPOCHS: &str = "training_vs_epoch";

/// Returns the charts of a study, from its rows:
///
/// - the standard deviation of k̂ against N, with the limit laws and, for `sgd`, the part that remains due to its
///   learning rate, if there are several sizes and at least two repetitions;
/// - invariance and robust accuracy against the epoch of `sgd`, with the exact values at k = 0 and k = shift, if
///   there are epochs.
///
/// If sigma or ε has several values, the one nearest to the usual (σ = 1, ε = ½) is drawn, and the title says which.
pub fn figures(tables: &[Table], spec: Option<&dyn Spec>) -> Result<Vec<Figure>, FigureError> {
    let missing = "charts of training need its run.json beside the rows, which has the learning rate and the epochs";
    let wrong = |error: SpecError| FigureError::Missing(error.to_string());
    let spec: TrainingSpec = match spec {
        Some(spec) => own(spec).map_err(wrong)?,
        None => return Err(FigureError::Missing(missing.to_owned())),
    };
    let training = Training::new(spec).map_err(wrong)?;
    let study = training.study();
    let sigmas: Vec<f64> = study.defenses.iter().map(Defense::sigma).collect();
    let sigma = SIGMA.nearest(&sigmas);
    let eps = EPS.nearest(training.spec.eps.values());
    let here = |row: &Row<'_>| row.number("sigma") == sigma && row.number("eps") == eps;
    let Some(defense) = study.defenses.iter().find(|defense| defense.sigma() == sigma) else {
        return Ok(Vec::new());
    };
    let repetitions = tables[0].iter().filter_map(|row| row.count("repetitions")).max();
    let repetitions = repetitions.unwrap_or(2);
    let page = Page { study, defense: *defense, eps, repetitions };
    let mut figures = Vec::new();
    if study.sizes.len() > 1 && repetitions > 1 {
        figures.push(page.spread(&tables[0].iter().filter(here).collect::<Vec<_>>()));
    }
    if study.methods.contains(&Method::Sgd) && study.sgd.epochs > 0 {
        let epochs = tables.iter().find(|table| table.name == "epochs");
        let missing = || FigureError::Missing("epochs.csv is missing beside train.csv".to_owned());
        let epochs = epochs.ok_or_else(missing)?;
        figures.push(page.epochs(&epochs.iter().filter(here).collect::<Vec<_>>())?);
    }
    Ok(figures)
}

columns! {
    /// The classifier before training, or the best one on noisy inputs.
    pub struct EndRow {
        /// The k of sgn(x + θ − k): 0 before training, shift at its end.
        threshold: f64,
        /// The standard deviation of θ.
        sigma: f64,
        /// The adversary's budget.
        eps: f64,
        /// P[F(x) = sgn(x)], exact.
        invariance: f64,
        /// A(ε)/A(0), exact.
        robust_accuracy: f64,
    }
}

/// Returns both ends of training with a defense, evaluated at a budget.
pub fn end_rows(task: &Task, defense: &Defense, eps: Eps) -> Result<[EndRow; 2], DomainError> {
    let exact = |threshold| {
        let margin: Margin = Stage::Defended { threshold }.margin(task, defense)?;
        Ok(EndRow {
            threshold,
            sigma: defense.sigma(),
            eps: eps.get(),
            invariance: invariance(&margin).value,
            robust_accuracy: Profile::new(&margin).at(eps).robust.value,
        })
    };
    Ok([exact(0.0)?, exact(defense.shift())?])
}

struct Page<'a> {
    study: &'a Study,
    defense: Defense,
    eps: f64,
    repetitions: u64,
}

impl Page<'_> {
    fn task(&self) -> String {
        let (mean, data_std) = (self.study.task.mean(), self.study.task.data_std());
        let (shift, sigma) = (self.defense.shift(), self.defense.sigma());
        format!("σ = {sigma}, mean μ = {mean}, data_std ν = {data_std}, shift = {shift}")
    }

    fn sgd(&self) -> String {
        let sgd = self.study.sgd;
        format!("learning rate {}, batches of {}", sgd.learning_rate, sgd.batch_size)
    }

    fn spread(&self, rows: &[Row<'_>]) -> Figure {
        let study = self.study;
        let x = Axis::log("N, examples in a training set");
        let y = Axis::log("sd of the learned k (units of x)");
        let mut chart = Chart::new(x, y);
        let (least, most) = (study.sizes[0], study.sizes[study.sizes.len() - 1]);
        // A limit law that is far from valid would compress everything else.
        let measured =
            || rows.iter().filter_map(|row| row.maybe("threshold_sd")).filter(|sd| *sd > 0.0);
        let (low, high) =
            (measured().fold(f64::INFINITY, f64::min), measured().fold(0.0, f64::max));
        let near = |(_, sd): &(f64, f64)| (low / 10.0..=high * 10.0).contains(sd);
        for &method in &study.methods {
            let style = look(method);
            let points =
                rows.iter().filter(|row| row.word("method") == method.word()).filter_map(|row| {
                    let sd = row.maybe("threshold_sd")?;
                    let error = log_error(row.count("learned")? as usize);
                    Some((row.number("train_size"), sd, sd / error.exp(), sd * error.exp()))
                });
            let limit = log_spaced(least as f64, most as f64).filter_map(|n| {
                let sd = asymptotic_sd(method, &study.task, &self.defense, n.round() as usize)?;
                Some((n.round(), sd))
            });
            let mut limit: Vec<(f64, f64)> = limit.collect();
            if method == Method::Sgd {
                limit.extend(
                    self.floor()
                        .into_iter()
                        .flat_map(|floor| [(least as f64, floor), (most as f64, floor)]),
                );
            }
            let label = match method {
                Method::ZeroOne => format!("∝ {}", power("N", "−1/3")),
                Method::Logistic => format!("∝ {}", power("N", "−1/2")),
                Method::Sgd => "the learning rate’s own".to_owned(),
            };
            let name = match method {
                Method::ZeroOne => "fewest errors (zero-one)".to_owned(),
                Method::Logistic => "logistic regression".to_owned(),
                Method::Sgd => format!("sgd, {} epochs", study.sgd.epochs),
            };
            chart = chart
                .with(Line::new("", limit.into_iter().filter(near)).style(style).label(label))
                .with(Points::new(name, points).style(style));
        }
        let sgd = if study.methods.contains(&Method::Sgd) {
            format!("; sgd: {}", self.sgd())
        } else {
            String::new()
        };
        let title = format!(
            "How far the learned threshold scatters\n{}; {} repetitions{sgd}",
            self.task(),
            thousands(self.repetitions)
        );
        let legend =
            Legend::below().line_means("limit law").points_mean("measured, ± 2 standard errors");
        Figure { name: SPREAD.to_owned(), picture: chart.title(title).legend(legend).into() }
    }

    /// Returns the part of the spread that remains due to the learning rate.
    fn floor(&self) -> Option<f64> {
        let sgd = self.study.sgd;
        sgd_floor(&self.study.task, &self.defense, sgd.learning_rate, sgd.batch_size as f64)
    }

    fn epochs(&self, rows: &[Row<'_>]) -> Result<Figure, FigureError> {
        let study = self.study;
        let ends = end_rows(&study.task, &self.defense, Eps::new(self.eps)?)?;
        let mut panels = plots::Figure::new(
            format!(
                "Fine-tuning on noisy inputs, epoch by epoch: the mean and 5 to 95 % of {} repetitions\nε = {}, \
                 {}; {}",
                thousands(self.repetitions),
                self.eps,
                self.task(),
                self.sgd()
            ),
            2,
        );
        type Band3 = fn(&Row<'_>) -> Option<[f64; 3]>;
        type End = fn(&EndRow) -> f64;
        let quantities: [(&str, Band3, End); 2] = [
            ("rate of invariance", |row| band(row, "invariance"), |end| end.invariance),
            ("robust accuracy", |row| band(row, "robust_accuracy"), |end| end.robust_accuracy),
        ];
        for (label, value, at_end) in quantities {
            let limits = [(at_end(&ends[0]), "k = 0"), (at_end(&ends[1]), "k = shift")];
            let drawn = shown(&study.sizes);
            let seen =
                rows.iter().filter(|row| drawn.contains(&(row.number("train_size") as usize)));
            let all = seen.filter_map(|row| value(row)).flatten().chain(limits.map(|l| l.0));
            let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            });
            // Leave room for the labels of the limits, outside the range between them.
            let room = 0.12 * (high - low);
            let mut y = Axis::linear(label);
            if room > 0.0 {
                y = y.range(low - room, high + room);
            }
            let x = Axis::linear("epoch").range(0.0, f64::from(study.sgd.epochs));
            let mut chart = Chart::new(x, y);
            let count = drawn.len();
            for (index, size) in drawn.into_iter().enumerate() {
                // Not the colour of a stage: one colour, from light for small N to dark for large N.
                let look = Style::series(index + 1);
                let style = by_rank(index, count).dash(look.dash);
                let of_size = || {
                    let rows =
                        rows.iter().filter(move |row| row.number("train_size") == size as f64);
                    rows.filter_map(|row| Some((row.maybe("epoch")?, value(row)?)))
                };
                let band = of_size().map(|(epoch, [_, low, high])| (epoch, low, high));
                let mean = of_size().map(|(epoch, [mean, ..])| (epoch, mean));
                chart = chart
                    .with(Band::new("", band).style(style))
                    .with(Line::new(format!("N = {}", thousands(size as u64)), mean).style(style));
            }
            for (value, label) in limits {
                chart = chart.with(Reference::horizontal(value, label));
            }
            panels = panels.with(chart);
        }
        let picture = Picture::Panels(panels, Size::inches(6.5, 3.6));
        Ok(Figure { name: EPOCHS.to_owned(), picture })
    }
}

fn look(method: Method) -> Style {
    let style = Style::series(method as usize + 1);
    if method == Method::Logistic { style.dash(Dash::Dashed) } else { style }
}

/// Returns twice the standard error of the logarithm of the standard deviation of n nearly normal values.
fn log_error(n: usize) -> f64 {
    2.0 / (2.0 * (n as f64 - 1.0)).sqrt()
}

/// Returns the two smallest sizes, which learn slowly enough to be visible, and the largest: with more bands, they
/// would hide each other.
fn shown(sizes: &[usize]) -> Vec<usize> {
    let mut shown: Vec<usize> = sizes.iter().take(2).chain(sizes.last()).copied().collect();
    shown.dedup();
    shown
}

/// Returns the mean, the 5 % and the 95 % quantile of a metric of the thresholds.
fn band(row: &Row<'_>, name: &str) -> Option<[f64; 3]> {
    let of = |which: &str| row.maybe(&format!("{name}_{which}"));
    Some([of("mean")?, of("q05")?, of("q95")?])
}
