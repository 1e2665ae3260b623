//! The common parts of `figures` and `report`: which figures to make, how they look, and how they are made.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use clap::{Arg, ArgAction, ArgMatches};
use plots::{Drawing, Theme};
use rayon::prelude::*;
use serde_json::Value;
use task::range::Count;
use task::spec::{Word, apply, flag, text};

use super::begin::say_idle;
use super::{Outcome, flags, progress, say};
use crate::check::Verdict;
use crate::paper::{
    CONFIDENCE, Given, Name, Order, PaperError, Sheet, caption, judge, make, samples_of,
};
use crate::report::length::{USUAL, Width, width};
use crate::report::theme::ThemeName;
use crate::report::{Look, NARROW};
use crate::run::plan::Seed;
use crate::run::record::Judgement;
use crate::run::verdict::verdict;

/// The figures to make, and how they look.
pub(super) struct Paper {
    only: Vec<Name>,
    width: Width,
    theme: ThemeName,
    samples: Count,
    seed: Seed,
    given: Given,
}

/// The flags of the look.
pub(super) fn looks() -> [Arg; 2] {
    [
        Arg::new("width")
            .long("width")
            .value_name("LENGTH")
            .allow_hyphen_values(true)
            .value_parser(width)
            .help("The width of each figure: 6.5in, 16.5cm, 165mm or 468pt; the height follows"),
        Arg::new("theme")
            .long("theme")
            .value_name("THEME")
            .default_value("light")
            .value_parser(flags::words::<ThemeName>())
            .help("The colours of the figures: dark ink on white, light ink on near-black, or greys on white"),
    ]
}

/// Returns the look given by the flags of [`looks`].
pub(super) fn look_of(matches: &ArgMatches) -> Result<Look> {
    let theme = matches.get_one::<String>("theme").and_then(|word| ThemeName::of(word).ok());
    let theme = theme.ok_or_else(|| anyhow!("--theme has no value"))?.theme();
    Ok(Look { width: matches.get_one::<Width>("width").map(|width| width.points), theme })
}

/// Returns the flags of the figures.
pub(super) fn args() -> Vec<Arg> {
    let [width, theme] = looks();
    let own = [
        Arg::new("only")
            .long("only")
            .value_name("NAMES")
            .value_delimiter(',')
            .action(ArgAction::Append)
            .value_parser(Name::parse)
            .help("Only these figures, separated by commas or one a flag [default: all]"),
        width.default_value(USUAL),
        theme,
        Arg::new("samples")
            .long("samples")
            .value_name("COUNT")
            .default_value("10M")
            .allow_negative_numbers(true)
            .value_parser(samples_of)
            .help(
                "How many samples: 1e7, 10M; the figure of convergence takes ten times as many, those in d \
                 dimensions a hundredth",
            ),
        flags::seed(),
        flags::threads(),
    ];
    let given = Given::PARAMETERS.iter().map(|parameter| flags::parameter(parameter, ""));
    own.into_iter().chain(given).collect()
}

/// Figures with their drawings, all from one run.
pub(super) struct Drawn {
    pub(super) sheets: Vec<Sheet>,
    pub(super) drawings: Vec<Drawing>,
    pub(super) verdict: Option<Verdict>,
    pub(super) seconds: f64,
}

impl Paper {
    /// Returns the figures that the flags ask for.
    pub(super) fn of(matches: &ArgMatches) -> Result<Self> {
        let missing = |name: &str| anyhow!("--{name} has no value");
        let theme = matches.get_one::<String>("theme").and_then(|word| ThemeName::of(word).ok());
        let mut given = Given::default();
        let flags = flags::given(Given::PARAMETERS, matches)?;
        apply(&mut given, &Value::Object(flags), Path::new(""))?;
        given.check()?;
        let paper = Self {
            given,
            only: matches.get_many::<Name>("only").into_iter().flatten().copied().collect(),
            width: matches.get_one::<Width>("width").cloned().ok_or_else(|| missing("width"))?,
            theme: theme.ok_or_else(|| missing("theme"))?,
            samples: *matches.get_one::<Count>("samples").ok_or_else(|| missing("samples"))?,
            seed: *matches.get_one::<Seed>("seed").ok_or_else(|| missing("seed"))?,
        };
        paper.say_unused(matches)?;
        Ok(paper)
    }

