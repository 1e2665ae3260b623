//! Verbs that ask a question of some kind: their names and their flags.

use anyhow::{Result, anyhow};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use task::spec::{Parameter, Spec, flag};

use super::{Outcome, flags};
use crate::experiment::{Experiment, Kind};
use crate::run::Answer;
use crate::run::plan::Plan;

/// A verb that asks questions of one kind.
pub(super) struct AskVerb {
    pub(super) name: &'static str,
    /// What the verb does, in one line.
    pub(super) about: &'static str,
    /// Further description, with examples.
    pub(super) details: &'static str,
    pub(super) kind: &'static Kind,
    /// Parameters whose default differs from that of the kind, with this default.
    pub(super) usual: &'static [(&'static str, &'static str)],
    /// Parameters with a different help text, with this text.
    pub(super) said: &'static [(&'static str, &'static str)],
    /// Whether samples are drawn.
    pub(super) samples: bool,
    /// The fresh folder for results if none is named; `None` if they are printed in that case.
    pub(super) fresh: Option<&'static str>,
    /// Whether charts are written into a folder.
    pub(super) charts: bool,
    /// Returns the verb's own flags.
    pub(super) flags: fn() -> Vec<Arg>,
    /// Rejects the verb's own flags if they do not go with the question that files and flags give.
    pub(super) check: fn(&ArgMatches, &dyn Spec) -> Result<()>,
    /// Which parameters change nothing of this question, and why.
    pub(super) idle: fn(&dyn Spec) -> Vec<(&'static str, &'static str)>,
    /// Other kinds that it asks in place of its own where a flag is given.
    pub(super) turns: &'static [&'static Turn],
    /// What it does instead where one of these is given.
    pub(super) instead: fn(&ArgMatches) -> Result<Option<Outcome>>,
    /// Judges an answer further.
    pub(super) judge: fn(&ArgMatches, &dyn Experiment, &Answer) -> Result<Outcome>,
}

/// Another kind that a verb asks where a flag is given. What only that kind has stands in the help under the flag's name.
pub(super) struct Turn {
    /// The name of the flag: a parameter of that kind, or else a switch.
    pub(super) flag: &'static str,
    /// Of a switch, in a line.
    pub(super) help: &'static str,
    /// The same at length.
    pub(super) long_help: &'static str,
    /// Parameters of that kind that say what the verb's own question says already.
    pub(super) without: &'static [&'static str],
    /// What is asked then; its name is that by which a run is resumed.
    pub(super) verb: &'static AskVerb,
}

impl Turn {
    /// The parameters of its kind that others do not have.
    fn own(&self, others: &[Parameter]) -> impl Iterator<Item = &'static Parameter> {
        let parameters = (self.verb.kind.spec)().parameters().iter();
        let fresh = parameters.filter(|own| !self.without.contains(&own.name));
        fresh.filter(move |own| others.iter().all(|other| other.name != own.name))
    }

    /// Its flag, and what goes with it.
    fn args(&self, others: &[Parameter]) -> impl Iterator<Item = Arg> {
        let heading = format!("With {}", flag(self.flag));
        let switch = Arg::new(self.flag)
            .long(self.flag.replace('_', "-"))
            .action(ArgAction::SetTrue)
            .help(self.help)
            .long_help(self.long_help);
        let own: Vec<&Parameter> = self.own(others).collect();
        let switch = own.iter().all(|own| own.name != self.flag).then_some(switch);
        let own = own
            .into_iter()
            .map(move |p| flags::parameter(p, p.default).help_heading(heading.clone()));
        switch.into_iter().chain(own)
    }
}

impl AskVerb {
    /// The verb that the flags ask for: this one, or the one that a flag turns it into. Fails where another flag is given that
    /// does not go with it.
    pub(super) fn turned(&self, matches: &ArgMatches) -> Result<&Self> {
        let given = |name: &str| {
            let known = matches.try_contains_id(name).unwrap_or(false);
            known && matches.value_source(name) == Some(ValueSource::CommandLine)
        };
        let own = (self.kind.spec)().parameters();
        let turn = self.turns.iter().find(|turn| given(turn.flag));
        let asked = turn.map_or(own, |turn| (turn.verb.kind.spec)().parameters());
        let missing = |parameter: &&Parameter| {
            given(parameter.name) && asked.iter().all(|known| known.name != parameter.name)
        };
        if let Some((turn, other)) = turn.zip(own.iter().find(missing)) {
            let (flag, other) = (flag(turn.flag), other.flag());
            return Err(anyhow!("{other} does not go with {flag}: leave out one of the two"));
        }
        for other in self.turns {
            if let Some(parameter) = other.own(own).find(missing) {
                let (flag, other) = (flag(other.flag), parameter.flag());
                return Err(anyhow!("{other} goes with {flag}: add it, or leave {other} out"));
            }
        }
        Ok(turn.map_or(self, |turn| turn.verb))
    }

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
            idle: |_| Vec::new(),
            turns: &[],
            instead: |_| Ok(None),
            judge: |_, _, _| Ok(Outcome::Done),
        }
    }

    /// Returns the parameters of a plan that apply to this kind.
    fn plan_flags(&self) -> impl Iterator<Item = Arg> + '_ {
        let usual = self.kind.plan;
        Plan::parameters_of(self.kind).filter(|_| self.samples).map(move |p| match p.name {
            "samples" => {
                flags::parameter(&p, "").long(usual.samples_flag).help(samples_help(self.kind))
            }
            "votes_by" => flags::parameter(&p, usual.votes_by.map_or("", task::spec::Word::word)),
            "tries_by" => flags::parameter(&p, usual.tries_by.map_or("", task::spec::Word::word)),
            _ => flags::parameter(&p, p.default),
        })
    }

    /// Returns the verb's name, flags and help.
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
            .args(self.turns.iter().flat_map(|turn| turn.args(parameters)))
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
