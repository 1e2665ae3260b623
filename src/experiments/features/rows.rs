//! The columns of rows, and of the tables beside them.

use task::certify::Answers;
use task::{Norm, Votes};

use crate::columns;
use crate::table::schema::{Head, Schema, Shown, Shows};
use crate::table::{Columnar, Row};

/// The stages, as rows name them.
pub(super) const UNDEFENDED: &str = "undefended";
/// One draw of the noise.
pub(super) const DEFENDED: &str = "defended";
/// The majority of several.
pub(super) const VOTED: &str = "voted";
/// What is certified.
pub(super) const CERTIFIED: &str = "certified";

columns! {
    /// The accuracy of the held-out rows at one stage and budget, beside what theory predicts.
    pub struct Keys {
        /// `undefended`, `defended` (one draw of the noise), `voted` (the majority of several) or `certified`.
        stage: &'static str,
        /// p of the ℓp norm of the adversary's budget.
        norm: Norm [1.0, f64::INFINITY],
        /// The standard deviation of the noise on every feature, in units of the features; 0 for undefended.
        sigma: f64 [0.0, 1e15],
        /// The same in units of margins: sigma·‖w‖₂/‖w‖_q.
        margin_sigma: f64 [0.0, f64::INFINITY],
        /// How many noisy answers vote; empty where there is no vote.
        votes: Option<Votes> [1.0, f64::INFINITY],
        /// How many noisy answers select the class of a certificate; empty of other stages.
        n0: Option<Answers> [1.0, f64::INFINITY],
        /// How many are counted for it; empty of other stages.
        n: Option<Answers> [1.0, f64::INFINITY],
        /// How often a certificate may be wrong; empty of other stages.
        alpha: Option<f64> [0.0, 0.5],
        /// The adversary's budget in its norm, in units of the features; of a certificate its radius.
        eps: f64 [0.0, 1e15],
        /// How many rows are held out.
        held_out: u64,
        /// How many of them are correct under attack; empty where noise decides.
        right: Option<u64>,
        /// P[right under the best attack of budget eps], of all held-out rows, exact: undefended right/held_out, else the mean over
        /// the rows of what each margin gives. Of a certificate P[the right class is certified at eps].
        accuracy: f64 [0.0, 1.0],
        /// The lower limit of the exact (Clopper–Pearson) interval of right/held_out; empty where right is.
        low: Option<f64> [0.0, 1.0],
        /// Its upper limit.
        high: Option<f64> [0.0, 1.0],
        /// The lower limit of the simultaneous band: at the confidence it holds the accuracies of the population of all rows at once.
        band_low: f64 [0.0, 1.0],
        /// Its upper limit.
        band_high: f64 [0.0, 1.0],
        /// The accuracy that the fitted task predicts.
        fitted_accuracy: Option<f64> [0.0, 1.0],
        /// The accuracy of a normal law with the moments of the held-out margins.
        moments_accuracy: Option<f64> [0.0, 1.0],
        /// The accuracy of two normal laws, one for each class, with the moments of the held-out margins.
        class_moments_accuracy: Option<f64> [0.0, 1.0],
    }
}

columns! {
    /// The margin of a held-out row.
    pub struct MarginRow {
        /// The number of the row in its file, from 0.
        row: u64,
        /// Its class, as its labels name it.
        class: String,
        /// The class in the task, −1 or 1.
        y: i8,
        /// Its distance from the boundary in the adversary's norm, in units of the features; negative where it is misclassified.
        margin: f64,
    }
}

/// The laws, as the table of laws names them.
pub(super) const FITTED: &str = "fitted";
/// Of all held-out margins.
pub(super) const MOMENTS: &str = "moments";
/// Of those of each class.
pub(super) const CLASSES: [&str; 2] = ["class_minus", "class_plus"];

columns! {
    /// A normal law of margins.
    pub struct LawRow {
        /// `fitted`, of the training rows; `moments`, of the held-out margins; `class_minus` and `class_plus`, of those of each class.
        law: &'static str,
        /// How many margins it describes; training rows for `fitted`.
        count: u64,
        /// Its mean, in units of the features.
        mean: f64,
        /// Its standard deviation, in units of the features.
        std: f64 [0.0, f64::INFINITY],
        /// The largest difference between the accuracies of the held-out rows and of the law, at any eps, below 0, too: Kolmogorov's
        /// distance. Those of the two classes together stand at class_plus.
        distance: Option<f64> [0.0, 1.0],
        /// Where that is.
        distance_eps: Option<f64>,
        /// A bound on the p-value of that distance, 2·exp(−2·held_out·distance²); only of fitted, since the others were made from the same
        /// margins.
        p_value: Option<f64> [0.0, 1.0],
    }
}

columns! {
    /// A feature in the fitted task.
    pub struct FeatureRow {
        /// Its number, from 0.
        feature: u64,
        /// The middle of the two class means.
        centre: f64,
        /// Half their difference: its mean given class +1, from the centre.
        mean: f64,
        /// Its standard deviation within a class, after shrinkage.
        std: f64 [0.0, f64::INFINITY],
        /// Its weight; all divided by their length ‖w‖₂.
        weight: f64 [-1.0, 1.0],
    }
}

pub(super) fn schema() -> Schema {
    let text = |head, latex, of, shown| Head { head, latex, cell: Shows::Text(of), shown };
    let always = |head, of| text(head, head, of, Shown::Always);
    Schema {
        file: "rows",
        keys: Keys::columns(),
        rates: Vec::new(),
        counts: Vec::new(),
        found: Vec::new(),
        label: ("stage", label),
        variables: Vec::new(),
        shown: vec![
            text("ε", "$\\varepsilon$", |row| short_of(row.number("eps")), Shown::WhereItDiffers),
            always("held out", |row| digits(row.maybe("accuracy"))),
            text("interval", "interval", |row| range(row, "low", "high"), Shown::WhereThereIsAny),
            always("band", |row| range(row, "band_low", "band_high")),
            always("fitted task", |row| digits(row.maybe("fitted_accuracy"))),
            always("normal, held-out moments", |row| digits(row.maybe("moments_accuracy"))),
            always("one a class", |row| digits(row.maybe("class_moments_accuracy"))),
        ],
        shown_behind: Vec::new(),
    }
}

/// What sets the curve of a row apart from others: all but ε.
pub(super) fn label(row: &Row<'_>) -> String {
    let sigma = row.number("sigma");
    let count = |n: f64| if n.is_finite() { n.to_string() } else { "∞".to_owned() };
    match row.word("stage") {
        VOTED => format!("voted (n = {}; σ = {sigma})", count(row.number("votes"))),
        CERTIFIED => format!("certified (n = {}; σ = {sigma})", count(row.number("n"))),
        DEFENDED => format!("defended (σ = {sigma})"),
        stage => stage.to_owned(),
    }
}

/// A probability to as many digits as held-out rows tell.
fn digits(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.4}"))
}

fn range(row: &Row<'_>, low: &str, high: &str) -> String {
    match (row.maybe(low), row.maybe(high)) {
        (Some(low), Some(high)) => format!("{low:.4}–{high:.4}"),
        _ => String::new(),
    }
}

fn short_of(value: f64) -> String {
    task::range::short(value)
}
