//! Verbs that ask a question of some kind: what they are called, and their flags.

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};
use task::spec::Spec;

use super::{Outcome, flags};
use crate::experiment::{Experiment, Kind};
use crate::run::Answer;
use crate::run::plan::Plan;

/// A verb that asks questions of one kind.
pub(super) struct AskVerb {
    pub(super) name: &'static str,
    /// What it does, in a line.
    pub(super) about: &'static str,
    /// What else there is to say of it, and examples.
    pub(super) details: &'static str,
    pub(super) kind: &'static Kind,
    /// Parameters that usually have another value here than the kind's own.
    pub(super) usual: &'static [(&'static str, &'static str)],
    /// Parameters that are said in another way here: their help.
    pub(super) said: &'static [(&'static str, &'static str)],
    /// Whether samples are drawn.
    pub(super) samples: bool,
    /// The fresh folder that results go to where none is named; `None` where they are printed then.
    pub(super) fresh: Option<&'static str>,
    /// Whether a folder gets charts.
    pub(super) charts: bool,
    /// Flags of its own.
    pub(super) flags: fn() -> Vec<Arg>,
    /// Refuses flags of its own that do not go with the question, as that is after files and flags.
    pub(super) check: fn(&ArgMatches, &dyn Spec) -> Result<()>,
    /// What it does instead where one of these is given.
    pub(super) instead: fn(&ArgMatches) -> Result<Option<Outcome>>,
    /// What an answer has to say besides.
    pub(super) judge: fn(&ArgMatches, &dyn Experiment, &Answer) -> Result<Outcome>,
}

impl AskVerb {
    /// A verb of a kind with nothing of its own, for the rest of a declaration.
    pub(super) const fn of(kind: &'static Kind) -> Self {
        Self {
            name: "",
            about: "",
            details: "",
            kind,
            usual: &[],
            said: &[],
            samples: true,
            fresh: None,
            charts: true,
            flags: Vec::new,
            check: |_, _| Ok(()),
            instead: |_| Ok(None),
            judge: |_, _, _| Ok(Outcome::Done),
        }
    }

    /// The parameters of a plan that mean something to this kind.
    fn plan_flags(&self) -> impl Iterator<Item = Arg> + '_ {
        let usual = self.kind.plan;
        Plan::parameters_of(self.kind).filter(|_| self.samples).map(move |p| match p.name {
            "samples" => {
                flags::parameter(p, "").long(usual.samples_flag).help(samples_help(self.kind))
            }
            "votes_by" => flags::parameter(p, usual.votes_by.map_or("", task::spec::Word::word)),
            _ => flags::parameter(p, p.default),
        })
    }

    /// Its name, flags and help.
    pub(super) fn command(&self) -> Command {
        let parameters = (self.kind.spec)().parameters();
        let question = parameters.iter().map(|p| {
            let find = |of: &[(&'static str, &'static str)]| {
                of.iter().find(|(name, _)| *name == p.name).map(|(_, text)| *text)
            };
            let arg = flags::parameter(p, find(self.usual).unwrap_or(p.default));
            match find(self.said) {
                Some(help) => arg.help(help),
                None => arg,
            }
        });
        let spec = Arg::new("spec")
            .long("spec")
            .value_name("FILE")
            .value_parser(clap::value_parser!(std::path::PathBuf))
            .help("The question from a file, TOML or JSON, or from the run.json of a run; flags stand over it");
        let mut command = Command::new(self.name)
            .about(self.about)
            .after_long_help(self.details)
            .args(question)
            .args((self.flags)())
            .arg(spec)
            .args(self.plan_flags());
        if self.samples && self.kind.plan.reference {
            command = command.args(flags::means());
        }
        if self.samples {
            command = command.args(flags::long_runs());
        }
        command = command.args(flags::output());
        if self.charts {
            command = command.arg(flags::no_plots());
        }
        command.arg(flags::threads())
    }
}

fn samples_help(kind: &Kind) -> String {
    let usual = match kind.plan.samples {
        n if n >= 1_000_000 && n % 1_000_000 == 0 => format!("{}M", n / 1_000_000),
        n if n >= 1000 && n % 1000 == 0 => format!("{}k", n / 1000),
        n => n.to_string(),
    };
    let none = if kind.plan.least == 0 { "; 0 for exact values only" } else { "" };
    match (kind.schema)().is_counted() {
        true => format!(
            "How many samples: 1e9, 10_000_000, 10M{none}; with --precision the most [default: {usual}] [with \
             --precision: 1T]"
        ),
        false => format!("How many {}{none} [default: {usual}]", kind.plan.samples_flag),
    }
}