    /// Says which values that were given some figures, or all of them, do not take. Fails if none takes a value that
    /// some could have.
    fn say_unused(&self, matches: &ArgMatches) -> Result<()> {
        let (names, given) = (self.names(), &self.given);
        let mut idle = Vec::new();
        let mut lines = Vec::new();
        for name in given.names() {
            let (flag, value) = (flag(name), text(given, name));
            let fate = given.fate(name, &names);
            match (fate.taken.is_empty(), fate.kept.first()) {
                (true, None) => idle.push((name, "in these figures")),
                (true, Some((needs, of))) => {
                    return Err(anyhow!(
                        "{flag} {value} is not possible: write {needs}, which {} {}",
                        listed(of),
                        if of.len() == 1 { "shows" } else { "show" }
                    ));
                }
                (false, _) => lines.extend(fate.kept.iter().map(|(needs, of)| {
                    let keep = if of.len() == 1 { "shows" } else { "show" };
                    let its = if of.len() == 1 { "keeps its own" } else { "keep their own" };
                    format!("{flag} {value}: {} {keep} {needs}, and {its}", listed(of))
                })),
            }
        }
        say_idle(matches, given, &idle);
        lines.iter().for_each(|line| say(line));
        Ok(())
    }

    /// Returns the names of the figures in the order of the argument, without repetitions.
    pub(super) fn names(&self) -> Vec<Name> {
        let asked = |name: &Name| self.only.is_empty() || self.only.contains(name);
        Name::ALL.into_iter().filter(asked).collect()
    }

    pub(super) fn order(&self) -> Order {
        Order {
            samples: self.samples.get(),
            seed: self.seed.0,
            width: self.width.points,
            given: self.given.clone(),
        }
    }

    /// Returns the parameters in place of the figures' own.
    pub(super) fn given(&self) -> &Given {
        &self.given
    }

    pub(super) fn theme(&self) -> Theme {
        self.theme.theme()
    }

    pub(super) fn dark(&self) -> bool {
        self.theme == ThemeName::Dark
    }

    /// Returns the flags for the look that differ from their defaults.
    pub(super) fn look(&self) -> String {
        let mut flags = String::new();
        if !self.width.is_usual() {
            flags += &format!(" --width {}", self.width.written);
        }
        if self.theme != ThemeName::Light {
            flags += &format!(" --theme {}", self.theme().name());
        }
        flags
    }

    /// Returns the command that makes one figure again.
    pub(super) fn command(&self, name: Name) -> String {
        caption::command(name, &self.order(), &self.look())
    }

    /// Returns the same figures as narrow as a column, for the screen of a phone; `None` for those that are already
    /// that narrow.
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
        // Its own values suit each figure; those that were given may not.
        let mut left_out: Vec<(Name, PaperError)> = Vec::new();
        for name in names {
            bar.set_message(format!("({name})"));
            match make(name, &order) {
                Ok(sheet) => sheets.push(sheet),
                Err(error) if order.given.of(name) != Given::NONE => left_out.push((name, error)),
                Err(error) => return Err(error).with_context(|| format!("the figure {name}")),
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        for (name, error) in left_out {
            if sheets.is_empty() {
                return Err(error).with_context(|| format!("the figure {name}"));
            }
            say(&format!("{name} is left out: {error}"));
        }
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
    /// Returns the number of figures, in words.
    pub(super) fn number(&self) -> String {
        match self.sheets.len() {
            1 => "1 figure".to_owned(),
            n => format!("{n} figures"),
        }
    }

    pub(super) fn verdict_line(&self) -> Option<String> {
        self.verdict.as_ref().map(|found| verdict(&Judgement::from(found), CONFIDENCE.get()))
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

/// Returns the names of figures as a list in a sentence.
fn listed(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.name()).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}
