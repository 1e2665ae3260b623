//! The task that logs fit: to all draws, and to the first half of them.

use std::borrow::Cow;
use std::num::NonZeroU32;

use task::{DomainError, Eps, Margin, Task, Votes};
use theory::accuracy::{self, Accuracies};
use theory::fresh::Fresh;
use theory::logs::CountTable;
use theory::logs::probit::{Fit, FitError, fit};

use super::count::{Counted, MOST_FITTED, half};
use super::rows::Fitted;

/// Below this p-value the counts are said not to be of the family.
pub(super) const REJECTED: f64 = 0.01;

/// A fit, and the draws that it has seen.
#[derive(Debug, Clone)]
pub(super) struct FitTo {
    pub(super) draws: [u32; 2],
    pub(super) found: Result<Fit, FitError>,
}

/// The fits of a log.
#[derive(Debug, Clone)]
pub(super) struct Fits {
    /// To all draws, or to as many as say something; `None` where there are too few.
    pub(super) all: Option<FitTo>,
    /// To the first half of the draws; `None` where there are too few to hold some out.
    pub(super) first: Option<FitTo>,
}

fn fit_to(
    counted: &Counted,
    draws: [u32; 2],
    right: impl Fn(usize) -> (u32, u32) + Sync,
) -> Option<FitTo> {
    let width = u64::from(draws[1]) + 1;
    let cells = counted.cells((u64::from(draws[0]) + 1) * width, |sample| {
        let (clean, attacked) = right(sample);
        u64::from(clean) * width + u64::from(attacked)
    });
    let mut all: Vec<(u64, u64)> = cells.into_iter().flatten().collect();
    all.sort_unstable();
    let cells = all
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| {
            let key = same[0].0;
            ((key / width) as u32, (key % width) as u32, same.iter().map(|cell| cell.1).sum())
        })
        .collect();
    let table = CountTable::new(draws[0], draws[1], cells)?;
    Some(FitTo { draws, found: fit(&table) })
}

impl Fits {
    /// Fits to all draws and to half of them. Where both inputs have the same draws, the fit sees other draws of the one than of
    /// the other, so that given the sample all are independent.
    pub(super) fn new(counted: &Counted) -> Self {
        let (clean, attacked) = (&counted.clean, &counted.attacked);
        let halves = [half(clean.draws), half(attacked.draws)];
        if counted.both.is_some() {
            let fits = (halves[0] > 0).then(|| {
                let draws = [halves[0], attacked.draws - halves[1]];
                fit_to(counted, draws, |i| (clean.first[i], attacked.second(i)))
            });
            let fits = fits.flatten();
            return Self { all: fits.clone(), first: fits };
        }
        let first = (halves[0] > 0 && halves[1] > 0)
            .then(|| fit_to(counted, halves, |i| (clean.first[i], attacked.first[i])))
            .flatten();
        let all = if clean.draws.max(attacked.draws) > MOST_FITTED && first.is_some() {
            first.clone()
        } else {
            fit_to(counted, [clean.draws, attacked.draws], |i| (clean.right[i], attacked.right[i]))
        };
        Self { all, first }
    }

    /// The task fitted to all draws.
    pub(super) fn task(&self) -> Option<&Fit> {
        self.all.as_ref()?.found.as_ref().ok()
    }

    /// The task fitted to the first half.
    pub(super) fn training(&self) -> Option<&Fit> {
        self.first.as_ref()?.found.as_ref().ok()
    }

