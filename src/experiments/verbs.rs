//! The verbs: functions of a face that asks questions by names and values, from the register of kinds.

use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use serde_json::{Map, Value};
use task::spec::{Parameter, Spec, as_text, flag};

use super::stages::{KIND as STAGES, SWEPT};
use super::{KINDS, PLANNERS};
use crate::experiment::{Kind, Planner};
use crate::run::Plan;
use crate::run::asked::Asked;
use crate::run::spec_file::SpecFile;

/// A verb that asks questions of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// The kind.
    pub kind: &'static Kind,
    /// Parameters that usually have another value here than the kind's own.
    pub usual: &'static [(&'static str, &'static str)],
    /// Whether samples are drawn.
    pub samples: bool,
    /// Whether a folder gets charts.
    pub charts: bool,
}

/// All of them: three about stages, and of every other kind the one that has its name.
#[must_use]
pub fn all() -> &'static [Verb] {
    static VERBS: OnceLock<Vec<Verb>> = OnceLock::new();
    VERBS.get_or_init(|| {
        let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let verb = |kind: &'static Kind| Verb {
            // A kind that is asked by a flag of another verb has its own name.
            name: if is_name(kind.verbs) { kind.verbs } else { kind.name },
            kind,
            usual: &[],
            samples: draws(kind),
            charts: true,
        };
        let stages = Verb { charts: false, ..verb(&STAGES) };
        let of_stages = [
            Verb { name: "theory", samples: false, ..stages },
            Verb { name: "simulate", ..stages },
            Verb { name: "sweep", usual: SWEPT, charts: true, ..stages },
        ];
        let others = KINDS.iter().filter(|kind| kind.name != STAGES.name);
        of_stages.into_iter().chain(others.map(|kind| verb(kind))).collect()
    })
}

/// Returns the verb with this name.
pub fn named(name: &str) -> Result<&'static Verb> {
    all().iter().find(|verb| verb.name == name).ok_or_else(|| anyhow!("{name} is no verb"))
}

/// Whether anything of a kind is found by sampling.
fn draws(kind: &Kind) -> bool {
    let schema = (kind.schema)();
    !kind.plan.samples_flag.is_empty() && (schema.is_counted() || !schema.found.is_empty())
}

/// The name of something that a verb does not take.
#[derive(Debug, thiserror::Error)]
#[error("{0} has no {1}")]
pub struct Unknown(pub &'static str, pub String);

impl Verb {
    /// The parameters of a plan that mean something to it, and what each is called here.
    pub fn plan(&self) -> impl Iterator<Item = (Parameter, String)> + use<> {
        let samples = self.kind.plan.samples_flag.replace('-', "_");
        let (draws, own) = (self.samples, (self.kind.spec)().parameters());
        // What a question has by the same name is its own.
        let free = move |p: &Parameter| draws && !own.iter().any(|known| known.name == p.name);
        Plan::parameters_of(self.kind).filter(free).map(move |parameter| {
            let name = if parameter.name == "samples" { &samples } else { parameter.name };
            (parameter, name.to_owned())
        })
    }

    /// Its planners.
    pub fn planners(&self) -> impl Iterator<Item = &'static Planner> + use<> {
        let verb = *self;
        // Those of stages are exact questions, and so of the verb that draws nothing.
        let here = move |planner: &&&Planner| {
            planner.kind.name == verb.kind.name && (verb.kind.name != STAGES.name || !verb.samples)
        };
        PLANNERS.iter().filter(here).copied()
    }

    /// Sorts what was given by name into parameters of the question and of the plan.
    pub fn asked(
        &self,
        file: Option<SpecFile>,
        given: Map<String, Value>,
    ) -> Result<Asked<'static>, Unknown> {
        let parameters = (self.kind.spec)().parameters();
        let (mut question, mut plan) = (Map::new(), Map::new());
        for (name, value) in given {
            if parameters.iter().any(|parameter| parameter.name == name) {
                question.insert(name, value);
            } else if let Some((parameter, _)) = self.plan().find(|(_, known)| *known == name) {
                plan.insert(parameter.name.to_owned(), value);
            } else {
                return Err(Unknown(self.name, flag(&name)));
            }
        }
        let Self { kind, usual, samples, .. } = *self;
        Ok(Asked { kinds: KINDS, kind, usual, samples, file, question, plan })
    }
}

/// What a planner is asked: its question, and what is wanted as one would write it. Fails where a parameter was given
/// that does not go with the planner.
pub fn wanted(
    planner: &Planner,
    wanted: &Value,
    asked: &Asked<'_>,
) -> Result<(Box<dyn Spec>, String)> {
    let parameters = (planner.kind.spec)().parameters();
    let clash = parameters.iter().find(|known| {
        planner.without.contains(&known.name) && asked.question.contains_key(known.name)
    });
    if let Some(clash) = clash {
        return Err(anyhow!(
            "the argument '{} <{}>' cannot be used with '{} <{}>'; see --help",
            flag(planner.name),
            planner.placeholder,
            clash.flag(),
            clash.placeholder
        ));
    }
    let (spec, _) = asked.ask()?;
    let text = as_text(wanted).map_err(|error| anyhow!("{}: {error}", flag(planner.name)))?;
    Ok((spec, text))
}
