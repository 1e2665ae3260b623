//! What `figures` and `report` share: which figures, how they look, and how they are made.

use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use plots::{Drawing, Theme};
use rayon::prelude::*;

use super::args::{ThreadArgs, seed};
use super::length::{Width, width};
use super::results::verdict_line;
use super::{Outcome, progress, say};
use crate::check::Verdict;
use crate::figures::NARROW;
use crate::paper::{
    CONFIDENCE, LEAST_SAMPLES, MOST_SAMPLES, Name, Order, Sheet, caption, judge, make,
};
use crate::record::Judgement;
use task::range::{Count, CountError, quote};

/// Which figures, and how they look.
#[derive(Debug, clap::Args)]
pub(super) struct PaperArgs {
    /// Only these figures, separated by commas or one a flag [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAMES", value_parser = name)]
    only: Vec<Name>,
    /// The width of each figure: 6.5in, 16.5cm, 165mm or 468pt; the height follows
    #[arg(long, default_value = "6.5in", allow_hyphen_values = true, value_name = "LENGTH")]
    #[arg(value_parser = width)]
    width: Width,
    /// The colours of the figures
    #[arg(long, default_value = "light", value_name = "THEME", value_enum)]
    theme: ThemeName,
    /// How many samples: 1e7, 10M; the figure of convergence takes ten times as many, those in d
    /// dimensions a hundredth
    #[arg(long, default_value = "10M", allow_negative_numbers = true, value_name = "COUNT")]
    #[arg(value_parser = samples)]
    samples: Count,
    /// The seed; the same seed gives the same counts on any machine
    #[arg(long, default_value = "1", allow_negative_numbers = true, value_name = "NUMBER")]
    #[arg(value_parser = seed)]
    seed: u64,
    #[command(flatten)]
    threads: ThreadArgs,
}

/// The themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ThemeName {
    /// dark ink on white
    Light,
    /// light ink on near-black
    Dark,
    /// greys on white
    Grey,
}

impl ThemeName {
    fn theme(self) -> Theme {
        match self {
            Self::Light => Theme::Light,
            Self::Dark => Theme::Dark,
            Self::Grey => Theme::Grey,
        }
    }
}

/// Figures with their drawings, all of one run.
pub(super) struct Drawn {
    pub(super) sheets: Vec<Sheet>,
    pub(super) drawings: Vec<Drawing>,
    pub(super) verdict: Option<Verdict>,
    pub(super) seconds: f64,
}

impl PaperArgs {
    /// Which figures, in the order of the argument, each once.
    pub(super) fn names(&self) -> Vec<Name> {
        let asked = |name: &Name| self.only.is_empty() || self.only.contains(name);
        Name::ALL.into_iter().filter(asked).collect()
    }

    pub(super) fn order(&self) -> Order {
        Order { samples: self.samples.get(), seed: self.seed, width: self.width.points }
    }

    pub(super) fn theme(&self) -> Theme {
        self.theme.theme()
    }

    pub(super) fn dark(&self) -> bool {
        self.theme == ThemeName::Dark
    }

    /// The flags of the look that are not at their defaults.
    pub(super) fn look(&self) -> String {
        let mut flags = String::new();
        if self.width.written != "6.5in" {
            flags += &format!(" --width {}", self.width.written);
        }
        if self.theme != ThemeName::Light {
            flags += &format!(" --theme {}", self.theme().name());
        }
        flags
    }

    /// The command that makes one figure again.
    pub(super) fn command(&self, name: Name) -> String {
        caption::command(name, &self.order(), &self.look())
    }

    pub(super) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> Result<R> {
        self.threads.install(work)
    }

    /// The same figures as narrow as a column, for the screen of a phone; none where they are that narrow.
    pub(super) fn columns(&self, sheets: &[Sheet]) -> Result<Vec<Option<Drawing>>> {
        let theme = self.theme();
        let narrow = self.width.points < NARROW;
        let column = |sheet: &Sheet| -> Result<Option<Drawing>> {
            if narrow {
                return Ok(None);
            }
            Ok(Some(sheet.for_column().render_at(plots::Size::COLUMN.width, theme)?))
        };
        sheets.iter().map(column).collect()
    }

    /// Makes, judges and draws the figures, on rayon's current pool.
    pub(super) fn draw(&self) -> Result<Drawn> {
        let start = Instant::now();
        let (names, order) = (self.names(), self.order());
        let bar = progress::figures(names.len() as u64);
        let mut sheets = Vec::new();
        for name in names {
            bar.set_message(format!("({name})"));
            sheets.push(make(name, &order).with_context(|| format!("the figure {name}"))?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        let verdict = judge(&mut sheets);
        let theme = self.theme();
        let drawings = sheets
            .par_iter()
            .map(|sheet| {
                let drawing = sheet.picture.render_at(order.width, theme);
                drawing.map_err(|error| {
                    anyhow!(
                        "--width {}: {} does not fit ({error}): write a greater width",
                        self.width.written,
                        sheet.name
                    )
                })
            })
            .collect::<Result<_>>()?;
        Ok(Drawn { sheets, drawings, verdict, seconds: start.elapsed().as_secs_f64() })
    }
}

impl Drawn {
    /// How many figures, in words.
    pub(super) fn number(&self) -> String {
        match self.sheets.len() {
            1 => "1 figure".to_owned(),
            n => format!("{n} figures"),
        }
    }

    pub(super) fn verdict_line(&self) -> Option<String> {
        self.verdict.as_ref().map(|verdict| verdict_line(&Judgement::from(verdict), CONFIDENCE))
    }

    pub(super) fn outcome(&self) -> Outcome {
        match &self.verdict {
            Some(verdict) if !verdict.agree => {
                self.verdict_line().iter().for_each(|line| say(line));
                Outcome::Disagree
            }
            _ => Outcome::Done,
        }
    }
}

fn name(text: &str) -> Result<Name, String> {
    let found = Name::ALL.into_iter().find(|name| name.name() == text.trim());
    found.ok_or_else(|| {
        let names = Name::ALL.map(Name::name).join(", ");
        format!("{} is not a figure: write one of {names}", quote(text))
    })
}

fn samples(text: &str) -> Result<Count, String> {
    let count: Count = text.parse().map_err(|error: CountError| error.to_string())?;
    if (LEAST_SAMPLES..=MOST_SAMPLES).contains(&count.get()) {
        return Ok(count);
    }
    Err(format!(
        "{} is not possible: write a whole number from {LEAST_SAMPLES} to 1e14",
        quote(text)
    ))
}
