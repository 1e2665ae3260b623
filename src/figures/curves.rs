//! A quantity against sigma or eps: one curve a series.

use plots::{Axis, Chart, Legend, Line, Points};

use super::{Data, Figure, Series, Variable, evenly, nearest, style, thousands};
use crate::answer::{Answer, Judged};
use crate::row::{NUMBERS_OF_VOTES, THRESHOLDS};

#[derive(Clone, Copy)]
pub(super) enum Quantity {
    RobustAccuracy,
    CleanAccuracy,
    AdversarialAccuracy,
    AttackSuccessRate,
}

impl Quantity {
    pub(super) const ALL: [Self; 4] = [
        Self::RobustAccuracy,
        Self::CleanAccuracy,
        Self::AdversarialAccuracy,
        Self::AttackSuccessRate,
    ];

    pub(super) fn depends_on(self, variable: Variable) -> bool {
        !(matches!(self, Self::CleanAccuracy) && variable == Variable::Eps)
    }

    fn name(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "robust_accuracy",
            Self::CleanAccuracy => "clean_accuracy",
            Self::AdversarialAccuracy => "adversarial_accuracy",
            Self::AttackSuccessRate => "attack_success_rate",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "Robust accuracy",
            Self::CleanAccuracy => "Clean accuracy",
            Self::AdversarialAccuracy => "Adversarial accuracy",
            Self::AttackSuccessRate => "Attack success rate",
        }
    }

    /// What is on the axis, with its denominator.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::RobustAccuracy => "robust accuracy (share of the correct)",
            Self::CleanAccuracy => "clean accuracy (share of all)",
            Self::AdversarialAccuracy => "adversarial accuracy (share of all)",
            Self::AttackSuccessRate => "attack success rate (share of the correct)",
        }
    }

    pub(super) fn exact(self, row: &Answer) -> f64 {
        match self {
            Self::RobustAccuracy => row.robust_accuracy,
            Self::CleanAccuracy => row.clean_accuracy,
            Self::AdversarialAccuracy => row.adversarial_accuracy,
            Self::AttackSuccessRate => row.attack_success_rate,
        }
    }

    /// (estimate, low, high).
    pub(super) fn simulated(self, row: &Answer) -> Option<(f64, f64, f64)> {
        let robust = || Some((row.mc_robust_accuracy?, row.mc_robust_low?, row.mc_robust_high?));
        match self {
            Self::RobustAccuracy => robust(),
            Self::CleanAccuracy => {
                Some((row.mc_clean_accuracy?, row.mc_clean_low?, row.mc_clean_high?))
            }
            Self::AdversarialAccuracy => Some((
                row.mc_adversarial_accuracy?,
                row.mc_adversarial_low?,
                row.mc_adversarial_high?,
            )),
            Self::AttackSuccessRate => {
                robust().map(|(value, low, high)| (1.0 - value, 1.0 - high, 1.0 - low))
            }
        }
    }
}

/// At most about this many simulated points on a curve; with more, the bars hide each other.
pub(super) const POINTS: usize = 17;

/// At most this many thresholds, or numbers of votes, have a curve; more drown each other.
const CURVES: usize = 6;
/// Of each, where there are many of both: so many looks stay apart.
const CURVES_OF_BOTH: usize = 3;

impl<'a, R: Judged> Data<'a, R> {
    /// One curve a series.
    pub(super) fn curves(&self, quantity: Quantity, along: Variable, fixed: Variable) -> Figure {
        let values = self.values(along);
        let at = nearest(self.values(fixed), fixed.usual());
        let headline = format!("{} against {}", quantity.title(), along.symbol());
        let axis = self.axis(along).range(values[0], values[values.len() - 1]);
        let mut chart = Chart::new(axis, Axis::linear(quantity.label()));
        let stride = values.len().div_ceil(POINTS);
        let (series, note) = self.shown();
        let mut drawn = String::new();
        for series in &series {
            let mut rows: Vec<&R> =
                series.rows.iter().copied().filter(|row| fixed.of(*row) == at).collect();
            rows.sort_by(|a, b| along.of(*a).total_cmp(&along.of(*b)));
            let line = rows.iter().map(|row| (along.of(*row), quantity.exact(&row.answer())));
            chart = chart.with(Line::new(&series.label, line).style(series.style));
            let points: Vec<(f64, f64, f64, f64)> = rows
                .iter()
                .step_by(stride)
                .filter_map(|row| {
                    let (value, low, high) = quantity.simulated(&row.answer())?;
                    Some((along.of(*row), value, low, high))
                })
                .collect();
            if !points.is_empty() {
                chart = chart.with(Points::new(&series.label, points).style(series.style));
                let samples = series.rows.iter().filter_map(|row| row.answer().samples).max();
                drawn = samples.map_or_else(String::new, |n| format!(", {} samples", thousands(n)));
            }
        }
        let fixed_at = match quantity.depends_on(fixed) {
            true => format!("{} = {at}, ", fixed.symbol()),
            false => String::new(),
        };
        Figure {
            name: format!("{}_vs_{}", quantity.name(), along.name()),
            picture: chart
                .title(format!("{headline}\n{fixed_at}{}{drawn}{note}", self.task))
                .legend(Legend::auto().line_means("theory").points_mean("simulation, interval"))
                .into(),
        }
    }

    /// The series that have a curve, each with its look, and what the title says of those that do not.
    pub(super) fn shown(&self) -> (Vec<Series<'a, R>>, String) {
        let families = [THRESHOLDS, NUMBERS_OF_VOTES].map(|what| {
            let mut family: Vec<(&Series<'_, R>, f64)> = self
                .series
                .iter()
                .filter_map(|series| Some((series, series.member(what)?)))
                .collect();
            family.sort_by(|a, b| a.1.total_cmp(&b.1));
            (family.into_iter().map(|(series, _)| series).collect::<Vec<_>>(), what)
        });
        let crowded = families.iter().any(|(family, _)| family.len() > CURVES);
        let both = families.iter().all(|(family, _)| family.len() > CURVES_OF_BOTH);
        let most = if both { CURVES_OF_BOTH } else { CURVES };
        let mut shown = self.series.clone();
        let mut note = String::new();
        for (family, what) in families {
            if crowded && family.len() > most {
                let kept = evenly(&family, most);
                let dropped = |series: &Series<'_, R>| {
                    family.iter().any(|other| other.label == series.label)
                        && !kept.iter().any(|other| other.label == series.label)
                };
                shown.retain(|series| !dropped(series));
                note += &format!("; {most} of {} {what}", family.len());
            }
        }
        style(&mut shown);
        (shown, note)
    }
}
