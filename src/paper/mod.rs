//! Every figure of the paper's argument, drawn from rows that are written beside it; as files, in LaTeX, and as a
//! page of HTML.
//!
//! A [`Sheet`] is one figure with its rows and its caption; [`make`] makes one, and [`judge`] decides for all
//! simulated rows of several figures whether theory and simulation agree.

mod ask;
mod blocks;
pub mod caption;
mod certificates;
mod claims;
mod convergence;
mod convergence_chart;
mod densities;
mod densities_chart;
mod given;
mod gradients;
pub mod html;
pub mod latex;
mod learned;
mod linear;
mod pools;
mod protocols;
mod protocols_chart;
mod queries;
pub mod statements;
mod sweeps;

use std::fmt;

use task::DomainError;
use task::range::{Count, CountError, Probability, quote};
use task::spec::SpecError;

use self::caption::Caption;
pub use self::given::{Fate, Given};
use crate::check::rates::Widest;
use crate::check::{Verdict, row_agrees};
use crate::report::{Figure, FigureError, NARROW, Picture};
use crate::run::Answer;
use crate::table::Table;

/// The confidence of every interval.
pub const CONFIDENCE: Probability = Probability::of(0.95).unwrap();
/// The largest probability with which correct figures are said to disagree: see [`judge`].
pub const FALSE_ALARM: Probability = Probability::of(1e-6).unwrap();
/// The smallest number of samples, at which the figure of convergence begins.
pub const LEAST_SAMPLES: u64 = 1000;
/// The largest number of samples: the figure of convergence takes ten times as many.
pub const MOST_SAMPLES: u64 = 100_000_000_000_000;

/// Declares the figures by name, in the order of the argument.
macro_rules! names {
    ($($variant:ident $name:literal $what:literal,)*) => {
        /// A figure of the argument.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Name {
            $(#[doc = $what] $variant,)*
        }

        impl Name {
            /// All figures, in the order of the argument.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Returns the name of the figure's files.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Returns what the figure shows, in a few words.
            #[must_use]
            pub fn what(self) -> &'static str {
                match self {
                    $(Self::$variant => $what,)*
                }
            }
        }

        /// The figures, each with what it shows, for a help text.
        pub const LIST: &str = concat!($("  ", $name, "\n      ", $what, "\n"),*);
    };
}

names! {
    Task "task" "the two classes, the boundary and the ±ε around it, in each of the four stages",
    Sigma "robust_accuracy_vs_sigma" "the four stages against the noise of the defense",
    Eps "robust_accuracy_vs_eps" "the four stages against the budget of the adversary",
    Invariance "robust_accuracy_vs_invariance" "robust accuracy against the rate of invariance, along k",
    Votes "robust_accuracy_vs_votes" "what more votes make of robust accuracy, and their limit",
    Epoch "training_vs_epoch" "fine-tuning on noisy inputs, epoch by epoch",
    Claims "claims_map" "where in the plane of σ and ε each claim of the paper fails",
    Metrics "metrics_and_draws" "two metrics and three draw protocols, side by side",
    Convergence "convergence" "simulation less theory against the number of samples",
    Optimum "adversarial_accuracy_nd" "in d dimensions, the stages beside the robust optimum",
    Gap "gap_to_optimum" "in d dimensions, the noise whose vote reaches the robust optimum",
    Gradients "accuracy_vs_gradients" "what a budget of gradients buys an attack, however it is split",
    Splits "steps_and_eot" "every number of steps with every number of gradients a step",
    Signs "sign_match_vs_gradients" "how often one gradient must be right so that EOT is not needed",
    Judges "judges_vs_steps" "one attack, judged in four ways",
    Plane "barrage_plane" "a barrage of transformations: robust against clean accuracy",
    Growth "barrage_gains" "what a barrage gains in one metric and loses in others as it grows",
    Certified "certified_accuracy" "randomized smoothing: what n noisy answers certify, and the truth",
    CertifiedNd "certified_accuracy_nd" "in d dimensions, the robustness that training with noise adds and smoothing certifies",
    Blocks "blocks_vs_eps" "a random one of several sub-problems, against votes and classifiers of all",
    Questions "accuracy_vs_queries" "what questions do to noise, with the bound for any black-box attacker",
    Protection "best_noise_for_queries" "the noise that protects best against so many questions",
}

impl Name {
    /// The figure of this name. The message says which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|name| name.name() == text.trim());
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("{} is not a figure: write one of {names}", quote(text))
        })
    }
}

/// Reads how many samples figures have. The message says what would be right.
pub fn samples_of(text: &str) -> Result<Count, String> {
    let count: Count = text.parse().map_err(|error: CountError| error.to_string())?;
    if (LEAST_SAMPLES..=MOST_SAMPLES).contains(&count.get()) {
        return Ok(count);
    }
    Err(format!(
        "{} is not possible: write a whole number from {LEAST_SAMPLES} to 1e14",
        quote(text)
    ))
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The settings with which figures are made.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The number of samples, from [`LEAST_SAMPLES`] to [`MOST_SAMPLES`].
    pub samples: u64,
    /// The key of all streams.
    pub seed: u64,
    /// The width of the page, in points: panels are arranged to fit it.
    pub width: f64,
    /// Parameters in place of the figures' own.
    pub given: Given,
}

impl Order {
    /// Returns the number of samples of real vectors, which are more expensive.
    #[must_use]
    pub fn vectors(&self) -> u64 {
        (self.samples / 100).max(LEAST_SAMPLES)
    }