    /// The rows of the fits.
    pub(super) fn rows(&self) -> Vec<Fitted> {
        let row = |(name, fit): (&str, &Option<FitTo>)| {
            let FitTo { draws, found } = fit.as_ref()?;
            let fit = found.as_ref().ok()?;
            let test = fit.goodness;
            Some(Fitted {
                fitted_to: name.to_owned(),
                clean_draws: draws[0],
                attacked_draws: draws[1],
                mean: fit.mean,
                mean_error: fit.standard_errors[0],
                data_std: fit.data_std,
                data_std_error: fit.standard_errors[1],
                eps: fit.eps,
                eps_error: fit.standard_errors[2],
                log_likelihood: fit.log_likelihood.value,
                log_likelihood_error: fit.log_likelihood.error,
                chi_square: test.map(|test| test.statistic),
                degrees: test.map(|test| test.degrees),
                p_value: test.map(|test| test.p_value),
            })
        };
        [("all", &self.all), ("first", &self.first)].into_iter().filter_map(row).collect()
    }

    /// What is said of the fit, line by line.
    pub(super) fn lines(&self) -> Vec<String> {
        let Some(all) = &self.all else {
            return vec!["no task is fitted: log at least 4 draws of each sample, as both inputs have the same ones".to_owned()];
        };
        let fit = match &all.found {
            Ok(fit) => fit,
            Err(error) => return vec![format!("no task is fitted: {error}")],
        };
        let [a, b, e] = fit.standard_errors;
        let [clean, attacked] = all.draws;
        let mut lines = vec![format!(
            "the fitted task, to {clean} clean and {attacked} attacked draws: mean {:.4} ± {a:.4}, data_std {:.4} ± {b:.4}, \
             eps {:.4} ± {e:.4}, in units of sigma",
            fit.mean, fit.data_std, fit.eps
        )];
        lines.push(match fit.goodness {
            None => {
                "whether the counts are of this family cannot be tested: too few samples".to_owned()
            }
            Some(test) => {
                let verdict = match test.p_value < REJECTED {
                    true => "the counts are not of this family: take the fit as a guide",
                    false => "the counts do not contradict the family",
                };
                format!(
                    "{verdict} (χ² {:.1} on {} degrees of freedom, p-value {:.2e})",
                    test.statistic, test.degrees, test.p_value
                )
            }
        });
        lines
    }
}

/// What a fitted task says of the attack with fresh draws, one or the same; `None` where the attack helps, which no
/// task has.
pub(super) fn accuracies(fit: &Fit, same: bool, tries: u32) -> Option<Accuracies> {
    let of = || -> Result<Accuracies, DomainError> {
        let margin = Margin::new(Task::new(fit.mean, fit.data_std)?, 0.0, 1.0, Votes::ONE)?;
        let eps = Eps::new(fit.eps)?;
        Ok(match same {
            true => accuracy::accuracies(&margin, eps),
            false => Fresh::persistent(&margin, NonZeroU32::new(tries).unwrap_or(NonZeroU32::MIN))
                .at(eps),
        })
    };
    of().ok()
}

/// The fitted task as files: for `nd`, and as a question of `theory`, `simulate` and `sweep`.
pub(super) fn files(fit: &Fit) -> Vec<(&'static str, Cow<'static, [u8]>)> {
    let (a, b, e) = (fit.mean, fit.data_std, fit.eps.max(0.0));
    let said = if fit.eps < 0.0 {
        format!("# The attack helps by {:?}, which no adversary does: eps is 0 here.\n", -fit.eps)
    } else {
        String::new()
    };
    let task = format!(
        "# The task that logged predictions fit, in units of sigma: gauss-sim nd task.toml --sigma 1 --eps {e:?}\n{said}\
         title = \"Fitted to logged predictions\"\n\n[task]\nmean = [{a:?}]\ncovariance = [{:?}]\nprior = 0.5\n\n\
         [defense]\nshift = 0.0\ncovariance = 1.0\n\n[adversary]\nnorm = 2\n",
        b * b
    );
    let question = format!(
        "# The task that logged predictions fit, in units of sigma: gauss-sim theory --spec question.toml\n{said}\
         experiment = \"stages\"\nmean = {a:?}\ndata_std = {b:?}\nshift = 0\nsigma = 1\neps = {e:?}\nvotes = \"11\"\n"
    );
    vec![("task.toml", task.into_bytes().into()), ("question.toml", question.into_bytes().into())]
}
