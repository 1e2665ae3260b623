//! Captions in complete sentences.

use super::{CONFIDENCE, FALSE_ALARM, Name, Order, Sheet};
use crate::table::text::thousands;

/// The largest number of words of a caption, with its headline.
pub const MOST_WORDS: usize = 60;

/// The description of a figure: what is shown, and its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// The headline.
    pub title: &'static str,
    /// The caption, and paragraphs that several captions need, such as definitions, which stand in one place for all
    /// figures: see [`definitions`].
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

/// The draw protocols.
pub(super) const DRAWS: &str = "Draws are same, one θ for the clean and the attacked input; fresh, the attacked input \
    gets its own; or persistent=T, the adversary tries T times, each time against a new θ, and one wrong answer is \
    enough.";

/// How votes are drawn where a check of it stands beside the rows.
pub(super) const CHECKED: &str = "The deciding vote is drawn from its exact law; as a check, all votes of the first \
    131,072 samples, and of a thousandth of all, are drawn as well.";

/// How the tries of an attacker are drawn beside such votes.
pub(super) const SMALLEST: &str = "In the same way, and with the same check, the smallest stands for all of an \
    attacker's tries of single draws.";

/// How votes are drawn where there is no such check.
pub(super) const MEDIAN: &str = "Where the number of votes, or the draw protocol, is varied, the deciding vote is \
    drawn from its exact law, and so is the smallest of an attacker's tries of single draws.";

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
    /// Returns the caption alone.
    #[must_use]
    pub fn short(&self) -> &str {
        self.text.first().map_or("", String::as_str)
    }

    /// Returns the number of words, with those of the headline; a sign of equality is none.
    #[must_use]
    pub fn words(&self) -> usize {
        let words = self.title.split_whitespace().chain(self.short().split_whitespace());
        words.filter(|word| word.chars().any(char::is_alphanumeric)).count()
    }

    /// Returns the caption in Markdown; `command` makes the figure again, and `beside` is the file with the
    /// definitions, which follow the caption if there is none.
    #[must_use]
    pub fn markdown(&self, command: &str, beside: Option<&str>) -> String {
        let mut text = format!("**{}.** {}\n\n", self.title, self.short());
        match beside {
            Some(beside) if self.text.len() > 1 => {
                text += &format!("What the words mean is said in `{beside}`.\n");
            }
            Some(_) => {}
            None => self.text.iter().skip(1).for_each(|said| text += &format!("{said}\n\n")),
        }
        text += &format!("Made by `{command}`.\n");
        if !self.rows_by.is_empty() {
            text += &format!("The same rows are given by `{}`.\n", self.rows_by);
        }
        text
    }
}

/// Returns the paragraphs that the captions of these figures need, each sentence once.
#[must_use]
pub fn definitions<'a>(sheets: impl IntoIterator<Item = &'a Sheet>) -> Vec<String> {
    let mut known: Vec<&str> = Vec::new();
    let mut paragraphs = Vec::new();
    for paragraph in sheets.into_iter().flat_map(|sheet| sheet.caption.text.iter().skip(1)) {
        let mut fresh = Vec::new();
        for sentence in paragraph.split_inclusive(". ").map(str::trim) {
            if !known.contains(&sentence) {
                known.push(sentence);
                fresh.push(sentence);
            }
        }
        if !fresh.is_empty() {
            paragraphs.push(fresh.join(" "));
        }
    }
    paragraphs
}

/// Returns the command that makes this figure again; `flags` are those that differ from their defaults.
#[must_use]
pub fn command(name: Name, order: &Order, flags: &str) -> String {
    let Order { samples, seed, .. } = order;
    let given = order.given.of(name).flags();
    format!(
        "gauss-sim figures --only {name}{given} --samples {samples} --seed {seed}{flags} -o figures"
    )
}

/// Returns the command that makes the page of these figures again; `flags` are those of its look.
#[must_use]
pub fn report_command(names: &[Name], order: &Order, flags: &str) -> String {
    let listed: Vec<&str> = names.iter().map(|name| name.name()).collect();
    let only = match names.len() {
        all if all == Name::ALL.len() => String::new(),
        _ => format!(" --only {}", listed.join(",")),
    };
    let (given, Order { samples, seed, .. }) = (order.given.flags(), order);
    format!("gauss-sim report{only}{given} --samples {samples} --seed {seed}{flags} -o report.html")
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
