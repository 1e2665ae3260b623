//! The chart of simulation minus theory against the number of samples.

use plots::{Axis, Chart, Legend, Line, Points, Size, Style};

use crate::columns;
use crate::experiments::stage_style::STAGES;
use crate::report::Picture;
use crate::table::text::thousands;

columns! {
    /// One rate after a number of samples.
    pub struct DeviationRow {
        /// The stage; the rate is its adversarial accuracy.
        stage: String,
        /// How many θ vote; empty where there is no vote.
        votes: Option<u64>,
        /// The standard deviation of θ.
        sigma: f64,
        /// The adversary's budget.
        eps: f64,
        /// P[correct on x − yε], exact.
        adversarial_accuracy: f64,
        /// The first so many samples of the seed.
        samples: u64,
        /// Of these: correct under attack.
        adversarial_correct: u64,
        /// adversarial_correct/samples.
        mc_adversarial_accuracy: f64,
        /// |mc_adversarial_accuracy − adversarial_accuracy|.
        deviation: f64,
        /// What it is on average, √(2p(1 − p)/(πN)).
        expected_deviation: f64,
        /// Of the exact two-sided binomial test.
        p_value: f64,
        /// Whether it agrees with theory.
        agrees: Option<bool>,
    }
}

/// Returns the chart with one panel per ε: deviations as points, and their expected size as lines; `fixed` are the
/// parameters of the task.
#[must_use]
pub(super) fn picture(rows: &[DeviationRow], seed: u64, fixed: &str) -> Picture {
    let mut budgets: Vec<f64> = rows.iter().map(|row| row.eps).collect();
    budgets.sort_unstable_by(f64::total_cmp);
    budgets.dedup();
    let most = rows.iter().map(|row| row.samples).max().unwrap_or(0);
    let least = rows.iter().map(|row| row.samples).min().unwrap_or(0);
    let sigma = rows.first().map_or(1.0, |row| row.sigma);
    let title = format!(
        "The simulation converges to the theory at the rate of chance\nadversarial accuracy at σ = {sigma}, \
         {fixed}; the first {} to {} samples of seed {seed}",
        thousands(least),
        thousands(most)
    );
    let mut figure = plots::Figure::new(title, budgets.len().clamp(1, 2));
    // Some deviations happen to be tiny, and would compress the rest.
    let scale = |pick: fn(f64, f64) -> f64, start: f64| {
        rows.iter().map(|row| row.expected_deviation).fold(start, pick)
    };
    let (low, high) = (scale(f64::min, f64::INFINITY) / 12.0, scale(f64::max, 0.0) * 4.0);
    for (place, eps) in budgets.iter().enumerate() {
        let letter = char::from(b'a' + place as u8);
        let x = Axis::log("N, samples").range(least as f64, most as f64);
        let y = Axis::log(if place.is_multiple_of(2) { "|simulation − theory|" } else { "" })
            .range(low, high);
        let mut chart = Chart::new(x, y).title(format!("({letter}) ε = {eps}"));
        for (look, stage) in STAGES.iter().enumerate() {
            let here = || rows.iter().filter(|row| row.stage == *stage && row.eps == *eps);
            let Some(first) = here().next() else {
                continue;
            };
            let style = Style { radius: 1.9, width: 0.9, ..Style::series(look) };
            let label = match first.votes {
                Some(votes) => format!("{stage} (n = {votes})"),
                None => (*stage).to_owned(),
            };
            let line = here().map(|row| (row.samples as f64, row.expected_deviation));
            let points = here().map(|row| (row.samples as f64, row.deviation));
            chart = chart
                .with(Line::new(&label, line).style(style))
                .with(Points::new(&label, points).style(style));
        }
        figure = figure.with(chart);
    }
    let legend = Legend::below()
        .line_means(format!("expected size, ∝ {}", plots::label::power("N", "−1/2")));
    Picture::Panels(figure.legend(legend), Size::inches(6.5, 3.6))
}