    /// Returns whether the page is as narrow as a column, rather than a text width.
    fn narrow(&self) -> bool {
        self.width < NARROW
    }
}

/// The rows of a figure.
#[derive(Debug, Clone)]
pub struct Data {
    /// The rows, under the name of their file.
    pub table: Table,
    /// A description of the rows, in a few words.
    pub what: &'static str,
    /// The tests with the least information about these rows, if they are tested.
    pub widest: Option<Widest>,
}

impl Data {
    /// Creates rows that are not simulated.
    fn exact(table: Table, what: &'static str) -> Self {
        Self { table, what, widest: None }
    }

    /// Creates the rows of an answer, with another name.
    fn of(answer: Answer, name: &str, what: &'static str) -> Self {
        let mut tables = answer.tables;
        let table = tables.swap_remove(0).named(name);
        Self { table, what, widest: Some(answer.widest) }
    }

    /// Creates the rows of an answer, with another name, and those that were counted again, if any.
    fn all(mut answer: Answer, name: &str, what: &'static str) -> Vec<Self> {
        let again = answer.recounted.take().map(|widest| Self {
            table: answer.tables.remove(1).named(format!("{name}_drawn")),
            what: "the rows with votes, of the samples of which all votes were drawn",
            widest: Some(widest),
        });
        std::iter::once(Self::of(answer, name, what)).chain(again).collect()
    }
}

/// A figure with its rows, files and caption.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The name of the figure.
    pub name: Name,
    /// The picture that is drawn.
    pub picture: Picture,
    /// The picture for one column of a paper or for a phone, if it is a different one.
    pub column: Option<Picture>,
    /// The rows that it is drawn from; the first table has the figure's name.
    pub tables: Vec<Data>,
    /// Other files that its commands need: name and text.
    pub files: Vec<(String, &'static str)>,
    /// The caption.
    pub caption: Caption,
}

impl Sheet {
    /// Returns the picture for a page as narrow as a column.
    #[must_use]
    pub fn for_column(&self) -> &Picture {
        self.column.as_ref().unwrap_or(&self.picture)
    }
}

/// The reason why a figure cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A question is not valid.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Rows that cannot be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// Rows that cannot be written as CSV.
    #[error("the rows of {0} cannot be written as CSV: {1}")]
    Csv(String, csv::Error),
    /// Something that every run has is missing.
    #[error("{0}")]
    Missing(String),
}

impl From<DomainError> for PaperError {
    fn from(error: DomainError) -> Self {
        Self::Spec(error.into())
    }
}

/// Makes a figure, with those of the given parameters that it takes; its simulation runs on rayon's current pool. The
/// rows are not judged yet: see [`judge`].
pub fn make(name: Name, order: &Order) -> Result<Sheet, PaperError> {
    let order = &Order { given: order.given.of(name), ..order.clone() };
    match name {
        Name::Task => densities::sheet(order),
        Name::Sigma => sweeps::sigma(order),
        Name::Eps => sweeps::eps(order),
        Name::Invariance => sweeps::invariance(order),
        Name::Votes => sweeps::votes(order),
        Name::Epoch => learned::sheet(order),
        Name::Claims => claims::sheet(order),
        Name::Metrics => protocols::sheet(order),
        Name::Convergence => convergence::sheet(order),
        Name::Optimum => linear::optimum(order),
        Name::Gap => linear::gap(order),
        Name::Gradients => gradients::budget(order),
        Name::Splits => gradients::splits(order),
        Name::Signs => gradients::signs(order),
        Name::Judges => gradients::judges(order),
        Name::Plane => pools::plane(order),
        Name::Growth => pools::growth(order),
        Name::Certified => certificates::answers(order),
        Name::CertifiedNd => certificates::training(order),
        Name::Blocks => blocks::choices(order),
        Name::Questions => queries::questions(order),
        Name::Protection => queries::protection(order),
    }
}

/// Judges all simulated rows of all sheets together, at [`FALSE_ALARM`], and writes the result into each row. `None`
/// if nothing was simulated.
pub fn judge(sheets: &mut [Sheet]) -> Option<Verdict> {
    let p_values = |data: &Data| -> Vec<Option<f64>> {
        data.table.iter().map(|row| row.maybe("p_value")).collect()
    };
    let data = || sheets.iter().flat_map(|sheet| &sheet.tables);
    let all: Vec<Option<f64>> = data().flat_map(p_values).collect();
    let rows = all.iter().flatten().count();
    if rows == 0 {
        return None;
    }
    let level = FALSE_ALARM.get();
    let widest = data().filter_map(|data| data.widest.as_ref());
    let detectable = widest.map(|widest| widest.detectable(level, rows)).fold(0.0, f64::max);
    for data in sheets.iter_mut().flat_map(|sheet| &mut sheet.tables) {
        let agrees = p_values(data).into_iter().map(|p| p.map(|p| row_agrees(p, level, rows)));
        let agrees: Vec<_> = agrees.collect();
        data.table.set_truths("agrees", agrees);
    }
    Some(Verdict::new(&all, level, detectable))
}

/// Returns the figure with this name from those that were drawn.
fn pick(figures: Vec<Figure>, name: &str) -> Result<Picture, PaperError> {
    let found = figures.into_iter().find(|figure| figure.name == name);
    let missing = || PaperError::Missing(format!("no chart {name} was drawn"));
    found.map(|figure| figure.picture).ok_or_else(missing)
}
