//! Captions in complete sentences.

use super::{CONFIDENCE, FALSE_ALARM, Name, Order};
use crate::table::text::thousands;

/// A self-contained description of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// The headline.
    pub title: &'static str,
    /// Paragraphs.
    pub text: Vec<String>,
    /// A command of another verb that produces the same rows; empty if there is none.
    pub rows_by: String,
}

/// The data, the stages and their names.
pub(super) const STAGES: &str = "The label y is ±1 with probability ½ each, and x given y is normal with mean \
    y·μ and standard deviation ν; the defense adds θ ~ N(shift, σ²). The stages are the undefended classifier \
    sgn(x), the defended one sgn(x + θ), the one trained on noisy inputs, sgn(x + θ − shift), and the majority \
    of n trained draws.";

/// The accuracies and their denominators.
pub(super) const METRICS: &str = "The robust accuracy is the share of the samples classified correctly without \
    an attack that stay correct under it; its denominator is the number of correctly classified samples. The \
    adversarial accuracy is the share of all samples that are classified correctly under attack. The adversary \
    moves x by at most ε, and its best move is −y·ε.";

/// The rate of invariance.
pub(super) const INVARIANCE: &str = "The rate of invariance is the share of all samples on which the noisy \
    classifier says what sgn(x) says.";

/// One θ for both inputs.
pub(super) const SAME: &str = "The clean and the attacked input see the same θ.";

/// The usual task.
pub(super) const TASK: &str = "Here μ = ν = shift = 1";

/// Returns the sentences on lines, points and bars.
pub(super) fn simulated(samples: u64, seed: u64) -> String {
    format!(
        "Lines are exact values; points are the simulation, {} samples of seed {seed}, which shares no formula \
         with them, and bars are its exact (Clopper–Pearson) intervals at {} %.",
        thousands(samples),
        CONFIDENCE.get() * 100.0
    )
}

impl Caption {
    /// Returns the whole text in Markdown; `command` makes the figure again.
    #[must_use]
    pub fn markdown(&self, command: &str) -> String {
        let mut text = format!("**{}.** {}\n", self.title, self.text.join("\n\n"));
        text += &format!("\nMade by `{command}`.\n");
        if !self.rows_by.is_empty() {
            text += &format!("The same rows are given by `{}`.\n", self.rows_by);
        }
        text
    }
}

/// Returns the command that makes this figure again; `flags` are those that differ from their defaults.
#[must_use]
pub fn command(name: Name, order: &Order, flags: &str) -> String {
    let Order { samples, seed, .. } = order;
    format!("gauss-sim figures --only {name} --samples {samples} --seed {seed}{flags} -o figures")
}

/// Returns the sentence on what the verdict covers.
#[must_use]
pub(crate) fn judged() -> String {
    format!(
        "The verdict is on every simulated row of every figure together: exact two-sided binomial p-values \
         against the closed form, at a false-alarm rate of {:e} for all of them.",
        FALSE_ALARM.get()
    )
}
